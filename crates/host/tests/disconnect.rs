//! connect(2) with AF_UNSPEC, as measured on Linux 6.18.

use crate::common::*;
use host::sockopt::SOCKET;
use host::{Call, CallResult, Fd};
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
