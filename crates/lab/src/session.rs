//! A session: a scenario, a seed, timelines, and where a person stands.

use crate::again::Again;
use crate::calls::Stretch;
use crate::commands;
use crate::error::{Result, error};
use crate::kinds;
use crate::ledger::Ledger;
use crate::list::List;
use crate::records::{FrameRecord, MarkRecord};
use crate::rules;
use crate::scenario::{SHIPPED, Scenario};
use crate::series::Sampler;
use crate::timeline::{Logged, Timeline};
use crate::undo::Deed;
use crate::view::{Command, CommandResult, RuleInfo, RunResult, ScenarioInfo};
use host::CallResult;
use net::{StepLog, World};
use std::cell::RefCell;
use std::rc::Rc;
use tcp::rule::Tape;

/// A world with its history. Everything that it shows follows from scenario, seed and the command logs.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) scenario: Rc<Scenario>,
    pub(crate) seed: u64,
    pub(crate) timelines: Vec<Timeline>,
    pub(crate) current: usize,
    pub(crate) world: World,
    pub(crate) step: u32,
    /// The world one step earlier, where a step was taken alone.
    pub(crate) before: Option<World>,
    /// What the last step was; empty at step 0.
    pub(crate) log: StepLog,
    /// What can be taken back, and what was: the last at the end.
    pub(crate) done: Vec<Deed>,
    pub(crate) undone: Vec<Deed>,
    /// What graphs are drawn from, once somebody has asked.
    pub(crate) sampler: Option<Box<Sampler>>,
    /// Records that were made again for somebody who looked; the latest at the end.
    pub(crate) again: RefCell<Vec<Again<FrameRecord>>>,
    /// The same, where they lie still until [`Session::recall`] needs the room.
    pub(crate) recalled: Vec<Again<FrameRecord>>,
    pub(crate) marks_again: RefCell<Vec<Again<MarkRecord>>>,
    pub(crate) marks_recalled: Vec<Again<MarkRecord>>,
    /// The log of calls, as far as somebody has looked at it.
    pub(crate) stretches: RefCell<Vec<Stretch>>,
}

impl Session {
    /// A world at its beginning: `scenario` is the id of a shipped one, or a scenario as JSON. Without a seed, the
    /// scenario's own.
    ///
    /// # Errors
    /// `unknown_scenario`, `bad_scenario`.
    pub fn new(scenario: &str, seed: Option<u64>) -> Result<Session> {
        let is_json = scenario.trim_start().starts_with('{');
        Session::of(if is_json { Scenario::parse(scenario)? } else { Scenario::shipped(scenario)? }, seed)
    }

    /// See [`Session::new`].
    pub fn of(mut scenario: Scenario, seed: Option<u64>) -> Result<Session> {
        let seed = seed.unwrap_or(scenario.seed);
        let commands = std::mem::take(&mut scenario.commands);
        let world = World::new(&scenario.world(seed)?)?;
        let mut session = Session {
            scenario: Rc::new(scenario),
            seed,
            timelines: vec![Timeline::main(world.clone())],
            current: 0,
            world,
            step: 0,
            before: None,
            log: StepLog::default(),
            done: Vec::new(),
            undone: Vec::new(),
            sampler: None,
            again: RefCell::default(),
            recalled: Vec::new(),
            marks_again: RefCell::default(),
            marks_recalled: Vec::new(),
            stretches: RefCell::default(),
        };
        session.play_log(commands)?;
        Ok(session)
    }

    /// The shipped scenarios, the one to open on first.
    pub fn scenarios() -> Vec<ScenarioInfo> {
        SHIPPED.iter().filter_map(|(id, _)| Scenario::shipped(id).ok()).map(|s| s.info()).collect()
    }

    /// Every rule; the index is the `reason` of a record.
    pub fn rules() -> Vec<RuleInfo> {
        rules::infos()
    }

    /// Steps done since the beginning: where we stand.
    pub fn position(&self) -> u32 {
        self.step
    }

    /// The world where we stand.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What is written of the current timeline, up to its furthest step.
    pub fn ledger(&self) -> &Ledger {
        &self.timeline().ledger
    }

    /// One record a frame; those set aside are not there, see [`Session::frame`].
    pub fn frames(&self) -> &List<FrameRecord> {
        self.ledger().frames()
    }

    /// One record an occurrence; those set aside are not there, see [`Session::marks_between`].
    pub fn marks(&self) -> &List<MarkRecord> {
        self.ledger().marks().list()
    }

