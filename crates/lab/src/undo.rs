//! Taking back, and doing again: commands, and what was done to timelines. One stack a session; what is taken back goes to
//! where it was done, so that a person sees it go.

use crate::commands;
use crate::error::{Result, error, num, word};
use crate::ledger::Ledger;
use crate::session::Session;
use crate::view::{ChangeView, Command, CommandResult};

/// Changes that can be taken back; older ones are there for good.
pub(crate) const KEPT: usize = 500;
/// The longest name of a timeline, characters.
const LONGEST_NAME: usize = 60;

/// Something that was done, with what it takes to undo it and to do it again. Timelines by their index.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// A command, as step `step` of `timeline`; `from` is the timeline that it forked.
    Command { timeline: usize, step: u32, command: Command, from: Option<usize> },
    /// Another future was begun at `step`, with nothing done to it yet.
    Forked { timeline: usize, step: u32, from: usize },
    /// `name` is the one that the timeline has not got at present.
    Renamed { timeline: usize, name: String },
    /// Deleted by somebody who stood at `step` of `from`, and then stood in `to`.
    Deleted { timeline: usize, step: u32, from: usize, to: usize },
}

impl Session {
    /// What [`Session::undo`] would take back, and what [`Session::redo`] would do again.
    pub fn changes(&self) -> [Option<ChangeView>; 2] {
        [self.done.last(), self.undone.last()].map(|change| change.map(|c| self.deed_view(c)))
    }

    /// Takes the last change back; false where there is none. We then stand where it was done.
    pub fn undo(&mut self) -> bool {
        let Some(change) = self.done.pop() else { return false };
        let undone = match change {
            Deed::Command { timeline, step, from, .. } => {
                match from {
                    Some(parent) => {
                        self.timelines[timeline].deleted = true;
                        self.stand(parent, step - 1);
                    }
                    None => self.cut(timeline, step - 1),
                }
                change
            }
            Deed::Forked { timeline, step, from } => {
                self.timelines[timeline].deleted = true;
                self.stand(from, step);
                change
            }
            Deed::Renamed { timeline, name } => self.swap_name(timeline, name),
            Deed::Deleted { timeline, step, from, .. } => {
                self.timelines[timeline].deleted = false;
                self.stand(from, step);
                change
            }
        };
        self.undone.push(undone);
        true
    }

    /// Does again what was taken back last; false where there is nothing.
    pub fn redo(&mut self) -> bool {
        let Some(change) = self.undone.pop() else { return false };
        let done = match change {
            Deed::Command { timeline, step, from: Some(_), .. } => {
                self.timelines[timeline].deleted = false;
                self.stand(timeline, step);
                change
            }
            Deed::Command { timeline, step, ref command, from: None } => {
                self.cut(timeline, step - 1);
                // What could be done at this place once can be done there again.
                if self.perform(command.clone()).is_err() {
                    return false;
                }
                change
            }
            Deed::Forked { timeline, step, .. } => {
                self.timelines[timeline].deleted = false;
                self.stand(timeline, step);
                change
            }
            Deed::Renamed { timeline, name } => self.swap_name(timeline, name),
            Deed::Deleted { timeline, to, .. } => {
                self.timelines[timeline].deleted = true;
                let step = self.step;
                self.stand(to, step);
                change
            }
        };
        self.done.push(done);
        true
    }

    /// Does something to the world, as the next step. Where steps are known after the one we stand at, that begins
    /// another timeline; the old one is kept.
    ///
    /// # Errors
    /// What the command refuses: `not_in_flight`, `bad_hex`, …; nothing has changed then.
    pub fn command(&mut self, command: Command) -> Result<CommandResult> {
        let from = self.current;
        let done = self.perform(command.clone())?;
        let from = done.forked.map(|_| from);
        self.record(Deed::Command { timeline: self.current, step: self.step, command, from });
        Ok(done)
    }

    /// Begins another timeline where we stand, in which nothing is known of what comes. Gives its id.
    pub fn fork(&mut self) -> u32 {
        let (from, step) = (self.current, self.step);
        let world = self.world.clone();
        let name = self.free_name("fork");
        self.branch(name, &world);
        self.record(Deed::Forked { timeline: self.current, step, from });
        self.current as u32
    }

