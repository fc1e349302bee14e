//! Fifth, check the ACK field.

use super::{Step, refused};
use crate::profile::Letter;
use crate::rule::Tape;
use crate::time::Instant;
use crate::transitions::Cause;
use crate::{Admission, Connection, Segment, State, Verdict, rule, rules};
use wire::tcp::Flags;

impl Connection {
    pub(super) fn check_ack(
        &mut self,
        now: Instant,
        seg: &Segment,
        admission: Admission,
        r: &mut Tape,
    ) -> Step {
        let h = &seg.header;
        if !h.flags.has(Flags::ACK) {
            rule!(r, rules::ACK_MISSING, Drop, h.flags);
            return refused(&rules::ACK_MISSING, h.seq.0, 0);
        }
        if self.is_unproven() {
            self.prove(now, seg, r)?;
            self.take_timestamp(now, seg, r);
        } else if self.state == State::SynReceived
            || (self.state == State::FinWait1 && self.snd.una == self.snd.iss)
        {
            self.ack_of_syn(now, seg, admission, r)?;
            self.take_timestamp(now, seg, r);
        } else if self.state == State::TimeWait && self.cfg.time_wait_challenge == Letter::Linux {
            // linux tcp_timewait_state_process
            rule!(r, rules::ACK_AFTERWARDS, Pass, h.ack);
            self.take_timestamp(now, seg, r);
            return Ok(());
        } else {
            self.ack_in_range(now, seg, r)?;
            if h.ack.ge(self.snd.una) || self.cfg.past_window == Letter::Rfc {
                self.take_timestamp(now, seg, r);
            }
            if h.ack.lt(self.snd.una) {
                // A duplicate can be ignored, but what it says of holes is still true.
                rule!(r, rules::ACK_OLD, Pass, h.ack, self.snd.una);
                self.old_ack(now, seg, r);
                return Ok(());
            }
            self.process_ack(now, seg, r);
        }
        self.ack_of_fin(now, r)
    }

    /// RFC 5961 §5: SND.UNA − MAX.SND.WND ≤ SEG.ACK ≤ SND.NXT.
    fn ack_in_range(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        let ack = seg.header.ack;
        if ack.gt(self.snd.nxt) {
            rule!(r, rules::ACK_UNSENT, Answer, ack, self.snd.nxt);
            self.challenge_ack(now, r);
            return refused(&rules::ACK_UNSENT, ack.0, self.snd.nxt.0);
        }
        let oldest = self.snd.una - self.oldest_ack();
        if self.cfg.rfc5961 && ack.lt(oldest) {
            rule!(r, rules::ACK_TOO_OLD, Answer, ack, oldest);
            self.challenge_ack(now, r);
            return refused(&rules::ACK_TOO_OLD, ack.0, oldest.0);
        }
        rule!(r, rules::ACK_ACCEPTABLE, Pass, self.snd.una, ack, self.snd.nxt);
        Ok(())
    }

    /// How far behind SND.UNA an ACK may lie, octets.
    fn oldest_ack(&self) -> u32 {
        let window = self.snd.max_wnd;
        // Octets that were ever acknowledged: the usual case first.
        if self.cfg.old_ack == Letter::Rfc || self.snd.una.since(self.snd.iss + 1) >= window {
            return window;
        }
        let sent = self.stats.bytes_sent - self.stats.bytes_retrans;
        let acked = sent.saturating_sub(self.snd.nxt.since(self.snd.una).into());
        // The FIN counts as well (linux tcp_snd_una_update).
        let acked = acked + u64::from(self.fin_acked());
        window.min(u32::try_from(acked).unwrap_or(window))
    }

    /// SYN-RECEIVED: SND.UNA < SEG.ACK ≤ SND.NXT makes the connection, if the host has room for it.
    fn ack_of_syn(&mut self, now: Instant, seg: &Segment, admission: Admission, r: &mut Tape) -> Step {
        let h = &seg.header;
        if h.ack.le(self.snd.una) || h.ack.gt(self.snd.nxt) {
            rule!(r, rules::ACK_NOT_OF_SYN, Reset, h.ack, self.snd.nxt);
            self.answer_rst(h.ack);
            return refused(&rules::ACK_NOT_OF_SYN, h.ack.0, self.snd.nxt.0);
        }
        // A bare ACK: nothing behind the SYN yet.
        let bare = seg.payload.is_empty() && !h.flags.has(Flags::FIN);
        let (timeouts, defer) = (self.rec.timeouts, self.cfg.defer_accept);
        if self.passive && bare && timeouts < defer && !self.is_unproven() {
            rule!(r, rules::ACCEPT_DEFERRED, Drop, timeouts, defer);
            self.rec.deferred = true;
            self.count("TCPDeferAcceptDrop");
            return refused(&rules::ACCEPT_DEFERRED, timeouts.into(), defer.into());
        }
        if let (true, Admission::Full { len, backlog, abort }) = (self.passive, admission) {
            if !abort {
                rule!(r, rules::ACCEPT_QUEUE_FULL, Drop, len, backlog);
                return refused(&rules::ACCEPT_QUEUE_FULL, len, backlog);
            }
            rule!(r, rules::ACCEPT_QUEUE_FULL, Reset, len, backlog);
            self.answer_rst(h.ack);
            self.die(Cause::Abort, None, r);
            return refused(&rules::ACCEPT_QUEUE_FULL, len, backlog);
        }
        rule!(r, rules::ACK_OF_SYN, Act, h.ack, self.snd.nxt);
        self.snd.wnd = u32::from(h.window) << self.snd.wscale;
        // What a SYN said counts no more (tcp_create_openreq_child), but where octets were exchanged on the strength of it.
        let fresh = self.passive && !self.is_unproven();
        self.snd.max_wnd = if fresh { self.snd.wnd } else { self.snd.max_wnd.max(self.snd.wnd) };
        self.snd.wl1 = h.seq;
        self.snd.wl2 = h.ack;
        self.syn_acknowledged(now, seg, r);
        if self.state == State::SynReceived {
            self.transition(Cause::AckOfSyn, r);
        }
        self.arm_keepalive(now);
        self.send_waiting_fin(now, r);
        Ok(())
    }

    /// What our FIN's acknowledgment does in each state that waits for it.
    fn ack_of_fin(&mut self, now: Instant, r: &mut Tape) -> Step {
        if !self.fin_acked() {
            return Ok(());
        }
        match self.state {
            State::FinWait1 => {
                rule!(r, rules::ACK_OF_FIN, Act, self.snd.una, self.state);
                self.transition(Cause::AckOfFin, r);
                if self.orphan {
                    self.arm_fin_wait2(now);
                }
            }
            State::Closing => {
                rule!(r, rules::ACK_OF_FIN, Act, self.snd.una, self.state);
                self.enter_time_wait(now, Cause::AckOfFin, r);
            }
            State::LastAck => {
                rule!(r, rules::ACK_OF_FIN, Act, self.snd.una, self.state);
                self.die(Cause::AckOfFin, None, r);
                return Err(Verdict::Taken);
            }
            _ => {}
        }
        Ok(())
    }
}
