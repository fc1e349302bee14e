//! System calls as values, and how they end.

use crate::{Fd, LinkAddr, Pid, RecvFlags, SendFlags, Shutdown};
use bytes::Bytes;
use std::net::SocketAddr;
use tcp::time::Duration;

/// A system call as a value.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Call {
    Socket,
    /// socket(2) with SOCK_NONBLOCK.
    NonblockingSocket,
    /// socket(2) of a socket without connections.
    DatagramSocket {
        what: SocketKind,
        nonblocking: bool,
    },
    /// socket(2) with AF_INET6: a stream, or (`what`) a socket without connections.
    Inet6Socket {
        what: Option<SocketKind>,
        nonblocking: bool,
    },
    /// bind(2) of a packet socket.
    BindLink {
        fd: Fd,
        addr: LinkAddr,
    },
    /// recvfrom(2). The result's octets are the length of the sender's address (one octet), the address as it lies in
    /// memory, and the data; of a connection, which has none to tell, the data behind an octet of 0.
    RecvFrom {
        fd: Fd,
        len: usize,
        flags: RecvFlags,
    },
    /// sendto(2) of a packet socket: a whole frame.
    SendLink {
        fd: Fd,
        data: Bytes,
        to: Option<LinkAddr>,
    },
    Bind {
        fd: Fd,
        addr: SocketAddr,
    },
    Listen {
        fd: Fd,
        backlog: i32,
    },
    Accept {
        fd: Fd,
    },
    /// accept4(2): SOCK_NONBLOCK for the new descriptor (`nonblocking`), and its peer's address asked for (`peer`),
    /// which is the result's octets, a `struct sockaddr_in` or `sockaddr_in6`.
    Accept4 {
        fd: Fd,
        nonblocking: bool,
        peer: bool,
    },
    /// getsockname(2). The result's octets as of `Accept4`.
    GetSockName {
        fd: Fd,
    },
    /// getpeername(2). The result's octets as of `Accept4`.
    GetPeerName {
        fd: Fd,
    },
    Connect {
        fd: Fd,
        addr: SocketAddr,
    },
    /// connect(2) with AF_UNSPEC: the socket is nobody's any more.
    Disconnect {
        fd: Fd,
    },
    Read {
        fd: Fd,
        len: usize,
    },
    Write {
        fd: Fd,
        data: Bytes,
    },
    Recv {
        fd: Fd,
        len: usize,
        flags: RecvFlags,
    },
    Send {
        fd: Fd,
        data: Bytes,
        flags: SendFlags,
        to: Option<SocketAddr>,
    },
    ShutdownWrite {
        fd: Fd,
    },
    Shutdown {
        fd: Fd,
        how: Shutdown,
    },
    SetSockOpt {
        fd: Fd,
        level: i32,
        name: i32,
        value: Bytes,
    },
    GetSockOpt {
        fd: Fd,
        level: i32,
        name: i32,
    },
    Close {
        fd: Fd,
    },
    Dup {
        fd: Fd,
    },
    /// poll(2): descriptors with the events asked for; `None` waits for ever. The result's octets are `revents` of
    /// each, 16 bits little-endian.
    Poll {
        fds: Vec<(Fd, u16)>,
        timeout: Option<Duration>,
    },
    /// epoll_create1(2)
    EpollCreate,
    /// epoll_ctl(2): `op` 1 adds, 2 takes out, 3 changes.
    EpollCtl {
        epfd: Fd,
        op: i32,
        fd: Fd,
        events: u32,
        data: u64,
    },
    /// epoll_wait(2); `None` waits for ever. The result's octets are `struct epoll_event`s as they lie in memory: events
    /// in 32 bits, data in 64, little-endian.
    EpollWait {
        epfd: Fd,
        most: usize,
        timeout: Option<Duration>,
    },
    Fork,
    /// waitpid(2); `None`: any child. `nohang`: WNOHANG. The result's octets are the status word, 32 bits little-endian.
    WaitPid {
        child: Option<Pid>,
        nohang: bool,
    },
    SetNonblocking {
        fd: Fd,
        on: bool,
    },
    /// fcntl(2) F_GETFL
    GetFlags {
        fd: Fd,
    },
    /// signal(2) of SIGPIPE: ignored, or deadly as it is at first.
    IgnoreSigpipe {
        on: bool,
    },
    /// signal(2) of SIGCHLD: children that exit leave nothing to wait for, or they do as at first.
    IgnoreSigchld {
        on: bool,
    },
    Sleep {
        time: Duration,
    },
    /// clock_gettime(2): time since the world began, whatever the clock. The result's octets are a `struct timespec`.
    ClockGetTime,
}

impl Call {
    /// socket(2) of a stream of the family of an address.
    pub fn stream_for(addr: &SocketAddr) -> Call {
        if addr.is_ipv6() { Call::Inet6Socket { what: None, nonblocking: false } } else { Call::Socket }
    }
}

/// A socket that is no connection's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SocketKind {
    /// udp(7)
    Udp,
    /// icmp(7): `SOCK_DGRAM, IPPROTO_ICMP`.
    Ping,
    /// raw(7), with its protocol; 255 takes whole datagrams.
    Raw(u8),
    /// packet(7), with the EtherType that it wants; 3 for all.
    Packet(u16),
}

impl SocketKind {
    /// ss(8)'s Netid.
    pub const fn netid(self) -> &'static str {
        match self {
            SocketKind::Udp => "udp",
            SocketKind::Ping => "icmp",
            SocketKind::Raw(_) => "raw",
            SocketKind::Packet(_) => "p_raw",
        }
    }
}

/// How a call ended, or that it has not.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum CallResult {
    /// Return value, and the octets read where it was a read.
    Done(i64, Bytes),
    /// −1 with this errno.
    Errno(Errno),
    /// The process is parked.
    Blocked,
}

/// An errno: its name and, in the catalogue, its sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub &'static str);
