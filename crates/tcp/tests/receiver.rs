//! What a receiver answers, when, and with which window (RFC 9293 §3.8.6, RFC 2018, RFC 2883, RFC 7323).
use crate::common::{Bench, plain};
use tcp::rule::Tape;
use tcp::{Config, Event, State, WriteFlags};

fn sacking() -> Bench {
    Bench::established_with(Config { sack: true, ..plain() }, "S 0(0) win 32768 <mss 1000,sackOK>")
}

#[test]
fn by_the_letter_every_second_full_segment_is_acknowledged() {
    let c = Config { timestamps: false, sack: false, window_scaling: false, mss: 1000, ..Config::rfc() };
    let mut b = Bench::established(c);
    b.gets(". 1(1000) ack 1 win 32768");
    assert!(b.sent().is_empty(), "SHLD-18: delayed");
    b.gets(". 1001(1000) ack 1 win 32768");
    assert_eq!(b.sent_short(), [". 1:1(0) ack 2001"], "SHLD-19");
    b.gets(". 2001(1000) ack 1 win 32768");
    assert_eq!(b.fire().unwrap().as_millis(), 200, "MUST-40: below 500 ms");
    assert_eq!(b.sent_short(), [". 1:1(0) ack 3001"]);
}

#[test]
fn linux_is_quick_at_first() {
    let mut b = Bench::established(plain());
    b.gets("P. 1(100) ack 1 win 32768");
    assert_eq!(b.sent_short(), [". 1:1(0) ack 101"]);
    // An answer of the caller's own makes it a conversation: ACKs wait for company from now on.
    b.writes(50);
    b.sent();
    b.gets("P. 101(100) ack 51 win 32768");
    assert!(b.sent().is_empty());
    assert_eq!(b.fire().unwrap().as_millis(), 40);
    assert_eq!(b.sent_short(), [". 51:51(0) ack 201"]);
}

#[test]
fn blocks_are_reported_in_order_of_recency() {
    let mut b = sacking();
    b.gets("P. 1001(1000) ack 1 win 32768");
    assert_eq!(b.sent_open(), [". 1:1(0) ack 1 <sack 1001:2001>"]);
    b.gets("P. 4001(1000) ack 1 win 32768");
    assert_eq!(b.sent_open(), [". 1:1(0) ack 1 <sack 4001:5001 1001:2001>"]);
    b.gets("P. 2001(1000) ack 1 win 32768");
    assert_eq!(b.sent_open(), [". 1:1(0) ack 1 <sack 1001:3001 4001:5001>"]);
    b.gets("P. 1(1000) ack 1 win 32768");
    assert_eq!(b.sent_short(), [". 1:1(0) ack 3001"]);
    assert_eq!(b.conn.readable(), 3000);
}

#[test]
fn duplicates_are_reported_first_and_once() {
    let mut b = sacking();
    b.gets("P. 1(1000) ack 1 win 32768");
    b.sent();
    b.gets("P. 1(1000) ack 1 win 32768");
    assert_eq!(b.sent_open(), [". 1:1(0) ack 1001 <sack 1:1001>"]);
    b.gets("P. 3001(500) ack 1 win 32768");
    assert_eq!(b.sent_open(), [". 1:1(0) ack 1001 <sack 3001:3501>"]);
    b.gets("P. 3001(500) ack 1 win 32768");
    assert_eq!(b.sent_open(), [". 1:1(0) ack 1001 <sack 3001:3501 3001:3501>"]);
}

#[test]
fn a_fin_may_come_early() {
    let mut b = Bench::established(plain());
    b.gets("F. 101(0) ack 1 win 32768");
    assert_eq!(b.conn.state(), State::Established);
    assert_eq!(b.sent_short(), [". 1:1(0) ack 1"]);
    b.gets("P. 1(100) ack 1 win 32768");
    assert_eq!(b.conn.state(), State::CloseWait);
    assert_eq!(b.reads(1000), Some(100));
    assert_eq!(b.reads(1000), Some(0));
}

#[test]
fn the_window_closes_and_opens_in_worthwhile_steps() {
    let mut b = Bench::established(Config { rcv_buf: 4000, wide_window: false, ..plain() });
    for i in 0..4 {
        b.gets(&format!(". {}(1000) ack 1 win 32768", 1 + i * 1000));
    }
    b.wait_ms(50);
    assert_eq!(b.sent().last().unwrap(), ". 1:1(0) ack 4001 win 0");
    // Reading a little is not worth telling (MUST-39); reading a segment is.
    b.reads(100);
    assert!(b.sent().is_empty());
    b.reads(1900);
    assert_eq!(b.sent(), [". 1:1(0) ack 4001 win 2000"]);
    assert_eq!(b.gets(". 4001(1000) ack 1 win 32768"), tcp::Verdict::Taken);
}

#[test]
fn an_old_timestamp_is_refused() {
    let c = Config { timestamps: true, ..plain() };
    let mut b = Bench::established_with(c, "S 0(0) win 32768 <mss 1000,TS val 1000 ecr 0>");
    b.gets("P. 1(100) ack 1 win 32768 <TS val 2000 ecr 1000>");
    b.sent();
    b.wait_ms(600);
    let v = b.gets("P. 101(100) ack 1 win 32768 <TS val 1500 ecr 1000>");
    assert!(matches!(v, tcp::Verdict::Dropped(rule, [1500, 2000]) if rule.id == "tcp.paws.refused"));
    assert_eq!(b.conn.readable(), 100);
    assert_eq!(b.sent_open(), [". 1:1(0) ack 101 <TS val 1700 ecr 2000>"]);
}

