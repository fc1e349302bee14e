//! connect(2) with AF_UNSPEC, as measured on Linux 6.18.

use crate::common::*;
use host::sockopt::SOCKET;
use host::{Call, CallResult, Fd, HostEvent};
use std::net::SocketAddr;
use wire::tcp::Flags;

const SO_ERROR: i32 = 4;
const ECONNRESET: i32 = 104;

fn pending(w: &mut World, fd: Fd) -> i32 {
    let CallResult::Done(_, octets) = w.call(0, Call::GetSockOpt { fd, level: SOCKET, name: SO_ERROR })
    else {
        panic!("SO_ERROR of {fd}")
    };
    i32::from_le_bytes(octets[..4].try_into().expect("four octets"))
}

fn local(w: &World, fd: Fd) -> Option<SocketAddr> {
    w.hosts[0].sockets().into_iter().find(|s| s.owner.is_some_and(|(_, f)| f == fd)).and_then(|s| s.local)
}

#[test]
fn a_connection_is_reset_and_the_socket_connects_again() {
    let mut w = World::pair("linux", &[]);
    let listener = w.listen(1, 80, 5);
    let fd = w.connect(0, at(2, 80));
    let peer = w.ok(1, Call::Accept { fd: listener });
    w.ok(0, Call::Disconnect { fd });
    w.run_for(0.01);
    assert_eq!(w.err(1, Call::Read { fd: peer, len: 1 }), "ECONNRESET");
    assert_eq!((pending(&mut w, fd), pending(&mut w, fd)), (ECONNRESET, 0), "told once");
    assert_eq!(w.err(0, Call::GetPeerName { fd }), "ENOTCONN");
    assert_eq!(w.call(0, Call::Connect { fd, addr: at(2, 80) }), CallResult::Blocked);
    w.run_for(0.01);
    assert_eq!(w.state(0, fd), "ESTABLISHED");
    w.hosts[0].assert_invariants();
}

#[test]
fn what_it_does_in_other_states() {
    let mut w = World::pair("linux", &[]);
    // Under way: the SYN is repeated no more, and nobody was told, so no RST.
    let fd = w.ok(0, Call::Socket);
    w.ok(0, Call::SetNonblocking { fd, on: true });
    assert_eq!(w.err(0, Call::Connect { fd, addr: at(77, 80) }), "EINPROGRESS");
    w.ok(0, Call::Disconnect { fd });
    assert_eq!((pending(&mut w, fd), w.state(0, fd)), (ECONNRESET, "CLOSED"));
    // A listener stops, and keeps its port.
    let listener = w.listen(0, 80, 5);
    w.ok(0, Call::Disconnect { fd: listener });
    assert_eq!((pending(&mut w, listener), w.err(0, Call::Accept { fd: listener })), (0, "EINVAL"));
    assert_eq!(local(&w, listener).map(|a| a.port()), Some(80));
    w.syn(at(9, 1000), 80, 5000);
    w.run_for(0.01);
    assert!(w.received(9).iter().all(|(h, _)| h.flags.has(Flags::RST)));
    // A fresh one: nothing.
    let fresh = w.ok(0, Call::Socket);
    w.ok(0, Call::Disconnect { fd: fresh });
    assert_eq!(pending(&mut w, fresh), 0);
    assert_eq!(w.err(0, Call::Disconnect { fd: 77 }), "EBADF");
    let epoll = w.ok(0, Call::EpollCreate);
    assert_eq!(w.err(0, Call::Disconnect { fd: epoll }), "ENOTSOCK");
}

/// A bound address stays, a chosen one goes.
#[test]
fn the_address() {
    let mut w = World::pair("linux", &[]);
    w.listen(1, 80, 5);
    let bound = w.ok(0, Call::Socket);
    w.ok(0, Call::Bind { fd: bound, addr: at(1, 4000) });
    w.call(0, Call::Connect { fd: bound, addr: at(2, 80) });
    w.run_for(0.01);
    let chosen = w.connect(0, at(2, 80));
    for fd in [bound, chosen] {
        w.ok(0, Call::Disconnect { fd });
    }
    assert_eq!(local(&w, bound), Some(at(1, 4000)));
    assert_eq!(local(&w, chosen), None);
}

