//! CUBIC (RFC 9438), in integers so that every machine computes the same, with HyStart (Ha and Rhee, 2011)
//! as Linux has it.

use super::{Acked, CongestionControl, Window};
use crate::time::{Duration, Instant};
use wire::Seq;

/// β = 717/1024 (RFC 9438 §4.6: 0.7).
const BETA: u32 = 717;
const BETA_ONE: u32 = 1024;
/// Segments below which HyStart stays silent.
const HYSTART_LOW_WINDOW: u32 = 16;
/// RTT samples at the beginning of a round.
const HYSTART_SAMPLES: u8 = 8;
/// ACKs closer than this belong to one train.
const HYSTART_ACK_DELTA: Duration = Duration::from_millis(2);
/// HyStart: an ACK train as long as half the least RTT.
const ACK_TRAIN: u8 = 1;
/// HyStart: the least RTT of a round grew.
const DELAY: u8 = 2;

/// The state of RFC 9438 §4.1 and of HyStart.
#[derive(Clone, Debug)]
pub(crate) struct Cubic {
    /// W_max, segments; 0: none.
    last_max: u32,
    /// Window and moment of the last computation.
    last_cwnd: u32,
    last_time: Instant,
    /// Where the curve is flat, segments.
    origin: u32,
    /// When this epoch of congestion avoidance began.
    epoch: Option<Instant>,
    /// K, in 1/1024 s.
    k: u64,
    /// Segments acknowledged for one of growth.
    cnt: u32,
    /// Window that Reno would have, and segments towards its next one (§4.3).
    reno_cwnd: u32,
    ack_cnt: u32,
    /// Least RTT seen.
    delay_min: Option<Duration>,
    hystart: u8,
    found: bool,
    round_start: Instant,
    round_end: Option<Seq>,
    last_ack: Instant,
    round_rtt: Duration,
    samples: u8,
}

impl Cubic {
    pub(crate) fn new(hystart: u8) -> Cubic {
        Cubic {
            last_max: 0,
            last_cwnd: 0,
            last_time: Instant::ZERO,
            origin: 0,
            epoch: None,
            k: 0,
            cnt: 0,
            reno_cwnd: 0,
            ack_cnt: 0,
            delay_min: None,
            hystart,
            found: false,
            round_start: Instant::ZERO,
            round_end: None,
            last_ack: Instant::ZERO,
            round_rtt: Duration(u64::MAX),
            samples: 0,
        }
    }
    /// Computes `cnt` for the window of now (RFC 9438 §4.2 to §4.5).
    fn update(&mut self, cwnd: u32, a: Acked) {
        self.ack_cnt += a.segments;
        // Every 1/32 s is often enough while nothing changes.
        if self.last_cwnd == cwnd && a.now.since(self.last_time) <= Duration::from_micros(31_250) {
            return;
        }
        if self.epoch.is_none() || a.now.as_millis() != self.last_time.as_millis() {
            self.last_cwnd = cwnd;
            self.last_time = a.now;
            self.follow_curve(cwnd, a);
        }
        self.reno_friendly(cwnd);
        self.cnt = self.cnt.max(2);
    }
    fn follow_curve(&mut self, cwnd: u32, a: Acked) {
        let epoch = *self.epoch.get_or_insert_with(|| {
            self.ack_cnt = a.segments;
            self.reno_cwnd = cwnd;
            self.origin = self.last_max.max(cwnd);
            // K = cbrt((W_max − cwnd) / C), C = 0.4 (§4.2).
            self.k = cube_root(u64::from(self.origin - cwnd) * (1 << 30) / 4 * 10);
            a.now
        });
        let t = a.now.since(epoch) + self.delay_min.unwrap_or_default();
        let t = (t.as_millis() * 1024 / 1000).min(1 << 20);
        let offset = t.abs_diff(self.k).min(1 << 20);
        let delta = ((offset * offset * offset / 10 * 4) >> 30) as u32;
        let target =
            if t < self.k { self.origin.saturating_sub(delta) } else { self.origin.saturating_add(delta) };
        self.cnt = if target > cwnd { cwnd / (target - cwnd) } else { 100 * cwnd };
        if self.last_max == 0 {
            self.cnt = self.cnt.min(20);
        }
    }
    /// Never slower than Reno would be (§4.3).
    fn reno_friendly(&mut self, cwnd: u32) {
        let per = (cwnd * (8 * (BETA_ONE + BETA) / 3 / (BETA_ONE - BETA))) >> 3;
        while per > 0 && self.ack_cnt > per {
            self.ack_cnt -= per;
            self.reno_cwnd += 1;
        }
        if self.reno_cwnd > cwnd {
            self.cnt = self.cnt.min(cwnd / (self.reno_cwnd - cwnd));
        }
    }
    fn new_round(&mut self, a: Acked) {
        self.round_start = a.now;
        self.last_ack = a.now;
        self.round_end = Some(a.snd_nxt);
        self.round_rtt = Duration(u64::MAX);
        self.samples = 0;
    }
    /// Leaves slow start before it overshoots.
    fn hystart(&mut self, w: &mut Window, a: Acked, rtt: Duration) {
        if self.round_end.is_none_or(|end| a.snd_una.gt(end)) {
            self.new_round(a);
        }
        let delay_min = self.delay_min.unwrap_or_default();
        if self.hystart & ACK_TRAIN != 0 && a.now.since(self.last_ack) <= HYSTART_ACK_DELTA {
            self.last_ack = a.now;
            // Nobody paces here: half the least RTT is a full pipe.
            if a.now.since(self.round_start).0 > delay_min.0 / 2 {
                self.found = true;
                w.ssthresh = w.cwnd;
            }
        }
        if self.hystart & DELAY != 0 {
            self.round_rtt = self.round_rtt.min(rtt);
            if self.samples < HYSTART_SAMPLES {
                self.samples += 1;
                return;
            }
            let slack =
                Duration(delay_min.0 / 8).max(Duration::from_millis(4)).min(Duration::from_millis(16));
            if self.round_rtt > delay_min + slack {
                self.found = true;
                w.ssthresh = w.cwnd;
            }
        }
    }
}

