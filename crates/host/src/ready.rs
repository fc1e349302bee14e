//! What a process may ask about a descriptor without changing anything.

use crate::flags::Queues;
use crate::settings::{DEVICE_REFUSES, FAST_OPEN_PAUSE};
use crate::sock::{Kind, Sock};
use crate::step::Step;
use crate::wait::{Progress, Try};
use crate::{Fd, Host, Pid, SockId};
use bytes::{BufMut, BytesMut};
use std::net::SocketAddr;
use tcp::time::{Duration, Instant};
use tcp::{Connection, Info, State};

/// Events of poll(2).
pub mod poll {
    /// There is something to read.
    pub const IN: u32 = 0x1;
    /// There is urgent data.
    pub const PRI: u32 = 0x2;
    /// Writing would not wait.
    pub const OUT: u32 = 0x4;
    /// An error is pending.
    pub const ERR: u32 = 0x8;
    /// Both directions have ended.
    pub const HUP: u32 = 0x10;
    /// There is something to read.
    pub const RDNORM: u32 = 0x40;
    /// Writing would not wait.
    pub const WRNORM: u32 = 0x100;
    /// The peer will send no more.
    pub const RDHUP: u32 = 0x2000;
}

/// POLLNVAL: no such descriptor.
const NVAL: u32 = 0x20;

impl Host {
    /// poll(2).
    pub(crate) fn sys_poll(
        &mut self,
        pid: Pid,
        fds: &[(Fd, u16)],
        timeout: Option<Duration>,
        progress: &Progress,
        cx: &mut Step,
    ) -> Try {
        let mut revents = BytesMut::new();
        let mut count = 0;
        let mut socks = Vec::new();
        for &(fd, events) in fds {
            let ready = match self.readiness(pid, fd) {
                // A negative descriptor is passed over.
                _ if fd < 0 => 0,
                None => NVAL,
                Some((mask, _)) => mask & (u32::from(events) | poll::ERR | poll::HUP),
            };
            count += i64::from(ready != 0);
            revents.put_u16_le(ready as u16);
            socks.extend(self.socket_of(pid, fd));
        }
        if count > 0 || progress.timed_out || timeout == Some(Duration::ZERO) {
            return Try::Done(count, revents.freeze());
        }
        socks.sort_unstable();
        socks.dedup();
        Try::WaitAny(socks, timeout.map(|t| cx.now + t))
    }

    fn sock_of(&self, pid: Pid, fd: Fd) -> Option<&Sock> {
        self.socks.get(self.socket_of(pid, fd)?)
    }

    /// O_NONBLOCK of a descriptor.
    pub fn nonblocking(&self, pid: Pid, fd: Fd) -> Option<bool> {
        self.sock_of(pid, fd).map(|s| s.nonblocking)
    }

    /// What recvmsg(2) tells with TCP_INQ: octets left to read, and one more for the end of the stream (linux
    /// tcp_inq_hint). None where nobody asked.
    pub fn inq(&self, pid: Pid, fd: Fd) -> Option<u32> {
        let sock = self.sock_of(pid, fd)?;
        let Kind::Stream(c) = &sock.kind else { return None };
        sock.options.as_ref().filter(|o| o.wants_inq())?;
        Some(c.readable() as u32 + u32::from(c.eof()))
    }

    /// What waits in a connection's queues; none for a socket that is not one.
    pub fn queues(&self, pid: Pid, fd: Fd) -> Option<Queues> {
        let Kind::Stream(c) = &self.sock_of(pid, fd)?.kind else { return None };
        if matches!(c.state(), State::SynSent | State::SynReceived) {
            return Some(Queues::default());
        }
        Some(Queues { unread: c.readable() as u32, unacked: c.unacked() as u32, unsent: c.unsent() })
    }

    /// Events that poll(2) would report (linux `tcp_poll`), and a count that grows whenever something new can be
    /// read: what epoll(7) calls an edge.
    pub fn readiness(&self, pid: Pid, fd: Fd) -> Option<(u32, u64)> {
        self.sock_of(pid, fd).map(readiness)
    }

    /// TCP_INFO of a descriptor.
    pub fn tcp_info(&self, now: Instant, pid: Pid, fd: Fd) -> Option<Info> {
        self.socket_of(pid, fd).map(|id| self.info_of(now, id))
    }
    pub(crate) fn info_of(&self, now: Instant, id: SockId) -> Info {
        match self.socks.get(id) {
            Some(Sock { kind: Kind::Stream(c), .. }) => c.info(now),
            Some(sock) if matches!(sock.kind, Kind::Fresh) && sock.deferred().is_some() => {
                Info { state: State::SynSent, ..Info::default() }
            }
            Some(sock) => Info { state: sock.state(), ..Info::default() },
            None => Info::default(),
        }
    }

    /// TCP_INFO of a connection, whoever holds it.
    pub fn connection_info(&self, now: Instant, local: SocketAddr, remote: SocketAddr) -> Option<Info> {
        let mine = |s: &&Sock| s.local == Some(local) && s.remote == Some(remote);
        match &self.socks.iter().filter(mine).last()?.kind {
            Kind::Stream(c) => Some(c.info(now)),
            _ => None,
        }
    }

