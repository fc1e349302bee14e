//! Calls of the system: what their arguments become, and where their results go.

use super::machine::Machine;
use super::memory;
use super::prelude::*;
use super::types::Kind;
use super::{Code, ERRNO, Trap};
use crate::flags::{RecvFlags, SendFlags, Shutdown};
use crate::{Call, Fd, LinkAddr, Pid, SocketKind};
use bytes::Bytes;
use std::net::SocketAddr;
use tcp::time::Duration;

/// What a call of the system comes to.
pub(super) enum After {
    Call(Call),
    /// It ended without the host: errno is set where it failed.
    Value(i64),
    Exit(i32),
}

/// Where the result of the call under way goes.
#[derive(Clone, Default, Debug)]
pub(super) struct Out {
    /// The operation is done again once the call has ended: it only made room for it.
    pub(super) again: bool,
    /// What the program gets in place of the call's own value.
    value: Option<i64>,
    /// Where octets go, and how many at most.
    to: i64,
    room: usize,
    /// A `socklen_t` that tells how many there were.
    len: i64,
    /// It tells how many were taken, not how many there were.
    cut: bool,
    /// They are `revents`, one to each `struct pollfd`.
    polls: bool,
    /// recvfrom(2): where the data goes, and its room; the address goes to `to`.
    data: Option<(i64, usize)>,
}

/// `sizeof (struct pollfd)`, and where its `revents` stand.
const POLLFD: i64 = 8;
const REVENTS: i64 = 6;
/// `sizeof (struct epoll_event)`
const EPOLL_EVENT: i64 = 12;
/// The call that socket(2) comes to with these numbers of the system's headers.
///
/// # Errors
/// EAFNOSUPPORT, EPROTONOSUPPORT.
pub fn socket(domain: i64, kind: i64, protocol: i64) -> Result<Call, &'static str> {
    let nonblocking = kind & O_NONBLOCK != 0;
    let what = match (domain, kind & !(O_NONBLOCK | SOCK_CLOEXEC), protocol) {
        (AF_INET, SOCK_STREAM, 0 | 6) if nonblocking => return Ok(Call::NonblockingSocket),
        (AF_INET, SOCK_STREAM, 0 | 6) => return Ok(Call::Socket),
        (AF_INET6, SOCK_STREAM, 0 | 6) => return Ok(Call::Inet6Socket { what: None, nonblocking }),
        (AF_INET6, SOCK_DGRAM, 0 | 17) => {
            return Ok(Call::Inet6Socket { what: Some(SocketKind::Udp), nonblocking });
        }
        (AF_INET6, SOCK_DGRAM, ICMPV6) => {
            return Ok(Call::Inet6Socket { what: Some(SocketKind::Ping), nonblocking });
        }
        (AF_INET, SOCK_DGRAM, 0 | 17) => SocketKind::Udp,
        (AF_INET, SOCK_DGRAM, 1) => SocketKind::Ping,
        (AF_INET, SOCK_RAW, 1..=255) => SocketKind::Raw(protocol as u8),
        // The protocol stands in network order.
        (AF_PACKET, SOCK_RAW, 0..=0xffff) => SocketKind::Packet((protocol as u16).swap_bytes()),
        (AF_INET | AF_INET6 | AF_PACKET, ..) => return Err("EPROTONOSUPPORT"),
        _ => return Err("EAFNOSUPPORT"),
    };
    Ok(Call::DatagramSocket { what, nonblocking })
}

/// `sizeof (struct timespec)`
const TIMESPEC: i64 = 16;
/// `sizeof (struct sockaddr_ll)`
const SOCKADDR_LL: usize = 20;
/// `sizeof (struct sockaddr_in)`
const SOCKADDR_IN: usize = 16;
/// `sizeof (struct sockaddr_in6)`
const SOCKADDR_IN6: usize = 28;
/// IPPROTO_ICMPV6
const ICMPV6: i64 = 58;
/// stdout is written at the end of each line, or once it has so many octets.
const LINE_MAX: usize = 1024;

fn lowest(n: i64) -> u64 {
    n.clamp(0, u32::MAX.into()) as u64
}

/// A timeout in milliseconds; below zero: none.
fn patience(ms: i64) -> Option<Duration> {
    (ms >= 0).then(|| Duration::from_millis(lowest(ms)))
}

