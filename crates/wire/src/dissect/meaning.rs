//! What raw values mean, and what is wrong with them.

use super::{Context, Node};
use crate::layout::{self, Form};
use crate::problem::Problem;
use crate::tcp::Flags;
use crate::walk::{Kind, Part};
use crate::{ethernet, icmp, ip};

/// Adds meanings and problems to a header.
pub(super) fn annotate(header: &mut Node, part: &Part, frame: &[u8], context: &Context) {
    header.problem = short(part);
    let about = About { part, header: &frame[part.range.clone()], frame, context };
    for node in &mut header.children {
        about.field(node);
        for member in &mut node.children {
            if !matches!(node.form, Form::Bytes) {
                about.field(member);
            }
        }
    }
}

/// A header that is not all there.
fn short(part: &Part) -> Option<Problem> {
    let (least, problem) = match part.kind {
        Kind::Ethernet => (layout::ethernet::LEN, Problem::EthShort),
        Kind::Arp => (layout::arp::LEN, Problem::ArpShort),
        Kind::Ipv4 => (layout::ipv4::LEN, Problem::IpShort),
        Kind::Ipv6 => (layout::ipv6::LEN, Problem::IpShort),
        Kind::Fragment => (layout::ipv6_fragment::LEN, Problem::IpShort),
        Kind::Icmp | Kind::Icmpv6 => (icmp::LEN, Problem::IcmpShort),
        Kind::Udp => (layout::udp::LEN, Problem::UdpShort),
        Kind::Tcp => (layout::tcp::LEN, Problem::TcpShort),
        Kind::Dns | Kind::Data(_) => return None,
    };
    // A quotation may be short: RFC 792 asks for eight octets of the transport header only.
    (part.range.len() < least && part.quoted == 0).then_some(problem)
}

struct About<'a> {
    part: &'a Part,
    header: &'a [u8],
    frame: &'a [u8],
    context: &'a Context,
}

impl About<'_> {
    fn field(&self, node: &mut Node) {
        if node.bits > 64 {
            return;
        }
        let value = crate::bits::get(self.frame, node.bit as usize, node.bits as usize);
        let (meaning, problem) = match node.name {
            "ip.checksum" | "icmp.checksum" | "icmpv6.checksum" | "udp.checksum" | "tcp.checksum" => {
                self.checksum(value)
            }
            "ip.hdr_len" | "tcp.hdr_len" => self.header_length(node.name, value),
            "ip.len" | "ipv6.plen" | "udp.length" => (None, self.length(node.name, value)),
            "ip.version" => (None, (value != 4).then_some(Problem::IpVersion)),
            "ipv6.version" => (None, (value != 6).then_some(Problem::IpVersion)),
            "tcp.window_size_value" => (self.window(value), None),
            "arp.hw.type" => (None, (value != 1).then_some(Problem::ArpForm)),
            _ => (name_of(node.name, value), None),
        };
        node.meaning = meaning;
        node.problem = problem;
    }

    fn checksum(&self, found: u64) -> (Option<String>, Option<Problem>) {
        let unsummed = self.part.kind == Kind::Udp
            && found == 0
            && matches!(self.part.addrs, Some(ip::Addrs::V4 { .. }));
        let Some(expected) = self.part.checksum(self.frame).filter(|_| !unsummed) else {
            return (None, None);
        };
        if found == u64::from(expected) {
            return (Some("✓".into()), None);
        }
        let problem = match self.part.kind {
            Kind::Ipv4 => Problem::IpChecksumWrong,
            Kind::Tcp => Problem::TcpChecksumWrong,
            Kind::Udp => Problem::UdpChecksumWrong,
            _ => Problem::IcmpChecksumWrong,
        };
        (Some(format!("≠ {expected:#06x}")), Some(problem))
    }

    fn header_length(&self, name: &str, words: u64) -> (Option<String>, Option<Problem>) {
        let octets = words as usize * 4;
        let present = self.part.end - self.part.range.start;
        let [short, beyond] = if name == "ip.hdr_len" {
            [Problem::IpHdrLenShort, Problem::IpHdrLenBeyond]
        } else {
            [Problem::TcpHdrLenShort, Problem::TcpHdrLenBeyond]
        };
        let problem = if octets < 20 {
            Some(short)
        } else {
            (octets > present && self.part.quoted == 0).then_some(beyond)
        };
        (Some(format!("{words} × 4 = {octets}")), problem)
    }

    fn length(&self, name: &str, value: u64) -> Option<Problem> {
        if self.part.quoted > 0 {
            return None;
        }
        let value = value as usize;
        let start = self.part.range.start;
        match name {
            "ip.len" if value < self.header.len() => Some(Problem::IpLenShort),
            "ip.len" => (value > self.frame.len() - start).then_some(Problem::IpLenBeyond),
            "ipv6.plen" => (value > self.frame.len() - self.part.range.end).then_some(Problem::IpLenBeyond),
            _ if value < layout::udp::LEN => Some(Problem::UdpLenShort),
            _ => (value > self.part.end - start).then_some(Problem::UdpLenBeyond),
        }
    }

    /// RFC 7323 §2.2: the window of a SYN is never scaled.
    fn window(&self, value: u64) -> Option<String> {
        let shift = self.context.window_shift.filter(|shift| *shift > 0)?.min(14);
        if self.part.quoted > 0 || layout::tcp::SYN.get(self.header) != 0 {
            return None;
        }
        Some(format!("{value} × {} = {}", 1u64 << shift, value << shift))
    }
}

