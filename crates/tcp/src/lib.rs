//! One TCP connection, sans-IO: segments, calls and time in; segments, events and the next deadline out.
//!
//! CONTRACT SKELETON: signatures that `host` is written against. Bodies are being filled in.
pub mod rule;
mod state;
pub mod time;

pub use state::State;

use bytes::Bytes;
use rule::{Recorder, RuleDef};
use std::rc::Rc;
use time::{Duration, Instant};
use wire::Seq;
use wire::tcp::{Flags, Header};

/// A segment as it reaches a connection.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Header.
    pub header: Header,
    /// Payload; shares the frame's bytes.
    pub payload: Bytes,
    /// The two ECN bits of the IP header (RFC 3168 §5).
    pub ecn: u8,
}

/// A segment that a connection wants sent. Its payload is `len` octets of the send queue from `header.seq`
/// (after the SYN), fetched by [`Connection::copy_payload`] straight into the frame.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing {
    /// Header, ports included.
    pub header: Header,
    /// Payload length, octets.
    pub len: usize,
    /// ECN bits for the IP header.
    pub ecn: u8,
    /// How often this sequence range has been sent before (0: the first time).
    pub resent: u8,
}

/// What became of an arriving segment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Verdict {
    /// Taken in, at least in part.
    Taken,
    /// Refused; the rule says why, with two of its numbers for a short label.
    Dropped(&'static RuleDef, [u32; 2]),
}

/// Whether the host would let a SYN-RECEIVED connection become ESTABLISHED now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admission {
    /// It would.
    Open,
    /// The accept queue holds `len` where `backlog` is the limit: the final ACK is dropped
    /// (`abort: false`) or answered with RST (`abort: true`, `tcp_abort_on_overflow`).
    Full {
        /// Entries in the accept queue.
        len: u32,
        /// The limit.
        backlog: u32,
        /// Answer with RST.
        abort: bool,
    },
}

/// What the host is told.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Event {
    /// The state changed.
    State(State, State),
    /// Octets became readable, or the peer's FIN did.
    Readable,
    /// Space became free in the send buffer.
    Writable,
    /// Urgent data is announced (RFC 9293 §3.8.5).
    Urgent,
    /// The connection died: errno name as in connect(2), read(2): ECONNREFUSED, ECONNRESET, ETIMEDOUT, EPIPE, …
    Failed(&'static str),
    /// A timer fired; `armed` is when it had been set.
    TimerFired(TimerKind, Instant),
    /// A counter of nstat(8) goes up by one: `TCPTimeouts`, `TCPSynRetrans`, …
    Count(&'static str),
}

/// Which timer a deadline belongs to; one slot each (names: Linux, RFC 9293 §3.8).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum TimerKind {
    Retransmit,
    TailLossProbe,
    RackReorder,
    Persist,
    DelayedAck,
    KeepAlive,
    FinWait2,
    TimeWait,
    UserTimeout,
}

/// Ports of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ports {
    /// Ours.
    pub local: u16,
    /// The peer's.
    pub remote: u16,
}

/// Settings of one connection: profile values and socket options. Data, not branches.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {/* owned by crate tcp: mss, buffers, RTO bounds, retries, nagle, delayed ACK, sack, … */}

/// One connection: a TCB and its mechanisms (RFC 9293 §3.3.1).
#[derive(Clone, Debug)]
pub struct Connection {/* private */}

