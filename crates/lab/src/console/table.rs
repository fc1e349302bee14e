//! The calls of the console: their prototypes as the manual pages have them, what each parameter takes, and which
//! sockets have a use for them. The parser, the completion and the page's form all read this table.

use host::SocketInfo;
use tcp::State;

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A descriptor.
    Fd,
    /// An address, `"10.0.0.2"`, and a port behind a comma: two arguments, or one `"10.0.0.2:80"`.
    Address,
    /// A number between these.
    Int(i64, i64),
    /// Octets between quotes.
    Text,
    /// One of these names, or several with `|`, or a number.
    Names(&'static [&'static str]),
    /// SOL_SOCKET, …
    Level,
    /// An option of that level.
    Option,
    /// An option's value: a number, a text, or `{seconds, microseconds}`, `{on, seconds}`.
    Value,
}

/// A parameter: its name as the manual page has it, what it takes, and what stands there where it is left out.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// `sockfd`
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it can be left out.
    pub optional: bool,
}

/// Which descriptors a call makes sense on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suits {
    /// It needs none.
    None,
    /// Any.
    Any,
    /// A socket that is neither bound, listening nor connected.
    Unbound,
    /// One that is neither listening nor connected.
    Fresh,
    /// A listener.
    Listener,
    /// A connection.
    Connection,
    /// A connection that may still send.
    Sender,
    /// A socket without connections.
    Datagrams,
}

impl Suits {
    /// Whether the call makes sense on this socket now.
    pub fn fits(self, s: &SocketInfo) -> bool {
        let stream = s.netid == "tcp";
        let fresh = s.listener.is_none() && s.state == State::Closed && s.remote.is_none();
        match self {
            Suits::None => false,
            Suits::Any => true,
            Suits::Unbound => fresh && s.local.is_none(),
            Suits::Fresh => fresh,
            Suits::Listener => s.listener.is_some(),
            Suits::Connection => !stream || s.remote.is_some(),
            Suits::Datagrams => !stream,
            Suits::Sender => {
                matches!(s.state, State::Established | State::CloseWait | State::SynSent)
                    || !stream && s.remote.is_some()
            }
        }
    }
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// Its name.
    pub name: &'static str,
    /// Its parameters.
    pub params: &'static [Param],
    /// Descriptors it makes sense on.
    pub suits: Suits,
}

impl Signature {
    /// `listen(sockfd, backlog)`; what can be left out stands in brackets.
    pub fn usage(&self) -> String {
        let all: Vec<String> = (self.params.iter())
            .map(|p| match (p.kind, p.optional) {
                (Kind::Address, false) => "\"address\", port".into(),
                (Kind::Address, true) => "[\"address\", port]".into(),
                (Kind::Text, _) => format!("\"{}\"", p.name),
                (_, true) => format!("[{}]", p.name),
                (_, false) => p.name.into(),
            })
            .collect();
        format!("{}({})", self.name, all.join(", "))
    }
}

const fn needs(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, optional: false }
}
const fn may(name: &'static str, kind: Kind) -> Param {
    Param { name, kind, optional: true }
}

const FD: Param = needs("sockfd", Kind::Fd);
const LEN: Param = needs("len", Kind::Int(0, super::MOST_OCTETS as i64));
const BUF: Param = needs("buf", Kind::Text);
const ADDR: Param = needs("addr", Kind::Address);
const RECV: Kind = Kind::Names(&["MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL", "MSG_OOB", "MSG_TRUNC"]);
const SEND: Kind = Kind::Names(&["MSG_MORE", "MSG_DONTWAIT", "MSG_OOB", "MSG_NOSIGNAL", "MSG_FASTOPEN"]);
const POLL: Kind = Kind::Names(&["POLLIN", "POLLOUT", "POLLPRI", "POLLRDHUP"]);
const EPOLL: Kind =
    Kind::Names(&["EPOLLIN", "EPOLLOUT", "EPOLLPRI", "EPOLLRDHUP", "EPOLLET", "EPOLLONESHOT"]);
