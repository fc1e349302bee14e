//! From the world to the view: what each machine looks like, with what the last step changed.

use crate::commands;
use crate::flows::letter;
use crate::session::Session;
use crate::tcb;
use crate::view::{
    Command, CounterView, FdView, FlowView, FrameView, HalfOpenView, HistoryView, LineResult, ListenerView,
    NodeView, ProcessView, SocketView, StepInfo, TcbView, TimelineInfo, VariableView, View, WaitingView,
};
use host::{
    FrameInfo, HalfOpenInfo, Host, HostEvent, ListenerInfo, ProcessInfo, SockId, SocketInfo, TimerKey,
    VariableInfo, WaitingInfo,
};
use net::{Glance, NodeId, Step, StepLog, World};
use std::net::SocketAddr;
use tcp::State;

/// Connections that a view tells of without being asked.
const FLOWS: u32 = 100;

impl Session {
    /// Everything at this step but the long lists.
    pub fn view(&self) -> View {
        let before = self.world_before();
        let timeline = self.timeline();
        let world = &self.world;
        let mut held: Vec<u32> = world.flights().filter(|f| f.held.is_some()).map(|f| f.id.0).collect();
        let mut in_flight: Vec<u32> = world.flights().map(|f| f.id.0).collect();
        held.sort_unstable();
        in_flight.sort_unstable();
        let next = self.next();
        let flows = timeline.ledger.flows().list().len() as u32;
        View {
            step: self.step,
            steps: timeline.ledger.steps(),
            now: world.now().0 as f64,
            end: timeline.ledger.end().max(world.now().0 as f64),
            finished: next.is_none() && held.is_empty(),
            scenario: self.scenario.info(),
            notes: self.scenario.note_views(),
            timeline: self.current as u32,
            timelines: (0..self.timelines.len()).filter_map(|t| self.timeline_info(t)).collect(),
            nodes: (0..world.nodes()).filter_map(|n| self.node(NodeId(n), before.as_ref())).collect(),
            flows: self.flow_views(),
            flow_count: flows,
            last: self.last(),
            next,
            held,
            in_flight,
            rules: self.standing(),
        }
    }

    fn timeline_info(&self, index: usize) -> Option<TimelineInfo> {
        let timeline = self.timelines.get(index).filter(|t| !t.deleted)?;
        let (parent, forked_at) = self.origin(index);
        let (name, steps) = (timeline.name.clone(), timeline.ledger.steps());
        Some(TimelineInfo { id: index as u32, name, parent: parent.map(|p| p as u32), forked_at, steps })
    }

    /// What history is kept of the timeline we are in.
    pub fn history(&self) -> HistoryView {
        self.timeline().history.view(self.ledger())
    }

    /// What the step we stand at was.
    pub(crate) fn last(&self) -> Option<StepInfo> {
        (self.step > 0)
            .then(|| self.info(self.log.step, self.log.time.0, self.step, Some(&self.log), &self.world))
    }

    fn next(&self) -> Option<StepInfo> {
        let step = self.step + 1;
        if self.timeline().command_at(step).is_some() {
            return Some(self.info(Step::Hand, self.world.now().0, step, None, &self.world));
        }
        let (time, what) = self.world.next()?;
        Some(self.info(what, time.0, step, None, &self.world))
    }

