//! Where the headers of any byte string lie, judging nothing: for the annotated tree, for mending, for the
//! one-line summary. Lengths that cannot be are read as what there is.

use crate::dns;
use crate::ethernet;
use crate::icmp::{v4, v6};
use crate::ip::{self, Addrs};
use crate::layout;
use std::ops::Range;

/// What a part of a frame is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Ethernet,
    Arp,
    Ipv4,
    Ipv6,
    /// IPv6's fragment header.
    Fragment,
    Icmp,
    Icmpv6,
    Udp,
    Dns,
    Tcp,
    /// Octets with this name.
    Data(&'static str),
}

/// A part of a frame. Parts come in order and tile the frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    pub kind: Kind,
    /// Its octets: a header with its options, or data.
    pub range: Range<usize>,
    /// Where what it carries ends.
    pub end: usize,
    /// The enclosing IP header's addresses.
    pub addrs: Option<Addrs>,
    /// All of its datagram is here, so that checksums can be judged.
    pub whole: bool,
    /// How many ICMP messages quote it.
    pub quoted: u8,
}

/// Quotes within quotes are read this deep; what lies deeper is data.
const MAX_QUOTED: u8 = 2;

/// The parts of a frame.
pub(crate) fn walk(frame: &[u8]) -> Vec<Part> {
    let mut w = Walk { frame, parts: Vec::with_capacity(5), quoted: 0 };
    let header = ethernet::LEN.min(frame.len());
    w.push(Kind::Ethernet, 0..header, frame.len(), None, true);
    if let Some(header) = frame.get(..ethernet::LEN) {
        match layout::ethernet::TYPE.get(header) as u16 {
            ethernet::IPV4 => w.ipv4(header.len(), frame.len()),
            ethernet::IPV6 => w.ipv6(header.len(), frame.len()),
            ethernet::ARP => {
                let end = frame.len().min(header.len() + layout::arp::LEN);
                w.push(Kind::Arp, header.len()..end, end, None, true);
            }
            _ => w.data("data", header.len(), frame.len()),
        }
    }
    let done = w.parts.last().map_or(0, |p| p.range.end);
    w.data("eth.trailer", done, frame.len());
    w.parts
}

struct Walk<'a> {
    frame: &'a [u8],
    parts: Vec<Part>,
    quoted: u8,
}

impl Walk<'_> {
    fn push(&mut self, kind: Kind, range: Range<usize>, end: usize, addrs: Option<Addrs>, whole: bool) {
        self.parts.push(Part { kind, range, end, addrs, whole, quoted: self.quoted });
    }

    fn data(&mut self, name: &'static str, start: usize, end: usize) {
        if start < end {
            self.push(Kind::Data(name), start..end, end, None, false);
        }
    }

    /// An IPv4 datagram from `start` in at most the octets up to `limit`.
    fn ipv4(&mut self, start: usize, limit: usize) {
        use layout::ipv4 as at;
        let datagram = &self.frame[start..limit];
        if datagram.len() < at::LEN {
            return self.push(Kind::Ipv4, start..limit, limit, None, false);
        }
        let header = (at::HDR_LEN.get(datagram) as usize * 4).max(at::LEN).min(datagram.len());
        let total = at::TOTAL_LEN.get(datagram) as usize;
        let possible = (header..=datagram.len()).contains(&total);
        let end = start + if possible { total } else { datagram.len() };
        let (offset, more) = (at::FRAG_OFFSET.get(datagram), at::MF.get(datagram) != 0);
        let addrs =
            Addrs::V4 { src: at::SRC.array::<4>(datagram).into(), dst: at::DST.array::<4>(datagram).into() };
        self.push(Kind::Ipv4, start..start + header, end, Some(addrs), possible);
        if offset != 0 {
            return self.data("data", start + header, end);
        }
        let protocol = at::PROTO.get(datagram) as u8;
        self.transport(protocol, addrs, start + header, end, possible && !more);
    }

    fn ipv6(&mut self, start: usize, limit: usize) {
        use layout::ipv6 as at;
        let datagram = &self.frame[start..limit];
        if datagram.len() < at::LEN {
            return self.push(Kind::Ipv6, start..limit, limit, None, false);
        }
        let total = at::LEN + at::PLEN.get(datagram) as usize;
        let possible = total <= datagram.len();
        let end = start + if possible { total } else { datagram.len() };
        let addrs = Addrs::V6 {
            src: at::SRC.array::<16>(datagram).into(),
            dst: at::DST.array::<16>(datagram).into(),
        };
        self.push(Kind::Ipv6, start..start + at::LEN, end, Some(addrs), possible);
        self.behind_ipv6(at::NEXT.get(datagram) as u8, addrs, start + at::LEN, end, possible);
    }

    fn behind_ipv6(&mut self, next: u8, addrs: Addrs, start: usize, end: usize, whole: bool) {
        use layout::ipv6_fragment as at;
        if next != crate::datagram::FRAGMENT || end - start < at::LEN {
            return self.transport(next, addrs, start, end, whole);
        }
        let header = &self.frame[start..start + at::LEN];
        let (next, offset, more) = (at::NEXT.get(header) as u8, at::OFFSET.get(header), at::MORE.get(header));
        self.push(Kind::Fragment, start..start + at::LEN, end, Some(addrs), whole);
        if offset != 0 {
            return self.data("data", start + at::LEN, end);
        }
        self.transport(next, addrs, start + at::LEN, end, whole && more == 0);
    }

    fn transport(&mut self, protocol: u8, addrs: Addrs, start: usize, end: usize, whole: bool) {
        let whole = whole && self.quoted == 0;
        let present = end - start;
        let v4_family = matches!(addrs, Addrs::V4 { .. });
        let (kind, header, payload) = match protocol {
            ip::TCP => {
                let octets = &self.frame[start..end];
                let said = if present > 12 { layout::tcp::HDR_LEN.get(octets) as usize * 4 } else { present };
                (Kind::Tcp, said.max(layout::tcp::LEN), "tcp.payload")
            }
            ip::UDP => (Kind::Udp, layout::udp::LEN, "udp.payload"),
            ip::ICMP if v4_family => (Kind::Icmp, crate::icmp::LEN, "data"),
            ip::ICMPV6 if !v4_family => (Kind::Icmpv6, icmpv6_len(&self.frame[start..end]), "data"),
            _ => return self.data("data", start, end),
        };
        let behind = start + header.min(present);
        let end_of_layer = self.udp_end(kind, start, end).max(behind);
        self.push(kind, start..behind, end_of_layer, Some(addrs), whole);
        let quotes = present >= 8 && quotes(kind, self.frame[start]) && self.quoted < MAX_QUOTED;
        if quotes && behind < end {
            self.quoted += 1;
            match self.frame[behind] >> 4 {
                4 => self.ipv4(behind, end),
                6 => self.ipv6(behind, end),
                _ => {}
            }
            self.quoted -= 1;
        }
        if self.is_dns(kind, start, behind, end_of_layer) {
            self.push(Kind::Dns, behind..behind + layout::dns::LEN, end_of_layer, Some(addrs), whole);
            self.data("dns.records", behind + layout::dns::LEN, end_of_layer);
        }
        let done = self.parts.last().map_or(behind, |p| p.range.end);
        self.data(payload, done, end_of_layer);
        self.data("data", end_of_layer.max(done), end);
    }

    /// Whether a name server speaks, or is spoken to.
    fn is_dns(&self, kind: Kind, start: usize, behind: usize, end: usize) -> bool {
        if kind != Kind::Udp || self.quoted > 0 || end - behind < layout::dns::LEN {
            return false;
        }
        let header = &self.frame[start..behind];
        [layout::udp::SRC_PORT, layout::udp::DST_PORT].iter().any(|at| at.get(header) == u64::from(dns::PORT))
    }

    /// UDP says its own length; octets of the datagram behind it are nobody's.
    fn udp_end(&self, kind: Kind, start: usize, end: usize) -> usize {
        if kind != Kind::Udp || end - start < layout::udp::LEN {
            return end;
        }
        let length = layout::udp::LENGTH.get(&self.frame[start..end]) as usize;
        if (layout::udp::LEN..=end - start).contains(&length) { start + length } else { end }
    }
}

