//! What a descriptor points to.

use crate::datagram::Datagrams;
use crate::epoll::Epoll;
use crate::error_queue::ErrorQueue;
use crate::fast_open::FastSock;
use crate::listen::Listener;
use crate::names::Reuse;
use crate::options::Options;
use crate::ready::events;
use crate::secret::FourTuple;
use crate::{Errno, Fd, Pid, SockId};
use std::net::SocketAddr;
use tcp::time::Instant;
use tcp::{Connection, State};
use wire::usual::{Ends, Pattern};

/// A call that is parked, by the order in which it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct WaitId(pub(crate) u64);

/// A call parked on a socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiter {
    pub(crate) wait: WaitId,
    /// Events of poll(2), any of which makes it worth trying again.
    pub(crate) wants: u32,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)]
pub(crate) enum Kind {
    /// Made, perhaps bound, neither listening nor connected.
    Fresh,
    Listener(Listener),
    Stream(Connection),
    /// UDP, raw IP, whole frames.
    Datagrams(Box<Datagrams>),
    /// No socket, but a descriptor like the others: a list of descriptors to watch.
    Epoll(Epoll),
}

/// A socket. It is its own open file description: every descriptor that points to it shares its flags.
#[derive(Clone, Debug)]
pub(crate) struct Sock {
    pub(crate) id: SockId,
    pub(crate) kind: Kind,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: Option<SocketAddr>,
    /// Descriptors that point here.
    pub(crate) refs: u32,
    /// The first of them.
    pub(crate) owner: Option<(Pid, Fd)>,
    /// The listener it came from, while nobody has accepted it.
    pub(crate) parent: Option<SockId>,
    /// O_NONBLOCK.
    pub(crate) nonblocking: bool,
    /// connect(2) was called and nobody was told its end yet.
    pub(crate) connecting: bool,
    /// The last descriptor is gone and the connection goes on by itself.
    pub(crate) released: bool,
    /// shutdown(2) with SHUT_RD.
    pub(crate) reading_ended: bool,
    /// Its family is AF_INET6.
    pub(crate) six: bool,
    /// Socket options that were set.
    pub(crate) options: Option<Box<Options>>,
    /// SO_ERROR.
    pub(crate) error: Option<Errno>,
    /// What ICMP said of the path: why the connection timed out, should it (RFC 9293 MUST-56).
    pub(crate) soft_error: Option<Errno>,
    /// It stands in the table of connections.
    pub(crate) hashed: bool,
    /// The port is its own, by bind(2) or by choice of the host; children share their listener's.
    pub(crate) port: PortHold,
    /// Deadline last announced to the simulator.
    pub(crate) armed: Option<Instant>,
    /// Calls parked on it, first come first.
    pub(crate) waiters: Vec<Waiter>,
    /// Epolls that watch it.
    pub(crate) watchers: Vec<SockId>,
    /// When it was made, or entered the queue that it is in.
    pub(crate) since: Instant,
    /// Half-open, and its SYN-ACK was repeated (no longer linux `young`).
    pub(crate) aged: bool,
    /// SND.UNA when the next hop was last told that it is there.
    pub(crate) confirmed: Option<wire::Seq>,
    /// Identification of its next IP datagram.
    pub(crate) ip_ident: u16,
    /// How its segments leave, once one has.
    pub(crate) way_out: Option<Box<WayOut>>,
    /// How its segments come in, once one was judged.
    pub(crate) way_in: Option<WayIn>,
    /// Fast Open under way.
    pub(crate) fast: Option<Box<FastSock>>,
    /// Its error queue, and what may come to stand in it.
    pub(crate) errors: Option<Box<ErrorQueue>>,
}

/// Whether a socket holds its port in the table of ports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PortHold {
    None,
    /// By bind(2): held until the last descriptor is closed.
    Bound,
    /// Chosen by the host: given back when the connection ends.
    Chosen,
    /// A child's: counted with its listener's port.
    Inherited(Reuse),
}

/// A neighbour that is known, and the headers of what goes there.
#[derive(Clone, Debug)]
pub(crate) struct WayOut {
    pub(crate) iface: usize,
    pub(crate) pattern: Pattern,
    /// Of [`crate::ip::Ip`], when it was found.
    pub(crate) generation: u32,
}

/// What was found right of a connection's segment, and is of the next one where that says the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct WayIn {
    pub(crate) iface: usize,
    /// Of [`crate::ip::Ip`], when it was judged.
    pub(crate) generation: u32,
    pub(crate) ends: Ends,
}

impl Sock {
    pub(crate) fn new(id: SockId, kind: Kind, now: Instant) -> Sock {
        Sock {
            id,
            kind,
            local: None,
            remote: None,
            refs: 0,
            owner: None,
            parent: None,
            nonblocking: false,
            connecting: false,
            released: false,
            reading_ended: false,
            six: false,
            options: None,
            error: None,
            soft_error: None,
            hashed: false,
            port: PortHold::None,
            armed: None,
            waiters: Vec::new(),
            watchers: Vec::new(),
            since: now,
            aged: false,
            confirmed: None,
            ip_ident: 0,
            way_out: None,
            way_in: None,
            fast: None,
            errors: None,
        }
    }
    /// Something changed that its headers depend on.
    pub(crate) fn forget_ways(&mut self) {
        (self.way_out, self.way_in) = (None, None);
    }
    pub(crate) fn state(&self) -> State {
        match &self.kind {
            Kind::Fresh | Kind::Epoll(_) | Kind::Datagrams(_) => State::Closed,
            Kind::Listener(_) => State::Listen,
            Kind::Stream(c) => c.state(),
        }
    }
    /// Key of the table of connections.
    pub(crate) fn tuple(&self) -> Option<FourTuple> {
        let (local, remote) = (self.local?, self.remote?);
        Some(FourTuple {
            local: local.ip(),
            remote: remote.ip(),
            local_port: local.port(),
            remote_port: remote.port(),
        })
    }
    /// Not a connection, one that is over, or one with something to tell.
    #[inline]
    pub(crate) fn has_news(&self) -> bool {
        !matches!(&self.kind, Kind::Stream(c) if !c.has_event() && c.state() != State::Closed)
    }
    /// Whether something came that a parked call waits for, or an epoll watches for.
    #[inline]
    pub(crate) fn wakes_any(&self) -> bool {
        if self.waiters.is_empty() {
            return !self.watchers.is_empty();
        }
        !self.watchers.is_empty() || self.waiters.iter().any(|w| events(self, w.wants) != 0)
    }
    pub(crate) fn stream(&mut self) -> Option<&mut Connection> {
        match &mut self.kind {
            Kind::Stream(c) => Some(c),
            _ => None,
        }
    }
    pub(crate) fn listener(&self) -> Option<&Listener> {
        match &self.kind {
            Kind::Listener(l) => Some(l),
            _ => None,
        }
    }
    pub(crate) fn listener_mut(&mut self) -> Option<&mut Listener> {
        match &mut self.kind {
            Kind::Listener(l) => Some(l),
            _ => None,
        }
    }
    /// Both ends, for events; the unspecified address where there is none.
    pub(crate) fn ends(&self) -> (SocketAddr, SocketAddr) {
        let none = SocketAddr::from(([0, 0, 0, 0], 0));
        (self.local.unwrap_or(none), self.remote.unwrap_or(none))
    }
}
