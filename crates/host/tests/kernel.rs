//! The machine's own kernel and ours, side by side: the same segments at the same times to a server that never
//! accepts, in a network namespace of its own; then the same packets must come back and `ss` must show the same rows.
//!
//! Skipped, and said so, where there is no namespace, TUN device, gcc, `ip` or `ss` to be had.

mod common;
#[path = "kernel/patience.rs"]
mod patience;
use common::*;
use host::ProgramConfig;
use patience::{in_a_namespace, nothing_near_the_end, same_time};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use wire::frame::Packet;
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq};

const PORT: u16 = 7;
/// Raw clients are this station; each is one of its ports.
const CLIENT: u8 = 9;
/// Sequence number of a raw client's SYN.
const ISN: u32 = 5_000;
/// A segment of the server's: when (s), control bits, sequence and acknowledgment number from the ISNs on, octets.
type Answer = (f64, String, u32, u32, usize);
/// What came of it: answers by the client's port, rows of `ss -tan`, counters.
#[derive(Debug)]
struct Outcome {
    answers: BTreeMap<u16, Vec<Answer>>,
    ss: Vec<String>,
    counters: BTreeMap<&'static str, u64>,
}

impl Outcome {
    fn times(&self) -> Vec<f64> {
        self.answers.values().flatten().map(|a| a.0).collect()
    }
}

const COUNTERS: [&str; 9] = [
    "ListenOverflows",
    "ListenDrops",
    "TCPReqQFullDrop",
    "TCPReqQFullDoCookies",
    "SyncookiesSent",
    "SyncookiesRecv",
    "EmbryonicRsts",
    "TCPTimeouts",
    "TCPSynRetrans",
];

/// What a raw client sends.
#[derive(Clone, Copy)]
enum Sends {
    Syn,
    /// The final ACK, if there was a SYN-ACK.
    Ack,
    /// Six octets, likewise.
    Data,
    Rst,
}
use Sends::*;

/// When (s), from which ports, what.
type Script = &'static [(f64, &'static [u16], Sends)];

fn segment(what: Sends, port: u16, isn: Option<Seq>) -> Option<(Header, &'static [u8])> {
    let (flags, seq, ack, data): (Flags, u32, Seq, &[u8]) = match what {
        Syn => (Flags::SYN, ISN, Seq(0), b""),
        Ack => (Flags::ACK, ISN + 1, isn? + 1, b""),
        Data => (Flags::ACK | Flags::PSH, ISN + 1, isn? + 1, b"hello\n"),
        Rst => (Flags::RST, ISN + 1, Seq(0), b""),
    };
    let mss = (flags == Flags::SYN).then_some(1460);
    let options = Options { mss, ..Options::default() };
    let (src_port, dst_port) = (port, PORT);
    Some((Header { src_port, dst_port, seq: Seq(seq), ack, flags, window: 65_535, urgent: 0, options }, data))
}

fn frame(header: &Header, data: &[u8]) -> bytes::Bytes {
    let addrs = wire::ip::Addrs::new(ip(CLIENT), ip(2)).expect("one family");
    let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, CLIENT]) };
    let head = wire::ip::Header::new(addrs, wire::ip::TCP);
    wire::frame::emit_tcp(&link, &head, header, data.len(), |o| o.extend_from_slice(data))
}

fn answer(time: f64, frame: &[u8], isns: &mut BTreeMap<u16, Seq>) -> Option<(u16, Answer)> {
    let Packet::Tcp { header: h, payload, .. } =
        wire::frame::parse(&bytes::Bytes::copy_from_slice(frame)).ok()?.packet
    else {
        return None;
    };
    if h.flags.has(Flags::SYN) {
        isns.insert(h.dst_port, h.seq);
    }
    let seq = isns.get(&h.dst_port).map_or(0, |isn| h.seq.since(*isn));
    let ack = if h.flags.has(Flags::ACK) { h.ack.since(Seq(ISN)) } else { 0 };
    Some((h.dst_port, (time, format!("{:?}", h.flags), seq, ack, payload.len())))
}

