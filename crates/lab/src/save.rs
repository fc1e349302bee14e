//! A timeline as a file: scenario, seed and command log. The bytes follow.

use crate::commands;
use crate::error::{Result, error, num, word};
use crate::read::{self, reads};
use crate::scenario::{Scenario, VERSION};
use crate::session::Session;
use crate::timeline::Logged;
use crate::view::{Command, ErrorView};
use net::StepLog;
use serde::Serialize;
use tcp::rule::Tape;

/// Names the format.
const FORMAT: &str = "tcp-playground-timeline";
/// Steps that a file may ask to be run again.
const MAX_STEPS: u32 = 2_000_000;

/// The file, as JSON.
#[derive(Serialize)]
struct Saved {
    format: String,
    version: u32,
    scenario: Scenario,
    seed: u64,
    name: String,
    /// Each with the step that it is.
    commands: Vec<(u32, Command)>,
    /// Where the person stood.
    step: u32,
    /// Steps known.
    steps: u32,
}

reads!(Saved { format, version, scenario, seed, name, commands, step, steps });

fn read(timeline: &[u8]) -> std::result::Result<Saved, String> {
    let text = std::str::from_utf8(timeline).map_err(|e| e.to_string())?;
    read::json(text)
}

impl Session {
    /// The current timeline as JSON, UTF-8.
    pub fn save(&self) -> Vec<u8> {
        let timeline = self.timeline();
        let saved = Saved {
            format: FORMAT.into(),
            version: VERSION,
            scenario: (*self.scenario).clone(),
            seed: self.seed,
            name: timeline.name.clone(),
            commands: timeline.commands.iter().map(|c| (c.step, c.command.clone())).collect(),
            step: self.step,
            steps: timeline.ledger.steps(),
        };
        // Plain values only: there is nothing in it that cannot be written.
        serde_json::to_vec(&saved).unwrap_or_default()
    }

    /// What [`Session::save`] gave, standing where it was saved.
    ///
    /// # Errors
    /// `bad_timeline`, `bad_scenario`, `command_failed`, `too_long`.
    pub fn restore(timeline: &[u8]) -> Result<Session> {
        let bad = |problem: String| error("bad_timeline", [("problem", word(problem))]);
        let saved: Saved = read(timeline).map_err(bad)?;
        if saved.format != FORMAT || saved.version != VERSION {
            return Err(bad(format!(
                "its format is “{}” {}; this build reads “{FORMAT}” {VERSION}",
                saved.format, saved.version
            )));
        }
        if saved.steps > MAX_STEPS {
            return Err(error("too_long", [("max", num(MAX_STEPS))]));
        }
        if !saved.commands.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(bad("its commands are not in the order of their steps".into()));
        }
        let mut session = Session::of(saved.scenario, Some(saved.seed))?;
        session.timelines[0].name = saved.name;
        session.try_out(saved.commands)?;
        session.run(saved.steps.saturating_sub(session.step), f64::INFINITY);
        session.seek(saved.step);
        Ok(session)
    }

    /// Runs to each command and does it.
    fn try_out(&mut self, commands: Vec<(u32, Command)>) -> Result<()> {
        let failed = |step: u32, problem: &str| {
            error("command_failed", [("step", num(step)), ("problem", word(problem))])
        };
        for (step, command) in commands {
            if step == 0 || step > MAX_STEPS {
                return Err(failed(step, "there is no such step"));
            }
            self.run(step - 1 - self.step, f64::INFINITY);
            if self.step + 1 < step {
                return Err(failed(step, &format!("the world ends at step {}", self.step)));
            }
            let tried =
                commands::apply(&mut self.world.clone(), &command, &mut StepLog::default(), &mut Tape::None);
            tried.map_err(|e: ErrorView| failed(step, &e.message))?;
            self.timelines[0].commands.push(Logged { step, command });
            self.run(1, f64::INFINITY);
        }
        Ok(())
    }
}
