//! What a translator sees of the state of a connection that passes, and how long it keeps it (linux
//! nf_conntrack_proto_tcp.c, nf_conntrack-sysctl.rst).

use super::table::Dir;
use tcp::time::Duration;
use wire::tcp::Flags;

/// State of a tracked connection, conntrack(8) spelling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum State {
    /// Not TCP.
    None,
    SynSent,
    /// SYNs have passed both ways: simultaneous open.
    SynSent2,
    SynRecv,
    Established,
    FinWait,
    CloseWait,
    LastAck,
    TimeWait,
    Close,
}

impl State {
    /// As `conntrack -L` writes it.
    pub const fn name(self) -> &'static str {
        match self {
            State::None => "NONE",
            State::SynSent => "SYN_SENT",
            State::SynSent2 => "SYN_SENT2",
            State::SynRecv => "SYN_RECV",
            State::Established => "ESTABLISHED",
            State::FinWait => "FIN_WAIT",
            State::CloseWait => "CLOSE_WAIT",
            State::LastAck => "LAST_ACK",
            State::TimeWait => "TIME_WAIT",
            State::Close => "CLOSE",
        }
    }
}

/// A segment by the flags that count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Segment {
    Syn,
    SynAck,
    Fin,
    Ack,
    Rst,
    /// Neither SYN, FIN, ACK nor RST.
    Other,
}

impl Segment {
    pub(crate) fn of(flags: Flags) -> Segment {
        match () {
            () if flags.has(Flags::RST) => Segment::Rst,
            () if flags.has(Flags::SYN) && flags.has(Flags::ACK) => Segment::SynAck,
            () if flags.has(Flags::SYN) => Segment::Syn,
            () if flags.has(Flags::FIN) => Segment::Fin,
            () if flags.has(Flags::ACK) => Segment::Ack,
            () => Segment::Other,
        }
    }
}

/// The state after `segment` went in direction `dir`; `None` where it cannot be of this connection.
pub(crate) fn after(state: State, dir: Dir, segment: Segment) -> Option<State> {
    use Segment::{Ack, Fin, Other, Rst, Syn, SynAck};
    use State::{Close, CloseWait, Established, FinWait, LastAck, SynRecv, SynSent, SynSent2, TimeWait};
    Some(match (segment, dir, state) {
        (Other, ..) => return None,
        (Rst, ..) => Close,
        // The same SYN again, or the four-tuple begins anew.
        (Syn, Dir::Original, State::None | SynSent | TimeWait | Close) => SynSent,
        (Syn, Dir::Reply, SynSent | SynSent2) => SynSent2,
        (Syn, Dir::Reply, TimeWait) => SynSent,
        (Syn, Dir::Reply, Close) => return None,
        (Syn, ..) => state,
        (SynAck, Dir::Reply, SynSent | SynSent2) | (SynAck, Dir::Original, SynSent2) => SynRecv,
        (SynAck, Dir::Original, SynSent) => return None,
        (SynAck, ..) => state,
        (Fin, _, State::None | SynSent | SynSent2) => return None,
        (Fin, _, SynRecv | Established) => FinWait,
        (Fin, _, FinWait | CloseWait) => LastAck,
        (Fin, ..) => state,
        // A connection that began before it was tracked (`nf_conntrack_tcp_loose`).
        (Ack, Dir::Original, State::None | SynRecv) => Established,
        (Ack, Dir::Original, SynSent | SynSent2) => return None,
        (Ack, _, FinWait) => CloseWait,
        (Ack, _, LastAck) => TimeWait,
        (Ack, ..) => state,
    })
}

/// How long an entry lives after the last packet that passed.
#[derive(Clone, Debug)]
pub(crate) struct Timeouts {
    pub(crate) syn_sent: Duration,
    pub(crate) syn_recv: Duration,
    pub(crate) established: Duration,
    pub(crate) fin_wait: Duration,
    pub(crate) close_wait: Duration,
    pub(crate) last_ack: Duration,
    pub(crate) time_wait: Duration,
    pub(crate) close: Duration,
    pub(crate) udp: Duration,
    pub(crate) udp_stream: Duration,
    pub(crate) icmp: Duration,
    pub(crate) generic: Duration,
}

impl Default for Timeouts {
    /// nf_conntrack-sysctl.rst.
    fn default() -> Timeouts {
        let secs = Duration::from_secs;
        Timeouts {
            syn_sent: secs(120),
            syn_recv: secs(60),
            established: secs(432_000),
            fin_wait: secs(120),
            close_wait: secs(60),
            last_ack: secs(30),
            time_wait: secs(120),
            close: secs(10),
            udp: secs(30),
            udp_stream: secs(120),
            icmp: secs(30),
            generic: secs(600),
        }
    }
}

impl Timeouts {
    /// Of a connection of TCP in this state.
    pub(crate) fn tcp(&self, state: State) -> Duration {
        match state {
            State::None => self.generic,
            State::SynSent | State::SynSent2 => self.syn_sent,
            State::SynRecv => self.syn_recv,
            State::Established => self.established,
            State::FinWait => self.fin_wait,
            State::CloseWait => self.close_wait,
            State::LastAck => self.last_ack,
            State::TimeWait => self.time_wait,
            State::Close => self.close,
        }
    }
}
