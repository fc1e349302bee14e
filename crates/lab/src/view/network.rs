//! Machines' places in the network, and links.

use crate::impairing::Impairing;
use serde::Serialize;

views! {
/// A link, and each of its ends.
pub struct LinkView { id: u32, name: String, ends: Vec<EndView> }
/// One end of a link: what the link does to what is sent there, and how it stands.
pub struct EndView {
    node: u32,
    /// What is asked for.
    sends: Impairing,
    /// Octets that wait for the rate.
    waiting: u32,
    /// Average queue of RED, octets.
    average: Option<f64>,
    /// Drops and marks of CoDel since it began, while it goes on.
    spell: Option<u32>,
    /// A burst of losses is on.
    bad: bool,
}
/// A kind of link by its name: what its first end sends goes up, what the others send goes down.
pub struct PresetView { id: String, up: Impairing, down: Impairing, source: String }
/// A machine's place in the network.
pub struct NetworkView {
    interfaces: Vec<InterfaceView>,
    /// In the order in which they are looked up; those that were refused last.
    routes: Vec<RouteView>,
    neighbours: Vec<NeighbourView>,
    /// Name servers.
    dns: Vec<String>,
    /// The table of a switch.
    learned: Vec<LearnedView>,
    /// The table of a translator, in the order in which entries began.
    tracked: Vec<TrackedView>,
    /// What was learned of the MTU of paths.
    path_mtus: Vec<PathMtuView>,
}
/// A connection that a translator tracks.
pub struct TrackedView {
    /// `tcp`, `udp`, `icmp`.
    protocol: String,
    /// As conntrack(8) has it; empty where it is not TCP.
    state: String,
    /// The state before this step, where it was another.
    was: Option<String>,
    /// As its first packet came in: `192.168.1.10:40000`; of an echo the port is its identifier.
    source: String,
    destination: String,
    /// As it left.
    source_after: String,
    destination_after: String,
    /// Something came back.
    replied: bool,
    assured: bool,
    /// Packets, the first one's way and back.
    packets: [f64; 2],
    /// When it is forgotten, unless another packet passes.
    until: f64,
    changed: bool,
}
/// What a host knows of the way to another.
pub struct PathMtuView {
    destination: String,
    /// Octets.
    mtu: u32,
    until: f64,
}
/// An interface; of a switch or hub, a port.
pub struct InterfaceView {
    name: String,
    mac: String,
    /// Octets.
    mtu: u32,
    /// Link that it is plugged into, by its place in the scenario.
    link: Option<u32>,
    addresses: Vec<AddressView>,
}
/// An address of an interface.
pub struct AddressView {
    /// With the length of its prefix: `10.0.0.1/24`.
    address: String,
    /// Empty, `tentative` or `dadfailed`.
    state: String,
    /// Ethernet address of somebody else who was heard to use it.
    conflict: Option<String>,
}
/// A route.
pub struct RouteView {
    /// `default`, `10.0.0.0/24`.
    to: String,
    /// Next hop; none: on the link.
    via: Option<String>,
    interface: Option<String>,
    source: Option<String>,
    /// Its next hop is on no network of the machine: it is configured, and not there.
    refused: bool,
}
/// An entry of a neighbour table.
pub struct NeighbourView {
    address: String,
    interface: String,
    mac: Option<String>,
    /// As ip-neighbour(8) has it: `REACHABLE`, `STALE`, …
    state: String,
    /// Frames that wait for it.
    waiting: u32,
    /// Times that it was asked for.
    probes: u32,
    /// When something happens to it next, unless something else comes before.
    until: Option<f64>,
    changed: bool,
    /// The state before this step, where it was another.
    was: Option<String>,
}
/// An address that a switch has seen.
pub struct LearnedView {
    mac: String,
    /// From 1.
    port: u32,
    link: Option<u32>,
    /// When it is forgotten, unless it is seen again.
    until: f64,
    changed: bool,
}
}
