//! What a person can do to the world: catch, change, drop, double, delay and forge frames; make calls; keep a
//! process from its next one. It happens at the time of the last step, before the next.

use crate::config::{FrameId, LinkId, NodeId};
use crate::event::Event;
use crate::impairments::BadImpairment;
use crate::log::{Fate, Launched, StepLog};
use crate::world::{Origin, Park, World};
use bytes::Bytes;
use host::{Call, CallResult, Pid};
use tcp::rule::Tape;
use tcp::time::Duration;

/// Octets of the longest frame that can be put on a link: an IPv4 datagram of 65,535 in Ethernet II.
pub const MAX_FRAME: usize = 65_549;
/// Octets of the shortest: an Ethernet header.
pub const MIN_FRAME: usize = 14;

/// Why a hand could not do what it was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HandError {
    /// The frame has arrived, was lost, or never was.
    NotInFlight(FrameId),
    /// It is not held.
    NotHeld(FrameId),
    /// It is held already.
    AlreadyHeld(FrameId),
    /// No such machine.
    NoSuchNode(NodeId),
    /// No such process.
    NoSuchProcess(NodeId, Pid),
    /// The machine has no interface on a link.
    NotPlugged(NodeId),
    /// More copies than [`MAX_COPIES`](crate::MAX_COPIES), or none.
    BadCount(u32),
    /// More standing rules than [`MAX_RULES`](crate::standing::MAX_RULES).
    TooManyRules,
    /// No such standing rule.
    NoSuchRule(u32),
    /// No such link, or it has no such port.
    NoSuchLink(LinkId, u16),
    /// What a link cannot do.
    BadImpairment(BadImpairment),
    /// Shorter than [`MIN_FRAME`] or longer than [`MAX_FRAME`], in octets.
    BadLength(usize),
}

impl World {
    /// Catches a frame where it is.
    pub fn hold(&mut self, frame: FrameId, log: &mut StepLog) -> Result<(), HandError> {
        let now = self.now;
        let slot = self.slot(frame)?;
        let flight = self.flights.get_mut(slot).ok_or(HandError::NotInFlight(frame))?;
        if flight.held.is_some() {
            return Err(HandError::AlreadyHeld(frame));
        }
        flight.held = Some((now, flight.arrives.since(now)));
        self.done(log, frame, Fate::Held)
    }

    /// Lets a held frame go on; it flies what was left to fly.
    pub fn deliver(&mut self, frame: FrameId, log: &mut StepLog) -> Result<(), HandError> {
        let now = self.now;
        let slot = self.slot(frame)?;
        let flight = self.flights.get_mut(slot).ok_or(HandError::NotInFlight(frame))?;
        let Some((_, left)) = flight.held.take() else { return Err(HandError::NotHeld(frame)) };
        flight.arrives = now + left;
        let arrives = flight.arrives;
        self.schedule_arrival(slot);
        self.done(log, frame, Fate::Released { arrives })
    }

    /// Puts other bytes in place of a frame's; nothing in them is mended, and it goes where it was going.
    pub fn edit(&mut self, frame: FrameId, bytes: Bytes, log: &mut StepLog) -> Result<(), HandError> {
        check_length(&bytes)?;
        let slot = self.slot(frame)?;
        let flight = self.flights.get_mut(slot).ok_or(HandError::NotInFlight(frame))?;
        flight.bytes = bytes;
        flight.edited = true;
        self.done(log, frame, Fate::Edited)
    }

    /// Takes a frame away.
    pub fn discard(&mut self, frame: FrameId, log: &mut StepLog) -> Result<(), HandError> {
        let slot = self.slot(frame)?;
        self.flights.remove(slot);
        self.done(log, frame, Fate::Dropped)
    }

    /// Sends a copy right behind a frame; the copy of a held one is held too.
    pub fn duplicate(&mut self, frame: FrameId, log: &mut StepLog) -> Result<FrameId, HandError> {
        let slot = self.slot(frame)?;
        log.begin(self.now);
        let id = self.copy(slot, None, log)?;
        self.settle();
        Ok(id)
    }

