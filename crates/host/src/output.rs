//! The one way out: a datagram's route, the neighbour that takes it, its frame. What TCP sends by a way that is known goes
//! past this (`transmit`); all else, and what finds no neighbour there, comes here.

use crate::counters::Hot;
use crate::icmp_error::Error;
use crate::ip::Route;
use crate::neigh::{Hop, readdress};
use crate::step::Step;
use crate::{Errno, Host, Sent, rules};
use bytes::Bytes;
use std::net::IpAddr;
use tcp::rule;
use wire::frame::Room;
use wire::icmp::unreachable;
use wire::{Link, Mac, datagram, ethernet, ip};

/// Makes a frame, in the room given, for the link given.
pub(crate) type Emit<'a> = &'a mut dyn FnMut(&mut Room, &Link) -> Bytes;

impl Host {
    /// Sends a datagram of this host to where the route of its destination leads. Counts it.
    ///
    /// # Errors
    /// ENETUNREACH: there is no route. That nobody answers for the next hop comes later, as an error of the datagram.
    pub(crate) fn output(&mut self, header: &ip::Header, cx: &mut Step, emit: Emit) -> Result<(), Errno> {
        let dst = header.addrs.dst();
        let Some(route) = self.ip.route(dst) else {
            rule!(cx.r, rules::ROUTE_MISSING, Drop, dst);
            self.count_quietly("IpOutNoRoutes");
            return Err(Errno("ENETUNREACH"));
        };
        self.counters.hot(Hot::IpOutRequests);
        // Before it is made nobody knows how long it is.
        let frame = emit(&mut self.room, &Link { dst: Mac([0; 6]), src: self.ip.mac(route.iface) });
        let ends = (header.addrs.src(), dst);
        if frame.len() <= ethernet::LEN + usize::from(route.mtu) {
            // It is made once: only its destination is missing.
            let mut made = frame;
            let mut taken = |_: &mut Room, link: &Link| readdress(std::mem::take(&mut made), link);
            self.output_by(&route, ends, cx, &mut taken);
            return Ok(());
        }
        if header.dont_fragment {
            rule!(cx.r, rules::OUTPUT_TOO_BIG, Drop, frame.len() - ethernet::LEN, route.mtu);
            self.count_quietly("IpFragFails");
            return Err(Errno("EMSGSIZE"));
        }
        self.output_datagram(&route, ends, &frame[ethernet::LEN..], cx);
        Ok(())
    }

    /// Sends a datagram for `dst`, from `src`, by a route that was chosen.
    pub(crate) fn output_by(
        &mut self,
        route: &Route,
        (src, dst): (IpAddr, IpAddr),
        cx: &mut Step,
        emit: Emit,
    ) {
        let near = (route.iface, route.hop);
        let mut link = Link { dst: Mac([0; 6]), src: self.ip.mac(route.iface) };
        let known = if self.ip.is_many(dst) {
            Some(group(dst))
        } else {
            self.ip.neighbour(route.iface, route.hop, cx.now)
        };
        let hop = match known {
            Some(mac) => Hop::Known(mac),
            None => self.ip.event_send(near, src, &self.settings, cx),
        };
        match hop {
            Hop::Known(mac) => {
                link.dst = mac;
                let frame = emit(&mut self.room, &link);
                self.put_on_link(route.iface, frame, cx);
            }
            Hop::Asked => {
                let frame = emit(&mut self.room, &link);
                self.ip.hold(near, (frame, 0), &self.settings, cx);
            }
            Hop::Unknown => {}
        }
    }

    /// Which way is taken, and why: what a wrong mask or gateway leads to begins here.
    pub(crate) fn explain_route(&self, route: &Route, dst: IpAddr, cx: &mut Step) {
        if !self.ip.asks {
            return;
        }
        match self.ip.network_of(dst) {
            Some((network, prefix)) if route.hop == dst => {
                rule!(cx.r, rules::ROUTE_ON_LINK, Act, dst, network, prefix);
            }
            _ => rule!(cx.r, rules::ROUTE_BY_GATEWAY, Act, dst, route.hop),
        }
    }

    /// There is no way to an address; where a gateway was configured and refused, that is why.
    pub(crate) fn explain_no_route(&self, dst: IpAddr, cx: &mut Step) {
        rule!(cx.r, rules::ROUTE_MISSING, Drop, dst);
        let refused = self.ip.list().into_iter().filter(|r| r.refused);
        for via in refused.filter_map(|r| r.via).filter(|v| v.is_ipv4() == dst.is_ipv4()) {
            rule!(cx.r, rules::GATEWAY_REFUSED, Drop, via);
        }
    }

    /// Nobody answered for a neighbour that a gateway would have led to, were the mask longer.
    pub(crate) fn explain_failure(&self, hop: IpAddr, cx: &mut Step) {
        if let Some((network, prefix)) = self.ip.network_of(hop)
            && let Some(via) = self.ip.gateway(hop)
        {
            rule!(cx.r, rules::NEIGH_PERHAPS_FAR, Act, hop, network, prefix, via);
        }
    }

    /// A frame's datagram reached nobody: whoever sent it is told that its host cannot be reached.
    pub(crate) fn undeliverable(&mut self, frame: &Bytes, cx: &mut Step) {
        // A fragment too may wait for a neighbour.
        let Some(seen) = frame.get(ethernet::LEN..).and_then(datagram::view) else { return };
        if self.ip.is_ours(seen.addrs.src()) {
            self.own_unreachable(&frame[ethernet::LEN..], cx);
        } else {
            self.icmp_error(frame, Error::Unreachable(unreachable::HOST), cx);
        }
    }

    /// A frame goes out by an interface, as it is.
    pub(crate) fn put_on_link(&mut self, iface: usize, frame: Bytes, cx: &mut Step) {
        if !self.settings.tcp.device_full {
            cx.out.frames.push(Sent { iface, frame, resent: 0 });
        }
    }
}

/// The Ethernet address of many (RFC 1112 §6.4, RFC 2464 §7).
pub(crate) fn group(dst: IpAddr) -> Mac {
    match dst {
        IpAddr::V4(a) if a.is_multicast() => {
            let [_, b, c, d] = a.octets();
            Mac([0x01, 0x00, 0x5e, b & 0x7f, c, d])
        }
        IpAddr::V4(_) => Mac::BROADCAST,
        IpAddr::V6(a) => {
            let [.., b, c, d, e] = a.octets();
            Mac([0x33, 0x33, b, c, d, e])
        }
    }
}
