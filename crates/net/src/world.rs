//! The world: hosts, links, frames on their way, the clock, and what happens next.

use crate::build::build;
use crate::config::{ConfigError, FrameId, LinkId, NodeId, WorldConfig};
use crate::event::{Coded, Event};
use crate::flight::{Flight, Flights, Takeoff};
use crate::flood::Flood;
use crate::link::{Link, Passage};
use crate::log::{Fate, Loss, Step, StepLog};
use crate::queue::EventQueue;
use crate::rules;
use crate::standing::Rules;
use crate::switch::Bridge;
use bytes::Bytes;
use host::{Host, HostEvent, Output, Pid, Sorted, TimerKey, own};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use tcp::rule;
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};

/// A deterministic discrete-event world. Cloning it is cheap: hosts are shared until written to, frames always.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) now: Instant,
    pub(crate) queue: EventQueue<Coded>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) links: Rc<Vec<Link>>,
    pub(crate) flights: Flights,
    pub(crate) frames: u32,
    pub(crate) floods: Vec<Flood>,
    /// What a person has done to frames as they leave; empty in most worlds.
    pub(crate) standing: Rules,
    scratch: Scratch,
}

/// A machine on its links.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) host: Rc<Host>,
    /// Link and port of each interface, where plugged in.
    pub(crate) plugs: Vec<Option<(u16, usize)>>,
    /// Looked up only: the order of a hash table must not decide anything.
    pub(crate) timers: FxHashMap<TimerKey, TimerSlot>,
    pub(crate) parks: Sorted<Pid, Park>,
    /// It is a switch or a hub: frames do not reach its host.
    pub(crate) bridge: Option<Box<Bridge>>,
}

/// A deadline and the event that stands in the queue for it. A deadline that is put off (each ACK does that to
/// the retransmission timer) leaves its event where it is; the event, when it comes, goes back for the rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimerSlot {
    deadline: Option<Instant>,
    queued: Option<(Instant, u64)>,
}

/// A process that a person, or the scenario, keeps from its next call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Park {
    /// Only once it is about to run this line.
    pub(crate) line: Option<u32>,
    /// It wanted to run.
    pub(crate) waiting: bool,
}

/// Room for a host's output, used again; holds nothing between steps, so a clone starts with none.
#[derive(Debug, Default)]
struct Scratch {
    out: Option<Box<Output>>,
}
impl Clone for Scratch {
    fn clone(&self) -> Self {
        Scratch::default()
    }
}

/// Where a frame to be launched comes from.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) node: u16,
    pub(crate) iface: usize,
    pub(crate) resent: u8,
    pub(crate) injected: bool,
}

impl World {
    /// A world at time 0, its programs about to start.
    pub fn new(config: &WorldConfig) -> Result<World, ConfigError> {
        let (nodes, links) = build(config)?;
        let mut world = World {
            now: Instant::ZERO,
            queue: EventQueue::default(),
            nodes,
            links: Rc::new(links),
            flights: Flights::default(),
            frames: 0,
            floods: Vec::new(),
            standing: Rules::default(),
            scratch: Scratch::default(),
        };
        for rule in &config.rules {
            world.standing.add(rule.clone());
        }
        let mut log = StepLog::default();
        for node in 0..world.nodes.len() as u16 {
            let mut out = Output::default();
            own(&mut world.nodes[usize::from(node)].host).boot(&mut out);
            world.take(node, &mut out, &mut log, &mut Tape::None);
        }
        world.start_floods(config)?;
        world.settle();
        Ok(world)
    }

    /// The clock: the time of the last step.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// What the next step will be, and when; none when nothing is left to happen by itself.
    pub fn next(&self) -> Option<(Instant, Step)> {
        let (time, _, event) = self.queue.peek()?;
        let step = match event.event() {
            Event::Arrival { slot } => {
                let flight = self.flights.get(slot)?;
                Step::Arrival { frame: flight.id, node: flight.to.0 }
            }
            Event::Timer { node, key } => Step::Timer { node: NodeId(node), key },
            Event::Process { node, pid } => Step::Process { node: NodeId(node), pid },
            Event::Flood { flood } => Step::Flood { node: self.flooder(flood) },
            Event::Link { link, port } => {
                let node = self.links.get(usize::from(link))?.ports.get(usize::from(port))?.node;
                Step::Queue { link: LinkId(link), node: NodeId(node) }
            }
        };
        Some((time, step))
    }

