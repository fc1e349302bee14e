//! A frame on its way in: link, IP, checksum, connection or listener or nothing.

use crate::counters::Hot;
use crate::forward::Passing;
use crate::icmp_error::Error;
use crate::ip::impossible_source;
use crate::secret::FourTuple;
use crate::settle::settle_quietly;
use crate::sock::Kind;
use crate::step::{Refused, Step};
use crate::{Host, HostEvent, SockId, rules};
use bytes::Bytes;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use tcp::rule::{Operand, Outcome};
use tcp::{Admission, Segment, State, Verdict, rule};
use wire::icmp::unreachable;
use wire::{Malformed, Problem, Seq, datagram, ethernet, ip};

impl Host {
    pub(crate) fn take_frame(&mut self, iface: usize, frame: Bytes, cx: &mut Step) {
        let end = match self.early_arrives(iface, frame, cx) {
            Ok(end) => end,
            Err(frame) => self.link_arrives(iface, frame, cx),
        };
        if let Err(Refused { rule, numbers }) = end {
            cx.out.events.push(HostEvent::Dropped { rule, numbers });
        }
    }

    fn link_arrives(&mut self, iface: usize, frame: Bytes, cx: &mut Step) -> Result<(), Refused> {
        let (link, ethertype) = ethernet::parse(&frame).map_err(|m| self.malformed(m, cx))?;
        let ours = self.ip.takes_frame(iface, link.dst);
        if !self.raw.is_empty() {
            self.tap(iface, &frame, ours, cx);
        }
        if !ours {
            rule!(cx.r, rules::LINK_NOT_FOR_US, Drop, iface);
            return Err(Refused::new(&rules::LINK_NOT_FOR_US, iface as u32, 0));
        }
        rule!(cx.r, rules::LINK_FOR_US, Pass, iface);
        if ethertype == ethernet::ARP {
            return self.arp_arrives(iface, &link, &frame, cx);
        }
        self.counters.hot(Hot::IpInReceives);
        self.datagram_of_type_arrives(iface, ethertype, frame, cx)
    }

    /// A datagram that was put together here.
    fn datagram_arrives(&mut self, iface: usize, frame: Bytes, cx: &mut Step) -> Result<(), Refused> {
        let (_, ethertype) = ethernet::parse(&frame).map_err(|m| self.malformed(m, cx))?;
        self.datagram_of_type_arrives(iface, ethertype, frame, cx)
    }

    #[inline]
    fn datagram_of_type_arrives(
        &mut self,
        iface: usize,
        ethertype: u16,
        frame: Bytes,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        let (header, range) = match ip::parse(&frame, ethernet::LEN, ethertype) {
            Ok(parsed) => parsed,
            Err(m) if m.problem == Problem::IpFragment => return self.part_arrives(iface, frame, cx),
            Err(m) => {
                self.count_quietly("IpInHdrErrors");
                return Err(self.malformed(m, cx));
            }
        };
        if self.nat.is_some() {
            return self.translated_arrives(iface, frame, cx);
        }
        if !self.check_addresses(iface, &header, cx)? {
            let passing = Passing { iface, came: frame.clone(), frame, tracked: None };
            return self.forward(passing, cx);
        }
        self.deliver(iface, &header, frame, range, cx)
    }

    /// A datagram for this host goes to who takes its protocol.
    fn deliver(
        &mut self,
        iface: usize,
        header: &ip::Header,
        frame: Bytes,
        range: Range<usize>,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        self.counters.hot(Hot::IpInDelivers);
        // linux raw_local_deliver: before anybody else.
        let taken = !self.raw.is_empty()
            && self.tap_ip(header, &frame.slice(ethernet::LEN..), range.start - ethernet::LEN, cx);
        match header.protocol {
            ip::TCP => self.tcp_arrives(iface, header, frame, range, cx),
            ip::ICMP | ip::ICMPV6 => self.icmp_arrives(iface, header, &frame, range, cx),
            ip::UDP => self.udp_arrives(header, &frame, range, cx),
            datagram::FRAGMENT => self.part_arrives(iface, frame, cx),
            _ if taken => Ok(()),
            other => {
                self.count_quietly("IpInUnknownProtos");
                rule!(cx.r, rules::IP_PROTOCOL_UNKNOWN, Answer, other);
                self.icmp_error(&frame, Error::Unreachable(unreachable::PROTOCOL), cx);
                Err(Refused::new(&rules::IP_PROTOCOL_UNKNOWN, other.into(), 0))
            }
        }
    }

