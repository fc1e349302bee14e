//! Any segments, any calls, in any order: nothing panics, nothing hangs, every invariant holds after each step.
use crate::common;

use crate::common::{Bench, IRS, ISS, PORTS};
use bytes::Bytes;
use proptest::prelude::*;
use tcp::rule::Tape;
use tcp::time::Duration;
use tcp::{Admission, Config, Segment, State, WriteFlags};
use wire::Seq;
use wire::tcp::{Flags, Header, Options, SackBlocks, Timestamps};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Op {
    /// A segment: sequence number relative to RCV.NXT, acknowledgment relative to SND.UNA.
    Arrives {
        seq: i32,
        ack: i32,
        flags: u16,
        len: u16,
        window: u16,
        urgent: u16,
        sack: Vec<(i32, i32)>,
        ts: Option<(i32, i32)>,
        ecn: u8,
    },
    Write {
        len: u16,
        more: bool,
        eor: bool,
        urgent: bool,
    },
    Read(u16),
    Wait(u32),
    Fire,
    Shutdown,
    Close,
    Abort,
    PathShrinks(u16),
}

/// Mostly near, sometimes anywhere.
fn offset() -> impl Strategy<Value = i32> {
    prop_oneof![5 => Just(0), 5 => -20i32..20, 3 => -5000i32..70_000, 1 => any::<i32>()]
}

fn arrives() -> impl Strategy<Value = Op> {
    let flags = prop_oneof![8 => Just(0x10u16), 4 => Just(0x18), 2 => Just(0x11), 1 => 0u16..0x200];
    let len = prop_oneof![Just(0u16), 1u16..3, 900u16..1100, 0u16..8000];
    let sack = prop::collection::vec((offset(), 0i32..4000), 0..4);
    let ts = prop::option::of((offset(), offset()));
    (offset(), offset(), flags, len, any::<u16>(), any::<u16>(), sack, ts, 0u8..4).prop_map(
        |(seq, ack, flags, len, window, urgent, sack, ts, ecn)| Op::Arrives {
            seq,
            ack,
            flags,
            len,
            window,
            urgent,
            sack,
            ts,
            ecn,
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        12 => arrives(),
        4 => (0u16..9000, any::<bool>(), any::<bool>(), any::<bool>())
            .prop_map(|(len, more, eor, urgent)| Op::Write { len, more, eor, urgent: urgent && more }),
        3 => (1u16..9000).prop_map(Op::Read),
        3 => (0u32..400_000).prop_map(Op::Wait),
        3 => Just(Op::Fire),
        1 => Just(Op::Shutdown),
        1 => prop_oneof![3 => Just(Op::Close), 1 => Just(Op::Abort)],
        1 => (0u16..2000).prop_map(Op::PathShrinks),
    ]
}

fn segment(b: &Bench, op: &Op) -> Segment {
    let Op::Arrives { seq, ack, flags, len, window, urgent, sack, ts, ecn } = op else { unreachable!() };
    let t = b.conn.tcb();
    let near = |base: Seq, by: i32| base + by as u32;
    let mut blocks = SackBlocks { len: sack.len() as u8, ..SackBlocks::default() };
    for (b, (l, n)) in blocks.blocks.iter_mut().zip(sack) {
        *b = (near(t.snd_una, *l), near(t.snd_una, l.wrapping_add(*n)));
    }
    let header = Header {
        src_port: PORTS.remote,
        dst_port: PORTS.local,
        seq: near(t.rcv_nxt, *seq),
        ack: near(t.snd_una, *ack),
        flags: Flags(*flags),
        window: *window,
        urgent: *urgent,
        options: Options {
            sack: blocks,
            mss: (flags & 2 != 0).then_some(*urgent),
            window_scale: (flags & 2 != 0).then_some(*ecn * 7),
            sack_permitted: flags & 2 != 0,
            timestamps: ts.map(|(v, e)| Timestamps {
                val: 1000u32.wrapping_add(v as u32),
                ecr: 1000u32.wrapping_add(e as u32),
            }),
            ..Options::default()
        },
    };
    Segment { header, payload: Bytes::from(vec![7; *len as usize]), ecn: *ecn }
}

fn step(b: &mut Bench, op: &Op) {
    let now = b.now;
    match op {
        Op::Arrives { .. } => {
            let seg = segment(b, op);
            b.gets_segment(&seg);
        }
        Op::Write { len, more, eor, urgent } => {
            let flags = WriteFlags { more: *more, eor: *eor, urgent: *urgent };
            let _ = b.conn.write_bytes(now, Bytes::from(vec![1; *len as usize]), flags, &mut Tape::None);
        }
        Op::Read(n) => {
            let _ = b.conn.read(now, *n as usize, &mut Tape::None);
        }
        Op::Wait(us) => b.wait(Duration::from_micros((*us).into())),
        Op::Fire => {
            b.fire();
        }
        Op::Shutdown => {
            let _ = b.conn.shutdown_write(now, &mut Tape::None);
        }
        Op::Close => b.conn.close(now, &mut Tape::None),
        Op::Abort => b.conn.abort(now, &mut Tape::None),
        Op::PathShrinks(mss) => b.conn.path_shrinks(now, *mss, &mut Tape::None),
    }
    // Each call is drained to the end, as a host does.
    let sent = b.sent();
    assert!(sent.len() < 3000, "{} segments in answer to {op:?}", sent.len());
    let info = b.conn.info(b.now);
    assert!(info.sacked + info.lost <= info.unacked, "{info:?}");
}

fn configs() -> Vec<Config> {
    let all = Config { ecn: tcp::profile::Ecn::On, keepalive: true, ..Config::linux() };
    let tiny = Config { rcv_buf: 2000, snd_buf: 3000, mss: 600, ..Config::rfc() };
    let limited = Config { user_timeout: Some(Duration::from_secs(3)), ..common::plain() };
    vec![all, Config::rfc(), Config::bsd43(), tiny, limited]
}

fn begin(kind: usize, c: Config) -> Bench {
    match kind {
        0 => Bench::syn_sent(c),
        1 => Bench::syn_received(c, "S 0(0) win 5000 <mss 1000,sackOK,TS val 1000 ecr 0,wscale 3>"),
        2 => Bench::syn_received(c, "SEW 0(0) win 5000 <mss 1000>"),
        _ => {
            let mut b = Bench::syn_received(c, "SEW 0(0) win 5000 <mss 1000,sackOK,wscale 3>");
            b.gets(". 1(0) ack 1 win 32768");
            assert_eq!(b.conn.state(), State::Established);
            b
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_panics_and_invariants_hold(
        kind in 0usize..6, config in 0usize..5, full: bool, ops in prop::collection::vec(op(), 1..60),
    ) {
        let mut b = begin(kind, configs()[config].clone());
        if full {
            b.admission = Admission::Full { len: 2, backlog: 1, abort: false };
        }
        for op in &ops {
            step(&mut b, op);
        }
        let _ = (ISS, IRS);
    }
}
