//! RFC 9293 Table 6, row by row, and sequence numbers around both wraps.
use crate::common;
use crate::common::{Bench, plain};
use tcp::{Config, Verdict};

/// ESTABLISHED by the letter, RCV.NXT = IRS + 1, the window as given.
fn with_window(wnd: u32) -> Bench {
    let rfc = Config { timestamps: false, sack: false, window_scaling: false, mss: 1000, ..Config::rfc() };
    let mut b = Bench::established(Config { rcv_buf: 4000, ..rfc });
    // Fill the buffer until `wnd` is left; nothing is read.
    let mut at = 1;
    let mut left = 4000;
    while left > wnd {
        let n = 1000.min(left - wnd);
        b.gets(&format!(". {at}({n}) ack 1 win 32768"));
        at += n;
        left -= n;
    }
    b.fire();
    b.sent();
    assert_eq!(b.conn.tcb().rcv_wnd, wnd);
    b
}

/// Whether a segment at RCV.NXT + `offset` of `len` octets is acceptable.
fn acceptable(wnd: u32, offset: i64, len: u32) -> bool {
    let mut b = with_window(wnd);
    let mut seg = common::segment(&format!(". 0({len}) ack 1 win 32768"), b.iss, b.irs);
    seg.header.seq = b.conn.tcb().rcv_nxt + offset as u32;
    b.gets_segment(&seg);
    let yes = b.did("tcp.seq.acceptable");
    assert_ne!(yes, b.did("tcp.seq.unacceptable"), "one or the other");
    yes
}

#[test]
fn table_6() {
    // (segment length, window, offset from RCV.NXT, acceptable)
    let rows = [
        (0, 0, 0, true),
        (0, 0, 1, false),
        (0, 0, -1, false),
        (0, 4000, 0, true),
        (0, 4000, 3999, true),
        (0, 4000, 4000, false),
        (0, 4000, -1, false),
        // A segment with text and no window: its text is not taken, but "special allowance should be made to
        // accept valid ACKs, URGs, and RSTs" at RCV.NXT.
        (1, 0, 1, false),
        (1, 0, -1, false),
        (1000, 4000, 0, true),
        (1000, 4000, 3999, true),
        (1000, 4000, 4000, false),
        (1000, 4000, -999, true),
        (1000, 4000, -1000, false),
    ];
    for (len, wnd, offset, yes) in rows {
        assert_eq!(acceptable(wnd, offset, len), yes, "len {len}, window {wnd}, offset {offset}");
    }
}

#[test]
fn what_is_unacceptable_is_answered_and_dropped() {
    let mut b = with_window(4000);
    let v = b.gets(". 9000(10) ack 1 win 32768");
    assert!(matches!(v, Verdict::Dropped(rule, _) if rule.id == "tcp.seq.unacceptable"));
    assert_eq!(b.sent_short(), [". 1:1(0) ack 1"]);
}

#[test]
fn only_the_new_part_is_taken() {
    let mut b = Bench::established(plain());
    b.gets("P. 1(100) ack 1 win 32768");
    b.gets("P. 51(100) ack 1 win 32768");
    assert_eq!(b.conn.readable(), 150);
    // By the letter, nothing past the window is.
    let mut b = with_window(1000);
    let at = b.conn.tcb().rcv_nxt.since(b.irs);
    b.gets(&format!(". {at}(1500) ack 1 win 32768"));
    assert_eq!(b.conn.tcb().recv_queue, 4000);
    assert_eq!(b.conn.tcb().rcv_wnd, 0);
}

#[test]
fn linux_takes_past_the_window_while_nothing_waits() {
    let mut b = Bench::established(Config { rcv_buf: 4000, wide_window: false, ..plain() });
    b.gets(". 1(6000) ack 1 win 32768");
    assert_eq!(b.conn.readable(), 6000);
    b.sent();
    b.gets(". 6001(10) ack 1 win 32768");
    assert_eq!(b.conn.readable(), 6000, "but not once something does");
    assert_eq!(b.sent(), [". 1:1(0) ack 6001 win 0"]);
}

#[test]
fn numbers_wrap_and_nothing_notices() {
    // ISS is 256 below the wrap, IRS 16 below the sign's: both are crossed here, both ways.
    let mut b = Bench::established(Config { nagle: false, ..plain() });
    for i in 0..20u32 {
        b.gets(&format!("P. {}(100) ack {} win 32768", 1 + i * 100, 1 + i * 100));
        assert_eq!(b.reads(1000), Some(100));
        b.writes(100);
        b.sent();
    }
    assert_eq!(b.conn.tcb().rcv_nxt, b.irs + 2001);
    assert_eq!(b.conn.tcb().snd_nxt, b.iss + 2001);
}
