//! Every state and every kind of segment (RFC 9293 §3.10.7): where it leads, and what is sent.
use crate::common::{Bench, plain};
use std::fmt::Write;
use tcp::{Config, Event, State};

const STATES: [State; 9] = [
    State::SynSent,
    State::SynReceived,
    State::Established,
    State::FinWait1,
    State::FinWait2,
    State::CloseWait,
    State::Closing,
    State::LastAck,
    State::TimeWait,
];

/// One row a state: what `segment` does there. `{nxt}` stands for RCV.NXT, `{una}` for SND.UNA, `{snd}` for SND.NXT.
fn table(c: &Config, segment: &str) -> String {
    let mut out = String::new();
    for s in STATES {
        let mut b = Bench::in_state(s, c.clone());
        b.wait_ms(1000 * u64::from(s != State::SynSent && s != State::SynReceived) / 4);
        b.sent();
        let t = b.conn.tcb();
        let nxt = if s == State::SynSent { 0 } else { t.rcv_nxt.since(b.irs) };
        let line = segment
            .replace("{nxt}", &nxt.to_string())
            .replace("{nxt+9}", &(nxt + 9).to_string())
            .replace("{una}", &t.snd_una.since(b.iss).to_string())
            .replace("{snd}", &t.snd_nxt.since(b.iss).to_string())
            .replace("{snd+9}", &(t.snd_nxt.since(b.iss) + 9).to_string());
        b.gets(&line);
        let sent = b.sent_short().join(" | ");
        let failed = b.events.iter().find_map(|e| match e {
            tcp::Event::Failed(name) => Some(*name),
            _ => None,
        });
        writeln!(
            out,
            "{s} -> {}; {sent}{}",
            b.conn.state(),
            failed.map_or(String::new(), |f| format!(" !{f}"))
        )
        .unwrap();
    }
    out
}

#[track_caller]
fn check(got: String, expected: &str) {
    let want: String =
        expected.lines().map(str::trim).filter(|l| !l.is_empty()).fold(String::new(), |a, l| a + l + "\n");
    let got: String = got.lines().map(|l| l.trim_end().to_string() + "\n").collect();
    assert!(got == want, "got\n{got}\nwanted\n{want}");
}

#[test]
fn rst_exactly_where_it_is_expected() {
    check(
        table(&plain(), "R {nxt}(0) win 0"),
        "SYN-SENT -> SYN-SENT;
         SYN-RECEIVED -> CLOSED;
         ESTABLISHED -> CLOSED;  !ECONNRESET
         FIN-WAIT-1 -> CLOSED;  !ECONNRESET
         FIN-WAIT-2 -> CLOSED;  !ECONNRESET
         CLOSE-WAIT -> CLOSED;  !EPIPE
         CLOSING -> CLOSED;  !ECONNRESET
         LAST-ACK -> CLOSED;  !ECONNRESET
         TIME-WAIT -> CLOSED;",
    );
}

#[test]
fn rst_elsewhere_in_the_window() {
    check(
        table(&plain(), "R {nxt+9}(0) win 0"),
        "SYN-SENT -> SYN-SENT;
         SYN-RECEIVED -> SYN-RECEIVED; . 1:1(0) ack 1
         ESTABLISHED -> ESTABLISHED; . 1:1(0) ack 1
         FIN-WAIT-1 -> FIN-WAIT-1; . 2:2(0) ack 1
         FIN-WAIT-2 -> FIN-WAIT-2; . 2:2(0) ack 1
         CLOSE-WAIT -> CLOSE-WAIT; . 1:1(0) ack 2
         CLOSING -> CLOSING; . 2:2(0) ack 2
         LAST-ACK -> LAST-ACK; . 2:2(0) ack 2
         TIME-WAIT -> TIME-WAIT;",
    );
}

/// The half-open one is reset, as Linux does it (tcp_check_req; its RST begins at 0, our ISN being 2^32 − 256).
#[test]
fn syn_in_the_window() {
    check(
        table(&plain(), "S {nxt}(0) win 4096 <mss 1000>"),
        "SYN-SENT -> SYN-RECEIVED; S. 0:0(0) ack 1
         SYN-RECEIVED -> CLOSED; R. 256:256(0) ack 2
         ESTABLISHED -> ESTABLISHED; . 1:1(0) ack 1
         FIN-WAIT-1 -> FIN-WAIT-1; . 2:2(0) ack 1
         FIN-WAIT-2 -> FIN-WAIT-2; . 2:2(0) ack 1
         CLOSE-WAIT -> CLOSE-WAIT; . 1:1(0) ack 2
         CLOSING -> CLOSING; . 2:2(0) ack 2
         LAST-ACK -> LAST-ACK; . 2:2(0) ack 2
         TIME-WAIT -> TIME-WAIT; . 2:2(0) ack 2",
    );
}

#[test]
fn no_ack_bit() {
    check(
        table(&plain(), "- {nxt}(5) win 4096"),
        "SYN-SENT -> SYN-SENT;
         SYN-RECEIVED -> SYN-RECEIVED;
         ESTABLISHED -> ESTABLISHED;
         FIN-WAIT-1 -> FIN-WAIT-1;
         FIN-WAIT-2 -> FIN-WAIT-2;
         CLOSE-WAIT -> CLOSE-WAIT;
         CLOSING -> CLOSING;
         LAST-ACK -> LAST-ACK;
         TIME-WAIT -> TIME-WAIT;",
    );
}

