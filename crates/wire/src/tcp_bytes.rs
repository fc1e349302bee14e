//! TCP's meaningful form from and to bytes.

use crate::Seq;
use crate::checksum::pseudo;
use crate::ip::{self, wrong};
use crate::layout::{tcp as at, tcp_option as opt};
use crate::problem::{Malformed, Problem};
use crate::tcp::{FastOpen, Flags, Header, Options, SackBlocks, Timestamps};
use std::ops::Range;

/// Octets of a header without options.
pub const LEN: usize = at::LEN;
/// Octets of the longest header (RFC 9293 §3.1: the data offset has four bits and counts words).
pub const MAX_LEN: usize = 60;
/// Octets of options that fit into a header.
pub const MAX_OPTIONS: usize = MAX_LEN - LEN;

/// Reads the segment that fills `range` of `frame`, in the order of Linux's `tcp_v4_rcv`: length, data
/// offset, checksum. Returns its header and the range of its payload.
#[inline]
pub fn parse(
    ip: &ip::Header,
    frame: &[u8],
    range: Range<usize>,
) -> Result<(Header, Range<usize>), Malformed> {
    let segment = &frame[range.clone()];
    let present = segment.len();
    let Some(fixed) = segment.get(..LEN) else {
        return Err(Malformed::new(Problem::TcpShort, present as u32, LEN as u32));
    };
    let header_len = at::HDR_LEN.get(fixed) as usize * 4;
    if header_len < LEN {
        return Err(Malformed::new(Problem::TcpHdrLenShort, header_len as u32, LEN as u32));
    }
    let Some(options) = segment.get(LEN..header_len) else {
        return Err(Malformed::new(Problem::TcpHdrLenBeyond, header_len as u32, present as u32));
    };
    let sum = pseudo(&ip.addrs, ip::TCP, present);
    if sum.octets(segment).fold() != 0xffff {
        return Err(wrong(Problem::TcpChecksumWrong, sum, segment, at::CHECKSUM.range().start));
    }
    Ok((read(fixed, options), range.start + header_len..range.end))
}

#[inline]
fn read(fixed: &[u8], options: &[u8]) -> Header {
    Header {
        src_port: at::SRC_PORT.get(fixed) as u16,
        dst_port: at::DST_PORT.get(fixed) as u16,
        seq: Seq(at::SEQ.get(fixed) as u32),
        ack: Seq(at::ACK.get(fixed) as u32),
        flags: Flags(at::FLAGS.get(fixed) as u16),
        window: at::WINDOW.get(fixed) as u16,
        urgent: at::URGENT.get(fixed) as u16,
        options: parse_options(options),
    }
}

/// Reads options as a stack does (RFC 9293 §3.1 MUST-5 to MUST-7, Linux `tcp_parse_options`): what is unknown,
/// or has a length that its kind cannot have, is skipped; a length that leads nowhere ends the reading.
/// Where an option stands twice, the last one counts.
#[inline]
pub fn parse_options(octets: &[u8]) -> Options {
    let mut options = Options::default();
    // The one shape of nearly all segments (RFC 7323 Appendix A), without the loop.
    if let [opt::NOP, opt::NOP, opt::TIMESTAMP, 10, value @ ..] = octets
        && value.len() == 8
    {
        options.timestamps = Some(timestamps(value));
        return options;
    }
    let mut rest = octets;
    while let [kind, after @ ..] = rest {
        match *kind {
            opt::EOL => break,
            opt::NOP => {
                rest = after;
                continue;
            }
            _ => {}
        }
        let Some(&len) = after.first() else { break };
        let len = len as usize;
        if len < 2 || len > rest.len() {
            break;
        }
        take_option(&mut options, *kind, &rest[2..len]);
        rest = &rest[len..];
    }
    options
}

fn take_option(options: &mut Options, kind: u8, value: &[u8]) {
    match (kind, value) {
        (opt::MSS, &[a, b]) => options.mss = Some(u16::from_be_bytes([a, b])),
        (opt::WSCALE, &[shift]) => options.window_scale = Some(shift),
        (opt::SACK_PERM, []) => options.sack_permitted = true,
        (opt::TIMESTAMP, _) if value.len() == 8 => options.timestamps = Some(timestamps(value)),
        (opt::SACK, _) if !value.is_empty() && value.len().is_multiple_of(8) => {
            let mut sack = SackBlocks::default();
            for (block, octets) in sack.blocks.iter_mut().zip(value.chunks_exact(8)) {
                *block = (Seq(opt::SACK_LE.get(octets) as u32), Seq(opt::SACK_RE.get(octets) as u32));
                sack.len += 1;
            }
            options.sack = sack;
        }
        (opt::FAST_OPEN, cookie) => take_cookie(options, cookie, false),
        (opt::EXPERIMENTAL, [a, b, cookie @ ..]) if u16::from_be_bytes([*a, *b]) == opt::FAST_OPEN_MAGIC => {
            take_cookie(options, cookie, true);
        }
        _ => {}
    }
}

