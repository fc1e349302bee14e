//! Routers and translators, as scenarios tell them: packets, tables, outcome.
use crate::common;

use host::{TrackedDir, TrackedState};
use lab::Session;
use lab::scenario::Scenario;
use lab::view::View;
use net::NodeId;
use wire::frame::Packet;

fn at(s: &mut Session, seconds: f64) -> View {
    assert_ne!(s.run(1_000_000, seconds * 1e9).stopped, "budget");
    s.world().assert_invariants();
    s.view()
}

/// A shipped scenario, one node's settings changed.
fn with(id: &str, node: &str, sysctls: &[(&str, &str)]) -> Session {
    let mut scenario = Scenario::shipped(id).expect(id);
    let node = scenario.nodes.iter_mut().find(|n| n.name == node).expect("a node of this name");
    node.sysctls.extend(sysctls.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    Session::new(&serde_json::to_string(&scenario).unwrap(), None).unwrap()
}

fn node(s: &Session, name: &str) -> usize {
    s.view().nodes.iter().position(|n| n.name == name).expect("a node of this name")
}

fn counter(s: &Session, name: &str, counter: &str) -> u64 {
    s.world().host(NodeId(node(s, name) as u16)).unwrap().counter(counter)
}

fn output(v: &View, node: usize) -> String {
    v.nodes[node].processes.last().expect("a program").output.clone()
}

/// `NAT: 203.0.113.7:40000 > 198.51.100.80:80 SYN`, what is sent by one of `nodes`; ARP left out.
fn sent(s: &Session, nodes: &[&str]) -> Vec<String> {
    let names: Vec<String> = s.view().nodes.iter().map(|n| n.name.clone()).collect();
    let line = |(id, f): (usize, &lab::records::FrameRecord)| {
        let name = &names[usize::from(f.from)];
        let bytes = s.frame_bytes(id as u32).unwrap();
        if !nodes.contains(&name.as_str()) {
            return None;
        }
        let what = match wire::frame::parse(&bytes).ok()?.packet {
            Packet::Tcp { ip, header, payload } => {
                let flags = format!("{:?}", header.flags);
                let len = if payload.is_empty() { String::new() } else { format!(" {}", payload.len()) };
                let (src, dst) = (ip.addrs.src(), ip.addrs.dst());
                format!("{src}:{} > {dst}:{} {flags}{len}", header.src_port, header.dst_port)
            }
            Packet::Icmp { ip, header, .. } => {
                format!(
                    "{} > {} icmp {}/{} {}",
                    ip.addrs.src(),
                    ip.addrs.dst(),
                    header.kind,
                    header.code,
                    header.rest
                )
            }
            _ => return None,
        };
        Some(format!("{name}: {what}"))
    };
    s.frames().iter().enumerate().filter_map(line).collect()
}

#[test]
fn what_is_too_long_for_a_link_goes_again_in_smaller_segments() {
    let mut s = Session::new("pmtu-discovery", None).unwrap();
    let v = at(&mut s, 5.0);
    assert_eq!(output(&v, node(&s, "Client")), "6000 octets\n");
    let errors = sent(&s, &["R2"]);
    let errors: Vec<_> = errors.iter().filter(|l| l.contains("icmp")).collect();
    assert_eq!(errors.len(), 4, "a segment each");
    assert!(errors.iter().all(|l| *l == "R2: 10.0.2.1 > 10.0.2.80 icmp 3/4 1400"), "{errors:?}");
    let segments = sent(&s, &["Server"]);
    let longest = |l: &[String]| l.iter().filter_map(|l| l.rsplit(' ').next()?.parse::<u32>().ok()).max();
    let first = segments.iter().rposition(|l| l.ends_with(" 1448")).unwrap();
    assert_eq!(longest(&segments[first + 1..]), Some(1348), "1400 less 40 of headers, less 12 of timestamps");
    assert_eq!((counter(&s, "R2", "IpFragFails"), counter(&s, "R2", "IcmpOutDestUnreachs")), (4, 4));
    assert_eq!(counter(&s, "Server", "TCPTimeouts"), 0, "nobody waited for a timer");
}

#[test]
fn a_path_mtu_is_kept_for_the_next_connection_until_it_expires() {
    for (expires, least) in [("600", 1), ("2", 0)] {
        let mut scenario = Scenario::shipped("pmtu-discovery").unwrap();
        let mut again = scenario.nodes[0].programs[0].clone();
        again.start_us = 10_000_000;
        scenario.nodes[0].programs.push(again);
        scenario.nodes[3].sysctls.insert("net.ipv4.route.mtu_expires".into(), expires.into());
        let mut s = Session::new(&serde_json::to_string(&scenario).unwrap(), None).unwrap();
        let v = at(&mut s, 20.0);
        assert_eq!(output(&v, 0), "6000 octets\n");
        let errors = counter(&s, "R2", "IpFragFails");
        assert_eq!(errors, if least == 1 { 4 } else { 8 }, "mtu_expires {expires}");
    }
}

#[test]
fn a_black_hole_takes_full_segments_until_the_server_probes() {
    let mut s = Session::new("pmtu-black-hole", None).unwrap();
    let v = at(&mut s, 20.0);
    assert_eq!(output(&v, node(&s, "Client")), "", "the transfer stalls");
    assert!(counter(&s, "Server", "TCPTimeouts") >= 5);
    let mut s = with("pmtu-black-hole", "Server", &[("net.ipv4.tcp_mtu_probing", "1")]);
    let v = at(&mut s, 20.0);
    assert_eq!(output(&v, node(&s, "Client")), "6000 octets\n");
}

#[test]
fn datagrams_that_may_be_fragmented_are_and_are_put_together() {
    let mut s = with("pmtu-discovery", "Server", &[("net.ipv4.ip_no_pmtu_disc", "1")]);
    let v = at(&mut s, 5.0);
    assert_eq!(output(&v, node(&s, "Client")), "6000 octets\n");
    assert_eq!(counter(&s, "R2", "IpFragOKs"), 4);
    assert_eq!(counter(&s, "R2", "IpFragCreates"), 8);
    assert_eq!(counter(&s, "R1", "IpReasmReqds"), 0, "a router does not put together");
    assert_eq!(counter(&s, "Client", "IpReasmOKs"), 4);
}

#[test]
fn two_clients_behind_a_nat_share_an_address() {
    let mut s = Session::new("nat-client", None).unwrap();
    at(&mut s, 0.04);
    let nat = NodeId(node(&s, "NAT") as u16);
    let table: Vec<_> = s.world().host(nat).unwrap().tracked().unwrap().cloned().collect();
    let [laptop, phone] = &table[..] else { panic!("{table:?}") };
    assert_eq!((laptop.state, phone.state), (TrackedState::Established, TrackedState::Established));
    assert_eq!(laptop.original.src_port, 40000);
    assert_eq!(laptop.leaves(TrackedDir::Original).src, "203.0.113.7".parse::<std::net::Ipv4Addr>().unwrap());
    assert_eq!(laptop.reply.dst_port, 40000, "the first keeps its port");
    assert_ne!(phone.reply.dst_port, 40000, "the second gets another");
    let v = at(&mut s, 1.0);
    for client in ["Laptop", "Phone"] {
        assert_eq!(output(&v, node(&s, client)), "512 octets\n");
    }
    let said = output(&v, node(&s, "Server"));
    assert_eq!(
        said,
        format!("from 203.0.113.7 port 40000\nfrom 203.0.113.7 port {}\n", phone.reply.dst_port)
    );
    at(&mut s, 300.0);
    assert_eq!(s.world().host(nat).unwrap().tracked().unwrap().count(), 0, "TIME_WAIT is over");
}

#[test]
fn a_syn_from_outside_finds_no_mapping() {
    let mut s = Session::new("nat-server", None).unwrap();
    let v = at(&mut s, 60.0);
    assert_eq!(output(&v, node(&s, "Client")), "connect: Connection timed out\n");
    assert_eq!(counter(&s, "NAT", "IpInDiscards"), 3, "the SYN and two repeats");
    assert!(sent(&s, &["NAT", "Server"]).is_empty(), "nobody answers");
}

#[test]
fn who_is_not_asked_for_can_be_told_so() {
    let open = |policy: &str| {
        let json = serde_json::to_string(&Scenario::shipped("nat-server").unwrap()).unwrap();
        let json = json.replace(
            "\"kind\":\"nat\",",
            &format!("\"kind\":\"nat\",\"nat\":{{\"unsolicited\":\"{policy}\"}},"),
        );
        Session::new(&json, None).unwrap()
    };
    let mut s = open("accept");
    let v = at(&mut s, 60.0);
    assert_eq!(output(&v, node(&s, "Client")), "connect: Connection refused\n");
    assert_eq!(sent(&s, &["NAT"]), ["NAT: 203.0.113.7:80 > 198.51.100.20:58180 RST ACK"]);
    let mut s = open("reject");
    let v = at(&mut s, 60.0);
    assert_eq!(output(&v, node(&s, "Client")), "connect: No route to host\n");
    assert_eq!(sent(&s, &["NAT"]), ["NAT: 203.0.113.7 > 198.51.100.20 icmp 3/13 0"]);
}

#[test]
fn a_forwarded_port_leads_to_the_server_inside() {
    let mut s = Session::new("nat-server-forwarded", None).unwrap();
    let v = at(&mut s, 1.0);
    assert_eq!(output(&v, node(&s, "Client")), "512 octets\n");
    assert_eq!(
        output(&v, node(&s, "Server")),
        "from 198.51.100.20 port 58180\n",
        "its source is not translated"
    );
    assert_eq!(
        sent(&s, &["NAT"])[..3],
        [
            "NAT: 198.51.100.20:58180 > 192.168.1.10:80 SYN",
            "NAT: 203.0.113.7:80 > 198.51.100.20:58180 SYN ACK",
            "NAT: 198.51.100.20:58180 > 192.168.1.10:80 ACK",
        ]
    );
}

#[test]
fn an_echo_goes_over_three_routers_and_back() {
    let mut s = Session::new("ping", None).unwrap();
    let v = at(&mut s, 10.0);
    let said = output(&v, node(&s, "Client"));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].starts_with("64 octets from 10.0.3.80: icmp_seq=1 time="), "{said}");
    // 2 × (0.25 + 4 + 9 + 0.25) ms, and the time on the wires.
    assert!(lines[1..4].iter().all(|l| l.contains(" time=27.")), "{said}");
    assert_eq!(lines[4], "4 packets transmitted, 4 received");
    for router in ["R1", "R2", "R3"] {
        assert_eq!(counter(&s, router, "IpForwDatagrams"), 8);
    }
}