impl Machine {
    pub(super) fn system_call(&mut self, code: &Code, sys: Sys, args: &[i64]) -> Result<After, Trap> {
        self.out = Out::default();
        let arg = |i: usize| args.get(i).copied().unwrap_or(0);
        let fd = arg(0) as Fd;
        Ok(After::Call(match sys {
            Sys::Socket => match socket(arg(0), arg(1), arg(2)) {
                Ok(call) => call,
                Err(errno) => return self.failed(code, errno),
            },
            Sys::Bind | Sys::SendTo if self.link_address(code, sys, args)?.is_some() => {
                let Some(addr) = self.link_address(code, sys, args)? else {
                    return self.failed(code, "EINVAL");
                };
                if sys == Sys::Bind {
                    Call::BindLink { fd, addr }
                } else {
                    Call::SendLink { fd, data: self.octets(code, arg(1), arg(2))?, to: Some(addr) }
                }
            }
            Sys::Connect if self.unspecified(code, arg(1), arg(2))? => Call::Disconnect { fd },
            Sys::Bind | Sys::Connect => match self.address(code, arg(1), arg(2))? {
                Err(errno) => return self.failed(code, errno),
                Ok(addr) if sys == Sys::Bind => Call::Bind { fd, addr },
                Ok(addr) => Call::Connect { fd, addr },
            },
            Sys::Listen => Call::Listen { fd, backlog: arg(1) as i32 },
            Sys::Accept | Sys::Accept4 => {
                let peer = arg(1) != 0;
                self.out.to = arg(1);
                self.out_len(code, if peer { arg(2) } else { 0 })?;
                let nonblocking = sys == Sys::Accept4 && arg(3) & O_NONBLOCK != 0;
                if peer || nonblocking {
                    Call::Accept4 { fd, nonblocking, peer }
                } else {
                    Call::Accept { fd }
                }
            }
            Sys::GetSockName | Sys::GetPeerName => {
                self.out.to = arg(1);
                self.out_len(code, arg(2))?;
                if sys == Sys::GetSockName { Call::GetSockName { fd } } else { Call::GetPeerName { fd } }
            }
            Sys::Read => Call::Read { fd, len: self.read_into(code, arg(1), arg(2))? },
            Sys::Recv => {
                let Some(flags) = recv_flags(arg(3)) else { return self.failed(code, "EINVAL") };
                // tcp(7): with MSG_TRUNC nothing is put anywhere.
                let len = if flags.discard { length(arg(2))? } else { self.read_into(code, arg(1), arg(2))? };
                Call::Recv { fd, len, flags }
            }
            Sys::RecvFrom => {
                let Some(flags) = recv_flags(arg(3)) else { return self.failed(code, "EINVAL") };
                let (to, len) = (arg(1), self.read_into(code, arg(1), arg(2))?);
                // The address takes what room there is said to be; the data goes where it always goes.
                self.out.to = arg(4);
                self.out_len(code, if arg(4) == 0 { 0 } else { arg(5) })?;
                self.out.data = Some((to, len));
                Call::RecvFrom { fd, len, flags }
            }
            Sys::Write => Call::Write { fd, data: self.octets(code, arg(1), arg(2))? },
            Sys::Send => {
                let Some(flags) = send_flags(arg(3)) else { return self.failed(code, "EINVAL") };
                Call::Send { fd, data: self.octets(code, arg(1), arg(2))?, flags, to: None }
            }
            Sys::SendTo => {
                let Some(flags) = send_flags(arg(3)) else { return self.failed(code, "EINVAL") };
                // Without MSG_FASTOPEN the address says nothing to a stream (linux tcp_sendmsg_locked).
                let to = match arg(4) {
                    0 => None,
                    addr => match self.address(code, addr, arg(5))? {
                        Err(errno) => return self.failed(code, errno),
                        Ok(addr) => Some(addr),
                    },
                };
                Call::Send { fd, data: self.octets(code, arg(1), arg(2))?, flags, to }
            }
            Sys::Shutdown => match Shutdown::from_number(arg(1)) {
                Some(how) => Call::Shutdown { fd, how },
                None => return self.failed(code, "EINVAL"),
            },
            Sys::SetSockOpt => {
                let value = self.octets(code, arg(3), arg(4))?;
                Call::SetSockOpt { fd, level: arg(1) as i32, name: arg(2) as i32, value }
            }
            Sys::GetSockOpt => {
                (self.out.to, self.out.cut) = (arg(3), true);
                self.out_len(code, arg(4))?;
                Call::GetSockOpt { fd, level: arg(1) as i32, name: arg(2) as i32 }
            }
            _ => return self.other_call(code, sys, args),
        }))
    }

