//! The long lists of a timeline, written as it runs on for the first time: a record a frame, a mark an occurrence,
//! what each step was. They outlive going back: what lies ahead has run before.

use crate::flows::Flows;
use crate::kinds::{self, Kinds};
use crate::list::{List, PIECE};
use crate::marks::Marks;
use crate::records::{Fate as F, FrameRecord, MarkKind, MarkRecord, NONE, bits};
use crate::{calls, rules};
use host::HostEvent;
use net::{Fate, FrameId, Glance, Launched, NodeId, Step, StepLog, World};
use std::net::SocketAddr;
use std::rc::Rc;
use wire::Seq;

/// No step, no frame.
const NEVER: u32 = u32::MAX;

/// Pieces of records of frames that are kept; older ones are made again when somebody looks.
const MOST_PIECES: usize = 24;

/// Records, marks, flows and kinds of steps, up to the furthest step run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    frames: List<FrameRecord>,
    marks: Marks,
    /// Steps before the first of `kinds`: none but in a ledger that makes records again.
    first: u32,
    kinds: Kinds,
    /// The piece of frames that such a ledger is there for.
    wanted: Option<usize>,
    flows: Flows,
    end: f64,
}

impl Ledger {
    /// One record a frame, by id.
    pub fn frames(&self) -> &List<FrameRecord> {
        &self.frames
    }
    /// In the order in which they happened.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }
    /// Connections seen.
    pub fn flows(&self) -> &Flows {
        &self.flows
    }
    /// Steps run.
    pub fn steps(&self) -> u32 {
        self.first + self.kinds.len() as u32
    }
    /// The clock at the furthest step, ns.
    pub fn end(&self) -> f64 {
        self.end
    }
    /// What each step was good for.
    pub(crate) fn kinds(&self) -> &Kinds {
        &self.kinds
    }
    /// About how many octets it takes, and how many pieces of records, and of marks, were set aside.
    pub(crate) fn weight(&self) -> (usize, usize, usize) {
        let (here, all) = self.frames.pieces();
        let weight = here * PIECE * size_of::<FrameRecord>()
            + self.marks.weight()
            + self.flows.list().len() * Flows::EACH
            + self.kinds.weight();
        (weight, all - here, self.marks.aside())
    }

    /// Writes down the next step; `world` is as it was left.
    pub fn append(&mut self, log: &StepLog, world: &World) {
        let step = self.steps() + 1;
        self.end = log.time.0 as f64;
        for launched in &log.launched {
            self.launch(launched, step);
        }
        for &(frame, rule, act) in &log.acts {
            let Some(f) = self.frames.get_mut(frame.0 as usize) else { continue };
            f.bits |= bits::RULED;
            let (from, flow) = (f.from, f.flow);
            self.mark(MarkKind::Ruled, step, |m| {
                (m.node, m.flow, m.frame, m.x, m.a) = (from, flow, frame.0, rule, act as u8);
            });
        }
        for &(frame, rule, [x, y]) in &log.impaired {
            let Some(f) = self.frames.get_mut(frame.0 as usize) else { continue };
            f.bits |= bits::IMPAIRED;
            let (from, flow) = (f.from, f.flow);
            self.mark(MarkKind::Impaired, step, |m| {
                (m.node, m.flow, m.frame, m.x, m.y) = (from, flow, frame.0, x, y);
                m.b = rules::index(rule);
            });
        }
        for (frame, fate) in &log.fates {
            self.fate(*frame, fate, step, log, world);
        }
        let quiet = !log.events.is_empty() && world.flights().next().is_none();
        for (node, event) in &log.events {
            self.event(*node, event, step, quiet);
        }
        let kind = kind_of(log);
        if kind & kinds::COMMAND != 0 {
            self.mark(MarkKind::Command, step, |_| {});
        }
        self.kinds.push(kind);
    }

    /// A ledger that writes again what came after `step`, when there were `frames` frames: to have that piece of them.
    pub(crate) fn resumed(&self, step: u32, frames: u32, wanted: Option<usize>) -> Ledger {
        let frames = match self.frames.places().next() {
            Some((_, any)) => List::resumed(frames as usize, any),
            None => List::default(),
        };
        Ledger { frames, first: step, flows: self.flows.clone(), wanted, ..Ledger::default() }
    }

