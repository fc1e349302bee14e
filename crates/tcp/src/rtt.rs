//! Round-trip time and retransmission timeout (RFC 6298).

use crate::profile::{Config, Letter};
use crate::time::{Duration, Instant};
use wire::Seq;

/// SRTT, RTTVAR, and what Linux keeps beside them. Times in microseconds, as measured.
#[derive(Clone, Debug)]
pub(crate) struct Rtt {
    /// 8 × SRTT; 0: nothing measured yet.
    srtt8: u64,
    /// 4 × mean deviation.
    mdev4: u64,
    /// Greatest `mdev4` of this round trip (Linux).
    mdev_max4: u64,
    /// 4 × RTTVAR: what RTO is computed from.
    rttvar4: u64,
    /// The round trip for which `mdev_max4` counts ends when this is acknowledged.
    round_end: Seq,
    /// Doublings of the RTO since the last fresh measurement (RFC 6298 §5.5).
    pub(crate) backoff: u8,
    /// Least RTT of the last five minutes (RFC 8985 §6.2 step 2; Linux tcp_min_rtt).
    min: MinFilter,
}

impl Rtt {
    pub(crate) fn new() -> Rtt {
        Rtt {
            srtt8: 0,
            mdev4: 0,
            mdev_max4: 0,
            rttvar4: 0,
            round_end: Seq(0),
            backoff: 0,
            min: MinFilter::default(),
        }
    }
    /// A measurement of a segment that was sent once (Karn) or carried a timestamp.
    pub(crate) fn sample(&mut self, c: &Config, rtt: Duration, snd_una: Seq, snd_nxt: Seq) {
        let us = rtt.as_micros().max(1);
        match c.rto_law {
            Letter::Rfc => self.sample_rfc(us),
            Letter::Linux => self.sample_linux(us, c.rto_min.as_micros(), snd_una, snd_nxt),
        }
    }
    /// RFC 6298 §2.2 and §2.3, with α = 1/8 and β = 1/4.
    fn sample_rfc(&mut self, us: u64) {
        if self.srtt8 == 0 {
            self.srtt8 = us * 8;
            self.mdev4 = us * 2;
        } else {
            let err = us.abs_diff(self.srtt8 / 8);
            self.mdev4 = self.mdev4 - self.mdev4 / 4 + err;
            self.srtt8 = self.srtt8 - self.srtt8 / 8 + us;
        }
        self.rttvar4 = self.mdev4;
    }
    /// The same with Linux's two changes: a falling RTT widens the deviation eight times less, and RTTVAR is the
    /// greatest deviation of a round trip, from which it decays once a round trip (tcp_rtt_estimator).
    fn sample_linux(&mut self, us: u64, floor: u64, snd_una: Seq, snd_nxt: Seq) {
        if self.srtt8 == 0 {
            self.srtt8 = us * 8;
            self.mdev4 = us * 2;
            self.rttvar4 = self.mdev4.max(floor);
            self.mdev_max4 = self.rttvar4;
            self.round_end = snd_nxt;
            return;
        }
        let err = us as i64 - (self.srtt8 >> 3) as i64;
        self.srtt8 = (self.srtt8 as i64 + err).max(1) as u64;
        let mut change = err.abs() - (self.mdev4 >> 2) as i64;
        if err < 0 && change > 0 {
            change >>= 3;
        }
        self.mdev4 = (self.mdev4 as i64 + change).max(0) as u64;
        if self.mdev4 > self.mdev_max4 {
            self.mdev_max4 = self.mdev4;
            self.rttvar4 = self.rttvar4.max(self.mdev_max4);
        }
        if snd_una.gt(self.round_end) {
            if self.mdev_max4 < self.rttvar4 {
                self.rttvar4 -= (self.rttvar4 - self.mdev_max4) >> 2;
            }
            self.round_end = snd_nxt;
            self.mdev_max4 = floor;
        }
    }
    /// Updates the windowed minimum.
    pub(crate) fn sample_min(&mut self, now: Instant, rtt: Duration) {
        self.min.add(now, rtt);
    }
    /// Least RTT; none before the first measurement.
    pub(crate) fn min(&self) -> Option<Duration> {
        self.min.get()
    }
    /// RTO without backoff.
    pub(crate) fn base_rto(&self, c: &Config) -> Duration {
        if self.srtt8 == 0 {
            return c.rto_initial;
        }
        let us = (self.srtt8 >> 3) + self.rttvar4;
        let rto = Duration::from_micros(us);
        match c.rto_law {
            Letter::Rfc => rto.max(c.rto_min).min(c.rto_max),
            Letter::Linux => rto.min(c.rto_max),
        }
    }
    /// RTO as it is now, backoff included (RFC 6298 §5.5).
    pub(crate) fn rto(&self, c: &Config) -> Duration {
        backed_off(self.base_rto(c), self.backoff, c.rto_max)
    }
    pub(crate) fn srtt(&self) -> Option<Duration> {
        (self.srtt8 > 0).then(|| Duration::from_micros(self.srtt8 >> 3))
    }
    /// 4 × deviation is what is kept; one deviation is what people are shown.
    pub(crate) fn rttvar(&self) -> Option<Duration> {
        (self.srtt8 > 0).then(|| Duration::from_micros(self.rttvar4 >> 2))
    }
    /// The deviation of now, as TCP_INFO has it.
    pub(crate) fn mdev(&self) -> Duration {
        Duration::from_micros(self.mdev4 >> 2)
    }
}

/// `d` doubled `times` times, at most `max`.
pub(crate) fn backed_off(d: Duration, times: u8, max: Duration) -> Duration {
    Duration(d.0.checked_shl(u32::from(times)).filter(|x| x >> times == d.0).unwrap_or(u64::MAX)).min(max)
}

/// Least value over a window of time: a monotone queue of candidates.
#[derive(Clone, Default, Debug)]
struct MinFilter {
    candidates: Vec<(Instant, Duration)>,
}

impl MinFilter {
    /// `tcp_min_rtt_wlen`.
    const WINDOW: Duration = Duration::from_secs(300);
    /// As many candidates as are kept: a coarse minimum costs nothing here.
    const KEPT: usize = 3;

    fn add(&mut self, now: Instant, rtt: Duration) {
        while self.candidates.last().is_some_and(|&(_, d)| d >= rtt) {
            self.candidates.pop();
        }
        if self.candidates.len() < Self::KEPT {
            self.candidates.push((now, rtt));
        }
        while self.candidates.len() > 1 && now.since(self.candidates[0].0) > Self::WINDOW {
            self.candidates.remove(0);
        }
    }
    fn get(&self) -> Option<Duration> {
        self.candidates.first().map(|&(_, d)| d)
    }
}
