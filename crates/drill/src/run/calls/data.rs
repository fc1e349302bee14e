//! Calls that move octets.

use super::super::args::{self, any, int, length, nth, nth_int};
use super::super::symbols;
use super::super::system::Outcome;
use super::super::{Problem, Run};
use super::{Begin, Started};
use crate::ast::{Expr, Syscall};
use bytes::Bytes;
use host::{RecvFlags, SendFlags};

fn flag(name: &str) -> i64 {
    symbols::value(name).unwrap_or(0)
}

impl Run {
    pub(super) fn begin_data(&mut self, call: &Syscall) -> Begin {
        let a = call.args.as_slice();
        match call.name.as_str() {
            "read" => self.receive(a, length(nth(a, 2)?)?, 0),
            "readv" => self.receive(a, args::iovec_len(nth(a, 1)?)?, 0),
            "recv" | "recvfrom" => {
                self.plain_buffer(nth(a, 1)?)?;
                self.receive(a, length(nth(a, 2)?)?, nth_int(a, 3)?)
            }
            "recvmsg" => {
                let message = args::fields(nth(a, 1)?)?;
                let iov =
                    args::member(message, "msg_iov").ok_or_else(|| Problem::failed("msg_iov is missing"))?;
                self.receive(a, args::iovec_len(iov)?, nth_int(a, 2)?)
            }
            "write" => {
                args::buffer(nth(a, 1)?)?;
                self.send(a, length(nth(a, 2)?)?, 0, None)
            }
            "writev" => self.send(a, args::iovec_len(nth(a, 1)?)?, 0, None),
            "send" => {
                args::buffer(nth(a, 1)?)?;
                self.send(a, length(nth(a, 2)?)?, nth_int(a, 3)?, None)
            }
            "sendto" => {
                args::buffer(nth(a, 1)?)?;
                self.send(a, length(nth(a, 2)?)?, nth_int(a, 3)?, a.get(4))
            }
            "sendmsg" => {
                let message = args::fields(nth(a, 1)?)?;
                if args::member(message, "msg_control").is_some_and(|c| !any(c)) {
                    return Err(Problem::unsupported("sendmsg() with control messages"));
                }
                let iov =
                    args::member(message, "msg_iov").ok_or_else(|| Problem::failed("msg_iov is missing"))?;
                self.send(a, args::iovec_len(iov)?, nth_int(a, 2)?, args::member(message, "msg_name"))
            }
            other => Err(Problem::unsupported(format!("the call {other}()"))),
        }
    }

    fn plain_buffer(&self, e: &Expr) -> Result<(), Problem> {
        args::buffer(e)
    }

    fn receive(&mut self, a: &[Expr], len: usize, flags: i64) -> Begin {
        let fd = self.socket_fd(a)?;
        let known = ["MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL", "MSG_TRUNC", "MSG_OOB", "MSG_NOSIGNAL"];
        let rest = known.iter().fold(flags, |rest, name| rest & !flag(name));
        if rest != 0 {
            return Err(Problem::unsupported(format!("recv() with the flags {rest:#x}")));
        }
        let has = |name| flags & flag(name) != 0;
        let flags = RecvFlags {
            peek: has("MSG_PEEK"),
            dont_wait: has("MSG_DONTWAIT"),
            wait_all: has("MSG_WAITALL"),
            discard: has("MSG_TRUNC"),
            urgent: has("MSG_OOB"),
        };
        Ok(self.machine.recv(fd, len, flags)?.into())
    }

    fn send(&mut self, a: &[Expr], len: usize, flags: i64, to: Option<&Expr>) -> Begin {
        let fd = self.socket_fd(a)?;
        let known = ["MSG_MORE", "MSG_EOR", "MSG_OOB", "MSG_DONTWAIT", "MSG_NOSIGNAL", "MSG_FASTOPEN"];
        let rest = known.iter().fold(flags, |rest, name| rest & !flag(name));
        if rest != 0 {
            return Err(Problem::unsupported(format!("send() with the flags {rest:#x}")));
        }
        let has = |name| flags & flag(name) != 0;
        let fast_open = has("MSG_FASTOPEN");
        let to = match to {
            Some(e) if fast_open => Some(self.address(e, false)?),
            _ => None,
        };
        if fast_open {
            self.connecting();
        }
        let flags = SendFlags {
            more: has("MSG_MORE"),
            eor: has("MSG_EOR"),
            urgent: has("MSG_OOB"),
            dont_wait: has("MSG_DONTWAIT"),
            no_signal: has("MSG_NOSIGNAL"),
            fast_open,
        };
        Ok(self.machine.send(fd, self.zeros.slice(..len.min(self.zeros.len())), flags, to)?.into())
    }

