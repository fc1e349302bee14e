//! Fourth, check the SYN bit. (Third, security and compartment, there is nothing to check.)

use super::{Step, refused, seg_len};
use crate::profile::Letter;
use crate::rule::Tape;
use crate::time::Instant;
use crate::transitions::Cause;
use crate::{Connection, Segment, State, TimerKind, Verdict, rule, rules};
use wire::Seq;
use wire::tcp::Flags;

impl Connection {
    pub(super) fn check_syn(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        let h = &seg.header;
        if !h.flags.has(Flags::SYN) {
            return Ok(());
        }
        let (seq, nxt) = (h.seq.0, self.rcv.nxt.0);
        // The SYN-ACK of a simultaneous open: only its ACK is news.
        if self.state == State::SynReceived
            && !self.passive
            && h.flags.has(Flags::ACK)
            && h.seq == self.rcv.irs
        {
            if self.cfg.repeated_syn == Letter::Linux {
                // Its SYN was here before, and is acknowledged once more (tcp_data_queue).
                self.report_duplicate(h.seq, h.seq + 1);
                self.ack.scheduled = true;
                self.ack.now = true;
            }
            return Ok(());
        }
        let half_open = self.state == State::SynReceived && self.passive || self.is_unproven();
        if half_open && self.cfg.repeated_syn == Letter::Linux {
            // tcp_check_req: it cannot be the peer whose SYN is remembered; RFC 5961 protects connections only.
            rule!(r, rules::SYN_IN_WINDOW, Reset, h.seq, self.rcv.nxt);
            if h.flags.has(Flags::ACK) {
                self.answer_rst(h.ack);
            } else {
                self.rcv.nxt = h.seq + seg_len(seg);
                self.count("OutRsts");
                self.emit(Seq(0), 0, Flags::RST | Flags::ACK, 0);
            }
            if !self.is_unproven() {
                self.die(Cause::RstArrives, None, r);
            }
            return refused(&rules::SYN_IN_WINDOW, seq, nxt);
        }
        if self.cfg.rfc5961 {
            // RFC 5961 §4.2, whatever the sequence number.
            rule!(r, rules::SYN_CHALLENGED, Answer, h.seq, self.rcv.nxt);
            self.count("TCPSYNChallenge");
            self.challenge_ack(now, r);
            return refused(&rules::SYN_CHALLENGED, seq, nxt);
        }
        rule!(r, rules::SYN_IN_WINDOW, Reset, h.seq, self.rcv.nxt);
        let errno = (!half_open).then_some("ECONNRESET");
        self.send_rst(r);
        self.die(Cause::RstArrives, errno, r);
        refused(&rules::SYN_IN_WINDOW, seq, nxt)
    }

    /// The SYN of the handshake again: our SYN-ACK was lost, or is on its way (tcp_check_req). Whether it was one.
    pub(super) fn repeated_syn(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> bool {
        let h = &seg.header;
        let flags = h.flags & (Flags::SYN | Flags::ACK | Flags::RST);
        let again = (self.state == State::SynReceived || self.is_unproven())
            && self.cfg.repeated_syn == Letter::Linux
            && flags == Flags::SYN
            && h.seq == self.rcv.irs;
        if again {
            rule!(r, rules::SYN_REPEATED, Answer, h.seq);
            self.count("TCPSynRetrans");
            self.emit(self.snd.iss, 0, Flags::SYN | Flags::ACK, 1);
            if !self.is_unproven() {
                let rto = self.rtt.rto(&self.cfg);
                self.timers.set(TimerKind::Retransmit, now, now + rto);
            }
        }
        again
    }

    /// A SYN in TIME-WAIT that cannot belong to the old connection (MAY-2, RFC 6191; tcp_timewait_state_process):
    /// beyond what was received, or with a later timestamp.
    pub(super) fn reincarnation(&self, seg: &Segment, r: &mut Tape) -> bool {
        let h = &seg.header;
        let f = h.flags;
        if !f.has(Flags::SYN) || f.any(Flags::ACK | Flags::RST) {
            return false;
        }
        let later = match (self.ts, h.options.timestamps) {
            (Some(old), Some(new)) => (new.val.wrapping_sub(old.recent) as i32) > 0,
            _ => false,
        };
        let yes = h.seq.gt(self.rcv.nxt) || later;
        if yes {
            rule!(r, rules::TIME_WAIT_GIVES_WAY, Act, h.seq, self.rcv.nxt);
        }
        yes
    }

    /// The old connection ends; the host hands the SYN to a listener.
    pub(super) fn give_way(&mut self, r: &mut Tape) -> Step {
        let iss = self.next_iss();
        self.die(Cause::Reincarnated, None, r);
        Err(Verdict::GivesWay(iss))
    }
}
