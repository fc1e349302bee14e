//! Opening and closing, as traces.
use crate::common;
use crate::common::{Bench, plain};
use tcp::rule::Tape;
use tcp::{Admission, Config, Event, State, Verdict};

#[test]
fn three_way_handshake_of_a_client() {
    let (mut b, _) = Bench::connecting(Config { ts_offset: 7, ..Config::linux() });
    assert_eq!(b.sent(), ["S 0:0(0) win 64240 <mss 1460,sackOK,TS val 1007 ecr 0,wscale 10>"]);
    b.wait_ms(20);
    assert_eq!(
        b.gets("S. 0(0) ack 1 win 65160 <mss 1460,sackOK,TS val 9 ecr 1007,wscale 7>"),
        Verdict::Taken
    );
    assert_eq!(b.conn.state(), State::Established);
    assert_eq!(b.sent(), [". 1:1(0) ack 1 win 63 <TS val 1027 ecr 9>"]);
    assert_eq!(b.conn.tcb().srtt.unwrap().as_millis(), 20);
}

#[test]
fn three_way_handshake_of_a_server() {
    let mut b =
        Bench::half_open(Config::linux(), "S 0(0) win 64240 <mss 1460,sackOK,TS val 5 ecr 0,wscale 10>");
    assert_eq!(b.conn.state(), State::SynReceived);
    assert_eq!(b.sent(), ["S. 0:0(0) ack 1 win 65160 <mss 1460,sackOK,TS val 1000 ecr 5,wscale 10>"]);
    b.gets(". 1(0) ack 1 win 63 <TS val 6 ecr 1000>");
    assert_eq!(b.conn.state(), State::Established);
    assert_eq!(b.sent(), [] as [String; 0]);
}

#[test]
fn options_come_back_only_where_they_were_offered() {
    let mut b = Bench::half_open(Config::linux(), "S 0(0) win 64240 <mss 1460>");
    assert_eq!(b.sent(), ["S. 0:0(0) ack 1 win 64240 <mss 1460>"]);
}

#[test]
fn simultaneous_open() {
    let mut b = Bench::syn_sent(plain());
    b.gets("S 0(0) win 4096 <mss 1000>");
    assert_eq!(b.conn.state(), State::SynReceived);
    assert_eq!(b.sent_short(), ["S. 0:0(0) ack 1"]);
    b.gets("S. 0(0) ack 1 win 4096 <mss 1000>");
    assert_eq!(b.conn.state(), State::Established);
}

#[test]
fn syn_waits_do_not_back_off_at_first() {
    // Measured on Linux 6.18: SYN repeated 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 s after the first.
    let mut b = Bench::syn_sent(Config::linux());
    let start = b.now;
    let mut at = Vec::new();
    while b.conn.state() == State::SynSent {
        b.fire().unwrap();
        if !b.sent().is_empty() {
            at.push(b.now.since(start).as_millis() / 1000);
        }
    }
    assert_eq!(at, [1, 2, 3, 4, 5, 7, 11, 19, 35, 67]);
    assert_eq!(b.now.since(start).as_millis(), 131_000);
    assert!(b.events.contains(&Event::Failed("ETIMEDOUT")));
}

#[test]
fn syn_ack_waits_double() {
    let mut b = Bench::syn_received(Config { synack_retries: 2, ..plain() }, "S 0(0) win 4096 <mss 1000>");
    let start = b.now;
    assert_eq!(
        b.conn.handshake_progress().map(|(n, most, dies)| (n, most, dies.since(start).as_millis())),
        Some((0, 2, 7000))
    );
    let mut at = Vec::new();
    while b.conn.state() == State::SynReceived {
        b.fire().unwrap();
        at.extend(b.sent().iter().map(|_| b.now.since(start).as_millis()));
    }
    assert_eq!(at, [1000, 3000]);
    assert_eq!(b.now.since(start).as_millis(), 7000);
}

