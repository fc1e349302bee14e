//! What can be undone and done again, as a file has it.

use crate::read::reads;
use crate::session::Session;
use crate::undo::Deed;
use crate::view::Command;
use serde::Serialize;

/// A [`Deed`], with the places that timelines have in the file.
#[derive(Serialize)]
pub(crate) struct SavedDeed {
    /// `command`, `fork`, `rename`, `delete`.
    kind: String,
    timeline: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Where the timeline has another command at this step, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<Command>,
}

reads!(SavedDeed { kind, timeline, step = None, from = None, to = None, name = None, command = None });

impl Deed {
    /// The timeline that it is about.
    pub(crate) fn timeline(&self) -> usize {
        match self {
            Deed::Command { timeline, .. }
            | Deed::Forked { timeline, .. }
            | Deed::Renamed { timeline, .. }
            | Deed::Deleted { timeline, .. } => *timeline,
        }
    }
}

impl Session {
    /// A deed as it is written; none where it speaks of a timeline that has no `place`.
    pub(crate) fn write_deed(
        &self,
        deed: &Deed,
        place: &dyn Fn(usize) -> Option<usize>,
    ) -> Option<SavedDeed> {
        let place = |timeline: usize| place(timeline).map(|p| p as u32);
        let saved = |kind: &str, timeline: usize| {
            Some(SavedDeed {
                kind: kind.into(),
                timeline: place(timeline)?,
                step: None,
                from: None,
                to: None,
                name: None,
                command: None,
            })
        };
        Some(match deed {
            Deed::Command { timeline, step, command, from } => {
                let logged = self.timelines[*timeline].command_at(*step) == Some(command);
                let from = match from {
                    Some(from) => Some(place(*from)?),
                    None => None,
                };
                let command = (!logged).then(|| command.clone());
                SavedDeed { step: Some(*step), from, command, ..saved("command", *timeline)? }
            }
            Deed::Forked { timeline, step, from } => {
                SavedDeed { step: Some(*step), from: Some(place(*from)?), ..saved("fork", *timeline)? }
            }
            Deed::Renamed { timeline, name } => {
                SavedDeed { name: Some(name.clone()), ..saved("rename", *timeline)? }
            }
            Deed::Deleted { timeline, step, from, to } => SavedDeed {
                step: Some(*step),
                from: Some(place(*from)?),
                to: Some(place(*to)?),
                ..saved("delete", *timeline)?
            },
        })
    }

    /// Deeds of a file. Where one makes no sense, those before it are left out too.
    pub(crate) fn read_deeds(&self, list: Vec<SavedDeed>) -> Vec<Deed> {
        let mut all: Vec<Deed> = list.into_iter().rev().map_while(|saved| self.read_deed(saved)).collect();
        all.reverse();
        all
    }

    fn read_deed(&self, saved: SavedDeed) -> Option<Deed> {
        let there = |timeline: u32| Some(timeline as usize).filter(|&t| t < self.timelines.len());
        let timeline = there(saved.timeline)?;
        let other = |of: Option<u32>| there(of?).filter(|&t| t != timeline);
        Some(match saved.kind.as_str() {
            "command" => {
                let step = saved.step.filter(|&step| step > 0)?;
                let logged = || self.timelines[timeline].command_at(step).cloned();
                let command = saved.command.or_else(logged)?;
                let from = match saved.from {
                    Some(_) => Some(other(saved.from)?),
                    None => None,
                };
                Deed::Command { timeline, step, command, from }
            }
            "fork" => Deed::Forked { timeline, step: saved.step?, from: other(saved.from)? },
            "rename" => Deed::Renamed { timeline, name: saved.name? },
            "delete" => {
                let from = there(saved.from?)?;
                Deed::Deleted { timeline, step: saved.step?, from, to: other(saved.to)? }
            }
            _ => return None,
        })
    }
}
