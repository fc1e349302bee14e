//! The calls that a program can make: their names, what their arguments become, where their results go.

use super::machine::{Machine, Trap, Value};
use super::{Next, Slot};
use crate::flags::{RecvFlags, SendFlags, Shutdown};
use crate::{Call, Fd, sockopt};
use bytes::Bytes;
use std::net::SocketAddr;
use std::rc::Rc;
use tcp::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sys {
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    Read,
    Recv,
    Write,
    Send,
    Shutdown,
    SetSockOpt,
    GetSockOpt,
    Close,
    Poll,
    Usleep,
    Sleep,
    Fcntl,
    Dup,
    Fork,
    Wait,
    WaitPid,
    Signal,
    Exit,
}

/// Calls: name, fewest and most arguments.
pub(super) const CALLS: [(&str, Sys, usize); 23] = [
    ("socket", Sys::Socket, 3),
    ("bind", Sys::Bind, 3),
    ("listen", Sys::Listen, 2),
    ("accept", Sys::Accept, 3),
    ("connect", Sys::Connect, 3),
    ("read", Sys::Read, 3),
    ("recv", Sys::Recv, 4),
    ("write", Sys::Write, 3),
    ("send", Sys::Send, 4),
    ("shutdown", Sys::Shutdown, 2),
    ("setsockopt", Sys::SetSockOpt, 5),
    ("getsockopt", Sys::GetSockOpt, 5),
    ("close", Sys::Close, 1),
    ("poll", Sys::Poll, 3),
    ("usleep", Sys::Usleep, 1),
    ("sleep", Sys::Sleep, 1),
    ("fcntl", Sys::Fcntl, 3),
    ("dup", Sys::Dup, 1),
    ("fork", Sys::Fork, 0),
    ("wait", Sys::Wait, 1),
    ("waitpid", Sys::WaitPid, 3),
    ("signal", Sys::Signal, 2),
    ("exit", Sys::Exit, 1),
];

const F_GETFL: i64 = 3;
const F_SETFL: i64 = 4;
const O_NONBLOCK: i64 = 0o4000;
const SIGPIPE: i64 = 13;
const MSG_OOB: i64 = 1;
const MSG_PEEK: i64 = 2;
const MSG_TRUNC: i64 = 0x20;
const MSG_DONTWAIT: i64 = 0x40;
const MSG_WAITALL: i64 = 0x100;
const MSG_NOSIGNAL: i64 = 0x4000;
const MSG_MORE: i64 = 0x8000;

/// Names with a number (Linux, x86-64); those of socket options stand in [`sockopt::TABLE`].
const CONSTANTS: [(&str, i64); 40] = [
    ("NULL", 0),
    ("EXIT_SUCCESS", 0),
    ("EXIT_FAILURE", 1),
    ("AF_INET", 2),
    ("PF_INET", 2),
    ("SOCK_STREAM", 1),
    ("IPPROTO_TCP", 6),
    ("SOL_SOCKET", 1),
    ("SOL_TCP", 6),
    ("IPPROTO_IP", 0),
    ("SHUT_RD", 0),
    ("SHUT_WR", 1),
    ("SHUT_RDWR", 2),
    ("SOMAXCONN", 4096),
    ("F_GETFL", F_GETFL),
    ("F_SETFL", F_SETFL),
    ("O_NONBLOCK", O_NONBLOCK),
    ("SIGPIPE", SIGPIPE),
    ("SIG_DFL", 0),
    ("SIG_IGN", 1),
    ("WNOHANG", 1),
    ("MSG_OOB", MSG_OOB),
    ("MSG_PEEK", MSG_PEEK),
    ("MSG_TRUNC", MSG_TRUNC),
    ("MSG_DONTWAIT", MSG_DONTWAIT),
    ("MSG_WAITALL", MSG_WAITALL),
    ("MSG_NOSIGNAL", MSG_NOSIGNAL),
    ("MSG_MORE", MSG_MORE),
    ("POLLIN", 0x1),
    ("POLLPRI", 0x2),
    ("POLLOUT", 0x4),
    ("POLLERR", 0x8),
    ("POLLHUP", 0x10),
    ("POLLNVAL", 0x20),
    ("POLLRDHUP", 0x2000),
    ("STDIN_FILENO", 0),
    ("STDOUT_FILENO", 1),
    ("STDERR_FILENO", 2),
    ("INFTIM", -1),
    ("INADDR_ANY", 0),
];

/// The number that a name stands for.
pub(super) fn named(name: &str) -> Option<i64> {
    let constant = CONSTANTS.iter().find(|(k, _)| *k == name).map(|(_, n)| *n);
    constant.or_else(|| sockopt::TABLE.iter().find(|o| o.name == name).map(|o| o.number.into()))
}

