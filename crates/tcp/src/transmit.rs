//! Sending new data: what the windows, Nagle and the wish for bursts allow (RFC 9293 §3.8.6.2.1, RFC 5681).

use crate::mtu_probe::Probe;
use crate::rule::Tape;
use crate::stats::Limit;
use crate::time::{Duration, Instant};
use crate::{Connection, State, TimerKind, rule, rules};
use wire::Seq;
use wire::tcp::Flags;

/// How hard to push.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Push {
    /// As the socket options say.
    Normal,
    /// More will follow (MSG_MORE): full segments only.
    Cork,
    /// Small segments too (the caller waits for room, or the window is half full).
    Now,
    /// Small segments too, one burst at most.
    One,
    /// One segment, whatever the congestion window says (tail loss probe).
    Probe,
}

/// Longest burst that is cut into segments in one go, octets (Linux GSO_LEGACY_MAX_SIZE).
const BURST_MAX: u32 = 65_536 - 320;

impl Connection {
    /// SND.UNA + SND.WND.
    pub(crate) fn snd_edge(&self) -> Seq {
        self.snd.una + self.snd.wnd
    }

    /// Sends of the queue what may go now. Returns whether anything went.
    pub(crate) fn push_pending(&mut self, now: Instant, push: Push, r: &mut Tape) -> bool {
        if !self.may_send_data() {
            return false;
        }
        let mss = self.current_mss();
        if self.tx.unsent() == 0 && !self.fin_queued {
            match self.rtx.is_empty() {
                true => self.chrono(now, Limit::Idle),
                false => self.note_limit(now, mss),
            }
            return false;
        }
        let burst = self.burst_segments(mss);
        let mut sent = 0;
        let mut cwnd_limited = false;
        if !matches!(push, Push::One | Push::Probe) {
            match self.probe_mtu(now, r) {
                Probe::Wait => return false,
                Probe::Sent => sent = 1,
                Probe::None => {}
            }
        }
        while let Some(bytes) = self.next_burst(now, mss, burst, push, &mut cwnd_limited, r) {
            if self.cfg.device_full {
                rule!(r, rules::DEVICE_FULL, Drop, self.snd.nxt);
                self.enter_cwr(r);
                break;
            }
            sent += self.send_new(now, bytes, mss, r);
            if matches!(push, Push::One | Push::Probe) {
                break;
            }
        }
        // A FIN has a number of its own, and waits for the window like an octet (§3.4).
        let fin_alone = self.tx.unsent() == 0 && self.fin_queued && !self.fin_sent();
        if fin_alone
            && self.snd.nxt.lt(self.snd_edge())
            && (push == Push::Probe || self.rtx.in_flight() < self.win.cwnd)
        {
            self.send_new(now, 0, mss, r);
            sent += 1;
        }
        cwnd_limited |= self.rtx.in_flight() >= self.win.cwnd;
        self.note_limit(now, mss);
        if sent > 0 || cwnd_limited {
            self.validate_cwnd(now, cwnd_limited);
        }
        if sent > 0 {
            self.rec.note_sent(sent);
            if push != Push::Probe {
                self.schedule_loss_probe(now, false, r);
            }
        } else if self.rtx.is_empty() && (self.tx.unsent() > 0 || fin_alone) {
            self.arm_persist(now, false, r);
        }
        sent > 0
    }

    /// What holds back what waits (tcp_chrono).
    fn note_limit(&mut self, now: Instant, mss: u32) {
        let next = self.snd.nxt + self.tx.unsent().min(mss);
        let starved = self.buffer_is_short();
        let limit = match () {
            _ if starved && self.tx.unsent() == 0 && !self.rtx.is_empty() => Limit::Buffer,
            _ if self.tx.unsent() > 0 && self.rtx.in_flight() < self.win.cwnd && next.gt(self.snd_edge()) => {
                Limit::Receiver
            }
            _ if self.tx.unsent() > 0 || !self.rtx.is_empty() => Limit::Busy,
            _ => Limit::Idle,
        };
        self.chrono(now, limit);
    }

    /// A write found no room, and a third of the buffer is not free yet (linux `tcp_cwnd_validate`, SOCK_NOSPACE).
    fn buffer_is_short(&mut self) -> bool {
        let roomy = self.room() >= self.wmem_queued() / 2;
        let Some(s) = self.send_stats.as_mut() else { return false };
        s.no_space &= !roomy;
        s.no_space
    }

    pub(crate) fn chrono(&mut self, now: Instant, limit: Limit) {
        if limit != Limit::Idle || self.send_stats.is_some() {
            self.send_stats().chrono.set(now, limit);
        }
    }

    fn may_send_data(&self) -> bool {
        let synchronized = matches!(
            self.state,
            State::Established | State::CloseWait | State::FinWait1 | State::Closing | State::LastAck
        );
        (synchronized || self.is_unproven()) && !self.fin_sent() && self.snd.una != self.snd.iss
    }

