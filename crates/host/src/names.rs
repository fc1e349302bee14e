//! Ports: who holds which, what bind may take, which one connect gets, which listener a segment finds.

use crate::rules;
use crate::secret::{FourTuple, Use};
use crate::sock::{PortHold, Sock};
use crate::step::Step;
use crate::{Errno, Host, SockId};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use tcp::rule::Recorder;
use tcp::{Config, rule};
use wire::Seq;

/// Who uses a port.
#[derive(Clone, Debug, Default)]
pub(crate) struct PortUse {
    /// Sockets bound to it, or for which it was chosen.
    pub(crate) holders: Vec<SockId>,
    /// Children of listeners, from SYN-RECEIVED to the end of TIME-WAIT.
    pub(crate) children: u32,
}

impl Host {
    /// bind(2). Errors: EINVAL, EADDRNOTAVAIL, EADDRINUSE.
    pub(crate) fn bind<R: Recorder>(
        &mut self,
        id: SockId,
        addr: SocketAddr,
        cx: &mut Step<R>,
    ) -> Result<(), Errno> {
        let Some(sock) = self.socks.get(id) else { return Err(Errno("EBADF")) };
        if sock.local.is_some() {
            return Err(Errno("EINVAL"));
        }
        if !addr.ip().is_unspecified() && !self.ip.is_ours(addr.ip()) {
            return Err(Errno("EADDRNOTAVAIL"));
        }
        let mut addr = addr;
        if addr.port() == 0 {
            let port = self.free_port(addr.ip()).ok_or(Errno("EADDRINUSE"))?;
            addr.set_port(port);
        } else if let Some(holder) = self.bind_conflict(addr) {
            rule!(cx.r, rules::PORT_TAKEN, Drop, addr, holder);
            return Err(Errno("EADDRINUSE"));
        }
        self.hold_port(id, addr, PortHold::Bound);
        Ok(())
    }

    /// Who stands in the way of binding to `addr`: a socket on the same port whose address is the same, or a
    /// wildcard on either side (linux `inet_csk_bind_conflict`, without SO_REUSEADDR).
    fn bind_conflict(&self, addr: SocketAddr) -> Option<SocketAddr> {
        let port = self.ports.get(&addr.port())?;
        let clash = |other: SocketAddr| {
            let same_family = other.is_ipv4() == addr.is_ipv4();
            // A wildcard of IPv6 takes IPv4 in too (RFC 3493 §5.3).
            let dual = [other, addr].iter().any(|a| a.is_ipv6() && a.ip().is_unspecified());
            (same_family || dual)
                && (other.ip() == addr.ip() || other.ip().is_unspecified() || addr.ip().is_unspecified())
        };
        let holder = port.holders.iter().filter_map(|&id| self.socks.get(id)?.local).find(|&l| clash(l));
        // Children outlive their listener and keep its port until TIME-WAIT is over.
        holder.or_else(|| (port.children > 0).then_some(addr))
    }

    /// A port that nobody uses, for bind(2) of port 0 and listen(2) without bind(2).
    fn free_port(&mut self, ip: IpAddr) -> Option<u16> {
        let none: IpAddr =
            if ip.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let offset = self.secret.port_offset(ip, none, 0).wrapping_add(self.next_port);
        let found = self.candidates(offset, 1).find(|p| self.ports.get(p).is_none())?;
        self.next_port = self.next_port.wrapping_add(1);
        Some(found)
    }

    /// Ports of the range, from `offset` on, at a distance of `step` and then those between.
    fn candidates(&self, offset: u32, step: u32) -> impl Iterator<Item = u16> + use<> {
        let (low, high) = (u32::from(self.settings.port_low), u32::from(self.settings.port_high));
        let count = high - low + 1;
        (0..step).flat_map(move |lane| {
            let lanes = count.saturating_sub(lane).div_ceil(step);
            (0..lanes).map(move |i| (low + lane + ((offset / step) % lanes + i) % lanes * step) as u16)
        })
    }

