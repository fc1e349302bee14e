//! Hosts on a LAN: who asks whom for an address, what waits for it, what a call gets when nobody answers, and what becomes
//! of addresses, masks and gateways that are wrong.

use crate::words::*;
use lab::Session;
use lab::records::Fate;
use lab::view::Command;
use std::net::Ipv6Addr;
use wire::frame::Packet;
use wire::ip::{self, Addrs};
use wire::ndisc::Solicitation;
use wire::{Link, Mac};

/// A line a frame: when it left (ms), who sent it to whom, what it is, and why it was not taken.
fn packets(session: &Session) -> Vec<String> {
    let names: Vec<String> = session.view().nodes.iter().map(|n| n.name.clone()).collect();
    let name = |n: u16| names.get(usize::from(n)).map_or("nobody", String::as_str);
    let line = |(id, f): (usize, &lab::records::FrameRecord)| {
        let hex = session.packet(id as u32).expect("a packet").hex;
        let bytes: Vec<u8> = lab::hex::decode(&hex).expect("hex").into();
        let what = match wire::frame::parse(&bytes.into()).map(|f| f.packet) {
            Ok(Packet::Arp(a)) if a.opcode == wire::arp::REQUEST => {
                format!("who has {}? tell {}", a.dst_ip, a.src_ip)
            }
            Ok(Packet::Arp(a)) => format!("{} is at {}", a.src_ip, a.src_mac),
            Ok(Packet::Tcp { header, .. }) => format!("{:?}", header.flags),
            Ok(Packet::Icmp { ip, header, .. }) => {
                format!("{} → {} ICMP {}", ip.addrs.src(), ip.addrs.dst(), header.kind)
            }
            other => format!("{other:?}"),
        };
        let refused = match f.fate {
            fate if fate == Fate::Delivered as u8 || fate == Fate::Flying as u8 => String::new(),
            _ => lab::rules::at(f.reason).map_or(String::new(), |r| format!("  {}", r.id)),
        };
        format!("{:.3} {} → {}  {what}{refused}", f.sent / 1e6, name(f.from), name(f.to))
    };
    session.frames().iter().enumerate().map(line).collect()
}

fn output(session: &Session, node: &str) -> String {
    let view = session.view();
    let node = view.nodes.iter().find(|n| n.name == node).expect("a node");
    node.processes.iter().map(|p| p.output.clone()).collect()
}

fn ask(session: &Session, node: u32, line: &str) -> String {
    session.ask(node, line).expect("understood").expect("no call")
}

/// The neighbour entries of a node: address, state.
fn neighbours(session: &Session, node: u16) -> Vec<(String, &'static str)> {
    let host = session.world().host(net::NodeId(node)).expect("a host");
    host.neighbours().iter().map(|n| (n.addr.to_string(), n.state.name())).collect()
}

fn run_until(session: &mut Session, seconds: f64) {
    session.run(100_000, seconds * 1e9);
}

/// Rules of all steps up to here at a node, each once, in the order in which they first came.
fn rules_at(session: &mut Session, node: u32) -> Vec<String> {
    let mut seen = Vec::new();
    let steps = session.view().step;
    for step in 1..=steps {
        session.seek(step);
        let trace = session.trace();
        if trace.info.and_then(|i| i.node) == Some(node) {
            seen.extend(trace.rules.into_iter().map(|r| r.id));
        }
    }
    let mut first = Vec::new();
    seen.retain(|id: &String| {
        let new = !first.contains(id);
        if new {
            first.push(id.clone());
        }
        new
    });
    seen
}

