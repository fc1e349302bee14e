//! The table of transitions held against RFC 9293 Figure 5, and against what connections really do.
use std::collections::BTreeSet;
use tcp::State::{self, *};
use tcp::{Cause, TRANSITIONS};

/// Where an edge of the figure is to be found.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Where {
    /// In the table, by this cause.
    Here(Cause),
    /// LISTEN is a state of the host's sockets: a listener is no connection, and its children are.
    Host,
    /// Sockets have no such call.
    Nowhere,
}
use Where::{Here, Host, Nowhere};

/// RFC 9293 §3.3.2, Figure 5, with what its notes add.
const FIGURE_5: [(State, &str, State, Where); 22] = [
    (Closed, "OPEN passive", Listen, Host),
    (Closed, "OPEN active / snd SYN", SynSent, Here(Cause::ActiveOpen)),
    (Listen, "CLOSE", Closed, Host),
    // The child that is made comes from CLOSED; the listener stays.
    (Closed, "rcv SYN / snd SYN,ACK", SynReceived, Here(Cause::PassiveSyn)),
    (Listen, "SEND / snd SYN", SynSent, Nowhere),
    (SynSent, "CLOSE", Closed, Here(Cause::CloseCall)),
    (SynSent, "rcv SYN / snd SYN,ACK", SynReceived, Here(Cause::SynArrives)),
    (SynSent, "rcv SYN,ACK / snd ACK", Established, Here(Cause::SynAckArrives)),
    (SynReceived, "rcv ACK of SYN", Established, Here(Cause::AckOfSyn)),
    (SynReceived, "CLOSE / snd FIN", FinWait1, Here(Cause::CloseCall)),
    // Note 1: back to LISTEN if it came from there, which is the end of the child.
    (SynReceived, "rcv RST", Closed, Here(Cause::RstArrives)),
    (Established, "CLOSE / snd FIN", FinWait1, Here(Cause::CloseCall)),
    (Established, "rcv FIN / snd ACK", CloseWait, Here(Cause::FinArrives)),
    (FinWait1, "rcv ACK of FIN", FinWait2, Here(Cause::AckOfFin)),
    (FinWait1, "rcv FIN / snd ACK", Closing, Here(Cause::FinArrives)),
    // Note 2: FIN and the ACK of ours in one segment.
    (FinWait1, "rcv FIN,ACK of FIN / snd ACK", TimeWait, Here(Cause::FinAndAckOfFin)),
    (FinWait2, "rcv FIN / snd ACK", TimeWait, Here(Cause::FinArrives)),
    (CloseWait, "CLOSE / snd FIN", LastAck, Here(Cause::CloseCall)),
    (Closing, "rcv ACK of FIN", TimeWait, Here(Cause::AckOfFin)),
    (LastAck, "rcv ACK of FIN", Closed, Here(Cause::AckOfFin)),
    (TimeWait, "timeout 2 MSL", Closed, Here(Cause::TwoMslOver)),
    // §3.10.7.4, eighth: a FIN with the ACK of our SYN, before the caller was told of either.
    (SynReceived, "rcv FIN / snd ACK", CloseWait, Here(Cause::FinArrives)),
];

#[test]
fn every_edge_of_the_figure_is_in_the_table() {
    for (from, what, to, place) in FIGURE_5 {
        let Here(cause) = place else { continue };
        assert!(TRANSITIONS.contains(&(from, cause, to)), "{from} --{what}--> {to}");
        assert!(cause.name().starts_with(what), "{what}: {}", cause.name());
    }
}

/// Note 3 of the figure leaves out the ways that lead to CLOSED from everywhere; §3.10 has them.
#[test]
fn what_the_table_has_more_leads_to_closed() {
    let drawn: Vec<_> = FIGURE_5
        .iter()
        .filter_map(|e| if let Here(cause) = e.3 { Some((e.0, cause, e.2)) } else { None })
        .collect();
    let mut more = String::new();
    for (from, cause, to) in TRANSITIONS.iter().filter(|t| !drawn.contains(t)) {
        more += &format!("{from} --{}--> {to}\n", cause.name());
    }
    assert_eq!(more, MORE);
}

const MORE: &str = "\
SYN-SENT --rcv RST--> CLOSED
SYN-SENT --ABORT--> CLOSED
SYN-SENT --timeout--> CLOSED
SYN-RECEIVED --ABORT--> CLOSED
SYN-RECEIVED --timeout--> CLOSED
ESTABLISHED --rcv RST--> CLOSED
ESTABLISHED --ABORT--> CLOSED
ESTABLISHED --timeout--> CLOSED
FIN-WAIT-1 --rcv RST--> CLOSED
FIN-WAIT-1 --ABORT--> CLOSED
FIN-WAIT-1 --timeout--> CLOSED
FIN-WAIT-2 --rcv RST--> CLOSED
FIN-WAIT-2 --ABORT--> CLOSED
FIN-WAIT-2 --timeout--> CLOSED
CLOSE-WAIT --rcv RST--> CLOSED
CLOSE-WAIT --ABORT--> CLOSED
CLOSE-WAIT --timeout--> CLOSED
CLOSING --rcv RST--> CLOSED
CLOSING --ABORT--> CLOSED
CLOSING --timeout--> CLOSED
LAST-ACK --rcv RST--> CLOSED
LAST-ACK --ABORT--> CLOSED
LAST-ACK --timeout--> CLOSED
TIME-WAIT --rcv RST--> CLOSED
TIME-WAIT --ABORT--> CLOSED
TIME-WAIT --rcv new SYN--> CLOSED
";

#[test]
fn the_eleven_states_as_a_diagram() {
    let drawn = tcp::mermaid();
    assert_eq!(drawn.lines().count(), TRANSITIONS.len() + 1);
    assert!(drawn.contains("SYN_RECEIVED --> ESTABLISHED: rcv ACK of SYN"));
    let in_figure = |s: State| FIGURE_5.iter().any(|e| e.0 == s) && FIGURE_5.iter().any(|e| e.2 == s);
    assert!(State::ALL.into_iter().all(in_figure), "every state is entered and left");
    let causes = |from| TRANSITIONS.iter().filter(move |t| t.0 == from).map(|t| t.1.name());
    for state in State::ALL {
        let distinct: BTreeSet<_> = causes(state).collect();
        assert_eq!(distinct.len(), causes(state).count(), "{state}: one cause leads to one state");
    }
}
