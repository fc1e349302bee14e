//! Calls as strace(1) would write them.

use crate::flags::{RecvFlags, SendFlags};
use crate::{Call, CallResult, Fd, LinkAddr, SocketKind, address, epoll, ready, sockopt};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use tcp::time::Duration;
use wire::ethernet;

/// Octets of a buffer that are shown.
const SHOWN: usize = 32;

/// Names of all calls, in order.
pub static CALLS: &[&str] = &[
    "accept",
    "accept4",
    "bind",
    "clock_gettime",
    "close",
    "connect",
    "dup",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "fcntl",
    "fork",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
    "poll",
    "read",
    "recv",
    "recvfrom",
    "send",
    "sendto",
    "setsockopt",
    "shutdown",
    "signal",
    "socket",
    "usleep",
    "waitpid",
    "write",
];

/// The call's name.
pub(crate) fn name(call: &Call) -> &'static str {
    match call {
        Call::Socket | Call::NonblockingSocket | Call::DatagramSocket { .. } | Call::Inet6Socket { .. } => {
            "socket"
        }
        Call::Bind { .. } | Call::BindLink { .. } => "bind",
        Call::Listen { .. } => "listen",
        Call::Accept { .. } | Call::Accept4 { nonblocking: false, .. } => "accept",
        Call::Accept4 { .. } => "accept4",
        Call::GetSockName { .. } => "getsockname",
        Call::GetPeerName { .. } => "getpeername",
        Call::EpollCreate => "epoll_create1",
        Call::EpollCtl { .. } => "epoll_ctl",
        Call::EpollWait { .. } => "epoll_wait",
        Call::Connect { .. } | Call::Disconnect { .. } => "connect",
        Call::Read { .. } => "read",
        Call::Write { .. } => "write",
        Call::Recv { .. } => "recv",
        Call::RecvFrom { .. } => "recvfrom",
        Call::Send { .. } => "send",
        Call::SendLink { .. } => "sendto",
        Call::SetSockOpt { .. } => "setsockopt",
        Call::GetSockOpt { .. } => "getsockopt",
        Call::ShutdownWrite { .. } | Call::Shutdown { .. } => "shutdown",
        Call::Close { .. } => "close",
        Call::Dup { .. } => "dup",
        Call::Poll { .. } => "poll",
        Call::Fork => "fork",
        Call::WaitPid { .. } => "waitpid",
        Call::SetNonblocking { .. } | Call::GetFlags { .. } => "fcntl",
        Call::IgnoreSigpipe { .. } | Call::IgnoreSigchld { .. } => "signal",
        Call::Sleep { .. } => "usleep",
        Call::ClockGetTime => "clock_gettime",
    }
}

/// The descriptor that a call is about.
pub(crate) fn fd(call: &Call) -> Option<Fd> {
    match *call {
        Call::Socket
        | Call::NonblockingSocket
        | Call::DatagramSocket { .. }
        | Call::Inet6Socket { .. }
        | Call::EpollCreate
        | Call::Sleep { .. }
        | Call::ClockGetTime
        | Call::Poll { .. }
        | Call::Fork
        | Call::WaitPid { .. }
        | Call::IgnoreSigchld { .. }
        | Call::IgnoreSigpipe { .. } => None,
        Call::EpollCtl { epfd, .. } | Call::EpollWait { epfd, .. } => Some(epfd),
        Call::Bind { fd, .. }
        | Call::Listen { fd, .. }
        | Call::Accept { fd }
        | Call::Accept4 { fd, .. }
        | Call::GetSockName { fd }
        | Call::GetPeerName { fd }
        | Call::Connect { fd, .. }
        | Call::Disconnect { fd }
        | Call::Read { fd, .. }
        | Call::Write { fd, .. }
        | Call::Recv { fd, .. }
        | Call::Send { fd, .. }
        | Call::BindLink { fd, .. }
        | Call::RecvFrom { fd, .. }
        | Call::SendLink { fd, .. }
        | Call::ShutdownWrite { fd }
        | Call::Shutdown { fd, .. }
        | Call::SetSockOpt { fd, .. }
        | Call::GetSockOpt { fd, .. }
        | Call::Close { fd }
        | Call::Dup { fd }
        | Call::GetFlags { fd }
        | Call::SetNonblocking { fd, .. } => Some(fd),
    }
}

/// A call as strace(1) shows it, or why a program was ended. Kept as values and made into text only where somebody
/// looks: a run that nobody looks at pays nothing for it.
#[derive(Clone, PartialEq, Debug)]
pub struct CallText(Said);