#[test]
fn ack_of_everything() {
    check(
        table(&plain(), ". {nxt}(0) ack {snd} win 4096"),
        "SYN-SENT -> SYN-SENT;
         SYN-RECEIVED -> ESTABLISHED;
         ESTABLISHED -> ESTABLISHED;
         FIN-WAIT-1 -> FIN-WAIT-2;
         FIN-WAIT-2 -> FIN-WAIT-2;
         CLOSE-WAIT -> CLOSE-WAIT;
         CLOSING -> TIME-WAIT;
         LAST-ACK -> CLOSED;
         TIME-WAIT -> TIME-WAIT;",
    );
}

#[test]
fn ack_of_what_was_never_sent() {
    let rfc = Config { timestamps: false, sack: false, window_scaling: false, mss: 1000, ..Config::rfc() };
    check(
        table(&rfc, ". {nxt}(0) ack {snd+9} win 4096"),
        "SYN-SENT -> SYN-SENT; R 10:10(0)
         SYN-RECEIVED -> SYN-RECEIVED; R 10:10(0)
         ESTABLISHED -> ESTABLISHED; . 1:1(0) ack 1
         FIN-WAIT-1 -> FIN-WAIT-1; . 2:2(0) ack 1
         FIN-WAIT-2 -> FIN-WAIT-2; . 2:2(0) ack 1
         CLOSE-WAIT -> CLOSE-WAIT; . 1:1(0) ack 2
         CLOSING -> CLOSING; . 2:2(0) ack 2
         LAST-ACK -> LAST-ACK; . 2:2(0) ack 2
         TIME-WAIT -> TIME-WAIT; . 2:2(0) ack 2",
    );
}

#[test]
fn fin() {
    check(
        table(&plain(), "F. {nxt}(0) ack {una} win 4096"),
        "SYN-SENT -> SYN-SENT; R 0:0(0)
         SYN-RECEIVED -> SYN-RECEIVED; R 0:0(0)
         ESTABLISHED -> CLOSE-WAIT; . 1:1(0) ack 2
         FIN-WAIT-1 -> CLOSING; . 2:2(0) ack 2
         FIN-WAIT-2 -> TIME-WAIT; . 2:2(0) ack 2
         CLOSE-WAIT -> CLOSE-WAIT;
         CLOSING -> CLOSING;
         LAST-ACK -> LAST-ACK;
         TIME-WAIT -> TIME-WAIT; . 2:2(0) ack 2",
    );
}

#[test]
fn text() {
    check(
        table(&plain(), "P. {nxt}(5) ack {snd} win 4096"),
        "SYN-SENT -> SYN-SENT;
         SYN-RECEIVED -> ESTABLISHED; . 1:1(0) ack 6
         ESTABLISHED -> ESTABLISHED; . 1:1(0) ack 6
         FIN-WAIT-1 -> FIN-WAIT-2; . 2:2(0) ack 6
         FIN-WAIT-2 -> FIN-WAIT-2; . 2:2(0) ack 6
         CLOSE-WAIT -> CLOSE-WAIT;
         CLOSING -> TIME-WAIT; . 2:2(0) ack 2
         LAST-ACK -> CLOSED;
         TIME-WAIT -> TIME-WAIT; . 2:2(0) ack 2",
    );
}

#[test]
fn without_rfc_5961_a_syn_in_the_window_kills() {
    let old = Config { rfc5961: false, ..plain() };
    let t = table(&old, "S {nxt+9}(0) win 4096 <mss 1000>");
    assert!(t.contains("ESTABLISHED -> CLOSED; R. 1:1(0) ack 1 !ECONNRESET"), "{t}");
    let t = table(&old, "R {nxt+9}(0) win 0");
    assert!(t.contains("ESTABLISHED -> CLOSED;  !ECONNRESET"), "{t}");
}

#[test]
fn challenges_are_rationed() {
    let mut b = Bench::established(plain());
    for _ in 0..10 {
        b.gets("R 100(0) win 0");
    }
    assert_eq!(b.sent_short().len(), 1);
    b.wait_ms(500);
    b.gets("R 100(0) win 0");
    assert_eq!(b.sent_short().len(), 1);
    // Those that went and those that were held back are counted apart (linux tcp_send_challenge_ack).
    let counted = |name| b.events.iter().filter(|e| **e == Event::Count(name)).count();
    assert_eq!((counted("TCPChallengeACK"), counted("TCPACKSkippedChallenge")), (2, 9));
}

#[test]
fn an_answer_held_back_is_counted_as_skipped() {
    let mut b = Bench::established(plain());
    for _ in 0..3 {
        b.gets(". 2000000(0) ack 1 win 32768");
    }
    assert_eq!(b.sent_short().len(), 1);
    assert_eq!(b.events.iter().filter(|e| **e == Event::Count("TCPACKSkippedSeq")).count(), 2);
}
