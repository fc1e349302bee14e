//! What would happen: done to a clone of the world, told, and forgotten.

use crate::error::{Result, error, num};
use crate::rules;
use crate::session::Session;
use crate::trace::views;
use crate::view::{OutcomeView, PredictedFrame, Prediction, RuleView};
use crate::{hex, tcb};
use host::HostEvent;
use net::{FrameId, Glance, NodeId, Step, StepLog, World};
use tcp::rule::{Decision, Outcome, Tape};

/// Steps that other things may take before the frame arrives.
const MAX_STEPS: u32 = 100_000;

impl Session {
    /// What would happen if `frame` were delivered with these bytes. The world is not touched.
    ///
    /// # Errors
    /// `not_in_flight`, `bad_hex`, `bad_frame_length`, `does_not_arrive`.
    pub fn predict(&self, frame: u32, hex: &str) -> Result<Prediction> {
        let id = FrameId(frame);
        let mut world = self.world.clone();
        let mut log = StepLog::default();
        world.edit(id, hex::decode(hex)?, &mut log)?;
        if world.flight(id).is_some_and(|f| f.held.is_some()) {
            world.deliver(id, &mut log)?;
        }
        let mut steps = 0;
        let to = loop {
            match world.next() {
                Some((_, Step::Arrival { frame, node })) if frame == id => break node,
                Some(_) if steps < MAX_STEPS => {
                    world.step(&mut log, &mut Tape::None);
                    steps += 1;
                }
                _ => return Err(error("does_not_arrive", [("frame", num(frame)), ("max", num(MAX_STEPS))])),
            }
        };
        let bytes = world.flight(id).map(|f| f.bytes.clone()).unwrap_or_default();
        let before = world.clone();
        let mut decisions: Tape = Some(Vec::new());
        world.step(&mut log, &mut decisions);
        Ok(self.tell(&before, &world, to, &bytes, &log, &decisions.unwrap_or_default()))
    }

    fn tell(
        &self,
        before: &World,
        after: &World,
        to: NodeId,
        frame: &[u8],
        log: &StepLog,
        decisions: &[Decision],
    ) -> Prediction {
        let node = Some(u32::from(to.0));
        let deciding = deciding(decisions);
        let reply = |l: &net::Launched| PredictedFrame {
            from: l.from.0.into(),
            to: l.to.map_or(u32::MAX, |n| n.0.into()),
            sent: l.sent.0 as f64,
            arrives: l.arrives.0 as f64,
            flow: Glance::at(&l.bytes).and_then(|g| self.flow(g.src, g.dst)),
            summary: wire::summary::brief(&l.bytes),
        };
        let states = log.events.iter().find_map(|(n, e)| match e {
            HostEvent::State { from, to: state, .. } if *n == to => {
                Some([from.name().to_string(), state.name().to_string()])
            }
            _ => None,
        });
        let changes = Glance::at(frame).and_then(|g| {
            let (old, new) = (before.host(to)?, after.host(to)?);
            let sock = old.connection(g.dst, g.src)?;
            Some(tcb::changes(&new.tcb(sock)?, old.tcb(sock).as_ref()))
        });
        let rule: Option<RuleView> = deciding.map(|d| rules::view(d, node));
        Prediction {
            outcome: rule.as_ref().map_or(OutcomeView::Pass, |r| r.outcome),
            rule,
            rules: views(decisions, node),
            replies: log.launched.iter().map(reply).collect(),
            changes: changes.unwrap_or_default(),
            states,
            arrives: log.time.0 as f64,
        }
    }
}

/// The rule that decided over a segment: the first that refused it; else the last by which something was done to
/// the connection, else the last of all. What links do with the answers does not count.
fn deciding(decisions: &[Decision]) -> Option<&Decision> {
    let of_link = |d: &&Decision| net::rules::ALL.iter().any(|r| r.id == d.rule.id);
    let own = || decisions.iter().filter(|d| !of_link(d));
    let refused = own().find(|d| matches!(d.outcome, Outcome::Drop | Outcome::Answer | Outcome::Reset));
    refused.or_else(|| own().rfind(|d| d.outcome == Outcome::Act)).or_else(|| own().next_back())
}
