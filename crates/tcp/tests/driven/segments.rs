//! Segments and time thrown at one connection in any state.

use super::choices::Choices;
use super::common::{Bench, PORTS};
use super::{check_sent, configs, note};
use bytes::Bytes;
use std::rc::Rc;
use tcp::time::Duration;
use tcp::{Admission, Segment, State};
use wire::Seq;
use wire::tcp::{Flags, Header, Options, SackBlocks, Timestamps};

/// The peer's clock of timestamps when the connection began; wraps soon.
const PEER_CLOCK: u32 = u32::MAX - 1_000;
/// No input needs more; a corpus of short ones is quick.
const MOST_OPERATIONS: usize = 400;
/// A connection that sends more at once, besides what its congestion window lets out, is out of its mind.
const MOST_SEGMENTS: usize = 1_000;

/// Runs what the bytes say; panics where something does not hold.
pub fn segments(data: &[u8]) {
    let mut c = Choices::new(data);
    let mut b = begin(&mut c);
    drain(&mut b);
    for _ in 0..MOST_OPERATIONS {
        let Some(op) = c.next() else { return };
        match op % 16 {
            0..10 => {
                let seg = drawn(&b, &mut c);
                b.gets_segment(&seg);
            }
            10 => b.wait(Duration::from_micros(u64::from(c.u16()) * 50)),
            11 => b.wait(Duration::from_millis(u64::from(c.u16()))),
            12 | 13 => fire(&mut b),
            14 => {
                let len = usize::from(c.u16()) % 5_000;
                let flags = tcp::WriteFlags { urgent: c.u8() > 240, ..Default::default() };
                let _ = b.conn.write_bytes(b.now, Bytes::from(vec![1; len]), flags, &mut b.trace);
            }
            _ => {
                let max = usize::from(c.u16());
                let _ = b.conn.read(b.now, max, &mut b.trace);
            }
        }
        drain(&mut b);
    }
}

/// A connection in one of the nine states in which there is one.
fn begin(c: &mut Choices) -> Bench {
    let states = &State::ALL[2..];
    let state = states[c.below(states.len())];
    let config = configs()[c.below(7)].clone();
    if state == State::SynSent {
        return Bench::syn_sent(config);
    }
    let syn = Segment {
        header: Header {
            seq: super::common::IRS,
            ack: Seq(0),
            flags: if c.flag() { Flags::SYN | Flags::ECE | Flags::CWR } else { Flags::SYN },
            window: [0x8000, 0xffff, 1_000, 0][c.below(4)],
            options: syn_options(c),
            ..header()
        },
        payload: Bytes::new(),
        ecn: 0,
    };
    let (mut b, _) = Bench::connecting(config.clone());
    b.trace = Some(Vec::new());
    b.conn = tcp::Connection::passive_open(Rc::new(config), PORTS, b.iss, &syn, b.now, &mut b.trace);
    drain(&mut b);
    if state == State::SynReceived {
        if c.u8() > 200 {
            b.admission = Admission::Full { len: 2, backlog: 1, abort: c.flag() };
        }
        return b;
    }
    b.wait(Duration::from_millis(20));
    lead(&mut b, state);
    b
}

/// From SYN-RECEIVED to `state`, as a well-behaved peer leads there.
fn lead(b: &mut Bench, state: State) {
    use State::{CloseWait, Closing, FinWait1, FinWait2, LastAck, TimeWait};
    let gets = |b: &mut Bench, flags| {
        let seg = Segment { header: proper(b, flags), payload: Bytes::new(), ecn: 0 };
        b.gets_segment(&seg);
        drain(b);
    };
    gets(b, Flags::ACK);
    assert_eq!(b.conn.state(), State::Established);
    if matches!(state, FinWait1 | FinWait2 | Closing | TimeWait) {
        b.conn.shutdown_write(b.now, &mut b.trace).expect("a connection");
        // A CLOSING peer sends its FIN before it has seen ours.
        let crossing = proper(b, Flags::FIN | Flags::ACK);
        drain(b);
        if state == Closing {
            b.gets_segment(&Segment { header: crossing, payload: Bytes::new(), ecn: 0 });
        }
    }
    if matches!(state, FinWait2 | TimeWait) {
        gets(b, Flags::ACK);
    }
    if matches!(state, CloseWait | LastAck | TimeWait) {
        gets(b, Flags::FIN | Flags::ACK);
    }
    if state == LastAck {
        b.conn.close(b.now, &mut b.trace);
    }
    drain(b);
}

