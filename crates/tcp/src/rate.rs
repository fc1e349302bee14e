//! How fast octets reach the peer (draft-cheng-iccrg-delivery-rate-estimation; linux net/ipv4/tcp_rate.c), and what a sender
//! with work to do is held back by (linux `tcp_chrono`). For TCP_INFO.

use crate::Connection;
use crate::acked::Delta;
use crate::rtx_queue::{Sent, mark};
use crate::stats::Chrono;
use crate::time::{Duration, Instant};
use wire::Seq;

/// What is measured of sending; a connection that sends nothing has none of it.
#[derive(Clone, Default, Debug)]
pub(crate) struct SendStats {
    pub(crate) chrono: Chrono,
    /// A write found no room.
    pub(crate) no_space: bool,
    /// Segments delivered with an ECN echo.
    pub(crate) delivered_ce: u32,
    /// When something was last delivered, and when the newest of it was sent.
    delivered_at: Instant,
    first_sent: Instant,
    /// Until so many segments are delivered, the caller is what holds the rate down; 0: it is not.
    app_limited: u32,
    /// The latest rate: segments, in so long, and whether the caller held it down.
    delivered: u32,
    interval: Duration,
    limited: bool,
}

/// What the newest segment that an ACK delivered knew when it was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateSample {
    prior_delivered: u32,
    prior_at: Instant,
    interval: Duration,
    limited: bool,
    sent: (Instant, Seq),
}

fn micros(d: Duration) -> u32 {
    d.as_micros().min(u32::MAX.into()) as u32
}

impl Connection {
    pub(crate) fn send_stats(&mut self) -> &mut SendStats {
        self.send_stats.get_or_insert_default()
    }

    /// A segment goes out: how long ago something was delivered, and the first segment of this flight sent; both
    /// microseconds. The third: whether the caller holds the rate down.
    pub(crate) fn rate_at_sending(&mut self, now: Instant) -> (u32, u32, u16) {
        let idle = self.rtx.is_empty();
        let s = self.send_stats();
        if idle {
            (s.delivered_at, s.first_sent) = (now, now);
        }
        let limited = if s.app_limited > 0 { mark::APP_LIMITED } else { 0 };
        (micros(now.since(s.delivered_at)), micros(now.since(s.first_sent)), limited)
    }

    /// The caller writes when less than a segment waits: it is what holds the rate down (`tcp_rate_check_app_limited`).
    pub(crate) fn check_app_limited(&mut self) {
        let in_flight = self.rtx.in_flight();
        let starved = self.tx.unsent() < self.current_mss() && in_flight < self.win.cwnd;
        if starved && self.rtx.lost() <= self.rtx.retrans() {
            let until = self.delivered.wrapping_add(in_flight).max(1);
            self.send_stats().app_limited = until;
        }
    }

    /// `s` was delivered (`tcp_rate_skb_delivered`).
    pub(crate) fn rate_delivered(&mut self, s: &Sent, d: &mut Delta) {
        let newer = |(at, end): (Instant, Seq)| s.at > at || (s.at == at && s.end().gt(end));
        if d.rate.is_none_or(|r| newer(r.sent)) {
            self.send_stats().first_sent = s.at;
            d.rate = Some(RateSample {
                prior_delivered: s.delivered,
                prior_at: Instant(s.at.0.saturating_sub(u64::from(s.since_delivery) * 1_000)),
                interval: Duration::from_micros(s.since_first.into()),
                limited: s.has(mark::APP_LIMITED),
                sent: (s.at, s.end()),
            });
        }
    }

    /// The ACK is dealt with: the rate that it shows (`tcp_rate_gen`).
    pub(crate) fn measure_rate(&mut self, now: Instant, d: &Delta) {
        let delivered = self.delivered;
        let shortest = self.rtt.min().unwrap_or_default();
        let s = self.send_stats();
        if s.app_limited > 0 && (delivered.wrapping_sub(s.app_limited) as i32) > 0 {
            s.app_limited = 0;
        }
        if d.delivered > 0 {
            s.delivered_at = now;
            s.delivered_ce += if d.ece { d.delivered } else { 0 };
        }
        let Some(sample) = d.rate else { return };
        let n = delivered.wrapping_sub(sample.prior_delivered);
        let interval = sample.interval.max(now.since(sample.prior_at));
        if interval < shortest || interval == Duration::ZERO {
            return;
        }
        let faster = u64::from(n) * s.interval.as_micros() >= u64::from(s.delivered) * interval.as_micros();
        if !sample.limited || faster {
            (s.delivered, s.interval, s.limited) = (n, interval, sample.limited);
        }
    }

    /// The latest delivery rate, octets a second, and whether the caller held it down (`tcp_compute_delivery_rate`).
    pub(crate) fn delivery_rate(&self) -> (u64, bool) {
        let Some(s) = self.send_stats.as_deref().filter(|s| s.interval.0 > 0) else { return (0, false) };
        let octets = u64::from(s.delivered) * u64::from(self.current_mss());
        (octets.saturating_mul(1_000_000) / s.interval.as_micros().max(1), s.limited)
    }
}