impl CongestionControl for Cubic {
    fn name(&self) -> &'static str {
        "cubic"
    }
    fn ssthresh(&mut self, w: &Window) -> u32 {
        self.epoch = None;
        // Fast convergence (§4.7): a flow that did not reach its old height leaves room.
        self.last_max =
            if w.cwnd < self.last_max { w.cwnd * (BETA_ONE + BETA) / (2 * BETA_ONE) } else { w.cwnd };
        (w.cwnd * BETA / BETA_ONE).max(2)
    }
    fn grow(&mut self, w: &mut Window, a: Acked) {
        let mut a = a;
        if w.in_slow_start() {
            a.segments = w.slow_start(a.segments);
            if a.segments == 0 {
                return;
            }
        }
        self.update(w.cwnd, a);
        w.avoid(self.cnt, a.segments);
    }
    fn rtt_sample(&mut self, w: &mut Window, a: Acked, rtt: Duration) {
        // Delays right after a recovery tell of the queue that it leaves behind.
        if self.epoch.is_some_and(|e| a.now.since(e) < Duration::from_secs(1)) {
            return;
        }
        let rtt = rtt.max(Duration::from_micros(1));
        if self.delay_min.is_none_or(|d| rtt < d) {
            self.delay_min = Some(rtt);
        }
        if !self.found && w.in_slow_start() && self.hystart != 0 && w.cwnd >= HYSTART_LOW_WINDOW {
            self.hystart(w, a, rtt);
        }
    }
    fn timed_out(&mut self, a: Acked) {
        *self = Cubic::new(self.hystart);
        self.new_round(a);
    }
    fn idle(&mut self, now: Instant, idle: Duration) {
        // Idle time is no time on the curve (§5.8).
        if let Some(e) = &mut self.epoch {
            *e = (*e + idle).min(now);
        }
    }
}

/// ⌊∛x⌋.
fn cube_root(x: u64) -> u64 {
    let mut y = 0u64;
    let mut rest = x;
    for shift in (0..64).step_by(3).rev() {
        y *= 2;
        let b = 3 * y * (y + 1) + 1;
        if rest >> shift >= b {
            rest -= b << shift;
            y += 1;
        }
    }
    y
}
