//! What is sent, and how its header is made.

use crate::profile::Letter;
use crate::rule::Tape;
use crate::time::Instant;
use crate::{Connection, Event, Outgoing, State, TimerKind, Usual, rule, rules};
use bytes::BufMut;
use wire::Seq;
use wire::tcp::{Flags, Header, Options};
use wire::usual::Own;

/// A segment decided to be sent. Its header is made when it is fetched, in the same step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Intent {
    pub(crate) seq: Seq,
    /// Octets of data.
    pub(crate) len: u32,
    pub(crate) flags: Flags,
    pub(crate) resent: u8,
    /// Carries new or old data of ours: ECN-capable, unlike a pure ACK.
    pub(crate) ecn: u8,
    /// SEG.ACK, where it is not RCV.NXT as it stands when the header is made.
    pub(crate) ack: Option<Seq>,
}

impl Connection {
    /// The next segment to send now, if any. Call until `None` after every other call.
    #[inline]
    pub fn poll_transmit(&mut self, now: Instant, r: &mut Tape) -> Option<Outgoing> {
        let i = self.out.pop_front()?;
        self.shrink_out();
        Some(Outgoing { header: self.header(now, &i, r), len: i.len as usize, ecn: i.ecn, resent: i.resent })
    }

    /// The same, where that is a segment of the middle of a connection whose only option is its timestamps, as nearly all
    /// are; else `None`, and nothing is done.
    #[inline]
    pub fn poll_usual(&mut self, now: Instant, r: &mut Tape) -> Option<Usual> {
        let &Intent { seq, len, flags, resent, ecn, ack: None } = self.out.front()? else { return None };
        let shape = flags & (Flags::SYN | Flags::RST | Flags::ACK) == Flags::ACK;
        if !shape || self.snd.up.is_some() || self.sack.as_ref().is_some_and(|sack| sack.pending() > 0) {
            return None;
        }
        let stamps = self.ts_option(now)?;
        self.out.pop_front();
        self.shrink_out();
        let (ack, window) = (self.rcv.nxt, self.announce_window(r));
        Some(Usual { own: Own { seq, ack, flags, window, urgent: 0, stamps }, len, ecn, resent })
    }

    /// What a burst took is given back.
    #[inline]
    fn shrink_out(&mut self) {
        if self.out.is_empty() && self.out.capacity() > 32 {
            self.out = Default::default();
        }
    }

    /// Appends the payload of `usual` to `frame`.
    #[inline]
    pub fn copy_usual(&self, usual: &Usual, frame: &mut impl BufMut) {
        if usual.len > 0 {
            self.tx.copy(usual.own.seq, usual.len as usize, frame);
        }
    }

    /// Appends the payload of `out` to `frame`.
    pub fn copy_payload(&self, out: &Outgoing, frame: &mut impl BufMut) {
        if out.len > 0 {
            let syn = u32::from(out.header.flags.has(Flags::SYN));
            self.tx.copy(out.header.seq + syn, out.len, frame);
        }
    }

    /// Whether [`Connection::poll_event`] has one.
    #[inline]
    pub fn has_event(&self) -> bool {
        !self.events.is_empty()
    }

    /// The next event, if any. Call until `None` after every other call.
    pub fn poll_event(&mut self) -> Option<Event> {
        let e = self.events.pop_front();
        if self.events.is_empty() && self.events.capacity() > 8 {
            self.events = Default::default();
        }
        e
    }

