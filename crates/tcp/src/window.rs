//! The receive window: what is announced, and when it may grow (RFC 9293 §3.8.6).

use crate::rule::Tape;
use crate::{Connection, rule, rules};
use wire::Seq;

/// Largest shift (RFC 7323 §2.3).
const MAX_SHIFT: u32 = 14;

impl Connection {
    /// Sets the window with which the handshake begins and returns the shift that goes with it: the least with
    /// which the whole buffer can be announced (tcp_select_initial_window).
    pub(crate) fn choose_initial_window(&mut self, scaling: bool) -> u8 {
        // Whole segments, as the peer will be able to send them.
        let mss = u32::from(self.cfg.mss.max(13)) - if self.ts.is_some() { 12 } else { 0 };
        let mut space = self.cfg.rcv_buf;
        if space > mss {
            space -= space % mss;
        }
        self.rcv.wnd = if self.cfg.wide_window { space } else { space.min(65_535) };
        self.rcv.ssthresh = if self.cfg.wide_window { self.rcv.wnd } else { u32::MAX };
        if !scaling {
            return 0;
        }
        let most = self.cfg.rcv_buf.max(self.cfg.rcv_buf_max);
        // floor(log2(most)) − 15, at least 0: 65 535 << shift covers half of `most` and more.
        most.max(1).ilog2().saturating_sub(15).min(MAX_SHIFT) as u8
    }

    /// Octets of the announced window that are left: right edge less RCV.NXT.
    pub(crate) fn rcv_wnd_left(&self) -> u32 {
        let edge = self.rcv.wup + self.rcv.wnd;
        if edge.gt(self.rcv.nxt) { edge.since(self.rcv.nxt) } else { 0 }
    }

    /// RCV.NXT + RCV.WND.
    pub(crate) fn rcv_edge(&self) -> Seq {
        self.rcv.nxt + self.rcv_wnd_left()
    }

    /// Octets that the receive buffer could still take.
    pub(crate) fn rcv_space(&self) -> u32 {
        self.cfg.rcv_buf.saturating_sub((self.rx.readable() + self.rx.early_len()) as u32)
    }

    /// The window that would be announced now. The right edge moves only in steps worth sending for (receiver's
    /// silly window avoidance, §3.8.6.2.2), and never back (SHLD-14).
    pub(crate) fn select_window(&self) -> u32 {
        let left = self.rcv_wnd_left();
        let free = self.free_space();
        let step = self.ack.rcv_mss.min(self.cfg.rcv_buf / 2).max(1);
        let unit = (1u32 << self.rcv.wscale) - 1;
        let limit = 65_535u32 << self.rcv.wscale;
        let offer = if free < step { 0 } else { free };
        if offer < left + step && left > 0 {
            return left;
        }
        // Rounding up keeps the edge from moving back, rounding down keeps a promise from being broken. But a buffer
        // smaller than the unit must not be scaled away, or the window never opens (linux __tcp_select_window).
        let rounded = if offer > unit { offer & !unit } else { (offer + unit) & !unit };
        rounded.min(limit).max(left)
    }

    /// The least window that a header can say of those that are as large.
    pub(crate) fn scaled_up(&self, wnd: u32) -> u32 {
        let below = (1u32 << self.rcv.wscale) - 1;
        wnd.saturating_add(below) & !below
    }

    /// Octets that a window may offer. What is out of order lies inside the window already announced.
    pub(crate) fn free_space(&self) -> u32 {
        self.cfg.rcv_buf.saturating_sub(self.rx.readable() as u32).min(self.rcv.ssthresh)
    }

    /// Data arrived: the window may open further, two segments at a time (tcp_grow_window).
    pub(crate) fn grow_rcv_window(&mut self, len: u32) {
        // A tiny segment costs more memory than it shows.
        if len >= 128 && self.rcv.ssthresh != u32::MAX {
            let room = self.rcv_space().min(self.cfg.rcv_buf).saturating_sub(self.rcv.ssthresh);
            self.rcv.ssthresh += room.min(2 * len.max(u32::from(self.cfg.mss)));
        }
    }

    /// Takes the window for a segment that goes out now; returns the header's field.
    pub(crate) fn announce_window(&mut self, r: &mut Tape) -> u16 {
        let was = self.rcv_wnd_left();
        let mut wnd = self.select_window();
        if wnd < was {
            wnd = was;
        }
        wnd = self.scaled_up(wnd);
        self.rcv.wnd = wnd;
        self.rcv.wup = self.rcv.nxt;
        let field = (wnd >> self.rcv.wscale).min(65_535) as u16;
        if wnd != was {
            rule!(r, rules::WINDOW_ANNOUNCED, Act, wnd, self.cfg.rcv_buf, self.rx.readable());
        }
        field
    }

    /// Whether the window has grown enough since it was announced to be worth an ACK of its own.
    pub(crate) fn window_worth_telling(&self) -> bool {
        let left = self.rcv_wnd_left();
        // tcp_cleanup_rbuf: at least twice what the peer believes.
        2 * u64::from(left) <= u64::from(self.cfg.rcv_buf) && {
            let new = self.select_window();
            new > 0 && u64::from(new) >= 2 * u64::from(left)
        }
    }
}