#[test]
fn the_syn_waits_while_everybody_is_asked() {
    let mut s = open("lan-arp");
    let waiting =
        until(&mut s, "the SYN waits", |v| v.nodes[0].network.neighbours.iter().any(|n| n.waiting == 1));
    assert_eq!(waiting.nodes[0].network.neighbours[0].state, "INCOMPLETE");
    assert!(waiting.nodes[0].network.neighbours[0].changed);
    run_until(&mut s, 0.0013);
    assert_eq!(
        packets(&s)[..7],
        [
            "1.020 Client → Switch  who has 192.168.1.20? tell 192.168.1.10",
            "1.073 Switch → Server  who has 192.168.1.20? tell 192.168.1.10",
            "1.073 Switch → Bystander  who has 192.168.1.20? tell 192.168.1.10",
            "1.127 Server → Switch  192.168.1.20 is at 02:00:00:00:00:02",
            "1.180 Switch → Client  192.168.1.20 is at 02:00:00:00:00:02",
            "1.233 Client → Switch  SYN",
            "1.289 Switch → Server  SYN",
        ]
    );
    assert_eq!(neighbours(&s, 0), [("192.168.1.20".into(), "REACHABLE")]);
    // Who is asked remembers who asked, but does not take it for sure; who is not asked remembers nothing.
    assert_eq!(neighbours(&s, 1), [("192.168.1.10".into(), "STALE")]);
    assert_eq!(neighbours(&s, 2), []);
    assert_eq!(ask(&s, 0, "ip neigh"), "192.168.1.20 dev eth0 lladdr 02:00:00:00:00:02 REACHABLE\n");
    assert!(ask(&s, 0, "arp -n").contains("192.168.1.20             ether   02:00:00:00:00:02"));
    // The switch has learned two of its three ports.
    assert_eq!(ask(&s, 3, "bridge fdb").lines().count(), 2);
    assert!(rules_at(&mut s, 3).starts_with(&["net.switch.learned".into(), "net.switch.group".into()]));
}

/// IPv6: an address is asked for before it is used, a neighbour by the group that its address names; one socket serves both
/// families.
#[test]
fn a_neighbour_is_asked_by_its_group() {
    let mut s = open("lan-nd");
    run_until(&mut s, 3.0);
    let line = |f: &lab::records::FrameRecord, id: usize| {
        let hex = s.packet(id as u32).expect("a packet").hex;
        let bytes: Vec<u8> = lab::hex::decode(&hex).expect("hex").into();
        (f.from == 0).then(|| wire::summary::line(&bytes))
    };
    let said: Vec<_> = s.frames().iter().enumerate().filter_map(|(id, f)| line(f, id)).collect();
    let asks = |about: &str| said.iter().filter(|l| l.contains("solicitation") && l.ends_with(about)).count();
    // For its own two addresses, then for the server's; the SYN comes only behind the answer.
    assert_eq!(asks("who has 2001:db8:1::10, length 24"), 1, "{said:?}");
    assert_eq!(asks("who has fe80::ff:fe00:1, length 24"), 1, "{said:?}");
    let asked = said
        .iter()
        .position(|l| l.starts_with("IP6 2001:db8:1::10 > ff02::1:ff00:20: ICMP6"))
        .expect("asked");
    let syn = said.iter().position(|l| l.contains("Flags [S]")).expect("a SYN");
    assert_eq!(syn, asked + 1, "{said:?}");
    let known = neighbours(&s, 0);
    assert!(known.contains(&("2001:db8:1::20".into(), "REACHABLE")), "{known:?}");
    // To the server both clients have addresses of IPv6.
    assert_eq!(output(&s, "Server"), "2001:db8:1::10 comes\n::ffff:192.168.1.10 comes\n");
    assert_eq!(
        [output(&s, "Client"), output(&s, "Old client")],
        ["6 octets came back\n", "6 octets came back\n"]
    );
}

#[test]
fn an_entry_grows_stale_and_traffic_makes_it_sure_again() {
    let mut s = open("lan-arp");
    let mut seen = Vec::new();
    for tenths in 0..1_200 {
        run_until(&mut s, f64::from(tenths) / 10.0);
        let state = neighbours(&s, 0).first().map_or("none", |n| n.1);
        if seen.last() != Some(&state) {
            seen.push(state);
        }
    }
    // Nothing for half a minute or so; then it is used, and TCP's acknowledgments say that it is there.
    assert_eq!(seen, ["none", "REACHABLE", "STALE", "DELAY", "REACHABLE", "STALE"]);
    let requests = packets(&s).iter().filter(|l| l.contains("who has")).count();
    assert_eq!(requests, 3, "asked once, over three cables");
    assert_eq!(output(&s, "Client"), "6 octets came back\n6 octets came back\n");
}

