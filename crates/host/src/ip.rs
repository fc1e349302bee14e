//! Interfaces, addresses, routes and neighbours: where a datagram goes, and whether one is for us.

use crate::config::{HostConfig, IfaceConfig, RouteConfig};
use crate::ndisc::{link_local, solicited_node};
use crate::neigh::Neighbour;
use crate::secret::Secret;
use crate::store::Sorted;
use std::net::{IpAddr, Ipv6Addr};
use tcp::time::Instant;
use wire::Mac;

/// A host's side of the network layer.
#[derive(Clone, Debug)]
pub(crate) struct Ip {
    pub(crate) ifaces: Vec<Iface>,
    /// Longest prefix first; of those with the same the first one counts.
    routes: Vec<Entry>,
    /// Those that were not taken in, as Linux refuses them.
    refused: Vec<RouteConfig>,
    /// Some interface asks for its neighbours, so that what TCP knows of them is worth telling.
    pub(crate) asks: bool,
    /// Deadline of neighbour entries last announced to the simulator.
    pub(crate) armed: Option<Instant>,
    /// When it tells its links who it is, unless it has.
    pub(crate) announces: Option<Instant>,
    /// Addresses of ours that somebody else was heard to use, with the Ethernet address that did.
    conflicts: Sorted<IpAddr, Mac>,
    pub(crate) secret: Secret,
    /// What was learned of the MTU of paths.
    pub(crate) path_mtus: Sorted<IpAddr, PathMtu>,
    /// Grows with everything that may change how a datagram of a connection leaves or is judged, and does not happen to the
    /// connection itself: what is kept of its headers is worth nothing then.
    pub(crate) generation: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Iface {
    pub(crate) mac: Mac,
    pub(crate) addrs: Vec<Own>,
    mtu: u16,
    pub(crate) arp: bool,
    pub(crate) neighbours: Sorted<IpAddr, Neighbour>,
}

/// An address of an interface.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own {
    pub(crate) ip: IpAddr,
    pub(crate) prefix: u8,
    pub(crate) state: AddrState,
}

/// Whether an address may be used (RFC 4862 §2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AddrState {
    Preferred,
    /// Still asked for: so many times more, the next time then.
    Tentative {
        probes: u32,
        at: Instant,
    },
    /// Somebody else has it.
    Duplicate,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    dst: IpAddr,
    prefix: u8,
    /// None: on the link.
    via: Option<IpAddr>,
    iface: usize,
    src: IpAddr,
}

/// The way to a destination.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) iface: usize,
    /// Our address there.
    pub(crate) src: IpAddr,
    /// Who takes the frame.
    pub(crate) hop: IpAddr,
    pub(crate) mtu: u16,
    /// The path is narrower than `mtu` says: what goes there may be fragmented.
    pub(crate) locked: bool,
}

/// What is known of a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathMtu {
    pub(crate) mtu: u16,
    /// A router named less than is believed (linux fnhe_mtu_locked).
    pub(crate) locked: bool,
    /// Until when it is believed.
    pub(crate) until: Instant,
}

impl Ip {
    /// Errors say what in the configuration is wrong and how to mend it. What a system would take in, however useless it
    /// is, is no error.
    pub(crate) fn new(config: &HostConfig) -> Result<Ip, String> {
        let mut ip = Ip {
            ifaces: Vec::new(),
            routes: Vec::new(),
            refused: Vec::new(),
            asks: config.ifaces.iter().any(|i| i.arp),
            armed: None,
            announces: None,
            conflicts: Sorted::default(),
            secret: Secret::new(config.seed),
            path_mtus: Sorted::default(),
            generation: 0,
        };
        for (n, c) in config.ifaces.iter().enumerate() {
            let mut addrs: Vec<Own> = Vec::new();
            for (addr, prefix) in c.addrs.iter().copied().chain(own_link_local(c)) {
                check_address(c, addr, prefix)?;
                let elsewhere = !is_link_local(addr) && ip.is_ours(addr);
                if elsewhere || addrs.iter().any(|own| own.ip == addr) {
                    return Err(format!("{addr} stands twice; leave one out"));
                }
                ip.add_route(Entry { dst: addr, prefix, via: None, iface: n, src: addr });
                addrs.push(Own { ip: addr, prefix, state: AddrState::Preferred });
            }
            ip.ifaces.push(Iface {
                mac: Mac(c.mac),
                addrs,
                mtu: c.mtu,
                arp: c.arp,
                neighbours: c.neighbours.iter().map(|&(ip, m)| (ip, Neighbour::permanent(Mac(m)))).collect(),
            });
        }
        for (n, route) in config.routes.iter().enumerate() {
            if route.prefix > bits(route.dst) || route.via.is_some_and(|v| v.is_ipv4() != route.dst.is_ipv4())
            {
                return Err(format!(
                    "routes[{n}]: {}/{} and its next hop must be of one family, with a prefix of at most {} bits",
                    route.dst,
                    route.prefix,
                    bits(route.dst)
                ));
            }
            if route.iface.is_some_and(|i| i >= ip.ifaces.len()) {
                return Err(format!("routes[{n}]: there is no such interface; name one that exists"));
            }
            match ip.resolve(route) {
                Some(entry) => ip.add_route(entry),
                None => ip.refused.push(route.clone()),
            }
        }
        Ok(ip)
    }

