//! Who may share a port: SO_REUSEADDR, SO_REUSEPORT, TIME-WAIT, several listeners.

use crate::common::*;
use host::{Call, Fd, sockopt};
use std::collections::BTreeSet;
use wire::tcp::{Flags, Options};

const REUSEADDR: i32 = 2;
const REUSEPORT: i32 = 15;

fn set(w: &mut World, i: usize, fd: Fd, name: i32) {
    let value = 1i32.to_le_bytes().to_vec().into();
    w.ok(i, Call::SetSockOpt { fd, level: sockopt::SOCKET, name, value });
}

fn socket(w: &mut World, i: usize, options: &[i32]) -> Fd {
    let fd = w.ok(i, Call::Socket);
    for &name in options {
        set(w, i, fd, name);
    }
    fd
}

/// Two sockets on port 80: options of each, whether the first listens, what bind says to the second.
#[test]
fn two_sockets_on_one_port() {
    let (a, p, none) = (&[REUSEADDR][..], &[REUSEPORT][..], &[][..]);
    let table = [
        (none, none, false, Err("EADDRINUSE")),
        (a, none, false, Err("EADDRINUSE")),
        (none, a, false, Err("EADDRINUSE")),
        (a, a, false, Ok(())),
        (a, a, true, Err("EADDRINUSE")),
        (p, p, false, Ok(())),
        (p, p, true, Ok(())),
        (p, a, true, Err("EADDRINUSE")),
    ];
    for (first, second, listens, bind) in table {
        let row = format!("{first:?} {second:?} first listens: {listens}");
        let mut w = World::alone("linux", &[]);
        let one = socket(&mut w, 0, first);
        w.ok(0, Call::Bind { fd: one, addr: any(80) });
        if listens {
            w.ok(0, Call::Listen { fd: one, backlog: 1 });
        }
        let two = socket(&mut w, 0, second);
        let call = Call::Bind { fd: two, addr: any(80) };
        match bind {
            Ok(()) => _ = w.ok(0, call),
            Err(e) => assert_eq!(w.err(0, call), e, "{row}"),
        }
    }
    // SO_REUSEADDR lets both bind, but only one listen.
    let mut w = World::alone("linux", &[]);
    let fds = [socket(&mut w, 0, a), socket(&mut w, 0, a)];
    for fd in fds {
        w.ok(0, Call::Bind { fd, addr: any(80) });
    }
    w.ok(0, Call::Listen { fd: fds[0], backlog: 1 });
    assert_eq!(w.err(0, Call::Listen { fd: fds[1], backlog: 1 }), "EADDRINUSE");
}

/// The server closes first and wants its port back at once: the classic.
#[test]
fn a_server_that_starts_again_while_a_connection_lingers_in_time_wait() {
    for (options, expected) in [(&[][..], Some("EADDRINUSE")), (&[REUSEADDR][..], None)] {
        let mut w = World::pair("linux", &[]);
        let l = socket(&mut w, 1, options);
        w.ok(1, Call::Bind { fd: l, addr: any(80) });
        w.ok(1, Call::Listen { fd: l, backlog: 1 });
        let c = w.connect(0, at(2, 80));
        let s = w.ok(1, Call::Accept { fd: l });
        w.ok(1, Call::Close { fd: s });
        w.run_for(0.01);
        w.ok(0, Call::Close { fd: c });
        w.run_for(0.01);
        w.ok(1, Call::Close { fd: l });
        let states: Vec<_> = w.hosts[1].sockets().iter().map(|s| s.state.name()).collect();
        assert_eq!(states, ["TIME-WAIT"]);
        let again = socket(&mut w, 1, options);
        let bind = Call::Bind { fd: again, addr: any(80) };
        match expected {
            Some(e) => {
                assert_eq!(w.err(1, bind.clone()), e);
                w.run_for(61.0);
                w.ok(1, bind);
            }
            None => _ = w.ok(1, bind),
        }
    }
}

