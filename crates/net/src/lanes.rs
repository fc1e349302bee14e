//! Rows of events that were put in in the order in which they happen.

use crate::queue::Entry;
use std::collections::VecDeque;

/// How many there are. Whoever has more kinds of events than that has some of them share.
const LANES: usize = 4;
/// Comes after everything.
const NEVER: u128 = u128::MAX;

/// Each lane is sorted by itself, so that the first of all is one of the first of each.
#[derive(Clone, Debug)]
pub(crate) struct Lanes<T> {
    lanes: [VecDeque<Entry<T>>; LANES],
    /// Time and serial of each lane's first, as one number.
    heads: [u128; LANES],
    /// The lane with the least of them.
    lead: usize,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Lanes { lanes: [const { VecDeque::new() }; LANES], heads: [NEVER; LANES], lead: 0 }
    }
}

impl<T: Copy> Lanes<T> {
    /// Puts an event behind the others of its lane; its serial is higher than all. False, and nothing done, where it comes
    /// before one of them.
    #[inline(always)]
    pub(crate) fn push(&mut self, lane: usize, entry: Entry<T>) -> bool {
        let at = lane % LANES;
        let lane = &mut self.lanes[at];
        match lane.back() {
            Some(last) if last.time > entry.time => return false,
            Some(_) => {}
            None => {
                self.heads[at] = entry.key();
                if self.heads[at] < self.heads[self.lead] {
                    self.lead = at;
                }
            }
        }
        lane.push_back(entry);
        true
    }

    /// The first of all.
    #[inline(always)]
    pub(crate) fn first(&self) -> Option<&Entry<T>> {
        self.lanes[self.lead].front()
    }

    /// The first of all, taken out.
    #[inline(always)]
    pub(crate) fn pop(&mut self) -> Option<Entry<T>> {
        let lane = &mut self.lanes[self.lead];
        let entry = lane.pop_front()?;
        self.heads[self.lead] = lane.front().map_or(NEVER, Entry::key);
        let mut least = NEVER;
        for (at, &head) in self.heads.iter().enumerate() {
            if head < least {
                (least, self.lead) = (head, at);
            }
        }
        Some(entry)
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.iter().map(VecDeque::len).sum()
    }
}
