//! Probing a closed window, and probing an idle peer (RFC 9293 §3.8.6.1, §3.8.4).

use crate::profile::Letter;
use crate::rack::TIMEOUT_MIN;
use crate::rtt::backed_off;
use crate::rule::Tape;
use crate::time::{Duration, Instant};
use crate::transitions::Cause;
use crate::{Connection, State, TimerKind, rule, rules};
use wire::tcp::Flags;

impl Connection {
    /// Octets wait, nothing is outstanding, and something keeps them back: the persist timer makes sure that
    /// it does not do so for ever. First probe after an RTO (SHLD-29), then backing off (SHLD-30). `again`: it was
    /// running, and an ACK starts it anew (linux tcp_ack_probe).
    pub(crate) fn arm_persist(&mut self, now: Instant, again: bool, r: &mut Tape) {
        let running =
            [TimerKind::Persist, TimerKind::Retransmit, TimerKind::TailLossProbe, TimerKind::RackReorder];
        if running.into_iter().any(|k| self.timers.is_set(k)) {
            return;
        }
        let wait = self.probe_wait(now, again);
        rule!(r, rules::PERSIST_ARMED, Act, wait, self.snd.wnd);
        self.arm_send_timer(TimerKind::Persist, now, now + wait);
    }

    /// As [`Connection::persist_wait`], but the user timeout is not slept through (tcp_clamp_probe0_to_user_timeout).
    fn probe_wait(&self, now: Instant, again: bool) -> Duration {
        let wait = self.persist_wait(again);
        match (self.cfg.user_timeout, self.retrans_since) {
            (Some(limit), Some(since)) => wait.min((limit - now.since(since)).max(TIMEOUT_MIN)),
            _ => wait,
        }
    }

    /// What timeouts made of the RTO stays until something is measured (RFC 6298 §5.7); on Linux the doublings that led
    /// there count among those of the probes as well, but for the first (tcp_probe0_base, tcp_probe0_when).
    fn persist_wait(&self, again: bool) -> Duration {
        /// linux TCP_RTO_MIN
        const LEAST: Duration = Duration::from_millis(200);
        let base = self.rtt.rto(&self.cfg).max(LEAST);
        let left = if self.cfg.rto_law == Letter::Linux && again { self.rtt.backoff } else { 0 };
        backed_off(base, self.probe_backoff.saturating_add(left).min(30), self.cfg.rto_max)
    }

    /// The persist timer fires: what fits is sent, else the window is probed.
    pub(crate) fn persist_fires(&mut self, now: Instant, r: &mut Tape) {
        let fin_waits = self.fin_queued && !self.fin_sent();
        let probed_before = !self.rtx.is_empty();
        if !probed_before && self.tx.unsent() == 0 && !fin_waits {
            (self.probes, self.probe_backoff) = (0, 0);
            return;
        }
        // The window may stay closed for ever (MUST-37); only a peer that answers nothing is given up.
        let limit = if self.orphan { self.cfg.orphan_retries } else { self.cfg.retries2 };
        // linux tcp_probe_timer: where nobody has the socket any more, answers keep it only until the waits are longest.
        let patient =
            !self.orphan || self.probe_backoff < limit || self.persist_wait(true) < self.cfg.rto_max;
        if self.cfg.user_timeout.is_some() {
            // With a user timeout, answers do not help a window that stays closed (linux icsk_probes_tstamp).
            self.retrans_since.get_or_insert(now);
        }
        if self.probes >= limit || !patient || self.user_timeout_over(now) {
            rule!(r, rules::PROBES_UNANSWERED, Reset, self.probes, limit);
            self.count("TCPAbortOnTimeout");
            return self.die(Cause::TimedOut, Some("ETIMEDOUT"), r);
        }
        if self.cfg.device_full {
            return self.device_is_full(now, r);
        }
        let edge = self.snd_edge();
        if !probed_before && self.snd.nxt.lt(edge) && self.tx.unsent() > 0 {
            // Not closed, only too small (or the caller's cork): a smaller segment then.
            let room = edge.since(self.snd.nxt).min(self.tx.unsent()).min(self.current_mss());
            rule!(r, rules::PERSIST_OVERRIDE, Act, room, self.snd.wnd);
            self.send_partial(now, room, r);
            self.rearm_rto(now, r);
            return;
        }
        self.probes = self.probes.saturating_add(1);
        self.probe_backoff = self.probe_backoff.saturating_add(1);
        rule!(r, rules::WINDOW_PROBE, Act, self.snd.wnd, self.probes);
        self.count("TCPWinProbe");
        self.send_probe(now, r);
        let wait = self.probe_wait(now, true);
        self.arm_send_timer(TimerKind::Persist, now, now + wait);
    }

