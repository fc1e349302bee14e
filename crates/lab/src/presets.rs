//! Links as people have them, by name, each with where its numbers come from. A preset has two ways: `up` is what the
//! first end of a link sends (the customer's), `down` what the others do.

use crate::impairing::{Bursts, Impairing};
use crate::view::PresetView;

/// A kind of link.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// As scenarios name it.
    pub id: &'static str,
    /// What the first end sends.
    pub up: Impairing,
    /// What the others send.
    pub down: Impairing,
}

/// Nothing asked for; `..Default::default()` is not for statics.
const NOTHING: Impairing = Impairing {
    delay_us: None,
    rate_bps: None,
    queue_bytes: None,
    loss: None,
    jitter_us: None,
    in_order: None,
    reorder: None,
    burst: None,
    duplicate: None,
    corrupt: None,
    codel: None,
    red: None,
    mtu: None,
    down: None,
};

const fn way(delay_us: u64, rate_bps: u64, queue_bytes: u32) -> Impairing {
    let (delay_us, rate_bps, queue_bytes) = (Some(delay_us), Some(rate_bps), Some(queue_bytes));
    Impairing { delay_us, rate_bps, queue_bytes, ..NOTHING }
}

/// Frames of 1,514 octets that a queue of Linux's default length, 1,000 frames (ip-link(8) `txqueuelen`), holds.
const TXQUEUELEN: u32 = 1_514_000;

/// All presets, the quickest first.
pub static PRESETS: &[Preset] = &[
    Preset {
        id: "lan",
        // 100 m of cable take 570 ns at most; a switch that stores a frame before it forwards it takes its share.
        up: way(20, 1_000_000_000, TXQUEUELEN),
        down: way(20, 1_000_000_000, TXQUEUELEN),
    },
    Preset {
        id: "lte",
        up: Impairing { jitter_us: Some(5_000), in_order: Some(true), ..way(35_000, 12_000_000, TXQUEUELEN) },
        down: Impairing {
            jitter_us: Some(5_000),
            in_order: Some(true),
            ..way(35_000, 12_000_000, TXQUEUELEN)
        },
    },
    Preset { id: "dsl", up: way(25_000, 384_000, 64_000), down: way(25_000, 1_500_000, 256_000) },
    Preset {
        id: "satellite",
        up: Impairing { loss: Some(0.001_2), ..way(279_000, 3_000_000, 1_000_000) },
        down: Impairing { loss: Some(0.001_2), ..way(279_000, 25_000_000, 1_000_000) },
    },
    Preset { id: "bad-wifi", up: BAD_WIFI, down: BAD_WIFI },
];

/// p / (p + r) = 5 %, 1 / r = 5 frames.
const BAD_WIFI: Impairing = Impairing {
    jitter_us: Some(4_000),
    in_order: Some(true),
    burst: Some(Bursts { p: 0.010_5, r: 0.2, bad_loss: 1.0, good_loss: 0.0 }),
    ..way(6_000, 6_000_000, TXQUEUELEN)
};

/// The preset of this name.
pub fn find(id: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|p| p.id == id)
}

/// Where the numbers of a preset come from. Apart from them, so that the page's first module does without.
pub fn source(id: &str) -> &'static str {
    match id {
        "lan" => {
            "1000BASE-T: IEEE 802.3-2022 clause 40 (1 Gbit/s, at most 570 ns over 100 m); 20 µs with a switch \
             that stores and forwards; queue: ip-link(8) txqueuelen 1000"
        }
        "lte" => {
            "WebPageTest connectivity profile LTE: 12/12 Mbit/s, 70 ms there and back; in order: 3GPP TS 36.322 \
             (RLC delivers in sequence); jitter: our choice"
        }
        "dsl" => {
            "WebPageTest connectivity profile DSL: 1.5 Mbit/s down, 384 kbit/s up, 50 ms there and back; queues \
             of more than a second: Gettys and Nichols, Bufferbloat, CACM 55(1), 2012; their lengths: our choice"
        }
        "satellite" => {
            "RFC 2488 §2: 279.0 ms over a geostationary satellite from the edge of its view, 558 ms there and \
             back; a bit error in 10^7, so 0.12 % of frames of 1,500 octets; 25/3 Mbit/s: FCC 15-10 (2015); \
             queue: our choice"
        }
        "bad-wifi" => {
            "losses in bursts: Carvalho, Angeja and Navarro, IEEE Trans. Consumer Electronics 51(3), 2005 \
             (802.11g); model: Salsano et al., Netem CLG, 2012; 5 % lost, bursts of 5, 6 Mbit/s (lowest rate of \
             IEEE 802.11g), jitter: our choice"
        }
        _ => "",
    }
}

/// All of them, for a form.
pub fn views() -> Vec<PresetView> {
    let view =
        |p: &Preset| PresetView { id: p.id.into(), up: p.up, down: p.down, source: source(p.id).into() };
    PRESETS.iter().map(view).collect()
}
