//! The table: what is tracked, by the packets of either direction; mappings, and who may pass them.

use super::leave::with_source;
use super::tcp_state::{Segment, State, Timeouts, after};
use super::{Depends, NatConfig};
use crate::store::{Sorted, Table};
use std::net::Ipv4Addr;
use tcp::time::{Duration, Instant};
use wire::ip;

/// Whose packet it is. Of an echo both ports are its identifier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub struct Tuple {
    pub protocol: u8,
    pub src: Ipv4Addr,
    pub dst: Ipv4Addr,
    pub src_port: u16,
    pub dst_port: u16,
}

impl Tuple {
    /// Of the answer.
    pub const fn inverse(self) -> Tuple {
        let Tuple { protocol, src, dst, src_port, dst_port } = self;
        Tuple { protocol, src: dst, dst: src, src_port: dst_port, dst_port: src_port }
    }
}

/// Which way a packet goes: as the first one did, or back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Dir {
    Original,
    Reply,
}

/// A tracked connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Packets of the first one's direction, as they come in.
    pub original: Tuple,
    /// Packets back, as they come in.
    pub reply: Tuple,
    /// State, of TCP.
    pub state: State,
    /// Packets each way, original first.
    pub packets: [u64; 2],
    /// Something came back.
    pub replied: bool,
    /// It is not thrown out while the table is full.
    pub assured: bool,
    /// When the first packet passed.
    pub since: Instant,
    /// When it is forgotten.
    pub dies: Instant,
    /// The mapping that it holds on to.
    mapping: Option<Mapping>,
}

impl Entry {
    /// What a packet of this direction looks like when it leaves.
    pub fn leaves(&self, dir: Dir) -> Tuple {
        if dir == Dir::Original { self.reply.inverse() } else { self.original.inverse() }
    }
}

/// An outer address and port, with the peer on which the mapping depends (zeros where it does not).
type Outer = (u8, Ipv4Addr, u16, Ipv4Addr, u16);
/// An inner address and port, likewise.
type Inner = Outer;
type Mapping = (Inner, Outer);

/// Why a connection is not tracked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Full {
    /// `nf_conntrack_max` entries, all of them assured.
    Table,
    /// Every port of the outer address is taken.
    Ports,
}

/// Connection tracking and translation of one host.
#[derive(Clone, Debug)]
pub(crate) struct Nat {
    pub(crate) config: NatConfig,
    entries: Sorted<u32, Entry>,
    tuples: Table<Tuple, (u32, bool)>,
    deadlines: Sorted<(Instant, u32), ()>,
    /// Mappings from the inside, with how many entries hold on to each.
    inner: Sorted<Inner, (Outer, u32)>,
    /// The same from outside.
    outer: Sorted<Outer, Inner>,
    next: u32,
    /// The time for which the host's timer is set.
    pub(crate) armed: Option<Instant>,
}

impl Nat {
    pub(crate) fn new(config: NatConfig) -> Nat {
        Nat {
            config,
            entries: Sorted::default(),
            tuples: Table::default(),
            deadlines: Sorted::default(),
            inner: Sorted::default(),
            outer: Sorted::default(),
            next: 0,
            armed: None,
        }
    }

    /// In the order in which they began.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }
    pub(crate) fn get(&self, id: u32) -> Option<&Entry> {
        self.entries.get(&id)
    }
    /// The entry whose packets look like this, and their direction.
    pub(crate) fn find(&self, tuple: &Tuple) -> Option<(u32, Dir)> {
        let &(id, back) = self.tuples.get(tuple)?;
        Some((id, if back { Dir::Reply } else { Dir::Original }))
    }

