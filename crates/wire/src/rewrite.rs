//! What routers and translators change in a datagram that they pass on, checksums adjusted by the difference and not
//! made anew (RFC 1624): one that was wrong stays wrong.

use crate::datagram::view;
use crate::icmp::v4;
use crate::ip::{self, Addrs};
use crate::layout::{icmp, icmp_echo, ipv4, ipv6, tcp, udp};
use std::net::Ipv4Addr;
use std::ops::Range;

/// An end of a datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum End {
    Source,
    Destination,
}

/// Checksums before and after.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changed {
    /// That of the IP header.
    pub header: (u16, u16),
    /// That of TCP, UDP or ICMP; `None` where there is none, or it is not in what is quoted.
    pub transport: Option<(u16, u16)>,
}

/// RFC 1624 §3, equation 3: HC' = ~(~HC + ~m + m'), for as many words as changed. Both slices have the same, even length.
pub fn adjust(checksum: u16, old: &[u8], new: &[u8]) -> u16 {
    let words = |octets: &[u8], flip: u16| -> u32 {
        let word = |pair: &[u8]| u32::from(u16::from_be_bytes([pair[0], pair[1]]) ^ flip);
        octets.chunks_exact(2).map(word).sum()
    };
    let mut sum = u64::from(!checksum) + u64::from(words(old, 0xffff)) + u64::from(words(new, 0));
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// One hop further: TTL, or hop limit, less by one (RFC 1812 §5.2.1). The caller has seen that it is not 0.
pub fn age(datagram: &mut [u8]) {
    if datagram[0] >> 4 == 6 {
        let hops = ipv6::HOP_LIMIT.get(datagram);
        return ipv6::HOP_LIMIT.put(datagram, hops.saturating_sub(1));
    }
    // TTL and protocol share a word.
    let word = ipv4::TTL.range().start..ipv4::PROTO.range().end;
    let ttl = ipv4::TTL.get(datagram).saturating_sub(1) as u8;
    let new = [ttl, datagram[word.end - 1]];
    replace(datagram, word, &new, &[(ipv4::CHECKSUM.range(), false)]);
}

/// Writes another address and port, of an echo another identifier, to one end of an IPv4 datagram. Of one that is quoted
/// and cut short only what is there is written. `None`: it is no IPv4.
pub fn translate(datagram: &mut [u8], end: End, addr: Ipv4Addr, port: u16) -> Option<Changed> {
    let seen = view(datagram)?;
    let Addrs::V4 { .. } = seen.addrs else { return None };
    let start = seen.payload.start;
    let later = seen.fragment.is_some_and(|f| f.offset > 0);
    let within = |range: Range<usize>| {
        let range = start + range.start..start + range.end;
        (range.end <= datagram.len() && !later).then_some(range)
    };
    let (checksum, pseudo, port_at) = match (seen.protocol, end) {
        (ip::TCP, End::Source) => (within(tcp::CHECKSUM.range()), true, within(tcp::SRC_PORT.range())),
        (ip::TCP, End::Destination) => (within(tcp::CHECKSUM.range()), true, within(tcp::DST_PORT.range())),
        (ip::UDP, End::Source) => (within(udp::CHECKSUM.range()), true, within(udp::SRC_PORT.range())),
        (ip::UDP, End::Destination) => (within(udp::CHECKSUM.range()), true, within(udp::DST_PORT.range())),
        (ip::ICMP, _) if has_identifier(datagram.get(start)) => {
            (within(icmp::CHECKSUM.range()), false, within(icmp_echo::IDENT.range()))
        }
        _ => (None, false, None),
    };
    let is_udp = seen.protocol == ip::UDP;
    // RFC 768: zero says that there is no checksum, and there stays none.
    let checksum = checksum.filter(|c| !is_udp || datagram[c.clone()] != [0, 0]);
    let header_at = ipv4::CHECKSUM.range();
    let before = (word(datagram, &header_at), checksum.as_ref().map(|c| word(datagram, c)));
    let field = if end == End::Source { ipv4::SRC } else { ipv4::DST };
    let mut sums = vec![(header_at.clone(), false)];
    if pseudo && let Some(c) = &checksum {
        sums.push((c.clone(), is_udp));
    }
    replace(datagram, field.range(), &addr.octets(), &sums);
    if let Some(at) = port_at {
        let sums: Vec<_> = checksum.iter().map(|c| (c.clone(), is_udp)).collect();
        replace(datagram, at, &port.to_be_bytes(), &sums);
    }
    Some(Changed {
        header: (before.0, word(datagram, &header_at)),
        transport: checksum.and_then(|c| Some((before.1?, word(datagram, &c)))),
    })
}

fn has_identifier(kind: Option<&u8>) -> bool {
    kind.is_some_and(|k| matches!(*k, v4::ECHO | v4::ECHO_REPLY))
}

/// Writes `new` at `range`, whose octets the checksums at `sums` cover; `true` with one that may not become zero.
pub fn replace(datagram: &mut [u8], range: Range<usize>, new: &[u8], sums: &[(Range<usize>, bool)]) {
    for (at, never_zero) in sums {
        let mut sum = adjust(word(datagram, at), &datagram[range.clone()], new);
        if *never_zero && sum == 0 {
            sum = 0xffff;
        }
        datagram[at.clone()].copy_from_slice(&sum.to_be_bytes());
    }
    datagram[range].copy_from_slice(new);
}

fn word(octets: &[u8], at: &Range<usize>) -> u16 {
    u16::from_be_bytes([octets[at.start], octets[at.start + 1]])
}