    /// Calls about descriptors of any kind, about processes, and those that print.
    fn other_call(&mut self, code: &Code, sys: Sys, args: &[i64]) -> Result<After, Trap> {
        let arg = |i: usize| args.get(i).copied().unwrap_or(0);
        let fd = arg(0) as Fd;
        Ok(After::Call(match sys {
            Sys::Close => Call::Close { fd },
            Sys::Poll => self.poll(code, arg(0), arg(1), arg(2))?,
            Sys::EpollCreate1 => Call::EpollCreate,
            Sys::EpollCtl => self.epoll_ctl(code, args)?,
            Sys::EpollWait => {
                let most = usize::try_from(arg(2)).ok().filter(|&n| n > 0);
                let Some(most) = most else { return self.failed(code, "EINVAL") };
                self.out.room = self.read_into(code, arg(1), (most as i64).saturating_mul(EPOLL_EVENT))?;
                Call::EpollWait { epfd: fd, most, timeout: patience(arg(3)) }
            }
            Sys::Usleep => Call::Sleep { time: Duration::from_micros(lowest(arg(0))) },
            Sys::Sleep => Call::Sleep { time: Duration::from_secs(lowest(arg(0))) },
            Sys::ClockGetTime => {
                self.read_into(code, arg(1), TIMESPEC)?;
                Call::ClockGetTime
            }
            Sys::Fcntl => match arg(1) {
                F_GETFL => Call::GetFlags { fd },
                F_SETFL => Call::SetNonblocking { fd, on: arg(2) & O_NONBLOCK != 0 },
                _ => return self.failed(code, "EINVAL"),
            },
            Sys::Dup => Call::Dup { fd },
            Sys::Fork => Call::Fork,
            Sys::Wait => self.wait(code, -1, arg(0), 0)?,
            Sys::WaitPid => self.wait(code, arg(0), arg(1), arg(2))?,
            Sys::Signal => match (arg(0), arg(1)) {
                (SIGPIPE, how @ 0..=1) => Call::IgnoreSigpipe { on: how == 1 },
                (SIGCHLD, how @ 0..=1) => Call::IgnoreSigchld { on: how == 1 },
                _ => return self.failed(code, "EINVAL"),
            },
            Sys::Exit => match self.flush() {
                None => return Ok(After::Exit(arg(0) as i32 & 0xff)),
                Some(call) => {
                    self.out.again = true;
                    call
                }
            },
            _ => return self.print(code, sys, args),
        }))
    }

    /// The call fails before it reaches the host.
    fn failed(&mut self, code: &Code, errno: &'static str) -> Result<After, Trap> {
        self.set_errno(code, errno)?;
        Ok(After::Value(-1))
    }
    fn set_errno(&mut self, code: &Code, errno: &'static str) -> Result<(), Trap> {
        self.memory.store(code, memory::address(ERRNO), Kind::I32, crate::Errno(errno).number().into())
    }

    /// The octets of a result go where the call wanted them; what the program gets, or none where the operation is
    /// done again.
    pub(super) fn take_result(&mut self, code: &Code, value: i64, data: &[u8]) -> Option<i64> {
        let Out { again, value: own, to, room, len, cut, polls, data: split } = std::mem::take(&mut self.out);
        if again {
            return None;
        }
        let mut data = data;
        if let Some((at, most)) = split {
            let (n, rest) = data.split_first().map_or((0, data), |(n, rest)| (usize::from(*n), rest));
            let (addr, octets) = rest.split_at(n.min(rest.len()));
            let _ = self.memory.write(code, at, &octets[..octets.len().min(most)]);
            data = addr;
        }
        let write = |memory: &mut memory::Memory, to: i64, data: &[u8]| {
            // That it fits was asked before the call.
            let _ = memory.write(code, to, data);
        };
        if polls {
            for (i, revents) in data.chunks_exact(2).enumerate() {
                write(&mut self.memory, to + i as i64 * POLLFD + REVENTS, revents);
            }
        } else if to != 0 {
            write(&mut self.memory, to, &data[..data.len().min(room)]);
        }
        if len != 0 && value >= 0 {
            let count = if cut { data.len().min(room) } else { data.len() };
            write(&mut self.memory, len, &(count as u32).to_le_bytes());
        }
        Some(own.unwrap_or(value))
    }
    /// errno after a call that failed.
    pub(super) fn fail(&mut self, code: &Code, errno: crate::Errno) {
        // The variable is always there.
        let _ = self.set_errno(code, errno.0);
    }