    /// Our own device takes nothing: tried again before long, without backing off (linux `tcp_send_probe0`).
    #[cold]
    fn device_is_full(&mut self, now: Instant, r: &mut Tape) {
        /// linux TCP_RESOURCE_PROBE_INTERVAL
        const INTERVAL: Duration = Duration::from_millis(500);
        rule!(r, rules::DEVICE_FULL, Drop, self.snd.nxt);
        self.probes = self.probes.saturating_add(1);
        let over =
            self.cfg.user_timeout.zip(self.retrans_since).map(|(limit, since)| limit - now.since(since));
        let wait = over.map_or(INTERVAL, |left| INTERVAL.min(left.max(TIMEOUT_MIN)));
        self.arm_send_timer(TimerKind::Persist, now, now + wait);
    }

    /// A probe: an octet of what waits (RFC), or an old sequence number that must be answered (Linux).
    fn send_probe(&mut self, now: Instant, r: &mut Tape) {
        if !self.rtx.is_empty() {
            // The octet of the last probe: perhaps the peer has room for it now.
            self.send_again(now, 0, r);
        } else if self.cfg.probe_law == Letter::Rfc {
            self.send_partial(now, self.tx.unsent().min(1), r);
        } else {
            self.ack_paid();
            self.emit(self.snd.una - 1, 0, Flags::ACK, 0);
        }
    }

    /// The window opened while an octet sent as a probe is outstanding: it is a segment like any other now.
    pub(crate) fn end_probing(&mut self, now: Instant, r: &mut Tape) {
        if self.snd.wnd > 0 && !self.rtx.is_empty() && self.timers.is_set(TimerKind::Persist) {
            self.stop_persist();
            self.rearm_rto(now, r);
        }
    }

    /// The window opened, or everything went: probing is over.
    pub(crate) fn stop_persist(&mut self) {
        (self.probes, self.probe_backoff) = (0, 0);
        if self.rtx.is_empty() && self.timers.is_set(TimerKind::Persist) {
            self.retrans_since = None;
        }
        self.timers.clear(TimerKind::Persist);
    }

    /// Starts or restarts the keep-alive timer, if it is wanted (MUST-24, MUST-26).
    pub(crate) fn arm_keepalive(&mut self, now: Instant) {
        if !self.cfg.keepalive || !self.keepalive_applies() {
            self.timers.clear(TimerKind::KeepAlive);
            return;
        }
        self.timers.set(TimerKind::KeepAlive, now, now + self.cfg.keepalive_time);
    }

    fn keepalive_applies(&self) -> bool {
        matches!(self.state, State::Established | State::CloseWait | State::FinWait1 | State::FinWait2)
    }

    /// Another idle time (TCP_KEEPIDLE): what has passed of it in silence counts (tcp_sock_set_keepidle_locked).
    pub(crate) fn restart_keepalive(&mut self, now: Instant) {
        if self.timers.deadline(TimerKind::KeepAlive).is_some() {
            let at = (self.last_rcv + self.cfg.keepalive_time).max(now);
            self.timers.set(TimerKind::KeepAlive, now, at);
        }
    }

    /// Turns keep-alive on or off (SO_KEEPALIVE).
    pub fn set_keepalive(&mut self, now: Instant, on: bool) {
        self.configure(|c| c.keepalive = on);
        self.arm_keepalive(now);
    }

    /// The keep-alive timer fires (§3.8.4).
    pub(crate) fn keepalive_fires(&mut self, now: Instant, r: &mut Tape) {
        if !self.cfg.keepalive || !self.keepalive_applies() {
            return;
        }
        let idle = now.since(self.last_rcv);
        // Data in flight keeps the connection alive by itself; a peer that spoke starts the clock anew.
        if !self.rtx.is_empty() || self.tx.unsent() > 0 {
            return self.timers.set(TimerKind::KeepAlive, now, now + self.cfg.keepalive_time);
        }
        if idle < self.cfg.keepalive_time {
            self.probes = 0;
            let at = self.last_rcv + self.cfg.keepalive_time;
            return self.timers.set(TimerKind::KeepAlive, now, at);
        }
        let over = match self.cfg.user_timeout {
            Some(t) => idle >= t && self.probes > 0,
            None => self.probes >= self.cfg.keepalive_probes,
        };
        if over {
            // MUST-29: one lost answer proves nothing, so many do.
            rule!(r, rules::KEEPALIVE_DEAD, Reset, self.probes, idle);
            self.send_rst(r);
            return self.die(Cause::TimedOut, Some("ETIMEDOUT"), r);
        }
        self.probes += 1;
        rule!(r, rules::KEEPALIVE_PROBE, Act, self.probes, idle);
        self.count("TCPKeepAlive");
        // SHLD-12: no data; an old sequence number makes the peer answer.
        self.ack_paid();
        self.emit(self.snd.una - 1, 0, Flags::ACK, 0);
        self.timers.set(TimerKind::KeepAlive, now, now + self.cfg.keepalive_intvl);
    }
}
