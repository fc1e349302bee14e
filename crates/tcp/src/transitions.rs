//! Every change of state there is, as data; the one place where a state is assigned.

use crate::rule::Tape;
use crate::{Connection, Event, State, TimerKind, rule, rules};

/// What makes a connection change its state (RFC 9293 Figure 5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Cause {
    ActiveOpen,
    PassiveSyn,
    SynAckArrives,
    SynArrives,
    AckOfSyn,
    FinArrives,
    /// CLOSE or SHUTDOWN: our FIN goes out.
    CloseCall,
    AckOfFin,
    /// FIN together with the ACK of ours.
    FinAndAckOfFin,
    RstArrives,
    Abort,
    TimedOut,
    TwoMslOver,
    /// TIME-WAIT gives way to a new SYN.
    Reincarnated,
}

impl Cause {
    /// As the RFC's figure writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Cause::ActiveOpen => "OPEN active / snd SYN",
            Cause::PassiveSyn => "rcv SYN / snd SYN,ACK",
            Cause::SynAckArrives => "rcv SYN,ACK / snd ACK",
            Cause::SynArrives => "rcv SYN / snd SYN,ACK",
            Cause::AckOfSyn => "rcv ACK of SYN",
            Cause::FinArrives => "rcv FIN / snd ACK",
            Cause::CloseCall => "CLOSE / snd FIN",
            Cause::AckOfFin => "rcv ACK of FIN",
            Cause::FinAndAckOfFin => "rcv FIN,ACK of FIN / snd ACK",
            Cause::RstArrives => "rcv RST",
            Cause::Abort => "ABORT",
            Cause::TimedOut => "timeout",
            Cause::TwoMslOver => "timeout 2 MSL",
            Cause::Reincarnated => "rcv new SYN",
        }
    }
}

/// `(from, cause, to)`: RFC 9293 Figure 5, with the ways out that §3.10 adds to it.
pub const TRANSITIONS: &[(State, Cause, State)] = {
    use Cause::*;
    use State::*;
    &[
        (Closed, ActiveOpen, SynSent),
        (Closed, PassiveSyn, SynReceived),
        (SynSent, SynAckArrives, Established),
        (SynSent, SynArrives, SynReceived),
        (SynSent, RstArrives, Closed),
        (SynSent, CloseCall, Closed),
        (SynSent, Abort, Closed),
        (SynSent, TimedOut, Closed),
        (SynReceived, AckOfSyn, Established),
        (SynReceived, CloseCall, FinWait1),
        (SynReceived, FinArrives, CloseWait),
        (SynReceived, RstArrives, Closed),
        (SynReceived, Abort, Closed),
        (SynReceived, TimedOut, Closed),
        (Established, CloseCall, FinWait1),
        (Established, FinArrives, CloseWait),
        (Established, RstArrives, Closed),
        (Established, Abort, Closed),
        (Established, TimedOut, Closed),
        (FinWait1, AckOfFin, FinWait2),
        (FinWait1, FinArrives, Closing),
        (FinWait1, FinAndAckOfFin, TimeWait),
        (FinWait1, RstArrives, Closed),
        (FinWait1, Abort, Closed),
        (FinWait1, TimedOut, Closed),
        (FinWait2, FinArrives, TimeWait),
        (FinWait2, RstArrives, Closed),
        (FinWait2, Abort, Closed),
        (FinWait2, TimedOut, Closed),
        (CloseWait, CloseCall, LastAck),
        (CloseWait, RstArrives, Closed),
        (CloseWait, Abort, Closed),
        (CloseWait, TimedOut, Closed),
        (Closing, AckOfFin, TimeWait),
        (Closing, RstArrives, Closed),
        (Closing, Abort, Closed),
        (Closing, TimedOut, Closed),
        (LastAck, AckOfFin, Closed),
        (LastAck, RstArrives, Closed),
        (LastAck, Abort, Closed),
        (LastAck, TimedOut, Closed),
        (TimeWait, TwoMslOver, Closed),
        (TimeWait, RstArrives, Closed),
        (TimeWait, Abort, Closed),
        (TimeWait, Reincarnated, Closed),
    ]
};

/// The table as a Mermaid state diagram.
pub fn mermaid() -> String {
    let mut out = String::from("stateDiagram-v2\n");
    for (from, cause, to) in TRANSITIONS {
        let id = |s: &State| s.name().replace('-', "_");
        out += &format!("    {} --> {}: {}\n", id(from), id(to), cause.name());
    }
    out
}

impl Connection {
    /// The only assignment of the state. A change that the table does not know is a defect of this crate.
    pub(crate) fn transition(&mut self, cause: Cause, r: &mut Tape) {
        let from = self.state;
        let to = TRANSITIONS.iter().find(|t| t.0 == from && t.1 == cause).map(|t| t.2);
        debug_assert!(to.is_some(), "no transition from {from} by {cause:?}");
        let Some(to) = to else { return };
        rule!(r, rules::STATE_CHANGES, Act, from, to, cause.name());
        self.state = to;
        self.events.push_back(Event::State(from, to));
        if to == State::Closed || to == State::TimeWait {
            for kind in TimerKind::ALL {
                if kind != TimerKind::DelayedAck || to == State::Closed {
                    self.timers.clear(kind);
                }
            }
        }
    }
}