fn timestamps(value: &[u8]) -> Timestamps {
    let word = |at: usize| u32::from_be_bytes([value[at], value[at + 1], value[at + 2], value[at + 3]]);
    Timestamps { val: word(0), ecr: word(4) }
}

/// RFC 7413 §4.1.1: a cookie has 4 to 16 octets, an even number; none asks for one.
fn take_cookie(options: &mut Options, cookie: &[u8], experimental: bool) {
    if cookie.is_empty() || (4..=16).contains(&cookie.len()) && cookie.len().is_multiple_of(2) {
        let mut kept = [0; 16];
        kept[..cookie.len()].copy_from_slice(cookie);
        options.fast_open = Some(FastOpen { experimental, len: cookie.len() as u8, cookie: kept });
    }
}

/// Options as they go onto the wire, padded to whole words.
#[derive(Clone, Copy, Debug)]
pub struct OptionBytes {
    octets: [u8; MAX_OPTIONS],
    len: usize,
}

impl std::ops::Deref for OptionBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.octets[..self.len]
    }
}

impl OptionBytes {
    #[inline(always)]
    fn push(&mut self, octets: &[u8]) {
        self.octets[self.len..self.len + octets.len()].copy_from_slice(octets);
        self.len += octets.len();
    }
    fn room(&self) -> usize {
        MAX_OPTIONS - self.len
    }
}

impl Options {
    /// The options in the order and with the padding of Linux's `tcp_options_write`. Fast Open is left out
    /// where it has no room left, and SACK has as many blocks as fit.
    #[inline]
    pub fn emit(&self) -> OptionBytes {
        let mut out = OptionBytes { octets: [0; MAX_OPTIONS], len: 0 };
        if let Some(mss) = self.mss {
            let [a, b] = mss.to_be_bytes();
            out.push(&[opt::MSS, 4, a, b]);
        }
        if let Some(ts) = self.timestamps {
            let fill = if self.sack_permitted { [opt::SACK_PERM, 2] } else { [opt::NOP; 2] };
            out.push(&[fill[0], fill[1], opt::TIMESTAMP, 10]);
            out.push(&ts.val.to_be_bytes());
            out.push(&ts.ecr.to_be_bytes());
        } else if self.sack_permitted {
            out.push(&[opt::NOP, opt::NOP, opt::SACK_PERM, 2]);
        }
        if let Some(shift) = self.window_scale {
            out.push(&[opt::NOP, opt::WSCALE, 3, shift]);
        }
        let blocks = (self.sack.len as usize).min(4).min(out.room().saturating_sub(4) / 8);
        if blocks > 0 {
            out.push(&[opt::NOP, opt::NOP, opt::SACK, 2 + 8 * blocks as u8]);
            for (left, right) in &self.sack.blocks[..blocks] {
                out.push(&left.0.to_be_bytes());
                out.push(&right.0.to_be_bytes());
            }
        }
        if let Some(fast_open) = &self.fast_open {
            emit_fast_open(fast_open, &mut out);
        }
        out
    }

    /// Octets that these options take on the wire, padding included.
    pub fn wire_len(&self) -> usize {
        self.emit().len()
    }
}

fn emit_fast_open(fast_open: &FastOpen, out: &mut OptionBytes) {
    let cookie = &fast_open.cookie[..(fast_open.len as usize).min(16)];
    let [m0, m1] = opt::FAST_OPEN_MAGIC.to_be_bytes();
    let (long, short) =
        ([opt::EXPERIMENTAL, 4 + cookie.len() as u8, m0, m1], [opt::FAST_OPEN, 2 + cookie.len() as u8]);
    let head: &[u8] = if fast_open.experimental { &long } else { &short };
    let need = head.len() + cookie.len();
    if need.next_multiple_of(4) > out.room() {
        return;
    }
    out.push(head);
    out.push(cookie);
    out.push(&[opt::NOP; 3][..need.next_multiple_of(4) - need]);
}

/// Writes the header with its options into the first octets of `out`, checksum zero; returns its length.
/// `out` must hold it: [`MAX_LEN`] octets always do.
#[inline]
pub fn emit(header: &Header, options: &OptionBytes, out: &mut [u8]) -> usize {
    let len = LEN + options.len();
    let out = &mut out[..len];
    // RFC 9293 §3.1: without ACK the field means nothing; every stack sends it as zero.
    let ack = if header.flags.has(Flags::ACK) { header.ack.0 } else { 0 };
    at::SRC_PORT.put(out, header.src_port.into());
    at::DST_PORT.put(out, header.dst_port.into());
    at::SEQ.put(out, header.seq.0.into());
    at::ACK.put(out, ack.into());
    at::HDR_LEN.put(out, len as u64 / 4);
    at::FLAGS.put(out, header.flags.0.into());
    at::WINDOW.put(out, header.window.into());
    at::CHECKSUM.put(out, 0);
    at::URGENT.put(out, header.urgent.into());
    out[LEN..].copy_from_slice(options);
    len
}