    /// One event (or command ahead) on; false at the world's end.
    pub fn step(&mut self) -> bool {
        let before = self.world.clone();
        let moved = self.forward(&mut Tape::None);
        if moved {
            self.before = Some(before);
        }
        moved
    }

    /// One step back; false at the beginning.
    pub fn back(&mut self) -> bool {
        match self.step.checked_sub(1) {
            Some(step) => {
                self.seek(step);
                true
            }
            None => false,
        }
    }

    /// To the state after `step` steps, or to the last that is known.
    pub fn seek(&mut self, step: u32) {
        self.seek_some(step, u32::MAX);
    }

    /// A slice of [`Session::seek`], of at most `budget` steps: false where it is still on its way. Call again then.
    pub fn seek_some(&mut self, step: u32, budget: u32) -> bool {
        let step = step.min(self.ledger().steps());
        let (near, world) = self.timeline().history.before(step.saturating_sub(1));
        if step <= self.step || near > self.step {
            (self.step, self.world, self.before) = (near, world.clone(), None);
            self.log = StepLog::default();
        }
        let mut left = budget;
        while self.step + 1 < step {
            if left == 0 {
                return false;
            }
            left -= 1;
            if !self.forward(&mut Tape::None) {
                break;
            }
        }
        if self.step < step {
            self.step();
        }
        true
    }

    /// To the beginning; what has run stays known.
    pub fn reset(&mut self) {
        self.seek(0);
    }

    /// On (or back) to the next step of a kind: `packet` left or arrived, `call` began or returned, `program` ran
    /// on. Handles at most `budget` events.
    ///
    /// # Errors
    /// `bad_target` for another word.
    pub fn step_to(&mut self, what: &str, back: bool, budget: u32) -> Result<RunResult> {
        let wanted = match what {
            "packet" => kinds::PACKET,
            "call" => kinds::CALL,
            "program" => kinds::PROGRAM,
            other => return Err(error("bad_target", [("target", crate::error::word(other))])),
        };
        let from = self.step;
        if back {
            let found = self.timeline().find_kind(1, from.saturating_sub(1), wanted, true);
            self.seek(found.unwrap_or(0));
            return Ok(result(from - self.step, if found.is_some() { "target" } else { "end" }));
        }
        if let Some(found) = self.timeline().find_kind(from + 1, u32::MAX, wanted, false) {
            self.seek(found);
            return Ok(result(found - from, "target"));
        }
        self.seek(self.ledger().steps());
        for _ in 0..budget {
            if !self.step() {
                return Ok(result(self.step - from, "end"));
            }
            if self.timeline().find_kind(self.step, self.step, wanted, false).is_some() {
                return Ok(result(self.step - from, "target"));
            }
        }
        Ok(result(self.step - from, "budget"))
    }

    /// A slice of a long run: at most `budget` events, none later than `until_ns`.
    pub fn run(&mut self, budget: u32, until_ns: f64) -> RunResult {
        for n in 0..budget {
            let next = self.world.next().map(|(time, _)| time.0 as f64);
            let command = self.timeline().command_at(self.step + 1).is_some();
            if !command && next.is_some_and(|at| at > until_ns) {
                return result(n, "target");
            }
            if !self.forward(&mut Tape::None) {
                return result(n, "end");
            }
        }
        result(budget, "budget")
    }

    /// Does a command as the next step: see [`Session::command`].
    pub(crate) fn perform(&mut self, command: Command) -> Result<CommandResult> {
        let before = self.world.clone();
        let mut log = StepLog::default();
        let call = commands::apply(&mut self.world, &command, &mut log, &mut Tape::None)?;
        let mut forked = None;
        if self.step < self.ledger().steps() {
            self.branch(self.free_name(commands::name(&command)), &before);
            forked = Some(self.current as u32);
        }
        self.step += 1;
        let line = match &command {
            Command::Call { node, call } => Some((*node, call.clone())),
            _ => None,
        };
        let timeline = &mut self.timelines[self.current];
        timeline.commands.push(Logged { step: self.step, command });
        timeline.ledger.append(&log, &self.world);
        timeline.history.offer(self.step, &self.world);
        let frames = log.launched.iter().map(|l| l.id.0).collect();
        self.log = log;
        self.before = Some(before);
        let why = match (&call, &line) {
            (Some(CallResult::Errno(errno)), Some((node, line))) => Some(self.why(*node, line, *errno)),
            _ => None,
        };
        let call = call.and_then(|_| self.said());
        Ok(CommandResult { forked, frames, call, why })
    }