/// The script against our own stack.
fn simulated(sysctls: &[&str], script: Script, seconds: f64) -> Outcome {
    let mut server = config(2, "linux", sysctls);
    server.programs = vec![shipped("never-accepts.c", 0)];
    let mut w = World::new(vec![server]);
    let start = 0.01;
    w.run_until(start);
    let (mut isns, mut answers, mut seen) = (BTreeMap::new(), BTreeMap::new(), 0);
    let mut collect = |w: &World, isns: &mut BTreeMap<u16, Seq>, answers: &mut BTreeMap<u16, Vec<Answer>>| {
        for (line, frame) in w.trace[seen..].iter().zip(&w.sent[seen..]) {
            let time: f64 = line.split(' ').next().and_then(|t| t.parse().ok()).expect("a time");
            if let Some((port, a)) = answer(time - start, frame, isns) {
                answers.entry(port).or_default().push(a);
            }
        }
        seen = w.trace.len();
    };
    for (when, ports, what) in script {
        w.run_until(start + when);
        collect(&w, &mut isns, &mut answers);
        for &port in *ports {
            if let Some((header, data)) = segment(*what, port, isns.get(&port).copied()) {
                w.take_in(frame(&header, data));
            }
        }
    }
    w.run_until(start + seconds);
    collect(&w, &mut isns, &mut answers);
    let counters = COUNTERS.into_iter().map(|name| (name, w.counter(0, name))).collect();
    Outcome { answers, ss: rows(&w, 0), counters }
}

/// `ss -tan` of a host.
fn rows(w: &World, host: usize) -> Vec<String> {
    let addr = |a: Option<std::net::SocketAddr>| a.map_or("0.0.0.0:*".into(), |a| a.to_string());
    let word = |s: &str| match s {
        "ESTABLISHED" => "ESTAB".to_owned(),
        "SYN-RECEIVED" => "SYN-RECV".to_owned(),
        other => other.to_owned(),
    };
    let sockets = w.hosts[host].sockets().into_iter().filter(|s| s.state.name() != "CLOSED");
    let row = |s: host::SocketInfo| {
        format!("{} {} {} {} {}", word(s.state.name()), s.recv_q, s.send_q, addr(s.local), addr(s.remote))
    };
    let mut rows: Vec<String> = sockets.map(row).collect();
    rows.sort();
    rows
}

fn shipped(file: &str, start_ms: u64) -> ProgramConfig {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs").join(file);
    let source = std::fs::read_to_string(path).expect(file);
    ProgramConfig { start: tcp::time::Instant::from_micros(start_ms * 1_000), ..program(file, &source) }
}

/// Ends what it started.
struct Running(Child);
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// In the namespace: a command that must succeed; its output.
fn sh(command: &str) -> String {
    let out = Command::new("sh").args(["-c", command]).output().expect("sh");
    assert!(out.status.success(), "{command}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// gcc makes a program of a file of this crate.
fn compiled(file: &str, name: &str) -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    sh(&format!("gcc -O1 -o {} {}", to.display(), from.display()));
    to
}

fn start(program: &Path) -> Running {
    let mut command = Command::new(program);
    Running(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it was just made"))
}

fn settings(sysctls: &[&str]) {
    for s in ["net.ipv4.tcp_syncookies=0", "net.ipv4.tcp_max_syn_backlog=2048"].iter().chain(sysctls) {
        let (name, value) = s.split_once('=').expect("name=value");
        sh(&format!("echo {value} > /proc/sys/{}", name.replace('.', "/")));
    }
}

/// `ss -tan` of the kernel.
fn kernel_rows() -> Vec<String> {
    let all = sh("ss -Htan");
    let row = |l: &str| l.split_whitespace().take(5).collect::<Vec<_>>().join(" ");
    let mut rows: Vec<String> = all.lines().map(row).collect();
    rows.sort();
    rows
}

fn kernel_counters() -> BTreeMap<&'static str, u64> {
    let text = std::fs::read_to_string("/proc/self/net/netstat").expect("procfs");
    let mut lines = text.lines().filter(|l| l.starts_with("TcpExt:"));
    let (names, values) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""));
    let all: BTreeMap<&str, u64> =
        names.split(' ').zip(values.split(' ')).filter_map(|(n, v)| Some((n, v.parse().ok()?))).collect();
    COUNTERS.into_iter().map(|name| (name, all.get(name).copied().unwrap_or(0))).collect()
}