/// Where the result of the call under way goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Into {
    /// Octets, from an offset of a buffer.
    Buffer(usize, usize),
    /// An int.
    Int(usize),
    /// `revents` of an array of `struct pollfd`.
    Polls(usize),
}

fn lowest(n: i64) -> u64 {
    n.clamp(0, u32::MAX.into()) as u64
}

impl Machine {
    /// The call that a program makes with these arguments.
    pub(super) fn system_call(&mut self, sys: Sys, args: &[Value]) -> Result<Next, Trap> {
        let int = |i: usize| match args.get(i) {
            Some(Value::Int(n)) => *n,
            _ => 0,
        };
        let fd = int(0) as Fd;
        Ok(Next::Call(match sys {
            Sys::Socket => Call::Socket,
            Sys::Bind => Call::Bind { fd, addr: self.address(args.get(1))? },
            Sys::Listen => Call::Listen { fd, backlog: int(1) as i32 },
            Sys::Accept => Call::Accept { fd },
            Sys::Connect => Call::Connect { fd, addr: self.address(args.get(1))? },
            Sys::Read => Call::Read { fd, len: self.read_into(args.get(1), int(2))? },
            Sys::Recv => {
                Call::Recv { fd, len: self.read_into(args.get(1), int(2))?, flags: recv_flags(int(3))? }
            }
            Sys::Write => Call::Write { fd, data: self.octets(args.get(1), int(2))? },
            Sys::Send => Call::Send {
                fd,
                data: self.octets(args.get(1), int(2))?,
                flags: send_flags(int(3))?,
                to: None,
            },
            Sys::Shutdown => {
                let how =
                    Shutdown::from_number(int(1)).ok_or("shutdown wants SHUT_RD, SHUT_WR or SHUT_RDWR")?;
                Call::Shutdown { fd, how }
            }
            Sys::SetSockOpt => {
                let value = self.octets(args.get(3), int(4))?;
                Call::SetSockOpt { fd, level: int(1) as i32, name: int(2) as i32, value }
            }
            Sys::GetSockOpt => {
                self.out = Some(Into::Int(self.int_slot(args.get(3))?));
                Call::GetSockOpt { fd, level: int(1) as i32, name: int(2) as i32 }
            }
            Sys::Close => Call::Close { fd },
            Sys::Poll => self.poll(args.first(), int(1), int(2))?,
            Sys::Usleep => Call::Sleep { time: Duration::from_micros(lowest(int(0))) },
            Sys::Sleep => Call::Sleep { time: Duration::from_secs(lowest(int(0))) },
            Sys::Fcntl => match int(1) {
                F_GETFL => Call::GetFlags { fd },
                F_SETFL => Call::SetNonblocking { fd, on: int(2) & O_NONBLOCK != 0 },
                _ => return Err("fcntl knows F_GETFL and F_SETFL here".into()),
            },
            Sys::Dup => Call::Dup { fd },
            Sys::Fork => Call::Fork,
            Sys::Wait | Sys::WaitPid => self.wait(sys, args)?,
            Sys::Signal => {
                if int(0) != SIGPIPE {
                    return Err("the only signal here is SIGPIPE".into());
                }
                Call::IgnoreSigpipe { on: int(1) == 1 }
            }
            Sys::Exit => return Ok(Next::Exit(int(0) as i32 & 0xff)),
        }))
    }

    /// The octets of a result go where the call wanted them.
    pub(super) fn take_result(&mut self, data: &[u8]) {
        match self.out.take() {
            Some(Into::Buffer(slot, offset)) => {
                if let Slot::Buffer(b) = &mut self.slots[slot] {
                    super::change(b, |b| b[offset..offset + data.len()].copy_from_slice(data));
                }
            }
            Some(Into::Int(slot)) => {
                if let Some(word) = data.get(..4).and_then(|w| w.try_into().ok()) {
                    self.slots[slot] = Slot::Int(i32::from_le_bytes(word).into());
                }
            }
            Some(Into::Polls(slot)) => {
                if let Slot::Polls(all) = &mut self.slots[slot] {
                    let revents = data.chunks_exact(2).map(|c| i64::from(u16::from_le_bytes([c[0], c[1]])));
                    Rc::make_mut(all).iter_mut().zip(revents).for_each(|(p, r)| p[2] = r);
                }
            }
            None => {}
        }
    }