    /// A route with its interface and source address. `None` where Linux refuses it: nobody on a link of ours has the
    /// next hop's address, or there is no address to send from (`fib_check_nh`).
    fn resolve(&self, route: &RouteConfig) -> Option<Entry> {
        let RouteConfig { dst, prefix, via, iface, onlink } = *route;
        let on_link = |n: usize, hop: IpAddr| {
            let i = self.ifaces.get(n)?;
            i.addrs.iter().find(|a| a.ip != hop && same_prefix(a.ip, hop, a.prefix)).map(|a| a.ip)
        };
        let all = || iface.map_or(0..self.ifaces.len(), |n| n..n + 1);
        let near = via.and_then(|hop| all().find_map(|n| Some((n, on_link(n, hop)?))));
        let any = || all().find_map(|n| Some((n, self.source(n, dst)?)));
        let (iface, src) = match via {
            Some(_) if !onlink => near?,
            _ => near.or_else(any)?,
        };
        Some(Entry { dst, prefix, via, iface, src })
    }

    /// An address of the family to send from, the interface's own before others.
    fn source(&self, iface: usize, dst: IpAddr) -> Option<IpAddr> {
        let own = self.ifaces.get(iface).into_iter();
        let mut all = own.chain(&self.ifaces).flat_map(|i| &i.addrs).map(|a| a.ip);
        all.find(|a| a.is_ipv4() == dst.is_ipv4())
    }

    /// The address from which a neighbour is asked for where nothing waits for it.
    pub(crate) fn source_on(&self, iface: usize, hop: IpAddr) -> Option<IpAddr> {
        let i = self.ifaces.get(iface)?;
        let usable = || i.addrs.iter().filter(|a| a.state == AddrState::Preferred);
        // linux ndisc_send_ns: the link-local one.
        let local = usable().find(|a| hop.is_ipv6() && is_link_local(a.ip));
        let near = usable().find(|a| same_prefix(a.ip, hop, a.prefix));
        local.or(near).map(|a| a.ip).or_else(|| self.source(iface, hop))
    }

    fn add_route(&mut self, entry: Entry) {
        let at = self.routes.partition_point(|e| e.prefix >= entry.prefix);
        self.routes.insert(at, entry);
    }

