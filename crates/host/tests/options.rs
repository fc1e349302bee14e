//! Options of sockets that are simulated do what their pages of the manual say (socket(7), tcp(7)).

use crate::common::*;
use host::sockopt::{Effect, SOCKET, TABLE, TCP};
use host::{Call, CallResult, Fd};

const OOBINLINE: i32 = 10;
const RCVLOWAT: i32 = 18;
const KEEPALIVE: i32 = 9;
const CORK: i32 = 3;
const KEEPIDLE: i32 = 4;
const KEEPINTVL: i32 = 5;
const KEEPCNT: i32 = 6;
const SYNCNT: i32 = 7;
const LINGER2: i32 = 8;
const QUICKACK: i32 = 12;

fn set(w: &mut World, host: usize, fd: Fd, level: i32, name: i32, value: i32) {
    w.ok(host, Call::SetSockOpt { fd, level, name, value: value.to_le_bytes().to_vec().into() });
}

fn get(w: &mut World, host: usize, fd: Fd, level: i32, name: i32) -> i32 {
    match w.call(host, Call::GetSockOpt { fd, level, name }) {
        CallResult::Done(_, value) => i32::from_le_bytes(value[..4].try_into().expect("four octets")),
        other => panic!("{other:?}"),
    }
}

fn write(w: &mut World, host: usize, fd: Fd, data: &'static str) {
    w.ok(host, Call::Write { fd, data: data.into() });
}

fn read(w: &mut World, host: usize, fd: Fd) -> String {
    match w.call(host, Call::Read { fd, len: 512 }) {
        CallResult::Done(_, data) => String::from_utf8_lossy(&data).into_owned(),
        other => format!("{other:?}"),
    }
}

/// A client on host 0 and the server's child on host 1, their descriptors.
fn connected() -> (World, Fd, Fd) {
    let mut w = World::pair("linux", &[]);
    let listener = w.listen(1, 80, 5);
    let client = w.connect(0, at(2, 80));
    let child = w.ok(1, Call::Accept { fd: listener });
    w.trace.clear();
    (w, client, child)
}

#[test]
fn what_is_only_kept() {
    let kept: Vec<&str> = TABLE.iter().filter(|o| o.effect == Effect::Kept).map(|o| o.name).collect();
    assert_eq!(
        kept,
        [
            "SO_DONTROUTE",
            "SO_PRIORITY",
            "SO_TIMESTAMP",
            "SO_TIMESTAMPNS",
            "SO_MARK",
            "SO_BUSY_POLL",
            "SO_MAX_PACING_RATE",
            "SO_INCOMING_CPU",
            "TCP_THIN_DUPACK",
            "TCP_TX_DELAY",
            "IPV6_AUTOFLOWLABEL"
        ],
        "every other option does something"
    );
}

#[test]
fn tcp_cork_gathers_for_200_ms_at_most() {
    let (mut w, client, _) = connected();
    set(&mut w, 0, client, TCP, CORK, 1);
    write(&mut w, 0, client, "hello ");
    write(&mut w, 0, client, "world\n");
    w.run_for(0.1);
    assert!(w.trace.is_empty(), "{:?}", w.trace);
    set(&mut w, 0, client, TCP, CORK, 0);
    assert_eq!(summary(&w.trace), "1:P.(12)", "what was gathered goes out as one");
    w.run_for(0.1);
    w.trace.clear();
    set(&mut w, 0, client, TCP, CORK, 1);
    write(&mut w, 0, client, "again\n");
    w.run_for(0.19);
    assert!(w.trace.is_empty());
    w.run_for(0.02);
    assert!(summary(&w.trace).starts_with("1:P.(6)"), "{}", summary(&w.trace));
}

/// Two repeats besides the four of tcp_syn_linear_timeouts (linux tcp_write_timeout).
#[test]
fn tcp_syncnt_ends_connect_earlier() {
    let mut w = World::new(vec![config(1, "linux", &[])]);
    let fd = w.ok(0, Call::Socket);
    set(&mut w, 0, fd, TCP, SYNCNT, 2);
    assert_eq!(w.call(0, Call::Connect { fd, addr: at(9, 80) }), CallResult::Blocked);
    w.run_until(100.0);
    let times: Vec<&str> = w.trace.iter().map(|l| l.split('.').next().expect("seconds")).collect();
    assert_eq!(times, ["0", "1", "2", "3", "4", "5"], "7 s are over before the sixth would go");
    assert!(w.last_return(0).is_some_and(|t| t.ends_with("-1 ETIMEDOUT")));
}

#[test]
fn tcp_linger2_ends_fin_wait_2() {
    for (seconds, gone_after) in [(5, 5.0), (0, 60.0), (-1, 0.0)] {
        let (mut w, client, _) = connected();
        set(&mut w, 0, client, TCP, LINGER2, seconds);
        w.ok(0, Call::Close { fd: client });
        w.run_for(0.1);
        let closed = w.now.0 as f64 / 1e9;
        if gone_after > 0.0 {
            assert_eq!(w.hosts[0].sockets()[0].state.name(), "FIN-WAIT-2");
            w.run_until(closed + gone_after - 0.5);
            assert_eq!(w.hosts[0].socket_count(), 1, "TCP_LINGER2 {seconds}");
        }
        w.run_until(closed + gone_after + 0.1);
        assert_eq!(w.hosts[0].socket_count(), 0, "TCP_LINGER2 {seconds}");
    }
}

