//! Network address and port translation with connection tracking, in the words of Linux: conntrack entries, MASQUERADE,
//! DNAT (nf_conntrack, iptables-extensions(8)); how mappings and filters behave in those of RFC 4787 and RFC 5382.

mod errors;
mod hooks;
mod leave;
mod table;
mod tcp_state;

pub(crate) use hooks::Tracked;
pub(crate) use table::Nat;
pub use table::{Dir, Entry, Tuple};
pub use tcp_state::State as TrackedState;
pub(crate) use tcp_state::{Segment, Timeouts};

use std::net::Ipv4Addr;

/// On what a mapping, or a filter, depends (RFC 4787 §4.1, §5).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Depends {
    /// On nothing but the inner address and port.
    EndpointIndependent,
    /// On the peer's address too.
    AddressDependent,
    /// On the peer's address and port: what Linux does.
    #[default]
    AddressAndPortDependent,
}

/// What happens to what comes from outside and belongs to no mapping.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Unsolicited {
    /// Nothing more is heard of it (RFC 5382 REQ-4 for a SYN).
    #[default]
    Drop,
    /// Its sender is told: ICMP, communication administratively prohibited.
    Reject,
    /// It is for the translator itself, which answers as any host does: a SYN to a closed port meets a RST.
    Accept,
}

/// A port of the outside that leads to a host inside (`iptables -t nat -A PREROUTING … -j DNAT --to-destination`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PortForward {
    /// 6 for TCP, 17 for UDP.
    pub protocol: u8,
    /// Port on the outer address.
    pub port: u16,
    /// The host inside.
    pub to: Ipv4Addr,
    /// Its port.
    pub to_port: u16,
}

/// How a host translates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NatConfig {
    /// Interfaces to the outside, by index: what goes out by one gets its address (`-o … -j MASQUERADE`).
    pub outside: Vec<usize>,
    /// On what a mapping depends.
    pub mapping: Depends,
    /// On what it depends whether a datagram from outside passes a mapping.
    pub filtering: Depends,
    /// A mapping has the port of the inside wherever that is free (RFC 4787 §4.2.1).
    pub port_preservation: bool,
    /// Ports that lead inside.
    pub forwards: Vec<PortForward>,
    /// Hosts inside reach each other by the outer address (RFC 4787 §6).
    pub hairpin: bool,
    /// What becomes of the rest.
    pub unsolicited: Unsolicited,
}

impl Default for NatConfig {
    /// As Linux does it, on the interface `eth1`, with a filter that drops what nobody inside asked for.
    fn default() -> NatConfig {
        NatConfig {
            outside: vec![1],
            mapping: Depends::AddressAndPortDependent,
            filtering: Depends::AddressAndPortDependent,
            port_preservation: true,
            forwards: Vec::new(),
            hairpin: true,
            unsolicited: Unsolicited::Drop,
        }
    }
}
