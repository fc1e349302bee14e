//! What a person types at a host: a socket call (`connect(3, "10.0.0.2", 80)`) or a question (`ss -tan`, `nstat`).
//!
//! A call is kept in the timeline as the line that was typed. [`table`] says what can be typed; [`complete`] reads it to
//! offer what comes next, [`shell`] answers the questions from the same data that the panels show.

mod complete;
mod parse;
pub(crate) mod shell;
pub mod table;

use crate::error::{Result, error, word};
use bytes::Bytes;
use host::program::constant;
use host::{Call, Fd, RecvFlags, SendFlags, Shutdown};
use parse::{Arg, Line};
pub use shell::{SHELL_COMMANDS, row};
use std::net::{IpAddr, SocketAddr};
use table::{CALLS, Kind, Signature};
use tcp::time::Duration;

/// Most octets that one read or write by hand takes.
pub const MOST_OCTETS: usize = 65_535;
/// Longest line, octets.
pub const MOST_LINE: usize = 70_000;

/// The call that a line of the console makes.
///
/// # Errors
/// `unknown_call`, `bad_call` (with the column, what was found and what is wanted there), `line_too_long`.
pub fn call(text: &str) -> Result<Call> {
    if text.len() > MOST_LINE {
        return Err(error("line_too_long", [("max", crate::error::num(MOST_LINE as f64))]));
    }
    let line = parse::line(text)?;
    let signature = CALLS.iter().find(|c| c.name == line.name).ok_or_else(|| {
        let known: Vec<&str> = CALLS.iter().map(|c| c.name).collect();
        error("unknown_call", [("name", word(line.name.as_str())), ("known", word(known.join(", ")))])
    })?;
    Reader { signature, line: &line, next: 0 }.call()
}

/// Takes the arguments of a line one after the other, as its signature wants them.
struct Reader<'a> {
    signature: &'static Signature,
    line: &'a Line,
    next: usize,
}

impl<'a> Reader<'a> {
    fn call(&mut self) -> Result<Call> {
        let call = self.made()?;
        match self.line.args.get(self.next) {
            Some((column, arg)) => Err(self.wrong(*column, &arg.to_string(), ")")),
            None => Ok(call),
        }
    }

    fn made(&mut self) -> Result<Call> {
        Ok(match self.signature.name {
            "socket" => self.socket()?,
            "bind" => Call::Bind { fd: self.fd()?, addr: self.address()? },
            "connect" => {
                let fd = self.fd()?;
                match self.line.args.get(self.next) {
                    Some((_, Arg::Int(n))) if Some(*n) == constant("AF_UNSPEC") => {
                        self.next += 1;
                        Call::Disconnect { fd }
                    }
                    _ => Call::Connect { fd, addr: self.address()? },
                }
            }
            "listen" => Call::Listen { fd: self.fd()?, backlog: self.int()? as i32 },
            "accept" => Call::Accept { fd: self.fd()? },
            "accept4" => Call::Accept4 { fd: self.fd()?, nonblocking: self.int()? != 0, peer: false },
            "read" => Call::Read { fd: self.fd()?, len: self.int()? as usize },
            "write" => Call::Write { fd: self.fd()?, data: self.text()? },
            "recvfrom" => {
                Call::RecvFrom { fd: self.fd()?, len: self.int()? as usize, flags: self.recv_flags()? }
            }
            "recv" => Call::Recv { fd: self.fd()?, len: self.int()? as usize, flags: self.recv_flags()? },
            "sendto" => {
                let (fd, data, flags) = (self.fd()?, self.text()?, self.send_flags()?);
                Call::Send { fd, data, flags, to: Some(self.address()?) }
            }
            "send" => Call::Send {
                fd: self.fd()?,
                data: self.text()?,
                flags: self.send_flags()?,
                to: if self.is_more() { Some(self.address()?) } else { None },
            },
            "shutdown" => {
                let (fd, at) = (self.fd()?, self.column());
                let how = Shutdown::from_number(self.int()?);
                Call::Shutdown {
                    fd,
                    how: how.ok_or_else(|| self.wrong(at, "", "SHUT_RD, SHUT_WR, SHUT_RDWR"))?,
                }
            }
            "close" => Call::Close { fd: self.fd()? },
            "dup" => Call::Dup { fd: self.fd()? },
            "getsockname" => Call::GetSockName { fd: self.fd()? },
            "getpeername" => Call::GetPeerName { fd: self.fd()? },
            "getsockopt" => {
                Call::GetSockOpt { fd: self.fd()?, level: self.int()? as i32, name: self.int()? as i32 }
            }
            "setsockopt" => {
                let (fd, level) = (self.fd()?, self.int()? as i32);
                Call::SetSockOpt { fd, level, name: self.int()? as i32, value: self.value()? }
            }
            "fcntl" => self.fcntl()?,
            "poll" => {
                let (fd, events) = (self.fd()?, self.int()? as u16);
                Call::Poll { fds: vec![(fd, events)], timeout: self.timeout()? }
            }
            "epoll_create1" => {
                self.optional()?;
                Call::EpollCreate
            }
            "epoll_ctl" => {
                let (epfd, op, fd) = (self.fd()?, self.int()? as i32, self.fd()?);
                let events = self.optional()?.unwrap_or(0) as u32;
                Call::EpollCtl { epfd, op, fd, events, data: fd as u64 }
            }
            // The table has no other.
            _ => Call::EpollWait { epfd: self.fd()?, most: self.int()? as usize, timeout: self.timeout()? },
        })
    }

