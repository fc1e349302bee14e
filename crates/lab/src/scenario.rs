//! Scenarios: JSON, versioned. [`crate::staging`] makes worlds of them.
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
//!   "rules": [{"when": {"from": "Server", "set": "SYN ACK"}, "then": {"kind": "drop"}}],
//!   // Commands, each with the step that it is, and notes: see `played`.
//!   "commands": [[12, {"kind": "drop", "frame": 3}]], "notes": [{"step": 12, "text": "Here the SYN is lost."}]
//! }
//! ```
//!
//! Version 2 has networks ([`crate::topology`]): in place of `addr`, `mac` and `mtu` a node has `interfaces`, and
//! `routes`, `dns`, `kind` (`host`, `router`, `nat`, `attacker`, `switch`, `hub`) beside its `gateway`; neighbours are asked
//! for by ARP and Neighbour Discovery, where in version 1 everybody on a link knows everybody.
//!
//! ```json
//! {"name": "Laptop", "interfaces": [{"name": "eth0", "addresses": ["192.168.1.10/24", "fd00::10/64"]}],
//!  "gateway": "192.168.1.1", "dns": ["192.168.1.1"],
//!  "routes": [{"to": "10.1.0.0/16", "via": "192.168.1.2"}], "at": [100, 500]}
//! {"name": "Switch", "kind": "switch"}
//! {"name": "cable", "delay_us": 5, "ends": [{"node": "Laptop", "interface": "eth0"}, {"node": "Switch"}]}
//! {"name": "line", "preset": "dsl", "impairments": {"jitter_us": 500},
//!  "ends": [{"node": "Home"}, {"node": "Provider", "impairments": {"codel": {}}}]}
//! ```

use crate::error::{Result, error, word};
use crate::impairing::{Impairing, Lose};
use crate::played::Note;
use crate::presets;
use crate::read::{Read, reads};
use crate::save::check_size;
use crate::standing::StandingRule;
use crate::topology::{Interface, NodeKind, RouteLine};
use crate::translation::Translation;
use crate::view::{Command, ErrorView, ScenarioInfo, Text};
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The newest format; those before are read too.
pub const VERSION: u32 = 2;

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
    "gone-wrong",
    "ping",
    "traceroute",
    "pmtu-discovery",
    "pmtu-black-hole",
    "nat-client",
    "nat-server",
    "nat-server-forwarded",
    "lan-arp",
    "lan-nd",
    "lan-hub",
    "wrong-mask",
    "no-gateway",
    "gateway-outside",
    "duplicate-address",
    "dns-look-up",
    "dns-over-tcp",
    "no-dns",
    "hole-punching",
    "hole-punching-symmetric",
    "attack-syn-flood",
    "attack-isn-probe",
    "attack-trust",
    "attack-blind-rst",
    "attack-blind-data",
    "attack-arp-spoof",
    "attack-hijack",
    "udp-beside-tcp",
    "impairments",
    "impairments-queues",
    "third-segment"
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
    "arp-spoof.c",
    "blind-data.c",
    "blind-rst.c",
    "count.c",
    "dns-server.c",
    "echo-client.c",
    "echo-dual.c",
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
    "hello-six.c",
    "hijack.c",
    "hoards.c",
    "http-client.c",
    "http-server.c",
    "look-up.c",
    "isn-probe.c",
    "loops.c",
    "never-accepts.c",
    "never-reads.c",
    "patient-client.c",
    "ping.c",
    "pop3-client.c",
    "pop3-server.c",
    "punch.c",
    "rendezvous.c",
    "rlogin-client.c",
    "rlogin-server.c",
    "rpc-client.c",
    "rpc-server.c",
    "smtp-client.c",
    "smtp-server.c",
    "traceroute.c",
    "syn-flood.c",
    "trust-attack.c",
    "trusting-server.c"
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
    /// At most [`VERSION`].
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
    /// What somebody does, each with the step that it is, in their order: `[12, {"kind": "drop", "frame": 3}]`. Steps and
    /// frames count as in a run of this file with its seed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<(u32, Command)>,
    /// Words for whoever opens it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// For people; links name it.
    pub name: String,
    /// What it is.
    #[serde(skip_serializing_if = "NodeKind::is_host")]
    pub kind: NodeKind,
    /// `client`, `server`, `attacker`; empty: see [`Node::role()`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Version 1: address of its one interface with prefix length: `10.0.0.1/24`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addr: Option<String>,
    /// Version 1: Ethernet address; none: `02:00:00:00:00:` and the node's number from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Version 1: octets; none: 1500.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u16>,
    /// Version 2: its interfaces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<Interface>,
    /// None: the scenario's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Settings by sysctl(8) name.
    pub sysctls: BTreeMap<String, String>,
    /// Address of the neighbour that takes what is for other networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<IpAddr>,
    /// Version 2: routes beside the one by the gateway.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<RouteLine>,
    /// Version 2: name servers, in the order in which they are asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<IpAddr>,
    /// Version 2: names that need no server, as hosts(5) has them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, IpAddr>,
    /// Version 2: how it translates addresses, of the kind `nat` ([`crate::translation`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nat: Option<Translation>,
    /// SYNs that it sends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flood: Option<Flood>,
    /// Time that a call takes a program.
    pub call_us: u64,
    /// What runs on it.
    pub programs: Vec<Program>,
    /// Where a picture of the network has it: thousandths of the width from the left, of the height from the top. The
    /// world does not depend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<(u16, u16)>,
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
    /// Version 2: a kind of link ([`crate::presets`]), of which the first end is the customer's. Once the scenario is read
    /// what it means stands in `impairments` of the ends, and nothing here: what is saved is whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Version 2: what else it does, each way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impairments: Option<Impairing>,
    /// Nodes on it.
    pub ends: Vec<End>,
}

