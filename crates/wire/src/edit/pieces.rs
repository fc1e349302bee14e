//! A segment split in two, and two put together again.

use super::options::segment;
use super::{EditError, Mends, Reason, mend, splice};
use crate::layout::{ipv4, ipv6, tcp};
use crate::seq::Seq;
use crate::tcp::Flags;
use crate::walk::{Kind, Part, walk};

/// Two segments in the place of one with data: the first has `at` octets of it, the second the rest, with PSH, FIN and
/// the sequence number that follows. Lengths and checksums of both are right.
///
/// # Errors
/// [`Reason::NoData`], [`Reason::SplitAt`].
pub fn split(frame: &[u8], at: usize) -> Result<[Vec<u8>; 2], EditError> {
    let part = segment(frame)?;
    let error = |reason| EditError { path: "tcp.payload".into(), text: at.to_string(), reason };
    let len = part.end - part.range.end;
    if len == 0 {
        return Err(error(Reason::NoData));
    }
    if !(1..len).contains(&at) {
        return Err(error(Reason::SplitAt { len }));
    }
    let cut = part.range.end + at;
    let mut first = splice(frame, cut..part.end, &[], Mends::ALL)?;
    let mut second = splice(frame, part.range.end..cut, &[], Mends::ALL)?;
    let flags = flags(frame, &part);
    set(&mut first, &part, flags.without(Flags::PSH).without(Flags::FIN), None);
    let by = at as u32 + u32::from(flags.has(Flags::SYN));
    set(&mut second, &part, flags.without(Flags::SYN), Some(seq(frame, &part) + by));
    Ok([first, second])
}

/// One segment with the data of both: acknowledgment, window and PSH, FIN and such are the second's as well.
///
/// # Errors
/// [`Reason::NotNext`] where `second` is not of the same connection and direction or does not begin where `first` ends.
pub fn merge(first: &[u8], second: &[u8]) -> Result<Vec<u8>, EditError> {
    let (a, b) = (segment(first)?, segment(second)?);
    let not_next = || EditError { path: "tcp.seq".into(), text: String::new(), reason: Reason::NotNext };
    let (flags_a, flags_b) = (flags(first, &a), flags(second, &b));
    let len = (a.end - a.range.end) as u32 + u32::from(flags_a.has(Flags::SYN));
    let next = seq(first, &a) + len;
    let ends = |frame: &[u8], part: &Part| frame[part.range.start..][..4].to_vec();
    if addresses(first) != addresses(second)
        || ends(first, &a) != ends(second, &b)
        || seq(second, &b) != next
        || flags_a.has(Flags::FIN)
    {
        return Err(not_next());
    }
    let mut out = splice(first, a.end..a.end, &second[b.range.end..b.end], Mends::ALL)?;
    let header = &mut out[a.range.start..];
    if flags_b.has(Flags::ACK) {
        tcp::ACK.put(header, tcp::ACK.get(&second[b.range.start..]));
        tcp::WINDOW.put(header, tcp::WINDOW.get(&second[b.range.start..]));
    }
    set(&mut out, &a, Flags(flags_a.0 | flags_b.0), None);
    Ok(out)
}

fn flags(frame: &[u8], part: &Part) -> Flags {
    Flags(tcp::FLAGS.get(&frame[part.range.start..]) as u16)
}

fn seq(frame: &[u8], part: &Part) -> Seq {
    Seq(tcp::SEQ.get(&frame[part.range.start..]) as u32)
}

fn set(frame: &mut [u8], part: &Part, flags: Flags, seq: Option<Seq>) {
    let header = &mut frame[part.range.start..];
    tcp::FLAGS.put(header, flags.0.into());
    if let Some(seq) = seq {
        tcp::SEQ.put(header, seq.0.into());
    }
    mend(frame, Mends::ALL.only_checksums());
}

/// The octets of a frame's IP addresses.
fn addresses(frame: &[u8]) -> Option<Vec<u8>> {
    let ip = walk(frame).into_iter().find(|p| matches!(p.kind, Kind::Ipv4 | Kind::Ipv6))?;
    let header = frame.get(ip.range.clone())?;
    Some(match ip.kind {
        Kind::Ipv4 => header.get(ipv4::SRC.range().start..ipv4::DST.range().end)?.to_vec(),
        _ => header.get(ipv6::SRC.range().start..ipv6::DST.range().end)?.to_vec(),
    })
}