    fn socket(&mut self) -> Result<Call> {
        let number = |name| constant(name).unwrap_or(0);
        let domain = self.optional()?.unwrap_or(number("AF_INET"));
        let at = self.column();
        let kind = self.optional()?.unwrap_or(0);
        // `socket(AF_INET, SOCK_NONBLOCK)` is a stream's.
        let kind = if kind & 0xf == 0 { kind | number("SOCK_STREAM") } else { kind };
        let protocol = self.optional()?.unwrap_or(0);
        host::program::socket(domain, kind, protocol)
            .map_err(|errno| self.wrong(at, errno, "SOCK_STREAM, SOCK_DGRAM, SOCK_RAW"))
    }

    fn fcntl(&mut self) -> Result<Call> {
        let fd = self.fd()?;
        Ok(match self.int()? {
            n if Some(n) == constant("F_GETFL") => {
                self.optional()?;
                Call::GetFlags { fd }
            }
            _ => {
                let nonblocking = constant("O_NONBLOCK").unwrap_or(0);
                Call::SetNonblocking { fd, on: self.optional()?.unwrap_or(0) & nonblocking != 0 }
            }
        })
    }

    fn recv_flags(&mut self) -> Result<RecvFlags> {
        let n = self.optional()?.unwrap_or(0);
        let has = |name| n & constant(name).unwrap_or(0) != 0;
        Ok(RecvFlags {
            peek: has("MSG_PEEK"),
            dont_wait: has("MSG_DONTWAIT"),
            wait_all: has("MSG_WAITALL"),
            discard: has("MSG_TRUNC"),
            urgent: has("MSG_OOB"),
            ..RecvFlags::default()
        })
    }

    fn send_flags(&mut self) -> Result<SendFlags> {
        let n = self.optional()?.unwrap_or(0);
        let has = |name| n & constant(name).unwrap_or(0) != 0;
        Ok(SendFlags {
            more: has("MSG_MORE"),
            eor: false,
            urgent: has("MSG_OOB"),
            dont_wait: has("MSG_DONTWAIT"),
            no_signal: has("MSG_NOSIGNAL"),
            fast_open: has("MSG_FASTOPEN"),
            ..SendFlags::default()
        })
    }

    fn timeout(&mut self) -> Result<Option<Duration>> {
        let ms = self.int()?;
        Ok(u64::try_from(ms).ok().map(Duration::from_millis))
    }

    fn fd(&mut self) -> Result<Fd> {
        let at = self.column();
        let n = self.int()?;
        Fd::try_from(n).map_err(|_| self.wrong(at, &n.to_string(), "int sockfd"))
    }

    fn address(&mut self) -> Result<SocketAddr> {
        let at = self.column();
        let text = self.text()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        if let Ok(whole) = text.parse::<SocketAddr>() {
            return Ok(whole);
        }
        let ip: IpAddr =
            text.trim_matches(['[', ']']).parse().map_err(|_| self.wrong(at, &text, "\"10.0.0.2\", 80"))?;
        let at = self.column();
        let port = match self.take("port")? {
            Arg::Int(n) => *n,
            other => return Err(self.wrong(at, &other.to_string(), "port")),
        };
        let port = u16::try_from(port).map_err(|_| self.wrong(at, &port.to_string(), "0…65535"))?;
        Ok(SocketAddr::new(ip, port))
    }

