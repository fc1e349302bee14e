//! A listening socket: its two queues, and what a SYN, a final ACK and the end of a child do to them.
//!
//! The queues are lists of children, each a whole connection: SYN-RECEIVED in the SYN queue, beyond it in the
//! accept queue.

use crate::fast_open::FastQueue;
use crate::options::Options;
use crate::rules;
use crate::secret::FourTuple;
use crate::settings::{QueuePolicy, Settings};
use crate::sock::{Kind, Sock};
use crate::step::{Refused, Step};
use crate::{Host, HostEvent, SockId};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use tcp::time::Instant;
use tcp::{Admission, AtListener, Connection, FastOpenAnswer, Segment, State, Verdict, rule};
use wire::Seq;
use wire::ip;
use wire::tcp::Flags;

/// The queues of a listening socket.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    /// As listen(2) asked for, after `somaxconn`.
    pub(crate) backlog: u32,
    /// The greatest that it ever was: who waits since then still does.
    pub(crate) widest: u32,
    /// Half-open children, oldest first; ids rise with age, so it is sorted.
    pub(crate) syn: Vec<SockId>,
    /// Children that wait for accept, oldest first.
    pub(crate) accept: VecDeque<SockId>,
    /// Half-open children whose SYN-ACK was not repeated yet (linux `young`).
    pub(crate) young: u32,
    /// When a SYN cookie was last sent (linux `synq_overflow_ts`).
    pub(crate) cookie_sent: Option<Instant>,
    /// Children by Fast Open that are not proven yet.
    pub(crate) fast: FastQueue,
}

/// Why a SYN makes no child.
enum NoRoom {
    Dropped(Refused),
    /// The SYN queue is full, but a cookie can be sent.
    Cookie,
}

impl Listener {
    pub(crate) fn new(backlog: u32) -> Listener {
        Listener {
            backlog,
            widest: backlog,
            syn: Vec::new(),
            accept: VecDeque::new(),
            young: 0,
            cookie_sent: None,
            fast: FastQueue::default(),
        }
    }
    fn syn_len(&self) -> u32 {
        self.syn.len() as u32
    }
    fn accept_len(&self) -> u32 {
        self.accept.len() as u32
    }
    /// `len > backlog` of linux `sk_acceptq_is_full`.
    fn accept_full(&self, s: &Settings) -> bool {
        s.queues == QueuePolicy::Two && self.accept_len() > self.backlog
    }
    /// Whether a final ACK may make a child ESTABLISHED now. A listener with one queue kept the place when
    /// it took the SYN.
    pub(crate) fn admission(&self, s: &Settings) -> Admission {
        if self.accept_full(s) {
            Admission::Full { len: self.accept_len(), backlog: self.backlog, abort: s.abort_on_overflow }
        } else {
            Admission::Open
        }
    }
}

impl Host {
    /// A segment that belongs to no connection reaches a listener (RFC 9293 §3.10.7.2); with an initial sequence
    /// number where a connection in TIME-WAIT made way for it.
    pub(crate) fn at_listener(
        &mut self,
        listener: SockId,
        (tuple, isn): (FourTuple, Option<Seq>),
        ip: &ip::Header,
        seg: &Segment,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        // Before the letter's answer, a RST to any ACK: this one may acknowledge a cookie (linux tcp_v4_cookie_check).
        if self.cookie_returns(listener, tuple, seg, cx)? {
            return Ok(());
        }
        let syn = seg.header.flags.has(Flags::SYN) && !seg.header.flags.has(Flags::ACK);
        if self.settings.deaf_when_full
            && !syn
            && let Err(NoRoom::Dropped(refused)) = self.room_for_syn(listener, false, cx)
        {
            self.count("ListenDrops", cx);
            return Err(refused);
        }
        match tcp::at_listener(seg, cx.r) {
            AtListener::Syn => self.syn_arrives(listener, (tuple, isn), seg, cx),
            AtListener::Reset(header) => {
                self.send_reset(ip, header, cx);
                Ok(())
            }
            AtListener::Ignore(rule) => Err(Refused { rule, numbers: [seg.header.seq.0, seg.header.ack.0] }),
        }
    }

