//! A router alone, fed frame by frame on its two interfaces; what it sends comes back as lines.
//! Inside (eth0) is 192.168.1.0/24, outside (eth1) 203.0.113.0/24 with the default route; station n has 02:00:00:00:00:n.
#![allow(dead_code)]

use bytes::Bytes;
use host::{Host, HostConfig, IfaceConfig, NatConfig, Output, RouteConfig, TimerKey};
use std::net::IpAddr;
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use wire::frame::Packet;
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq, ethernet, icmp, ip, udp};

pub const INSIDE: usize = 0;
pub const OUTSIDE: usize = 1;
pub const ROUTER: [&str; 2] = ["192.168.1.1", "203.0.113.7"];

pub struct Lone {
    pub host: Host,
    pub now: Instant,
    timers: Vec<(TimerKey, Instant)>,
    /// Rules of what happened last.
    pub rules: Vec<&'static str>,
    /// Frames of what happened last.
    pub frames: Vec<(usize, Bytes)>,
}

fn mac(n: u8) -> [u8; 6] {
    [2, 0, 0, 0, 0, n]
}

/// Ends with a port each: `192.168.1.10:5000`.
type Ends<'a> = (&'a str, &'a str);

impl Lone {
    pub fn new(sysctls: &[&str], nat: Option<NatConfig>) -> Lone {
        let iface = |n: usize, net: [u8; 3], mtu| {
            let at = |k: u8| IpAddr::from([net[0], net[1], net[2], k]);
            IfaceConfig {
                name: format!("eth{n}"),
                mtu,
                neighbours: (1..=99).map(|k| (at(k), mac(k))).collect(),
                ..IfaceConfig::new(mac(200 + n as u8), ROUTER[n].parse().unwrap(), 24)
            }
        };
        let mut inside = iface(0, [192, 168, 1], 1500);
        inside.addrs.push(("2001:db8:1::1".parse().unwrap(), 64));
        let mut outside = iface(1, [203, 0, 113], 1400);
        outside.addrs.push(("2001:db8:2::1".parse().unwrap(), 64));
        for (iface, net) in [(&mut inside, 1), (&mut outside, 2)] {
            let at = |k: u8| IpAddr::from([0x2001, 0xdb8, net, 0, 0, 0, 0, u16::from(k)]);
            iface.neighbours.extend((2..=99).map(|k| (at(k), mac(k))));
        }
        let own = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"];
        let sysctls = own.iter().chain(sysctls).map(|s| s.split_once('=').unwrap());
        let config = HostConfig {
            name: "router".into(),
            ifaces: vec![inside, outside],
            routes: vec![RouteConfig::default_via("203.0.113.1".parse().unwrap(), Some(1))],
            nat,
            sysctls: sysctls.map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            seed: 7,
            ..HostConfig::default()
        };
        let host = Host::new(config).expect("a sound configuration");
        Lone { host, now: Instant::ZERO, timers: Vec::new(), rules: Vec::new(), frames: Vec::new() }
    }

    fn take(&mut self, out: Output, tape: Tape) -> Vec<String> {
        for (key, at) in out.timers {
            self.timers.retain(|(k, _)| *k != key);
            self.timers.extend(at.map(|at| (key, at)));
        }
        self.rules = tape.unwrap_or_default().iter().map(|d| d.rule.id).collect();
        self.frames = out.frames.into_iter().map(|s| (s.iface, s.frame)).collect();
        self.host.assert_invariants();
        self.frames.iter().map(|(iface, f)| format!("{} {}", ["in", "out"][*iface], line(f))).collect()
    }

    /// A frame arrives; what is sent because of it, `in` or `out` by which interface.
    pub fn feed(&mut self, iface: usize, frame: Bytes) -> Vec<String> {
        let (mut out, mut tape) = (Output::default(), Some(Vec::new()));
        self.host.frame_arrives(self.now, iface, frame, &mut out, &mut tape);
        self.take(out, tape)
    }
    /// Time goes by; what is sent because of it.
    pub fn wait(&mut self, seconds: f64) -> Vec<String> {
        let end = self.now + Duration((seconds * 1e9) as u64);
        let mut all = Vec::new();
        while let Some(&(key, at)) = self.timers.iter().filter(|(_, at)| *at <= end).min_by_key(|(_, at)| *at)
        {
            self.timers.retain(|(k, _)| *k != key);
            self.now = at;
            let (mut out, mut tape) = (Output::default(), Some(Vec::new()));
            self.host.timer_fires(at, key, &mut out, &mut tape);
            all.extend(self.take(out, tape));
        }
        self.now = end;
        all
    }
    /// The last rule that was told.
    pub fn why(&self) -> &'static str {
        self.rules.last().copied().unwrap_or("")
    }
    pub fn counter(&self, name: &str) -> u64 {
        self.host.counter(name)
    }
    pub fn udp(&mut self, iface: usize, ends: Ends, len: usize) -> Vec<String> {
        self.feed(iface, datagram(iface, ends, len, |_| {}))
    }
    pub fn tcp(&mut self, iface: usize, ends: Ends, flags: Flags) -> Vec<String> {
        self.feed(iface, segment(iface, ends, flags))
    }
}

