//! RFC 6298: measuring the round trip, the timeout that follows from it, and what happens when it is over.
use crate::common::{Bench, plain};
use tcp::{Config, Event, State};

fn rfc() -> Config {
    Config { timestamps: false, sack: false, window_scaling: false, mss: 1000, ..Config::rfc() }
}

/// RTOs in ms after these round trips in ms, the handshake's (100) first.
fn rtos(c: Config, trips: &[u64]) -> Vec<u64> {
    let mut b = Bench::established(c);
    let mut out = vec![b.conn.tcb().rto.as_millis()];
    let mut at = 1;
    for t in trips {
        b.writes(100);
        b.sent();
        b.wait_ms(*t);
        at += 100;
        b.gets(&format!(". 1(0) ack {at} win 32768"));
        out.push(b.conn.tcb().rto.as_millis());
    }
    out
}

#[test]
fn rto_by_the_letter() {
    // RTO = SRTT + 4 RTTVAR, never below a second (§2.4).
    assert_eq!(rtos(rfc(), &[100, 100, 100]), [1000, 1000, 1000, 1000]);
    let no_floor = Config { rto_min: tcp::time::Duration::from_millis(1), ..rfc() };
    // First: SRTT 100, RTTVAR 50. Then β = 1/4 and α = 1/8 (§2.3).
    assert_eq!(rtos(no_floor, &[100, 100, 200]), [300, 250, 212, 296]);
}

#[test]
fn rto_of_linux_has_its_floor_in_the_variance() {
    assert_eq!(rtos(plain(), &[100, 100, 100, 100]), [300, 300, 300, 300, 300]);
}

#[test]
fn backoff_doubles_and_an_acknowledged_segment_ends_it() {
    let mut b = Bench::established(plain());
    b.writes(500);
    b.sent();
    let waits: Vec<u64> = (0..4).map(|_| b.fire().unwrap().as_millis()).collect();
    assert_eq!(waits, [300, 600, 1200, 2400]);
    assert_eq!(b.sent_short(), vec!["P. 1:501(500) ack 1"; 4]);
    // Karn: what was sent twice tells no round trip, so the backed-off RTO stays for the next (MUST-18).
    b.gets(". 1(0) ack 501 win 32768");
    b.writes(500);
    b.sent();
    assert_eq!(b.conn.tcb().rto.as_millis(), 4800);
    b.wait_ms(100);
    b.gets(". 1(0) ack 1001 win 32768");
    assert_eq!(b.conn.tcb().rto.as_millis(), 300);
}

#[test]
fn r2_ends_the_connection() {
    // tcp_retries2 = 15: 924.6 s (ip-sysctl.rst); here 3, so 0.2 × (1 + 2 + 4 + 8) s after the first copy, at the
    // next timeout. Copies went out after 0.3, 0.9 and 2.1 s.
    let mut b = Bench::established(Config { retries2: 3, ..plain() });
    b.writes(10);
    b.sent();
    let mut copies = 0;
    while b.conn.state() == State::Established {
        b.fire().unwrap();
        copies += b.sent().len();
    }
    assert_eq!(copies, 3);
    assert!(b.events.contains(&Event::Failed("ETIMEDOUT")));
}

#[test]
fn a_user_timeout_ends_it_earlier() {
    let t = tcp::time::Duration::from_secs(2);
    let mut b = Bench::established(Config { user_timeout: Some(t), ..plain() });
    b.writes(10);
    b.sent();
    b.wait_ms(1500);
    assert_eq!(b.conn.state(), State::Established);
    b.wait_ms(2000);
    assert_eq!(b.conn.state(), State::Closed);
}

#[test]
fn a_timeout_starts_slow_start_again() {
    let mut b = Bench::established(plain());
    b.writes(10_000);
    assert_eq!(b.sent().len(), 10);
    b.fire();
    assert_eq!(b.conn.info(b.now).snd_cwnd, 1);
    assert_eq!(b.conn.info(b.now).snd_ssthresh, 7, "CUBIC: 0.7 of ten");
    assert_eq!(b.sent_short(), [". 1:1001(1000) ack 1"]);
    b.wait_ms(100);
    b.gets(". 1(0) ack 1001 win 32768");
    assert_eq!(b.sent_short(), [". 1001:2001(1000) ack 1", ". 2001:3001(1000) ack 1"]);
}

