//! A frame in one line, as tcpdump(8) writes it (`-n`: numbers for names). Any bytes have a line; nothing is
//! judged.

use crate::dissect::{What, items};
use crate::dns;
use crate::ethernet::Mac;
use crate::hex;
use crate::icmp::{v4, v6};
use crate::ip::Addrs;
use crate::layout::{self, tcp as at, tcp_option as opt};
use crate::tcp::Flags;
use crate::walk::{Kind, Part, walk};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};

/// `IP 10.0.0.1.40001 > 10.0.0.2.80: Flags [S], seq 1000, win 64240, options [mss 1460], length 0`, with absolute sequence
/// numbers (`-S`).
pub fn line(frame: &[u8]) -> String {
    from_bases(frame, Bases::default())
}

/// Lines with relative sequence numbers, as tcpdump writes them without `-S`: it counts from what the first
/// segment with ACK of a connection (or its SYN-ACK) says, and shows that one, and what has no ACK, as it is.
#[derive(Clone, Default, Debug)]
pub struct Relative {
    /// By the two ends, the lesser first: what the lesser's and the other's sequence numbers count from.
    bases: BTreeMap<[End; 2], [u32; 2]>,
}

type End = (IpAddr, u16);

impl Relative {
    /// No connection seen.
    pub fn new() -> Relative {
        Relative::default()
    }

    /// The line of the next frame.
    pub fn line(&mut self, frame: &[u8]) -> String {
        from_bases(frame, self.bases(frame).unwrap_or_default())
    }

    fn bases(&mut self, frame: &[u8]) -> Option<Bases> {
        let parts = walk(frame);
        let part = carried(&parts).filter(|p| p.kind == Kind::Tcp && p.range.len() >= at::LEN)?;
        let octets = &frame[part.range.clone()];
        let (src, dst) = ports(part.kind, octets)?;
        let ends = [(part.addrs?.src(), src), (part.addrs?.dst(), dst)];
        let turned = ends[1] < ends[0];
        let flags = Flags(at::FLAGS.get(octets) as u16);
        if !flags.has(Flags::ACK) {
            return None;
        }
        let turn = |[a, b]: [u32; 2]| if turned { [b, a] } else { [a, b] };
        let key = if turned { [ends[1], ends[0]] } else { ends };
        match self.bases.get(&key).filter(|_| !flags.has(Flags::SYN)) {
            Some(known) => {
                let [seq, ack] = turn(*known);
                Some(Bases { seq, ack })
            }
            None => {
                let ack = (at::ACK.get(octets) as u32).wrapping_sub(1);
                self.bases.insert(key, turn([at::SEQ.get(octets) as u32, ack]));
                None
            }
        }
    }
}

/// What sequence and acknowledgment numbers are counted from.
#[derive(Clone, Copy, Default)]
struct Bases {
    seq: u32,
    ack: u32,
}

fn from_bases(frame: &[u8], bases: Bases) -> String {
    let parts = walk(frame);
    let Some(part) = carried(&parts) else { return format!("{} octets", frame.len()) };
    let octets = &frame[part.range.clone()];
    let Some(addrs) = part.addrs else {
        return match part.kind {
            Kind::Arp => arp(octets),
            _ => format!("{}, length {}", said_type(frame), frame.len()),
        };
    };
    let family = if matches!(addrs, Addrs::V4 { .. }) { "IP" } else { "IP6" };
    let ends = match ports(part.kind, octets) {
        Some((src, dst)) => format!("{}.{src} > {}.{dst}", addrs.src(), addrs.dst()),
        None => format!("{} > {}", addrs.src(), addrs.dst()),
    };
    format!("{family} {ends}: {}", what(part, frame, &addrs, bases))
}

/// The two ends, `10.0.0.1:40001 → 10.0.0.2:80`; MAC addresses where there is no IP.
pub fn ends(frame: &[u8]) -> String {
    use layout::ethernet as eth;
    let parts = walk(frame);
    match carried(&parts).and_then(|part| part.addrs.map(|addrs| (part, addrs))) {
        Some((part, addrs)) => match ports(part.kind, &frame[part.range.clone()]) {
            Some((src, dst)) => {
                let end = |addr, port| std::net::SocketAddr::new(addr, port);
                format!("{} → {}", end(addrs.src(), src), end(addrs.dst(), dst))
            }
            None => format!("{} → {}", addrs.src(), addrs.dst()),
        },
        None if frame.len() >= eth::LEN => {
            format!("{} → {}", Mac(eth::SRC.array(frame)), Mac(eth::DST.array(frame)))
        }
        None => format!("{} octets", frame.len()),
    }
}