/// Error messages quote the datagram that they are about.
fn quotes(kind: Kind, message: u8) -> bool {
    match kind {
        Kind::Icmp => {
            matches!(
                message,
                v4::UNREACHABLE
                    | v4::SOURCE_QUENCH
                    | v4::REDIRECT
                    | v4::TIME_EXCEEDED
                    | v4::PARAMETER_PROBLEM
            )
        }
        Kind::Icmpv6 => (v6::UNREACHABLE..128).contains(&message),
        _ => false,
    }
}

/// Octets of an ICMPv6 message that have a table: a solicitation's or advertisement's target is in it, and a link-layer
/// address that comes first behind it.
fn icmpv6_len(message: &[u8]) -> usize {
    match (message, message.get(24..26)) {
        ([v6::SOLICITATION | v6::ADVERTISEMENT, ..], Some([1 | 2, 1])) => layout::icmpv6_link_layer::LEN,
        ([v6::SOLICITATION | v6::ADVERTISEMENT, ..], _) => layout::icmpv6_ns::LEN,
        _ => crate::icmp::LEN,
    }
}

impl Part {
    /// The checksum field of this part as an octet offset from its start, if the part has one that is all
    /// here.
    pub fn checksum_at(&self) -> Option<usize> {
        let field = match self.kind {
            Kind::Ipv4 => layout::ipv4::CHECKSUM,
            Kind::Icmp => layout::icmp::CHECKSUM,
            Kind::Icmpv6 => layout::icmpv6::CHECKSUM,
            Kind::Udp => layout::udp::CHECKSUM,
            Kind::Tcp => layout::tcp::CHECKSUM,
            _ => return None,
        };
        (field.range().end <= self.range.len()).then_some(field.range().start)
    }

    /// The checksum that belongs there; `None` where the part has none, or not all that it covers is here.
    pub fn checksum(&self, frame: &[u8]) -> Option<u16> {
        let at = self.checksum_at()?;
        if self.kind == Kind::Ipv4 {
            return Some(crate::checksum::over(Default::default(), &frame[self.range.clone()], at));
        }
        if !self.whole {
            return None;
        }
        let octets = &frame[self.range.start..self.end];
        let addrs = self.addrs?;
        let sum = match self.kind {
            Kind::Tcp => crate::checksum::pseudo(&addrs, ip::TCP, octets.len()),
            Kind::Udp => crate::checksum::pseudo(&addrs, ip::UDP, octets.len()),
            _ => crate::icmp::covered(&addrs, octets.len()),
        };
        let checksum = crate::checksum::over(sum, octets, at);
        Some(if self.kind == Kind::Udp { crate::udp::on_wire(checksum) } else { checksum })
    }
}