    /// What stdout holds back is written.
    pub(super) fn flush(&mut self) -> Option<Call> {
        let data = Bytes::from(std::mem::take(&mut self.printed));
        (!data.is_empty()).then_some(Call::Write { fd: 1, data })
    }
    fn print(&mut self, code: &Code, sys: Sys, args: &[i64]) -> Result<After, Trap> {
        let arg = |i: usize| args.get(i).copied().unwrap_or(0);
        let mut stream = 1;
        let mut text = Vec::new();
        match sys {
            Sys::Printf => text = self.format(code, arg(0), args.get(1..).unwrap_or(&[]))?,
            Sys::Fprintf => {
                stream = arg(0);
                text = self.format(code, arg(1), args.get(2..).unwrap_or(&[]))?;
            }
            Sys::Puts => {
                text.extend(self.memory.text(code, arg(0))?);
                text.push(b'\n');
            }
            Sys::Putchar => text.push(arg(0) as u8),
            Sys::Perror => {
                stream = 2;
                let said = match arg(0) {
                    0 => &[],
                    said => self.memory.text(code, said)?,
                };
                text.extend(said);
                let error = self.memory.load(code, memory::address(ERRNO), Kind::I32)?;
                let colon = if said.is_empty() { "" } else { ": " };
                text.extend(format!("{colon}{}\n", crate::errno::text(error)).bytes());
            }
            _ => {}
        }
        let count = if sys == Sys::Putchar { arg(0) } else { text.len() as i64 };
        self.out.value = Some(count);
        if stream == 2 && !text.is_empty() {
            return Ok(After::Call(Call::Write { fd: 2, data: text.into() }));
        }
        self.printed.extend(text);
        let end = match self.printed.iter().rposition(|&o| o == b'\n') {
            _ if sys == Sys::Fflush || self.printed.len() > LINE_MAX => self.printed.len(),
            line => line.map_or(0, |i| i + 1),
        };
        if end == 0 {
            return Ok(After::Value(count));
        }
        let rest = self.printed.split_off(end);
        let data = std::mem::replace(&mut self.printed, rest).into();
        Ok(After::Call(Call::Write { fd: 1, data }))
    }

