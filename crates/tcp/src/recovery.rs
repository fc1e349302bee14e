//! Loss recovery: the state that RFC 5681 and Linux give to a sender.

use crate::profile::Config;
use crate::rtx_queue::mark;
use crate::rule::Recorder;
use crate::time::Instant;
use crate::{Connection, rule, rules};
use wire::Seq;
use wire::tcp::Flags;

/// What a sender believes of the path (Linux icsk_ca_state).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum CaState {
    Open,
    Disorder,
    Cwr,
    Recovery,
    Loss,
}

impl CaState {
    /// As ss(8) and TCP_INFO name it.
    pub const fn name(self) -> &'static str {
        match self {
            CaState::Open => "Open",
            CaState::Disorder => "Disorder",
            CaState::Cwr => "CWR",
            CaState::Recovery => "Recovery",
            CaState::Loss => "Loss",
        }
    }
}

/// The variables of recovery.
#[derive(Clone, Debug)]
pub(crate) struct Recovery {
    pub(crate) state: CaState,
    /// SND.NXT when this state began: it ends when that is acknowledged.
    pub(crate) high: Seq,
    /// Timeouts in a row (icsk_retransmits).
    pub(crate) timeouts: u8,
    /// Times the SYN or SYN-ACK was sent again.
    pub(crate) syn_losses: u8,
}

impl Recovery {
    pub(crate) fn new(_: &Config, iss: Seq) -> Recovery {
        Recovery { state: CaState::Open, high: iss, timeouts: 0, syn_losses: 0 }
    }
    pub(crate) fn in_recovery(&self) -> bool {
        self.state >= CaState::Recovery
    }
    pub(crate) fn note_sent(&mut self, _segments: u32) {}
}

impl Connection {
    /// A retransmission timeout: everything outstanding counts as lost, the window falls to one segment
    /// (RFC 5681 §3.1 equation 4).
    pub(crate) fn enter_loss<R: Recorder>(&mut self, r: &mut R) {
        if self.rec.state < CaState::Loss || self.snd.una.ge(self.rec.high) {
            self.win.ssthresh = self.cc.get_mut().ssthresh(&self.win);
        }
        self.rec.state = CaState::Loss;
        self.rec.high = self.snd.nxt;
        for i in 0..self.rtx.q.len() {
            if !self.rtx.q[i].has(mark::SACKED) {
                self.rtx.remark(i, mark::LOST, mark::RETRANS);
            }
        }
        self.win.cwnd = self.rtx.in_flight() + 1;
        self.win.restart_count();
        rule!(r, rules::CWND_TIMEOUT, Act, self.win.cwnd, self.win.ssthresh);
    }

    /// Sends again what is lost, as far as the congestion window allows.
    pub(crate) fn retransmit_lost<R: Recorder>(&mut self, now: Instant, r: &mut R) {
        for i in 0..self.rtx.q.len() {
            if self.rtx.in_flight() >= self.win.cwnd {
                return;
            }
            let s = self.rtx.q[i];
            if s.has(mark::LOST) && !s.has(mark::RETRANS) && !self.retransmit(now, i, r) {
                return;
            }
        }
    }

    /// Sends entry `i` of the retransmission queue again. False: the window does not allow it.
    pub(crate) fn retransmit<R: Recorder>(&mut self, now: Instant, i: usize, r: &mut R) -> bool {
        let s = self.rtx.q[i];
        let edge = self.snd_edge();
        let syn = s.flags.has(Flags::SYN);
        // What the window once took may be sent again (SHLD-16), but nothing past its edge except the first
        // octet's segment, which doubles as a probe.
        if !syn && s.seq != self.snd.una && s.seq.ge(edge) {
            return false;
        }
        let mss = self.current_mss();
        if s.data_len() > mss {
            self.rtx.split(i, mss);
        }
        let delivered = self.delivered;
        let s = &mut self.rtx.q[i];
        s.resent = s.resent.saturating_add(1);
        s.at = now;
        s.delivered = delivered;
        let (seq, data, flags, resent) = (s.seq, s.data_len(), s.flags, s.resent);
        self.rtx.remark(i, mark::RETRANS | mark::EVER, 0);
        if self.retrans_since.is_none() {
            self.retrans_since = Some(now);
        }
        let ack = if self.state == crate::State::SynSent { Flags::NONE } else { Flags::ACK };
        if ack != Flags::NONE {
            self.ack_paid();
        }
        self.emit(seq, data, flags | ack, resent);
        self.count(if syn { "TCPSynRetrans" } else { "RetransSegs" });
        rule!(r, rules::RETRANSMIT, Act, seq, data, resent);
        true
    }

    /// After an ACK: leave a state whose data is acknowledged.
    pub(crate) fn leave_states(&mut self) {
        if self.rec.state != CaState::Open && self.snd.una.ge(self.rec.high) {
            self.rec.state = CaState::Open;
        }
    }

    /// Arms the tail loss probe; false where there is none to arm.
    pub(crate) fn schedule_loss_probe<R: Recorder>(&mut self, _now: Instant, _adv: bool, _r: &mut R) -> bool {
        false
    }

    /// The tail loss probe timer fires.
    pub(crate) fn loss_probe_fires<R: Recorder>(&mut self, now: Instant, r: &mut R) {
        self.rearm_rto(now, r);
    }

    /// The reordering window is over.
    pub(crate) fn reorder_fires<R: Recorder>(&mut self, now: Instant, r: &mut R) {
        self.rearm_rto(now, r);
    }
}
