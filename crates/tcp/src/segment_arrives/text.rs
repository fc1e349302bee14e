//! Seventh, process the segment text.

use super::{Step, refused};
use crate::profile::Letter;
use crate::rule::Tape;
use crate::time::Instant;
use crate::transitions::Cause;
use crate::{Connection, Segment, State, rule, rules};
use wire::tcp::Flags;

impl Connection {
    pub(super) fn take_text(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        if seg.payload.is_empty() {
            return Ok(());
        }
        let h = &seg.header;
        let len = seg.payload.len() as u32;
        if let Some(s) = &mut self.sack {
            s.forget_duplicate();
        }
        if !matches!(self.state, State::Established | State::FinWait1 | State::FinWait2) {
            return self.text_after_fin(seg, r);
        }
        let end = h.seq + len;
        let nobody = self.orphan || self.read_ended && self.state != State::Established;
        if nobody && end.gt(self.rcv.nxt) {
            // SHLD-3: nobody will ever read this.
            rule!(r, rules::TEXT_NOBODY_READS, Reset, len, self.state);
            self.count("TCPAbortOnData");
            self.answer_rst(h.ack);
            self.die(Cause::Abort, Some("ECONNRESET"), r);
            return refused(&rules::TEXT_NOBODY_READS, len, 0);
        }
        // Only the new part is processed, and only what the window allows.
        let old = if h.seq.lt(self.rcv.nxt) { self.rcv.nxt.since(h.seq).min(len) } else { 0 };
        let edge = self.rcv_edge();
        let past = match self.cfg.past_window {
            Letter::Linux => 0,
            Letter::Rfc if end.gt(edge) => end.since(edge).min(len - old),
            Letter::Rfc => 0,
        };
        if old > 0 {
            self.report_duplicate(h.seq, h.seq + old);
        }
        if old + past >= len {
            rule!(r, rules::TEXT_NOTHING_NEW, Drop, old, past);
            if old == len {
                self.enter_quickack(self.cfg.quickacks);
            }
            self.ack.scheduled = true;
            self.ack.now = true;
            return Ok(());
        }
        let seq = h.seq + old;
        let data = seg.payload.slice(old as usize..(len - past) as usize);
        if seq == self.rcv.nxt {
            if self.rcv_wnd_left() == 0 {
                // A probe of a closed window: answered, not taken.
                rule!(r, rules::TEXT_WINDOW_CLOSED, Answer, len);
                self.count("TCPZeroWindowDrop");
                self.enter_quickack(self.cfg.quickacks);
                self.ack.scheduled = true;
                self.ack.now = true;
                return Ok(());
            }
            self.take_in_order(now, data, h.flags, r);
            self.measure_appetite(now, h, len);
        } else {
            self.take_early(now, seq, data, h.flags, r);
        }
        Ok(())
    }

    /// After the peer's FIN there is no text (§3.10.7.4: "ignore"). An old copy is acknowledged once more; in TIME-WAIT
    /// everything is (tcp_timewait_state_process). One that is old and yet reaches past the FIN is a lie.
    fn text_after_fin(&mut self, seg: &Segment, r: &mut Tape) -> Step {
        let (h, len) = (&seg.header, seg.payload.len() as u32);
        let old = h.seq.lt(self.rcv.nxt);
        let time_wait = self.state == State::TimeWait;
        let lie = old && !time_wait && (h.seq + len).gt(self.rcv.nxt);
        if lie && self.cfg.text_after_fin == Letter::Linux {
            rule!(r, rules::TEXT_AFTER_FIN, Reset, len, self.state);
            self.count("TCPAbortOnData");
            self.answer_rst(h.ack);
            // Whoever has read the FIN knows the end of the stream (tcp_reset).
            let errno = if self.state == State::CloseWait { "EPIPE" } else { "ECONNRESET" };
            self.die(Cause::Abort, Some(errno), r);
            return refused(&rules::TEXT_AFTER_FIN, len, 0);
        }
        rule!(r, rules::TEXT_IGNORED, Drop, self.state, len);
        if old && !time_wait {
            self.report_duplicate(h.seq, (h.seq + len).min(self.rcv.nxt));
            self.enter_quickack(self.cfg.quickacks);
        }
        if old || time_wait {
            self.ack.scheduled = true;
            self.ack.now = true;
        }
        Ok(())
    }

