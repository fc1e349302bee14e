//! The shape of nearly all segments, with every field at a known place: Ethernet II, IPv4 without options or fragments, TCP
//! with the timestamps option alone (RFC 7323 Appendix A). What is read and written here is what the layers' own functions
//! read and write, one look at the whole instead of one look a field.

use crate::checksum::Sum;
use crate::ethernet::{self, Link, Mac};
use crate::ip::{self, Addrs};
use crate::layout::{ipv4, tcp as at, tcp_option as opt};
use crate::tcp::{Flags, Header, Options, Timestamps};
use crate::{Seq, tcp};
use bytes::{Bytes, BytesMut};
use std::net::Ipv4Addr;
use std::ops::Range;

/// Where the segment begins.
const TCP: usize = ethernet::LEN + ip::V4_LEN;
/// Where the options begin.
const OPTIONS: usize = TCP + tcp::LEN;
/// Octets of all headers.
const LEN: usize = OPTIONS + 12;
/// What stands before the two timestamps.
const BEFORE_STAMPS: u32 = u32::from_be_bytes([opt::NOP, opt::NOP, opt::TIMESTAMP, 10]);

const TYPE: usize = 12;
const TOTAL_LEN: usize = ethernet::LEN + ipv4::TOTAL_LEN.range().start;
const IDENT: usize = ethernet::LEN + ipv4::ID.range().start;
const FRAGMENT: usize = ethernet::LEN + 6;
const IP_CHECKSUM: usize = ethernet::LEN + ipv4::CHECKSUM.range().start;
const SRC: usize = ethernet::LEN + ipv4::SRC.range().start;
const DST: usize = ethernet::LEN + ipv4::DST.range().start;
const SEQ: usize = TCP + at::SEQ.range().start;
const ACK: usize = TCP + at::ACK.range().start;
const FLAGS: usize = TCP + at::FLAGS.range().start;
const WINDOW: usize = TCP + at::WINDOW.range().start;
const CHECKSUM: usize = TCP + at::CHECKSUM.range().start;
const URGENT: usize = TCP + at::URGENT.range().start;

#[inline(always)]
fn half(head: &[u8; LEN], at: usize) -> u16 {
    u16::from_be_bytes([head[at], head[at + 1]])
}

#[inline(always)]
fn word(head: &[u8; LEN], at: usize) -> u32 {
    u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]])
}

#[inline(always)]
fn put_half(head: &mut [u8; LEN], at: usize, number: u16) {
    [head[at], head[at + 1]] = number.to_be_bytes();
}

#[inline(always)]
fn put_word(head: &mut [u8; LEN], at: usize, number: u32) {
    [head[at], head[at + 1], head[at + 2], head[at + 3]] = number.to_be_bytes();
}

/// The one's complement sum of 16 bits of a number that is a sum of words of 16 or 32.
#[inline(always)]
fn folded(sum: u64) -> u16 {
    let sum = (sum & 0xffff_ffff) + (sum >> 32);
    let sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
    let sum = (sum & 0xffff) + (sum >> 16);
    ((sum & 0xffff) + (sum >> 16)) as u16
}

/// A frame of that shape. That its checksums are right is not said.
#[derive(Clone, Copy, Debug)]
pub struct Usual<'a> {
    head: &'a [u8; LEN],
    frame: &'a [u8],
}

impl<'a> Usual<'a> {
    /// `None` where the frame is of another shape.
    #[inline]
    pub fn of(frame: &'a [u8]) -> Option<Usual<'a>> {
        let head = frame.first_chunk::<LEN>()?;
        let total = usize::from(half(head, TOTAL_LEN));
        // More fragments, or an offset.
        let fragment = half(head, FRAGMENT) & 0x3fff != 0;
        let fits = total >= LEN - ethernet::LEN && ethernet::LEN + total <= frame.len();
        let usual = word(head, TYPE) & 0xffff_ff00 == u32::from(ethernet::IPV4) << 16 | 0x4500
            && !fragment
            && head[ethernet::LEN + 9] == ip::TCP
            && head[FLAGS] >> 4 == ((LEN - TCP) / 4) as u8
            && word(head, OPTIONS) == BEFORE_STAMPS
            && fits;
        usual.then(|| Usual { head, frame: &frame[..ethernet::LEN + total] })
    }
    /// Whom the frame is for, and of which connection.
    #[inline(always)]
    pub fn ends(&self) -> Ends {
        let [a, b, c, d, e, f, ..] = *self.head;
        let addrs = self.head[SRC..].first_chunk().map_or(0, |octets| u64::from_be_bytes(*octets));
        let mac = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        Ends { mac, addrs, ports: word(self.head, TCP) }
    }
    /// Source and destination port.
    #[inline]
    pub fn ports(&self) -> (u16, u16) {
        (half(self.head, TCP), half(self.head, TCP + 2))
    }
    /// The two ECN bits of the IP header.
    #[inline]
    pub fn ecn(&self) -> u8 {
        self.head[ethernet::LEN + 1] & 3
    }
    /// Whether both checksums are right.
    #[inline]
    pub fn is_intact(&self) -> bool {
        let header = (ethernet::LEN..TCP).step_by(4).map(|at| u64::from(word(self.head, at))).sum();
        let segment = &self.frame[TCP..];
        let pseudo = u64::from(word(self.head, SRC)) + u64::from(word(self.head, DST));
        let covered = pseudo + u64::from(ip::TCP) + segment.len() as u64;
        folded(header) == 0xffff && folded(covered + u64::from(Sum::new().octets(segment).fold())) == 0xffff
    }
    /// The TCP header.
    #[inline(always)]
    pub fn header(&self) -> Header {
        let head = self.head;
        let (src_port, dst_port) = self.ports();
        let (val, ecr) = (word(head, OPTIONS + 4), word(head, OPTIONS + 8));
        Header {
            src_port,
            dst_port,
            seq: Seq(word(head, SEQ)),
            ack: Seq(word(head, ACK)),
            flags: Flags(half(head, FLAGS) & 0xfff),
            window: half(head, WINDOW),
            urgent: half(head, URGENT),
            options: Options { timestamps: Some(Timestamps { val, ecr }), ..Options::NONE },
        }
    }
    /// Where the payload stands in the frame.
    #[inline]
    pub fn payload(&self) -> Range<usize> {
        LEN..self.frame.len()
    }
}

/// Between whom a frame of that shape goes: Ethernet and IP addresses, ports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ends {
    /// Destination.
    mac: u64,
    /// Source, destination.
    addrs: u64,
    /// The same.
    ports: u32,
}

