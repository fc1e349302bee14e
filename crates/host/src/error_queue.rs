//! The error queue of a socket, which recvmsg(2) reads with MSG_ERRQUEUE: what became of buffers that were lent with
//! MSG_ZEROCOPY (linux `msg_zerocopy`), when segments left and were acknowledged (SO_TIMESTAMPING), and what ICMP said
//! (ip(7) IP_RECVERR).

use crate::Host;
use crate::flags::SendFlags;
use crate::sock::{Kind, Sock};
use crate::sockopt::{SO_TIMESTAMPING, SO_ZEROCOPY};
use crate::wait::{Try, errno};
use crate::{Errno, SockId};
use bytes::Bytes;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use tcp::time::Instant;
use wire::Seq;

/// Values of `ee_origin` (linux uapi/linux/errqueue.h).
pub mod origin {
    /// ICMP said so.
    pub const ICMP: u8 = 2;
    /// ICMPv6 did.
    pub const ICMP6: u8 = 3;
    /// SO_TIMESTAMPING.
    pub const TIMESTAMPING: u8 = 4;
    /// MSG_ZEROCOPY.
    pub const ZEROCOPY: u8 = 5;
}

/// Bits of SO_TIMESTAMPING (linux uapi/linux/net_tstamp.h) that TCP's sending side knows.
pub mod stamping {
    /// When a segment left.
    pub const TX_SOFTWARE: u32 = 1 << 1;
    /// Stamps are told in software time: without it they are not told at all.
    pub const SOFTWARE: u32 = 1 << 4;
    /// `ee_data` says which octet a stamp is of.
    pub const OPT_ID: u32 = 1 << 7;
    /// When a segment entered the device's queue.
    pub const TX_SCHED: u32 = 1 << 8;
    /// When it was acknowledged.
    pub const TX_ACK: u32 = 1 << 9;
    /// Stamps come without the packet.
    pub const OPT_TSONLY: u32 = 1 << 11;
    /// What a send(2) may ask for by itself.
    pub const TX: u32 = TX_SOFTWARE | TX_SCHED | TX_ACK;
    /// All there are (SOF_TIMESTAMPING_MASK of linux 6.18).
    pub const MASK: u32 = (1 << 19) - 1;
}

/// `ee_code`: the octets were copied after all, as a device without scatter and gather makes it.
const COPIED: u8 = 1;
/// `ee_info` of a stamp (SCM_TSTAMP_…).
const SND: u32 = 0;
const SCHED: u32 = 1;
const ACK: u32 = 2;

/// One entry: a `struct sock_extended_err` and what comes with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// `ee_errno`
    pub errno: u32,
    /// `ee_origin`
    pub origin: u8,
    /// `ee_type`
    pub kind: u8,
    /// `ee_code`
    pub code: u8,
    /// `ee_info`
    pub info: u32,
    /// `ee_data`
    pub data: u32,
    /// The time of SCM_TIMESTAMPING.
    pub stamp: Option<Instant>,
    /// It comes with a packet, which a short buffer cuts off (MSG_TRUNC).
    pub packet: bool,
    /// What ICMP says it of: where the datagram went, and who says so (`msg_name`, SO_EE_OFFENDER).
    pub about: Option<(SocketAddr, IpAddr)>,
    /// What is quoted of the datagram behind its headers. The buffer may be shorter (MSG_TRUNC).
    pub payload: Bytes,
}

/// Octets of [`Notice::octets`] before the two addresses, of an address, and of both with the port between them.
const OCTETS: usize = 26;
const ADDR: usize = 17;
const ABOUT: usize = 2 * ADDR + 2;
/// Most errors of ICMP that wait (linux sock_queue_err_skb: the receive buffer takes no more of them).
const MOST: usize = 256;