    /// connect(2) without bind(2): our address by the route, a port by RFC 6056 §3.3.3. A port that others use
    /// will do while the four-tuple is free.
    /// Errors: ENETUNREACH, EADDRNOTAVAIL (no port is left).
    pub(crate) fn choose_local<R: Recorder>(
        &mut self,
        id: SockId,
        remote: SocketAddr,
        cx: &mut Step<R>,
    ) -> Result<(), Errno> {
        let route = self.ip.route(remote.ip()).ok_or(Errno("ENETUNREACH"))?;
        if self.ip.neighbour(route.iface, route.hop).is_none() {
            rule!(cx.r, rules::NEIGHBOUR_UNKNOWN, Drop, route.hop);
            return Err(Errno("EHOSTUNREACH"));
        }
        let bound = self.socks.get(id).and_then(|s| s.local);
        let ip = bound.map(|b| b.ip()).filter(|ip| !ip.is_unspecified()).unwrap_or(route.src);
        let tuple =
            |port| FourTuple { local: ip, remote: remote.ip(), local_port: port, remote_port: remote.port() };
        if let Some(bound) = bound {
            if self.tuples.get(&tuple(bound.port())).is_some() {
                return Err(Errno("EADDRNOTAVAIL"));
            }
            if let Some(sock) = self.socks.get_mut(id) {
                sock.local = Some(SocketAddr::new(ip, bound.port()));
            }
            return Ok(());
        }
        let step = self.settings.port_step;
        let offset =
            self.secret.port_offset(ip, remote.ip(), remote.port()).wrapping_add(self.next_port * step);
        let free = |p: &u16| {
            let taken = self.ports.get(p).is_some_and(|u| {
                u.holders.iter().any(|&h| self.socks.get(h).is_some_and(|s| s.port == PortHold::Bound))
            });
            !taken && self.tuples.get(&tuple(*p)).is_none()
        };
        let port = self.candidates(offset, step).find(free).ok_or(Errno("EADDRNOTAVAIL"))?;
        self.next_port = self.next_port.wrapping_add(1);
        rule!(cx.r, rules::PORT_CHOSEN, Act, port, self.settings.port_low, self.settings.port_high);
        self.hold_port(id, SocketAddr::new(ip, port), PortHold::Chosen);
        Ok(())
    }

    fn hold_port(&mut self, id: SockId, addr: SocketAddr, hold: PortHold) {
        if let Some(sock) = self.socks.get_mut(id) {
            sock.local = Some(addr);
            sock.port = hold;
        }
        self.ports.entry_or_default(addr.port()).holders.push(id);
    }

    pub(crate) fn give_port_back(&mut self, id: SockId) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        let hold = std::mem::replace(&mut sock.port, PortHold::None);
        let Some(port) = sock.local.map(|l| l.port()).filter(|_| hold != PortHold::None) else { return };
        let Some(uses) = self.ports.get_mut(&port) else { return };
        if hold == PortHold::Inherited {
            uses.children = uses.children.saturating_sub(1);
        } else {
            uses.holders.retain(|&h| h != id);
        }
        if uses.children == 0 && uses.holders.is_empty() {
            self.ports.remove(&port);
        }
    }

    /// listen(2) on a socket without a port: the host chooses one.
    pub(crate) fn autobind(&mut self, id: SockId) -> Result<(), Errno> {
        if self.socks.get(id).is_some_and(|s| s.local.is_some()) {
            return Ok(());
        }
        let any = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        let port = self.free_port(any).ok_or(Errno("EADDRINUSE"))?;
        self.hold_port(id, SocketAddr::new(any, port), PortHold::Chosen);
        Ok(())
    }

    /// The listener for a segment: one bound to the address before one bound to any.
    pub(crate) fn find_listener(&self, tuple: &FourTuple) -> Option<SockId> {
        let all = self.listeners.get(&tuple.local_port)?;
        let at = |wanted: IpAddr| all.iter().copied().find(|&id| self.local_ip(id) == Some(wanted));
        let family = if tuple.local.is_ipv4() { at(Ipv4Addr::UNSPECIFIED.into()) } else { None };
        at(tuple.local).or(family).or_else(|| at(Ipv6Addr::UNSPECIFIED.into()))
    }
    fn local_ip(&self, id: SockId) -> Option<IpAddr> {
        self.socks.get(id)?.local.map(|l| l.ip())
    }

    /// The initial sequence number of a new connection.
    pub(crate) fn choose_isn<R: Recorder>(&mut self, tuple: &FourTuple, cx: &mut Step<R>) -> Seq {
        self.connections = self.connections.wrapping_add(1);
        let iss = self.secret.isn(self.settings.isn, tuple, self.connections, cx.now);
        rule!(cx.r, rules::ISN_CHOSEN, Act, iss);
        iss
    }

    /// Settings of a new connection: the host's, the socket's, and the MSS that the way allows.
    pub(crate) fn connection_config(&self, from: SockId, tuple: &FourTuple) -> Rc<Config> {
        let headers = if tuple.local.is_ipv4() { 40 } else { 60 };
        let mtu = self.ip.route(tuple.remote).map_or(1500, |r| r.mtu);
        let mss = mtu - headers;
        let options = self.socks.get(from).and_then(|s| s.options.as_deref());
        if self.settings.tcp.mss == mss && options.is_none() {
            return Rc::clone(&self.settings.tcp);
        }
        let mut config = Config { mss, ..(*self.settings.tcp).clone() };
        if let Some(options) = options {
            options.apply(&mut config);
        }
        Rc::new(config)
    }

    /// First IP identification of a connection.
    pub(crate) fn first_ident(&self, sock: &Sock) -> u16 {
        sock.tuple().map_or(0, |t| self.secret.word(Use::IpId, &t, 0) as u16)
    }
}
