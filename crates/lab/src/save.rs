//! A session as a file: scenario, seed, and the command log of each timeline. The bytes follow.

use crate::commands;
use crate::deeds::SavedDeed;
use crate::error::{Result, error, num, word};
use crate::read::{self, reads};
use crate::scenario::Scenario;
use crate::session::Session;
use crate::timeline::{Logged, Timeline};
use crate::undo::Deed;
use crate::view::{Command, ErrorView};
use net::{StepLog, World};
use serde::Serialize;
use std::iter::Peekable;
use tcp::rule::Tape;

/// Names the format.
const FORMAT: &str = "tcp-playground-timeline";
/// What is written; 1 had one timeline, its fields beside those of the file, 2 knew nothing of undo.
const VERSION: u32 = 3;
/// Steps that a file may ask to be run again, in all its timelines.
const MAX_STEPS: u32 = 2_000_000;

const MB: u64 = 1 << 20;
/// Octets of the largest file that is read; the page has the same limit.
const LARGEST: u64 = 32 * MB;

/// The file, as JSON.
#[derive(Serialize)]
struct Saved {
    format: String,
    version: u32,
    scenario: Scenario,
    seed: u64,
    /// Each after the one that it came from.
    timelines: Vec<SavedTimeline>,
    /// The timeline in which the person stood, and the step.
    current: u32,
    step: u32,
    /// What can be taken back, and what was: the last at the end.
    done: Vec<SavedDeed>,
    undone: Vec<SavedDeed>,
    /// Of version 1 alone.
    #[serde(skip_serializing)]
    name: String,
    #[serde(skip_serializing)]
    commands: Vec<(u32, Command)>,
    #[serde(skip_serializing)]
    steps: u32,
}

reads!(Saved {
    format,
    version,
    scenario,
    seed,
    timelines = Vec::new(),
    current = 0,
    step,
    done = Vec::new(),
    undone = Vec::new(),
    name = String::new(),
    commands = Vec::new(),
    steps = 0,
});

#[derive(Serialize)]
struct SavedTimeline {
    name: String,
    /// Place in the list of the one that it came from, and the last step that they share.
    parent: Option<u32>,
    forked_at: u32,
    /// Those after `forked_at`, each with the step that it is.
    commands: Vec<(u32, Command)>,
    /// Steps known.
    steps: u32,
    /// Only undo brings it back.
    deleted: bool,
}

reads!(SavedTimeline { name, parent = None, forked_at = 0, commands, steps, deleted = false });

impl Session {
    /// Every timeline, and what can be undone, as JSON, UTF-8.
    pub fn save(&self) -> Vec<u8> {
        let kept = self.worth_saving();
        let place = |timeline: usize| kept.binary_search(&timeline).ok();
        let timeline = |&index: &usize| {
            let Timeline { name, commands, ledger, deleted, .. } = &self.timelines[index];
            let (parent, forked_at) = self.origin_among(index, |other| place(other).is_some());
            let forked_at = parent.map_or(0, |_| forked_at);
            let own = commands.iter().filter(|c| c.step > forked_at);
            SavedTimeline {
                name: name.clone(),
                parent: parent.and_then(place).map(|p| p as u32),
                forked_at,
                commands: own.map(|c| (c.step, c.command.clone())).collect(),
                steps: ledger.steps(),
                deleted: *deleted,
            }
        };
        let deeds = |list: &[Deed]| {
            // Where one cannot be written, those before it cannot be reached either.
            let written = list.iter().rev().map_while(|deed| self.write_deed(deed, &place));
            let mut all: Vec<SavedDeed> = written.collect();
            all.reverse();
            all
        };
        let saved = Saved {
            format: FORMAT.into(),
            version: VERSION,
            scenario: (*self.scenario).clone(),
            seed: self.seed,
            timelines: kept.iter().map(timeline).collect(),
            current: place(self.current).unwrap_or_default() as u32,
            step: self.step,
            done: deeds(&self.done),
            undone: deeds(&self.undone),
            name: String::new(),
            commands: Vec::new(),
            steps: 0,
        };
        // Plain values only: there is nothing in it that cannot be written.
        serde_json::to_vec(&saved).unwrap_or_default()
    }

