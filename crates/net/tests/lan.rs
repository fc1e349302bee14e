//! Switches and hubs, and what IPv6 and the settings of neighbour tables do, between hosts on them.

use host::{Call, CallResult, Fd, HostConfig, HostEvent, IfaceConfig, Nud, Pid, RouteConfig};
use net::{
    BridgeConfig, BridgeKind, Impairments, LinkConfig, NodeId, PortConfig, StepLog, World, WorldConfig,
};
use std::net::{IpAddr, SocketAddr};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use wire::frame::Packet;

const SHELL: Pid = Pid(0);

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn mac(n: usize) -> [u8; 6] {
    [2, 0, 0, 0, 0, n as u8 + 1]
}

/// A host that asks for its neighbours.
fn host(n: usize, addr: &str, prefix: u8, sysctls: &[(&str, &str)]) -> HostConfig {
    HostConfig {
        name: format!("h{n}"),
        ifaces: vec![IfaceConfig { arp: true, ..IfaceConfig::new(mac(n), ip(addr), prefix) }],
        sysctls: sysctls.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
        seed: n as u64,
        ..HostConfig::default()
    }
}

/// A node with so many ports.
fn bridge(n: usize, ports: usize) -> HostConfig {
    let port = |k: usize| IfaceConfig {
        name: format!("port{}", k + 1),
        addrs: Vec::new(),
        ..IfaceConfig::new([2, 0, 0, k as u8 + 1, 0, n as u8 + 1], ip("0.0.0.0"), 0)
    };
    HostConfig { name: format!("bridge{n}"), ifaces: (0..ports).map(port).collect(), ..HostConfig::default() }
}

/// A world with what happened in it.
struct Lan {
    world: World,
    log: StepLog,
    /// Every frame put on a link: time, sender, receiver, octets.
    frames: Vec<(Instant, u16, Option<u16>, bytes::Bytes)>,
    returned: Vec<(f64, CallResult)>,
}

impl Lan {
    fn new(nodes: Vec<HostConfig>, cables: &[[(usize, usize); 2]], bridges: &[(usize, BridgeKind)]) -> Lan {
        let sends = Impairments { delay: Duration::from_micros(100), ..Impairments::default() };
        let cable = |ends: &[(usize, usize); 2]| LinkConfig {
            name: "cable".into(),
            ports: ends.map(|(node, iface)| PortConfig { node, iface, sends: sends.clone() }).to_vec(),
            cable: true,
        };
        let config = WorldConfig {
            nodes,
            links: cables.iter().map(cable).collect(),
            seed: 1,
            parks: vec![],
            floods: vec![],
            rules: vec![],
            bridges: bridges.iter().map(|&(node, kind)| BridgeConfig { node, kind }).collect(),
        };
        let world = World::new(&config).expect("a world");
        Lan { world, log: StepLog::default(), frames: vec![], returned: vec![] }
    }

    /// Hosts of a star around a bridge, which is the last node.
    fn star(hosts: Vec<HostConfig>, kind: BridgeKind) -> Lan {
        let n = hosts.len();
        let cables: Vec<_> = (0..n).map(|k| [(k, 0), (n, k)]).collect();
        let nodes = hosts.into_iter().chain([bridge(n, n)]).collect();
        Lan::new(nodes, &cables, &[(n, kind)])
    }

    fn keep(&mut self) {
        for l in &self.log.launched {
            self.frames.push((l.sent, l.from.0, l.to.map(|t| t.0), l.bytes.clone()));
        }
        for (_, event) in &self.log.events {
            if let HostEvent::CallReturned { result, .. } = event {
                self.returned.push((self.log.time.0 as f64 / 1e9, result.clone()));
            }
        }
    }

    fn call(&mut self, node: u16, call: Call) -> CallResult {
        let result =
            self.world.call(NodeId(node), SHELL, call, &mut self.log, &mut Tape::None).expect("a host");
        self.keep();
        result
    }

    fn done(&mut self, node: u16, call: Call) -> Fd {
        let CallResult::Done(n, _) = self.call(node, call.clone()) else { panic!("{call:?}") };
        n as Fd
    }

    fn run_until(&mut self, seconds: f64) {
        let end = Instant((seconds * 1e9) as u64);
        while self.world.next().is_some_and(|(at, _)| at <= end) {
            self.world.step(&mut self.log, &mut Tape::None);
            self.world.assert_invariants();
            self.keep();
        }
    }

    fn listen(&mut self, node: u16, addr: &str) {
        let addr: SocketAddr = addr.parse().expect("an address and a port");
        let fd = self.done(node, Call::stream_for(&addr));
        self.done(node, Call::Bind { fd, addr });
        self.done(node, Call::Listen { fd, backlog: 5 });
    }

