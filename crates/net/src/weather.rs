//! What chance does to frames of one sender on their link, beyond losing them one by one. Each thing has a stream of
//! chance of its own, so that one that is switched on changes nothing about the others.

use crate::aqm::{CodelQueue, RedState, happens};
use crate::impairments::{Burst, Impairments};
use crate::link::Passage;
use crate::log::Loss;
use crate::rules;
use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;
use tcp::rule;
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};

/// The state of a sender's impairments.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    jitter: Pcg32,
    reorder: Pcg32,
    burst: Pcg32,
    duplicate: Pcg32,
    corrupt: Pcg32,
    pub(crate) mark: Pcg32,
    /// The Gilbert–Elliott model is in its bad state.
    pub(crate) bad: bool,
    /// The latest arrival of all that were not let ahead.
    latest: Instant,
    pub(crate) red: RedState,
    pub(crate) codel: CodelQueue,
}

/// What becomes of a frame on the wire.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wire {
    /// It is lost.
    pub(crate) lost: Option<Loss>,
    /// This bit is turned.
    pub(crate) bit: Option<u32>,
    /// A copy comes right behind.
    pub(crate) twice: bool,
    /// It goes without the delay.
    pub(crate) ahead: bool,
}

impl Weather {
    /// At the beginning. `stream` is that of the port; the losses frame by frame have it themselves.
    pub(crate) fn new(seed: u64, stream: u64) -> Weather {
        let chance = |n: u64| Pcg32::new(seed, stream | n << 32);
        Weather {
            jitter: chance(1),
            reorder: chance(2),
            burst: chance(3),
            duplicate: chance(4),
            corrupt: chance(5),
            mark: chance(6),
            bad: false,
            latest: Instant::ZERO,
            red: RedState::default(),
            codel: CodelQueue::default(),
        }
    }

    /// What happens on the wire to frame number `id` of `len` octets. Its passage is put right: jitter, reordering.
    pub(crate) fn blow(
        &mut self,
        asked: &Impairments,
        (id, len): (u32, usize),
        passage: &mut Passage,
        r: &mut Tape,
    ) -> Wire {
        let ahead = asked.reorder > 0.0 && happens(&mut self.reorder, asked.reorder);
        let gone = passage.sent + passage.duration;
        if ahead {
            passage.arrives = gone;
        } else {
            passage.arrives = gone + self.jittered(asked);
            if asked.in_order {
                passage.arrives = passage.arrives.max(self.latest);
            }
            self.latest = self.latest.max(passage.arrives);
        }
        let bit = asked.corrupt > 0.0 && happens(&mut self.corrupt, asked.corrupt);
        let twice = asked.duplicate > 0.0 && happens(&mut self.duplicate, asked.duplicate);
        let lost = asked.burst.and_then(|burst| self.lose(burst, id, passage, r));
        Wire { lost, bit: bit.then(|| self.bit(len)).flatten(), twice, ahead }
    }

    /// The delay of one frame: evenly spread around what was asked for (tc-netem(8), without a distribution).
    fn jittered(&mut self, asked: &Impairments) -> Duration {
        if asked.jitter == Duration::ZERO {
            return asked.delay;
        }
        let width = u128::from(asked.jitter.0) * 2 + 1;
        let random = ((u128::from(self.jitter.next_u64()) * width) >> 64) as u64;
        Duration((asked.delay.0 + random).saturating_sub(asked.jitter.0))
    }

    /// A bit of the datagram, counted from the frame's first. Not of the Ethernet header: what a receiver's check sequence
    /// lets through was turned where no such sequence guards, and there it is made anew (Stone and Partridge 2000).
    fn bit(&mut self, len: usize) -> Option<u32> {
        let bits = len.checked_sub(wire::ethernet::LEN)? as u64 * 8;
        let bit = (u64::from(self.corrupt.next_u32()) * bits) >> 32;
        (bits > 0).then_some(wire::ethernet::LEN as u32 * 8 + bit as u32)
    }

    /// One frame of the Gilbert–Elliott model, in the order of tc-netem(8): the state changes, and the frame meets the
    /// loss of the state that was.
    fn lose(&mut self, burst: Burst, id: u32, p: &Passage, r: &mut Tape) -> Option<Loss> {
        let (end, loss, was_bad) = match self.bad {
            false => (burst.p, burst.good_loss, false),
            true => (burst.r, burst.bad_loss, true),
        };
        self.bad ^= happens(&mut self.burst, end);
        if !happens(&mut self.burst, loss) {
            return None;
        }
        let per_million = (loss * 1e6) as u32;
        let rule = if was_bad { &rules::LOST_IN_BURST } else { &rules::LOST_BETWEEN_BURSTS };
        tcp::rule::report(r, rule, tcp::rule::Outcome::Drop, || [id.into(), per_million.into()]);
        Some(Loss { rule, numbers: [id, per_million], at: p.half() })
    }
}

/// Reports that a frame finds the link down.
pub(crate) fn down(id: u32, now: Instant, r: &mut Tape) -> Loss {
    rule!(r, rules::LINK_DOWN, Drop, id);
    Loss { rule: &rules::LINK_DOWN, numbers: [id, 0], at: now }
}
