//! Script lines → frames for the host: inbound segments and ICMP messages, byte for byte as written.

use crate::ast::{IcmpLine, IpInfo, TcpLine, TcpOpt, Tos};
use crate::run::peer::Peer;
use bytes::Bytes;
use std::net::IpAddr;
use wire::layout::tcp as at;
use wire::layout::tcp_option as opt;
use wire::tcp::Flags;
use wire::{Link, Mac, Seq, checksum, ethernet, frame, icmp, ip};

/// Ethernet address of the host under test.
pub(super) const HOST_MAC: Mac = Mac([2, 0, 0, 0, 0, 1]);
/// Ethernet address of everybody else: the gateway.
pub(super) const GATEWAY_MAC: Mac = Mac([2, 0, 0, 0, 0, 2]);
/// Length of a TCP header without options, octets.
const HEADER: usize = 20;

/// The frame of an inbound segment. Errors are sentences.
pub(super) fn segment(line: &TcpLine, info: &IpInfo, peer: &Peer) -> Result<Bytes, String> {
    let syn = line.flags.has(Flags::SYN);
    let options = option_bytes(line, peer)?;
    let header_len = HEADER + options.len();
    let total = header_len + line.len as usize;
    let mut segment = vec![0; total];
    at::SRC_PORT.put(&mut segment, peer.remote_port.into());
    at::DST_PORT.put(&mut segment, peer.local_port.into());
    let seq = line.seq.ok_or("an inbound segment needs its sequence number")?;
    at::SEQ.put(&mut segment, peer.remote_to_live(seq, syn).0.into());
    if let Some(ack) = line.ack {
        at::ACK.put(&mut segment, peer.local_to_live(ack, syn).0.into());
    }
    at::HDR_LEN.put(&mut segment, header_len as u64 / 4);
    at::FLAGS.put(&mut segment, wire_flags(line).0.into());
    at::WINDOW.put(&mut segment, line.window.unwrap_or(0).into());
    at::URGENT.put(&mut segment, line.urgent.unwrap_or(0).into());
    segment[HEADER..header_len].copy_from_slice(&options);
    let header = ip_header(peer, info, ip::TCP)?;
    if total > max_payload(&header) {
        return Err(format!("a segment of {total} octets does not fit into an IP packet"));
    }
    let sum = checksum::pseudo(&header.addrs, ip::TCP, total);
    let check = checksum::over(sum, &segment, at::CHECKSUM.range().start);
    at::CHECKSUM.put(&mut segment, check.into());
    Ok(datagram(&header, &segment))
}

/// The twelve flag bits of a line, the AccECN counter put into AE, CWR and ECE (RFC 9768 §3.1).
pub(super) fn wire_flags(line: &TcpLine) -> Flags {
    let mut flags = line.flags;
    let ace = line.ace.unwrap_or(0);
    for (bit, flag) in [(4, Flags::AE), (2, Flags::CWR), (1, Flags::ECE)] {
        if ace & bit != 0 {
            flags |= flag;
        }
    }
    flags
}

fn max_payload(header: &ip::Header) -> usize {
    match header.addrs {
        ip::Addrs::V4 { .. } => 65_535 - ip::V4_LEN,
        ip::Addrs::V6 { .. } => 65_535,
    }
}

fn ip_header(peer: &Peer, info: &IpInfo, protocol: u8) -> Result<ip::Header, String> {
    let addrs =
        ip::Addrs::new(peer.remote_ip, peer.local_ip).ok_or("local and remote address differ in family")?;
    let mut header = ip::Header::new(addrs, protocol);
    match info.tos {
        Some(Tos::Ecn(bits)) => header.ecn = bits,
        Some(Tos::EctAny) => return Err("ect01 says too little for an inbound packet".into()),
        Some(Tos::Octet(tos)) => (header.dscp, header.ecn) = (tos >> 2, tos & 3),
        None => {}
    }
    header.ttl = info.ttl.unwrap_or(header.ttl);
    header.flow_label = info.flow_label.unwrap_or(0);
    Ok(header)
}

fn datagram(header: &ip::Header, payload: &[u8]) -> Bytes {
    let ip_len = header.addrs.header_len();
    let mut out = vec![0; ethernet::LEN + ip_len];
    ethernet::emit(&Link { dst: HOST_MAC, src: GATEWAY_MAC }, header.addrs.ethertype(), &mut out);
    ip::emit(header, payload.len(), &mut out[ethernet::LEN..]);
    out.extend_from_slice(payload);
    Bytes::from(out)
}

