//! What an acceptable ACK does: window, retransmission queue, round-trip time, recovery, congestion window.

use crate::congestion::Acked;
use crate::profile::Letter;
use crate::rate::RateSample;
use crate::recovery::{CaState, Resend};
use crate::rtx_queue::{Sent, mark};
use crate::rule::Tape;
use crate::stats::Limit;
use crate::time::Instant;
use crate::transmit::Push;
use crate::{Connection, Segment, TimerKind, rule, rules};
use wire::Seq;
use wire::tcp::Flags;

/// What one ACK brought.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Delta {
    /// Segments newly acknowledged, cumulatively or selectively.
    pub(crate) delivered: u32,
    /// Of these, cumulatively.
    pub(crate) acked: u32,
    /// SND.UNA moved.
    pub(crate) advanced: bool,
    /// It carries data, or moves the window.
    pub(crate) data: bool,
    pub(crate) window: bool,
    /// A SACK block was news.
    pub(crate) data_sacked: bool,
    /// A duplicate was reported; it was that of a tail loss probe.
    pub(crate) dsacking: bool,
    pub(crate) dsack_tlp: bool,
    /// Of what was acknowledged, something had been sent again.
    pub(crate) retransmitted: bool,
    /// Something below the recovery point that was sent once is acknowledged.
    pub(crate) original_acked: bool,
    /// A copy was found lost.
    pub(crate) lost_retransmission: bool,
    /// ECN echo.
    pub(crate) ece: bool,
    /// The probe or retransmission timer starts anew.
    pub(crate) set_timer: bool,
    /// When the first and last segment newly acknowledged were sent (those sent once).
    pub(crate) first_ack: Option<Instant>,
    pub(crate) last_ack: Option<Instant>,
    pub(crate) first_sack: Option<Instant>,
    pub(crate) last_sack: Option<Instant>,
    /// Least sequence number acknowledged of those sent once.
    reord: Option<Seq>,
    /// Segments delivered when the newest of these was sent.
    pub(crate) prior_delivered: Option<u32>,
    /// What the newest segment delivered knew of the rate.
    pub(crate) rate: Option<RateSample>,
}

impl Delta {
    /// The ACK cannot be a duplicate in the sense of RFC 5681 §2.
    pub(crate) fn not_dup(&self) -> bool {
        self.data || self.window || self.acked > 0
    }
}

impl Connection {
    /// Our SYN is acknowledged: it leaves the retransmission queue and gives the first round trip.
    pub(crate) fn syn_acknowledged(&mut self, now: Instant, seg: &Segment, r: &mut Tape) {
        let mut d = Delta::default();
        // With Fast Open the SYN's data may be acknowledged along with it.
        self.clean_queue(now, seg.header.ack, &mut d);
        self.rec.timeouts = 0;
        self.rtt.backoff = 0;
        self.retrans_since = None;
        self.timers.clear(TimerKind::Retransmit);
        self.sample_rtt(now, seg, &d, false, r);
        // RFC 5681 §3.1: a SYN lost more than once means caution.
        if d.retransmitted && self.rec.syn_losses > 1 {
            self.win.cwnd = 1;
        }
        if !self.rtx.is_empty() {
            self.rearm_rto(now, r);
        }
        self.win.stamp = now;
        self.opened = now;
        self.rec.high = self.snd.nxt;
        self.begin_mtu_search(now);
        self.snd.last = now;
    }

