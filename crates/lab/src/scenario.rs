//! Scenarios: JSON, versioned, and what of them makes a world.
//!
//! ```json
//! {
//!   "version": 1,
//!   "id": "accept-flow",
//!   "title": {"en": "…", "zh": "…"}, "summary": {"en": "…", "zh": "…"},
//!   "profile": "linux",
//!   "nodes": [
//!     {"name": "Client", "role": "client", "addr": "10.0.0.1/24",
//!      "programs": [{"file": "client.c", "start_us": 0, "source": ["int s;", "…"]}]},
//!     {"name": "Server", "role": "server", "addr": "10.0.0.2/24",
//!      "sysctls": {"net.ipv4.tcp_syncookies": "0"},
//!      "programs": [{"file": "server.c", "source": ["…"], "park_at_line": 6}]}
//!   ],
//!   // `"program": "echo-fork.c"` in place of `source` is a program that comes with the lab; a node may also flood:
//!   // `"gateway": "10.0.0.9"`, `"flood": {"to": "10.0.0.2:80", "from": "198.18.0.0", "syns": 10000, "every_us": 100}`
//!   "links": [{"name": "LAN", "delay_us": 750, "rate_bps": 100000000,
//!              "ends": [{"node": "Client", "lose": [{"kind": "data", "nth": 1}]}, {"node": "Server"}]}],
//!   "rules": [{"when": {"from": "Server", "set": "SYN ACK"}, "then": {"kind": "drop"}}]
//! }
//! ```

use crate::error::{Result, error, word};
use crate::read::{self, Read, Reading, Wrong, reads};
use crate::standing::StandingRule;
use crate::view::{ErrorView, ScenarioInfo, Text};
use host::{HostConfig, IfaceConfig, ProgramConfig};
use net::{
    FloodConfig, FrameKind, Impairments, LinkConfig, LossRule, NodeId, ParkConfig, PortConfig, WorldConfig,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tcp::time::{Duration, Instant};

/// The format that this build reads.
pub const VERSION: u32 = 1;

macro_rules! shipped {
    ($($id:literal),* $(,)?) => {
        /// Scenarios that come with the lab: id and JSON. The page opens on the first. Without the feature `library`
        /// there are none: the page fetches those that it opens.
        #[cfg(feature = "library")]
        pub static SHIPPED: &[(&str, &str)] = &[$(($id, include_str!(concat!("../scenarios/", $id, ".json")))),*];
    };
}
shipped!(
    "accept-flow",
    "backlog-overflow",
    "lost-data",
    "closed-port",
    "simultaneous-open",
    "bulk-transfer",
    "backlog-bsd43",
    "six-clients",
    "six-clients-at-once",
    "six-clients-abort",
    "six-clients-bsd43",
    "syn-flood",
    "syn-flood-cookies",
    "server-iterative",
    "server-forks",
    "server-preforks",
    "server-polls",
    "server-epoll",
    "never-reads",
    "half-close",
    "http",
    "smtp",
    "pop3",
    "ftp",
    "rlogin",
    "rpc",
    "gone-wrong"
);

macro_rules! programs {
    ($($file:literal),* $(,)?) => {
        /// Programs that a scenario may name: file and text. See [`SHIPPED`].
        #[cfg(feature = "library")]
        pub static PROGRAMS: &[(&str, &str)] =
            &[$(($file, include_str!(concat!("../../host/programs/", $file)))),*];
    };
}
programs!(
    "count.c",
    "echo-client.c",
    "echo-epoll.c",
    "echo-fork.c",
    "echo-poll.c",
    "echo-prefork.c",
    "echo.c",
    "flood-client.c",
    "ftp-client.c",
    "ftp-server.c",
    "half-close-client.c",
    "hello-client.c",
    "hoards.c",
    "http-client.c",
    "http-server.c",
    "loops.c",
    "never-accepts.c",
    "never-reads.c",
    "patient-client.c",
    "pop3-client.c",
    "pop3-server.c",
    "rlogin-client.c",
    "rlogin-server.c",
    "rpc-client.c",
    "rpc-server.c",
    "smtp-client.c",
    "smtp-server.c"
);
#[cfg(not(feature = "library"))]
#[allow(missing_docs)]
pub static SHIPPED: &[(&str, &str)] = &[];
#[cfg(not(feature = "library"))]
#[allow(missing_docs)]
pub static PROGRAMS: &[(&str, &str)] = &[];

/// A scenario as its file has it. Times in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    /// [`VERSION`].
    pub version: u32,
    /// Lower case, dashes.
    pub id: String,
    /// For a menu.
    pub title: Text,
    /// A sentence or two.
    pub summary: Text,
    /// Profile of nodes that name none: `linux`, `rfc`, `bsd43`.
    pub profile: String,
    /// Of all chance, where a session names none.
    pub seed: u64,
    /// Machines.
    pub nodes: Vec<Node>,
    /// What joins them.
    pub links: Vec<Link>,
    /// Standing rules ([`crate::standing`]).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<StandingRule>,
}

/// A machine with one interface.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// For people; links name it.
    pub name: String,
    /// `client`, `server`, `attacker`.
    pub role: String,
    /// Address with prefix length: `10.0.0.1/24`.
    pub addr: String,
    /// Ethernet address; none: `02:00:00:00:00:` and the node's number from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Octets.
    pub mtu: u16,
    /// None: the scenario's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Settings by sysctl(8) name.
    pub sysctls: BTreeMap<String, String>,
    /// Address of the neighbour that takes what is for other networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
    /// SYNs that it sends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flood: Option<Flood>,
    /// Time that a call takes a program.
    pub call_us: u64,
    /// What runs on it.
    pub programs: Vec<Program>,
}

