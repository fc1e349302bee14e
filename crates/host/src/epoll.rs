//! epoll(7), as linux `fs/eventpoll.c` does it: a list of descriptors to watch, and of those that became ready in the
//! order in which they did.

use crate::ready::{poll, readiness};
use crate::sock::{Kind, Sock};
use crate::step::Step;
use crate::wait::{OK, Progress, Try, errno};
use crate::{Fd, Host, Pid, SockId, text};
use bytes::{BufMut, BytesMut};
use std::collections::VecDeque;
use tcp::time::Duration;

const EXCLUSIVE: u32 = 1 << 28;
const ONESHOT: u32 = 1 << 30;
const EDGE: u32 = 1 << 31;
/// linux EP_PRIVATE_BITS: no events, but how they are told.
const PRIVATE: u32 = EXCLUSIVE | 1 << 29 | ONESHOT | EDGE;

/// linux EP_MAX_NESTS
const NESTS_MAX: usize = 4;

const ADD: i32 = 1;
const DEL: i32 = 2;
const MOD: i32 = 3;

#[derive(Clone, Default, Debug)]
pub(crate) struct Epoll {
    items: Vec<Item>,
    ready: VecDeque<(Fd, SockId)>,
    /// How often something came onto the list: to an epoll that watches this one, more of it is an edge.
    news: u64,
}

/// One descriptor that is watched. It is named by descriptor and open file together.
#[derive(Clone, Debug)]
struct Item {
    fd: Fd,
    sock: SockId,
    /// Those that are wanted, EPOLLERR and EPOLLHUP always, and [`PRIVATE`] bits.
    events: u32,
    data: u64,
    /// What was ready when the socket last had news, and its count of octets: more than that is an edge.
    seen: (u32, u64),
}

impl Item {
    /// EPOLLONESHOT has been told and nobody armed it again.
    fn asleep(&self) -> bool {
        self.events & !PRIVATE == 0
    }
}

impl Epoll {
    fn position(&self, fd: Fd, sock: SockId) -> Option<usize> {
        self.items.iter().position(|i| (i.fd, i.sock) == (fd, sock))
    }
    fn queue(&mut self, key: (Fd, SockId)) {
        self.news += 1;
        if !self.ready.contains(&key) {
            self.ready.push_back(key);
        }
    }
    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }
    pub(crate) fn news(&self) -> u64 {
        self.news
    }
}

impl Host {
    pub(crate) fn sys_epoll_create(&mut self, pid: Pid, cx: &mut Step) -> Try {
        self.new_descriptor(pid, Kind::Epoll(Epoll::default()), cx)
    }
    fn epoll(&mut self, id: SockId) -> Option<&mut Epoll> {
        match &mut self.socks.get_mut(id)?.kind {
            Kind::Epoll(e) => Some(e),
            _ => None,
        }
    }

    /// epoll_ctl(2). Errors: EBADF, EINVAL, EEXIST, ENOENT; ELOOP where epolls would watch each other, or too deep.
    pub(crate) fn sys_epoll_ctl(
        &mut self,
        id: SockId,
        op: i32,
        (fd, sock): (Fd, Option<SockId>),
        (events, data): (u32, u64),
        cx: &mut Step,
    ) -> Try {
        let Some(sock) = sock else { return errno("EBADF") };
        let Some(watched) = self.socks.get(sock).filter(|_| sock != id) else { return errno("EINVAL") };
        let (seen, nested) = (readiness(watched), watched.is_epoll());
        if nested && op == ADD && self.nests_too_deep(id, sock) {
            return errno("ELOOP");
        }
        let Some(epoll) = self.epoll(id) else { return errno("EINVAL") };
        let at = epoll.position(fd, sock);
        let events = events | poll::ERR | poll::HUP;
        let item = Item { fd, sock, events, data, seen };
        match (op, at) {
            (ADD, Some(_)) => return errno("EEXIST"),
            (MOD | DEL, None) => return errno("ENOENT"),
            (MOD, Some(_)) if events & EXCLUSIVE != 0 => return errno("EINVAL"),
            (ADD, None) if events & EXCLUSIVE != 0 && nested => return errno("EINVAL"),
            (ADD, None) => epoll.items.push(item),
            (MOD, Some(i)) => epoll.items[i] = item,
            (DEL, Some(i)) => {
                epoll.items.remove(i);
                epoll.ready.retain(|key| *key != (fd, sock));
                if !epoll.items.iter().any(|i| i.sock == sock)
                    && let Some(watched) = self.socks.get_mut(sock)
                {
                    watched.watchers.retain(|w| *w != id);
                }
                return OK;
            }
            _ => return errno("EINVAL"),
        }
        // What is ready already is told, edge or not.
        if seen.0 & events != 0 {
            epoll.queue((fd, sock));
        }
        if let Some(watched) = self.socks.get_mut(sock)
            && !watched.watchers.contains(&id)
        {
            watched.watchers.push(id);
        }
        self.wake(id, cx);
        OK
    }

