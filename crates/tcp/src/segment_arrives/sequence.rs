//! First, check sequence number; and before it, PAWS (RFC 7323 §5.3).

use super::{Step, refused, seg_len};
use crate::profile::Letter;
use crate::rule::Tape;
use crate::time::Instant;
use crate::{Connection, Segment, State, rule, rules};
use wire::tcp::Flags;

impl Connection {
    pub(super) fn check_sequence(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        let h = &seg.header;
        if self.paws_refuses(now, seg, r) {
            let (val, recent) = (h.options.timestamps.map_or(0, |t| t.val), self.ts.map_or(0, |t| t.recent));
            rule!(r, rules::PAWS_REFUSED, Answer, val, recent);
            self.count("PAWSEstab");
            self.duplicate_ack(now, seg, "TCPACKSkippedPAWS", r);
            return refused(&rules::PAWS_REFUSED, val, recent);
        }
        if self.state == State::TimeWait && self.reincarnation(seg, r) {
            return self.give_way(r);
        }
        if self.repeated_syn(now, seg, r) {
            return refused(&rules::SYN_REPEATED, h.seq.0, self.rcv.nxt.0);
        }
        let len = seg_len(seg);
        let edge = self.rcv_edge();
        if self.acceptable(seg) {
            rule!(r, rules::SEQ_ACCEPTABLE, Pass, h.seq, len, self.rcv.nxt, edge);
            return Ok(());
        }
        if self.rst_in_place_of_fin(seg) {
            rule!(r, rules::SEQ_RST_OF_FIN, Pass, h.seq, self.rcv.nxt);
            return Ok(());
        }
        let (seq, nxt) = (h.seq.0, self.rcv.nxt.0);
        if h.flags.has(Flags::RST) {
            rule!(r, rules::SEQ_RST_OUTSIDE, Drop, h.seq, self.rcv.nxt, edge);
            return refused(&rules::SEQ_RST_OUTSIDE, seq, nxt);
        }
        rule!(r, rules::SEQ_UNACCEPTABLE, Answer, h.seq, len, self.rcv.nxt, edge);
        self.duplicate_ack(now, seg, "TCPACKSkippedSeq", r);
        if self.state == State::TimeWait {
            self.restart_time_wait(now, r);
        }
        refused(&rules::SEQ_UNACCEPTABLE, seq, nxt)
    }

    /// RFC 9293 Table 6. Linux looks at the left edge where the window was last announced, lets a segment that
    /// begins in the window end past it while nothing waits to be read, and never refuses a bare FIN at the edge
    /// (tcp_sequence).
    fn acceptable(&self, seg: &Segment) -> bool {
        let (seq, len) = (seg.header.seq, seg_len(seg));
        let (nxt, wnd, edge) = (self.rcv.nxt, self.rcv_wnd_left(), self.rcv_edge());
        if self.cfg.past_window == Letter::Linux {
            let end = seq + len;
            let fin = u32::from(seg.header.flags.has(Flags::FIN));
            if end.lt(self.rcv.wup) {
                return false;
            }
            return end.le(edge) || (end - fin).le(edge) || (seq.le(edge) && self.rx.readable() == 0);
        }
        let inside = |s: wire::Seq| nxt.le(s) && s.lt(edge);
        match (len, wnd) {
            (0, 0) => seq == nxt,
            (0, _) => inside(seq),
            // "Special allowance should be made to accept valid ACKs, URGs, and RSTs" (MUST-66): what lies at
            // RCV.NXT is looked at, and its text is not taken.
            (_, 0) => seq == nxt,
            (n, _) => inside(seq) || inside(seq + (n - 1)),
        }
    }

    /// The answer to what cannot be accepted: `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`, with the range reported as
    /// a duplicate where it is one (RFC 2883 §4).
    fn duplicate_ack(&mut self, now: Instant, seg: &Segment, skipped: &'static str, r: &mut Tape) {
        let h = &seg.header;
        let end = h.seq + seg_len(seg);
        if end != h.seq && h.seq.lt(self.rcv.nxt) {
            self.count("DelayedACKLost");
            self.enter_quickack(self.cfg.quickacks);
            if self.cfg.dsack
                && let Some(s) = &mut self.sack
            {
                s.duplicate(h.seq, end.min(self.rcv.nxt));
            }
        }
        // Data is answered always; what carries none only now and then, lest two ends answer each other for ever.
        if !seg.payload.is_empty() && !h.flags.has(Flags::SYN) {
            self.send_ack(now, r);
        } else {
            let skipped = match self.state {
                State::SynReceived => "TCPACKSkippedSynRecv",
                State::TimeWait => "TCPACKSkippedTimeWait",
                _ => skipped,
            };
            self.send_limited_ack(now, skipped, r);
        }
    }
}
