//! A listener's two queues, to the number: the tables that Linux 6.18 was measured by, and the profiles that
//! count in another way.

use crate::common::*;
use host::Call;
use wire::tcp::{Flags, Options};

const COOKIES_OFF: [&str; 2] = ["net.ipv4.tcp_syncookies=0", "net.ipv4.tcp_max_syn_backlog=2048"];
const COOKIES_ON: [&str; 2] = ["net.ipv4.tcp_syncookies=1", "net.ipv4.tcp_max_syn_backlog=2048"];
const SMALL: [&str; 2] = ["net.ipv4.tcp_syncookies=0", "net.ipv4.tcp_max_syn_backlog=8"];

/// SYNs that are never completed: settings, backlog, SYNs, answered, in SYN-RECV, counters.
#[test]
fn syns_never_completed() {
    type Row<'a> = (&'a [&'a str], i32, u16, usize, usize, &'a [(&'a str, u64)]);
    let table: [Row; 6] = [
        (&COOKIES_OFF, 0, 12, 1, 1, &[("ListenDrops", 11), ("TCPReqQFullDrop", 11)]),
        (&COOKIES_OFF, 1, 12, 2, 2, &[("ListenDrops", 10), ("TCPReqQFullDrop", 10)]),
        (&COOKIES_OFF, 2, 12, 3, 3, &[("ListenDrops", 9), ("TCPReqQFullDrop", 9)]),
        (&COOKIES_OFF, 5, 12, 6, 6, &[("ListenDrops", 6), ("TCPReqQFullDrop", 6)]),
        (
            &COOKIES_ON,
            2,
            12,
            12,
            3,
            &[("ListenDrops", 0), ("SyncookiesSent", 9), ("TCPReqQFullDoCookies", 9)],
        ),
        (&SMALL, 128, 24, 7, 7, &[("ListenDrops", 17), ("TCPReqQFullDrop", 0)]),
    ];
    for (sysctls, backlog, syns, answered, half_open, counters) in table {
        let mut w = World::alone("linux", sysctls);
        w.listen(0, 80, backlog);
        for n in 0..syns {
            w.syn(at(9, 1000 + n), 80, 5000);
        }
        w.run_for(0.01);
        let row = format!("backlog {backlog}, {sysctls:?}");
        let answers = w.received(9);
        assert!(answers.iter().all(|(h, _)| h.flags == Flags::SYN | Flags::ACK), "{row}");
        assert_eq!(answers.len(), answered, "answered: {row}");
        assert_eq!(w.queues(0), (half_open, 0), "SYN-RECV: {row}");
        for (name, count) in counters {
            assert_eq!(w.counter(0, name), *count, "{name}: {row}");
        }
    }
}

/// Handshakes completed one after another: backlog, clients, got a SYN-ACK, Recv-Q, overflows and drops.
#[test]
fn handshakes_completed() {
    let abort = ["net.ipv4.tcp_abort_on_overflow=1"];
    type Row<'a> = (&'a [&'a str], i32, u16, usize, u32, u64);
    let table: [Row; 5] = [
        (&COOKIES_OFF, 0, 3, 1, 1, 2),
        (&COOKIES_OFF, 1, 4, 2, 2, 2),
        (&COOKIES_OFF, 2, 6, 3, 3, 3),
        (&COOKIES_ON, 2, 6, 3, 3, 3),
        (&abort, 2, 6, 3, 3, 3),
    ];
    for (sysctls, backlog, clients, answered, recv_q, drops) in table {
        let mut w = World::alone("linux", sysctls);
        w.listen(0, 80, backlog);
        let mut got = 0;
        for n in 0..clients {
            let client = at(9, 1000 + n);
            w.syn(client, 80, 5000);
            w.run_for(0.002);
            for (h, _) in w.received(9) {
                got += 1;
                w.raw(client, 80, Flags::ACK, 5001, (h.seq + 1).0, Options::default(), b"");
            }
        }
        let row = format!("backlog {backlog}, {sysctls:?}");
        assert_eq!(got, answered, "SYN-ACKs: {row}");
        let l = w.listener(0);
        assert_eq!((l.recv_q, l.send_q), (recv_q, backlog as u32), "ss -ltn: {row}");
        assert_eq!(w.counter(0, "ListenOverflows"), drops, "{row}");
        assert_eq!(w.counter(0, "ListenDrops"), drops, "{row}");
        assert_eq!(w.counter(0, "EmbryonicRsts"), 0, "{row}");
    }
}

/// `tcp_synack_retries` = 2: SYN-ACK at 0, 1 and 3 s, gone at 7 s.
#[test]
fn a_half_open_entry_lives_the_sum_of_all_waits() {
    let mut w = World::alone("linux", &["net.ipv4.tcp_synack_retries=2"]);
    w.listen(0, 80, 5);
    w.syn(at(9, 1000), 80, 5000);
    let entry = w.listener(0).listener.unwrap().syn_queue[0].clone();
    assert_eq!((entry.repeats, entry.repeats_max), (0, 2));
    assert_eq!((entry.next.as_millis(), entry.dies.as_millis()), (1000, 7000));
    w.run_until(6.999);
    assert_eq!(w.queues(0), (1, 0));
    let entry = w.listener(0).listener.unwrap().syn_queue[0].clone();
    assert_eq!((entry.repeats, entry.next.as_millis(), entry.dies.as_millis()), (2, 7000, 7000));
    w.run_until(7.0);
    assert_eq!(w.queues(0), (0, 0));
    let times: Vec<&str> = w.trace.iter().map(|l| &l[..8]).collect();
    assert_eq!(times, ["0.000000", "1.000000", "3.000000"]);
    assert_eq!(w.counter(0, "TCPTimeouts"), 3);
    assert_eq!(w.counter(0, "TCPSynRetrans"), 2);
    assert_eq!(w.hosts[0].socket_count(), 1, "only the listener is left");
}

/// Two half-open entries and one free place: the second final ACK finds the queue full.
fn two_for_one_place(sysctls: &[&str]) -> (World, u32) {
    let mut w = World::alone("linux", sysctls);
    w.listen(0, 80, 0);
    // backlog 0 holds one half-open entry at a time; one comes by a backlog that is then lowered.
    let fd = 3; // the listener
    w.ok(0, Call::Listen { fd, backlog: 1 });
    w.syn(at(9, 1001), 80, 5000);
    w.syn(at(9, 1002), 80, 6000);
    w.ok(0, Call::Listen { fd, backlog: 0 });
    w.run_for(0.002);
    let isn: Vec<u32> = w.received(9).iter().map(|(h, _)| h.seq.0).collect();
    w.raw(at(9, 1001), 80, Flags::ACK, 5001, isn[0].wrapping_add(1), Options::default(), b"");
    assert_eq!(w.queues(0), (1, 1));
    w.raw(at(9, 1002), 80, Flags::ACK, 6001, isn[1].wrapping_add(1), Options::default(), b"");
    (w, isn[1].wrapping_add(1))
}

#[test]
fn a_final_ack_that_finds_the_accept_queue_full_is_dropped() {
    let (mut w, ack) = two_for_one_place(&[]);
    assert_eq!(w.queues(0), (1, 1), "the entry stays half-open");
    assert_eq!((w.counter(0, "ListenOverflows"), w.counter(0, "ListenDrops")), (1, 1));
    w.run_for(0.01);
    assert!(w.received(9).is_empty(), "without a word");
    // Data is dropped in the same way.
    w.raw(at(9, 1002), 80, Flags::ACK | Flags::PSH, 6001, ack, Options::default(), b"hello\n");
    assert_eq!((w.counter(0, "ListenOverflows"), w.counter(0, "ListenDrops")), (2, 2));
    w.run_until(16.0);
    let repeats: Vec<_> = w.trace.iter().skip(2).map(|l| l.split('.').next().unwrap().to_owned()).collect();
    assert_eq!(repeats, ["1", "3", "7", "15"], "the SYN-ACK is repeated");
    // Once there is room, the next ACK opens it.
    w.ok(0, Call::Accept { fd: 3 });
    w.raw(at(9, 1002), 80, Flags::ACK, 6001, ack, Options::default(), b"");
    assert_eq!(w.queues(0), (0, 1));
}

#[test]
fn with_abort_on_overflow_the_final_ack_is_answered_with_rst() {
    let (mut w, ack) = two_for_one_place(&["net.ipv4.tcp_abort_on_overflow=1"]);
    assert_eq!(w.queues(0), (0, 1), "the entry is removed");
    w.run_for(0.01);
    let answers = w.received(9);
    assert_eq!(answers.len(), 1);
    assert!(answers[0].0.flags.has(Flags::RST));
    assert_eq!(w.counter(0, "EmbryonicRsts"), 1);
    assert_eq!((w.counter(0, "ListenOverflows"), w.counter(0, "ListenDrops")), (1, 1));
    w.raw(at(9, 1002), 80, Flags::ACK | Flags::PSH, 6001, ack, Options::default(), b"hello\n");
    w.run_for(0.01);
    assert!(w.received(9)[0].0.flags.has(Flags::RST), "and so is data");
}

#[test]
fn a_rst_removes_a_half_open_entry() {
    let mut w = World::alone("linux", &[]);
    w.listen(0, 80, 5);
    w.syn(at(9, 1000), 80, 5000);
    w.raw(at(9, 1000), 80, Flags::RST, 5001, 0, Options::default(), b"");
    assert_eq!(w.queues(0), (0, 0));
    assert_eq!(w.counter(0, "EmbryonicRsts"), 1);
}

/// One queue whose limit counts half-open and waiting connections together.
#[test]
fn one_queue() {
    // profile, backlog, entries that fit
    let table = [
        ("bsd43", 0, 1),
        ("bsd43", 1, 2),
        ("bsd43", 2, 4),
        ("bsd43", 5, 8),
        ("bsd43", 128, 8),
        ("rfc", 1, 1),
        ("rfc", 3, 3),
    ];
    for (profile, backlog, fit) in table {
        let mut w = World::alone(profile, &[]);
        w.listen(0, 80, backlog);
        for n in 0..20 {
            w.syn(at(9, 1000 + n), 80, 5000);
        }
        assert_eq!(w.queues(0), (fit, 0), "{profile}, backlog {backlog}");
        w.run_for(0.002);
        let (h, _) = w.received(9)[0].clone();
        w.raw(at(9, h.dst_port), 80, Flags::ACK, 5001, (h.seq + 1).0, Options::default(), b"");
        assert_eq!(w.queues(0), (fit - 1, 1), "a kept place is a place: {profile}");
        w.syn(at(9, 2000), 80, 5000);
        assert_eq!(w.queues(0), (fit - 1, 1), "and it still counts: {profile}");
    }
}

#[test]
fn somaxconn_clamps_the_backlog() {
    let mut w = World::alone("linux", &["net.core.somaxconn=4"]);
    w.listen(0, 80, 128);
    assert_eq!(w.listener(0).send_q, 4);
    let mut w = World::alone("linux", &[]);
    w.listen(0, 80, -1);
    assert_eq!(w.listener(0).send_q, 4096, "a negative backlog is a large one");
}

/// Six clients, one every 0.2 s, backlog 2, a server that never accepts.
#[test]
fn six_clients_of_a_server_that_never_accepts() {
    let mut configs = vec![config(2, "linux", &COOKIES_OFF)];
    configs.extend((11..17).map(|n| config(n, "linux", &[])));
    let mut w = World::new(configs);
    w.listen(0, 80, 2);
    for client in 1..=6 {
        let fd = w.ok(client, Call::Socket);
        w.call(client, Call::Connect { fd, addr: at(2, 80) });
        w.run_for(0.1);
        if client <= 3 {
            w.ok(client, Call::Write { fd, data: "hello\n".into() });
        }
        w.run_for(0.1);
    }
    for client in 1..=6 {
        let expected = if client <= 3 { "ESTABLISHED" } else { "SYN-SENT" };
        assert_eq!(w.state(client, 3), expected, "client {client}");
    }
    let l = w.listener(0);
    assert_eq!((l.recv_q, l.send_q), (3, 2));
    let unread: Vec<u32> = l.listener.unwrap().accept_queue.iter().map(|q| q.unread).collect();
    assert_eq!(unread, [6, 6, 6], "acknowledged though no program ever accepted");
    w.run_until(40.0);
    let syns = w.trace.iter().filter(|l| l.split(' ').nth(1) == Some("14") && l.contains(" S "));
    let times: Vec<u64> = syns.map(|l| l[..4].trim_end_matches('.').parse::<f64>().unwrap() as u64).collect();
    assert_eq!(times, [0, 1, 2, 3, 4, 5, 7, 11, 19, 35], "four linear repeats, then backoff");
    let dropped = w.counter(0, "ListenOverflows");
    assert_eq!(w.counter(0, "ListenDrops"), dropped);
    assert_eq!(dropped, 3 * 10 - 2 + 2, "each SYN of clients 4 to 6 counts one");
}