    /// Puts a record where it belongs in a ledger that writes again.
    pub(crate) fn place(&mut self, frame: u32, record: impl FnOnce() -> Option<FrameRecord>) {
        if let Some(record) = record() {
            self.frames.place(frame as usize, record);
        }
    }

    pub(crate) fn put_back_frames(&mut self, piece: usize, rows: Option<Rc<Vec<FrameRecord>>>) {
        if let Some(rows) = rows {
            self.frames.put_back(piece, rows);
        }
    }

    pub(crate) fn put_back_marks(&mut self, piece: usize, rows: Option<Vec<MarkRecord>>) {
        if let Some(rows) = rows {
            self.marks.put_back(piece, rows);
        }
    }

    pub(crate) fn put_flows(&mut self, flows: Flows) {
        self.flows = flows;
    }

    /// Forgets what was not known at `step`, where `world` stood: the beginning of another timeline. What was open then must
    /// be there; `kinds`: those of that step's piece, where they were set aside.
    pub(crate) fn cut(&mut self, step: u32, world: &World, kinds: Option<Rc<Vec<u8>>>) {
        self.kinds.keep((step - self.first) as usize, kinds);
        self.flows.truncate(step);
        self.end = world.now().0 as f64;
        self.frames.keep(|f| f.step_sent <= step);
        self.marks.keep(step);
        for f in self.frames.some_mut(|f| f.step_ended > step) {
            f.step_ended = NEVER;
            f.reason = NONE;
            f.bits &= !(bits::EDITED | bits::DELAYED | bits::OUT_OF_ORDER);
        }
        for flight in world.flights() {
            let Some(f) = self.frames.get_mut(flight.id.0 as usize) else { continue };
            f.fate = if flight.held.is_some() { F::Held } else { F::Flying } as u8;
            (f.sent, f.ends) = (flight.sent.0 as f64, flight.arrives.0 as f64);
            f.bits |= if flight.edited { bits::EDITED } else { 0 };
            f.bits |= if flight.delayed { bits::DELAYED } else { 0 };
            if flight.held.is_some()
                && let Some(mark) = self.marks.last_mut(|m| is_hold(m, flight.id))
            {
                mark.time = f64::INFINITY;
            }
        }
    }

    /// The step since which frames are on their way to which their link may have done something: whether it has is forgotten
    /// with [`Ledger::cut`] and told by marks.
    pub(crate) fn impaired_since(&mut self) -> Option<u32> {
        let open = self.frames.some_mut(|f| f.step_ended == NEVER && f.bits & bits::IMPAIRED != 0);
        open.map(|f| {
            f.bits &= !bits::IMPAIRED;
            f.step_sent
        })
        .min()
    }

    /// A link did something to a frame.
    pub(crate) fn set_impaired(&mut self, frame: u32) {
        let known = self.frames.get(frame as usize);
        if known.is_some_and(|f| f.bits & bits::IMPAIRED == 0)
            && let Some(f) = self.frames.get_mut(frame as usize)
        {
            f.bits |= bits::IMPAIRED;
        }
    }

