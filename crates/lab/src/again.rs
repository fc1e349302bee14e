//! What was set aside, made again: the steps in which it was written are run once more.

use crate::flows;
use crate::ledger::{Ledger, kind_of};
use crate::list::PIECE;
use crate::records::{FrameRecord, MarkKind, MarkRecord};
use crate::session::Session;
use crate::timeline::Timeline;
use net::{StepLog, World};
use std::rc::Rc;
use tcp::rule::Tape;

/// A timeline, a piece of one of its lists, and the records of it.
pub(crate) type Again<T> = (usize, usize, Rc<Vec<T>>);

/// Pieces of records that are kept of those made again, each of the two ways.
const AGAIN: usize = 2;
const RECALLED: usize = 8;

impl Session {
    /// The record of a frame, made again where it was set aside.
    pub fn frame(&self, id: u32) -> Option<FrameRecord> {
        let (piece, place) = (id as usize / PIECE, id as usize % PIECE);
        let frames = self.frames();
        if let Some(record) = frames.get(id as usize) {
            return Some(*record);
        }
        frames.set_aside(piece)?;
        let mut again = self.again.borrow_mut();
        if let Some((.., rows)) = again.iter().find(|(t, p, _)| (*t, *p) == (self.current, piece)) {
            return rows.get(place).copied();
        }
        let rows = self.timeline().frames_again(piece)?;
        let record = rows.get(place).copied();
        keep(&mut again, AGAIN, (self.current, piece, rows));
        record
    }

    /// Where the records of a piece of the list of frames lie: made again where they were set aside. They lie there until
    /// some more pieces have been asked for, or the timelines change.
    pub fn recall(&mut self, piece: usize) -> Option<*const FrameRecord> {
        if let Some(rows) = self.frames().piece(piece) {
            return Some(rows.as_ptr());
        }
        recalled(&mut self.recalled, self.current, piece, || self.timelines[self.current].frames_again(piece))
    }

    /// The same of the list of marks.
    pub fn recall_marks(&mut self, piece: usize) -> Option<*const MarkRecord> {
        if let Some(rows) = self.marks().piece(piece) {
            return Some(rows.as_ptr());
        }
        let again = || Some(Rc::new(self.timelines[self.current].marks_again(piece)?));
        recalled(&mut self.marks_recalled, self.current, piece, again)
    }

    /// The marks of these steps, made again where they were set aside.
    pub fn marks_between(&self, from: u32, to: u32) -> Vec<MarkRecord> {
        let mut again = self.marks_again.borrow_mut();
        self.timeline().marks_between(from, to, |piece| {
            if let Some((.., rows)) = again.iter().find(|(t, p, _)| (*t, *p) == (self.current, piece)) {
                return Some(Rc::clone(rows));
            }
            let rows = Rc::new(self.timeline().marks_again(piece)?);
            keep(&mut again, AGAIN, (self.current, piece, Rc::clone(&rows)));
            Some(rows)
        })
    }

    /// Nothing that was made again is true any more.
    pub(crate) fn forget_again(&mut self) {
        self.again.get_mut().clear();
        self.marks_again.get_mut().clear();
        self.stretches.get_mut().clear();
        self.recalled.clear();
        self.marks_recalled.clear();
    }
}

fn keep<T>(list: &mut Vec<Again<T>>, most: usize, again: Again<T>) {
    if list.len() == most {
        list.remove(0);
    }
    list.push(again);
}

fn recalled<T>(
    list: &mut Vec<Again<T>>,
    timeline: usize,
    piece: usize,
    again: impl FnOnce() -> Option<Rc<Vec<T>>>,
) -> Option<*const T> {
    if let Some((.., rows)) = list.iter().find(|(t, p, _)| (*t, *p) == (timeline, piece)) {
        return Some(rows.as_ptr());
    }
    let rows = again()?;
    let place = rows.as_ptr();
    keep(list, RECALLED, (timeline, piece, rows));
    Some(place)
}

impl Timeline {
    /// What was known at `step`, where `world` stood.
    pub(crate) fn cut(&self, step: u32, world: &World) -> Ledger {
        let mut ledger = self.ledger.clone();
        for piece in self.ledger.frames().open_at(step, |f| f.step_sent) {
            ledger.put_back_frames(piece, self.frames_again(piece));
        }
        for piece in self.ledger.marks().missing(step) {
            ledger.put_back_marks(piece, self.marks_again(piece));
        }
        let rest = self.kinds_again(step as usize / PIECE);
        ledger.cut(step, world, rest);
        if self.ledger.flows().forgotten(step) {
            ledger.put_flows(self.flows_again(step));
        }
        if let Some(since) = ledger.impaired_since() {
            for mark in self.marks_between(since, step, |piece| Some(Rc::new(self.marks_again(piece)?))) {
                if mark.kind == MarkKind::Impaired as u8 {
                    ledger.set_impaired(mark.frame);
                }
            }
        }
        ledger
    }

