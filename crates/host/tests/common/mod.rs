//! A trivial wire: every frame arrives one millisecond later at the host whose Ethernet address it carries.
//! Frames to a station that is no host are kept for the test to look at: that is how raw peers are played.
#![allow(dead_code)]

use bytes::Bytes;
use host::{
    Call, CallResult, Errno, Fd, Host, HostConfig, HostEvent, IfaceConfig, Output, Pid, ProgramConfig,
};
use host::{SockId, SocketInfo, TimerKey};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use wire::frame::Packet;
use wire::ip::Addrs;
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq};

pub const DELAY: Duration = Duration::from_millis(1);
pub const SHELL: Pid = Pid(0);

/// Station `n` is 10.0.0.n and 02:00:00:00:00:n.
pub fn ip(n: u8) -> IpAddr {
    [10, 0, 0, n].into()
}
pub fn at(n: u8, port: u16) -> SocketAddr {
    SocketAddr::new(ip(n), port)
}
pub fn any(port: u16) -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], port))
}
fn mac(n: u8) -> [u8; 6] {
    [2, 0, 0, 0, 0, n]
}

/// A host with defaults; `sysctls` as `name=value`.
pub fn config(n: u8, profile: &str, sysctls: &[&str]) -> HostConfig {
    HostConfig {
        name: format!("h{n}"),
        ifaces: vec![IfaceConfig {
            neighbours: (1..=99).filter(|&k| k != n).map(|k| (ip(k), mac(k))).collect(),
            ..IfaceConfig::new(mac(n), ip(n), 24)
        }],
        profile: profile.into(),
        sysctls: sysctls
            .iter()
            .map(|s| s.split_once('=').expect("name=value"))
            .map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned()))
            .collect(),
        seed: u64::from(n) * 1_000_003,
        call_time: Duration::from_micros(10),
        ..HostConfig::default()
    }
}

pub fn program(file: &str, source: &str) -> ProgramConfig {
    ProgramConfig { file: file.into(), source: source.into(), start: Instant::ZERO }
}

enum Happens {
    Frame(Bytes),
    Timer(usize, TimerKey),
    Runs(usize, Pid),
}

/// Hosts on one wire.
pub struct World {
    pub now: Instant,
    pub hosts: Vec<Host>,
    numbers: Vec<u8>,
    queue: BTreeMap<(Instant, u64), Happens>,
    timers: BTreeMap<(usize, TimerKey), (Instant, u64)>,
    serial: u64,
    /// Frames to stations that are no hosts.
    pub strays: Vec<Bytes>,
    /// Every frame that a host sent.
    pub sent: Vec<Bytes>,
    /// Every event, with the host it came from.
    pub events: Vec<(usize, HostEvent)>,
    /// Every segment put on the wire, as text.
    pub trace: Vec<String>,
    /// Says whether a segment is lost.
    pub lose: fn(&Header) -> bool,
    pub rules: Tape,
}

impl World {
    pub fn new(configs: Vec<HostConfig>) -> World {
        let numbers = configs.iter().map(|c| c.ifaces[0].mac[5]).collect();
        let hosts = configs.into_iter().map(|c| Host::new(c).expect("a sound configuration")).collect();
        let mut world = World {
            now: Instant::ZERO,
            hosts,
            numbers,
            queue: BTreeMap::new(),
            timers: BTreeMap::new(),
            serial: 0,
            strays: Vec::new(),
            sent: Vec::new(),
            events: Vec::new(),
            trace: Vec::new(),
            lose: |_| false,
            rules: Some(Vec::new()),
        };
        for i in 0..world.hosts.len() {
            let mut out = Output::default();
            world.hosts[i].boot(&mut out);
            world.take(i, out);
        }
        world
    }
    /// One linux host with these settings, to be met by raw peers.
    pub fn alone(profile: &str, sysctls: &[&str]) -> World {
        World::new(vec![config(2, profile, sysctls)])
    }
    /// Client 1 and server 2.
    pub fn pair(profile: &str, sysctls: &[&str]) -> World {
        World::new(vec![config(1, profile, sysctls), config(2, profile, sysctls)])
    }