    fn launch(&mut self, l: &Launched, step: u32) {
        let g = Glance::at(&l.bytes);
        let (flow, back) = g.map_or((NONE, false), |g| self.flows.file(&g, step));
        let (seq, ack, payload, flags) = g.map_or((0, 0, 0, 0), |g| (g.seq.0, g.ack.0, g.payload, g.flags.0));
        let mut record = FrameRecord {
            sent: l.sent.0 as f64,
            ends: l.arrives.0 as f64,
            duration: l.duration.0 as f64,
            step_sent: step,
            step_ended: NEVER,
            seq,
            ack,
            payload,
            copy_of: l.copy_of.map_or(NEVER, |f| f.0),
            from: l.from.0,
            to: l.to.map_or(NONE, |n| n.0),
            flow,
            flags,
            reason: NONE,
            link: l.link.0,
            fate: F::Flying as u8,
            bits: if back { bits::BACK } else { 0 },
            resent: l.resent,
            pad: 0,
        };
        if l.copy_of.is_some() {
            record.bits |= bits::COPY;
        }
        if l.injected {
            record.bits |= bits::INJECTED;
        }
        if let Some(loss) = l.lost {
            record.fate = F::Lost as u8;
            record.step_ended = step;
            record.ends = loss.at.0 as f64;
            record.reason = rules::index(loss.rule);
        }
        debug_assert_eq!(self.frames.len(), l.id.0 as usize);
        if self.frames.push(record) {
            let wanted = self.wanted;
            self.frames.thin(MOST_PIECES, |piece, rows| settled(rows).filter(|_| Some(piece) != wanted));
        }
        if let Some(loss) = l.lost {
            self.lost(l.id, &loss, (l.from.0, flow), step);
        }
    }

    fn fate(&mut self, frame: FrameId, fate: &Fate, step: u32, log: &StepLog, world: &World) {
        let now = log.time.0 as f64;
        let Some(f) = self.frames.get_mut(frame.0 as usize) else { return };
        let (from, to, flow) = (f.from, f.to, f.flow);
        let mut end = |fate: F| {
            f.fate = fate as u8;
            f.ends = now;
            f.step_ended = step;
        };
        match *fate {
            Fate::Delivered => {
                end(F::Delivered);
                let late = !log.foreseen && f.payload > 0 && f.bits & bits::EDITED == 0;
                if let (true, Some(flow)) = (late, self.flows.list().get(usize::from(flow))) {
                    let (near, far) = (flow.client, flow.server);
                    let (local, remote) = if f.bits & bits::BACK != 0 { (near, far) } else { (far, near) };
                    if gap_before(world, to, local, remote, f.seq) {
                        f.bits |= bits::OUT_OF_ORDER;
                    }
                }
            }
            Fate::Refused { rule, numbers } => {
                end(F::DroppedByHost);
                f.reason = rules::index(rule);
                let reason = f.reason;
                self.mark(MarkKind::Refused, step, |m| {
                    (m.node, m.flow, m.frame, m.b, m.x, m.y) =
                        (to, flow, frame.0, reason, numbers[0], numbers[1]);
                });
            }
            Fate::Held => {
                f.fate = F::Held as u8;
                self.mark(MarkKind::Held, step, |m| {
                    (m.node, m.flow, m.frame, m.time) = (from, flow, frame.0, f64::INFINITY);
                });
            }
            Fate::Released { arrives } => {
                f.fate = F::Flying as u8;
                f.ends = arrives.0 as f64;
                self.release(frame, now);
            }
            Fate::Edited => {
                f.bits |= bits::EDITED;
                self.mark(MarkKind::Edited, step, |m| (m.node, m.flow, m.frame) = (from, flow, frame.0));
            }
            Fate::Delayed { arrives } => {
                f.bits |= bits::DELAYED;
                f.ends = arrives.0 as f64;
            }
            Fate::Dropped => {
                end(F::DroppedByPerson);
                self.release(frame, now);
                self.mark(MarkKind::Dropped, step, |m| (m.node, m.flow, m.frame) = (from, flow, frame.0));
            }
            Fate::Sent { sent, arrives } => (f.sent, f.ends) = (sent.0 as f64, arrives.0 as f64),
            Fate::Lost(loss) => {
                end(F::Lost);
                f.ends = loss.at.0 as f64;
                f.reason = rules::index(loss.rule);
                self.lost(frame, &loss, (from, flow), step);
            }
        }
    }