/// The options of an inbound segment, as they stand in the line.
fn option_bytes(line: &TcpLine, peer: &Peer) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    // Without ACK an echo means nothing (RFC 7323 §3.2).
    let echoes = line.flags.has(Flags::ACK);
    for option in line.options.as_deref().unwrap_or(&[]) {
        let to_live = |s| peer.local_to_live(s, false).0;
        let ecr = match option {
            TcpOpt::Timestamps { ecr, ecr_absolute: false, .. } if echoes => Some(peer.echo_to_live(*ecr)?),
            TcpOpt::Timestamps { ecr, .. } => Some(*ecr),
            _ => None,
        };
        write_option(option, &mut out, to_live, |val| (val, ecr.unwrap_or(0)))?;
    }
    check_length(&out)?;
    Ok(out)
}

/// Errors where options do not fill whole words, or do not fit.
pub(super) fn check_length(options: &[u8]) -> Result<(), String> {
    if !options.len().is_multiple_of(4) || options.len() > 40 {
        return Err(format!(
            "the options take {} octets: they must fill whole words and at most 40",
            options.len()
        ));
    }
    Ok(())
}

/// Appends one option. `edge` translates SACK edges; `stamps` gives the two timestamps for the script's `val`.
pub(super) fn write_option(
    option: &TcpOpt,
    out: &mut Vec<u8>,
    edge: impl Fn(crate::ast::SeqNum) -> u32,
    stamps: impl FnOnce(u32) -> (u32, u32),
) -> Result<(), String> {
    match option {
        TcpOpt::Eol => out.push(opt::EOL),
        TcpOpt::Nop => out.push(opt::NOP),
        TcpOpt::Mss(mss) => {
            out.extend([opt::MSS, 4]);
            out.extend(mss.to_be_bytes());
        }
        TcpOpt::WindowScale(shift) => out.extend([opt::WSCALE, 3, *shift]),
        TcpOpt::SackOk => out.extend([opt::SACK_PERM, 2]),
        TcpOpt::Sack(blocks) => {
            out.extend([opt::SACK, 2u8.wrapping_add(8 * blocks.len() as u8)]);
            for (left, right) in blocks {
                out.extend(edge(*left).to_be_bytes());
                out.extend(edge(*right).to_be_bytes());
            }
        }
        TcpOpt::Timestamps { val, .. } => {
            let (val, ecr) = stamps(*val);
            out.extend([opt::TIMESTAMP, 10]);
            out.extend(val.to_be_bytes());
            out.extend(ecr.to_be_bytes());
        }
        TcpOpt::FastOpen { experimental: false, cookie } => {
            out.extend([opt::FAST_OPEN, 2 + cookie.len() as u8]);
            out.extend(cookie);
        }
        TcpOpt::FastOpen { experimental: true, cookie } => {
            out.extend([opt::EXPERIMENTAL, 4 + cookie.len() as u8]);
            out.extend(opt::FAST_OPEN_MAGIC.to_be_bytes());
            out.extend(cookie);
        }
        TcpOpt::Md5(Some(digest)) => {
            out.extend([19, 2 + digest.len() as u8]);
            out.extend(digest);
        }
        TcpOpt::Md5(None) => return Err("unsupported: computing MD5 signatures".into()),
        TcpOpt::AccEcn { kind, counters } => {
            out.extend([*kind, 2 + 3 * counters.len() as u8]);
            counters.iter().for_each(|n| out.extend(&n.to_be_bytes()[1..]));
        }
    }
    Ok(())
}

/// The frame of an inbound ICMP message about a segment of the host's. Errors are sentences.
pub(super) fn icmp(line: &IcmpLine, info: &IpInfo, peer: &Peer) -> Result<Bytes, String> {
    let v4 = matches!(peer.local_ip, IpAddr::V4(_));
    let (kind, code) = super::icmp_names::numbers(&line.kind, line.code.as_deref(), v4)?;
    let protocol = if v4 { ip::ICMP } else { ip::ICMPV6 };
    let header = ip_header(peer, info, protocol)?;
    let rest = match (line.mtu, line.id) {
        (Some(mtu), _) => mtu,
        (None, Some(id)) => u32::from(id) << 16,
        (None, None) => 0,
    };
    let quoted = quote(line, peer)?;
    let message = icmp::Header { kind, code, rest };
    let link = Link { dst: HOST_MAC, src: GATEWAY_MAC };
    Ok(frame::emit_icmp(&link, &header, &message, quoted.len(), |out| out.extend_from_slice(&quoted)))
}

/// IP header and eight octets of the segment that the message is about, as the host had sent it.
fn quote(line: &IcmpLine, peer: &Peer) -> Result<Vec<u8>, String> {
    let addrs =
        ip::Addrs::new(peer.local_ip, peer.remote_ip).ok_or("local and remote address differ in family")?;
    let (seq, len) = line.quoted.map_or((Seq(0), 0), |(seq, len)| (peer.local_to_live(seq, false), len));
    let mut out = vec![0; addrs.header_len()];
    ip::emit(&ip::Header::new(addrs, ip::TCP), HEADER + len as usize, &mut out);
    out.extend(peer.local_port.to_be_bytes());
    out.extend(peer.remote_port.to_be_bytes());
    out.extend(seq.0.to_be_bytes());
    Ok(out)
}