    /// A new entry for a packet that came in as `original` and leaves as `leaves`. `outside`: the mapping that it needs,
    /// from its inner to its outer address and port.
    pub(crate) fn begin(
        &mut self,
        now: Instant,
        (original, leaves): (Tuple, Tuple),
        mapping: Option<((Ipv4Addr, u16), (Ipv4Addr, u16))>,
        most: u32,
    ) -> Result<u32, Full> {
        let reply = leaves.inverse();
        if self.tuples.get(&original).is_some() || self.tuples.get(&reply).is_some() {
            return Err(Full::Ports);
        }
        if self.entries.len() >= most as usize && !self.drop_early() {
            return Err(Full::Table);
        }
        let peer = if mapping.is_some_and(|(inner, _)| inner.0 == original.src) {
            (leaves.dst, leaves.dst_port)
        } else {
            (original.src, original.src_port)
        };
        let mapping = mapping.map(|(inner, outer)| self.hold(original.protocol, inner, outer, peer));
        self.next += 1;
        let id = self.next;
        self.tuples.insert(original, (id, false));
        self.tuples.insert(reply, (id, true));
        let entry = Entry {
            original,
            reply,
            state: State::None,
            packets: [0; 2],
            replied: false,
            assured: false,
            since: now,
            dies: now,
            mapping,
        };
        self.deadlines.insert((now, id), ());
        self.entries.insert(id, entry);
        Ok(id)
    }

    fn hold(
        &mut self,
        protocol: u8,
        inner: (Ipv4Addr, u16),
        outer: (Ipv4Addr, u16),
        peer: (Ipv4Addr, u16),
    ) -> Mapping {
        let peer = self.depends_on(peer);
        let inner = (protocol, inner.0, inner.1, peer.0, peer.1);
        let outer = (protocol, outer.0, outer.1, peer.0, peer.1);
        self.inner.entry(inner, (outer, 0)).1 += 1;
        self.outer.insert(outer, inner);
        (inner, outer)
    }

    fn depends_on(&self, (addr, port): (Ipv4Addr, u16)) -> (Ipv4Addr, u16) {
        match self.config.mapping {
            Depends::EndpointIndependent => (Ipv4Addr::UNSPECIFIED, 0),
            Depends::AddressDependent => (addr, 0),
            Depends::AddressAndPortDependent => (addr, port),
        }
    }

    /// linux early_drop: the oldest that is not assured makes room.
    fn drop_early(&mut self) -> bool {
        let oldest = self.entries.iter().find(|(_, e)| !e.assured).map(|(id, _)| *id);
        oldest.inspect(|id| self.forget(*id)).is_some()
    }

    /// Takes an entry out, with its mapping where nobody else holds on to that.
    pub(crate) fn forget(&mut self, id: u32) {
        let Some(entry) = self.entries.remove(&id) else { return };
        self.tuples.remove(&entry.original);
        self.tuples.remove(&entry.reply);
        self.deadlines.remove(&(entry.dies, id));
        if let Some((inner, outer)) = entry.mapping
            && let Some((_, holders)) = self.inner.get_mut(&inner)
        {
            *holders -= 1;
            if *holders == 0 {
                self.inner.remove(&inner);
                self.outer.remove(&outer);
            }
        }
    }

    /// A packet of an entry passed. `None`: it cannot be of this connection. `Some(false)`: the entry is gone with it.
    pub(crate) fn passes(
        &mut self,
        now: Instant,
        (id, dir): (u32, Dir),
        segment: Option<Segment>,
        timeouts: &Timeouts,
    ) -> Option<bool> {
        let entry = self.entries.get_mut(&id)?;
        let old = entry.state;
        if let Some(segment) = segment {
            if segment == Segment::Rst && dir == Dir::Reply && !entry.replied {
                // linux: of a connection that was refused at once nothing is kept.
                self.forget(id);
                return Some(false);
            }
            entry.state = after(old, dir, segment)?;
        }
        entry.packets[usize::from(dir == Dir::Reply)] += 1;
        entry.replied |= dir == Dir::Reply;
        let lasts = match entry.original.protocol {
            ip::TCP => {
                let was = matches!(old, State::SynRecv | State::Established);
                entry.assured |= entry.replied && was && entry.state == State::Established;
                timeouts.tcp(entry.state)
            }
            // linux nf_conntrack_udp_packet: an exchange that goes on after two seconds is a stream.
            ip::UDP if entry.replied && now.since(entry.since) > Duration::from_secs(2) => {
                entry.assured = true;
                timeouts.udp_stream
            }
            ip::UDP => timeouts.udp,
            ip::ICMP => timeouts.icmp,
            _ => timeouts.generic,
        };
        let old = std::mem::replace(&mut entry.dies, now + lasts);
        let dies = entry.dies;
        self.deadlines.remove(&(old, id));
        self.deadlines.insert((dies, id), ());
        Some(true)
    }

