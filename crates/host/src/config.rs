//! What a host is told when it is made.

use std::net::IpAddr;
use tcp::time::{Duration, Instant};

/// A host's own configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct HostConfig {
    /// Shown to people; names nothing on the wire.
    pub name: String,
    /// Interfaces, by index.
    pub ifaces: Vec<IfaceConfig>,
    /// Routes that somebody added; those to the networks of the interfaces are there without.
    pub routes: Vec<RouteConfig>,
    /// Name servers, in the order in which they are asked (resolv.conf(5)).
    pub dns: Vec<IpAddr>,
    /// Names that need no server (hosts(5)).
    pub hosts: Vec<(String, IpAddr)>,
    /// Translates addresses, where it is there.
    pub nat: Option<crate::NatConfig>,
    /// `linux`, `rfc` or `bsd43`.
    pub profile: String,
    /// Settings by sysctl name, `net.ipv4.tcp_synack_retries` → 5; see [`crate::settings`].
    pub sysctls: Vec<(String, String)>,
    /// Secret of the host's ISNs, ports and cookies.
    pub seed: u64,
    /// Programs to start, with the time at which each does.
    pub programs: Vec<ProgramConfig>,
    /// Time a call takes a program.
    pub call_time: Duration,
}

impl Default for HostConfig {
    /// A host of the profile `linux`, without interfaces.
    fn default() -> HostConfig {
        HostConfig {
            name: String::new(),
            ifaces: Vec::new(),
            routes: Vec::new(),
            dns: Vec::new(),
            hosts: Vec::new(),
            nat: None,
            profile: "linux".into(),
            sysctls: Vec::new(),
            seed: 0,
            programs: Vec::new(),
            call_time: Duration::ZERO,
        }
    }
}

/// One interface and its addresses.
#[derive(Clone, Debug, PartialEq)]
pub struct IfaceConfig {
    /// `eth0`.
    pub name: String,
    /// Ethernet address.
    pub mac: [u8; 6],
    /// Addresses, IPv4 and IPv6, each with the length of its on-link prefix in bits.
    pub addrs: Vec<(IpAddr, u8)>,
    /// Largest IP packet, octets.
    pub mtu: u16,
    /// Permanent neighbour entries (`ip neigh add … nud permanent`).
    pub neighbours: Vec<(IpAddr, [u8; 6])>,
    /// Neighbours without an entry are asked for by ARP and Neighbour Discovery. Without it, what goes to them is lost at
    /// once.
    pub arp: bool,
}

impl IfaceConfig {
    /// `eth0` with one address, an MTU of 1500 octets, and only the neighbours that are added to it.
    pub fn new(mac: [u8; 6], addr: IpAddr, prefix: u8) -> IfaceConfig {
        IfaceConfig {
            name: "eth0".into(),
            mac,
            addrs: vec![(addr, prefix)],
            mtu: 1500,
            neighbours: Vec::new(),
            arp: false,
        }
    }
}

/// A route, as ip-route(8) adds one.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteConfig {
    /// Network that it leads to; the unspecified address with a length of 0 is the default route.
    pub dst: IpAddr,
    /// Length of its prefix, bits.
    pub prefix: u8,
    /// The next hop; none: the network is on the link.
    pub via: Option<IpAddr>,
    /// Interface, by index; none: the one on whose network `via` is.
    pub iface: Option<usize>,
    /// `via` is taken to be on the link, whatever the addresses say (`onlink`).
    pub onlink: bool,
}

impl RouteConfig {
    /// The default route by `via`, on the interface `iface` (`onlink`: whether or not it is on its network).
    pub fn default_via(via: IpAddr, iface: Option<usize>) -> RouteConfig {
        let dst = match via {
            IpAddr::V4(_) => IpAddr::from([0u8; 4]),
            IpAddr::V6(_) => IpAddr::from([0u8; 16]),
        };
        RouteConfig { dst, prefix: 0, via: Some(via), iface, onlink: iface.is_some() }
    }
}

/// A program: a fixed list of lines for now; the C interpreter takes its place behind the same face.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramConfig {
    /// Name of the source file, `server.c`.
    pub file: String,
    /// The text; its grammar is told in [`crate::program`].
    pub source: String,
    /// When it starts.
    pub start: Instant,
}