    pub(super) fn take_in_order(&mut self, now: Instant, data: bytes::Bytes, flags: Flags, r: &mut Tape) {
        let len = data.len() as u32;
        let had_gap = !self.rx.early_is_empty();
        self.rx.push(data);
        let reached = self.rcv.nxt + len;
        if had_gap {
            // Early octets that this segment brought again.
            let again: Vec<_> = self
                .rx
                .early_runs()
                .filter(|(s, _)| s.lt(reached))
                .map(|(s, e)| (s, e.min(reached)))
                .collect();
            for (s, e) in again {
                self.report_duplicate(s, e);
            }
        }
        self.rcv.nxt = self.rx.join(reached);
        rule!(r, rules::TEXT_IN_ORDER, Act, len, self.rcv.nxt, self.rx.readable());
        if self.rcv.nxt != reached {
            rule!(r, rules::TEXT_JOINED, Act, self.rcv.nxt.since(reached), self.rcv.nxt);
        }
        if flags.has(Flags::PSH) {
            rule!(r, rules::TEXT_PUSHED, Act, self.rx.readable());
        }
        self.note_data(now, len, flags);
        self.stats.last_data_rcv = now;
        self.grow_rcv_window(len);
        if had_gap {
            if let Some(s) = &mut self.sack {
                s.advance(self.rcv.nxt);
            }
            // A gap was filled, wholly or in part: RFC 5681 §4.2 wants the ACK at once.
            self.ack.now = true;
        }
        if self.rx.readable() as u64 > u64::from(self.cfg.rcv_buf) {
            self.ack.now = true;
        }
    }

    fn take_early(&mut self, now: Instant, seq: wire::Seq, data: bytes::Bytes, flags: Flags, r: &mut Tape) {
        let len = data.len() as u32;
        let end = seq + len;
        self.measure_segment(len, flags);
        rule!(r, rules::TEXT_EARLY, Act, seq, data.len(), self.rcv.nxt);
        self.count("TCPOFOQueue");
        self.stats.early_segs += self.segments_in(len);
        // What we hold already is a duplicate (RFC 2883 §4.2).
        let again: Vec<_> = self
            .rx
            .early_runs()
            .filter(|(s, e)| s.lt(end) && seq.lt(*e))
            .map(|(s, e)| (s.max(seq), e.min(end)))
            .collect();
        for (s, e) in again {
            self.report_duplicate(s, e);
        }
        if self.ack.compressed > 0 && self.sack.as_ref().is_some_and(|s| s.place(seq, end) >= 2) {
            self.send_compressed(now, r);
        }
        self.rx.insert_early(seq, data);
        if let Some(s) = &mut self.sack {
            s.early(seq, end);
            // Without SACK the window stays, for the ACKs are to be duplicates.
            self.grow_rcv_window(len);
        }
        self.ack.last_data = now;
        self.ack.scheduled = true;
        // RFC 5681 §4.2: out of order is answered at once, unless there are many of them (see `acknowledge`).
        self.ack.now |= self.cfg.comp_sack_nr == 0;
    }

    pub(super) fn report_duplicate(&mut self, left: wire::Seq, right: wire::Seq) {
        if self.cfg.dsack
            && let Some(s) = &mut self.sack
        {
            s.duplicate(left, right);
        }
    }

    /// Restarts the 2 MSL wait.
    pub(super) fn restart_time_wait(&mut self, now: Instant, r: &mut Tape) {
        let wait = self.cfg.time_wait;
        rule!(r, rules::TIME_WAIT_ARMED, Act, wait);
        self.timers.set(crate::TimerKind::TimeWait, now, now + wait);
    }
}