#[test]
fn the_last_router_says_that_there_is_no_such_host() {
    let json = serde_json::to_string(&Scenario::shipped("ping").unwrap()).unwrap();
    let mut s = Session::new(&json.replace("10.0.3.80/24", "10.0.3.81/24"), None).unwrap();
    at(&mut s, 10.0);
    let told = sent(&s, &["R3"]);
    assert!(!told.is_empty() && told.iter().all(|l| l == "R3: 10.0.2.3 > 10.0.0.10 icmp 3/1 0"), "{told:?}");
}

#[test]
fn traceroute_names_the_routers_on_the_way() {
    let mut s = Session::new("traceroute", None).unwrap();
    let v = at(&mut s, 30.0);
    let said = output(&v, node(&s, "Client"));
    let hops: Vec<String> =
        said.lines().map(|l| l.split("  ").take(2).collect::<Vec<_>>().join(" ").trim().to_owned()).collect();
    assert_eq!(hops, ["1 10.0.0.1", "2 10.0.1.2", "3 10.0.2.3", "4 10.0.3.80"], "{said}");
    assert_eq!(said.matches(" ms").count(), 12, "{said}");
    let told =
        |router: &str| sent(&s, &[router]).iter().filter(|l| l.contains("10.0.0.10 icmp 11/0")).count();
    assert_eq!((told("R3"), told("R2"), told("R1")), (3, 6, 9), "its own, and those that it passes on");
    for router in ["R1", "R2", "R3"] {
        assert_eq!(counter(&s, router, "IcmpOutTimeExcds"), 3);
    }
    assert_eq!(counter(&s, "Server", "UdpNoPorts"), 3);
}