/// Datagrams of the kernel's and when they came.
fn listen_to(from: impl Read + Send + 'static) -> Receiver<(Instant, Vec<u8>)> {
    let (to, datagrams) = channel();
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut len = [0; 2];
        while from.read_exact(&mut len).is_ok() {
            let mut datagram = vec![0; u16::from_be_bytes(len).into()];
            if from.read_exact(&mut datagram).is_err() || to.send((Instant::now(), datagram)).is_err() {
                return;
            }
        }
    });
    datagrams
}

fn put(to: &mut ChildStdin, frame: &[u8]) {
    let datagram = &frame[wire::ethernet::LEN..];
    to.write_all(&(datagram.len() as u16).to_be_bytes()).expect("the relay reads");
    to.write_all(datagram).expect("the relay reads");
    to.flush().expect("the relay reads");
}

fn until_it_listens() {
    for _ in 0..1_000 {
        if !kernel_rows().is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the server does not listen");
}

/// The script against the kernel of the namespace that we are in.
fn real(sysctls: &[&str], script: Script, seconds: f64) -> Outcome {
    settings(sysctls);
    let (relay, server) =
        (compiled("tests/kernel/relay.c", "relay"), compiled("programs/never-accepts.c", "server"));
    let mut relay = start(&relay);
    let mut to = relay.0.stdin.take().expect("a pipe");
    let datagrams = listen_to(relay.0.stdout.take().expect("a pipe"));
    datagrams.recv_timeout(Duration::from_secs(5)).expect("a TUN device");
    sh("ip addr add 10.0.0.2/24 dev tun0 && ip link set tun0 mtu 1500 up");
    let _server = start(&server);
    until_it_listens();
    let begun = Instant::now();
    let (mut isns, mut answers) = (BTreeMap::new(), BTreeMap::<u16, Vec<Answer>>::new());
    let mut wait = |until: f64, isns: &mut BTreeMap<u16, Seq>| {
        let end = begun + Duration::from_secs_f64(until);
        while let Ok((came, datagram)) = datagrams.recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            let mut frame = vec![2; 12];
            frame.extend([8, 0]);
            frame.extend(datagram);
            if let Some((port, a)) = answer(came.duration_since(begun).as_secs_f64(), &frame, isns) {
                answers.entry(port).or_default().push(a);
            }
        }
    };
    for (when, ports, what) in script {
        wait(*when, &mut isns);
        for &port in *ports {
            if let Some((header, data)) = segment(*what, port, isns.get(&port).copied()) {
                put(&mut to, &frame(&header, data));
            }
        }
    }
    wait(seconds, &mut isns);
    Outcome { answers, ss: kernel_rows(), counters: kernel_counters() }
}

