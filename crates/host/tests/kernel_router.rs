//! The machine's own kernel and ours, side by side, as routers and as translators: the same datagrams into the same of two
//! devices, in a network namespace of its own, and the same must come out of both.
//!
//! Skipped, and said so, where there is no namespace, TUN device, gcc, `ip`, `ss` or (for translation) `nft` to be had.

#[path = "kernel/device.rs"]
#[allow(dead_code)]
mod device;
mod lone;
#[path = "kernel/patience.rs"]
#[allow(dead_code)]
mod patience;

use bytes::Bytes;
use device::{Device, framed, sh};
use host::{NatConfig, PortForward, Unsolicited};
use lone::{INSIDE, Lone, OUTSIDE, about, datagram, echo, fragments, line, segment};
use patience::in_a_namespace;
use std::process::Command;
use std::time::Duration;
use wire::ethernet;
use wire::tcp::Flags;

const SYN_ACK: Flags = Flags(Flags::SYN.0 | Flags::ACK.0);
const FIN_ACK: Flags = Flags(Flags::FIN.0 | Flags::ACK.0);
const RST_ACK: Flags = Flags(Flags::RST.0 | Flags::ACK.0);

/// What must be the same: all octets, but the identification of what a host makes itself, and the checksum that covers it.
fn blank(mut datagram: Vec<u8>) -> Vec<u8> {
    let own = datagram[0] >> 4 == 4 && datagram[9] == 1 && !matches!(datagram[20], 8);
    if own || datagram[0] >> 4 == 4 && datagram[6] & 0x3f != 0 {
        datagram[4..6].fill(0);
        datagram[10..12].fill(0);
    }
    datagram
}

