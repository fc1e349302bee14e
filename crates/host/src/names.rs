//! Ports: who holds which, what bind may take, which one connect gets, which listener a segment finds.

use crate::rules;
use crate::secret::{FourTuple, IsnChoice, Use};
use crate::sock::{PortHold, Sock};
use crate::sockopt::IP_BIND_ADDRESS_NO_PORT;
use crate::step::Step;
use crate::{Errno, Host, SockId};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use tcp::{Config, rule};
use wire::Seq;

/// Who uses a port.
#[derive(Clone, Debug, Default)]
pub(crate) struct PortUse {
    /// Sockets bound to it, or for which it was chosen.
    pub(crate) holders: Vec<SockId>,
    /// Children of listeners, from SYN-RECEIVED to the end of TIME-WAIT.
    children: Vec<Children>,
}

/// Children on one local address, with the same options.
#[derive(Clone, Debug)]
struct Children {
    local: IpAddr,
    reuse: Reuse,
    count: u32,
}

/// SO_REUSEADDR and SO_REUSEPORT, as they were when a socket took its port.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Reuse {
    addr: bool,
    port: bool,
}

/// Two addresses cannot both be bound to one port: they are the same, or one is a wildcard. A wildcard of IPv6
/// takes IPv4 in too (RFC 3493 §5.3).
pub(crate) fn clash(a: SocketAddr, b: SocketAddr) -> bool {
    let dual = [a, b].iter().any(|x| x.is_ipv6() && x.ip().is_unspecified());
    let wild = a.ip().is_unspecified() || b.ip().is_unspecified();
    (a.is_ipv4() == b.is_ipv4() || dual) && (a.ip() == b.ip() || wild)
}

/// Ports of a range, from `offset` on, at a distance of `step` and then those between.
pub(crate) fn candidates((low, high): (u16, u16), offset: u32, step: u32) -> impl Iterator<Item = u16> {
    let (low, high) = (u32::from(low), u32::from(high));
    let count = (high + 1).saturating_sub(low);
    (0..step).flat_map(move |lane| {
        let lanes = count.saturating_sub(lane).div_ceil(step);
        (0..lanes).map(move |i| (low + lane + ((offset / step) % lanes + i) % lanes * step) as u16)
    })
}

impl Host {
    /// bind(2). Errors: EINVAL, EADDRNOTAVAIL, EADDRINUSE.
    pub(crate) fn bind(&mut self, id: SockId, addr: SocketAddr, cx: &mut Step) -> Result<(), Errno> {
        let Some(sock) = self.socks.get(id) else { return Err(Errno("EBADF")) };
        if sock.local.is_some_and(|l| l.port() != 0) {
            return Err(Errno("EINVAL"));
        }
        if !addr.ip().is_unspecified() && !self.ip.is_ours(addr.ip()) {
            return Err(Errno("EADDRNOTAVAIL"));
        }
        let mut addr = addr;
        if addr.port() == 0
            && sock.options.as_ref().is_some_and(|o| o.on(IP_BIND_ADDRESS_NO_PORT) == Some(true))
        {
            // connect(2) chooses it, knowing where to (ip(7)).
            if let Some(sock) = self.socks.get_mut(id) {
                sock.local = Some(addr);
            }
            return Ok(());
        }
        if addr.port() == 0 {
            let port = self.free_port(addr.ip(), id).ok_or(Errno("EADDRINUSE"))?;
            addr.set_port(port);
        } else if let Some(holder) = self.bind_conflict(id, addr) {
            rule!(cx.r, rules::PORT_TAKEN, Drop, addr, holder);
            return Err(Errno("EADDRINUSE"));
        }
        self.hold_port(id, addr, PortHold::Bound);
        Ok(())
    }

