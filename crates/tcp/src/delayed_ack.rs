//! When to acknowledge: at once, or a little later with something else (RFC 9293 §3.8.6.3).

use crate::profile::Config;
use crate::rule::Tape;
use crate::time::{Duration, Instant};
use crate::{Connection, State, TimerKind, rule, rules};
use wire::Seq;
use wire::tcp::Flags;

/// What is owed to the peer, and how eager we are to pay. The names are Linux's (inet_csk_delack).
#[derive(Clone, Debug)]
pub(crate) struct AckState {
    /// An ACK is owed.
    pub(crate) scheduled: bool,
    /// It is owed at once.
    pub(crate) now: bool,
    /// ACKs still to be sent without delay.
    pub(crate) quick: u8,
    /// The connection talks both ways: an answer of the caller's will carry the ACK.
    pub(crate) pingpong: bool,
    /// Delay that fits the rhythm of arriving data; zero before the first.
    pub(crate) ato: Duration,
    /// When data last arrived.
    pub(crate) last_data: Instant,
    /// Size of the peer's full segments, as observed.
    pub(crate) rcv_mss: u32,
    /// A segment smaller than that waits to be read, or two; or one that ended a write.
    pub(crate) pushed: u8,
    /// Somebody waits for the handshake's end to write.
    pub(crate) write_waits: bool,
    /// ACKs of early segments that wait to go as one (linux `compressed_ack`).
    pub(crate) compressed: u8,
    /// ACKs of early segments sent since RCV.NXT was last `dup_nxt`.
    dups: u8,
    dup_nxt: Seq,
}

impl AckState {
    pub(crate) fn new(config: &Config) -> AckState {
        AckState {
            scheduled: false,
            now: false,
            quick: 0,
            pingpong: config.pingpong,
            ato: Duration::ZERO,
            last_data: Instant::ZERO,
            rcv_mss: 536,
            pushed: 0,
            write_waits: false,
            compressed: 0,
            dups: 0,
            dup_nxt: Seq(0),
        }
    }
}

impl Connection {
    /// TCP_QUICKACK (linux __tcp_sock_set_quickack): 0, ACKs wait for an answer to go with; else what is owed is paid
    /// now, and ACKs go at once until the connection talks both ways again. An even number does so only this once.
    pub fn set_quickack(&mut self, now: Instant, value: i32, r: &mut Tape) {
        self.ack.pingpong = value == 0;
        if value != 0 && self.ack.scheduled && matches!(self.state, State::Established | State::CloseWait) {
            self.ack.pushed = self.ack.pushed.max(1);
            self.after_read(now, 1, r);
            self.ack.pingpong = value & 1 == 0;
        }
    }

    /// A write waits for the end of the handshake: the last ACK of it can go with the data (linux `sk_write_pending`).
    pub fn write_will_follow(&mut self) {
        self.ack.write_waits = true;
    }

    /// What TCP_QUICKACK says: whether ACKs do not wait for an answer to go with.
    pub fn quickack(&self) -> bool {
        !self.ack.pingpong
    }

    /// First guess of the peer's segment size: small, so that the first full segment is noticed.
    pub(crate) fn initial_rcv_mss(&self) -> u32 {
        u32::from(self.cfg.mss.min(self.snd.peer_mss)).min(self.rcv.wnd / 2).clamp(88, 536)
    }

    /// Answers at once for a while: the peer may be in slow start, or have lost something.
    pub(crate) fn enter_quickack(&mut self, most: u8) {
        let segments = (self.rcv.wnd / (2 * self.ack.rcv_mss.max(1))).max(2).min(u32::from(most)) as u8;
        self.ack.quick = self.ack.quick.max(segments.min(self.cfg.quickacks));
        if self.cfg.quickacks > 0 {
            self.ack.pingpong = false;
            self.ack.ato = self.cfg.delack_min;
        }
    }

    /// Octets arrived and were taken: an ACK is owed, and the rhythm is noted (tcp_event_data_recv).
    pub(crate) fn note_data(&mut self, now: Instant, len: u32, flags: Flags) {
        self.ack.scheduled = true;
        self.measure_segment(len, flags);
        let floor = self.cfg.delack_min;
        if self.ack.ato == Duration::ZERO {
            self.quicker();
            self.ack.ato = floor;
        } else {
            let gap = now.since(self.ack.last_data);
            let rto = self.rtt.rto(&self.cfg);
            if gap.0 <= floor.0 / 2 {
                self.ack.ato = Duration(self.ack.ato.0 / 2 + floor.0 / 2);
            } else if gap < self.ack.ato {
                self.ack.ato = Duration(self.ack.ato.0 / 2 + gap.0).min(rto);
            } else if gap > rto {
                // The peer was silent so long that it begins anew.
                self.quicker();
            }
        }
        self.ack.last_data = now;
    }

