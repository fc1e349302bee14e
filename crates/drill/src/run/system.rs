//! What a script's calls need of the host, in one place.

use super::Problem;
use super::machine::{Machine, SCRIPT, Stopped};
use bytes::Bytes;
use host::{Call, CallResult, Fd, Queues, RecvFlags, SendFlags, Shutdown};
use std::net::SocketAddr;

/// How a call ended.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Outcome {
    /// Its value, and what was read.
    Value(i64, Bytes),
    /// −1 and errno.
    Errno(&'static str),
}

/// How the first try of a call went.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Begun {
    /// It is over.
    Over(Outcome),
    /// The host parked it.
    Parked,
}

impl From<CallResult> for Begun {
    fn from(r: CallResult) -> Begun {
        match r {
            CallResult::Done(n, data) => Begun::Over(Outcome::Value(n, data)),
            CallResult::Errno(e) => Begun::Over(Outcome::Errno(e.0)),
            CallResult::Blocked => Begun::Parked,
        }
    }
}

impl Machine {
    fn begin(&mut self, call: Call) -> Result<Begun, Stopped> {
        self.call(call).map(Begun::from)
    }
    pub fn socket(&mut self) -> Result<Begun, Stopped> {
        let interfaces = self.host.interfaces();
        let own = interfaces.iter().flat_map(|i| &i.addrs).map(|a| SocketAddr::new(a.addr, 0)).next();
        self.begin(own.map_or(Call::Socket, |own| Call::stream_for(&own)))
    }
    pub fn bind(&mut self, fd: Fd, addr: SocketAddr) -> Result<Begun, Stopped> {
        self.begin(Call::Bind { fd, addr })
    }
    pub fn listen(&mut self, fd: Fd, backlog: i32) -> Result<Begun, Stopped> {
        self.begin(Call::Listen { fd, backlog })
    }
    pub fn accept(&mut self, fd: Fd) -> Result<Begun, Stopped> {
        self.begin(Call::Accept { fd })
    }
    pub fn connect(&mut self, fd: Fd, addr: SocketAddr) -> Result<Begun, Stopped> {
        self.begin(Call::Connect { fd, addr })
    }
    pub fn disconnect(&mut self, fd: Fd) -> Result<Begun, Stopped> {
        self.begin(Call::Disconnect { fd })
    }
    pub fn close(&mut self, fd: Fd) -> Result<Begun, Stopped> {
        self.begin(Call::Close { fd })
    }
}

impl Machine {
    pub fn shutdown(&mut self, fd: Fd, how: i64) -> Result<Begun, Stopped> {
        match Shutdown::from_number(how) {
            Some(how) => self.begin(Call::Shutdown { fd, how }),
            None => Ok(Begun::Over(Outcome::Errno("EINVAL"))),
        }
    }
    pub fn recv(&mut self, fd: Fd, len: usize, flags: RecvFlags) -> Result<Begun, Stopped> {
        self.begin(Call::Recv { fd, len, flags })
    }
    pub fn send(
        &mut self,
        fd: Fd,
        data: Bytes,
        flags: SendFlags,
        to: Option<SocketAddr>,
    ) -> Result<Begun, Stopped> {
        self.begin(Call::Send { fd, data, flags, to })
    }
    pub fn set_nonblocking(&mut self, fd: Fd, on: bool) -> Result<Begun, Stopped> {
        self.begin(Call::SetNonblocking { fd, on })
    }
    pub fn set_option(&mut self, fd: Fd, level: i32, name: i32, value: Bytes) -> Result<Begun, Stopped> {
        self.begin(Call::SetSockOpt { fd, level, name, value })
    }
    pub fn get_option(&mut self, fd: Fd, level: i32, name: i32) -> Result<Begun, Stopped> {
        self.begin(Call::GetSockOpt { fd, level, name })
    }

    /// O_NONBLOCK of a descriptor.
    pub fn nonblocking(&self, fd: Fd) -> Option<bool> {
        self.host.nonblocking(SCRIPT, fd)
    }
    /// What waits in a socket's queues.
    pub fn queues(&self, fd: Fd) -> Option<Queues> {
        self.host.queues(SCRIPT, fd)
    }
    /// poll(2)'s events of a socket, and a count that grows whenever one of them happens anew.
    pub fn readiness(&self, fd: Fd) -> Option<(u32, u64)> {
        self.host.readiness(SCRIPT, fd)
    }
    /// What a control message TCP_CM_INQ would say; none where TCP_INQ is off.
    pub fn inq_message(&self, fd: Fd) -> Option<i64> {
        self.host.inq(SCRIPT, fd).map(i64::from)
    }

    /// Changes a setting of the running host.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<(), Problem> {
        self.host.set_sysctl(key, value).map_err(Problem::Unsupported)
    }
    /// Back to the profile, with `changes`.
    pub fn reset_settings(&mut self, changes: &[(&str, String)]) -> Result<(), Problem> {
        self.host.reset_sysctls().map_err(Problem::Unsupported)?;
        changes.iter().try_for_each(|(key, value)| self.set_setting(key, value))
    }
}
