//! System calls of a script: begun, perhaps waited for, their results compared.

mod data;
mod files;
mod messages;
mod options;
mod poll;

pub(super) use poll::{Epoll, Waiting};

use super::args::{self, any, int, nth, nth_int};
use super::system::{Begun, Outcome};
use super::{Problem, Run, symbols};
use crate::ast::{Expr, ExprKind, Syscall};
use bytes::Bytes;
use host::Fd;
use std::net::SocketAddr;

/// What a descriptor of the script is.
#[derive(Clone, Debug)]
pub(super) enum Handle {
    /// A socket of the host.
    Socket(Fd),
    /// An epoll instance.
    Epoll(Epoll),
    /// A file of zeros: octets it has, octets read.
    File(u64, u64),
    /// An end of a pipe, by number of the pipe.
    PipeRead(usize),
    /// The other.
    PipeWrite(usize),
}

/// A call that has begun.
pub(super) enum Started {
    /// It is over.
    Over(Outcome),
    /// The host parked it.
    Parked,
    /// It waits for readiness.
    Waiting(Waiting),
}

impl From<Begun> for Started {
    fn from(b: Begun) -> Started {
        match b {
            Begun::Over(o) => Started::Over(o),
            Begun::Parked => Started::Parked,
        }
    }
}

fn over(n: i64) -> Started {
    Started::Over(Outcome::Value(n, Bytes::new()))
}
fn errno(name: &'static str) -> Started {
    Started::Over(Outcome::Errno(name))
}

type Begin = Result<Started, Problem>;

/// Calls that are known, and which arguments hold structures or names rather than plain symbols.
const KNOWN: [&str; 35] = [
    "socket",
    "bind",
    "listen",
    "accept",
    "accept4",
    "connect",
    "read",
    "readv",
    "recv",
    "recvfrom",
    "recvmsg",
    "write",
    "writev",
    "send",
    "sendto",
    "sendmsg",
    "fcntl",
    "ioctl",
    "close",
    "shutdown",
    "getsockopt",
    "setsockopt",
    "poll",
    "open",
    "sendfile",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "pipe",
    "splice",
    "getsockname",
    "getpeername",
    "cap_set",
    "sleep",
];

/// Why a call can be seen, without running it, not to be supported.
pub(super) fn unknown(call: &Syscall) -> Option<String> {
    if !KNOWN.contains(&call.name.as_str()) || matches!(call.name.as_str(), "cap_set" | "sleep") {
        return Some(format!("the call {}()", call.name));
    }
    call.args.iter().chain([&call.result]).find_map(args::unknown_symbol)
}

impl Run {
    /// Begins a call.
    pub(super) fn begin(&mut self, call: &Syscall) -> Begin {
        let a = call.args.as_slice();
        match call.name.as_str() {
            "socket" => self.begin_socket(a),
            "bind" => {
                let addr = self.address(nth(a, 1)?, true)?;
                let fd = self.socket_fd(a)?;
                Ok(self.machine.bind(fd, addr)?.into())
            }
            "listen" => {
                let (fd, backlog) = (self.socket_fd(a)?, nth_int(a, 1)? as i32);
                let begun = self.machine.listen(fd, backlog)?;
                if matches!(begun, Begun::Over(Outcome::Value(..))) {
                    self.listening();
                }
                Ok(begun.into())
            }
            "accept" | "accept4" => {
                let fd = self.socket_fd(a)?;
                Ok(self.machine.accept(fd)?.into())
            }
            "connect" if is_unspecified(nth(a, 1)?) => {
                let fd = self.socket_fd(a)?;
                self.newest = Some(fd);
                Ok(self.machine.disconnect(fd)?.into())
            }
            "connect" => {
                let addr = self.address(nth(a, 1)?, false)?;
                let fd = self.socket_fd(a)?;
                if self.is_closed(fd) {
                    // Fresh, or let go: this is another connection.
                    self.socket_made(fd);
                }
                self.connecting();
                Ok(self.machine.connect(fd, addr)?.into())
            }
            "close" => self.begin_close(a),
            "shutdown" => {
                let (fd, how) = (self.socket_fd(a)?, nth_int(a, 1)?);
                Ok(self.machine.shutdown(fd, how)?.into())
            }
            "fcntl" => self.begin_fcntl(a),
            "ioctl" => self.begin_ioctl(a),
            "setsockopt" => self.begin_setsockopt(a),
            "getsockopt" => self.begin_getsockopt(a),
            "poll" => self.begin_poll(a),
            "epoll_create" | "epoll_create1" => Ok(over(0)),
            "epoll_ctl" => self.begin_epoll_ctl(a),
            "epoll_wait" => self.begin_epoll_wait(a),
            "open" => self.begin_open(a),
            "sendfile" => self.begin_sendfile(a),
            "pipe" => self.begin_pipe(a),
            "splice" => self.begin_splice(a),
            "getsockname" | "getpeername" => Err(Problem::unsupported(format!("the call {}()", call.name))),
            _ => self.begin_data(call),
        }
    }

