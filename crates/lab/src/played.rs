//! What a scenario file has beside its network: commands that are done at their steps, and notes; and a timeline as such a
//! file.
//!
//! ```json
//! "commands": [[12, {"kind": "drop", "frame": 3}]],
//! "notes": [{"text": "…"}, {"step": 12, "text": {"en": "…", "zh": "…"}}]
//! ```

use crate::error::Result;
use crate::read::{Read, Reading, reads};
use crate::save::bad_log;
use crate::scenario::{Scenario, bad};
use crate::schema::{self, Defs};
use crate::session::Session;
use crate::standing::StandingRule;
use crate::undo::{Deed, KEPT};
use crate::view::{Command, NoteView, Text};
use serde::Serialize;
use serde_json::{Value, json};

/// The longest text of a note, characters.
pub const LONGEST_NOTE: usize = 2_000;
/// Notes of a file.
pub const MAX_NOTES: usize = 500;

/// What somebody wrote beside a scenario: plain text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// The step that it is about; none: the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// In both languages, or one text for both.
    pub text: Both,
}

/// A text in both languages; where a file has one text, it is both.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Both(pub Text);

reads!(Note { step = None, text });

impl Read for Both {
    fn read(value: &Value) -> Reading<Both> {
        match value.as_str() {
            Some(text) => Ok(Both(Text { en: text.into(), zh: text.into() })),
            None => Text::read(value).map(Both),
        }
    }
    fn schema(defs: &mut Defs) -> Value {
        json!({"anyOf": [{"type": "string"}, Text::schema(defs)]})
    }
}

/// A command, as [`Command`]'s reader takes it.
pub(crate) fn command_schema(defs: &mut Defs) -> Value {
    let (text, number, flag) =
        (json!({"type": "string"}), || schema::whole(u32::MAX.into()), json!({"type": "boolean"}));
    let rule = StandingRule::schema(defs);
    let sends = crate::impairing::Impairing::schema(defs);
    let frame = || ("frame", number(), true);
    let node = || ("node", number(), true);
    schema::kinds(&[
        ("hold", &[frame()]),
        ("deliver", &[frame()]),
        ("edit", &[frame(), ("hex", text.clone(), true)]),
        ("drop", &[frame()]),
        ("duplicate", &[frame()]),
        ("delay", &[frame(), ("by", json!({"type": "number"}), true)]),
        ("repeat", &[frame(), ("times", number(), true)]),
        ("split", &[frame(), ("at", number(), true)]),
        ("merge", &[frame(), ("with", number(), true)]),
        ("reorder", &[("frames", json!({"type": "array", "items": number()}), true)]),
        ("addRule", &[("rule", rule, true)]),
        ("removeRule", &[("rule", number(), true)]),
        ("enableRule", &[("rule", number(), true), ("on", flag.clone(), true)]),
        ("setLink", &[("link", number(), true), ("end", number(), true), ("sends", sends, true)]),
        ("inject", &[node(), ("hex", text.clone(), true)]),
        ("call", &[node(), ("call", text, true)]),
        ("park", &[node(), ("pid", number(), true), ("parked", flag, true)]),
    ])
}

impl Scenario {
    /// Notes that can be shown: not too many, none too long.
    pub(crate) fn check_notes(&self) -> Result<()> {
        if self.notes.len() > MAX_NOTES {
            return Err(bad(format!("notes: there are {}; at most {MAX_NOTES} are kept", self.notes.len())));
        }
        for (n, Note { text: Both(text), .. }) in self.notes.iter().enumerate() {
            let length = text.en.chars().count().max(text.zh.chars().count());
            if length > LONGEST_NOTE {
                return Err(bad(format!(
                    "notes[{n}].text: it has {length} characters; at most {LONGEST_NOTE} are kept, so make it two notes"
                )));
            }
        }
        Ok(())
    }

    /// Notes, as a face shows them.
    pub(crate) fn note_views(&self) -> Vec<NoteView> {
        self.notes.iter().map(|n| NoteView { step: n.step, text: n.text.0.clone() }).collect()
    }
}

impl Session {
    /// What the scenario's file has to say.
    pub fn notes(&self) -> &[Note] {
        &self.scenario.notes
    }

    /// The timeline we are in as a scenario file, JSON, UTF-8: scenario, seed, commands, notes. Opened and run as far, it is
    /// the same to the byte.
    pub fn scenario_file(&self) -> Vec<u8> {
        let commands = self.timeline().commands.iter().map(|c| (c.step, c.command.clone())).collect();
        let file = Scenario { seed: self.seed, commands, ..(*self.scenario).clone() };
        serde_json::to_vec(&file).unwrap_or_default()
    }

    /// Does the commands of a scenario at their steps, and comes back to the beginning: what they do is known then, shown
    /// ahead, and can be undone.
    pub(crate) fn play_log(&mut self, log: Vec<(u32, Command)>) -> Result<()> {
        let Some(&(last, _)) = log.last() else { return Ok(()) };
        for (n, pair) in log.windows(2).enumerate() {
            let (before, after) = (pair[0].0, pair[1].0);
            if before >= after {
                return Err(bad(format!(
                    "commands[{}][0]: step {after} does not come after step {before}; put commands in the order of their steps, one at each",
                    n + 1
                )));
            }
        }
        let steps: Vec<u32> = log.iter().map(|c| c.0).collect();
        let deeds = log.iter().skip(log.len().saturating_sub(KEPT));
        let deeds = deeds.map(|(step, command)| Deed::Command {
            timeline: 0,
            step: *step,
            command: command.clone(),
            from: None,
        });
        let deeds: Vec<Deed> = deeds.collect();
        let mut coming = log.into_iter().peekable();
        let done = self.run_some(&mut coming, last, u32::MAX);
        done.map_err(|(step, problem)| {
            let n = steps.iter().position(|s| *s == step).unwrap_or_default();
            bad(format!("commands[{n}]: {}", bad_log(step, &problem).message))
        })?;
        self.done = deeds;
        self.reset();
        Ok(())
    }
}