    /// epoll_wait(2): the ready ones, first come first, polled once more. Those that are watched level-triggered go
    /// to the end of the list again.
    pub(crate) fn sys_epoll_wait(
        &mut self,
        id: SockId,
        most: usize,
        timeout: Option<Duration>,
        progress: &Progress,
        cx: &mut Step,
    ) -> Try {
        let Some(epoll) = self.epoll(id) else { return errno("EINVAL") };
        let mut told = BytesMut::new();
        let mut count = 0;
        let mut epoll = std::mem::take(epoll);
        for _ in 0..epoll.ready.len() {
            if count == most {
                break;
            }
            let Some(key) = epoll.ready.pop_front() else { break };
            let Some(i) = epoll.position(key.0, key.1) else { continue };
            let mask = self.ready_now(key.1);
            let item = &mut epoll.items[i];
            let events = mask & item.events & !PRIVATE;
            if events == 0 {
                continue;
            }
            told.put_u32_le(events);
            told.put_u64_le(item.data);
            count += 1;
            if item.events & ONESHOT != 0 {
                item.events &= PRIVATE;
            } else if item.events & EDGE == 0 {
                epoll.ready.push_back(key);
            }
        }
        if let Some(place) = self.epoll(id) {
            *place = epoll;
        }
        if count > 0 || progress.timed_out || timeout == Some(Duration::ZERO) {
            return Try::Done(count as i64, told.freeze());
        }
        Try::WaitAny(vec![id], timeout.map(|t| cx.now + t))
    }

    /// What is ready at a socket; at an epoll, whether something on its list still is (linux `ep_item_poll`).
    fn ready_now(&self, id: SockId) -> u32 {
        match self.socks.get(id).map(|s| (&s.kind, s)) {
            Some((Kind::Epoll(e), _)) => {
                let still = |key: &&(Fd, SockId)| {
                    e.position(key.0, key.1)
                        .is_some_and(|i| self.ready_now(key.1) & e.items[i].events & !PRIVATE != 0)
                };
                if e.ready.iter().find(still).is_some() { poll::IN | poll::RDNORM } else { 0 }
            }
            Some((_, sock)) => readiness(sock).0,
            None => 0,
        }
    }

    /// Whether epolls would watch each other in a circle, or more than [`NESTS_MAX`] below one another.
    fn nests_too_deep(&self, id: SockId, watched: SockId) -> bool {
        let below = self.deepest(watched, &|s| match &s.kind {
            Kind::Epoll(e) => e.items.iter().map(|i| i.sock).collect(),
            _ => Vec::new(),
        });
        let above = self.deepest(id, &|s| s.watchers.clone());
        let circle = below.1.contains(&id);
        circle || below.0 + 1 + above.0 > NESTS_MAX
    }

    /// Longest way from an epoll to another by `next`, and every epoll on such ways. There are no circles.
    fn deepest(&self, from: SockId, next: &dyn Fn(&Sock) -> Vec<SockId>) -> (usize, Vec<SockId>) {
        let mut all = vec![from];
        let mut row = vec![from];
        for depth in 0.. {
            let beside = row.iter().filter_map(|&id| self.socks.get(id)).flat_map(next);
            row = beside.filter(|&id| self.socks.get(id).is_some_and(Sock::is_epoll)).collect();
            row.dedup();
            if row.is_empty() {
                return (depth, all);
            }
            all.extend(&row);
        }
        (0, all)
    }

