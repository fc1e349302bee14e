//! SYN cookies as Linux builds them (net/ipv4/syncookies.c; RFC 4987 §3.6): the SYN-ACK's sequence number
//! carries the MSS and the minute, the timestamp carries window scale and SACK. Whatever has no place there
//! is lost.

use crate::rules;
use crate::secret::{FourTuple, Use};
use crate::sock::Sock;
use crate::step::{Refused, Step};
use crate::{Host, SockId};
use std::rc::Rc;
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use tcp::{Admission, Connection, FastOpenAnswer, Segment, rule};
use wire::Seq;
use wire::ip::Addrs;
use wire::tcp::{Flags, Options};

/// Bits of the cookie below the minute.
const COOKIE_BITS: u32 = 24;
const COOKIE_MASK: u32 = (1 << COOKIE_BITS) - 1;
/// Minutes for which a cookie is good.
const MAX_AGE: u32 = 2;
const MINUTE: Duration = Duration::from_secs(60);
/// An MSS that the table does not have is rounded down to one that it has.
const MSS_V4: [u16; 4] = [536, 1300, 1440, 1460];
const MSS_V6: [u16; 4] = [1220, 1420, 1440, 8940];
/// Low bits of TSval that carry options.
const TS_BITS: u32 = 6;
const TS_WSCALE: u32 = 0xf;
const TS_SACK: u32 = 0x10;

fn minute(now: Instant) -> u32 {
    (now.0 / MINUTE.0) as u32
}

/// A window scale as the timestamp has it: all ones for none.
fn shift_bits(shift: Option<u8>) -> u32 {
    shift.map_or(TS_WSCALE, |s| u32::from(s.min(14)))
}

fn table(tuple: &FourTuple) -> &'static [u16; 4] {
    if tuple.local.is_ipv4() { &MSS_V4 } else { &MSS_V6 }
}

impl Host {
    /// The cookie for a SYN: hash, the peer's sequence number, the minute and the MSS's index.
    fn make_cookie(&self, tuple: &FourTuple, irs: Seq, index: u32, now: Instant) -> Seq {
        let count = minute(now);
        let fixed = self.secret.word(Use::Cookie, tuple, 0);
        let moving = self.secret.word(Use::CookieCount, tuple, count.into());
        let low = moving.wrapping_add(index) & COOKIE_MASK;
        Seq(fixed.wrapping_add(irs.0).wrapping_add(count << COOKIE_BITS).wrapping_add(low))
    }

    /// The MSS in a cookie that comes back; none if it is not one of ours or too old.
    fn check_cookie(&self, tuple: &FourTuple, cookie: Seq, irs: Seq, now: Instant) -> Option<u16> {
        let count = minute(now);
        let rest = cookie.0.wrapping_sub(self.secret.word(Use::Cookie, tuple, 0)).wrapping_sub(irs.0);
        let age = count.wrapping_sub(rest >> COOKIE_BITS) & (u32::MAX >> COOKIE_BITS);
        if age >= MAX_AGE {
            return None;
        }
        let then = u64::from(count.wrapping_sub(age));
        let index = rest.wrapping_sub(self.secret.word(Use::CookieCount, tuple, then)) & COOKIE_MASK;
        table(tuple).get(index as usize).copied()
    }

    /// Answers a SYN without remembering it.
    pub(crate) fn send_cookie(&mut self, listener: SockId, tuple: FourTuple, seg: &Segment, cx: &mut Step) {
        let mss = seg.header.options.mss.unwrap_or(self.settings.tcp.mss_default);
        let index = table(&tuple).iter().rposition(|&m| m <= mss).unwrap_or(0);
        let cookie = self.make_cookie(&tuple, seg.header.seq, index as u32, cx.now);
        rule!(cx.r, rules::COOKIE_SENT, Answer, cookie, table(&tuple)[index]);
        if mss > table(&tuple)[index] {
            rule!(cx.r, rules::COOKIE_MSS_ROUNDED, Answer, mss, table(&tuple)[index]);
        }
        let mut syn = seg.clone();
        if syn.header.options.timestamps.is_none() {
            // Without a timestamp there is no place for them (linux tcp_clear_options).
            let shift = syn.header.options.window_scale.take();
            let sack = std::mem::take(&mut syn.header.options.sack_permitted);
            if shift.is_some() || sack {
                rule!(cx.r, rules::COOKIE_OPTIONS_LOST, Answer, shift_bits(shift), u32::from(sack));
            }
        }
        let ports = tcp::Ports { local: tuple.local_port, remote: tuple.remote_port };
        let config = self.connection_config(listener, &tuple);
        let mut passing = Connection::passive_open(config, ports, cookie, &syn, cx.now, &mut Tape::None);
        let Some(mut answer) = passing.poll_transmit(cx.now, &mut Tape::None) else { return };
        let peer = &syn.header.options;
        if let Some(ts) = &mut answer.header.options.timestamps {
            let scale = shift_bits(peer.window_scale);
            let sack = if peer.sack_permitted { TS_SACK } else { 0 };
            let said = (ts.val >> TS_BITS << TS_BITS) | scale | sack;
            // TSval must not lie in the future.
            ts.val = if said > ts.val { said.wrapping_sub(1 << TS_BITS) } else { said };
            rule!(cx.r, rules::COOKIE_OPTIONS_KEPT, Answer, ts.val, scale, u32::from(peer.sack_permitted));
        }
        self.count("SyncookiesSent", cx);
        if let Some(l) = self.listener_mut(listener) {
            l.cookie_sent = Some(cx.now);
        }
        if let Some(addrs) = Addrs::new(tuple.local, tuple.remote) {
            self.send_segment(addrs, answer.header, cx);
        }
    }