    /// Puts a copy of the frame in a slot right behind it, with other bytes where some are given.
    pub(crate) fn copy(
        &mut self,
        slot: u32,
        bytes: Option<Bytes>,
        log: &mut StepLog,
    ) -> Result<FrameId, HandError> {
        let id = FrameId(self.frames);
        let mut copy = self.flights.get(slot).ok_or(HandError::NotInFlight(id))?.clone();
        let of = std::mem::replace(&mut copy.id, id);
        copy.bytes = bytes.unwrap_or(copy.bytes);
        // What a person did to the original is in the copy's bytes from its beginning.
        (copy.edited, copy.delayed) = (false, false);
        copy.sent = self.now;
        copy.arrives += copy.duration;
        copy.held = copy.held.map(|(_, left)| (self.now, left + copy.duration));
        self.frames += 1;
        log.launch(|| Launched {
            id,
            link: copy.link,
            from: copy.from,
            to: Some(copy.to.0),
            bytes: copy.bytes.clone(),
            sent: copy.sent,
            duration: copy.duration,
            arrives: copy.arrives,
            resent: 0,
            copy_of: Some(of),
            injected: false,
            lost: None,
        });
        let held = copy.held.is_some();
        let slot = self.flights.insert(copy);
        if held {
            log.fates.push((id, Fate::Held));
        } else {
            self.schedule_arrival(slot);
        }
        Ok(id)
    }

    /// Adds to a frame's flight.
    pub fn delay(&mut self, frame: FrameId, by: Duration, log: &mut StepLog) -> Result<(), HandError> {
        let slot = self.slot(frame)?;
        let flight = self.flights.get_mut(slot).ok_or(HandError::NotInFlight(frame))?;
        flight.arrives += by;
        flight.delayed = true;
        let arrives = flight.arrives;
        match &mut flight.held {
            Some((_, left)) => *left = *left + by,
            None => self.schedule_arrival(slot),
        }
        self.done(log, frame, Fate::Delayed { arrives })
    }

    /// Puts any bytes on the link of a machine's first plugged interface, as if it had sent them.
    pub fn inject(
        &mut self,
        node: NodeId,
        bytes: Bytes,
        log: &mut StepLog,
        r: &mut Tape,
    ) -> Result<(), HandError> {
        check_length(&bytes)?;
        if usize::from(node.0) >= self.nodes.len() {
            return Err(HandError::NoSuchNode(node));
        }
        let iface = self.plugged_iface(node).ok_or(HandError::NotPlugged(node))?;
        log.begin(self.now);
        self.launch(Origin { node: node.0, iface, resent: 0, injected: true }, bytes, log, r);
        self.settle();
        Ok(())
    }

    /// A call by hand.
    pub fn call(
        &mut self,
        node: NodeId,
        pid: Pid,
        call: Call,
        log: &mut StepLog,
        r: &mut Tape,
    ) -> Result<CallResult, HandError> {
        let now = self.now;
        let n = self.nodes.get_mut(usize::from(node.0)).ok_or(HandError::NoSuchNode(node))?;
        log.begin(now);
        let mut out = host::Output::default();
        let result = host::own(&mut n.host).call(now, pid, call, &mut out, r);
        self.take(node.0, &mut out, log, r);
        self.settle();
        Ok(result)
    }

    /// Keeps a process from its next call, or lets it make it.
    pub fn park(&mut self, node: NodeId, pid: Pid, parked: bool, log: &mut StepLog) -> Result<(), HandError> {
        let now = self.now;
        let n = self.nodes.get_mut(usize::from(node.0)).ok_or(HandError::NoSuchNode(node))?;
        if !n.host.processes().iter().any(|p| p.pid == pid) {
            return Err(HandError::NoSuchProcess(node, pid));
        }
        log.begin(now);
        if parked {
            n.parks.entry(pid, Park { line: None, waiting: false }).line = None;
        } else if n.parks.remove(&pid).is_some_and(|p| p.waiting) {
            self.queue.push(now, Event::Process { node: node.0, pid }.code());
        }
        self.settle();
        Ok(())
    }

    pub(crate) fn slot(&self, frame: FrameId) -> Result<u32, HandError> {
        self.flights.slot_of(frame).ok_or(HandError::NotInFlight(frame))
    }

    pub(crate) fn done(&mut self, log: &mut StepLog, frame: FrameId, fate: Fate) -> Result<(), HandError> {
        log.begin(self.now);
        log.fates.push((frame, fate));
        self.settle();
        Ok(())
    }
}

pub(crate) fn check_length(bytes: &Bytes) -> Result<(), HandError> {
    if (MIN_FRAME..=MAX_FRAME).contains(&bytes.len()) {
        Ok(())
    } else {
        Err(HandError::BadLength(bytes.len()))
    }
}