    fn connect(&mut self, node: u16, to: &str) -> CallResult {
        let addr: SocketAddr = to.parse().expect("an address and a port");
        let fd = self.done(node, Call::stream_for(&addr));
        self.call(node, Call::Connect { fd, addr })
    }

    fn state(&self, node: u16, addr: &str) -> Option<Nud> {
        let all = self.world.host(NodeId(node)).expect("a host").neighbours();
        all.iter().find(|n| n.addr == ip(addr)).map(|n| n.state)
    }

    /// Neighbour Discovery's messages that a node sent: ms, type, from, to.
    fn discovery(&self, node: u16) -> Vec<String> {
        let line = |(at, from, _, bytes): &(Instant, u16, Option<u16>, bytes::Bytes)| {
            let Ok(Packet::Icmp { ip, header, .. }) = wire::frame::parse(bytes).map(|f| f.packet) else {
                return None;
            };
            let text = format!("{} {} → {}", header.kind, ip.addrs.src(), ip.addrs.dst());
            (*from == node).then_some((at.as_millis(), text)).map(|(_, text)| text)
        };
        self.frames.iter().filter_map(line).collect()
    }
}

#[test]
fn ipv6_asks_the_group_and_not_everybody() {
    let hosts = (0..3).map(|n| host(n, &format!("2001:db8::{}", n + 1), 64, &[])).collect();
    let mut lan = Lan::star(hosts, BridgeKind::SWITCH);
    lan.listen(1, "[::]:80");
    assert_eq!(lan.connect(0, "[2001:db8::2]:80"), CallResult::Blocked);
    assert_eq!(lan.state(0, "2001:db8::2"), Some(Nud::Incomplete));
    lan.run_until(1.0);
    assert!(matches!(lan.returned[..], [.., (_, CallResult::Done(0, _))]), "{:?}", lan.returned);
    assert_eq!(lan.discovery(0), ["135 2001:db8::1 → ff02::1:ff00:2"]);
    assert_eq!(lan.discovery(1), ["136 2001:db8::2 → 2001:db8::1"]);
    assert_eq!(lan.state(0, "2001:db8::2"), Some(Nud::Reachable));
    // It was asked by one who said where he is: that is known, but not for sure, until TCP's acknowledgments came.
    assert!(matches!(lan.state(1, "2001:db8::1"), Some(Nud::Delay)), "{:?}", lan.state(1, "2001:db8::1"));
    assert_eq!(lan.state(2, "2001:db8::1"), None);
}

#[test]
fn an_address_that_nobody_has_is_ours_after_a_second() {
    let dad = [("net.ipv6.conf.all.dad_transmits", "1")];
    let hosts = vec![host(0, "2001:db8::1", 64, &dad), host(1, "2001:db8::2", 64, &[])];
    let mut lan = Lan::star(hosts, BridgeKind::SWITCH);
    assert_eq!(lan.connect(0, "[2001:db8::2]:80"), CallResult::Errno(host::Errno("EADDRNOTAVAIL")));
    lan.run_until(3.0);
    // The address, and the one on the link that the host made itself.
    let mut asked = lan.discovery(0);
    asked.sort();
    assert_eq!(asked, ["135 :: → ff02::1:ff00:1", "135 :: → ff02::1:ff00:1"]);
    assert_eq!(lan.connect(0, "[2001:db8::2]:80"), CallResult::Blocked);
}

#[test]
fn an_address_that_somebody_has_is_never_used() {
    let dad = [("net.ipv6.conf.all.dad_transmits", "1")];
    let hosts = vec![host(0, "2001:db8::1", 64, &dad), host(1, "2001:db8::1", 64, &[])];
    let mut lan = Lan::star(hosts, BridgeKind::SWITCH);
    lan.run_until(3.0);
    assert!(lan.discovery(1).contains(&"136 2001:db8::1 → ff02::1".into()), "its owner answers all");
    let own = lan.world.host(NodeId(0)).expect("a host").interfaces()[0].addrs[0].clone();
    assert_eq!((own.state, own.conflict), ("dadfailed", Some(mac(1))));
    assert_eq!(lan.connect(0, "[2001:db8::9]:80"), CallResult::Errno(host::Errno("EADDRNOTAVAIL")));
}

#[test]
fn settings_say_how_often_and_how_long_is_asked() {
    let twice =
        [("net.ipv4.neigh.default.mcast_solicit", "2"), ("net.ipv4.neigh.default.retrans_time_ms", "250")];
    let mut lan =
        Lan::star(vec![host(0, "10.0.0.1", 24, &twice), host(1, "10.0.0.2", 24, &[])], BridgeKind::Hub);
    assert_eq!(lan.connect(0, "10.0.0.9:80"), CallResult::Blocked);
    lan.run_until(10.0);
    assert_eq!(lan.returned.last(), Some(&(0.5, CallResult::Errno(host::Errno("EHOSTUNREACH")))));
    assert_eq!(lan.frames.iter().filter(|f| f.1 == 0).count(), 2);
    assert_eq!(lan.state(0, "10.0.0.9"), Some(Nud::Failed));
    // The next call asks anew.
    assert_eq!(lan.connect(0, "10.0.0.9:80"), CallResult::Blocked);
    assert_eq!(lan.state(0, "10.0.0.9"), Some(Nud::Incomplete));
}

