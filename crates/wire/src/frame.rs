//! Whole frames: from bytes to what a stack means, and back.

use crate::arp;
use crate::checksum::{Sum, pseudo};
use crate::ethernet::{self, Link};
use crate::layout::{self, Words};
use crate::problem::{Malformed, Problem};
use crate::usual::{Own, Pattern};
use crate::{icmp, ip, tcp, udp};
use bytes::{Buf, Bytes, BytesMut};
use std::ops::Range;

/// A frame, understood. Payloads share its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Who sent it to whom.
    pub link: Link,
    /// What it carries.
    pub packet: Packet,
}

/// What a frame carries.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, clippy::large_enum_variant)]
pub enum Packet {
    Arp(arp::Packet),
    Tcp { ip: ip::Header, header: tcp::Header, payload: Bytes },
    Udp { ip: ip::Header, header: udp::Header, payload: Bytes },
    Icmp { ip: ip::Header, header: icmp::Header, payload: Bytes },
}

/// Takes a whole frame apart, judging as a stack judges. A caller that must look at an address before it
/// judges what lies behind calls the layers' own `parse` one after the other.
#[inline]
pub fn parse(frame: &Bytes) -> Result<Frame, Malformed> {
    let (link, ethertype) = ethernet::parse(frame)?;
    if ethertype == ethernet::ARP {
        return Ok(Frame { link, packet: Packet::Arp(arp::parse(frame, ethernet::LEN)?) });
    }
    let (ip, range) = ip::parse(frame, ethernet::LEN, ethertype)?;
    let packet = match (ip.protocol, &ip.addrs) {
        (ip::TCP, _) => {
            let (header, range) = tcp::parse(&ip, frame, range)?;
            Packet::Tcp { ip, header, payload: slice(frame, range) }
        }
        (ip::UDP, _) => {
            let (header, range) = udp::parse(&ip, frame, range)?;
            Packet::Udp { ip, header, payload: slice(frame, range) }
        }
        (ip::ICMP, ip::Addrs::V4 { .. }) | (ip::ICMPV6, ip::Addrs::V6 { .. }) => {
            let (header, range) = icmp::parse(&ip, frame, range)?;
            Packet::Icmp { ip, header, payload: slice(frame, range) }
        }
        (other, _) => return Err(Malformed::new(Problem::IpProtoUnknown, other.into(), 0)),
    };
    Ok(Frame { link, packet })
}

/// A part of a frame that shares its bytes; an empty one holds on to nothing.
#[inline]
pub fn slice(frame: &Bytes, range: Range<usize>) -> Bytes {
    if range.is_empty() { Bytes::new() } else { frame.slice(range) }
}

/// Like [`slice`], of a frame that is not needed any more: nothing is counted, nothing allocated.
#[inline]
pub fn into_slice(mut frame: Bytes, range: Range<usize>) -> Bytes {
    narrow(&mut frame, range);
    frame
}

/// The same where it stands.
#[inline]
pub fn narrow(frame: &mut Bytes, range: Range<usize>) {
    if range.is_empty() {
        *frame = Bytes::new();
        return;
    }
    frame.truncate(range.end);
    frame.advance(range.start);
}

/// Where frames are made: blocks of memory that many share, so that one allocation does for ten frames. A block lives as
/// long as any frame of it. A clone begins with a block of its own.
#[derive(Debug, Default)]
pub struct Room(BytesMut);

impl Room {
    /// Octets of a block: ten full frames of Ethernet.
    const BLOCK: usize = 16_384;

    /// Room for `len` octets more.
    #[inline]
    fn reserve(&mut self, len: usize) {
        if self.0.capacity() < len {
            self.0.reserve(len.max(Self::BLOCK));
        }
    }
}

impl Clone for Room {
    fn clone(&self) -> Self {
        Room::default()
    }
}

/// The frame of a TCP segment, made where it will stand: `payload` appends the segment's data (about `hint`
/// octets) to the buffer behind the headers; lengths and checksums follow from what it appended.
#[inline]
pub fn emit_tcp(
    link: &Link,
    ip: &ip::Header,
    header: &tcp::Header,
    hint: usize,
    payload: impl FnOnce(&mut BytesMut),
) -> Bytes {
    let mut alone = BytesMut::with_capacity(ethernet::LEN + ip.addrs.header_len() + tcp::MAX_LEN + hint);
    emit_segment(&mut alone, link, ip, header, payload)
}

/// As [`emit_tcp`], in a room that frames share.
#[inline]
pub fn emit_tcp_in(
    room: &mut Room,
    link: &Link,
    ip: &ip::Header,
    header: &tcp::Header,
    hint: usize,
    payload: impl FnOnce(&mut BytesMut),
) -> Bytes {
    room.reserve(ethernet::LEN + ip::V6_LEN + tcp::MAX_LEN + hint);
    emit_segment(&mut room.0, link, ip, header, payload)
}

