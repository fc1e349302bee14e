//! The pieces of work. Each is a world of two hosts on one link, driven for a while.
use bytes::Bytes;
use host::{HostConfig, IfaceConfig, ProgramConfig};
use lab::ledger::Ledger;
use net::queue::EventQueue;
use net::{Impairments, LinkConfig, NodeId, PortConfig, StepLog, World, WorldConfig};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::{IpAddr, Ipv4Addr};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq};

const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

const SENDER: &str = r#"
int s; char buf[65536];
struct sockaddr_in a = {AF_INET, htons(80), {inet_addr("10.0.0.2")}};
s = socket(AF_INET, SOCK_STREAM, 0);
connect(s, &a, sizeof a);
while (1) write(s, buf, sizeof buf);
"#;

const SINK: &str = r#"
int s; int c; int mark = 32768; int room = 212992; char buf[65536];
struct sockaddr_in a = {AF_INET, htons(80)};
s = socket(AF_INET, SOCK_STREAM, 0);
setsockopt(s, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark);
setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
bind(s, &a, sizeof a);
listen(s, 4096);
c = accept(s, 0, 0);
while (1) recv(c, buf, sizeof buf, MSG_TRUNC);
"#;

const CALLER: &str = r#"
int s;
struct sockaddr_in a = {AF_INET, htons(80), {inet_addr("10.0.0.2")}};
while (1) { s = socket(AF_INET, SOCK_STREAM, 0); connect(s, &a, sizeof a); }
"#;

const ACCEPTOR: &str = r#"
int s;
struct sockaddr_in a = {AF_INET, htons(80)};
s = socket(AF_INET, SOCK_STREAM, 0);
bind(s, &a, sizeof a);
listen(s, 4096);
while (1) accept(s, 0, 0);
"#;

const LISTENER: &str = r#"
int s;
struct sockaddr_in a = {AF_INET, htons(80)};
s = socket(AF_INET, SOCK_STREAM, 0);
bind(s, &a, sizeof a);
listen(s, 128);
sleep(1000000);
"#;

fn mac(last: u8) -> [u8; 6] {
    [2, 0, 0, 0, 0, last]
}

fn host(last: u8, addr: Ipv4Addr, peer: Ipv4Addr, source: &str, start: Instant) -> HostConfig {
    let programs = match source {
        "" => Vec::new(),
        text => vec![ProgramConfig { file: "main.c".into(), source: text.trim().into(), start }],
    };
    HostConfig {
        name: addr.to_string(),
        ifaces: vec![IfaceConfig {
            neighbours: vec![(IpAddr::V4(peer), mac(3 - last))],
            ..IfaceConfig::new(mac(last), IpAddr::V4(addr), 24)
        }],
        sysctls: vec![
            // Cookies would answer a flood without the queue that is to be measured.
            ("net.ipv4.tcp_syncookies".into(), "0".into()),
            // One process holds 10,000 connections.
            ("RLIMIT_NOFILE".into(), "1048576".into()),
        ],
        seed: last.into(),
        programs,
        call_time: Duration::from_micros(1),
        ..HostConfig::default()
    }
}

/// A client that starts a moment after its server.
fn world(client: &str, server: &str, link: &Impairments) -> World {
    let nodes = vec![
        host(1, CLIENT, SERVER, client, Instant::from_micros(1_000)),
        host(2, SERVER, CLIENT, server, Instant::ZERO),
    ];
    let port = |node| PortConfig { node, iface: 0, sends: link.clone() };
    let links = vec![LinkConfig { name: "link".into(), ports: vec![port(0), port(1)], cable: false }];
    match World::new(&WorldConfig {
        nodes,
        links,
        seed: 1,
        parks: Vec::new(),
        floods: Vec::new(),
        rules: Vec::new(),
        bridges: Vec::new(),
    }) {
        Ok(world) => world,
        Err(e) => panic!("the benchmark's own world is wrong: {e}"),
    }
}

/// Steps after which a world that sends nothing any more is given up: a benchmark must not hang.
const PATIENCE: u32 = 100_000;

/// Steps until `done`, or until nothing is left to happen.
fn drive(world: &mut World, mut done: impl FnMut(&World) -> bool) {
    let mut log = StepLog::silent();
    let (mut frames, mut silent) = (world.frames(), 0);
    while !done(world) && silent < PATIENCE && world.step(&mut log, &mut Tape::None) {
        silent = if world.frames() == frames { silent + 1 } else { 0 };
        frames = world.frames();
    }
}

fn fast() -> Impairments {
    Impairments { delay: Duration::from_millis(10), rate: Some(100_000_000), ..Impairments::default() }
}

/// A bulk transfer over 100 Mbit/s, 10 ms: real bytes and checksums. Gives the frames that were sent, both ways.
pub fn bulk(frames: u32) -> u32 {
    let mut world = world(SENDER, SINK, &fast());
    drive(&mut world, |w| w.frames() >= frames);
    world.frames()
}

/// The same with a record of 64 octets kept for every frame, as a session of `lab` keeps them.
pub fn bulk_recorded(frames: u32) -> u32 {
    let mut world = world(SENDER, SINK, &fast());
    let (mut log, mut ledger) = (StepLog::default(), Ledger::default());
    while world.frames() < frames && world.step(&mut log, &mut Tape::None) {
        ledger.append(&log, &world);
    }
    ledger.frames().len() as u32
}