    /// Handles one event. False, and nothing changed, where there is none.
    pub fn step(&mut self, log: &mut StepLog, r: &mut Tape) -> bool {
        let Some((time, _, event)) = self.queue.pop() else { return false };
        debug_assert!(time >= self.now, "time runs forwards");
        self.now = time;
        log.begin(time);
        let mut out = self.scratch.out.take().unwrap_or_default();
        match event.event() {
            Event::Arrival { slot } => self.arrive(slot, &mut out, log, r),
            Event::Timer { node, key } => {
                log.step = Step::Timer { node: NodeId(node), key };
                let n = &mut self.nodes[usize::from(node)];
                n.timers.remove(&key);
                own(&mut n.host).timer_fires(time, key, &mut out, r);
                self.take(node, &mut out, log, r);
            }
            Event::Process { node, pid } => {
                log.step = Step::Process { node: NodeId(node), pid };
                own(&mut self.nodes[usize::from(node)].host).process_runs(time, pid, &mut out, r);
                self.take(node, &mut out, log, r);
            }
            Event::Flood { flood } => self.flood(flood, log, r),
            Event::Link { link, port } => self.hand_on((link, port), log, r),
        }
        self.scratch.out = Some(out);
        self.settle();
        true
    }

    /// The host of a node.
    pub fn host(&self, node: NodeId) -> Option<&Host> {
        self.nodes.get(usize::from(node.0)).map(|n| &*n.host)
    }

    /// How many machines there are.
    pub fn nodes(&self) -> u16 {
        self.nodes.len() as u16
    }

    /// How many frames were put on links so far; the id of the next one.
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// Frames on their way, held ones too, in no order that means anything.
    pub fn flights(&self) -> impl Iterator<Item = &Flight> {
        self.flights.iter()
    }

    /// A frame on its way.
    pub fn flight(&self, id: FrameId) -> Option<&Flight> {
        self.flights.get(self.flights.slot_of(id)?)
    }

    /// About how many octets a world takes that is kept beside `before`, an earlier one: what flies, what waits to be read,
    /// and what programs have written since (the rest is shared).
    pub fn weight_beside(&self, before: &World) -> usize {
        /// What queues and tables of a small world take by themselves, measured.
        const FRAME: usize = 12_288;
        /// Frames of a burst share a buffer: what flies keeps those that have arrived.
        const BURST: usize = 65_536;
        let flying: usize = self.flights.iter().map(|f| f.bytes.len()).sum();
        let of = |(n, node): (usize, &Node)| {
            let host = before.nodes.get(n).map(|n| &n.host);
            node.host.unread() + host.map_or(0, |before| node.host.written_since(before))
        };
        let own = flying + self.nodes.iter().enumerate().map(of).sum::<usize>();
        FRAME + own + if own > 0 { BURST } else { 0 }
    }

    /// Whether two machines are on a link with each other.
    pub fn share_link(&self, a: NodeId, b: NodeId) -> bool {
        self.links.iter().any(|l| [a, b].iter().all(|n| l.ports.iter().any(|p| p.node == n.0)))
    }

    /// Whether a process stands still because it is parked.
    pub fn is_parked(&self, node: NodeId, pid: Pid) -> bool {
        self.nodes
            .get(usize::from(node.0))
            .and_then(|n| n.parks.get(&pid))
            .is_some_and(|p| p.line.is_none() || p.waiting)
    }

    pub(crate) fn plugged_iface(&self, node: NodeId) -> Option<usize> {
        self.nodes.get(usize::from(node.0))?.plugs.iter().position(Option::is_some)
    }

    /// Panics where an invariant does not hold.
    pub fn assert_invariants(&self) {
        for node in &self.nodes {
            node.host.assert_invariants();
        }
        if let Some((time, serial, event)) = self.queue.peek() {
            assert!(time >= self.now, "the next event lies in the past");
            assert!(self.is_live(serial, event.event()), "a stale event is next");
        }
    }

    fn arrive(&mut self, slot: u32, out: &mut Output, log: &mut StepLog, r: &mut Tape) {
        let Some(flight) = self.flights.get(slot) else { return };
        let (id, (node, iface)) = (flight.id, flight.to);
        if self.nodes[usize::from(node.0)].bridge.is_some() {
            return self.bridge_arrives(slot, log, r);
        }
        let Some(Flight { bytes, .. }) = self.flights.remove(slot) else { return };
        log.step = Step::Arrival { frame: id, node };
        let host = own(&mut self.nodes[usize::from(node.0)].host);
        host.frame_arrives(self.now, iface, bytes, out, r);
        log.foreseen = std::mem::take(&mut out.foreseen);
        if log.listens() {
            let refused = out.events.iter().find_map(|e| match e {
                HostEvent::Dropped { rule, numbers } => Some(Fate::Refused { rule, numbers: *numbers }),
                _ => None,
            });
            log.fates.push((id, refused.unwrap_or(Fate::Delivered)));
        }
        self.take(node.0, out, log, r);
    }

