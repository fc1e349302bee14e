//! TCP_DEFER_ACCEPT: a connection is worth accepting when it has something to say. The times are those of Linux 6.18
//! on a loopback interface.

use crate::common::*;
use host::{Call, CallResult, Fd, sockopt};

const DEFER_ACCEPT: i32 = 9;

fn deferring(seconds: i32) -> (World, Fd) {
    let mut w = World::pair("linux", &[]);
    let fd = w.listen(1, 80, 5);
    let value = seconds.to_le_bytes().to_vec().into();
    w.ok(1, Call::SetSockOpt { fd, level: sockopt::TCP, name: DEFER_ACCEPT, value });
    (w, fd)
}

/// Seconds asked for, seconds read back (a whole number of the SYN-ACK's waits), and when a silent client is accepted.
#[test]
fn a_silent_client_is_accepted_when_the_period_is_over() {
    for (asked, period, syn_acks) in [(1, 1, 2), (3, 3, 2), (5, 7, 2), (20, 31, 2)] {
        let (mut w, fd) = deferring(asked);
        let got = w.call(1, Call::GetSockOpt { fd, level: sockopt::TCP, name: DEFER_ACCEPT });
        assert_eq!(got, CallResult::Done(0, i32::to_le_bytes(period).to_vec().into()));
        assert_eq!(w.call(1, Call::Accept { fd }), CallResult::Blocked);
        let client = w.connect(0, at(2, 80));
        assert_eq!(w.state(0, client), "ESTABLISHED");
        assert_eq!(
            (w.queues(1), w.counter(1, "TCPDeferAcceptDrop")),
            ((1, 0), 1),
            "it believes so; the server waits"
        );
        w.run_until(f64::from(period) - 0.1);
        assert_eq!(w.queues(1), (1, 0), "{asked} s");
        w.run_until(f64::from(period) + 0.1);
        assert_eq!(w.last_return(1).as_deref(), Some("accept(3, NULL, NULL) = 4"), "{asked} s");
        let sent = w.trace.iter().filter(|l| l.contains(" S. ")).count();
        assert_eq!(sent, syn_acks, "once more, at the end of the period only");
    }
}

#[test]
fn data_is_what_it_waits_for() {
    let (mut w, fd) = deferring(5);
    assert_eq!(w.call(1, Call::Accept { fd }), CallResult::Blocked);
    let client = w.connect(0, at(2, 80));
    w.run_until(0.5);
    w.ok(0, Call::Write { fd: client, data: "x".into() });
    w.run_until(0.51);
    assert_eq!(w.last_return(1).as_deref(), Some("accept(3, NULL, NULL) = 4"));
    assert_eq!(w.call(1, Call::Read { fd: 4, len: 9 }), CallResult::Done(1, "x".into()));
}

#[test]
fn the_end_of_the_stream_is_something_to_say_too() {
    let (mut w, fd) = deferring(5);
    assert_eq!(w.call(1, Call::Accept { fd }), CallResult::Blocked);
    let client = w.connect(0, at(2, 80));
    w.ok(0, Call::Close { fd: client });
    w.run_until(0.1);
    assert_eq!(w.last_return(1).as_deref(), Some("accept(3, NULL, NULL) = 4"));
}

/// Nobody answers at all: then it dies as every half-open entry does.
#[test]
fn an_entry_without_any_ack_lives_as_long_as_ever() {
    let (mut w, _) = deferring(20);
    w.syn(at(9, 40_001), 80, 1000);
    w.run_until(62.0);
    assert_eq!(w.queues(1), (1, 0));
    w.run_until(64.0);
    assert_eq!(w.queues(1), (0, 0));
}

/// The period may be longer than the retries would last.
#[test]
fn an_acknowledged_entry_outlives_the_retries() {
    let (mut w, fd) = deferring(100);
    assert_eq!(w.call(1, Call::Accept { fd }), CallResult::Blocked);
    w.connect(0, at(2, 80));
    w.run_until(126.0);
    assert_eq!(w.queues(1), (1, 0));
    w.run_until(127.5);
    assert_eq!(w.last_return(1).as_deref(), Some("accept(3, NULL, NULL) = 4"));
}
