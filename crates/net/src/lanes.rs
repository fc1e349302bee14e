//! Rows of events that were put in in the order in which they happen.

use crate::queue::Entry;
use std::collections::VecDeque;

/// How many there are. Whoever has more kinds of events than that has some of them share.
const LANES: usize = 4;

/// Each lane is sorted by itself, so that the first of all is one of the first of each.
#[derive(Clone, Debug)]
pub(crate) struct Lanes<T> {
    /// The first of each lane; [`Entry::never`] where it is empty.
    heads: [Entry<T>; LANES],
    /// What comes behind it.
    tails: [VecDeque<Entry<T>>; LANES],
    /// Time of what was last put into each lane.
    lasts: [u64; LANES],
    /// The lane whose first is the first of all.
    lead: usize,
}

impl<T: Copy + Default> Default for Lanes<T> {
    fn default() -> Self {
        Lanes {
            heads: [Entry::never(); LANES],
            tails: [const { VecDeque::new() }; LANES],
            lasts: [0; LANES],
            lead: 0,
        }
    }
}

impl<T: Copy + Default> Lanes<T> {
    /// Puts an event behind the others of its lane; its serial is higher than all. False, and nothing done, where it comes
    /// before one of them.
    #[inline(always)]
    pub(crate) fn push(&mut self, lane: usize, entry: Entry<T>) -> bool {
        let lane = lane % LANES;
        if self.heads[lane].is_never() {
            self.heads[lane] = entry;
            if entry.is_before(&self.heads[self.lead]) {
                self.lead = lane;
            }
        } else if self.lasts[lane] > entry.time {
            return false;
        } else {
            self.tails[lane].push_back(entry);
        }
        self.lasts[lane] = entry.time;
        true
    }

    /// The first of all, or [`Entry::never`].
    #[inline(always)]
    pub(crate) fn first(&self) -> &Entry<T> {
        &self.heads[self.lead]
    }

    /// The same, taken out.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Entry<T> {
        let next = self.tails[self.lead].pop_front().unwrap_or(Entry::never());
        let first = std::mem::replace(&mut self.heads[self.lead], next);
        let mut lead = 0;
        for lane in 1..LANES {
            if self.heads[lane].is_before(&self.heads[lead]) {
                lead = lane;
            }
        }
        self.lead = lead;
        first
    }

    pub(crate) fn len(&self) -> usize {
        let begun = self.heads.iter().filter(|head| !head.is_never()).count();
        begun + self.tails.iter().map(VecDeque::len).sum::<usize>()
    }
}