    /// A fragment: one for this host waits for the others, one for somebody else goes on alone; who translates must see
    /// the ports, and puts together whatever passes (linux nf_defrag_ipv4).
    #[cold]
    #[inline(never)]
    fn part_arrives(&mut self, iface: usize, frame: Bytes, cx: &mut Step) -> Result<(), Refused> {
        let Some(seen) = frame.get(ethernet::LEN..).and_then(datagram::view) else { return Ok(()) };
        let dst = seen.addrs.dst();
        let takes = self.ip.is_ours(dst) || self.nat.is_some() && dst.is_ipv4();
        if !takes {
            if !self.check_ends(seen.addrs.src(), dst, seen.ttl, cx)? {
                return self.forward(Passing { iface, came: frame.clone(), frame, tracked: None }, cx);
            }
            return Ok(());
        }
        match self.fragment_arrives(iface, &frame, cx)? {
            Some(whole) => self.datagram_arrives(iface, whole, cx),
            None => Ok(()),
        }
    }

    /// A datagram at a host that translates.
    #[cold]
    #[inline(never)]
    fn translated_arrives(&mut self, iface: usize, came: Bytes, cx: &mut Step) -> Result<(), Refused> {
        let (frame, tracked) = self.prerouting(iface, &came, cx)?;
        let (_, ethertype) = ethernet::parse(&frame).map_err(|m| self.malformed(m, cx))?;
        let (header, range) =
            ip::parse(&frame, ethernet::LEN, ethertype).map_err(|m| self.malformed(m, cx))?;
        if self.check_addresses(iface, &header, cx)? {
            return self.deliver(iface, &header, frame, range, cx);
        }
        self.forward(Passing { iface, frame, came, tracked }, cx)
    }

    /// Whether a datagram is for this host; one that is not goes on.
    #[inline]
    fn check_addresses(&mut self, iface: usize, header: &ip::Header, cx: &mut Step) -> Result<bool, Refused> {
        let (src, dst) = (header.addrs.src(), header.addrs.dst());
        if self.ip.asks
            && header.protocol == ip::ICMPV6
            && (self.ip.listens(iface, dst) || src.is_unspecified())
        {
            // Neighbour Discovery speaks to groups, and from no address before there is one.
            return Ok(true);
        }
        if header.protocol == ip::UDP && self.ip.is_many(dst) && !self.ip.is_ours(src) {
            // RFC 1122 §3.2.1.3: what is for all is for us too.
            rule!(cx.r, rules::IP_HEADER_RIGHT, Pass, src, dst, header.ttl);
            return Ok(true);
        }
        self.check_ends(src, dst, header.ttl, cx)
    }

    #[inline]
    fn check_ends(&mut self, src: IpAddr, dst: IpAddr, ttl: u8, cx: &mut Step) -> Result<bool, Refused> {
        if impossible_source(src) || self.ip.is_ours(src) {
            self.count_quietly("IpInAddrErrors");
            rule!(cx.r, rules::IP_SOURCE_IMPOSSIBLE, Drop, src);
            return Err(Refused::new(&rules::IP_SOURCE_IMPOSSIBLE, low_word(src), 0));
        }
        if !self.ip.is_ours(dst) || self.ip.asks && self.ip.is_withheld(dst) {
            if self.forwards(dst) {
                rule!(cx.r, rules::IP_TO_FORWARD, Pass, src, dst, ttl);
                return Ok(false);
            }
            self.count_quietly("IpInAddrErrors");
            rule!(cx.r, rules::IP_NOT_FOR_US, Drop, dst);
            return Err(Refused::new(&rules::IP_NOT_FOR_US, low_word(dst), 0));
        }
        rule!(cx.r, rules::IP_HEADER_RIGHT, Pass, src, dst, ttl);
        Ok(true)
    }

    /// Reports the rule by which bytes are refused.
    pub(crate) fn malformed(&self, m: Malformed, cx: &mut Step) -> Refused {
        let rule = rules::malformed(m.problem);
        let [a, b] = m.numbers;
        let operands = [Operand::from(a), Operand::from(b)];
        rule::keep(cx.r, rule, Outcome::Drop, &operands[..rule.operands.len()]);
        Refused { rule, numbers: m.numbers }
    }

    fn tcp_arrives(
        &mut self,
        iface: usize,
        header: &ip::Header,
        frame: Bytes,
        range: std::ops::Range<usize>,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        let len = range.len();
        let (tcp, payload) = wire::tcp::parse(header, &frame, range).map_err(|m| {
            self.count_quietly("InErrs");
            if m.problem == wire::Problem::TcpChecksumWrong {
                self.count_quietly("InCsumErrors");
            }
            self.malformed(m, cx)
        })?;
        self.counters.hot(Hot::TcpInSegs);
        rule!(cx.r, rules::TCP_CHECKSUM_RIGHT, Pass, len);
        self.note_way_in(iface, header, &tcp);
        let seg = Segment { header: tcp, payload: wire::frame::into_slice(frame, payload), ecn: header.ecn };
        self.segment_arrives(header, &seg, cx)
    }

