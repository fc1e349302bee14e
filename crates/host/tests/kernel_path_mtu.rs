//! The machine's own kernel and ours, side by side, as a server whose segments are too long for the path: the same ICMP
//! errors, and the same segments must go again (RFC 1191; linux tcp_v4_mtu_reduced, tcp_simple_retransmit).
//!
//! Skipped, and said so, where there is no namespace, TUN device, gcc, `ip` or `ss` to be had.

mod common;
#[path = "kernel/device.rs"]
mod device;
#[path = "kernel/patience.rs"]
#[allow(dead_code)]
mod patience;

use bytes::Bytes;
use common::*;
use device::{Device, compiled, framed, sh};
use patience::in_a_namespace;
use std::time::{Duration, Instant};
use wire::frame::Packet;
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq, ethernet, icmp};

/// A segment of the server's: sequence number from its ISN on, octets, whether it may be fragmented. PSH is left out: it stands
/// at the end of what is given to the device at a time, which is a segment here (else the kernel would send chunks again).
type Seen = (u32, usize, bool);

/// What may be fed to either.
trait Server {
    fn feed(&mut self, frame: Bytes);
    /// All that it sent since it was asked, in so many seconds.
    fn sent(&mut self, seconds: f64) -> Vec<Bytes>;
}

struct Ours(World);
impl Server for Ours {
    fn feed(&mut self, frame: Bytes) {
        self.0.take_in(frame);
    }
    fn sent(&mut self, seconds: f64) -> Vec<Bytes> {
        self.0.run_for(seconds);
        std::mem::take(&mut self.0.sent)
    }
}

struct Kernels(Device);
impl Server for Kernels {
    fn feed(&mut self, frame: Bytes) {
        self.0.put(&frame);
    }
    fn sent(&mut self, seconds: f64) -> Vec<Bytes> {
        let end = Instant::now() + Duration::from_secs_f64(seconds);
        std::iter::from_fn(|| self.0.next(end.saturating_duration_since(Instant::now())))
            .map(|d| framed(&d))
            .collect()
    }
}

const LINK: Link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 9]) };

fn client(port: u16, flags: Flags, seq: u32, ack: Seq, data: &[u8]) -> Bytes {
    let options = Options { mss: (flags == Flags::SYN).then_some(1460), ..Options::default() };
    let header =
        Header { src_port: port, dst_port: 7, seq: Seq(seq), ack, flags, window: 65_535, urgent: 0, options };
    let addrs = wire::ip::Addrs::new(ip(9), ip(2)).expect("one family");
    let head = wire::ip::Header::new(addrs, wire::ip::TCP);
    wire::frame::emit_tcp(&LINK, &head, &header, data.len(), |o| o.extend_from_slice(data))
}

/// A router on the way, 10.0.0.8, says that this was too long.
fn too_long(segment: &Bytes, mtu: u32) -> Bytes {
    let addrs = wire::ip::Addrs::new(ip(8), ip(2)).expect("one family");
    let head = wire::ip::Header { dont_fragment: false, ..wire::ip::Header::new(addrs, wire::ip::ICMP) };
    let message =
        icmp::Header { kind: icmp::v4::UNREACHABLE, code: icmp::v4::FRAGMENTATION_NEEDED, rest: mtu };
    let quote = &segment[ethernet::LEN..ethernet::LEN + 68];
    wire::frame::emit_icmp(&LINK, &head, &message, quote.len(), |o| o.extend_from_slice(quote))
}

fn segments(frames: &[Bytes], isn: Seq) -> Vec<Seen> {
    let segment = |f: &Bytes| match wire::frame::parse(f).ok()?.packet {
        Packet::Tcp { ip, header, payload } if !payload.is_empty() => {
            Some((header.seq.since(isn), payload.len(), !ip.dont_fragment))
        }
        _ => None,
    };
    frames.iter().filter_map(segment).collect()
}

/// A connection is made, the page asked for, and an error told about its first segment; then another connection, whose SYN-ACK
/// and segments show what was kept. Gives what was sent each time.
fn story(server: &mut dyn Server, mtu: u32) -> [Vec<Seen>; 3] {
    let mut all = Vec::new();
    for port in [1001, 1002] {
        server.feed(client(port, Flags::SYN, 5000, Seq(0), b""));
        let frames = server.sent(0.05);
        let syn_ack = frames.iter().find_map(|f| match wire::frame::parse(f).ok()?.packet {
            Packet::Tcp { header, .. } if header.flags.has(Flags::SYN) => Some(header),
            _ => None,
        });
        let syn_ack = syn_ack.expect("a SYN-ACK");
        let ack = syn_ack.seq + 1;
        server.feed(client(port, Flags::ACK, 5001, ack, b""));
        server.feed(client(port, Flags::ACK | Flags::PSH, 5001, ack, b"?"));
        let page = server.sent(0.1);
        let first = page.iter().find(|f| segments(std::slice::from_ref(*f), syn_ack.seq).len() == 1);
        let error = too_long(first.expect("the page"), mtu);
        let mut seen = segments(&page, syn_ack.seq);
        seen.push((0, syn_ack.options.mss.unwrap_or(0).into(), false));
        all.push(seen);
        if port == 1001 {
            server.feed(error);
            all.push(segments(&server.sent(0.08), syn_ack.seq));
            // It ends there, so that the other is alone.
            server.feed(client(port, Flags::RST, 5002, Seq(0), b""));
            server.sent(0.02);
        }
    }
    all.try_into().expect("three")
}

fn both(test: &str, mtu: u32, sysctls: &[&str]) {
    if in_a_namespace(test) {
        return;
    }
    let mut host = config(2, "linux", sysctls);
    host.programs = vec![program("page.c", include_str!("kernel/page.c"))];
    let mut ours = Ours(World::new(vec![host]));
    ours.sent(0.01);
    let mut kernels = Kernels(Device::new("tun0"));
    sh("ip addr add 10.0.0.2/24 dev tun0 && ip link set tun0 mtu 1500 up");
    for s in sysctls {
        let (name, value) = s.split_once('=').expect("name=value");
        sh(&format!("echo {value} > /proc/sys/{}", name.replace('.', "/")));
    }
    let exe = compiled("tests/kernel/page.c", "page");
    let _page = device::Running::new(&exe);
    for _ in 0..250 {
        if !sh("ss -Hltn").is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let (kernel, ours) = (story(&mut kernels, mtu), story(&mut ours, mtu));
    for (n, (kernel, ours)) in kernel.iter().zip(&ours).enumerate() {
        assert_eq!(kernel, ours, "part {n}: left the kernel's, right ours");
    }
    assert!(!kernel[1].is_empty(), "what was too long goes again");
}

#[test]
fn what_is_too_long_goes_again_in_smaller_segments() {
    both("what_is_too_long_goes_again_in_smaller_segments", 1400, &[]);
}

#[test]
fn no_path_is_thought_narrower_than_min_pmtu() {
    both("no_path_is_thought_narrower_than_min_pmtu", 600, &["net.ipv4.route.min_pmtu=800"]);
}