    /// What a segment of `len` octets says of the peer's segment size, and of whether more will follow it (linux
    /// `tcp_measure_rcv_mss`).
    pub(crate) fn measure_segment(&mut self, len: u32, flags: Flags) {
        /// linux TCP_MSS_DEFAULT, TCP_MIN_MSS
        const USUAL: u32 = 536;
        const LEAST: u32 = 88;
        let len = if self.cfg.gro_size > 0 { len.min(self.cfg.gro_size) } else { len };
        let before = std::mem::take(&mut self.stats.last_size);
        let stamps = if self.ts.is_some() { 12 } else { 0 };
        if len >= self.ack.rcv_mss {
            self.ack.rcv_mss = len.min(u32::from(self.cfg.mss).saturating_sub(stamps).max(1));
            // The end of a write: who sent it may well wait for the ACK.
            if flags.has(Flags::PSH) && self.cfg.quickacks > 0 {
                self.ack.pushed = self.ack.pushed.max(1);
            }
            return;
        }
        let ends = flags.any(Flags::PSH | Flags::FIN | Flags::URG);
        if len + stamps >= USUAL || len + stamps >= LEAST && !ends {
            // Two of one size, one after the other: no larger ones come.
            self.stats.last_size = len;
            if len == before {
                self.ack.rcv_mss = len;
                return;
            }
        }
        self.ack.pushed = (self.ack.pushed + 1).min(2);
    }

    /// Segments that a frame of `len` octets was before a device put it together.
    #[inline]
    pub(crate) fn segments_in(&self, len: u32) -> u32 {
        if self.cfg.gro_size > 0 { len.div_ceil(self.cfg.gro_size).max(1) } else { 1 }
    }

    fn quicker(&mut self) {
        let quick = (self.rcv.wnd / (2 * self.ack.rcv_mss.max(1))).max(2).min(u32::from(self.cfg.quickacks));
        self.ack.quick = self.ack.quick.max(quick as u8);
    }

    /// After a segment was taken in: ACK now, later, or not at all.
    pub(crate) fn acknowledge(&mut self, now: Instant, r: &mut Tape) {
        if !self.ack.scheduled {
            return;
        }
        let owed = self.rcv.nxt.since(self.rcv.wup);
        // Every second full segment (SHLD-19); on linux only where what waits to be read does not keep the window's right edge
        // from moving along: the reader's ACK will tell of it (__tcp_ack_snd_check).
        let second = owed > self.ack.rcv_mss
            && (self.cfg.quickacks == 0 || self.reader_waits() || self.window_keeps_up());
        let quick = self.ack.quick > 0 && !self.ack.pingpong;
        let gap = !self.rx.early_is_empty() || self.rcv.early_fin.is_some();
        if gap && !(self.ack.now || second || quick) && self.compresses(now, r) {
            return;
        }
        if self.ack.now || second || quick || gap {
            let why = match () {
                _ if self.ack.now => "duplicate",
                _ if gap => "gap",
                _ if second => "second-segment",
                _ => "quick",
            };
            rule!(r, rules::ACK_NOW, Act, why, owed);
            self.send_ack(now, r);
            return;
        }
        let mut delay = self.ack.ato;
        if self.cfg.quickacks == 0 {
            delay = self.cfg.delack_min;
        } else if delay > self.cfg.delack_min {
            let most = self.rtt.srtt().map_or(self.cfg.delack_max, |s| s.max(self.cfg.delack_min));
            delay = delay.min(most);
        }
        let mut at = now + delay.min(self.cfg.delack_max);
        if let Some(running) = self.timers.deadline(TimerKind::DelayedAck) {
            at = at.min(running);
        }
        if at > now {
            rule!(r, rules::ACK_DELAYED, Act, at.since(now), owed);
            self.timers.set(TimerKind::DelayedAck, now, at);
        } else {
            self.send_ack(now, r);
        }
    }

    /// Whoever reads waits for more than there is: no window of his will tell the sender to go on.
    fn reader_waits(&self) -> bool {
        (self.rx.readable() as u64) < u64::from(self.cfg.rcv_lowat)
    }