/// Both, and every difference.
fn compare(kernel: &Outcome, ours: &Outcome) {
    assert!(kernel.answers.len() > 2, "the kernel answered: {kernel:?}");
    let mut wrong = Vec::new();
    let ports: std::collections::BTreeSet<&u16> = kernel.answers.keys().chain(ours.answers.keys()).collect();
    for port in ports {
        let none = Vec::new();
        let (k, o) = (kernel.answers.get(port).unwrap_or(&none), ours.answers.get(port).unwrap_or(&none));
        let same =
            |a: &Answer, b: &Answer| (&a.1, a.2, a.3, a.4) == (&b.1, b.2, b.3, b.4) && same_time(a.0, b.0);
        if k.len() != o.len() || !k.iter().zip(o).all(|(a, b)| same(a, b)) {
            wrong.push(format!("port {port}:\n  kernel {k:?}\n  ours   {o:?}"));
        }
    }
    if kernel.ss != ours.ss {
        wrong.push(format!("ss -tan:\n  kernel {:#?}\n  ours   {:#?}", kernel.ss, ours.ss));
    }
    if kernel.counters != ours.counters {
        wrong.push(format!("counters:\n  kernel {:?}\n  ours   {:?}", kernel.counters, ours.counters));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn both(test: &str, sysctls: &[&str], script: Script, seconds: f64) {
    if !in_a_namespace(test) {
        let mut all = vec!["net.ipv4.tcp_syncookies=0", "net.ipv4.tcp_max_syn_backlog=2048"];
        all.extend(sysctls);
        nothing_near_the_end(&simulated(&all, script, 2.0 * seconds).times(), seconds);
        compare(&real(sysctls, script, seconds), &simulated(&all, script, seconds));
    }
}

/// Handshakes one after another: three get in, the SYNs of the others meet silence.
#[test]
fn one_after_another() {
    const SCRIPT: Script = &[
        (0.0, &[1001], Syn),
        (0.1, &[1001], Ack),
        (0.15, &[1001], Data),
        (0.2, &[1002], Syn),
        (0.3, &[1002], Ack),
        (0.4, &[1003], Syn),
        (0.5, &[1003], Data),
        (0.6, &[1004], Syn),
        (0.8, &[1005], Syn),
        (1.0, &[1006], Syn),
        (1.6, &[1004], Syn),
    ];
    both("one_after_another", &[], SCRIPT, 2.0);
}

const AT_ONCE: Script = &[
    (0.0, &[1001, 1002], Syn),
    (0.1, &[1001, 1002], Ack),
    (0.2, &[1003, 1004, 1005, 1006], Syn),
    (0.3, &[1003, 1004, 1005], Ack),
    (0.4, &[1003, 1004, 1005], Data),
    (0.9, &[1004], Data),
    (2.0, &[1005], Rst),
];

/// Two final ACKs find the accept queue full: the SYN-ACK is repeated, data is dropped, a RST still ends it.
#[test]
fn at_once_so_that_final_acks_meet_a_full_queue() {
    both("at_once_so_that_final_acks_meet_a_full_queue", &[], AT_ONCE, 9.5);
}

#[test]
fn at_once_with_abort_on_overflow() {
    both("at_once_with_abort_on_overflow", &["net.ipv4.tcp_abort_on_overflow=1"], AT_ONCE, 2.5);
}

const FLOOD: Script = &[
    (0.0, &[1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012], Syn),
    (0.2, &[1012], Ack),
    (0.3, &[1012], Data),
    (0.4, &[1001], Rst),
];

#[test]
fn a_flood_without_cookies() {
    both("a_flood_without_cookies", &["net.ipv4.tcp_synack_retries=2"], FLOOD, 9.5);
}

/// Who was sent a cookie comes back with it.
#[test]
fn a_flood_with_cookies() {
    both("a_flood_with_cookies", &["net.ipv4.tcp_syncookies=1"], FLOOD, 2.0);
}

/// Programs on both sides: the same texts, through gcc and through our interpreter.
#[test]
fn six_clients_of_the_kernels_own() {
    if in_a_namespace("six_clients_of_the_kernels_own") {
        return;
    }
    const SECONDS: f64 = 7.3;
    settings(&[]);
    sh("ip link set lo up && ip addr add 10.0.0.2/24 dev lo");
    let (server, client) =
        (compiled("programs/never-accepts.c", "server"), compiled("programs/hello-client.c", "client"));
    let mut sniffer = start(&compiled("tests/kernel/sniff.c", "sniff"));
    let mut lines = BufReader::new(sniffer.0.stdout.take().expect("a pipe")).lines();
    assert_eq!(lines.next().and_then(Result::ok).as_deref(), Some("ready"));
    let (to, segments) = channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let _ = to.send((Instant::now(), line));
        }
    });
    let _server = start(&server);
    until_it_listens();
    let begun = Instant::now();
    let mut clients = Vec::new();
    for n in 0..6 {
        std::thread::sleep(
            (begun + Duration::from_millis(200 * n)).saturating_duration_since(Instant::now()),
        );
        clients.push(start(&client));
    }
    std::thread::sleep((begun + Duration::from_secs_f64(SECONDS)).saturating_duration_since(Instant::now()));
    // Flows in the order of their SYNs; a segment: who, control bits, octets.
    let mut flows: Vec<(u16, Flow)> = Vec::new();
    for (came, line) in segments.try_iter() {
        let n: Vec<u16> = line.split(' ').filter_map(|w| w.parse().ok()).collect();
        let [from, to, bits, len] = n[..] else { panic!("{line}") };
        let (port, who) = if from == PORT { (to, "server") } else { (from, "client") };
        if !flows.iter().any(|(p, _)| *p == port) {
            flows.push((port, Vec::new()));
        }
        let flow = flows.iter_mut().find(|(p, _)| *p == port).expect("just made");
        let said = format!("{who} {:?} {len}", Flags(bits));
        flow.1.push((came.duration_since(begun).as_secs_f64(), said));
    }
    let kernel: Vec<_> = flows.into_iter().map(|(_, f)| f).collect();
    let later = our_six_clients(2.0 * SECONDS).0;
    nothing_near_the_end(&later.iter().flatten().map(|(t, _)| *t).collect::<Vec<_>>(), SECONDS);
    let ours = our_six_clients(SECONDS);
    let close = |(k, x): &(f64, String), (o, y): &(f64, String)| x == y && same_time(*k, *o);
    let same = |(k, o): (&Flow, &Flow)| k.len() == o.len() && k.iter().zip(o).all(|(k, o)| close(k, o));
    assert!(
        kernel.len() == ours.0.len() && kernel.iter().zip(&ours.0).all(same),
        "\nkernel {kernel:#?}\nours {:#?}",
        ours.0
    );
    // Ports of clients are anybody's choice.
    let portless = |rows: Vec<String>| {
        let words = rows.into_iter().map(|r| {
            let part = |w: &str| if w.ends_with(":7") { "server" } else { "client" }.to_owned();
            let w: Vec<&str> = r.split(' ').collect();
            format!("{} {} {} {} {}", w[0], w[1], w[2], part(w[3]), part(w[4]))
        });
        let mut words: Vec<String> = words.collect();
        words.sort();
        words
    };
    assert_eq!(portless(kernel_rows()), portless(ours.1));
    for name in ["ListenOverflows", "ListenDrops"] {
        assert_eq!(kernel_counters()[name], ours.2[name], "{name}");
    }
}

