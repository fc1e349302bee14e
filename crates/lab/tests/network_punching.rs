//! Two hosts behind NATs that let nobody in, and the hole that both make at once (RFC 5128 §3.4).

use crate::words::*;
use lab::Session;
use lab::records::MarkKind;

fn output(s: &Session, name: &str) -> String {
    let view = s.view();
    let node = view.nodes.iter().find(|n| n.name == name).expect("a node");
    node.processes.iter().map(|p| p.output.clone()).collect()
}

/// States that a node's connections went through, in order.
fn states(s: &Session, name: &str) -> Vec<&'static str> {
    let node = s.view().nodes.iter().position(|n| n.name == name).expect("a node") as u16;
    let marks = s.marks().iter().filter(|m| m.kind == MarkKind::State as u8 && m.node == node);
    marks.map(|m| tcp::State::ALL[usize::from(m.b)].name()).collect()
}

#[test]
fn two_syns_cross_and_make_one_connection() {
    let mut s = open("hole-punching");
    s.run(100_000, 20e9);
    assert_eq!(output(&s, "Alice"), "the peer is seen at 198.51.100.7 5000\nthrough the hole\n");
    assert_eq!(output(&s, "Bob"), "the peer is seen at 203.0.113.7 5000\nthrough the hole\n");
    for name in ["Alice", "Bob"] {
        let states = states(&s, name);
        let opens = states.windows(2).filter(|w| w == &["SYN-SENT", "SYN-RECEIVED"]).count();
        assert_eq!(opens, 1, "{name}: a SYN met a SYN: {states:?}");
    }
}

#[test]
fn a_symmetric_nat_is_seen_at_a_port_that_leads_nowhere() {
    let mut s = open("hole-punching-symmetric");
    s.run(100_000, 60e9);
    assert!(output(&s, "Alice").ends_with("call: Connection timed out\n"), "{}", output(&s, "Alice"));
    assert!(output(&s, "Bob").ends_with("call: Connection timed out\n"), "{}", output(&s, "Bob"));
    assert!(!states(&s, "Alice").contains(&"SYN-RECEIVED"));
}
