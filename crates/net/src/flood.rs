//! SYN floods (RFC 4987 §2): SYNs from addresses that nobody has, which nobody will ever complete.

use crate::config::{ConfigError, FloodConfig, NodeId, WorldConfig};
use crate::event::Event;
use crate::log::{Step, StepLog};
use crate::world::{Origin, World};
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use tcp::rule::Tape;
use tcp::time::Duration;
use wire::ip::{self, Addrs};
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq, frame};

/// Least time between two SYNs, so that a flood cannot stop the clock.
const LEAST: Duration = Duration::from_micros(1);
/// The golden-ratio step of SplitMix: sequence numbers and ports that look like anybody's.
const STEP: u32 = 0x9e37_79b9;
/// Ports of RFC 6335 §6's dynamic range.
const PORTS: (u16, u32) = (49_152, 16_384);

/// A flood that goes on.
#[derive(Clone, Debug)]
pub(crate) struct Flood {
    config: FloodConfig,
    iface: usize,
    link: Link,
    sent: u32,
}

impl Flood {
    fn frame(&self) -> Option<Bytes> {
        let n = self.sent;
        let from = Ipv4Addr::from(u32::from(self.config.from).wrapping_add(n));
        let chance = n.wrapping_mul(STEP);
        let header = Header {
            src_port: PORTS.0 + (chance % PORTS.1) as u16,
            dst_port: self.config.to.port(),
            seq: Seq(chance),
            ack: Seq(0),
            flags: Flags::SYN,
            window: 64_240,
            urgent: 0,
            options: Options { mss: Some(1_460), ..Options::default() },
        };
        let addrs = Addrs::new(from.into(), self.config.to.ip())?;
        Some(frame::emit_tcp(&self.link, &ip::Header::new(addrs, ip::TCP), &header, 0, |_| {}))
    }
}

/// What is wrong with a flood, or the flood.
fn start(world: &World, config: &WorldConfig, flood: &FloodConfig) -> Result<Flood, &'static str> {
    let node = config.nodes.get(flood.node).ok_or("there is no such node")?;
    let id = NodeId(flood.node as u16);
    let iface = world.plugged_iface(id).ok_or("its node is on no link")?;
    let own = &node.ifaces[iface];
    let IpAddr::V4(_) = flood.to.ip() else { return Err("`to` must be an IPv4 address and a port") };
    let known = own.neighbours.iter().find(|(addr, _)| *addr == flood.to.ip());
    let (_, mac) = known.ok_or("`to` must be the address of a node on the same link")?;
    Ok(Flood { config: *flood, iface, link: Link { dst: Mac(*mac), src: Mac(own.mac) }, sent: 0 })
}

impl World {
    /// Puts the first SYN of every flood in the queue.
    pub(crate) fn start_floods(&mut self, config: &WorldConfig) -> Result<(), ConfigError> {
        for (n, flood) in config.floods.iter().enumerate() {
            let started =
                start(self, config, flood).map_err(|problem| ConfigError::BadFlood { flood: n, problem })?;
            if n > usize::from(u16::MAX) {
                return Err(ConfigError::TooMany("floods"));
            }
            self.floods.push(started);
            if flood.syns > 0 {
                self.queue.push(flood.start, Event::Flood { flood: n as u16 }.code());
            }
        }
        Ok(())
    }

    /// The machine that floods.
    pub(crate) fn flooder(&self, flood: u16) -> NodeId {
        NodeId(self.floods.get(usize::from(flood)).map_or(u16::MAX, |f| f.config.node as u16))
    }

    /// One SYN, and the next one put in the queue.
    pub(crate) fn flood(&mut self, flood: u16, log: &mut StepLog, r: &mut Tape) {
        log.step = Step::Flood { node: self.flooder(flood) };
        let Some(f) = self.floods.get_mut(usize::from(flood)) else { return };
        let (frame, node, iface) = (f.frame(), f.config.node as u16, f.iface);
        f.sent += 1;
        let (more, every) = (f.sent < f.config.syns, f.config.every.max(LEAST));
        if let Some(frame) = frame {
            self.launch(Origin { node, iface, resent: 0, injected: false }, frame, log, r);
        }
        if more {
            self.queue.push(self.now + every, Event::Flood { flood }.code());
        }
    }
}
