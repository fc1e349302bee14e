//! Which connection a line is about: the newest, unless the line names ports.

use super::machine::SCRIPT;
use super::peer::{Isn, Peer};
use super::seen::{Kind, Seen};
use super::{Problem, Run};
use crate::ast::{Direction, TcpLine};
use host::Fd;
use tcp::Info;
use wire::tcp::Flags;

/// First port of peers that connect to the host (the original takes ephemeral ports, from the same range).
const FIRST_REMOTE_PORT: u16 = 32_768;

/// The state of the socket under test, as far as it decides whom a packet belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum UnderTest {
    /// There is none.
    #[default]
    Absent,
    /// Made by socket(), nothing more.
    Made,
    /// It listens: the next inbound packet makes a new connection.
    Listening,
    /// This one of the peers.
    Peer(usize),
}

impl Run {
    /// socket() made a new socket under test.
    pub(super) fn socket_made(&mut self, fd: Fd) {
        self.newest = Some(fd);
        self.under_test = UnderTest::Made;
    }

    /// The socket under test listens now.
    pub(super) fn listening(&mut self) {
        self.under_test = UnderTest::Listening;
    }

    /// The socket under test connects: its own port shows with its first SYN.
    pub(super) fn connecting(&mut self) {
        if self.under_test == UnderTest::Made {
            let s = &self.settings;
            let remote = (s.remote_ip, s.connect_port);
            self.peers.push(Peer::new((s.local_ip, 0), remote, true, s.ecr_scaled));
            self.under_test = UnderTest::Peer(self.peers.len() - 1);
        }
    }

    fn new_peer(&mut self, line: Option<&TcpLine>) -> usize {
        let s = &self.settings;
        let port = FIRST_REMOTE_PORT + self.peers.len() as u16;
        let mut peer = Peer::new((s.local_ip, s.bind_port), (s.remote_ip, port), false, s.ecr_scaled);
        peer.script_port = line.and_then(|l| l.ports).map(|(source, _)| source);
        self.peers.push(peer);
        let n = self.peers.len() - 1;
        self.under_test = UnderTest::Peer(n);
        n
    }

    /// The connection that a line is about; an inbound packet may make it.
    pub(super) fn peer_of(&mut self, line: Option<&TcpLine>, direction: Direction) -> Result<usize, Problem> {
        let inbound = direction == Direction::Inbound;
        if let Some((source, destination)) = line.and_then(|l| l.ports) {
            let port = if inbound { source } else { destination };
            let known = self.peers.iter().rposition(|p| p.script_port == Some(port));
            if let Some(n) = known {
                return Ok(n);
            }
            if let UnderTest::Peer(n) = self.under_test
                && self.peers[n].script_port.is_none()
            {
                self.peers[n].script_port = Some(port);
                return Ok(n);
            }
        } else if let UnderTest::Peer(n) = self.under_test {
            return Ok(n);
        }
        if inbound || self.under_test == UnderTest::Made {
            return Ok(self.new_peer(line));
        }
        Err(Problem::failed("no connection that this packet could belong to has been seen yet"))
    }

    /// The port of an active connection, where its SYN was sent but is not yet looked at.
    pub(super) fn learn_port(&mut self, peer: usize) {
        let captured: Vec<_> = self.machine.captured.iter().cloned().collect();
        for c in captured {
            if let Kind::Tcp(seen) = Seen::read(c.at, &c.frame) {
                self.belongs(&seen, peer);
            }
        }
    }

    /// TCP_INFO of the socket under test.
    pub(super) fn info(&self) -> Option<Info> {
        let host = &self.machine.host;
        match self.under_test {
            UnderTest::Peer(n) if self.peers[n].local_port != 0 => {
                let p = &self.peers[n];
                let (local, remote) =
                    ((p.local_ip, p.local_port).into(), (p.remote_ip, p.remote_port).into());
                host.connection_info(self.machine.now, local, remote).or_else(|| self.newest_info())
            }
            _ => self.newest_info(),
        }
    }

    /// Whether a socket has no connection.
    pub(super) fn is_closed(&self, fd: Fd) -> bool {
        self.machine
            .host
            .tcp_info(self.machine.now, SCRIPT, fd)
            .is_some_and(|i| i.state == tcp::State::Closed)
    }

    fn newest_info(&self) -> Option<Info> {
        self.machine.host.tcp_info(self.machine.now, SCRIPT, self.newest?)
    }

    /// The peer's sequence numbers begin where its first SYN says.
    pub(super) fn learn_remote_isn(&mut self, peer: usize, line: &TcpLine) {
        let peer = &mut self.peers[peer];
        if line.flags.has(Flags::SYN)
            && peer.remote_isn.is_none()
            && let Some(seq) = line.seq
        {
            peer.remote_isn = Some(Isn { script: seq.value, live: seq.value });
        }
    }
}
