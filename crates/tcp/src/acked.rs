//! What an acceptable ACK does: window, retransmission queue, round-trip time, congestion window.

use crate::congestion::Acked;
use crate::recovery::CaState;
use crate::rtx_queue::mark;
use crate::rule::Recorder;
use crate::time::{Duration, Instant};
use crate::{Connection, Event, Segment, TimerKind, rule, rules};
use wire::Seq;

/// What one ACK brought.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Delta {
    /// Segments newly acknowledged, cumulatively or selectively.
    pub(crate) delivered: u32,
    /// SND.UNA moved.
    pub(crate) advanced: bool,
    /// Of what was acknowledged, something had been sent again.
    pub(crate) retransmitted: bool,
    /// Round trip of a segment that was sent once.
    pub(crate) rtt: Option<Duration>,
}

impl Connection {
    /// Our SYN is acknowledged: it leaves the retransmission queue and gives the first round trip.
    pub(crate) fn syn_acknowledged<R: Recorder>(&mut self, now: Instant, seg: &Segment, r: &mut R) {
        let d = self.clean_queue(now, self.snd.iss + 1, r);
        self.rec.timeouts = 0;
        self.rtt.backoff = 0;
        self.retrans_since = None;
        self.timers.clear(TimerKind::Retransmit);
        self.sample_rtt(now, seg, &d, r);
        // RFC 6298 §5.7, RFC 5681 §3.1: a SYN lost twice means caution.
        if d.retransmitted && self.rec.syn_losses > 1 {
            self.win.cwnd = 1;
        }
        self.win.stamp = now;
        self.snd.last = now;
    }

    /// SND.UNA ≤ SEG.ACK ≤ SND.NXT in a synchronized state.
    pub(crate) fn process_ack<R: Recorder>(&mut self, now: Instant, seg: &Segment, r: &mut R) {
        let ack = seg.header.ack;
        self.update_window(seg, r);
        let prior_una = self.snd.una;
        let was_limited = self.win.is_limited();
        let d = self.clean_queue(now, ack, r);
        self.probes = 0;
        if !d.advanced {
            rule!(r, rules::ACK_DUPLICATE, Pass, ack);
        }
        self.sample_rtt(now, seg, &d, r);
        if d.advanced {
            rule!(r, rules::ACK_ADVANCES, Act, prior_una, ack, self.rtx.out());
            self.forget_timeouts();
            self.leave_states();
            self.rearm_rto(now, r);
            self.events.push_back(Event::Writable);
        }
        self.grow_window(now, &d, was_limited, r);
        self.retransmit_lost(now, r);
        if self.rtx.is_empty() {
            self.after_all_acked(now, r);
        }
    }

    /// SEG.ACK < SND.UNA: nothing for the queue.
    pub(crate) fn old_ack<R: Recorder>(&mut self, _now: Instant, _seg: &Segment, _r: &mut R) {}

    /// SND.WND, SND.WL1, SND.WL2: an old segment must not set the window back.
    fn update_window<R: Recorder>(&mut self, seg: &Segment, r: &mut R) {
        let h = &seg.header;
        let newer = self.snd.wl1.lt(h.seq) || (self.snd.wl1 == h.seq && self.snd.wl2.le(h.ack));
        if !newer {
            rule!(r, rules::WINDOW_OLD, Pass, h.seq, self.snd.wl1);
            return;
        }
        let wnd = u32::from(h.window) << self.snd.wscale;
        if wnd != self.snd.wnd {
            rule!(r, rules::WINDOW_UPDATED, Act, self.snd.wnd, wnd, h.window, self.snd.wscale);
        }
        self.snd.wl1 = h.seq;
        self.snd.wl2 = h.ack;
        self.snd.wnd = wnd;
        self.snd.max_wnd = self.snd.max_wnd.max(wnd);
    }

