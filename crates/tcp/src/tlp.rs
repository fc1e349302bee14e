//! Tail loss probe: when the last segments of a burst are lost, nothing would tell but the timer (RFC 8985 §7).

use crate::acked::Delta;
use crate::rack::TIMEOUT_MIN;
use crate::rule::Tape;
use crate::time::{Duration, Instant};
use crate::transmit::Push;
use crate::{CaState, Connection, TimerKind, rule, rules};
use wire::Seq;

impl Connection {
    /// Arms the probe timer in place of the retransmission timer (§7.2); false where a probe has no use.
    pub(crate) fn schedule_loss_probe(&mut self, now: Instant, fresh: bool, r: &mut Tape) -> bool {
        if self.is_unproven()
            || !self.cfg.tlp
            || self.sack.is_none()
            || !matches!(self.rec.state, CaState::Open | CaState::Cwr)
        {
            return false;
        }
        let Some(head) = self.rtx.head() else { return false };
        let rto = self.rtt.rto(&self.cfg);
        let mut wait = match self.rtt.srtt() {
            // One segment alone may meet a delayed ACK.
            Some(srtt) if self.rtx.out() == 1 => Duration(srtt.0 * 2) + self.cfg.rto_min,
            Some(srtt) => Duration(srtt.0 * 2) + TIMEOUT_MIN,
            None => self.cfg.rto_initial,
        };
        let to_rto = if fresh { rto } else { (head.at + rto).since(now) };
        if to_rto.0 > 0 {
            wait = wait.min(to_rto);
        }
        rule!(r, rules::TLP_ARMED, Act, wait);
        self.arm_send_timer(TimerKind::TailLossProbe, now, now + wait);
        true
    }

    /// The probe timer fires: new data if there is any, else the last segment again (§7.3).
    pub(crate) fn loss_probe_fires(&mut self, now: Instant, r: &mut Tape) {
        if self.rec.tlp_high.is_none() && self.send_loss_probe(now, r) {
            self.rec.tlp_high = Some(self.snd.nxt);
            self.count("TCPLossProbes");
            self.rearm_rto(now, r);
            return;
        }
        self.rearm_rto_from_head(now, r);
    }

    fn send_loss_probe(&mut self, now: Instant, r: &mut Tape) -> bool {
        self.rec.tlp_retrans = false;
        let first = self.tx.unsent().min(self.current_mss());
        if first > 0 && (self.snd.nxt + first).le(self.snd_edge()) {
            rule!(r, rules::TLP_SENT, Act, self.snd.nxt, "new");
            return self.push_pending(now, Push::Probe, r);
        }
        let Some(last) = self.rtx.q.len().checked_sub(1) else { return false };
        rule!(r, rules::TLP_SENT, Act, self.rtx.q[last].seq, "again");
        if last > 0 {
            self.rtx.cut_behind(last - 1);
        }
        if !self.send_again(now, last, r) {
            return false;
        }
        self.rec.tlp_retrans = true;
        true
    }

    /// What the ACK says of the probe (§7.4).
    pub(crate) fn take_probe_ack(&mut self, ack: Seq, d: &Delta, r: &mut Tape) {
        let Some(high) = self.rec.tlp_high else { return };
        if ack.lt(high) {
            return;
        }
        if !self.rec.tlp_retrans || d.dsack_tlp {
            self.rec.tlp_high = None;
        } else if ack.gt(high) {
            // Only one copy arrived: the other was lost, and that is a signal like any other.
            rule!(r, rules::TLP_REPAIRED, Act, ack, high);
            self.begin_reduction();
            self.rec.state = CaState::Cwr;
            self.end_reduction();
            self.keep_open();
            self.count("TCPLossProbeRecovery");
        } else if !d.advanced && !d.not_dup() && !d.data_sacked {
            self.rec.tlp_high = None;
        }
    }
}
