//! Connections by their four-tuple, named in the order in which they appear.

use crate::records::NONE;
use net::Glance;
use rustc_hash::FxHashMap;
use std::net::SocketAddr;
use wire::Seq;
use wire::tcp::Flags;

/// A connection, whatever became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Who sent the first SYN, or the first segment where there was none.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// Each SYN: its step, whether it was the client's, its sequence number. More than one a side where the
    /// four-tuple was used again, or a SYN forged.
    syns: Vec<(u32, bool, Seq)>,
    /// Step in which it appeared.
    pub since: u32,
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
        self.syns.iter().rev().find(|(_, of_client, _)| *of_client == client).map(|(.., seq)| *seq)
    }
}

/// All of them. A four-tuple used again is the same flow.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    list: Vec<Flow>,
    /// Looked up only: the order of a hash table must not decide anything.
    index: FxHashMap<(SocketAddr, SocketAddr), u16>,
    /// The flow of the last segment: most often that of the next one too.
    recent: u16,
}

impl Flows {
    /// About how many octets one of them takes, with its place in the index.
    pub(crate) const EACH: usize = size_of::<Flow>() + 2 * size_of::<(u32, bool, Seq)>() + 72;

    /// In the order of their ids.
    pub fn list(&self) -> &[Flow] {
        &self.list
    }

    /// The flow between two ends, either way round.
    pub fn find(&self, a: SocketAddr, b: SocketAddr) -> Option<u16> {
        self.index.get(&key(a, b)).copied()
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
        let Some(flow) = self.list.get_mut(usize::from(id)) else { return (id, false) };
        let client = g.src == flow.client;
        if g.flags.has(Flags::SYN) && flow.isn(client) != Some(g.seq) {
            // Most have one SYN a side and never another.
            flow.syns.reserve_exact(1);
            flow.syns.push((step, client, g.seq));
        }
        (id, !client)
    }

    /// The flow of a connection that `client` begins; its SYN may have to wait for a neighbour first.
    pub(crate) fn open(&mut self, client: SocketAddr, server: SocketAddr, step: u32) -> u16 {
        self.find(client, server).unwrap_or_else(|| self.add(client, server, step))
    }

    /// Forgets what appeared after `step`.
    pub(crate) fn truncate(&mut self, step: u32) {
        let keep = self.list.partition_point(|f| f.since <= step);
        self.list.truncate(keep);
        for flow in &mut self.list {
            flow.syns.retain(|(at, ..)| *at <= step);
        }
        self.index.retain(|_, id| usize::from(*id) < keep);
    }

    fn add(&mut self, client: SocketAddr, server: SocketAddr, since: u32) -> u16 {
        let id = self.list.len();
        if id >= usize::from(NONE) {
            return NONE;
        }
        self.list.push(Flow { client, server, syns: Vec::new(), since });
        self.index.insert(key(client, server), id as u16);
        id as u16
    }
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
