//! What would happen: done to a clone of the world, told, and forgotten.

use crate::commands::{self, node_id};
use crate::error::{Result, error, num};
use crate::rules;
use crate::session::Session;
use crate::trace::views;
use crate::view::{Command, OutcomeView, PredictedEnd, PredictedFrame, Prediction, RuleView, StepInfo};
use crate::{hex, tcb};
use host::HostEvent;
use net::{FrameId, Glance, NodeId, Step, StepLog, World};
use tcp::rule::{Decision, Outcome, Tape};

/// Steps that other things may take before the frame arrives.
const MAX_STEPS: u32 = 100_000;
/// Steps that can be looked ahead.
pub const MAX_AHEAD: u32 = 1_000;
/// Frames that a prediction tells of.
const MAX_FRAMES: usize = 64;

impl Session {
    /// What would happen if `frame` were delivered with these bytes, and `ahead` steps more. The world is not touched.
    ///
    /// Where nothing would be done to it (it flies, and the bytes are its own), what follows is this timeline: commands
    /// logged for later steps take place. Else it is another future, which has none of them.
    ///
    /// # Errors
    /// `not_in_flight`, `bad_hex`, `bad_frame_length`, `does_not_arrive`, `stopped_ahead`.
    pub fn predict(&self, frame: u32, hex: &str, ahead: u32) -> Result<Prediction> {
        let id = FrameId(frame);
        let mut world = self.world.clone();
        let mut log = StepLog::default();
        let bytes = hex::decode(hex)?;
        if world.flight(id).is_some_and(|f| f.held.is_none() && f.bytes[..] == bytes[..]) {
            return self.arrive(world, id, ahead, true);
        }
        world.edit(id, bytes, &mut log)?;
        if world.flight(id).is_some_and(|f| f.held.is_some()) {
            world.deliver(id, &mut log)?;
        }
        self.arrive(world, id, ahead, false)
    }

    /// What would happen if these bytes were put on the link of `node`; see [`Session::predict`].
    ///
    /// # Errors
    /// `unknown_node`, `not_plugged`, `bad_hex`, `bad_frame_length`, `does_not_arrive`.
    pub fn predict_inject(&self, node: u32, hex: &str, ahead: u32) -> Result<Prediction> {
        let mut world = self.world.clone();
        let mut log = StepLog::default();
        let mut decisions: Tape = Some(Vec::new());
        let before = world.clone();
        world.inject(node_id(node)?, hex::decode(hex)?, &mut log, &mut decisions)?;
        match log.launched.first() {
            Some(l) if l.lost.is_none() => self.arrive(world, l.id, ahead, false),
            _ => {
                let to = NodeId(u16::MAX);
                let decisions = decisions.unwrap_or_default();
                let lost =
                    decisions.iter().rfind(|d| d.outcome == Outcome::Drop).map(|d| rules::view(d, None));
                let told = self.tell(&before, &world, to, &[], &StepLog::default(), &decisions);
                let outcome = lost.as_ref().map_or(told.outcome, |r| r.outcome);
                Ok(Prediction { outcome, rule: lost, ..told })
            }
        }
    }

    /// The command logged for a step, in a future that is `ours`.
    fn command_of(&self, step: u32, ours: bool) -> Option<&Command> {
        self.timeline().command_at(step).filter(|_| ours)
    }

    /// Runs on to where a frame arrives, tells of that, and of what follows: in a future that is `ours` with the commands
    /// of this timeline.
    fn arrive(&self, mut world: World, id: FrameId, ahead: u32, ours: bool) -> Result<Prediction> {
        let mut log = StepLog::default();
        let mut at = self.step;
        let to = loop {
            if let Some(command) = self.command_of(at + 1, ours) {
                at += 1;
                commands::apply(&mut world, command, &mut log, &mut Tape::None)?;
                if world.flight(id).is_none_or(|f| f.held.is_some()) {
                    return Err(error("stopped_ahead", [("frame", num(id.0)), ("step", num(at))]));
                }
                continue;
            }
            match world.next() {
                Some((_, Step::Arrival { frame, node })) if frame == id => break node,
                Some(_) if at - self.step < MAX_STEPS => {
                    world.step(&mut log, &mut Tape::None);
                    at += 1;
                }
                _ => {
                    return Err(error("does_not_arrive", [("frame", num(id.0)), ("max", num(MAX_STEPS))]));
                }
            }
        };
        at += 1;
        let bytes = world.flight(id).map(|f| f.bytes.clone()).unwrap_or_default();
        let before = world.clone();
        let mut decisions: Tape = Some(Vec::new());
        world.step(&mut log, &mut decisions);
        let mut told = self.tell(&before, &world, to, &bytes, &log, &decisions.unwrap_or_default());
        for _ in 0..ahead.min(MAX_AHEAD) {
            at += 1;
            let (frame, flags) = match (self.command_of(at, ours), world.next()) {
                (Some(command), _) => {
                    commands::apply(&mut world, command, &mut log, &mut Tape::None)?;
                    (None, String::new())
                }
                (None, Some((_, next))) => {
                    let coming = self.coming(&world, next);
                    if !world.step(&mut log, &mut Tape::None) {
                        break;
                    }
                    coming
                }
                (None, None) => break,
            };
            told.ahead.push(self.step_ahead(&world, &log, at, frame, flags));
            let room = MAX_FRAMES.saturating_sub(told.later.len());
            told.later.extend(log.launched.iter().take(room).map(|l| self.reply(l)));
        }
        told.ends = ends(&before, &world, &bytes);
        Ok(told)
    }

