//! What accept gives: in which order, and what a child has from its listener. Measured on Linux 6.18.

use crate::common::*;
use host::{Call, CallResult, Fd};
use wire::Seq;
use wire::tcp::{Flags, Options};

const SOCKET: i32 = 1;
const TCP: i32 = 6;

fn get(w: &mut World, fd: Fd, level: i32, name: i32) -> i32 {
    match w.call(0, Call::GetSockOpt { fd, level, name }) {
        CallResult::Done(_, value) => i32::from_le_bytes(value[..4].try_into().expect("four octets")),
        other => panic!("{other:?}"),
    }
}

/// SYNs come in one order and final ACKs in another: accept goes by the ACKs.
#[test]
fn first_established_first_accepted() {
    let mut w = World::alone("linux", &[]);
    let fd = w.listen(0, 80, 5);
    for port in [1001, 1002, 1003] {
        w.syn(at(9, port), 80, 5000);
    }
    w.run_for(0.002);
    let answers: Vec<(u16, Seq)> = w.received(9).iter().map(|(h, _)| (h.dst_port, h.seq)).collect();
    for port in [1003, 1001, 1002] {
        let isn = answers.iter().find(|(p, _)| *p == port).expect("an answer").1;
        w.raw(at(9, port), 80, Flags::ACK, 5001, (isn + 1).0, Options::default(), b"");
    }
    assert_eq!(w.queues(0), (0, 3));
    let mut ports = Vec::new();
    for _ in 0..3 {
        let child = w.ok(0, Call::Accept { fd });
        let sockets = w.hosts[0].sockets();
        let of = sockets.iter().find(|s| s.owner.is_some_and(|(_, f)| f == child)).and_then(|s| s.remote);
        ports.push(of.map_or(0, |a| a.port()));
    }
    assert_eq!(ports, [1003, 1001, 1002]);
}

/// Level, option, value set on the listener, what the child says.
#[test]
fn what_a_child_inherits() {
    let table = [
        ("SO_REUSEADDR", SOCKET, 2, 1, 1),
        ("SO_KEEPALIVE", SOCKET, 9, 1, 1),
        ("SO_OOBINLINE", SOCKET, 10, 1, 1),
        ("SO_REUSEPORT", SOCKET, 15, 1, 1),
        ("SO_RCVLOWAT", SOCKET, 18, 7, 7),
        ("TCP_NODELAY", TCP, 1, 1, 1),
        ("TCP_CORK", TCP, 3, 1, 1),
        ("TCP_KEEPIDLE", TCP, 4, 77, 77),
        ("TCP_KEEPINTVL", TCP, 5, 33, 33),
        ("TCP_KEEPCNT", TCP, 6, 4, 4),
        ("TCP_SYNCNT", TCP, 7, 3, 3),
        ("TCP_LINGER2", TCP, 8, 9, 9),
        ("TCP_USER_TIMEOUT", TCP, 18, 4321, 4321),
        ("TCP_NOTSENT_LOWAT", TCP, 25, 999, 999),
        ("IP_TOS", 0, 1, 16, 16),
        ("IP_TTL", 0, 2, 33, 33),
        ("IP_MTU_DISCOVER", 0, 10, 2, 2),
        // It is the listener's affair.
        ("TCP_DEFER_ACCEPT", TCP, 9, 5, 0),
    ];
    let mut wrong = Vec::new();
    for (what, level, name, value, expected) in table {
        let mut w = World::pair("linux", &[]);
        let fd = w.ok(0, Call::Socket);
        w.ok(0, Call::SetSockOpt { fd, level, name, value: i32::to_le_bytes(value).to_vec().into() });
        w.ok(0, Call::Bind { fd, addr: any(80) });
        w.ok(0, Call::Listen { fd, backlog: 5 });
        w.ok(0, Call::SetNonblocking { fd, on: true });
        let client = w.connect(1, at(1, 80));
        w.ok(1, Call::Write { fd: client, data: "nine octe".into() });
        w.run_for(0.1);
        let child = w.ok(0, Call::Accept { fd });
        let said = get(&mut w, child, level, name);
        if said != expected {
            wrong.push(format!("{what}: {said}, not {expected}"));
        }
        // O_NONBLOCK belongs to the open file, and is not handed on.
        w.ok(0, Call::Read { fd: child, len: 9 });
        assert_eq!(w.call(0, Call::Read { fd: child, len: 9 }), CallResult::Blocked);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