/// Names of numbers.
fn name_of(field: &str, value: u64) -> Option<String> {
    let name = match (field, value as u32) {
        ("eth.type" | "arp.proto.type", 0x0800) => "IPv4",
        ("eth.type", t) if t == u32::from(ethernet::IPV6) => "IPv6",
        ("eth.type", t) if t == u32::from(ethernet::ARP) => "ARP",
        ("arp.opcode", 1) => "request",
        ("arp.opcode", 2) => "reply",
        ("ip.dsfield.ecn" | "ipv6.tclass.ecn", 0) => "Not-ECT",
        ("ip.dsfield.ecn" | "ipv6.tclass.ecn", 1) => "ECT(1)",
        ("ip.dsfield.ecn" | "ipv6.tclass.ecn", 2) => "ECT(0)",
        ("ip.dsfield.ecn" | "ipv6.tclass.ecn", 3) => "CE",
        ("ip.proto" | "ipv6.nxt" | "ipv6.fraghdr.nxt", 1) => "ICMP",
        ("ip.proto" | "ipv6.nxt" | "ipv6.fraghdr.nxt", 6) => "TCP",
        ("ip.proto" | "ipv6.nxt" | "ipv6.fraghdr.nxt", 17) => "UDP",
        ("ip.proto" | "ipv6.nxt" | "ipv6.fraghdr.nxt", 58) => "ICMPv6",
        ("ipv6.nxt", 44) => "fragment header",
        ("ip.flags", 2) => "DF",
        ("ip.flags", 1) => "MF",
        ("ip.frag_offset" | "ipv6.fraghdr.offset", offset) if offset > 0 => {
            return Some(format!("{offset} × 8 = {}", offset * 8));
        }
        ("tcp.flags", bits) => return Some(format!("{:?}", Flags(bits as u16))),
        ("dns.flags.response", 0) => "query",
        ("dns.flags.response", 1) => "response",
        ("dns.flags.opcode", 0) => "standard query",
        ("dns.flags.rcode", 0) => "no error",
        ("dns.flags.rcode", 1) => "FORMERR",
        ("dns.flags.rcode", 2) => "SERVFAIL",
        ("dns.flags.rcode", 3) => "NXDOMAIN",
        ("dns.flags.rcode", 4) => "NOTIMP",
        ("dns.flags.rcode", 5) => "REFUSED",
        ("icmp.type", 0) | ("icmpv6.type", 129) => "echo reply",
        ("icmp.type", 8) | ("icmpv6.type", 128) => "echo request",
        ("icmp.type", 3) | ("icmpv6.type", 1) => "destination unreachable",
        ("icmp.type", 5) => "redirect",
        ("icmp.type", 11) | ("icmpv6.type", 3) => "time exceeded",
        ("icmp.type", 12) | ("icmpv6.type", 4) => "parameter problem",
        ("icmpv6.type", 2) => "packet too big",
        ("icmpv6.type", 135) => "neighbor solicitation",
        ("icmpv6.type", 136) => "neighbor advertisement",
        _ => return None,
    };
    Some(name.into())
}
