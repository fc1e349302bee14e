//! From a scenario to the world that it speaks of.

use crate::error::Result;
use crate::impairing::{self, Kind, Lose};
use crate::scenario::{End, Flood, Link, Node, Program, Scenario, bad};
use crate::standing::StandingRule;
use host::{HostConfig, ProgramConfig};
use net::{
    BadImpairment, BridgeConfig, FloodConfig, FrameKind, Impairments, LinkConfig, LossRule, NodeId,
    ParkConfig, PortConfig, WorldConfig,
};
use std::net::IpAddr;
use tcp::time::{Duration, Instant};

impl Scenario {
    /// What the world of this scenario is made of.
    pub fn world(&self, seed: u64) -> Result<WorldConfig> {
        let mut nodes = Vec::with_capacity(self.nodes.len());
        let mut parks = Vec::new();
        for (n, node) in self.nodes.iter().enumerate() {
            nodes.push(self.host(n, node, seed)?);
            // Process ids count from 1; 0 is the person's shell.
            let lines = node.programs.iter().enumerate();
            parks.extend(lines.filter_map(|(p, program)| {
                let line = Some(program.park_at_line?);
                Some(ParkConfig { node: n, pid: host::Pid(p as u32 + 1), line })
            }));
        }
        let plugs = self.plugs()?;
        let links = self.links.iter().enumerate().zip(plugs).map(|(l, plugs)| self.link(l, &plugs));
        let links = links.collect::<Result<Vec<_>>>()?;
        if self.version == 1 {
            acquaint(&mut nodes, &links);
        }
        let floods = self.nodes.iter().enumerate();
        let floods = floods.filter_map(|(n, node)| Some(node.flood?.config(n))).collect();
        let named = |name: &str| self.nodes.iter().position(|n| n.name == name).map(|n| NodeId(n as u16));
        let rule = |(n, rule): (usize, &StandingRule)| {
            rule.core(&named).map_err(|e| bad(format!("rules[{n}]: {}", e.message)))
        };
        let rules = self.rules.iter().enumerate().map(rule).collect::<Result<Vec<_>>>()?;
        let bridges = self.nodes.iter().enumerate();
        let bridges = bridges.filter_map(|(node, n)| Some(BridgeConfig { node, kind: n.kind.bridge()? }));
        Ok(WorldConfig { nodes, links, seed, parks, floods, rules, bridges: bridges.collect() })
    }

    fn host(&self, n: usize, node: &Node, seed: u64) -> Result<HostConfig> {
        let program = |p: &Program| ProgramConfig {
            file: p.file.clone(),
            source: p.source.join("\n"),
            start: Instant::ZERO + micros(p.start_us),
        };
        Ok(HostConfig {
            name: node.name.clone(),
            ifaces: self.interfaces(n, node)?,
            routes: self.routes(n, node)?,
            dns: node.dns.clone(),
            hosts: node.hosts.iter().map(|(name, addr)| (name.clone(), *addr)).collect(),
            profile: node.profile.clone().unwrap_or_else(|| self.profile.clone()),
            nat: node.translation(n)?,
            sysctls: node.all_sysctls(),
            seed: host_seed(seed, n),
            programs: node.programs.iter().map(program).collect(),
            call_time: micros(node.call_us),
        })
    }

    /// Link number `n`; `plugs`: interface of each end.
    fn link(&self, (n, link): (usize, &Link), plugs: &[usize]) -> Result<LinkConfig> {
        let wrong = |at: &str, w: BadImpairment| {
            bad(format!("links[{n}]{at}.{}: {}", impairing::json_name(w.field), w.problem))
        };
        let all = Impairments {
            delay: micros(link.delay_us),
            rate: link.rate_bps,
            queue: link.queue_bytes,
            loss: link.loss,
            ..Impairments::default()
        };
        all.check().map_err(|w| wrong("", w))?;
        let all = link.impairments.unwrap_or_default().over(all).map_err(|w| wrong(".impairments", w))?;
        let port = |((e, end), &iface): ((usize, &End), &usize)| {
            let node = self.end_of(&end.node).map_err(bad)?;
            let sends = Impairments {
                delay: end.delay_us.map_or(all.delay, micros),
                loss: end.loss.unwrap_or(all.loss),
                lose: end.lose.iter().map(Lose::core).collect(),
                ..all.clone()
            };
            let at = |inner: &str| format!(".ends[{e}]{inner}");
            let inner = if end.impairments.is_some() { ".impairments" } else { "" };
            let sends = end.impairments.unwrap_or_default().over(sends).map_err(|w| wrong(&at(inner), w))?;
            let own = |field: &str| match field {
                "loss" => end.loss.is_some(),
                "delay" => end.delay_us.is_some(),
                _ => field == "lose",
            };
            sends.check().map_err(|w| match (end.impairments, link.impairments) {
                (None, Some(_)) if !own(w.field) => wrong(".impairments", w),
                _ => wrong(&at(inner), w),
            })?;
            Ok(PortConfig { node, iface, sends })
        };
        let ports = link.ends.iter().enumerate().zip(plugs).map(port).collect::<Result<Vec<_>>>()?;
        // Version 1 has one kind of link, a segment that knows who is where.
        let cable = self.version > 1 && ports.len() == 2;
        Ok(LinkConfig { name: link.name.clone(), ports, cable })
    }
}

impl Lose {
    fn core(&self) -> LossRule {
        let kind = match self.kind {
            Kind::Any => FrameKind::Any,
            Kind::Data => FrameKind::Data,
            Kind::Syn => FrameKind::Syn,
            Kind::Fin => FrameKind::Fin,
            Kind::PureAck => FrameKind::PureAck,
        };
        LossRule { kind, nth: self.nth }
    }
}

/// In version 1 everybody on a link knows everybody else there.
fn acquaint(nodes: &mut [HostConfig], links: &[LinkConfig]) {
    for link in links {
        let ends: Vec<(usize, IpAddr, [u8; 6])> = link
            .ports
            .iter()
            .map(|p| (p.node, nodes[p.node].ifaces[0].addrs[0].0, nodes[p.node].ifaces[0].mac))
            .collect();
        for &(node, ..) in &ends {
            let others = ends.iter().filter(|(other, ..)| *other != node);
            nodes[node].ifaces[0].neighbours.extend(others.map(|&(_, addr, mac)| (addr, mac)));
        }
    }
}

impl Flood {
    fn config(self, node: usize) -> FloodConfig {
        FloodConfig {
            node,
            to: self.to,
            from: self.from,
            syns: self.syns,
            start: Instant::ZERO + micros(self.start_us),
            every: micros(self.every_us),
        }
    }
}

fn micros(us: u64) -> Duration {
    Duration(us.saturating_mul(1_000))
}

/// A secret of its own for each host, from the session's seed (the golden-ratio step of SplitMix64).
fn host_seed(seed: u64, node: usize) -> u64 {
    (seed << 16 ^ (node as u64 + 1)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