    fn poll(&mut self, v: Option<&Value>, count: i64, timeout: i64) -> Result<Call, Trap> {
        let Some(Value::Pointer { slot, offset: 0 }) = v else {
            return Err("a struct pollfd is wanted here".into());
        };
        let Slot::Polls(all) = &self.slots[*slot] else {
            return Err("a struct pollfd is wanted here".into());
        };
        let count = usize::try_from(count).ok().filter(|&n| n <= all.len());
        let count = count.ok_or_else(|| format!("the array holds {} entries", all.len()))?;
        let fds = all[..count].iter().map(|p| (p[0] as Fd, p[1] as u16)).collect();
        self.out = Some(Into::Polls(*slot));
        let timeout = (timeout >= 0).then(|| Duration::from_millis(lowest(timeout)));
        Ok(Call::Poll { fds, timeout })
    }

    fn wait(&mut self, sys: Sys, args: &[Value]) -> Result<Call, Trap> {
        let (child, status) = match (sys, args) {
            (Sys::WaitPid, [Value::Int(pid), status, _]) => {
                (u32::try_from(*pid).ok().map(crate::Pid), Some(status))
            }
            (_, args) => (None, args.first()),
        };
        if let Some(Value::Pointer { .. }) = status {
            self.out = Some(Into::Int(self.int_slot(status)?));
        }
        Ok(Call::WaitPid { child })
    }

    fn int_slot(&self, v: Option<&Value>) -> Result<usize, Trap> {
        match v {
            Some(Value::Pointer { slot, offset: 0 }) if matches!(self.slots[*slot], Slot::Int(_)) => {
                Ok(*slot)
            }
            _ => Err("the address of an int is wanted here".into()),
        }
    }
    fn address(&self, v: Option<&Value>) -> Result<SocketAddr, Trap> {
        match v {
            Some(Value::Pointer { slot, offset: 0 }) => match self.slots[*slot] {
                Slot::Address(a) => Ok(a),
                _ => Err("an address is wanted here".into()),
            },
            _ => Err("an address is wanted here".into()),
        }
    }
    fn read_into(&mut self, v: Option<&Value>, len: i64) -> Result<usize, Trap> {
        let len = usize::try_from(len).map_err(|_| "a length below zero")?;
        match v {
            Some(Value::Pointer { slot, offset }) => match &self.slots[*slot] {
                Slot::Buffer(b) if offset.saturating_add(len) <= b.len() => {
                    self.out = Some(Into::Buffer(*slot, *offset));
                    Ok(len)
                }
                Slot::Buffer(b) => {
                    Err(format!("{len} octets do not fit behind octet {offset} of {}", b.len()))
                }
                _ => Err("a buffer is wanted here".into()),
            },
            _ => Err("a buffer is wanted here".into()),
        }
    }
    fn octets(&self, v: Option<&Value>, len: i64) -> Result<Bytes, Trap> {
        let len = usize::try_from(len).map_err(|_| "a length below zero")?;
        match v {
            // A C string ends in a zero octet, which may be sent too.
            Some(Value::Text(t)) if len <= t.len() => Ok(t.slice(..len)),
            Some(Value::Pointer { slot, offset }) => match &self.slots[*slot] {
                Slot::Buffer(b) if offset.saturating_add(len) <= b.len() => {
                    Ok(b.slice(*offset..offset + len))
                }
                Slot::Int(n) if len == 4 => Ok(Bytes::copy_from_slice(&(*n as i32).to_le_bytes())),
                _ => Err(format!("there are no {len} octets")),
            },
            _ => Err(format!("there are no {len} octets")),
        }
    }
}

/// What is asked for and not known is said, not passed over.
fn rest(flags: i64, known: i64) -> Result<(), Trap> {
    match flags & !known {
        0 => Ok(()),
        other => Err(format!("flags {other:#x} are not known here")),
    }
}

fn recv_flags(n: i64) -> Result<RecvFlags, Trap> {
    rest(n, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT | MSG_WAITALL | MSG_OOB | MSG_NOSIGNAL)?;
    Ok(RecvFlags {
        peek: n & MSG_PEEK != 0,
        dont_wait: n & MSG_DONTWAIT != 0,
        wait_all: n & MSG_WAITALL != 0,
        discard: n & MSG_TRUNC != 0,
        urgent: n & MSG_OOB != 0,
        ..RecvFlags::default()
    })
}

fn send_flags(n: i64) -> Result<SendFlags, Trap> {
    rest(n, MSG_MORE | MSG_DONTWAIT | MSG_OOB | MSG_NOSIGNAL)?;
    Ok(SendFlags {
        more: n & MSG_MORE != 0,
        dont_wait: n & MSG_DONTWAIT != 0,
        urgent: n & MSG_OOB != 0,
        no_signal: n & MSG_NOSIGNAL != 0,
        ..SendFlags::default()
    })
}