    /// The window that would be announced now is no smaller than the one that was. One that is not scaled stays as it is
    /// while there is room for what a header can say of it (linux __tcp_select_window).
    fn window_keeps_up(&self) -> bool {
        match self.rcv.wscale {
            0 => self.free_space() >= self.rcv.wnd.min(u16::MAX.into()),
            _ => self.scaled_up(self.select_window()) >= self.rcv.wnd,
        }
    }

    /// The fourth ACK in a row that only tells of early segments waits a little for the next ones (linux
    /// `__tcp_ack_snd_check`, tcp_comp_sack_delay_ns): a twentieth of a round trip, a millisecond at most.
    #[cold]
    fn compresses(&mut self, now: Instant, r: &mut Tape) -> bool {
        /// linux TCP_FASTRETRANS_THRESH: a sender needs three of them.
        const THRESH: u8 = 3;
        if self.sack.is_none() || self.ack.compressed >= self.cfg.comp_sack_nr {
            return false;
        }
        if self.ack.dup_nxt != self.rcv.nxt {
            (self.ack.dup_nxt, self.ack.dups) = (self.rcv.nxt, 0);
        }
        if self.ack.dups < THRESH {
            self.ack.dups += 1;
            return false;
        }
        let seen = self.appetite_figures().0;
        let rtt = self.rtt.srtt().map_or(seen, |s| s.min(seen));
        let delay = Duration(rtt.0 / 20).min(self.cfg.comp_sack_delay);
        if delay == Duration::ZERO {
            return false;
        }
        self.ack.compressed += 1;
        if self.ack.compressed == 1 {
            let at =
                self.timers.deadline(TimerKind::DelayedAck).map_or(now + delay, |at| at.min(now + delay));
            rule!(r, rules::ACK_DELAYED, Act, at.since(now), 0u32);
            self.timers.set(TimerKind::DelayedAck, now, at);
        }
        true
    }

    /// A third block is about to come into being, or to grow: the peer hears of the others first (linux
    /// `tcp_sack_compress_send_ack`).
    pub(crate) fn send_compressed(&mut self, now: Instant, r: &mut Tape) {
        if self.ack.compressed > 0 {
            self.send_ack(now, r);
        }
    }

    /// The delay is over (tcp_delack_timer_handler).
    pub(crate) fn delayed_ack_fires(&mut self, now: Instant, r: &mut Tape) {
        if !self.ack.scheduled {
            return;
        }
        if self.ack.compressed > 0 {
            rule!(r, rules::ACK_NOW, Act, "gap", self.rcv.nxt.since(self.rcv.wup));
            return self.send_ack(now, r);
        }
        if self.ack.pingpong {
            // The caller did not answer in time: it does not talk both ways after all.
            self.ack.pingpong = false;
            self.ack.ato = self.cfg.delack_min;
        } else {
            self.ack.ato = Duration(self.ack.ato.0 * 2).min(self.rtt.rto(&self.cfg));
        }
        self.count("DelayedACKs");
        rule!(r, rules::ACK_NOW, Act, "delay-over", self.rcv.nxt.since(self.rcv.wup));
        self.send_ack(now, r);
    }

    /// A segment with an ACK goes out: nothing is owed any more.
    pub(crate) fn ack_paid(&mut self) {
        self.ack.scheduled = false;
        self.ack.now = false;
        self.ack.pushed = 0;
        self.ack.compressed = 0;
        self.ack.quick = self.ack.quick.saturating_sub(1);
        self.timers.clear(TimerKind::DelayedAck);
    }

    /// The caller read: perhaps the peer should hear of the room (tcp_cleanup_rbuf).
    pub(crate) fn after_read(&mut self, now: Instant, copied: usize, r: &mut Tape) {
        let small = self.ack.pushed > 1 || self.ack.pushed == 1 && !self.ack.pingpong;
        let drained = copied > 0 && small && self.rx.readable() == 0;
        let second = self.rcv.nxt.since(self.rcv.wup) > self.ack.rcv_mss;
        if self.ack.scheduled && (drained || second) {
            rule!(r, rules::ACK_NOW, Act, "read", self.rcv.nxt.since(self.rcv.wup));
            self.send_ack(now, r);
        } else if copied > 0 && self.rcv.fin.is_none() && self.window_worth_telling() {
            rule!(r, rules::WINDOW_UPDATE, Act, self.rcv_wnd_left(), self.select_window());
            self.send_ack(now, r);
        }
    }
}
