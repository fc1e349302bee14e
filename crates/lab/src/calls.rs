//! The log of calls, as strace(1) writes it: a line a call; two, where it waited.

use crate::commands::{SHELL, node_id};
use crate::console;
use crate::error::{error, num, word};
use crate::kinds;
use crate::session::Session;
use crate::view::{ErrorView, LogLine};
use host::{Call, Errno, HostEvent, Pid, SocketInfo};
use net::{NodeId, StepLog};

/// Steps that are run again at a time for lines that lie ahead.
const STRETCH: u32 = 256;

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
        let (since, calls) = self.ledger().calls();
        let is_of = |c: &&LogLine| node.is_none_or(|n| n == c.node);
        let known = &calls[..calls.partition_point(|c| c.step <= self.step)];
        // Latest first.
        let mut lines: Vec<LogLine> = known.iter().rev().filter(is_of).take(most).cloned().collect();
        let mut below = self.step.min(since);
        while lines.len() < most {
            let Some(step) = self.timeline().find_kind(1, below, wanted, true) else { break };
            let from = self.timeline().history.before(step - 1).0;
            let again = self.lines(from, step);
            lines.extend(again.iter().rev().filter(is_of).take(most - lines.len()).cloned());
            below = from;
        }
        lines.reverse();
        lines
    }

    /// The first `most` lines of what the log has of the steps known after the one where we stand.
    pub fn log_ahead(&self, node: Option<u32>, most: u32) -> Vec<LogLine> {
        let (most, wanted) = (most as usize, kinds::line(node));
        let (since, calls) = self.ledger().calls();
        let is_of = |c: &&LogLine| node.is_none_or(|n| n == c.node);
        let mut lines: Vec<LogLine> = Vec::new();
        let mut above = self.step;
        while above < since && lines.len() < most {
            let Some(step) = self.timeline().find_kind(above + 1, since, wanted, false) else { break };
            let from = self.timeline().history.before(step - 1).0;
            let to = since.min(step + STRETCH);
            let again = self.lines(from, to);
            let ahead = again.iter().filter(|c| c.step > above);
            lines.extend(ahead.filter(is_of).take(most - lines.len()).cloned());
            above = to;
        }
        let ahead = &calls[calls.partition_point(|c| c.step <= self.step)..];
        lines.extend(ahead.iter().filter(is_of).take(most - lines.len()).cloned());
        lines
    }

    /// The lines of the steps after a checkpoint's, up to `to`, made again.
    fn lines(&self, from: u32, to: u32) -> Vec<LogLine> {
        let (mut lines, mut step) = (Vec::new(), from);
        let timeline = self.timeline();
        timeline.rerun(timeline.world_at(from), from, to, |log, _| {
            step += 1;
            append(&mut lines, log, step);
        });
        lines
    }
}