    /// Whether a frame with this destination is for the interface.
    pub(crate) fn takes_frame(&self, iface: usize, dst: Mac) -> bool {
        self.ifaces.get(iface).is_some_and(|i| i.mac == dst || dst.is_group())
    }
    pub(crate) fn mac(&self, iface: usize) -> Mac {
        self.ifaces.get(iface).map_or(Mac([0; 6]), |i| i.mac)
    }
    pub(crate) fn is_ours(&self, addr: IpAddr) -> bool {
        self.ifaces.iter().any(|i| i.addrs.iter().any(|a| a.ip == addr))
    }
    /// Addresses of interfaces that ask for their neighbours.
    pub(crate) fn resolved_addresses(&self) -> Vec<(usize, IpAddr)> {
        let of = |(n, i): (usize, &Iface)| i.addrs.iter().map(|a| (n, a.ip)).collect::<Vec<_>>();
        self.ifaces.iter().enumerate().filter(|(_, i)| i.arp).flat_map(of).collect()
    }
    /// Whether the interface asks for its neighbours.
    pub(crate) fn resolves(&self, iface: usize) -> bool {
        self.ifaces.get(iface).is_some_and(|i| i.arp)
    }
    pub(crate) fn state(&self, iface: usize, addr: IpAddr) -> Option<AddrState> {
        self.ifaces.get(iface)?.addrs.iter().find(|a| a.ip == addr).map(|a| a.state)
    }
    pub(crate) fn set_state(&mut self, iface: usize, addr: IpAddr, state: AddrState) {
        let own = self.ifaces.get_mut(iface).and_then(|i| i.addrs.iter_mut().find(|a| a.ip == addr));
        if let Some(own) = own {
            own.state = state;
        }
        self.generation += 1;
    }
    /// An address of ours that is not (yet, or ever) to be used.
    pub(crate) fn is_withheld(&self, addr: IpAddr) -> bool {
        let own = self.ifaces.iter().flat_map(|i| &i.addrs).find(|a| a.ip == addr);
        own.is_some_and(|a| a.state != AddrState::Preferred)
    }
    /// Somebody else uses an address of ours.
    pub(crate) fn conflict(&mut self, addr: IpAddr, mac: Mac) {
        self.conflicts.insert(addr, mac);
    }
    /// Groups of IPv6 that an interface listens to (RFC 4291 §2.8).
    pub(crate) fn listens(&self, iface: usize, group: IpAddr) -> bool {
        let IpAddr::V6(group) = group else { return false };
        let all_nodes = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
        let asks = |a: &Own| matches!(a.ip, IpAddr::V6(own) if solicited_node(own) == group);
        self.ifaces.get(iface).is_some_and(|i| i.arp && (group == all_nodes || i.addrs.iter().any(asks)))
    }
    /// An address of many: multicast, broadcast, or the broadcast of a subnet that an interface is in (RFC 1122
    /// §3.2.1.3). No connection can be made to one (RFC 9293 MUST-46).
    pub(crate) fn is_many(&self, addr: IpAddr) -> bool {
        let IpAddr::V4(v4) = addr else { return addr.is_multicast() };
        let directed = |own: &Own| {
            let host_bits = u32::MAX.checked_shr(own.prefix.into()).unwrap_or(0);
            own.prefix < 31 && same_prefix(own.ip, addr, own.prefix) && u32::from(v4) & host_bits == host_bits
        };
        v4.is_multicast() || v4.is_broadcast() || self.ifaces.iter().any(|i| i.addrs.iter().any(directed))
    }
    /// The interface with this address.
    pub(crate) fn owner(&self, addr: IpAddr) -> Option<usize> {
        self.ifaces.iter().position(|i| i.addrs.iter().any(|a| a.ip == addr))
    }
    /// The longest prefix that `dst` has, with the MTU of the path as far as it is known. `None`: there is no way there.
    #[inline]
    pub(crate) fn route(&self, dst: IpAddr) -> Option<Route> {
        let mut route = self.route_of_link(dst)?;
        if let Some(path) = self.path_mtus.get(&dst) {
            route.mtu = route.mtu.min(path.mtu);
            route.locked = path.locked;
        }
        Some(route)
    }
    /// [`Ip::route`] with the MTU of the link, which is what a router goes by (linux `ip_forward_use_pmtu`).
    #[inline]
    pub(crate) fn route_of_link(&self, dst: IpAddr) -> Option<Route> {
        let entry = self.routes.iter().find(|e| same_prefix(e.dst, dst, e.prefix))?;
        let mtu = self.ifaces.get(entry.iface)?.mtu;
        Some(Route { iface: entry.iface, src: entry.src, hop: entry.via.unwrap_or(dst), mtu, locked: false })
    }
    /// The interfaces with their addresses.
    pub(crate) fn interfaces(&self) -> Vec<crate::IfaceInfo> {
        let address = |a: &Own| crate::AddrInfo {
            addr: a.ip,
            prefix: a.prefix,
            state: match a.state {
                AddrState::Preferred => "",
                AddrState::Tentative { .. } => "tentative",
                AddrState::Duplicate => "dadfailed",
            },
            conflict: self.conflicts.get(&a.ip).map(|m| m.0),
        };
        let iface = |i: &Iface| crate::IfaceInfo {
            mac: i.mac.0,
            mtu: i.mtu,
            arp: i.arp,
            addrs: i.addrs.iter().map(address).collect(),
        };
        self.ifaces.iter().map(iface).collect()
    }
    /// The network of an interface that an address is in: where it begins, and the bits of its prefix.
    pub(crate) fn network_of(&self, addr: IpAddr) -> Option<(IpAddr, u8)> {
        let entry = self.routes.iter().find(|e| same_prefix(e.dst, addr, e.prefix))?;
        entry.via.is_none().then(|| (masked(entry.dst, entry.prefix), entry.prefix))
    }
    /// The next hop to an address, were it on no link of ours and not a gateway itself.
    pub(crate) fn gateway(&self, addr: IpAddr) -> Option<IpAddr> {
        let by = self.routes.iter().filter(|e| same_prefix(e.dst, addr, e.prefix));
        by.filter_map(|e| e.via).find(|via| *via != addr)
    }
    /// The routing table, as it is looked up, and the routes that were refused.
    pub(crate) fn list(&self) -> Vec<crate::RouteInfo> {
        let entry = |e: &Entry| crate::RouteInfo {
            dst: masked(e.dst, e.prefix),
            prefix: e.prefix,
            via: e.via,
            iface: Some(e.iface),
            src: Some(e.src),
            refused: false,
        };
        let refused = |r: &RouteConfig| crate::RouteInfo {
            dst: masked(r.dst, r.prefix),
            prefix: r.prefix,
            via: r.via,
            iface: r.iface,
            src: None,
            refused: true,
        };
        self.routes.iter().map(entry).chain(self.refused.iter().map(refused)).collect()
    }
}

