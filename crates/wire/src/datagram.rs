//! A datagram as those handle it who pass it on: routers, reassembly, translation. Nothing is judged that
//! [`crate::ip::parse`] judges; fragments are read like any other. Offsets count from the IP header's first octet.

use crate::checksum;
use crate::ip::{self, Addrs};
use crate::layout::{ipv4, ipv6, ipv6_fragment};
use std::ops::Range;

/// Next header number of IPv6's fragment header (RFC 8200 §4.5).
pub const FRAGMENT: u8 = 44;
/// Octets in which fragments are counted (RFC 791 §3.1, RFC 8200 §4.5).
pub const UNIT: usize = 8;
/// The longest datagram that a total length of 16 bits can say, octets.
pub const LONGEST: usize = 65_535;

/// Extension headers that may stand before the fragment header: hop-by-hop options, routing, destination options.
const EXTENSIONS: [u8; 3] = [0, 43, 60];

/// What its headers say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// Source and destination.
    pub addrs: Addrs,
    /// What begins at `payload`.
    pub protocol: u8,
    /// Time to live, or hop limit.
    pub ttl: u8,
    /// Don't fragment; always in IPv6, where only the source may.
    pub dont_fragment: bool,
    /// Which part of a datagram it is, where it is not the whole of one.
    pub fragment: Option<Fragment>,
    /// What the headers carry; a fragment's share of it.
    pub payload: Range<usize>,
}

/// Which part of a datagram a fragment is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fragment {
    /// Identification, 16 bits in IPv4, 32 in IPv6.
    pub ident: u32,
    /// Octets of the payload before it.
    pub offset: usize,
    /// It is not the last.
    pub more: bool,
}

/// Reads the datagram that `octets` begin with; `None` where its headers are not all there.
pub fn view(octets: &[u8]) -> Option<View> {
    match octets.first()? >> 4 {
        4 => view_v4(octets),
        6 => view_v6(octets),
        _ => None,
    }
}

fn view_v4(octets: &[u8]) -> Option<View> {
    use ipv4 as at;
    let fixed = octets.get(..at::LEN)?;
    let header = at::HDR_LEN.get(fixed) as usize * 4;
    let end = (at::TOTAL_LEN.get(fixed) as usize).min(octets.len());
    if header < at::LEN || header > end {
        return None;
    }
    let (offset, more) = (at::FRAG_OFFSET.get(fixed) as usize * UNIT, at::MF.get(fixed) != 0);
    let ident = at::ID.get(fixed) as u32;
    Some(View {
        addrs: Addrs::V4 { src: at::SRC.array::<4>(fixed).into(), dst: at::DST.array::<4>(fixed).into() },
        protocol: at::PROTO.get(fixed) as u8,
        ttl: at::TTL.get(fixed) as u8,
        dont_fragment: at::DF.get(fixed) != 0,
        fragment: (offset != 0 || more).then_some(Fragment { ident, offset, more }),
        payload: header..end,
    })
}

fn view_v6(octets: &[u8]) -> Option<View> {
    use ipv6 as at;
    let fixed = octets.get(..at::LEN)?;
    let end = (at::LEN + at::PLEN.get(fixed) as usize).min(octets.len());
    let (start, protocol) = behind_extensions(&octets[..end]);
    let mut view = View {
        addrs: Addrs::V6 { src: at::SRC.array::<16>(fixed).into(), dst: at::DST.array::<16>(fixed).into() },
        protocol,
        ttl: at::HOP_LIMIT.get(fixed) as u8,
        dont_fragment: true,
        fragment: None,
        payload: start..end,
    };
    if protocol == FRAGMENT {
        use ipv6_fragment as at;
        let header = octets.get(start..end)?.get(..at::LEN)?;
        view.protocol = at::NEXT.get(header) as u8;
        view.payload.start += at::LEN;
        view.fragment = Some(Fragment {
            ident: at::IDENT.get(header) as u32,
            offset: at::OFFSET.get(header) as usize * UNIT,
            more: at::MORE.get(header) != 0,
        });
    }
    Some(view)
}

/// Where the extension headers that come before a fragment header end, and what follows there.
fn behind_extensions(octets: &[u8]) -> (usize, u8) {
    let (start, next_at) = unfragmentable(octets);
    (start, octets[next_at])
}

/// Octets of an IPv6 datagram that every fragment repeats, and where among them stands what follows.
fn unfragmentable(octets: &[u8]) -> (usize, usize) {
    let (mut start, mut next_at) = (ipv6::LEN, ipv6::NEXT.range().start);
    while EXTENSIONS.contains(&octets[next_at])
        && let Some([_, more]) = octets.get(start..start + 2)
    {
        let end = start + (usize::from(*more) + 1) * UNIT;
        if end > octets.len() {
            break;
        }
        (next_at, start) = (start, end);
    }
    (start, next_at)
}

