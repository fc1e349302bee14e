//! UDP (RFC 768, RFC 1122 §4.1) and what else goes out below TCP: echo requests, raw IP.

use crate::names::candidates;
use crate::names::clash;
use crate::sock::{PortHold, Sock};
use crate::sockopt::{IP_HDRINCL, SO_BROADCAST};
use crate::step::{Refused, Step};
use crate::{Errno, Host, SockId, rules};
use bytes::{Bytes, BytesMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use tcp::rule;
use wire::checksum::Sum;
use wire::{icmp, ip, udp};

/// Octets of data in the largest datagrams.
const V4_MAX: usize = 65_535 - ip::V4_LEN - udp::LEN;
const V6_MAX: usize = 65_535 - udp::LEN;

impl Host {
    /// A datagram of UDP for us.
    pub(crate) fn udp_arrives(
        &mut self,
        header: &ip::Header,
        frame: &Bytes,
        range: Range<usize>,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        let (ports, payload) = udp::parse(header, frame, range).map_err(|m| {
            self.count_quietly("UdpInErrors");
            self.malformed(m, cx)
        })?;
        let from = SocketAddr::new(header.addrs.src(), ports.src_port);
        let to = SocketAddr::new(header.addrs.dst(), ports.dst_port);
        let many = self.ip.is_many(to.ip());
        let Some(id) = self.udp_socket(to, from) else {
            self.count_quietly("UdpNoPorts");
            if many {
                rule!(cx.r, rules::UDP_UNHEARD, Drop, ports.dst_port);
                return Err(Refused::new(&rules::UDP_UNHEARD, ports.dst_port.into(), 0));
            }
            return self.udp_closed(frame, ports.dst_port, cx);
        };
        let data = frame.slice(payload);
        let len = data.len();
        let told = self.socks.get(id).map(|s| s.told(Some(from))).unwrap_or_default();
        if !self.put_in(id, told, data, cx) {
            self.count("UdpRcvbufErrors", cx);
            self.count_quietly("UdpInErrors");
            rule!(cx.r, rules::UDP_FULL, Drop, to, len);
            return Err(Refused::new(&rules::UDP_FULL, ports.dst_port.into(), len as u32));
        }
        self.count_quietly("UdpInDatagrams");
        rule!(cx.r, rules::UDP_TAKEN, Act, from, to, len);
        Ok(())
    }

    /// The socket for a datagram: one that is connected to its sender before one that is not, one bound to the address before
    /// one bound to any; of equals the last (linux `compute_score`).
    pub(crate) fn udp_socket(&self, to: SocketAddr, from: SocketAddr) -> Option<SockId> {
        let score = |id: &SockId| {
            let sock = self.socks.get(*id)?;
            let local = sock.local?.ip();
            let here = local == to.ip();
            let wild = local.is_unspecified()
                && (local.is_ipv4() == to.is_ipv4() || local.is_ipv6() && !sock.is_v6_only());
            let joined = sock.remote.map(|r| r == from);
            (here || wild && joined != Some(false)).then_some(())?;
            (joined != Some(false)).then_some(u32::from(here) + 2 * u32::from(joined == Some(true)))
        };
        let all = self.udp.get(&to.port())?;
        all.iter().filter_map(|id| Some((score(id)?, *id))).max_by_key(|(score, _)| *score).map(|(_, id)| id)
    }

    /// bind(2). Errors: EINVAL, EADDRNOTAVAIL, EADDRINUSE.
    pub(crate) fn bind_datagrams(
        &mut self,
        id: SockId,
        addr: SocketAddr,
        cx: &mut Step,
    ) -> Result<(), Errno> {
        let Some(sock) = self.socks.get(id) else { return Err(Errno("EBADF")) };
        if !addr.ip().is_unspecified() && !self.ip.is_ours(addr.ip()) && !self.ip.is_many(addr.ip()) {
            return Err(Errno("EADDRNOTAVAIL"));
        }
        if !self.is_udp(id) {
            if let Some(sock) = self.socks.get_mut(id) {
                sock.local = Some(addr);
            }
            return Ok(());
        }
        if sock.local.is_some_and(|l| l.port() != 0) {
            return Err(Errno("EINVAL"));
        }
        let mut addr = addr;
        if addr.port() == 0 {
            addr.set_port(self.free_udp_port(addr.ip()).ok_or(Errno("EADDRINUSE"))?);
        } else if let Some(holder) = self.udp_conflict(id, addr) {
            rule!(cx.r, rules::PORT_TAKEN, Drop, addr, holder);
            return Err(Errno("EADDRINUSE"));
        }
        self.hold_udp_port(id, addr, PortHold::Bound);
        Ok(())
    }

    /// Who stands in the way: unlike TCP's, two sockets may share where both have SO_REUSEADDR (linux `inet_rcv_saddr_equal`).
    fn udp_conflict(&self, id: SockId, addr: SocketAddr) -> Option<SocketAddr> {
        let shares = |s: &Sock| s.options.as_ref().is_some_and(|o| o.reuse_addr() || o.reuse_port());
        let mine = self.socks.get(id).is_some_and(shares);
        let others = self.udp.get(&addr.port())?.iter().filter(|other| **other != id);
        others.filter_map(|other| self.socks.get(*other)).find_map(|s| {
            let local = s.local?;
            (clash(local, addr) && !(mine && shares(s))).then_some(local)
        })
    }

    fn free_udp_port(&mut self, ip: IpAddr) -> Option<u16> {
        let none =
            if ip.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
        let offset = self.secret.port_offset(ip, none, u16::from(ip::UDP)).wrapping_add(self.next_port);
        let range = self.port_range(None);
        let found = candidates(range, offset, 1).find(|p| self.udp.get(p).is_none())?;
        self.next_port = self.next_port.wrapping_add(1);
        Some(found)
    }

    fn hold_udp_port(&mut self, id: SockId, addr: SocketAddr, hold: PortHold) {
        if let Some(sock) = self.socks.get_mut(id) {
            sock.local = Some(addr);
            sock.port = hold;
        }
        self.udp.entry(addr.port(), Vec::new()).push(id);
    }

    /// A port of its own, where it has none yet.
    pub(crate) fn bind_udp_somewhere(&mut self, id: SockId, to: SocketAddr) -> Result<(), Errno> {
        let bound = self.socks.get(id).and_then(|s| s.local);
        if bound.is_some_and(|l| l.port() != 0) {
            return Ok(());
        }
        let six = to.is_ipv6() || self.socks.get(id).is_some_and(|s| s.six);
        let any = if six { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
        let ip = bound.map_or(any, |b| b.ip());
        let port = self.free_udp_port(ip).ok_or(Errno("EAGAIN"))?;
        self.hold_udp_port(id, SocketAddr::new(ip, port), PortHold::Chosen);
        Ok(())
    }

    /// The header of a datagram of a socket: addresses, TTL, type of service, whether it may be cut.
    fn datagram_header(
        &mut self,
        id: SockId,
        to: IpAddr,
        protocol: u8,
        len: usize,
    ) -> Result<ip::Header, Errno> {
        let route = self.ip.route(to).ok_or(Errno("ENETUNREACH"))?;
        let Some(sock) = self.socks.get_mut(id) else { return Err(Errno("EBADF")) };
        let src = sock.local.map(|l| l.ip()).filter(|ip| !ip.is_unspecified() && !ip.is_multicast());
        let addrs = ip::Addrs::new(src.unwrap_or(route.src), to).ok_or(Errno("EINVAL"))?;
        let mut header = ip::Header::new(addrs, protocol);
        let whole = addrs.header_len() + len <= usize::from(route.mtu);
        // IP_PMTUDISC_WANT: what is small enough is not to be cut on its way, what is not is cut here.
        header.dont_fragment = whole;
        header.ttl = if to.is_multicast() { 1 } else { self.settings.default_ttl };
        if let Some(options) = &sock.options {
            header.ttl = options.ttl().unwrap_or(header.ttl);
            header.dscp = options.tos().unwrap_or(0) >> 2;
            if let Some(path) = options.path_mtu() {
                if !whole && path.refuses_long() {
                    return Err(Errno("EMSGSIZE"));
                }
                header.dont_fragment = path.dont_fragment_datagram(whole);
            }
        }
        if sock.remote.is_some() || !header.dont_fragment {
            header.ident = sock.ip_ident;
            sock.ip_ident = sock.ip_ident.wrapping_add(1);
        }
        Ok(header)
    }

    pub(crate) fn send_udp(
        &mut self,
        id: SockId,
        data: &Bytes,
        to: SocketAddr,
        cx: &mut Step,
    ) -> Result<(), Errno> {
        if to.port() == 0 {
            return Err(Errno("EINVAL"));
        }
        if data.len() > if to.is_ipv4() { V4_MAX } else { V6_MAX } {
            return Err(Errno("EMSGSIZE"));
        }
        let broadcasts = |s: &Sock| s.options.as_ref().and_then(|o| o.on(SO_BROADCAST)) == Some(true);
        if self.ip.is_many(to.ip()) && !to.ip().is_multicast() && !self.socks.get(id).is_some_and(broadcasts)
        {
            return Err(Errno("EACCES"));
        }
        self.bind_udp_somewhere(id, to)?;
        let header = self.datagram_header(id, to.ip(), ip::UDP, udp::LEN + data.len())?;
        let src_port = self.socks.get(id).and_then(|s| s.local).map_or(0, |l| l.port());
        let ports = udp::Header { src_port, dst_port: to.port() };
        self.count_quietly("UdpOutDatagrams");
        rule!(cx.r, rules::UDP_SENT, Act, SocketAddr::new(header.addrs.src(), src_port), to, data.len());
        self.output(&header, cx, &mut |_, link| {
            wire::frame::emit_udp(link, &header, &ports, data.len(), |o| o.extend_from_slice(data))
        })
    }

    /// icmp(7): an echo request; identification and checksum are the host's affair.
    pub(crate) fn send_ping(
        &mut self,
        id: SockId,
        data: &Bytes,
        to: IpAddr,
        cx: &mut Step,
    ) -> Result<(), Errno> {
        let asks = if to.is_ipv4() { icmp::v4::ECHO } else { icmp::v6::ECHO };
        let Some((head, rest)) = data.split_first_chunk::<8>().filter(|(h, _)| h[0] == asks && h[1] == 0)
        else {
            return Err(Errno("EINVAL"));
        };
        let ident = self.ping_ident(id, to);
        let protocol = if to.is_ipv4() { ip::ICMP } else { ip::ICMPV6 };
        let header = self.datagram_header(id, to, protocol, data.len())?;
        let word = u32::from(ident) << 16 | u32::from(u16::from_be_bytes([head[6], head[7]]));
        let message = icmp::Header { kind: asks, code: 0, rest: word };
        self.count_quietly("IcmpOutEchos");
        self.count_quietly("IcmpOutMsgs");
        self.output(&header, cx, &mut |_, link| {
            wire::frame::emit_icmp(link, &header, &message, rest.len(), |o| o.extend_from_slice(rest))
        })
    }

    /// The identification of a ping socket, which is its port.
    fn ping_ident(&mut self, id: SockId, to: IpAddr) -> u16 {
        let any = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
        let offset = self.secret.port_offset(any, to, u16::from(ip::ICMP)).wrapping_add(self.next_port);
        let Some(sock) = self.socks.get_mut(id) else { return 0 };
        let local = sock.local.get_or_insert(SocketAddr::new(any, 0));
        if local.port() == 0 {
            local.set_port((offset % 65_535 + 1) as u16);
            self.next_port = self.next_port.wrapping_add(1);
        }
        local.port()
    }

    /// raw(7): data behind a header of ours, or a whole datagram (IP_HDRINCL), of which the checksum and the length are
    /// written anew, and an identification and a source of zero filled in.
    pub(crate) fn send_raw(
        &mut self,
        id: SockId,
        protocol: u8,
        data: &Bytes,
        to: IpAddr,
        cx: &mut Step,
    ) -> Result<(), Errno> {
        let included = |s: &Sock| s.options.as_ref().and_then(|o| o.on(IP_HDRINCL)) == Some(true);
        if protocol != ip::RAW && !self.socks.get(id).is_some_and(included) {
            let header = self.datagram_header(id, to, protocol, data.len())?;
            return self.output(&header, cx, &mut |_, link| wire::frame::emit_ip(link, &header, data));
        }
        let route = self.ip.route(to).ok_or(Errno("ENETUNREACH"))?;
        if data.len() < ip::V4_LEN || data[0] >> 4 != 4 {
            return Err(Errno("EINVAL"));
        }
        if data.len() > usize::from(route.mtu) {
            return Err(Errno("EMSGSIZE"));
        }
        let mut datagram = BytesMut::from(&data[..]);
        datagram[2..4].copy_from_slice(&(data.len() as u16).to_be_bytes());
        if let (IpAddr::V4(src), [0, 0, 0, 0]) = (route.src, [data[12], data[13], data[14], data[15]]) {
            datagram[12..16].copy_from_slice(&src.octets());
        }
        let header_len = usize::from(data[0] & 15) * 4;
        if (ip::V4_LEN..=data.len()).contains(&header_len) {
            datagram[10..12].fill(0);
            let sum = Sum::new().octets(&datagram[..header_len]).checksum();
            datagram[10..12].copy_from_slice(&sum.to_be_bytes());
        }
        rule!(cx.r, rules::DATAGRAM_BY_HAND, Act, to, data.len());
        let datagram = datagram.freeze();
        self.counters.hot(crate::counters::Hot::IpOutRequests);
        let ends = (route.src, to);
        let ethertype = wire::ethernet::IPV4;
        self.output_by(&route, ends, cx, &mut |_, link| wire::frame::around(link, ethertype, &datagram));
        Ok(())
    }
}
