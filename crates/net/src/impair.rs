//! Frames on links that do more to them than to delay, serialize and lose them one by one; and links that a person
//! changes while they work.

use crate::aqm::{Verdict, Waiting, spacing};
use crate::config::{FrameId, LinkId, NodeId};
use crate::ecn;
use crate::event::Event;
use crate::flight::{Flight, Takeoff};
use crate::hands::HandError;
use crate::impairments::{Discipline, Impairments};
use crate::link::{Passage, Port, octets_in};
use crate::log::{Fate, Loss, Step, StepLog};
use crate::rules;
use crate::weather::{self, Wire};
use crate::world::{Origin, World};
use bytes::Bytes;
use host::own;
use tcp::rule;
use tcp::rule::{RuleDef, Tape};
use tcp::time::{Duration, Instant};

/// The ticket of a frame whose arrival nobody knows yet: it waits in a queue that is managed at its end.
const WAITS: u64 = u64::MAX;

/// A frame as the queue before a link has taken it.
struct Entry {
    passage: Passage,
    lost: Option<Loss>,
    /// It stands in a queue that is managed at its end; `passage` is a guess.
    waits: bool,
    /// Marked, with two numbers of the rule.
    marked: Option<(Bytes, [u32; 2])>,
}

/// One way of a link at a moment.
#[derive(Clone, Copy, Debug)]
pub struct LinkState<'a> {
    /// What is asked for.
    pub sends: &'a Impairments,
    /// Octets that wait for the rate, the frame that is just leaving among them.
    pub waiting: u64,
    /// Average queue, octets, where RED reckons it.
    pub average: Option<f64>,
    /// Frames dropped or marked since CoDel began to, while it does.
    pub spell: Option<u32>,
    /// A burst of losses is on.
    pub bad: bool,
}

/// Where a link's sender is plugged in: link and port.
type Place = (u16, usize);

impl Port {
    /// The queue before the link takes frame number `id`, or not.
    fn enter(&mut self, now: Instant, frame: &Bytes, id: u32, r: &mut Tape) -> Entry {
        let datagram = frame.len().saturating_sub(wire::ethernet::LEN);
        let sends = self.sends.clone();
        if sends.down {
            return refused(weather::down(id, now, r));
        }
        if let Some(mtu) = sends.mtu.filter(|&mtu| datagram > usize::from(mtu)) {
            rule!(r, rules::TOO_BIG, Drop, id, datagram, mtu);
            let numbers = [datagram as u32, mtu.into()];
            return refused(Loss { rule: &rules::TOO_BIG, numbers, at: now });
        }
        match sends.discipline {
            Discipline::DropTail => self.wait(now, frame.len(), id, None, r),
            Discipline::Red(red) => {
                let (waiting, idle, rate) = self.backlog(now);
                let Some(weather) = &mut self.weather else {
                    return self.wait(now, frame.len(), id, None, r);
                };
                let marked = if red.ecn { ecn::mark(frame) } else { None };
                let state = &mut weather.red;
                let verdict = state.enqueue(red, (waiting, idle, rate), &mut weather.mark, marked.is_some());
                let average = state.average as u32;
                let numbers = [average, red.max];
                match verdict {
                    Verdict::Pass => self.wait(now, frame.len(), id, None, r),
                    Verdict::Mark => {
                        rule!(r, rules::RED_MARKS, Act, id, average, red.min, red.max);
                        self.wait(now, frame.len(), id, marked.map(|m| (m, numbers)), r)
                    }
                    Verdict::Drop => {
                        rule!(r, rules::RED_DROPS, Drop, id, average, red.min, red.max);
                        refused(Loss { rule: &rules::RED_DROPS, numbers, at: now })
                    }
                }
            }
            Discipline::Codel(_) => self.line_up(now, frame.len(), id, r),
        }
    }

    /// First in, first out; see [`Port::admit`].
    fn wait(
        &mut self,
        now: Instant,
        len: usize,
        id: u32,
        marked: Option<(Bytes, [u32; 2])>,
        r: &mut Tape,
    ) -> Entry {
        match self.admit(now, len) {
            Ok(passage) => Entry { passage, lost: None, waits: false, marked },
            Err(numbers) => refused(full(id, numbers, now, r)),
        }
    }

