//! From a scenario to the world that it speaks of.

use crate::error::Result;
use crate::scenario::{End, Flood, Kind, Link, Lose, Node, Program, Scenario, bad};
use crate::standing::StandingRule;
use host::{HostConfig, IfaceConfig, ProgramConfig};
use net::{
    FloodConfig, FrameKind, Impairments, LinkConfig, LossRule, NodeId, ParkConfig, PortConfig, WorldConfig,
};
use std::net::IpAddr;
use tcp::time::{Duration, Instant};

impl Scenario {
    /// What the world of this scenario is made of. Neighbour tables are filled in from the links.
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
        let links =
            self.links.iter().enumerate().map(|(n, l)| self.link(n, l)).collect::<Result<Vec<_>>>()?;
        for link in &links {
            let ends: Vec<(usize, IpAddr, [u8; 6])> = link
                .ports
                .iter()
                .map(|p| (p.node, nodes[p.node].ifaces[0].addr, nodes[p.node].ifaces[0].mac))
                .collect();
            for &(node, ..) in &ends {
                let others = ends.iter().filter(|(other, ..)| *other != node);
                nodes[node].ifaces[0].neighbours.extend(others.map(|&(_, addr, mac)| (addr, mac)));
            }
        }
        let floods = self.nodes.iter().enumerate();
        let floods = floods.filter_map(|(n, node)| Some(node.flood?.config(n))).collect();
        let named = |name: &str| self.nodes.iter().position(|n| n.name == name).map(|n| NodeId(n as u16));
        let rule = |(n, rule): (usize, &StandingRule)| {
            rule.core(&named).map_err(|e| bad(format!("rules[{n}]: {}", e.message)))
        };
        let rules = self.rules.iter().enumerate().map(rule).collect::<Result<Vec<_>>>()?;
        Ok(WorldConfig { nodes, links, seed, parks, floods, rules })
    }

    fn host(&self, n: usize, node: &Node, seed: u64) -> Result<HostConfig> {
        let at = |field: &str, problem: String| bad(format!("nodes[{n}].{field}: {problem}"));
        let (addr, prefix) = address(&node.addr).map_err(|p| at("addr", p))?;
        let mac = match &node.mac {
            Some(text) => text.parse::<wire::Mac>().map(|m| m.0).map_err(|_| {
                at("mac", format!("“{text}” is not an Ethernet address; write it as 02:00:00:00:00:01"))
            })?,
            None => [2, 0, 0, 0, ((n + 1) >> 8) as u8, (n + 1) as u8],
        };
        if node.mtu < 68 {
            return Err(at(
                "mtu",
                format!("{} is less than the 68 octets that IPv4 asks for (RFC 791)", node.mtu),
            ));
        }
        let program = |p: &Program| ProgramConfig {
            file: p.file.clone(),
            source: p.source.join("\n"),
            start: Instant::ZERO + micros(p.start_us),
        };
        Ok(HostConfig {
            name: node.name.clone(),
            ifaces: vec![IfaceConfig {
                mac,
                addr,
                prefix,
                mtu: node.mtu,
                neighbours: vec![],
                gateway: node.gateway,
            }],
            profile: node.profile.clone().unwrap_or_else(|| self.profile.clone()),
            sysctls: node.sysctls.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            seed: host_seed(seed, n),
            programs: node.programs.iter().map(program).collect(),
            call_time: micros(node.call_us),
        })
    }

    fn link(&self, n: usize, link: &Link) -> Result<LinkConfig> {
        let port = |(e, end): (usize, &End)| {
            let node = self.nodes.iter().position(|node| node.name == end.node).ok_or_else(|| {
                let names: Vec<&str> = self.nodes.iter().map(|n| n.name.as_str()).collect();
                bad(format!(
                    "links[{n}].ends[{e}].node: no node is called “{}”; there are {}",
                    end.node,
                    names.join(", ")
                ))
            })?;
            let lose = |l: &Lose| LossRule {
                kind: match l.kind {
                    Kind::Any => FrameKind::Any,
                    Kind::Data => FrameKind::Data,
                    Kind::Syn => FrameKind::Syn,
                    Kind::Fin => FrameKind::Fin,
                    Kind::PureAck => FrameKind::PureAck,
                },
                nth: l.nth,
            };
            let sends = Impairments {
                delay: micros(end.delay_us.unwrap_or(link.delay_us)),
                rate: link.rate_bps,
                queue: link.queue_bytes,
                loss: end.loss.unwrap_or(link.loss),
                lose: end.lose.iter().map(lose).collect(),
            };
            Ok(PortConfig { node, iface: 0, sends })
        };
        let ports = link.ends.iter().enumerate().map(port).collect::<Result<Vec<_>>>()?;
        Ok(LinkConfig { name: link.name.clone(), ports })
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

fn address(text: &str) -> std::result::Result<(IpAddr, u8), String> {
    let wrong = || format!("“{text}” is not an address with a prefix length; write it as 10.0.0.1/24");
    let (addr, prefix) = text.split_once('/').ok_or_else(wrong)?;
    let addr: IpAddr = addr.parse().map_err(|_| wrong())?;
    let prefix: u8 = prefix.parse().map_err(|_| wrong())?;
    if prefix > if addr.is_ipv4() { 32 } else { 128 } {
        return Err(wrong());
    }
    Ok((addr, prefix))
}
