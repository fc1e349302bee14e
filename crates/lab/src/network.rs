//! A machine's place in the network as a face shows it, and as ip(8), arp(8) and bridge(8) write it.

use crate::session::Session;
use crate::view::{
    AddressView, InterfaceView, LearnedView, NeighbourView, NetworkView, PathMtuView, RouteView,
};
use host::{Host, NeighbourInfo, RouteInfo};
use net::{NodeId, World};
use std::fmt::Write;
use tcp::time::Instant;
use wire::Mac;

impl Session {
    /// Interfaces and tables of a node, with what they were at the step before.
    pub(crate) fn network(&self, id: NodeId, host: &Host, before: Option<&World>) -> NetworkView {
        let config = host.config();
        let name = |iface: usize| config.ifaces.get(iface).map_or_else(String::new, |i| i.name.clone());
        let address = |a: &host::AddrInfo| AddressView {
            address: format!("{}/{}", a.addr, a.prefix),
            state: a.state.into(),
            conflict: a.conflict.map(|m| Mac(m).to_string()),
        };
        let interface = |(n, i): (usize, &host::IfaceInfo)| InterfaceView {
            name: name(n),
            mac: Mac(i.mac).to_string(),
            mtu: i.mtu.into(),
            link: self.world.plug(id, n).map(|(l, _)| u32::from(l.0)),
            addresses: i.addrs.iter().map(address).collect(),
        };
        let route = |r: &RouteInfo| RouteView {
            to: network(r),
            via: r.via.map(|v| v.to_string()),
            interface: r.iface.map(name),
            source: r.src.map(|s| s.to_string()),
            refused: r.refused,
        };
        let old = before.and_then(|w| w.host(id)).map(Host::neighbours);
        let neighbour = |n: &NeighbourInfo| {
            let was = old.as_ref().map(|o| o.iter().find(|o| o.iface == n.iface && o.addr == n.addr));
            let same = |o: &NeighbourInfo| (o.state, o.mac, o.waiting) == (n.state, n.mac, n.waiting);
            NeighbourView {
                address: n.addr.to_string(),
                interface: name(n.iface),
                mac: n.mac.map(|m| Mac(m).to_string()),
                state: n.state.name().into(),
                waiting: n.waiting,
                probes: n.probes,
                until: n.until.map(|t| t.0 as f64),
                changed: was.is_some_and(|o| !o.is_some_and(same)),
                was: was.flatten().filter(|o| o.state != n.state).map(|o| o.state.name().into()),
            }
        };
        NetworkView {
            interfaces: host.interfaces().iter().enumerate().map(interface).collect(),
            routes: host.routes().iter().map(route).collect(),
            neighbours: host.neighbours().iter().map(neighbour).collect(),
            dns: config.dns.iter().map(ToString::to_string).collect(),
            learned: self.learned(id, before),
            tracked: self.tracked(id, host, before),
            path_mtus: host.path_mtus().map(path_mtu).collect(),
        }
    }

    /// The table of a switch.
    fn learned(&self, id: NodeId, before: Option<&World>) -> Vec<LearnedView> {
        let Some(bridge) = self.world.bridge(id) else { return Vec::new() };
        let old: Option<Vec<_>> = before.and_then(|w| Some(w.bridge(id)?.table(w.now()).collect()));
        let view = |(mac, l): (Mac, net::Learned)| LearnedView {
            mac: mac.to_string(),
            port: l.port as u32 + 1,
            link: self.world.plug(id, l.port).map(|(l, _)| u32::from(l.0)),
            until: bridge.dies(&l).0 as f64,
            changed: old.as_ref().is_some_and(|o| !o.iter().any(|(m, was)| *m == mac && was.port == l.port)),
        };
        bridge.table(self.world.now()).map(view).collect()
    }
}

fn path_mtu((destination, mtu, until): (std::net::IpAddr, u16, Instant)) -> PathMtuView {
    PathMtuView { destination: destination.to_string(), mtu: mtu.into(), until: until.0 as f64 }
}

