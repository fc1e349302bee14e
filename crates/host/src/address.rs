//! Addresses as calls put them into memory.

use bytes::{BufMut, Bytes, BytesMut};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The name of a socket that was given none.
pub(crate) const UNBOUND: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// AF_INET, AF_INET6
const FAMILIES: [u16; 2] = [2, 10];

/// A `struct sockaddr_in` or `sockaddr_in6` as it lies in memory.
pub(crate) fn octets(addr: SocketAddr) -> Bytes {
    let mut out = BytesMut::new();
    out.put_u16_le(FAMILIES[usize::from(addr.is_ipv6())]);
    out.put_u16(addr.port());
    match addr.ip() {
        IpAddr::V4(ip) => {
            out.extend_from_slice(&ip.octets());
            out.put_u64(0);
        }
        IpAddr::V6(ip) => {
            out.put_u32(0);
            out.extend_from_slice(&ip.octets());
            out.put_u32(0);
        }
    }
    out.freeze()
}

/// The address in such octets.
pub(crate) fn from_octets(octets: &[u8]) -> Option<SocketAddr> {
    let port = u16::from_be_bytes(octets.get(2..4)?.try_into().ok()?);
    let ip: IpAddr = match u16::from_le_bytes(octets.get(..2)?.try_into().ok()?) {
        2 => <[u8; 4]>::try_from(octets.get(4..8)?).ok()?.into(),
        _ => <[u8; 16]>::try_from(octets.get(8..24)?).ok()?.into(),
    };
    Some(SocketAddr::new(ip, port))
}

/// AF_PACKET
const PACKET: u16 = 17;
/// ARPHRD_ETHER
const ETHER: u16 = 1;
/// Interfaces are numbered from here; 1 is the loopback's.
pub(crate) const FIRST_INDEX: i32 = 2;

/// A `struct sockaddr_ll` (packet(7)).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkAddr {
    /// EtherType; 0: not said.
    pub protocol: u16,
    /// Interface, by index; none: any.
    pub iface: Option<usize>,
    /// Ethernet address of the sender.
    pub mac: [u8; 6],
    /// PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST.
    pub kind: u8,
}

impl LinkAddr {
    /// The address that comes with a frame; `ours`: it is for us.
    pub(crate) fn of_frame(iface: usize, protocol: u16, link: &wire::Link, ours: bool) -> LinkAddr {
        let kind = match () {
            _ if link.dst == wire::Mac::BROADCAST => 1,
            _ if link.dst.is_group() => 2,
            _ => {
                if ours {
                    0
                } else {
                    3
                }
            }
        };
        LinkAddr { protocol, iface: Some(iface), mac: link.src.0, kind }
    }
    /// As it lies in memory.
    pub(crate) fn octets(&self) -> Bytes {
        let mut out = BytesMut::new();
        out.put_u16_le(PACKET);
        out.put_u16(self.protocol);
        out.put_i32_le(self.iface.map_or(0, |i| i as i32 + FIRST_INDEX));
        out.put_u16_le(ETHER);
        out.put_u8(self.kind);
        out.put_u8(6);
        out.extend_from_slice(&self.mac);
        out.put_u16(0);
        out.freeze()
    }
    /// From memory; none where it is no such address.
    pub(crate) fn from_octets(octets: &[u8]) -> Option<LinkAddr> {
        let word = |at: usize| Some([*octets.get(at)?, *octets.get(at + 1)?]);
        if octets.len() < 20 || u16::from_le_bytes(word(0)?) != PACKET {
            return None;
        }
        let index = i32::from_le_bytes(octets.get(4..8)?.try_into().ok()?);
        Some(LinkAddr {
            protocol: u16::from_be_bytes(word(2)?),
            iface: iface_of(index),
            mac: octets.get(12..18)?.try_into().ok()?,
            kind: 0,
        })
    }
}

/// The interface with an index as programs see it; none for 0: any.
pub(crate) fn iface_of(index: i32) -> Option<usize> {
    // What is no interface's is one that is not there.
    (index != 0).then(|| usize::try_from(index - FIRST_INDEX).unwrap_or(usize::MAX))
}