#[test]
fn the_table_of_a_nat_is_there_to_watch() {
    let mut s = Session::new("nat-client", None).unwrap();
    let v = at(&mut s, 0.04);
    let nat = node(&s, "NAT");
    let row = &v.nodes[nat].network.tracked[0];
    assert_eq!(
        [&row.source, &row.source_after, &row.destination, &row.destination_after, &row.state],
        ["192.168.1.10:40000", "203.0.113.7:40000", "198.51.100.80:80", "198.51.100.80:80", "ESTABLISHED"]
    );
    let said = s.ask(nat as u32, "conntrack -L").unwrap().unwrap();
    assert!(
        said.starts_with(
            "tcp      6 431999 ESTABLISHED src=192.168.1.10 dst=198.51.100.80 sport=40000 dport=80 \
             src=198.51.100.80 dst=203.0.113.7 sport=80 dport=40000 [ASSURED] mark=0 use=1\n"
        ),
        "{said}"
    );
    let mut s = Session::new("pmtu-discovery", None).unwrap();
    let v = at(&mut s, 1.0);
    let learned = &v.nodes[node(&s, "Server")].network.path_mtus[0];
    assert_eq!((learned.destination.as_str(), learned.mtu), ("10.0.0.10", 1400));
}

/// At every interface: nothing is malformed, and every checksum is right. What an ICMP error quotes is left out where it is
/// TCP: tshark reckons with what is quoted as if that were all. Streams are not put together, as each segment is there at several
/// interfaces.
#[test]
fn tshark_reads_what_every_interface_saw() {
    let wrong = "_ws.malformed || ip.checksum.status == 0 || icmp.checksum.status == 0 \
        || (!icmp && (tcp.checksum.status == 0 || udp.checksum.status == 0))";
    for id in [
        "ping",
        "traceroute",
        "pmtu-discovery",
        "pmtu-black-hole",
        "nat-client",
        "nat-server",
        "nat-server-forwarded",
    ] {
        let mut s = Session::new(id, None).unwrap();
        let v = at(&mut s, 20.0);
        let all = v
            .nodes
            .iter()
            .flat_map(|n| n.network.interfaces.iter().map(move |i| format!("{}:{}", n.name, i.name)));
        let capture = s.capture_at(&all.collect::<Vec<_>>()).unwrap();
        let Some(bad) = common::tshark(&capture, &["-o", "tcp.desegment_tcp_streams:FALSE", "-Y", wrong])
        else {
            return;
        };
        assert!(bad.is_empty(), "{id}: {bad:#?}");
        let read = common::tshark(&capture, &["-T", "fields", "-e", "frame.number"]).unwrap();
        assert!(
            read.len() > s.frames().len(),
            "{id}: each frame is seen where it leaves and where it arrives"
        );
    }
}