    /// Who stands in the way of binding to `addr`: a socket on the same port whose address is the same, or a
    /// wildcard on either side, unless both allow it: SO_REUSEADDR on both and no listener, or SO_REUSEPORT on
    /// both (linux `inet_csk_bind_conflict`).
    fn bind_conflict(&self, id: SockId, addr: SocketAddr) -> Option<SocketAddr> {
        let port = self.ports.get(&addr.port())?;
        let mine = self.reuse(id);
        let only = self.socks.get(id).is_some_and(Sock::is_v6_only);
        let holder = port.holders.iter().find_map(|&other| {
            let sock = self.socks.get(other).filter(|_| other != id)?;
            let its = self.reuse(other);
            let together = mine.addr && its.addr && sock.listener().is_none() || mine.port && its.port;
            let apart =
                sock.local.is_some_and(|l| l.is_ipv4() != addr.is_ipv4()) && (only || sock.is_v6_only());
            sock.local.filter(|&l| !together && !apart && clash(l, addr))
        });
        // Children outlive their listener and keep its port until TIME-WAIT is over.
        holder.or_else(|| {
            let stays = |c: &&Children| !(mine.addr && c.reuse.addr || mine.port && c.reuse.port);
            let at = |c: &Children| SocketAddr::new(c.local, addr.port());
            port.children.iter().filter(stays).map(at).find(|&l| clash(l, addr))
        })
    }

    fn reuse(&self, id: SockId) -> Reuse {
        let options = self.socks.get(id).and_then(|s| s.options.as_deref());
        options.map_or(Reuse::default(), |o| Reuse { addr: o.reuse_addr(), port: o.reuse_port() })
    }

    /// A child uses its listener's port from now on.
    pub(crate) fn inherit_port(&mut self, child: SockId, tuple: FourTuple) {
        let reuse = self.reuse(child);
        if let Some(sock) = self.socks.get_mut(child) {
            sock.port = PortHold::Inherited(reuse);
        }
        let all = &mut self.ports.entry_or_default(tuple.local_port).children;
        match all.iter_mut().find(|c| c.local == tuple.local && c.reuse == reuse) {
            Some(c) => c.count += 1,
            None => all.push(Children { local: tuple.local, reuse, count: 1 }),
        }
    }

    /// listen(2) asks again: two listeners on one address need SO_REUSEPORT on both.
    pub(crate) fn listen_conflict(&self, id: SockId) -> bool {
        let Some(addr) = self.socks.get(id).and_then(|s| s.local) else { return false };
        let mine = self.reuse(id);
        let all = self.listeners.get(&addr.port()).map_or(&[][..], |l| l);
        all.iter().any(|&other| {
            let local = self.socks.get(other).and_then(|s| s.local);
            other != id && !(mine.port && self.reuse(other).port) && local.is_some_and(|l| clash(l, addr))
        })
    }

    /// A port that nobody uses, for bind(2) of port 0 and listen(2) without bind(2).
    fn free_port(&mut self, ip: IpAddr, id: SockId) -> Option<u16> {
        let none: IpAddr =
            if ip.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let offset = self.secret.port_offset(ip, none, 0).wrapping_add(self.next_port);
        let range = self.port_range(self.socks.get(id).and_then(|s| s.options.as_ref()?.port_range()));
        let found = candidates(range, offset, 1).find(|p| self.ports.get(p).is_none())?;
        self.next_port = self.next_port.wrapping_add(1);
        Some(found)
    }

    /// First and last port of those that are chosen from: the host's, of which a socket may want a part (linux
    /// `inet_sk_get_local_port_range`).
    pub(crate) fn port_range(&self, wanted: Option<(u16, u16)>) -> (u16, u16) {
        let (low, high) = (self.settings.port_low, self.settings.port_high);
        let within = |p: u16, other: u16| if (low..=high).contains(&p) { p } else { other };
        wanted.map_or((low, high), |(first, last)| (within(first, low), within(last, high)))
    }

