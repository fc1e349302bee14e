//! What a half-open entry does with each segment, as Linux 6.18 was measured through a TUN device: the peer's
//! SYN had sequence number 5000, the SYN-ACK went out, and then one segment comes.

use crate::common::*;
use wire::tcp::{Flags, Options};

const SYN: Flags = Flags::SYN;
const ACK: Flags = Flags::ACK;
const RST: Flags = Flags::RST;
const FIN: Flags = Flags::FIN;
const PSH: Flags = Flags::PSH;

/// An answer: flags, sequence number from our ISN on, acknowledgment number from the peer's on.
type Answer = (Flags, u32, u32);

struct Row {
    name: &'static str,
    flags: Flags,
    seq: u32,
    /// Acknowledgment number from our ISN on; none: 0.
    ack: Option<u32>,
    data: &'static [u8],
    answer: Option<Answer>,
    state: Option<&'static str>,
    counters: &'static [&'static str],
}

fn table() -> Vec<Row> {
    let row = |name, flags, seq, ack| Row {
        name,
        flags,
        seq,
        ack,
        data: b"",
        answer: None,
        state: Some("SYN-RECEIVED"),
        counters: &[],
    };
    let dies = &["AttemptFails", "EmbryonicRsts"];
    vec![
        Row { state: None, counters: dies, ..row("RST at RCV.NXT", RST, 5001, None) },
        Row {
            answer: Some((ACK, 1, 1)),
            counters: &["TCPChallengeACK"],
            ..row("RST in the window", RST, 5101, None)
        },
        row("RST outside", RST, 4000, None),
        Row {
            answer: Some((SYN | ACK, 0, 1)),
            counters: &["TCPSynRetrans", "RetransSegs"],
            ..row("the SYN again", SYN, 5000, None)
        },
        Row {
            answer: Some((RST | ACK, 0, 102)),
            state: None,
            counters: &["AttemptFails", "OutRsts", "EmbryonicRsts"],
            ..row("another SYN in the window", SYN, 5101, None)
        },
        Row { answer: Some((ACK, 1, 1)), ..row("a SYN outside", SYN, 4000, None) },
        Row {
            answer: Some((RST, 1, 0)),
            state: None,
            counters: &["AttemptFails", "OutRsts", "EmbryonicRsts"],
            ..row("a SYN-ACK in the window", SYN | ACK, 5001, Some(1))
        },
        Row {
            answer: Some((RST, 5, 0)),
            counters: &["OutRsts"],
            ..row("an ACK of what was not sent", ACK, 5001, Some(5))
        },
        Row { answer: Some((ACK, 1, 1)), ..row("the ACK, outside the window", ACK, 4000, Some(1)) },
        row("data without ACK", PSH, 5001, None),
        Row {
            data: b"hello",
            answer: Some((ACK, 1, 6)),
            state: Some("ESTABLISHED"),
            ..row("the ACK with data", ACK | PSH, 5001, Some(1))
        },
        Row {
            data: b"hello",
            answer: Some((ACK, 1, 1)),
            state: Some("ESTABLISHED"),
            ..row("the ACK with data ahead", ACK | PSH, 5011, Some(1))
        },
        Row {
            answer: Some((ACK, 1, 2)),
            state: Some("CLOSE-WAIT"),
            ..row("the ACK with FIN", ACK | FIN, 5001, Some(1))
        },
    ]
}

#[test]
fn what_a_half_open_entry_does_with_each_segment() {
    let mut wrong = Vec::new();
    for row in table() {
        let mut w = World::alone("linux", &[]);
        w.listen(0, 80, 5);
        w.syn(at(9, 1000), 80, 5000);
        w.run_for(0.002);
        let isn = w.received(9)[0].0.seq;
        let ack = row.ack.map_or(0, |a| (isn + a).0);
        w.raw(at(9, 1000), 80, row.flags, row.seq, ack, Options::default(), row.data);
        w.run_for(0.3);
        let answers: Vec<Answer> = w
            .received(9)
            .iter()
            .map(|(h, _)| {
                let ack = if h.flags.has(ACK) { h.ack.0.wrapping_sub(5000) } else { 0 };
                let seq = if h.flags.has(RST) && h.flags.has(ACK) { 0 } else { h.seq.since(isn) };
                (h.flags, seq, ack)
            })
            .collect();
        let state = w.hosts[0].sockets().iter().find(|s| s.listener.is_none()).map(|s| s.state.name());
        let expected: Vec<Answer> = row.answer.into_iter().collect();
        if answers != expected || state != row.state {
            wrong.push(format!("{}: {answers:?} {state:?}, Linux: {expected:?} {:?}", row.name, row.state));
        }
        for name in ["AttemptFails", "EmbryonicRsts", "TCPChallengeACK", "OutRsts", "TCPSynRetrans"] {
            let counted = w.counter(0, name);
            if counted != u64::from(row.counters.contains(&name)) {
                wrong.push(format!("{}: {name} {counted}", row.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