    /// Octets that go next in one burst, or `None` with the reason reported.
    fn next_burst(
        &mut self,
        now: Instant,
        mss: u32,
        burst: u32,
        push: Push,
        cwnd_limited: &mut bool,
        r: &mut Tape,
    ) -> Option<u32> {
        let (chunk, _) = self.tx.head()?;
        let in_flight = self.rtx.in_flight();
        let mut quota = if in_flight >= self.win.cwnd {
            if push != Push::Probe {
                rule!(r, rules::SEND_CWND, Drop, in_flight, self.win.cwnd);
                *cwnd_limited = true;
                return None;
            }
            1
        } else if self.cfg.gso {
            (self.win.cwnd / 2).max(1).min(self.win.cwnd - in_flight).min(burst)
        } else {
            1
        };
        if !self.cfg.gso {
            quota = 1;
        }
        let start = self.snd.nxt;
        if self.cfg.gso {
            let missing = (quota * mss).saturating_sub(chunk.end.since(start));
            if missing > 0 {
                self.tx.grow_head(missing);
            }
        }
        let (chunk, more) = self.tx.head()?;
        let have = chunk.end.since(start);
        let first_end = start + have.min(mss);
        let edge = self.snd_edge();
        if first_end.gt(edge) {
            rule!(r, rules::SEND_WINDOW, Drop, first_end, edge);
            return None;
        }
        let cork = push == Push::Cork || (self.cfg.cork && push == Push::Normal);
        let gentle = matches!(push, Push::Normal | Push::Cork);
        // The FIN takes a small last segment with it.
        let may_nagle = gentle && !more && !self.fin_queued && self.snd.up.is_none();
        if have <= mss {
            if have < mss && may_nagle && self.nagle_holds(cork) {
                rule!(r, rules::SEND_NAGLE, Drop, have, mss);
                return None;
            }
            return Some(have);
        }
        if self.cfg.gso && push != Push::One && self.defer_burst(now, have, more, mss, burst, cwnd_limited, r)
        {
            return None;
        }
        if self.snd.up.is_some() {
            return Some(mss);
        }
        let window = edge.since(start);
        let most = mss * quota;
        if most <= window && more && most <= have {
            return Some(most);
        }
        let needed = have.min(window);
        if most <= needed {
            return Some(most);
        }
        // A part that the window cut off goes as the end of a write would (tcp_mss_split_point).
        let partial = needed % mss;
        let waits = partial != 0 && needed > partial && gentle && self.nagle_holds(cork);
        Some(if waits { needed - partial } else { needed })
    }

    /// Cuts `bytes` octets into segments and sends them; with the last octet goes the FIN, if one is due.
    pub(crate) fn send_new(&mut self, now: Instant, bytes: u32, mss: u32, r: &mut Tape) -> u32 {
        let mut left = bytes;
        let mut segments = 0;
        loop {
            let n = left.min(mss);
            left -= n;
            let mut flags = Flags::ACK;
            let last = left == 0;
            let head = self.tx.head();
            let chunk_done = head.is_some_and(|(c, _)| c.end == self.snd.nxt + n && c.psh);
            if n > 0 && chunk_done {
                flags |= Flags::PSH;
            }
            // A burst ends in PSH so that the receiver hands it up (tcp_transmit_skb); a copy of it does not.
            let burst_end = last && bytes > mss;
            self.tx.sent(n);
            let fin = last && self.fin_queued && self.tx.unsent() == 0;
            let record = n > 0 && head.is_some_and(|(c, _)| c.end == self.snd.nxt + n && c.eor);
            if fin {
                flags |= Flags::FIN;
            }
            let seq = self.snd.nxt;
            let idle = self.rtx.is_empty();
            self.note_data_sent(now, idle);
            self.outstanding(now, n + u32::from(fin), flags.without(Flags::ACK));
            if !last {
                self.rtx.join_next();
            } else if record {
                self.rtx.end_record();
            }
            self.ack_paid();
            self.emit(seq, n, if burst_end { flags | Flags::PSH } else { flags }, 0);
            self.stats.bytes_sent += u64::from(n);
            self.stats.data_segs_out += u32::from(n > 0);
            rule!(r, rules::SEND_SEGMENT, Act, seq, n, self.rtx.in_flight(), self.win.cwnd);
            if n > 0 && n < mss {
                self.snd.small_end = Some(seq + n);
            }
            if idle || self.timers.is_set(TimerKind::TailLossProbe) {
                self.rearm_rto(now, r);
            }
            segments += 1;
            if last {
                return segments;
            }
        }
    }

    /// Sends a segment that is smaller than one would like, because waiting did not help; PSH hands it up.
    pub(crate) fn send_partial(&mut self, now: Instant, len: u32, r: &mut Tape) {
        self.send_new(now, len, len, r);
        if let Some(i) = self.out.back_mut() {
            i.flags |= Flags::PSH;
        }
        if let Some(s) = self.rtx.q.back_mut() {
            s.flags |= Flags::PSH;
        }
    }

    /// Bookkeeping before new data leaves (tcp_event_data_sent).
    fn note_data_sent(&mut self, now: Instant, idle: bool) {
        if idle && self.snd.last < now {
            let gap = now.since(self.snd.last);
            self.cc.get_mut().idle(now, gap);
        }
        self.snd.last = now;
        // Data in answer to data: the connection talks both ways.
        if now.since(self.ack.last_data) < self.ack.ato {
            self.ack.pingpong = true;
        }
    }

