//! epoll(7): level and edge, once, what leaves the list.

use crate::common::*;
use host::{Call, CallResult, Fd};
use tcp::time::Duration;

const IN: u32 = 1;
const OUT: u32 = 4;
const RDHUP: u32 = 0x2000;
const ONESHOT: u32 = 1 << 30;
const EDGE: u32 = 1 << 31;
const ADD: i32 = 1;
const DEL: i32 = 2;
const MOD: i32 = 3;

/// A connection between the shells of hosts 0 and 1: the client's descriptor, the server's, the server's epoll.
fn connection() -> (World, Fd, Fd, Fd) {
    let mut w = World::pair("linux", &[]);
    let listener = w.listen(1, 80, 5);
    let client = w.connect(0, at(2, 80));
    let server = w.ok(1, Call::Accept { fd: listener });
    let epfd = w.ok(1, Call::EpollCreate);
    (w, client, server, epfd)
}

fn ctl(w: &mut World, epfd: Fd, op: i32, fd: Fd, events: u32) -> CallResult {
    w.call(1, Call::EpollCtl { epfd, op, fd, events, data: fd as u64 })
}

/// What epoll_wait tells at once: events by descriptor.
fn told(w: &mut World, epfd: Fd, most: usize) -> Vec<(Fd, u32)> {
    let call = Call::EpollWait { epfd, most, timeout: Some(Duration::ZERO) };
    let CallResult::Done(n, octets) = w.call(1, call) else { panic!("epoll_wait of {epfd}") };
    assert_eq!(octets.len(), n as usize * 12);
    let word = |b: &[u8]| u32::from_le_bytes(b.try_into().expect("four octets"));
    octets.chunks(12).map(|e| (word(&e[4..8]) as Fd, word(&e[..4]))).collect()
}

fn send(w: &mut World, fd: Fd, text: &'static str) {
    w.ok(0, Call::Write { fd, data: text.into() });
    w.run_for(0.1);
}

#[test]
fn level_triggered_tells_as_long_as_there_is_something() {
    let (mut w, client, fd, ep) = connection();
    ctl(&mut w, ep, ADD, fd, IN);
    assert_eq!(told(&mut w, ep, 8), []);
    send(&mut w, client, "abc");
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)]);
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)], "again: nobody read");
    w.ok(1, Call::Read { fd, len: 9 });
    assert_eq!(told(&mut w, ep, 8), []);
}

#[test]
fn edge_triggered_tells_once_of_each_arrival() {
    let (mut w, client, fd, ep) = connection();
    ctl(&mut w, ep, ADD, fd, IN | RDHUP | EDGE);
    send(&mut w, client, "abc");
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)]);
    assert_eq!(told(&mut w, ep, 8), [], "nothing new came");
    w.ok(1, Call::Read { fd, len: 1 });
    assert_eq!(told(&mut w, ep, 8), [], "what is left is not new");
    send(&mut w, client, "d");
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)]);
    w.ok(0, Call::ShutdownWrite { fd: client });
    w.run_for(0.1);
    assert_eq!(told(&mut w, ep, 8), [(fd, IN | RDHUP)]);
    assert_eq!(told(&mut w, ep, 8), []);
}

#[test]
fn an_edge_tells_everything_that_is_ready() {
    let (mut w, client, fd, ep) = connection();
    ctl(&mut w, ep, ADD, fd, IN | OUT | EDGE);
    assert_eq!(told(&mut w, ep, 8), [(fd, OUT)], "it is writable when it is added");
    send(&mut w, client, "x");
    assert_eq!(told(&mut w, ep, 8), [(fd, IN | OUT)]);
}

#[test]
fn a_listener_watched_by_edge() {
    let mut w = World::pair("linux", &[]);
    let fd = w.listen(1, 80, 5);
    let ep = w.ok(1, Call::EpollCreate);
    ctl(&mut w, ep, ADD, fd, IN | EDGE);
    w.connect(0, at(2, 80));
    w.connect(0, at(2, 80));
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)]);
    w.ok(1, Call::Accept { fd });
    assert_eq!(told(&mut w, ep, 8), [], "the second waits, and nobody is told: accept until EAGAIN");
    w.connect(0, at(2, 80));
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)]);
}

