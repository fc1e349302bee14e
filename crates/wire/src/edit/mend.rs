//! Lengths and checksums made right again.

use crate::layout::{Field, ipv4, ipv6, udp};
use crate::walk::{Kind, Part, walk};

/// Which lengths and checksums follow an edit, each by its own bit; the others stay as they were.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mends(pub u8);

impl Mends {
    /// Total length of IPv4, payload length of IPv6, length of UDP.
    pub const IP_LENGTH: Mends = Mends(1);
    /// TCP's data offset.
    pub const DATA_OFFSET: Mends = Mends(2);
    /// Header checksum of IPv4.
    pub const IP_CHECKSUM: Mends = Mends(4);
    /// Checksum of TCP, UDP or ICMP.
    pub const TCP_CHECKSUM: Mends = Mends(8);
    /// Everything follows.
    pub const ALL: Mends = Mends(15);
    /// Everything stays.
    pub const NONE: Mends = Mends(0);

    /// Whether all of `other` is in it.
    pub const fn has(self, other: Mends) -> bool {
        self.0 & other.0 == other.0
    }
    /// Without lengths.
    pub const fn only_checksums(self) -> Mends {
        Mends(self.0 & (Mends::IP_CHECKSUM.0 | Mends::TCP_CHECKSUM.0))
    }
}

/// All or none.
impl From<bool> for Mends {
    fn from(all: bool) -> Mends {
        if all { Mends::ALL } else { Mends::NONE }
    }
}

/// Makes what `mends` names right: lengths to what there is to the frame's end, checksums to what the octets sum to. What a
/// data offset should be, octets alone do not say: it stays.
pub fn mend(frame: &mut [u8], mends: Mends) {
    if mends.has(Mends::IP_LENGTH) {
        mend_lengths(frame);
    }
    mend_some_checksums(frame, mends);
}

/// Sets every checksum to what its octets sum to: IP header, TCP, UDP, ICMP; what an ICMP message quotes is
/// left alone. Where lengths are wrong, they are taken as they stand.
pub fn mend_checksums(frame: &mut [u8]) {
    mend_some_checksums(frame, Mends::ALL);
}

fn mend_some_checksums(frame: &mut [u8], mends: Mends) {
    let wanted = |kind| mends.has(if kind == Kind::Ipv4 { Mends::IP_CHECKSUM } else { Mends::TCP_CHECKSUM });
    // From the inside out: ICMP covers nothing that is mended, and an IP header covers itself only.
    for part in walk(frame).iter().rev().filter(|part| part.quoted == 0 && wanted(part.kind)) {
        if let (Some(at), Some(checksum)) = (part.checksum_at(), part.checksum(frame)) {
            let at = part.range.start + at;
            frame[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
        }
    }
}

/// Sets the lengths of IP and UDP to what there is to the frame's end.
pub fn mend_lengths(frame: &mut [u8]) {
    let end = frame.len();
    for part in walk(frame).iter().filter(|part| part.quoted == 0) {
        if let Some((field, from)) = length_field(part) {
            field.put(&mut frame[part.range.start..], (end - part.range.start - from) as u64);
        }
    }
}

/// Makes the lengths of `out` follow after octets at `at` of `old` became `by` more. Lengths beyond 16 bits
/// stay at the most that can be said.
pub(super) fn shift_lengths(old: &[u8], out: &mut [u8], at: usize, by: i64) {
    for part in walk(old).iter().filter(|part| part.quoted == 0) {
        // Only lengths that covered the place; the frame's trailer is nobody's.
        if let Some((field, _)) = length_field(part)
            && (part.range.start..=part.end).contains(&at)
            && !trailer_at(old, at)
            && let Some(header) = out.get_mut(part.range.start..)
            && field.range().end <= header.len()
        {
            let length = (field.get(header) as i64 + by).clamp(0, 65_535);
            field.put(header, length as u64);
        }
    }
}

fn trailer_at(frame: &[u8], at: usize) -> bool {
    walk(frame).last().is_some_and(|p| p.kind == Kind::Data("eth.trailer") && p.range.start <= at)
}

/// The length field of a header that is all there, and how many octets of the header it does not count.
fn length_field(part: &Part) -> Option<(Field, usize)> {
    let (field, least, from) = match part.kind {
        Kind::Ipv4 => (ipv4::TOTAL_LEN, ipv4::LEN, 0),
        Kind::Ipv6 => (ipv6::PLEN, ipv6::LEN, ipv6::LEN),
        Kind::Udp => (udp::LENGTH, udp::LEN, 0),
        _ => return None,
    };
    (part.range.len() >= least).then_some((field, from))
}
