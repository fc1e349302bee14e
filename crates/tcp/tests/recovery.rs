//! Loss and what mends it, as traces (RFC 5681, 6582, 6675, 6937, 8985, 5682, 2883, 3168).
use crate::common;
use crate::common::{Bench, plain};
use tcp::rule::Tape;
use tcp::{CaState, Config, State};

/// ESTABLISHED with SACK, 100 ms round trip, MSS 1000, Reno so that halves are halves.
fn with_sack() -> Bench {
    let c = Config { sack: true, algorithm: tcp::Algorithm::Reno, ..plain() };
    Bench::established_with(c, "S 0(0) win 32768 <mss 1000,sackOK>")
}

fn without_sack() -> Bench {
    Bench::established(Config { algorithm: tcp::Algorithm::Reno, ..plain() })
}

#[test]
fn three_duplicate_acks_bring_a_fast_retransmit() {
    let mut b = without_sack();
    b.writes(10_000);
    assert_eq!(b.sent().len(), 10);
    b.writes(5_000);
    b.wait_ms(100);
    b.gets(". 1(0) ack 1 win 32768");
    assert_eq!(b.sent_short(), [". 10001:11001(1000) ack 1"], "limited transmit: RFC 3042");
    b.wait_ms(2);
    b.gets(". 1(0) ack 1 win 32768");
    assert_eq!(b.sent_short(), [". 11001:12001(1000) ack 1"]);
    b.gets(". 1(0) ack 1 win 32768");
    assert_eq!(b.sent_short(), [". 1:1001(1000) ack 1"], "the third condemns the first segment");
    let i = b.conn.info(b.now);
    assert_eq!((i.ca_state, i.snd_ssthresh, i.lost), (CaState::Recovery, 5, 1));
}

#[test]
fn a_partial_ack_condemns_the_next_segment() {
    let mut b = without_sack();
    b.writes(10_000);
    b.sent();
    b.wait_ms(100);
    // The first and the fifth are missing: eight arrive and are answered.
    for _ in 0..8 {
        b.gets(". 1(0) ack 1 win 32768");
    }
    assert_eq!(b.sent_short(), [". 1:1001(1000) ack 1"]);
    b.wait_ms(100);
    b.gets(". 1(0) ack 4001 win 32768");
    assert_eq!(b.sent_short(), [". 4001:5001(1000) ack 1"], "RFC 6582 §3.2 step 3");
    assert_eq!(b.conn.info(b.now).ca_state, CaState::Recovery);
    b.wait_ms(100);
    b.gets(". 1(0) ack 10001 win 32768");
    b.writes(1000);
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 11001 win 32768");
    let i = b.conn.info(b.now);
    assert_eq!((i.ca_state, i.snd_cwnd), (CaState::Open, 5), "RFC 6582 §3.2: deflated to ssthresh");
}

#[test]
fn sack_shows_which_segments_are_missing() {
    let mut b = with_sack();
    b.writes(10_000);
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:2001>");
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:2001 3001:4001>");
    assert!(b.sent().is_empty());
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:2001 3001:5001>");
    assert_eq!(b.sent_short(), [". 1:1001(1000) ack 1"]);
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:2001 3001:6001>");
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:2001 3001:7001>");
    assert_eq!(
        b.sent_short(),
        [". 2001:3001(1000) ack 1"],
        "as the window shrinks, one for about two delivered"
    );
}

#[test]
fn a_lone_sack_waits_for_the_reordering_window() {
    let mut b = with_sack();
    b.writes(4_000);
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 1 win 32768 <sack 3001:4001>");
    assert!(b.sent().is_empty());
    // A quarter of the least round trip, and two milliseconds (RFC 8985 §6.2).
    assert_eq!(b.fire().unwrap().as_millis(), 27);
    assert_eq!(b.sent_short(), [". 1:1001(1000) ack 1"]);
    assert_eq!(b.conn.info(b.now).lost, 3);
}

#[test]
fn reordering_is_forgiven_in_time() {
    let mut b = with_sack();
    b.writes(4_000);
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 1 win 32768 <sack 3001:4001>");
    b.wait_ms(10);
    b.gets(". 1(0) ack 4001 win 32768");
    assert!(b.sent().is_empty());
    let i = b.conn.info(b.now);
    assert_eq!((i.ca_state, i.reord_seen), (CaState::Open, 1));
    assert_eq!(i.total_retrans, 0);
}

#[test]
fn a_lost_tail_is_probed() {
    let mut b = with_sack();
    b.writes(3_000);
    b.sent();
    // Twice the round trip, and two milliseconds (RFC 8985 §7.2), well before the RTO of 300 ms.
    assert_eq!(b.fire().unwrap().as_millis(), 202);
    assert_eq!(b.sent_short(), ["P. 2001:3001(1000) ack 1"]);
    b.wait_ms(100);
    b.gets(". 1(0) ack 1 win 32768 <sack 2001:3001>");
    b.fire();
    assert_eq!(b.sent_short().first().unwrap(), ". 1:1001(1000) ack 1");
}