#[test]
fn the_window_closes_and_is_probed() {
    let mut b = Bench::established(plain());
    b.writes(1000);
    b.sent();
    b.wait_ms(100);
    b.gets(". 1(0) ack 1001 win 0");
    b.writes(500);
    assert!(b.sent().is_empty());
    let mut waits = Vec::new();
    for _ in 0..4 {
        waits.push(b.fire().unwrap().as_millis());
        assert_eq!(b.sent_short(), [". 1000:1000(0) ack 1"], "an old number, which must be answered");
        b.gets(". 1(0) ack 1001 win 0");
    }
    // The peer answers: the wait grows (SHLD-30), the connection lives (MUST-37).
    assert_eq!(waits, [300, 600, 1_200, 2_400]);
    b.gets(". 1(0) ack 1001 win 4096");
    assert_eq!(b.sent_short(), ["P. 1001:1501(500) ack 1"]);
}

#[test]
fn by_the_letter_a_probe_carries_an_octet() {
    let mut b = Bench::established(rfc());
    b.writes(1000);
    b.sent();
    b.gets(". 1(0) ack 1001 win 0");
    b.writes(500);
    b.fire();
    assert_eq!(b.sent_short(), ["P. 1001:1002(1) ack 1"]);
    // The peer took it after all.
    b.gets(". 1(0) ack 1002 win 4096");
    assert_eq!(b.sent_short(), ["P. 1002:1501(499) ack 1"]);
}

#[test]
fn keep_alive_asks_only_when_idle_and_wanted() {
    let mut b = Bench::established(plain());
    assert_eq!(b.conn.next_deadline(), None, "MUST-25: off by default");
    b.conn.set_keepalive(b.now, true);
    assert_eq!(b.fire().unwrap().as_millis(), 7_200_000, "MUST-28: two hours");
    assert_eq!(b.sent_short(), [". 0:0(0) ack 1"], "SHLD-12: no data");
    b.gets(". 1(0) ack 1 win 32768");
    let heard = b.now;
    let mut at = Vec::new();
    while b.conn.state() == State::Established {
        b.fire().unwrap();
        at.extend(
            b.sent().iter().filter(|l| l.starts_with('.')).map(|_| b.now.since(heard).as_millis() / 1000),
        );
    }
    assert_eq!(at, [7200, 7275, 7350, 7425, 7500, 7575, 7650, 7725, 7800]);
    assert_eq!(b.now.since(heard).as_millis(), 7_875_000);
    assert_eq!(b.conn.state(), State::Closed, "nine unanswered probes");
    assert!(b.events.contains(&Event::Failed("ETIMEDOUT")));
}

#[test]
fn probes_back_off() {
    // SHLD-30, MUST-37: the waits double, and as long as the peer answers the connection lives.
    let mut b = Bench::established(plain());
    b.writes(1000);
    b.sent();
    b.gets(". 1(0) ack 1001 win 0");
    b.writes(500);
    let mut waits = Vec::new();
    for _ in 0..40 {
        waits.push(b.fire().unwrap().as_millis());
        b.sent();
        let unanswered = waits.len() < 5;
        if !unanswered {
            b.gets(". 1(0) ack 1001 win 0");
        }
    }
    for pair in waits[..5].windows(2) {
        assert!(pair[1].abs_diff(2 * pair[0]) <= 1, "{waits:?}");
    }
    assert_eq!(b.conn.state(), State::Established);
}

#[test]
fn keep_alive_times_can_be_set() {
    // MUST-27.
    let mut b = Bench::established(plain());
    b.conn.configure(|c| {
        c.keepalive_time = tcp::time::Duration::from_secs(10);
        c.keepalive_intvl = tcp::time::Duration::from_secs(3);
        c.keepalive_probes = 2;
    });
    b.conn.set_keepalive(b.now, true);
    let waits: Vec<u64> = (0..3).map(|_| b.fire().unwrap().as_millis()).collect();
    assert_eq!(waits, [10_000, 3_000, 3_000]);
    assert_eq!(b.conn.state(), State::Closed);
}

#[test]
fn a_window_shrunk_to_nothing_does_not_put_off_the_user_timeout() {
    let mut b =
        Bench::established(Config { user_timeout: Some(tcp::time::Duration::from_secs(3)), ..plain() });
    b.writes(2000);
    b.sent();
    b.gets(". 1(0) ack 1001 win 0");
    let mut repeats = 0;
    while b.conn.state() == State::Established && repeats < 20 {
        b.fire();
        repeats += b.sent().len();
    }
    assert_eq!(b.conn.state(), State::Closed, "linux tcp_rtx_probe0_timed_out");
    assert!(repeats < 6, "{repeats} repeats in three seconds: the timer must not fire every millisecond");
}