/// What it carries, in a few words of the protocol's own: `SYN ACK, seq 5000, ack 1001, win 65160`.
pub fn brief(frame: &[u8]) -> String {
    let parts = walk(frame);
    match carried(&parts) {
        Some(part) if part.kind == Kind::Tcp && part.range.len() >= at::LEN => {
            let octets = &frame[part.range.clone()];
            let flags = Flags(at::FLAGS.get(octets) as u16);
            let mut out = format!("{flags:?}, seq {}", at::SEQ.get(octets));
            if flags.has(Flags::ACK) {
                _ = write!(out, ", ack {}", at::ACK.get(octets));
            }
            _ = write!(out, ", win {}", at::WINDOW.get(octets));
            match part.end - part.range.end {
                0 => out,
                payload => format!("{out}, length {payload}"),
            }
        }
        Some(Part { addrs: Some(addrs), .. }) => {
            carried(&parts).map_or(String::new(), |p| what(p, frame, addrs, Bases::default()))
        }
        _ => line(frame),
    }
}

/// The innermost header that is not a quotation.
fn carried(parts: &[Part]) -> Option<&Part> {
    parts.iter().rev().find(|part| part.quoted == 0 && !matches!(part.kind, Kind::Dns | Kind::Data(_)))
}

fn said_type(frame: &[u8]) -> String {
    if frame.len() < layout::ethernet::LEN {
        return "[|ether]".into();
    }
    match layout::ethernet::TYPE.get(frame) {
        0x0800 => "IP [|ip]".into(),
        0x86dd => "IP6 [|ip6]".into(),
        other => format!("ethertype {other:#06x}"),
    }
}

fn ports(kind: Kind, octets: &[u8]) -> Option<(u16, u16)> {
    let has = matches!(kind, Kind::Tcp | Kind::Udp) && octets.len() >= 4;
    has.then(|| (at::SRC_PORT.get(octets) as u16, at::DST_PORT.get(octets) as u16))
}

fn what(part: &Part, frame: &[u8], addrs: &Addrs, bases: Bases) -> String {
    let octets = &frame[part.range.clone()];
    let length = part.end - part.range.start;
    match part.kind {
        Kind::Tcp if octets.len() < at::LEN => "[|tcp]".into(),
        Kind::Tcp => tcp(octets, part.end - part.range.end, bases),
        Kind::Udp if octets.len() < layout::udp::LEN => "[|udp]".into(),
        Kind::Udp => {
            let named = ports(part.kind, octets).filter(|(a, b)| [*a, *b].contains(&dns::PORT));
            let message = named.and_then(|_| dns::line(frame.get(part.range.end..part.end)?));
            message.unwrap_or_else(|| format!("UDP, length {}", part.end - part.range.end))
        }
        Kind::Icmp | Kind::Icmpv6 if octets.len() < crate::icmp::LEN => "[|icmp]".into(),
        Kind::Icmp => format!("ICMP {}, length {length}", icmp(octets, addrs)),
        Kind::Icmpv6 => format!("ICMP6, {}, length {length}", icmp(octets, addrs)),
        _ => {
            let protocol = match part.kind {
                Kind::Ipv4 => layout::ipv4::PROTO.get(octets),
                Kind::Fragment => return frag(octets, part.end - part.range.end),
                _ => layout::ipv6::NEXT.get(octets),
            };
            format!("ip-proto-{protocol} {}", part.end - part.range.end)
        }
    }
}

/// A fragment of IPv6 but the first, as tcpdump writes one.
fn frag(octets: &[u8], length: usize) -> String {
    use layout::ipv6_fragment as at;
    format!("frag ({}|{length})", at::OFFSET.get(octets) as usize * crate::datagram::UNIT)
}

fn arp(octets: &[u8]) -> String {
    use layout::arp as at;
    if octets.len() < at::LEN {
        return "ARP, [|arp]".into();
    }
    let [src, dst] = [at::SRC_IP, at::DST_IP].map(|field| Ipv4Addr::from(field.array::<4>(octets)));
    let said = match at::OPCODE.get(octets) {
        1 => format!("Request who-has {dst} tell {src}"),
        2 => format!("Reply {src} is-at {}", Mac(at::SRC_MAC.array(octets))),
        other => format!("opcode {other}"),
    };
    format!("ARP, {said}, length {}", octets.len())
}

