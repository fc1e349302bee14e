//! Finding the path's MTU without ICMP (RFC 4821, in the spirit of RFC 8899; linux `tcp_mtu_probe`): where large segments
//! vanish, smaller ones are tried; then a probe now and then looks how much more the path takes.

use crate::rule::Tape;
use crate::time::Instant;
use crate::{CaState, Connection, rule, rules};
use wire::Seq;

/// A search under way. Sizes are octets of data and options, as in [`crate::Config::mss`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct MtuSearch {
    /// What is known to pass (RFC 4821 §7.2 `search_low`).
    low: u32,
    /// What may pass (`search_high`).
    high: u32,
    /// When the range was last opened.
    opened: Instant,
    /// The probe in flight: its octets, and how much they are with their options.
    probe: Option<(Seq, Seq, u32)>,
}

/// What the search wants of a sender that is about to send.
pub(crate) enum Probe {
    /// Nothing.
    None,
    /// That it waits until a probe can go.
    Wait,
    /// A probe went.
    Sent,
}

/// A range narrower than this is not searched (`tcp_probe_threshold`), octets.
const THRESHOLD: u32 = 8;
/// Least window that a probe's loss cannot hurt, segments (linux `tcp_mtu_probe`).
const CWND_LEAST: u32 = 11;

impl Connection {
    /// Octets of options in every segment.
    fn option_len(&self) -> u32 {
        if self.ts.is_some() { 12 } else { 0 }
    }

    fn search_ceiling(&self) -> u32 {
        u32::from(self.snd.path_mss.min(self.snd.peer_mss).min(self.cfg.mss))
    }

    /// The handshake is over: with `tcp_mtu_probing` 2 the search begins from `tcp_base_mss` (linux `tcp_mtup_init`).
    pub(crate) fn begin_mtu_search(&mut self, now: Instant) {
        if self.cfg.mtu_probing > 1 {
            self.open_mtu_search(now);
        }
    }

    fn open_mtu_search(&mut self, now: Instant) {
        let low = u32::from(self.cfg.base_mss) + self.option_len();
        let high = self.search_ceiling();
        self.mtu_search = Some(Box::new(MtuSearch { low, high, opened: now, probe: None }));
    }

    /// What the search lets a segment be; none: no limit of its own.
    pub(crate) fn searched_mss(&self) -> Option<u32> {
        self.mtu_search.as_ref().map(|s| s.low)
    }

    /// The timer fired more than `tcp_retries1` times: perhaps segments of this size vanish (linux `tcp_mtu_probing`).
    /// First the base is tried, then half of what failed.
    pub(crate) fn suspect_black_hole(&mut self, now: Instant, r: &mut Tape) {
        if self.cfg.mtu_probing == 0 {
            return;
        }
        let was = self.current_mss();
        let options = self.option_len();
        match self.mtu_search.as_mut() {
            None => self.open_mtu_search(now),
            Some(s) => {
                let half = (s.low.saturating_sub(options) / 2).min(self.cfg.base_mss.into());
                let floor = self.cfg.mtu_probe_floor.max(self.cfg.min_snd_mss);
                s.low = half.max(floor.into()) + options;
            }
        }
        rule!(r, rules::BLACK_HOLE, Act, was, self.current_mss(), self.rec.timeouts);
    }

    /// ICMP said how much passes.
    pub(crate) fn lower_search_ceiling(&mut self, mss: u16) {
        if let Some(s) = &mut self.mtu_search {
            s.high = s.high.min(mss.into());
        }
    }