#[test]
fn a_probe_that_repaired_a_loss_costs_window() {
    let mut b = with_sack();
    b.writes(3_000);
    b.sent();
    b.fire();
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 3001 win 32768");
    b.writes(1_000);
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 4001 win 32768");
    assert!(b.did("tcp.tlp.repaired"));
    assert_eq!(b.conn.info(b.now).snd_cwnd, 5);
}

#[test]
fn a_spurious_timeout_is_taken_back() {
    // F-RTO: the first segment's copy is not needed, as an ACK of what was never sent again shows.
    let mut b = Bench::established_with(
        Config { sack: true, tlp: false, algorithm: tcp::Algorithm::Reno, ..plain() },
        "S 0(0) win 32768 <mss 1000,sackOK>",
    );
    b.writes(20_000);
    b.sent();
    b.fire();
    assert_eq!(b.sent_short(), [". 1:1001(1000) ack 1"]);
    assert_eq!(b.conn.info(b.now).ca_state, CaState::Loss);
    b.gets(". 1(0) ack 1001 win 32768");
    let sent = b.sent_short();
    assert!(sent.iter().all(|l| l.starts_with(". 1") && l.contains("000)")), "new data, no copies: {sent:?}");
    b.gets(". 1(0) ack 2001 win 32768");
    assert!(b.did("tcp.frto.spurious"));
    let i = b.conn.info(b.now);
    assert_eq!((i.ca_state, i.retransmits), (CaState::Open, 0));
    assert!(i.snd_cwnd >= 10, "window restored: {}", i.snd_cwnd);
}

#[test]
fn dsack_takes_back_a_needless_reduction() {
    let mut b = with_sack();
    b.writes(10_000);
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:4001>");
    assert_eq!(b.sent_short().first().unwrap(), ". 1:1001(1000) ack 1");
    b.gets(". 1(0) ack 4001 win 32768");
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 4001 win 32768 <sack 1:1001>");
    assert!(b.did("tcp.dsack.taken") && b.did("tcp.recovery.undo"), "{:?}", b.rules());
    assert_eq!(b.conn.info(b.now).snd_cwnd, 10);
}

#[test]
fn rfc_6675_without_rack() {
    let c = Config {
        mss: 1000,
        window_scaling: false,
        timestamps: false,
        rack: false,
        tlp: false,
        ..Config::rfc()
    };
    let mut b = Bench::established_with(c, "S 0(0) win 32768 <mss 1000,sackOK>");
    b.writes(10_000);
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:2001>");
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:3001>");
    assert!(b.sent().is_empty());
    b.gets(". 1(0) ack 1 win 32768 <sack 1001:4001>");
    assert_eq!(b.sent_short(), [". 1:1001(1000) ack 1"], "IsLost: three segments above it have arrived");
    assert!(b.did("tcp.dupacks.lost"));
}

#[test]
fn congestion_marks_shrink_the_window_once_a_round_trip() {
    let c = Config { ecn: tcp::profile::Ecn::On, algorithm: tcp::Algorithm::Reno, ..plain() };
    let mut b = Bench::half_open(c, "SEW 0(0) win 32768 <mss 1000>");
    assert!(b.sent_short()[0].starts_with("SE."));
    b.wait_ms(100);
    b.gets(". 1(0) ack 1 win 32768");
    b.writes(10_000);
    let mut first = b.conn.poll_transmit(b.now, &mut Tape::None).unwrap();
    assert_eq!(first.ecn, 2, "ECT(0) on data");
    while let Some(o) = b.conn.poll_transmit(b.now, &mut Tape::None) {
        first = o;
    }
    assert_eq!(first.ecn, 2);
    b.wait_ms(100);
    b.gets("E. 1(0) ack 2001 win 32768");
    b.gets("E. 1(0) ack 3001 win 32768");
    let i = b.conn.info(b.now);
    assert_eq!((i.ca_state, i.snd_ssthresh, i.total_retrans), (CaState::Cwr, 5, 0));
    for ack in [5001, 7001, 9001, 10_001] {
        b.gets(&format!(". 1(0) ack {ack} win 32768"));
    }
    b.writes(1000);
    assert!(b.sent_short()[0].starts_with("PW."), "CWR with the next new data");
}

#[test]
fn a_ce_mark_is_echoed_until_cwr() {
    let c = Config { ecn: tcp::profile::Ecn::On, ..plain() };
    let mut b = Bench::established_with(c, "SEW 0(0) win 32768 <mss 1000>");
    let mut seg = common::segment("P. 1(100) ack 1 win 32768", b.iss, b.irs);
    seg.ecn = 3;
    b.gets_segment(&seg);
    b.wait_ms(50);
    assert_eq!(b.sent_short(), ["E. 1:1(0) ack 101"]);
    b.gets("P. 101(100) ack 1 win 32768");
    b.wait_ms(50);
    assert_eq!(b.sent_short(), ["E. 1:1(0) ack 201"]);
    b.gets("PW. 201(100) ack 1 win 32768");
    b.wait_ms(50);
    assert_eq!(b.sent_short(), [". 1:1(0) ack 301"]);
    assert_eq!(b.conn.state(), State::Established);
}