    /// The frame that is about to arrive, and what it is; its number may be another's in what is known to lie ahead.
    fn coming(&self, world: &World, next: Step) -> (Option<Glance>, String) {
        let Step::Arrival { frame, .. } = next else { return (None, String::new()) };
        let Some(flight) = world.flight(frame) else { return (None, String::new()) };
        (Glance::at(&flight.bytes), wire::summary::brief(&flight.bytes))
    }

    fn step_ahead(
        &self,
        world: &World,
        log: &StepLog,
        step: u32,
        arrived: Option<Glance>,
        brief: String,
    ) -> StepInfo {
        let info = self.info(log.step, log.time.0, step, Some(log), world);
        if info.what != "frame" {
            return info;
        }
        let flow = arrived.and_then(|g| self.flow(g.src, g.dst));
        StepInfo { frame: None, flow, text: brief, ..info }
    }

    fn reply(&self, l: &net::Launched) -> PredictedFrame {
        PredictedFrame {
            from: l.from.0.into(),
            to: l.to.map_or(u32::MAX, |n| n.0.into()),
            sent: l.sent.0 as f64,
            arrives: l.arrives.0 as f64,
            flow: Glance::at(&l.bytes).and_then(|g| self.flow(g.src, g.dst)),
            summary: wire::summary::brief(&l.bytes),
        }
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
        let node = (to.0 != u16::MAX).then(|| u32::from(to.0));
        let deciding = deciding(decisions);
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
            replies: log.launched.iter().map(|l| self.reply(l)).collect(),
            changes: changes.unwrap_or_default(),
            states,
            arrives: log.time.0 as f64,
            later: Vec::new(),
            ahead: Vec::new(),
            ends: Vec::new(),
        }
    }
}

/// Both ends of the connection that a segment belongs to, before and after.
fn ends(before: &World, after: &World, frame: &[u8]) -> Vec<PredictedEnd> {
    let Some(g) = Glance::at(frame) else { return Vec::new() };
    let end = |node: NodeId, local, remote| {
        let tcb = |world: &World| {
            let host = world.host(node)?;
            host.tcb(host.connection(local, remote)?)
        };
        let (old, new) = (tcb(before), tcb(after));
        if old.is_none() && new.is_none() {
            return None;
        }
        let state = |t: &tcp::Tcb| t.state.name().to_string();
        Some(PredictedEnd {
            node: node.0.into(),
            was: old.as_ref().map(state),
            state: new.as_ref().map(state),
            changes: new.map(|new| tcb::changes(&new, old.as_ref())).unwrap_or_default(),
        })
    };
    let both = |node| [end(node, g.src, g.dst), end(node, g.dst, g.src)];
    (0..after.nodes()).map(NodeId).flat_map(both).flatten().collect()
}

/// The rule that decided over a segment: the first that refused it; else the last by which something was done to
/// the connection, else the last of all. What links do with the answers does not count.
fn deciding(decisions: &[Decision]) -> Option<&Decision> {
    let of_link = |d: &&Decision| net::rules::ALL.iter().any(|r| r.id == d.rule.id);
    let own = || decisions.iter().filter(|d| !of_link(d));
    let refused = own().find(|d| matches!(d.outcome, Outcome::Drop | Outcome::Answer | Outcome::Reset));
    refused.or_else(|| own().rfind(|d| d.outcome == Outcome::Act)).or_else(|| own().next_back())
}