    /// Takes what came out of a host: frames to links, deadlines and processes to the queue, events to the log.
    pub(crate) fn take(&mut self, node: u16, out: &mut Output, log: &mut StepLog, r: &mut Tape) {
        // In most steps most of these are empty.
        if !out.frames.is_empty() {
            for sent in out.frames.drain(..) {
                let origin = Origin { node, iface: sent.iface, resent: sent.resent, injected: false };
                self.launch(origin, sent.frame, log, r);
            }
        }
        if !out.timers.is_empty() {
            for (key, deadline) in out.timers.drain(..) {
                self.set_timer(node, key, deadline);
            }
        }
        if !out.runnable.is_empty() {
            for (pid, at) in out.runnable.drain(..) {
                self.queue.push(at.max(self.now), Event::Process { node, pid }.code());
            }
        }
        if !out.events.is_empty() {
            log.events.extend(out.events.drain(..).map(|e| (NodeId(node), e)));
        }
    }

    /// Puts a frame on the link of an interface. False where that is not plugged in.
    pub(crate) fn launch(&mut self, from: Origin, bytes: Bytes, log: &mut StepLog, r: &mut Tape) -> bool {
        if self.standing.is_empty() {
            self.put(from, bytes, None, log, r)
        } else {
            self.put_ruled(from, bytes, log, r)
        }
    }

    /// See [`World::launch`]; `dropped` is the standing rule that has the link lose it.
    pub(crate) fn put(
        &mut self,
        from: Origin,
        bytes: Bytes,
        dropped: Option<u32>,
        log: &mut StepLog,
        r: &mut Tape,
    ) -> bool {
        let plug = self.nodes.get(usize::from(from.node)).and_then(|n| *n.plugs.get(from.iface)?);
        let Some((link, port)) = plug else {
            rule!(r, rules::NOT_PLUGGED, Drop, from.iface);
            return false;
        };
        let (now, first) = (self.now, self.frames);
        let sender = &mut own(&mut self.links)[usize::from(link)].ports[port];
        if sender.weather.is_some() {
            self.put_impaired((from, (link, port)), bytes, dropped, log, r);
            return true;
        }
        let (passage, mut lost) = match sender.admit(now, bytes.len()) {
            Ok(passage) => (passage, sender.lose(&bytes, first, passage, r)),
            Err(numbers) => {
                rule!(r, rules::QUEUE_FULL, Drop, first, numbers[0], numbers[1]);
                let passage = Passage { sent: now, duration: Duration::ZERO, arrives: now };
                (passage, Some(Loss { rule: &rules::QUEUE_FULL, numbers, at: now }))
            }
        };
        if let (None, Some(rule)) = (lost, dropped) {
            lost = Some(Loss { rule: &rules::RULE_DROPS, numbers: [first, rule], at: passage.half() });
        }
        self.spread(bytes, Takeoff { from, link, port, passage, lost }, None, (log, r));
        true
    }

    /// Launches a frame towards everybody who gets it: one frame each. `slots` learns where they are.
    #[inline(always)]
    pub(crate) fn spread(
        &mut self,
        bytes: Bytes,
        mut takeoff: Takeoff,
        mut slots: Option<&mut Vec<u32>>,
        (log, r): (&mut StepLog, &mut Tape),
    ) {
        let (link, port) = (usize::from(takeoff.link), takeoff.port);
        let aim = self.links[link].aim(&bytes);
        let receiver = |links: &[Link], n| links[link].receiver(port, aim?, n);
        let mut to = receiver(&self.links, 0);
        if to.is_none() && takeoff.lost.is_none() {
            rule!(r, rules::NO_RECEIVER, Drop, self.frames);
            let (numbers, at) = ([self.frames, 0], takeoff.passage.arrives);
            takeoff.lost = Some(Loss { rule: &rules::NO_RECEIVER, numbers, at });
        }
        loop {
            let id = FrameId(self.frames);
            self.frames += 1;
            if log.listens() {
                let to = to.map(|(_, node, _)| node);
                log.launched.push(takeoff.launched(id, to, bytes.clone()));
            }
            let Some((n, node, iface)) = to else { return };
            to = receiver(&self.links, n + 1);
            if takeoff.lost.is_none() {
                rule!(r, rules::CARRIED, Act, id.0, bytes.len(), takeoff.passage.arrives);
                let flies = |bytes| takeoff.flight(id, (node, iface), bytes);
                // The last one has the bytes for itself.
                if to.is_none() {
                    let slot = self.fly(flies(bytes), port);
                    slots.into_iter().for_each(|slots| slots.push(slot));
                    return;
                }
                let slot = self.fly(flies(bytes.clone()), port);
                slots.iter_mut().for_each(|slots| slots.push(slot));
            }
            if to.is_none() {
                return;
            }
        }
    }

