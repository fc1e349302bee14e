//! What a scenario of version 2 says of a machine's place in the network, and what hosts and links are made of it.

use crate::error::Result;
use crate::read::{Read, Reading, Wrong, reads};
use crate::scenario::{Node, Scenario, bad};
use crate::schema::{self, Defs};
use host::{IfaceConfig, RouteConfig};
use net::BridgeKind;
use serde::Serialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a node is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum NodeKind {
    #[default]
    Host,
    /// A host that forwards.
    Router,
    /// A router that translates addresses.
    Nat,
    /// A host; shown apart.
    Attacker,
    /// Learns where addresses are, and sends frames there alone.
    Switch,
    /// Repeats every frame to all its other ports.
    Hub,
}

impl NodeKind {
    /// All kinds, by their words.
    const WORDS: [(&str, NodeKind); 6] = [
        ("host", NodeKind::Host),
        ("router", NodeKind::Router),
        ("nat", NodeKind::Nat),
        ("attacker", NodeKind::Attacker),
        ("switch", NodeKind::Switch),
        ("hub", NodeKind::Hub),
    ];
    /// The word of scenario files.
    pub fn name(self) -> &'static str {
        NodeKind::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
    /// It has ports, and no addresses.
    pub fn is_bridge(self) -> bool {
        self.bridge().is_some()
    }
    /// How it hands frames on from port to port, if it does.
    pub(crate) fn bridge(self) -> Option<BridgeKind> {
        match self {
            NodeKind::Switch => Some(BridgeKind::SWITCH),
            NodeKind::Hub => Some(BridgeKind::Hub),
            NodeKind::Host | NodeKind::Router | NodeKind::Nat | NodeKind::Attacker => None,
        }
    }
    pub(crate) fn is_host(&self) -> bool {
        *self == NodeKind::Host
    }
}

impl Read for NodeKind {
    fn read(value: &serde_json::Value) -> Reading<NodeKind> {
        let found = NodeKind::WORDS.iter().find(|(word, _)| value.as_str() == Some(word));
        found.map(|(_, kind)| *kind).ok_or_else(|| {
            let words: Vec<&str> = NodeKind::WORDS.iter().map(|(word, _)| *word).collect();
            Wrong::new(format!("{value} is not known here; there are {}", words.join(", ")))
        })
    }
    fn schema(_: &mut Defs) -> serde_json::Value {
        schema::words(&NodeKind::WORDS.map(|(word, _)| word))
    }
}

/// An interface of a node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interface {
    /// `eth0`; ends of links name it.
    pub name: String,
    /// Ethernet address; none: `02:00:00:`, the interface's number, and the node's number from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Addresses with prefix length: `10.0.0.1/24`, `fd00::1/64`.
    pub addresses: Vec<String>,
    /// Octets.
    pub mtu: u16,
    /// Permanent neighbour entries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub neighbours: Vec<Permanent>,
}

/// A permanent neighbour entry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Permanent {
    /// IP address.
    pub address: IpAddr,
    /// Ethernet address.
    pub mac: String,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RouteLine {
    /// `default`, or a network: `10.1.0.0/16`.
    pub to: String,
    /// The next hop; none: on the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<IpAddr>,
    /// Name of the interface; none: that on whose network the next hop is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The next hop is taken to be on the link, whatever the addresses say.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub onlink: bool,
}

reads!(Interface { name, mac = None, addresses = Vec::new(), mtu = 1500, neighbours = Vec::new() });
reads!(Permanent { address, mac });
reads!(RouteLine { to, via = None, interface = None, onlink = false });

impl Scenario {
    /// Interfaces of the node `n`, as its host has them. In version 1 there is one, `eth0`; its neighbours are filled in
    /// from the links.
    pub(crate) fn interfaces(&self, n: usize, node: &Node) -> Result<Vec<IfaceConfig>> {
        if self.version == 1 {
            let addr = node.addr.as_deref().unwrap_or_default();
            let at = |field: &str, problem: String| bad(format!("nodes[{n}].{field}: {problem}"));
            let iface = IfaceConfig {
                name: "eth0".into(),
                mac: mac(node.mac.as_deref(), 0, n).map_err(|p| at("mac", p))?,
                addrs: vec![address(addr).map_err(|p| at("addr", p))?],
                mtu: mtu(node.mtu.unwrap_or(1500)).map_err(|p| at("mtu", p))?,
                neighbours: Vec::new(),
                arp: false,
            };
            return Ok(vec![iface]);
        }
        if node.kind.is_bridge() {
            // A port for each link that ends here.
            let ends = self.links.iter().flat_map(|l| &l.ends).filter(|e| e.node == node.name);
            let port = |(k, _)| {
                Ok(IfaceConfig {
                    name: format!("port{}", k + 1),
                    mac: mac(None, k, n).map_err(bad)?,
                    addrs: Vec::new(),
                    mtu: u16::MAX,
                    neighbours: Vec::new(),
                    arp: false,
                })
            };
            return ends.enumerate().map(port).collect();
        }
        node.interfaces.iter().enumerate().map(|(k, i)| interface(i, k, n)).collect()
    }