#[derive(Clone, PartialEq, Debug)]
enum Said {
    Entered(Call),
    Returned(Call, CallResult),
    Trapped(String),
}

impl CallText {
    /// The name of the call: `accept`; none for what stopped a program.
    pub fn name(&self) -> Option<&'static str> {
        match &self.0 {
            Said::Entered(call) | Said::Returned(call, _) => Some(name(call)),
            Said::Trapped(_) => None,
        }
    }
    pub(crate) fn entered(call: &Call) -> CallText {
        CallText(Said::Entered(call.clone()))
    }
    pub(crate) fn returned(call: &Call, result: &CallResult) -> CallText {
        CallText(Said::Returned(call.clone(), result.clone()))
    }
    pub(crate) fn trapped(why: String) -> CallText {
        CallText(Said::Trapped(why))
    }
}

impl fmt::Display for CallText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Said::Entered(call) => f.write_str(&entered(call)),
            Said::Returned(call, result) => f.write_str(&returned(call, result)),
            Said::Trapped(why) => f.write_str(why),
        }
    }
}

/// The call as it begins: `read(4, …, 512)`.
fn entered(call: &Call) -> String {
    arguments(call, None)
}

/// The call as it ended: `read(4, "GET / HTTP/1.1\r\n"…, 512) = 18`.
fn returned(call: &Call, result: &CallResult) -> String {
    match result {
        CallResult::Done(n, data) => {
            let tells = matches!(
                call,
                Call::Read { .. }
                    | Call::Recv { .. }
                    | Call::RecvFrom { .. }
                    | Call::Accept4 { .. }
                    | Call::GetSockName { .. }
                    | Call::GetPeerName { .. }
                    | Call::EpollWait { .. }
                    | Call::GetSockOpt { .. }
            );
            let data = tells.then_some(&data[..]);
            format!("{} = {n}", arguments(call, data))
        }
        CallResult::Errno(e) => format!("{} = -1 {}", arguments(call, None), e.0),
        CallResult::Blocked => format!("{} …", arguments(call, None)),
    }
}

