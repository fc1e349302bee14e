//! Loss recovery: the state that RFC 5681 and Linux give to a sender, and what each ACK does to it.

use crate::acked::Delta;
use crate::profile::Config;
use crate::rack::Rack;
use crate::rtx_queue::mark;
use crate::rule::Tape;
use crate::scoreboard::MAX_REORDERING;
use crate::time::Instant;
use crate::{Connection, rule, rules};
use wire::Seq;

/// What a sender believes of the path (Linux icsk_ca_state).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CaState {
    /// Nothing suspicious.
    Open,
    /// Duplicate ACKs or SACK blocks: reordering or loss.
    Disorder,
    /// The window shrinks by ECN or after a tail loss probe.
    Cwr,
    /// Fast recovery (RFC 5681 §3.2, RFC 6675).
    Recovery,
    /// After a retransmission timeout.
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

/// What an ACK calls for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Resend {
    Nothing,
    /// What is lost.
    Lost,
    /// New data first, to find out whether the timeout was spurious (RFC 5682 §2.1 step 2b).
    New,
}

/// The variables of recovery.
#[derive(Clone, Debug)]
pub(crate) struct Recovery {
    pub(crate) state: CaState,
    /// SND.NXT when this state began: it ends when that is acknowledged (RecoveryPoint, RFC 6675 §2).
    pub(crate) high: Seq,
    /// Timeouts in a row (icsk_retransmits).
    pub(crate) timeouts: u8,
    /// Times the SYN or SYN-ACK was sent again.
    pub(crate) syn_losses: u8,
    /// A final ACK was passed over: data is waited for (linux `inet_rsk(req)->acked`).
    pub(crate) deferred: bool,
    /// Window and threshold before the reduction.
    pub(crate) prior_cwnd: u32,
    pub(crate) prior_ssthresh: Option<u32>,
    /// Where the reduction began that may yet be undone.
    pub(crate) undo_marker: Option<Seq>,
    /// Copies sent since, less duplicates reported; −1: none yet.
    pub(crate) undo_retrans: i32,
    /// Duplicates that the peer ever reported, segments.
    pub(crate) dsack_dups: u32,
    /// Timestamp echoed by the ACK in hand.
    pub(crate) echo: Option<u32>,
    /// Segments delivered and sent since recovery began (RFC 6937 §3).
    pub(crate) prr_delivered: u32,
    pub(crate) prr_out: u32,
    /// Greatest distance, in segments, at which the path was seen to reorder; and how often.
    pub(crate) reordering: u32,
    pub(crate) reord_seen: u32,
    pub(crate) rack: Rack,
    /// SND.NXT after a tail loss probe, while its ACK is awaited, and whether it was a copy.
    pub(crate) tlp_high: Option<Seq>,
    pub(crate) tlp_retrans: bool,
    /// F-RTO is finding out whether the timeout was spurious.
    pub(crate) frto: bool,
}

impl Recovery {
    pub(crate) fn new(c: &Config, iss: Seq) -> Recovery {
        Recovery {
            state: CaState::Open,
            high: iss,
            timeouts: 0,
            syn_losses: 0,
            deferred: false,
            prior_cwnd: 0,
            prior_ssthresh: None,
            undo_marker: None,
            undo_retrans: 0,
            dsack_dups: 0,
            echo: None,
            prr_delivered: 0,
            prr_out: 0,
            reordering: u32::from(c.dup_thresh),
            reord_seen: 0,
            rack: Rack::new(iss),
            tlp_high: None,
            tlp_retrans: false,
            frto: false,
        }
    }
    pub(crate) fn in_recovery(&self) -> bool {
        self.state >= CaState::Recovery
    }
    /// The window is being reduced in proportion to what is delivered.
    pub(crate) fn reducing(&self) -> bool {
        matches!(self.state, CaState::Cwr | CaState::Recovery)
    }
    pub(crate) fn note_sent(&mut self, segments: u32) {
        if self.reducing() {
            self.prr_out += segments;
        }
    }
}

impl Connection {
    /// An ACK that is a duplicate, or reports something, or finds the state not Open (tcp_fastretrans_alert).
    pub(crate) fn alert(
        &mut self,
        now: Instant,
        prior_una: Seq,
        dupack: bool,
        d: &mut Delta,
        r: &mut Tape,
    ) -> Resend {
        if d.ece {
            // The network said so itself: nothing to undo.
            self.rec.prior_ssthresh = None;
        }
        if self.reneged(now, d, r) {
            return Resend::Nothing;
        }
        if self.rec.state == CaState::Open {
            self.retrans_since = None;
        } else if self.snd.una.ge(self.rec.high) && self.state_is_over(r) {
            return Resend::Nothing;
        }
        match self.rec.state {
            CaState::Recovery => self.in_recovery_ack(now, prior_una, dupack, d, r),
            CaState::Loss => {
                let resend = self.in_loss_ack(dupack, d, r);
                self.identify_losses(now, d, r);
                if self.rec.state == CaState::Open || d.lost_retransmission {
                    return self.disorder_ack(now, dupack, d, r);
                }
                resend
            }
            _ => self.disorder_ack(now, dupack, d, r),
        }
    }