/// SYNs from addresses that nobody has, at a steady pace (RFC 4987 §2).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Flood {
    /// Address and port that they go to; the address is a neighbour's.
    pub to: SocketAddr,
    /// The first one's source address; each next one has the next address.
    pub from: Ipv4Addr,
    /// How many.
    pub syns: u32,
    /// When the first is sent.
    pub start_us: u64,
    /// Between one and the next.
    pub every_us: u64,
}

/// A program in the lab's small C: by its name, where it comes with the lab, or by its lines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Program {
    /// Name of the file; empty for that of `program`.
    pub file: String,
    /// One of [`PROGRAMS`]. Once the scenario is read its lines stand in `source`, and nothing here: what is saved is
    /// whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// When it starts.
    pub start_us: u64,
    /// Its lines.
    pub source: Vec<String>,
    /// It stands still when it first comes to this line, from 1, until a person lets it go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub park_at_line: Option<u32>,
}

/// An Ethernet segment. What an end does not say, the link says for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// For people.
    pub name: String,
    /// Propagation delay.
    pub delay_us: u64,
    /// Bits a second; none: no time to serialize.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_bps: Option<u64>,
    /// Octets that may wait for the rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_bytes: Option<u32>,
    /// Probability that a frame is lost.
    pub loss: f64,
    /// Nodes on it.
    pub ends: Vec<End>,
}

/// One end: what the link does to the frames that this node sends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct End {
    /// A node's name.
    pub node: String,
    /// See [`Link::delay_us`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_us: Option<u64>,
    /// See [`Link::loss`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// Frames that are lost for certain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lose: Vec<Lose>,
}

/// Loses the `nth` frame of a kind, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Lose {
    /// Which frames count.
    pub kind: Kind,
    /// Which of them.
    pub nth: u32,
}

/// See [`FrameKind`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Kind {
    Any,
    Data,
    Syn,
    Fin,
    PureAck,
}

reads!(Scenario { version, id, title, summary, profile = "linux".into(), seed = 0, nodes, links, rules = Vec::new() });
reads!(Node {
    name, role, addr, mac = None, mtu = 1500, profile = None, sysctls = BTreeMap::new(), gateway = None, flood = None,
    call_us = 20, programs = Vec::new()
});
reads!(Flood { to, from, syns, start_us = 0, every_us });
reads!(Program { file = String::new(), program = None, start_us = 0, source = Vec::new(), park_at_line = None });
reads!(Link { name, delay_us, rate_bps = None, queue_bytes = None, loss = 0.0, ends });
reads!(End { node, delay_us = None, loss = None, lose = Vec::new() });
reads!(Lose { kind, nth });
reads!(Text { en, zh });

impl Read for Kind {
    fn read(value: &serde_json::Value) -> Reading<Kind> {
        let kinds = [
            ("any", Kind::Any),
            ("data", Kind::Data),
            ("syn", Kind::Syn),
            ("fin", Kind::Fin),
            ("pure_ack", Kind::PureAck),
        ];
        let found = kinds.iter().find(|(name, _)| value.as_str() == Some(name));
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
            Wrong::new(format!("{value} is not known here; there are {}", names.join(", ")))
        })
    }
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// `bad_scenario`, with the line and column or the field, and what would be right.
    pub fn parse(json: &str) -> Result<Scenario> {
        let mut scenario: Scenario = read::json(json).map_err(bad)?;
        if scenario.version != VERSION {
            let found = scenario.version;
            return Err(bad(format!(
                "version: {found} is not known here; this build reads version {VERSION}"
            )));
        }
        for (n, node) in scenario.nodes.iter_mut().enumerate() {
            for (p, program) in node.programs.iter_mut().enumerate() {
                program.resolve().map_err(|problem| bad(format!("nodes[{n}].programs[{p}]: {problem}")))?;
            }
        }
        scenario.world(scenario.seed)?;
        Ok(scenario)
    }

    /// A shipped scenario.
    pub fn shipped(id: &str) -> Result<Scenario> {
        match SHIPPED.iter().find(|(known, _)| *known == id) {
            Some((_, json)) => Scenario::parse(json),
            None => {
                let known: Vec<&str> = SHIPPED.iter().map(|(id, _)| *id).collect();
                Err(error("unknown_scenario", [("id", word(id)), ("known", word(known.join(", ")))]))
            }
        }
    }

    /// For a menu.
    pub fn info(&self) -> ScenarioInfo {
        ScenarioInfo {
            id: self.id.clone(),
            title: self.title.clone(),
            summary: self.summary.clone(),
            profile: self.profile.clone(),
        }
    }

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

impl Program {
    /// Puts the lines of a program that is named in their place.
    fn resolve(&mut self) -> std::result::Result<(), String> {
        let Some(name) = self.program.take() else {
            return if self.source.is_empty() {
                Err("give it a `program` or a `source`".into())
            } else {
                Ok(())
            };
        };
        if !self.source.is_empty() {
            return Err(format!("it has both `program` “{name}” and `source`; leave one out"));
        }
        let Some((_, text)) = PROGRAMS.iter().find(|(file, _)| *file == name) else {
            let known: Vec<&str> = PROGRAMS.iter().map(|(file, _)| *file).collect();
            return Err(format!("no program is called “{name}”; there are {}", known.join(", ")));
        };
        self.source = text.lines().map(str::to_owned).collect();
        if self.file.is_empty() {
            self.file = name;
        }
        Ok(())
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

fn bad(problem: String) -> ErrorView {
    error("bad_scenario", [("problem", word(problem))])
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