fn link(iface: usize) -> Link {
    Link { dst: Mac(mac(200 + iface as u8)), src: Mac(mac(9)) }
}

fn split(ends: Ends) -> (ip::Addrs, u16, u16) {
    let end = |text: &str| -> (IpAddr, u16) {
        let (addr, port) = text.rsplit_once(':').expect("an address and a port");
        (addr.trim_matches(['[', ']']).parse().unwrap(), port.parse().unwrap())
    };
    let ((src, from), (dst, to)) = (end(ends.0), end(ends.1));
    (ip::Addrs::new(src, dst).unwrap(), from, to)
}

/// UDP with `len` octets, which may be fragmented; `change` changes its IP header.
pub fn datagram(iface: usize, ends: Ends, len: usize, change: impl Fn(&mut ip::Header)) -> Bytes {
    let (addrs, src_port, dst_port) = split(ends);
    let mut header = ip::Header { dont_fragment: false, ident: 77, ..ip::Header::new(addrs, ip::UDP) };
    change(&mut header);
    wire::frame::emit_udp(&link(iface), &header, &udp::Header { src_port, dst_port }, len, |o| {
        o.resize(o.len() + len, b'x');
    })
}

pub fn segment(iface: usize, ends: Ends, flags: Flags) -> Bytes {
    let (addrs, src_port, dst_port) = split(ends);
    let header = Header {
        src_port,
        dst_port,
        seq: Seq(1000),
        ack: Seq(0),
        flags,
        window: 65_535,
        urgent: 0,
        options: Options::default(),
    };
    wire::frame::emit_tcp(&link(iface), &ip::Header::new(addrs, ip::TCP), &header, 0, |_| {})
}

/// An echo request with this identifier.
pub fn echo(iface: usize, (src, dst): (&str, &str), id: u16, len: usize) -> Bytes {
    message(
        iface,
        (src, dst),
        icmp::Header { kind: icmp::v4::ECHO, code: 0, rest: u32::from(id) << 16 | 1 },
        &vec![0; len],
    )
}

pub fn message(iface: usize, (src, dst): (&str, &str), header: icmp::Header, payload: &[u8]) -> Bytes {
    let addrs = ip::Addrs::new(src.parse().unwrap(), dst.parse().unwrap()).unwrap();
    let head = ip::Header { dont_fragment: false, ident: 78, ..ip::Header::new(addrs, ip::ICMP) };
    wire::frame::emit_icmp(&link(iface), &head, &header, payload.len(), |o| o.extend_from_slice(payload))
}

/// An ICMP error of a router on the way about a frame, as it is there.
pub fn about(iface: usize, ends: (&str, &str), (kind, code, rest): (u8, u8, u32), frame: &Bytes) -> Bytes {
    let quote = &frame[ethernet::LEN..];
    message(iface, ends, icmp::Header { kind, code, rest }, &quote[..quote.len().min(100)])
}

/// The fragments of a frame for links of `mtu` octets.
pub fn fragments(frame: &Bytes, mtu: usize) -> Vec<Bytes> {
    let pieces = wire::datagram::cut(&frame[ethernet::LEN..], mtu, 99).expect("it can be cut");
    pieces.iter().map(|p| [&frame[..ethernet::LEN], p].concat().into()).collect()
}

/// A frame in a line; one with a checksum that is not right has none.
pub fn line(frame: &Bytes) -> String {
    let seen = wire::datagram::view(&frame[ethernet::LEN..]).expect("a datagram");
    if let Some(f) = seen.fragment {
        let more = if f.more { "+" } else { "" };
        return format!("fragment {}:{}{more}", f.offset, seen.payload.len());
    }
    let at = |addr: IpAddr, port: u16| std::net::SocketAddr::new(addr, port);
    match wire::frame::parse(frame).expect("a host sends sound frames").packet {
        Packet::Udp { ip, header, payload } => format!(
            "{} > {} udp {} ttl {}",
            at(ip.addrs.src(), header.src_port),
            at(ip.addrs.dst(), header.dst_port),
            payload.len(),
            ip.ttl
        ),
        Packet::Tcp { ip, header, .. } => format!(
            "{} > {} {:?}",
            at(ip.addrs.src(), header.src_port),
            at(ip.addrs.dst(), header.dst_port),
            header.flags
        ),
        Packet::Icmp { ip, header, payload } => {
            let quoted = icmp::quoted(&payload).filter(|_| !matches!(header.kind, 0 | 8 | 128 | 129));
            let about = quoted.map_or(String::new(), |q| {
                let ends = [at(q.addrs.src(), q.src_port), at(q.addrs.dst(), q.dst_port)];
                format!(" about {} > {}", ends[0], ends[1])
            });
            let rest = if header.kind == 0 || header.kind == 8 { header.rest >> 16 } else { header.rest };
            let (src, dst) = (ip.addrs.src(), ip.addrs.dst());
            format!("{src} > {dst} icmp {}/{} {rest}{about}", header.kind, header.code)
        }
        Packet::Arp(_) => "arp".into(),
    }
}