    /// The node's routes, its gateway's first.
    pub(crate) fn routes(&self, n: usize, node: &Node) -> Result<Vec<RouteConfig>> {
        // In version 1 the gateway is a neighbour, whatever its address is.
        let only = (self.version == 1).then_some(0);
        let mut routes: Vec<RouteConfig> =
            node.gateway.iter().map(|&via| RouteConfig::default_via(via, only)).collect();
        for (k, line) in node.routes.iter().enumerate() {
            let at = |field: &str, problem: String| bad(format!("nodes[{n}].routes[{k}].{field}: {problem}"));
            let iface = match &line.interface {
                None => None,
                Some(name) => Some(node.interface(name).map_err(|p| at("interface", p))?),
            };
            if iface.is_none() && line.via.is_none() {
                return Err(at("via", "missing; give a next hop, or the `interface` it leaves by".into()));
            }
            let (dst, prefix) = match (line.to.as_str(), line.via) {
                ("default", Some(IpAddr::V6(_))) => (Ipv6Addr::UNSPECIFIED.into(), 0),
                ("default", _) => (Ipv4Addr::UNSPECIFIED.into(), 0),
                (network, _) => address(network).map_err(|p| at("to", p))?,
            };
            routes.push(RouteConfig { dst, prefix, via: line.via, iface, onlink: line.onlink });
        }
        Ok(routes)
    }

    /// Which interface of its node each end of each link is plugged into, link by link. An end that does not say gets the
    /// first one that is free.
    pub(crate) fn plugs(&self) -> Result<Vec<Vec<usize>>> {
        let mut taken: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        let mut plugs = Vec::with_capacity(self.links.len());
        for (l, link) in self.links.iter().enumerate() {
            let mut of_link = Vec::with_capacity(link.ends.len());
            for (e, end) in link.ends.iter().enumerate() {
                let at =
                    |field: &str, problem: String| bad(format!("links[{l}].ends[{e}].{field}: {problem}"));
                let node = self.end_of(&end.node).map_err(|p| at("node", p))?;
                let (taken, known) = (&mut taken[node], &self.nodes[node]);
                let iface = match &end.interface {
                    _ if self.version == 1 => 0,
                    Some(name) if !known.kind.is_bridge() => {
                        known.interface(name).map_err(|p| at("interface", p))?
                    }
                    _ => (0..).find(|k| !taken.contains(k)).unwrap_or(0),
                };
                if self.version > 1 && !known.kind.is_bridge() && iface >= known.interfaces.len() {
                    return Err(at(
                        "node",
                        format!("all interfaces of “{}” are plugged in; give it another", end.node),
                    ));
                }
                taken.push(iface);
                of_link.push(iface);
            }
            plugs.push(of_link);
        }
        self.check_plugged(&taken)?;
        Ok(plugs)
    }

    /// Every interface is on a link; `taken`: those that are, node by node.
    fn check_plugged(&self, taken: &[Vec<usize>]) -> Result<()> {
        let mend = "put it on a link, or take it out";
        for (n, node) in self.nodes.iter().enumerate() {
            if self.version == 1 && taken[n].is_empty() {
                return Err(bad(format!("nodes[{n}].name: no link ends at “{}”; {mend}", node.name)));
            }
            let loose = (0..node.interfaces.len()).find(|k| !taken[n].contains(k));
            if let Some(k) = loose.filter(|_| self.version > 1) {
                let name = &node.interfaces[k].name;
                return Err(bad(format!(
                    "nodes[{n}].interfaces[{k}].name: no link ends at “{name}” of “{}”; {mend}",
                    node.name
                )));
            }
        }
        Ok(())
    }

