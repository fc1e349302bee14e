//! The few fields of a frame by which links count and records are filed; no judgement.

use std::net::{IpAddr, SocketAddr};
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
    pub fn at(frame: &[u8]) -> Option<Glance> {
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
