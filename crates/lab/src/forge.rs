//! Frames made by hand, ready to inject.

use crate::commands::node_id;
use crate::error::{Result, error, num};
use crate::hex;
use crate::session::Session;
use net::NodeId;
use std::net::SocketAddr;
use wire::ip::{self, Addrs};
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq, frame};

/// Where forged segments say they come from: the first port of RFC 6335 §6's dynamic range.
const FIRST_PORT: u16 = 49_152;

impl Session {
    /// The frame of a SYN from `node` to `port` of a neighbour (a server, where there is one), as hex, for
    /// `inject` at that node.
    ///
    /// # Errors
    /// `unknown_node`, `no_peer` where nobody is on a link with it.
    pub fn syn_to(&self, node: u32, port: u16) -> Result<String> {
        let no_peer = || error("no_peer", [("node", num(node))]);
        let id = node_id(node)?;
        let from = self.world.host(id).ok_or_else(|| error("unknown_node", [("node", num(node))]))?;
        let iface = from.config().ifaces.first().ok_or_else(no_peer)?;
        let is_server =
            |n: &NodeId| self.scenario.nodes.get(usize::from(n.0)).is_some_and(|n| n.role() == "server");
        let reached = |n: &NodeId| {
            let host = self.world.host(*n)?;
            let (addr, _) = *host.config().ifaces.first()?.addrs.first()?;
            iface.neighbours.iter().find(|(a, _)| *a == addr).copied()
        };
        let others = || (0..self.world.nodes()).map(NodeId).filter(|n| *n != id);
        let (dst, mac) = others()
            .filter(is_server)
            .find_map(|n| reached(&n))
            .or_else(|| others().find_map(|n| reached(&n)))
            .ok_or_else(no_peer)?;
        let (own, _) = *iface.addrs.first().ok_or_else(no_peer)?;
        let addrs = Addrs::new(own, dst).ok_or_else(no_peer)?;
        let flows = self.ledger().flows();
        let free = |p: &u16| flows.find(SocketAddr::new(own, *p), SocketAddr::new(dst, port)).is_none();
        let src_port = (FIRST_PORT..=u16::MAX).find(free).unwrap_or(FIRST_PORT);
        let options = Options { mss: Some(iface.mtu.saturating_sub(40)), ..Options::default() };
        let header = Header {
            src_port,
            dst_port: port,
            seq: Seq(1_000_000),
            ack: Seq(0),
            flags: Flags::SYN,
            window: 64_240,
            urgent: 0,
            options,
        };
        let link = Link { dst: Mac(mac), src: Mac(iface.mac) };
        Ok(hex::encode(&frame::emit_tcp(&link, &ip::Header::new(addrs, ip::TCP), &header, 0, |_| {})))
    }
}