#[allow(unused_variables, missing_docs, clippy::todo)]
impl Connection {
    /// OPEN, active: SYN-SENT, with a SYN to go (§3.10.1).
    pub fn active_open<R: Recorder>(c: Rc<Config>, ports: Ports, iss: Seq, now: Instant, r: &mut R) -> Self {
        todo!()
    }
    /// A SYN met a listener: SYN-RECEIVED, with a SYN-ACK to go (§3.10.7.2).
    pub fn passive_open<R: Recorder>(
        c: Rc<Config>, ports: Ports, iss: Seq, syn: &Segment, now: Instant, r: &mut R,
    ) -> Self {
        todo!()
    }
    /// SEGMENT ARRIVES in every state but CLOSED and LISTEN (§3.10.7.3, §3.10.7.4). Checksum and ports are
    /// the host's affair and already right.
    pub fn segment_arrives<R: Recorder>(
        &mut self, now: Instant, seg: &Segment, admission: Admission, r: &mut R,
    ) -> Verdict {
        todo!()
    }
    /// Every deadline that is due by `now` fires.
    pub fn timers_fire<R: Recorder>(&mut self, now: Instant, r: &mut R) {
        todo!()
    }
    /// The earliest deadline and its reason.
    pub fn next_deadline(&self) -> Option<(Instant, TimerKind)> {
        todo!()
    }
    /// The next segment to send now, if any. Call until `None` after every other call.
    pub fn poll_transmit<R: Recorder>(&mut self, now: Instant, r: &mut R) -> Option<Outgoing> {
        todo!()
    }
    /// Appends the payload of `out` to `frame`.
    pub fn copy_payload(&self, out: &Outgoing, frame: &mut Vec<u8>) {
        todo!()
    }
    /// The next event, if any. Call until `None` after every other call.
    pub fn poll_event(&mut self) -> Option<Event> {
        todo!()
    }
    /// SEND: takes as much of `data` as the send buffer has room for; 0 means the caller must wait.
    /// Errors are errno names (EPIPE, ENOTCONN, …).
    pub fn write<R: Recorder>(&mut self, now: Instant, data: &[u8], r: &mut R) -> Result<usize, &'static str> {
        todo!()
    }
    /// RECEIVE: up to `max` octets in order; `Ok(None)` means the caller must wait, empty means end of file.
    pub fn read<R: Recorder>(
        &mut self, now: Instant, max: usize, r: &mut R,
    ) -> Result<Option<Bytes>, &'static str> {
        todo!()
    }
    /// No more writing: FIN after what is queued (shutdown(2) SHUT_WR).
    pub fn shutdown_write<R: Recorder>(&mut self, now: Instant, r: &mut R) -> Result<(), &'static str> {
        todo!()
    }
    /// CLOSE (§3.10.4): nobody will read or write any more; the connection goes on by itself.
    pub fn close<R: Recorder>(&mut self, now: Instant, r: &mut R) {
        todo!()
    }
    /// ABORT (§3.10.5): RST.
    pub fn abort<R: Recorder>(&mut self, now: Instant, r: &mut R) {
        todo!()
    }
    pub fn state(&self) -> State {
        todo!()
    }
    /// Octets that wait to be read.
    pub fn readable(&self) -> usize {
        todo!()
    }
    /// Octets written and not yet acknowledged (sent or not).
    pub fn unacked(&self) -> usize {
        todo!()
    }
    /// The variables, for people to look at.
    pub fn tcb(&self) -> Tcb {
        todo!()
    }
    /// Panics with a sentence where an invariant does not hold (tests and fuzzers call it after every step).
    pub fn assert_invariants(&self) {
        todo!()
    }
}

/// The RST (or nothing) with which a segment for no connection is answered (§3.10.7.1).
#[allow(clippy::todo, unused_variables)]
pub fn closed_reply<R: Recorder>(seg: &Segment, r: &mut R) -> Option<Header> {
    todo!()
}

/// What a segment does at a listener, before queues are asked (§3.10.7.2).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum AtListener {
    /// A SYN: a child may be made.
    Syn,
    /// Answer with this RST.
    Reset(Header),
    /// Ignore.
    Ignore(&'static RuleDef),
}

/// SEGMENT ARRIVES in LISTEN.
#[allow(clippy::todo, unused_variables)]
pub fn at_listener<R: Recorder>(seg: &Segment, r: &mut R) -> AtListener {
    todo!()
}

/// The variables of a connection (RFC 9293 §3.3.1, RFC 6298, RFC 5681; `timers` as set).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Tcb {
    pub state: State,
    pub snd_una: Seq,
    pub snd_nxt: Seq,
    pub snd_wnd: u32,
    pub snd_up: Seq,
    pub snd_wl1: Seq,
    pub snd_wl2: Seq,
    pub snd_wscale: u8,
    pub iss: Seq,
    pub rcv_nxt: Seq,
    pub rcv_wnd: u32,
    pub rcv_up: Seq,
    pub rcv_wscale: u8,
    pub irs: Seq,
    /// Our segments' limit, octets of data.
    pub snd_mss: u32,
    pub cwnd: u32,
    pub ssthresh: u32,
    /// Octets in flight.
    pub in_flight: u32,
    pub srtt: Option<Duration>,
    pub rttvar: Option<Duration>,
    pub rto: Duration,
    /// Times the oldest segment was sent again in a row.
    pub retransmits: u8,
    pub send_queue: u32,
    pub recv_queue: u32,
    /// Octets received out of order.
    pub ooo: u32,
    pub timestamps: bool,
    pub sack: bool,
    /// Name of the congestion control and of its phase.
    pub cc: &'static str,
    pub cc_state: &'static str,
    /// Which timers run, and until when.
    pub timers: Vec<(TimerKind, Instant)>,
}

#[allow(unused)]
fn _uses(_: Flags) {}