    /// Compares the result of a call, and keeps what it made.
    pub(super) fn finish(&mut self, call: &Syscall, outcome: &Outcome) -> Result<(), Problem> {
        let made = matches!(
            call.name.as_str(),
            "socket" | "accept" | "accept4" | "open" | "epoll_create" | "epoll_create1"
        );
        if let (true, Outcome::Value(n, _), false) = (made, outcome, any(&call.result)) {
            let script_fd = int(&call.result)?;
            if script_fd < 0 {
                return Err(Problem::failed(format!(
                    "{}() returned a descriptor, not {script_fd}",
                    call.name
                )));
            }
            return self.keep(call, script_fd, *n);
        }
        match (outcome, any(&call.result)) {
            (_, true) => {}
            (Outcome::Value(n, _), false) => {
                let expected = int(&call.result)?;
                if *n != expected || call.errno.is_some() {
                    return Err(Problem::failed(format!(
                        "{}() returned {n}, not {}",
                        call.name,
                        expected_text(call, expected)
                    )));
                }
            }
            (Outcome::Errno(name), false) => {
                let expected = int(&call.result)?;
                if expected != -1 || call.errno.as_ref().is_some_and(|e| !same_errno(e, name)) {
                    return Err(Problem::failed(format!(
                        "{}() returned -1 {name}, not {}",
                        call.name,
                        expected_text(call, expected)
                    )));
                }
            }
        }
        self.compare_outputs(call, outcome)
    }

    fn keep(&mut self, call: &Syscall, script_fd: i64, n: i64) -> Result<(), Problem> {
        let handle = match call.name.as_str() {
            "epoll_create" | "epoll_create1" => Handle::Epoll(Epoll::default()),
            "open" => self.opened.take().ok_or_else(|| Problem::unsupported("this file"))?,
            _ => Handle::Socket(n as Fd),
        };
        self.fds.insert(script_fd, handle);
        Ok(())
    }

    fn begin_socket(&mut self, a: &[Expr]) -> Begin {
        let kind = nth_int(a, 1)?;
        let flags = symbols::value("SOCK_NONBLOCK").unwrap_or(0);
        if kind & 0xf != 1 {
            return Err(Problem::unsupported("sockets other than SOCK_STREAM"));
        }
        if !matches!(nth_int(a, 2)?, 0 | 6) {
            return Err(Problem::unsupported("protocols other than IPPROTO_TCP"));
        }
        let begun = self.machine.socket()?;
        if let Begun::Over(Outcome::Value(fd, _)) = &begun {
            if kind & flags != 0 {
                self.machine.set_nonblocking(*fd as Fd, true)?;
            }
            self.socket_made(*fd as Fd);
        }
        Ok(begun.into())
    }

