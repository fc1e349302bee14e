//! Breakpoints: running until a process is about to pass over a line of its program. They belong to the person who
//! looks on, not to the world: nothing of them is in a timeline.

use crate::commands::{SHELL, node_id};
use crate::error::{Result, error, num, word};
use crate::read::{self, Read, Reading, field};
use crate::session::Session;
use crate::view::{Break, ErrorView, RunResult};
use host::{HostEvent, Pid};
use net::NodeId;
use std::collections::BTreeSet;

impl Break {
    /// Reads a list of them: `[{"node": 0, "file": "server.c", "line": 7}]`.
    ///
    /// # Errors
    /// What is missing, or not what belongs there.
    pub fn parse_list(json: &str) -> std::result::Result<Vec<Break>, String> {
        read::json(json)
    }
}

impl Read for Break {
    fn read(value: &serde_json::Value) -> Reading<Break> {
        let all = read::fields(value)?;
        Ok(Break {
            node: field(all, "node", None)?,
            file: field(all, "file", None)?,
            line: field(all, "line", None)?,
        })
    }
}

impl Session {
    /// [`Session::run`] that ends (`break`) as soon as a process comes to stand before one of these lines. A process
    /// runs from call to call in one step, so it stands where its last call was made, with the line in the next step.
    pub fn run_to_breaks(&mut self, breaks: &[Break], budget: u32, until_ns: f64) -> RunResult {
        let nodes: BTreeSet<u32> = breaks.iter().map(|b| b.node).collect();
        let mut known: BTreeSet<(u32, Pid)> =
            nodes.iter().flat_map(|&n| self.pids(n).into_iter().map(move |p| (n, p))).collect();
        for n in 0..budget {
            let done = self.run(1, until_ns);
            if done.events == 0 {
                return RunResult { events: n, ..done };
            }
            let mut moved: BTreeSet<(u32, Pid)> = BTreeSet::new();
            for (node, event) in &self.log.events {
                if let (NodeId(node), HostEvent::CallReturned { pid, .. }) = (*node, event) {
                    moved.insert((node.into(), *pid));
                }
            }
            if moved.is_empty() {
                continue;
            }
            // A child that a fork has just made has not made a call of its own.
            for &node in &nodes {
                moved.extend(self.pids(node).into_iter().map(|p| (node, p)).filter(|p| known.insert(*p)));
            }
            if moved.iter().any(|&(node, pid)| self.stands_before(breaks, node, pid)) {
                return RunResult { events: n + 1, stopped: "break".into() };
            }
        }
        RunResult { events: budget, stopped: "budget".into() }
    }

    fn pids(&self, node: u32) -> Vec<Pid> {
        let host = node_id(node).ok().and_then(|n| self.world.host(n));
        host.map(|h| h.processes().into_iter().map(|p| p.pid).filter(|&p| p != SHELL).collect())
            .unwrap_or_default()
    }

    fn stands_before(&self, breaks: &[Break], node: u32, pid: Pid) -> bool {
        let mine: Vec<&Break> = breaks.iter().filter(|b| b.node == node).collect();
        let Some(host) = node_id(node).ok().and_then(|n| self.world.host(n)).filter(|_| !mine.is_empty())
        else {
            return false;
        };
        let Some(process) = host.processes().into_iter().find(|p| p.pid == pid) else { return false };
        let lines = host.lines_ahead(pid);
        mine.iter().any(|b| b.file == process.file && lines.contains(&b.line))
    }

    /// This scenario from its beginning, with the same seed, and another text for a program of a node.
    ///
    /// # Errors
    /// `bad_program` (file, line, column, problem), `unknown_node`, `unknown_file`.
    pub fn with_program(&self, node: u32, file: &str, text: &str) -> Result<Session> {
        check_program(file, text)?;
        let mut scenario = (*self.scenario).clone();
        let of = scenario
            .nodes
            .get_mut(node as usize)
            .ok_or_else(|| error("unknown_node", [("node", num(node))]))?;
        let mut found = false;
        for program in of.programs.iter_mut().filter(|p| p.file == file) {
            program.source = text.lines().map(str::to_owned).collect();
            found = true;
        }
        if !found {
            return Err(error("unknown_file", [("file", word(file)), ("node", num(node))]));
        }
        Session::of(scenario, Some(self.seed))
    }
}

/// Whether a text is a program.
///
/// # Errors
/// `bad_program`: what is wrong with it first, with file, line and column, from 1.
pub fn check_program(file: &str, text: &str) -> std::result::Result<(), ErrorView> {
    host::program::check(text).map_err(|e| {
        let (line, column) = (num(e.line), num(e.column));
        error(
            "bad_program",
            [("file", word(file)), ("line", line), ("column", column), ("problem", word(e.message))],
        )
    })
}