    /// An ACK at a listener may bring a cookie back: then the connection is made of it, ESTABLISHED at once.
    /// `Ok(false)`: it does not, and the ACK is answered as any other.
    pub(crate) fn cookie_returns(
        &mut self,
        listener: SockId,
        tuple: FourTuple,
        seg: &Segment,
        cx: &mut Step,
    ) -> Result<bool, Refused> {
        let Some(l) = self.socks.get(listener).and_then(Sock::listener) else { return Ok(false) };
        let recent = l.cookie_sent.is_some_and(|t| cx.now.since(t).0 < u64::from(MAX_AGE) * MINUTE.0);
        let h = &seg.header;
        if self.settings.syncookies == 0
            || !recent
            || !h.flags.has(Flags::ACK)
            || h.flags.any(Flags::RST | Flags::SYN)
        {
            return Ok(false);
        }
        let (cookie, irs) = (h.ack - 1, h.seq - 1);
        let Some(mss) = self.check_cookie(&tuple, cookie, irs, cx.now) else {
            rule!(cx.r, rules::COOKIE_WRONG, Reset, cookie, irs);
            self.count("SyncookiesFailed", cx);
            return Ok(false);
        };
        rule!(cx.r, rules::COOKIE_RIGHT, Pass, cookie, mss);
        match h.options.timestamps {
            Some(ts) => {
                let sack = u32::from(ts.ecr & TS_SACK != 0);
                rule!(cx.r, rules::COOKIE_OPTIONS_BACK, Pass, ts.ecr, ts.ecr & TS_WSCALE, sack);
            }
            None => rule!(cx.r, rules::COOKIE_OPTIONS_NONE, Pass, u32::from(u16::MAX)),
        }
        self.count("SyncookiesRecv", cx);
        let settings = Rc::clone(&self.settings);
        if let Some(l) = self.socks.get(listener).and_then(Sock::listener)
            && let Admission::Full { len, backlog, .. } = l.admission(&settings)
        {
            self.count("ListenOverflows", cx);
            self.count("ListenDrops", cx);
            rule!(cx.r, rules::FINAL_ACK_REFUSED, Drop, len, backlog);
            return Err(Refused::new(&rules::FINAL_ACK_REFUSED, len, backlog));
        }
        let syn = remembered_syn(seg, irs, mss);
        let child = self.make_child(listener, tuple, cookie, (&syn, FastOpenAnswer::Ignore), cx);
        if let Some(c) = self.socks.get_mut(child).and_then(Sock::stream) {
            // The SYN-ACK went out long ago.
            while c.poll_transmit(cx.now, &mut Tape::None).is_some() {}
            c.segment_arrives(cx.now, seg, Admission::Open, cx.r);
        }
        self.settle(child, cx);
        Ok(true)
    }
}

/// The SYN, as far as cookie and timestamp remember it.
fn remembered_syn(ack: &Segment, irs: Seq, mss: u16) -> Segment {
    let mut options =
        Options { mss: Some(mss), timestamps: ack.header.options.timestamps, ..Options::default() };
    if let Some(ts) = &mut options.timestamps {
        let said = std::mem::take(&mut ts.ecr);
        options.window_scale = Some((said & TS_WSCALE) as u8).filter(|&s| u32::from(s) != TS_WSCALE);
        options.sack_permitted = said & TS_SACK != 0;
    }
    let mut syn = ack.clone();
    syn.payload = bytes::Bytes::new();
    syn.header.seq = irs;
    syn.header.ack = Seq(0);
    syn.header.flags = Flags::SYN;
    syn.header.options = options;
    syn
}
