//! Every call with the errno that POSIX and Linux give it, and what calls do on the wire.

use crate::common::*;
use host::{Call, CallResult, Fd, HostEvent};
use tcp::rule::Outcome;
use tcp::rule::Tape;
use wire::tcp::{Flags, Options};

const NOBODY: Fd = 77;

fn read(fd: Fd) -> Call {
    Call::Read { fd, len: 512 }
}
fn write(fd: Fd, data: &'static str) -> Call {
    Call::Write { fd, data: data.into() }
}

/// What each call says to a descriptor in each state: fresh, listening, connected.
#[test]
fn errno_by_state() {
    type Make = fn(Fd) -> Call;
    const CALLS: [(&str, Make); 8] = [
        ("bind", |fd| Call::Bind { fd, addr: any(81) }),
        ("listen", |fd| Call::Listen { fd, backlog: 1 }),
        ("accept", |fd| Call::Accept { fd }),
        ("connect", |fd| Call::Connect { fd, addr: at(1, 80) }),
        ("read", read),
        ("write", |fd| write(fd, "x")),
        ("shutdown", |fd| Call::ShutdownWrite { fd }),
        ("close", |fd| Call::Close { fd }),
    ];
    // Call, then errno for: no such descriptor, fresh socket, listener, connected socket ("": it does not fail).
    let table = [
        ("bind", "EBADF", "", "EINVAL", "EINVAL"),
        ("listen", "EBADF", "", "", "EINVAL"),
        ("accept", "EBADF", "EINVAL", "EAGAIN", "EINVAL"),
        ("connect", "EBADF", "EINPROGRESS", "EISCONN", "EISCONN"),
        ("read", "EBADF", "ENOTCONN", "ENOTCONN", "EAGAIN"),
        ("write", "EBADF", "EPIPE", "EPIPE", ""),
        // inet_shutdown: a listener that only stops writing goes on listening.
        ("shutdown", "EBADF", "ENOTCONN", "", ""),
        ("close", "EBADF", "", "", ""),
    ];
    for (name, nobody, fresh, listening, connected) in table {
        let make = CALLS.iter().find(|(n, _)| *n == name).expect("a call of the list").1;
        for (state, expected) in
            [("none", nobody), ("fresh", fresh), ("listening", listening), ("connected", connected)]
        {
            let mut w = World::pair("linux", &[]);
            let fd = match state {
                "none" => NOBODY,
                "fresh" => w.ok(1, Call::Socket),
                "listening" => w.listen(1, 80, 2),
                _ => {
                    w.listen(0, 80, 2);
                    w.connect(1, at(1, 80))
                }
            };
            if state != "none" {
                w.ok(1, Call::SetNonblocking { fd, on: true });
            }
            match w.call(1, make(fd)) {
                CallResult::Errno(e) => assert_eq!(e.0, expected, "{name} on {state}"),
                CallResult::Done(..) => assert_eq!("", expected, "{name} on {state}"),
                CallResult::Blocked => panic!("{name} on {state} blocks"),
            }
        }
    }
}

#[test]
fn bind_refuses_what_is_taken_or_not_ours() {
    let mut w = World::alone("linux", &[]);
    let a = w.ok(0, Call::Socket);
    let b = w.ok(0, Call::Socket);
    assert_eq!(w.err(0, Call::Bind { fd: a, addr: at(1, 80) }), "EADDRNOTAVAIL");
    w.ok(0, Call::Bind { fd: a, addr: at(2, 80) });
    assert_eq!(w.err(0, Call::Bind { fd: a, addr: at(2, 81) }), "EINVAL", "a socket is bound once");
    assert_eq!(w.err(0, Call::Bind { fd: b, addr: any(80) }), "EADDRINUSE", "a wildcard covers it");
    w.ok(0, Call::Close { fd: a });
    w.ok(0, Call::Bind { fd: b, addr: any(80) });
    let c = w.ok(0, Call::Socket);
    w.ok(0, Call::Bind { fd: c, addr: any(0) });
    let port = w.hosts[0].sockets().last().unwrap().local.unwrap().port();
    assert!((32_768..=60_999).contains(&port), "port 0 asks for one of the range, not {port}");
}

