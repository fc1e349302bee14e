//! TCP's meaningful form from and to bytes.

use crate::Seq;
use crate::checksum::{Sum, pseudo};
use crate::ip::{self, wrong};
use crate::layout::{Words, tcp as at, tcp_option as opt};
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
#[inline(always)]
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

#[inline(always)]
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
#[inline(always)]
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
        (opt::MD5, _) if value.len() == 16 => options.md5 = true,
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
pub struct OptionWords {
    words: [u32; MAX_OPTIONS / 4],
    len: usize,
}

impl OptionWords {
    /// The words, first on the wire first; each in network order when written big-endian.
    pub fn words(&self) -> &[u32] {
        &self.words[..self.len]
    }
    /// Octets that they take.
    pub const fn len(&self) -> usize {
        self.len * 4
    }
    /// There are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// The octets.
    pub fn to_vec(&self) -> Vec<u8> {
        self.words().iter().flat_map(|word| word.to_be_bytes()).collect()
    }
    #[inline(always)]
    fn push(&mut self, word: u32) {
        self.words[self.len] = word;
        self.len += 1;
    }
    #[inline(always)]
    fn push_octets(&mut self, a: u8, b: u8, c: u8, d: u8) {
        self.push(u32::from_be_bytes([a, b, c, d]));
    }
    /// Words that still fit.
    const fn room(&self) -> usize {
        MAX_OPTIONS / 4 - self.len
    }
}

impl Options {
    /// The options in the order and with the padding of Linux's `tcp_options_write`, by which every option but
    /// Fast Open fills whole words. Fast Open is left out where it has no room left, and SACK has as many
    /// blocks as fit.
    #[inline]
    pub fn emit(&self) -> OptionWords {
        let mut out = OptionWords { words: [0; MAX_OPTIONS / 4], len: 0 };
        if let Some(mss) = self.mss {
            let [a, b] = mss.to_be_bytes();
            out.push_octets(opt::MSS, 4, a, b);
        }
        if let Some(ts) = self.timestamps {
            let [a, b] = if self.sack_permitted { [opt::SACK_PERM, 2] } else { [opt::NOP; 2] };
            out.push_octets(a, b, opt::TIMESTAMP, 10);
            out.push(ts.val);
            out.push(ts.ecr);
        } else if self.sack_permitted {
            out.push_octets(opt::NOP, opt::NOP, opt::SACK_PERM, 2);
        }
        if let Some(shift) = self.window_scale {
            out.push_octets(opt::NOP, opt::WSCALE, 3, shift);
        }
        let blocks = (self.sack.len as usize).min(4).min(out.room().saturating_sub(1) / 2);
        if blocks > 0 {
            out.push_octets(opt::NOP, opt::NOP, opt::SACK, 2 + 8 * blocks as u8);
            for (left, right) in &self.sack.blocks[..blocks] {
                out.push(left.0);
                out.push(right.0);
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

fn emit_fast_open(fast_open: &FastOpen, out: &mut OptionWords) {
    let cookie = &fast_open.cookie[..(fast_open.len as usize).min(16)];
    let [m0, m1] = opt::FAST_OPEN_MAGIC.to_be_bytes();
    let long = [opt::EXPERIMENTAL, 4 + cookie.len() as u8, m0, m1];
    let short = [opt::FAST_OPEN, 2 + cookie.len() as u8];
    let head: &[u8] = if fast_open.experimental { &long } else { &short };
    // Padding is no-operations, behind the option.
    let mut octets = [opt::NOP; 20];
    octets[..head.len()].copy_from_slice(head);
    octets[head.len()..head.len() + cookie.len()].copy_from_slice(cookie);
    let words = (head.len() + cookie.len()).div_ceil(4);
    if words <= out.room() {
        let (octets, _) = octets.as_chunks::<4>();
        octets[..words].iter().for_each(|word| out.push(u32::from_be_bytes(*word)));
    }
}

/// Writes the header with its options into the first [`LEN`]` + options.len()` octets of `out`, the checksum
/// zero, and returns its sum.
#[inline]
pub fn emit(header: &Header, options: &OptionWords, out: &mut [u8]) -> Sum {
    let len = LEN + options.len();
    // RFC 9293 §3.1: without ACK the field means nothing; every stack sends it as zero.
    let ack = if header.flags.has(Flags::ACK) { header.ack.0 } else { 0 };
    let words = Words::<{ LEN / 4 }>::new()
        .with(at::SRC_PORT, header.src_port.into())
        .with(at::DST_PORT, header.dst_port.into())
        .with(at::SEQ, header.seq.0)
        .with(at::ACK, ack)
        .with(at::HDR_LEN, len as u32 / 4)
        .with(at::FLAGS, header.flags.0.into())
        .with(at::WINDOW, header.window.into())
        .with(at::URGENT, header.urgent.into());
    words.write(out);
    let mut sum = words.sum();
    let (places, _) = out[LEN..len].as_chunks_mut::<4>();
    for (place, word) in places.iter_mut().zip(options.words()) {
        *place = word.to_be_bytes();
        sum = sum.add_u32(*word);
    }
    sum
}
