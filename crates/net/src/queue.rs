//! The event queue: least `(time, serial)` first.
//!
//! A hierarchical timing wheel: level `l` has a slot for each value of the `l`th six bits of a time, and an event waits
//! at the level of the highest six bits in which its time differs from the last one taken. So what is in a slot of
//! level 0 happens at one time, in the order in which it was put in; a slot of a higher level is dealt out to the lower
//! ones when its time comes. Putting in costs the same however many wait.
//!
//! What is stale is not taken out but skipped by the world, which knows the serial of the one event of each timer and
//! frame that counts.

use tcp::time::Instant;

/// Bits of a time that one level tells apart.
const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
const LEVELS: usize = u64::BITS.div_ceil(BITS) as usize;
/// No node.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Node<T> {
    time: u64,
    serial: u64,
    item: T,
    next: u32,
}

/// Singly linked lists of nodes, one a slot: first and last.
type Level = [(u32, u32); SLOTS];

/// Events in the order in which they happen: by time, and those of one time by when they were put in.
#[derive(Clone, Debug)]
pub struct EventQueue<T> {
    nodes: Vec<Node<T>>,
    free: u32,
    levels: Vec<Level>,
    /// Of each level, a bit a slot that is not empty.
    used: [u64; LEVELS],
    /// Times are told apart from this one; nothing in the queue is earlier.
    base: u64,
    len: usize,
    serials: u64,
}

impl<T> Default for EventQueue<T> {
    fn default() -> Self {
        EventQueue {
            nodes: Vec::new(),
            free: NONE,
            levels: vec![[(NONE, NONE); SLOTS]; LEVELS],
            used: [0; LEVELS],
            base: 0,
            len: 0,
            serials: 0,
        }
    }
}

impl<T: Copy> EventQueue<T> {
    /// Puts `item` in and gives its serial, which is never used again.
    pub fn push(&mut self, time: Instant, item: T) -> u64 {
        let serial = self.serials;
        self.serials += 1;
        if time.0 < self.base {
            self.rebase(time.0);
        }
        let node = Node { time: time.0, serial, item, next: NONE };
        let at = self.free;
        match self.nodes.get_mut(at as usize) {
            Some(slot) => {
                self.free = slot.next;
                *slot = node;
                self.link(at);
            }
            None => {
                self.nodes.push(node);
                self.link(self.nodes.len() as u32 - 1);
            }
        }
        self.len += 1;
        serial
    }

    /// The next event with its time and serial; stays in. Quick after [`EventQueue::advance`].
    pub fn peek(&self) -> Option<(Instant, u64, T)> {
        let (level, slot) = self.first()?;
        let mut at = self.levels[level][slot].0;
        let mut least = &self.nodes[at as usize];
        while level > 0 && at != NONE {
            let node = &self.nodes[at as usize];
            if node.time < least.time {
                least = node;
            }
            at = node.next;
        }
        Some((Instant(least.time), least.serial, least.item))
    }

    /// Brings the next event to where it is found at once.
    #[inline]
    pub fn advance(&mut self) {
        while let Some((level, slot)) = self.first()
            && level > 0
        {
            self.deal(level, slot);
        }
    }

    /// The next event, taken out.
    #[inline]
    pub fn pop(&mut self) -> Option<(Instant, u64, T)> {
        self.advance();
        let (_, slot) = self.first()?;
        let at = self.levels[0][slot].0;
        let Node { time, serial, item, next } = self.nodes[at as usize];
        self.levels[0][slot].0 = next;
        if next == NONE {
            self.used[0] &= !(1 << slot);
        }
        self.nodes[at as usize].next = self.free;
        self.free = at;
        self.base = time;
        self.len -= 1;
        Some((Instant(time), serial, item))
    }

    /// Events in it, stale ones too.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The slot in which the next event is: of the lowest level that has any, the first.
    #[inline]
    fn first(&self) -> Option<(usize, usize)> {
        let level = self.used.iter().position(|&used| used != 0)?;
        Some((level, self.used[level].trailing_zeros() as usize))
    }

    /// Puts a node behind the others of its slot.
    #[inline]
    fn link(&mut self, at: u32) {
        let time = self.nodes[at as usize].time;
        let differ = (time ^ self.base) | 1;
        let level = (differ.ilog2() / BITS) as usize;
        let slot = (time >> (level as u32 * BITS)) as usize % SLOTS;
        let (first, last) = &mut self.levels[level][slot];
        if self.used[level] & (1 << slot) == 0 {
            self.used[level] |= 1 << slot;
            *first = at;
        } else {
            self.nodes[*last as usize].next = at;
        }
        *last = at;
    }

    /// The time of a slot has come: what is in it goes to lower levels, first come first; the earliest, to level 0.
    fn deal(&mut self, level: usize, slot: usize) {
        let (first, last) = self.levels[level][slot];
        self.used[level] &= !(1 << slot);
        let mut at = first;
        self.base = self.nodes[first as usize].time;
        while at != last {
            at = self.nodes[at as usize].next;
            self.base = self.base.min(self.nodes[at as usize].time);
        }
        at = first;
        while at != NONE {
            let next = std::mem::replace(&mut self.nodes[at as usize].next, NONE);
            self.link(at);
            at = next;
        }
    }

    /// A person puts in what comes before the event that had been next. Rare.
    #[cold]
    fn rebase(&mut self, base: u64) {
        let mut all = Vec::with_capacity(self.len);
        for (level, used) in self.levels.iter().zip(&mut self.used) {
            while *used != 0 {
                let mut at = level[used.trailing_zeros() as usize].0;
                while at != NONE {
                    all.push(at);
                    at = std::mem::replace(&mut self.nodes[at as usize].next, NONE);
                }
                *used &= *used - 1;
            }
        }
        // What happens at one time is in one slot, so that its order is kept.
        self.base = base;
        for at in all {
            self.link(at);
        }
    }
}
