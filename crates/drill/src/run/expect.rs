//! A `>` line against what came: every field of the header, every octet of options, a payload of zeros.

use super::inject::{check_length, wire_flags, write_option};
use super::peer::{Isn, Peer};
use super::seen::{Seen, flag_text, option_text};
use crate::ast::{IpInfo, TcpLine, TcpOpt, Tos};
use wire::Seq;
use wire::tcp::Flags;

/// How strictly, and in which units, segments are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rigour {
    /// Length of a tick of the script's TSval, microseconds; 0: TSval is not checked.
    pub ts_tick_usecs: u64,
    /// Tolerance of times, microseconds.
    pub tolerance_usecs: u64,
}

/// The segments that one `>` line describes: one, or the burst of one large send.
#[derive(Clone, Debug)]
pub(super) struct Burst {
    /// Sequence number and CWR count.
    pub first: Seen,
    /// FIN, PSH and everything else count.
    pub last: Seen,
    /// Payload of all of them, octets.
    pub len: u32,
    /// Whether all payload was zero.
    pub zeros: bool,
}

impl Burst {
    pub fn new(first: Seen) -> Burst {
        let zeros = first.payload.iter().all(|b| *b == 0);
        Burst { len: first.len(), zeros, last: first.clone(), first }
    }

    /// Takes the next segment of the same burst, or says why it is none.
    pub fn add(&mut self, next: Seen) -> Result<(), String> {
        let due = self.first.seq + self.len;
        if next.seq != due {
            return Err("the next segment does not follow the one before".into());
        }
        if next.len() == 0 || next.len() > self.first.len() || self.last.len() != self.first.len() {
            return Err("segments of one burst differ in size before the last".into());
        }
        let free = Flags::FIN | Flags::PSH | Flags::CWR;
        if next.flags.without(free) != self.last.flags.without(free)
            || self.last.flags.has(Flags::FIN)
            || next.ack != self.last.ack
            || next.window != self.last.window
            || next.options != self.last.options
            || next.ip.ecn != self.last.ip.ecn
        {
            return Err("segments of one burst differ in a field".into());
        }
        self.len += next.len();
        self.zeros &= next.payload.iter().all(|b| *b == 0);
        self.last = next;
        Ok(())
    }

    /// As a script would write it.
    pub fn script_text(&self, peer: &Peer) -> String {
        let mut whole = self.last.clone();
        whole.seq = self.first.seq;
        whole.flags = self.flags();
        whole.script_text(peer, self.len)
    }

    fn flags(&self) -> Flags {
        let mut flags = self.last.flags.without(Flags::CWR);
        if self.first.flags.has(Flags::CWR) {
            flags |= Flags::CWR;
        }
        flags
    }
}

/// Learns from a SYN of the host where its sequence numbers begin.
pub(super) fn learn_isn(line: &TcpLine, seen: &Seen, peer: &mut Peer) {
    if line.flags.has(Flags::SYN) && seen.flags.has(Flags::SYN) && peer.local_isn.is_none() {
        let script = line.seq.filter(|s| !s.absolute).map_or(0, |s| s.value);
        peer.local_isn = Some(Isn { script, live: seen.seq.0 });
    }
}

/// Compares; the error says which field differs, and how.
pub(super) fn compare(
    line: &TcpLine,
    info: &IpInfo,
    burst: &Burst,
    peer: &mut Peer,
    rigour: Rigour,
) -> Result<(), String> {
    let syn = line.flags.has(Flags::SYN);
    let (expected, found) = (wire_flags(line), burst.flags());
    if expected != found {
        return Err(format!("flags are {}, not {}", flag_text(found), flag_text(expected)));
    }
    if let Some(seq) = line.seq {
        let live = peer.local_to_live(seq, syn);
        if live != burst.first.seq {
            let found = peer.local_to_script(burst.first.seq, syn);
            return Err(format!("sequence number is {found}, not {}", seq.value));
        }
    }
    if line.len != burst.len {
        return Err(format!("payload is {} octets, not {}", burst.len, line.len));
    }
    compare_ack(line, burst, peer)?;
    if let Some(window) = line.window
        && window != burst.last.window
    {
        return Err(format!("window is {}, not {window}", burst.last.window));
    }
    let urgent = line.urgent.unwrap_or(0);
    if urgent != burst.last.urgent {
        return Err(format!("urgent pointer is {}, not {urgent}", burst.last.urgent));
    }
    compare_options(line, burst, peer, rigour)?;
    if !burst.zeros {
        return Err("payload has octets that are not zero".into());
    }
    compare_ip(info, burst)
}

