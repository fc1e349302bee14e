//! What people do to the world, as values in the log; one command is one step.

use crate::error::{Result, error, num};
use crate::played::command_schema;
use crate::read::{self, Read, Reading, Wrong, field};
use crate::schema::Defs;
use crate::standing::names_of;
use crate::view::Command;
use crate::{console, hex, impairing};
use bytes::Bytes;
use host::{CallResult, Pid};
use net::{FrameId, HandError, NodeId, StepLog, World};
use tcp::rule::Tape;
use tcp::time::Duration;
use wire::edit;

/// The longest delay that a person can add, ns: a day.
const MAX_DELAY: f64 = 86_400e9;

/// The person's own shell on a host.
pub(crate) const SHELL: Pid = Pid(0);

/// Does a command. What fails changes nothing. Gives the result of a call.
pub(crate) fn apply(
    world: &mut World,
    command: &Command,
    log: &mut StepLog,
    r: &mut Tape,
) -> Result<Option<CallResult>> {
    match command {
        Command::Hold { frame } => world.hold(FrameId(*frame), log)?,
        Command::Deliver { frame } => world.deliver(FrameId(*frame), log)?,
        Command::Edit { frame, hex } => world.edit(FrameId(*frame), hex::decode(hex)?, log)?,
        Command::Drop { frame } => world.discard(FrameId(*frame), log)?,
        Command::Duplicate { frame } => {
            world.duplicate(FrameId(*frame), log)?;
        }
        Command::Delay { frame, by } => {
            if !(0.0..=MAX_DELAY).contains(by) {
                return Err(error("bad_delay", [("by", num(*by)), ("max", num(MAX_DELAY))]));
            }
            world.delay(FrameId(*frame), Duration(*by as u64), log)?;
        }
        Command::Repeat { frame, times } => {
            world.repeat(FrameId(*frame), *times, log)?;
        }
        Command::Split { frame, at } => {
            let pieces = edit::split(&flying(world, *frame)?, *at as usize)?;
            world.split(FrameId(*frame), pieces.map(Bytes::from), log)?;
        }
        Command::Merge { frame, with } => {
            let bytes = edit::merge(&flying(world, *frame)?, &flying(world, *with)?)?;
            world.merge(FrameId(*frame), FrameId(*with), bytes.into(), log)?;
        }
        Command::Reorder { frames } => {
            let frames: Vec<FrameId> = frames.iter().map(|f| FrameId(*f)).collect();
            world.reorder(&frames, log)?;
        }
        Command::AddRule { rule } => {
            let rule = rule.core(&names_of(world))?;
            world.add_rule(rule, log)?;
        }
        Command::RemoveRule { rule } => world.remove_rule(*rule, log)?,
        Command::EnableRule { rule, on } => world.enable_rule(*rule, *on, log)?,
        Command::SetLink { link, end, sends } => {
            let (link, port, sends) = impairing::asked(world, *link, *end, sends)?;
            world.set_link(link, port, sends, log, r)?;
        }
        Command::Inject { node, hex } => world.inject(node_id(*node)?, hex::decode(hex)?, log, r)?,
        Command::Call { node, call } => {
            return Ok(Some(world.call(node_id(*node)?, SHELL, console::call(call)?, log, r)?));
        }
        Command::Park { node, pid, parked } => world.park(node_id(*node)?, Pid(*pid), *parked, log)?,
    }
    Ok(None)
}

/// The bytes of a frame on its way.
fn flying(world: &World, frame: u32) -> Result<Bytes> {
    let flight = world.flight(FrameId(frame)).ok_or(HandError::NotInFlight(FrameId(frame)))?;
    Ok(flight.bytes.clone())
}

impl Command {
    /// Reads a command as the log has it: `{"kind": "drop", "frame": 3}`.
    ///
    /// # Errors
    /// What is missing, or not what belongs there.
    pub fn parse(json: &str) -> std::result::Result<Command, String> {
        read::json(json)
    }
}

