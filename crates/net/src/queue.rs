//! The event queue: least `(time, serial)` first.
//!
//! Time is cut into ticks. The events of one tick stand in a row, sorted. What comes later waits in a hierarchical timing
//! wheel: level `l` has a slot for each value of the `l`th six bits of a tick, and an event waits at the level of the
//! highest six bits in which its tick differs from the row's. When the row is empty the next slot is laid out: the events
//! of its first tick become the row, the others are dealt out to lower levels. So putting in costs the same however many
//! wait. A person may put in what comes before the row, which was laid out as the next thing to happen: that has a row of
//! its own.
//!
//! Frames of one end of a link mostly arrive in the order in which they left. They need no sorting, and stand in lanes
//! ([`Lanes`]); while the first of these comes before all that the wheel has, the wheel is left alone.
//!
//! What is stale is not taken out but skipped by the world, which knows the serial of the one event of each timer and
//! frame that counts.

use crate::lanes::Lanes;
use std::cmp::Ordering;
use std::collections::VecDeque;
use tcp::time::Instant;

/// Bits of a time, ns, that are within one tick: 4 µs.
const TICK: u32 = 12;
/// Bits of a tick that one level tells apart.
const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
const LEVELS: usize = (u64::BITS - TICK).div_ceil(BITS) as usize;
/// No node.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<T> {
    pub(crate) time: u64,
    pub(crate) serial: u64,
    pub(crate) item: T,
}

impl<T> Entry<T> {
    /// Nothing that happens: it comes after everything.
    #[inline(always)]
    pub(crate) fn never() -> Entry<T>
    where
        T: Default,
    {
        Entry { time: u64::MAX, serial: u64::MAX, item: T::default() }
    }
    #[inline(always)]
    pub(crate) fn is_never(&self) -> bool {
        self.serial == u64::MAX
    }
    #[inline(always)]
    pub(crate) fn is_before(&self, other: &Entry<T>) -> bool {
        self.time < other.time || self.time == other.time && self.serial < other.serial
    }
}

#[derive(Clone, Copy, Debug)]
struct Node<T> {
    entry: Entry<T>,
    next: u32,
}

/// Singly linked lists of nodes, one a slot: first and last.
type Level = [(u32, u32); SLOTS];

/// Events in the order in which they happen: by time, and those of one time by when they were put in.
#[derive(Clone, Debug)]
pub struct EventQueue<T> {
    /// The next event, once it was looked for.
    next: Option<Entry<T>>,
    lanes: Lanes<T>,
    /// What comes before tick `laid`, first to last.
    early: VecDeque<Entry<T>>,
    /// What comes in it, last to first.
    row: Vec<Entry<T>>,
    laid: u64,
    nodes: Vec<Node<T>>,
    free: u32,
    levels: Vec<Level>,
    /// Of each level, a bit a slot that is not empty.
    used: [u64; LEVELS],
    /// Events in the wheel.
    waiting: usize,
    /// None of them comes before this tick.
    begins: u64,
    serials: u64,
}

impl<T: Copy + Default> Default for EventQueue<T> {
    fn default() -> Self {
        EventQueue {
            next: None,
            lanes: Lanes::default(),
            early: VecDeque::new(),
            row: Vec::new(),
            laid: 0,
            nodes: Vec::new(),
            free: NONE,
            levels: vec![[(NONE, NONE); SLOTS]; LEVELS],
            used: [0; LEVELS],
            waiting: 0,
            begins: u64::MAX,
            serials: 0,
        }
    }
}

impl<T: Copy + Default> EventQueue<T> {
    /// Puts `item` in and gives its serial, which is never used again.
    #[inline]
    pub fn push(&mut self, time: Instant, item: T) -> u64 {
        let serial = self.serials;
        self.serials += 1;
        let entry = self.not_next(Entry { time: time.0, serial, item });
        self.sort_in(entry);
        serial
    }

    /// The same for one of many that come in the order of their times, or nearly so; `lane`, any number, says which many.
    #[inline(always)]
    pub fn push_in_lane(&mut self, lane: usize, time: Instant, item: T) -> u64 {
        let (time, serial) = (time.0, self.serials);
        if self.next.is_some() || !self.lanes.push(lane, Entry { time, serial, item }) {
            return self.push(Instant(time), item);
        }
        self.serials += 1;
        serial
    }

    /// Of what is known to come next and something that is new, the one that comes later.
    #[inline]
    fn not_next(&mut self, new: Entry<T>) -> Entry<T> {
        match &mut self.next {
            Some(next) if new.time < next.time => std::mem::replace(next, new),
            _ => new,
        }
    }

    #[inline]
    fn sort_in(&mut self, entry: Entry<T>) {
        match (entry.time >> TICK).cmp(&self.laid) {
            Ordering::Greater => self.wait(entry),
            Ordering::Equal => self.line_up(entry),
            Ordering::Less => {
                let later = self.early.iter().rev().take_while(|e| entry.is_before(e)).count();
                self.early.insert(self.early.len() - later, entry);
            }
        }
    }

    /// The next event with its time and serial; stays in. Quick after [`EventQueue::advance`].
    #[inline(always)]
    pub fn peek(&self) -> Option<(Instant, u64, T)> {
        let Entry { time, serial, item } = match self.next {
            Some(next) => next,
            None => *self.least()?,
        };
        Some((Instant(time), serial, item))
    }

