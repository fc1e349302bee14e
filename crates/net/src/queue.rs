//! The event queue: least `(time, serial)` first.
//!
//! What is stale is not taken out but skipped by the world, which knows the serial of the one event of each timer and
//! frame that counts.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use tcp::time::Instant;

/// An event with its place in the order. Greater is earlier: the heap gives the greatest first.
#[derive(Clone, Copy, Debug)]
struct Entry<T> {
    time: Instant,
    serial: u64,
    item: T,
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.time, other.serial).cmp(&(self.time, self.serial))
    }
}
impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.serial == other.serial
    }
}
impl<T> Eq for Entry<T> {}

/// Events in the order in which they happen: by time, and those of one time by when they were put in.
#[derive(Clone, Debug)]
pub struct EventQueue<T> {
    heap: BinaryHeap<Entry<T>>,
    serials: u64,
}

impl<T> Default for EventQueue<T> {
    fn default() -> Self {
        EventQueue { heap: BinaryHeap::new(), serials: 0 }
    }
}

impl<T: Copy> EventQueue<T> {
    /// Puts `item` in and gives its serial, which is never used again.
    pub fn push(&mut self, time: Instant, item: T) -> u64 {
        let serial = self.serials;
        self.serials += 1;
        self.heap.push(Entry { time, serial, item });
        serial
    }

    /// The next event with its time and serial; stays in.
    pub fn peek(&self) -> Option<(Instant, u64, T)> {
        self.heap.peek().map(|e| (e.time, e.serial, e.item))
    }

    /// The next event, taken out.
    pub fn pop(&mut self) -> Option<(Instant, u64, T)> {
        self.heap.pop().map(|e| (e.time, e.serial, e.item))
    }

    /// Events in it, stale ones too.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}