#[test]
fn without_traffic_back_the_neighbour_is_asked_alone() {
    // What a router sends on confirms nothing: five seconds after a stale entry is used, it asks.
    let mut s = open("no-gateway");
    run_until(&mut s, 30.0);
    let asked = packets(&s);
    let asked: Vec<_> = asked.iter().filter(|l| l.contains("who has 192.168.1.11?")).collect();
    assert_eq!(asked.len(), 2, "{asked:?}: one over each cable, and none to the bystander");
    let at: f64 = asked[0].split(' ').next().unwrap().parse().unwrap();
    assert!((5_000.0..5_010.0).contains(&at), "{asked:?}");
}

#[test]
fn a_hub_shows_everybody_everything() {
    let mut s = open("lan-hub");
    run_until(&mut s, 1.0);
    let lines = packets(&s);
    let seen = |to: &str| lines.iter().filter(|l| l.contains(to)).count();
    assert_eq!(seen("→ Bystander"), seen("Client → Hub") + seen("Server → Hub"));
    let ignored = lines.iter().filter(|l| l.ends_with("host.link.not_for_us")).count();
    assert_eq!(ignored, seen("→ Bystander") - 1, "all but the question to everybody");
    let mut switched = open("lan-arp");
    run_until(&mut switched, 1.0);
    let lines = packets(&switched);
    assert_eq!(lines.iter().filter(|l| l.contains("→ Bystander")).count(), 1);
}

/// How long connect took a node, s.
fn patience(session: &Session, node: u32) -> f64 {
    let log = session.log(Some(node), 1_000);
    let times: Vec<f64> = log.iter().filter(|l| l.text.contains("connect")).map(|l| l.time).collect();
    let [entered, returned, ..] = times[..] else { panic!("{times:?}: connect, and its end") };
    (returned - entered) / 1e9
}

#[test]
fn a_wrong_mask_makes_a_far_host_a_neighbour_that_nobody_is() {
    let mut s = open("wrong-mask");
    run_until(&mut s, 30.0);
    assert_eq!(output(&s, "Wrong"), "connect: No route to host\n");
    assert_eq!(output(&s, "Right"), "6 octets came back\n");
    let asked = packets(&s);
    let asked: Vec<_> =
        asked.iter().filter(|l| l.contains("Wrong → Switch  who has 192.168.2.20?")).collect();
    let times: Vec<_> = asked.iter().map(|l| l.split(' ').next().unwrap()).collect();
    assert_eq!(times, ["1.020", "1001.020", "2001.020"], "asked three times, a second apart");
    assert_eq!(neighbours(&s, 0), [("192.168.2.20".into(), "FAILED")]);
    assert_eq!(patience(&s, 0), 3.0);
    assert_eq!(ask(&s, 0, "ip r").lines().next(), Some("default via 192.168.1.1 dev eth0"));
    let rules = rules_at(&mut s, 0);
    assert!(rules.contains(&"host.route.on_link".into()) && rules.contains(&"host.neigh.perhaps_far".into()));
}

#[test]
fn without_a_gateway_connect_fails_at_once() {
    let mut s = open("no-gateway");
    run_until(&mut s, 30.0);
    assert_eq!(output(&s, "Wrong"), "connect: Network is unreachable\n");
    assert_eq!(output(&s, "Right"), "6 octets came back\n");
    assert!(!packets(&s).iter().any(|l| l.contains("Wrong → ")), "not a frame");
    assert_eq!(ask(&s, 0, "ip route"), "192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.10\n");
    assert!(rules_at(&mut s, 0).contains(&"host.ip.route_missing".into()));
}

#[test]
fn a_gateway_outside_the_network_is_refused() {
    let mut s = open("gateway-outside");
    run_until(&mut s, 30.0);
    assert_eq!(output(&s, "Wrong"), "connect: Network is unreachable\n");
    assert_eq!(output(&s, "Right"), "6 octets came back\n");
    assert!(!packets(&s).iter().any(|l| l.contains("Wrong → ")), "not a frame");
    let view = s.view();
    let refused: Vec<_> = view.nodes[0].network.routes.iter().filter(|r| r.refused).collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].via.as_deref(), Some("192.168.0.1"));
    assert!(
        ask(&s, 0, "ip route").contains("default via 192.168.0.1  # Error: Nexthop has invalid gateway.")
    );
    assert!(rules_at(&mut s, 0).contains(&"host.ip.gateway_refused".into()));
}

