//! The log of calls, as strace(1) writes it: a line a call; two, where it waited. Nothing of it is kept: it is made again,
//! stretch by stretch, when somebody looks.

use crate::commands::{SHELL, node_id};
use crate::console;
use crate::error::{error, num, word};
use crate::kinds;
use crate::session::Session;
use crate::view::{ErrorView, LogLine};
use host::{Call, Errno, HostEvent, Pid, SocketInfo};
use net::{NodeId, StepLog};
use std::rc::Rc;

/// Steps that are run again at a time for lines that lie ahead.
const STRETCH: u32 = 256;
/// Stretches of the log that are kept, of those made again.
const KEPT: usize = 16;

/// Writes down the calls of a step.
pub(crate) fn append(lines: &mut Vec<LogLine>, log: &StepLog, step: u32) {
    let mut line = |node: NodeId, pid: Pid, text: String| {
        let failed = text.contains(" = -1 ");
        lines.push(LogLine { step, time: log.time.0 as f64, node: node.0.into(), pid: pid.0, text, failed });
    };
    for (n, (node, event)) in log.events.iter().enumerate() {
        let is_returned = |(at, e): &(NodeId, HostEvent), who: Pid| matches!(e, HostEvent::CallReturned { pid, .. } if *pid == who && at == node);
        match event {
            HostEvent::CallEntered { pid, text, .. }
                if !log.events[n..].iter().any(|e| is_returned(e, *pid)) =>
            {
                let text = text.to_string();
                line(*node, *pid, format!("{} <unfinished ...>", text.strip_suffix(')').unwrap_or(&text)));
            }
            HostEvent::CallReturned { pid, text, .. } => {
                let entered = |(at, e): &(NodeId, HostEvent)| matches!(e, HostEvent::CallEntered { pid: who, .. } if who == pid && at == node);
                let text = text.to_string();
                if log.events[..n].iter().any(entered) {
                    line(*node, *pid, text);
                } else {
                    line(*node, *pid, resumed(&text));
                }
            }
            HostEvent::Exited { pid, signal: Some(name), .. } => {
                line(*node, *pid, format!("+++ killed by {name} +++"));
            }
            HostEvent::Exited { pid, status, .. } => {
                line(*node, *pid, format!("+++ exited with {status} +++"));
            }
            _ => {}
        }
    }
}

/// `<... accept resumed>NULL, NULL) = 4`: what was said when the call began is not said again.
fn resumed(text: &str) -> String {
    let Some((name, args)) = text.split_once('(') else { return text.into() };
    let rest = match args.split_once(", ") {
        Some((first, rest)) if first.parse::<i32>().is_ok() => rest,
        _ => args,
    };
    format!("<... {name} resumed>{rest}")
}

/// The bits of a step in which the log has lines ([`kinds::line`]).
pub(crate) fn kinds(log: &StepLog) -> u8 {
    let of = |(node, event): &(NodeId, HostEvent)| match event {
        HostEvent::CallEntered { .. } | HostEvent::CallReturned { .. } | HostEvent::Exited { .. } => {
            kinds::line(Some(node.0.into()))
        }
        _ => 0,
    };
    log.events.iter().fold(0, |bits, event| bits | of(event))
}

impl Session {
    /// The call that a person just made, as strace shows it.
    pub(crate) fn said(&self) -> Option<String> {
        self.log.events.iter().rev().find_map(|(_, e)| match e {
            HostEvent::CallReturned { pid, text, .. } if *pid == SHELL => Some(text.to_string()),
            HostEvent::CallEntered { pid, text, .. } if *pid == SHELL => Some(format!("{text} …")),
            _ => None,
        })
    }

    /// Why a call failed; of a port in use, who holds it.
    pub(crate) fn why(&self, node: u32, line: &str, errno: Errno) -> ErrorView {
        let port = match console::call(line) {
            Ok(Call::Bind { addr, .. }) if errno.0 == "EADDRINUSE" => addr.port(),
            _ => return error(errno.0, []),
        };
        let host = node_id(node).ok().and_then(|n| self.world.host(n));
        let holds = |s: &SocketInfo| s.local.is_some_and(|l| l.port() == port);
        let Some(holder) = host.and_then(|h| h.sockets().into_iter().find(holds)) else {
            return error(errno.0, []);
        };
        let owner = holder.owner.map_or("-".into(), |(pid, fd)| format!("pid {}, fd {fd}", pid.0));
        error(
            "port_held",
            [("port", num(port)), ("owner", word(owner)), ("socket", word(console::row(&holder)))],
        )
    }

    /// The last `most` lines of the log of calls up to where we stand, of one host or of all.
    pub fn log(&self, node: Option<u32>, most: u32) -> Vec<LogLine> {
        let (most, wanted) = (most as usize, kinds::line(node));
        let is_of = |c: &&LogLine| node.is_none_or(|n| n == c.node);
        // Latest first.
        let mut lines: Vec<LogLine> = Vec::new();
        let mut below = self.step;
        while lines.len() < most {
            let Some(step) = self.timeline().find_kind(1, below, wanted, true) else { break };
            let from = self.timeline().history.before(step - 1).0;
            let again = self.lines(from, step);
            let until = &again[..again.partition_point(|c| c.step <= step)];
            lines.extend(until.iter().rev().filter(is_of).take(most - lines.len()).cloned());
            below = from;
        }
        lines.reverse();
        lines
    }

    /// The first `most` lines of what the log has of the steps known after the one where we stand.
    pub fn log_ahead(&self, node: Option<u32>, most: u32) -> Vec<LogLine> {
        let (most, wanted) = (most as usize, kinds::line(node));
        let is_of = |c: &&LogLine| node.is_none_or(|n| n == c.node);
        let known = self.ledger().steps();
        let mut lines: Vec<LogLine> = Vec::new();
        let mut above = self.step;
        while above < known && lines.len() < most {
            let Some(step) = self.timeline().find_kind(above + 1, known, wanted, false) else { break };
            let from = self.timeline().history.before(step - 1).0;
            let to = known.min(step + STRETCH);
            let again = self.lines(from, to);
            let ahead = again.iter().filter(|c| c.step > above && c.step <= to);
            lines.extend(ahead.filter(is_of).take(most - lines.len()).cloned());
            above = to;
        }
        lines
    }

    /// The lines of the steps after a checkpoint's, up to `to` at least: those that were made last are kept.
    fn lines(&self, from: u32, to: u32) -> Rc<Vec<LogLine>> {
        let mut known = self.stretches.borrow_mut();
        let found = known.iter().position(|s| (s.timeline, s.from) == (self.current, from));
        if let Some(n) = found {
            if known[n].to >= to {
                return Rc::clone(&known[n].lines);
            }
            known.remove(n);
        }
        let (mut lines, mut step) = (Vec::new(), from);
        let timeline = self.timeline();
        timeline.rerun(timeline.world_at(from), from, to, |log, _| {
            step += 1;
            append(&mut lines, log, step);
        });
        let lines = Rc::new(lines);
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push(Stretch { timeline: self.current, from, to, lines: Rc::clone(&lines) });
        lines
    }
}

/// The log of calls of some steps of a timeline, after `from`, up to `to`.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    timeline: usize,
    from: u32,
    to: u32,
    lines: Rc<Vec<LogLine>>,
}