    /// `log` is there for a step that has been done; `world` is the one after it, else the one before.
    pub(crate) fn info(
        &self,
        what: Step,
        time: u64,
        step: u32,
        log: Option<&StepLog>,
        world: &World,
    ) -> StepInfo {
        let info = |what: &str, node: Option<u32>, text: String| StepInfo {
            what: what.into(),
            time: time as f64,
            node,
            frame: None,
            flow: None,
            text,
        };
        match what {
            Step::Arrival { frame, node } => {
                let record = self.frame(frame.0);
                let flow =
                    record.as_ref().map(|r| r.flow).filter(|&f| f != crate::records::NONE).map(u32::from);
                let flags = record.map_or(String::new(), |r| format!("{:?}", wire::tcp::Flags(r.flags)));
                StepInfo { frame: Some(frame.0), flow, ..info("frame", Some(node.0.into()), flags) }
            }
            Step::Timer { node, key } => {
                let (flow, text) = self.timer(world.host(node), key, log);
                StepInfo { flow, ..info("timer", Some(node.0.into()), text) }
            }
            Step::Process { node, pid } => {
                let said = log.and_then(|l| l.events.iter().find_map(|(_, e)| call_text(e)));
                let line = || world.host(node).and_then(|h| line_of(h, pid));
                let text = said.or_else(line).unwrap_or_else(|| "exit".into());
                let sent = log.and_then(|l| l.launched.first()).and_then(|l| Glance::at(&l.bytes));
                let flow = sent.and_then(|g| self.flow(g.src, g.dst));
                StepInfo { flow, ..info("process", Some(node.0.into()), text) }
            }
            Step::Flood { node } => info("flood", Some(node.0.into()), "SYN".into()),
            Step::Queue { link, node } => {
                let name = self.scenario.links.get(usize::from(link.0)).map(|l| l.name.clone());
                info("queue", Some(node.0.into()), name.unwrap_or_default())
            }
            Step::Hand => match self.timeline().command_at(step) {
                Some(command) => {
                    let (node, frame) = commands::subject(command);
                    let text = match command {
                        Command::Call { call, .. } => call.trim(),
                        other => commands::name(other),
                    };
                    StepInfo { frame, ..info("command", node, text.into()) }
                }
                None => info("command", None, String::new()),
            },
        }
    }

    /// Flow and name of a timer that fired (the log knows) or is about to (the TCB does).
    fn timer(&self, host: Option<&Host>, key: TimerKey, log: Option<&StepLog>) -> (Option<u32>, String) {
        let fired = log.and_then(|l| {
            l.events.iter().find_map(|(_, e)| match e {
                HostEvent::TimerFired { local, remote, kind, .. } => Some((*local, *remote, *kind)),
                _ => None,
            })
        });
        if let Some((local, remote, kind)) = fired {
            return (self.flow(local, remote), tcb::timer_name(kind).into());
        }
        match (key, host) {
            (TimerKey::Sock(sock), Some(host)) => {
                let earliest =
                    host.tcb(sock).and_then(|t| t.timers.iter().min_by_key(|(_, at)| *at).copied());
                let socket = host.sockets().into_iter().find(|s| s.id == sock);
                let ends = socket.and_then(|s| Some((s.local?, s.remote?)));
                let name = earliest.map_or("", |(kind, _)| tcb::timer_name(kind));
                (ends.and_then(|(l, r)| self.flow(l, r)), name.into())
            }
            (TimerKey::Reassembly, _) => (None, "reassembly".into()),
            (TimerKey::PathMtu, _) => (None, "path MTU".into()),
            (TimerKey::Nat, _) => (None, "conntrack".into()),
            (TimerKey::Process(_), _) => (None, "sleep".into()),
            (TimerKey::Neighbour, _) => (None, "neighbour".into()),
            _ => (None, String::new()),
        }
    }

    pub(crate) fn flow(&self, local: SocketAddr, remote: SocketAddr) -> Option<u32> {
        self.ledger().flows().find(local, remote).map(u32::from)
    }

    /// The first connections, and of the others those that somebody has a socket for, and that of the last step.
    fn flow_views(&self) -> Vec<FlowView> {
        let hosts = (0..self.world.nodes()).filter_map(|n| self.world.host(NodeId(n)));
        let sockets = hosts.flat_map(Host::sockets);
        let living = sockets.filter_map(|s| self.flow(s.local?, s.remote?));
        let last = self.last().and_then(|l| l.flow);
        let mut ids: Vec<u32> = living.chain(last).filter(|&id| id >= FLOWS).collect();
        ids.sort_unstable();
        ids.dedup();
        (0..FLOWS).chain(ids).filter_map(|id| self.flow_view(id)).collect()
    }

