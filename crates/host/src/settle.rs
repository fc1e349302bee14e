//! After a connection was touched: its events, its segments, its deadline, the calls that wait on it.

use crate::counters::{Counters, Hot};
use crate::ip::Ip;
use crate::settings::Settings;
use crate::sock::{Kind, PortHold, Sock};
use crate::step::Step;
use crate::transmit::transmit;
use crate::{Errno, Host, HostEvent, SockId, TimerKey, error_queue};
use tcp::{Event, State};
use wire::frame::Room;
use wire::ip;

impl Host {
    /// Brings everything about a connection up to date after it took a segment, a call or the time.
    pub(crate) fn settle(&mut self, id: SockId, cx: &mut Step) {
        let Host { socks, ip, counters, settings, room, .. } = self;
        let Some(sock) = socks.get_mut(id) else { return };
        if !settle_quietly(sock, ip, counters, settings, room, cx) {
            self.settle_in_full(id, cx);
        }
    }

    /// [`Host::settle`], where something happened that others must be told of.
    pub(crate) fn settle_in_full(&mut self, id: SockId, cx: &mut Step) {
        // What happened comes before what it led to.
        self.take_events(id, cx);
        let Host { socks, ip, counters, settings, room, .. } = self;
        let Some(sock) = socks.get_mut(id) else { return };
        transmit(sock, ip, counters, settings, room, cx);
        if sock.errors.is_some() {
            error_queue::look(sock, cx.now);
        }
        self.take_events(id, cx);
        let Some(sock) = self.socks.get_mut(id) else { return };
        if sock.fast.is_some() {
            self.forget_unproven(id, cx);
        }
        let Some(sock) = self.socks.get_mut(id) else { return };
        rearm(sock, cx);
        if sock.wakes_any() {
            self.wake(id, cx);
        }
        self.reap(id, cx);
    }

    fn take_events(&mut self, id: SockId, cx: &mut Step) {
        while let Some(sock) = self.socks.get_mut(id)
            && let Kind::Stream(c) = &mut sock.kind
            && let Some(event) = c.poll_event()
        {
            let (local, remote) = sock.ends();
            match event {
                Event::State(from, to) => {
                    cx.out.events.push(HostEvent::State { sock: id, local, remote, from, to });
                    self.state_changed(id, from, to, cx);
                }
                Event::TimerFired(kind, armed) => {
                    cx.out.events.push(HostEvent::TimerFired { sock: id, local, remote, kind, armed });
                }
                Event::Failed(errno) => {
                    let known = sock.soft_error.filter(|_| errno == "ETIMEDOUT");
                    sock.error = Some(known.unwrap_or(Errno(errno)));
                }
                Event::Count(name) => self.count(name, cx),
                Event::FastOpenFails => self.pause_fast_open(cx),
                Event::Urgent => {}
            }
        }
    }

    fn state_changed(&mut self, id: SockId, from: State, to: State, cx: &mut Step) {
        let Some(sock) = self.socks.get(id) else { return };
        // A child by Fast Open stands in the accept queue already.
        let parent = sock.parent.filter(|_| sock.fast.is_none());
        match (from, to) {
            (State::SynSent, State::Established | State::SynReceived) => self.remember_server(id),
            (State::SynReceived, State::Closed) => match parent {
                Some(listener) => self.leave_syn_queue(listener, id, cx),
                None => self.count_quietly("AttemptFails"),
            },
            (State::SynReceived, _) => {
                if let Some(listener) = parent {
                    self.enter_accept_queue(listener, id, cx);
                }
            }
            (State::SynSent, State::Closed) => self.count_quietly("AttemptFails"),
            (State::Established | State::CloseWait, State::Closed) => self.count_quietly("EstabResets"),
            _ => {}
        }
        if matches!(to, State::Closed | State::TimeWait) {
            self.learn_fast_open_path(id, cx);
        }
        if to == State::Closed {
            self.unhash(id);
            if !self.settings.dead_stay {
                self.drop_dead_from_queue(id, cx);
            }
        }
    }

