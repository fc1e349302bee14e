//! Interfaces, addresses, routes and neighbours: where a datagram goes, and whether one is for us.

use crate::config::IfaceConfig;
use crate::store::Sorted;
use std::net::IpAddr;
use wire::Mac;

/// A host's side of the network layer.
#[derive(Clone, Debug)]
pub(crate) struct Ip {
    ifaces: Vec<Iface>,
}

#[derive(Clone, Debug)]
struct Iface {
    mac: Mac,
    addr: IpAddr,
    prefix: u8,
    mtu: u16,
    neighbours: Sorted<IpAddr, Mac>,
    gateway: Option<IpAddr>,
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
    /// Errors say what in the configuration is wrong and how to mend it.
    pub(crate) fn new(config: &[IfaceConfig]) -> Result<Ip, String> {
        let mut ifaces: Vec<Iface> = Vec::new();
        for c in config {
            let bits = if c.addr.is_ipv4() { 32 } else { 128 };
            if c.prefix > bits {
                return Err(format!(
                    "{}/{}: the prefix is longer than the address has bits ({bits})",
                    c.addr, c.prefix
                ));
            }
            if c.addr.is_unspecified() || c.addr.is_multicast() {
                return Err(format!("{}: an interface needs an address of its own", c.addr));
            }
            // RFC 791 §3.1: every host takes datagrams of 576 octets; RFC 8200 §5: 1280.
            let least = if c.addr.is_ipv4() { 576 } else { 1280 };
            if c.mtu < least {
                return Err(format!("an MTU of {} is too small: {least} octets at least", c.mtu));
            }
            if ifaces.iter().any(|i| i.addr == c.addr) {
                return Err(format!("{} stands on two interfaces", c.addr));
            }
            ifaces.push(Iface {
                mac: Mac(c.mac),
                addr: c.addr,
                prefix: c.prefix,
                mtu: c.mtu,
                neighbours: c.neighbours.iter().map(|&(ip, mac)| (ip, Mac(mac))).collect(),
                gateway: c.gateway,
            });
        }
        Ok(Ip { ifaces })
    }
    /// Whether a frame with this destination is for the interface.
    pub(crate) fn takes_frame(&self, iface: usize, dst: Mac) -> bool {
        self.ifaces.get(iface).is_some_and(|i| i.mac == dst || dst.is_group())
    }
    pub(crate) fn mac(&self, iface: usize) -> Mac {
        self.ifaces.get(iface).map_or(Mac([0; 6]), |i| i.mac)
    }
    pub(crate) fn is_ours(&self, addr: IpAddr) -> bool {
        self.ifaces.iter().any(|i| i.addr == addr)
    }
    /// An address of many: multicast, broadcast, or the broadcast of a subnet that an interface is in (RFC 1122
    /// §3.2.1.3). No connection can be made to one (RFC 9293 MUST-46).
    pub(crate) fn is_many(&self, addr: IpAddr) -> bool {
        let IpAddr::V4(v4) = addr else { return addr.is_multicast() };
        let directed = |i: &Iface| {
            let host_bits = u32::MAX.checked_shr(i.prefix.into()).unwrap_or(0);
            i.prefix < 31 && same_prefix(i.addr, addr, i.prefix) && u32::from(v4) & host_bits == host_bits
        };
        v4.is_multicast() || v4.is_broadcast() || self.ifaces.iter().any(directed)
    }
    /// The interface with this address.
    pub(crate) fn owner(&self, addr: IpAddr) -> Option<usize> {
        self.ifaces.iter().position(|i| i.addr == addr)
    }
    /// On-link (longest prefix first), else by a gateway. `None`: there is no way there.
    pub(crate) fn route(&self, dst: IpAddr) -> Option<Route> {
        let on_link = (self.ifaces.iter().enumerate())
            .filter(|(_, i)| same_prefix(i.addr, dst, i.prefix))
            .max_by_key(|(n, i)| (i.prefix, std::cmp::Reverse(*n)));
        if let Some((iface, i)) = on_link {
            return Some(Route { iface, src: i.addr, hop: dst, mtu: i.mtu });
        }
        self.ifaces.iter().enumerate().find_map(|(iface, i)| {
            let hop = i.gateway.filter(|_| i.addr.is_ipv4() == dst.is_ipv4())?;
            Some(Route { iface, src: i.addr, hop, mtu: i.mtu })
        })
    }
    pub(crate) fn neighbour(&self, iface: usize, hop: IpAddr) -> Option<Mac> {
        self.ifaces.get(iface)?.neighbours.get(&hop).copied()
    }
    /// A neighbour said who it is.
    pub(crate) fn learn(&mut self, iface: usize, addr: IpAddr, mac: Mac) {
        if let Some(i) = self.ifaces.get_mut(iface)
            && same_prefix(i.addr, addr, i.prefix)
        {
            i.neighbours.insert(addr, mac);
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
