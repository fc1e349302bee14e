//! Fragments that wait for the rest of their datagram (RFC 791 §3.2, RFC 8200 §4.5, RFC 5722).

use crate::rules;
use crate::store::Sorted;
use bytes::Bytes;
use std::net::IpAddr;
use std::rc::Rc;
use tcp::rule::RuleDef;
use tcp::time::Instant;
use wire::datagram::{Fragment, LONGEST, UNIT, View, join};
use wire::ethernet;

/// What the fragments of one datagram have in common: addresses, protocol (of IPv4 only), identification.
pub(crate) type Key = (IpAddr, IpAddr, u8, u32);

/// Datagrams that are not whole yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reassembly {
    queues: Sorted<Key, Rc<Queue>>,
    /// Octets of all fragments that are kept.
    octets: usize,
    /// The time for which the host's timer is set.
    pub(crate) armed: Option<Instant>,
}

/// The fragments of a datagram.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    /// Where the latest of them came in.
    pub(crate) iface: usize,
    /// Frame of the first fragment, once it is here.
    pub(crate) first: Option<Bytes>,
    /// Offset and octets, in the order of their offsets.
    parts: Vec<(usize, Bytes)>,
    /// Where the payload ends, once the last fragment is here.
    end: Option<usize>,
    octets: usize,
    dies: Instant,
}

/// What became of a fragment.
#[derive(Debug)]
pub(crate) enum Taken {
    /// It waits; so many octets of its datagram are here.
    Waits(usize),
    /// It was the one that was missing: the datagram in a frame, and of how many fragments.
    Whole(Bytes, usize),
    /// The rule by which it was refused, and whether all that there was of its datagram went with it.
    Refused(&'static RuleDef, bool),
}

impl Reassembly {
    /// A fragment came in `frame`. `dies`: when a datagram that begins now is given up. `most`: octets kept in all.
    pub(crate) fn take(
        &mut self,
        iface: usize,
        frame: &Bytes,
        view: &View,
        part: Fragment,
        (dies, most): (Instant, usize),
    ) -> Taken {
        let key = key(view, part);
        if self.queues.get(&key).is_none() {
            if self.octets > most {
                return Taken::Refused(&rules::FRAGMENT_NO_ROOM, false);
            }
            let empty = Queue { iface, first: None, parts: Vec::new(), end: None, octets: 0, dies };
            self.queues.insert(key, Rc::new(empty));
        }
        let Some(queue) = self.queues.get_mut(&key).map(Rc::make_mut) else {
            unreachable!("it was put there")
        };
        queue.iface = iface;
        let start = ethernet::LEN + view.payload.start;
        let payload = frame.slice(start..ethernet::LEN + view.payload.end);
        match queue.insert(part, payload, matches!(key.0, IpAddr::V6(_))) {
            Ok(added) => self.octets += added,
            Err((rule, all)) => {
                if all {
                    self.forget(&key);
                }
                return Taken::Refused(rule, all);
            }
        }
        if part.offset == 0 {
            queue.first = Some(frame.clone());
        }
        let (here, pieces) = (queue.octets, queue.parts.len());
        if queue.end != Some(here) {
            return Taken::Waits(here);
        }
        let whole = queue.joined();
        self.forget(&key);
        whole.map_or(Taken::Refused(&rules::FRAGMENT_LENGTH, true), |frame| Taken::Whole(frame, pieces))
    }

    fn forget(&mut self, key: &Key) {
        if let Some(queue) = self.queues.remove(key) {
            self.octets -= queue.octets;
        }
    }

    /// The next time at which a datagram is given up.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.queues.values().map(|q| q.dies).min()
    }

    /// A datagram whose time is over, taken out.
    pub(crate) fn expired(&mut self, now: Instant) -> Option<(Key, Rc<Queue>)> {
        let (key, queue) = self.queues.iter().find(|(_, q)| q.dies <= now).map(|(k, q)| (*k, q.clone()))?;
        self.forget(&key);
        Some((key, queue))
    }
}

fn key(view: &View, part: Fragment) -> Key {
    let (src, dst) = (view.addrs.src(), view.addrs.dst());
    // RFC 8200 §4.5: the protocol does not tell datagrams of IPv6 apart.
    (src, dst, if src.is_ipv4() { view.protocol } else { 0 }, part.ident)
}

impl Queue {
    /// Octets that came to it. An error is the rule, and whether the whole datagram is given up.
    fn insert(
        &mut self,
        part: Fragment,
        mut payload: Bytes,
        v6: bool,
    ) -> Result<usize, (&'static RuleDef, bool)> {
        const WRONG: (&RuleDef, bool) = (&rules::FRAGMENT_LENGTH, true);
        if part.more && !payload.len().is_multiple_of(UNIT) {
            if v6 {
                return Err((&rules::FRAGMENT_LENGTH, false));
            }
            // linux ip_frag_queue: only the last may end anywhere.
            payload.truncate(payload.len() / UNIT * UNIT);
        }
        let end = part.offset + payload.len();
        if payload.is_empty() || end > LONGEST {
            return Err(WRONG);
        }
        let beyond = self.parts.last().map_or(0, |(at, p)| at + p.len());
        match (part.more, self.end) {
            (false, Some(known)) if known != end => return Err(WRONG),
            (false, _) if beyond > end => return Err(WRONG),
            (true, Some(known)) if end > known => return Err(WRONG),
            (false, _) => self.end = Some(end),
            _ => {}
        }
        let at = self.parts.partition_point(|(o, _)| *o < part.offset);
        if self.covers(part.offset, end) {
            return Err((&rules::FRAGMENT_DUPLICATE, false));
        }
        let overlaps = |(o, p): &(usize, Bytes)| *o < end && part.offset < o + p.len();
        if self.parts.iter().any(overlaps) {
            // RFC 5722 §4; Linux does so with IPv4 too.
            return Err((&rules::FRAGMENT_OVERLAP, true));
        }
        self.octets += payload.len();
        let added = payload.len();
        self.parts.insert(at, (part.offset, payload));
        Ok(added)
    }

    /// Octets of it that are here.
    pub(crate) fn octets(&self) -> usize {
        self.octets
    }

    /// Everything from `start` to `end` is here already.
    fn covers(&self, start: usize, end: usize) -> bool {
        let mut reached = start;
        for (at, part) in &self.parts {
            if *at <= reached && at + part.len() > reached {
                reached = at + part.len();
            }
        }
        reached >= end
    }

    fn joined(&self) -> Option<Bytes> {
        let first = self.first.as_ref()?;
        let parts: Vec<&[u8]> = self.parts.iter().map(|(_, p)| &p[..]).collect();
        let datagram = join(&first[ethernet::LEN..], &parts)?;
        Some([&first[..ethernet::LEN], &datagram].concat().into())
    }
}