    /// The timelines that are there, and those that undo or redo would bring back, unless they are too long to be run again
    /// whenever the file is opened.
    fn worth_saving(&self) -> Vec<usize> {
        let hidden = self.done.iter().chain(&self.undone).map(Deed::timeline);
        let hidden: Vec<usize> = hidden.filter(|&t| self.timelines[t].deleted).collect();
        let there = |t: &usize| !self.timelines[*t].deleted || hidden.contains(t);
        let all: Vec<usize> = (0..self.timelines.len()).filter(there).collect();
        let steps: u64 = all.iter().map(|&t| u64::from(self.timelines[t].ledger.steps())).sum();
        if steps < u64::from(MAX_STEPS / 4) {
            return all;
        }
        (0..self.timelines.len()).filter(|&t| !self.timelines[t].deleted).collect()
    }

    /// What [`Session::save`] gave, standing where it was saved.
    ///
    /// # Errors
    /// `bad_timeline`, `bad_scenario`, `command_failed`, `too_long`.
    pub fn restore(saved: &[u8]) -> Result<Session> {
        let mut restoring = Restoring::new(saved)?;
        while !restoring.go_on(u32::MAX)? {}
        Ok(restoring.session)
    }
}

/// Commands still to be done, each with its step.
pub(crate) type Coming = Peekable<std::vec::IntoIter<(u32, Command)>>;

/// A session on its way back from a file, in slices.
pub struct Restoring {
    session: Session,
    start: World,
    waiting: std::vec::IntoIter<SavedTimeline>,
    /// Of the timeline that is being run: its commands still to come, and its last step.
    open: Option<(Coming, u32)>,
    done: u32,
    total: u32,
    /// Which are hidden, in which to stand, at which step.
    hidden: Vec<bool>,
    current: usize,
    step: u32,
    entered: bool,
    deeds: [Vec<SavedDeed>; 2],
}

impl Restoring {
    /// Reads the file; nothing is run yet.
    ///
    /// # Errors
    /// `bad_timeline`, `bad_scenario`, `too_long`.
    pub fn new(saved: &[u8]) -> Result<Restoring> {
        check_size(saved.len() as u64)?;
        let text = std::str::from_utf8(saved).map_err(|e| bad(&e.to_string()))?;
        let saved: Saved = read::json(text).map_err(|e| bad(&e))?;
        if saved.format != FORMAT || !(1..=VERSION).contains(&saved.version) {
            return Err(bad(&format!(
                "its format is “{}” {}; this build reads “{FORMAT}” {VERSION}",
                saved.format, saved.version
            )));
        }
        let timelines = match saved.timelines {
            // Version 1.
            list if list.is_empty() => {
                let (name, commands, steps) = (saved.name, saved.commands, saved.steps);
                vec![SavedTimeline { name, parent: None, forked_at: 0, commands, steps, deleted: false }]
            }
            list => list,
        };
        let total = timelines.iter().fold(0, |sum: u32, t| sum.saturating_add(t.steps));
        if total > MAX_STEPS {
            return Err(error("too_long", [("max", num(MAX_STEPS))]));
        }
        if timelines.get(saved.current as usize).is_none_or(|t| t.deleted) {
            return Err(bad("it has no timeline of the number that it stands in"));
        }
        // Its timelines have the commands.
        let scenario = Scenario { commands: Vec::new(), ..saved.scenario };
        let mut session = Session::of(scenario, Some(saved.seed))?;
        let start = session.world.clone();
        // The one that a session begins with makes room for the first of the file.
        session.timelines.clear();
        Ok(Restoring {
            session,
            start,
            hidden: timelines.iter().map(|t| t.deleted).collect(),
            waiting: timelines.into_iter(),
            open: None,
            done: 0,
            total,
            current: saved.current as usize,
            step: saved.step,
            entered: false,
            deeds: [saved.done, saved.undone],
        })
    }

    /// Steps run again, and how many there are about.
    pub fn progress(&self) -> (u32, u32) {
        (self.done.min(self.total), self.total)
    }

    /// Goes on for about `budget` steps; true where the session stands where it was saved.
    ///
    /// # Errors
    /// `bad_timeline`, `command_failed`.
    pub fn go_on(&mut self, budget: u32) -> Result<bool> {
        let mut left = budget;
        loop {
            if let Some((mut commands, steps)) = self.open.take() {
                let from = self.session.step;
                let over = self.session.run_some(&mut commands, steps, left);
                let over = over.map_err(|(step, problem)| bad_log(step, &problem))?;
                left = left.saturating_sub(self.session.step - from);
                self.done += self.session.step - from;
                if !over {
                    self.open = Some((commands, steps));
                    return Ok(false);
                }
            }
            let Some(saved) = self.waiting.next() else { break };
            let steps = saved.steps;
            let commands = self.session.take_up(saved, &self.start)?;
            self.open = Some((commands.into_iter().peekable(), steps));
        }
        if !self.entered {
            self.entered = true;
            self.session.stand_near(self.current, self.step);
        }
        if !self.session.seek_some(self.step, left) {
            return Ok(false);
        }
        self.finish();
        Ok(true)
    }