#[test]
fn descriptors_are_the_lowest_free_and_run_out() {
    let mut w = World::alone("linux", &["RLIMIT_NOFILE=6"]);
    assert_eq!([w.ok(0, Call::Socket), w.ok(0, Call::Socket), w.ok(0, Call::Socket)], [3, 4, 5]);
    assert_eq!(w.err(0, Call::Socket), "EMFILE");
    w.ok(0, Call::Close { fd: 4 });
    assert_eq!(w.ok(0, Call::Socket), 4);
}

#[test]
fn connect_ends_as_the_other_side_decides() {
    // Nobody listens there.
    let mut w = World::pair("linux", &[]);
    let fd = w.connect(0, at(2, 81));
    assert!(w.last_return(0).unwrap().ends_with("= -1 ECONNREFUSED"), "{:?}", w.last_return(0));
    assert_eq!(summary(&w.trace), "1:S 2:R.");
    // The same descriptor may try again.
    w.listen(1, 81, 1);
    assert_eq!(w.call(0, Call::Connect { fd, addr: at(2, 81) }), CallResult::Blocked);
    w.run_for(0.01);
    assert_eq!(w.state(0, fd), "ESTABLISHED");

    // Nobody answers: six repeats by default, the last waits out its time.
    let mut w = World::pair("linux", &["net.ipv4.tcp_syn_retries=1", "net.ipv4.tcp_syn_linear_timeouts=0"]);
    w.lose = |_| true;
    w.connect(0, at(2, 81));
    w.run_until(2.9);
    assert!(!w.last_return(0).unwrap().starts_with("connect"), "not yet");
    w.run_until(3.1);
    assert!(w.last_return(0).unwrap().ends_with("= -1 ETIMEDOUT"));

    // Nowhere to go.
    let fd = w.ok(0, Call::Socket);
    assert_eq!(w.err(0, Call::Connect { fd, addr: "192.0.2.1:80".parse().unwrap() }), "ENETUNREACH");
    assert_eq!(w.err(0, Call::Connect { fd, addr: at(200, 80) }), "EHOSTUNREACH");
}

#[test]
fn connect_without_blocking_is_asked_again() {
    let mut w = World::pair("linux", &[]);
    w.listen(1, 80, 1);
    let fd = w.ok(0, Call::Socket);
    w.ok(0, Call::SetNonblocking { fd, on: true });
    let connect = || Call::Connect { fd, addr: at(2, 80) };
    assert_eq!(w.err(0, connect()), "EINPROGRESS");
    assert_eq!(w.err(0, connect()), "EALREADY");
    assert_eq!(w.err(0, read(fd)), "EAGAIN");
    assert_eq!(w.err(0, write(fd, "x")), "EAGAIN");
    w.run_for(0.01);
    assert_eq!(w.ok(0, connect()), 0, "told once");
    assert_eq!(w.err(0, connect()), "EISCONN");
}

#[test]
fn a_connection_from_socket_to_time_wait() {
    let mut w = World::pair("linux", &[]);
    let l = w.listen(1, 80, 2);
    assert_eq!(w.call(1, Call::Accept { fd: l }), CallResult::Blocked, "nobody is there yet");
    let c = w.connect(0, at(2, 80));
    assert_eq!(w.last_return(1).as_deref(), Some("accept(3, NULL, NULL) = 4"));
    let s = 4;
    assert_eq!(w.queues(1), (0, 0));
    assert_eq!(w.call(1, read(s)), CallResult::Blocked);
    assert_eq!(w.ok(0, write(c, "GET /\r\n")), 7);
    w.run_for(0.1);
    assert_eq!(w.last_return(1).as_deref(), Some("read(4, \"GET /\\r\\n\", 512) = 7"));
    // Half-close: the client has said all, the server goes on.
    w.ok(0, Call::ShutdownWrite { fd: c });
    assert_eq!(w.err(0, write(c, "more")), "EPIPE");
    w.run_for(0.1);
    assert_eq!((w.state(0, c), w.state(1, s)), ("FIN-WAIT-2", "CLOSE-WAIT"));
    assert_eq!(w.ok(1, read(s)), 0, "end of file");
    w.ok(1, write(s, "200\r\n"));
    w.run_for(0.1);
    assert_eq!(w.call(0, read(c)), CallResult::Done(5, "200\r\n".into()));
    w.ok(1, Call::Close { fd: s });
    w.run_for(0.1);
    assert_eq!(w.state(0, c), "TIME-WAIT");
    assert_eq!(w.ok(0, read(c)), 0);
    w.ok(0, Call::Close { fd: c });
    assert_eq!(w.hosts[1].socket_count(), 1, "the listener alone");
    assert_eq!(w.hosts[0].socket_count(), 1, "the client's lingers");
    w.run_for(61.0);
    assert_eq!(w.hosts[0].socket_count(), 0);
}