    /// `quiet`: no frame is under way.
    fn event(&mut self, node: NodeId, event: &HostEvent, step: u32, quiet: bool) {
        let node = node.0;
        match *event {
            HostEvent::State { sock: _, local, remote, from, to } => {
                let flow = if to == tcp::State::SynSent {
                    self.flows.open(local, remote, step)
                } else {
                    self.flows.find(local, remote).unwrap_or(NONE)
                };
                self.mark(MarkKind::State, step, |m| {
                    (m.node, m.flow, m.a, m.b) = (node, flow, from as u8, to as u16);
                });
            }
            HostEvent::TimerFired { sock: _, local, remote, kind, armed } => {
                let flow = self.flows.find(local, remote).unwrap_or(NONE);
                self.mark(MarkKind::Timer, step, |m| {
                    (m.node, m.flow, m.a, m.since) = (node, flow, kind as u8, armed.0 as f64);
                });
            }
            HostEvent::Queues { listener: _, syn, accept } => {
                self.mark(MarkKind::Queues, step, |m| (m.node, m.x, m.y) = (node, syn, accept));
            }
            // A call while frames are under way is no moment of its own, and there may be very many.
            HostEvent::CallEntered { pid, fd: _, text: _ } if quiet => {
                self.mark(MarkKind::Call, step, |m| (m.node, m.a, m.x) = (node, 0, pid.0));
            }
            HostEvent::CallReturned { pid, text: _, result: _ } if quiet => {
                self.mark(MarkKind::Call, step, |m| (m.node, m.a, m.x) = (node, 1, pid.0));
            }
            // The frame's own fate tells of a refusal; counters and exits are in the view.
            HostEvent::CallEntered { .. }
            | HostEvent::CallReturned { .. }
            | HostEvent::Dropped { .. }
            | HostEvent::Count(..)
            | HostEvent::Exited { .. } => {}
        }
    }

    /// A mark for a loss on a link.
    fn lost(&mut self, frame: FrameId, loss: &net::Loss, (node, flow): (u16, u16), step: u32) {
        self.mark(MarkKind::Lost, step, |m| {
            (m.node, m.flow, m.frame) = (node, flow, frame.0);
            (m.x, m.y, m.b) = (loss.numbers[0], loss.numbers[1], rules::index(loss.rule));
        });
    }

    fn mark(&mut self, kind: MarkKind, step: u32, fill: impl FnOnce(&mut MarkRecord)) {
        let mut mark = MarkRecord {
            time: self.end,
            since: self.end,
            step,
            frame: NEVER,
            x: 0,
            y: 0,
            node: NONE,
            flow: NONE,
            b: 0,
            a: 0,
            kind: kind as u8,
        };
        fill(&mut mark);
        self.marks.push(mark);
    }

    fn release(&mut self, frame: FrameId, now: f64) {
        if let Some(mark) = self.marks.last_mut(|m| is_hold(m, frame) && m.time.is_infinite()) {
            mark.time = now;
        }
    }
}

/// What a step was good for.
pub(crate) fn kind_of(log: &StepLog) -> u8 {
    let mut bits = match log.step {
        Step::Arrival { .. } => kinds::PACKET,
        Step::Timer { .. } | Step::Flood { .. } | Step::Queue { .. } => 0,
        Step::Process { .. } => kinds::PROGRAM,
        Step::Hand => kinds::COMMAND,
    };
    if !log.launched.is_empty() {
        bits |= kinds::PACKET;
    }
    let is_call = |e: &HostEvent| matches!(e, HostEvent::CallEntered { .. } | HostEvent::CallReturned { .. });
    if log.events.iter().any(|(_, e)| is_call(e)) {
        bits |= kinds::CALL;
    }
    bits | calls::kinds(log)
}

/// The last step in which something happened to these frames; none where something may still come.
fn settled(frames: &[FrameRecord]) -> Option<u32> {
    let last = frames.iter().map(|f| f.step_ended.max(f.step_sent)).max();
    last.filter(|&step| step != NEVER)
}

fn is_hold(mark: &MarkRecord, frame: FrameId) -> bool {
    mark.kind == MarkKind::Held as u8 && mark.frame == frame.0
}

/// Whether `node`'s connection still waits for octets before `seq`.
fn gap_before(world: &World, node: u16, local: SocketAddr, remote: SocketAddr, seq: u32) -> bool {
    let Some(host) = world.host(NodeId(node)) else { return false };
    host.connection(local, remote).and_then(|s| host.rcv_nxt(s)).is_some_and(|next| next.lt(Seq(seq)))
}
