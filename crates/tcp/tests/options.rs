//! Options and the sizes that follow from them (RFC 9293 §3.2, §3.7; RFC 7323 §2).
use crate::common::{Bench, plain};
use tcp::rule::Tape;
use tcp::{Config, Event, State};

#[test]
fn without_an_mss_option_536_octets_are_assumed() {
    let mut b = Bench::established_with(plain(), "S 0(0) win 32768");
    b.writes(600);
    assert_eq!(b.sent_short(), [". 1:537(536) ack 1", "P. 537:601(64) ack 1"], "MUST-15");
    // IPv6: the host's configuration says 1220.
    let mut b =
        Bench::established_with(Config { mss_default: 1220, mss: 1440, ..plain() }, "S 0(0) win 32768");
    b.writes(1300);
    assert_eq!(b.sent_short()[0], ". 1:1221(1220) ack 1");
}

#[test]
fn segments_fit_the_peer_the_path_and_the_options() {
    // MUST-16: the least of what the peer takes and what the path takes, less the options of every segment.
    let c = Config { timestamps: true, mss: 1460, ..plain() };
    let mut b = Bench::established_with(c, "S 0(0) win 32768 <mss 1100,TS val 1 ecr 0>");
    assert_eq!(b.conn.info(b.now).snd_mss, 1088);
    b.conn.path_shrinks(b.now, 800, &mut Tape::None);
    assert_eq!(b.conn.info(b.now).snd_mss, 788);
    b.writes(1000);
    assert_eq!(b.sent_short()[0], ". 1:789(788) ack 1");
}

#[test]
fn a_path_that_shrinks_sends_again_what_was_too_big() {
    let mut b = Bench::established(plain());
    b.writes(2000);
    assert_eq!(b.sent().len(), 2);
    b.conn.path_shrinks(b.now, 600, &mut Tape::None);
    assert_eq!(
        b.sent_short(),
        [". 1:601(600) ack 1", "P. 601:1201(600) ack 1", ". 1201:1801(600) ack 1", "P. 1801:2001(200) ack 1"],
        "a burst is cut anew as a whole"
    );
    assert_eq!(b.conn.info(b.now).snd_cwnd, 10, "no congestion");
}

#[test]
fn the_mss_option_stands_in_syns_alone() {
    let mut b = Bench::half_open(plain(), "S 0(0) win 32768 <mss 1000>");
    assert!(b.sent()[0].contains("mss 1000"), "MUST-14");
    b.gets(". 1(0) ack 1 win 32768");
    b.writes(10);
    assert!(!b.sent()[0].contains("mss"), "MUST-65");
}

#[test]
fn windows_are_scaled_after_the_handshake_and_never_in_it() {
    let c = Config { window_scaling: true, ..plain() };
    let mut b = Bench::syn_received(c, "S 0(0) win 100 <mss 1000,wscale 7>");
    assert_eq!(b.conn.tcb().snd_wnd, 100, "RFC 7323 §2.2");
    b.gets(". 1(0) ack 1 win 100");
    assert_eq!(b.conn.tcb().snd_wnd, 12_800);
    // A shift above 14 is taken as 14 (§2.3).
    let c = Config { window_scaling: true, ..plain() };
    let b = Bench::syn_received(c, "S 0(0) win 100 <mss 1000,wscale 200>");
    assert_eq!(b.conn.tcb().snd_wscale, 14);
}

#[test]
fn a_window_that_shrinks_is_survived() {
    // MUST-34, SHLD-15 to SHLD-17: nothing new past the edge, old data again, and no end because of it.
    let mut b = Bench::established(Config { shrunk_window: tcp::profile::Letter::Rfc, ..plain() });
    b.writes(5000);
    assert_eq!(b.sent().len(), 5);
    b.wait_ms(10);
    b.gets(". 1(0) ack 1 win 2000");
    b.writes(1000);
    assert!(b.sent().is_empty());
    for _ in 0..3 {
        b.fire();
        assert_eq!(b.sent_short(), [". 1:1001(1000) ack 1"]);
    }
    b.gets(". 1(0) ack 1001 win 8000");
    assert_eq!(b.conn.state(), State::Established);
    assert!(!b.sent().is_empty());
}

#[test]
fn what_was_written_is_gathered_into_full_segments() {
    // SHLD-27, SHLD-28, MUST-60, MUST-61: successive writes share segments, PSH is on the last.
    let mut b = Bench::established(Config { gso: false, nagle_law: tcp::profile::Letter::Rfc, ..plain() });
    b.writes(10);
    b.sent();
    for _ in 0..4 {
        b.writes(300);
    }
    assert_eq!(b.sent_short(), [". 11:1011(1000) ack 1"], "a full segment need not wait");
    b.wait_ms(100);
    b.gets(". 1(0) ack 11 win 32768");
    assert!(b.sent().is_empty(), "the rest is small, and something is unacknowledged");
    b.gets(". 1(0) ack 1011 win 32768");
    assert_eq!(b.sent_short(), ["P. 1011:1211(200) ack 1"]);
}

#[test]
fn a_handshake_by_the_letter_lasts_three_minutes() {
    // MUST-22, MUST-23.
    let mut b = Bench::syn_sent(Config::rfc());
    let start = b.now;
    while b.conn.state() == State::SynSent {
        b.fire();
    }
    assert!(b.now.since(start).as_millis() >= 180_000, "{}", b.now.since(start));
    assert!(b.events.contains(&Event::Failed("ETIMEDOUT")));
}

#[test]
fn the_network_layer_hears_of_r1_and_r2_lasts_a_hundred_seconds() {
    // MUST-20, SHLD-10, SHLD-11.
    let mut b = Bench::established(Config { timestamps: false, sack: false, mss: 1000, ..Config::rfc() });
    b.writes(10);
    let start = b.now;
    let mut advised = 0;
    while b.conn.state() == State::Established {
        b.fire();
        advised += usize::from(b.did("tcp.r1.reached"));
    }
    assert_eq!(advised, 1);
    assert!(b.now.since(start).as_millis() >= 100_000, "{}", b.now.since(start));
}

#[test]
fn a_shorter_r2_can_be_asked_for() {
    // MUST-21.
    let mut b = Bench::established(Config { timestamps: false, sack: false, mss: 1000, ..Config::rfc() });
    b.conn.configure(|c| c.retries2 = 2);
    b.writes(10);
    for _ in 0..3 {
        b.fire();
    }
    assert_eq!(b.conn.state(), State::Closed);
}

#[test]
fn blocks_that_do_not_fit_beside_timestamps_take_no_room_from_data() {
    let ts = "<TS val 1000 ecr 1000>";
    let mut b = Bench::syn_received(Config::linux(), "S 0(0) win 32768 <mss 48,sackOK,TS val 1000 ecr 0>");
    b.gets(&format!(". 1(0) ack 1 win 32768 {ts}"));
    for from in [101, 201, 301, 401] {
        b.gets(&format!(". {from}(10) ack 1 win 32768 {ts}"));
        b.sent();
    }
    b.writes(100);
    // Ten octets of timestamps padded to twelve, three blocks in 28: of 48 octets, eight are left for data.
    assert_eq!(b.sent_short()[0], ". 1:9(8) ack 1");
}
