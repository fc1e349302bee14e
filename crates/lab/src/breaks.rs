//! Lines of programs as breakpoints, and programs changed by a person.

use crate::commands::{SHELL, node_id};
use crate::error::{Result, error, num, word};
use crate::session::Session;
use crate::view::{ErrorView, Stop};
use host::{HostEvent, Pid};
use net::{NodeId, StepLog, World};

/// Which lines of programs processes come to stand before. A process runs from call to call in one step, so it stands
/// where its last call was made, with the line in the next step.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    nodes: Vec<u32>,
    /// Processes seen: a child that a fork has just made has not made a call of its own.
    known: Vec<(u32, Pid)>,
}

impl Lines {
    /// Before the steps after `world`.
    pub(crate) fn new(stops: &[Stop], world: &World) -> Lines {
        let mut nodes: Vec<u32> = stops.iter().filter(|s| s.line > 0).map(|s| s.node).collect();
        nodes.dedup();
        let known = nodes.iter().flat_map(|&n| pids(world, n).into_iter().map(move |p| (n, p))).collect();
        Lines { nodes, known }
    }

    /// The stops, by their places, before whose lines a process stands since this step.
    pub(crate) fn after(&mut self, stops: &[Stop], world: &World, log: &StepLog) -> Vec<usize> {
        if self.nodes.is_empty() {
            return Vec::new();
        }
        let mut moved: Vec<(u32, Pid)> = Vec::new();
        for (node, event) in &log.events {
            if let (NodeId(node), HostEvent::CallReturned { pid, .. }) = (*node, event) {
                moved.push((node.into(), *pid));
            }
        }
        if moved.is_empty() {
            return Vec::new();
        }
        for &node in &self.nodes {
            for new in pids(world, node).into_iter().map(|p| (node, p)) {
                if !self.known.contains(&new) {
                    self.known.push(new);
                    moved.push(new);
                }
            }
        }
        let before =
            |s: &Stop| s.line > 0 && moved.iter().any(|&(node, pid)| stands_before(world, s, node, pid));
        (0..stops.len()).filter(|&n| before(&stops[n])).collect()
    }
}

fn pids(world: &World, node: u32) -> Vec<Pid> {
    let host = node_id(node).ok().and_then(|n| world.host(n));
    host.map(|h| h.processes().into_iter().map(|p| p.pid).filter(|&p| p != SHELL).collect())
        .unwrap_or_default()
}

fn stands_before(world: &World, stop: &Stop, node: u32, pid: Pid) -> bool {
    let host = node_id(node).ok().and_then(|n| world.host(n)).filter(|_| stop.node == node);
    let Some(host) = host else { return false };
    let process = host.processes().into_iter().find(|p| p.pid == pid);
    process.is_some_and(|p| p.file == stop.file) && host.lines_ahead(pid).contains(&stop.line)
}

impl Session {
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