    /// 4.3BSD: a connection that dies before accept took it leaves the queue.
    fn drop_dead_from_queue(&mut self, id: SockId, cx: &mut Step) {
        let Some(listener) = self.socks.get(id).and_then(|s| s.parent) else { return };
        let Some(l) = self.listener_mut(listener) else { return };
        if let Some(i) = l.accept.iter().position(|&c| c == id) {
            l.accept.remove(i);
            self.report_queues(listener, cx);
            if let Some(sock) = self.socks.get_mut(id) {
                sock.parent = None;
            }
        }
    }

    /// A RST that no connection sends, in answer to a segment that came with the header `to`.
    pub(crate) fn send_reset(&mut self, to: &ip::Header, reset: wire::tcp::Header, cx: &mut Step) {
        self.count_quietly("OutRsts");
        self.send_segment(to.addrs.reversed(), reset, cx);
    }

    /// A segment without payload that belongs to no connection.
    pub(crate) fn send_segment(&mut self, addrs: ip::Addrs, segment: wire::tcp::Header, cx: &mut Step) {
        let mut header = ip::Header::new(addrs, ip::TCP);
        header.ttl = self.settings.default_ttl;
        let sent = self.output(&header, cx, &mut |room, link| {
            wire::frame::emit_tcp_in(room, link, &header, &segment, 0, |_| {})
        });
        if sent.is_ok() {
            self.counters.hot(Hot::TcpOutSegs);
        }
    }

    /// Takes a socket that nobody can reach any more out of the host.
    pub(crate) fn reap(&mut self, id: SockId, cx: &mut Step) {
        let Some(sock) = self.socks.get(id) else { return };
        let dead = match &sock.kind {
            Kind::Stream(c) => c.state() == State::Closed,
            Kind::Fresh | Kind::Listener(_) | Kind::Epoll(_) | Kind::Datagrams(_) => true,
        };
        if sock.refs == 0 && sock.parent.is_none() && sock.waiters.is_empty() && dead {
            self.discard(id, cx);
        }
    }

    /// Takes a socket out, whatever it is doing.
    pub(crate) fn discard(&mut self, id: SockId, cx: &mut Step) {
        self.unhash(id);
        if self.datagrams(id).is_some() {
            self.forget_datagrams(id);
        }
        self.give_port_back(id);
        if let Some(sock) = self.socks.remove(id)
            && sock.armed.is_some()
        {
            cx.out.timers.push((TimerKey::Sock(id), None));
        }
    }

    /// The four-tuple is free for others.
    fn unhash(&mut self, id: SockId) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        if !std::mem::take(&mut sock.hashed) {
            return;
        }
        sock.forget_ways();
        let release = matches!(sock.port, PortHold::Chosen | PortHold::Inherited(_));
        if let Some(tuple) = sock.tuple() {
            self.tuples.remove(&tuple);
        }
        if release {
            self.give_port_back(id);
        }
    }
}

/// The way of nearly all segments: nothing happened that anybody must be told, nobody wakes. False where there is
/// more to do.
pub(crate) fn settle_quietly(
    sock: &mut Sock,
    ip: &mut Ip,
    counters: &mut Counters,
    settings: &Settings,
    room: &mut Room,
    cx: &mut Step,
) -> bool {
    if sock.has_news() {
        return false;
    }
    transmit(sock, ip, counters, settings, room, cx);
    let noticed = sock.errors.is_some() && error_queue::look(sock, cx.now);
    if sock.has_news() || sock.wakes_any() || noticed {
        return false;
    }
    rearm(sock, cx);
    true
}

/// Tells the simulator the connection's deadline where it changed.
fn rearm(sock: &mut Sock, cx: &mut Step) {
    let Kind::Stream(c) = &sock.kind else { return };
    let deadline = if c.state() == State::Closed { None } else { c.next_deadline().map(|(at, _)| at) };
    if deadline != sock.armed {
        sock.armed = deadline;
        cx.out.timers.push((TimerKey::Sock(sock.id), deadline));
    }
}