impl Read for Command {
    fn schema(defs: &mut Defs) -> serde_json::Value {
        command_schema(defs)
    }
    fn read(value: &serde_json::Value) -> Reading<Command> {
        let all = read::fields(value)?;
        let number = |name| field::<u32>(all, name, None);
        let text = |name| field::<String>(all, name, None);
        Ok(match text("kind")?.as_str() {
            "hold" => Command::Hold { frame: number("frame")? },
            "deliver" => Command::Deliver { frame: number("frame")? },
            "edit" => Command::Edit { frame: number("frame")?, hex: text("hex")? },
            "drop" => Command::Drop { frame: number("frame")? },
            "duplicate" => Command::Duplicate { frame: number("frame")? },
            "delay" => Command::Delay { frame: number("frame")?, by: field(all, "by", None)? },
            "repeat" => Command::Repeat { frame: number("frame")?, times: number("times")? },
            "split" => Command::Split { frame: number("frame")?, at: number("at")? },
            "merge" => Command::Merge { frame: number("frame")?, with: number("with")? },
            "reorder" => Command::Reorder { frames: field(all, "frames", None)? },
            "addRule" => Command::AddRule { rule: Box::new(field(all, "rule", None)?) },
            "removeRule" => Command::RemoveRule { rule: number("rule")? },
            "enableRule" => Command::EnableRule { rule: number("rule")?, on: field(all, "on", None)? },
            "setLink" => Command::SetLink {
                link: number("link")?,
                end: number("end")?,
                sends: Box::new(field(all, "sends", None)?),
            },
            "inject" => Command::Inject { node: number("node")?, hex: text("hex")? },
            "call" => Command::Call { node: number("node")?, call: text("call")? },
            "park" => Command::Park {
                node: number("node")?,
                pid: number("pid")?,
                parked: field(all, "parked", None)?,
            },
            other => return Err(Wrong::new(format!("there is no command “{other}”")).within("kind")),
        })
    }
}

/// Its name, as step infos have it.
pub(crate) fn name(command: &Command) -> &'static str {
    match command {
        Command::Hold { .. } => "hold",
        Command::Deliver { .. } => "deliver",
        Command::Edit { .. } => "edit",
        Command::Drop { .. } => "drop",
        Command::Duplicate { .. } => "duplicate",
        Command::Delay { .. } => "delay",
        Command::Repeat { .. } => "repeat",
        Command::Split { .. } => "split",
        Command::Merge { .. } => "merge",
        Command::Reorder { .. } => "reorder",
        Command::AddRule { .. } => "rule",
        Command::RemoveRule { .. } => "unrule",
        Command::EnableRule { .. } => "rule",
        Command::SetLink { .. } => "link",
        Command::Inject { .. } => "inject",
        Command::Call { .. } => "call",
        Command::Park { parked: true, .. } => "park",
        Command::Park { parked: false, .. } => "unpark",
    }
}

/// Node and frame that it is about.
pub(crate) fn subject(command: &Command) -> (Option<u32>, Option<u32>) {
    match *command {
        Command::Hold { frame }
        | Command::Deliver { frame }
        | Command::Edit { frame, .. }
        | Command::Drop { frame }
        | Command::Duplicate { frame }
        | Command::Repeat { frame, .. }
        | Command::Split { frame, .. }
        | Command::Merge { frame, .. }
        | Command::Delay { frame, .. } => (None, Some(frame)),
        Command::Reorder { ref frames } => (None, frames.first().copied()),
        Command::AddRule { .. }
        | Command::RemoveRule { .. }
        | Command::EnableRule { .. }
        | Command::SetLink { .. } => (None, None),
        Command::Inject { node, .. } | Command::Call { node, .. } | Command::Park { node, .. } => {
            (Some(node), None)
        }
    }
}

/// A node's id, where it can be one.
pub(crate) fn node_id(node: u32) -> Result<NodeId> {
    u16::try_from(node).map(NodeId).map_err(|_| error("unknown_node", [("node", num(node))]))
}
