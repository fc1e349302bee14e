//! Why: the rules that a step went through, made again by running it once more with somebody listening.

use crate::rules;
use crate::session::Session;
use crate::view::{RuleView, Trace};
use net::{NodeId, Step, StepLog};
use tcp::rule::{Decision, Tape};

impl Session {
    /// The rules that the step we stand at went through; none at the beginning.
    pub fn trace(&self) -> Trace {
        let mut decisions: Tape = Some(Vec::new());
        let log = self.replay(&mut decisions).map(|(log, _)| log);
        let node = log.as_ref().and_then(node_of).map(|n| u32::from(n.0));
        Trace { step: self.step, info: self.last(), rules: views(&decisions.unwrap_or_default(), node) }
    }
}

/// Decisions as a face shows them.
pub(crate) fn views(decisions: &[Decision], node: Option<u32>) -> Vec<RuleView> {
    decisions.iter().map(|d| rules::view(d, node)).collect()
}

/// The machine that a step was at.
pub(crate) fn node_of(log: &StepLog) -> Option<NodeId> {
    match log.step {
        Step::Arrival { node, .. }
        | Step::Timer { node, .. }
        | Step::Process { node, .. }
        | Step::Flood { node }
        | Step::Queue { node, .. } => Some(node),
        Step::Hand => log.launched.first().map(|l| l.from).or_else(|| log.events.first().map(|(n, _)| *n)),
    }
}