    /// SND.UNA ≤ SEG.ACK ≤ SND.NXT in a synchronized state (tcp_ack).
    pub(crate) fn process_ack(&mut self, now: Instant, seg: &Segment, r: &mut Tape) {
        let ack = seg.header.ack;
        let (prior_una, prior_out) = (self.snd.una, self.rtx.out());
        let fack = self.highest_sacked();
        let prior_lost = self.stats.lost;
        let mut d = Delta { data: carries_data(seg), advanced: ack.gt(prior_una), ..Delta::default() };
        if d.advanced {
            self.rec.timeouts = 0;
        }
        self.rec.echo = seg.header.options.timestamps.filter(|_| self.ts.is_some()).map(|t| t.ecr);
        self.stats.last_ack_rcv = now;
        self.update_window(now, seg, &mut d, r);
        self.ecn_echo_arrives(seg, &mut d);
        self.take_sack_blocks(now, seg, prior_una, &mut d, r);
        self.probes = 0;
        if prior_out == 0 {
            if d.dsacking {
                self.alert(now, prior_una, false, &mut d, r);
            }
            self.take_probe_ack(ack, &d, r);
            return self.nothing_outstanding(now, r);
        }
        let sacked_before = self.rtx.sacked();
        self.clean_queue(now, ack, &mut d);
        if d.advanced {
            rule!(r, rules::ACK_ADVANCES, Act, prior_una, ack, self.rtx.out());
            self.note_probe_arrived(now, r);
        }
        let delayed = d.acked == 1 && d.delivered == 1 && sacked_before == 0 && !d.data_sacked && !d.dsacking;
        let measured = self.sample_rtt(now, seg, &d, delayed, r);
        self.after_clean(now, fack, measured, &mut d, r);
        self.update_reordering_window(&d);
        self.take_probe_ack(ack, &d, r);
        let resend = self.alert_if_dubious(now, prior_una, &mut d, r);
        if d.set_timer && !self.schedule_loss_probe(now, true, r) {
            self.rearm_rto(now, r);
        }
        self.measure_rate(now, &d);
        self.adjust_cwnd(now, &d, self.stats.lost - prior_lost, r);
        self.resend(now, resend, r);
        if self.rtx.is_empty() {
            self.nothing_outstanding(now, r);
        }
    }

    fn alert_if_dubious(&mut self, now: Instant, prior_una: Seq, d: &mut Delta, r: &mut Tape) -> Resend {
        let dubious = !d.not_dup() || d.data_sacked || d.ece || d.dsacking || self.rec.state != CaState::Open;
        if !dubious {
            return Resend::Nothing;
        }
        let dupack = !d.advanced && !d.not_dup() && !d.dsacking;
        if dupack {
            rule!(r, rules::ACK_DUPLICATE, Pass, self.snd.una);
        }
        self.alert(now, prior_una, dupack, d, r)
    }

    /// SEG.ACK < SND.UNA: nothing for the queue, but its SACK blocks may be news.
    pub(crate) fn old_ack(&mut self, now: Instant, seg: &Segment, r: &mut Tape) {
        if seg.header.options.sack.len == 0 {
            return;
        }
        let mut d = Delta { data: carries_data(seg), ..Delta::default() };
        let una = self.snd.una;
        self.take_sack_blocks(now, seg, una, &mut d, r);
        let resend = self.alert(now, una, false, &mut d, r);
        self.resend(now, resend, r);
    }

    fn resend(&mut self, now: Instant, what: Resend, r: &mut Tape) {
        match what {
            Resend::Nothing => return,
            Resend::Lost => {}
            Resend::New => {
                self.push_pending(now, Push::Now, r);
                if self.snd.nxt.gt(self.rec.high) {
                    return;
                }
                self.rec.frto = false;
            }
        }
        self.retransmit_lost(now, r);
    }

    /// SND.WND, SND.WL1, SND.WL2: an old segment must not set the window back.
    fn update_window(&mut self, now: Instant, seg: &Segment, d: &mut Delta, r: &mut Tape) {
        let h = &seg.header;
        let wnd = u32::from(h.window) << self.snd.wscale;
        let newer = self.snd.wl1.lt(h.seq) || (self.snd.wl1 == h.seq && self.snd.wl2.le(h.ack));
        // RFC 5681 §2: a duplicate ACK leaves the window as it was.
        d.window = d.advanced || self.snd.wl1.lt(h.seq) || (newer && (wnd > self.snd.wnd || wnd == 0));
        let believed = newer && (d.window || self.cfg.shrunk_window == Letter::Rfc);
        if !believed {
            rule!(r, rules::WINDOW_OLD, Pass, h.seq, self.snd.wl1);
            return;
        }
        if wnd != self.snd.wnd {
            rule!(r, rules::WINDOW_UPDATED, Act, self.snd.wnd, wnd, h.window, self.snd.wscale);
        }
        self.snd.wl1 = h.seq;
        self.snd.wl2 = h.ack;
        let changed = self.snd.wnd != wnd;
        self.snd.wnd = wnd;
        self.snd.max_wnd = self.snd.max_wnd.max(wnd);
        if changed && self.tx.unsent() > 0 {
            // What a closed window kept back begins anew, as after idling.
            self.restart_after_idle(now, r);
        }
        self.end_probing(now, r);
    }

