//! What an operating system adds to TCP: calls, descriptors, ports, queues, settings, IP, programs.
//!
//! CONTRACT SKELETON: signatures that `net` and `lab` are written against. Bodies are being filled in.
mod config;

pub use config::{HostConfig, IfaceConfig, ProgramConfig};

use bytes::Bytes;
use std::net::{IpAddr, SocketAddr};
use tcp::rule::{Recorder, RuleDef};
use tcp::time::{Duration, Instant};
use tcp::{State, Tcb, TimerKind};

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
}

/// A system call as a value.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Call {
    Socket,
    Bind { fd: Fd, addr: SocketAddr },
    Listen { fd: Fd, backlog: i32 },
    Accept { fd: Fd },
    Connect { fd: Fd, addr: SocketAddr },
    Read { fd: Fd, len: usize },
    Write { fd: Fd, data: Bytes },
    ShutdownWrite { fd: Fd },
    Close { fd: Fd },
    SetNonblocking { fd: Fd, on: bool },
    Sleep { time: Duration },
}

/// How a call ended, or that it has not.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum CallResult {
    /// Return value, and the octets read where it was a read.
    Done(i64, Bytes),
    /// −1 with this errno.
    Errno(Errno),
    /// The process is parked.
    Blocked,
}

/// An errno: its name and, in the catalogue, its sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub &'static str);

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
    State { sock: SockId, local: SocketAddr, remote: SocketAddr, from: State, to: State },
    /// The frame that this step took in was refused.
    Dropped { rule: &'static RuleDef, numbers: [u32; 2] },
    TimerFired { sock: SockId, local: SocketAddr, remote: SocketAddr, kind: TimerKind, armed: Instant },
    /// Lengths of a listener's queues changed.
    Queues { listener: SockId, syn: u32, accept: u32 },
    CallEntered { pid: Pid, fd: Option<Fd>, text: String },
    CallReturned { pid: Pid, text: String, result: CallResult },
    Count(&'static str, u32),
    Exited { pid: Pid, status: i32 },
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
}

/// A host.
#[derive(Clone, Debug)]
pub struct Host {/* private */}

#[allow(unused_variables, missing_docs, clippy::todo)]
impl Host {
    /// Errors say what in the configuration is wrong and how to mend it.
    pub fn new(config: HostConfig) -> Result<Host, String> {
        todo!()
    }
    /// Starts its programs (into `out.runnable`).
    pub fn boot(&mut self, out: &mut Output) {
        todo!()
    }
    pub fn frame_arrives<R: Recorder>(&mut self, now: Instant, iface: usize, frame: Bytes, out: &mut Output, r: &mut R) {
        todo!()
    }
    pub fn timer_fires<R: Recorder>(&mut self, now: Instant, key: TimerKey, out: &mut Output, r: &mut R) {
        todo!()
    }
    /// The process runs on until its next call has been made (and returned or parked).
    pub fn process_runs<R: Recorder>(&mut self, now: Instant, pid: Pid, out: &mut Output, r: &mut R) {
        todo!()
    }
    /// A call made by a person, in the name of process `pid` (`Pid(0)` is the person's own shell, whose
    /// blocked calls do not keep it from making others).
    pub fn call<R: Recorder>(&mut self, now: Instant, pid: Pid, call: Call, out: &mut Output, r: &mut R) -> CallResult {
        todo!()
    }
    /// Keeps a process from making its next call (`on`), or lets it go on. A call in which it is already
    /// blocked completes as ever; the process then waits before the next.
    pub fn park(&mut self, now: Instant, pid: Pid, on: bool, out: &mut Output) {
        todo!()
    }
    pub fn config(&self) -> &HostConfig {
        todo!()
    }
    /// For people to look at: every socket, as ss(8) would list them, by SockId.
    pub fn sockets(&self) -> Vec<SocketInfo> {
        todo!()
    }
    pub fn tcb(&self, sock: SockId) -> Option<Tcb> {
        todo!()
    }
    pub fn processes(&self) -> Vec<ProcessInfo> {
        todo!()
    }
    /// Counters by nstat(8) name, in name order, those that are not zero or always shown.
    pub fn counters(&self) -> Vec<(&'static str, u64)> {
        todo!()
    }
    pub fn assert_invariants(&self) {
        todo!()
    }
}

#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct SocketInfo {
    pub id: SockId,
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
    pub fds: Vec<(Fd, SockId)>,
    pub exited: Option<i32>,
}