/// `default` or `10.0.0.0/24`.
fn network(r: &RouteInfo) -> String {
    if r.prefix == 0 { "default".into() } else { format!("{}/{}", r.dst, r.prefix) }
}

fn name_of(host: &Host, iface: Option<usize>) -> &str {
    iface.and_then(|n| host.config().ifaces.get(n)).map_or("?", |i| &i.name)
}

/// The answer to `ip …`; what is asked for may be cut short, as ip(8) lets it. `None`: nothing that this knows.
pub(crate) fn ip(host: &Host, words: &[&str]) -> Option<String> {
    let (six, words) = match words {
        ["-6", rest @ ..] => (true, rest),
        ["-4", rest @ ..] => (false, rest),
        all => (false, all),
    };
    let object = words.first()?;
    let is = |whole: &str| whole.starts_with(object);
    if is("address") || is("link") {
        Some(addresses(host))
    } else if is("route") {
        Some(routes(host, six))
    } else if is("neighbour") || is("neighbor") {
        Some(neighbours(host))
    } else {
        None
    }
}

pub(crate) fn addresses(host: &Host) -> String {
    let mut out = String::new();
    for (n, i) in host.interfaces().iter().enumerate() {
        let name = name_of(host, Some(n));
        _ = writeln!(out, "{}: {name}: mtu {}\n    link/ether {}", n + 1, i.mtu, Mac(i.mac));
        for a in &i.addrs {
            let family = if a.addr.is_ipv4() { "inet" } else { "inet6" };
            let space = if a.state.is_empty() { "" } else { " " };
            _ = writeln!(out, "    {family} {}/{}{space}{}", a.addr, a.prefix, a.state);
        }
    }
    out
}

fn routes(host: &Host, six: bool) -> String {
    let mut out = String::new();
    for r in host.routes().iter().rev().filter(|r| r.dst.is_ipv6() == six) {
        out.push_str(&network(r));
        if let Some(via) = r.via {
            _ = write!(out, " via {via}");
        }
        if r.refused {
            out.push_str("  # Error: Nexthop has invalid gateway.\n");
            continue;
        }
        _ = write!(out, " dev {}", name_of(host, r.iface));
        if let (None, Some(src)) = (r.via, r.src) {
            _ = write!(out, " proto kernel scope link src {src}");
        }
        out.push('\n');
    }
    out
}

fn neighbours(host: &Host) -> String {
    let mut out = String::new();
    for n in host.neighbours() {
        _ = write!(out, "{} dev {}", n.addr, name_of(host, Some(n.iface)));
        if let Some(mac) = n.mac {
            _ = write!(out, " lladdr {}", Mac(mac));
        }
        _ = writeln!(out, " {}", n.state.name());
    }
    out
}

/// `arp -n`
pub(crate) fn arp(host: &Host) -> String {
    let row = |a: &str, kind: &str, mac: &str, flags: &str, iface: &str| {
        format!("{a:<24} {kind:<7} {mac:<19} {flags:<21} {iface}\n")
    };
    let mut out = row("Address", "HWtype", "HWaddress", "Flags Mask", "Iface");
    for n in host.neighbours().iter().filter(|n| n.addr.is_ipv4()) {
        let (addr, iface) = (n.addr.to_string(), name_of(host, Some(n.iface)));
        let flags = if n.state == host::Nud::Permanent { "CM" } else { "C" };
        out += &match n.mac {
            Some(mac) => row(&addr, "ether", &Mac(mac).to_string(), flags, iface),
            None => row(&addr, "", "(incomplete)", "", iface),
        };
    }
    out
}

/// `bridge fdb`
pub(crate) fn forwarding(world: &World, node: NodeId, host: &Host, now: Instant) -> String {
    let mut out = String::new();
    for (mac, l) in world.bridge(node).iter().flat_map(|b| b.table(now)) {
        _ = writeln!(out, "{mac} dev {} master br0", name_of(host, Some(l.port)));
    }
    out
}
