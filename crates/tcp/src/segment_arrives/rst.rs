//! Second, check the RST bit.

use super::{Step, refused};
use crate::profile::Letter;
use crate::rule::Tape;
use crate::time::Instant;
use crate::transitions::Cause;
use crate::{Connection, Segment, State, rule, rules};
use wire::tcp::Flags;

impl Connection {
    pub(super) fn check_rst(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        let h = &seg.header;
        if !h.flags.has(Flags::RST) {
            return Ok(());
        }
        // Before the handshake is over any RST in the window is believed (tcp_check_req).
        let exact = h.seq == self.rcv.nxt
            || self.rst_at_sack_edge(seg)
            || self.rst_in_place_of_fin(seg)
            || self.is_unproven();
        if !exact && self.state == State::TimeWait && self.cfg.time_wait_challenge == Letter::Linux {
            rule!(r, rules::RST_TIME_WAIT, Drop, h.seq);
            return refused(&rules::RST_TIME_WAIT, h.seq.0, self.rcv.nxt.0);
        }
        if self.cfg.rfc5961 && !exact {
            // In the window, but not exactly where the next octet belongs: perhaps a blind attacker
            // (RFC 5961 §3). A peer that means it will repeat it with the number we tell.
            rule!(r, rules::RST_CHALLENGED, Answer, h.seq, self.rcv.nxt);
            self.challenge_ack(now, r);
            return refused(&rules::RST_CHALLENGED, h.seq.0, self.rcv.nxt.0);
        }
        if self.state == State::TimeWait && !self.cfg.rst_ends_time_wait {
            // RFC 1337: TIME-WAIT is not to be assassinated.
            rule!(r, rules::RST_TIME_WAIT, Drop, h.seq);
            return refused(&rules::RST_TIME_WAIT, h.seq.0, self.rcv.nxt.0);
        }
        rule!(r, rules::RST_ACCEPTED, Reset, self.state, h.seq, self.rcv.nxt);
        self.note_unproven_reset();
        let errno = match self.state {
            State::SynReceived if self.is_unproven() => Some("ECONNRESET"),
            // "The user need not be informed": the entry goes, the listener stays.
            State::SynReceived if self.passive => None,
            // Linux knows SYN-SENT only as an attempt that can be refused (tcp_reset).
            State::SynReceived if self.cfg.repeated_syn == Letter::Linux => Some("ECONNRESET"),
            State::SynReceived => Some("ECONNREFUSED"),
            State::TimeWait => None,
            // Data the peer will never read (tcp_reset).
            State::CloseWait => Some("EPIPE"),
            _ => Some("ECONNRESET"),
        };
        self.die(Cause::RstArrives, errno, r);
        Err(crate::Verdict::Taken)
    }

    /// A peer whose segments we hold out of order may put the RST after the last of them (tcp_validate_incoming).
    fn rst_at_sack_edge(&self, seg: &Segment) -> bool {
        self.sack.is_some() && self.rx.early_runs().last().is_some_and(|(_, end)| end == seg.header.seq)
    }

    /// Who sent a FIN and then resets may give the RST the number of the FIN, and answer no challenge (linux
    /// `tcp_reset_check`).
    pub(super) fn rst_in_place_of_fin(&self, seg: &Segment) -> bool {
        let fin_came = matches!(self.state, State::CloseWait | State::Closing | State::LastAck);
        let h = &seg.header;
        let here = h.flags.has(Flags::RST) && h.seq + 1 == self.rcv.nxt;
        here && fin_came && self.cfg.past_window == Letter::Linux
    }

    /// `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>` (RFC 5961 §3.2, §4.2), throttled (§7).
    pub(crate) fn challenge_ack(&mut self, now: Instant, r: &mut Tape) {
        if self.send_limited_ack(now, "TCPACKSkippedChallenge", r) {
            self.count("TCPChallengeACK");
        }
    }
}
