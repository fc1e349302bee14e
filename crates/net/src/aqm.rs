//! Active queue management: who is dropped, or marked, before the queue is full.

use crate::config::FrameId;
use crate::impairments::{Codel, Red};
use rand_pcg::Pcg32;
use std::collections::VecDeque;
use tcp::time::{Duration, Instant};

/// A frame in a queue that is managed where it ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    pub(crate) slot: u32,
    pub(crate) id: FrameId,
    /// Octets; 0 for one that goes together with the one before it: the same frame to another port.
    pub(crate) len: u32,
    /// Since when.
    pub(crate) since: Instant,
}

/// What becomes of a frame at the head of its queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It goes.
    Pass,
    /// It goes, marked.
    Mark,
    /// It does not.
    Drop,
}

/// A verdict with what it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judged {
    pub(crate) waiting: Waiting,
    pub(crate) verdict: Verdict,
    /// How long it has waited.
    pub(crate) sojourn: Duration,
    /// Of how many drops and marks, since the queue got bad, this is the last.
    pub(crate) count: u32,
}

/// A queue under Controlled Delay (RFC 8289 §5); its names are those of the pseudocode there.
#[derive(Clone, Debug, Default)]
pub(crate) struct CodelQueue {
    frames: VecDeque<Waiting>,
    pub(crate) bytes: u64,
    /// Octets of the largest frame seen.
    max_packet: u64,
    first_above_time: Option<Instant>,
    drop_next: Instant,
    count: u32,
    last_count: u32,
    dropping: bool,
    /// Serial of the event that takes out the next one.
    pub(crate) ticket: Option<u64>,
}

impl CodelQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// How many were dropped or marked since it began to drop, while it does.
    pub(crate) fn spell(&self) -> Option<u32> {
        self.dropping.then_some(self.count)
    }

    pub(crate) fn push(&mut self, waiting: Waiting) {
        self.bytes += u64::from(waiting.len);
        self.max_packet = self.max_packet.max(waiting.len.into());
        self.frames.push_back(waiting);
    }

    /// The first one, without judging it.
    pub(crate) fn pop(&mut self) -> Option<Waiting> {
        let waiting = self.frames.pop_front()?;
        self.bytes -= u64::from(waiting.len);
        Some(waiting)
    }

    /// Nothing waits any more.
    pub(crate) fn clear(&mut self) {
        self.bytes = 0;
        self.ticket = None;
        self.frames.clear();
        self.relax();
    }

    /// Those that go together with the one just taken out.
    pub(crate) fn followers(&mut self) -> Vec<Waiting> {
        let mut all = Vec::new();
        while let Some(w) = self.frames.pop_front_if(|w| w.len == 0) {
            all.push(w);
        }
        all
    }

    /// The sender is free: what is dropped now, and last what goes, marked or not. `mark` tries to mark a frame.
    pub(crate) fn dequeue(
        &mut self,
        codel: Codel,
        now: Instant,
        mark: &mut dyn FnMut(&Waiting) -> bool,
    ) -> Vec<Judged> {
        let mut all = Vec::new();
        let mut head = self.next(codel, now);
        let may_drop = head.is_some_and(|(_, may_drop)| may_drop);
        let begins = may_drop && !self.dropping;
        self.dropping &= may_drop;
        if begins {
            self.begin(codel, now);
        }
        while let Some((waiting, _)) = head
            && (self.dropping && now >= self.drop_next || begins && all.is_empty())
        {
            if !begins {
                self.count += 1;
            }
            let verdict = if codel.ecn && mark(&waiting) { Verdict::Mark } else { Verdict::Drop };
            all.push(self.judged(waiting, verdict, now));
            if verdict == Verdict::Mark {
                if !begins {
                    self.drop_next = control_law(codel, self.drop_next, self.count);
                }
                return all;
            }
            for waiting in self.followers() {
                all.push(self.judged(waiting, verdict, now));
            }
            head = self.next(codel, now);
            if begins {
                break;
            }
            if head.is_some_and(|(_, may_drop)| may_drop) {
                self.drop_next = control_law(codel, self.drop_next, self.count);
            } else {
                self.dropping = false;
            }
        }
        if let Some((waiting, _)) = head {
            all.push(self.judged(waiting, Verdict::Pass, now));
        }
        all
    }

    /// Dropping begins, with one frame; where it ended not long ago, at the rate that was right then (RFC 8289 §5.3).
    fn begin(&mut self, codel: Codel, now: Instant) {
        let delta = self.count.wrapping_sub(self.last_count);
        let lately = now.since(self.drop_next).0 < 16 * codel.interval.0;
        self.dropping = true;
        self.count = if delta > 1 && lately { delta } else { 1 };
        self.last_count = self.count;
        self.drop_next = control_law(codel, now, self.count);
    }

    fn judged(&self, waiting: Waiting, verdict: Verdict, now: Instant) -> Judged {
        let sojourn = now.since(waiting.since);
        Judged { waiting, verdict, sojourn, count: self.count }
    }

    /// An empty queue: nothing waits too long.
    pub(crate) fn relax(&mut self) {
        self.first_above_time = None;
        self.dropping = false;
    }

    /// The first frame, and whether it has waited so long for so long that it may be dropped (`dodequeue`).
    fn next(&mut self, codel: Codel, now: Instant) -> Option<(Waiting, bool)> {
        let Some(waiting) = self.pop() else {
            self.first_above_time = None;
            return None;
        };
        let short = now.since(waiting.since) < codel.target || self.bytes <= self.max_packet;
        let may_drop = match self.first_above_time {
            _ if short => {
                self.first_above_time = None;
                false
            }
            None => {
                self.first_above_time = Some(now + codel.interval);
                false
            }
            Some(first) => now >= first,
        };
        Some((waiting, may_drop))
    }
}

