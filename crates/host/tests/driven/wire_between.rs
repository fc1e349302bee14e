//! Two hosts and what flies between them: whoever drives says what arrives, what is lost, and when time passes.

use bytes::Bytes;
use host::{Call, Host, HostConfig, IfaceConfig, Output, Pid, TimerKey};
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};

const SHELL: Pid = Pid(0);
/// Events after which two hosts that were left alone have nothing more to do with each other, or never will.
const PATIENCE: usize = 3_000;

enum Happens {
    Timer(TimerKey),
    Runs(Pid),
}

pub(super) struct Between {
    now: Instant,
    hosts: [Host; 2],
    /// Where to, and what.
    flying: VecDeque<(usize, Bytes)>,
    /// At which host something happens, and what; in order, by serial where the time is one.
    due: BTreeMap<(Instant, u64), (usize, Happens)>,
    armed: BTreeMap<(usize, TimerKey), (Instant, u64)>,
    serial: u64,
}

fn config(n: u8, profile: &str) -> HostConfig {
    let (mac, peer) = ([2, 0, 0, 0, 0, n], 3 - n);
    let four = |n| IpAddr::V4(Ipv4Addr::new(10, 0, 0, n));
    let six = |n: u8| IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, n.into()));
    let neighbours = [four(peer), six(peer)].map(|ip| (ip, [2, 0, 0, 0, 0, peer])).to_vec();
    HostConfig {
        name: format!("h{n}"),
        ifaces: vec![IfaceConfig {
            addrs: vec![(four(n), 24), (six(n), 64)],
            neighbours,
            arp: n == 2,
            ..IfaceConfig::new(mac, four(n), 24)
        }],
        profile: profile.into(),
        seed: n.into(),
        ..HostConfig::default()
    }
}

impl Between {
    pub(super) fn new(profile: &str) -> Between {
        let host = |n| Host::new(config(n, profile)).expect("a sound configuration");
        let mut between = Between {
            now: Instant::from_micros(1_000),
            hosts: [host(1), host(2)],
            flying: VecDeque::new(),
            due: BTreeMap::new(),
            armed: BTreeMap::new(),
            serial: 0,
        };
        for i in 0..2 {
            between.at(i, |host, _, out| host.boot(out));
        }
        between
    }

    /// Does something at a host, and takes what comes of it.
    fn at(&mut self, i: usize, what: impl FnOnce(&mut Host, Instant, &mut Output)) {
        let mut out = Output::default();
        what(&mut self.hosts[i], self.now, &mut out);
        self.hosts[i].assert_invariants();
        self.flying.extend(out.frames.into_iter().map(|sent| (1 - i, sent.frame)));
        for (key, deadline) in out.timers {
            if let Some(old) = self.armed.remove(&(i, key)) {
                self.due.remove(&old);
            }
            if let Some(at) = deadline {
                let place = self.put(at, i, Happens::Timer(key));
                self.armed.insert((i, key), place);
            }
        }
        for (pid, at) in out.runnable {
            self.put(at, i, Happens::Runs(pid));
        }
    }

    fn put(&mut self, at: Instant, i: usize, what: Happens) -> (Instant, u64) {
        self.serial += 1;
        let place = (at.max(self.now), self.serial);
        self.due.insert(place, (i, what));
        place
    }

    pub(super) fn call(&mut self, i: usize, call: Call) {
        self.at(i, |host, now, out| _ = host.call(now, SHELL, call, out, &mut Tape::None));
    }

    /// The first frame that flies arrives. Every other one is listened to, so that both ways in are taken.
    pub(super) fn deliver(&mut self) {
        let Some((to, frame)) = self.flying.pop_front() else { return };
        let mut tape = frame.len().is_multiple_of(2).then(Vec::new);
        self.at(to, |host, now, out| host.frame_arrives(now, 0, frame, out, &mut tape));
    }

    pub(super) fn lose(&mut self) {
        self.flying.pop_front();
    }

    pub(super) fn copy(&mut self) {
        let copy = self.flying.front().cloned();
        self.flying.extend(copy);
    }

    pub(super) fn put_last(&mut self) {
        let late = self.flying.pop_front();
        self.flying.extend(late);
    }

    /// One octet of the first frame is another; with checksums that say so, or not.
    pub(super) fn wound(&mut self, at: usize, octet: u8, mend: bool) {
        let Some((_, frame)) = self.flying.front_mut() else { return };
        let mut octets = frame.to_vec();
        // Mostly in the headers.
        let at = at % octets.len().min(if at & 1 == 1 { 90 } else { usize::MAX });
        octets[at] = octet;
        if mend {
            wire::edit::mend_checksums(&mut octets);
        }
        *frame = octets.into();
    }

    /// Time passes, and what is due happens.
    pub(super) fn wait(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        for _ in 0..PATIENCE {
            if self.due.first_key_value().is_none_or(|((at, _), _)| *at > end) {
                break;
            }
            self.fire();
        }
        self.now = self.now.max(end);
    }

    /// The next thing that is due happens.
    pub(super) fn fire(&mut self) {
        let Some(((at, _), (i, what))) = self.due.pop_first() else { return };
        self.now = self.now.max(at);
        match what {
            Happens::Timer(key) => {
                self.armed.remove(&(i, key));
                self.at(i, |host, now, out| host.timer_fires(now, key, out, &mut Tape::None));
            }
            Happens::Runs(pid) => {
                self.at(i, |host, now, out| host.process_runs(now, pid, out, &mut Tape::None))
            }
        }
    }

    pub(super) fn set_sysctl(&mut self, i: usize, (key, value): (&str, &str)) {
        self.hosts[i].set_sysctl(key, value).expect("a setting");
    }

    /// All that a person may look at.
    pub(super) fn look(&mut self, i: usize) {
        let host = &self.hosts[i];
        for socket in host.sockets() {
            _ = (host.tcb(socket.id), host.socket(socket.id));
            if let (Some(local), Some(remote)) = (socket.local, socket.remote) {
                _ = host.connection_info(self.now, local, remote);
            }
        }
        _ = (host.processes(), host.counters(), host.routes(), host.neighbours());
    }

    /// So many frames arrive, and where none flies what is due happens.
    pub(super) fn run(&mut self, events: usize) {
        for _ in 0..events {
            if self.flying.is_empty() {
                self.fire();
            } else {
                self.deliver();
            }
        }
    }

    pub(super) fn close_all(&mut self) {
        for i in 0..2 {
            let fds: Vec<_> = self.hosts[i].processes()[0].fds.iter().map(|(fd, _)| *fd).collect();
            for fd in fds {
                self.call(i, Call::Close { fd });
            }
        }
    }

    /// Nobody does anything any more: both hosts come to rest.
    pub(super) fn calm_down(&mut self) {
        for _ in 0..PATIENCE {
            if self.flying.is_empty() && self.due.is_empty() {
                break;
            }
            self.run(1);
        }
        for i in 0..2 {
            self.look(i);
        }
    }
}