fn icmp(octets: &[u8], addrs: &Addrs) -> String {
    use layout::icmp as at;
    let (kind, code) = (at::TYPE.get(octets) as u8, at::CODE.get(octets) as u8);
    let rest = layout::icmp_other::REST.get(octets) as u32;
    let echo = |what| format!("echo {what}, id {}, seq {}", rest >> 16, rest & 0xffff);
    match (kind, addrs) {
        (v4::ECHO, Addrs::V4 { .. }) | (v6::ECHO, Addrs::V6 { .. }) => echo("request"),
        (v4::ECHO_REPLY, Addrs::V4 { .. }) | (v6::ECHO_REPLY, Addrs::V6 { .. }) => echo("reply"),
        (v4::UNREACHABLE, Addrs::V4 { .. }) if code == v4::FRAGMENTATION_NEEDED => {
            format!("unreachable - need to frag (mtu {})", rest & 0xffff)
        }
        (v4::UNREACHABLE, Addrs::V4 { .. }) | (v6::UNREACHABLE, Addrs::V6 { .. }) => {
            format!("unreachable, code {code}")
        }
        (v6::PACKET_TOO_BIG, Addrs::V6 { .. }) => format!("packet too big, mtu {rest}"),
        (v4::TIME_EXCEEDED, Addrs::V4 { .. }) | (v6::TIME_EXCEEDED, Addrs::V6 { .. }) => {
            "time exceeded in-transit".into()
        }
        (v6::SOLICITATION, Addrs::V6 { .. }) if octets.len() >= layout::icmpv6_ns::LEN => {
            let asked = crate::ndisc::solicitation(&octets[crate::icmp::LEN..]);
            format!("neighbor solicitation, who has {}", asked.target)
        }
        (v6::ADVERTISEMENT, Addrs::V6 { .. }) if octets.len() >= layout::icmpv6_na::LEN => {
            let said = crate::ndisc::solicitation(&octets[crate::icmp::LEN..]);
            format!("neighbor advertisement, tgt is {}", said.target)
        }
        _ => format!("type {kind}, code {code}"),
    }
}

fn tcp(octets: &[u8], payload: usize, bases: Bases) -> String {
    let bits = Flags(at::FLAGS.get(octets) as u16);
    let seq = (at::SEQ.get(octets) as u32).wrapping_sub(bases.seq);
    let mut out = format!("Flags [{}]", letters(bits));
    if payload > 0 {
        _ = write!(out, ", seq {seq}:{}", seq.wrapping_add(payload as u32));
    } else if bits.any(Flags::SYN | Flags::FIN | Flags::RST) {
        _ = write!(out, ", seq {seq}");
    }
    if bits.has(Flags::ACK) {
        _ = write!(out, ", ack {}", (at::ACK.get(octets) as u32).wrapping_sub(bases.ack));
    }
    _ = write!(out, ", win {}", at::WINDOW.get(octets));
    if bits.has(Flags::URG) {
        _ = write!(out, ", urg {}", at::URGENT.get(octets));
    }
    let list = &octets[at::LEN..];
    if !list.is_empty() {
        let options: Vec<String> = items(list)
            .iter()
            .filter(|i| i.what == What::Option)
            .map(|i| option(&list[i.range.clone()], bases))
            .collect();
        _ = write!(out, ", options [{}]", options.join(","));
    }
    format!("{out}, length {payload}")
}

/// tcpdump's letters, in its order.
fn letters(flags: Flags) -> String {
    const LETTERS: [(Flags, char); 9] = [
        (Flags::FIN, 'F'),
        (Flags::SYN, 'S'),
        (Flags::RST, 'R'),
        (Flags::PSH, 'P'),
        (Flags::ACK, '.'),
        (Flags::URG, 'U'),
        (Flags::ECE, 'E'),
        (Flags::CWR, 'W'),
        (Flags::AE, 'e'),
    ];
    let out: String = LETTERS.iter().filter(|(flag, _)| flags.has(*flag)).map(|(_, letter)| letter).collect();
    if out.is_empty() { "none".into() } else { out }
}

fn option(octets: &[u8], bases: Bases) -> String {
    let said = octets.get(1).map(|len| *len as usize);
    let right = said == Some(octets.len());
    match octets[0] {
        opt::EOL => "eol".into(),
        opt::NOP => "nop".into(),
        opt::MSS if right && octets.len() == 4 => format!("mss {}", opt::MSS_VAL.get(octets)),
        opt::WSCALE if right && octets.len() == 3 => format!("wscale {}", opt::SHIFT.get(octets)),
        opt::SACK_PERM if right && octets.len() == 2 => "sackOK".into(),
        opt::TIMESTAMP if right && octets.len() == 10 => {
            format!("TS val {} ecr {}", opt::TSVAL.get(octets), opt::TSECR.get(octets))
        }
        opt::SACK if right && octets.len() >= 10 && (octets.len() - 2).is_multiple_of(8) => {
            let blocks = octets[2..].chunks_exact(8);
            let mut out = format!("sack {} ", blocks.len());
            for block in blocks {
                let [left, right] =
                    [opt::SACK_LE, opt::SACK_RE].map(|edge| (edge.get(block) as u32).wrapping_sub(bases.ack));
                _ = write!(out, "{{{left}:{right}}}");
            }
            out
        }
        opt::FAST_OPEN if right => cookie(&octets[2..]),
        opt::EXPERIMENTAL
            if right && octets.len() >= 4 && opt::EXID.get(octets) == opt::FAST_OPEN_MAGIC.into() =>
        {
            format!("exp-{}", cookie(&octets[4..]))
        }
        kind if right => format!("unknown-{kind} 0x{}", hex::encode(&octets[2..])),
        kind => format!("[bad opt {kind}]"),
    }
}

fn cookie(octets: &[u8]) -> String {
    if octets.is_empty() { "tfo cookiereq".into() } else { format!("tfo cookie {}", hex::encode(octets)) }
}