#[test]
fn a_reset_is_told_once_after_what_had_arrived() {
    let mut w = World::alone("linux", &[]);
    let l = w.listen(0, 80, 2);
    w.syn(at(9, 1000), 80, 5000);
    w.run_for(0.002);
    let ack = (w.received(9)[0].0.seq + 1).0;
    w.raw(at(9, 1000), 80, Flags::ACK | Flags::PSH, 5001, ack, Options::default(), b"last words");
    let fd = w.ok(0, Call::Accept { fd: l });
    w.raw(at(9, 1000), 80, Flags::RST, 5011, 0, Options::default(), b"");
    assert_eq!(w.call(0, read(fd)), CallResult::Done(10, "last words".into()));
    assert_eq!(w.err(0, read(fd)), "ECONNRESET");
    assert_eq!(w.ok(0, read(fd)), 0, "then end of file");
    assert_eq!(w.err(0, write(fd, "x")), "EPIPE");
}

#[test]
fn a_connection_that_dies_waiting_is_still_accepted() {
    let mut w = World::alone("linux", &[]);
    let l = w.listen(0, 80, 2);
    w.syn(at(9, 1000), 80, 5000);
    w.run_for(0.002);
    let ack = (w.received(9)[0].0.seq + 1).0;
    w.raw(at(9, 1000), 80, Flags::ACK, 5001, ack, Options::default(), b"");
    w.raw(at(9, 1000), 80, Flags::RST, 5001, 0, Options::default(), b"");
    assert_eq!(w.queues(0), (0, 1), "linux leaves it in the queue");
    let fd = w.ok(0, Call::Accept { fd: l });
    assert_eq!(w.err(0, read(fd)), "ECONNRESET");
}

#[test]
fn closing_a_listener_forgets_half_open_and_resets_waiting() {
    let mut w = World::alone("linux", &[]);
    let l = w.listen(0, 80, 5);
    for port in [1000, 1001] {
        w.syn(at(9, port), 80, 5000);
    }
    w.run_for(0.002);
    let first = w.received(9)[0].0;
    w.raw(at(9, 1000), 80, Flags::ACK, 5001, (first.seq + 1).0, Options::default(), b"");
    assert_eq!(w.queues(0), (1, 1));
    w.ok(0, Call::Close { fd: l });
    w.run_for(0.002);
    let answers = w.received(9);
    assert_eq!(answers.len(), 1, "the half-open one is not told");
    assert!(answers[0].0.flags.has(Flags::RST) && answers[0].0.dst_port == 1000);
    assert_eq!(w.hosts[0].socket_count(), 0);
    // Its ACK finds nobody.
    w.raw(at(9, 1001), 80, Flags::ACK, 5001, 1, Options::default(), b"");
    w.run_for(0.002);
    assert!(w.received(9)[0].0.flags.has(Flags::RST));
}

#[test]
fn a_listener_at_the_address_comes_before_one_at_any() {
    let mut w = World::alone("linux", &[]);
    let other = w.ok(0, Call::Socket);
    w.ok(0, Call::Bind { fd: other, addr: at(2, 8080) });
    w.ok(0, Call::Listen { fd: other, backlog: 1 });
    w.listen(0, 80, 1);
    w.syn(at(9, 1000), 8080, 1);
    w.syn(at(9, 1001), 80, 1);
    w.syn(at(9, 1002), 443, 1);
    w.run_for(0.002);
    let flags: Vec<_> = w.received(9).iter().map(|(h, _)| h.flags).collect();
    assert_eq!(flags, [Flags::SYN | Flags::ACK, Flags::SYN | Flags::ACK, Flags::RST | Flags::ACK]);
}