    fn poll(&mut self, code: &Code, fds: i64, count: i64, timeout: i64) -> Result<Call, Trap> {
        let count = usize::try_from(count).map_err(|_| "poll with a count below zero")?;
        let len = count.saturating_mul(POLLFD as usize);
        let all = if len == 0 { &[] } else { self.memory.read(code, fds, len)? };
        let one =
            |p: &[u8]| (memory::number(&p[..4], Kind::I32) as Fd, memory::number(&p[4..6], Kind::U16) as u16);
        let list = all.chunks_exact(POLLFD as usize).map(one).collect();
        (self.out.to, self.out.polls) = (fds, true);
        Ok(Call::Poll { fds: list, timeout: patience(timeout) })
    }
    fn epoll_ctl(&mut self, code: &Code, args: &[i64]) -> Result<Call, Trap> {
        let [epfd, op, fd, event] = *args else { return Err("epoll_ctl takes four arguments".into()) };
        let (mut events, mut data) = (0, 0);
        if op != 2 {
            let e = self.memory.read(code, event, EPOLL_EVENT as usize)?;
            events = memory::number(&e[..4], Kind::U32) as u32;
            data = memory::number(&e[4..], Kind::U64) as u64;
        }
        Ok(Call::EpollCtl { epfd: epfd as Fd, op: op as i32, fd: fd as Fd, events, data })
    }
    fn wait(&mut self, code: &Code, pid: i64, status: i64, options: i64) -> Result<Call, Trap> {
        if status != 0 {
            self.read_into(code, status, 4)?;
        }
        let child = u32::try_from(pid).ok().filter(|&p| p > 0).map(Pid);
        Ok(Call::WaitPid { child, nohang: options & WNOHANG != 0 })
    }
    /// The `socklen_t` at `len` says how much room there is, and will say how much was taken.
    fn out_len(&mut self, code: &Code, len: i64) -> Result<(), Trap> {
        self.out.len = len;
        if len != 0 {
            self.out.room = self.memory.load(code, len, Kind::U32)? as usize;
            self.memory.read(code, self.out.to, self.out.room)?;
        }
        Ok(())
    }
    /// An IPv4 address and port, or the errno that a system gives for what is none.
    /// Whether an address is of AF_UNSPEC.
    fn unspecified(&self, code: &Code, addr: i64, len: i64) -> Result<bool, Trap> {
        Ok(len >= 2 && self.memory.read(code, addr, 2)?.iter().all(|&octet| octet == 0))
    }
    /// The `struct sockaddr_ll` that a call names; none where it names another, or none.
    fn link_address(&self, code: &Code, sys: Sys, args: &[i64]) -> Result<Option<LinkAddr>, Trap> {
        let at = if sys == Sys::Bind { 1 } else { 4 };
        let (Some(&addr), Some(&len)) = (args.get(at), args.get(at + 1)) else { return Ok(None) };
        if addr == 0 || len < SOCKADDR_LL as i64 {
            return Ok(None);
        }
        Ok(LinkAddr::from_octets(self.memory.read(code, addr, SOCKADDR_LL)?))
    }
    fn address(&self, code: &Code, addr: i64, len: i64) -> Result<Result<SocketAddr, &'static str>, Trap> {
        if len < SOCKADDR_IN as i64 {
            return Ok(Err("EINVAL"));
        }
        let family = self.memory.read(code, addr, 2)?;
        let size = match i64::from(u16::from_le_bytes([family[0], family[1]])) {
            AF_INET => SOCKADDR_IN,
            AF_INET6 if len < SOCKADDR_IN6 as i64 => return Ok(Err("EINVAL")),
            AF_INET6 => SOCKADDR_IN6,
            _ => return Ok(Err("EAFNOSUPPORT")),
        };
        Ok(crate::address::from_octets(self.memory.read(code, addr, size)?).ok_or("EINVAL"))
    }
    fn read_into(&mut self, code: &Code, to: i64, len: i64) -> Result<usize, Trap> {
        let len = length(len)?;
        if len > 0 {
            self.memory.change(code, to, len, |_| {})?;
        }
        (self.out.to, self.out.room) = (to, len);
        Ok(len)
    }
    fn octets(&self, code: &Code, from: i64, len: i64) -> Result<Bytes, Trap> {
        self.memory.share(code, from, length(len)?)
    }
}

/// A length that a program gave: −1 that became unsigned is a slip that a real system answers with a crash or EFAULT.
fn length(len: i64) -> Result<usize, Trap> {
    let why = || Trap::from(format!("a length of {} is no buffer's: is it −1 made unsigned?", len as u64));
    usize::try_from(len).map_err(|_| why())
}

/// None: what is asked for is not known here.
fn recv_flags(n: i64) -> Option<RecvFlags> {
    let known = MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL | MSG_OOB | MSG_NOSIGNAL | MSG_TRUNC;
    (n & !known == 0).then_some(RecvFlags {
        peek: n & MSG_PEEK != 0,
        dont_wait: n & MSG_DONTWAIT != 0,
        wait_all: n & MSG_WAITALL != 0,
        discard: n & MSG_TRUNC != 0,
        urgent: n & MSG_OOB != 0,
        ..RecvFlags::default()
    })
}

fn send_flags(n: i64) -> Option<SendFlags> {
    let known = MSG_MORE | MSG_DONTWAIT | MSG_OOB | MSG_NOSIGNAL | MSG_EOR | MSG_FASTOPEN;
    (n & !known == 0).then_some(SendFlags {
        more: n & MSG_MORE != 0,
        eor: n & MSG_EOR != 0,
        dont_wait: n & MSG_DONTWAIT != 0,
        urgent: n & MSG_OOB != 0,
        no_signal: n & MSG_NOSIGNAL != 0,
        fast_open: n & MSG_FASTOPEN != 0,
        ..SendFlags::default()
    })
}