    /// Into the queue that is managed at its end, unless the link is free.
    fn line_up(&mut self, now: Instant, len: usize, id: u32, r: &mut Tape) -> Entry {
        let (sending, _, rate) = self.backlog(now);
        let Some(weather) = &mut self.weather else { return self.wait(now, len, id, None, r) };
        let queue = &mut weather.codel;
        if queue.is_empty() && self.busy_until <= now {
            queue.relax();
            return self.wait(now, len, id, None, r);
        }
        let waiting = sending + queue.bytes;
        if let Some(limit) = self.sends.queue.filter(|&limit| waiting > limit.into()) {
            return refused(full(id, [u32::try_from(waiting).unwrap_or(u32::MAX), limit], now, r));
        }
        let sent = self.busy_until + time_of(queue.bytes, rate);
        let duration = time_of(len as u64, rate);
        let passage = Passage { sent, duration, arrives: sent + duration + self.sends.delay };
        Entry { passage, lost: None, waits: true, marked: None }
    }

    /// Octets that the link has yet to send of what it has taken, how long it has been idle, and its rate.
    fn backlog(&self, now: Instant) -> (u64, Duration, u64) {
        let rate = self.sends.rate.unwrap_or(u64::MAX);
        (octets_in(self.busy_until.since(now), rate), now.since(self.busy_until), rate)
    }

    /// What happens on the wire to a frame that leaves as `passage` says, which is put right.
    fn cross(&mut self, frame: &[u8], id: u32, passage: &mut Passage, r: &mut Tape) -> Wire {
        let sends = self.sends.clone();
        let mut wire = match &mut self.weather {
            Some(weather) => weather.blow(&sends, (id, frame.len()), passage, r),
            None => Wire::default(),
        };
        let lost = self.lose(frame, id, *passage, r);
        wire.lost = lost.or(wire.lost);
        if wire.twice && wire.lost.is_none() && sends.rate.is_some() {
            self.busy_until += passage.duration; // the copy takes its time too
        }
        wire
    }
}

fn refused(loss: Loss) -> Entry {
    let passage = Passage { sent: loss.at, duration: Duration::ZERO, arrives: loss.at };
    Entry { passage, lost: Some(loss), waits: false, marked: None }
}

fn full(id: u32, numbers: [u32; 2], now: Instant, r: &mut Tape) -> Loss {
    rule!(r, rules::QUEUE_FULL, Drop, id, numbers[0], numbers[1]);
    Loss { rule: &rules::QUEUE_FULL, numbers, at: now }
}

/// How long so many octets take.
fn time_of(octets: u64, rate: u64) -> Duration {
    Duration(octets.saturating_mul(8_000_000_000) / rate)
}

impl World {
    /// See [`World::put`]: for a sender whose link does more.
    #[cold]
    #[inline(never)]
    pub(crate) fn put_impaired(
        &mut self,
        (from, at): (Origin, Place),
        bytes: Bytes,
        dropped: Option<u32>,
        log: &mut StepLog,
        r: &mut Tape,
    ) {
        let (now, first) = (self.now, self.frames);
        let len = bytes.len() as u32;
        let sender = &mut own(&mut self.links)[usize::from(at.0)].ports[at.1];
        let Entry { mut passage, mut lost, waits, marked } = sender.enter(now, &bytes, first, r);
        let mut wire = Wire::default();
        let mut bytes = bytes;
        if lost.is_none() && !waits {
            wire = sender.cross(&bytes, first, &mut passage, r);
            lost = wire.lost;
        }
        let marked = marked.map(|(with, numbers)| {
            bytes = with;
            numbers
        });
        if let (None, Some(rule)) = (lost, dropped) {
            lost = Some(Loss { rule: &rules::RULE_DROPS, numbers: [first, rule], at: passage.half() });
        }
        if let (Some(bit), None) = (wire.bit, lost) {
            bytes = ecn::turn(&bytes, bit);
        }
        let mut slots = Vec::new();
        let takeoff = Takeoff { from, link: at.0, port: at.1, passage, lost };
        self.spread(bytes, takeoff, Some(&mut slots), (log, r));
        if let Some(numbers) = marked {
            log.impaired.extend((first..self.frames).map(|id| (FrameId(id), &rules::RED_MARKS, numbers)));
        }
        if waits {
            self.line_up(at, (first, len), &slots);
        } else {
            for slot in slots {
                self.tell(slot, &wire, log, r);
            }
        }
    }

