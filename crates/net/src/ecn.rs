//! The two ECN bits of an IP header (RFC 3168 §5), as a queue reads and sets them.

use bytes::Bytes;
use wire::ethernet;
use wire::layout as at;

/// Congestion Experienced (RFC 3168 §5).
const CE: u8 = 0b11;
/// Where the header begins.
const IP: usize = ethernet::LEN;

/// The frame with Congestion Experienced set, IPv4's header checksum following (RFC 1624). None where its sender does not
/// say that it understands: the codepoint is Not-ECT, or it is no IP datagram. One that is marked stays as it is.
pub fn mark(frame: &Bytes) -> Option<Bytes> {
    let ip = frame.get(IP..)?;
    match at::ethernet::TYPE.get(frame) as u16 {
        ethernet::IPV4 if ip.len() >= at::ipv4::LEN => match ip[1] & CE {
            0 => None,
            CE => Some(frame.clone()),
            _ => {
                let mut marked = frame.to_vec();
                let old = u16::from_be_bytes([ip[0], ip[1]]);
                marked[IP + 1] |= CE;
                let sum = u16::from_be_bytes([ip[10], ip[11]]);
                let sum = updated(sum, old, old | u16::from(CE));
                marked[IP + 10..IP + 12].copy_from_slice(&sum.to_be_bytes());
                Some(marked.into())
            }
        },
        // The traffic class is the four bits after the version and the four after those (RFC 8200 §3).
        ethernet::IPV6 if ip.len() >= at::ipv6::LEN => match ip[1] >> 4 & CE {
            0 => None,
            CE => Some(frame.clone()),
            _ => {
                let mut marked = frame.to_vec();
                marked[IP + 1] |= CE << 4;
                Some(marked.into())
            }
        },
        _ => None,
    }
}

/// A checksum after one of its words has changed (RFC 1624 §3, equation 3).
fn updated(checksum: u16, old: u16, new: u16) -> u16 {
    let sum = u32::from(!checksum) + u32::from(!old) + u32::from(new);
    let sum = (sum & 0xffff) + (sum >> 16);
    !((sum & 0xffff) + (sum >> 16)) as u16
}

/// The frame with one bit turned, counted from its first.
pub fn turn(frame: &Bytes, bit: u32) -> Bytes {
    let mut turned = frame.to_vec();
    if let Some(octet) = turned.get_mut(bit as usize / 8) {
        *octet ^= 0x80 >> (bit % 8);
    }
    turned.into()
}
