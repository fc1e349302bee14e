//! ARP for IPv4 over Ethernet (RFC 826).

use crate::ethernet::{self, Link, Mac};
use crate::layout::arp as at;
use crate::problem::{Malformed, Problem};
use bytes::Bytes;
use std::net::Ipv4Addr;

/// Opcode of a request.
pub const REQUEST: u16 = 1;
/// Opcode of a reply.
pub const REPLY: u16 = 2;

/// An ARP packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packet {
    /// [`REQUEST`], [`REPLY`] or another.
    pub opcode: u16,
    /// Sender's hardware address.
    pub src_mac: Mac,
    /// Sender's protocol address.
    pub src_ip: Ipv4Addr,
    /// Target's hardware address; zero in a request.
    pub dst_mac: Mac,
    /// Target's protocol address.
    pub dst_ip: Ipv4Addr,
}

/// Reads the packet of `frame` that begins at octet `start`.
pub fn parse(frame: &[u8], start: usize) -> Result<Packet, Malformed> {
    let packet = frame.get(start..).unwrap_or(&[]);
    if packet.len() < at::LEN {
        return Err(Malformed::new(Problem::ArpShort, packet.len() as u32, at::LEN as u32));
    }
    let form = [at::HW_TYPE, at::PROTO_TYPE, at::HW_SIZE, at::PROTO_SIZE].map(|f| f.get(packet));
    if form != [1, ethernet::IPV4.into(), 6, 4] {
        return Err(Malformed::new(Problem::ArpForm, form[0] as u32, form[1] as u32));
    }
    Ok(Packet {
        opcode: at::OPCODE.get(packet) as u16,
        src_mac: Mac(at::SRC_MAC.array(packet)),
        src_ip: at::SRC_IP.array::<4>(packet).into(),
        dst_mac: Mac(at::DST_MAC.array(packet)),
        dst_ip: at::DST_IP.array::<4>(packet).into(),
    })
}

/// The frame that carries `packet`.
pub fn emit(link: &Link, packet: &Packet) -> Bytes {
    let mut frame = vec![0; ethernet::LEN + at::LEN];
    ethernet::emit(link, ethernet::ARP, &mut frame);
    let out = &mut frame[ethernet::LEN..];
    at::HW_TYPE.put(out, 1);
    at::PROTO_TYPE.put(out, ethernet::IPV4.into());
    at::HW_SIZE.put(out, 6);
    at::PROTO_SIZE.put(out, 4);
    at::OPCODE.put(out, packet.opcode.into());
    at::SRC_MAC.put_octets(out, &packet.src_mac.0);
    at::SRC_IP.put_octets(out, &packet.src_ip.octets());
    at::DST_MAC.put_octets(out, &packet.dst_mac.0);
    at::DST_IP.put_octets(out, &packet.dst_ip.octets());
    frame.into()
}
