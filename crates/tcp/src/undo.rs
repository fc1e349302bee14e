//! Taking back a reduction that proves to have been wrong (Eifel, RFC 3522 and 4015; DSACK, RFC 3708).

use crate::rtx_queue::{Sent, mark};
use crate::rule::Tape;
use crate::{CaState, Connection, rule, rules};
use wire::Seq;

impl Connection {
    /// Remembers where a reduction begins.
    pub(crate) fn begin_undo(&mut self) {
        self.rec.undo_marker = Some(self.snd.una);
        let mut copies = self.rtx.retrans() as i32;
        if self.rec.tlp_high.is_some() && self.rec.tlp_retrans {
            copies += 1;
        }
        // 0 would mean that every copy has been accounted for.
        self.rec.undo_retrans = if copies == 0 { -1 } else { copies };
    }

    /// The ACK in hand was caused by a first copy: its timestamp is older than the first retransmission.
    fn packet_delayed(&self) -> bool {
        match self.retrans_since {
            Some(first) => {
                let echo = self.rec.echo.filter(|e| *e != 0);
                echo.is_some_and(|e| (e.wrapping_sub(self.ts_now(first)) as i32) < 0)
            }
            None => self.sack.is_some() || self.snd.una.lt(self.rec.high),
        }
    }

    /// The ACK in hand was caused by an earlier copy than the last of `s` (linux `tcp_skb_spurious_retrans`).
    pub(crate) fn sent_again_in_vain(&self, s: &Sent) -> bool {
        let echo = self.rec.echo.filter(|e| *e != 0 && s.has(mark::EVER));
        echo.is_some_and(|e| (e.wrapping_sub(self.ts_now(s.at)) as i32) < 0)
    }

    fn may_undo(&self) -> bool {
        self.rec.undo_marker.is_some() && (self.rec.undo_retrans == 0 || self.packet_delayed())
    }

    fn undo(&mut self, unmark: bool, r: &mut Tape) {
        if unmark {
            for i in 0..self.rtx.q.len() {
                self.rtx.remark(i, 0, mark::LOST);
            }
        }
        if let Some(prior) = self.rec.prior_ssthresh {
            self.win.cwnd = self.cc.get().undo(&self.win, self.rec.prior_cwnd);
            self.win.ssthresh = self.win.ssthresh.max(prior);
            self.ecn.cwr_owed = false;
        }
        rule!(r, rules::UNDO, Act, self.win.cwnd, self.win.ssthresh);
        self.rec.undo_marker = None;
        self.rec.rack.advanced = true;
    }

    /// Without SACK, ACKs at the recovery point could start it again (RFC 6582 §5): hold the state until
    /// something above it is acknowledged.
    fn holds_state(&mut self) -> bool {
        if self.snd.una != self.rec.high || self.sack.is_some() {
            return false;
        }
        self.forget_retransmission();
        true
    }

    /// Everything below the recovery point is acknowledged. True: the state is held.
    pub(crate) fn leave_recovery(&mut self, r: &mut Tape) -> bool {
        if self.may_undo() {
            self.count("TCPFullUndo");
            self.undo(false, r);
        } else {
            self.rec.rack.persist = self.rec.rack.persist.saturating_sub(1);
        }
        if self.holds_state() {
            return true;
        }
        rule!(r, rules::RECOVERY_DONE, Act, self.snd.una, self.rec.high);
        self.rec.state = CaState::Open;
        false
    }

    /// Every copy that was sent in vain has been reported.
    pub(crate) fn undo_by_dsack(&mut self, r: &mut Tape) -> bool {
        if self.rec.undo_marker.is_none() || self.rec.undo_retrans != 0 {
            return false;
        }
        self.rec.rack.persist_more();
        self.count("TCPDSACKUndo");
        self.undo(false, r);
        true
    }

    /// A timeout was spurious: a first copy arrived after all.
    pub(crate) fn undo_loss(&mut self, frto: bool, r: &mut Tape) -> bool {
        if !frto && !self.may_undo() {
            return false;
        }
        self.count(if frto { "TCPSpuriousRTOs" } else { "TCPLossUndo" });
        self.undo(true, r);
        self.rec.timeouts = 0;
        if self.holds_state() {
            return true;
        }
        if frto || self.sack.is_some() {
            self.rec.state = CaState::Open;
        }
        true
    }

    /// A hole was filled by a delayed first copy. True: wait with further retransmissions.
    pub(crate) fn undo_partial(&mut self, prior_una: Seq, r: &mut Tape) -> bool {
        if self.rec.undo_marker.is_none() || !self.packet_delayed() {
            return false;
        }
        self.note_reordering(prior_una, r);
        if self.rtx.retrans() > 0 {
            return true;
        }
        self.forget_retransmission();
        self.count("TCPPartialUndo");
        self.undo(true, r);
        self.keep_open();
        false
    }

    /// Nothing outstanding was sent twice: the clock of retransmission stops.
    pub(crate) fn forget_retransmission(&mut self) {
        if self.rtx.retrans() == 0 && !self.rtx.head().is_some_and(|s| s.has(mark::EVER)) {
            self.retrans_since = None;
        }
    }
}