#[test]
fn a_wrong_checksum_is_met_with_silence() {
    let mut w = World::alone("linux", &[]);
    w.listen(0, 80, 1);
    let mut out = host::Output::default();
    let head = wire::ip::Header::new(wire::ip::Addrs::new(ip(9), ip(2)).unwrap(), wire::ip::TCP);
    let link = wire::Link { dst: wire::Mac([2, 0, 0, 0, 0, 2]), src: wire::Mac([2, 0, 0, 0, 0, 9]) };
    let syn = wire::tcp::Header {
        src_port: 1000,
        dst_port: 80,
        seq: wire::Seq(1),
        ack: wire::Seq(0),
        flags: Flags::SYN,
        window: 1000,
        urgent: 0,
        options: Options::default(),
    };
    let mut frame = wire::frame::emit_tcp(&link, &head, &syn, 0, |_| {}).to_vec();
    let last = frame.len() - 1;
    frame[last] ^= 1;
    w.hosts[0].frame_arrives(w.now, 0, frame.into(), &mut out, &mut w.rules);
    assert!(out.frames.is_empty());
    assert!(
        matches!(&out.events[..], [HostEvent::Dropped { rule, .. }] if rule.id == "host.tcp.checksum_wrong"),
        "{:?}",
        out.events
    );
    let last = w.rules.iter().flatten().last().unwrap();
    assert_eq!((last.rule.id, last.outcome), ("host.tcp.checksum_wrong", Outcome::Drop));
}

#[test]
fn ten_thousand_sockets_and_a_cheap_clone() {
    let many = ["RLIMIT_NOFILE=20000", "net.core.somaxconn=20000", "net.ipv4.tcp_max_syn_backlog=65536"];
    let mut w = World::alone("linux", &many);
    let l = w.listen(0, 80, 20_000);
    for n in 0..10_000u16 {
        let client = at(9 + (n / 5000) as u8, 10_000 + n % 5000);
        w.hosts[0].socket_count();
        let mut out = host::Output::default();
        syn_and_ack(&mut w, client, &mut out);
    }
    assert_eq!(w.queues(0), (0, 10_000));
    let copy = w.hosts[0].clone();
    for _ in 0..100 {
        w.ok(0, Call::Accept { fd: l });
    }
    assert_eq!(w.queues(0), (0, 9_900));
    let before = copy.sockets().into_iter().find_map(|s| s.listener).unwrap();
    assert_eq!(before.accept_queue.len(), 10_000, "the clone did not see it");
    copy.assert_invariants();
}

/// A handshake by hand, without the world's bookkeeping of every step.
fn syn_and_ack(w: &mut World, from: std::net::SocketAddr, out: &mut host::Output) {
    let addrs = wire::ip::Addrs::new(from.ip(), ip(2)).unwrap();
    let head = wire::ip::Header::new(addrs, wire::ip::TCP);
    let link = wire::Link { dst: wire::Mac([2, 0, 0, 0, 0, 2]), src: wire::Mac([2, 0, 0, 0, 0, 9]) };
    let mut header = wire::tcp::Header {
        src_port: from.port(),
        dst_port: 80,
        seq: wire::Seq(1),
        ack: wire::Seq(0),
        flags: Flags::SYN,
        window: 1000,
        urgent: 0,
        options: Options::default(),
    };
    let frame = wire::frame::emit_tcp(&link, &head, &header, 0, |_| {});
    w.hosts[0].frame_arrives(w.now, 0, frame, out, &mut Tape::None);
    let answer = wire::frame::parse(&out.frames[0].frame).unwrap();
    let wire::frame::Packet::Tcp { header: answer, .. } = answer.packet else { panic!("a SYN-ACK") };
    (header.flags, header.seq, header.ack) = (Flags::ACK, wire::Seq(2), answer.seq + 1);
    let frame = wire::frame::emit_tcp(&link, &head, &header, 0, |_| {});
    w.hosts[0].frame_arrives(w.now, 0, frame, out, &mut Tape::None);
}
