//! Why frames did not arrive: the sentence of the rule that lost or refused each, with the numbers in it.

use crate::catalogue;
use crate::rules;
use crate::session::Session;
use net::StepLog;
use std::collections::BTreeMap;
use tcp::rule::{Decision, Operand, Tape};

impl Session {
    /// By frame, in English, for all that ended up to where we stand. Made by replay with somebody listening.
    pub(crate) fn reasons(&self) -> BTreeMap<u32, String> {
        let mut reasons = BTreeMap::new();
        let mut world = self.timeline().world_at(0);
        let mut log = StepLog::default();
        for step in 1..=self.position() {
            let mut decisions: Tape = Some(Vec::new());
            if !self.timeline().play(step, &mut world, &mut log, &mut decisions) {
                break;
            }
            let ended = log.launched.iter().map(|l| l.id).chain(log.fates.iter().map(|(id, _)| *id));
            for frame in ended {
                let record = self.frame(frame.0).filter(|r| r.step_ended == step);
                let rule = record.and_then(|r| rules::at(r.reason));
                // Of several frames lost in one step each has its own: where a rule names a frame, it is this one.
                let of =
                    |d: &&Decision| Some(d.rule) == rule && named(d).is_none_or(|n| n == u64::from(frame.0));
                if let Some(decision) = decisions.iter().flatten().rev().find(of) {
                    let said = rules::view(decision, None);
                    reasons.insert(
                        frame.0,
                        catalogue::sentence_of(catalogue::english(), &said.id, &said.operands),
                    );
                }
            }
        }
        reasons
    }
}

/// The frame that a decision is about, where it says so.
fn named(decision: &Decision) -> Option<u64> {
    let at = decision.rule.operands.iter().position(|name| *name == "frame")?;
    match decision.operands.get(at) {
        Some(Operand::Num(frame)) => Some(*frame),
        _ => None,
    }
}