    /// Makes a launched frame a flight with its arrival in the queue.
    #[inline(always)]
    fn fly(&mut self, mut flight: Flight, port: usize) -> u32 {
        let slot = self.flights.next_slot();
        let lane = usize::from(flight.link.0) << 1 | port & 1;
        flight.ticket = self.queue.push_in_lane(lane, flight.arrives, Event::Arrival { slot }.code());
        self.flights.insert(flight)
    }

    /// Makes the event at `arrives` the one that counts.
    pub(crate) fn schedule_arrival(&mut self, slot: u32) {
        if let Some(flight) = self.flights.get_mut(slot) {
            flight.ticket = self.queue.push(flight.arrives, Event::Arrival { slot }.code());
        }
    }

    fn set_timer(&mut self, node: u16, key: TimerKey, deadline: Option<Instant>) {
        let now = self.now;
        let timers = &mut self.nodes[usize::from(node)].timers;
        let Some(deadline) = deadline else {
            if let Some(slot) = timers.get_mut(&key) {
                slot.deadline = None;
            }
            return;
        };
        let deadline = deadline.max(now);
        let slot = timers.entry(key).or_insert(TimerSlot { deadline: None, queued: None });
        slot.deadline = Some(deadline);
        if slot.queued.is_none_or(|(at, _)| at > deadline) {
            slot.queued = Some((deadline, self.queue.push(deadline, Event::Timer { node, key }.code())));
        }
    }

    /// Takes away what is stale at the head of the queue, so that what is there is what happens next.
    pub(crate) fn settle(&mut self) {
        loop {
            self.queue.advance();
            let Some((_, serial, event)) = self.queue.peek() else { return };
            let event = event.event();
            if self.is_live(serial, event) {
                return;
            }
            self.queue.pop();
            match event {
                Event::Timer { node, key } => self.requeue_timer(node, key, serial),
                Event::Process { node, pid } => {
                    if let Some(park) = self.nodes[usize::from(node)].parks.get_mut(&pid) {
                        park.waiting = true;
                    }
                }
                Event::Arrival { .. } | Event::Flood { .. } | Event::Link { .. } => {}
            }
        }
    }

    /// An event that came before its deadline, or after it was cancelled.
    fn requeue_timer(&mut self, node: u16, key: TimerKey, serial: u64) {
        let timers = &mut self.nodes[usize::from(node)].timers;
        let Some(slot) = timers.get_mut(&key) else { return };
        if slot.queued.is_none_or(|(_, s)| s != serial) {
            return; // another event stands for this timer
        }
        match slot.deadline {
            Some(at) => slot.queued = Some((at, self.queue.push(at, Event::Timer { node, key }.code()))),
            None => {
                timers.remove(&key);
            }
        }
    }

    /// Whether an event still is what it was put in for.
    fn is_live(&self, serial: u64, event: Event) -> bool {
        match event {
            Event::Arrival { slot } => {
                self.flights.get(slot).is_some_and(|f| f.ticket == serial && f.held.is_none())
            }
            Event::Timer { node, key } => self.nodes[usize::from(node)].timers.get(&key).is_some_and(
                |t| matches!((t.queued, t.deadline), (Some((at, s)), Some(d)) if s == serial && at == d),
            ),
            Event::Process { node, pid } => {
                let node = &self.nodes[usize::from(node)];
                node.parks.get(&pid).is_none_or(|park| !park.stops(&node.host, pid))
            }
            Event::Flood { .. } => true,
            Event::Link { link, port } => self.is_due(link, port, serial),
        }
    }
}

impl Park {
    /// Whether it stops the process where it is.
    fn stops(&self, host: &Host, pid: Pid) -> bool {
        let at = |line| host.processes().iter().any(|p| p.pid == pid && p.line == line);
        self.line.is_none_or(at)
    }
}
