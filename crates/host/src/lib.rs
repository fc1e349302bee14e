//! What an operating system adds to TCP: calls, descriptors, ports, queues, settings, IP, programs.
//!
//! Sans-IO like `tcp`: frames, calls and time in ([`Host`]); frames, deadlines and events out ([`Output`]).
mod address;
mod arp;
mod call;
mod calls;
mod config;
mod cookie;
mod counters;
mod data;
mod datagram;
mod disconnect;
mod early;
mod epoll;
mod errno;
pub mod error_queue;
mod family;
mod fast_open;
mod fast_pause;
mod flags;
mod forward;
mod fragments;
mod host;
mod icmp;
mod icmp_error;
mod icmp_told;
mod info;
mod input;
mod ip;
mod listen;
mod names;
mod nat;
mod ndisc;
mod neigh;
mod network;
mod nud;
mod options;
mod output;
mod period;
mod pmtu;
mod process;
pub mod program;
mod ready;
mod reassembly;
pub mod rules;
mod secret;
pub mod settings;
mod settle;
mod sock;
pub mod sockopt;
mod step;
mod store;
mod time_wait;

mod tcp_info;
mod text;
mod transmit;
mod udp;
mod wait;

pub use address::LinkAddr;
pub use call::{Call, CallResult, Errno, SocketKind};
pub use config::{HostConfig, IfaceConfig, ProgramConfig, RouteConfig};
pub use counters::NAMES as COUNTERS;
pub use flags::{Queues, RecvFlags, SendFlags, Shutdown};
pub use host::Host;
pub use nat::{
    Depends, Dir as TrackedDir, Entry as TrackedEntry, NatConfig, PortForward, TrackedState, Tuple,
    Unsolicited,
};
pub use nud::Nud;
pub use ready::poll;
pub use store::{Sorted, own};
pub use text::{CALLS, CallText};

use bytes::Bytes;
use std::net::SocketAddr;
use tcp::rule::RuleDef;
use tcp::time::Instant;
use tcp::{State, TimerKind};

/// A process of a host.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Pid(pub u32);
/// A file descriptor.
pub type Fd = i32;
/// A socket inside a host, whatever descriptors point to it (listener, child or connection); never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SockId(pub u32);
/// Names a timer of a host: one a connection, or one of the host's own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TimerKey {
    /// The deadline of a connection.
    Sock(SockId),
    /// The end of a process's sleep.
    Process(Pid),
    /// What happens next to neighbour entries and to addresses that are not used yet.
    Neighbour,
    /// A datagram whose fragments have not all come is given up.
    Reassembly,
    /// A path MTU is not believed any longer.
    PathMtu,
    /// A tracked connection is forgotten.
    Nat,
}

/// A frame to send, with what the host knows of it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Interface, by index.
    pub iface: usize,
    /// The Ethernet frame.
    pub frame: Bytes,
    /// How often this range of octets had been sent before.
    pub resent: u8,
}

/// What happened inside a host in one step, for lanes, marks, logs and breakpoints; always reported.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum HostEvent {
    State {
        sock: SockId,
        local: SocketAddr,
        remote: SocketAddr,
        from: State,
        to: State,
    },
    /// The frame that this step took in was refused.
    Dropped {
        rule: &'static RuleDef,
        numbers: [u32; 2],
    },
    TimerFired {
        sock: SockId,
        local: SocketAddr,
        remote: SocketAddr,
        kind: TimerKind,
        armed: Instant,
    },
    /// Lengths of a listener's queues changed.
    Queues {
        listener: SockId,
        syn: u32,
        accept: u32,
    },
    CallEntered {
        pid: Pid,
        fd: Option<Fd>,
        text: CallText,
    },
    CallReturned {
        pid: Pid,
        text: CallText,
        result: CallResult,
    },
    Count(&'static str, u32),
    Exited {
        pid: Pid,
        /// What a shell calls it: that of exit(3), or 128 and the signal's number.
        status: i32,
        /// The signal that ended it.
        signal: Option<&'static str>,
    },
}

/// Everything that comes out of a host in one step. Reused from step to step.
#[derive(Default, Debug)]
pub struct Output {
    /// Frames to send, in order.
    pub frames: Vec<Sent>,
    /// Deadlines to set (`None`: to cancel).
    pub timers: Vec<(TimerKey, Option<Instant>)>,
    /// Processes that can run on, each to be scheduled as an event at the time given.
    pub runnable: Vec<(Pid, Instant)>,
    /// What happened.
    pub events: Vec<HostEvent>,
    /// The segment that arrived was known at a glance to be the next of its stream. Not said of every one that is.
    pub foreseen: bool,
}