    /// A socket has news: who watches it for them puts it on the list (linux `ep_poll_callback`), and wakes whoever
    /// waits there. Of those with EPOLLEXCLUSIVE only the first that somebody waits at is told.
    pub(crate) fn tell_watchers(&mut self, id: SockId, cx: &mut Step) {
        let Some(sock) = self.socks.get(id) else { return };
        let now = readiness(sock);
        let mut taken = false;
        for watcher in sock.watchers.clone() {
            let waits = self.socks.get(watcher).is_some_and(|s| !s.waiters.is_empty());
            let Some(epoll) = self.epoll(watcher) else { continue };
            let mut news = false;
            for i in 0..epoll.items.len() {
                let item = &mut epoll.items[i];
                let exclusive = item.events & EXCLUSIVE != 0;
                if item.sock != id || exclusive && taken {
                    continue;
                }
                let before = std::mem::replace(&mut item.seen, now);
                let mut new = now.0 & !before.0;
                if now.1 > before.1 {
                    new |= now.0 & (poll::IN | poll::RDNORM | poll::PRI);
                }
                if new & item.events == 0 || item.asleep() {
                    continue;
                }
                taken |= exclusive && waits;
                let key = (item.fd, item.sock);
                epoll.queue(key);
                news = true;
            }
            if news {
                self.wake(watcher, cx);
            }
        }
    }

    /// The last descriptor of a watched socket, or of an epoll, is gone.
    pub(crate) fn stop_watching(&mut self, id: SockId) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        for watcher in std::mem::take(&mut sock.watchers) {
            if let Some(epoll) = self.epoll(watcher) {
                epoll.items.retain(|i| i.sock != id);
                epoll.ready.retain(|key| key.1 != id);
            }
        }
        let Some(epoll) = self.epoll(id).map(std::mem::take) else { return };
        for item in epoll.items {
            if let Some(sock) = self.socks.get_mut(item.sock) {
                sock.watchers.retain(|w| *w != id);
            }
        }
    }
}

impl Sock {
    pub(crate) fn is_epoll(&self) -> bool {
        matches!(self.kind, Kind::Epoll(_))
    }
}

fn names(events: u32) -> String {
    let all = [
        (poll::IN, "EPOLLIN"),
        (poll::PRI, "EPOLLPRI"),
        (poll::OUT, "EPOLLOUT"),
        (poll::ERR, "EPOLLERR"),
        (poll::HUP, "EPOLLHUP"),
        (poll::RDHUP, "EPOLLRDHUP"),
        (EXCLUSIVE, "EPOLLEXCLUSIVE"),
        (ONESHOT, "EPOLLONESHOT"),
        (EDGE, "EPOLLET"),
    ];
    text::flags(&all.map(|(bit, name)| (events & bit != 0, name)))
}

/// `epoll_ctl(3, EPOLL_CTL_ADD, 4, {EPOLLIN|EPOLLET, data=4})`
pub(crate) fn ctl_text(epfd: Fd, op: i32, fd: Fd, events: u32, data: u64) -> String {
    let op = match op {
        ADD => "EPOLL_CTL_ADD",
        DEL => return format!("epoll_ctl({epfd}, EPOLL_CTL_DEL, {fd}, NULL)"),
        MOD => "EPOLL_CTL_MOD",
        other => return format!("epoll_ctl({epfd}, {other}, {fd}, …)"),
    };
    format!("epoll_ctl({epfd}, {op}, {fd}, {{{}, data={data}}})", names(events))
}

/// `epoll_wait(3, [{EPOLLIN, data=4}], 8, -1)`
pub(crate) fn wait_text(epfd: Fd, most: usize, timeout: Option<Duration>, told: Option<&[u8]>) -> String {
    let word = |b: &[u8]| b.iter().rev().fold(0u64, |n, &o| n << 8 | u64::from(o));
    let event = |e: &[u8]| format!("{{{}, data={}}}", names(word(&e[..4]) as u32), word(&e[4..]));
    let events = match told {
        Some(told) => format!("[{}]", told.chunks_exact(12).map(event).collect::<Vec<_>>().join(", ")),
        None => "…".into(),
    };
    let timeout = timeout.map_or("-1".into(), |t| t.as_millis().to_string());
    format!("epoll_wait({epfd}, {events}, {most}, {timeout})")
}