#[test]
fn a_full_accept_queue_drops_the_last_ack() {
    let mut b = Bench::syn_received(plain(), "S 0(0) win 4096 <mss 1000>");
    b.admission = Admission::Full { len: 3, backlog: 2, abort: false };
    assert_eq!(b.gets(". 1(0) ack 1 win 4096"), Verdict::Dropped(&tcp::rules::ACCEPT_QUEUE_FULL, [3, 2]));
    assert_eq!(b.conn.state(), State::SynReceived);
    assert!(b.sent().is_empty());
    b.admission = Admission::Open;
    b.gets("P. 1(5) ack 1 win 4096");
    assert_eq!(b.conn.state(), State::Established);
    assert_eq!(b.conn.readable(), 5);
}

#[test]
fn a_full_accept_queue_may_reset_instead() {
    let mut b = Bench::syn_received(plain(), "S 0(0) win 4096 <mss 1000>");
    b.admission = Admission::Full { len: 3, backlog: 2, abort: true };
    b.gets(". 1(0) ack 1 win 4096");
    assert_eq!(b.conn.state(), State::Closed);
    assert_eq!(b.sent_short(), ["R 1:1(0)"]);
}

#[test]
fn refused() {
    let mut b = Bench::syn_sent(plain());
    b.gets("R. 0(0) ack 1 win 0");
    assert_eq!(b.conn.state(), State::Closed);
    assert!(b.events.contains(&Event::Failed("ECONNREFUSED")));
}

#[test]
fn we_close_first() {
    let mut b = Bench::established(plain());
    b.conn.close(b.now, &mut Tape::None);
    assert_eq!(b.sent_short(), ["F. 1:1(0) ack 1"]);
    assert_eq!(b.conn.state(), State::FinWait1);
    b.gets(". 1(0) ack 2 win 32768");
    assert_eq!(b.conn.state(), State::FinWait2);
    b.gets("F. 1(0) ack 2 win 32768");
    assert_eq!(b.conn.state(), State::TimeWait);
    assert_eq!(b.sent_short(), [". 2:2(0) ack 2"]);
    assert_eq!(b.fire().unwrap().as_millis(), 60_000);
    assert_eq!(b.conn.state(), State::Closed);
}

#[test]
fn the_peer_closes_first() {
    let mut b = Bench::established(plain());
    b.gets("P. 1(3) ack 1 win 32768");
    b.sent();
    b.gets("F. 4(0) ack 1 win 32768");
    assert_eq!(b.conn.state(), State::CloseWait);
    assert_eq!(b.reads(100), Some(3));
    assert_eq!(b.reads(100), Some(0));
    b.conn.close(b.now, &mut Tape::None);
    assert_eq!(b.sent_short().last().unwrap(), "F. 1:1(0) ack 5");
    assert_eq!(b.conn.state(), State::LastAck);
    b.gets(". 5(0) ack 2 win 32768");
    assert_eq!(b.conn.state(), State::Closed);
}

#[test]
fn simultaneous_close() {
    let mut b = Bench::fin_wait_1(plain());
    b.gets("F. 1(0) ack 1 win 32768");
    assert_eq!(b.conn.state(), State::Closing);
    assert_eq!(b.sent_short(), [". 2:2(0) ack 2"]);
    b.gets(". 2(0) ack 2 win 32768");
    assert_eq!(b.conn.state(), State::TimeWait);
}

#[test]
fn half_close_still_receives() {
    let mut b = Bench::fin_wait_2(plain());
    b.gets("P. 1(700) ack 2 win 32768");
    assert_eq!(b.reads(1000), Some(700));
    assert_eq!(b.conn.next_deadline().map(|d| d.1), None, "a caller that may read waits for ever");
}

#[test]
fn a_new_syn_ends_time_wait() {
    let mut b = Bench::time_wait(plain());
    let v = b.gets("S 70000(0) win 4096 <mss 1000>");
    assert_eq!(v, Verdict::GivesWay(common::ISS + 2 + 65_537));
    assert_eq!(b.conn.state(), State::Closed);
}

#[test]
fn closing_with_unread_data_resets() {
    let mut b = Bench::established(plain());
    b.gets("P. 1(10) ack 1 win 32768");
    b.sent();
    b.conn.close(b.now, &mut Tape::None);
    assert_eq!(b.sent_short(), ["R. 1:1(0) ack 11"]);
    assert_eq!(b.conn.state(), State::Closed);
}