    /// Takes off the retransmission queue what `ack` covers.
    fn clean_queue(&mut self, now: Instant, ack: Seq, d: &mut Delta) {
        while let Some(s) = self.rtx.pop_acked(ack) {
            d.acked += 1;
            self.note_acked(now, &s, d);
        }
        if self.rtx.head().is_some_and(|s| s.seq.lt(ack)) {
            self.rtx.trim_head(ack);
        }
        if ack.gt(self.snd.una) {
            d.advanced = true;
            self.snd.una = ack;
            self.tx.acked(ack);
            if self.snd.up.is_some_and(|up| up.le(ack)) {
                self.snd.up = None;
            }
        }
        if d.acked > 0 && self.sack.is_none() {
            self.settle_dup_acks(d);
        }
    }

    fn note_acked(&mut self, now: Instant, s: &Sent, d: &mut Delta) {
        if s.has(mark::EVER) {
            d.retransmitted = true;
        } else if !s.has(mark::SACKED) {
            d.first_ack.get_or_insert(s.at);
            d.last_ack = Some(s.at);
            d.reord = Some(d.reord.map_or(s.seq, |x| x.min(s.seq)));
            if s.end().le(self.rec.high) {
                d.original_acked = true;
            }
        }
        if s.has(mark::SACKED) {
            return;
        }
        if self.sack.is_some() || s.flags.has(Flags::SYN) {
            self.note_delivered(s, d);
            if !s.flags.has(Flags::SYN) && !self.sent_again_in_vain(s) {
                self.rack_advance(now, s);
            }
        }
    }

    /// Without SACK, one acknowledged segment filled a hole and the others were counted as duplicates before.
    fn settle_dup_acks(&mut self, d: &mut Delta) {
        let dups = self.rtx.dup_acks();
        let fresh = d.acked.saturating_sub(dups).max(1);
        if !self.in_handshake() {
            d.delivered += fresh;
            self.delivered = self.delivered.wrapping_add(fresh);
        }
        let left = dups.saturating_sub(d.acked - 1);
        self.limit_dup_acks(left, d.acked);
        // Whether the copy or the first was acknowledged cannot be known.
        if d.retransmitted {
            d.original_acked = false;
        }
    }

    /// What follows from what left the queue.
    fn after_clean(&mut self, now: Instant, fack: Seq, measured: bool, d: &mut Delta, r: &mut Tape) {
        if d.acked > 0 {
            d.set_timer = true;
            // A hole that was never sent again got filled: the path reorders.
            if let Some(low) = d.reord.filter(|low| self.sack.is_some() && low.lt(fack)) {
                self.note_reordering(low, r);
            }
        } else if let (true, Some(first), Some(head)) = (measured, d.first_sack, self.rtx.head()) {
            // What was sent after the head was last sent has arrived: the timer must not run away with each SACK.
            d.set_timer = now.since(first) > now.since(head.at);
        }
    }

