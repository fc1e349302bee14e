//! IPv4 (RFC 791) and IPv6 (RFC 8200) in their meaningful form.

use crate::checksum::Sum;
use crate::ethernet;
use crate::layout::{Words, ipv4, ipv6};
use crate::problem::{Malformed, Problem};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// Protocol number of ICMP.
pub const ICMP: u8 = 1;
/// Protocol number of TCP.
pub const TCP: u8 = 6;
/// Protocol number of UDP.
pub const UDP: u8 = 17;
/// Protocol number under which raw(7) takes whole datagrams.
pub const RAW: u8 = 255;
/// Next header number of ICMPv6.
pub const ICMPV6: u8 = 58;
/// Octets of an IPv4 header without options.
pub const V4_LEN: usize = ipv4::LEN;
/// Octets of an IPv6 header without extensions.
pub const V6_LEN: usize = ipv6::LEN;

/// Who sends a datagram to whom: two addresses of one family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Addrs {
    V4 { src: Ipv4Addr, dst: Ipv4Addr },
    V6 { src: Ipv6Addr, dst: Ipv6Addr },
}

impl Addrs {
    /// `None` where the families differ.
    pub fn new(src: IpAddr, dst: IpAddr) -> Option<Addrs> {
        match (src, dst) {
            (IpAddr::V4(src), IpAddr::V4(dst)) => Some(Addrs::V4 { src, dst }),
            (IpAddr::V6(src), IpAddr::V6(dst)) => Some(Addrs::V6 { src, dst }),
            _ => None,
        }
    }
    /// Source.
    pub fn src(&self) -> IpAddr {
        match *self {
            Addrs::V4 { src, .. } => src.into(),
            Addrs::V6 { src, .. } => src.into(),
        }
    }
    /// Destination.
    pub fn dst(&self) -> IpAddr {
        match *self {
            Addrs::V4 { dst, .. } => dst.into(),
            Addrs::V6 { dst, .. } => dst.into(),
        }
    }
    /// The way back.
    pub fn reversed(&self) -> Addrs {
        match *self {
            Addrs::V4 { src, dst } => Addrs::V4 { src: dst, dst: src },
            Addrs::V6 { src, dst } => Addrs::V6 { src: dst, dst: src },
        }
    }
    /// EtherType of the family.
    pub const fn ethertype(&self) -> u16 {
        match self {
            Addrs::V4 { .. } => ethernet::IPV4,
            Addrs::V6 { .. } => ethernet::IPV6,
        }
    }
    /// Octets of the header that [`emit`] writes.
    pub const fn header_len(&self) -> usize {
        match self {
            Addrs::V4 { .. } => V4_LEN,
            Addrs::V6 { .. } => V6_LEN,
        }
    }
}

/// An IP header as a stack means it; lengths and checksum follow from the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// Source and destination.
    pub addrs: Addrs,
    /// Protocol, or next header.
    pub protocol: u8,
    /// Time to live, or hop limit.
    pub ttl: u8,
    /// Differentiated services code point, 6 bits (RFC 2474).
    pub dscp: u8,
    /// The two ECN bits (RFC 3168 §5).
    pub ecn: u8,
    /// Identification (IPv4 only).
    pub ident: u16,
    /// Don't fragment (IPv4; always meant in IPv6).
    pub dont_fragment: bool,
    /// Flow label, 20 bits (IPv6 only, RFC 6437).
    pub flow_label: u32,
}

impl Header {
    /// A header with TTL 64 and don't-fragment set, as Linux sends TCP; the rest 0.
    pub const fn new(addrs: Addrs, protocol: u8) -> Header {
        Header { addrs, protocol, ttl: 64, dscp: 0, ecn: 0, ident: 0, dont_fragment: true, flow_label: 0 }
    }
}

/// Reads the IP header of `frame` that begins at octet `start`, as `ethertype` announces it. Returns it with
/// the range of the frame that is its payload. What lies behind the datagram is link padding and ignored.
///
/// Errors: [`Problem::EthTypeUnknown`] and those of [`crate::Layer::Ip`].
#[inline(always)]
pub fn parse(frame: &[u8], start: usize, ethertype: u16) -> Result<(Header, Range<usize>), Malformed> {
    match ethertype {
        ethernet::IPV4 => parse_v4(frame, start),
        ethernet::IPV6 => parse_v6(frame, start),
        other => Err(Malformed::new(Problem::EthTypeUnknown, other.into(), 0)),
    }
}