#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct SocketInfo {
    pub id: SockId,
    /// ss(8)'s Netid: `tcp`, `udp`, `icmp`, `raw`, `p_raw`.
    pub netid: &'static str,
    pub owner: Option<(Pid, Fd)>,
    pub state: State,
    pub local: Option<SocketAddr>,
    pub remote: Option<SocketAddr>,
    /// As ss(8): for a listener, the accept queue's length and the backlog.
    pub recv_q: u32,
    pub send_q: u32,
    pub listener: Option<ListenerInfo>,
    /// The listener this child came from, while nobody has accepted it.
    pub parent: Option<SockId>,
    pub error: Option<Errno>,
}
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct ListenerInfo {
    pub backlog: u32,
    /// Longest length at which the SYN queue still takes one more, plus one: how many it can hold.
    pub syn_capacity: u32,
    pub accept_capacity: u32,
    pub syn_queue: Vec<HalfOpenInfo>,
    pub accept_queue: Vec<WaitingInfo>,
}
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct HalfOpenInfo {
    pub sock: SockId,
    pub peer: SocketAddr,
    pub since: Instant,
    /// SYN-ACKs sent again so far, and how many may be.
    pub repeats: u8,
    pub repeats_max: u8,
    pub next: Instant,
    /// When the entry dies if nothing comes.
    pub dies: Instant,
}
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct WaitingInfo {
    pub sock: SockId,
    pub peer: SocketAddr,
    pub since: Instant,
    pub unread: u32,
}
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct ProcessInfo {
    pub pid: Pid,
    pub file: String,
    pub lines: Vec<String>,
    /// Line about to run or parked in, from 1; 0 when exited.
    pub line: u32,
    /// The call it is parked in, as text.
    pub blocked: Option<String>,
    /// Kept by a person from making its next call ([`Host::park`]).
    pub parked: bool,
    /// Result last shown at each line.
    pub results: Vec<(u32, String)>,
    /// Variables of the program: those outside functions, then those of each function under way, main first.
    pub variables: Vec<VariableInfo>,
    /// Functions under way, innermost first.
    pub frames: Vec<FrameInfo>,
    /// What it wrote to standard output and standard error, the last 64 KiB of it.
    pub output: String,
    pub fds: Vec<(Fd, SockId)>,
    pub exited: Option<i32>,
    /// The signal that ended it, if one did.
    pub killed: Option<&'static str>,
    /// The process that forked it.
    pub parent: Option<Pid>,
}
/// An interface.
#[derive(Clone, Debug, PartialEq)]
pub struct IfaceInfo {
    /// Ethernet address.
    pub mac: [u8; 6],
    /// Largest IP packet, octets.
    pub mtu: u16,
    /// It asks for its neighbours.
    pub arp: bool,
    /// Its addresses, those that it made itself last.
    pub addrs: Vec<AddrInfo>,
}
/// An address of an interface.
#[derive(Clone, Debug, PartialEq)]
pub struct AddrInfo {
    /// IPv4 or IPv6.
    pub addr: std::net::IpAddr,
    /// Bits of its on-link prefix.
    pub prefix: u8,
    /// As ip-address(8) writes it: empty, `tentative` (it is asked for, and not used yet) or `dadfailed` (somebody else
    /// has it; it is not used).
    pub state: &'static str,
    /// The Ethernet address of somebody else who was heard to use it.
    pub conflict: Option<[u8; 6]>,
}
/// An entry of a neighbour table.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourInfo {
    /// Interface, by index.
    pub iface: usize,
    /// The neighbour's address.
    pub addr: std::net::IpAddr,
    /// Its Ethernet address, where known.
    pub mac: Option<[u8; 6]>,
    /// What is thought of it.
    pub state: Nud,
    /// Times that it was asked for; one that was known begins where those asked one by one end.
    pub probes: u32,
    /// Frames that wait for it.
    pub waiting: u32,
    /// When it was last known to take what we send.
    pub confirmed: Option<Instant>,
    /// When the entry last changed.
    pub updated: Instant,
    /// When something happens to it next.
    pub until: Option<Instant>,
}
/// A route of a host.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteInfo {
    /// Network, nothing behind its prefix.
    pub dst: std::net::IpAddr,
    /// Bits.
    pub prefix: u8,
    /// Next hop; none: the network is on the link.
    pub via: Option<std::net::IpAddr>,
    /// Interface, by index; none where it was refused for want of one.
    pub iface: Option<usize>,
    /// Address from which datagrams that take it are sent, where the socket has not chosen.
    pub src: Option<std::net::IpAddr>,
    /// It was configured, but could not be taken in: its next hop is on no network of ours.
    pub refused: bool,
}
/// A variable of a program.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct VariableInfo {
    /// None: it stands outside functions.
    pub function: Option<String>,
    pub name: String,
    /// Its type, as C writes it.
    pub kind: String,
    /// Its value, as a person would write it.
    pub value: String,
}
/// A function under way.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct FrameInfo {
    pub function: String,
    /// From 1.
    pub line: u32,
}
