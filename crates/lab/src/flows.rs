//! Connections by their four-tuple, named in the order in which they appear.

use crate::list::List;
use crate::records::NONE;
use hashbrown::HashTable;
use host::HostEvent;
use net::{Glance, StepLog};
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;
use std::net::SocketAddr;
use wire::Seq;
use wire::tcp::Flags;

/// SYNs kept of a connection that had more than one a side, beside the first of each.
const MOST_SYNS: usize = 16;

/// A connection, whatever became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Who sent the first SYN, or the first segment where there was none.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// Step in which it appeared.
    pub since: u32,
    /// The first SYN of the server and of the client: its step, its sequence number.
    first: [Option<(u32, Seq)>; 2],
    more: Option<Box<More>>,
}

/// Further SYNs: the four-tuple was used again, or a SYN forged.
#[derive(Clone, Debug, Default, PartialEq)]
struct More {
    /// The latest: its step, whether it was the client's, its sequence number.
    syns: Vec<(u32, bool, Seq)>,
    /// Steps of the first and the last of those that are not kept, a side.
    dropped: [Option<(u32, u32)>; 2],
}

impl Flow {
    /// Whether a segment between these ends is its: from the server (`true`) or from the client.
    #[inline]
    fn way(&self, src: SocketAddr, dst: SocketAddr) -> Option<bool> {
        if self.server.port() == dst.port() && (self.client, self.server) == (src, dst) {
            Some(false)
        } else {
            ((self.client, self.server) == (dst, src)).then_some(true)
        }
    }

    /// Sequence number of the latest SYN, of the client or of the server.
    pub fn isn(&self, client: bool) -> Option<Seq> {
        let more = self.more.iter().flat_map(|m| m.syns.iter().rev());
        let latest = more.filter(|(_, of_client, _)| *of_client == client).map(|(.., seq)| *seq).next();
        latest.or(self.first[usize::from(client)].map(|(_, seq)| seq))
    }

    fn syn(&mut self, step: u32, client: bool, seq: Seq) {
        if self.isn(client) == Some(seq) {
            return;
        }
        let first = &mut self.first[usize::from(client)];
        if first.is_none() {
            *first = Some((step, seq));
            return;
        }
        let more = self.more.get_or_insert_default();
        more.syns.push((step, client, seq));
        if more.syns.len() > MOST_SYNS {
            let (step, client, _) = more.syns.remove(0);
            let dropped = &mut more.dropped[usize::from(client)];
            *dropped = Some((dropped.map_or(step, |(from, _)| from), step));
        }
    }

    /// Whether the latest SYN of a side up to `step` is one that is not kept.
    fn forgotten(&self, step: u32) -> bool {
        let Some(more) = &self.more else { return false };
        [false, true].into_iter().any(|client| {
            let later = more.syns.iter().any(|&(at, side, _)| side == client && at <= step);
            more.dropped[usize::from(client)].is_some_and(|(from, _)| step >= from) && !later
        })
    }

    fn truncate(&mut self, step: u32) {
        for first in &mut self.first {
            *first = first.filter(|(at, _)| *at <= step);
        }
        if let Some(more) = &mut self.more {
            more.syns.retain(|(at, ..)| *at <= step);
            if more.syns.is_empty() && more.dropped == [None; 2] {
                self.more = None;
            }
        }
    }
}

/// All of them, as many as there are ids. A four-tuple used again is the same flow.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    list: List<Flow>,
    /// Looked up only: the order of a hash table must not decide anything.
    index: HashTable<u16>,
    /// The flow of the last segment: most often that of the next one too.
    recent: u16,
}

impl Flows {
    /// About how many octets one of them takes, with its place in the index.
    pub(crate) const EACH: usize = size_of::<Flow>() + 6;

    /// In the order of their ids.
    pub fn list(&self) -> &List<Flow> {
        &self.list
    }

