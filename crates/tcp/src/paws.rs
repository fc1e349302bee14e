//! Timestamps: echo, round-trip measurement, and protection against wrapped sequence numbers (RFC 7323).

use crate::rule::Tape;
use crate::time::{Duration, Instant};
use crate::{Connection, Segment, rule, rules};
use wire::Seq;
use wire::tcp::{Flags, Header, Timestamps};

/// TS.Recent and what goes with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimestampState {
    /// TS.Recent: what is echoed.
    pub(crate) recent: u32,
    /// When it was taken.
    pub(crate) at: Instant,
}

impl TimestampState {
    pub(crate) fn new(val: u32, now: Instant, _rcv_nxt: Seq) -> TimestampState {
        TimestampState { recent: val, at: now }
    }
}

/// A timestamp this old is worthless (RFC 7323 §5.5: 24 days).
const MAX_AGE: Duration = Duration::from_secs(24 * 24 * 3600);
/// Slack for segments that were reordered by one tick (tcp_paws_check: TCP_PAWS_WINDOW).
const REPLAY_TICKS: i32 = 1;

impl Connection {
    /// The timestamp clock: milliseconds, from an offset of its own (RFC 7323 §5.4).
    pub(crate) fn ts_now(&self, now: Instant) -> u32 {
        (now.as_millis() as u32).wrapping_add(self.cfg.ts_offset)
    }

    /// The option for a segment that goes out now.
    pub(crate) fn ts_option(&self, now: Instant) -> Option<Timestamps> {
        self.ts.map(|ts| Timestamps { val: self.ts_now(now), ecr: ts.recent })
    }

    /// R1 of RFC 7323 §5.3: SEG.TSval < TS.Recent means an old duplicate. RST passes.
    pub(crate) fn paws_refuses(&self, now: Instant, seg: &Segment, r: &mut Tape) -> bool {
        let (Some(state), Some(ts)) = (self.ts, seg.header.options.timestamps) else { return false };
        if seg.header.flags.has(Flags::RST) {
            return false;
        }
        let behind = state.recent.wrapping_sub(ts.val) as i32;
        if behind <= REPLAY_TICKS || now.since(state.at) > MAX_AGE || state.recent == 0 {
            rule!(r, rules::PAWS_PASS, Pass, ts.val, state.recent);
            return false;
        }
        // A pure ACK that was only reordered carries nothing that could harm (tcp_disordered_ack).
        let h = &seg.header;
        let harmless = h.flags.without(Flags::PSH) == Flags::ACK
            && seg.payload.is_empty()
            && h.seq == self.rcv.nxt
            && h.ack == self.snd.una
            && u32::from(h.window) << self.snd.wscale == self.snd.wnd
            && Duration::from_millis(behind as u64) <= self.rtt.rto(&self.cfg);
        !harmless
    }

    /// R3 of RFC 7323 §4.3: TS.Recent follows the segment that contains Last.ACK.sent.
    pub(crate) fn take_timestamp(&mut self, now: Instant, seg: &Segment, r: &mut Tape) {
        let (wup, Some(state), Some(ts)) = (self.rcv.wup, &mut self.ts, seg.header.options.timestamps) else {
            return;
        };
        if seg.header.seq.le(wup) && (ts.val.wrapping_sub(state.recent) as i32) >= 0 {
            if ts.val != state.recent {
                rule!(r, rules::TS_RECENT, Act, ts.val);
            }
            *state = TimestampState { recent: ts.val, at: now };
        }
    }

    /// The round trip that an echoed timestamp of ours tells (RTTM, RFC 7323 §4).
    pub(crate) fn rtt_from_echo(&self, now: Instant, header: &Header) -> Option<Duration> {
        let ts = header.options.timestamps.filter(|_| self.ts.is_some())?;
        if ts.ecr == 0 {
            return None;
        }
        let ms = self.ts_now(now).wrapping_sub(ts.ecr);
        // An echo from the future, or older than any segment of ours, is no echo.
        (ms < 1 << 26).then(|| Duration::from_millis(u64::from(ms.max(1))))
    }
}
