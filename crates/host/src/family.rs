//! Families of addresses: what a socket of AF_INET or of AF_INET6 is told, and tells (RFC 3493, ipv6(7)).

use crate::sock::{Kind, Sock};
use crate::sockopt::IPV6_V6ONLY;
use crate::step::Step;
use crate::wait::Try;
use crate::{Call, Errno, Fd, Host, Pid, SockId, SocketKind, address};
use bytes::Bytes;
use std::net::{IpAddr, SocketAddr};
use tcp::State;

impl Host {
    /// socket(2) of AF_INET6: a stream, or a socket without connections.
    pub(crate) fn new_inet6(&mut self, pid: Pid, what: Option<SocketKind>, cx: &mut Step) -> Try {
        let made = match what {
            None => self.new_descriptor(pid, Kind::Fresh, cx),
            Some(what) => self.new_datagrams(pid, what, cx),
        };
        if let Try::Done(fd, _) = made
            && let Some(sock) = self.socket_of(pid, fd as Fd).and_then(|id| self.socks.get_mut(id))
        {
            sock.six = true;
        }
        made
    }

    /// A call as it is meant, where the address that it names is of the socket's family: one of IPv4 that stands in one
    /// of IPv6 (RFC 4291 §2.5.5.2) is itself. None: it names none, or just that.
    ///
    /// Errors: EAFNOSUPPORT; ENETUNREACH where IPV6_V6ONLY is on.
    pub(crate) fn in_family(&self, id: SockId, call: &Call) -> Result<Option<Call>, Errno> {
        let (Call::Bind { addr, .. } | Call::Connect { addr, .. } | Call::Send { to: Some(addr), .. }) = call
        else {
            return Ok(None);
        };
        let Some(sock) = self.socks.get(id) else { return Ok(None) };
        if sock.six != addr.is_ipv6() {
            return Err(Errno("EAFNOSUPPORT"));
        }
        let inner = addr.ip().to_canonical();
        if inner == addr.ip() {
            return Ok(None);
        }
        if sock.is_v6_only() {
            return Err(Errno("ENETUNREACH"));
        }
        let mut call = call.clone();
        if let Call::Bind { addr, .. } | Call::Connect { addr, .. } | Call::Send { to: Some(addr), .. } =
            &mut call
        {
            addr.set_ip(inner);
        }
        Ok(Some(call))
    }

    /// getsockname(2)
    pub(crate) fn sys_getsockname(&self, id: SockId) -> Try {
        match self.socks.get(id) {
            Some(sock) => Try::Done(0, sock.told(sock.local)),
            None => Try::Errno(Errno("EBADF")),
        }
    }

    /// getpeername(2)
    pub(crate) fn sys_getpeername(&self, id: SockId) -> Try {
        let Some(sock) = self.socks.get(id) else { return Try::Errno(Errno("EBADF")) };
        let joined = !matches!(sock.state(), State::Closed | State::Listen | State::SynSent);
        match sock.remote.filter(|_| joined) {
            Some(remote) => Try::Done(0, sock.told(Some(remote))),
            None => Try::Errno(Errno("ENOTCONN")),
        }
    }
}

impl Sock {
    /// IPV6_V6ONLY: it leaves IPv4 to others.
    pub(crate) fn is_v6_only(&self) -> bool {
        self.options.as_ref().and_then(|o| o.on(IPV6_V6ONLY)) == Some(true)
    }

    /// An address as this socket tells it, as it lies in memory; of none: the unspecified one.
    pub(crate) fn told(&self, addr: Option<SocketAddr>) -> Bytes {
        let addr = match addr {
            Some(addr) => addr,
            None if self.six => SocketAddr::new(IpAddr::from([0; 16]), 0),
            None => address::UNBOUND,
        };
        address::octets(match addr.ip() {
            IpAddr::V4(v4) if self.six => SocketAddr::new(v4.to_ipv6_mapped().into(), addr.port()),
            _ => addr,
        })
    }
}
