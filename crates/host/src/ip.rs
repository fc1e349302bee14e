//! Interfaces, addresses, routes and neighbours: where a datagram goes, and whether one is for us.

use crate::config::{HostConfig, IfaceConfig, RouteConfig};
use crate::store::Sorted;
use std::net::IpAddr;
use wire::Mac;

/// A host's side of the network layer.
#[derive(Clone, Debug)]
pub(crate) struct Ip {
    ifaces: Vec<Iface>,
    /// Longest prefix first; of those with the same the first one counts.
    routes: Vec<Entry>,
    /// Those that were not taken in, as Linux refuses them.
    refused: Vec<RouteConfig>,
}

#[derive(Clone, Debug)]
struct Iface {
    mac: Mac,
    addrs: Vec<(IpAddr, u8)>,
    mtu: u16,
    neighbours: Sorted<IpAddr, Mac>,
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
}

impl Ip {
    /// Errors say what in the configuration is wrong and how to mend it. What a system would take in, however useless it
    /// is, is no error.
    pub(crate) fn new(config: &HostConfig) -> Result<Ip, String> {
        let mut ip = Ip { ifaces: Vec::new(), routes: Vec::new(), refused: Vec::new() };
        for (n, c) in config.ifaces.iter().enumerate() {
            for (k, &(addr, prefix)) in c.addrs.iter().enumerate() {
                check_address(c, addr, prefix)?;
                if ip.is_ours(addr) || c.addrs[..k].iter().any(|(other, _)| *other == addr) {
                    return Err(format!("{addr} stands twice; leave one out"));
                }
                ip.add_route(Entry { dst: addr, prefix, via: None, iface: n, src: addr });
            }
            ip.ifaces.push(Iface {
                mac: Mac(c.mac),
                addrs: c.addrs.clone(),
                mtu: c.mtu,
                neighbours: c.neighbours.iter().map(|&(ip, mac)| (ip, Mac(mac))).collect(),
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
            i.addrs.iter().find(|(a, len)| *a != hop && same_prefix(*a, hop, *len)).map(|(a, _)| *a)
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
        let mut all = own.chain(&self.ifaces).flat_map(|i| &i.addrs).map(|(a, _)| *a);
        all.find(|a| a.is_ipv4() == dst.is_ipv4())
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
        self.ifaces.iter().any(|i| i.addrs.iter().any(|(a, _)| *a == addr))
    }
    /// An address of many: multicast, broadcast, or the broadcast of a subnet that an interface is in (RFC 1122
    /// §3.2.1.3). No connection can be made to one (RFC 9293 MUST-46).
    pub(crate) fn is_many(&self, addr: IpAddr) -> bool {
        let IpAddr::V4(v4) = addr else { return addr.is_multicast() };
        let directed = |(own, prefix): &(IpAddr, u8)| {
            let host_bits = u32::MAX.checked_shr((*prefix).into()).unwrap_or(0);
            *prefix < 31 && same_prefix(*own, addr, *prefix) && u32::from(v4) & host_bits == host_bits
        };
        v4.is_multicast() || v4.is_broadcast() || self.ifaces.iter().any(|i| i.addrs.iter().any(directed))
    }
    /// The interface with this address.
    pub(crate) fn owner(&self, addr: IpAddr) -> Option<usize> {
        self.ifaces.iter().position(|i| i.addrs.iter().any(|(a, _)| *a == addr))
    }
    /// The longest prefix that `dst` has. `None`: there is no way there.
    #[inline]
    pub(crate) fn route(&self, dst: IpAddr) -> Option<Route> {
        let entry = self.routes.iter().find(|e| same_prefix(e.dst, dst, e.prefix))?;
        let mtu = self.ifaces.get(entry.iface)?.mtu;
        Some(Route { iface: entry.iface, src: entry.src, hop: entry.via.unwrap_or(dst), mtu })
    }
    pub(crate) fn neighbour(&self, iface: usize, hop: IpAddr) -> Option<Mac> {
        self.ifaces.get(iface)?.neighbours.get(&hop).copied()
    }
    /// A neighbour said who it is.
    pub(crate) fn learn(&mut self, iface: usize, addr: IpAddr, mac: Mac) {
        if let Some(i) = self.ifaces.get_mut(iface)
            && i.addrs.iter().any(|(own, prefix)| same_prefix(*own, addr, *prefix))
        {
            i.neighbours.insert(addr, mac);
        }
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

fn same_prefix(a: IpAddr, b: IpAddr, prefix: u8) -> bool {
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
