//! One TCP connection, sans-IO: segments, calls and time in; segments, events and the next deadline out.
//!
//! Begin at [`Connection`]: what arrives goes into [`Connection::segment_arrives`], what a caller wants into
//! [`Connection::write`] and its sisters, time into [`Connection::timers_fire`]; after each, drain
//! [`Connection::poll_transmit`] and [`Connection::poll_event`]. Where there is no connection:
//! [`closed_reply`] and [`at_listener`].

mod acked;
mod autotune;
mod calls;
mod closed;
mod congestion;
mod connection;
mod delayed_ack;
mod ecn;
mod fast_open;
mod fire;
mod info;
mod loss;
mod mtu_probe;
mod options;
mod output;
mod path;
mod paws;
mod persist;
pub mod profile;
mod rack;
mod rate;
mod recovery;
mod recv_queue;
mod rto;
mod rtt;
mod rtx_queue;
pub mod rule;
pub mod rules;
mod sack;
mod scoreboard;
mod segment_arrives;
mod send_buffer;
mod send_queue;
mod state;
mod stats;
mod tcp_info;
pub mod time;
mod timers;
mod tlp;
mod transitions;
mod transmit;
mod undo;
mod urgent;
mod window;

pub use calls::WriteFlags;
pub use closed::{AtListener, at_listener, closed_reply};
pub use connection::Connection;
pub use fast_open::{FastOpenAnswer, FastOpenLesson, FastOpenPath, FastOpenSyn};
pub use info::Tcb;
pub use profile::{Algorithm, Config};
pub use recovery::CaState;
pub use state::State;
pub use tcp_info::Info;
pub use transitions::{Cause, TRANSITIONS, mermaid};

use bytes::Bytes;
use rule::RuleDef;
use time::Instant;
use wire::Seq;
use wire::tcp::Header;
use wire::usual::Own;

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

/// The same of a segment in the middle of a connection that has timestamps for its only option. Its payload is fetched by
/// [`Connection::copy_usual`].
#[derive(Clone, Copy, Debug)]
pub struct Usual {
    /// What stands in its header beside the ports.
    pub own: Own,
    /// Payload length, octets.
    pub len: u32,
    /// ECN bits for the IP header.
    pub ecn: u8,
    /// How often this sequence range has been sent before (0: the first time).
    pub resent: u8,
}

/// What is left of a connection in TIME-WAIT for the next one between the same ends: [`Connection::afterlife`].
#[derive(Clone, Copy, Debug)]
pub struct Afterlife {
    /// Initial sequence number, beyond all that the old one used (RFC 6191; linux `tcp_twsk_unique`).
    pub iss: Seq,
    /// TS.Recent, which the new SYN echoes.
    pub recent: u32,
    /// When TIME-WAIT began.
    pub since: Instant,
}

/// What became of an arriving segment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Verdict {
    /// Taken in, at least in part.
    Taken,
    /// Refused; the rule says why, with two of its numbers for a short label.
    Dropped(&'static RuleDef, [u32; 2]),
    /// A new SYN ended TIME-WAIT: the connection is CLOSED, and the segment goes to a listener, whose child
    /// should begin at this initial sequence number (RFC 6191).
    GivesWay(Seq),
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
    /// Urgent data is announced (RFC 9293 §3.8.5).
    Urgent,
    /// The connection died: errno name as in connect(2), read(2): ECONNREFUSED, ECONNRESET, ETIMEDOUT, EPIPE, …
    Failed(&'static str),
    /// A timer fired; `armed` is when it had been set.
    TimerFired(TimerKind, Instant),
    /// Timeouts, one after the other, of a connection whose SYN asked for Fast Open: something on the path may not like it.
    FastOpenFails,
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