const TIMEOUT: Param = needs("timeout", Kind::Int(-1, 86_400_000));

/// All of them, in the order in which a server's life uses them.
pub const CALLS: &[Signature] = &[
    Signature {
        name: "socket",
        params: &[
            may("domain", Kind::Names(&["AF_INET", "AF_INET6", "AF_PACKET"])),
            may("type", Kind::Names(&["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_NONBLOCK"])),
            may(
                "protocol",
                Kind::Names(&["IPPROTO_TCP", "IPPROTO_UDP", "IPPROTO_ICMP", "IPPROTO_ICMPV6", "IPPROTO_RAW"]),
            ),
        ],
        suits: Suits::None,
    },
    Signature { name: "bind", params: &[FD, ADDR], suits: Suits::Unbound },
    Signature {
        name: "listen",
        params: &[FD, needs("backlog", Kind::Int(i32::MIN as i64, i32::MAX as i64))],
        suits: Suits::Fresh,
    },
    Signature { name: "accept", params: &[FD], suits: Suits::Listener },
    Signature {
        name: "accept4",
        params: &[FD, needs("flags", Kind::Names(&["SOCK_NONBLOCK"]))],
        suits: Suits::Listener,
    },
    Signature { name: "connect", params: &[FD, ADDR], suits: Suits::Fresh },
    Signature { name: "read", params: &[FD, LEN], suits: Suits::Connection },
    Signature { name: "recv", params: &[FD, LEN, may("flags", RECV)], suits: Suits::Connection },
    Signature { name: "write", params: &[FD, BUF], suits: Suits::Sender },
    Signature {
        name: "send",
        params: &[FD, BUF, may("flags", SEND), may("addr", Kind::Address)],
        suits: Suits::Sender,
    },
    Signature { name: "sendto", params: &[FD, BUF, needs("flags", SEND), ADDR], suits: Suits::Datagrams },
    Signature { name: "recvfrom", params: &[FD, LEN, may("flags", RECV)], suits: Suits::Datagrams },
    Signature {
        name: "shutdown",
        params: &[FD, needs("how", Kind::Names(&["SHUT_WR", "SHUT_RD", "SHUT_RDWR"]))],
        suits: Suits::Connection,
    },
    Signature { name: "close", params: &[FD], suits: Suits::Any },
    Signature { name: "dup", params: &[FD], suits: Suits::Any },
    Signature { name: "getsockname", params: &[FD], suits: Suits::Any },
    Signature { name: "getpeername", params: &[FD], suits: Suits::Connection },
    Signature {
        name: "getsockopt",
        params: &[FD, needs("level", Kind::Level), needs("optname", Kind::Option)],
        suits: Suits::Any,
    },
    Signature {
        name: "setsockopt",
        params: &[
            FD,
            needs("level", Kind::Level),
            needs("optname", Kind::Option),
            needs("optval", Kind::Value),
        ],
        suits: Suits::Any,
    },
    Signature {
        name: "fcntl",
        params: &[
            FD,
            needs("cmd", Kind::Names(&["F_SETFL", "F_GETFL"])),
            may("flags", Kind::Names(&["O_NONBLOCK"])),
        ],
        suits: Suits::Any,
    },
    Signature { name: "poll", params: &[FD, needs("events", POLL), TIMEOUT], suits: Suits::Any },
    Signature { name: "epoll_create1", params: &[may("flags", Kind::Int(0, 0))], suits: Suits::None },
    Signature {
        name: "epoll_ctl",
        params: &[
            needs("epfd", Kind::Fd),
            needs("op", Kind::Names(&["EPOLL_CTL_ADD", "EPOLL_CTL_MOD", "EPOLL_CTL_DEL"])),
            needs("fd", Kind::Fd),
            may("events", EPOLL),
        ],
        suits: Suits::Any,
    },
    Signature {
        name: "epoll_wait",
        params: &[needs("epfd", Kind::Fd), needs("maxevents", Kind::Int(1, 1_024)), TIMEOUT],
        suits: Suits::Any,
    },
];
