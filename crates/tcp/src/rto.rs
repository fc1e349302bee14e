//! The retransmission timer (RFC 6298 §5, RFC 9293 §3.8.1, §3.8.3).

use crate::profile::{Config, Letter};
use crate::rtt::backed_off;
use crate::rule::Tape;
use crate::time::{Duration, Instant};
use crate::transitions::Cause;
use crate::{Connection, State, TimerKind, rule, rules};

impl Connection {
    /// RFC 6298 §5.4 to §5.7.
    pub(crate) fn retransmit_fires(&mut self, now: Instant, r: &mut Tape) {
        if self.is_unproven() {
            self.count("TCPTimeouts");
            return self.unproven_timeout(now, r);
        }
        let Some(head) = self.rtx.head().copied() else { return };
        self.count("TCPTimeouts");
        rule!(r, rules::RTO_FIRED, Act, head.seq, self.rtt.rto(&self.cfg), self.rec.timeouts);
        if self.in_handshake() {
            return self.handshake_timeout(now, r);
        }
        if self.given_up(now, r) {
            return;
        }
        if self.beyond_r1(now) {
            self.suspect_black_hole(now, r);
        }
        if self.rec.timeouts == self.cfg.retries1 {
            // MUST-20: the network layer hears of it after R1.
            rule!(r, rules::R1_REACHED, Act, self.rec.timeouts, self.cfg.retries1);
        }
        self.enter_loss(now, r);
        // What goes into a window that shrank to nothing is a probe, and no sign of loss (tcp_retransmit_timer).
        if self.cfg.rto_law == Letter::Rfc || self.snd.wnd > 0 || self.orphan {
            self.rec.timeouts = self.rec.timeouts.saturating_add(1);
        }
        let mss = self.current_mss();
        self.rtx.recut(0, mss);
        self.rtx.cut_behind(0);
        self.retransmit(now, 0, r);
        self.rtt.backoff = if self.stays_linear() { 0 } else { self.rtt.backoff.saturating_add(1) };
        self.rearm_rto(now, r);
    }

    /// linux `tcp_retransmit_timer`, TCP_THIN_LINEAR_TIMEOUTS.
    fn stays_linear(&self) -> bool {
        /// linux TCP_THIN_LINEAR_RETRIES
        const RETRIES: u8 = 6;
        /// linux tcp_stream_is_thin
        const THIN: u32 = 4;
        let open = self.state == State::Established;
        self.cfg.thin_linear && open && self.rtx.out() < THIN && self.rec.timeouts <= RETRIES
    }

    /// SYN or SYN-ACK again, or the end (MUST-22, MUST-23).
    fn handshake_timeout(&mut self, now: Instant, r: &mut Tape) {
        let syn_sent = self.state == State::SynSent;
        let (retries, linear) = match syn_sent {
            // Retransmissions that do not back off come on top (tcp_write_timeout).
            true => (
                self.cfg.syn_retries.saturating_add(self.cfg.syn_linear_timeouts),
                self.cfg.syn_linear_timeouts,
            ),
            false => (self.cfg.synack_retries, 0),
        };
        let sent_again = self.rec.timeouts;
        // Whose final ACK was passed over for want of data is waited for, and asked again only at the end of its period
        // (linux syn_ack_recalc).
        let defer = self.cfg.defer_accept;
        let patient = self.awaits_data();
        // Linux gives a SYN no more time than its retransmissions would take that all back off (retransmits_timed_out).
        let late = syn_sent
            && sent_again > 0
            && self.cfg.rto_law == Letter::Linux
            && self.retrans_since.is_some_and(|s| now.since(s) >= waits(&self.cfg, self.cfg.syn_retries, 0));
        // On Linux once a SYN has been sent again (retransmits_timed_out); who has not called yet has no patience to lose.
        let judged = sent_again > 0 && !self.passive || self.cfg.rto_law == Letter::Rfc;
        let over = (sent_again >= retries || late) && !patient || judged && self.user_timeout_over(now);
        self.suspect_fast_open(over);
        if over {
            rule!(r, rules::HANDSHAKE_GIVEN_UP, Reset, sent_again, retries);
            let errno = if self.passive { None } else { Some("ETIMEDOUT") };
            return self.die(Cause::TimedOut, errno, r);
        }
        if sent_again >= linear {
            self.rtt.backoff = self.rtt.backoff.saturating_add(1);
        }
        self.rec.timeouts += 1;
        if patient && self.rec.timeouts < defer {
            rule!(r, rules::SYN_ACK_WITHHELD, Act, self.rec.timeouts, defer);
        } else {
            self.rec.syn_losses = self.rec.timeouts;
            self.retransmit(now, 0, r);
        }
        let wait = backed_off(self.cfg.rto_initial, self.rtt.backoff, self.cfg.rto_max);
        let wait = if judged { self.not_past_user_timeout(now, wait) } else { wait };
        rule!(r, rules::RTO_ARMED, Act, wait, self.snd.iss);
        self.timers.set(TimerKind::Retransmit, now, now + wait);
    }

