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

/// One interface and its address.
#[derive(Clone, Debug, PartialEq)]
pub struct IfaceConfig {
    /// Ethernet address.
    pub mac: [u8; 6],
    /// IPv4 or IPv6 address.
    pub addr: IpAddr,
    /// Length of the on-link prefix, bits.
    pub prefix: u8,
    /// Largest IP packet, octets.
    pub mtu: u16,
    /// Static neighbour entries (ARP comes later).
    pub neighbours: Vec<(IpAddr, [u8; 6])>,
    /// Next hop for what is not on-link; must have a neighbour entry.
    pub gateway: Option<IpAddr>,
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