    /// The records of a piece of frames that was set aside.
    pub(crate) fn frames_again(&self, piece: usize) -> Option<Rc<Vec<FrameRecord>>> {
        let (head, until) = self.ledger.frames().set_aside(piece)?;
        let from = head.step_sent - 1;
        let world = self.world_at(from);
        let ledger = self.ledger.resumed(from, world.frames(), Some(piece));
        self.written(ledger, world, until).frames().piece(piece).cloned()
    }

    /// The marks of a piece that was set aside.
    pub(crate) fn marks_again(&self, piece: usize) -> Option<Vec<MarkRecord>> {
        let marks = self.ledger.marks();
        let (head, until) = marks.list().set_aside(piece)?;
        let from = head.step - 1;
        let world = self.world_at(from);
        let mut ledger = self.ledger.resumed(from, world.frames(), None);
        // What befalls them is told with whose they are.
        for flight in world.flights() {
            ledger.place(flight.id.0, || self.record_of(flight.id.0));
        }
        let ledger = self.written(ledger, world, until);
        let rows = ledger.marks().list().iter().skip(marks.skip(piece)).take(PIECE);
        Some(rows.copied().collect())
    }

    /// The record of a frame, made again where it was set aside.
    fn record_of(&self, id: u32) -> Option<FrameRecord> {
        let (piece, place) = (id as usize / PIECE, id as usize % PIECE);
        let known = self.ledger.frames().get(id as usize).copied();
        known.or_else(|| self.frames_again(piece)?.get(place).copied())
    }

    /// See [`Session::marks_between`]; `again` makes those of a piece.
    fn marks_between(
        &self,
        from: u32,
        to: u32,
        mut again: impl FnMut(usize) -> Option<Rc<Vec<MarkRecord>>>,
    ) -> Vec<MarkRecord> {
        let list = self.ledger.marks().list();
        let heads: Vec<u32> = list.places().map(|(_, head)| head.step).collect();
        // Those of one step may stand in two pieces.
        let first = heads.partition_point(|&step| step < from).saturating_sub(1);
        let last = heads.partition_point(|&step| step <= to);
        let mut found = Vec::new();
        for piece in first..last {
            let Some(rows) = list.piece(piece).cloned().or_else(|| again(piece)) else { continue };
            found.extend(rows.iter().filter(|m| (from..=to).contains(&m.step)));
        }
        found
    }

    /// The bits of the steps of a piece (`ledger::kind`); empty where it was not set aside.
    fn kinds_again(&self, piece: usize) -> Option<Rc<Vec<u8>>> {
        let kinds = self.ledger.kinds();
        if kinds.piece(piece).is_some() || kinds.len() <= piece * PIECE {
            return None;
        }
        let from = (piece * PIECE) as u32;
        let mut bits = Vec::with_capacity(PIECE);
        self.rerun(self.world_at(from), from, from + PIECE as u32, |log, _| {
            bits.push(kind_of(log));
        });
        Some(Rc::new(bits))
    }

    /// The first of these steps that has one of the bits (`ledger::kind`), or the last.
    pub(crate) fn find_kind(&self, from: u32, to: u32, wanted: u8, last: bool) -> Option<u32> {
        let kinds = self.ledger.kinds();
        let to = to.min(self.ledger.steps());
        if from == 0 || from > to {
            return None;
        }
        let in_piece = |piece: usize| {
            if kinds.any(piece) & wanted == 0 {
                return None;
            }
            let again = self.kinds_again(piece);
            let rows = again.as_ref().map(|rows| rows.as_slice()).or(kinds.piece(piece))?;
            let first = (piece * PIECE) as u32 + 1;
            let mut steps = (first..).zip(rows.iter());
            let is = |(step, bits): &(u32, &u8)| (from..=to).contains(step) && *bits & wanted != 0;
            let found = if last { steps.filter(is).last() } else { steps.find(is) };
            found.map(|(step, _)| step)
        };
        let mut pieces = (from as usize - 1) / PIECE..=(to as usize - 1) / PIECE;
        if last { pieces.rev().find_map(in_piece) } else { pieces.find_map(in_piece) }
    }

    /// Connections as they were known at `step`, from the first frame on.
    fn flows_again(&self, step: u32) -> flows::Flows {
        let world = self.history.before(0).1.clone();
        let mut flows = flows::Flows::default();
        let mut at = 0;
        self.rerun(world, 0, step, |log, _| {
            at += 1;
            flows.read(log, at);
        });
        flows
    }

    /// A ledger with what comes after it, up to step `to`, written.
    fn written(&self, mut ledger: Ledger, world: World, to: u32) -> Ledger {
        let from = ledger.steps();
        self.rerun(world, from, to, |log, world| ledger.append(log, world));
        ledger
    }

    /// Runs the steps after `from`, where `world` stands, once more, up to `to`: shows each step's log and the world after it.
    pub(crate) fn rerun(&self, mut world: World, from: u32, to: u32, mut each: impl FnMut(&StepLog, &World)) {
        let mut log = StepLog::default();
        for step in from + 1..=to {
            if !self.play(step, &mut world, &mut log, &mut Tape::None) {
                return;
            }
            each(&log, &world);
        }
    }
}
