//! Congestion control: the window, in segments as Linux counts it, and the algorithms behind one trait.

mod cubic;
mod reno;

use crate::profile::{Algorithm, Config};
use crate::time::{Duration, Instant};
use cubic::Cubic;
use reno::Reno;
use wire::Seq;

/// No slow start threshold yet: RFC 5681 §3.1, "arbitrarily high".
pub(crate) const INFINITE: u32 = 0x7fff_ffff;

/// The congestion window and what is known of its use. Segments, not octets.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) cwnd: u32,
    pub(crate) ssthresh: u32,
    /// Segments acknowledged since the last linear increase.
    cnt: u32,
    /// Most segments outstanding in this window of data.
    pub(crate) max_out: u32,
    /// The window held us back in this window of data.
    pub(crate) limited: bool,
    /// This window of data ends here.
    pub(crate) usage_end: Seq,
    /// When the window was last found used or was validated.
    pub(crate) stamp: Instant,
    /// Most segments outstanding since then.
    pub(crate) used: u32,
}

/// What an algorithm is told of an acknowledgment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acked {
    pub(crate) now: Instant,
    /// Segments newly delivered.
    pub(crate) segments: u32,
    pub(crate) snd_una: Seq,
    pub(crate) snd_nxt: Seq,
}

/// A congestion control algorithm. Whoever adds one implements this and joins [`Control`].
pub(crate) trait CongestionControl {
    /// As `tcp_congestion_control` names it.
    fn name(&self) -> &'static str;
    /// The threshold after a loss (RFC 5681 equation 4 and its successors).
    fn ssthresh(&mut self, w: &Window) -> u32;
    /// Window growth for `a.segments` delivered, while the window is in use.
    fn grow(&mut self, w: &mut Window, a: Acked);
    /// A round-trip measurement, taken before `grow` for the same ACK.
    fn rtt_sample(&mut self, _w: &mut Window, _a: Acked, _rtt: Duration) {}
    /// A retransmission timeout emptied the pipe.
    fn timed_out(&mut self, _a: Acked) {}
    /// Sending begins again after `idle` without anything outstanding.
    fn idle(&mut self, _now: Instant, _idle: Duration) {}
    /// The window to go back to when a reduction proves to have been wrong.
    fn undo(&self, w: &Window, prior_cwnd: u32) -> u32 {
        w.cwnd.max(prior_cwnd)
    }
}

/// One of the algorithms.
#[derive(Clone, Debug)]
pub(crate) enum Control {
    Reno(Reno),
    Cubic(Box<Cubic>),
}

impl Control {
    pub(crate) fn new(c: &Config) -> Control {
        match c.algorithm {
            Algorithm::Reno => Control::Reno(Reno),
            Algorithm::Cubic => Control::Cubic(Box::new(Cubic::new(c.hystart))),
        }
    }
    pub(crate) fn get(&self) -> &dyn CongestionControl {
        match self {
            Control::Reno(x) => x,
            Control::Cubic(x) => &**x,
        }
    }
    pub(crate) fn get_mut(&mut self) -> &mut dyn CongestionControl {
        match self {
            Control::Reno(x) => x,
            Control::Cubic(x) => &mut **x,
        }
    }
}

impl Window {
    pub(crate) fn new(initial: u32) -> Window {
        Window {
            cwnd: initial,
            ssthresh: INFINITE,
            cnt: 0,
            max_out: 0,
            limited: false,
            usage_end: Seq(0),
            stamp: Instant::ZERO,
            used: 0,
        }
    }
    /// RFC 5681 §3.1.
    pub(crate) fn in_slow_start(&self) -> bool {
        self.cwnd < self.ssthresh
    }
    /// Whether growth is earned: the window is in use (RFC 7661 in spirit). In slow start half use will do,
    /// because the window doubles in the round trip that it takes to notice.
    pub(crate) fn is_limited(&self) -> bool {
        self.limited || (self.in_slow_start() && self.cwnd < 2 * self.max_out)
    }
    /// The threshold to return to: not below three quarters of a window that was in use (tcp_current_ssthresh).
    pub(crate) fn current_ssthresh(&self) -> u32 {
        self.ssthresh.max((self.cwnd >> 1) + (self.cwnd >> 2))
    }
    /// Slow start: one segment for each delivered, up to the threshold. Returns what is left for linear growth.
    pub(crate) fn slow_start(&mut self, segments: u32) -> u32 {
        let to = (self.cwnd + segments).min(self.ssthresh);
        let left = segments - (to - self.cwnd);
        self.cwnd = to;
        left
    }
    /// Linear growth: one segment for each `per` delivered.
    pub(crate) fn avoid(&mut self, per: u32, segments: u32) {
        let per = per.max(1);
        if self.cnt >= per {
            self.cnt = 0;
            self.cwnd += 1;
        }
        self.cnt += segments;
        if self.cnt >= per {
            self.cwnd += self.cnt / per;
            self.cnt %= per;
        }
    }
    /// Forgets progress towards the next linear increase.
    pub(crate) fn restart_count(&mut self) {
        self.cnt = 0;
    }
}