    /// The next time at which an entry is forgotten.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadlines.iter().next().map(|((at, _), ())| *at)
    }

    /// Takes out an entry whose time is over.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<Entry> {
        let (_, id) = self.deadlines.iter().next().map(|(k, ())| *k).filter(|(at, _)| *at <= now)?;
        let entry = self.entries.get(&id).cloned();
        self.forget(id);
        entry
    }

    /// The port of `outer` from which a packet leaves that is from inside and otherwise looks like `leaves`. `taken`
    /// says what the host itself uses. `start`: where a search begins that has no port to keep.
    pub(crate) fn port(
        &self,
        leaves: Tuple,
        outer: Ipv4Addr,
        start: u32,
        taken: &dyn Fn(u16) -> bool,
    ) -> Option<u16> {
        let peer = self.depends_on((leaves.dst, leaves.dst_port));
        let inner = (leaves.protocol, leaves.src, leaves.src_port, peer.0, peer.1);
        let is_free = |port: u16| self.tuples.get(&with_source(leaves, outer, port).inverse()).is_none();
        if let Some(((_, addr, port, ..), _)) = self.inner.get(&inner)
            && *addr == outer
            && is_free(*port)
        {
            return Some(*port);
        }
        let forwarded = |port| self.forward(leaves.protocol, port).is_some();
        let mapped = |port| self.outer.get(&(leaves.protocol, outer, port, peer.0, peer.1)).is_some();
        let fits = |port: &u16| is_free(*port) && !mapped(*port) && !taken(*port) && !forwarded(*port);
        if self.config.port_preservation && fits(&leaves.src_port) {
            return Some(leaves.src_port);
        }
        let (low, count) = range(leaves.protocol, leaves.src_port, self.config.port_preservation);
        (0..count).map(|n| low + (start.wrapping_add(n) % count) as u16).find(fits)
    }

    /// Where a port of the outside is forwarded to.
    pub(crate) fn forward(&self, protocol: u8, port: u16) -> Option<(Ipv4Addr, u16)> {
        let forward = self.config.forwards.iter().find(|f| f.protocol == protocol && f.port == port)?;
        Some((forward.to, forward.to_port))
    }

    /// Who inside has the outer address and port of a packet, and whether its sender may pass (RFC 4787 §5).
    pub(crate) fn mapped(&self, packet: &Tuple) -> Option<((Ipv4Addr, u16), bool)> {
        let from = (packet.protocol, packet.dst, packet.dst_port, Ipv4Addr::UNSPECIFIED, 0);
        let (outer, inner) = self.outer.from(&from).next()?;
        if (outer.0, outer.1, outer.2) != (packet.protocol, packet.dst, packet.dst_port) {
            return None;
        }
        let known = |e: &Entry| {
            // As packets of its peer come in.
            let to_it = |t: &&Tuple| (t.protocol, t.dst, t.dst_port) == (outer.0, outer.1, outer.2);
            [&e.original, &e.reply].into_iter().find(to_it).is_some_and(|peer| {
                let any_port = self.config.filtering == Depends::AddressDependent;
                peer.src == packet.src && (any_port || peer.src_port == packet.src_port)
            })
        };
        let passes = self.config.filtering == Depends::EndpointIndependent || self.entries().any(known);
        Some(((inner.1, inner.2), passes))
    }

    /// Panics where the table does not agree with itself.
    pub(crate) fn check(&self) {
        assert_eq!(self.tuples.len(), self.entries.len() * 2, "each entry stands under two tuples");
        assert_eq!(self.deadlines.len(), self.entries.len(), "each entry has one deadline");
        let held: u32 = self.inner.values().map(|(_, n)| n).sum();
        let holders = self.entries().filter(|e| e.mapping.is_some()).count();
        assert_eq!(held as usize, holders, "each mapping counts who holds on to it");
    }
}

/// Ports to search: first and how many. linux nf_nat_l4proto_unique_tuple keeps privileged ones among themselves.
const fn range(protocol: u8, port: u16, preserve: bool) -> (u16, u32) {
    match port {
        _ if protocol == ip::ICMP => (0, 65_536),
        1..512 if preserve => (1, 511),
        512..1024 if preserve => (600, 424),
        _ => (1024, 64_512),
    }
}
