//! The few fields of a frame by which links count and records are filed; no judgement.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use wire::Seq;
use wire::tcp::Flags;

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
    pub fn at(frame: &[u8]) -> Option<Glance> {
        let ip = frame.get(14..)?;
        match be16(frame, 12)? {
            0x0800 => {
                let header = usize::from(ip.first()? & 15) * 4;
                let total = usize::from(be16(ip, 2)?).min(ip.len());
                let later_fragment = be16(ip, 6)? & 0x1fff != 0;
                if *ip.get(9)? != 6 || header < 20 || later_fragment {
                    return None;
                }
                let addr = |at| Some(IpAddr::V4(Ipv4Addr::from(array::<4>(ip, at)?)));
                Glance::segment(ip.get(header..total)?, addr(12)?, addr(16)?)
            }
            0x86dd => {
                let total = (40 + usize::from(be16(ip, 4)?)).min(ip.len());
                if *ip.get(6)? != 6 {
                    return None;
                }
                let addr = |at| Some(IpAddr::V6(Ipv6Addr::from(array::<16>(ip, at)?)));
                Glance::segment(ip.get(40..total)?, addr(8)?, addr(24)?)
            }
            _ => None,
        }
    }

    fn segment(tcp: &[u8], src: IpAddr, dst: IpAddr) -> Option<Glance> {
        let bits = be16(tcp, 12)?;
        let header = usize::from(bits >> 12) * 4;
        Some(Glance {
            src: SocketAddr::new(src, be16(tcp, 0)?),
            dst: SocketAddr::new(dst, be16(tcp, 2)?),
            seq: Seq(u32::from_be_bytes(array(tcp, 4)?)),
            ack: Seq(u32::from_be_bytes(array(tcp, 8)?)),
            flags: Flags(bits & 0xfff),
            payload: tcp.len().saturating_sub(header.max(20)) as u32,
        })
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_be_bytes)
}
