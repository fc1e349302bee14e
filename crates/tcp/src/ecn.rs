//! Explicit congestion notification (RFC 3168).

use crate::acked::Delta;
use crate::profile::Ecn;
use crate::rule::Tape;
use crate::{Connection, Segment, rule, rules};
use wire::tcp::Flags;

/// Code points of the IP header (RFC 3168 §5).
pub(crate) const NOT_ECT: u8 = 0;
pub(crate) const ECT0: u8 = 2;
const CE: u8 = 3;

/// What was negotiated, and what is owed.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct EcnState {
    /// Both ends speak it.
    pub(crate) on: bool,
    /// The peer's SYN asked for it.
    asked: bool,
    /// A CE mark arrived: ECE in every ACK until the peer says CWR (§6.1.3).
    pub(crate) echo: bool,
    /// The window was reduced: CWR in the next new data (§6.1.2).
    pub(crate) cwr_owed: bool,
}

impl Connection {
    /// What the flags of our SYN or SYN-ACK say of ECN (§6.1.1).
    pub(crate) fn ecn_syn_flags(&self, reply: bool) -> Flags {
        match reply {
            false if self.cfg.ecn == Ecn::On => Flags::ECE | Flags::CWR,
            true if self.ecn.on => Flags::ECE,
            _ => Flags::NONE,
        }
    }

    /// The peer's SYN or SYN-ACK (§6.1.1).
    pub(crate) fn ecn_from_syn(&mut self, seg: &Segment, r: &mut Tape) {
        let f = seg.header.flags;
        let both = f.has(Flags::ECE | Flags::CWR);
        self.ecn.on = match f.has(Flags::ACK) {
            true => self.cfg.ecn == Ecn::On && f.has(Flags::ECE) && !f.has(Flags::CWR),
            false => self.cfg.ecn != Ecn::Off && both,
        };
        self.ecn.asked = both;
        if self.ecn.on {
            rule!(r, rules::ECN_ON, Act, f);
        }
    }

    /// Congestion marks and CWR of a segment that carries data or acknowledges (§6.1.3).
    pub(crate) fn ecn_arrives(&mut self, seg: &Segment, r: &mut Tape) {
        if !self.ecn.on {
            return;
        }
        if seg.header.flags.has(Flags::CWR) {
            self.ecn.echo = false;
            if !seg.payload.is_empty() {
                self.ack.now = true;
            }
        }
        if seg.ecn & 3 == CE && !seg.payload.is_empty() {
            rule!(r, rules::ECN_CE, Act, seg.header.seq);
            if !self.ecn.echo {
                self.enter_quickack(2);
            }
            self.ecn.echo = true;
        }
    }

    /// ECE means congestion, once a window of data (§6.1.2).
    pub(crate) fn ecn_echo_arrives(&self, seg: &Segment, d: &mut Delta) {
        d.ece = self.ecn.on && seg.header.flags.has(Flags::ECE) && !seg.header.flags.has(Flags::SYN);
    }

    /// The window was reduced: the peer may stop echoing.
    pub(crate) fn queue_cwr(&mut self) {
        self.ecn.cwr_owed = self.ecn.on;
    }

    /// Code point and flags for a segment with new data; copies and pure ACKs are not ECN-capable (§6.1.4, §6.1.5).
    pub(crate) fn ecn_for_data(&mut self, new: bool, len: u32) -> (u8, Flags) {
        if !self.ecn.on || !new || len == 0 {
            return (NOT_ECT, Flags::NONE);
        }
        let cwr = if std::mem::take(&mut self.ecn.cwr_owed) { Flags::CWR } else { Flags::NONE };
        (ECT0, cwr)
    }
}