/// RFC 4291 §2.1: an interface with addresses of IPv6 has one on the link.
fn own_link_local(c: &IfaceConfig) -> Option<(IpAddr, u8)> {
    let needs = c.arp && c.addrs.iter().any(|a| a.0.is_ipv6()) && !c.addrs.iter().any(|a| is_link_local(a.0));
    needs.then(|| (link_local(c.mac).into(), 64))
}

fn is_link_local(addr: IpAddr) -> bool {
    matches!(addr, IpAddr::V6(a) if a.is_unicast_link_local())
}

fn check_address(iface: &IfaceConfig, addr: IpAddr, prefix: u8) -> Result<(), String> {
    if prefix > bits(addr) {
        return Err(format!(
            "{addr}/{prefix}: the prefix is longer than the address has bits ({})",
            bits(addr)
        ));
    }
    if addr.is_unspecified() || addr.is_multicast() {
        return Err(format!("{addr}: an interface needs an address of its own"));
    }
    // RFC 791 §3.1: every host takes datagrams of 576 octets; RFC 8200 §5: 1280.
    let least = if addr.is_ipv4() { 576 } else { 1280 };
    if iface.mtu < least {
        return Err(format!("an MTU of {} is too small: {least} octets at least", iface.mtu));
    }
    Ok(())
}

const fn bits(addr: IpAddr) -> u8 {
    if addr.is_ipv4() { 32 } else { 128 }
}

/// The address with nothing behind its prefix.
fn masked(addr: IpAddr, prefix: u8) -> IpAddr {
    match addr {
        IpAddr::V4(a) => IpAddr::V4((a.to_bits() & !u32::MAX.checked_shr(prefix.into()).unwrap_or(0)).into()),
        IpAddr::V6(a) => {
            IpAddr::V6((a.to_bits() & !u128::MAX.checked_shr(prefix.into()).unwrap_or(0)).into())
        }
    }
}

pub(crate) fn same_prefix(a: IpAddr, b: IpAddr, prefix: u8) -> bool {
    match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let differ = u32::from(a) ^ u32::from(b);
            prefix == 0 || differ >> (32 - u32::from(prefix.min(32))) == 0
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            let differ = u128::from(a) ^ u128::from(b);
            prefix == 0 || differ >> (128 - u32::from(prefix.min(128))) == 0
        }
        _ => false,
    }
}

/// RFC 1122 §3.2.1.3: what may not stand as a source address.
pub(crate) fn impossible_source(src: IpAddr) -> bool {
    match src {
        IpAddr::V4(a) => a.is_broadcast() || a.is_multicast() || a.is_unspecified() || a.is_loopback(),
        IpAddr::V6(a) => a.is_multicast() || a.is_unspecified() || a.is_loopback(),
    }
}