    fn syn_arrives(
        &mut self,
        listener: SockId,
        (tuple, isn): (FourTuple, Option<Seq>),
        seg: &Segment,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        match self.room_for_syn(listener, isn.is_some(), cx) {
            Ok(()) => {
                let iss = isn.unwrap_or_else(|| self.choose_isn(&tuple, cx));
                let answer = self.answer_fast_open(listener, &tuple, seg, cx);
                let child = self.make_child(listener, tuple, iss, (seg, answer), cx);
                if let FastOpenAnswer::Accept(_) = answer {
                    self.count_unproven(listener, child);
                    self.enter_accept_queue(listener, child, cx);
                } else {
                    self.enter_syn_queue(listener, child, cx);
                }
                self.settle(child, cx);
                Ok(())
            }
            Err(NoRoom::Cookie) => {
                self.send_cookie(listener, tuple, seg, cx);
                Ok(())
            }
            Err(NoRoom::Dropped(refused)) => {
                self.count("ListenDrops", cx);
                Err(refused)
            }
        }
    }

    /// The queues are asked in the order of linux `tcp_conn_request`. What comes after a TIME-WAIT (`known`) is
    /// a peer proven alive: only the accept queue can refuse it.
    fn room_for_syn(&mut self, listener: SockId, known: bool, cx: &mut Step) -> Result<(), NoRoom> {
        let settings = Rc::clone(&self.settings);
        let Some(l) = self.socks.get(listener).and_then(Sock::listener) else { return Ok(()) };
        let (backlog, syn, accept) = (l.backlog, l.syn_len(), l.accept_len());
        let accept_full = l.accept_full(&settings);
        if let QueuePolicy::One { .. } = settings.queues {
            let (len, limit) = (syn + accept, settings.queues.capacity(backlog));
            if len >= limit {
                rule!(cx.r, rules::QUEUE_FULL, Drop, len, limit);
                return Err(NoRoom::Dropped(Refused { rule: &rules::QUEUE_FULL, numbers: [len, limit] }));
            }
            rule!(cx.r, rules::QUEUE_ROOM, Pass, len, limit);
            return Ok(());
        }
        let cookie = if !known && (settings.syncookies == 2 || syn > backlog) {
            if settings.syncookies == 0 {
                rule!(cx.r, rules::SYN_QUEUE_FULL, Drop, syn, backlog);
                self.count("TCPReqQFullDrop", cx);
                return Err(NoRoom::Dropped(Refused {
                    rule: &rules::SYN_QUEUE_FULL,
                    numbers: [syn, backlog],
                }));
            }
            rule!(cx.r, rules::SYN_QUEUE_FULL, Answer, syn, backlog);
            self.count("TCPReqQFullDoCookies", cx);
            true
        } else {
            rule!(cx.r, rules::SYN_QUEUE_ROOM, Pass, syn, backlog);
            false
        };
        if accept_full {
            rule!(cx.r, rules::ACCEPT_QUEUE_FULL, Drop, accept, backlog);
            self.count("ListenOverflows", cx);
            return Err(NoRoom::Dropped(Refused {
                rule: &rules::ACCEPT_QUEUE_FULL,
                numbers: [accept, backlog],
            }));
        }
        rule!(cx.r, rules::ACCEPT_QUEUE_ROOM, Pass, accept, backlog);
        if cookie {
            return Err(NoRoom::Cookie);
        }
        // Without cookies the last quarter is kept for peers that were proven alive.
        let most = settings.max_syn_backlog;
        if !known && settings.syncookies == 0 && i64::from(most) - i64::from(syn) < i64::from(most >> 2) {
            rule!(cx.r, rules::LAST_QUARTER, Drop, syn, most);
            return Err(NoRoom::Dropped(Refused { rule: &rules::LAST_QUARTER, numbers: [syn, most] }));
        }
        Ok(())
    }