    /// Whose segment is it? A connection's (half-open ones are connections too), a listener's, nobody's.
    pub(crate) fn segment_arrives(
        &mut self,
        header: &ip::Header,
        seg: &Segment,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        let tuple = FourTuple {
            local: header.addrs.dst(),
            remote: header.addrs.src(),
            local_port: seg.header.dst_port,
            remote_port: seg.header.src_port,
        };
        let remote = SocketAddr::new(tuple.remote, tuple.remote_port);
        let local = SocketAddr::new(tuple.local, tuple.local_port);
        if seg.header.options.md5 && self.is_ours(&tuple) {
            return self.signed_unasked(remote, cx);
        }
        let mut isn = None;
        if let Some(&id) = self.tuples.get(&tuple) {
            isn = self.at_connection(id, seg, cx)?;
            if isn.is_none() {
                return Ok(());
            }
        }
        if let Some(listener) = self.find_listener(&tuple) {
            let at = self.socks.get(listener).map_or(local, |s| s.ends().0);
            rule!(cx.r, rules::LOOKUP_LISTENER, Pass, remote, at);
            return self.at_listener(listener, (tuple, isn), header, seg, cx);
        }
        rule!(cx.r, rules::LOOKUP_NOTHING, Pass, remote, local);
        if let Some(reset) = tcp::closed_reply(seg, cx.r) {
            self.send_reset(header, reset, cx);
        }
        Ok(())
    }

    /// Somebody here would take a segment of this connection.
    fn is_ours(&self, tuple: &FourTuple) -> bool {
        let open = |id: &SockId| self.socks.get(*id).is_some_and(|s| s.state() != State::TimeWait);
        self.tuples.get(tuple).is_some_and(open) || self.find_listener(tuple).is_some()
    }

    /// RFC 2385 §2: whoever signs wants the other side to know; whoever has no key cannot tell a forgery.
    #[cold]
    fn signed_unasked(&mut self, remote: SocketAddr, cx: &mut Step) -> Result<(), Refused> {
        rule!(cx.r, rules::MD5_UNEXPECTED, Drop, remote);
        self.count("TCPMD5Unexpected", cx);
        Err(Refused::new(&rules::MD5_UNEXPECTED, remote.port().into(), 0))
    }

    /// `Some`: a connection in TIME-WAIT gave way to a SYN, which goes to the listener with this initial sequence
    /// number for the answer (RFC 9293 §3.6.1).
    fn at_connection(&mut self, id: SockId, seg: &Segment, cx: &mut Step) -> Result<Option<Seq>, Refused> {
        let Host { socks, ip, counters, settings, room, .. } = self;
        let Some(sock) = socks.get_mut(id) else { return Ok(None) };
        let state = sock.state();
        if let Some(listener) = sock.half_open_parent() {
            return self.at_half_open(id, listener, seg, cx);
        }
        let (local, remote) = sock.ends();
        rule!(cx.r, rules::LOOKUP_CONNECTION, Pass, remote, local, state);
        let Kind::Stream(connection) = &mut sock.kind else { return Ok(None) };
        let verdict = connection.segment_arrives(cx.now, seg, Admission::Open, cx.r);
        if !settle_quietly(sock, ip, counters, settings, room, cx) {
            self.settle_in_full(id, cx);
        }
        outcome(verdict)
    }

    /// A segment of a connection that stands in a listener's SYN queue.
    fn at_half_open(
        &mut self,
        id: SockId,
        listener: SockId,
        seg: &Segment,
        cx: &mut Step,
    ) -> Result<Option<Seq>, Refused> {
        let (at, admission) = match self.socks.get(listener) {
            Some(s) => (s.ends().0, s.listener().map_or(Admission::Open, |l| l.admission(&self.settings))),
            None => return Ok(None),
        };
        let Some(sock) = self.socks.get_mut(id) else { return Ok(None) };
        let remote = sock.ends().1;
        rule!(cx.r, rules::LOOKUP_HALF_OPEN, Pass, remote, at);
        let Kind::Stream(connection) = &mut sock.kind else { return Ok(None) };
        let verdict = connection.segment_arrives(cx.now, seg, admission, cx.r);
        let after = connection.state();
        self.count_embryonic(admission, seg, verdict, after, cx);
        self.settle(id, cx);
        outcome(verdict)
    }
}

/// What the host makes of a connection's verdict.
pub(crate) fn outcome(verdict: Verdict) -> Result<Option<Seq>, Refused> {
    match verdict {
        Verdict::Taken => Ok(None),
        Verdict::GivesWay(iss) => Ok(Some(iss)),
        Verdict::Dropped(rule, numbers) => Err(Refused { rule, numbers }),
    }
}

/// The part of an address that tells neighbours apart, as a number.
pub(crate) fn low_word(addr: IpAddr) -> u32 {
    match addr {
        IpAddr::V4(a) => a.into(),
        IpAddr::V6(a) => u128::from(a) as u32,
    }
}