#[test]
fn urgent_data_is_announced_once_for_each_run() {
    let mut b = Bench::established(Config { urgent_inline: true, ..plain() });
    b.gets("PU. 1(10) ack 1 win 32768 urg 20");
    assert_eq!(b.events.iter().filter(|e| **e == Event::Urgent).count(), 1, "MUST-32");
    assert_eq!(b.conn.urgent_ahead(), Some(20), "MUST-33: and how much");
    b.gets("PU. 11(10) ack 1 win 32768 urg 10");
    assert_eq!(b.events.iter().filter(|e| **e == Event::Urgent).count(), 1);
    b.reads(100);
    assert_eq!(b.conn.urgent_ahead(), None);
}

#[test]
fn the_urgent_octet_stands_beside_the_stream() {
    let mut b = Bench::established(plain());
    b.gets("PU. 1(20) ack 1 win 32768 urg 20");
    // A read stops before it, the next passes it by.
    assert_eq!(b.reads(100), Some(19));
    assert_eq!(b.conn.urgent_ahead(), Some(1));
    assert_eq!(b.conn.take_urgent(false), Ok(Some(0)));
    b.gets("P. 21(5) ack 1 win 32768");
    assert_eq!(b.reads(100), Some(5));
    assert_eq!(b.conn.urgent_ahead(), None);
}

#[test]
fn urgent_data_is_sent_with_a_pointer_to_the_octet_after_it() {
    let mut b = Bench::established(plain());
    let flags = WriteFlags { urgent: true, ..WriteFlags::default() };
    b.conn.write_bytes(b.now, bytes::Bytes::from_static(b"abc"), flags, &mut Tape::None).unwrap();
    assert_eq!(b.sent_open(), ["PU. 1:4(3) ack 1 urg 3"]);
    b.gets(". 1(0) ack 4 win 32768");
    b.writes(5);
    assert_eq!(b.sent_short(), ["P. 4:9(5) ack 1"]);
}

#[test]
fn nagle_waits_behind_a_small_segment() {
    let mut b = Bench::established(plain());
    b.writes(10);
    assert_eq!(b.sent_short(), ["P. 1:11(10) ack 1"]);
    b.writes(10);
    b.writes(10);
    assert!(b.sent().is_empty());
    b.wait_ms(50);
    b.gets(". 1(0) ack 11 win 32768");
    assert_eq!(b.sent_short(), ["P. 11:31(20) ack 1"]);
    let mut b = Bench::established(Config { nagle: false, ..plain() });
    b.writes(10);
    b.writes(10);
    assert_eq!(b.sent_short(), ["P. 1:11(10) ack 1", "P. 11:21(10) ack 1"], "MUST-17: it can be turned off");
}

#[test]
fn data_for_nobody_is_answered_with_rst() {
    let mut b = Bench::fin_wait_2(plain());
    b.conn.close(b.now, &mut Tape::None);
    b.gets("P. 1(10) ack 2 win 32768");
    assert_eq!(b.sent_short(), ["R 2:2(0)"]);
    assert_eq!(b.conn.state(), State::Closed);
}

#[test]
fn an_idle_connection_is_small() {
    let b = Bench::established(Config::linux());
    let c = b.conn.clone();
    assert!(size_of_val(&c) <= 1024, "{} octets", size_of_val(&c));
}

#[test]
fn a_closed_window_still_hears_rst_and_urg() {
    // MUST-66.
    let closed = || {
        let mut b = Bench::established(Config { rcv_buf: 4000, wide_window: false, ..plain() });
        for i in 0..4 {
            b.gets(&format!(". {}(1000) ack 1 win 32768", 1 + i * 1000));
        }
        b.wait_ms(50);
        b.sent();
        assert_eq!(b.conn.tcb().rcv_wnd, 0);
        b
    };
    let mut b = closed();
    b.gets("U. 4001(0) ack 1 win 32768 urg 9");
    assert!(b.events.contains(&Event::Urgent));
    b.gets("R 4001(0) win 0");
    assert_eq!(b.conn.state(), State::Closed);
    // An ACK counts as well.
    let mut b = closed();
    b.writes(10);
    b.gets(". 4001(0) ack 11 win 32768");
    assert_eq!(b.conn.unacked(), 0);
}

#[test]
fn a_rst_may_carry_data() {
    let mut b = Bench::established(plain());
    b.gets("R. 1(40) ack 1 win 0");
    assert_eq!(b.conn.state(), State::Closed);
}

#[test]
fn a_small_window_is_not_filled_at_once() {
    // MUST-38: a segment that would only fill a crack of the window waits, until waiting has not helped.
    let mut b = Bench::established(Config { shrunk_window: tcp::profile::Letter::Rfc, ..plain() });
    b.gets(". 1(0) ack 1 win 300");
    b.writes(1000);
    assert!(b.sent().is_empty());
    b.fire();
    assert_eq!(b.sent_short(), ["P. 1:301(300) ack 1"]);
}

#[test]
fn a_buffer_smaller_than_the_unit_of_the_window_still_opens_it() {
    let c = Config { window_scaling: true, rcv_buf: 3_000, ..plain() };
    let mut b = Bench::established_with(c, "S 0(0) win 32768 <mss 1000,wscale 0>");
    assert_eq!(b.conn.tcb().rcv_wscale, 10, "the field counts units of 1,024 octets");
    // setsockopt(SO_RCVBUF) when it is too late to choose another unit.
    b.conn.configure(|c| c.rcv_buf = 1_000);
    for from in [1, 1001] {
        b.gets(&format!("P. {from}(1000) ack 1 win 32768"));
        b.reads(9000);
    }
    b.gets("P. 2001(1000) ack 1 win 32768");
    b.reads(9000);
    b.sent();
    b.gets(". 3000(1) ack 1 win 32768");
    assert_eq!(b.sent(), [". 1:1(0) ack 3001 win 1"], "linux __tcp_select_window: not scaled away");
}