/// One end: what the link does to the frames that this node sends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct End {
    /// A node's name.
    pub node: String,
    /// Version 2: name of its interface; none: the first that is not plugged in yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// See [`Link::delay_us`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_us: Option<u64>,
    /// See [`Link::loss`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// Version 2: what else the link does to what is sent here; goes before what the link says for all ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impairments: Option<Impairing>,
    /// Frames that are lost for certain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lose: Vec<Lose>,
}

reads!(Scenario {
    version, id, title, summary, profile = "linux".into(), seed = 0, nodes, links, rules = Vec::new(),
    commands = Vec::new(), notes = Vec::new()
});
reads!(Node {
    name, kind = NodeKind::Host, role = String::new(), addr = None, mac = None, mtu = None, interfaces = Vec::new(),
    profile = None, sysctls = BTreeMap::new(), gateway = None, routes = Vec::new(), dns = Vec::new(),
    hosts = BTreeMap::new(), nat = None, flood = None,
    call_us = 20, programs = Vec::new(), at = None
});
reads!(Flood { to, from, syns, start_us = 0, every_us });
reads!(Program { file = String::new(), program = None, start_us = 0, source = Vec::new(), park_at_line = None });
reads!(Link {
    name, delay_us = 0, rate_bps = None, queue_bytes = None, loss = 0.0, preset = None, impairments = None, ends
});
reads!(End { node, interface = None, delay_us = None, loss = None, impairments = None, lose = Vec::new() });
reads!(Text { en, zh });

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// `bad_scenario`, with the line and column or the field, and what would be right.
    pub fn parse(json: &str) -> Result<Scenario> {
        check_size(json.len() as u64)?;
        let value: serde_json::Value = serde_json::from_str(json).map_err(|e| bad(e.to_string()))?;
        // Another version may have anything in it, so that is asked first.
        if let Some(found) = value["version"].as_u64().filter(|v| !(1..=VERSION.into()).contains(v)) {
            return Err(bad(format!(
                "version: {found} is not known here; this build reads versions 1 to {VERSION}"
            )));
        }
        let mut scenario = Scenario::read(&value).map_err(|wrong| bad(wrong.to_string()))?;
        scenario.check_version()?;
        scenario.check_notes()?;
        for (n, link) in scenario.links.iter_mut().enumerate() {
            link.resolve().map_err(|problem| bad(format!("links[{n}].preset: {problem}")))?;
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
}

impl Link {
    /// Puts what a preset means in its place; what is said beside it goes before it.
    fn resolve(&mut self) -> std::result::Result<(), String> {
        let Some(name) = self.preset.take() else { return Ok(()) };
        let Some(preset) = presets::find(&name) else {
            let known: Vec<&str> = presets::PRESETS.iter().map(|p| p.id).collect();
            return Err(format!("no link is called “{name}”; there are {}", known.join(", ")));
        };
        for (n, end) in self.ends.iter_mut().enumerate() {
            let way = if n == 0 { &preset.up } else { &preset.down };
            let said = end.impairments.unwrap_or_default().or(&self.impairments.unwrap_or_default());
            end.impairments = Some(said.or(way));
        }
        Ok(())
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

pub(crate) fn bad(problem: String) -> ErrorView {
    error("bad_scenario", [("problem", word(problem))])
}