/// What comes in, where, and what it is to show.
type Script = Vec<(&'static str, usize, Bytes)>;

/// Both are fed the same; every difference is told.
fn both(ours: &mut Lone, script: Script) {
    let mut devices = [Device::new("in0"), Device::new("out0")];
    sh("ip addr add 192.168.1.1/24 dev in0; ip link set in0 mtu 1500 up;
        ip addr add 203.0.113.7/24 dev out0; ip link set out0 mtu 1400 up;
        ip route add default via 203.0.113.1 dev out0;
        ip -6 addr add 2001:db8:1::1/64 dev in0 nodad; ip -6 addr add 2001:db8:2::1/64 dev out0 nodad;
        cd /proc/sys/net; echo 1 > ipv4/ip_forward; echo 1 > ipv6/conf/all/forwarding; echo 0 > ipv4/icmp_ratelimit;
        echo 0 > ipv6/icmp/ratelimit; echo 0 > ipv6/auto_flowlabels; for d in all in0 out0; do echo 0 > ipv4/conf/$d/rp_filter; done");
    let mut wrong = Vec::new();
    for (what, iface, frame) in script {
        let expected = ours.feed(iface, frame.clone());
        let mut rest: Vec<_> =
            ours.frames.iter().map(|(i, f)| (*i, blank(f[ethernet::LEN..].to_vec()))).collect();
        devices[iface].put(&frame);
        let mut came = Vec::new();
        // In the order of each device; what there should be none of is given a moment.
        for (n, device) in devices.iter().enumerate() {
            let due = rest.iter().filter(|(i, _)| *i == n).count();
            for k in 0.. {
                let patience = if k < due { Duration::from_secs(2) } else { Duration::from_millis(60) };
                let Some(datagram) = device.next(patience) else { break };
                came.push((n, blank(datagram)));
            }
        }
        rest.sort_by_key(|(i, _)| *i);
        if rest != came {
            let name = |(i, d): &(usize, Vec<u8>)| format!("{} {}", ["in", "out"][*i], line(&framed(d)));
            let octets =
                |all: &[(usize, Vec<u8>)]| all.iter().map(|(_, d)| wire::hex::encode(d)).collect::<Vec<_>>();
            wrong.push(format!(
                "{what}:\n  kernel {:?}\n  ours   {expected:?}\n  kernel {:?}\n  ours   {:?}",
                came.iter().map(name).collect::<Vec<_>>(),
                octets(&came),
                octets(&rest)
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const FREE: [&str; 2] = ["net.ipv4.icmp_ratelimit=0", "net.ipv4.conf.all.send_redirects=0"];

#[test]
fn a_router() {
    if in_a_namespace("a_router") {
        return;
    }
    let out = ("192.168.1.10:5000", "198.51.100.80:53");
    let six = ("[2001:db8:1::10]:5000", "[2001:db8:2::50]:53");
    let at = |ends| datagram(INSIDE, ends, 9, |_| {});
    let mut script: Script = vec![
        ("a datagram passes", INSIDE, at(out)),
        ("over IPv6", INSIDE, at(six)),
        ("TTL 1", INSIDE, datagram(INSIDE, out, 9, |h| h.ttl = 1)),
        ("hop limit 1", INSIDE, datagram(INSIDE, six, 9, |h| h.ttl = 1)),
        ("too long", INSIDE, datagram(INSIDE, out, 1400, |h| h.dont_fragment = true)),
        ("too long over IPv6", INSIDE, datagram(INSIDE, six, 1400, |_| {})),
        ("cut", INSIDE, datagram(INSIDE, out, 1400, |_| {})),
        ("no route over IPv6", INSIDE, at(("[2001:db8:1::10]:5000", "[2001:db8:99::1]:53"))),
        ("closed port", INSIDE, at(("192.168.1.10:5000", "192.168.1.1:9"))),
        ("closed port over IPv6", INSIDE, at(("[2001:db8:1::10]:5000", "[2001:db8:1::1]:9"))),
        (
            "unknown protocol",
            INSIDE,
            datagram(INSIDE, ("192.168.1.10:5000", "192.168.1.1:9"), 9, |h| h.protocol = 200),
        ),
        ("an echo", INSIDE, echo(INSIDE, ("192.168.1.10", "192.168.1.1"), 7, 100)),
        ("an echo to the far side", INSIDE, echo(INSIDE, ("192.168.1.10", "203.0.113.7"), 7, 100)),
        ("closed port of TCP", INSIDE, segment(INSIDE, ("192.168.1.10:5000", "192.168.1.1:9"), Flags::SYN)),
        ("to everybody", INSIDE, at(("192.168.1.10:5000", "192.168.1.255:9"))),
    ];
    for (n, part) in fragments(&datagram(INSIDE, out, 2000, |_| {}), 1500).into_iter().enumerate() {
        script.push((["a fragment is cut again", "a later fragment"][n], INSIDE, part));
    }
    let parts = fragments(&echo(INSIDE, ("192.168.1.10", "192.168.1.1"), 7, 3500), 1500);
    for n in [2, 0, 0, 1] {
        script.push(("parts of an echo", INSIDE, parts[n].clone()));
    }
    script.push(("the first part alone", INSIDE, parts[0].clone()));
    let other = fragments(&echo(INSIDE, ("192.168.1.10", "192.168.1.1"), 7, 3500), 1000);
    script.push(("an overlap", INSIDE, other[1].clone()));
    script.push(("the rest of what was given up", INSIDE, parts[1].clone()));
    script.push(("and the last", INSIDE, parts[2].clone()));
    both(&mut Lone::new(&FREE, None), script);
}

#[test]
fn a_translator() {
    if Command::new("nft").arg("--version").output().is_err() {
        eprintln!("skipped: no nft here (apt-get install nftables)");
        return;
    }
    if in_a_namespace("a_translator") {
        return;
    }
    sh("nft -f - <<'END'
table ip nat {
  chain pre { type nat hook prerouting priority dstnat; iifname out0 tcp dport 80 dnat to 192.168.1.20:8080; }
  chain post { type nat hook postrouting priority srcnat; oifname out0 masquerade; }
}
END");
    let forwards = vec![PortForward { protocol: 6, port: 80, to: [192, 168, 1, 20].into(), to_port: 8080 }];
    // A plain set of rules of nft has no filter and no hairpin.
    let config =
        NatConfig { unsolicited: Unsolicited::Accept, hairpin: false, forwards, ..NatConfig::default() };
    let (a, s) = ("192.168.1.10:5000", "198.51.100.80:7");
    let outer = "203.0.113.7:5000";
    let out = |flags| segment(INSIDE, (a, s), flags);
    let back = |flags| segment(OUTSIDE, (s, outer), flags);
    let udp = datagram(INSIDE, (a, "198.51.100.80:53"), 9, |_| {});
    let as_sent = datagram(OUTSIDE, (outer, "198.51.100.80:53"), 9, |h| h.ttl = 63);
    let web = ("198.51.100.90:4000", "203.0.113.7:80");
    let inner_web = ("192.168.1.20:8080", "198.51.100.90:4000");
    let parts = fragments(&datagram(INSIDE, ("192.168.1.10:7777", s), 3000, |_| {}), 1500);
    let script: Script = vec![
        ("connect", INSIDE, out(Flags::SYN)),
        ("SYN-ACK", OUTSIDE, back(SYN_ACK)),
        ("ACK", INSIDE, out(Flags::ACK)),
        ("FIN", INSIDE, out(FIN_ACK)),
        ("its FIN", OUTSIDE, back(FIN_ACK)),
        ("last ACK", INSIDE, out(Flags::ACK)),
        ("UDP", INSIDE, udp),
        ("its answer", OUTSIDE, datagram(OUTSIDE, ("198.51.100.80:53", outer), 20, |_| {})),
        ("another peer", OUTSIDE, datagram(OUTSIDE, ("198.51.100.81:53", outer), 20, |_| {})),
        ("an error about it", OUTSIDE, about(OUTSIDE, ("198.51.100.1", "203.0.113.7"), (3, 1, 0), &as_sent)),
        (
            "frag needed about it",
            OUTSIDE,
            about(OUTSIDE, ("198.51.100.1", "203.0.113.7"), (3, 4, 1300), &as_sent),
        ),
        (
            "an answer that dies here",
            OUTSIDE,
            datagram(OUTSIDE, ("198.51.100.80:53", outer), 20, |h| h.ttl = 1),
        ),
        (
            "too long for outside",
            INSIDE,
            datagram(INSIDE, (a, "198.51.100.80:53"), 1400, |h| h.dont_fragment = true),
        ),
        ("an echo", INSIDE, echo(INSIDE, ("192.168.1.10", "198.51.100.80"), 77, 20)),
        ("a SYN that nobody asked for", OUTSIDE, segment(OUTSIDE, (s, "203.0.113.7:8888"), Flags::SYN)),
        ("a forwarded port", OUTSIDE, segment(OUTSIDE, web, Flags::SYN)),
        ("its SYN-ACK", INSIDE, segment(INSIDE, inner_web, SYN_ACK)),
        ("its reset", INSIDE, segment(INSIDE, inner_web, RST_ACK)),
        ("a refused one", OUTSIDE, segment(OUTSIDE, ("198.51.100.90:4001", "203.0.113.7:80"), Flags::SYN)),
        ("its RST", INSIDE, segment(INSIDE, ("192.168.1.20:8080", "198.51.100.90:4001"), RST_ACK)),
        ("from the middle", INSIDE, segment(INSIDE, ("192.168.1.10:6000", s), Flags::ACK)),
        ("simultaneous open", INSIDE, segment(INSIDE, ("192.168.1.10:6001", s), Flags::SYN)),
        ("the other SYN", OUTSIDE, segment(OUTSIDE, (s, "203.0.113.7:6001"), Flags::SYN)),
        ("the inner SYN-ACK", INSIDE, segment(INSIDE, ("192.168.1.10:6001", s), SYN_ACK)),
        ("the first part", INSIDE, parts[0].clone()),
        ("the third part", INSIDE, parts[2].clone()),
        ("the second part", INSIDE, parts[1].clone()),
    ];
    both(&mut Lone::new(&FREE, Some(config)), script);
}
