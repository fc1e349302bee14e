//! What a host adds to TCP Fast Open (RFC 7413; linux net/ipv4/tcp_fastopen.c): cookies made of a secret, the cookies of
//! others, and a listener's limit on children that nobody has proven.

use crate::secret::{FourTuple, Secret};
use crate::sock::{Kind, Sock};
use crate::sockopt;
use crate::step::Step;
use crate::store::Sorted;
use crate::wait::{Progress, Try, errno};
use crate::{Errno, Host, SendFlags, SockId, rules};
use bytes::Bytes;
use siphasher::sip::SipHasher24;
use std::collections::VecDeque;
use std::hash::Hasher;
use std::net::{IpAddr, SocketAddr};
use tcp::time::{Duration, Instant};
use tcp::{Connection, FastOpenAnswer, FastOpenLesson, FastOpenSyn, Segment, State, rule};
use wire::tcp::FastOpen;

/// Bits of `net.ipv4.tcp_fastopen` (ip-sysctl.rst).
pub(crate) mod bit {
    /// As a client.
    pub(crate) const CLIENT: u32 = 0x1;
    /// As a server.
    pub(crate) const SERVER: u32 = 0x2;
    /// As a client, data without a cookie.
    pub(crate) const CLIENT_NO_COOKIE: u32 = 0x4;
    /// As a server, data without a cookie is taken.
    pub(crate) const SERVER_NO_COOKIE: u32 = 0x200;
    /// Every listener, without TCP_FASTOPEN.
    pub(crate) const ALL_LISTENERS: u32 = 0x400;
}

/// Octets of a cookie (linux TCP_FASTOPEN_COOKIE_SIZE).
const COOKIE_LEN: u8 = 8;
/// How long a child that a RST ended counts against its listener's limit: a forger of SYNs gains nothing by the RSTs that
/// those whom it pretends to be send (linux `reqsk_fastopen_remove`).
const RESET_COUNTS: Duration = Duration::from_secs(60);

/// One or two keys of 128 bits: cookies are made with the first, and those made with either are good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Keys {
    first: [u8; 16],
    second: Option<[u8; 16]>,
}

impl Keys {
    /// Those that a host has from its seed.
    pub(crate) fn of(secret: Secret) -> Keys {
        Keys { first: secret.fast_open_key(), second: None }
    }
    /// TCP_FASTOPEN_KEY: 16 or 32 octets.
    pub(crate) fn from_octets(octets: &[u8]) -> Option<Keys> {
        let first = octets.get(..16)?.try_into().ok()?;
        match octets.len() {
            16 => Some(Keys { first, second: None }),
            32 => Some(Keys { first, second: Some(octets[16..].try_into().ok()?) }),
            _ => None,
        }
    }
    /// The octets that TCP_FASTOPEN_KEY gives.
    pub(crate) fn octets(&self) -> Vec<u8> {
        let mut out = self.first.to_vec();
        out.extend(self.second.iter().flatten());
        out
    }
    /// `net.ipv4.tcp_fastopen_key`: `xxxxxxxx-xxxxxxxx-xxxxxxxx-xxxxxxxx`, and perhaps a comma and another.
    pub(crate) fn parse(text: &str) -> Option<Keys> {
        let key = |text: &str| -> Option<[u8; 16]> {
            let mut out = [0; 16];
            let mut words = text.trim().split('-');
            for place in out.chunks_exact_mut(4) {
                place.copy_from_slice(&u32::from_str_radix(words.next()?, 16).ok()?.to_le_bytes());
            }
            words.next().is_none().then_some(out)
        };
        match text.split_once(',') {
            Some((first, second)) => Some(Keys { first: key(first)?, second: Some(key(second)?) }),
            None => Some(Keys { first: key(text)?, second: None }),
        }
    }
    /// The cookie of a client: SipHash over both addresses (linux `__tcp_fastopen_cookie_gen_cipher`).
    fn cookie(key: &[u8; 16], tuple: &FourTuple) -> [u8; 8] {
        let mut h = SipHasher24::new_with_key(key);
        for addr in [tuple.remote, tuple.local] {
            match addr {
                IpAddr::V4(a) => h.write(&a.octets()),
                IpAddr::V6(a) => h.write(&a.octets()),
            }
        }
        h.finish().to_le_bytes()
    }
    /// The cookie that a client is given, and which key (from 0) made the one that it shows.
    fn judge(&self, tuple: &FourTuple, shown: &FastOpen) -> (FastOpen, Option<usize>) {
        let given = Keys::cookie(&self.first, tuple);
        let matches =
            |key: &[u8; 16]| shown.len == COOKIE_LEN && shown.cookie[..8] == Keys::cookie(key, tuple);
        let by = [Some(self.first), self.second].iter().flatten().position(matches);
        let mut cookie = [0; 16];
        cookie[..8].copy_from_slice(&given);
        (FastOpen { experimental: shown.experimental, len: COOKIE_LEN, cookie }, by)
    }
}

