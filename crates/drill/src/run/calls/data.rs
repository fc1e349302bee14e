//! Calls that move octets.

use super::super::args::{self, any, int, length, nth, nth_int};
use super::super::symbols;
use super::super::system::{Begun, Outcome};
use super::super::{Problem, Run};
use super::{Begin, Started, errno};
use crate::ast::{Expr, ExprKind, Syscall};
use bytes::Bytes;
use host::{RecvFlags, SendFlags};

fn flag(name: &str) -> i64 {
    symbols::value(name).unwrap_or(0)
}

impl Run {
    pub(super) fn begin_data(&mut self, call: &Syscall) -> Begin {
        let a = call.args.as_slice();
        match call.name.as_str() {
            "read" => self.receive(a, one_buffer(a)?, 0),
            "readv" => self.receive(a, args::iovec(nth(a, 1)?)?, 0),
            "recv" | "recvfrom" => self.receive(a, one_buffer(a)?, nth_int(a, 3)?),
            "recvmsg" => {
                let message = args::fields(nth(a, 1)?)?;
                let iov =
                    args::member(message, "msg_iov").ok_or_else(|| Problem::failed("msg_iov is missing"))?;
                self.receive(a, args::iovec(iov)?, nth_int(a, 2)?)
            }
            "write" => self.send(a, one_buffer(a)?, 0, None, None),
            "writev" => self.send(a, args::iovec(nth(a, 1)?)?, 0, None, None),
            "send" => self.send(a, one_buffer(a)?, nth_int(a, 3)?, None, None),
            "sendto" => self.send(a, one_buffer(a)?, nth_int(a, 3)?, a.get(4), None),
            "sendmsg" => {
                let message = args::fields(nth(a, 1)?)?;
                let stamps = args::member(message, "msg_control").filter(|c| !any(c));
                let stamps = stamps.map(asked_stamps).transpose()?.flatten();
                let iov =
                    args::member(message, "msg_iov").ok_or_else(|| Problem::failed("msg_iov is missing"))?;
                self.send(a, args::iovec(iov)?, nth_int(a, 2)?, args::member(message, "msg_name"), stamps)
            }
            other => Err(Problem::unsupported(format!("the call {other}()"))),
        }
    }

    fn receive(&mut self, a: &[Expr], (len, faults): (usize, bool), flags: i64) -> Begin {
        let fd = self.socket_fd(a)?;
        let known = [
            "MSG_PEEK",
            "MSG_DONTWAIT",
            "MSG_WAITALL",
            "MSG_TRUNC",
            "MSG_OOB",
            "MSG_NOSIGNAL",
            "MSG_ERRQUEUE",
        ];
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
            error_queue: has("MSG_ERRQUEUE"),
        };
        if faults {
            // What would be copied to nowhere stays in the queue.
            let look = RecvFlags { peek: true, ..flags };
            return Ok(match self.machine.recv(fd, len, look)? {
                Begun::Over(Outcome::Value(1.., _)) => errno("EFAULT"),
                other => other.into(),
            });
        }
        Ok(self.machine.recv(fd, len, flags)?.into())
    }

    fn send(
        &mut self,
        a: &[Expr],
        (len, faults): (usize, bool),
        flags: i64,
        to: Option<&Expr>,
        stamps: Option<u32>,
    ) -> Begin {
        let fd = self.socket_fd(a)?;
        let known = [
            "MSG_MORE",
            "MSG_EOR",
            "MSG_OOB",
            "MSG_DONTWAIT",
            "MSG_NOSIGNAL",
            "MSG_FASTOPEN",
            "MSG_ZEROCOPY",
        ];
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
            zerocopy: has("MSG_ZEROCOPY"),
            stamps,
            faults,
        };
        let before = if faults { octets_before_fault(a)? } else { len };
        if faults && before == 0 {
            // Nothing could be read from nowhere; what stands in the way before that is told first.
            return Ok(
                match self.machine.send(fd, Bytes::new(), SendFlags { dont_wait: true, ..flags }, to)? {
                    Begun::Over(Outcome::Value(..)) => errno("EFAULT"),
                    other => other.into(),
                },
            );
        }
        Ok(self.machine.send(fd, self.zeros.slice(..before.min(self.zeros.len())), flags, to)?.into())
    }

    /// What a call gave besides its value, against what the script says.
    pub(super) fn compare_outputs(&mut self, call: &Syscall, outcome: &Outcome) -> Result<(), Problem> {
        let Outcome::Value(_, data) = outcome else { return Ok(()) };
        match call.name.as_str() {
            "read" | "readv" | "recv" | "recvfrom" => zeros(data),
            "recvmsg" => {
                if nth_int(&call.args, 2)? & flag("MSG_ERRQUEUE") == 0 {
                    zeros(data)?;
                }
                self.compare_message(call, data)
            }
            "getsockopt" => self.compare_option(call, data),
            "ioctl" => self.compare_ioctl(call, data),
            "poll" | "epoll_wait" => self.compare_ready(call),
            _ => Ok(()),
        }
    }
}

/// The second and third argument: a buffer and its length.
fn one_buffer(a: &[Expr]) -> Result<(usize, bool), Problem> {
    let (faults, len) = (args::buffer(nth(a, 1)?)?, length(nth(a, 2)?)?);
    Ok((len, faults && len > 0))
}

/// Octets of the buffers before the first that is nowhere.
fn octets_before_fault(a: &[Expr]) -> Result<usize, Problem> {
    let iov = match args::fields(nth(a, 1)?) {
        Ok(message) => args::member(message, "msg_iov"),
        Err(_) => a.get(1),
    };
    match iov.filter(|e| matches!(e.kind, ExprKind::List(_))) {
        Some(iov) => args::iovec(iov).map(|(n, _)| n),
        None => Ok(0),
    }
}

/// Bits of a control message `{cmsg_level=SOL_SOCKET, cmsg_type=SO_TIMESTAMPING, cmsg_data=…}` to send.
fn asked_stamps(control: &Expr) -> Result<Option<u32>, Problem> {
    let mut stamps = None;
    for element in args::list(control) {
        let fields = args::fields(element)?;
        let part = |name| args::member(fields, name).map(int).transpose();
        if (part("cmsg_level")?, part("cmsg_type")?) != (Some(1), Some(flag("SO_TIMESTAMPING"))) {
            return Err(Problem::unsupported("this control message to send"));
        }
        stamps = part("cmsg_data")?.map(|n| n as u32);
    }
    Ok(stamps)
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