    /// The place of the node with this name.
    pub(crate) fn end_of(&self, name: &str) -> std::result::Result<usize, String> {
        self.nodes.iter().position(|node| node.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.nodes.iter().map(|n| n.name.as_str()).collect();
            format!("no node is called “{name}”; there are {}", names.join(", "))
        })
    }

    /// Fields that belong to the other version of the format.
    pub(crate) fn check_version(&self) -> Result<()> {
        for (n, link) in self.links.iter().enumerate().filter(|_| self.version == 1) {
            let ends = link.ends.iter().any(|e| e.impairments.is_some());
            let newer =
                [("preset", link.preset.is_some()), ("impairments", link.impairments.is_some() || ends)];
            if let Some((field, _)) = newer.iter().find(|(_, there)| *there) {
                return Err(bad(format!(
                    "links[{n}].{field}: version 1 does not have this; make it version 2"
                )));
            }
        }
        for (n, link) in self.links.iter().enumerate().filter(|_| self.version > 1) {
            if self.links[..n].iter().any(|other| other.name == link.name) {
                let name = &link.name;
                return Err(bad(format!(
                    "links[{n}].name: “{name}” stands twice; give each a name of its own"
                )));
            }
        }
        for (n, node) in self.nodes.iter().enumerate() {
            let wrong = |field: &str, problem: &str| Err(bad(format!("nodes[{n}].{field}: {problem}")));
            if self.nodes[..n].iter().any(|other| other.name == node.name) {
                return wrong(
                    "name",
                    &format!("“{}” stands twice; links could not tell the two apart", node.name),
                );
            }
            if self.version == 1 {
                let newer = [
                    ("interfaces", !node.interfaces.is_empty()),
                    ("routes", !node.routes.is_empty()),
                    ("dns", !node.dns.is_empty()),
                    ("hosts", !node.hosts.is_empty()),
                    ("nat", node.nat.is_some()),
                    ("kind", !node.kind.is_host()),
                ];
                if let Some((field, _)) = newer.iter().find(|(_, there)| *there) {
                    return wrong(field, "version 1 does not have this; make it version 2");
                }
                if node.addr.is_none() {
                    return wrong("addr", "missing; write it as 10.0.0.1/24");
                }
                if node.role.is_empty() {
                    return wrong("role", "missing; there are client, server, attacker");
                }
                continue;
            }
            let older =
                [("addr", node.addr.is_some()), ("mac", node.mac.is_some()), ("mtu", node.mtu.is_some())];
            if let Some((field, _)) = older.iter().find(|(_, there)| *there) {
                return wrong(field, "in version 2 this stands in one of the node's `interfaces`");
            }
            if node.kind.is_bridge() && !node.interfaces.is_empty() {
                return wrong(
                    "interfaces",
                    "a switch or hub has a port for each link that ends there; leave this out",
                );
            }
            let names = node.interfaces.iter().enumerate();
            for (k, i) in names {
                if node.interfaces[..k].iter().any(|other| other.name == i.name) {
                    return wrong(
                        &format!("interfaces[{k}].name"),
                        &format!("“{}” stands twice; give each a name of its own", i.name),
                    );
                }
            }
        }
        Ok(())
    }
}

impl Node {
    /// The place of the interface with this name.
    pub(crate) fn interface(&self, name: &str) -> std::result::Result<usize, String> {
        self.interfaces.iter().position(|i| i.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.interfaces.iter().map(|i| i.name.as_str()).collect();
            format!("“{}” has no interface “{name}”; there are {}", self.name, names.join(", "))
        })
    }

    /// Where a face puts it, where nobody said: `client` or `attacker`.
    pub fn role(&self) -> &str {
        match (self.role.as_str(), self.kind) {
            ("", NodeKind::Attacker) => "attacker",
            ("", _) => "client",
            (role, _) => role,
        }
    }
}

fn interface(i: &Interface, k: usize, n: usize) -> Result<IfaceConfig> {
    let at = |field: &str, problem: String| bad(format!("nodes[{n}].interfaces[{k}].{field}: {problem}"));
    let read = |(a, text): (usize, &String)| address(text).map_err(|p| at(&format!("addresses[{a}]"), p));
    let permanent = |(p, entry): (usize, &Permanent)| {
        let mac = mac(Some(&entry.mac), k, n).map_err(|e| at(&format!("neighbours[{p}].mac"), e))?;
        Ok((entry.address, mac))
    };
    Ok(IfaceConfig {
        name: i.name.clone(),
        mac: mac(i.mac.as_deref(), k, n).map_err(|p| at("mac", p))?,
        addrs: i.addresses.iter().enumerate().map(read).collect::<Result<_>>()?,
        mtu: mtu(i.mtu).map_err(|p| at("mtu", p))?,
        neighbours: i.neighbours.iter().enumerate().map(permanent).collect::<Result<_>>()?,
        arp: true,
    })
}

/// The Ethernet address that is written, or that of interface `k` of node `n` where none is.
fn mac(text: Option<&str>, k: usize, n: usize) -> std::result::Result<[u8; 6], String> {
    match text {
        Some(text) => (text.parse::<wire::Mac>().map(|m| m.0))
            .map_err(|_| format!("“{text}” is not an Ethernet address; write it as 02:00:00:00:00:01")),
        None => Ok([2, 0, (k >> 8) as u8, k as u8, ((n + 1) >> 8) as u8, (n + 1) as u8]),
    }
}

fn mtu(mtu: u16) -> std::result::Result<u16, String> {
    if mtu < 68 {
        return Err(format!("{mtu} is less than the 68 octets that IPv4 asks for (RFC 791)"));
    }
    Ok(mtu)
}

/// An address and the length of its prefix, from `10.0.0.1/24`.
fn address(text: &str) -> std::result::Result<(IpAddr, u8), String> {
    let wrong = || format!("“{text}” is not an address with a prefix length; write it as 10.0.0.1/24");
    let octets = text.split('/').next().unwrap_or_default().split('.');
    let count = octets.clone().count();
    if count > 1
        && count != 4
        && octets.clone().all(|o| !o.is_empty() && o.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(format!("“{text}” has {count} octets; an IPv4 address has four, as in 10.0.0.1/24"));
    }
    let (addr, prefix) = text.split_once('/').ok_or_else(wrong)?;
    let addr: IpAddr = addr.parse().map_err(|_| wrong())?;
    let prefix: u8 = prefix.parse().map_err(|_| wrong())?;
    if prefix > if addr.is_ipv4() { 32 } else { 128 } {
        return Err(wrong());
    }
    Ok((addr, prefix))
}