    /// Flights just launched stand in the queue of their sender; when they go is not known yet. One that nobody gets takes
    /// its time all the same.
    fn line_up(&mut self, at: Place, (first, len): (u32, u32), slots: &[u32]) {
        let since = self.now;
        let sender = &mut own(&mut self.links)[usize::from(at.0)].ports[at.1];
        let Some(weather) = &mut sender.weather else { return };
        let queue = &mut weather.codel;
        if slots.is_empty() {
            queue.push(Waiting { slot: u32::MAX, id: FrameId(first), len, since });
        }
        for (n, &slot) in slots.iter().enumerate() {
            let Some(flight) = self.flights.get_mut(slot) else { continue };
            flight.ticket = WAITS;
            queue.push(Waiting { slot, id: flight.id, len: if n == 0 { len } else { 0 }, since });
        }
        if queue.ticket.is_none() {
            let event = Event::Link { link: at.0, port: at.1 as u16 }.code();
            queue.ticket = Some(self.queue.push(sender.busy_until, event));
        }
    }

    /// Tells what the wire does to a frame on its way, and sends its copy after it.
    fn tell(&mut self, slot: u32, wire: &Wire, log: &mut StepLog, r: &mut Tape) {
        let Some(&Flight { id, link, from, sent, arrives, duration, .. }) = self.flights.get(slot) else {
            return;
        };
        if let Some(bit) = wire.bit {
            rule!(r, rules::CORRUPTED, Act, id.0, bit);
            log.impaired.push((id, &rules::CORRUPTED, [bit, 0]));
        }
        if wire.ahead {
            let behind = |f: &&Flight| f.link == link && f.from == from && f.id < id && f.arrives > arrives;
            let overtaken = self.flights.iter().filter(behind).count() as u32;
            rule!(r, rules::REORDERED, Act, id.0, overtaken);
            if overtaken > 0 {
                log.impaired.push((id, &rules::REORDERED, [overtaken, 0]));
            }
        }
        if wire.twice
            && let Ok(copy) = self.copy(slot, None, log)
        {
            rule!(r, rules::DUPLICATED, Act, id.0, copy.0);
            log.impaired.push((copy, &rules::DUPLICATED, [id.0, 0]));
            let behind = sent + duration;
            if let Some(flight) = self.flights.slot_of(copy).and_then(|s| self.flights.get_mut(s)) {
                flight.sent = behind;
            }
            if let Some(launched) = log.launched.last_mut() {
                launched.sent = behind;
            }
        }
    }

    /// The link is free for the next one of a queue that is managed at its end.
    #[cold]
    #[inline(never)]
    pub(crate) fn hand_on(&mut self, (link, port): (u16, u16), log: &mut StepLog, r: &mut Tape) {
        let (now, at) = (self.now, (link, usize::from(port)));
        let sender = &mut own(&mut self.links)[usize::from(link)].ports[at.1];
        log.step = Step::Queue { link: LinkId(link), node: NodeId(sender.node) };
        let (Discipline::Codel(codel), Some(weather)) = (sender.sends.discipline, &mut sender.weather) else {
            return;
        };
        weather.codel.ticket = None;
        let flights = &mut self.flights;
        let mut mark = |w: &Waiting| {
            let flight = flights.get_mut(w.slot).filter(|f| is_waiting(f, w));
            flight.is_some_and(|f| ecn::mark(&f.bytes).map(|marked| f.bytes = marked).is_some())
        };
        for judged in weather.codel.dequeue(codel, now, &mut mark) {
            let (waiting, id) = (judged.waiting, judged.waiting.id);
            let numbers = [judged.sojourn.as_micros() as u32, judged.count];
            match judged.verdict {
                Verdict::Drop => {
                    let (sojourn, target) = (judged.sojourn, codel.target);
                    rule!(
                        r,
                        rules::CODEL_DROPS,
                        Drop,
                        id.0,
                        sojourn,
                        target,
                        judged.count,
                        spacing(codel, judged.count)
                    );
                    self.lose_waiting(waiting, Loss { rule: &rules::CODEL_DROPS, numbers, at: now }, log);
                }
                Verdict::Mark => {
                    let (sojourn, target) = (judged.sojourn, codel.target);
                    rule!(
                        r,
                        rules::CODEL_MARKS,
                        Act,
                        id.0,
                        sojourn,
                        target,
                        judged.count,
                        spacing(codel, judged.count)
                    );
                    log.impaired.push((id, &rules::CODEL_MARKS, numbers));
                    self.transmit(at, (waiting, true), now, log, r);
                }
                Verdict::Pass => self.transmit(at, (waiting, false), now, log, r),
            }
        }
        let sender = &mut own(&mut self.links)[usize::from(link)].ports[at.1];
        let free = sender.busy_until;
        if let Some(weather) = sender.weather.as_mut().filter(|w| !w.codel.is_empty()) {
            weather.codel.ticket = Some(self.queue.push(free, Event::Link { link, port }.code()));
        }
    }