    #[inline]
    fn header(&mut self, now: Instant, i: &Intent, r: &mut Tape) -> Header {
        let syn = i.flags.has(Flags::SYN);
        let rst = i.flags.has(Flags::RST);
        let has_ack = i.flags.has(Flags::ACK);
        let behind = i.ack.map_or(0, |ack| self.rcv.nxt.since(ack));
        let window = match () {
            // What answers a segment has none (tcp_v4_send_reset).
            _ if rst && !has_ack => 0,
            _ if syn => self.rcv.wnd.min(65_535) as u16,
            _ => self.announce_window(r).saturating_add((behind >> self.rcv.wscale) as u16),
        };
        let options = match () {
            // A RST in answer to a segment has no options (tcp_v4_send_reset).
            _ if rst && !has_ack => Options::default(),
            _ if syn => self.syn_options(now, has_ack, i.resent),
            _ => self.options(now),
        };
        let mut flags = i.flags;
        let mut urgent = 0;
        if let Some(up) = self.snd.up.filter(|up| i.seq.lt(*up) && !syn && !rst) {
            // The pointer is an offset from SEG.SEQ (§3.8.5); beyond 65 535 it points as far as it can.
            flags |= Flags::URG;
            urgent = up.since(i.seq).min(65_535) as u16;
        }
        Header {
            src_port: self.ports.local,
            dst_port: self.ports.remote,
            seq: i.seq,
            ack: if has_ack { i.ack.unwrap_or(self.rcv.nxt) } else { Seq(0) },
            flags,
            window,
            urgent,
            options,
        }
    }

    fn syn_options(&self, now: Instant, reply: bool, resent: u8) -> Options {
        // The SYN-ACK of two SYNs that crossed is the same SYN again (tcp_send_synack).
        let crossed = reply && !self.passive && self.cfg.repeated_syn == Letter::Linux;
        let ts = match reply {
            true if crossed && self.cfg.timestamps => {
                let ecr = self.ts.map_or(0, |ts| ts.recent);
                Some(wire::tcp::Timestamps { val: self.ts_now(now), ecr })
            }
            true => self.ts_option(now),
            false => self.cfg.timestamps.then(|| wire::tcp::Timestamps {
                val: self.ts_now(now),
                ecr: self.ts.map_or(0, |ts| ts.recent),
            }),
        };
        let reply = reply && !crossed;
        let scale = if reply { self.peer_scales() } else { self.cfg.window_scaling };
        Options {
            mss: Some(self.cfg.mss.min(self.snd.path_mss)),
            window_scale: scale.then_some(if crossed { self.rcv.syn_wscale } else { self.rcv.wscale }),
            sack_permitted: if reply { self.sack.is_some() } else { self.cfg.sack },
            timestamps: ts,
            // The request was answered with the call that made it (tcp_sendmsg_fastopen).
            fast_open: if crossed { None } else { self.fast_open_option(resent) },
            ..Options::default()
        }
    }

    fn peer_scales(&self) -> bool {
        self.scaling
    }

    /// SACK blocks that fit into a header (RFC 2018 §3).
    fn sack_room(&self) -> usize {
        if self.ts.is_some() { 3 } else { 4 }
    }

    /// Options of a segment after the handshake.
    fn options(&mut self, now: Instant) -> Options {
        let timestamps = self.ts_option(now);
        let room = self.sack_room();
        let early = self.rx.early_is_empty() && self.rcv.early_fin.is_none();
        let sack = match &mut self.sack {
            Some(s) => s.take_blocks(room, early),
            None => Options::NONE.sack,
        };
        Options { timestamps, sack, ..Options::NONE }
    }

    /// Octets of data in a full segment now (Eff.snd.MSS, RFC 9293 §3.7.1), options that every segment carries
    /// taken off, and never more than half the largest window the peer ever offered.
    pub(crate) fn current_mss(&self) -> u32 {
        let limit = u32::from(self.snd.path_mss.min(self.snd.peer_mss).min(self.cfg.mss));
        let limit = self.searched_mss().map_or(limit, |low| low.min(limit));
        let mut mss = limit - if self.ts.is_some() { 12.min(limit - 1) } else { 0 };
        let half = if self.snd.max_wnd > 536 { self.snd.max_wnd / 2 } else { self.snd.max_wnd };
        if half > 0 {
            mss = mss.min(half.max(48));
        }
        if let Some(s) = &self.sack
            && s.pending() > 0
            && !self.rx.early_is_empty()
        {
            let blocks = s.pending().min(self.sack_room()) as u32;
            mss = mss.saturating_sub(4 + 8 * blocks).max(1);
        }
        mss.max(1)
    }

