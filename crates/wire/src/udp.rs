//! UDP (RFC 768) in its meaningful form.

use crate::checksum::pseudo;
use crate::ip::{self, wrong};
use crate::layout::udp as at;
use crate::problem::{Malformed, Problem};
use std::ops::Range;

/// Octets of the header.
pub const LEN: usize = at::LEN;

/// Ports of a datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// Source port; 0 where no reply is wanted.
    pub src_port: u16,
    /// Destination port.
    pub dst_port: u16,
}

/// Reads the datagram that fills `range` of `frame`; returns its ports and the range of its payload.
pub fn parse(
    ip: &ip::Header,
    frame: &[u8],
    range: Range<usize>,
) -> Result<(Header, Range<usize>), Malformed> {
    let datagram = &frame[range.clone()];
    let present = datagram.len();
    if present < LEN {
        return Err(Malformed::new(Problem::UdpShort, present as u32, LEN as u32));
    }
    let length = at::LENGTH.get(datagram) as usize;
    if length < LEN {
        return Err(Malformed::new(Problem::UdpLenShort, length as u32, LEN as u32));
    }
    let Some(datagram) = datagram.get(..length) else {
        return Err(Malformed::new(Problem::UdpLenBeyond, length as u32, present as u32));
    };
    let sum = pseudo(&ip.addrs, ip::UDP, length);
    // RFC 768: zero says that the sender made no checksum; RFC 8200 §8.1 forbids that over IPv6.
    let unsummed = at::CHECKSUM.get(datagram) == 0 && matches!(ip.addrs, ip::Addrs::V4 { .. });
    if !unsummed && sum.octets(datagram).fold() != 0xffff {
        return Err(wrong(Problem::UdpChecksumWrong, sum, datagram, at::CHECKSUM.range().start));
    }
    let header =
        Header { src_port: at::SRC_PORT.get(datagram) as u16, dst_port: at::DST_PORT.get(datagram) as u16 };
    Ok((header, range.start + LEN..range.start + length))
}

/// The checksum as it is sent: zero becomes its other form, since zero means none (RFC 768).
pub(crate) const fn on_wire(checksum: u16) -> u16 {
    if checksum == 0 { 0xffff } else { checksum }
}