    fn begin_close(&mut self, a: &[Expr]) -> Begin {
        let script_fd = nth_int(a, 0)?;
        match self.fds.remove(&script_fd) {
            Some(Handle::Socket(fd)) => {
                self.forget_polled(script_fd);
                Ok(self.machine.close(fd)?.into())
            }
            Some(_) => Ok(over(0)),
            None => Ok(errno("EBADF")),
        }
    }

    fn begin_fcntl(&mut self, a: &[Expr]) -> Begin {
        let fd = self.socket_fd(a)?;
        let nonblock = symbols::value("O_NONBLOCK").unwrap_or(0);
        match nth_int(a, 1)? {
            // F_GETFL
            3 => {
                let on = self.machine.nonblocking(fd).unwrap_or(false);
                Ok(over(2 | if on { nonblock } else { 0 }))
            }
            // F_SETFL
            4 => {
                let on = nth_int(a, 2)? & nonblock != 0;
                Ok(self.machine.set_nonblocking(fd, on)?.into())
            }
            other => Err(Problem::unsupported(format!("fcntl command {other}"))),
        }
    }

    /// The host's descriptor for the script's, which is the first argument.
    fn socket_fd(&self, a: &[Expr]) -> Result<Fd, Problem> {
        let script_fd = nth_int(a, 0)?;
        match self.fds.get(&script_fd) {
            Some(Handle::Socket(fd)) => Ok(*fd),
            Some(_) => Err(Problem::unsupported("this call on something that is no socket")),
            // A number that the host does not know either: EBADF is the host's to say.
            None => Ok(script_fd.clamp(-1, i64::from(Fd::MAX)) as Fd),
        }
    }

    /// `...` is the usual address; `{sa_family=…, sin_port=htons(8080), sin_addr=inet_addr("…")}` another.
    fn address(&self, e: &Expr, local: bool) -> Result<SocketAddr, Problem> {
        let s = &self.settings;
        if any(e) {
            return Ok(if local {
                SocketAddr::new(s.local_ip, s.bind_port)
            } else {
                SocketAddr::new(s.remote_ip, s.connect_port)
            });
        }
        let fields = args::fields(e)?;
        let family = args::member(fields, "sa_family").map(int).transpose()?;
        let port =
            ["sin_port", "sin6_port"].iter().find_map(|n| args::member(fields, n)).map(int).transpose()?;
        let ip = fields.iter().find_map(|f| address_text(&f.value)).and_then(|t| t.parse().ok());
        match (family, port, ip) {
            (Some(2 | 10), Some(port @ 0..=65_535), Some(ip)) => Ok(SocketAddr::new(ip, port as u16)),
            _ => Err(Problem::unsupported("this form of address")),
        }
    }
}

/// `{sa_family=AF_UNSPEC, …}`, or `AF_UNSPEC` alone.
fn is_unspecified(e: &Expr) -> bool {
    let family = match args::fields(e) {
        Ok(fields) => args::member(fields, "sa_family"),
        Err(_) => Some(e).filter(|e| !args::any(e)),
    };
    family.is_some_and(|f| int(f).ok() == symbols::value("AF_UNSPEC"))
}

/// The string in `inet_addr("…")` or `inet_pton("…")`.
fn address_text(e: &Expr) -> Option<&str> {
    match &e.kind {
        ExprKind::Apply(f, args) if f.starts_with("inet") => args.iter().find_map(|a| match &a.kind {
            ExprKind::Str(s) => Some(s.as_str()),
            _ => None,
        }),
        _ => None,
    }
}

fn expected_text(call: &Syscall, expected: i64) -> String {
    match &call.errno {
        Some(e) => format!("{expected} {e}"),
        None => expected.to_string(),
    }
}

/// EWOULDBLOCK is another name of EAGAIN.
fn same_errno(a: &str, b: &str) -> bool {
    let plain = |e: &'_ str| if e == "EWOULDBLOCK" { "EAGAIN".to_string() } else { e.to_string() };
    plain(a) == plain(b)
}