/// A datagram in fragments of at most `mtu` octets, in order (RFC 791 §3.2, RFC 8200 §4.5). A fragment can be cut again.
/// `ident` is that of IPv6, which has none of its own. `None`: not even the headers and eight octets fit.
pub fn cut(datagram: &[u8], mtu: usize, ident: u32) -> Option<Vec<Vec<u8>>> {
    let whole = view(datagram)?;
    let v6 = matches!(whole.addrs, Addrs::V6 { .. });
    if v6 && whole.fragment.is_some() {
        return None;
    }
    let headers =
        if v6 { with_fragment_header(datagram, ident) } else { datagram[..whole.payload.start].to_vec() };
    let room = mtu.checked_sub(headers.len())? / UNIT * UNIT;
    if room == 0 {
        return None;
    }
    let first = whole.fragment.map_or(0, |f| f.offset);
    let last_more = whole.fragment.is_some_and(|f| f.more);
    let payload = &datagram[whole.payload];
    let pieces = payload.len().div_ceil(room);
    let piece = |(n, octets): (usize, &[u8])| {
        let mut out = headers.clone();
        if !v6 && n > 0 {
            blank_options(&mut out);
        }
        out.extend_from_slice(octets);
        let place = Fragment { ident, offset: first + n * room, more: last_more || n + 1 < pieces };
        stamp(&mut out, Some(place));
        out
    };
    Some(payload.chunks(room).enumerate().map(piece).collect())
}

/// The unfragmentable part, with a fragment header behind it.
fn with_fragment_header(datagram: &[u8], ident: u32) -> Vec<u8> {
    let (start, next_at) = unfragmentable(datagram);
    let mut out = datagram[..start].to_vec();
    let mut header = [0; ipv6_fragment::LEN];
    ipv6_fragment::NEXT.put(&mut header, out[next_at].into());
    ipv6_fragment::IDENT.put(&mut header, ident.into());
    out[next_at] = FRAGMENT;
    out.extend_from_slice(&header);
    out
}

/// RFC 791 §3.1: options without the copied flag stand in the first fragment alone; here they become no operations.
fn blank_options(header: &mut [u8]) {
    const COPIED: u8 = 0x80;
    let mut at = ipv4::LEN;
    while at < header.len() && header[at] > 1 {
        let len = usize::from(header.get(at + 1).copied().unwrap_or(0)).max(2).min(header.len() - at);
        if header[at] & COPIED == 0 {
            header[at..at + len].fill(1);
        }
        at += len;
    }
}

/// The datagram whose payload is `parts` in order, under the headers of its first fragment.
/// `None`: it would be longer than a datagram can be, or the headers are not those of a fragment.
pub fn join(first: &[u8], parts: &[&[u8]]) -> Option<Vec<u8>> {
    let head = view(first)?;
    head.fragment?;
    let mut out = first[..head.payload.start].to_vec();
    if matches!(head.addrs, Addrs::V6 { .. }) {
        let (start, next_at) = unfragmentable(first);
        out.truncate(start);
        out[next_at] = head.protocol;
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    let limit = if matches!(head.addrs, Addrs::V6 { .. }) { LONGEST + ip::V6_LEN } else { LONGEST };
    if out.len() > limit {
        return None;
    }
    stamp(&mut out, None);
    Some(out)
}

/// Makes length, place and header checksum those of a datagram as long as it is now.
fn stamp(out: &mut [u8], place: Option<Fragment>) {
    if out[0] >> 4 == 6 {
        ipv6::PLEN.put(out, (out.len() - ipv6::LEN) as u64);
        if let Some(place) = place {
            let (start, _) = unfragmentable(out);
            let header = &mut out[start..];
            ipv6_fragment::OFFSET.put(header, (place.offset / UNIT) as u64);
            ipv6_fragment::MORE.put(header, place.more.into());
        }
        return;
    }
    ipv4::TOTAL_LEN.put(out, out.len() as u64);
    ipv4::FRAG_OFFSET.put(out, place.map_or(0, |p| (p.offset / UNIT) as u64));
    ipv4::MF.put(out, place.is_some_and(|p| p.more).into());
    let header = ipv4::HDR_LEN.get(out) as usize * 4;
    let at = ipv4::CHECKSUM.range().start;
    let sum = checksum::over(checksum::Sum::new(), &out[..header], at);
    ipv4::CHECKSUM.put(out, sum.into());
}