#[test]
fn a_program_says_it_with_a_family() {
    let source = "int main(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
  int s = socket(AF_INET, SOCK_STREAM, 0);
  to.sin_addr.s_addr = inet_addr(\"10.0.0.2\");
  connect(s, (struct sockaddr *)&to, sizeof to);
  to.sin_family = AF_UNSPEC;
  return connect(s, (struct sockaddr *)&to, sizeof to);
}";
    let mut client = config(1, "linux", &[]);
    client.programs = vec![program("again.c", source)];
    let mut w = World::new(vec![client, config(2, "linux", &[])]);
    w.listen(1, 80, 5);
    w.run_for(0.1);
    assert_eq!(w.returns(0, "connect(3, {sa_family=AF_UNSPEC}, 16) = 0"), 1);
}

/// Whoever waits on the connection is told that it is gone: EPIPE, but a writer learns why. Nobody begins anew what was
/// under way.
#[test]
fn calls_that_wait_on_the_connection_are_over() {
    let ended = |w: &World| -> Vec<String> {
        let text = |e: &(usize, HostEvent)| match &e.1 {
            HostEvent::CallReturned { text, .. } if e.0 == 0 => Some(text.to_string()),
            _ => None,
        };
        let texts: Vec<_> = w.events.iter().filter_map(text).collect();
        let errnos = texts.iter().filter_map(|t| t.split(" = ").nth(1)?.split(' ').nth(1).map(str::to_owned));
        errnos.collect()
    };
    // Nobody is at 77.
    let mut w = World::pair("linux", &[]);
    let fd = w.ok(0, Call::Socket);
    for _ in 0..2 {
        assert_eq!(w.call(0, Call::Connect { fd, addr: at(77, 80) }), CallResult::Blocked);
    }
    w.ok(0, Call::Disconnect { fd });
    assert_eq!(ended(&w), ["EPIPE", "EPIPE"]);
    assert_eq!((pending(&mut w, fd), w.state(0, fd)), (ECONNRESET, "CLOSED"));
    // Two who read, then two who write into a full buffer: the first learns why.
    for reads in [true, false] {
        let mut w = World::pair("linux", &[]);
        w.listen(1, 80, 5);
        let fd = w.connect(0, at(2, 80));
        let data = vec![0; 1_000_000];
        let more = Call::Write { fd, data: data.clone().into() };
        w.ok(0, Call::SetNonblocking { fd, on: true });
        while !reads && w.call(0, more.clone()) != CallResult::Errno(host::Errno("EAGAIN")) {
            w.run_for(1.0);
        }
        w.ok(0, Call::SetNonblocking { fd, on: false });
        for _ in 0..2 {
            let call = if reads { Call::Read { fd, len: 10 } } else { more.clone() };
            assert_eq!(w.call(0, call), CallResult::Blocked);
        }
        w.ok(0, Call::Disconnect { fd });
        let told = ended(&w);
        let expected = if reads { ["EPIPE", "EPIPE"] } else { ["ECONNRESET", "EPIPE"] };
        assert_eq!(told[told.len() - 2..], expected);
    }
    // Of two who wait to be connected and are refused, one learns why.
    let mut w = World::pair("linux", &[]);
    let fd = w.ok(0, Call::Socket);
    for _ in 0..2 {
        assert_eq!(w.call(0, Call::Connect { fd, addr: at(2, 80) }), CallResult::Blocked);
    }
    w.run_for(0.1);
    assert_eq!(ended(&w), ["ECONNREFUSED", "ECONNABORTED"]);
    assert_eq!(w.sent.len(), 2, "a SYN and a RST");
}