    /// A child in SYN-RECEIVED, in the table of connections and in no queue yet.
    pub(crate) fn make_child(
        &mut self,
        listener: SockId,
        tuple: FourTuple,
        iss: Seq,
        syn: (&Segment, FastOpenAnswer),
        cx: &mut Step,
    ) -> SockId {
        let ports = tcp::Ports { local: tuple.local_port, remote: tuple.remote_port };
        let config = self.connection_config(listener, &tuple);
        let connection = Connection::passive_fast_open(config, ports, iss, syn, cx.now, cx.r);
        let id = self.socks.fresh_id();
        let mut sock = Sock::new(id, Kind::Stream(connection), cx.now);
        sock.local = Some(SocketAddr::new(tuple.local, tuple.local_port));
        sock.remote = Some(SocketAddr::new(tuple.remote, tuple.remote_port));
        sock.parent = Some(listener);
        if let Some(parent) = self.socks.get(listener) {
            sock.six = parent.six;
            sock.options = parent.options.as_deref().map(Options::of_child);
        }
        sock.hashed = true;
        sock.ip_ident = self.secret.word(crate::secret::Use::IpId, &tuple, 0) as u16;
        self.socks.insert(sock);
        self.tuples.insert(tuple, id);
        self.inherit_port(id, tuple);
        id
    }

    fn enter_syn_queue(&mut self, listener: SockId, child: SockId, cx: &mut Step) {
        let capacity = |l: &Listener, s: &Settings| s.queues.capacity(l.backlog);
        let remote = self.remote(child);
        let settings = Rc::clone(&self.settings);
        let Some(l) = self.listener_mut(listener) else { return };
        l.syn.push(child);
        l.young += 1;
        rule!(cx.r, rules::SYN_QUEUE_ENTERED, Act, remote, l.syn_len(), capacity(l, &settings));
        self.report_queues(listener, cx);
    }

    /// A half-open child became ESTABLISHED: it waits for accept now.
    pub(crate) fn enter_accept_queue(&mut self, listener: SockId, child: SockId, cx: &mut Step) {
        let remote = self.remote(child);
        let settings = Rc::clone(&self.settings);
        self.forget_half_open(listener, child);
        if let Some(sock) = self.socks.get_mut(child) {
            sock.since = cx.now;
        }
        let Some(l) = self.listener_mut(listener) else { return };
        l.accept.push_back(child);
        rule!(
            cx.r,
            rules::ACCEPT_QUEUE_ENTERED,
            Act,
            remote,
            l.accept_len(),
            settings.queues.capacity(l.backlog)
        );
        self.count_quietly("PassiveOpens");
        self.report_queues(listener, cx);
        self.wake(listener, cx);
    }

    /// A half-open child is gone without becoming ESTABLISHED.
    pub(crate) fn leave_syn_queue(&mut self, listener: SockId, child: SockId, cx: &mut Step) {
        let remote = self.remote(child);
        self.forget_half_open(listener, child);
        if let Some(sock) = self.socks.get_mut(child) {
            sock.parent = None;
        }
        let Some(l) = self.listener_mut(listener) else { return };
        rule!(cx.r, rules::SYN_QUEUE_LEFT, Act, remote, l.syn_len());
        self.report_queues(listener, cx);
    }

    fn forget_half_open(&mut self, listener: SockId, child: SockId) {
        let young = self.socks.get(child).is_some_and(|s| !s.aged);
        let Some(l) = self.listener_mut(listener) else { return };
        if let Ok(i) = l.syn.binary_search(&child) {
            l.syn.remove(i);
            l.young -= u32::from(young);
        }
    }