/// Connections spread over listeners by their four-tuple, and each finds its own again.
#[test]
fn reuseport_spreads_connections() {
    let mut w = World::alone("linux", &[]);
    let fds: Vec<Fd> = (0..4).map(|_| socket(&mut w, 0, &[REUSEPORT])).collect();
    for &fd in &fds {
        w.ok(0, Call::Bind { fd, addr: any(80) });
        w.ok(0, Call::Listen { fd, backlog: 200 });
    }
    for n in 0..200 {
        w.syn(at(9, 1000 + n), 80, 5000);
    }
    w.run_for(0.002);
    for (h, _) in w.received(9) {
        w.raw(at(9, h.dst_port), 80, Flags::ACK, 5001, (h.seq + 1).0, Options::default(), b"");
    }
    let lens: Vec<usize> =
        w.hosts[0].sockets().iter().filter_map(|s| Some(s.listener.as_ref()?.accept_queue.len())).collect();
    assert_eq!(lens.iter().sum::<usize>(), 200);
    assert!(lens.iter().all(|&n| (25..=75).contains(&n)), "about a quarter each: {lens:?}");
}

/// A fresh host's first client port is a matter of its seed and of whom it calls; the next follow.
#[test]
fn ephemeral_ports() {
    let mut w = World::pair("linux", &[]);
    let mut ports = Vec::new();
    for _ in 0..50 {
        let fd = w.ok(0, Call::Socket);
        w.call(0, Call::Connect { fd, addr: at(2, 80) });
        let id = w.sock_of(0, fd).unwrap();
        ports.push(w.hosts[0].sockets().iter().find(|s| s.id == id).unwrap().local.unwrap().port());
    }
    assert!(ports.windows(2).all(|p| p[1] == p[0] + 2 || p[1] < p[0]), "every other one: {ports:?}");
    assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), 50);
    assert!(ports.iter().all(|p| (32_768..=60_999).contains(p) && p % 2 == 0));
    // A range of two: the third finds none.
    let mut w = World::pair("linux", &["net.ipv4.ip_local_port_range=5000 5001"]);
    for expected in [Ok(()), Ok(()), Err("EADDRNOTAVAIL")] {
        let fd = w.ok(0, Call::Socket);
        let connect = |port| Call::Connect { fd, addr: at(2, port) };
        match expected {
            Ok(()) => _ = w.call(0, connect(80)),
            Err(e) => {
                assert_eq!(w.err(0, connect(80)), e);
                assert_eq!(w.call(0, connect(81)), host::CallResult::Blocked, "to another it is free");
            }
        }
    }
}

/// IP_BIND_ADDRESS_NO_PORT and IP_LOCAL_PORT_RANGE (ip(7)): the port is chosen when it is known what for.
#[test]
fn bind_may_leave_the_port_to_who_comes_next() {
    const NO_PORT: i32 = 24;
    const RANGE: i32 = 51;
    let mut w = World::pair("linux", &[]);
    let option = |fd, name, value: u32| Call::SetSockOpt {
        fd,
        level: 0,
        name,
        value: value.to_le_bytes().to_vec().into(),
    };
    let local = |w: &World, fd| {
        let id = w.sock_of(0, fd).unwrap();
        w.hosts[0].sockets().iter().find(|s| s.id == id).unwrap().local.unwrap()
    };
    let bound = |w: &mut World| {
        let fd = w.ok(0, Call::Socket);
        w.ok(0, option(fd, NO_PORT, 1));
        w.ok(0, option(fd, RANGE, 50_001 << 16 | 50_000));
        w.ok(0, Call::Bind { fd, addr: at(1, 0) });
        assert_eq!(local(w, fd), at(1, 0), "not chosen yet");
        fd
    };
    let listener = bound(&mut w);
    w.ok(0, Call::Listen { fd: listener, backlog: 5 });
    let client = bound(&mut w);
    w.call(0, Call::Connect { fd: client, addr: at(2, 80) });
    let mut chosen = [local(&w, listener), local(&w, client)];
    chosen.sort();
    assert_eq!(chosen, [at(1, 50_000), at(1, 50_001)], "one each, at the address that was bound");
    // A port of one's own may still be asked for; after it, nothing.
    let fd = bound(&mut w);
    w.ok(0, Call::Bind { fd, addr: at(1, 77) });
    assert_eq!(w.err(0, Call::Bind { fd, addr: at(1, 78) }), "EINVAL");
    assert_eq!(w.err(0, option(fd, RANGE, 4000 << 16 | 5000)), "EINVAL", "the last before the first");
}