    /// The session, once [`Restoring::go_on`] has said that it is there.
    pub fn session(self) -> Session {
        self.session
    }

    fn finish(&mut self) {
        let session = &mut self.session;
        for (index, timeline) in session.timelines.iter_mut().enumerate() {
            timeline.deleted = self.hidden[index];
            if index != session.current {
                timeline.history.forget();
            }
        }
        let [done, undone] = std::mem::take(&mut self.deeds);
        session.done = session.read_deeds(done);
        session.undone = session.read_deeds(undone);
    }
}

/// Whether a file of so many octets is read at all.
///
/// # Errors
/// `file_too_large`.
pub fn check_size(octets: u64) -> Result<()> {
    if octets <= LARGEST {
        return Ok(());
    }
    Err(error(
        "file_too_large",
        [("size", num(octets.div_ceil(MB) as f64)), ("max", num((LARGEST / MB) as f64))],
    ))
}

fn bad(problem: &str) -> ErrorView {
    error("bad_timeline", [("problem", word(problem))])
}

/// A command of a file that cannot be done at its step.
pub(crate) fn bad_log(step: u32, problem: &str) -> ErrorView {
    error("command_failed", [("step", num(step)), ("problem", word(problem))])
}

impl Session {
    /// Adds a timeline of a file and stands at its beginning; gives the commands that are still to be done.
    fn take_up(&mut self, saved: SavedTimeline, start: &World) -> Result<Vec<(u32, Command)>> {
        if !saved.commands.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(bad("its commands are not in the order of their steps"));
        }
        let timeline = match saved.parent {
            None => Timeline { name: saved.name, ..Timeline::main(start.clone()) },
            Some(id) => {
                let parent = self
                    .timelines
                    .get(id as usize)
                    .ok_or_else(|| bad("a timeline comes before its parent"))?;
                if saved.forked_at > parent.ledger.steps() {
                    return Err(bad("a timeline leaves its parent after the parent's end"));
                }
                let world = parent.world_at(saved.forked_at);
                parent.fork(id, saved.name, saved.forked_at, &world)
            }
        };
        self.timelines.push(timeline);
        let index = self.timelines.len() - 1;
        if index > 0 {
            self.stand(index, saved.forked_at);
        } else {
            self.stand_near(0, 0);
        }
        Ok(saved.commands)
    }

    /// Runs to each command and does it, then to the last step; at most about `budget` steps. True where it is there; else
    /// the step whose command cannot be done, and why.
    pub(crate) fn run_some(
        &mut self,
        commands: &mut Coming,
        steps: u32,
        budget: u32,
    ) -> std::result::Result<bool, (u32, String)> {
        let failed = |step: u32, problem: String| (step, problem);
        let end = self.step.saturating_add(budget);
        while let Some((step, _)) = commands.peek() {
            let step = *step;
            if step <= self.step || step > MAX_STEPS {
                return Err(failed(step, format!("there is no such step; they count from 1 to {MAX_STEPS}")));
            }
            let way = step - 1 - self.step;
            let done = self.run(way.min(end - self.step), f64::INFINITY);
            if self.step + 1 < step {
                if done.stopped == "budget" {
                    return Ok(false);
                }
                return Err(failed(step, format!("the world ends at step {}", self.step)));
            }
            let Some((step, command)) = commands.next() else { break };
            let tried =
                commands::apply(&mut self.world.clone(), &command, &mut StepLog::default(), &mut Tape::None);
            tried.map_err(|e: ErrorView| failed(step, e.message))?;
            self.timelines[self.current].commands.push(Logged { step, command });
            self.run(1, f64::INFINITY);
        }
        let way = steps.saturating_sub(self.step);
        let done = self.run(way.min(end.saturating_sub(self.step)), f64::INFINITY);
        Ok(self.step >= steps || done.stopped != "budget")
    }
}
