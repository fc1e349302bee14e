//! Nobody answers: what the machine's own kernel asks, how often and when, and what connect(2) gets, beside ours. Frame for
//! frame, in a network namespace with a cable (veth) of which the other end only listens.
//!
//! Skipped, and said so, where there is no namespace, gcc, `ip` or veth to be had.

mod common;
#[allow(dead_code)] // each test beside a kernel uses a part of it
#[path = "kernel/patience.rs"]
mod patience;
use common::*;
use host::{Call, CallResult, HostEvent, IfaceConfig};
use patience::{in_a_namespace, same_time};
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Ethernet address of the host that asks.
const MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
/// A kernel that does not fail by then does something else.
const PATIENCE: Duration = Duration::from_secs(20);
/// Time after the failure in which nothing more may come, s.
const AFTERWARDS: f64 = 1.5;

/// Frames with the time at which they were sent, s; when connect came back, and with what.
#[derive(Debug)]
struct Outcome {
    frames: Vec<(f64, String)>,
    failed: f64,
    errno: i32,
}

struct Running(Child);
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A question of ours to the one who is not there: ARP, or a solicitation. Others of the kernel's own (routers, groups)
/// are not what this is about.
fn is_question(frame: &str, to: IpAddr) -> bool {
    let target = match to {
        IpAddr::V4(a) => hex(&a.octets()),
        IpAddr::V6(a) => hex(&a.octets()),
    };
    let (arp, solicitation) = (&frame[24..28] == "0806", frame.get(108..110) == Some("87"));
    (arp || solicitation) && frame.contains(&target)
}

fn simulated(own: (IpAddr, u8), to: SocketAddr) -> Outcome {
    let mut host = config(2, "linux", &[]);
    host.ifaces = vec![IfaceConfig { arp: true, ..IfaceConfig::new(MAC, own.0, own.1) }];
    let mut w = World::new(vec![host]);
    let fd = w.ok(0, Call::stream_for(&to));
    assert_eq!(w.call(0, Call::Connect { fd, addr: to }), CallResult::Blocked);
    let (mut frames, mut failed, mut errno) = (Vec::new(), f64::NAN, 0);
    let (mut seen, mut told) = (0, w.events.len());
    loop {
        let now = w.now.0 as f64 / 1e9;
        frames.extend(w.sent[seen..].iter().map(|f| (now, hex(f))));
        seen = w.sent.len();
        for (_, event) in &w.events[told..] {
            if let HostEvent::CallReturned { result: CallResult::Errno(e), .. } = event {
                (failed, errno) = (now, if e.0 == "EHOSTUNREACH" { 113 } else { -1 });
            }
        }
        told = w.events.len();
        if !w.step() {
            break;
        }
    }
    frames.retain(|(_, f)| is_question(f, to.ip()));
    Outcome { frames, failed, errno }
}

fn sh(command: &str) {
    let out = Command::new("sh").args(["-c", command]).output().expect("sh");
    assert!(out.status.success(), "{command}: {}", String::from_utf8_lossy(&out.stderr));
}

fn real(own: (IpAddr, u8), to: SocketAddr) -> Outcome {
    let (addr, prefix) = own;
    let nodad = if addr.is_ipv6() { "nodad" } else { "" };
    let mac = MAC.map(|b| format!("{b:02x}")).join(":");
    // Ours to read alone: without IPv6's own beginnings on the other end.
    sh(&format!(
        "ip link set lo up && ip link add name here address {mac} type veth peer name there && echo 1 > /proc/sys/net/ipv6/conf/there/disable_ipv6 \
         && ip addr add {addr}/{prefix} dev here {nodad} && ip link set there up && ip link set here up"
    ));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("frames-{}", std::process::id()));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kernel/frames.c");
    sh(&format!("gcc -O1 -o {} {}", program.display(), source.display()));
    let command =
        Command::new(&program).arg("there").stdout(Stdio::piped()).spawn().expect("it was just made");
    let mut listener = Running(command);
    let mut lines = BufReader::new(listener.0.stdout.take().expect("a pipe")).lines();
    assert_eq!(lines.next().expect("a line").expect("text"), "ready");
    let (sender, heard) = channel();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if sender.send((Instant::now(), line)).is_err() {
                return;
            }
        }
    });
    let begun = Instant::now();
    let errno = match TcpStream::connect_timeout(&to, PATIENCE) {
        Ok(_) => 0,
        Err(e) => e.raw_os_error().unwrap_or(-1),
    };
    let failed = begun.elapsed().as_secs_f64();
    std::thread::sleep(Duration::from_secs_f64(AFTERWARDS));
    let since = |at: Instant| at.saturating_duration_since(begun).as_secs_f64();
    let mut frames: Vec<(f64, String)> = heard.try_iter().map(|(at, line)| (since(at), line)).collect();
    frames.retain(|(_, f)| is_question(f, to.ip()));
    Outcome { frames, failed, errno }
}

fn compare(kernel: &Outcome, ours: &Outcome) {
    let both = format!("\n  kernel {kernel:#?}\n  ours   {ours:#?}");
    assert_eq!(kernel.errno, ours.errno, "{both}");
    assert!(same_time(kernel.failed, ours.failed), "{both}");
    assert_eq!(kernel.frames.len(), ours.frames.len(), "{both}");
    for (k, o) in kernel.frames.iter().zip(&ours.frames) {
        assert_eq!(k.1, o.1, "{both}");
        assert!(same_time(k.0, o.0), "{both}");
    }
}

/// What both must do: three questions to everybody, a second apart, and EHOSTUNREACH a second after the last.
fn both(test: &str, own: &str, prefix: u8, to: &str) {
    if in_a_namespace(test) {
        return;
    }
    let (own, to) = (own.parse().expect("an address"), to.parse().expect("an address and a port"));
    let ours = simulated((own, prefix), to);
    let times: Vec<f64> = ours.frames.iter().map(|f| f.0).collect();
    assert_eq!((times, ours.failed, ours.errno), (vec![0.0, 1.0, 2.0], 3.0, 113));
    compare(&real((own, prefix), to), &ours);
}

#[test]
fn nobody_answers_arp() {
    both("nobody_answers_arp", "10.0.0.2", 24, "10.0.0.9:7");
}

#[test]
fn nobody_answers_a_solicitation() {
    both("nobody_answers_a_solicitation", "2001:db8::2", 64, "[2001:db8::9]:7");
}
