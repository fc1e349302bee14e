//! Stops, asked step by step: an expression with what it has to remember, a line with the processes that are known.

use super::parse::{Expr, SCOPES, Scope, parse};
use super::value::{At, Packet, Subject, Value};
use crate::breaks::Lines;
use crate::error::Result;
use crate::flows::Flows;
use crate::trace::node_of;
use crate::view::Stop;
use bytes::Bytes;
use host::Host;
use net::{Fate, Glance, NodeId, Step, StepLog, World};
use tcp::rule::{Decision, Tape};

/// Of one connection: whether the condition held, and what was kept.
#[derive(Clone, Debug)]
struct Known {
    subjects: [Option<Subject>; SCOPES],
    held: bool,
    values: Vec<Value>,
}

/// An expression, and what it came to at the last step.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) expr: Expr,
    known: Vec<Known>,
}

/// What all stops of a run look at in a step.
pub(super) struct Moment<'a> {
    pub(super) world: &'a World,
    pub(super) flows: &'a Flows,
    /// None: at rest.
    pub(super) log: Option<&'a StepLog>,
    pub(super) decisions: &'a [Decision],
    pub(super) packets: &'a [Packet],
    pub(super) step: u32,
}

impl Asked {
    pub(super) fn new(text: &str, world: &World, condition: bool) -> Result<Asked> {
        let hosts = (0..world.nodes()).filter_map(|n| world.host(NodeId(n)));
        let hosts: Vec<&str> = hosts.map(|h| h.config().name.as_str()).collect();
        let declared = |host: Option<u16>, name: &str| {
            let of = (0..world.nodes()).filter(|n| host.is_none_or(|h| h == *n));
            of.filter_map(|n| world.host(NodeId(n))).any(|h| h.has_program_variable(name))
        };
        Ok(Asked { expr: parse(text, &hosts, &declared, condition)?, known: Vec::new() })
    }

    /// Whether it is a condition that lasts: it is met where it begins to hold, not at each step while it does.
    fn lasts(&self) -> bool {
        !self.expr.packets && !self.expr.events && self.expr.kept.is_empty()
    }

    /// Whether it is met by this step, and whether it holds. What it is asked at next must be the step after.
    pub(super) fn meets(&mut self, m: &Moment) -> (bool, bool) {
        let (mut met, mut held) = (false, false);
        let mut known = Vec::new();
        let (lasts, kept) = (self.lasts(), !self.expr.kept.is_empty());
        let old = std::mem::take(&mut self.known);
        let mut hint = 0;
        self.each(m, |expr, at, was| {
            // Subjects come in the same order at each step: what is looked for is most often next.
            let place = was.and_then(|subjects| {
                let same = |k: &Known| k.subjects == subjects;
                old[hint..].iter().position(same).map(|n| n + hint).or_else(|| old.iter().position(same))
            });
            let before = place.map(|n| &old[n]);
            hint = place.map_or(hint, |n| n + 1).min(old.len());
            let was = before.map_or(&[][..], |k| &k.values);
            let mut at = At { was, ..at };
            let holds = at.value(&expr.root, &expr.kept).holds();
            held |= holds;
            met |= holds && !(lasts && before.is_some_and(|k| k.held));
            if lasts || kept {
                let values = expr.kept.iter().map(|node| at.value(node, &expr.kept)).collect();
                known.push(Known { subjects: at.subjects, held: holds, values });
            }
        });
        self.known = known;
        (met, held)
    }

    /// What it comes to for each connection that it can be about.
    pub(super) fn values(&self, m: &Moment) -> Vec<([Option<Subject>; SCOPES], Value)> {
        let mut all = Vec::new();
        self.each(m, |expr, at, _| {
            let subjects = at.subjects;
            let mut at = at;
            all.push((subjects, at.value(&expr.root, &expr.kept)));
        });
        all
    }