#[test]
fn so_oobinline_leaves_the_urgent_octet_in_the_stream() {
    for (inline, read_first) in [(1, "abc"), (0, "ab")] {
        let (mut w, client, child) = connected();
        set(&mut w, 1, child, SOCKET, OOBINLINE, inline);
        let flags = host::SendFlags { urgent: true, ..host::SendFlags::default() };
        w.ok(0, Call::Send { fd: client, data: "abc".into(), flags, to: None });
        w.run_for(0.1);
        let mut all = read(&mut w, 1, child);
        if inline == 1 && all == "ab" {
            all += &read(&mut w, 1, child); // reading stops before the mark
        }
        assert_eq!(all, read_first, "SO_OOBINLINE {inline}");
    }
}

#[test]
fn so_rcvlowat_lets_poll_wait_for_more() {
    let (mut w, client, child) = connected();
    set(&mut w, 1, child, SOCKET, RCVLOWAT, 5);
    assert_eq!(w.call(1, Call::Read { fd: child, len: 512 }), CallResult::Blocked);
    write(&mut w, 0, client, "abc");
    w.run_for(0.1);
    assert!(!w.last_return(1).is_some_and(|t| t.contains("abc")), "three octets do not wake it");
    write(&mut w, 0, client, "def");
    w.run_for(0.1);
    assert!(w.last_return(1).is_some_and(|t| t.contains("abcdef")), "{:?}", w.last_return(1));
}

/// Ten seconds of silence, then two questions, five seconds apart, that nobody answers.
#[test]
fn keep_alive_options_say_when_a_silent_peer_is_dead() {
    let (mut w, client, _) = connected();
    for (level, name, value) in
        [(TCP, KEEPIDLE, 10), (TCP, KEEPINTVL, 5), (TCP, KEEPCNT, 2), (SOCKET, KEEPALIVE, 1)]
    {
        set(&mut w, 0, client, level, name, value);
    }
    let begun = w.now.0 as f64 / 1e9;
    w.lose = |_| true;
    assert_eq!(w.call(0, Call::Read { fd: client, len: 9 }), CallResult::Blocked);
    w.run_until(begun + 60.0);
    let times: Vec<f64> =
        w.trace.iter().map(|l| l.split(' ').next().and_then(|t| t.parse().ok()).expect("a time")).collect();
    let after: Vec<f64> = times.iter().map(|t| (t - begun).round()).collect();
    assert_eq!((after, summary(&w.trace).as_str()), (vec![10.0, 15.0, 20.0], "1:. 1:. 1:R."));
    assert!(w.last_return(0).is_some_and(|t| t.ends_with("-1 ETIMEDOUT")), "{:?}", w.last_return(0));
}

/// Milliseconds until what the client writes is acknowledged.
fn wait_for_ack(w: &mut World, client: Fd, child: Fd) -> u64 {
    w.trace.clear();
    let begun = w.now;
    write(w, 0, client, "ping\n");
    while !w.trace.iter().any(|l| l.split(' ').nth(1) == Some("2")) {
        assert!(w.step(), "nobody acknowledges");
    }
    let waited = w.now.since(begun).as_millis();
    w.run_for(0.5);
    read(w, 1, child);
    w.run_for(0.5);
    waited
}

#[test]
fn tcp_quickack_acknowledges_now_or_later_but_not_for_good() {
    let (mut w, client, child) = connected();
    assert_eq!(get(&mut w, 1, child, TCP, QUICKACK), 1);
    set(&mut w, 1, child, TCP, QUICKACK, 0);
    assert_eq!(get(&mut w, 1, child, TCP, QUICKACK), 0);
    assert!(wait_for_ack(&mut w, client, child) >= 40, "0: an ACK waits for an answer to go with");
    set(&mut w, 1, child, TCP, QUICKACK, 1);
    assert_eq!(wait_for_ack(&mut w, client, child), 1, "1: it goes at once");
    assert_eq!(get(&mut w, 1, child, TCP, QUICKACK), 1);
    // A server that answers talks both ways: the option is forgotten (tcp(7): "not permanent").
    write(&mut w, 0, client, "ping\n");
    w.run_for(0.005);
    write(&mut w, 1, child, "pong\n");
    w.run_for(0.5);
    assert_eq!(get(&mut w, 1, child, TCP, QUICKACK), 0);
    // What is owed already is paid when it is set, once everything is read.
    read(&mut w, 1, child);
    w.run_for(0.5);
    write(&mut w, 0, client, "ping\n");
    w.run_for(0.005);
    w.trace.clear();
    read(&mut w, 1, child);
    set(&mut w, 1, child, TCP, QUICKACK, 1);
    assert_eq!(summary(&w.trace), "2:.");
}