    /// SYN or SYN-ACK, for the first time.
    pub(crate) fn send_handshake(&mut self, now: Instant, flags: Flags, r: &mut Tape) {
        self.outstanding(now, 1, flags);
        self.retrans_since = Some(now);
        self.emit(self.snd.iss, 0, flags, 0);
        rule!(r, rules::HANDSHAKE_SENT, Act, flags, self.snd.iss);
        self.timers.set(TimerKind::Retransmit, now, now + self.cfg.rto_initial);
    }

    /// Queues a segment for [`Connection::poll_transmit`].
    pub(crate) fn emit(&mut self, seq: Seq, len: u32, flags: Flags, resent: u8) {
        let mut flags = flags;
        if flags.has(Flags::SYN) {
            // A SYN sent again asks without ECN: the first may have been dropped for it (RFC 3168 §6.1.1.1).
            flags |= if resent == 0 || flags.has(Flags::ACK) {
                self.ecn_syn_flags(flags.has(Flags::ACK))
            } else {
                Flags::NONE
            };
        } else if flags.has(Flags::ACK) && !flags.has(Flags::RST) && self.ecn.echo {
            flags |= Flags::ECE;
        }
        let (ecn, cwr) = self.ecn_for_data(resent == 0 && !flags.any(Flags::SYN | Flags::RST), len);
        self.stats.segs_out += 1;
        self.out.push_back(Intent { seq, len, flags: flags | cwr, resent, ecn, ack: None });
    }

    /// `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`.
    pub(crate) fn send_ack(&mut self, _now: Instant, _r: &mut Tape) {
        if self.state == State::Closed {
            return;
        }
        self.ack_paid();
        self.emit(self.acceptable_seq(), 0, Flags::ACK, 0);
    }

    /// Sequence number of a segment without data: SND.NXT; on linux not so far beyond the edge of a window that shrank that
    /// the peer would refuse it (tcp_acceptable_seq).
    fn acceptable_seq(&self) -> Seq {
        let (nxt, edge) = (self.snd.nxt, self.snd_edge());
        let letter = self.cfg.shrunk_window == Letter::Rfc || self.in_handshake();
        if letter || edge.ge(nxt) || self.scaling && nxt.since(edge) < 1 << self.rcv.wscale {
            return nxt;
        }
        edge
    }

    /// An ACK in answer to something unacceptable: at most one each `tcp_invalid_ratelimit` (RFC 5961 §7). One that is
    /// held back is counted as `skipped` (linux `tcp_oow_rate_limited`). Whether it went.
    pub(crate) fn send_limited_ack(&mut self, now: Instant, skipped: &'static str, r: &mut Tape) -> bool {
        if now < self.answers_from {
            let since = self.cfg.invalid_ratelimit - self.answers_from.since(now);
            rule!(r, rules::ANSWER_LIMITED, Drop, since, self.cfg.invalid_ratelimit);
            self.count(skipped);
            return false;
        }
        self.answers_from = now + self.cfg.invalid_ratelimit;
        self.send_ack(now, r);
        true
    }

    /// RST in the middle of a connection: `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>` (§3.10.5).
    pub(crate) fn send_rst(&mut self, r: &mut Tape) {
        rule!(r, rules::RST_SENT, Reset, self.snd.nxt, self.state);
        self.count("OutRsts");
        let flags = if self.state == State::SynSent { Flags::RST } else { Flags::RST | Flags::ACK };
        self.emit(self.acceptable_seq(), 0, flags, 0);
    }

    /// Nagle's question: may a segment of less than an MSS go now?
    pub(crate) fn nagle_holds(&self, cork: bool) -> bool {
        if cork {
            return true;
        }
        if !self.cfg.nagle || self.rtx.is_empty() {
            return false;
        }
        match self.cfg.nagle_law {
            // RFC 896: as long as anything is unacknowledged.
            Letter::Rfc => true,
            // Minshall: as long as a small segment is.
            Letter::Linux => self.snd.small_end.is_some_and(|e| e.gt(self.snd.una)),
        }
    }
}