    /// Goes through packets and connections.
    fn each<'m>(
        &self,
        m: &Moment<'m>,
        mut visit: impl FnMut(&Expr, At<'m>, Option<[Option<Subject>; SCOPES]>),
    ) {
        let expr = &self.expr;
        let node = m.log.and_then(node_of);
        let mut ask = |packet: Option<&'m Packet>| {
            let near = m.log.is_some() && expr.kept.is_empty() && (expr.packets || expr.events);
            let mut lists = expr.scopes.iter().enumerate().map(|(n, scope)| {
                let about = if near { packet.map(|p| p.node).or(node) } else { None };
                self.subjects(m, n, *scope, about, packet.filter(|_| near))
            });
            let (first, second) = (lists.next().unwrap_or_default(), lists.next().unwrap_or_default());
            for i in 0..first.len().max(1) {
                for j in 0..second.len().max(1) {
                    let subjects = [first.get(i).copied(), second.get(j).copied()];
                    let at = At {
                        world: m.world,
                        log: m.log,
                        decisions: m.decisions,
                        step: m.step,
                        node,
                        packet,
                        subjects,
                        tcbs: [None, None],
                        was: &[],
                    };
                    visit(expr, at, Some(subjects));
                }
            }
        };
        if !expr.packets || m.packets.is_empty() && !expr.kept.is_empty() {
            ask(None);
        } else {
            m.packets.iter().for_each(|p| ask(Some(p)));
        }
    }

    /// The sockets (or hosts) that a scope can mean. `about`: the host of the step, where only it is meant; `packet`:
    /// then, of its sockets, the packet's.
    fn subjects(
        &self,
        m: &Moment,
        n: usize,
        scope: Scope,
        about: Option<NodeId>,
        packet: Option<&Packet>,
    ) -> Vec<Subject> {
        let mut all = Vec::new();
        let any = scope == Scope::default();
        for node in (0..m.world.nodes()).map(NodeId) {
            let Some(host) = m.world.host(node) else { continue };
            if scope.host.is_some_and(|h| h != node.0) || any && about.is_some_and(|a| a != node) {
                continue;
            }
            if !self.expr.sockets[n] {
                all.push((node, None));
            } else if let Some(flow) = scope.flow {
                let Some(flow) = m.flows.list().get(usize::from(flow)) else { continue };
                let ends = [(flow.client, flow.server), (flow.server, flow.client)];
                all.extend(ends.iter().filter_map(|(a, b)| Some((node, Some(host.connection(*a, *b)?)))));
            } else if let (Some(packet), true, false) = (packet, any, self.expr.listeners) {
                all.extend(own(host, packet).map(|sock| (node, Some(sock))));
            } else {
                all.extend(host.socket_ids().map(|sock| (node, Some(sock))));
            }
        }
        all
    }
}

/// The socket of a host that a packet is of.
fn own(host: &Host, packet: &Packet) -> Option<host::SockId> {
    let g = Glance::at(&packet.bytes)?;
    if packet.arrives { host.connection(g.dst, g.src) } else { host.connection(g.src, g.dst) }
}

/// All stops of a run.
pub(super) struct Hunt<'a> {
    stops: &'a [Stop],
    asked: Vec<Option<Asked>>,
    lines: Lines,
    packets: bool,
    /// Listens where a stop asks for rules; a run that nobody asks pays nothing for them.
    pub(super) tape: Tape,
    arriving: Option<Bytes>,
}

impl<'a> Hunt<'a> {
    /// Stops, about to be asked of the steps after `world`.
    ///
    /// # Errors
    /// What is wrong with an expression: `expr_…`.
    pub(super) fn new(stops: &'a [Stop], world: &World, flows: &Flows, step: u32) -> Result<Hunt<'a>> {
        let ask = |stop: &Stop| {
            if stop.when.trim().is_empty() { Ok(None) } else { Asked::new(&stop.when, world, true).map(Some) }
        };
        let mut asked = stops.iter().map(ask).collect::<Result<Vec<_>>>()?;
        let rest = Moment { world, flows, log: None, decisions: &[], packets: &[], step };
        let (mut packets, mut rules) = (false, false);
        for one in asked.iter_mut().flatten() {
            one.meets(&rest);
            packets |= one.expr.packets;
            rules |= one.expr.rules;
        }
        let lines = Lines::new(stops, world);
        Ok(Hunt { stops, asked, lines, packets, tape: rules.then(Vec::new), arriving: None })
    }

    /// To be called before each step: the bytes of what arrives are gone after it.
    pub(super) fn before(&mut self, world: &World) {
        if let Some(tape) = &mut self.tape {
            tape.clear();
        }
        self.arriving = None;
        if let (true, Some((_, Step::Arrival { frame, .. }))) = (self.packets, world.next()) {
            self.arriving = world.flight(frame).map(|f| f.bytes.clone());
        }
    }

    /// The stops that the step just done meets, by their places in the list.
    pub(super) fn after(&mut self, world: &World, log: &StepLog, flows: &Flows, step: u32) -> Vec<u32> {
        let packets = if self.packets { packets(log, self.arriving.take()) } else { Vec::new() };
        let decisions = self.tape.as_deref().unwrap_or_default();
        let m = Moment { world, flows, log: Some(log), decisions, packets: &packets, step };
        let stands = self.lines.after(self.stops, world, log);
        let mut met = Vec::new();
        for (n, (stop, asked)) in self.stops.iter().zip(&mut self.asked).enumerate() {
            // A condition is asked at each step, so that it knows the one before.
            let (begins, holds) = asked.as_mut().map_or((false, stop.line > 0), |a| a.meets(&m));
            if if stop.line > 0 { holds && stands.contains(&n) } else { begins } {
                met.push(n as u32);
            }
        }
        met
    }
}

/// The packets of a step: what arrived, then what was sent.
pub(super) fn packets(log: &StepLog, arriving: Option<Bytes>) -> Vec<Packet> {
    let mut all = Vec::new();
    if let (Some(bytes), Step::Arrival { frame, node }) = (arriving, log.step) {
        let refused =
            |(id, fate): &(net::FrameId, Fate)| *id == frame && matches!(fate, Fate::Refused { .. });
        let dropped = log.fates.iter().any(refused);
        all.push(Packet { bytes, arrives: true, node, dropped, resent: false });
    }
    all.extend(log.launched.iter().map(|l| Packet {
        bytes: l.bytes.clone(),
        arrives: false,
        node: l.from,
        dropped: l.lost.is_some(),
        resent: l.resent > 0,
    }));
    all
}