fn syn_options(c: &mut Choices) -> Options {
    let bits = c.u8();
    Options {
        mss: (bits & 1 == 0).then(|| [1_460, 536, 100, 0][usize::from(bits >> 6)]),
        window_scale: (bits & 2 == 0).then_some(bits >> 4),
        sack_permitted: bits & 4 == 0,
        timestamps: (bits & 8 == 0).then_some(Timestamps { val: PEER_CLOCK, ecr: 0 }),
        ..Options::default()
    }
}

fn header() -> Header {
    Header {
        src_port: PORTS.remote,
        dst_port: PORTS.local,
        seq: Seq(0),
        ack: Seq(0),
        flags: Flags::ACK,
        window: 0x8000,
        urgent: 0,
        options: Options::default(),
    }
}

/// What a peer in good order would send now.
fn proper(b: &Bench, flags: Flags) -> Header {
    let t = b.conn.tcb();
    let ours = (b.now.as_millis() as u32).wrapping_add(b.conn.config().ts_offset);
    let peer = PEER_CLOCK.wrapping_add((b.now.as_millis() as u32).wrapping_sub(1_000));
    let timestamps = t.timestamps.then_some(Timestamps { val: peer, ecr: ours });
    let options = Options { timestamps, ..Options::default() };
    Header { seq: t.rcv_nxt, ack: t.snd_nxt, flags, options, ..header() }
}

/// A segment that is as proper as the bytes leave it.
fn drawn(b: &Bench, c: &mut Choices) -> Segment {
    let t = b.conn.tcb();
    let what = c.u8();
    let flags = match c.u8() {
        0..96 => Flags::ACK,
        96..128 => Flags::ACK | Flags::PSH,
        128..160 => Flags::ACK | Flags::FIN,
        _ => Flags(c.u16() & 0xfff),
    };
    let mut h = proper(b, flags);
    if t.state == State::SynSent {
        h.seq = b.irs;
    }
    if what & 1 != 0 {
        h.seq = c.seq(h.seq);
    }
    if what & 2 != 0 {
        let base = if c.flag() { t.snd_una } else { t.snd_nxt };
        h.ack = c.seq(base);
    }
    let len = if what & 4 != 0 { usize::from(c.u16()) % [3_000, 64][usize::from(what >> 7)] } else { 0 };
    if what & 8 != 0 {
        h.window = c.u16();
    }
    if what & 16 != 0 {
        h.options.sack = blocks(&t, c);
    }
    if what & 32 != 0 {
        let was = h.options.timestamps.unwrap_or(Timestamps { val: PEER_CLOCK, ecr: 0 });
        let drawn = Timestamps { val: c.near(was.val), ecr: c.near(was.ecr) };
        h.options.timestamps = c.flag().then_some(drawn);
    }
    if what & 64 != 0 {
        h.urgent = c.u16();
        h.flags |= Flags::URG;
    }
    if flags.has(Flags::SYN) {
        h.options = syn_options(c);
    }
    let ecn = what >> 6;
    Segment { header: h, payload: Bytes::from(vec![7; len]), ecn }
}

fn blocks(t: &tcp::Tcb, c: &mut Choices) -> SackBlocks {
    let mut sack = SackBlocks { len: 1 + c.u8() % 4, ..SackBlocks::default() };
    let len = usize::from(sack.len);
    for block in &mut sack.blocks[..len] {
        let left = c.seq(t.snd_una);
        *block = (left, c.seq(left));
    }
    sack
}

/// The next deadline comes; what was due must not be due at once again, or time would stand still.
fn fire(b: &mut Bench) {
    b.fire();
    if let Some((at, kind)) = b.conn.next_deadline() {
        assert!(at > b.now, "{kind:?} is due again at once");
    }
}

/// Everything leaves, as a host drains it.
fn drain(b: &mut Bench) {
    let mut sent = 0;
    let t = b.conn.tcb();
    let most = MOST_SEGMENTS + (t.cwnd / t.snd_mss.max(1)) as usize;
    while let Some(o) = b.conn.poll_transmit(b.now, &mut b.trace) {
        check_sent(&b.conn, &o);
        sent += 1;
        assert!(sent < most, "{sent} segments at once");
    }
    b.trace = Some(Vec::new());
    while let Some(event) = b.conn.poll_event() {
        note(&event);
    }
    b.events.drain(..).for_each(|event| note(&event));
    b.conn.assert_invariants();
    let info = b.conn.info(b.now);
    assert!(info.sacked + info.lost <= info.unacked, "{info:?}");
}
