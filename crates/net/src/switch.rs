//! Switches and hubs: nodes whose interfaces are ports. What comes in at one goes out at others, at once and unchanged;
//! nothing that arrives at a port reaches a host of the node.

use crate::config::{BridgeConfig, BridgeKind, NodeId};
use crate::flight::Flight;
use crate::log::{Fate, Step, StepLog};
use crate::rules;
use crate::world::{Origin, World};
use bytes::Bytes;
use host::Sorted;
use tcp::rule;
use tcp::rule::Tape;
use tcp::time::Instant;
use wire::{Mac, ethernet};

/// Addresses that a table holds; of those beyond, nothing is learned.
const CAPACITY: usize = 8_192;
/// Frames on their way at which nothing is repeated any more: links that make a ring would fill all memory with copies of
/// one broadcast, as they fill the wires of a real one.
const STORM: usize = 2_000;

/// A switch or hub at work.
#[derive(Clone, Debug)]
pub struct Bridge {
    kind: BridgeKind,
    table: Sorted<Mac, Learned>,
}

/// Where an address was last seen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Learned {
    /// Port, by index.
    pub port: usize,
    /// When a frame last came from there.
    pub at: Instant,
}

impl Bridge {
    pub(crate) fn new(config: &BridgeConfig) -> Bridge {
        Bridge { kind: config.kind, table: Sorted::default() }
    }
    /// What it is.
    pub fn kind(&self) -> BridgeKind {
        self.kind
    }
    /// The table at `now`, by address; a hub has none.
    pub fn table(&self, now: Instant) -> impl Iterator<Item = (Mac, Learned)> {
        self.table.iter().map(|(mac, l)| (*mac, *l)).filter(move |(_, l)| !self.aged(l, now))
    }
    /// When an entry will be forgotten, unless its address is seen again.
    pub fn dies(&self, learned: &Learned) -> Instant {
        match self.kind {
            BridgeKind::Switch { ageing } => learned.at + ageing,
            BridgeKind::Hub => learned.at,
        }
    }
    fn aged(&self, learned: &Learned, now: Instant) -> bool {
        now >= self.dies(learned)
    }

    /// The port of a frame for `dst`; none: all of them.
    fn find(&self, dst: Mac, now: Instant) -> Option<usize> {
        let learned = self.table.get(&dst).filter(|l| !dst.is_group() && !self.aged(l, now))?;
        Some(learned.port)
    }

    /// IEEE 802.1Q §8.7: whoever sends is where its frame came from.
    fn learn(&mut self, src: Mac, port: usize, now: Instant, r: &mut Tape) {
        if src.is_group() || self.kind == BridgeKind::Hub {
            return;
        }
        let before = self.table.get(&src).copied();
        if before.is_none() && self.table.iter().len() >= CAPACITY {
            rule!(r, rules::SWITCH_FULL, Act, src, CAPACITY);
            return;
        }
        match before {
            Some(l) if l.port == port && !self.aged(&l, now) => {}
            Some(l) if l.port != port => rule!(r, rules::SWITCH_MOVED, Act, src, l.port + 1, port + 1),
            _ => rule!(r, rules::SWITCH_LEARNED, Act, src, port + 1),
        }
        self.table.insert(src, Learned { port, at: now });
    }
}

impl World {
    /// The switch or hub that a node is.
    pub fn bridge(&self, node: NodeId) -> Option<&Bridge> {
        self.nodes.get(usize::from(node.0))?.bridge.as_deref()
    }

    /// A frame reached a port.
    #[cold]
    #[inline(never)]
    pub(crate) fn bridge_arrives(&mut self, slot: u32, log: &mut StepLog, r: &mut Tape) {
        let Some(Flight { id, to: (node, port), bytes, .. }) = self.flights.remove(slot) else { return };
        log.step = Step::Arrival { frame: id, node };
        let busy = self.flights.iter().take(STORM).count() >= STORM;
        let n = &mut self.nodes[usize::from(node.0)];
        let ports = n.plugs.len();
        let Some(bridge) = n.bridge.as_deref_mut() else { return };
        let Ok((link, _)) = ethernet::parse(&bytes) else {
            log.fates
                .push((id, Fate::Refused { rule: &rules::SWITCH_RUNT, numbers: [bytes.len() as u32, 0] }));
            return;
        };
        if busy {
            rule!(r, rules::SWITCH_STORM, Drop, STORM);
            log.fates.push((id, Fate::Refused { rule: &rules::SWITCH_STORM, numbers: [STORM as u32, 0] }));
            return;
        }
        bridge.learn(link.src, port, self.now, r);
        let found = bridge.find(link.dst, self.now);
        match (bridge.kind, found) {
            (BridgeKind::Hub, _) => rule!(r, rules::HUB_REPEATS, Act, port + 1),
            (_, Some(out)) if out == port => {
                rule!(r, rules::SWITCH_FILTERED, Drop, link.dst, port + 1);
                let numbers = [port as u32 + 1, 0];
                log.fates.push((id, Fate::Refused { rule: &rules::SWITCH_FILTERED, numbers }));
                return;
            }
            (_, Some(out)) => rule!(r, rules::SWITCH_FORWARDED, Act, link.dst, out + 1),
            (_, None) if link.dst.is_group() => rule!(r, rules::SWITCH_GROUP, Act, port + 1),
            (_, None) => rule!(r, rules::SWITCH_FLOODED, Act, link.dst, port + 1),
        }
        log.fates.push((id, Fate::Delivered));
        match found {
            Some(out) => self.send_out(node, out, bytes, log, r),
            None => {
                for out in (0..ports).filter(|&out| out != port) {
                    self.send_out(node, out, bytes.clone(), log, r);
                }
            }
        }
    }

    fn send_out(&mut self, node: NodeId, port: usize, bytes: Bytes, log: &mut StepLog, r: &mut Tape) {
        let origin = Origin { node: node.0, iface: port, resent: 0, injected: false };
        self.launch(origin, bytes, log, r);
    }
}
