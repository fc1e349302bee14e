//! The long lists of a timeline, written as it runs on for the first time: a record a frame, a mark an occurrence,
//! what each step was. They outlive going back: what lies ahead has run before.

use crate::flows::Flows;
use crate::list::{List, PIECE};
use crate::records::{Fate as F, FrameRecord, MarkKind, MarkRecord, NONE, bits};
use crate::view::LogLine;
use crate::{calls, rules};
use host::HostEvent;
use net::{Fate, FrameId, Glance, Launched, NodeId, Step, StepLog, World};
use std::net::SocketAddr;
use std::rc::Rc;
use wire::Seq;

/// No step, no frame.
const NEVER: u32 = u32::MAX;

/// What a step was good for, as bits: what stepping by packet, call or line looks for.
pub mod kind {
    /// A frame left or arrived.
    pub const PACKET: u8 = 1;
    /// A system call began or returned.
    pub const CALL: u8 = 2;
    /// A program ran on.
    pub const PROGRAM: u8 = 4;
    /// A person's command.
    pub const COMMAND: u8 = 8;
    /// The log of calls has a line of a node whose number ends in these two bits; this bit is that of 0.
    pub const LINE: u8 = 16;

    /// The bits of steps in which the log has a line of `node`, or of any.
    pub fn line(node: Option<u32>) -> u8 {
        node.map_or(LINE * 15, |n| LINE << (n % 4))
    }
}

/// Pieces of records of frames that are kept; older ones are made again when somebody looks.
const MOST_PIECES: usize = 24;
/// Lines of the log of calls that are kept; older ones are made again when somebody looks.
const MOST_LINES: usize = 2048;

/// Pieces of frames that were set aside, made again.
pub(crate) type Missing = Vec<(usize, Rc<Vec<FrameRecord>>)>;

/// Records, marks, flows and kinds of steps, up to the furthest step run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    frames: List<FrameRecord>,
    marks: List<MarkRecord>,
    calls: Vec<LogLine>,
    /// All lines of the steps after this one are in `calls`.
    calls_since: u32,
    /// Steps before the first of `kinds`: none but in a ledger that makes records again.
    first: u32,
    kinds: Vec<u8>,
    flows: Flows,
    end: f64,
}