    /// CWR and Recovery end when their data is acknowledged. True: nothing more to do for this ACK.
    fn state_is_over(&mut self, r: &mut Tape) -> bool {
        match self.rec.state {
            // The CWR bit must reach the receiver: something above the mark must be acknowledged.
            CaState::Cwr if self.snd.una != self.rec.high => {
                self.end_reduction();
                self.rec.state = CaState::Open;
            }
            CaState::Recovery => {
                if self.sack.is_none() {
                    self.rtx.set_dup_acks(0);
                }
                if self.leave_recovery(r) {
                    return true;
                }
                self.end_reduction();
            }
            _ => {}
        }
        false
    }

    fn in_recovery_ack(
        &mut self,
        now: Instant,
        prior_una: Seq,
        dupack: bool,
        d: &mut Delta,
        r: &mut Tape,
    ) -> Resend {
        if !d.advanced {
            if self.sack.is_none() && dupack {
                self.add_dup_ack(d);
            }
        } else if self.undo_partial(prior_una, r) {
            return Resend::Nothing;
        }
        if self.undo_by_dsack(r) {
            self.try_open(d, r);
        }
        self.identify_losses(now, d, r);
        if self.rec.state != CaState::Recovery {
            // The undo ended the recovery; a loss that is evident begins the next.
            if self.rtx.lost() == 0 {
                return Resend::Nothing;
            }
            self.enter_recovery(d.ece, r);
        }
        Resend::Lost
    }

    fn disorder_ack(&mut self, now: Instant, dupack: bool, d: &mut Delta, r: &mut Tape) -> Resend {
        if self.sack.is_none() {
            if d.advanced {
                self.rtx.set_dup_acks(0);
            }
            if dupack {
                self.add_dup_ack(d);
            }
        }
        if self.rec.state <= CaState::Disorder {
            self.undo_by_dsack(r);
        }
        self.identify_losses(now, d, r);
        if self.rtx.lost() == 0 {
            self.try_open(d, r);
            return Resend::Nothing;
        }
        if self.rec.state < CaState::Cwr && self.probe_is_lost(now, r) {
            return Resend::Nothing;
        }
        self.enter_recovery(d.ece, r);
        Resend::Lost
    }

    /// A duplicate ACK without SACK: some segment, we don't know which, left the network (RFC 5681 §3.2).
    pub(crate) fn add_dup_ack(&mut self, d: &mut Delta) {
        let n = self.rtx.dup_acks();
        self.limit_dup_acks(n + 1, 0);
        let fresh = self.rtx.dup_acks().saturating_sub(n);
        d.delivered += fresh;
        self.delivered = self.delivered.wrapping_add(fresh);
    }

    /// Without SACK, `n` duplicates are counted now, `acked` segments having been acknowledged. More of them than segments that
    /// could cause them: the path reorders or repeats (linux `tcp_check_reno_reordering`).
    pub(crate) fn limit_dup_acks(&mut self, n: u32, acked: u32) {
        let out = self.rtx.out();
        let room = out - self.rtx.lost().max(1).min(out);
        if n > room {
            self.rec.reordering = (out + acked).min(MAX_REORDERING);
            self.rec.reord_seen += 1;
            self.count("TCPRenoReorder");
        }
        self.rtx.set_dup_acks(n.min(room));
    }

    /// Marks what is lost by now.
    fn identify_losses(&mut self, now: Instant, d: &mut Delta, r: &mut Tape) {
        if self.rtx.is_empty() {
            return;
        }
        if self.sack.is_none() {
            return self.newreno_mark_lost(d, r);
        }
        if !self.cfg.rack {
            return self.rfc6675_mark_lost(r);
        }
        let retrans = self.rtx.retrans();
        if self.rack_mark_lost(now, r) {
            d.set_timer = false;
        }
        if self.rtx.retrans() < retrans {
            d.lost_retransmission = true;
        }
    }

    /// RFC 6582: the third duplicate condemns the first segment, a partial ACK the next.
    fn newreno_mark_lost(&mut self, d: &Delta, r: &mut Tape) {
        let third = self.rec.state < CaState::Recovery && self.rtx.dup_acks() >= self.rec.reordering;
        let partial = self.rec.state == CaState::Recovery && d.advanced;
        if (third || partial) && !self.rtx.q[0].has(mark::LOST) {
            rule!(r, rules::DUPACKS_LOST, Act, self.rtx.q[0].seq, self.rtx.dup_acks(), self.rec.reordering);
            self.mark_lost(0);
        }
    }