    /// To another timeline, at the same step, or at its last.
    ///
    /// # Errors
    /// `unknown_timeline`.
    pub fn switch_timeline(&mut self, id: u32) -> Result<()> {
        let index = self.living(id)?;
        if index != self.current {
            self.stand(index, self.step);
        }
        Ok(())
    }

    /// A session of one timeline alone, standing at the step at which we stand, or at its last: to look at beside this one.
    ///
    /// # Errors
    /// `unknown_timeline`.
    pub fn lone(&self, id: u32) -> Result<Session> {
        let index = self.living(id)?;
        let timeline = self.timelines[index].clone();
        let (at, world) = timeline.history.before(0);
        let mut session = Session {
            scenario: Rc::clone(&self.scenario),
            seed: self.seed,
            world: world.clone(),
            timelines: vec![Timeline { parent: None, forked_at: 0, ..timeline }],
            current: 0,
            step: at,
            before: None,
            log: StepLog::default(),
            done: Vec::new(),
            undone: Vec::new(),
            sampler: None,
            again: RefCell::default(),
            recalled: Vec::new(),
            marks_again: RefCell::default(),
            marks_recalled: Vec::new(),
            stretches: RefCell::default(),
        };
        session.seek(self.step);
        Ok(session)
    }

    /// To another timeline, as near before the same step as can be without running anything: [`Session::seek_some`] goes on.
    ///
    /// # Errors
    /// `unknown_timeline`.
    pub fn enter_timeline(&mut self, id: u32) -> Result<()> {
        let index = self.living(id)?;
        if index != self.current {
            self.stand_near(index, self.step);
        }
        Ok(())
    }

    /// Stands in a timeline, at a step or at its last.
    pub(crate) fn stand(&mut self, timeline: usize, step: u32) {
        self.stand_near(timeline, 0);
        self.seek(step);
    }

    /// Stands in a timeline, where a world is kept before a step.
    pub(crate) fn stand_near(&mut self, timeline: usize, step: u32) {
        if timeline != self.current {
            self.timelines[self.current].history.forget();
            self.current = timeline;
        }
        let (at, world) = self.timelines[timeline].history.before(step);
        (self.step, self.world, self.before) = (at, world.clone(), None);
        self.log = StepLog::default();
    }

    /// Another timeline from where we stand, in the place of this one.
    pub(crate) fn branch(&mut self, name: String, world: &World) {
        let parent = self.current;
        let fork = self.timelines[parent].fork(parent as u32, name, self.step, world);
        self.timelines[parent].history.forget();
        self.current = self.timelines.len();
        self.timelines.push(fork);
        self.keep_samples(parent, self.current, self.step);
    }

    /// The timeline we are in.
    pub(crate) fn timeline(&self) -> &Timeline {
        &self.timelines[self.current]
    }

    /// The world one step before the one we stand at; none at the beginning.
    pub(crate) fn world_before(&self) -> Option<World> {
        let step = self.step.checked_sub(1)?;
        Some(self.before.clone().unwrap_or_else(|| self.timeline().world_at(step)))
    }

    /// Does the step we stand at once more, with `r` listening. Gives its log and the world after it.
    pub(crate) fn replay(&self, r: &mut Tape) -> Option<(StepLog, World)> {
        let mut world = self.world_before()?;
        let mut log = StepLog::default();
        self.timeline().play(self.step, &mut world, &mut log, r);
        Some((log, world))
    }

    /// Runs the timeline again from its beginning to where we stand, showing each step's log.
    pub(crate) fn again(&self, mut each: impl FnMut(&StepLog, u32)) {
        let timeline = self.timeline();
        let mut world = timeline.world_at(0);
        let mut log = StepLog::default();
        for step in 1..=self.step {
            if !timeline.play(step, &mut world, &mut log, &mut Tape::None) {
                return;
            }
            each(&log, step);
        }
    }

    /// One step on, writing it down where it is done for the first time.
    pub(crate) fn forward(&mut self, r: &mut Tape) -> bool {
        let step = self.step + 1;
        let timeline = &mut self.timelines[self.current];
        if !timeline.play(step, &mut self.world, &mut self.log, r) {
            return false;
        }
        self.before = None;
        self.step = step;
        if step > timeline.ledger.steps() {
            timeline.ledger.append(&self.log, &self.world);
        }
        timeline.history.offer(step, &self.world);
        true
    }
}

fn result(events: u32, stopped: &str) -> RunResult {
    RunResult { events, stopped: stopped.into() }
}
