//! From what a world is made of to its machines and links.

use crate::config::{ConfigError, WorldConfig};
use crate::link::Link;
use crate::switch::Bridge;
use crate::world::{Node, Park};
use host::Host;
use rustc_hash::FxHashMap;
use std::rc::Rc;

pub(crate) fn build(config: &WorldConfig) -> Result<(Vec<Node>, Vec<Link>), ConfigError> {
    if config.nodes.len() >= usize::from(u16::MAX) {
        return Err(ConfigError::TooMany("nodes"));
    }
    if config.links.len() >= usize::from(u16::MAX) {
        return Err(ConfigError::TooMany("links"));
    }
    let mut nodes = Vec::with_capacity(config.nodes.len());
    for (n, c) in config.nodes.iter().enumerate() {
        let host = Host::new(c.clone()).map_err(|message| ConfigError::Host { node: n, message })?;
        let parks = config.parks.iter().filter(|p| p.node == n);
        let parks = parks.map(|p| (p.pid, Park { line: p.line, waiting: false })).collect();
        nodes.push(Node {
            host: Rc::new(host),
            plugs: vec![None; c.ifaces.len()],
            timers: FxHashMap::default(),
            parks,
            bridge: config.bridges.iter().find(|b| b.node == n).map(|b| Box::new(Bridge::new(b))),
        });
    }
    let mut links = Vec::with_capacity(config.links.len());
    for (index, link) in config.links.iter().enumerate() {
        if link.ports.len() < 2 {
            return Err(ConfigError::LooseEnd { link: index });
        }
        let mut macs: Vec<[u8; 6]> = Vec::new();
        for (n, p) in link.ports.iter().enumerate() {
            let none = ConfigError::NoSuchInterface { link: index, node: p.node, iface: p.iface };
            let mac = config.nodes.get(p.node).and_then(|c| c.ifaces.get(p.iface)).ok_or(none)?.mac;
            if macs.contains(&mac) {
                return Err(ConfigError::SameAddress { link: index, mac });
            }
            p.sends.check().map_err(|bad| ConfigError::BadImpairment { link: index, port: n, bad })?;
            let plug = &mut nodes[p.node].plugs[p.iface];
            if plug.replace((index as u16, n)).is_some() {
                return Err(ConfigError::PluggedTwice { node: p.node, iface: p.iface });
            }
            macs.push(mac);
        }
        links.push(Link::new(link, index, &macs, config.seed));
    }
    Ok((nodes, links))
}
