//! What is not for this host goes on, where it is a router (RFC 1812 §5, RFC 8200 §3).

use crate::icmp_error::Error;
use crate::input::low_word;
use crate::ip::Route;
use crate::nat::Tracked;
use crate::step::{Refused, Step};
use crate::{Host, rules};
use bytes::Bytes;
use std::net::IpAddr;
use tcp::rule;
use wire::datagram::{View, cut, view};
use wire::frame::Room;
use wire::icmp::unreachable;
use wire::{Link, ethernet, rewrite};

/// A datagram on its way through.
pub(crate) struct Passing {
    /// Where it came in.
    pub(crate) iface: usize,
    /// The frame as it is now: its destination may have been translated.
    pub(crate) frame: Bytes,
    /// The frame as it came in.
    pub(crate) came: Bytes,
    /// What is known of its connection.
    pub(crate) tracked: Option<Tracked>,
}

impl Host {
    /// Whether this host passes on what is not for it, of this family.
    pub(crate) fn forwards(&self, addr: IpAddr) -> bool {
        let network = &self.settings.network;
        if addr.is_ipv4() { network.forward_v4 } else { network.forward_v6 }
    }

    /// linux ip_forward, ip6_forward.
    #[cold]
    #[inline(never)]
    pub(crate) fn forward(&mut self, passing: Passing, cx: &mut Step) -> Result<(), Refused> {
        let Some(seen) = passing.frame.get(ethernet::LEN..).and_then(view) else { return Ok(()) };
        let (src, dst) = (seen.addrs.src(), seen.addrs.dst());
        self.check_forwarded(&passing, &seen, cx)?;
        let Some(route) = self.ip.route_of_link(dst) else {
            rule!(cx.r, rules::FORWARD_NO_ROUTE, Answer, dst);
            self.count_quietly("IpInNoRoutes");
            self.icmp_error(&passing.came, Error::Unreachable(unreachable::NET), cx);
            return Err(Refused::new(&rules::FORWARD_NO_ROUTE, low_word(dst), 0));
        };
        if seen.ttl <= 1 {
            rule!(cx.r, rules::FORWARD_TTL, Answer, seen.ttl);
            self.count_quietly("IpInHdrErrors");
            self.icmp_error(&passing.came, Error::TtlExceeded, cx);
            return Err(Refused::new(&rules::FORWARD_TTL, seen.ttl.into(), 0));
        }
        let len = seen.payload.end;
        if len > route.mtu.into() && seen.dont_fragment {
            rule!(cx.r, rules::FORWARD_TOO_BIG, Answer, len, route.mtu);
            self.count_quietly("IpFragFails");
            self.icmp_error(&passing.came, Error::TooBig(route.mtu.into()), cx);
            return Err(Refused::new(&rules::FORWARD_TOO_BIG, len as u32, route.mtu.into()));
        }
        self.redirect(&passing, &route, src, cx);
        let mut datagram = passing.frame[ethernet::LEN..ethernet::LEN + len].to_vec();
        rewrite::age(&mut datagram);
        rule!(cx.r, rules::FORWARDED, Act, dst, route.hop, seen.ttl - 1);
        self.count_quietly("IpForwDatagrams");
        if let Some(tracked) = passing.tracked {
            self.postrouting(tracked, &route, &mut datagram, cx)?;
        }
        // Neighbours are asked for by an address of this host (linux arp_solicit).
        self.output_datagram(&route, (route.src, dst), &datagram, cx);
        Ok(())
    }

    /// What no router passes on: what went to many, on the link or beyond; what cannot have come from there.
    fn check_forwarded(&mut self, passing: &Passing, seen: &View, cx: &mut Step) -> Result<(), Refused> {
        let (src, dst) = (seen.addrs.src(), seen.addrs.dst());
        let group = ethernet::parse(&passing.frame).is_ok_and(|(link, _)| link.dst.is_group());
        let link_local = |a: IpAddr| match a {
            IpAddr::V4(a) => a.is_link_local(),
            IpAddr::V6(a) => a.is_unicast_link_local(),
        };
        if group || self.ip.is_many(dst) || link_local(dst) || link_local(src) {
            rule!(cx.r, rules::IP_NOT_FOR_US, Drop, dst);
            return Err(Refused::new(&rules::IP_NOT_FOR_US, low_word(dst), 0));
        }
        let back = self.ip.route_of_link(src).map(|r| r.iface);
        let possible = match self.settings.network.rp_filter {
            1 => back == Some(passing.iface),
            2 => back.is_some(),
            _ => true,
        };
        if src.is_ipv4() && !possible {
            rule!(cx.r, rules::FORWARD_REVERSE_PATH, Drop, src);
            self.count_quietly("IPReversePathFilter");
            return Err(Refused::new(&rules::FORWARD_REVERSE_PATH, low_word(src), 0));
        }
        Ok(())
    }

    /// RFC 1812 §5.2.7.2: who could have sent straight to the next hop is told so.
    fn redirect(&mut self, passing: &Passing, route: &Route, src: IpAddr, cx: &mut Step) {
        let IpAddr::V4(hop) = route.hop else { return };
        let straight = route.iface == passing.iface
            && passing.tracked.is_none()
            && self.ip.route_of_link(src).is_some_and(|back| back.iface == route.iface && back.hop == src);
        if straight && self.settings.network.send_redirects {
            rule!(cx.r, rules::FORWARD_REDIRECT, Act, src, route.hop);
            self.icmp_error(&passing.came, Error::Redirect(hop), cx);
        }
    }

    /// Sends a datagram by a route, in fragments where it is longer than its MTU.
    pub(crate) fn output_datagram(
        &mut self,
        route: &Route,
        ends: (IpAddr, IpAddr),
        datagram: &[u8],
        cx: &mut Step,
    ) {
        if datagram.len() <= route.mtu.into() {
            return self.output_octets(route, ends, datagram, cx);
        }
        let ident = self.fragment_ident();
        let Some(pieces) = cut(datagram, route.mtu.into(), ident) else {
            self.count_quietly("IpFragFails");
            return;
        };
        rule!(cx.r, rules::FRAGMENTED, Act, datagram.len(), route.mtu, pieces.len());
        self.count_quietly("IpFragOKs");
        for piece in &pieces {
            self.count_quietly("IpFragCreates");
            self.output_octets(route, ends, piece, cx);
        }
    }

    fn output_octets(&mut self, route: &Route, ends: (IpAddr, IpAddr), octets: &[u8], cx: &mut Step) {
        let ethertype = if ends.1.is_ipv4() { ethernet::IPV4 } else { ethernet::IPV6 };
        self.output_by(route, ends, cx, &mut |_: &mut Room, link: &Link| {
            let mut frame = vec![0; ethernet::LEN];
            ethernet::emit(link, ethertype, &mut frame);
            frame.extend_from_slice(octets);
            frame.into()
        });
    }

    /// An identification of 32 bits, for fragments of IPv6.
    fn fragment_ident(&mut self) -> u32 {
        self.next_ident = self.next_ident.wrapping_add(1);
        self.next_ident
    }
}