    /// A connection that has been seen, as it is where we stand. None where there is no such id.
    pub fn flow_view(&self, id: u32) -> Option<FlowView> {
        let f = self.ledger().flows().list().get(id as usize)?;
        let node_of = |addr: SocketAddr| {
            let has = |n: &u16| {
                self.world.host(NodeId(*n)).is_some_and(|h| {
                    h.config().ifaces.iter().any(|i| i.addrs.iter().any(|(a, _)| *a == addr.ip()))
                })
            };
            (0..self.world.nodes()).find(has)
        };
        let state = |node: Option<u16>, local: SocketAddr, remote: SocketAddr| {
            let host = self.world.host(NodeId(node?))?;
            Some(host.socket(host.connection(local, remote)?)?.state.name().to_string())
        };
        let (client, server) = (node_of(f.client), node_of(f.server));
        Some(FlowView {
            id,
            letter: letter(id as u16),
            client: f.client.to_string(),
            server: f.server.to_string(),
            client_node: client.map(u32::from),
            server_node: server.map(u32::from),
            client_state: state(client, f.client, f.server),
            server_state: state(server, f.server, f.client),
            client_isn: f.isn(true).map(|s| s.0),
            server_isn: f.isn(false).map(|s| s.0),
        })
    }

    fn node(&self, id: NodeId, before: Option<&World>) -> Option<NodeView> {
        let host = self.world.host(id)?;
        let old = before.and_then(|w| w.host(id));
        let config = host.config();
        let iface = config.ifaces.first();
        let sockets = host.sockets();
        let old_sockets = old.map(Host::sockets).unwrap_or_default();
        let old_processes = old.map(Host::processes).unwrap_or_default();
        // The person's own shell stands behind the programs, and only once it has something open.
        let (mut processes, shells): (Vec<_>, Vec<_>) =
            host.processes().into_iter().partition(|p| p.pid != commands::SHELL);
        processes.extend(shells.into_iter().filter(|p| !p.fds.is_empty() || p.blocked.is_some()));
        let process = |p: ProcessInfo| {
            let was = old_processes.iter().find(|o| o.pid == p.pid).map(|o| o.results.clone());
            let parked = p.parked || self.world.is_parked(id, p.pid);
            process(p, parked, was.as_deref())
        };
        let row = |s: &SocketInfo| {
            let was = old_sockets.iter().find(|o| o.id == s.id);
            self.socket(host, s, old.is_some() && was != Some(s))
        };
        let tcb = |s: &SocketInfo| {
            let now = host.tcb(s.id)?;
            let was = old.and_then(|h| h.tcb(s.id));
            Some(TcbView {
                socket: s.id.0,
                flow: s.local.zip(s.remote).and_then(|(l, r)| self.flow(l, r)),
                state: s.state.name().into(),
                vars: tcb::variables(&now, was.as_ref()),
                timers: tcb::timers(&now, was.as_ref()),
            })
        };
        Some(NodeView {
            id: id.0.into(),
            name: config.name.clone(),
            role: self.scenario.nodes.get(usize::from(id.0)).map(|n| n.role().to_owned()).unwrap_or_default(),
            kind: self.scenario.nodes.get(usize::from(id.0)).map_or("host", |n| n.kind.name()).into(),
            addr: iface.and_then(|i| i.addrs.first()).map(|(a, _)| a.to_string()).unwrap_or_default(),
            mac: iface.map(|i| wire::Mac(i.mac).to_string()).unwrap_or_default(),
            profile: config.profile.clone(),
            processes: processes.into_iter().map(process).collect(),
            tcbs: sockets.iter().filter_map(tcb).collect(),
            sockets: sockets.iter().map(row).collect(),
            counters: counters(host, old),
            network: self.network(id, host, before),
        })
    }

    fn socket(&self, host: &Host, info: &SocketInfo, changed: bool) -> SocketView {
        let SocketInfo { id, netid, owner, state, local, remote, recv_q, send_q, listener, parent, error } =
            info;
        let none = crate::console::shell::any(*local);
        let address = |a: &Option<SocketAddr>| a.map_or_else(|| none.to_string(), |a| a.to_string());
        // A child that has become ESTABLISHED waits for accept; before that it stands in the SYN queue.
        let waits = parent.filter(|_| !matches!(state, State::SynReceived));
        SocketView {
            id: id.0,
            pid: owner.map(|(pid, _)| pid.0),
            fd: owner.map(|(_, fd)| fd),
            state: state.name().into(),
            netid: (*netid).into(),
            ss: info.ss().into(),
            local: address(local),
            remote: address(remote),
            recv_q: *recv_q,
            send_q: *send_q,
            flow: local.zip(*remote).and_then(|(l, r)| self.flow(l, r)),
            listener: listener.as_ref().map(|l| self.listener(host, l, *local)),
            waiting_at: waits.map(|s| s.0),
            error: error.map(|e| e.0.into()),
            changed,
        }
    }

