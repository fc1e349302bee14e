//! RACK: a segment is lost when one sent later has arrived and the reordering window is over (RFC 8985 §6).

use crate::acked::Delta;
use crate::rtx_queue::{Sent, mark};
use crate::rule::Tape;
use crate::time::{Duration, Instant};
use crate::{CaState, Connection, TimerKind, rule, rules};
use wire::Seq;

/// Slack of timers (Linux TCP_TIMEOUT_MIN).
pub(crate) const TIMEOUT_MIN: Duration = Duration::from_millis(2);
/// Recoveries for which a widened reordering window lasts (RFC 8985 §6.2 step 4).
const PERSIST: u8 = 16;

/// RACK.* of RFC 8985 §5.3.
#[derive(Clone, Debug)]
pub(crate) struct Rack {
    /// RACK.xmit_ts and RACK.end_seq: the segment sent last of those delivered.
    pub(crate) xmit: Instant,
    sent: Place,
    /// RACK.rtt.
    rtt: Duration,
    /// Something was delivered since losses were last looked for.
    pub(crate) advanced: bool,
    /// RACK.dsack_round, RACK.reo_wnd_mult, RACK.reo_wnd_persist.
    pub(crate) dsack_seen: bool,
    last_delivered: u32,
    steps: u8,
    pub(crate) persist: u8,
}

impl Rack {
    pub(crate) fn new(iss: Seq) -> Rack {
        Rack {
            xmit: Instant::ZERO,
            sent: Place { delivered: 0, end: iss },
            rtt: Duration::ZERO,
            advanced: false,
            dsack_seen: false,
            last_delivered: 0,
            steps: 1,
            persist: 0,
        }
    }
    /// An undo proves reordering: the wider window lasts a little longer.
    pub(crate) fn persist_more(&mut self) {
        self.persist = (self.persist + 1).min(PERSIST);
    }
}

/// What tells segments of one moment apart: what had been delivered when each was sent, then its end. Where time stands still
/// while much happens, a segment that goes again goes after those whose delivery had it go.
#[derive(Clone, Copy, Debug)]
struct Place {
    delivered: u32,
    end: Seq,
}

impl Place {
    fn of(s: &Sent) -> Place {
        Place { delivered: s.delivered, end: s.end() }
    }
    fn is_after(self, other: Place) -> bool {
        match self.delivered.wrapping_sub(other.delivered) as i32 {
            0 => self.end.gt(other.end),
            more => more > 0,
        }
    }
}

/// RACK_sent_after (RFC 8985 §6.2 step 2).
fn sent_after(t1: Instant, s1: Place, t2: Instant, s2: Place) -> bool {
    t1 > t2 || (t1 == t2 && s1.is_after(s2))
}

impl Connection {
    /// `s` was delivered (§6.2 step 2).
    pub(crate) fn rack_advance(&mut self, now: Instant, s: &Sent) {
        let rtt = now.since(s.at);
        // Faster than the path: it must have been an earlier copy.
        if s.has(mark::EVER) && self.rtt.min().is_some_and(|min| rtt < min) {
            return;
        }
        let rack = &mut self.rec.rack;
        rack.advanced = true;
        rack.rtt = rtt;
        if sent_after(s.at, Place::of(s), rack.xmit, rack.sent) {
            rack.xmit = s.at;
            rack.sent = Place::of(s);
        }
    }

    /// RACK.reo_wnd (§6.2 step 4).
    fn reordering_window(&self) -> Duration {
        let rack = &self.rec.rack;
        let enough = self.rec.state >= CaState::Recovery || self.rtx.sacked() >= self.rec.reordering;
        if self.rec.reord_seen == 0 && enough {
            return Duration::ZERO;
        }
        let quarter = self.rtt.min().unwrap_or_default().0 / 4 * u64::from(rack.steps);
        Duration(quarter.min(self.rtt.srtt().unwrap_or_default().0))
    }

    /// §6.2 step 4: duplicates that reordering caused widen the window for a while.
    pub(crate) fn update_reordering_window(&mut self, d: &Delta) {
        let Some(prior) = d.prior_delivered else { return };
        let rack = &mut self.rec.rack;
        if (prior.wrapping_sub(rack.last_delivered) as i32) < 0 {
            rack.dsack_seen = false;
        }
        if rack.dsack_seen {
            rack.steps = rack.steps.saturating_add(1);
            rack.dsack_seen = false;
            rack.last_delivered = self.delivered;
            rack.persist = PERSIST;
        } else if rack.persist == 0 {
            rack.steps = 1;
        }
    }

    /// Time until `s` is deemed lost, in ns; not positive: it is.
    pub(crate) fn rack_remaining(&self, now: Instant, s: &Sent, reo_wnd: Duration) -> i128 {
        let wait = i128::from(self.rec.rack.rtt.0) + i128::from(reo_wnd.0);
        wait - i128::from(now.since(s.at).0)
    }

    /// §6.2 step 5. Returns how long until the next segment may have to be deemed lost.
    fn rack_detect(&mut self, now: Instant, r: &mut Tape) -> Option<Duration> {
        let reo_wnd = self.reordering_window();
        let mut wait: Option<Duration> = None;
        for i in 0..self.rtx.q.len() {
            let s = self.rtx.q[i];
            let waiting = s.has(mark::LOST) && !s.has(mark::RETRANS);
            let rack = &self.rec.rack;
            if s.has(mark::SACKED | mark::CONDEMNED)
                || waiting
                || !sent_after(rack.xmit, rack.sent, s.at, Place::of(&s))
            {
                continue;
            }
            let left = self.rack_remaining(now, &s, reo_wnd);
            if left <= 0 {
                rule!(r, rules::RACK_LOST, Act, s.seq, now.since(s.at), self.rec.rack.rtt, reo_wnd);
                self.mark_lost(i);
                self.rtx.remark(i, mark::CONDEMNED, 0);
            } else {
                let left = Duration(left as u64);
                wait = Some(wait.map_or(left, |w| w.max(left)));
            }
        }
        wait
    }

    /// After an ACK. Whether the reordering timer took the place of the retransmission timer.
    pub(crate) fn rack_mark_lost(&mut self, now: Instant, r: &mut Tape) -> bool {
        if !std::mem::take(&mut self.rec.rack.advanced) {
            return false;
        }
        let Some(wait) = self.rack_detect(now, r) else { return false };
        let at = now + (wait + TIMEOUT_MIN).min(self.rtt.rto(&self.cfg));
        rule!(r, rules::RACK_WAITS, Act, at.since(now));
        self.arm_send_timer(TimerKind::RackReorder, now, at);
        true
    }

    /// The reordering window is over.
    pub(crate) fn reorder_fires(&mut self, now: Instant, r: &mut Tape) {
        let before = self.rtx.in_flight();
        self.rack_detect(now, r);
        if self.rtx.in_flight() != before {
            if self.rec.state != CaState::Recovery {
                self.enter_recovery(false, r);
                self.reduce_cwnd(1, 0, false);
            }
            self.retransmit_lost(now, r);
        }
        if !self.timers.is_set(TimerKind::Retransmit) {
            self.rearm_rto_from_head(now, r);
        }
    }
}
