//! The few fields of a frame by which links count and records are filed; no judgement.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use wire::layout::{self as at, ipv4 as v4, ipv6 as v6};
use wire::tcp::Flags;
use wire::{Seq, ethernet, ip};

/// A TCP segment at a glance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Glance {
    /// Source address and port.
    pub src: SocketAddr,
    /// Destination address and port.
    pub dst: SocketAddr,
    /// Sequence number.
    pub seq: Seq,
    /// Acknowledgment number field, whatever the ACK bit says.
    pub ack: Seq,
    /// Control bits.
    pub flags: Flags,
    /// Octets of payload.
    pub payload: u32,
}

impl Glance {
    /// Reads a frame; none where it is not TCP in IP in Ethernet II, is a later fragment, or is cut short.
    #[inline]
    pub fn at(frame: &[u8]) -> Option<Glance> {
        match frame.first_chunk() {
            Some(headers) if is_usual(headers) => Some(Glance::usual(headers, frame.len())),
            _ => Glance::any(frame),
        }
    }

    /// The same of a frame in which [`is_usual`] has found TCP without IP options: all stands where it always does.
    #[inline]
    fn usual(h: &Headers, len: usize) -> Glance {
        let half = |at: usize| u16::from_be_bytes([h[at], h[at + 1]]);
        let word = |at: usize| u32::from_be_bytes([h[at], h[at + 1], h[at + 2], h[at + 3]]);
        let total = usize::from(half(16)).min(len - ethernet::LEN);
        let header = usize::from(h[46] >> 4) * 4;
        Glance {
            src: SocketAddr::new(Ipv4Addr::from(word(26)).into(), half(34)),
            dst: SocketAddr::new(Ipv4Addr::from(word(30)).into(), half(36)),
            seq: Seq(word(38)),
            ack: Seq(word(42)),
            flags: Flags(half(46) & 0xfff),
            payload: (total - v4::LEN).saturating_sub(header.max(at::tcp::LEN)) as u32,
        }
    }

    fn any(frame: &[u8]) -> Option<Glance> {
        let ip = frame.get(ethernet::LEN..)?;
        match at::ethernet::TYPE.get(frame) as u16 {
            ethernet::IPV4 if ip.len() >= v4::LEN => {
                let header = v4::HDR_LEN.get(ip) as usize * 4;
                let total = (v4::TOTAL_LEN.get(ip) as usize).min(ip.len());
                if v4::PROTO.get(ip) as u8 != ip::TCP || header < v4::LEN || v4::FRAG_OFFSET.get(ip) != 0 {
                    return None;
                }
                let (src, dst) = (v4::SRC.array::<4>(ip).into(), v4::DST.array::<4>(ip).into());
                Glance::segment(ip.get(header..total)?, src, dst)
            }
            ethernet::IPV6 if ip.len() >= v6::LEN => {
                let total = (v6::LEN + v6::PLEN.get(ip) as usize).min(ip.len());
                if v6::NEXT.get(ip) as u8 != ip::TCP {
                    return None;
                }
                let (src, dst) = (v6::SRC.array::<16>(ip).into(), v6::DST.array::<16>(ip).into());
                Glance::segment(ip.get(v6::LEN..total)?, src, dst)
            }
            _ => None,
        }
    }

    fn segment(tcp: &[u8], src: IpAddr, dst: IpAddr) -> Option<Glance> {
        if tcp.len() < at::tcp::LEN {
            return None;
        }
        let header = at::tcp::HDR_LEN.get(tcp) as usize * 4;
        Some(Glance {
            src: SocketAddr::new(src, at::tcp::SRC_PORT.get(tcp) as u16),
            dst: SocketAddr::new(dst, at::tcp::DST_PORT.get(tcp) as u16),
            seq: Seq(at::tcp::SEQ.get(tcp) as u32),
            ack: Seq(at::tcp::ACK.get(tcp) as u32),
            flags: Flags(at::tcp::FLAGS.get(tcp) as u16),
            payload: tcp.len().saturating_sub(header.max(at::tcp::LEN)) as u32,
        })
    }
}

/// Ethernet II, IPv4 without options, TCP without options.
type Headers = [u8; ethernet::LEN + v4::LEN + at::tcp::LEN];

/// Whether these are the headers of TCP in IPv4 without options in Ethernet II, of a datagram that is whole or begins here.
#[inline]
fn is_usual(h: &Headers) -> bool {
    h[12..15] == [0x08, 0x00, 0x45]
        && h[23] == ip::TCP
        && h[20] & 0x1f == 0
        && h[21] == 0
        && usize::from(u16::from_be_bytes([h[16], h[17]])) >= v4::LEN + at::tcp::LEN
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any octet of the headers may be anything: the short look sees what the long one does.
    #[test]
    fn both_looks_see_the_same() {
        let mut frame = vec![0u8; 120];
        frame[12..26].copy_from_slice(&[8, 0, 0x45, 0, 0, 90, 1, 2, 0x40, 0, 64, 6, 0, 0]);
        frame[26..38].copy_from_slice(&[10, 0, 0, 1, 10, 0, 0, 2, 200, 1, 0, 80]);
        frame[38..50].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8, 0x81, 0x18, 0, 9]);
        assert!(Glance::at(&frame).is_some_and(|g| g.payload == 38 && g.seq == Seq(0x0102_0304)));
        for at in 0..54 {
            for octet in 0..=255 {
                let mut other = frame.clone();
                other[at] = octet;
                assert_eq!(Glance::at(&other), Glance::any(&other), "octet {at} is {octet}");
            }
        }
        for len in 0..120 {
            assert_eq!(Glance::at(&frame[..len]), Glance::any(&frame[..len]), "{len} octets");
        }
    }
}