/// When the drop after `count` of them is due: the rate grows with their square root, so that TCP's throughput falls
/// in a line (RFC 8289 §3.3).
fn control_law(codel: Codel, from: Instant, count: u32) -> Instant {
    from + spacing(codel, count)
}

/// From the drop number `count` to the next.
pub(crate) fn spacing(codel: Codel, count: u32) -> Duration {
    Duration((codel.interval.0 as f64 / f64::from(count.max(1)).sqrt()) as u64)
}

/// The average of Random Early Detection (Floyd and Jacobson 1993, fig. 2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct RedState {
    /// Octets.
    pub(crate) average: f64,
    /// Frames since the last one dropped or marked; -1 where the average is low.
    count: i64,
}

impl Default for RedState {
    fn default() -> RedState {
        RedState { average: 0.0, count: -1 }
    }
}

/// Octets of the frames that an idle link is taken to have sent: `avpkt` of tc-red(8).
const TYPICAL: u64 = 1_000;

impl RedState {
    /// A frame comes while so many octets wait, or to a sender idle for so long. Gives the verdict; `ect` says whether
    /// it could be marked.
    pub(crate) fn enqueue(
        &mut self,
        red: Red,
        (waiting, idle, rate): (u64, Duration, u64),
        chance: &mut Pcg32,
        ect: bool,
    ) -> Verdict {
        if waiting == 0 {
            let gone = idle.0 / (TYPICAL.saturating_mul(8_000_000_000) / rate).max(1);
            self.average *= power(1.0 - red.weight, gone);
        } else {
            self.average += red.weight * (waiting as f64 - self.average);
        }
        let (min, max) = (f64::from(red.min), f64::from(red.max));
        if self.average >= max {
            // Beyond the upper end a mark would not be enough (RFC 3168 §7).
            self.count = 0;
            return Verdict::Drop;
        }
        if self.average < min {
            self.count = -1;
            return Verdict::Pass;
        }
        self.count += 1;
        let p = red.max_p * (self.average - min) / (max - min);
        // Makes the number of frames between two marks evenly spread (§7 there, method 2).
        let left = 1.0 - self.count as f64 * p;
        if left > 0.0 && !happens(chance, p / left) {
            return Verdict::Pass;
        }
        self.count = 0;
        if red.ecn && ect { Verdict::Mark } else { Verdict::Drop }
    }
}

/// By squaring: the same on every machine, which a library's `powi` is not bound to be.
fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut product = 1.0;
    while exponent > 0 && product != 0.0 {
        if exponent & 1 == 1 {
            product *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    product
}

/// Whether something of this probability happens.
pub(crate) fn happens(chance: &mut Pcg32, probability: f64) -> bool {
    use rand_pcg::rand_core::Rng;
    f64::from(chance.next_u32()) < probability * 4_294_967_296.0 // 2^32
}
