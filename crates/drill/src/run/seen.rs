//! What the host sent, taken apart for comparison and written the way scripts write it.

use super::peer::Peer;
use bytes::Bytes;
use std::fmt::Write;
use tcp::time::Instant;
use wire::layout::{tcp as at, tcp_option as opt};
use wire::tcp::Flags;
use wire::{Malformed, Seq, ethernet, ip};

/// A segment of the host's, its options as octets.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub when: Instant,
    pub ip: ip::Header,
    pub src_port: u16,
    pub dst_port: u16,
    pub seq: Seq,
    pub ack: u32,
    /// All twelve bits beside the data offset.
    pub flags: Flags,
    pub window: u16,
    pub urgent: u16,
    pub options: Vec<u8>,
    pub payload: Bytes,
}

/// What a captured frame is to a script.
pub(super) enum Kind {
    /// A segment.
    Tcp(Seen),
    /// No TCP: none of the script's business.
    Other,
    /// A frame that no receiver would take; the reason.
    Bad(String),
}

impl Seen {
    /// Takes a frame apart. IP length, header length and both checksums must be right.
    pub fn read(when: Instant, frame: &Bytes) -> Kind {
        match Self::try_read(when, frame) {
            Ok(Some(seen)) => Kind::Tcp(seen),
            Ok(None) => Kind::Other,
            Err(why) => Kind::Bad(why),
        }
    }

    fn try_read(when: Instant, frame: &Bytes) -> Result<Option<Seen>, String> {
        let say = |m: Malformed| format!("a malformed frame went out: {m}");
        let (_, ethertype) = ethernet::parse(frame).map_err(say)?;
        if ethertype == ethernet::ARP {
            return Ok(None);
        }
        let (ip, range) = ip::parse(frame, ethernet::LEN, ethertype).map_err(say)?;
        if ip.protocol != ip::TCP {
            return Ok(None);
        }
        if range.end != frame.len() {
            return Err(format!("the IP length says {} octets, the frame has {}", range.end, frame.len()));
        }
        let segment = &frame[range.clone()];
        let (header, payload) = wire::tcp::parse(&ip, frame, range.clone()).map_err(say)?;
        let header_len = payload.start - range.start;
        Ok(Some(Seen {
            when,
            ip,
            src_port: header.src_port,
            dst_port: header.dst_port,
            seq: header.seq,
            ack: at::ACK.get(segment) as u32,
            flags: header.flags,
            window: header.window,
            urgent: header.urgent,
            options: segment[at::LEN..header_len].to_vec(),
            payload: wire::frame::slice(frame, payload),
        }))
    }

    /// Payload, octets.
    pub fn len(&self) -> u32 {
        self.payload.len() as u32
    }

    /// As a script would write it: `S. 0:0(0) ack 1 win 65535 <mss 1460>`.
    pub fn script_text(&self, peer: &Peer, len: u32) -> String {
        let syn = self.flags.has(Flags::SYN);
        let seq = peer.local_to_script(self.seq, syn);
        let mut s = format!("{} {seq}:{}({len})", flag_text(self.flags), seq.wrapping_add(len));
        if self.flags.has(Flags::ACK) {
            _ = write!(s, " ack {}", peer.remote_to_script(Seq(self.ack), syn));
        }
        _ = write!(s, " win {}", self.window);
        if self.urgent != 0 {
            _ = write!(s, " urg {}", self.urgent);
        }
        if !self.options.is_empty() {
            _ = write!(s, " <{}>", option_text(&self.options, peer));
        }
        let ecn = ["", "[ect1] ", "[ect0] ", "[ce] "][usize::from(self.ip.ecn & 3)];
        format!("{ecn}{s}")
    }
}

/// `SEW`, `P.`, `-`
pub(super) fn flag_text(flags: Flags) -> String {
    let letters = [
        (Flags::FIN, 'F'),
        (Flags::SYN, 'S'),
        (Flags::RST, 'R'),
        (Flags::PSH, 'P'),
        (Flags::URG, 'U'),
        (Flags::ECE, 'E'),
        (Flags::CWR, 'W'),
        (Flags::AE, 'A'),
        (Flags::ACK, '.'),
    ];
    let mut s: String = letters.iter().filter(|(f, _)| flags.has(*f)).map(|(_, c)| *c).collect();
    if flags.0 >> 9 != 0 {
        _ = write!(s, "(reserved bits {:#x})", flags.0 >> 9);
    }
    if s.is_empty() { "-".into() } else { s }
}

/// The options of a segment of the host's, as a script would write them.
pub(super) fn option_text(octets: &[u8], peer: &Peer) -> String {
    let mut out = Vec::new();
    let mut rest = octets;
    while let [kind, after @ ..] = rest {
        match *kind {
            opt::EOL | opt::NOP => {
                out.push(if *kind == opt::EOL { "eol".to_string() } else { "nop".to_string() });
                rest = after;
                continue;
            }
            _ => {}
        }
        let len = after.first().map_or(0, |l| usize::from(*l));
        let Some(value) = rest.get(2..len) else {
            out.push(format!("malformed {}", hex(rest)));
            break;
        };
        out.push(one_option(*kind, value, peer));
        rest = &rest[len..];
    }
    out.join(",")
}

fn one_option(kind: u8, value: &[u8], peer: &Peer) -> String {
    let word = |i: usize| value.get(i..i + 4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    match (kind, value) {
        (opt::MSS, [a, b]) => format!("mss {}", u16::from_be_bytes([*a, *b])),
        (opt::WSCALE, [shift]) => format!("wscale {shift}"),
        (opt::SACK_PERM, []) => "sackOK".into(),
        (opt::TIMESTAMP, v) if v.len() == 8 => {
            let val = peer.stamp_to_script(word(0)).unwrap_or(word(0));
            format!("TS val {val} ecr {}", word(4))
        }
        (opt::SACK, v) if v.len().is_multiple_of(8) => {
            let edge = |i| peer.remote_to_script(Seq(word(i)), false);
            let blocks = (0..v.len()).step_by(8).map(|i| format!(" {}:{}", edge(i), edge(i + 4)));
            format!("sack{}", blocks.collect::<String>())
        }
        (opt::FAST_OPEN, v) => format!("FO {}", hex(v)),
        (opt::EXPERIMENTAL, [a, b, v @ ..]) if u16::from_be_bytes([*a, *b]) == opt::FAST_OPEN_MAGIC => {
            format!("FOEXP {}", hex(v))
        }
        _ => format!("kind {kind} {}", hex(value)),
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|b| format!("{b:02x}")).collect()
}