impl Notice {
    /// As `Call::Recv` gives it: `struct sock_extended_err` (16 octets, little-endian), whether there is a stamp and a
    /// packet (an octet each), the stamp in nanoseconds (8 octets); of ICMP also the two addresses, and what is quoted.
    fn octets(&self) -> Bytes {
        let mut out = Vec::with_capacity(OCTETS);
        out.extend(self.errno.to_le_bytes());
        out.extend([self.origin, self.kind, self.code, 0]);
        out.extend(self.info.to_le_bytes());
        out.extend(self.data.to_le_bytes());
        out.extend([u8::from(self.stamp.is_some()), u8::from(self.packet)]);
        out.extend(self.stamp.map_or(0, |t| t.0).to_le_bytes());
        if let Some((dest, offender)) = self.about {
            for addr in [dest.ip(), offender] {
                out.push(if addr.is_ipv4() { 4 } else { 6 });
                let mut octets = [0; ADDR - 1];
                match addr {
                    IpAddr::V4(a) => octets[..4].copy_from_slice(&a.octets()),
                    IpAddr::V6(a) => octets = a.octets(),
                }
                out.extend(octets);
            }
            out.extend(dest.port().to_le_bytes());
            out.extend(&self.payload);
        }
        out.into()
    }
    /// What [`CallResult::Done`](crate::CallResult) of such a call holds.
    pub fn read(octets: &[u8]) -> Option<Notice> {
        let (octets, rest) = octets.split_first_chunk::<OCTETS>()?;
        let about = rest.split_first_chunk::<ABOUT>();
        let addr = |at: &[u8]| match (at.first()?, at.get(1..5)?, at.get(1..ADDR)?) {
            (4, v4, _) => Some(IpAddr::from(<[u8; 4]>::try_from(v4).ok()?)),
            (_, _, v6) => Some(IpAddr::from(<[u8; 16]>::try_from(v6).ok()?)),
        };
        let word =
            |at: usize| u32::from_le_bytes([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]]);
        let time = u64::from(word(18)) | u64::from(word(22)) << 32;
        Some(Notice {
            errno: word(0),
            origin: octets[4],
            kind: octets[5],
            code: octets[6],
            info: word(8),
            data: word(12),
            stamp: (octets[16] != 0).then_some(Instant(time)),
            packet: octets[17] != 0,
            about: about.and_then(|(a, _)| {
                let port = u16::from_le_bytes([a[2 * ADDR], a[2 * ADDR + 1]]);
                Some((SocketAddr::new(addr(a)?, port), addr(&a[ADDR..])?))
            }),
            payload: Bytes::copy_from_slice(about.map_or(&[], |(_, payload)| payload)),
        })
    }
}

/// Octets lent to the host until they are acknowledged.
#[derive(Clone, Debug)]
struct Lent {
    start: Seq,
    end: Seq,
    id: u32,
}

/// The last octet of a write, whose fate somebody wants to know.
#[derive(Clone, Debug)]
struct Awaited {
    end: Seq,
    /// Bits of [`stamping`].
    wants: u32,
    sent: bool,
}

/// What few sockets have.
#[derive(Clone, Default, Debug)]
pub(crate) struct ErrorQueue {
    notices: VecDeque<Notice>,
    /// How many there ever were: each is an edge to epoll(7).
    count: u64,
    lent: VecDeque<Lent>,
    next_id: u32,
    awaited: VecDeque<Awaited>,
    /// The octet that SOF_TIMESTAMPING_OPT_ID counts from.
    key: Option<Seq>,
}

impl ErrorQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.notices.is_empty()
    }
    pub(crate) fn count(&self) -> u64 {
        self.count
    }
    /// Of ICMP, if there is room.
    pub(crate) fn push_icmp(&mut self, notice: Notice) {
        if self.notices.len() < MOST {
            self.push(notice);
        }
    }
    pub(crate) fn push(&mut self, notice: Notice) {
        self.count += 1;
        self.notices.push_back(notice);
    }

    /// Octets up to `una` are acknowledged, those up to `nxt` sent. Whether anything is news.
    fn progress(&mut self, una: Seq, nxt: Seq, over: bool, tsonly: bool, now: Instant) -> bool {
        let before = self.count;
        while let Some(lent) = self.lent.front().filter(|l| l.end.le(una)) {
            let code = if nxt.gt(lent.start) { COPIED } else { 0 };
            let id = lent.id;
            self.lent.pop_front();
            self.give_back(id, code);
        }
        for i in 0..self.awaited.len() {
            let Awaited { end, wants, sent } = self.awaited[i];
            let data = self.key.map_or(0, |key| end.since(key).wrapping_sub(1));
            let notice = |info| Notice {
                errno: Errno("ENOMSG").number() as u32,
                origin: origin::TIMESTAMPING,
                kind: 0,
                code: 0,
                info,
                data,
                stamp: Some(now),
                packet: !tsonly,
                about: None,
                payload: Bytes::new(),
            };
            if !sent && end.le(nxt) && !over {
                self.awaited[i].sent = true;
                let kinds = [(stamping::TX_SCHED, SCHED), (stamping::TX_SOFTWARE, SND)];
                for (_, info) in kinds.into_iter().filter(|(bit, _)| wants & bit != 0) {
                    self.push(notice(info));
                }
            }
            if end.le(una) && !over && wants & stamping::TX_ACK != 0 {
                self.push(notice(ACK));
            }
        }
        self.awaited.retain(|a| a.end.gt(una) && !over);
        self.count != before
    }

    /// Linux joins what follows in order and went the same way into one (`__msg_zerocopy_callback`).
    fn give_back(&mut self, id: u32, code: u8) {
        if let Some(last) = self.notices.back_mut()
            && (last.origin, last.code) == (origin::ZEROCOPY, code)
            && last.data.wrapping_add(1) == id
        {
            last.data = id;
            self.count += 1;
            return;
        }
        self.push(Notice {
            errno: 0,
            origin: origin::ZEROCOPY,
            kind: 0,
            code,
            info: id,
            data: id,
            stamp: None,
            packet: false,
            about: None,
            payload: Bytes::new(),
        });
    }
}

