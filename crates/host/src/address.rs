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