    /// What a call gave besides its value, against what the script says.
    pub(super) fn compare_outputs(&mut self, call: &Syscall, outcome: &Outcome) -> Result<(), Problem> {
        let Outcome::Value(_, data) = outcome else { return Ok(()) };
        match call.name.as_str() {
            "read" | "readv" | "recv" | "recvfrom" => zeros(data),
            "recvmsg" => {
                zeros(data)?;
                self.compare_message(call)
            }
            "getsockopt" => self.compare_option(call, data),
            "ioctl" => self.compare_ioctl(call, data),
            "poll" | "epoll_wait" => self.compare_ready(call),
            _ => Ok(()),
        }
    }

    fn compare_message(&mut self, call: &Syscall) -> Result<(), Problem> {
        let message = args::fields(nth(&call.args, 1)?)?;
        if let Some(flags) = args::member(message, "msg_flags").filter(|f| !any(f)) {
            let expected = int(flags)?;
            if expected != 0 {
                return Err(Problem::failed(format!("msg_flags is 0, not {expected:#x}")));
            }
        }
        let Some(control) = args::member(message, "msg_control").filter(|c| !any(c)) else { return Ok(()) };
        let fd = self.socket_fd(&call.args)?;
        for element in args::list(control) {
            let fields = args::fields(element)?;
            let part = |name| {
                args::member(fields, name).ok_or_else(|| Problem::failed(format!("{name} is missing")))
            };
            let (level, kind) = (int(part("cmsg_level")?)?, int(part("cmsg_type")?)?);
            if (level, kind) != (6, flag("TCP_CM_INQ")) {
                return Err(Problem::unsupported("this control message"));
            }
            let (expected, found) = (int(part("cmsg_data")?)?, self.machine.inq_message(fd));
            if found != Some(expected) {
                let found = found.map_or("absent".into(), |n| n.to_string());
                return Err(Problem::failed(format!("TCP_CM_INQ is {found}, not {expected}")));
            }
        }
        Ok(())
    }
}

/// Everything a script's peer sends is zeros; anything else was mixed up on the way.
fn zeros(data: &Bytes) -> Result<(), Problem> {
    match data.iter().position(|b| *b != 0) {
        None => Ok(()),
        Some(at) => Err(Problem::failed(format!("octet {at} of what was read is {:#04x}, not 0", data[at]))),
    }
}

impl Run {
    /// `ioctl(fd, SIOCINQ, [n])`: how much waits to be read, or to be sent.
    pub(super) fn begin_ioctl(&mut self, a: &[Expr]) -> Begin {
        let fd = self.socket_fd(a)?;
        let request = nth_int(a, 1)?;
        if request == flag("FIONBIO") {
            let on = nth_int(a, 2)? != 0;
            return Ok(self.machine.set_nonblocking(fd, on)?.into());
        }
        let queues = self.machine.queues(fd);
        let n = match queues {
            Some(q) if request == flag("SIOCINQ") => q.unread,
            Some(q) if request == flag("SIOCOUTQ") => q.unacked,
            Some(q) if request == flag("SIOCOUTQNSD") => q.unsent,
            _ => return Err(Problem::unsupported(format!("ioctl() request {request:#x} here"))),
        };
        Ok(Started::Over(Outcome::Value(0, Bytes::copy_from_slice(&n.to_le_bytes()))))
    }

    fn compare_ioctl(&self, call: &Syscall, data: &Bytes) -> Result<(), Problem> {
        let Ok(found) = <[u8; 4]>::try_from(data.as_ref()).map(u32::from_le_bytes) else { return Ok(()) };
        let expected = nth(&call.args, 2)?;
        if any(expected) || int(expected)? == i64::from(found) {
            return Ok(());
        }
        Err(Problem::failed(format!("ioctl() gave {found}, not {}", int(expected)?)))
    }
}