/// A queue of events, for [`queue_of`].
trait Queue {
    fn put(&mut self, time: u64, item: u32);
    fn take(&mut self) -> Option<(u64, u32)>;
}

impl Queue for EventQueue<u32> {
    fn put(&mut self, time: u64, item: u32) {
        self.push(Instant(time), item);
    }
    fn take(&mut self) -> Option<(u64, u32)> {
        self.pop().map(|(time, _, item)| (time.0, item))
    }
}

/// The standard library's, with a serial, so that those of one time come in the order in which they were put in.
#[derive(Default)]
struct Heap {
    heap: BinaryHeap<Reverse<(u64, u64, u32)>>,
    serials: u64,
}

impl Queue for Heap {
    fn put(&mut self, time: u64, item: u32) {
        self.serials += 1;
        self.heap.push(Reverse((time, self.serials, item)));
    }
    fn take(&mut self) -> Option<(u64, u32)> {
        self.heap.pop().map(|Reverse((time, _, item))| (time, item))
    }
}

/// The event queue alone: 1,024 pending, each one that is taken put back for later.
pub fn queue(events: u32) -> u32 {
    queue_of(EventQueue::default(), events)
}

/// The same with the standard library's binary heap: what ours is held against.
pub fn heap(events: u32) -> u32 {
    queue_of(Heap::default(), events)
}

fn queue_of(mut queue: impl Queue, events: u32) -> u32 {
    const PENDING: u32 = 1_024;
    // A linear congruential generator (Numerical Recipes' constants) spreads the times.
    let mut random: u32 = 1;
    let mut later = |now: u64| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        now + u64::from(random >> 12)
    };
    for i in 0..PENDING {
        queue.put(later(0), i);
    }
    let mut sum = 0_u32;
    for _ in 0..events {
        let Some((now, item)) = queue.take() else { break };
        sum = sum.wrapping_add(item);
        queue.put(later(now), item);
    }
    // What was taken is looked at, so that no optimiser leaves it out.
    if sum == u32::MAX { events + 1 } else { events }
}

/// Connections set up and left open, one after the other. Gives how many.
pub fn setup(connections: u32) -> u32 {
    let lan = Impairments { delay: Duration::from_micros(10), ..Impairments::default() };
    let mut world = world(CALLER, ACCEPTOR, &lan);
    // Three segments each.
    drive(&mut world, |w| w.frames() >= 3 * connections);
    world.frames() / 3
}

/// What one of two ends of an idle ESTABLISHED connection takes, given a way to ask how much is allocated.
pub fn idle(allocated: impl Fn() -> usize) -> f64 {
    const OPEN: u32 = 1_000;
    let lan = Impairments { delay: Duration::from_micros(10), ..Impairments::default() };
    let mut world = world(CALLER, ACCEPTOR, &lan);
    drive(&mut world, |w| w.frames() >= 3 * OPEN);
    let before = allocated();
    drive(&mut world, |w| w.frames() >= 3 * 2 * OPEN);
    (allocated().saturating_sub(before)) as f64 / f64::from(2 * OPEN)
}

/// Bits a second of simulated time that get through 1 % random loss at a round trip of 20 ms.
pub fn goodput(seconds: u64) -> f64 {
    let lossy = Impairments { loss: 0.01, ..fast() };
    let mut world = world(SENDER, SINK, &lossy);
    let end = Duration::from_secs(seconds);
    drive(&mut world, |w| w.now().since(Instant::ZERO) >= end);
    let received = world.host(NodeId(1)).map_or(0, read_by);
    received as f64 * 8.0 / seconds as f64
}

/// Octets that the peer's stack has taken in order.
fn read_by(host: &host::Host) -> u32 {
    let connection = host.sockets().into_iter().filter_map(|s| host.tcb(s.id)).find(|t| t.rcv_nxt != t.irs);
    connection.map_or(0, |t| t.rcv_nxt.since(t.irs))
}

/// SYNs from ever new ports meet a listener whose queue is full. Gives how many were handled.
pub fn flood(syns: u32) -> u32 {
    let lan = Impairments { delay: Duration::from_micros(10), ..Impairments::default() };
    let mut world = world("", LISTENER, &lan);
    let listening = Instant::from_micros(1_000);
    drive(&mut world, |w| w.next().is_none_or(|(time, _)| time > listening));
    let mut log = StepLog::default();
    for n in 0..syns {
        if world.inject(NodeId(0), syn(n), &mut log, &mut Tape::None).is_err() {
            return n;
        }
        let sent = world.now() + Duration::from_micros(20);
        drive(&mut world, |w| w.next().is_none_or(|(time, _)| time > sent));
    }
    syns
}

/// A SYN from the `n`th of many addresses and ports behind the client's link.
fn syn(n: u32) -> Bytes {
    let from = Ipv4Addr::new(10, 0, 1 + (n / 60_000) as u8, 9);
    let Some(addrs) = wire::ip::Addrs::new(IpAddr::V4(from), IpAddr::V4(SERVER)) else { return Bytes::new() };
    let header = Header {
        src_port: 1_024 + (n % 60_000) as u16,
        dst_port: 80,
        seq: Seq(n),
        ack: Seq(0),
        flags: Flags::SYN,
        window: 64_240,
        urgent: 0,
        options: Options { mss: Some(1_460), ..Options::default() },
    };
    let link = Link { src: Mac(mac(1)), dst: Mac(mac(2)) };
    wire::frame::emit_tcp(&link, &wire::ip::Header::new(addrs, wire::ip::TCP), &header, 0, |_| {})
}