/// What a client remembers of a server (RFC 7413 §4.1.3; linux tcp_metrics).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Remembered {
    mss: Option<u16>,
    cookie: Option<FastOpen>,
    /// See [`FastOpenLesson::try_experimental`].
    try_experimental: u8,
}

impl Remembered {
    fn learn(&mut self, lesson: FastOpenLesson) {
        self.mss = Some(lesson.mss);
        if lesson.cookie.is_some() {
            self.cookie = lesson.cookie;
        } else if self.cookie.is_none() {
            self.try_experimental = self.try_experimental.max(lesson.try_experimental);
        }
    }
}

/// A listener's children by Fast Open whose handshake is not over (linux `struct fastopen_queue`).
#[derive(Clone, Debug, Default)]
pub(crate) struct FastQueue {
    /// Most of them; 0: none.
    pub(crate) max: u32,
    len: u32,
    /// When those that a RST ended no longer count, in order.
    resets: VecDeque<Instant>,
}

impl FastQueue {
    /// Whether one more may be made (linux `tcp_fastopen_queue_check`).
    fn takes(&mut self, now: Instant) -> bool {
        if self.len >= self.max {
            if self.resets.front().is_none_or(|&until| until > now) {
                return false;
            }
            self.resets.pop_front();
            self.len -= 1;
        }
        true
    }
}

/// What few sockets have: Fast Open under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct FastSock {
    /// connect(2) with TCP_FASTOPEN_CONNECT put the SYN off until something is written.
    pub(crate) deferred: Option<SocketAddr>,
    /// The listener that counts it as unproven.
    listener: Option<SockId>,
}