impl Ledger {
    /// One record a frame, by id.
    pub fn frames(&self) -> &List<FrameRecord> {
        &self.frames
    }
    /// In the order in which they happened.
    pub fn marks(&self) -> &List<MarkRecord> {
        &self.marks
    }
    /// Calls, as strace(1) writes them down: all of the steps after the one that is given too.
    pub fn calls(&self) -> (u32, &[LogLine]) {
        (self.calls_since, &self.calls)
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
    /// Bits of [`kind`] of a step, counted from 1.
    pub fn kind(&self, step: u32) -> u8 {
        step.checked_sub(self.first + 1).and_then(|n| self.kinds.get(n as usize)).copied().unwrap_or(0)
    }
    /// About how many octets it takes, and how many pieces of records were set aside.
    pub(crate) fn weight(&self) -> (usize, usize) {
        let (here, all) = self.frames.pieces();
        let lines: usize = self.calls.iter().map(|c| size_of::<LogLine>() + c.text.len()).sum();
        let weight = here * PIECE * size_of::<FrameRecord>()
            + self.marks.len() * size_of::<MarkRecord>()
            + self.flows.list().len() * Flows::EACH
            + self.kinds.len()
            + lines;
        (weight, all - here)
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
        let quiet = world.flights().next().is_none();
        for (node, event) in &log.events {
            self.event(*node, event, step, quiet);
        }
        let lines = self.calls.len();
        calls::append(&mut self.calls, log, step);
        let mut kind = match log.step {
            Step::Arrival { .. } => kind::PACKET,
            Step::Timer { .. } | Step::Flood { .. } | Step::Queue { .. } => 0,
            Step::Process { .. } => kind::PROGRAM,
            Step::Hand => kind::COMMAND,
        };
        if !log.launched.is_empty() {
            kind |= kind::PACKET;
        }
        let is_call =
            |e: &HostEvent| matches!(e, HostEvent::CallEntered { .. } | HostEvent::CallReturned { .. });
        if log.events.iter().any(|(_, e)| is_call(e)) {
            kind |= kind::CALL;
        }
        for line in &self.calls[lines..] {
            kind |= kind::line(Some(line.node));
        }
        if self.calls.len() > MOST_LINES {
            let last = self.calls[MOST_LINES / 2].step;
            self.calls.drain(..self.calls.partition_point(|c| c.step <= last));
            self.calls_since = last;
        }
        if kind & kind::COMMAND != 0 {
            self.mark(MarkKind::Command, step, |_| {});
        }
        self.kinds.push(kind);
    }

    /// The pieces of frames set aside in which something was still to come at `step`.
    pub(crate) fn missing(&self, step: u32) -> Vec<usize> {
        let open = |&piece: &usize| {
            self.frames.set_aside(piece).is_some_and(|(head, until)| head.step_sent <= step && step < until)
        };
        (0..self.frames.pieces().1).filter(open).collect()
    }

    /// A ledger that writes again what came after `step`, when there were `frames` frames.
    pub(crate) fn resumed(&self, step: u32, frames: u32) -> Ledger {
        let frames = match self.frames.places().next() {
            Some((_, any)) => List::resumed(frames as usize, any),
            None => List::default(),
        };
        Ledger { frames, first: step, flows: self.flows.clone(), ..Ledger::default() }
    }

    /// What was known at `step`, where `world` stood: the beginning of another timeline. `missing`: the pieces of that name.
    pub(crate) fn fork(&self, step: u32, world: &World, missing: Missing) -> Ledger {
        let mut ledger = self.clone();
        ledger.kinds.truncate((step - self.first) as usize);
        ledger.flows.truncate(step);
        ledger.end = world.now().0 as f64;
        ledger.calls.truncate(ledger.calls.partition_point(|c| c.step <= step));
        ledger.calls_since = ledger.calls_since.min(step);
        for (piece, rows) in missing {
            ledger.frames.put_back(piece, rows);
        }
        ledger.frames.keep(|f| f.step_sent <= step);
        ledger.marks.keep(|m| m.step <= step);
        for f in ledger.frames.some_mut(|f| f.step_ended > step) {
            f.step_ended = NEVER;
            f.reason = NONE;
            f.bits &= !(bits::EDITED | bits::DELAYED | bits::OUT_OF_ORDER);
        }
        for f in ledger.frames.some_mut(|f| f.step_ended == NEVER && f.bits & bits::IMPAIRED != 0) {
            f.bits &= !bits::IMPAIRED;
        }
        for m in ledger.marks.iter().filter(|m| m.kind == MarkKind::Impaired as u8) {
            let known = ledger.frames.get(m.frame as usize);
            if known.is_some_and(|f| f.bits & bits::IMPAIRED == 0)
                && let Some(f) = ledger.frames.get_mut(m.frame as usize)
            {
                f.bits |= bits::IMPAIRED;
            }
        }
        for flight in world.flights() {
            let Some(f) = ledger.frames.get_mut(flight.id.0 as usize) else { continue };
            f.fate = if flight.held.is_some() { F::Held } else { F::Flying } as u8;
            (f.sent, f.ends) = (flight.sent.0 as f64, flight.arrives.0 as f64);
            f.bits |= if flight.edited { bits::EDITED } else { 0 };
            f.bits |= if flight.delayed { bits::DELAYED } else { 0 };
            if flight.held.is_some()
                && let Some(mark) = ledger.marks.last_mut(|m| is_hold(m, flight.id))
            {
                mark.time = f64::INFINITY;
            }
        }
        ledger
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
            self.frames.thin(MOST_PIECES, settled);
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
                let late = f.payload > 0 && f.bits & bits::EDITED == 0;
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