    fn push(&mut self, at: Instant, what: Happens) -> (Instant, u64) {
        self.serial += 1;
        self.queue.insert((at, self.serial), what);
        (at, self.serial)
    }
    fn take(&mut self, i: usize, out: Output) {
        for sent in out.frames {
            self.sent.push(sent.frame.clone());
            let parsed = match wire::frame::parse(&sent.frame) {
                Ok(frame) => Some(frame.packet),
                // A raw socket may speak what nobody else does.
                Err(wire::Malformed { problem: wire::Problem::IpProtoUnknown, .. }) => None,
                Err(m) => panic!("a host sends sound frames: {m:?}"),
            };
            if let Some(Packet::Tcp { header, payload, .. }) = &parsed {
                self.trace.push(line(self.now, self.numbers[i], header, payload.len()));
                if (self.lose)(header) {
                    continue;
                }
            }
            self.push(self.now + DELAY, Happens::Frame(sent.frame));
        }
        for (key, deadline) in out.timers {
            if let Some(old) = self.timers.remove(&(i, key)) {
                self.queue.remove(&old);
            }
            if let Some(deadline) = deadline {
                let at = self.push(deadline.max(self.now), Happens::Timer(i, key));
                self.timers.insert((i, key), at);
            }
        }
        for (pid, at) in out.runnable {
            self.push(at, Happens::Runs(i, pid));
        }
        self.events.extend(out.events.into_iter().map(|e| (i, e)));
        self.hosts[i].assert_invariants();
    }

    /// One event; false when nothing is left to happen.
    pub fn step(&mut self) -> bool {
        let Some(((at, _), what)) = self.queue.pop_first() else { return false };
        self.now = at;
        let mut out = Output::default();
        let i = match what {
            Happens::Frame(frame) => {
                let Some(i) = self.numbers.iter().position(|&n| frame[..6] == mac(n)) else {
                    self.strays.push(frame);
                    return true;
                };
                self.hosts[i].frame_arrives(at, 0, frame, &mut out, &mut self.rules);
                i
            }
            Happens::Timer(i, key) => {
                self.timers.remove(&(i, key));
                self.hosts[i].timer_fires(at, key, &mut out, &mut self.rules);
                i
            }
            Happens::Runs(i, pid) => {
                self.hosts[i].process_runs(at, pid, &mut out, &mut self.rules);
                i
            }
        };
        self.take(i, out);
        true
    }
    /// Until `seconds` after the beginning.
    pub fn run_until(&mut self, seconds: f64) {
        let end = Instant((seconds * 1e9) as u64);
        while self.queue.first_key_value().is_some_and(|((at, _), _)| *at <= end) {
            self.step();
        }
        self.now = self.now.max(end);
    }
    /// For `seconds` more.
    pub fn run_for(&mut self, seconds: f64) {
        self.run_until(self.now.0 as f64 / 1e9 + seconds);
    }