type Flow = Vec<(f64, String)>;

fn our_six_clients(seconds: f64) -> (Vec<Flow>, Vec<String>, BTreeMap<&'static str, u64>) {
    let mut server = config(2, "linux", &["net.ipv4.tcp_syncookies=0"]);
    server.programs = vec![shipped("never-accepts.c", 0)];
    let mut clients = config(1, "linux", &[]);
    let begun = 0.1;
    clients.programs = (0..6).map(|n| shipped("hello-client.c", 100 + 200 * n)).collect();
    let mut w = World::new(vec![clients, server]);
    w.run_until(begun + seconds);
    let mut flows: Vec<(u16, Flow)> = Vec::new();
    for (line, frame) in w.trace.iter().zip(&w.sent) {
        let time: f64 = line.split(' ').next().and_then(|t| t.parse().ok()).expect("a time");
        let parsed = wire::frame::parse(frame).expect("sound frames");
        let Packet::Tcp { header: h, payload, .. } = parsed.packet else { continue };
        let (port, who) = if h.src_port == PORT { (h.dst_port, "server") } else { (h.src_port, "client") };
        if !flows.iter().any(|(p, _)| *p == port) {
            flows.push((port, Vec::new()));
        }
        let flow = flows.iter_mut().find(|(p, _)| *p == port).expect("just made");
        flow.1.push((time - begun, format!("{who} {:?} {}", h.flags, payload.len())));
    }
    let mut all = rows(&w, 0);
    all.extend(rows(&w, 1));
    let counters = COUNTERS.into_iter().map(|name| (name, w.counter(1, name))).collect();
    (flows.into_iter().map(|(_, f)| f).collect(), all, counters)
}