/// As [`emit_tcp_in`], by the pattern of the connection.
#[inline]
pub fn emit_tcp_like(
    room: &mut Room,
    pattern: &Pattern,
    ids: (u16, u8),
    own: &Own,
    hint: usize,
    payload: impl FnOnce(&mut BytesMut),
) -> Bytes {
    room.reserve(ethernet::LEN + ip::V6_LEN + tcp::MAX_LEN + hint);
    pattern.emit(&mut room.0, ids, own, payload)
}

#[inline]
fn emit_segment(
    room: &mut BytesMut,
    link: &Link,
    ip: &ip::Header,
    header: &tcp::Header,
    payload: impl FnOnce(&mut BytesMut),
) -> Bytes {
    let options = header.options.emit();
    let len = tcp::LEN + options.len();
    let at = layout::tcp::CHECKSUM.range().start;
    emit(room, link, ip, len, at, |out| tcp::emit(header, &options, out), payload)
}

/// The frame of a UDP datagram; see [`emit_tcp`].
pub fn emit_udp(
    link: &Link,
    ip: &ip::Header,
    header: &udp::Header,
    hint: usize,
    payload: impl FnOnce(&mut BytesMut),
) -> Bytes {
    use layout::udp as at;
    let write = |out: &mut [u8]| {
        let words = Words::<{ udp::LEN / 4 }>::new()
            .with(at::SRC_PORT, header.src_port.into())
            .with(at::DST_PORT, header.dst_port.into())
            .with(at::LENGTH, out.len() as u32);
        words.write(out);
        words.sum()
    };
    let mut alone = BytesMut::with_capacity(ethernet::LEN + ip.addrs.header_len() + udp::LEN + hint);
    emit(&mut alone, link, ip, udp::LEN, at::CHECKSUM.range().start, write, payload)
}

/// The frame of an ICMP or ICMPv6 message, as the addresses' family has it; see [`emit_tcp`].
pub fn emit_icmp(
    link: &Link,
    ip: &ip::Header,
    header: &icmp::Header,
    hint: usize,
    payload: impl FnOnce(&mut BytesMut),
) -> Bytes {
    use layout::icmp as at;
    let write = |out: &mut [u8]| {
        let words = Words::<{ icmp::LEN / 4 }>::new()
            .with(at::TYPE, header.kind.into())
            .with(at::CODE, header.code.into())
            .with(layout::icmp_other::REST, header.rest);
        words.write(out);
        words.sum()
    };
    let mut alone = BytesMut::with_capacity(ethernet::LEN + ip.addrs.header_len() + icmp::LEN + hint);
    emit(&mut alone, link, ip, icmp::LEN, at::CHECKSUM.range().start, write, payload)
}

/// The frame of a datagram whose transport header, if it has one, is in `payload`.
pub fn emit_ip(link: &Link, ip: &ip::Header, payload: &[u8]) -> Bytes {
    let start = ethernet::LEN + ip.addrs.header_len();
    let mut frame = BytesMut::zeroed(start);
    ethernet::emit(link, ip.addrs.ethertype(), &mut frame);
    ip::emit(ip, payload.len(), &mut frame[ethernet::LEN..]);
    frame.extend_from_slice(payload);
    frame.freeze()
}

/// The frame around a datagram that is written already.
pub fn around(link: &Link, ethertype: u16, datagram: &[u8]) -> Bytes {
    let mut frame = BytesMut::zeroed(ethernet::LEN);
    ethernet::emit(link, ethertype, &mut frame);
    frame.extend_from_slice(datagram);
    frame.freeze()
}

/// `header_len` octets of transport header, written by `write` with its checksum at `checksum_at` left zero;
/// `write` is given the segment and returns the header's sum.
#[inline]
fn emit(
    room: &mut BytesMut,
    link: &Link,
    ip: &ip::Header,
    header_len: usize,
    checksum_at: usize,
    write: impl FnOnce(&mut [u8]) -> Sum,
    payload: impl FnOnce(&mut BytesMut),
) -> Bytes {
    /// Room for Ethernet, IPv6 and the longest TCP header. Every octet is written again; it is not zero
    /// because that would have the compiler ask for zeroed memory, which is slower to get.
    static SPACE: [u8; ethernet::LEN + ip::V6_LEN + tcp::MAX_LEN] = [0xff; _];
    let start = ethernet::LEN + ip.addrs.header_len();
    debug_assert!(room.is_empty(), "the room is taken frame by frame");
    room.extend_from_slice(&SPACE[..start + header_len]);
    payload(room);
    let (headers, segment) = room.split_at_mut(start);
    ethernet::emit(link, ip.addrs.ethertype(), headers);
    ip::emit(ip, segment.len(), &mut headers[ethernet::LEN..]);
    let sum = match ip.protocol {
        ip::ICMP | ip::ICMPV6 => icmp::covered(&ip.addrs, segment.len()),
        protocol => pseudo(&ip.addrs, protocol, segment.len()),
    };
    let sum = sum.plus(write(segment)).octets(&segment[header_len..]);
    let checksum = if ip.protocol == ip::UDP { udp::on_wire(sum.checksum()) } else { sum.checksum() };
    segment[checksum_at..checksum_at + 2].copy_from_slice(&checksum.to_be_bytes());
    room.split().freeze()
}