    /// Takes off the retransmission queue what `ack` covers.
    fn clean_queue<R: Recorder>(&mut self, now: Instant, ack: Seq, _r: &mut R) -> Delta {
        let mut d = Delta::default();
        let mut latest: Option<Instant> = None;
        while let Some(s) = self.rtx.pop_acked(ack) {
            if s.has(mark::EVER) {
                d.retransmitted = true;
            } else if !s.has(mark::SACKED) {
                latest = Some(s.at);
            }
            if !s.has(mark::SACKED) {
                d.delivered += 1;
            }
        }
        self.rtx.trim_head(ack);
        if ack.gt(self.snd.una) {
            d.advanced = true;
            self.snd.una = ack;
            self.tx.acked(ack);
            if self.snd.up.is_some_and(|up| up.le(ack)) {
                self.snd.up = None;
            }
        }
        self.delivered = self.delivered.wrapping_add(d.delivered);
        // Karn: a segment that was sent twice tells nothing (MUST-18).
        d.rtt = latest.filter(|_| !d.retransmitted).map(|t| now.since(t));
        d
    }

    /// RFC 6298 §3, RFC 7323 §4.
    fn sample_rtt<R: Recorder>(&mut self, now: Instant, seg: &Segment, d: &Delta, r: &mut R) {
        let rtt = match d.rtt {
            Some(rtt) => rtt,
            None if d.advanced => match self.rtt_from_echo(now, seg) {
                Some(rtt) => rtt,
                None => return,
            },
            None => return,
        };
        self.rtt.sample(&self.cfg, rtt, self.snd.una, self.snd.nxt);
        self.rtt.sample_min(now, rtt);
        let a = self.acked_by(now, d);
        self.cc.get_mut().rtt_sample(&mut self.win, a, rtt);
        let (srtt, var) = (self.rtt.srtt().unwrap_or_default(), self.rtt.rttvar().unwrap_or_default());
        rule!(r, rules::RTT_SAMPLE, Act, rtt, srtt, var, self.rtt.base_rto(&self.cfg));
    }

    pub(crate) fn acked_by(&self, now: Instant, d: &Delta) -> Acked {
        Acked { now, segments: d.delivered, snd_una: self.snd.una, snd_nxt: self.snd.nxt }
    }

    /// RFC 5681 §3.1: slow start and congestion avoidance, while the window is in use.
    fn grow_window<R: Recorder>(&mut self, now: Instant, d: &Delta, was_limited: bool, r: &mut R) {
        let may = matches!(self.rec.state, CaState::Open | CaState::Disorder | CaState::Loss);
        if d.delivered == 0 || !may || !d.advanced {
            return;
        }
        if !was_limited && !self.win.is_limited() {
            rule!(r, rules::CWND_UNUSED, Pass, self.win.cwnd, self.win.max_out);
            return;
        }
        let was = self.win.cwnd;
        let slow = self.win.in_slow_start();
        let a = self.acked_by(now, d);
        self.cc.get_mut().grow(&mut self.win, a);
        if slow {
            rule!(r, rules::CWND_SLOW_START, Act, was, self.win.cwnd, self.win.ssthresh);
        } else {
            rule!(r, rules::CWND_AVOIDANCE, Act, was, self.win.cwnd, self.win.ssthresh);
        }
    }

    /// Nothing is outstanding: the retransmission timer stops (RFC 6298 §5.2), and a closed window is probed.
    fn after_all_acked<R: Recorder>(&mut self, now: Instant, r: &mut R) {
        for k in [TimerKind::Retransmit, TimerKind::TailLossProbe, TimerKind::RackReorder] {
            self.timers.clear(k);
        }
        let waiting = self.tx.unsent() > 0 || self.fin_queued && !self.fin_sent();
        let first = self.tx.unsent().min(self.current_mss());
        if !waiting || (self.snd.nxt + first).le(self.snd_edge()) {
            self.stop_persist();
        } else {
            self.timers.clear(TimerKind::Persist);
            self.arm_persist(now, r);
        }
    }
}