    /// Sends a probe if there is a search and everything is calm: halfway between what is known to pass and what may
    /// (RFC 4821 §7.4).
    pub(crate) fn probe_mtu(&mut self, now: Instant, r: &mut Tape) -> Probe {
        let Some(s) = self.mtu_search.as_deref().copied() else { return Probe::None };
        let reports = self.sack.as_ref().is_some_and(|s| s.pending() > 0) && !self.rx.early_is_empty();
        let calm = s.probe.is_none() && self.rec.state == CaState::Open && !reports;
        if !calm || self.win.cwnd < CWND_LEAST {
            return Probe::None;
        }
        let size = ((s.high + s.low) / 2).saturating_sub(self.option_len());
        let needed = size + (self.rec.reordering + 1) * self.current_mss();
        if s.high < s.low + THRESHOLD {
            self.reopen_search(now);
            return Probe::None;
        }
        if self.tx.unsent() < needed || self.snd.wnd < needed {
            return Probe::None;
        }
        if (self.snd.nxt + needed).gt(self.snd_edge()) {
            return Probe::Wait;
        }
        let in_flight = self.rtx.in_flight();
        if in_flight + 2 > self.win.cwnd {
            return if in_flight == 0 { Probe::None } else { Probe::Wait };
        }
        if self.cfg.device_full || self.tx.record_ends_before(self.snd.nxt + size) {
            return Probe::None;
        }
        let start = self.snd.nxt;
        rule!(r, rules::MTU_PROBE_SENT, Act, size, s.low, s.high);
        self.send_new(now, size, size, r);
        // It counts as two: should it be lost, the window must not have grown by it.
        self.win.cwnd -= 1;
        if let Some(s) = &mut self.mtu_search {
            s.probe = Some((start, start + size, (s.high + s.low) / 2));
        }
        Probe::Sent
    }

    /// A narrow range is opened again after `tcp_probe_interval`: paths change (linux `tcp_mtu_check_reprobe`).
    fn reopen_search(&mut self, now: Instant) {
        let (low, high) = (self.current_mss() + self.option_len(), self.search_ceiling());
        if let Some(s) = &mut self.mtu_search
            && now.since(s.opened) >= self.cfg.mtu_probe_interval
        {
            (s.low, s.high, s.probe, s.opened) = (low, high, None, now);
        }
    }

    /// Everything up to SND.UNA has arrived: the probe too (linux `tcp_mtup_probe_success`).
    pub(crate) fn note_probe_arrived(&mut self, now: Instant, r: &mut Tape) {
        let (una, was) = (self.snd.una, self.current_mss());
        let Some(s) = self.mtu_search.as_mut() else { return };
        let Some((_, _, size)) = s.probe.filter(|(_, end, _)| end.le(una)) else { return };
        (s.low, s.probe) = (size, None);
        rule!(r, rules::MTU_PROBE_ARRIVED, Act, size, s.high);
        // The window is as many octets as before.
        let octets = u64::from(self.win.cwnd) * u64::from(was + self.option_len() + 40);
        self.rec.prior_ssthresh = Some(self.win.current_ssthresh());
        self.win.cwnd = ((octets / u64::from(size + 40)) as u32).max(1);
        self.win.restart_count();
        self.win.stamp = now;
        self.win.ssthresh = self.win.current_ssthresh();
        self.count("TCPMTUPSuccess");
    }

    /// The first thing missing is the probe: the path does not take as much, and that is all (RFC 4821 §7.6.2; linux
    /// `tcp_mtup_probe_failed`). Its octets go again in pieces that pass. Whether it was so.
    pub(crate) fn probe_is_lost(&mut self, now: Instant, r: &mut Tape) -> bool {
        let una = self.snd.una;
        let Some(s) = self.mtu_search.as_mut() else { return false };
        let Some((_, _, size)) = s.probe.filter(|(start, ..)| *start == una) else { return false };
        (s.high, s.probe) = (size - 1, None);
        rule!(r, rules::MTU_PROBE_LOST, Act, size, s.low, s.high);
        self.count("TCPMTUPFail");
        self.win.cwnd += 1;
        self.resend_too_long(now, r);
        true
    }

    /// Something else is sent again meanwhile: what becomes of the probe proves nothing.
    pub(crate) fn forget_mtu_probe(&mut self) {
        if let Some(s) = &mut self.mtu_search {
            s.probe = None;
        }
    }
}