fn compare_ack(line: &TcpLine, burst: &Burst, peer: &Peer) -> Result<(), String> {
    let syn = line.flags.has(Flags::SYN);
    let expected = match line.ack {
        Some(ack) => peer.remote_to_live(ack, syn),
        // Without ACK the field is zero on the wire; with it, a line that gives no number means 0.
        None if !line.flags.has(Flags::ACK) => Seq(0),
        None => peer.remote_to_live(crate::ast::SeqNum { value: 0, absolute: false }, syn),
    };
    if expected.0 == burst.last.ack {
        return Ok(());
    }
    let found = peer.remote_to_script(Seq(burst.last.ack), syn);
    Err(format!("acknowledgment is {found}, not {}", line.ack.map_or(0, |a| a.value)))
}

fn compare_options(line: &TcpLine, burst: &Burst, peer: &mut Peer, rigour: Rigour) -> Result<(), String> {
    let found = &burst.last.options;
    let live = wire::tcp::parse_options(found).timestamps;
    let Some(options) = &line.options else {
        // What the script does not look at is on the script's clock all the same.
        return Ok(());
    };
    let script_stamps = options.iter().find_map(|o| match o {
        TcpOpt::Timestamps { val, ecr, .. } => Some((*val, *ecr)),
        _ => None,
    });
    if let (Some((val, _)), Some(live)) = (script_stamps, live) {
        if rigour.ts_tick_usecs > 0
            && let Some(clock) = peer.stamp_to_script(live.val)
        {
            let off = u64::from((clock.wrapping_sub(val) as i32).unsigned_abs()) * rigour.ts_tick_usecs;
            if off > rigour.tolerance_usecs {
                return Err(format!("TSval is {clock}, not {val}"));
            }
        }
        peer.stamp_sent(val, live.val);
    }
    let mut expected = Vec::new();
    for option in options {
        let edge = |s| peer.remote_to_live(s, false).0;
        let echo = script_stamps.map_or(0, |(_, ecr)| ecr);
        write_option(option, &mut expected, edge, |val| (live.map_or(val, |l| l.val), echo))?;
    }
    check_length(&expected)?;
    if &expected == found {
        return Ok(());
    }
    let shown = |o: &[u8]| if o.is_empty() { "none".into() } else { format!("<{}>", option_text(o, peer)) };
    Err(format!("options are {}, not {}", shown(found), shown(&expected)))
}

fn compare_ip(info: &IpInfo, burst: &Burst) -> Result<(), String> {
    let ip = &burst.last.ip;
    let octet = ip.dscp << 2 | ip.ecn;
    let ecn_name = |bits: u8| ["noecn", "ect1", "ect0", "ce"][usize::from(bits & 3)];
    match info.tos {
        Some(Tos::Ecn(bits)) if bits != ip.ecn => {
            return Err(format!("ECN bits are {}, not {}", ecn_name(ip.ecn), ecn_name(bits)));
        }
        Some(Tos::EctAny) if !matches!(ip.ecn, 1 | 2) => {
            return Err(format!("ECN bits are {}, not ect0 or ect1", ecn_name(ip.ecn)));
        }
        Some(Tos::Octet(tos)) if tos != octet => {
            return Err(format!("type of service is {octet:#x}, not {tos:#x}"));
        }
        _ => {}
    }
    if let Some(ttl) = info.ttl
        && ttl != ip.ttl
    {
        return Err(format!("TTL is {}, not {ttl}", ip.ttl));
    }
    match info.flow_label {
        Some(label) if label != ip.flow_label => {
            Err(format!("flow label is {:#x}, not {label:#x}", ip.flow_label))
        }
        _ => Ok(()),
    }
}