    /// The user timeout must not be slept through (linux `tcp_clamp_rto_to_user_timeout`).
    pub(crate) fn not_past_user_timeout(&self, now: Instant, wait: Duration) -> Duration {
        match (self.cfg.user_timeout, self.retrans_since) {
            (Some(limit), Some(since)) => wait.min(limit - now.since(since)).max(Duration::from_millis(1)),
            _ => wait,
        }
    }

    /// R2, or the user timeout, is over (RFC 9293 §3.8.3): the connection is closed.
    fn given_up(&mut self, now: Instant, r: &mut Tape) -> bool {
        let retries = if self.orphan { self.cfg.orphan_retries } else { self.cfg.retries2 };
        // A peer that shrank its window to nothing and still answers is alive (tcp_rtx_probe0_timed_out).
        let closed = self.snd.wnd == 0 && now.since(self.last_rcv) < Duration(self.cfg.rto_max.0 * 2);
        let over = match self.cfg.user_timeout.is_some() {
            // Who set a user timeout does not want a closed window to put it off.
            true => self.user_timeout_over(now),
            false if closed && !self.orphan => false,
            false => match (self.cfg.rto_law, self.retrans_since) {
                (Letter::Linux, Some(since)) => now.since(since) >= r2_time(&self.cfg, retries),
                (_, since) => since.is_some() && self.rec.timeouts >= retries,
            },
        };
        self.suspect_fast_open(over);
        if over {
            rule!(r, rules::R2_REACHED, Reset, self.rec.timeouts, retries);
            self.count("TCPAbortOnTimeout");
            self.die(Cause::TimedOut, Some("ETIMEDOUT"), r);
        }
        over
    }

    /// R1 is over (RFC 9293 §3.8.3): more than the segment itself may be wrong.
    fn beyond_r1(&self, now: Instant) -> bool {
        match (self.cfg.rto_law, self.retrans_since) {
            (Letter::Linux, Some(since)) => now.since(since) >= r2_time(&self.cfg, self.cfg.retries1),
            (_, since) => since.is_some() && self.rec.timeouts >= self.cfg.retries1,
        }
    }

    pub(crate) fn user_timeout_over(&self, now: Instant) -> bool {
        match (self.cfg.user_timeout, self.retrans_since) {
            (Some(t), Some(since)) => now.since(since) >= t,
            _ => false,
        }
    }

    /// The whole life of a handshake that nobody answers: the sum of all waits.
    pub fn handshake_lifetime(c: &Config, syn_ack: bool) -> Duration {
        match syn_ack {
            true => waits(c, c.synack_retries, 0),
            false => waits(c, c.syn_retries.saturating_add(c.syn_linear_timeouts), c.syn_linear_timeouts),
        }
    }

    /// A half-open connection whose final ACK was passed over, and whose data may still come in time.
    pub fn awaits_data(&self) -> bool {
        let half_open = self.state == State::SynReceived;
        half_open && self.rec.deferred && self.rec.timeouts < self.cfg.defer_accept
    }

    /// How often the handshake has been repeated so far, how often it may be, and when it ends if nothing
    /// comes. None outside the handshake.
    pub fn handshake_progress(&self) -> Option<(u8, u8, Instant)> {
        if !self.in_handshake() {
            return None;
        }
        let syn_ack = self.state == State::SynReceived;
        let since = self.retrans_since?;
        let most = match syn_ack {
            true if self.rec.deferred => self.cfg.synack_retries.max(self.cfg.defer_accept),
            true => self.cfg.synack_retries,
            false => self.cfg.syn_retries.saturating_add(self.cfg.syn_linear_timeouts),
        };
        let linear = if syn_ack { 0 } else { self.cfg.syn_linear_timeouts };
        Some((self.rec.timeouts, most, since + waits(&self.cfg, most, linear)))
    }
}

/// The sum of the waits of a handshake that is repeated so often, the first `linear` times without backing off.
fn waits(c: &Config, retries: u8, linear: u8) -> Duration {
    let mut sum = Duration::ZERO;
    for i in 0..=retries {
        sum = sum + backed_off(c.rto_initial, i.saturating_sub(linear), c.rto_max);
    }
    sum
}

/// How long `retries` doublings from the least RTO take (tcp_model_timeout): Linux counts R2 in time, so that a
/// timer that fired late or was restarted does not end a connection early.
fn r2_time(c: &Config, retries: u8) -> Duration {
    let mut sum = Duration::ZERO;
    for i in 0..=retries {
        sum = sum + backed_off(c.rto_min, i, c.rto_max);
    }
    sum
}
