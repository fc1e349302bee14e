//! A session as a file: scenario, seed, and the command log of each timeline. The bytes follow.

use crate::commands;
use crate::error::{Result, error, num, word};
use crate::read::{self, reads};
use crate::scenario::Scenario;
use crate::session::Session;
use crate::timeline::{Logged, Timeline};
use crate::view::{Command, ErrorView};
use net::{StepLog, World};
use serde::Serialize;
use tcp::rule::Tape;

/// Names the format.
const FORMAT: &str = "tcp-playground-timeline";
/// What is written; 1 had one timeline, its fields beside those of the file.
const VERSION: u32 = 2;
/// Steps that a file may ask to be run again, in all its timelines.
const MAX_STEPS: u32 = 2_000_000;

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
}

reads!(SavedTimeline { name, parent = None, forked_at = 0, commands, steps });

impl Session {
    /// Every timeline, as JSON, UTF-8.
    pub fn save(&self) -> Vec<u8> {
        let living: Vec<usize> = (0..self.timelines.len()).filter(|&t| !self.timelines[t].deleted).collect();
        let place = |timeline: usize| living.binary_search(&timeline).unwrap_or_default() as u32;
        let timeline = |&index: &usize| {
            let Timeline { name, commands, ledger, .. } = &self.timelines[index];
            let (parent, forked_at) = self.origin(index);
            let forked_at = parent.map_or(0, |_| forked_at);
            let own = commands.iter().filter(|c| c.step > forked_at);
            SavedTimeline {
                name: name.clone(),
                parent: parent.map(place),
                forked_at,
                commands: own.map(|c| (c.step, c.command.clone())).collect(),
                steps: ledger.steps(),
            }
        };
        let saved = Saved {
            format: FORMAT.into(),
            version: VERSION,
            scenario: (*self.scenario).clone(),
            seed: self.seed,
            timelines: living.iter().map(timeline).collect(),
            current: place(self.current),
            step: self.step,
            name: String::new(),
            commands: Vec::new(),
            steps: 0,
        };
        // Plain values only: there is nothing in it that cannot be written.
        serde_json::to_vec(&saved).unwrap_or_default()
    }

    /// What [`Session::save`] gave, standing where it was saved.
    ///
    /// # Errors
    /// `bad_timeline`, `bad_scenario`, `command_failed`, `too_long`.
    pub fn restore(saved: &[u8]) -> Result<Session> {
        let bad = |problem: &str| error("bad_timeline", [("problem", word(problem))]);
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
                vec![SavedTimeline { name, parent: None, forked_at: 0, commands, steps }]
            }
            list => list,
        };
        if timelines.iter().fold(0, |sum: u32, t| sum.saturating_add(t.steps)) > MAX_STEPS {
            return Err(error("too_long", [("max", num(MAX_STEPS))]));
        }
        if saved.current as usize >= timelines.len() {
            return Err(bad("it has no timeline of the number that it stands in"));
        }
        let mut session = Session::of(saved.scenario, Some(saved.seed))?;
        let start = session.world.clone();
        // The one that a session begins with makes room for the first of the file.
        session.timelines.clear();
        for (index, timeline) in timelines.into_iter().enumerate() {
            session.take_up(index, timeline, &start)?;
        }
        session.stand(saved.current as usize, saved.step);
        for (index, timeline) in session.timelines.iter_mut().enumerate() {
            if index != session.current {
                timeline.history.forget();
            }
        }
        Ok(session)
    }

    /// Adds a timeline of a file and runs it.
    fn take_up(&mut self, index: usize, saved: SavedTimeline, start: &World) -> Result<()> {
        let bad = |problem: &str| error("bad_timeline", [("problem", word(problem))]);
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
        self.current = index;
        self.stand(index, saved.forked_at);
        self.try_out(saved.commands)?;
        self.run(saved.steps.saturating_sub(self.step), f64::INFINITY);
        Ok(())
    }

    /// Runs to each command and does it.
    fn try_out(&mut self, commands: Vec<(u32, Command)>) -> Result<()> {
        let failed = |step: u32, problem: &str| {
            error("command_failed", [("step", num(step)), ("problem", word(problem))])
        };
        for (step, command) in commands {
            if step <= self.step || step > MAX_STEPS {
                return Err(failed(step, "there is no such step"));
            }
            self.run(step - 1 - self.step, f64::INFINITY);
            if self.step + 1 < step {
                return Err(failed(step, &format!("the world ends at step {}", self.step)));
            }
            let tried =
                commands::apply(&mut self.world.clone(), &command, &mut StepLog::default(), &mut Tape::None);
            tried.map_err(|e: ErrorView| failed(step, &e.message))?;
            self.timelines[self.current].commands.push(Logged { step, command });
            self.run(1, f64::INFINITY);
        }
        Ok(())
    }
}
