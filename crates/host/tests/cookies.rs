//! SYN cookies, and what a flood does with them and without.

use crate::common::*;
use host::{Call, CallResult};
use std::net::SocketAddr;
use tcp::time::Duration;
use wire::Seq;
use wire::tcp::{Flags, Header, Options, Timestamps};

const ALWAYS: [&str; 1] = ["net.ipv4.tcp_syncookies=2"];

/// A SYN with these options gets a cookie; its SYN-ACK.
fn cookie_for(w: &mut World, from: SocketAddr, options: Options) -> Header {
    w.raw(from, 80, Flags::SYN, 5000, 0, options, b"");
    w.run_for(0.002);
    w.received(9)[0].0
}

/// What the peer said, what of it comes back in the connection: MSS, window scale, SACK.
#[test]
fn what_a_cookie_remembers() {
    let ts = Some(Timestamps { val: 77, ecr: 0 });
    let full = Options {
        mss: Some(1460),
        window_scale: Some(7),
        sack_permitted: true,
        timestamps: ts,
        ..Options::default()
    };
    let without_ts = Options { timestamps: None, ..full };
    let table = [
        ("everything", full, 1460, 7, true),
        ("no timestamp: no place for scale and SACK", without_ts, 1460, 0, false),
        ("an MSS between two of the table", Options { mss: Some(1400), ..full }, 1300, 7, true),
        ("no MSS", Options { mss: None, ..full }, 536, 7, true),
        ("a tiny MSS", Options { mss: Some(100), ..full }, 536, 7, true),
        ("no scale", Options { window_scale: None, ..full }, 1460, 0, true),
    ];
    for (what, options, mss, scale, sack) in table {
        let mut w = World::alone("linux", &ALWAYS);
        w.listen(0, 80, 5);
        let answer = cookie_for(&mut w, at(9, 1000), options);
        assert_eq!(answer.flags, Flags::SYN | Flags::ACK);
        assert_eq!(w.hosts[0].socket_count(), 1, "{what}: nothing is remembered");
        let echo = answer.options.timestamps.map(|t| Timestamps { val: 78, ecr: t.val });
        let back = Options { timestamps: echo, ..Options::default() };
        w.raw(at(9, 1000), 80, Flags::ACK, 5001, (answer.seq + 1).0, back, b"");
        assert_eq!(w.queues(0), (0, 1), "{what}");
        assert_eq!((w.counter(0, "SyncookiesSent"), w.counter(0, "SyncookiesRecv")), (1, 1), "{what}");
        let child = w.listener(0).listener.unwrap().accept_queue[0].sock;
        let tcb = w.hosts[0].tcb(child).unwrap();
        assert_eq!((tcb.snd_wscale, tcb.sack, tcb.timestamps), (scale, sack, echo.is_some()), "{what}");
        assert_eq!(tcb.snd_mss, mss - if echo.is_some() { 12 } else { 0 }, "{what}");
        assert_eq!((tcb.iss, tcb.irs), (answer.seq, Seq(5000)), "{what}");
    }
}

/// An ACK that brings no cookie of ours is answered as any ACK at a listener.
#[test]
fn cookies_that_are_not_ours() {
    let mut w = World::alone("linux", &ALWAYS);
    w.listen(0, 80, 5);
    let good = cookie_for(&mut w, at(9, 1000), Options::default()).seq + 1;
    let cases = [
        ("another number", at(9, 1000), 5001, good + 1000),
        ("another peer", at(9, 1001), 5001, good),
        ("another sequence number", at(9, 1000), 5002, good),
    ];
    for (what, from, seq, ack) in cases {
        w.raw(from, 80, Flags::ACK, seq, ack.0, Options::default(), b"");
        w.run_for(0.002);
        assert_eq!(w.received(9)[0].0.flags, Flags::RST, "{what}");
        assert_eq!(w.queues(0), (0, 0), "{what}");
    }
    assert_eq!(w.counter(0, "SyncookiesFailed"), 3);
    // Good for two minutes at most.
    w.now += Duration::from_secs(121);
    w.raw(at(9, 1000), 80, Flags::ACK, 5001, good.0, Options::default(), b"");
    assert_eq!(w.queues(0), (0, 0));
}

#[test]
fn a_cookie_finds_the_accept_queue_full() {
    let mut w = World::alone("linux", &ALWAYS);
    w.listen(0, 80, 0);
    let first = cookie_for(&mut w, at(9, 1000), Options::default());
    let second = cookie_for(&mut w, at(9, 1001), Options::default());
    w.raw(at(9, 1000), 80, Flags::ACK, 5001, (first.seq + 1).0, Options::default(), b"");
    w.raw(at(9, 1001), 80, Flags::ACK, 5001, (second.seq + 1).0, Options::default(), b"");
    assert_eq!(w.queues(0), (0, 1));
    assert_eq!((w.counter(0, "ListenOverflows"), w.counter(0, "ListenDrops")), (1, 1));
    w.run_for(0.002);
    assert!(w.received(9).is_empty(), "no answer: the client will send data, and again");
    // The first data brings the cookie once more.
    w.ok(0, Call::Accept { fd: 3 });
    w.raw(at(9, 1001), 80, Flags::ACK | Flags::PSH, 5001, (second.seq + 1).0, Options::default(), b"hi");
    assert_eq!(w.listener(0).listener.unwrap().accept_queue[0].unread, 2);
}

/// 10,000 SYNs from peers that do not exist, while a real client connects.
#[test]
fn a_flood_of_ten_thousand_syns() {
    for (cookies, gets_in) in [("0", false), ("1", true)] {
        let sysctls =
            [format!("net.ipv4.tcp_syncookies={cookies}"), "net.ipv4.tcp_max_syn_backlog=256".into()];
        let sysctls: Vec<&str> = sysctls.iter().map(String::as_str).collect();
        let mut w = World::pair("linux", &sysctls);
        w.listen(1, 80, 128);
        for n in 0..10_000u16 {
            w.syn(at(50 + (n / 1000) as u8, 1024 + n), 80, u32::from(n));
        }
        assert_eq!(w.queues(1), (129, 0), "cookies {cookies}");
        let fd = w.ok(0, Call::Socket);
        assert_eq!(w.call(0, Call::Connect { fd, addr: at(2, 80) }), CallResult::Blocked);
        w.run_for(0.01);
        let expected = if gets_in { "ESTABLISHED" } else { "SYN-SENT" };
        assert_eq!(w.state(0, fd), expected, "cookies {cookies}");
        assert_eq!(w.queues(1).1, usize::from(gets_in));
        // The flood passes: entries die, and the client's repeated SYN gets in.
        w.run_for(70.0);
        assert_eq!(w.state(0, fd), "ESTABLISHED", "cookies {cookies}");
        assert_eq!(w.queues(1), (0, 1), "cookies {cookies}");
    }
}