    /// A call by hand.
    pub fn call(&mut self, i: usize, call: Call) -> CallResult {
        let mut out = Output::default();
        let result = self.hosts[i].call(self.now, SHELL, call, &mut out, &mut self.rules);
        self.take(i, out);
        result
    }
    /// A call by hand that must succeed; its value.
    pub fn ok(&mut self, i: usize, call: Call) -> Fd {
        match self.call(i, call.clone()) {
            CallResult::Done(n, _) => n as Fd,
            other => panic!("{call:?}: {other:?}"),
        }
    }
    /// A call by hand that must fail; its errno.
    pub fn err(&mut self, i: usize, call: Call) -> &'static str {
        match self.call(i, call.clone()) {
            CallResult::Errno(Errno(e)) => e,
            other => panic!("{call:?}: {other:?}"),
        }
    }
    /// socket, bind, listen.
    pub fn listen(&mut self, i: usize, port: u16, backlog: i32) -> Fd {
        let fd = self.ok(i, Call::Socket);
        self.ok(i, Call::Bind { fd, addr: any(port) });
        self.ok(i, Call::Listen { fd, backlog });
        fd
    }
    /// A client of host `i` connects and both wait until it is through; its descriptor.
    pub fn connect(&mut self, i: usize, to: SocketAddr) -> Fd {
        let fd = self.ok(i, Call::Socket);
        if self.call(i, Call::Connect { fd, addr: to }) == CallResult::Blocked {
            self.run_for(0.01);
        }
        fd
    }
    /// The last call that returned on host `i`, as strace shows it.
    pub fn last_return(&self, i: usize) -> Option<String> {
        self.events.iter().rev().find_map(|(n, e)| match e {
            HostEvent::CallReturned { text, .. } if *n == i => Some(text.to_string()),
            _ => None,
        })
    }

    /// How many calls have returned whose text begins like this.
    pub fn returns(&self, i: usize, begins: &str) -> usize {
        let texts = self.events.iter().filter_map(|(n, e)| match e {
            HostEvent::CallReturned { text, .. } if *n == i => Some(text.to_string()),
            _ => None,
        });
        texts.filter(|t| t.starts_with(begins)).count()
    }

    pub fn counter(&self, i: usize, name: &str) -> u64 {
        self.hosts[i].counters().iter().find(|(n, _)| *n == name).map_or(0, |(_, v)| *v)
    }
    pub fn listener(&self, i: usize) -> SocketInfo {
        self.hosts[i].sockets().into_iter().find(|s| s.listener.is_some()).expect("a listener")
    }
    /// Lengths of SYN queue and accept queue of the first listener.
    pub fn queues(&self, i: usize) -> (usize, usize) {
        let l = self.listener(i).listener.expect("a listener");
        (l.syn_queue.len(), l.accept_queue.len())
    }
    pub fn sock_of(&self, i: usize, fd: Fd) -> Option<SockId> {
        let shell = &self.hosts[i].processes()[0];
        shell.fds.iter().find(|(f, _)| *f == fd).map(|(_, s)| *s)
    }
    /// State of a descriptor's socket, RFC spelling.
    pub fn state(&self, i: usize, fd: Fd) -> &'static str {
        let id = self.sock_of(i, fd).expect("an open descriptor");
        let all = self.hosts[i].sockets();
        all.iter().find(|s| s.id == id).expect("its socket").state.name()
    }

    /// A raw peer, station `from`, sends a segment to host 2, which takes it at once.
    #[allow(clippy::too_many_arguments)]
    pub fn raw(
        &mut self,
        from: SocketAddr,
        to: u16,
        flags: Flags,
        seq: u32,
        ack: u32,
        options: Options,
        data: &[u8],
    ) {
        let header = Header {
            src_port: from.port(),
            dst_port: to,
            seq: Seq(seq),
            ack: Seq(ack),
            flags,
            window: 65_535,
            urgent: 0,
            options,
        };
        let addrs = Addrs::new(from.ip(), ip(2)).expect("one family");
        let IpAddr::V4(v4) = from.ip() else { panic!("IPv4") };
        let link = Link { dst: Mac(mac(2)), src: Mac(mac(v4.octets()[3])) };
        let head = wire::ip::Header::new(addrs, wire::ip::TCP);
        let frame = wire::frame::emit_tcp(&link, &head, &header, data.len(), |o| o.extend_from_slice(data));
        self.take_in(frame);
    }
    /// Host 2 takes a frame at once.
    pub fn take_in(&mut self, frame: Bytes) {
        let i = self.numbers.iter().position(|&n| n == 2).expect("host 2");
        let mut out = Output::default();
        self.hosts[i].frame_arrives(self.now, 0, frame, &mut out, &mut self.rules);
        self.take(i, out);
    }
    pub fn syn(&mut self, from: SocketAddr, to: u16, seq: u32) {
        let options = Options { mss: Some(1460), ..Options::default() };
        self.raw(from, to, Flags::SYN, seq, 0, options, b"");
    }
    /// Segments that reached station `n`, taken out.
    pub fn received(&mut self, n: u8) -> Vec<(Header, Bytes)> {
        let mut mine = Vec::new();
        self.strays.retain(|frame| {
            let parsed = wire::frame::parse(frame).expect("a host sends sound frames");
            match parsed.packet {
                Packet::Tcp { header, payload, .. } if frame[..6] == mac(n) => {
                    mine.push((header, payload));
                    false
                }
                _ => true,
            }
        });
        mine
    }
}

/// `1.003000 2 > 40001: S. 5000:5000 ack 1001`.
fn line(now: Instant, from: u8, h: &Header, len: usize) -> String {
    let mut flags = String::new();
    for (bit, c) in
        [(Flags::SYN, 'S'), (Flags::FIN, 'F'), (Flags::RST, 'R'), (Flags::PSH, 'P'), (Flags::ACK, '.')]
    {
        if h.flags.has(bit) {
            flags.push(c);
        }
    }
    format!("{now} {from} > {} {flags} {len}", h.dst_port)
}

/// The flags of a trace, host by host: `1:S 2:S. 1:.`.
pub fn summary(trace: &[String]) -> String {
    let words = trace.iter().map(|l| {
        let w: Vec<&str> = l.split(' ').collect();
        let data = if w[5] == "0" { String::new() } else { format!("({})", w[5]) };
        format!("{}:{}{data}", w[1], w[4])
    });
    words.collect::<Vec<_>>().join(" ")
}