    /// Whether the event that empties a queue is the one that counts.
    pub(crate) fn is_due(&self, link: u16, port: u16, serial: u64) -> bool {
        let port = self.links.get(usize::from(link)).and_then(|l| l.ports.get(usize::from(port)));
        port.and_then(|p| p.weather.as_ref()).is_some_and(|w| w.codel.ticket == Some(serial))
    }

    /// Sends a frame that has waited, and those that go with it. What is no more in the queue (a person took it out)
    /// takes its time all the same.
    fn transmit(
        &mut self,
        at: Place,
        (first, marked): (Waiting, bool),
        sent: Instant,
        log: &mut StepLog,
        r: &mut Tape,
    ) {
        let sender = &mut own(&mut self.links)[usize::from(at.0)].ports[at.1];
        let flight = self.flights.get(first.slot).filter(|f| is_waiting(f, &first));
        let bytes = flight.map_or_else(Bytes::new, |f| f.bytes.clone());
        let duration = sender.sends.rate.map_or(Duration::ZERO, |rate| time_of(first.len.into(), rate));
        let mut passage = Passage { sent, duration, arrives: sent + duration + sender.sends.delay };
        sender.busy_until = sent + duration;
        let wire = sender.cross(&bytes, first.id.0, &mut passage, r);
        let followers = sender.weather.as_mut().map(|w| w.codel.followers()).unwrap_or_default();
        for w in std::iter::once(first).chain(followers) {
            if let Some(loss) = wire.lost {
                self.lose_waiting(w, loss, log);
                continue;
            }
            let Some(flight) = self.flights.get_mut(w.slot).filter(|f| is_waiting(f, &w)) else { continue };
            (flight.sent, flight.duration, flight.arrives) = (sent, duration, passage.arrives);
            if let Some(bytes) = marked.then(|| ecn::mark(&flight.bytes)).flatten() {
                flight.bytes = bytes;
            }
            if let Some(bit) = wire.bit {
                flight.bytes = ecn::turn(&flight.bytes, bit);
            }
            log.fates.push((w.id, Fate::Sent { sent, arrives: passage.arrives }));
            self.schedule_arrival(w.slot);
            self.tell(w.slot, &wire, log, r);
        }
    }

    fn lose_waiting(&mut self, w: Waiting, loss: Loss, log: &mut StepLog) {
        if self.flights.get(w.slot).is_some_and(|f| is_waiting(f, &w)) {
            self.flights.remove(w.slot);
            log.fates.push((w.id, Fate::Lost(loss)));
        }
    }