    /// Gives a timeline another name.
    ///
    /// # Errors
    /// `unknown_timeline`, `bad_name`.
    pub fn rename_timeline(&mut self, id: u32, name: &str) -> Result<()> {
        let timeline = self.living(id)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(error("bad_name", [("max", num(LONGEST_NAME as f64))]));
        }
        if name != self.timelines[timeline].name {
            let change = self.swap_name(timeline, name.into());
            self.record(change);
        }
        Ok(())
    }

    /// Deletes a timeline. Who stands in it stands in the one it came from then, or in the first there is.
    ///
    /// # Errors
    /// `unknown_timeline`; `last_timeline` for the only one.
    pub fn delete_timeline(&mut self, id: u32) -> Result<()> {
        let timeline = self.living(id)?;
        let (parent, _) = self.origin(timeline);
        let mut others = (0..self.timelines.len()).filter(|&t| t != timeline && !self.timelines[t].deleted);
        let Some(other) = parent.or_else(|| others.next()) else {
            return Err(error("last_timeline", [("name", word(self.timelines[timeline].name.as_str()))]));
        };
        let (from, step) = (self.current, self.step);
        let to = if timeline == from { other } else { from };
        self.timelines[timeline].deleted = true;
        self.stand(to, step);
        self.record(Deed::Deleted { timeline, step, from, to });
        Ok(())
    }

    /// The index of a timeline that is there.
    pub(crate) fn living(&self, id: u32) -> Result<usize> {
        let index = id as usize;
        let there = self.timelines.get(index).is_some_and(|t| !t.deleted);
        if there { Ok(index) } else { Err(error("unknown_timeline", [("timeline", num(id))])) }
    }

    /// The nearest timeline still there that this one came from, and the last step that they share.
    pub(crate) fn origin(&self, timeline: usize) -> (Option<usize>, u32) {
        self.origin_among(timeline, |index| !self.timelines[index].deleted)
    }

    /// The same among those that `there` holds of.
    pub(crate) fn origin_among(
        &self,
        timeline: usize,
        there: impl Fn(usize) -> bool,
    ) -> (Option<usize>, u32) {
        let mut at = &self.timelines[timeline];
        let mut shared = at.forked_at;
        while let Some(parent) = at.parent {
            let index = parent as usize;
            at = &self.timelines[index];
            if there(index) {
                // Steps that were run there, taken back and not run again are the fork's own.
                return (Some(index), shared.min(at.ledger.steps()));
            }
            shared = shared.min(at.forked_at);
        }
        (None, shared)
    }

    /// `drop 1`, `drop 2`, …: the first that nothing is called.
    pub(crate) fn free_name(&self, word: &str) -> String {
        let mut n = 1;
        loop {
            let name = [word, " ", &n.to_string()].concat();
            if !self.timelines.iter().any(|t| !t.deleted && t.name == name) {
                return name;
            }
            n += 1;
        }
    }

    fn record(&mut self, change: Deed) {
        for undone in std::mem::take(&mut self.undone) {
            // Nobody can come back to it any more.
            if let Deed::Command { timeline, from: Some(_), .. } | Deed::Forked { timeline, .. } = undone {
                self.timelines[timeline].ledger = Ledger::default();
            }
        }
        if self.done.len() == KEPT {
            self.done.remove(0);
        }
        self.done.push(change);
    }

    /// Forgets what is known of a timeline after `step`, and stands there.
    fn cut(&mut self, timeline: usize, step: u32) {
        let of = &mut self.timelines[timeline];
        if of.ledger.steps() > step {
            let world = of.world_at(step);
            of.ledger = of.cut(step, &world);
            of.commands.retain(|c| c.step <= step);
            of.history = of.history.fork(step);
            self.forget_again();
            self.keep_samples(timeline, timeline, step);
        }
        self.stand(timeline, step);
    }

    fn swap_name(&mut self, timeline: usize, name: String) -> Deed {
        let name = std::mem::replace(&mut self.timelines[timeline].name, name);
        Deed::Renamed { timeline, name }
    }

    fn deed_view(&self, change: &Deed) -> ChangeView {
        let name = |timeline: usize| self.timelines[timeline].name.clone();
        let (what, text) = match change {
            Deed::Command { command, .. } => {
                let text = match (command, commands::subject(command)) {
                    (Command::Call { call, .. }, _) => call.trim().to_owned(),
                    (_, (_, Some(frame))) => frame.to_string(),
                    _ => String::new(),
                };
                (commands::name(command), text)
            }
            Deed::Forked { timeline, .. } => ("fork", name(*timeline)),
            Deed::Renamed { timeline, .. } => ("rename", name(*timeline)),
            Deed::Deleted { timeline, .. } => ("delete", name(*timeline)),
        };
        ChangeView { what: what.into(), text }
    }
}
