//! What a run met, written down for people to look at: packets both ways, calls and their results. A run that nobody
//! looks at writes nothing.

use super::connections::UnderTest;
use super::machine::{Captured, SCRIPT};
use super::peer::{Isn, Peer};
use super::seen::{Kind, Seen};
use super::system::Outcome;
use super::{Run, Verdict};
use bytes::Bytes;
use host::SockId;
use tcp::rule::Decision;
use tcp::time::Instant;
use wire::tcp::Flags;

/// Something that happened, and when.
#[derive(Clone, PartialEq, Debug)]
pub struct Happening {
    /// When.
    pub at: Instant,
    /// What.
    pub deed: Deed,
}

/// What happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Deed {
    /// A packet of the script's reached the host.
    Arrived {
        /// The Ethernet frame.
        frame: Bytes,
    },
    /// The host sent a packet.
    Left {
        /// The Ethernet frame.
        frame: Bytes,
        /// Which of the host's packets, from 1.
        serial: u64,
    },
    /// A `>` line took a packet that had left.
    Taken {
        /// Which.
        serial: u64,
    },
    /// A call has begun and does not return yet.
    Blocked {
        /// Its line.
        line: u32,
    },
    /// A call returned.
    Returned {
        /// Its line.
        line: u32,
        /// Its value.
        value: i64,
        /// With −1.
        errno: Option<&'static str>,
    },
}

/// Why a script ended where it did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The line.
    pub line: u32,
    /// What is wrong, in words; without the rules that led there.
    pub why: String,
    /// The packet that came in the place of the one that the line describes, as a script would write it.
    pub came: Option<String>,
}

impl Run {
    /// From here on what happens is written down; see [`Run::take_journal`].
    pub fn keep_journal(&mut self) {
        self.machine.journal.get_or_insert_default();
    }
    /// What has happened since the journal was last taken, in order.
    pub fn take_journal(&mut self) -> Vec<Happening> {
        self.machine.journal.as_mut().map(std::mem::take).unwrap_or_default()
    }
    /// Ends a script that lets more than `events` happen, with a sentence.
    pub fn limit_events(&mut self, events: u64) {
        self.machine.events_max = events;
    }
    /// What went wrong, once the script has ended without passing.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }
    /// Profile of the host.
    pub fn profile(&self) -> &str {
        &self.settings.profile
    }
    /// Forgets the rules decided so far, so that [`Run::decisions`] gives those of what follows.
    pub fn forget_decisions(&mut self) {
        self.machine.decisions.clear();
    }
    /// The latest rules, oldest first (a bounded number of them).
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.machine.decisions.iter().map(|(_, d)| d)
    }
    /// The connection that packet lines are about, while there is one; before any packet, the newest socket.
    pub fn socket_under_test(&self) -> Option<SockId> {
        let host = &self.machine.host;
        if let UnderTest::Peer(n) = self.under_test {
            let p = &self.peers[n];
            let connection =
                host.connection((p.local_ip, p.local_port).into(), (p.remote_ip, p.remote_port).into());
            // An active one shows its port with its first SYN.
            if connection.is_some() || p.local_port != 0 {
                return connection;
            }
        }
        let owner = Some((SCRIPT, self.newest?));
        host.sockets().into_iter().find(|s| s.owner == owner).map(|s| s.id)
    }

    /// A packet of the host's as a script would write it, `S. 0:0(0) ack 1 <mss 1460>`; none for what is not TCP.
    pub fn notation(&self, at: Instant, frame: &Bytes) -> Option<String> {
        let Kind::Tcp(seen) = Seen::read(at, frame) else { return None };
        let known = self.peers.iter().find(|p| {
            let port = p.local_port == seen.src_port || p.active && p.local_port == 0;
            port && p.remote_port == seen.dst_port && p.remote_ip == seen.ip.addrs.dst()
        });
        let local = (seen.ip.addrs.src(), seen.src_port);
        let remote = (seen.ip.addrs.dst(), seen.dst_port);
        let mut peer = known.cloned().unwrap_or_else(|| Peer::new(local, remote, false, false));
        if seen.flags.has(Flags::SYN) && peer.local_isn.is_none() {
            // The line that will take it has not been met: scripts begin at 0.
            peer.local_isn = Some(Isn { script: 0, live: seen.seq.0 });
        }
        Some(seen.script_text(&peer, seen.len()))
    }

    /// Writes down that a call is over.
    pub(super) fn note_returned(&mut self, at: Instant, line: u32, outcome: &Outcome) {
        let (value, errno) = match outcome {
            Outcome::Value(n, _) => (*n, None),
            Outcome::Errno(name) => (-1, Some(*name)),
        };
        self.machine.note_at(at, || Deed::Returned { line, value, errno });
    }

    /// Writes down that a call goes on.
    pub(super) fn note_blocked(&mut self, line: u32) {
        self.machine.note_at(self.machine.now, || Deed::Blocked { line });
    }

    /// Writes down that a line looks at a packet.
    pub(super) fn note_taken(&mut self, captured: &Captured) {
        let serial = captured.serial;
        self.machine.note_at(self.machine.now, || Deed::Taken { serial });
    }

    /// Keeps what [`Run::failure`] gives.
    pub(super) fn note_failure(&mut self, verdict: &Verdict, line: u32, why: &str) {
        let came = self.came.take().filter(|_| matches!(verdict, Verdict::Failed(_)));
        self.failure = Some(Failure { line, why: why.into(), came });
    }
}