    /// connect(2) without bind(2): our address by the route, a port by RFC 6056 §3.3.3. A port that others use
    /// will do while the four-tuple is free.
    /// Errors: ENETUNREACH, EADDRNOTAVAIL (no port is left).
    pub(crate) fn choose_local(
        &mut self,
        id: SockId,
        remote: SocketAddr,
        cx: &mut Step,
    ) -> Result<(), Errno> {
        // linux tcp_v4_connect: neither multicast nor broadcast.
        let route = self.ip.route(remote.ip()).filter(|_| !self.ip.is_many(remote.ip()));
        let Some(route) = route else {
            self.explain_no_route(remote.ip(), cx);
            return Err(Errno("ENETUNREACH"));
        };
        self.explain_route(&route, remote.ip(), cx);
        if self.ip.asks && self.ip.is_withheld(route.src) {
            rule!(cx.r, rules::ADDRESS_WITHHELD, Drop, route.src);
            return Err(Errno("EADDRNOTAVAIL"));
        }
        if !self.ip.resolves(route.iface) && !self.ip.knows(route.iface, route.hop) {
            rule!(cx.r, rules::NEIGHBOUR_UNKNOWN, Drop, route.hop);
            return Err(Errno("EHOSTUNREACH"));
        }
        let sock = self.socks.get(id);
        let bound = sock.and_then(|s| s.local);
        let range = sock.and_then(|s| s.options.as_ref()?.port_range());
        let ip = bound.map(|b| b.ip()).filter(|ip| !ip.is_unspecified()).unwrap_or(route.src);
        let tuple =
            |port| FourTuple { local: ip, remote: remote.ip(), local_port: port, remote_port: remote.port() };
        if let Some(bound) = bound.filter(|b| b.port() != 0) {
            if !self.is_free(&tuple(bound.port()), true, cx.now) {
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
            !taken && self.is_free(&tuple(*p), false, cx.now)
        };
        let (low, high) = self.port_range(range);
        let port = candidates((low, high), offset, step).find(free).ok_or(Errno("EADDRNOTAVAIL"))?;
        self.next_port = self.next_port.wrapping_add(1);
        rule!(cx.r, rules::PORT_CHOSEN, Act, port, low, high);
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
        match hold {
            PortHold::Inherited(reuse) => {
                let local = sock.local.map(|l| l.ip());
                if let Some(i) = uses.children.iter().position(|c| Some(c.local) == local && c.reuse == reuse)
                {
                    uses.children[i].count -= 1;
                    uses.children.retain(|c| c.count > 0);
                }
            }
            _ => uses.holders.retain(|&h| h != id),
        }
        if uses.children.is_empty() && uses.holders.is_empty() {
            self.ports.remove(&port);
        }
    }

    /// listen(2) on a socket without a port: the host chooses one.
    pub(crate) fn autobind(&mut self, id: SockId) -> Result<(), Errno> {
        // IP_BIND_ADDRESS_NO_PORT leaves an address without one.
        let ip = match self.socks.get(id).and_then(|s| s.local) {
            Some(local) if local.port() != 0 => return Ok(()),
            Some(local) => local.ip(),
            None => Ipv4Addr::UNSPECIFIED.into(),
        };
        let port = self.free_port(ip, id).ok_or(Errno("EADDRINUSE"))?;
        self.hold_port(id, SocketAddr::new(ip, port), PortHold::Chosen);
        Ok(())
    }

    /// The listener for a segment: one bound to the address before one bound to any. Of several (SO_REUSEPORT)
    /// the four-tuple decides, so that a connection always meets the same one.
    pub(crate) fn find_listener(&self, tuple: &FourTuple) -> Option<SockId> {
        let all = self.listeners.get(&tuple.local_port)?;
        let any_v4 = tuple.local.is_ipv4().then_some(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let levels = [Some(tuple.local), any_v4, Some(Ipv6Addr::UNSPECIFIED.into())];
        levels.into_iter().flatten().find_map(|wanted| {
            let takes = |id: SockId| {
                let sock = self.socks.get(id)?;
                let only = wanted.is_ipv4() != tuple.local.is_ipv4() && sock.is_v6_only();
                Some(sock.local?.ip() == wanted && !only)
            };
            let here = || all.iter().copied().filter(|&id| takes(id) == Some(true));
            match here().count() {
                0 => None,
                1 => here().next(),
                // linux reciprocal_scale
                n => here()
                    .nth(((u64::from(self.secret.word(Use::ReusePort, tuple, 0)) * n as u64) >> 32) as usize),
            }
        })
    }
    /// The initial sequence number of a new connection.
    pub(crate) fn choose_isn(&mut self, tuple: &FourTuple, cx: &mut Step) -> Seq {
        self.connections = self.connections.wrapping_add(1);
        let choice = self.settings.isn;
        if choice == IsnChoice::Random {
            self.isn_chance = self.isn_chance.wrapping_add(self.secret.leap(self.connections));
        }
        let iss = self.secret.isn(choice, tuple, (self.connections, self.isn_chance), cx.now);
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
