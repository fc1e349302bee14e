//! The host: its parts, and the ways in.

use crate::counters::Counters;
use crate::fast_open::Remembered;
use crate::fast_pause::FastPause;
use crate::icmp_error::Limits;
use crate::ip::Ip;
use crate::names::PortUse;
use crate::nat::Nat;
use crate::process::{Process, SHELL};
use crate::program::{Names, Program};
use crate::reassembly::Reassembly;
use crate::secret::{FourTuple, Secret};
use crate::settings::Settings;
use crate::sock::{Kind, Sock, WaitId};
use crate::step::Step;
use crate::store::Sorted;
use crate::store::{Sockets, Table};
use crate::wait::Parked;
use crate::{
    Call, CallResult, HostConfig, HostEvent, IfaceInfo, NeighbourInfo, Output, Pid, ProcessInfo, RouteInfo,
    SockId, SocketInfo, TimerKey,
};
use bytes::Bytes;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use tcp::Tcb;
use tcp::rule::Tape;
use tcp::time::Instant;
use wire::frame::Room;

/// A host. A clone shares everything with it that neither of the two has changed since.
#[derive(Clone, Debug)]
pub struct Host {
    pub(crate) config: Rc<HostConfig>,
    pub(crate) settings: Rc<Settings>,
    pub(crate) secret: Secret,
    pub(crate) ip: Ip,
    pub(crate) socks: Sockets,
    pub(crate) tuples: Table<FourTuple, SockId>,
    /// Connections that segments came for, each where a sum of its ports says; see `early`.
    pub(crate) early: [SockId; 8],
    pub(crate) ports: Table<u16, PortUse>,
    /// Sockets of UDP by port, in the order in which they took it.
    pub(crate) udp: Sorted<u16, Vec<SockId>>,
    /// Raw, packet and ping sockets: who sees what comes in.
    pub(crate) raw: Vec<SockId>,
    /// Listeners by port, in the order in which they began to listen.
    pub(crate) listeners: Sorted<u16, Vec<SockId>>,
    pub(crate) processes: Sorted<Pid, Process>,
    pub(crate) parked: Sorted<WaitId, Parked>,
    pub(crate) counters: Counters,
    /// Where its frames are made.
    pub(crate) room: Room,
    /// What was learned of servers by Fast Open, by address.
    pub(crate) servers: Sorted<IpAddr, Remembered>,
    /// How long none is tried.
    pub(crate) fast_pause: FastPause,
    pub(crate) next_wait: u64,
    /// Ephemeral ports given out (RFC 6056 §3.3.3 `next_ephemeral`).
    pub(crate) next_port: u32,
    /// Connections begun, for ISNs as 4.3BSD made them.
    pub(crate) connections: u32,
    /// What chance added to the ISNs of all of them, where chance does.
    pub(crate) isn_chance: u32,
    /// Identification of the datagram before, of those that may be fragmented.
    pub(crate) next_ident: u32,
    pub(crate) reassembly: Reassembly,
    pub(crate) icmp_limits: Limits,
    pub(crate) nat: Option<Rc<Nat>>,
}