    /// The flow between two ends, either way round.
    pub fn find(&self, a: SocketAddr, b: SocketAddr) -> Option<u16> {
        let wanted = key(a, b);
        let is =
            |id: &u16| self.list.get(usize::from(*id)).is_some_and(|f| key(f.client, f.server) == wanted);
        self.index.find(hash(wanted), is).copied()
    }

    /// What a step shows of connections.
    pub(crate) fn read(&mut self, log: &StepLog, step: u32) {
        for launched in &log.launched {
            if let Some(g) = Glance::at(&launched.bytes) {
                self.file(&g, step);
            }
        }
        for (_, event) in &log.events {
            if let HostEvent::State { local, remote, to: tcp::State::SynSent, .. } = event {
                self.open(*local, *remote, step);
            }
        }
    }

    /// The flow of a segment that is sent in `step`, and whether its server sends it; a new one where it is the first.
    /// [`NONE`] where ids are spent.
    pub(crate) fn file(&mut self, g: &Glance, step: u32) -> (u16, bool) {
        let recent = self.list.get(usize::from(self.recent)).and_then(|f| f.way(g.src, g.dst));
        if let (Some(back), false) = (recent, g.flags.has(Flags::SYN)) {
            return (self.recent, back);
        }
        let id = self.find(g.src, g.dst).unwrap_or_else(|| {
            let answers = g.flags.has(Flags::SYN | Flags::ACK);
            let (client, server) = if answers { (g.dst, g.src) } else { (g.src, g.dst) };
            self.add(client, server, step)
        });
        self.recent = id;
        let Some(flow) = self.list.get(usize::from(id)) else { return (id, false) };
        let client = g.src == flow.client;
        if g.flags.has(Flags::SYN)
            && flow.isn(client) != Some(g.seq)
            && let Some(flow) = self.list.get_mut(usize::from(id))
        {
            flow.syn(step, client, g.seq);
        }
        (id, !client)
    }

    /// The flow of a connection that `client` begins; its SYN may have to wait for a neighbour first.
    pub(crate) fn open(&mut self, client: SocketAddr, server: SocketAddr, step: u32) -> u16 {
        self.find(client, server).unwrap_or_else(|| self.add(client, server, step))
    }

    /// Whether what was known of SYNs at `step` is not kept.
    pub(crate) fn forgotten(&self, step: u32) -> bool {
        self.list.iter().any(|f| f.forgotten(step))
    }

    /// Forgets what appeared after `step`.
    pub(crate) fn truncate(&mut self, step: u32) {
        self.list.keep(|f| f.since <= step);
        let late = |f: &Flow| {
            let first = f.first.iter().flatten().any(|(at, _)| *at > step);
            first || f.more.as_ref().is_some_and(|m| m.syns.iter().any(|(at, ..)| *at > step))
        };
        for flow in self.list.some_mut(late) {
            flow.truncate(step);
        }
        let keep = self.list.len();
        self.index.retain(|id| usize::from(*id) < keep);
        self.recent = 0;
    }

    fn add(&mut self, client: SocketAddr, server: SocketAddr, since: u32) -> u16 {
        let id = self.list.len();
        if id >= usize::from(NONE) {
            return NONE;
        }
        let list = &mut self.list;
        list.push(Flow { client, server, since, first: [None; 2], more: None });
        let of = |id: &u16| list.get(usize::from(*id)).map_or(0, |f| hash(key(f.client, f.server)));
        self.index.insert_unique(hash(key(client, server)), id as u16, of);
        id as u16
    }
}

fn hash(key: (SocketAddr, SocketAddr)) -> u64 {
    FxBuildHasher.hash_one(key)
}

fn key(a: SocketAddr, b: SocketAddr) -> (SocketAddr, SocketAddr) {
    if a <= b { (a, b) } else { (b, a) }
}

/// The letters of the diagram: A … Z, AA, AB, …
pub fn letter(id: u16) -> String {
    let mut n = u32::from(id) + 1;
    let mut letters = Vec::new();
    while n > 0 {
        n -= 1;
        letters.push(char::from(b'A' + (n % 26) as u8));
        n /= 26;
    }
    letters.iter().rev().collect()
}
