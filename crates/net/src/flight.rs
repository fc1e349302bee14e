//! Frames on their way.

use crate::config::{FrameId, LinkId, NodeId};
use crate::link::Passage;
use crate::log::{Launched, Loss};
use crate::world::Origin;
use bytes::Bytes;
use tcp::time::{Duration, Instant};

/// A frame between its sender and its receiver.
#[derive(Clone, Debug)]
pub struct Flight {
    /// Name.
    pub id: FrameId,
    /// Link it is on.
    pub link: LinkId,
    /// Sender.
    pub from: NodeId,
    /// Receiver and its interface.
    pub to: (NodeId, usize),
    /// The whole Ethernet frame, as it is now.
    pub bytes: Bytes,
    /// When its first bit left.
    pub sent: Instant,
    /// Time to serialize it.
    pub duration: Duration,
    /// When its last bit arrives, unless held.
    pub arrives: Instant,
    /// Caught: since when, and what was left to fly.
    pub held: Option<(Instant, Duration)>,
    /// A person changed its bytes.
    pub edited: bool,
    /// A person added to its flight.
    pub delayed: bool,
    /// Serial of the one event that is its arrival.
    pub(crate) ticket: u64,
}

/// A frame that is put on a link, whoever gets it.
#[derive(Clone, Copy)]
pub(crate) struct Takeoff {
    pub(crate) from: Origin,
    pub(crate) link: u16,
    pub(crate) port: usize,
    pub(crate) passage: Passage,
    pub(crate) lost: Option<Loss>,
}

impl Takeoff {
    #[inline(always)]
    pub(crate) fn flight(&self, id: FrameId, to: (NodeId, usize), bytes: Bytes) -> Flight {
        Flight {
            id,
            link: LinkId(self.link),
            from: NodeId(self.from.node),
            to,
            bytes,
            sent: self.passage.sent,
            duration: self.passage.duration,
            arrives: self.passage.arrives,
            held: None,
            edited: false,
            delayed: false,
            ticket: 0,
        }
    }
    #[inline(always)]
    pub(crate) fn launched(&self, id: FrameId, to: Option<NodeId>, bytes: Bytes) -> Launched {
        Launched {
            id,
            link: LinkId(self.link),
            from: NodeId(self.from.node),
            to,
            bytes,
            sent: self.passage.sent,
            duration: self.passage.duration,
            arrives: self.passage.arrives,
            resent: self.from.resent,
            copy_of: None,
            injected: self.from.injected,
            lost: self.lost,
        }
    }
}

/// All frames on their way, in slots that are used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flights {
    slots: Vec<Option<Flight>>,
    free: Vec<u32>,
}

impl Flights {
    /// Where the next one will be put.
    #[inline]
    pub(crate) fn next_slot(&self) -> u32 {
        self.free.last().copied().unwrap_or(self.slots.len() as u32)
    }
    #[inline(always)]
    pub(crate) fn insert(&mut self, flight: Flight) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(flight);
                slot
            }
            None => {
                self.slots.push(Some(flight));
                self.slots.len() as u32 - 1
            }
        }
    }
    #[inline]
    pub(crate) fn get(&self, slot: u32) -> Option<&Flight> {
        self.slots.get(slot as usize)?.as_ref()
    }
    pub(crate) fn get_mut(&mut self, slot: u32) -> Option<&mut Flight> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }
    #[inline(always)]
    pub(crate) fn remove(&mut self, slot: u32) -> Option<Flight> {
        let flight = self.slots.get_mut(slot as usize)?.take();
        if flight.is_some() {
            self.free.push(slot);
        }
        flight
    }
    /// A person's look-up: rare, so a walk will do.
    pub(crate) fn slot_of(&self, id: FrameId) -> Option<u32> {
        self.slots.iter().position(|f| f.as_ref().is_some_and(|f| f.id == id)).map(|n| n as u32)
    }
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Flight> {
        self.slots.iter().flatten()
    }
}