impl Host {
    /// Errors say what in the configuration is wrong and how to mend it.
    pub fn new(config: HostConfig) -> Result<Host, String> {
        let named = |e: String| format!("host {}: {e}", config.name);
        let settings = Settings::new(&config.profile, &config.sysctls).map_err(named)?;
        let ip = Ip::new(&config).map_err(named)?;
        let names = Rc::new(names(&config));
        let mut processes = Sorted::from_iter([(SHELL, Process::shell(settings.nofile))]);
        for (n, p) in config.programs.iter().enumerate() {
            let program = Program::compile(&p.source).map_err(|e| format!("{}: {e}", p.file))?;
            let pid = Pid(n as u32 + 1);
            processes.insert(pid, Process::new(pid, &p.file, (program, &names), p.start, settings.nofile));
        }
        let secret = Secret::new(config.seed);
        let nat = config.nat.clone();
        Ok(Host {
            secret,
            config: Rc::new(config),
            settings: Rc::new(settings),
            ip,
            socks: Sockets::default(),
            tuples: Table::default(),
            early: [SockId(0); 8],
            ports: Table::default(),
            udp: Sorted::default(),
            raw: Vec::new(),
            listeners: Sorted::default(),
            processes,
            parked: Sorted::default(),
            counters: Counters::default(),
            room: Room::default(),
            servers: Sorted::default(),
            fast_pause: FastPause::default(),
            next_wait: 0,
            next_port: 0,
            connections: 0,
            isn_chance: 0,
            next_ident: secret.first_ident(),
            reassembly: Reassembly::default(),
            icmp_limits: Limits::default(),
            nat: nat.map(|n| Rc::new(Nat::new(n))),
        })
    }
    /// Starts its programs (into `out.runnable`), and tells its links who it is where its settings say so.
    pub fn boot(&mut self, out: &mut Output) {
        let cx = &mut Step { now: Instant::ZERO, out: &mut *out, r: &mut Tape::None };
        self.ip.announces = self.settings.arp_notify.then_some(cx.now);
        self.begin_detection(cx);
        let programs = self.processes.values().filter(|p| p.pid != SHELL);
        out.runnable.extend(programs.map(|p| (p.pid, p.start())));
    }
    /// A frame reached interface `iface`, whole. A refusal is told by [`HostEvent::Dropped`].
    pub fn frame_arrives(
        &mut self,
        now: Instant,
        iface: usize,
        frame: Bytes,
        out: &mut Output,
        r: &mut Tape,
    ) {
        self.take_frame(iface, frame, &mut Step { now, out, r });
    }
    /// A deadline that [`Output::timers`] asked for has come.
    pub fn timer_fires(&mut self, now: Instant, key: TimerKey, out: &mut Output, r: &mut Tape) {
        let cx = &mut Step { now, out, r };
        match key {
            TimerKey::Process(pid) => self.sleepers_wake(pid, cx),
            TimerKey::Neighbour => self.neighbours_due(cx),
            TimerKey::Reassembly => self.reassembly_expires(cx),
            TimerKey::PathMtu => self.path_mtus_expire(cx),
            TimerKey::Nat => self.nat_expires(cx),
            TimerKey::Sock(id) => {
                let Some(sock) = self.socks.get_mut(id) else { return };
                sock.armed = None;
                self.before_timer(id, cx);
                if let Some(c) = self.socks.get_mut(id).and_then(Sock::stream) {
                    c.timers_fire(now, cx.r);
                }
                self.settle(id, cx);
            }
        }
    }
    /// The process runs on until its next call has been made (and returned or parked).
    pub fn process_runs(&mut self, now: Instant, pid: Pid, out: &mut Output, r: &mut Tape) {
        self.run_process(pid, &mut Step { now, out, r });
    }
    /// A call made by a person, in the name of process `pid` (`Pid(0)` is the person's own shell, whose
    /// blocked calls do not keep it from making others). A call that blocked ends with
    /// [`HostEvent::CallReturned`].
    pub fn call(&mut self, now: Instant, pid: Pid, call: Call, out: &mut Output, r: &mut Tape) -> CallResult {
        self.enter(pid, call, &mut Step { now, out, r })
    }
    /// Keeps a process from making its next call (`on`), or lets it go on. A call in which it is already
    /// blocked completes as ever; the process then waits before the next.
    pub fn park(&mut self, now: Instant, pid: Pid, on: bool, out: &mut Output) {
        self.park_process(now, pid, on, out);
    }
    /// What it was made from.
    pub fn config(&self) -> &HostConfig {
        &self.config
    }
    /// For people to look at: its routing table in the order in which it is looked up, then the routes that it refused.
    pub fn routes(&self) -> Vec<RouteInfo> {
        self.ip.list()
    }
    /// For people to look at: its interfaces, by index.
    pub fn interfaces(&self) -> Vec<IfaceInfo> {
        self.ip.interfaces()
    }
    /// For people to look at: its neighbour tables, interface by interface.
    pub fn neighbours(&self) -> Vec<NeighbourInfo> {
        self.ip.neighbours()
    }
    /// For people to look at: every socket, as ss(8) would list them, by SockId.
    pub fn sockets(&self) -> Vec<SocketInfo> {
        self.socks.iter().filter(|s| !s.is_epoll()).map(|s| self.socket_info(s)).collect()
    }
    /// Ids of the sockets that [`Host::sockets`] lists, without looking into them.
    pub fn socket_ids(&self) -> impl Iterator<Item = SockId> {
        self.socks.iter().filter(|s| !s.is_epoll()).map(|s| s.id)
    }
    /// A row of [`Host::sockets`].
    pub fn socket(&self, sock: SockId) -> Option<SocketInfo> {
        self.socks.get(sock).filter(|s| !s.is_epoll()).map(|s| self.socket_info(s))
    }
    /// The connection between two ends, through the table by which frames find it.
    pub fn connection(&self, local: SocketAddr, remote: SocketAddr) -> Option<SockId> {
        let tuple = FourTuple {
            local: local.ip(),
            remote: remote.ip(),
            local_port: local.port(),
            remote_port: remote.port(),
        };
        self.tuples.get(&tuple).copied()
    }
    /// Octets that wait to be read. (Those that wait to be sent are shared with whoever wrote them.)
    pub fn unread(&self) -> usize {
        let of = |s: &Sock| match &s.kind {
            Kind::Stream(c) => c.readable(),
            _ => 0,
        };
        self.socks.iter().map(of).sum()
    }
    /// The variables of a connection; none for a socket that is not one (any more).
    pub fn tcb(&self, sock: SockId) -> Option<Tcb> {
        match &self.socks.get(sock)?.kind {
            Kind::Stream(c) => Some(c.tcb()),
            _ => None,
        }
    }
    /// RCV.NXT of a connection: all before it has come.
    pub fn rcv_nxt(&self, sock: SockId) -> Option<wire::Seq> {
        match &self.socks.get(sock)?.kind {
            Kind::Stream(c) => Some(c.rcv_nxt()),
            _ => None,
        }
    }
    /// Its processes, the person's shell first.
    pub fn processes(&self) -> Vec<ProcessInfo> {
        self.processes.values().map(|p| self.process_info(p)).collect()
    }
    /// Octets of the memory of programs that are not shared with the same host as it was before.
    pub fn written_since(&self, before: &Host) -> usize {
        let own = |p: &Process| {
            let was = before.processes.get(&p.pid).and_then(|p| p.program());
            p.program().map_or(0, |program| program.written_since(was))
        };
        self.processes.values().map(own).sum()
    }
    /// An integer variable of a program, by its name: of the first process that has it now, in the order of their numbers;
    /// those that still run come first.
    pub fn program_variable(&self, name: &str) -> Option<f64> {
        let of = |running: bool| {
            let those = self.processes.values().filter(move |p| p.runs() == running);
            those.filter_map(|p| p.program()).find_map(|p| p.number(name))
        };
        of(true).or_else(|| of(false))
    }
    /// Whether a program has an integer variable of this name anywhere.
    pub fn has_program_variable(&self, name: &str) -> bool {
        self.processes.values().filter_map(|p| p.program()).any(|p| p.declares(name))
    }
    /// Lines that the next run of a process passes over; none where it waits in a call, has exited, or has no program.
    pub fn lines_ahead(&self, pid: Pid) -> Vec<u32> {
        self.processes.get(&pid).map_or_else(Vec::new, |p| p.ahead())
    }
    /// Paths whose MTU it has learned: where to, octets, until when that is believed.
    pub fn path_mtus(&self) -> impl Iterator<Item = (IpAddr, u16, Instant)> {
        self.ip.path_mtus.iter().map(|(dst, path)| (*dst, path.mtu, path.until))
    }
    /// Connections that it tracks, as `conntrack -L` lists them; `None` where it does not translate.
    pub fn tracked(&self) -> Option<impl Iterator<Item = &crate::TrackedEntry>> {
        self.nat.as_ref().map(|n| n.entries())
    }
    /// Counters by nstat(8) name, in name order, those that are not zero or always shown.
    pub fn counters(&self) -> Vec<(&'static str, u64)> {
        self.counters.list()
    }
    /// What a counter stands at; 0 where nothing was counted under that name.
    pub fn counter(&self, name: &str) -> u64 {
        self.counters.get(name)
    }
    /// Panics with a sentence where an invariant does not hold (tests and fuzzers call it after every step).
    pub fn assert_invariants(&self) {
        self.check();
    }
    /// Sockets of all kinds that there are.
    pub fn socket_count(&self) -> usize {
        self.socks.len()
    }

    /// Counts, and tells of it.
    pub(crate) fn count(&mut self, name: &'static str, cx: &mut Step) {
        self.counters.add(name, 1);
        cx.out.events.push(HostEvent::Count(name, 1));
    }
    /// Counts what happens too often, or is told by other events already.
    pub(crate) fn count_quietly(&mut self, name: &'static str) {
        self.counters.add(name, 1);
    }
}

/// What programs find of names. The small C knows IPv4 addresses alone.
fn names(config: &HostConfig) -> Names {
    let v4 = |addr: &IpAddr| match addr {
        IpAddr::V4(a) => Some(*a),
        IpAddr::V6(_) => None,
    };
    let hosts = config.hosts.iter().filter_map(|(name, addr)| Some((name.clone(), v4(addr)?)));
    Names {
        servers: config.dns.iter().filter_map(v4).collect(),
        hosts: hosts.collect(),
        ifaces: config.ifaces.iter().map(|i| i.name.clone()).collect(),
        seed: config.seed,
    }
}