#[test]
fn two_hosts_with_one_address_take_a_connection_from_each_other() {
    let mut s = open("duplicate-address");
    run_until(&mut s, 3.0);
    assert_eq!(ask(&s, 0, "ip neigh"), "192.168.1.20 dev eth0 lladdr 02:00:00:00:00:02 REACHABLE\n");
    let answers = packets(&s);
    let answers: Vec<_> = answers.iter().filter(|l| l.contains("Client  192.168.1.20 is at")).collect();
    assert_eq!(answers.len(), 2, "both answer; the first one counts (locktime)");
    // The server hears its twin announce itself: it says nothing, but the page can.
    let address = &s.view().nodes[1].network.interfaces[0].addresses[0];
    assert_eq!(address.conflict.as_deref(), Some("02:00:00:00:00:03"));
    run_until(&mut s, 60.0);
    assert!(ask(&s, 0, "ip neigh").contains("02:00:00:00:00:03"), "the twin spoke last");
    assert_eq!(output(&s, "Client"), "read: Connection reset by peer\n");
    let lines = packets(&s);
    assert!(lines.iter().any(|l| l.contains("Twin → Switch  RST")), "it knows nothing of the connection");
    let rules = rules_at(&mut s, 0);
    assert!(rules.contains(&"host.neigh.kept".into()) && rules.contains(&"host.neigh.changed".into()));
}

#[test]
fn a_connection_has_its_letter_while_its_syn_still_waits_for_the_neighbour() {
    let mut session = open("lan-arp");
    while session.view().flows.is_empty() && session.step() {}
    assert!(session.frames().iter().all(|f| f.flags == 0), "no SYN has left yet");
    let view = session.view();
    assert_eq!(view.flows[0].letter, "A");
    let state = lab::records::MarkKind::State as u8;
    assert!(session.marks().iter().any(|m| m.kind == state && m.flow == 0), "SYN-SENT is told of it");
}

/// RFC 4861 §4.4: a neighbour advertisement says whether who sends it is a router.
#[test]
fn a_router_says_that_it_is_one() {
    let text = r#"{"version": 2, "id": "x", "title": {"en": "", "zh": ""}, "summary": {"en": "", "zh": ""}, "nodes": [
        {"name": "Host", "interfaces": [{"name": "eth0", "addresses": ["fd00::1/64"]}]},
        {"name": "Router", "kind": "router", "interfaces": [{"name": "eth0", "addresses": ["fd00::2/64"]}]}],
        "links": [{"name": "wire", "delay_us": 10, "ends": [{"node": "Host"}, {"node": "Router"}]}]}"#;
    let mut s = Session::new(text, None).unwrap();
    s.run(1_000, 5e9);
    // Each asks for the other: R, S and O are the first bits of an answer's second word.
    for (node, flags) in [(0u8, 0xe0), (1, 0x60)] {
        let (me, other) = (Mac([2, 0, 0, 0, 0, node + 1]), Mac([2, 0, 0, 0, 0, 2 - node]));
        let address = |n: u8| Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, n.into());
        let addrs = Addrs::V6 { src: address(node + 1), dst: address(2 - node) };
        let mut header = ip::Header::new(addrs, ip::ICMPV6);
        header.ttl = 255;
        let question = Solicitation { target: address(2 - node), source: Some(me) };
        let frame = wire::ndisc::emit_solicitation(&Link { dst: other, src: me }, &header, &question);
        let sent = s.frames().len();
        s.command(Command::Inject { node: node.into(), hex: lab::hex::encode(&frame) }).unwrap();
        s.run(20, f64::INFINITY);
        let answers: Vec<u8> = (sent + 1..s.frames().len())
            .map(|id| s.frame_bytes(id as u32).unwrap())
            .filter(|f| f.get(20) == Some(&58) && f.get(54) == Some(&136))
            .map(|f| f[58])
            .collect();
        assert_eq!(answers, [flags], "asked by node {node}");
    }
}
