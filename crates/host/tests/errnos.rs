//! What each call says to a descriptor in each state, and the page of the manual or function of Linux that says why:
//! the calls that `calls.rs` does not have.

use crate::common::*;
use host::sockopt::{SOCKET, TCP};
use host::{Call, CallResult, Fd, RecvFlags, SendFlags, Shutdown};

type Make = fn(Fd) -> Call;
/// Call, how it is made, errno for: no such descriptor, fresh socket, listener, connected socket ("": it does not
/// fail), and the reason.
type Row = (&'static str, Make, [&'static str; 4], &'static str);

fn recv(fd: Fd, flags: RecvFlags) -> Call {
    Call::Recv { fd, len: 9, flags }
}

const TABLE: [Row; 17] = [
    (
        "accept4",
        |fd| Call::Accept4 { fd, nonblocking: true, peer: true },
        ["EBADF", "EINVAL", "EAGAIN", "EINVAL"],
        "accept(2): EINVAL: it does not listen; EAGAIN: nobody waits",
    ),
    (
        "poll",
        |fd| Call::Poll { fds: vec![(fd, 1)], timeout: Some(tcp::time::Duration::ZERO) },
        ["", "", "", ""],
        "poll(2): what is no descriptor is POLLNVAL, not an error",
    ),
    (
        "epoll_ctl on no epoll",
        |fd| Call::EpollCtl { epfd: fd, op: 1, fd, events: 1, data: 0 },
        ["EBADF", "EINVAL", "EINVAL", "EINVAL"],
        "epoll_ctl(2)",
    ),
    (
        "getsockname",
        |fd| Call::GetSockName { fd },
        ["EBADF", "", "", ""],
        "getsockname(2): a fresh one has 0.0.0.0:0",
    ),
    ("getpeername", |fd| Call::GetPeerName { fd }, ["EBADF", "ENOTCONN", "ENOTCONN", ""], "getpeername(2)"),
    (
        "recv",
        |fd| recv(fd, RecvFlags::default()),
        ["EBADF", "ENOTCONN", "ENOTCONN", "EAGAIN"],
        "recv(2); EAGAIN: nothing is there yet",
    ),
    (
        "recv MSG_PEEK",
        |fd| recv(fd, RecvFlags { peek: true, ..RecvFlags::default() }),
        ["EBADF", "ENOTCONN", "ENOTCONN", "EAGAIN"],
        "recv(2)",
    ),
    (
        "recv MSG_OOB",
        |fd| recv(fd, RecvFlags { urgent: true, ..RecvFlags::default() }),
        ["EBADF", "EINVAL", "ENOTCONN", "EINVAL"],
        "linux tcp_recv_urg: no urgent data; tcp_recvmsg_locked: a listener has none to give",
    ),
    (
        "send",
        |fd| Call::Send { fd, data: "x".into(), flags: SendFlags::default(), to: None },
        ["EBADF", "EPIPE", "EPIPE", ""],
        "linux sk_stream_wait_connect: neither connected nor connecting",
    ),
    (
        "shutdown SHUT_RD",
        |fd| Call::Shutdown { fd, how: Shutdown::Read },
        ["EBADF", "ENOTCONN", "", ""],
        "linux inet_shutdown: a listener stops listening",
    ),
    (
        "shutdown SHUT_RDWR",
        |fd| Call::Shutdown { fd, how: Shutdown::Both },
        ["EBADF", "ENOTCONN", "", ""],
        "shutdown(2)",
    ),
    (
        "setsockopt, unknown",
        |fd| Call::SetSockOpt { fd, level: TCP, name: 999, value: vec![1, 0, 0, 0].into() },
        ["EBADF", "ENOPROTOOPT", "ENOPROTOOPT", "ENOPROTOOPT"],
        "setsockopt(2): unknown at the level indicated",
    ),
    (
        "setsockopt, too short",
        |fd| Call::SetSockOpt { fd, level: SOCKET, name: 2, value: vec![1].into() },
        ["EBADF", "EINVAL", "EINVAL", "EINVAL"],
        "setsockopt(2): optlen is not valid",
    ),
    (
        "getsockopt SO_ERROR",
        |fd| Call::GetSockOpt { fd, level: SOCKET, name: 4 },
        ["EBADF", "", "", ""],
        "socket(7): no error is 0",
    ),
    (
        "getsockopt, unknown",
        |fd| Call::GetSockOpt { fd, level: TCP, name: 999 },
        ["EBADF", "ENOPROTOOPT", "ENOPROTOOPT", "ENOPROTOOPT"],
        "getsockopt(2)",
    ),
    ("dup", |fd| Call::Dup { fd }, ["EBADF", "", "", ""], "dup(2)"),
    ("close", |fd| Call::Close { fd }, ["EBADF", "", "", ""], "close(2)"),
];

/// A descriptor of host 1 in a state.
fn made(state: &str) -> (World, Fd) {
    let mut w = World::pair("linux", &[]);
    let fd = match state {
        "none" => return (w, 77),
        "fresh" => w.ok(1, Call::Socket),
        "listening" => w.listen(1, 80, 2),
        _ => {
            w.listen(0, 80, 2);
            w.connect(1, at(1, 80))
        }
    };
    w.ok(1, Call::SetNonblocking { fd, on: true });
    (w, fd)
}

#[test]
fn errno_by_state() {
    let mut wrong = Vec::new();
    for (name, make, expected, why) in TABLE {
        for (state, expected) in ["none", "fresh", "listening", "connected"].into_iter().zip(expected) {
            let (mut w, fd) = made(state);
            let said = match w.call(1, make(fd)) {
                CallResult::Errno(e) => e.0,
                CallResult::Done(..) => "",
                CallResult::Blocked => "blocks",
            };
            if said != expected {
                wrong.push(format!("{name} on {state}: “{said}”, not “{expected}” ({why})"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