#[test]
fn what_waits_is_limited_in_octets_and_the_oldest_goes() {
    // A SYN of 74 octets fits, a second one does not.
    let small = [("net.ipv4.neigh.default.unres_qlen_bytes", "100")];
    let mut lan = Lan::star(vec![host(0, "10.0.0.1", 24, &small)], BridgeKind::SWITCH);
    for _ in 0..3 {
        assert_eq!(lan.connect(0, "10.0.0.9:80"), CallResult::Blocked);
    }
    let waiting = lan.world.host(NodeId(0)).expect("a host").neighbours()[0].waiting;
    assert_eq!(waiting, 1);
}

#[test]
fn a_neighbour_that_has_gone_is_found_out() {
    let mut lan =
        Lan::star(vec![host(0, "10.0.0.1", 24, &[]), host(1, "10.0.0.2", 24, &[])], BridgeKind::SWITCH);
    lan.listen(1, "0.0.0.0:80");
    lan.connect(0, "10.0.0.2:80");
    lan.run_until(100.0);
    assert_eq!(lan.state(0, "10.0.0.2"), Some(Nud::Stale));
    // From now on the link of the server loses everything that it sends.
    let down = Impairments { down: true, ..Impairments::default() };
    lan.world.set_link(net::LinkId(1), 0, down, &mut lan.log, &mut Tape::None).expect("a link");
    lan.connect(0, "10.0.0.2:80");
    let mut seen = vec![];
    let begun = lan.world.now().0 as f64 / 1e9;
    for tenths in 0..200 {
        lan.run_until(begun + f64::from(tenths) / 10.0);
        let state = lan.state(0, "10.0.0.2").expect("an entry");
        if seen.last() != Some(&state) {
            seen.push(state);
        }
    }
    assert_eq!(seen[..3], [Nud::Delay, Nud::Probe, Nud::Failed]);
}

#[test]
fn a_switch_forgets_after_a_while_and_floods_again() {
    let hosts = (0..3).map(|n| host(n, &format!("10.0.0.{}", n + 1), 24, &[])).collect();
    let ageing = Duration::from_secs(20);
    let mut lan = Lan::star(hosts, BridgeKind::Switch { ageing });
    lan.listen(1, "0.0.0.0:80");
    lan.connect(0, "10.0.0.2:80");
    lan.run_until(5.0);
    let table = |lan: &Lan| lan.world.bridge(NodeId(3)).expect("a switch").table(lan.world.now()).count();
    assert_eq!(table(&lan), 2);
    let to_third = |lan: &Lan| lan.frames.iter().filter(|f| f.2 == Some(2)).count();
    assert_eq!(to_third(&lan), 1, "the question to everybody");
    lan.run_until(60.0);
    assert_eq!(table(&lan), 0);
    lan.connect(0, "10.0.0.2:80");
    lan.run_until(60.5);
    assert_eq!(to_third(&lan), 2, "the SYN, to an address that the switch has forgotten");
}

#[test]
fn links_in_a_ring_do_not_fill_all_memory() {
    let nodes = vec![host(0, "10.0.0.1", 24, &[]), bridge(1, 3), bridge(2, 3), bridge(3, 3)];
    let cables = [[(0, 0), (1, 0)], [(1, 1), (2, 0)], [(1, 2), (3, 0)], [(2, 1), (3, 1)]];
    let kind = BridgeKind::SWITCH;
    let mut lan = Lan::new(nodes, &cables, &[(1, kind), (2, kind), (3, kind)]);
    lan.connect(0, "10.0.0.9:80");
    for _ in 0..50_000 {
        if !lan.world.step(&mut lan.log, &mut Tape::None) {
            break;
        }
    }
    assert!(lan.world.flights().count() < 4_000);
}

#[test]
fn a_gateway_of_which_nobody_has_heard_gets_the_route_refused() {
    let mut config = host(0, "10.0.0.1", 24, &[]);
    config.routes = vec![RouteConfig::default_via(ip("10.0.1.1"), None)];
    let mut lan = Lan::star(vec![config], BridgeKind::SWITCH);
    let routes = lan.world.host(NodeId(0)).expect("a host").routes();
    assert_eq!(routes.iter().map(|r| r.refused).collect::<Vec<_>>(), [false, true]);
    assert_eq!(lan.connect(0, "192.0.2.1:80"), CallResult::Errno(host::Errno("ENETUNREACH")));
}
