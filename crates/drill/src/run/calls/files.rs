//! Files of zeros, pipes, and the calls that move their contents to a socket.

use super::super::args::{self, length, nth, nth_int};
use super::super::system::{Begun, Outcome};
use super::super::{Problem, Run};
use super::{Begin, Handle, errno, over};
use crate::ast::{Expr, ExprKind};
use bytes::Bytes;
use host::SendFlags;

/// Octets that a pipe holds (pipe(7)).
const PIPE: u64 = 65_536;

impl Run {
    pub(super) fn begin_open(&mut self, a: &[Expr]) -> Begin {
        let ExprKind::Str(path) = &nth(a, 0)?.kind else {
            return Err(Problem::unsupported("open() of this"));
        };
        let Some(len) = self.files.get(path.as_str()).copied() else { return Ok(errno("ENOENT")) };
        self.opened = Some(Handle::File(len, 0));
        Ok(over(0))
    }

    /// `sendfile(out, in, [offset], count)`
    pub(super) fn begin_sendfile(&mut self, a: &[Expr]) -> Begin {
        let fd = self.socket_fd(a)?;
        let (source, count) = (nth_int(a, 1)?, length(nth(a, 3)?)? as u64);
        let Some(Handle::File(len, at)) = self.fds.get(&source).cloned() else { return Ok(errno("EBADF")) };
        let offset = nth(a, 2)?;
        let given = !matches!(&offset.kind, ExprKind::Int(0))
            && !matches!(&offset.kind, ExprKind::Word(w) if w == "NULL");
        let from = if given { u64::try_from(args::int(offset)?).unwrap_or(0) } else { at };
        let count = count.min(len.saturating_sub(from));
        if count == 0 {
            return Ok(over(0));
        }
        let data = self.zeros.slice(..(count as usize).min(self.zeros.len()));
        let begun = self.machine.send(fd, data, SendFlags::default(), None)?;
        if let (Begun::Over(Outcome::Value(n, _)), false) = (&begun, given) {
            self.fds.insert(source, Handle::File(len, at + *n as u64));
        }
        Ok(begun.into())
    }

    /// `pipe([5,6])`
    pub(super) fn begin_pipe(&mut self, a: &[Expr]) -> Begin {
        let [read, write] = args::list(nth(a, 0)?) else {
            return Err(Problem::failed("pipe() makes two descriptors"));
        };
        let (read, write) = (args::int(read)?, args::int(write)?);
        self.fds.insert(read, Handle::PipeRead(self.pipes.len()));
        self.fds.insert(write, Handle::PipeWrite(self.pipes.len()));
        self.pipes.push(0);
        Ok(over(0))
    }

    /// `splice(in, NULL, out, NULL, count, flags)` between a socket and a pipe.
    pub(super) fn begin_splice(&mut self, a: &[Expr]) -> Begin {
        let (from, to, count) = (nth_int(a, 0)?, nth_int(a, 2)?, length(nth(a, 4)?)? as u64);
        match (self.fds.get(&from).cloned(), self.fds.get(&to).cloned()) {
            (Some(Handle::Socket(fd)), Some(Handle::PipeWrite(pipe))) => {
                let room = (PIPE - self.pipes[pipe]).min(count);
                let begun = self.machine.recv(fd, room as usize, host::RecvFlags::default())?;
                match &begun {
                    Begun::Over(Outcome::Value(n, _)) => self.pipes[pipe] += *n as u64,
                    Begun::Parked => return Err(Problem::unsupported("splice() that blocks")),
                    Begun::Over(Outcome::Errno(_)) => {}
                }
                Ok(begun.into())
            }
            (Some(Handle::PipeRead(pipe)), Some(Handle::Socket(fd))) => {
                let n = self.pipes[pipe].min(count);
                if n == 0 {
                    return Ok(errno("EAGAIN"));
                }
                let data: Bytes = self.zeros.slice(..n as usize);
                let begun = self.machine.send(fd, data, SendFlags::default(), None)?;
                if let Begun::Over(Outcome::Value(n, _)) = &begun {
                    self.pipes[pipe] -= *n as u64;
                }
                Ok(begun.into())
            }
            _ => Err(Problem::unsupported("splice() between these")),
        }
    }
}