    /// What the link does to what a port sends, from now on. Frames whose bits were to leave in their turn still do so,
    /// unless the link goes down: then all that is on its way from there is lost, but for what a person holds.
    ///
    /// # Errors
    /// `NoSuchLink`, `BadImpairment`; nothing has changed then.
    pub fn set_link(
        &mut self,
        link: LinkId,
        port: u16,
        sends: Impairments,
        log: &mut StepLog,
        r: &mut Tape,
    ) -> Result<(), HandError> {
        sends.check().map_err(HandError::BadImpairment)?;
        let (now, at) = (self.now, (link.0, usize::from(port)));
        let ports = own(&mut self.links).get_mut(usize::from(link.0)).map(|l| &mut l.ports);
        let none = HandError::NoSuchLink(link, port);
        let sender = ports.and_then(|p| p.get_mut(at.1)).ok_or(none)?;
        log.begin(now);
        let (down, rule) = (sends.down, if sends.down { &rules::LINK_SET_DOWN } else { &rules::LINK_SET });
        let codel = matches!(sends.discipline, Discipline::Codel(_));
        sender.ask(sends);
        report(r, rule, link, sender.node);
        if down {
            sender.busy_until = now;
            if let Some(weather) = &mut sender.weather {
                weather.codel.clear();
            }
            let from = NodeId(sender.node);
            self.cut(link, from, log, r);
        } else if !codel {
            self.let_out(at, log, r);
        }
        self.settle();
        Ok(())
    }

    /// Loses everything that is on its way from a node over a link.
    fn cut(&mut self, link: LinkId, from: NodeId, log: &mut StepLog, r: &mut Tape) {
        let now = self.now;
        let on_it = |f: &&Flight| f.link == link && f.from == from && f.held.is_none();
        let ids: Vec<FrameId> = self.flights.iter().filter(on_it).map(|f| f.id).collect();
        for id in ids {
            if let Some(slot) = self.flights.slot_of(id) {
                self.flights.remove(slot);
                log.fates.push((id, Fate::Lost(weather::down(id.0, now, r))));
            }
        }
    }

    /// Sends what waits in a queue that is managed at its end and no more is: one behind the other.
    fn let_out(&mut self, at: Place, log: &mut StepLog, r: &mut Tape) {
        loop {
            let sender = &mut own(&mut self.links)[usize::from(at.0)].ports[at.1];
            let free = sender.busy_until.max(self.now);
            let Some(weather) = &mut sender.weather else { return };
            weather.codel.ticket = None;
            let Some(first) = weather.codel.pop() else { return };
            self.transmit(at, (first, false), free, log, r);
        }
    }

    /// Where an interface is plugged in: link and port.
    pub fn plug(&self, node: NodeId, iface: usize) -> Option<(LinkId, u16)> {
        let (link, port) = (*self.nodes.get(usize::from(node.0))?.plugs.get(iface)?)?;
        Some((LinkId(link), port as u16))
    }

    /// What a link does to what a port sends, and how its queue stands.
    pub fn link_state(&self, link: LinkId, port: u16) -> Option<LinkState<'_>> {
        let ports = self.links.get(usize::from(link.0)).map(|l| &l.ports)?;
        let port = ports.get(usize::from(port))?;
        let (sending, ..) = port.backlog(self.now);
        let weather = port.weather.as_ref();
        let (codel, red) = match port.sends.discipline {
            Discipline::DropTail => (false, false),
            Discipline::Codel(_) => (true, false),
            Discipline::Red(_) => (false, true),
        };
        Some(LinkState {
            sends: &port.sends,
            waiting: sending + weather.map_or(0, |w| w.codel.bytes),
            average: weather.filter(|_| red).map(|w| w.red.average),
            spell: weather.filter(|_| codel).and_then(|w| w.codel.spell()),
            bad: weather.is_some_and(|w| w.bad),
        })
    }

    /// What a link does to what a port sends.
    pub fn impairments(&self, link: LinkId, port: u16) -> Option<&Impairments> {
        let ports = self.links.get(usize::from(link.0)).map(|l| &l.ports)?;
        ports.get(usize::from(port)).map(|p| &*p.sends)
    }
}

impl Flight {
    /// Whether it waits in a queue that is managed at its end: nobody knows yet when it goes.
    pub fn is_queued(&self) -> bool {
        self.ticket == WAITS
    }
}

/// Whether a frame stands where it was put, untouched by anybody.
fn is_waiting(flight: &Flight, w: &Waiting) -> bool {
    flight.id == w.id && flight.held.is_none() && flight.ticket == WAITS
}

fn report(r: &mut Tape, rule: &'static RuleDef, link: LinkId, node: u16) {
    rule::report(r, rule, rule::Outcome::Act, || [link.0.into(), node.into()]);
}
