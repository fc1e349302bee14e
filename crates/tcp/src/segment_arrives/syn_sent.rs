//! SYN-SENT (RFC 9293 §3.10.7.3).

use super::{Step, refused};
use crate::rule::Tape;
use crate::time::Instant;
use crate::transitions::Cause;
use crate::transmit::Push;
use crate::{Connection, Segment, TimerKind, Verdict, rule, rules};
use wire::Seq;
use wire::tcp::Flags;

impl Connection {
    pub(super) fn in_syn_sent(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        let h = &seg.header;
        let f = h.flags;
        // First, check the ACK bit.
        if f.has(Flags::ACK) {
            if h.ack.le(self.snd.iss) || h.ack.gt(self.snd.nxt) {
                rule!(r, rules::SYN_SENT_BAD_ACK, Reset, h.ack, self.snd.iss, self.snd.nxt);
                if !f.has(Flags::RST) {
                    self.answer_rst(h.ack);
                }
                return refused(&rules::SYN_SENT_BAD_ACK, h.ack.0, self.snd.nxt.0);
            }
            rule!(r, rules::SYN_SENT_ACK, Pass, h.ack, self.snd.iss, self.snd.nxt);
            self.echo_is_ours(now, seg, r)?;
        }
        // Second, check the RST bit.
        if f.has(Flags::RST) {
            if !f.has(Flags::ACK) {
                // Nothing proves that it answers our SYN.
                rule!(r, rules::SYN_SENT_RST_NO_ACK, Drop, h.seq);
                return refused(&rules::SYN_SENT_RST_NO_ACK, h.seq.0, 0);
            }
            rule!(r, rules::SYN_SENT_REFUSED, Reset, h.ack);
            self.die(Cause::RstArrives, Some("ECONNREFUSED"), r);
            return Err(Verdict::Taken);
        }
        // Fourth, check the SYN bit.
        if !f.has(Flags::SYN) {
            rule!(r, rules::SYN_SENT_NO_SYN, Drop, f);
            return refused(&rules::SYN_SENT_NO_SYN, h.seq.0, 0);
        }
        if f.has(Flags::ACK) { self.syn_ack(now, seg, r) } else { self.crossing_syn(now, seg, r) }
    }

    /// A timestamp that no SYN of ours had shows that a segment answers something else (linux PAWSActiveRejected).
    fn echo_is_ours(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        let echo = seg.header.options.timestamps.map_or(0, |ts| ts.ecr);
        let first = self.ts_now(self.retrans_since.unwrap_or(now));
        let last = self.ts_now(now);
        if !self.cfg.timestamps || echo == 0 || echo.wrapping_sub(first) <= last.wrapping_sub(first) {
            return Ok(());
        }
        rule!(r, rules::SYN_SENT_BAD_ECHO, Reset, echo, first, last);
        self.count("PAWSActive");
        if !seg.header.flags.has(Flags::RST) {
            self.answer_rst(seg.header.ack);
        }
        refused(&rules::SYN_SENT_BAD_ECHO, echo, first)
    }

    /// Our SYN is acknowledged: ESTABLISHED.
    fn syn_ack(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        let h = &seg.header;
        self.take_syn(now, seg, r);
        rule!(r, rules::SYN_SENT_ESTABLISHED, Act, h.seq, h.ack);
        self.syn_acknowledged(now, seg, r);
        self.snd.wl2 = h.ack;
        self.transition(Cause::SynAckArrives, r);
        self.arm_keepalive(now);
        let answer_follows = self.cfg.defer_accept > 0 || self.ack.pingpong || self.ack.write_waits;
        self.take_handshake_text(now, seg, r)?;
        if self.fast_open_answered(now, seg, r) {
            // The ACK rides on the data that goes again.
            return Ok(());
        }
        // Data that waited takes the ACK with it; otherwise it goes alone, and at once.
        if self.push_pending(now, Push::Normal, r) {
            return Ok(());
        }
        if answer_follows && self.cfg.quickacks > 0 {
            // The caller is about to write: the ACK waits a while to go with it (tcp_rcv_synsent_state_process).
            self.ack.scheduled = true;
            self.enter_quickack(self.cfg.quickacks);
            rule!(r, rules::ACK_DELAYED, Act, self.cfg.delack_max, 0u32);
            self.timers.set(TimerKind::DelayedAck, now, now + self.cfg.delack_max);
            return Ok(());
        }
        self.send_ack(now, r);
        Ok(())
    }

    /// Simultaneous open: SYN-RECEIVED (Figure 8).
    fn crossing_syn(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        rule!(r, rules::SYN_SENT_CROSSING, Act, seg.header.seq);
        self.take_syn(now, seg, r);
        self.transition(Cause::SynArrives, r);
        // The same SYN goes again, now with an ACK.
        self.rtx.q[0].flags = Flags::SYN | Flags::ACK;
        self.rec.timeouts = 0;
        self.rtt.backoff = 0;
        self.retrans_since = Some(now);
        self.emit(self.snd.iss, 0, Flags::SYN | Flags::ACK, 0);
        let rto = self.rtt.rto(&self.cfg);
        self.timers.set(crate::TimerKind::Retransmit, now, now + rto);
        Ok(())
    }

    /// Text and FIN of a SYN-ACK belong to the connection (§3.10.7.3, sixth).
    fn take_handshake_text(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        if seg.payload.is_empty() && !seg.header.flags.has(Flags::FIN) {
            return Ok(());
        }
        let mut rest = seg.clone();
        rest.header.seq += 1;
        rest.header.flags = rest.header.flags.without(Flags::SYN);
        self.check_urgent(&rest, r);
        self.take_text(now, &rest, r)?;
        self.check_fin(now, &rest, r);
        Ok(())
    }

    /// `<SEQ=SEG.ACK><CTL=RST>`.
    pub(crate) fn answer_rst(&mut self, ack: Seq) {
        self.count("OutRsts");
        self.emit(ack, 0, Flags::RST, 0);
    }
}
