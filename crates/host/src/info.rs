//! For people to look at: sockets as ss(8) lists them, queues, what holds together.

use crate::listen::Listener;
use crate::sock::{Kind, Sock, Waiter};
use crate::{HalfOpenInfo, Host, ListenerInfo, SockId, SocketInfo, WaitingInfo};
use std::net::SocketAddr;
use tcp::State;

/// SYN or FIN without an acknowledgment; half-open entries of a listener are no sockets yet.
fn control_bits(sock: &Sock) -> u32 {
    match sock.state() {
        State::SynSent | State::FinWait1 | State::Closing | State::LastAck => 1,
        State::SynReceived => u32::from(sock.parent.is_none()),
        _ => 0,
    }
}

impl SocketInfo {
    /// The state as ss(8) spells it; of a socket without connections, whether it speaks to one alone.
    pub fn ss(&self) -> &'static str {
        match (self.netid, self.remote) {
            ("tcp", _) => self.state.ss(),
            (_, Some(_)) => "ESTAB",
            (_, None) => "UNCONN",
        }
    }
}

impl Host {
    pub(crate) fn socket_info(&self, sock: &Sock) -> SocketInfo {
        let (recv_q, send_q) = match &sock.kind {
            Kind::Fresh | Kind::Epoll(_) => (0, 0),
            Kind::Datagrams(d) => (d.unread() as u32, 0),
            Kind::Listener(l) => (l.accept.len() as u32, l.backlog),
            // linux tcp_diag_get_info: write_seq − snd_una, so that a SYN or FIN counts until it is acknowledged.
            Kind::Stream(c) => (c.readable() as u32, c.unacked() as u32 + control_bits(sock)),
        };
        SocketInfo {
            id: sock.id,
            netid: match &sock.kind {
                Kind::Datagrams(d) => d.what.netid(),
                _ => "tcp",
            },
            owner: sock.owner,
            state: sock.state(),
            local: sock.local,
            remote: sock.remote,
            recv_q,
            send_q,
            listener: sock.listener().map(|l| self.listener_info(l)),
            parent: sock.parent,
            error: sock.error,
        }
    }

    fn listener_info(&self, l: &Listener) -> ListenerInfo {
        let capacity = self.settings.queues.capacity(l.backlog);
        ListenerInfo {
            backlog: l.backlog,
            syn_capacity: capacity,
            accept_capacity: capacity,
            syn_queue: l.syn.iter().filter_map(|&id| self.half_open_info(id)).collect(),
            accept_queue: l.accept.iter().filter_map(|&id| self.waiting_info(id)).collect(),
        }
    }

    fn half_open_info(&self, id: SockId) -> Option<HalfOpenInfo> {
        let sock = self.socks.get(id)?;
        let Kind::Stream(c) = &sock.kind else { return None };
        let (repeats, repeats_max, dies) = c.handshake_progress()?;
        let next = c.next_deadline().map_or(sock.since, |(at, _)| at);
        Some(HalfOpenInfo {
            sock: id,
            peer: sock.remote?,
            since: sock.since,
            repeats,
            repeats_max,
            next,
            dies,
        })
    }

    fn waiting_info(&self, id: SockId) -> Option<WaitingInfo> {
        let sock = self.socks.get(id)?;
        let Kind::Stream(c) = &sock.kind else { return None };
        Some(WaitingInfo { sock: id, peer: sock.remote?, since: sock.since, unread: c.readable() as u32 })
    }

    pub(crate) fn check(&self) {
        let (mut hashed, mut children, mut queued) = (0, 0, 0);
        if let Some(nat) = &self.nat {
            nat.check();
        }
        for sock in self.socks.iter() {
            if let Kind::Stream(c) = &sock.kind {
                c.assert_invariants();
            }
            if sock.hashed {
                hashed += 1;
                let tuple = sock.tuple().expect("a socket in the table of connections has both ends");
                assert_eq!(self.tuples.get(&tuple), Some(&sock.id), "four-tuple of {:?}", sock.id);
                assert_ne!(sock.state(), State::Closed, "a closed connection left the table");
            }
            children += usize::from(sock.parent.is_some());
            if let Kind::Listener(l) = &sock.kind {
                self.check_listener(sock, l);
                queued += l.syn.len() + l.accept.len();
            }
            for Waiter { wait, .. } in &sock.waiters {
                assert!(self.parked.get(wait).is_some(), "a waiter of {:?} is a parked call", sock.id);
            }
        }
        assert_eq!(children, queued, "every child of a listener stands in one of its queues");
        assert_eq!(hashed, self.tuples.len(), "every entry of the table of connections is a socket");
        let in_use = self.processes.values().flat_map(|p| p.fds.list());
        for (fd, id) in in_use {
            assert!(self.socks.get(id).is_some(), "descriptor {fd} points to a socket");
        }
    }

    fn check_listener(&self, sock: &Sock, l: &Listener) {
        let port = sock.local.as_ref().map(SocketAddr::port).expect("a listener has a port");
        assert!(
            self.listeners.get(&port).is_some_and(|all| all.contains(&sock.id)),
            "a listener can be found"
        );
        let capacity = self.settings.queues.capacity(l.widest) as usize;
        assert!(l.accept.len() <= capacity, "accept queue {} of {capacity}", l.accept.len());
        for (queue, half_open) in [(&l.syn, true), (&l.accept.iter().copied().collect(), false)] {
            for &id in queue {
                let child = self.socks.get(id).expect("a child in a queue exists");
                assert_eq!(child.parent, Some(sock.id), "child {id:?}");
                assert_eq!(child.half_open_parent().is_some(), half_open, "queue of {id:?}");
            }
        }
        let young = l.syn.iter().filter(|&&c| self.socks.get(c).is_some_and(|s| !s.aged)).count();
        assert_eq!(young, l.young as usize, "young half-open children");
        assert!(l.syn.is_sorted(), "the SYN queue is in order of arrival");
    }
}