fn arguments(call: &Call, read: Option<&[u8]>) -> String {
    match call {
        Call::Socket => "socket(AF_INET, SOCK_STREAM, 0)".into(),
        Call::NonblockingSocket => "socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0)".into(),
        Call::DatagramSocket { what, nonblocking } => {
            let flags = if *nonblocking { "|SOCK_NONBLOCK" } else { "" };
            match what {
                SocketKind::Udp => format!("socket(AF_INET, SOCK_DGRAM{flags}, 0)"),
                SocketKind::Ping => format!("socket(AF_INET, SOCK_DGRAM{flags}, IPPROTO_ICMP)"),
                SocketKind::Raw(1) => format!("socket(AF_INET, SOCK_RAW{flags}, IPPROTO_ICMP)"),
                SocketKind::Raw(255) => format!("socket(AF_INET, SOCK_RAW{flags}, IPPROTO_RAW)"),
                SocketKind::Raw(protocol) => format!("socket(AF_INET, SOCK_RAW{flags}, {protocol})"),
                SocketKind::Packet(ethertype) => {
                    format!("socket(AF_PACKET, SOCK_RAW{flags}, htons({}))", ethertype_name(*ethertype))
                }
            }
        }
        Call::Inet6Socket { what, nonblocking } => {
            let (kind, protocol) = match what {
                None => ("STREAM", "0"),
                Some(SocketKind::Ping) => ("DGRAM", "IPPROTO_ICMPV6"),
                Some(_) => ("DGRAM", "0"),
            };
            let flags = if *nonblocking { "|SOCK_NONBLOCK" } else { "" };
            format!("socket(AF_INET6, SOCK_{kind}{flags}, {protocol})")
        }
        Call::BindLink { fd, addr } => format!("bind({fd}, {}, 20)", sockaddr_ll(addr)),
        Call::RecvFrom { fd, len, flags } => {
            let (addr, data) = match read.and_then(|r| r.split_first()) {
                Some((n, rest)) if rest.len() >= usize::from(*n) => {
                    let (addr, data) = rest.split_at((*n).into());
                    (from(addr), quoted(data, SHOWN))
                }
                _ => ("…, …".into(), "…".into()),
            };
            format!("recvfrom({fd}, {data}, {len}, {}, {addr})", recv_flags(*flags))
        }
        Call::SendLink { fd, data, to } => {
            let to = to.as_ref().map_or("NULL, 0".into(), |a| format!("{}, 20", sockaddr_ll(a)));
            format!("sendto({fd}, {}, {}, 0, {to})", quoted(data, SHOWN), data.len())
        }
        Call::Bind { fd, addr } => format!("bind({fd}, {}, {})", sockaddr(addr), sockaddr_len(addr)),
        Call::Listen { fd, backlog } => format!("listen({fd}, {backlog})"),
        Call::Accept { fd } => format!("accept({fd}, NULL, NULL)"),
        Call::Accept4 { fd, nonblocking, peer } => {
            let addr = if *peer { address(read) } else { "NULL, NULL".into() };
            let flags = if *nonblocking { ", SOCK_NONBLOCK" } else { "" };
            format!("{}({fd}, {addr}{flags})", name(call))
        }
        Call::GetSockName { fd } | Call::GetPeerName { fd } => {
            format!("{}({fd}, {})", name(call), address(read))
        }
        Call::EpollCreate => "epoll_create1(0)".into(),
        Call::EpollCtl { epfd, op, fd, events, data } => epoll::ctl_text(*epfd, *op, *fd, *events, *data),
        Call::EpollWait { epfd, most, timeout } => epoll::wait_text(*epfd, *most, *timeout, read),
        Call::Connect { fd, addr } => format!("connect({fd}, {}, {})", sockaddr(addr), sockaddr_len(addr)),
        Call::Disconnect { fd } => format!("connect({fd}, {{sa_family=AF_UNSPEC}}, 16)"),
        Call::Read { fd, len } => {
            let data = read.map_or("…".into(), |d| quoted(d, SHOWN));
            format!("read({fd}, {data}, {len})")
        }
        Call::Write { fd, data } => format!("write({fd}, {}, {})", quoted(data, SHOWN), data.len()),
        Call::Recv { fd, len, flags } => {
            let data = read.map_or("…".into(), |d| quoted(d, SHOWN));
            format!("recv({fd}, {data}, {len}, {})", recv_flags(*flags))
        }
        Call::Send { fd, data, flags, to } => {
            let (name, to) = match to {
                Some(to) => ("sendto", format!(", {}, {}", sockaddr(to), sockaddr_len(to))),
                None => ("send", String::new()),
            };
            format!("{name}({fd}, {}, {}, {}{to})", quoted(data, SHOWN), data.len(), send_flags(*flags))
        }
        Call::Shutdown { fd, how } => format!("shutdown({fd}, {})", how.name()),
        Call::SetSockOpt { fd, level, name, value } => {
            let names = sockopt::names(*level, *name);
            format!("setsockopt({fd}, {names}, {}, {})", option_value(value), value.len())
        }
        Call::GetSockOpt { fd, level, name } => {
            format!(
                "getsockopt({fd}, {}, {})",
                sockopt::names(*level, *name),
                read.map_or("…".into(), option_value)
            )
        }
        Call::ShutdownWrite { fd } => format!("shutdown({fd}, SHUT_WR)"),
        Call::Close { fd } => format!("close({fd})"),
        Call::Dup { fd } => format!("dup({fd})"),
        Call::Poll { fds, timeout } => poll(fds, *timeout),
        Call::Fork => "fork()".into(),
        Call::WaitPid { child, nohang } => {
            let options = if *nohang { "WNOHANG" } else { "0" };
            format!("waitpid({}, …, {options})", child.map_or(-1, |p| i64::from(p.0)))
        }
        Call::SetNonblocking { fd, on } => {
            format!("fcntl({fd}, F_SETFL, {})", if *on { "O_NONBLOCK" } else { "0" })
        }
        Call::GetFlags { fd } => format!("fcntl({fd}, F_GETFL, 0)"),
        Call::IgnoreSigpipe { on } => format!("signal(SIGPIPE, {})", if *on { "SIG_IGN" } else { "SIG_DFL" }),
        Call::IgnoreSigchld { on } => format!("signal(SIGCHLD, {})", if *on { "SIG_IGN" } else { "SIG_DFL" }),
        Call::Sleep { time } => format!("usleep({})", time.as_micros()),
        Call::ClockGetTime => "clock_gettime(CLOCK_MONOTONIC, …)".into(),
    }
}

/// An int between brackets, or octets.
fn option_value(value: &[u8]) -> String {
    match <[u8; 4]>::try_from(value) {
        Ok(int) => format!("[{}]", i32::from_le_bytes(int)),
        Err(_) => quoted(value, SHOWN),
    }
}