/// In the order of Linux's `ip_rcv_core`: length, version and header length, checksum, total length.
#[inline(always)]
fn parse_v4(frame: &[u8], start: usize) -> Result<(Header, Range<usize>), Malformed> {
    use ipv4 as at;
    let datagram = frame.get(start..).unwrap_or(&[]);
    let present = datagram.len() as u32;
    if datagram.len() < V4_LEN {
        return Err(Malformed::new(Problem::IpShort, present, V4_LEN as u32));
    }
    let version = at::VERSION.get(datagram) as u32;
    if version != 4 {
        return Err(Malformed::new(Problem::IpVersion, version, 4));
    }
    let header_len = at::HDR_LEN.get(datagram) as usize * 4;
    if header_len < V4_LEN {
        return Err(Malformed::new(Problem::IpHdrLenShort, header_len as u32, V4_LEN as u32));
    }
    let Some(header) = datagram.get(..header_len) else {
        return Err(Malformed::new(Problem::IpHdrLenBeyond, header_len as u32, present));
    };
    if Sum::new().octets(header).fold() != 0xffff {
        return Err(wrong(Problem::IpChecksumWrong, Sum::new(), header, at::CHECKSUM.range().start));
    }
    let total = at::TOTAL_LEN.get(header) as usize;
    if total < header_len {
        return Err(Malformed::new(Problem::IpLenShort, total as u32, header_len as u32));
    }
    if total > datagram.len() {
        return Err(Malformed::new(Problem::IpLenBeyond, total as u32, present));
    }
    let ident = at::ID.get(header) as u16;
    let offset = at::FRAG_OFFSET.get(header) as u32 * 8;
    if offset != 0 || at::MF.get(header) != 0 {
        return Err(Malformed::new(Problem::IpFragment, offset, ident.into()));
    }
    let addrs = Addrs::V4 {
        src: Ipv4Addr::from(at::SRC.array::<4>(header)),
        dst: Ipv4Addr::from(at::DST.array::<4>(header)),
    };
    let header = Header {
        addrs,
        protocol: at::PROTO.get(header) as u8,
        ttl: at::TTL.get(header) as u8,
        dscp: at::DSCP.get(header) as u8,
        ecn: at::ECN.get(header) as u8,
        ident,
        dont_fragment: at::DF.get(header) != 0,
        flow_label: 0,
    };
    Ok((header, start + header_len..start + total))
}

#[inline]
fn parse_v6(frame: &[u8], start: usize) -> Result<(Header, Range<usize>), Malformed> {
    use ipv6 as at;
    let datagram = frame.get(start..).unwrap_or(&[]);
    let present = datagram.len();
    let Some(header) = datagram.get(..V6_LEN) else {
        return Err(Malformed::new(Problem::IpShort, present as u32, V6_LEN as u32));
    };
    let version = at::VERSION.get(header) as u32;
    if version != 6 {
        return Err(Malformed::new(Problem::IpVersion, version, 6));
    }
    let total = V6_LEN + at::PLEN.get(header) as usize;
    if total > present {
        return Err(Malformed::new(Problem::IpLenBeyond, total as u32, present as u32));
    }
    let addrs = Addrs::V6 {
        src: Ipv6Addr::from(at::SRC.array::<16>(header)),
        dst: Ipv6Addr::from(at::DST.array::<16>(header)),
    };
    let header = Header {
        addrs,
        protocol: at::NEXT.get(header) as u8,
        ttl: at::HOP_LIMIT.get(header) as u8,
        dscp: at::DSCP.get(header) as u8,
        ecn: at::ECN.get(header) as u8,
        ident: 0,
        dont_fragment: true,
        flow_label: at::FLOW.get(header) as u32,
    };
    Ok((header, start + V6_LEN..start + total))
}

/// Writes the header of a datagram with `payload` octets behind it into the first [`Addrs::header_len`]
/// octets of `out`, checksum included. A payload beyond 65,535 octets in all cannot be said; its length is
/// cut to 16 bits.
#[inline]
pub fn emit(header: &Header, payload: usize, out: &mut [u8]) {
    match header.addrs {
        Addrs::V4 { src, dst } => {
            use ipv4 as at;
            let words = Words::<{ V4_LEN / 4 }>::new()
                .with(at::VERSION, 4)
                .with(at::HDR_LEN, V4_LEN as u32 / 4)
                .with(at::DSCP, header.dscp.into())
                .with(at::ECN, header.ecn.into())
                .with(at::TOTAL_LEN, (V4_LEN + payload) as u32)
                .with(at::ID, header.ident.into())
                .with(at::DF, header.dont_fragment.into())
                .with(at::TTL, header.ttl.into())
                .with(at::PROTO, header.protocol.into())
                .with(at::SRC, src.to_bits())
                .with(at::DST, dst.to_bits());
            words.with(at::CHECKSUM, words.sum().checksum().into()).write(out);
        }
        Addrs::V6 { src, dst } => {
            use ipv6 as at;
            let out = &mut out[..V6_LEN];
            at::VERSION.put(out, 6);
            at::DSCP.put(out, header.dscp.into());
            at::ECN.put(out, header.ecn.into());
            at::FLOW.put(out, header.flow_label.into());
            at::PLEN.put(out, payload as u64);
            at::NEXT.put(out, header.protocol.into());
            at::HOP_LIMIT.put(out, header.ttl.into());
            at::SRC.put_octets(out, &src.octets());
            at::DST.put_octets(out, &dst.octets());
        }
    }
}

/// A wrong checksum at octet `at`, with the one that belongs there.
#[cold]
pub(crate) fn wrong(problem: Problem, pseudo: Sum, octets: &[u8], at: usize) -> Malformed {
    let found = u16::from_be_bytes([octets[at], octets[at + 1]]);
    Malformed::new(problem, found.into(), crate::checksum::over(pseudo, octets, at).into())
}