    /// RFC 6298 §3, RFC 7323 §4. Whether there was anything to measure.
    fn sample_rtt(&mut self, now: Instant, seg: &Segment, d: &Delta, delayed: bool, r: &mut Tape) -> bool {
        // Karn: what was sent twice tells nothing (MUST-18), unless a timestamp tells which copy it was.
        let cumulative = d.first_ack.filter(|_| !d.retransmitted);
        let (first, last) = match (cumulative.or(d.first_sack), d.last_sack.or(d.last_ack)) {
            (Some(first), Some(last)) => (now.since(first), now.since(last)),
            _ => match self.rtt_from_echo(now, &seg.header).filter(|_| d.acked > 0) {
                Some(rtt) => (rtt, rtt),
                None => return false,
            },
        };
        self.rtt.sample(&self.cfg, first, self.snd.una, self.snd.nxt);
        self.rtt.backoff = 0;
        if !delayed || self.rtt.min().is_none_or(|min| last < min) {
            self.rtt.sample_min(now, last);
        }
        let a = self.acked_by(now, d);
        self.cc.get_mut().rtt_sample(&mut self.win, a, last);
        let (srtt, var) = (self.rtt.srtt().unwrap_or_default(), self.rtt.rttvar().unwrap_or_default());
        rule!(r, rules::RTT_SAMPLE, Act, first, srtt, var, self.rtt.base_rto(&self.cfg));
        true
    }

    pub(crate) fn acked_by(&self, now: Instant, d: &Delta) -> Acked {
        Acked { now, segments: d.delivered, snd_una: self.snd.una, snd_nxt: self.snd.nxt }
    }

    /// Shrinks the window while a reduction runs, else lets it grow if the ACK earns it (tcp_cong_control).
    fn adjust_cwnd(&mut self, now: Instant, d: &Delta, newly_lost: u32, r: &mut Tape) {
        if self.rec.reducing() {
            let was = self.win.cwnd;
            self.reduce_cwnd(d.delivered, newly_lost, d.advanced);
            if self.win.cwnd != was {
                rule!(r, rules::CWND_PRR, Act, was, self.win.cwnd, self.win.ssthresh, self.rec.prr_delivered);
            }
            return;
        }
        // Where the path reorders, progress in SACK blocks counts too.
        let reorders = self.rec.reordering > u32::from(self.cfg.dup_thresh);
        let progress = d.acked > 0 || (reorders && d.data_sacked);
        if progress && d.delivered > 0 {
            self.grow_window(now, d, r);
        }
    }

    /// RFC 5681 §3.1: slow start and congestion avoidance, while the window is in use.
    fn grow_window(&mut self, now: Instant, d: &Delta, r: &mut Tape) {
        if !self.win.is_limited() {
            rule!(r, rules::CWND_UNUSED, Pass, self.win.cwnd, self.win.max_out);
            return;
        }
        let was = self.win.cwnd;
        let slow = self.win.in_slow_start();
        let a = self.acked_by(now, d);
        self.cc.get_mut().grow(&mut self.win, a);
        self.win.stamp = now;
        if slow {
            rule!(r, rules::CWND_SLOW_START, Act, was, self.win.cwnd, self.win.ssthresh);
        } else {
            rule!(r, rules::CWND_AVOIDANCE, Act, was, self.win.cwnd, self.win.ssthresh);
        }
    }

    /// Nothing is outstanding: the retransmission timer stops (RFC 6298 §5.2), and a closed window is probed.
    fn nothing_outstanding(&mut self, now: Instant, r: &mut Tape) {
        let waiting = self.tx.unsent() > 0 || self.fin_queued && !self.fin_sent();
        if !waiting {
            return self.nothing_to_send(now);
        }
        self.stop_sending_timers();
        let first = self.tx.unsent().min(self.current_mss());
        if (self.snd.nxt + first).le(self.snd_edge()) {
            self.stop_persist();
        } else {
            let again = self.timers.is_set(TimerKind::Persist);
            self.timers.clear(TimerKind::Persist);
            self.arm_persist(now, again, r);
        }
    }

    /// The same, and nothing waits to be sent.
    #[inline]
    pub(crate) fn nothing_to_send(&mut self, now: Instant) {
        self.stop_sending_timers();
        self.stop_persist();
        self.chrono(now, Limit::Idle);
    }

    #[inline]
    fn stop_sending_timers(&mut self) {
        for k in [TimerKind::Retransmit, TimerKind::TailLossProbe, TimerKind::RackReorder] {
            self.timers.clear(k);
        }
    }
}

/// The segment carries something that needs an answer: it is no pure ACK.
fn carries_data(seg: &Segment) -> bool {
    !seg.payload.is_empty() || seg.header.flags.any(Flags::SYN | Flags::FIN)
}