fn poll(fds: &[(Fd, u16)], timeout: Option<Duration>) -> String {
    let names = |events: u16| {
        let names =
            [(ready::poll::IN, "POLLIN"), (ready::poll::PRI, "POLLPRI"), (ready::poll::OUT, "POLLOUT")];
        flags(&names.map(|(bit, name)| (u32::from(events) & bit != 0, name)))
    };
    let all: Vec<String> = fds.iter().map(|(fd, events)| format!("{{{fd}, {}}}", names(*events))).collect();
    let timeout = timeout.map_or("-1".into(), |t| t.as_millis().to_string());
    format!("poll([{}], {}, {timeout})", all.join(", "), fds.len())
}

fn recv_flags(f: RecvFlags) -> String {
    let all = [
        (f.peek, "MSG_PEEK"),
        (f.dont_wait, "MSG_DONTWAIT"),
        (f.wait_all, "MSG_WAITALL"),
        (f.discard, "MSG_TRUNC"),
        (f.urgent, "MSG_OOB"),
        (f.error_queue, "MSG_ERRQUEUE"),
    ];
    flags(&all)
}

fn send_flags(f: SendFlags) -> String {
    let all = [
        (f.more, "MSG_MORE"),
        (f.eor, "MSG_EOR"),
        (f.urgent, "MSG_OOB"),
        (f.dont_wait, "MSG_DONTWAIT"),
        (f.no_signal, "MSG_NOSIGNAL"),
        (f.fast_open, "MSG_FASTOPEN"),
        (f.zerocopy, "MSG_ZEROCOPY"),
    ];
    flags(&all)
}

pub(crate) fn flags(all: &[(bool, &'static str)]) -> String {
    let set: Vec<&str> = all.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    if set.is_empty() { "0".into() } else { set.join("|") }
}

/// Where a call puts an address: what it put there, once it has.
fn address(read: Option<&[u8]>) -> String {
    match read.and_then(address::from_octets) {
        Some(addr) => format!("{}, [{}]", sockaddr(&addr), sockaddr_len(&addr)),
        None => "…, …".into(),
    }
}

fn sockaddr(addr: &SocketAddr) -> String {
    match addr.ip() {
        IpAddr::V4(ip) => format!("{{AF_INET, htons({}), {ip}}}", addr.port()),
        IpAddr::V6(ip) => format!("{{AF_INET6, htons({}), {ip}}}", addr.port()),
    }
}

/// The sender of a datagram.
fn from(octets: &[u8]) -> String {
    if let Some(addr) = LinkAddr::from_octets(octets) {
        return format!("{}, [20]", sockaddr_ll(&addr));
    }
    if octets.is_empty() { "NULL, NULL".into() } else { address(Some(octets)) }
}

fn sockaddr_ll(addr: &LinkAddr) -> String {
    let index = addr.iface.map_or(0, |i| i as i32 + address::FIRST_INDEX);
    format!("{{AF_PACKET, htons({}), ifindex {index}}}", ethertype_name(addr.protocol))
}

/// linux/if_ether.h
fn ethertype_name(number: u16) -> String {
    match number {
        ethernet::ALL => "ETH_P_ALL".into(),
        ethernet::IPV4 => "ETH_P_IP".into(),
        ethernet::ARP => "ETH_P_ARP".into(),
        ethernet::IPV6 => "ETH_P_IPV6".into(),
        other => format!("{other:#06x}"),
    }
}

/// `sizeof (struct sockaddr_in)`, `sizeof (struct sockaddr_in6)`.
fn sockaddr_len(addr: &SocketAddr) -> u32 {
    if addr.is_ipv4() { 16 } else { 28 }
}

/// A buffer between quotes, its first `most` octets.
pub(crate) fn quoted(data: &[u8], most: usize) -> String {
    let shown = &data[..data.len().min(most)];
    let mut out = String::with_capacity(4 * shown.len() + 5);
    out.push('"');
    for &octet in shown {
        match octet {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' | b'\\' => {
                out.push('\\');
                out.push(octet.into());
            }
            b' '..=b'~' => out.push(octet.into()),
            _ => {
                let digit = |n| char::from_digit(n, 16).unwrap_or('?');
                out.push_str("\\x");
                out.push(digit(u32::from(octet >> 4)));
                out.push(digit(u32::from(octet & 15)));
            }
        }
    }
    out.push('"');
    if data.len() > most {
        out.push('…');
    }
    out
}