impl Sock {
    /// Where a connection was asked for whose SYN waits for data.
    pub(crate) fn deferred(&self) -> Option<SocketAddr> {
        self.fast.as_ref()?.deferred
    }
    /// The listener of a child in the SYN queue.
    pub(crate) fn half_open_parent(&self) -> Option<SockId> {
        match &self.kind {
            Kind::Stream(c) if c.state() == State::SynReceived && !c.is_unproven() => self.parent,
            _ => None,
        }
    }
    /// setsockopt(2) of Fast Open: everything is arranged before there is a connection (linux do_tcp_setsockopt).
    /// `client`: whether the host's settings let it be one; `most`: the longest queue they allow.
    pub(crate) fn arrange_fast_open(
        &mut self,
        option: (i32, i32),
        value: Option<i32>,
        client: bool,
        most: u32,
    ) -> Result<(), &'static str> {
        let early = !matches!(self.kind, Kind::Stream(_));
        match option {
            sockopt::TCP_FASTOPEN | sockopt::TCP_FASTOPEN_NO_COOKIE if !early => Err("EINVAL"),
            sockopt::TCP_FASTOPEN_CONNECT if !client => Err("EOPNOTSUPP"),
            sockopt::TCP_FASTOPEN_CONNECT if !matches!(self.kind, Kind::Fresh) => Err("EINVAL"),
            sockopt::TCP_FASTOPEN => {
                let n = value.and_then(|n| u32::try_from(n).ok()).ok_or("EINVAL")?;
                if let Some(l) = self.listener_mut() {
                    l.fast.max = n.min(most);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
    fn switch(&self, option: (i32, i32)) -> bool {
        self.options.as_ref().is_some_and(|o| o.on(option) == Some(true))
    }
}

impl Host {
    fn fast_open(&self, bits: u32) -> bool {
        self.settings.fast_open & bits != 0
    }

    /// What a listener does with the Fast Open of a SYN (linux `tcp_try_fastopen`).
    pub(crate) fn answer_fast_open(
        &mut self,
        listener: SockId,
        tuple: &FourTuple,
        seg: &Segment,
        cx: &mut Step,
    ) -> FastOpenAnswer {
        let option = seg.header.options.fast_open;
        if option.is_some_and(|o| o.len == 0) {
            self.count("TCPFastOpenCookieReqd", cx);
        }
        if !self.fast_open(bit::SERVER) || seg.payload.is_empty() && option.is_none() {
            return FastOpenAnswer::Ignore;
        }
        let Some(sock) = self.socks.get_mut(listener) else { return FastOpenAnswer::Ignore };
        let free = sock.switch(sockopt::TCP_FASTOPEN_NO_COOKIE);
        let own = sock.options.as_ref().and_then(|o| o.fast_open_keys());
        let Some(queue) = sock.listener_mut().map(|l| &mut l.fast) else { return FastOpenAnswer::Ignore };
        let (len, max) = (queue.len, queue.max);
        if max == 0 {
            return FastOpenAnswer::Ignore;
        }
        if !queue.takes(cx.now) {
            rule!(cx.r, rules::FAST_OPEN_FULL, Drop, len, max);
            self.count("TCPFastOpenListenOverflow", cx);
            return FastOpenAnswer::Ignore;
        }
        if free || self.fast_open(bit::SERVER_NO_COOKIE) {
            rule!(cx.r, rules::FAST_OPEN_NO_COOKIE, Pass, seg.payload.len());
            return FastOpenAnswer::Accept(None);
        }
        let Some(shown) = option else { return FastOpenAnswer::Ignore };
        let keys = own.or(self.settings.fast_open_keys).unwrap_or_else(|| Keys::of(self.secret));
        let (given, by) = keys.judge(tuple, &shown);
        match by {
            Some(n) => {
                rule!(cx.r, rules::FAST_OPEN_RIGHT, Pass, tuple.remote);
                if n > 0 {
                    self.count("TCPFastOpenPassiveAltKey", cx);
                }
                FastOpenAnswer::Accept((n > 0).then_some(given))
            }
            None if shown.len == 0 => FastOpenAnswer::Cookie(given),
            None => {
                rule!(cx.r, rules::FAST_OPEN_WRONG, Pass, tuple.remote);
                self.count("TCPFastOpenPassiveFail", cx);
                FastOpenAnswer::Cookie(given)
            }
        }
    }

    /// The listener counts a child that nobody has proven.
    pub(crate) fn count_unproven(&mut self, listener: SockId, child: SockId) {
        if let Some(l) = self.listener_mut(listener) {
            l.fast.len += 1;
        }
        if let Some(sock) = self.socks.get_mut(child) {
            sock.fast.get_or_insert_default().listener = Some(listener);
        }
    }

    /// The child is proven, or over: the listener counts it no more (linux `reqsk_fastopen_remove`).
    pub(crate) fn forget_unproven(&mut self, id: SockId, cx: &mut Step) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        let Kind::Stream(c) = &sock.kind else { return };
        let (proven, reset) = (!c.is_unproven(), c.was_reset_unproven());
        let Some(listener) = sock.fast.as_mut().filter(|_| proven).and_then(|f| f.listener.take()) else {
            return;
        };
        let accepted = sock.parent.is_none();
        sock.fast = None;
        let Some(l) = self.listener_mut(listener) else { return };
        if reset && accepted {
            l.fast.resets.push_back(cx.now + RESET_COUNTS);
        } else {
            l.fast.len -= 1;
        }
    }

    /// TCP_FASTOPEN, or the bit that means every listener, sets the limit when a socket begins to listen.
    pub(crate) fn fast_open_limit(&self, id: SockId, backlog: u32) -> u32 {
        let asked = self.socks.get(id).and_then(|s| s.options.as_ref()?.get(sockopt::TCP_FASTOPEN));
        let all = self.fast_open(bit::ALL_LISTENERS) && self.fast_open(bit::SERVER);
        let asked = asked.map_or(0, |n| n.max(0) as u32);
        let limit = if asked == 0 && all { backlog } else { asked };
        limit.min(self.settings.somaxconn)
    }

    /// What the SYN to a server carries (linux `tcp_fastopen_cookie_check`). `None`: a SYN like any other, for Fast Open has
    /// failed a while ago.
    fn fast_open_syn(&self, id: SockId, to: IpAddr, data: Bytes, cx: &mut Step) -> Option<FastOpenSyn> {
        let (paused, trial) = self.fast_open_pause(cx.now);
        if paused {
            rule!(cx.r, rules::FAST_OPEN_WAITS, Drop, to);
            return None;
        }
        let known = self.servers.get(&to).copied().unwrap_or_default();
        let free = self.socks.get(id).is_some_and(|s| s.switch(sockopt::TCP_FASTOPEN_NO_COOKIE));
        if free || self.fast_open(bit::CLIENT_NO_COOKIE) {
            return Some(FastOpenSyn { option: None, data, mss: known.mss, trial });
        }
        let ask = FastOpen { experimental: known.try_experimental == 1, len: 0, cookie: [0; 16] };
        Some(FastOpenSyn { option: Some(known.cookie.unwrap_or(ask)), data, mss: known.mss, trial })
    }

    /// connect(2) with TCP_FASTOPEN_CONNECT: the SYN that goes at once, to ask for a cookie or without Fast Open, or `None`:
    /// it waits for data (linux `tcp_fastopen_defer_connect`).
    pub(crate) fn fast_connect(&self, id: SockId, to: IpAddr, cx: &mut Step) -> Option<Option<FastOpenSyn>> {
        let syn = self.fast_open_syn(id, to, Bytes::new(), cx);
        let goes = syn.as_ref().is_none_or(|syn| syn.option.is_some_and(|o| o.len == 0));
        goes.then_some(syn)
    }

    /// Whether connect(2) goes the way of Fast Open.
    pub(crate) fn wants_fast_connect(&self, id: SockId) -> bool {
        self.socks.get(id).is_some_and(|s| s.switch(sockopt::TCP_FASTOPEN_CONNECT))
    }

    /// What a connection learned of its server, into the memory of the host.
    pub(crate) fn remember_server(&mut self, id: SockId) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        let Some(remote) = sock.remote else { return };
        if let Some(lesson) = sock.stream().and_then(|c| c.take_fast_open_lesson()) {
            self.servers.entry(remote.ip(), Remembered::default()).learn(lesson);
        }
    }

    /// Forgets what was remembered of servers (`ip tcp_metrics flush all`).
    pub fn forget_servers(&mut self) {
        self.servers = Sorted::default();
    }

    /// send(2) with MSG_FASTOPEN, or the first write after a connect(2) that put its SYN off (linux
    /// `tcp_sendmsg_fastopen`). `None`: the connection stands, and the octets go the usual way.
    pub(crate) fn send_fast(
        &mut self,
        id: SockId,
        data: &Bytes,
        (flags, to): (SendFlags, Option<SocketAddr>),
        progress: &mut Progress,
        cx: &mut Step,
    ) -> Option<Try> {
        let Some(sock) = self.socks.get_mut(id) else { return Some(errno("EBADF")) };
        let waits = !sock.nonblocking && !flags.dont_wait;
        if progress.held.is_some() {
            // It began before and waited for the end of the handshake.
            return match self.connect_outcome(id, cx) {
                Try::Done(..) => None,
                other => Some(other),
            };
        }
        if self.settings.fast_open & bit::CLIENT == 0 {
            return Some(errno("EOPNOTSUPP"));
        }
        match &sock.kind {
            Kind::Epoll(_) | Kind::Datagrams(_) => return Some(errno("ENOTSOCK")),
            Kind::Listener(_) => return Some(errno("EISCONN")),
            Kind::Stream(_) if !sock.connecting => return Some(errno("EISCONN")),
            Kind::Stream(c) if matches!(c.state(), State::SynSent | State::SynReceived) => {
                return Some(errno("EALREADY"));
            }
            Kind::Stream(_) => {
                return match self.connect_outcome(id, cx) {
                    Try::Done(..) => None,
                    other => Some(other),
                };
            }
            Kind::Fresh => {}
        }
        let Some(addr) = sock.deferred().or(to) else { return Some(errno("EINVAL")) };
        let mut syn = self.fast_open_syn(id, addr.ip(), data.clone(), cx);
        if let Some(option) = syn.as_mut().and_then(|syn| syn.option.as_mut()).filter(|_| flags.faults) {
            // Nothing could be copied: the SYN goes without data and asks for a cookie (linux tcp_send_syn_data).
            option.len = 0;
        }
        if let Err(e) = self.start_connect(id, addr, syn, cx) {
            return Some(Try::Errno(e));
        }
        let Some(sock) = self.socks.get_mut(id) else { return Some(errno("EBADF")) };
        sock.fast = None;
        let taken = sock.stream().map_or(0, |c| c.unacked());
        if waits && taken < data.len() {
            // linux __inet_stream_connect: writebias
            sock.stream().into_iter().for_each(Connection::write_will_follow);
        }
        progress.written = taken;
        Some(match (waits, taken) {
            (true, _) => Try::Wait(id),
            (false, 0) => Try::Errno(Errno("EINPROGRESS")),
            (false, n) => Try::Done(n as i64, Bytes::new()),
        })
    }
}