    /// The last descriptor of a listener is gone: half-open children vanish, waiting ones are reset (linux
    /// `inet_csk_listen_stop`).
    pub(crate) fn stop_listening(&mut self, listener: SockId, cx: &mut Step) {
        let Some(l) = self.listener_mut(listener) else { return };
        let (half_open, waiting) = (std::mem::take(&mut l.syn), std::mem::take(&mut l.accept));
        rule!(cx.r, rules::CLOSE_LISTENER, Act, half_open.len(), waiting.len());
        for child in half_open {
            self.discard(child, cx);
        }
        for child in waiting {
            let Some(sock) = self.socks.get_mut(child) else { continue };
            sock.parent = None;
            if let Kind::Stream(c) = &mut sock.kind
                && c.state() != State::Closed
            {
                c.abort(cx.now, cx.r);
            }
            self.settle(child, cx);
        }
    }

    pub(crate) fn listener_mut(&mut self, id: SockId) -> Option<&mut Listener> {
        self.socks.get_mut(id)?.listener_mut()
    }
    fn remote(&self, id: SockId) -> SocketAddr {
        self.socks.get(id).map_or(SocketAddr::from(([0, 0, 0, 0], 0)), |s| s.ends().1)
    }
    pub(crate) fn report_queues(&self, listener: SockId, cx: &mut Step) {
        if let Some(l) = self.socks.get(listener).and_then(Sock::listener) {
            cx.out.events.push(HostEvent::Queues { listener, syn: l.syn_len(), accept: l.accept_len() });
        }
    }
    /// Counts what a segment did to a half-open child that did not become ESTABLISHED of it.
    pub(crate) fn count_embryonic(
        &mut self,
        admission: Admission,
        seg: &Segment,
        verdict: Verdict,
        after: State,
        cx: &mut Step,
    ) {
        let refused = matches!(verdict, Verdict::Dropped(rule, _) if rule == &tcp::rules::ACCEPT_QUEUE_FULL);
        if refused && matches!(admission, Admission::Full { .. }) {
            self.count("ListenOverflows", cx);
            self.count("ListenDrops", cx);
        }
        // linux tcp_check_req: a RST or SYN counts as a failed attempt, the abort of an overflow does not.
        let killed = seg.header.flags.any(Flags::RST | Flags::SYN);
        if after == State::Closed && killed {
            self.count_quietly("AttemptFails");
        }
        if after == State::Closed && (refused || killed) {
            self.count("EmbryonicRsts", cx);
        }
    }

    /// A half-open child's timer is about to fire. While the SYN queue is more than half full, old entries get
    /// fewer repeats than `tcp_synack_retries` allows: half of the room is kept for young ones (linux
    /// `reqsk_timer_handler`).
    pub(crate) fn before_timer(&mut self, id: SockId, cx: &mut Step) {
        let Some(sock) = self.socks.get(id) else { return };
        let Some(listener) = sock.half_open_parent() else { return };
        let first = !sock.aged;
        let Kind::Stream(c) = &sock.kind else { return };
        let Some((repeats, most, _)) = c.handshake_progress() else { return };
        let waits = c.awaits_data();
        let prune = self.settings.prune_old;
        let Some(l) = self.listener_mut(listener) else { return };
        let (len, mut young) = (l.syn_len(), l.young * 2);
        let mut allowed = most;
        if prune && len * 2 > l.backlog.max(8) {
            while allowed > 2 && len >= young {
                allowed -= 1;
                young *= 2;
            }
        }
        if first {
            l.young -= 1;
        }
        let young = l.young;
        if let Some(sock) = self.socks.get_mut(id) {
            sock.aged = true;
        }
        if allowed < most && repeats >= allowed && !waits {
            rule!(cx.r, rules::RETRIES_CUT, Drop, len, young, allowed);
            self.count("TCPTimeouts", cx);
            self.leave_syn_queue(listener, id, cx);
            self.discard(id, cx);
        }
    }
}
