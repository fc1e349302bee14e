//! What a person's workbench does to frames on their way: repeat one, put two in the place of one and one in the place
//! of two, change the order; and standing rules, set up and carried out.

use crate::config::{FrameId, NodeId};
use crate::hands::{HandError, check_length};
use crate::log::{Fate, StepLog};
use crate::standing::{Ruling, Standing, StandingRule};
use crate::world::{Origin, World};
use bytes::Bytes;
use tcp::rule::Tape;
use tcp::time::Instant;

/// Copies of a frame that can be sent at once.
pub const MAX_COPIES: u32 = 1_000;

impl World {
    /// Sends `times` copies behind a frame, each right behind the one before.
    pub fn repeat(
        &mut self,
        frame: FrameId,
        times: u32,
        log: &mut StepLog,
    ) -> Result<Vec<FrameId>, HandError> {
        if !(1..=MAX_COPIES).contains(&times) {
            return Err(HandError::BadCount(times));
        }
        let mut slot = self.slot(frame)?;
        log.begin(self.now);
        let mut ids = Vec::with_capacity(times as usize);
        for _ in 0..times {
            ids.push(self.copy(slot, None, log)?);
            slot = self.slot(ids[ids.len() - 1])?;
        }
        self.settle();
        Ok(ids)
    }

    /// Puts two frames in the place of one: its own with the bytes of the first, and another right behind it.
    pub fn split(
        &mut self,
        frame: FrameId,
        [first, second]: [Bytes; 2],
        log: &mut StepLog,
    ) -> Result<FrameId, HandError> {
        check_length(&first)?;
        check_length(&second)?;
        let slot = self.slot(frame)?;
        log.begin(self.now);
        self.set_bytes(slot, first);
        log.fates.push((frame, Fate::Edited));
        let id = self.copy(slot, Some(second), log)?;
        self.settle();
        Ok(id)
    }

    /// Puts one frame in the place of two: `frame` with these bytes; `other` is taken away.
    pub fn merge(
        &mut self,
        frame: FrameId,
        other: FrameId,
        bytes: Bytes,
        log: &mut StepLog,
    ) -> Result<(), HandError> {
        check_length(&bytes)?;
        if frame == other {
            return Err(HandError::NotInFlight(other));
        }
        let (slot, gone) = (self.slot(frame)?, self.slot(other)?);
        self.set_bytes(slot, bytes);
        self.flights.remove(gone);
        log.begin(self.now);
        log.fates.push((frame, Fate::Edited));
        log.fates.push((other, Fate::Dropped));
        self.settle();
        Ok(())
    }

    /// Has frames arrive in the order given, at the times at which they would have arrived in another. For one that is
    /// held it is what it has left to fly that changes.
    pub fn reorder(&mut self, frames: &[FrameId], log: &mut StepLog) -> Result<(), HandError> {
        let slots = frames.iter().map(|f| self.slot(*f)).collect::<Result<Vec<u32>, HandError>>()?;
        let now = self.now;
        let due = |f: &crate::Flight| f.held.map_or(f.arrives, |(_, left)| now + left);
        let mut times: Vec<Instant> = slots.iter().filter_map(|s| self.flights.get(*s)).map(due).collect();
        // Few frames, and seldom: the least of what is left comes next. A sorter from the library is 6 KB of wasm.
        for n in 0..times.len() {
            let least = (n..times.len()).min_by_key(|&i| times[i]).unwrap_or(n);
            times.swap(n, least);
        }
        log.begin(now);
        for ((&slot, &id), &at) in slots.iter().zip(frames).zip(&times) {
            let Some(flight) = self.flights.get_mut(slot) else { continue };
            let moved = due(flight) != at;
            flight.arrives = at;
            flight.delayed |= moved;
            match &mut flight.held {
                Some((_, left)) => *left = at.since(now),
                // Anew even where the time is the same: those of one time arrive in the order of their events.
                None => self.schedule_arrival(slot),
            }
            if moved {
                log.fates.push((id, Fate::Delayed { arrives: at }));
            }
        }
        self.settle();
        Ok(())
    }

    /// Standing rules, in the order in which they are asked.
    pub fn rules(&self) -> &[Standing] {
        self.standing.list()
    }

    /// Adds a rule behind the others; gives its number.
    pub fn add_rule(&mut self, rule: StandingRule, log: &mut StepLog) -> Result<u32, HandError> {
        let id = self.standing.add(rule).ok_or(HandError::TooManyRules)?;
        log.begin(self.now);
        Ok(id)
    }

    /// Takes a rule away.
    pub fn remove_rule(&mut self, id: u32, log: &mut StepLog) -> Result<(), HandError> {
        if !self.standing.remove(id) {
            return Err(HandError::NoSuchRule(id));
        }
        log.begin(self.now);
        Ok(())
    }

    /// Has a rule asked, or not asked until it is on again; what it has counted stays.
    pub fn enable_rule(&mut self, id: u32, on: bool, log: &mut StepLog) -> Result<(), HandError> {
        self.standing.find(id).ok_or(HandError::NoSuchRule(id))?.on = on;
        log.begin(self.now);
        Ok(())
    }

    /// Asks the standing rules about a frame, puts on the link what they leave of it, and does what they say.
    #[cold]
    #[inline(never)]
    pub(crate) fn put_ruled(&mut self, from: Origin, bytes: Bytes, log: &mut StepLog, r: &mut Tape) -> bool {
        let plug = self.nodes.get(usize::from(from.node)).and_then(|n| *n.plugs.get(from.iface)?);
        let mut to = Vec::new();
        if let Some((link, port)) = plug {
            let link = &self.links[usize::from(link)];
            let aim = link.aim(&bytes);
            let receiver = |n| link.receiver(port, aim?, n);
            let mut next = receiver(0);
            while let Some((n, node, iface)) = next {
                to.push((node, iface));
                next = receiver(n + 1);
            }
        }
        let first = self.frames;
        let said = self.standing.ask(bytes, (NodeId(from.node), &to), (first, from.resent), r);
        let put = self.put(from, said.bytes.clone(), said.dropped, log, r);
        if put {
            self.carry_out(&said, first, log);
        }
        put
    }

    /// Does to the frames from number `first` on, just launched, what rules said. One that is lost is only told of.
    fn carry_out(&mut self, said: &Ruling, first: u32, log: &mut StepLog) {
        for frame in (first..self.frames).map(FrameId) {
            log.acts.extend(said.acts.iter().map(|&(rule, act)| (frame, rule, act)));
            let Ok(slot) = self.slot(frame) else { continue };
            let Some(flight) = self.flights.get_mut(slot) else { continue };
            if said.edited {
                flight.edited = true;
                log.fates.push((frame, Fate::Edited));
            }
            if said.delay.0 > 0 {
                flight.arrives += said.delay;
                flight.delayed = true;
                log.fates.push((frame, Fate::Delayed { arrives: flight.arrives }));
                self.schedule_arrival(slot);
            }
            let mut last = slot;
            for _ in 0..said.copies {
                let Ok(id) = self.copy(last, None, log) else { break };
                last = self.slot(id).unwrap_or(last);
            }
            if said.held
                && let Some(flight) = self.flights.get_mut(slot)
            {
                flight.held = Some((self.now, flight.arrives.since(self.now)));
                log.fates.push((frame, Fate::Held));
            }
        }
    }

    fn set_bytes(&mut self, slot: u32, bytes: Bytes) {
        if let Some(flight) = self.flights.get_mut(slot) {
            flight.bytes = bytes;
            flight.edited = true;
        }
    }
}
