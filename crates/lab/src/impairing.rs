//! What a link does to frames, as scenarios and commands write it and as a face shows it. Probabilities are from 0 to 1.
//!
//! ```json
//! {"jitter_us": 2000, "burst": {"p": 0.01, "r": 0.25}, "codel": {"ecn": true}}
//! ```

use crate::error::{Result, error, num};
use crate::read::{Read, Reading, Wrong, reads};
use crate::schema::{self, Defs};
use crate::session::Session;
use crate::view::{EndView, LinkView};
use net::{BadImpairment, Burst, Codel, Discipline, Impairments, LinkId, Red, World};
use serde::Serialize;
use tcp::time::Duration;

macro_rules! shapes {
    ($($(#[$m:meta])* $vis:vis struct $name:ident { $($(#[$fm:meta])* $f:ident : $t:ty $(= $absent:expr)?),* $(,)? })*) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Serialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        $(#[$m])*
        $vis struct $name { $($(#[$fm])* pub $f: $t),* }
        reads!($name { $($f $(= $absent)?),* });
    )*};
}

shapes! {
/// What a link does one way. What is absent is not asked for; in a scenario, what the link says for all its ends holds.
#[derive(Default)]
#[cfg_attr(feature = "ts", ts(optional_fields))]
pub struct Impairing {
    /// Propagation: last bit out to last bit in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    delay_us: Option<u64> = None,
    /// Bits a second; none: no time to serialize.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    rate_bps: Option<u64> = None,
    /// Octets that may wait for the rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_bytes: Option<u32> = None,
    /// Probability that a frame is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<f64> = None,
    /// Each frame's delay is this much more or less, evenly spread.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(as = "Option<f64>"))]
    jitter_us: Option<u64> = None,
    /// Jitter lets no frame overtake another.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_order: Option<bool> = None,
    /// Probability that a frame goes without the delay, ahead of those before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reorder: Option<f64> = None,
    /// Losses that come in bursts.
    #[serde(skip_serializing_if = "Option::is_none")]
    burst: Option<Bursts> = None,
    /// Probability that a copy comes right behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate: Option<f64> = None,
    /// Probability that one bit of the datagram is turned.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrupt: Option<f64> = None,
    /// The queue is managed by Controlled Delay.
    #[serde(skip_serializing_if = "Option::is_none")]
    codel: Option<ControlledDelay> = None,
    /// The queue is managed by Random Early Detection.
    #[serde(skip_serializing_if = "Option::is_none")]
    red: Option<EarlyDetection> = None,
    /// Octets of the longest datagram that passes; longer ones vanish without a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    mtu: Option<u16> = None,
    /// Nothing passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    down: Option<bool> = None,
}
/// The model of Gilbert and Elliott; tc-netem(8) calls the four p, r, 1-h and 1-k.
pub struct Bursts {
    /// Probability that the good state ends with a frame.
    p: f64,
    /// Probability that the bad state ends with a frame: bursts are 1/r frames long on average.
    r: f64,
    /// Probability that a frame is lost in the bad state.
    bad_loss: f64 = 1.0,
    /// Probability that a frame is lost in the good state.
    good_loss: f64 = 0.0,
}
/// CoDel (RFC 8289).
pub struct ControlledDelay {
    /// How long frames may wait for good.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    target_us: u64 = 5_000,
    /// For how long they may wait longer.
    #[cfg_attr(feature = "ts", ts(as = "f64"))]
    interval_us: u64 = 100_000,
    /// What is ECN-capable is marked in place of dropped.
    ecn: bool = false,
}
/// RED (RFC 2309).
pub struct EarlyDetection {
    /// Octets of average queue from which on frames are dropped by chance.
    min_bytes: u32,
    /// Octets from which on each is dropped.
    max_bytes: u32,
    /// Probability of a drop right below `max_bytes`.
    max_p: f64 = 0.02,
    /// Weight of the newest length in the average.
    weight: f64 = 0.002,
    /// What is ECN-capable is marked in place of dropped, below `max_bytes`.
    ecn: bool = false,
}
}

impl Impairing {
    /// What is asked for here, and for the rest what `base` asks for. Both disciplines at once: `codel` is wrong then.
    pub(crate) fn over(&self, base: Impairments) -> std::result::Result<Impairments, BadImpairment> {
        let discipline = match (self.codel, self.red) {
            (None, None) => base.discipline,
            (Some(c), None) => Discipline::Codel(Codel {
                target: micros(c.target_us),
                interval: micros(c.interval_us),
                ecn: c.ecn,
            }),
            (None, Some(r)) => Discipline::Red(Red {
                min: r.min_bytes,
                max: r.max_bytes,
                max_p: r.max_p,
                weight: r.weight,
                ecn: r.ecn,
            }),
            (Some(_), Some(_)) => {
                return Err(BadImpairment {
                    field: "codel",
                    problem: "a queue has one discipline; leave out `red`",
                });
            }
        };
        let burst =
            self.burst.map(|b| Burst { p: b.p, r: b.r, bad_loss: b.bad_loss, good_loss: b.good_loss });
        Ok(Impairments {
            delay: self.delay_us.map_or(base.delay, micros),
            rate: self.rate_bps.or(base.rate),
            queue: self.queue_bytes.or(base.queue),
            loss: self.loss.unwrap_or(base.loss),
            lose: base.lose,
            jitter: self.jitter_us.map_or(base.jitter, micros),
            in_order: self.in_order.unwrap_or(base.in_order),
            reorder: self.reorder.unwrap_or(base.reorder),
            burst: burst.or(base.burst),
            duplicate: self.duplicate.unwrap_or(base.duplicate),
            corrupt: self.corrupt.unwrap_or(base.corrupt),
            discipline,
            mtu: self.mtu.or(base.mtu),
            down: self.down.unwrap_or(base.down),
        })
    }

    /// What is said here, and for the rest what is said there.
    pub(crate) fn or(&self, other: &Impairing) -> Impairing {
        let managed = self.codel.is_some() || self.red.is_some();
        let (codel, red) = if managed { (self.codel, self.red) } else { (other.codel, other.red) };
        Impairing {
            delay_us: self.delay_us.or(other.delay_us),
            rate_bps: self.rate_bps.or(other.rate_bps),
            queue_bytes: self.queue_bytes.or(other.queue_bytes),
            loss: self.loss.or(other.loss),
            jitter_us: self.jitter_us.or(other.jitter_us),
            in_order: self.in_order.or(other.in_order),
            reorder: self.reorder.or(other.reorder),
            burst: self.burst.or(other.burst),
            duplicate: self.duplicate.or(other.duplicate),
            corrupt: self.corrupt.or(other.corrupt),
            codel,
            red,
            mtu: self.mtu.or(other.mtu),
            down: self.down.or(other.down),
        }
    }

    /// What a link is asked for; what it is not asked for is absent.
    pub(crate) fn of(asked: &Impairments) -> Impairing {
        let chance = |p: f64| (p > 0.0).then_some(p);
        let time = |d: Duration| (d.0 > 0).then_some(d.as_micros());
        let (mut codel, mut red) = (None, None);
        match asked.discipline {
            Discipline::DropTail => {}
            Discipline::Codel(c) => {
                let (target_us, interval_us) = (c.target.as_micros(), c.interval.as_micros());
                codel = Some(ControlledDelay { target_us, interval_us, ecn: c.ecn });
            }
            Discipline::Red(r) => {
                let Red { min: min_bytes, max: max_bytes, max_p, weight, ecn } = r;
                red = Some(EarlyDetection { min_bytes, max_bytes, max_p, weight, ecn });
            }
        }
        let burst = |b: Burst| Bursts { p: b.p, r: b.r, bad_loss: b.bad_loss, good_loss: b.good_loss };
        Impairing {
            delay_us: time(asked.delay),
            rate_bps: asked.rate,
            queue_bytes: asked.queue,
            loss: chance(asked.loss),
            jitter_us: time(asked.jitter),
            in_order: asked.in_order.then_some(true),
            reorder: chance(asked.reorder),
            burst: asked.burst.map(burst),
            duplicate: chance(asked.duplicate),
            corrupt: chance(asked.corrupt),
            codel,
            red,
            mtu: asked.mtu,
            down: asked.down.then_some(true),
        }
    }
}

/// A field as JSON has it: `rate_bps` for the rate.
pub(crate) fn json_name(field: &'static str) -> &'static str {
    match field {
        "delay" => "delay_us",
        "rate" => "rate_bps",
        "jitter" => "jitter_us",
        "codel.target" => "codel.target_us",
        "codel.interval" => "codel.interval_us",
        "red.min" => "red.min_bytes",
        other => other,
    }
}

/// Has an end of a link do that, and nothing else, to what it sends; frames that are lost by count stay so.
pub(crate) fn asked(
    world: &World,
    link: u32,
    end: u32,
    sends: &Impairing,
) -> Result<(LinkId, u16, Impairments)> {
    let none = || error("unknown_link", [("link", num(link)), ("end", num(end))]);
    let (id, port) = (u16::try_from(link).map(LinkId).ok(), u16::try_from(end).ok());
    let (id, port) = id.zip(port).ok_or_else(none)?;
    let now = world.impairments(id, port).ok_or_else(none)?;
    let sends = sends.over(Impairments { lose: now.lose.clone(), ..Impairments::default() });
    Ok((id, port, sends.map_err(net::HandError::BadImpairment)?))
}

impl Session {
    /// Every link, with what it does each way where we stand.
    pub fn links(&self) -> Vec<LinkView> {
        let links = self.scenario.links.iter().enumerate();
        let end = |(link, end, node): (usize, usize, &str)| {
            let state = self.world.link_state(LinkId(link as u16), end as u16)?;
            Some(EndView {
                node: self.scenario.nodes.iter().position(|n| n.name == node)? as u32,
                sends: Impairing::of(state.sends),
                waiting: u32::try_from(state.waiting).unwrap_or(u32::MAX),
                average: state.average,
                spell: state.spell,
                bad: state.bad,
            })
        };
        let view = |(id, link): (usize, &crate::scenario::Link)| LinkView {
            id: id as u32,
            name: link.name.clone(),
            ends: link.ends.iter().enumerate().filter_map(|(e, at)| end((id, e, &at.node))).collect(),
        };
        links.map(view).collect()
    }
}

fn micros(us: u64) -> Duration {
    Duration(us.saturating_mul(1_000))
}

/// Loses the `nth` frame of a kind, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Lose {
    /// Which frames count.
    pub kind: Kind,
    /// Which of them.
    pub nth: u32,
}

/// See [`FrameKind`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Kind {
    Any,
    Data,
    Syn,
    Fin,
    PureAck,
}

reads!(Lose { kind, nth });

impl Kind {
    const WORDS: [(&str, Kind); 5] = [
        ("any", Kind::Any),
        ("data", Kind::Data),
        ("syn", Kind::Syn),
        ("fin", Kind::Fin),
        ("pure_ack", Kind::PureAck),
    ];
}

impl Read for Kind {
    fn schema(_: &mut Defs) -> serde_json::Value {
        schema::words(&Kind::WORDS.map(|(word, _)| word))
    }
    fn read(value: &serde_json::Value) -> Reading<Kind> {
        let kinds = Kind::WORDS;
        let found = kinds.iter().find(|(name, _)| value.as_str() == Some(name));
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
            Wrong::new(format!("{value} is not known here; there are {}", names.join(", ")))
        })
    }
}