    fn text(&mut self) -> Result<Bytes> {
        let at = self.column();
        match self.take("\"text\"")? {
            Arg::Text(t) if t.len() <= MOST_OCTETS => Ok(Bytes::from(t.clone())),
            other => Err(self.wrong(at, &other.to_string(), "\"text\"")),
        }
    }

    fn value(&mut self) -> Result<Bytes> {
        let at = self.column();
        match self.take("optval")? {
            Arg::Int(n) => Ok(Bytes::copy_from_slice(&(*n as i32).to_le_bytes())),
            Arg::Text(t) => Ok(Bytes::from(t.clone())),
            // struct linger has two ints, struct timeval two longs.
            Arg::Pair(a, b) if self.line.args.get(2).is_some_and(|(_, o)| *o == Arg::Int(13)) => {
                Ok([(*a as i32).to_le_bytes(), (*b as i32).to_le_bytes()].concat().into())
            }
            Arg::Pair(a, b) => Ok([a.to_le_bytes(), b.to_le_bytes()].concat().into()),
            Arg::Nothing => Err(self.wrong(at, "", "optval")),
        }
    }

    /// A number within what the parameter takes.
    fn int(&mut self) -> Result<i64> {
        let (at, wanted) = (self.column(), self.wanted());
        match self.take(&wanted)? {
            Arg::Int(n) if self.takes(*n) => Ok(*n),
            other => Err(self.wrong(at, &other.to_string(), &wanted)),
        }
    }

    fn optional(&mut self) -> Result<Option<i64>> {
        if self.is_more() { self.int().map(Some) } else { Ok(None) }
    }

    fn is_more(&self) -> bool {
        self.next < self.line.args.len()
    }

    fn param(&self) -> Option<&'static table::Param> {
        // An address of two arguments moves what follows it by one; nothing but flags ever does.
        self.signature.params.get(self.next)
    }

    fn takes(&self, n: i64) -> bool {
        // `take` has moved on already.
        let param = self.signature.params.get(self.next - 1);
        match param.map(|p| p.kind) {
            Some(Kind::Int(least, most)) => (least..=most).contains(&n),
            _ => true,
        }
    }

    fn wanted(&self) -> String {
        match self.param() {
            Some(p) => match p.kind {
                Kind::Int(least, most) => format!("{} ({least}…{most})", p.name),
                Kind::Names(names) => names.join(", "),
                _ => p.name.into(),
            },
            None => ")".into(),
        }
    }

    fn take(&mut self, wanted: &str) -> Result<&'a Arg> {
        let n = self.next;
        self.next += 1;
        match self.line.args.get(n) {
            Some((_, arg)) => Ok(arg),
            None => Err(self.wrong(self.line.end, "", wanted)),
        }
    }

    fn column(&self) -> usize {
        self.line.args.get(self.next).map_or(self.line.end, |(column, _)| *column)
    }

    fn wrong(&self, column: usize, found: &str, wanted: &str) -> crate::view::ErrorView {
        bad(column, found, wanted, &self.signature.usage())
    }
}

fn bad(column: usize, found: &str, wanted: &str, usage: &str) -> crate::view::ErrorView {
    let found = if found.is_empty() { ")" } else { found };
    error(
        "bad_call",
        [
            ("column", crate::error::num(column as f64)),
            ("found", word(found)),
            ("wanted", word(wanted)),
            ("usage", word(usage)),
        ],
    )
}

/// The calls as a form offers them.
pub fn calls() -> Vec<crate::view::CallView> {
    use crate::view::{CallView, ParamView};
    let param = |p: &table::Param| {
        let (kind, (least, most), names) = match p.kind {
            Kind::Fd => ("fd", (0, 0), &[][..]),
            Kind::Address => ("address", (0, 0), &[][..]),
            Kind::Int(least, most) => ("int", (least, most), &[][..]),
            Kind::Text => ("text", (0, 0), &[][..]),
            Kind::Names(names) => ("names", (0, 0), names),
            Kind::Level => ("level", (0, 0), &["SOL_SOCKET", "IPPROTO_TCP", "IPPROTO_IP"][..]),
            Kind::Option => ("option", (0, 0), &[][..]),
            Kind::Value => ("value", (0, 0), &[][..]),
        };
        ParamView {
            name: p.name.into(),
            kind: kind.into(),
            optional: p.optional,
            least: least as f64,
            most: most as f64,
            names: names.iter().map(|n| (*n).into()).collect(),
        }
    };
    let call = |c: &Signature| CallView {
        name: c.name.into(),
        usage: c.usage(),
        params: c.params.iter().map(param).collect(),
    };
    CALLS.iter().map(call).collect()
}