    /// IsLost of RFC 6675 §4: DupThresh segments above it have arrived.
    fn rfc6675_mark_lost(&mut self, r: &mut Tape) {
        let mut above = 0;
        for i in (0..self.rtx.q.len()).rev() {
            let s = self.rtx.q[i];
            if s.has(mark::SACKED) {
                above += 1;
            } else if above >= self.rec.reordering && !s.has(mark::LOST) {
                rule!(r, rules::DUPACKS_LOST, Act, s.seq, above, self.rec.reordering);
                self.mark_lost(i);
            }
        }
    }

    /// Deems entry `i` lost; a copy in flight, too.
    pub(crate) fn mark_lost(&mut self, i: usize) {
        let s = self.rtx.q[i];
        if s.has(mark::SACKED) {
            return;
        }
        if !s.has(mark::LOST) {
            self.rtx.remark(i, mark::LOST, 0);
        } else if s.has(mark::RETRANS) {
            self.rtx.remark(i, 0, mark::RETRANS);
            self.count("TCPLostRetransmit");
        } else {
            return;
        }
        self.stats.lost += 1;
    }

    /// Nothing is lost: Open, or Disorder while something is out of order.
    fn try_open(&mut self, d: &Delta, r: &mut Tape) {
        self.forget_retransmission();
        if d.ece {
            self.enter_cwr(r);
        }
        if self.rec.state != CaState::Cwr {
            self.keep_open();
        }
    }

    pub(crate) fn keep_open(&mut self) {
        let out_of_order = self.rtx.sacked() + self.rtx.lost() + self.rtx.retrans() > 0;
        let copies = self.rtx.head().is_some_and(|s| s.has(mark::EVER));
        let to = if out_of_order || copies { CaState::Disorder } else { CaState::Open };
        if self.rec.state != to {
            self.rec.state = to;
            self.rec.high = self.snd.nxt;
        }
    }

    /// Fast recovery begins (RFC 5681 §3.2, RFC 6675 §5).
    pub(crate) fn enter_recovery(&mut self, ece: bool, r: &mut Tape) {
        self.count(if self.sack.is_some() { "TCPSackRecovery" } else { "TCPRenoRecovery" });
        self.retrans_since = None;
        self.rec.prior_ssthresh = None;
        self.begin_undo();
        if !self.rec.reducing() {
            if !ece {
                self.rec.prior_ssthresh = Some(self.win.current_ssthresh());
            }
            self.begin_reduction();
        }
        self.rec.state = CaState::Recovery;
        rule!(r, rules::RECOVERY_BEGINS, Act, self.rec.high, self.win.cwnd, self.win.ssthresh);
    }

    /// The window shrinks without a loss (RFC 3168 §6.1.2).
    pub(crate) fn enter_cwr(&mut self, r: &mut Tape) {
        self.rec.prior_ssthresh = None;
        if self.rec.state < CaState::Cwr {
            self.rec.undo_marker = None;
            self.begin_reduction();
            self.rec.state = CaState::Cwr;
            rule!(r, rules::CWR_BEGINS, Act, self.win.cwnd, self.win.ssthresh);
        }
    }

    pub(crate) fn begin_reduction(&mut self) {
        self.rec.high = self.snd.nxt;
        self.rec.tlp_high = None;
        self.win.restart_count();
        self.rec.prior_cwnd = self.win.cwnd;
        self.rec.prr_delivered = 0;
        self.rec.prr_out = 0;
        self.win.ssthresh = self.cc.get_mut().ssthresh(&self.win);
        self.queue_cwr();
    }

    /// Proportional rate reduction (RFC 6937 §3): for each segment delivered, as many are sent as bring the
    /// window down to the threshold in one round trip.
    pub(crate) fn reduce_cwnd(&mut self, delivered: u32, newly_lost: u32, advanced: bool) {
        if delivered == 0 || self.rec.prior_cwnd == 0 {
            return;
        }
        let in_flight = self.rtx.in_flight();
        let ssthresh = self.win.ssthresh;
        self.rec.prr_delivered += delivered;
        let (sent, got) = (i64::from(self.rec.prr_out), i64::from(self.rec.prr_delivered));
        let send = if in_flight > ssthresh {
            let share = (u64::from(ssthresh) * u64::from(self.rec.prr_delivered))
                .div_ceil(self.rec.prior_cwnd.into());
            share as i64 - sent
        } else {
            // Slow start towards the threshold, where the ACK shows that recovery succeeds.
            let bonus = i64::from(advanced && newly_lost == 0);
            ((got - sent).max(delivered.into()) + bonus).min(i64::from(ssthresh - in_flight))
        };
        // One segment at least goes at once: the fast retransmit.
        let send = send.max(i64::from(sent == 0)).max(0);
        self.win.cwnd = (in_flight + send as u32).max(1);
    }

    pub(crate) fn end_reduction(&mut self) {
        let known = self.win.ssthresh < crate::congestion::INFINITE;
        if known && (self.rec.state == CaState::Cwr || self.rec.undo_marker.is_some()) {
            self.win.cwnd = self.win.ssthresh;
        }
    }
}