    fn listener(&self, host: &Host, info: &ListenerInfo, at: Option<SocketAddr>) -> ListenerView {
        let ListenerInfo { backlog, syn_capacity, accept_capacity, syn_queue, accept_queue } = info;
        // A listener on 0.0.0.0 has children on the address that the client chose, one of the host's.
        let flow = |peer: SocketAddr| {
            let own = host.config().ifaces.iter().flat_map(|i| i.addrs.iter().map(|(addr, _)| *addr));
            let mut any = at.map(|a| a.ip()).into_iter().chain(own);
            any.find_map(|addr| self.flow(SocketAddr::new(addr, at?.port()), peer))
        };
        let half_open = |e: &HalfOpenInfo| {
            let HalfOpenInfo { sock, peer, since, repeats, repeats_max, next, dies } = e;
            HalfOpenView {
                socket: sock.0,
                flow: flow(*peer),
                peer: peer.to_string(),
                since: since.0 as f64,
                repeats: u32::from(*repeats),
                repeats_max: u32::from(*repeats_max),
                next: next.0 as f64,
                dies: dies.0 as f64,
            }
        };
        let waiting = |e: &WaitingInfo| {
            let WaitingInfo { sock, peer, since, unread } = e;
            WaitingView {
                socket: sock.0,
                flow: flow(*peer),
                peer: peer.to_string(),
                since: since.0 as f64,
                unread: *unread,
            }
        };
        ListenerView {
            backlog: *backlog,
            syn_capacity: *syn_capacity,
            accept_capacity: *accept_capacity,
            syn_queue: syn_queue.iter().map(half_open).collect(),
            accept_queue: accept_queue.iter().map(waiting).collect(),
        }
    }
}

fn process(info: ProcessInfo, parked: bool, was: Option<&[(u32, String)]>) -> ProcessView {
    let ProcessInfo {
        pid,
        file,
        lines,
        line,
        blocked,
        parked: _,
        results,
        fds,
        exited,
        killed,
        variables,
        frames,
        output,
        parent: _,
    } = info;
    let result = |r: (u32, String)| {
        let changed = was.is_some_and(|w| !w.contains(&r));
        LineResult { line: r.0, text: r.1, changed }
    };
    ProcessView {
        pid: pid.0,
        file,
        lines,
        line,
        blocked,
        parked,
        results: results.into_iter().map(result).collect(),
        fds: fds.into_iter().map(|(fd, SockId(socket))| FdView { fd, socket }).collect(),
        exited,
        killed: killed.map(str::to_owned),
        variables: variables.into_iter().map(variable).collect(),
        frames: frames.into_iter().map(|FrameInfo { function, line }| FrameView { function, line }).collect(),
        output,
    }
}

fn variable(info: VariableInfo) -> VariableView {
    let VariableInfo { function, name, kind, value } = info;
    VariableView { function, name, kind, value }
}

fn counters(host: &Host, old: Option<&Host>) -> Vec<CounterView> {
    let before = old.map(Host::counters).unwrap_or_default();
    let view = |(name, value): (&'static str, u64)| {
        let was = before.iter().find(|(n, _)| *n == name).map_or(0, |(_, v)| *v);
        let changed = old.is_some() && was != value;
        CounterView { name: name.into(), value: value as f64, was: changed.then_some(was as f64) }
    };
    host.counters().into_iter().map(view).collect()
}

fn call_text(event: &HostEvent) -> Option<String> {
    match event {
        HostEvent::CallEntered { text, .. } | HostEvent::CallReturned { text, .. } => Some(text.to_string()),
        _ => None,
    }
}

fn line_of(host: &Host, pid: host::Pid) -> Option<String> {
    let process = host.processes().into_iter().find(|p| p.pid == pid)?;
    let line = process.lines.get((process.line as usize).checked_sub(1)?)?;
    Some(line.trim().to_string())
}
