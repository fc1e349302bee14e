//! What a world is made of.

use crate::impairments::{BadImpairment, Impairments};
use crate::standing::StandingRule;
use host::HostConfig;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use tcp::time::{Duration, Instant};

/// A machine, by its place in [`WorldConfig::nodes`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u16);
/// A link, by its place in [`WorldConfig::links`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LinkId(pub u16);
/// A frame: counts up from 0 in the order in which frames are put on links; never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FrameId(pub u32);

/// Everything that determines a world, but for what people do to it.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldConfig {
    /// Machines.
    pub nodes: Vec<HostConfig>,
    /// Links between their interfaces.
    pub links: Vec<LinkConfig>,
    /// From which the stream of chance of every link direction is drawn.
    pub seed: u64,
    /// Processes to be parked when they come to a line.
    pub parks: Vec<ParkConfig>,
    /// SYNs that machines send without a program.
    pub floods: Vec<FloodConfig>,
    /// Rules that stand from the beginning, in their order.
    pub rules: Vec<StandingRule>,
    /// Machines that are switches or hubs: their interfaces are ports.
    pub bridges: Vec<BridgeConfig>,
}

/// A machine that hands frames on from port to port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BridgeConfig {
    /// Machine.
    pub node: usize,
    /// How.
    pub kind: BridgeKind,
}

/// How frames are handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BridgeKind {
    /// To the port where the destination was last seen, else to all (IEEE 802.1Q §8.6).
    Switch {
        /// After so long unseen an address is forgotten.
        ageing: Duration,
    },
    /// To all ports but that on which it came (IEEE 802.3 §9).
    Hub,
}

impl BridgeKind {
    /// A switch that forgets as IEEE 802.1Q §8.8.3 recommends: after 300 seconds.
    pub const SWITCH: BridgeKind = BridgeKind::Switch { ageing: Duration::from_secs(300) };
}

/// SYNs from addresses that nobody has, at a steady pace: the attack of RFC 4987 §2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloodConfig {
    /// Machine on whose first plugged interface they are put.
    pub node: usize,
    /// Where they go: a neighbour of that machine.
    pub to: SocketAddr,
    /// Source address of the first; each next one has the next address.
    pub from: Ipv4Addr,
    /// How many.
    pub syns: u32,
    /// When the first one is sent.
    pub start: Instant,
    /// Between one and the next; a microsecond at least.
    pub every: Duration,
}

/// An Ethernet segment: a cable, or one with an ideal switch, where unicast goes to the port that has that address, group addresses to
/// all ports but the sender's.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkConfig {
    /// For people.
    pub name: String,
    /// Two or more interfaces.
    pub ports: Vec<PortConfig>,
    /// A cable: what one sends reaches all others, whatever address it carries.
    pub cable: bool,
}

/// Where an interface is plugged in, and what the link does to what it sends.
#[derive(Clone, Debug, PartialEq)]
pub struct PortConfig {
    /// Machine.
    pub node: usize,
    /// Interface of it, by index.
    pub iface: usize,
    /// What happens to frames sent here.
    pub sends: Impairments,
}

/// A process that stands still from the start on: when it is about to run `line`, or at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParkConfig {
    /// Machine.
    pub node: usize,
    /// Process.
    pub pid: host::Pid,
    /// Line, from 1; none: whatever line it is at.
    pub line: Option<u32>,
}

/// Why a [`WorldConfig`] makes no world.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigError {
    /// The host's own configuration is wrong; the sentence says where.
    Host {
        /// Machine.
        node: usize,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// A link names a machine or interface that is not there.
    NoSuchInterface {
        /// Link.
        link: usize,
        /// Machine named.
        node: usize,
        /// Interface named.
        iface: usize,
    },
    /// An interface is plugged into two links.
    PluggedTwice {
        /// Machine.
        node: usize,
        /// Interface.
        iface: usize,
    },
    /// A link with fewer than two ends.
    LooseEnd {
        /// Link.
        link: usize,
    },
    /// Two interfaces of a link have the same Ethernet address.
    SameAddress {
        /// Link.
        link: usize,
        /// The address.
        mac: [u8; 6],
    },
    /// A probability outside 0 to 1, a rate of 0, …
    BadImpairment {
        /// Link.
        link: usize,
        /// Port.
        port: usize,
        /// What is wrong.
        bad: BadImpairment,
    },
    /// A flood of a machine that is not there or on no link, or to no IPv4 neighbour of it.
    BadFlood {
        /// Flood.
        flood: usize,
        /// What is wrong and how to mend it.
        problem: &'static str,
    },
    /// More machines, links or ports than ids can count.
    TooMany(&'static str),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Host { node, message } => write!(f, "nodes[{node}]: {message}"),
            ConfigError::NoSuchInterface { link, node, iface } => {
                write!(f, "links[{link}]: there is no interface {iface} of node {node}; name one that exists")
            }
            ConfigError::PluggedTwice { node, iface } => {
                write!(f, "nodes[{node}]: interface {iface} is on two links; give the node another interface")
            }
            ConfigError::LooseEnd { link } => write!(f, "links[{link}]: a link needs at least two ports"),
            ConfigError::SameAddress { link, mac: m } => write!(
                f,
                "links[{link}]: {:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x} stands twice; each interface needs a MAC of its own",
                m[0], m[1], m[2], m[3], m[4], m[5]
            ),
            ConfigError::BadImpairment { link, port, bad } => {
                write!(f, "links[{link}].ports[{port}].{}: {}", bad.field, bad.problem)
            }
            ConfigError::BadFlood { flood, problem } => write!(f, "floods[{flood}]: {problem}"),
            ConfigError::TooMany(what) => write!(f, "{what}: too many, at most {}", u16::MAX - 1),
        }
    }
}
impl std::error::Error for ConfigError {}
