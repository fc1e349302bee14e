//! ICMP (RFC 792) and ICMPv6 (RFC 4443) in their meaningful form.

use crate::Seq;
use crate::checksum::{Sum, pseudo};
use crate::ip::{self, Addrs, wrong};
use crate::layout::{icmp as at, ipv4, ipv6, tcp};
use crate::problem::{Malformed, Problem};
use std::ops::Range;

/// Octets of the header: type, code, checksum and one word that depends on the type.
pub const LEN: usize = 8;

/// Types of ICMPv4.
#[allow(missing_docs)]
pub mod v4 {
    pub const ECHO_REPLY: u8 = 0;
    pub const UNREACHABLE: u8 = 3;
    pub const SOURCE_QUENCH: u8 = 4;
    pub const REDIRECT: u8 = 5;
    pub const ECHO: u8 = 8;
    pub const TIME_EXCEEDED: u8 = 11;
    pub const PARAMETER_PROBLEM: u8 = 12;
    /// Code of [`UNREACHABLE`]: the datagram is too big and may not be fragmented.
    pub const FRAGMENTATION_NEEDED: u8 = 4;

    /// Messages about another datagram, which they quote.
    pub const fn is_error(kind: u8) -> bool {
        matches!(kind, UNREACHABLE | SOURCE_QUENCH | REDIRECT | TIME_EXCEEDED | PARAMETER_PROBLEM)
    }
}
/// Codes of [`v4::UNREACHABLE`] (RFC 792, RFC 1812 §5.2.7.1).
#[allow(missing_docs)]
pub mod unreachable {
    pub const NET: u8 = 0;
    pub const HOST: u8 = 1;
    pub const PROTOCOL: u8 = 2;
    pub const PORT: u8 = 3;
    pub const FRAGMENTATION_NEEDED: u8 = 4;
    pub const SOURCE_ROUTE_FAILED: u8 = 5;
    pub const NET_PROHIBITED: u8 = 9;
    pub const HOST_PROHIBITED: u8 = 10;
    pub const ADMIN_PROHIBITED: u8 = 13;
}
/// Types of ICMPv6.
#[allow(missing_docs)]
pub mod v6 {
    pub const UNREACHABLE: u8 = 1;
    pub const PACKET_TOO_BIG: u8 = 2;
    pub const TIME_EXCEEDED: u8 = 3;
    pub const PARAMETER_PROBLEM: u8 = 4;
    pub const ECHO: u8 = 128;
    pub const ECHO_REPLY: u8 = 129;
    pub const SOLICITATION: u8 = 135;
    pub const ADVERTISEMENT: u8 = 136;
    pub const REDIRECT: u8 = 137;
}

/// Header of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// Type, of [`v4`] or [`v6`].
    pub kind: u8,
    /// Code.
    pub code: u8,
    /// The second word: identifier and sequence number, or a next-hop MTU, or nothing.
    pub rest: u32,
}

impl Header {
    /// Identifier and sequence number of an echo.
    pub const fn echo(&self) -> (u16, u16) {
        ((self.rest >> 16) as u16, self.rest as u16)
    }
    /// Next-hop MTU in octets: the low half of the word in ICMPv4 (RFC 1191 §4), all of it in ICMPv6.
    pub const fn mtu(&self, addrs: &Addrs) -> u32 {
        match addrs {
            Addrs::V4 { .. } => self.rest & 0xffff,
            Addrs::V6 { .. } => self.rest,
        }
    }
}

/// Reads the message that fills `range` of `frame`; returns its header and the range of what follows.
pub fn parse(
    ip: &ip::Header,
    frame: &[u8],
    range: Range<usize>,
) -> Result<(Header, Range<usize>), Malformed> {
    let message = &frame[range.clone()];
    if message.len() < LEN {
        return Err(Malformed::new(Problem::IcmpShort, message.len() as u32, LEN as u32));
    }
    let sum = covered(&ip.addrs, message.len());
    if sum.octets(message).fold() != 0xffff {
        return Err(wrong(Problem::IcmpChecksumWrong, sum, message, at::CHECKSUM.range().start));
    }
    let header = Header {
        kind: at::TYPE.get(message) as u8,
        code: at::CODE.get(message) as u8,
        rest: crate::layout::icmp_other::REST.get(message) as u32,
    };
    Ok((header, range.start + LEN..range.end))
}

/// What the checksum covers besides the message: the pseudo-header in ICMPv6 alone (RFC 4443 §2.3).
pub(crate) fn covered(addrs: &Addrs, len: usize) -> Sum {
    match addrs {
        Addrs::V4 { .. } => Sum::new(),
        Addrs::V6 { .. } => pseudo(addrs, ip::ICMPV6, len),
    }
}

/// What an error message quotes of the datagram that it is about: enough to find the connection
/// (RFC 792, RFC 1122 §3.2.2, RFC 5927 §4.1 for the sequence number).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quoted {
    /// The quoted datagram's addresses, as it was sent.
    pub addrs: Addrs,
    /// Its protocol.
    pub protocol: u8,
    /// Its source port.
    pub src_port: u16,
    /// Its destination port.
    pub dst_port: u16,
    /// Its sequence number, if it is TCP.
    pub seq: Seq,
}

/// Reads what an error message quotes; `None` where it is too short to say.
pub fn quoted(octets: &[u8]) -> Option<Quoted> {
    let (addrs, protocol, header_len) = match octets.first()? >> 4 {
        4 => {
            let header = octets.get(..ipv4::LEN)?;
            let addrs = Addrs::V4 {
                src: ipv4::SRC.array::<4>(header).into(),
                dst: ipv4::DST.array::<4>(header).into(),
            };
            (addrs, ipv4::PROTO.get(header) as u8, ipv4::HDR_LEN.get(header) as usize * 4)
        }
        6 => {
            let header = octets.get(..ipv6::LEN)?;
            let addrs = Addrs::V6 {
                src: ipv6::SRC.array::<16>(header).into(),
                dst: ipv6::DST.array::<16>(header).into(),
            };
            (addrs, ipv6::NEXT.get(header) as u8, ipv6::LEN)
        }
        _ => return None,
    };
    // RFC 792 quotes at least eight octets of the payload.
    let transport = octets.get(header_len..header_len + 8)?;
    Some(Quoted {
        addrs,
        protocol,
        src_port: tcp::SRC_PORT.get(transport) as u16,
        dst_port: tcp::DST_PORT.get(transport) as u16,
        seq: Seq(tcp::SEQ.get(transport) as u32),
    })
}