/// Something was sent or acknowledged. Whether there is news of it.
#[cold]
#[inline(never)]
pub(crate) fn look(sock: &mut Sock, now: Instant) -> bool {
    let tsonly = asked(sock, SO_TIMESTAMPING) & stamping::OPT_TSONLY != 0;
    let (Kind::Stream(c), Some(queue)) = (&sock.kind, &mut sock.errors) else { return false };
    let (una, nxt, _) = c.send_marks();
    queue.progress(una, nxt, c.state() == tcp::State::Closed, tsonly, now)
}

fn asked(sock: &Sock, option: (i32, i32)) -> u32 {
    sock.options.as_ref().and_then(|o| o.get(option)).unwrap_or(0) as u32
}

/// Before a write: where its octets will begin, if anybody wants to know of them.
pub(crate) fn before_write(sock: &Sock, flags: &SendFlags) -> Option<Seq> {
    let lends = flags.zerocopy && asked(sock, SO_ZEROCOPY) != 0;
    let stamps = flags.stamps.unwrap_or(0) | asked(sock, SO_TIMESTAMPING);
    let Kind::Stream(c) = &sock.kind else { return None };
    (lends || stamps & stamping::TX != 0).then(|| c.send_marks().2)
}

/// A write is over: its octets began at `start`, or, where it opened the connection itself, with the first.
pub(crate) fn after_write(sock: &mut Sock, flags: &SendFlags, start: Option<Seq>, now: Instant) {
    let set = asked(sock, SO_TIMESTAMPING);
    // What one send(2) asks for stands in for what is asked for always.
    let wants = flags.stamps.unwrap_or(set) & stamping::TX;
    let lends = flags.zerocopy && asked(sock, SO_ZEROCOPY) != 0;
    let Kind::Stream(c) = &sock.kind else { return };
    let (una, nxt, end) = c.send_marks();
    let start = start.unwrap_or(una);
    if end == start || !lends && wants == 0 {
        return;
    }
    let queue = sock.errors.get_or_insert_default();
    if lends {
        queue.lent.push_back(Lent { start, end, id: queue.next_id });
        queue.next_id = queue.next_id.wrapping_add(1);
    }
    if wants != 0 {
        // A segment has one stamp, that of the last write which it carries.
        if let Some(last) = queue.awaited.back_mut().filter(|a| !a.sent && a.end == start && start.ge(nxt))
            && c.joins_last_write(start)
        {
            *last = Awaited { end, wants, sent: false };
        } else {
            queue.awaited.push_back(Awaited { end, wants, sent: false });
        }
    }
    look(sock, now);
}

/// SO_TIMESTAMPING was set from `was` to `is`: octets are counted from what is not acknowledged yet.
pub(crate) fn stamping_set(sock: &mut Sock, was: u32, is: u32) {
    if is & stamping::OPT_ID & !was == 0 {
        return;
    }
    if let Kind::Stream(c) = &sock.kind {
        let una = c.send_marks().0;
        sock.errors.get_or_insert_default().key = Some(una);
    }
}

impl Host {
    /// recvmsg(2) with MSG_ERRQUEUE, into `len` octets: never waits. Who reads what ICMP said has read the socket's error
    /// with it; that of the next of them stands in for it (linux sock_dequeue_err_skb).
    pub(crate) fn sys_recv_error(&mut self, id: SockId, len: usize) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let Some(queue) = sock.errors.as_mut() else { return errno("EAGAIN") };
        let Some(notice) = queue.notices.pop_front() else { return errno("EAGAIN") };
        let next = queue.notices.front().filter(|n| n.about.is_some());
        if notice.about.is_some() || next.is_some() {
            sock.error = next.and_then(|n| Errno::by_number(n.errno));
        }
        Try::Done(notice.payload.len().min(len) as i64, notice.octets())
    }
}