    /// Segments in one burst: about a millisecond's worth of the sending rate, two at least (tcp_tso_autosize).
    pub(crate) fn burst_segments(&self, mss: u32) -> u32 {
        if !self.cfg.gso {
            return 1;
        }
        let Some(srtt) = self.rtt.srtt().filter(|s| s.0 > 0) else { return (BURST_MAX / mss).max(1) };
        let ratio = if self.win.cwnd < self.win.ssthresh / 2 { 200 } else { 120 };
        let window = u64::from(self.win.cwnd.max(self.rtx.out())) * u64::from(mss);
        let per_second = window * ratio / 100 * 1_000_000 / srtt.as_micros().max(1);
        let mut bytes = per_second >> 10;
        // The nearer the peer, the longer the bursts.
        let nearness = self.rtt.min().map_or(u64::MAX, Duration::as_micros) >> 9;
        if nearness < 32 {
            bytes += u64::from(BURST_MAX) >> nearness;
        }
        let segments = (bytes.min(u64::from(BURST_MAX)) as u32 / mss).max(self.cfg.min_tso_segs);
        segments.min(BURST_MAX / mss).max(1)
    }

    /// Whether waiting for the next ACK would make a longer burst (tcp_tso_should_defer).
    #[allow(clippy::too_many_arguments)]
    fn defer_burst(
        &self,
        now: Instant,
        have: u32,
        more: bool,
        mss: u32,
        burst: u32,
        cwnd_limited: &mut bool,
        r: &mut Tape,
    ) -> bool {
        if self.rec.in_recovery() || now.since(self.snd.last) > Duration::from_millis(1) {
            return false;
        }
        let send_win = self.snd_edge().since(self.snd.nxt);
        let cong_win = (self.win.cwnd - self.rtx.in_flight().min(self.win.cwnd)) * mss;
        let limit = send_win.min(cong_win);
        if limit >= burst * mss || (more && limit >= have) {
            return false;
        }
        let chunk = self.snd.wnd.min(self.win.cwnd * mss);
        if self.cfg.tso_win_divisor > 0 && limit >= chunk / self.cfg.tso_win_divisor {
            return false;
        }
        // If the next ACK is not due within half a round trip, do not wait.
        let Some(head) = self.rtx.head() else { return false };
        let half = Duration(self.rtt.srtt().unwrap_or_default().0 / 2);
        if now.since(head.at) < half {
            return false;
        }
        if cong_win < send_win && cong_win <= have {
            *cwnd_limited = true;
        } else if !(send_win <= cong_win && send_win <= have) && self.fin_queued && !more {
            return false;
        }
        rule!(r, rules::SEND_DEFERRED, Drop, limit, burst * mss);
        true
    }

    /// Remembers how far the congestion window was used (RFC 7661 in spirit; tcp_cwnd_validate).
    fn validate_cwnd(&mut self, now: Instant, cwnd_limited: bool) {
        let out = self.rtx.out();
        let w = &mut self.win;
        if self.snd.una.ge(w.usage_end) || cwnd_limited || (!w.limited && out > w.max_out) {
            w.limited = cwnd_limited;
            w.max_out = out;
            w.usage_end = self.snd.nxt;
        }
        if w.is_limited() {
            w.used = 0;
            w.stamp = now;
            return;
        }
        w.used = w.used.max(out);
        if self.cfg.slow_start_after_idle && now.since(w.stamp) >= self.rtt.rto(&self.cfg) {
            // The caller left the window half empty for an RTO: it proves nothing any more.
            let used = w.used.max(self.cfg.initial_cwnd);
            if !self.rec.in_recovery() && used < w.cwnd {
                w.ssthresh = w.current_ssthresh();
                w.cwnd = (w.cwnd + used) / 2;
            }
            w.used = 0;
            w.stamp = now;
        }
    }

    /// Nothing was sent for longer than an RTO: the window is halved for each, down to the initial one
    /// (RFC 5681 §4.1; tcp_cwnd_restart).
    pub(crate) fn restart_after_idle(&mut self, now: Instant, r: &mut Tape) {
        if !self.cfg.slow_start_after_idle || !self.rtx.is_empty() {
            return;
        }
        let rto = self.rtt.rto(&self.cfg);
        let mut idle = now.since(self.snd.last);
        if idle <= rto {
            return;
        }
        let w = &mut self.win;
        let was = w.cwnd;
        w.ssthresh =
            if w.ssthresh == crate::congestion::INFINITE { w.ssthresh } else { w.current_ssthresh() };
        let floor = self.cfg.initial_cwnd.min(w.cwnd);
        while idle > rto && w.cwnd > floor {
            idle = idle - rto;
            w.cwnd /= 2;
        }
        w.cwnd = w.cwnd.max(floor);
        w.stamp = now;
        w.used = 0;
        if w.cwnd != was {
            rule!(r, rules::CWND_IDLE, Act, was, w.cwnd, now.since(self.snd.last));
        }
    }
}