impl Ends {
    /// `addrs` and `ports` are source and destination.
    pub fn new(Mac([a, b, c, d, e, f]): Mac, addrs: (Ipv4Addr, Ipv4Addr), ports: (u16, u16)) -> Ends {
        Ends {
            mac: u64::from_be_bytes([0, 0, a, b, c, d, e, f]),
            addrs: u64::from(addrs.0.to_bits()) << 32 | u64::from(addrs.1.to_bits()),
            ports: u32::from(ports.0) << 16 | u32::from(ports.1),
        }
    }
}

/// What a segment of that shape has for itself, ports and lengths aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Own {
    /// Sequence number.
    pub seq: Seq,
    /// Acknowledgment number; zero where the flags have no ACK.
    pub ack: Seq,
    /// Flags.
    pub flags: Flags,
    /// Window as it stands in the field.
    pub window: u16,
    /// Urgent pointer.
    pub urgent: u16,
    /// The only option.
    pub stamps: Timestamps,
}

/// The headers of a connection's segments of that shape, written once: what one differs in from the next is put in.
#[derive(Clone, Debug)]
pub struct Pattern {
    head: [u8; LEN],
    /// Sum of what stands in the IP header.
    ip: u64,
    /// Sum of what stands in the pseudo-header and the TCP header.
    tcp: u64,
}

impl Pattern {
    /// From addresses, ports and the IP header; its identification, and ECN bits, are each segment's own. `None` for IPv6.
    pub fn new(link: &Link, header: &ip::Header, (src_port, dst_port): (u16, u16)) -> Option<Pattern> {
        let Addrs::V4 { src, dst } = header.addrs else { return None };
        let mut head = [0; LEN];
        ethernet::emit(link, ethernet::IPV4, &mut head);
        let alone = ip::Header { ident: 0, ecn: 0, protocol: ip::TCP, ..*header };
        ip::emit(&alone, 0, &mut head[ethernet::LEN..]);
        put_half(&mut head, TOTAL_LEN, 0);
        put_half(&mut head, IP_CHECKSUM, 0);
        put_half(&mut head, TCP, src_port);
        put_half(&mut head, TCP + 2, dst_port);
        put_word(&mut head, OPTIONS, BEFORE_STAMPS);
        let sum = |from: usize, to| (from..to).step_by(4).map(|at| u64::from(word(&head, at))).sum::<u64>();
        let pseudo = u64::from(src.to_bits()) + u64::from(dst.to_bits()) + u64::from(ip::TCP);
        let (ip, tcp) = (sum(ethernet::LEN, TCP), pseudo + sum(TCP, LEN));
        Some(Pattern { head, ip, tcp })
    }

    /// The frame of a segment, as [`crate::frame::emit_tcp`] would make it. `room` is empty, and long enough for a full
    /// header and what `payload` appends.
    #[inline]
    pub(crate) fn emit(
        &self,
        room: &mut BytesMut,
        (ident, ecn): (u16, u8),
        own: &Own,
        payload: impl FnOnce(&mut BytesMut),
    ) -> Bytes {
        room.extend_from_slice(&self.head);
        payload(room);
        let Some((head, payload)) = room.split_first_chunk_mut::<LEN>() else { return Bytes::new() };
        let len = LEN - TCP + payload.len();
        let total = (ip::V4_LEN + len) as u16;
        head[ethernet::LEN + 1] |= ecn;
        put_half(head, TOTAL_LEN, total);
        put_half(head, IDENT, ident);
        let sum = self.ip + (u64::from(ecn) << 16) + u64::from(total) + u64::from(ident);
        put_half(head, IP_CHECKSUM, !folded(sum));
        let flags = (((LEN - TCP) / 4) << 12) as u16 | own.flags.0 & 0xfff;
        put_word(head, SEQ, own.seq.0);
        put_word(head, ACK, own.ack.0);
        put_half(head, FLAGS, flags);
        put_half(head, WINDOW, own.window);
        put_half(head, URGENT, own.urgent);
        put_word(head, OPTIONS + 4, own.stamps.val);
        put_word(head, OPTIONS + 8, own.stamps.ecr);
        let halves = u64::from(flags) + u64::from(own.window) + u64::from(own.urgent) + len as u64;
        let words = u64::from(own.seq.0)
            + u64::from(own.ack.0)
            + u64::from(own.stamps.val)
            + u64::from(own.stamps.ecr);
        let sum = self.tcp + words + halves + u64::from(Sum::new().octets(payload).fold());
        put_half(head, CHECKSUM, !folded(sum));
        room.split().freeze()
    }
}
