//! A timeline: a future that somebody chose. Scenario and seed are the session's; the command log is its own.

use crate::commands;
use crate::history::History;
use crate::ledger::Ledger;
use crate::view::Command;
use net::{StepLog, World};
use tcp::rule::Tape;

/// A command and the step that it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Logged {
    pub(crate) step: u32,
    pub(crate) command: Command,
}

/// One of a session's timelines.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    pub(crate) name: String,
    pub(crate) parent: Option<u32>,
    /// Last step it shares with its parent.
    pub(crate) forked_at: u32,
    /// In the order of their steps.
    pub(crate) commands: Vec<Logged>,
    pub(crate) ledger: Ledger,
    pub(crate) history: History,
    /// Nobody sees it; it can be brought back.
    pub(crate) deleted: bool,
}

impl Timeline {
    /// The first timeline of a session.
    pub(crate) fn main(start: World) -> Timeline {
        Timeline {
            name: "main".into(),
            parent: None,
            forked_at: 0,
            commands: Vec::new(),
            ledger: Ledger::default(),
            history: History::new(start),
            deleted: false,
        }
    }

    /// Another future from `step` on, where `world` stands.
    pub(crate) fn fork(&self, parent: u32, name: String, step: u32, world: &World) -> Timeline {
        Timeline {
            name,
            parent: Some(parent),
            forked_at: step,
            commands: self.commands.iter().filter(|c| c.step <= step).cloned().collect(),
            ledger: self.cut(step, world),
            history: self.history.fork(step),
            deleted: false,
        }
    }

    /// The command that step `step` is, if it is one.
    pub(crate) fn command_at(&self, step: u32) -> Option<&Command> {
        let at = self.commands.binary_search_by_key(&step, |c| c.step).ok()?;
        Some(&self.commands[at].command)
    }

    /// Does step `step` of this timeline to a world that stands right before it. False at the world's end.
    ///
    /// A command that is in the log could be done when it was logged, so it can be now; logs that come from
    /// outside are tried out once before they are believed.
    pub(crate) fn play(&self, step: u32, world: &mut World, log: &mut StepLog, r: &mut Tape) -> bool {
        match self.command_at(step) {
            Some(command) => commands::apply(world, command, log, r).is_ok(),
            None => world.step(log, r),
        }
    }

    /// The world at a step that is known, made again from the checkpoint before it.
    pub(crate) fn world_at(&self, step: u32) -> World {
        let mut log = StepLog::silent();
        let (from, world) = self.history.before(step);
        let mut world = world.clone();
        for n in from + 1..=step {
            self.play(n, &mut world, &mut log, &mut Tape::None);
        }
        world
    }
}