#[test]
fn once_means_once_until_it_is_armed_again() {
    let (mut w, client, fd, ep) = connection();
    ctl(&mut w, ep, ADD, fd, IN | ONESHOT);
    send(&mut w, client, "a");
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)]);
    send(&mut w, client, "b");
    assert_eq!(told(&mut w, ep, 8), []);
    ctl(&mut w, ep, MOD, fd, IN | ONESHOT);
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)], "what came meanwhile is told when it is armed");
}

#[test]
fn the_ready_take_turns() {
    let mut w = World::pair("linux", &[]);
    let listener = w.listen(1, 80, 5);
    let ep = w.ok(1, Call::EpollCreate);
    let mut fds = Vec::new();
    for _ in 0..3 {
        let client = w.connect(0, at(2, 80));
        let fd = w.ok(1, Call::Accept { fd: listener });
        ctl(&mut w, ep, ADD, fd, IN);
        send(&mut w, client, "x");
        fds.push(fd);
    }
    let turns: Vec<_> = (0..4).flat_map(|_| told(&mut w, ep, 1)).map(|(fd, _)| fd).collect();
    assert_eq!(turns, [fds[0], fds[1], fds[2], fds[0]]);
}

#[test]
fn a_closed_descriptor_leaves_the_list_with_its_last_copy() {
    let (mut w, client, fd, ep) = connection();
    ctl(&mut w, ep, ADD, fd, IN);
    send(&mut w, client, "x");
    let copy = w.ok(1, Call::Dup { fd });
    w.ok(1, Call::Close { fd });
    assert_eq!(told(&mut w, ep, 8), [(fd, IN)], "the open file is still there, under a number that is gone");
    w.ok(1, Call::Close { fd: copy });
    assert_eq!(told(&mut w, ep, 8), []);
}

#[test]
fn a_wait_ends_when_something_comes_or_its_time_is_over() {
    let (mut w, client, fd, ep) = connection();
    assert_eq!(w.call(1, Call::EpollWait { epfd: ep, most: 4, timeout: None }), CallResult::Blocked);
    ctl(&mut w, ep, ADD, fd, IN);
    send(&mut w, client, "x");
    let said = format!("epoll_wait({ep}, [{{EPOLLIN, data={fd}}}], 4, -1) = 1");
    assert_eq!(w.last_return(1), Some(said));
    w.ok(1, Call::Read { fd, len: 9 });
    let timeout = Some(Duration::from_millis(50));
    assert_eq!(w.call(1, Call::EpollWait { epfd: ep, most: 4, timeout }), CallResult::Blocked);
    w.run_for(0.1);
    assert_eq!(w.last_return(1), Some(format!("epoll_wait({ep}, [], 4, 50) = 0")));
}

/// An epoll is ready while something on its list is. Measured on Linux 6.18.
#[test]
fn an_epoll_inside_another() {
    let (mut w, client, fd, inner) = connection();
    let outer = w.ok(1, Call::EpollCreate);
    ctl(&mut w, inner, ADD, fd, IN);
    ctl(&mut w, outer, ADD, inner, IN);
    assert_eq!(told(&mut w, outer, 8), []);
    for _ in 0..2 {
        assert_eq!(w.call(1, Call::EpollWait { epfd: outer, most: 4, timeout: None }), CallResult::Blocked);
        send(&mut w, client, "x");
        let said = format!("epoll_wait({outer}, [{{EPOLLIN, data={inner}}}], 4, -1) = 1");
        assert_eq!(w.last_return(1), Some(said));
        assert_eq!(told(&mut w, outer, 8), [(inner, IN)], "still: nobody read");
        w.ok(1, Call::Read { fd, len: 9 });
        assert_eq!(told(&mut w, outer, 8), [], "what is ready no more is not told");
    }
    w.ok(1, Call::Close { fd: inner });
    send(&mut w, client, "x");
    assert_eq!(told(&mut w, outer, 8), []);
}