    /// Brings the next event to where it is found at once.
    #[inline(always)]
    pub fn advance(&mut self) {
        if self.next.is_none() {
            self.next = self.take_least();
        }
    }

    /// The next event, taken out.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<(Instant, u64, T)> {
        if self.next.is_none() {
            self.look();
        }
        let Entry { time, serial, item } = self.next.take()?;
        Some((Instant(time), serial, item))
    }

    /// [`EventQueue::advance`], for who has not done it.
    #[cold]
    #[inline(never)]
    fn look(&mut self) {
        self.advance();
    }

    /// The first of all but `next`.
    #[cold]
    fn least(&self) -> Option<&Entry<T>> {
        let sorted = match self.early.front().or(self.row.last()) {
            None if !self.lanes_lead() => self.least_waiting(),
            first => first,
        };
        let lanes = Some(self.lanes.first()).filter(|first| !first.is_never());
        lanes.filter(|a| sorted.is_none_or(|b| a.is_before(b))).or(sorted)
    }

    /// The same, taken out.
    #[inline(always)]
    fn take_least(&mut self) -> Option<Entry<T>> {
        let wheel = self.row.is_empty() && self.waiting > 0;
        if wheel && !self.lanes_lead() {
            self.lay_out();
        }
        let sorted = self.early.front().or(self.row.last());
        let lanes = self.lanes.first();
        if sorted.map_or(!lanes.is_never(), |b| lanes.is_before(b)) {
            return Some(self.lanes.pop());
        }
        if self.early.is_empty() { self.row.pop() } else { self.early.pop_front() }
    }

    /// Whether a lane's first event comes before all that is in the wheel.
    #[inline(always)]
    fn lanes_lead(&self) -> bool {
        self.lanes.first().time >> TICK < self.begins
    }

    /// Events in it, stale ones too.
    pub fn len(&self) -> usize {
        usize::from(self.next.is_some()) + self.lanes.len() + self.early.len() + self.row.len() + self.waiting
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts an event into the row.
    #[inline]
    fn line_up(&mut self, entry: Entry<T>) {
        let earlier = |e: &&Entry<T>| e.is_before(&entry);
        let n = self.row.iter().rev().take_while(earlier).count();
        self.row.insert(self.row.len() - n, entry);
    }

    /// Puts an event into the wheel.
    #[inline]
    fn wait(&mut self, entry: Entry<T>) {
        self.begins = self.begins.min(entry.time >> TICK);
        let node = Node { entry, next: NONE };
        let at = self.free;
        let at = match self.nodes.get_mut(at as usize) {
            Some(slot) => {
                self.free = slot.next;
                *slot = node;
                at
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        };
        self.link(at);
        self.waiting += 1;
    }

    /// The slot in which the next event of the wheel is: of the lowest level that has any, the first.
    #[inline]
    fn first(&self) -> Option<(usize, usize)> {
        let level = self.used.iter().position(|&used| used != 0)?;
        Some((level, self.used[level].trailing_zeros() as usize))
    }

    fn least_waiting(&self) -> Option<&Entry<T>> {
        let (level, slot) = self.first()?;
        let mut at = self.levels[level][slot].0;
        let mut least = &self.nodes[at as usize].entry;
        while let Some(node) = self.nodes.get(at as usize) {
            if node.entry.is_before(least) {
                least = &node.entry;
            }
            at = node.next;
        }
        Some(least)
    }

    /// Puts a node behind the others of its slot.
    #[inline]
    fn link(&mut self, at: u32) {
        let tick = self.nodes[at as usize].entry.time >> TICK;
        let level = ((tick ^ self.laid).ilog2() / BITS) as usize;
        let slot = (tick >> (level as u32 * BITS)) as usize % SLOTS;
        let (first, last) = &mut self.levels[level][slot];
        if self.used[level] & (1 << slot) == 0 {
            self.used[level] |= 1 << slot;
            *first = at;
        } else {
            self.nodes[*last as usize].next = at;
        }
        *last = at;
    }

    /// The time of the wheel's next slot has come: the events of its first tick go into the row, the others down.
    #[inline(never)]
    fn lay_out(&mut self) {
        let Some((level, slot)) = self.first() else { return };
        let first = self.levels[level][slot].0;
        self.used[level] &= !(1 << slot);
        let (mut least, mut at) = (u64::MAX, first);
        if level == 0 {
            least = self.nodes[first as usize].entry.time >> TICK;
        } else {
            while let Some(node) = self.nodes.get(at as usize) {
                least = least.min(node.entry.time >> TICK);
                at = node.next;
            }
        }
        self.laid = least;
        at = first;
        while let Some(node) = self.nodes.get_mut(at as usize) {
            let (entry, next) = (node.entry, std::mem::replace(&mut node.next, NONE));
            if entry.time >> TICK == least {
                node.next = self.free;
                self.free = at;
                self.waiting -= 1;
                self.line_up(entry);
            } else {
                self.link(at);
            }
            at = next;
        }
        self.begins = self.first().map_or(u64::MAX, |(level, slot)| {
            let below = level as u32 * BITS;
            (self.laid >> below >> BITS << BITS | slot as u64) << below
        });
    }
}