    /// Changes a setting while the host runs, as sysctl(8) would. Connections that exist keep what they began with.
    ///
    /// # Errors
    /// A sentence, where there is no such setting or it cannot have this value.
    pub fn set_sysctl(&mut self, key: &str, value: &str) -> Result<(), String> {
        std::rc::Rc::make_mut(&mut self.settings).change(key, value)?;
        self.ip.generation += 1;
        if key == FAST_OPEN_PAUSE {
            self.forget_fast_pause();
        }
        if key == DEVICE_REFUSES {
            // Not a setting of connections but a fact about the device: those that exist meet it too.
            let full = self.settings.tcp.device_full;
            let all: Vec<_> = self.socks.iter().map(|s| s.id).collect();
            for id in all {
                if let Some(c) = self.socks.get_mut(id).and_then(Sock::stream) {
                    c.configure(|config| config.device_full = full);
                }
            }
        }
        Ok(())
    }

    /// Puts every setting back to its profile's.
    ///
    /// # Errors
    /// As [`Host::new`].
    pub fn reset_sysctls(&mut self) -> Result<(), String> {
        self.ip.generation += 1;
        self.settings = std::rc::Rc::new(crate::settings::Settings::new(&self.config.profile, &[])?);
        Ok(())
    }
}

/// Events of a socket, and the count whose growth is an edge.
pub(crate) fn readiness(sock: &Sock) -> (u32, u64) {
    let edge = match &sock.kind {
        Kind::Listener(l) => l.accept.len() as u64,
        // The end of the stream is news like an octet.
        Kind::Stream(c) => {
            c.octets_received() + u64::from(c.eof()) + sock.errors.as_ref().map_or(0, |q| q.count())
        }
        Kind::Epoll(e) => e.news(),
        Kind::Fresh => 0,
        Kind::Datagrams(d) => d.came() + sock.errors.as_ref().map_or(0, |q| q.count()),
    };
    (events(sock, u32::MAX), edge)
}

/// Those events of a socket that are `asked` for: what nobody asks for is not worked out.
#[inline]
pub(crate) fn events(sock: &Sock, asked: u32) -> u32 {
    if asked == poll::IN | poll::ERR | poll::HUP && waits_for_more(sock) {
        0
    } else {
        all_events(sock, asked)
    }
}

/// A reader of an open connection whose SO_RCVLOWAT is not there yet: how most segments find it.
#[inline]
fn waits_for_more(sock: &Sock) -> bool {
    let (Kind::Stream(c), None, None) = (&sock.kind, sock.error, &sock.errors) else { return false };
    let mark = c.config().rcv_lowat;
    c.state() == State::Established
        && !sock.reading_ended
        && !c.eof()
        && (c.readable() as u32) < mark
        && !c.window_is_closing()
}

fn all_events(sock: &Sock, asked: u32) -> u32 {
    use poll::*;
    let mask = match &sock.kind {
        Kind::Stream(c) => stream_events(sock, c, asked),
        Kind::Listener(l) if l.accept.is_empty() => 0,
        Kind::Listener(_) => IN | RDNORM,
        Kind::Fresh if sock.deferred().is_some() => OUT | WRNORM,
        Kind::Fresh => OUT | WRNORM | HUP | if sock.error.is_some() { ERR } else { 0 },
        Kind::Datagrams(d) => {
            let unread = if d.is_empty() { 0 } else { IN | RDNORM };
            unread | OUT | WRNORM | if has_errors(sock) { ERR } else { 0 }
        }
        Kind::Epoll(e) if e.has_ready() => IN | RDNORM,
        Kind::Epoll(_) => 0,
    };
    mask & asked
}

/// SO_ERROR, or something in the error queue.
#[inline]
fn has_errors(sock: &Sock) -> bool {
    sock.error.is_some() || sock.errors.as_ref().is_some_and(|q| !q.is_empty())
}

#[inline]
fn stream_events(sock: &Sock, c: &Connection, asked: u32) -> u32 {
    use poll::*;
    let mut mask = 0;
    let state = c.state();
    let no_more_in = c.eof() || sock.reading_ended || state == State::Closed;
    let no_more_out = asked & (HUP | OUT | WRNORM) != 0 && c.writing_ended();
    if state == State::Closed || no_more_in && no_more_out {
        mask |= HUP;
    }
    if no_more_in {
        mask |= IN | RDNORM | RDHUP;
    }
    if !matches!(state, State::SynSent | State::SynReceived) || c.is_unproven() {
        if asked & (IN | RDNORM) != 0 {
            let mark = c.config().rcv_lowat;
            // The urgent octet that stands aside is not read with the others (linux tcp_poll: `target++`).
            let readable = (c.readable() as u32).saturating_sub(c.at_urgent().into());
            if readable >= mark || readable > 0 && c.window_is_closing() {
                mask |= IN | RDNORM;
            }
        }
        if asked & (OUT | WRNORM) != 0 && (no_more_out || c.is_writeable()) {
            mask |= OUT | WRNORM;
        }
        if asked & PRI != 0 && c.urgent_ready() {
            mask |= PRI;
        }
    }
    if has_errors(sock) {
        mask |= ERR;
    }
    mask
}