/// linux EP_MAX_NESTS: five in a row, from either end; and none in a circle.
#[test]
fn epolls_too_deep_or_in_a_circle() {
    for down in [true, false] {
        let mut w = World::alone("linux", &[]);
        let row: Vec<Fd> = (0..6).map(|_| w.ok(0, Call::EpollCreate)).collect();
        let mut add = |i: usize| {
            let call = Call::EpollCtl { epfd: row[i], op: ADD, fd: row[i + 1], events: IN, data: 0 };
            if let CallResult::Errno(e) = w.call(0, call) { e.0 } else { "" }
        };
        let said: Vec<&str> = (0..5).map(|n| add(if down { n } else { 4 - n })).collect();
        assert_eq!(said, ["", "", "", "", "ELOOP"], "down {down}");
        let circle = Call::EpollCtl { epfd: row[4], op: ADD, fd: row[1], events: IN, data: 0 };
        assert_eq!(w.err(0, circle), "ELOOP");
    }
}

/// EPOLLEXCLUSIVE: of several that wait for one listener only one is woken by each connection.
#[test]
fn exclusive_wakes_one() {
    const EXCLUSIVE: u32 = 1 << 28;
    for (flag, woken) in [(0, 3), (EXCLUSIVE, 1)] {
        let mut w = World::pair("linux", &[]);
        let listener = w.listen(1, 80, 5);
        for _ in 0..3 {
            let epfd = w.ok(1, Call::EpollCreate);
            ctl(&mut w, epfd, ADD, listener, IN | flag);
            assert_eq!(w.call(1, Call::EpollWait { epfd, most: 1, timeout: None }), CallResult::Blocked);
        }
        let before = w.returns(1, "epoll_wait(");
        w.connect(0, at(2, 80));
        assert_eq!(w.returns(1, "epoll_wait(") - before, woken, "{flag:#x}");
    }
    let (mut w, _, fd, epfd) = connection();
    assert_eq!(ctl(&mut w, epfd, ADD, fd, IN | EXCLUSIVE), CallResult::Done(0, "".into()));
    assert_eq!(w.err(1, Call::EpollCtl { epfd, op: MOD, fd, events: IN | EXCLUSIVE, data: 0 }), "EINVAL");
    let inner = w.ok(1, Call::EpollCreate);
    assert_eq!(
        w.err(1, Call::EpollCtl { epfd, op: ADD, fd: inner, events: IN | EXCLUSIVE, data: 0 }),
        "EINVAL"
    );
}

#[test]
fn errors() {
    let (mut w, _, fd, ep) = connection();
    let mut ctl =
        |epfd, op, target| match w.call(1, Call::EpollCtl { epfd, op, fd: target, events: IN, data: 0 }) {
            CallResult::Errno(e) => e.0,
            _ => "",
        };
    assert_eq!(ctl(ep, MOD, fd), "ENOENT");
    assert_eq!(ctl(ep, ADD, fd), "");
    assert_eq!(ctl(ep, ADD, fd), "EEXIST");
    assert_eq!(ctl(ep, DEL, fd), "");
    assert_eq!(ctl(ep, DEL, fd), "ENOENT");
    assert_eq!(ctl(ep, ADD, 99), "EBADF");
    assert_eq!(ctl(99, ADD, fd), "EBADF");
    assert_eq!(ctl(fd, ADD, fd), "EINVAL");
    assert_eq!(ctl(ep, ADD, ep), "EINVAL", "itself");
    assert_eq!(ctl(ep, 7, fd), "EINVAL");
    assert_eq!(w.err(1, Call::Listen { fd: ep, backlog: 1 }), "ENOTSOCK");
    assert_eq!(w.err(1, Call::Read { fd: ep, len: 1 }), "EINVAL");
    w.ok(1, Call::Close { fd: ep });
    assert_eq!(w.hosts[1].sockets().len(), 2, "an epoll is no socket");
}
