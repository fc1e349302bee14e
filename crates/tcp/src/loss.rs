//! After a retransmission timeout (RFC 5681 §3.1, RFC 5682), and sending again.

use crate::acked::Delta;
use crate::recovery::Resend;
use crate::rtx_queue::mark;
use crate::rule::Tape;
use crate::time::{Duration, Instant};
use crate::{CaState, Connection, State, TimerKind, rule, rules};
use wire::tcp::Flags;

impl Connection {
    /// What was sent long enough ago counts as lost, the window falls to one segment beyond what is in flight.
    pub(crate) fn enter_loss(&mut self, now: Instant, r: &mut Tape) {
        let fresh = self.rec.state < CaState::Recovery;
        self.mark_all_lost(now, r);
        let first = self.rec.state <= CaState::Disorder
            || self.snd.una.ge(self.rec.high)
            || (self.rec.state == CaState::Loss && self.rec.timeouts == 0);
        if first {
            self.rec.prior_ssthresh = Some(self.win.current_ssthresh());
            self.rec.prior_cwnd = self.win.cwnd;
            self.win.ssthresh = self.cc.get_mut().ssthresh(&self.win);
            self.begin_undo();
        }
        let a = self.acked_by(now, &Delta::default());
        self.cc.get_mut().timed_out(a);
        self.win.cwnd = self.rtx.in_flight() + 1;
        self.win.restart_count();
        self.win.stamp = now;
        if self.rec.state <= CaState::Disorder && self.rtx.sacked() >= u32::from(self.cfg.dup_thresh) {
            self.rec.reordering = self.rec.reordering.min(self.cfg.dup_thresh.into());
        }
        self.rec.state = CaState::Loss;
        self.rec.high = self.snd.nxt;
        self.rec.tlp_high = None;
        self.queue_cwr();
        // RFC 5682 §2.1 step 1, unless a recovery was already under way.
        self.rec.frto = self.cfg.frto && (fresh || self.rec.timeouts > 0);
        rule!(r, rules::CWND_TIMEOUT, Act, self.win.cwnd, self.win.ssthresh);
    }

    fn mark_all_lost(&mut self, now: Instant, r: &mut Tape) {
        // The first segment held and yet not acknowledged: the peer threw it away (RFC 2018 §8).
        let reneged = self.rtx.head().is_some_and(|s| s.has(mark::SACKED));
        if reneged {
            rule!(r, rules::SACK_RENEGED, Act, self.snd.una);
            self.count("TCPSACKReneging");
        }
        if self.sack.is_none() {
            self.rtx.set_dup_acks(0);
        }
        for i in 0..self.rtx.q.len() {
            if reneged {
                self.rtx.remark(i, 0, mark::SACKED);
            } else if i > 0 && self.cfg.rack {
                let s = self.rtx.q[i];
                if self.rack_remaining(now, &s, Duration::ZERO) > 0 {
                    continue;
                }
            }
            self.mark_lost(i);
        }
    }

    /// The peer dropped what it had reported: the timer soon sends it again (RFC 2018 §8).
    pub(crate) fn reneged(&mut self, now: Instant, d: &mut Delta, r: &mut Tape) -> bool {
        if !d.advanced || !self.rtx.head().is_some_and(|s| s.has(mark::SACKED)) {
            return false;
        }
        let wait = Duration(self.rtt.srtt().unwrap_or_default().0 / 2).max(Duration::from_millis(10));
        rule!(r, rules::SACK_RENEGED, Act, self.snd.una);
        self.arm_send_timer(TimerKind::Retransmit, now, now + wait);
        d.set_timer = false;
        true
    }

    /// An ACK in Loss; F-RTO decides whether the timeout was spurious (RFC 5682 §3.1).
    pub(crate) fn in_loss_ack(&mut self, dupack: bool, d: &Delta, r: &mut Tape) -> Resend {
        let recovered = self.snd.una.ge(self.rec.high);
        if d.advanced && self.undo_loss(false, r) {
            return Resend::Nothing;
        }
        if self.rec.frto {
            // Step 3b: something never sent again is acknowledged.
            if d.original_acked && self.undo_loss(true, r) {
                rule!(r, rules::FRTO_SPURIOUS, Act, self.snd.una);
                return Resend::Nothing;
            }
            if self.snd.nxt.gt(self.rec.high) {
                if d.data_sacked || dupack {
                    // Step 3a: the loss was real.
                    self.rec.frto = false;
                }
            } else if d.advanced && !recovered {
                self.rec.high = self.snd.nxt;
                if self.tx.unsent() > 0 && self.snd_edge().gt(self.snd.nxt) {
                    rule!(r, rules::FRTO_PROBES, Act, self.snd.nxt);
                    return Resend::New;
                }
                self.rec.frto = false;
            }
        }
        if recovered {
            self.leave_recovery(r);
            return Resend::Nothing;
        }
        if self.sack.is_none() {
            if self.snd.nxt.gt(self.rec.high) && dupack {
                self.add_dup_ack(&mut Delta::default());
            } else if d.advanced {
                self.rtx.set_dup_acks(0);
            }
        }
        Resend::Lost
    }

    /// Sends again what is lost, as far as the congestion window allows.
    pub(crate) fn retransmit_lost(&mut self, now: Instant, r: &mut Tape) {
        let mut head = false;
        let mut i = 0;
        while i < self.rtx.q.len() && self.rtx.retrans() < self.rtx.lost() {
            if self.rtx.in_flight() >= self.win.cwnd {
                rule!(r, rules::SEND_CWND, Drop, self.rtx.in_flight(), self.win.cwnd);
                break;
            }
            let s = self.rtx.q[i];
            if s.has(mark::LOST) && !s.has(mark::RETRANS | mark::SACKED) {
                head |= i == 0 && !self.timers.is_set(TimerKind::RackReorder);
                let n = self.retransmit_burst(now, i, r);
                if n == 0 {
                    break;
                }
                i += n - 1;
            }
            i += 1;
        }
        if head {
            self.rearm_rto(now, r);
        }
    }

    /// Sends entry `i` again, and with it as much of its burst as the congestion window and one burst allow; the last of
    /// several carries PSH, as that of a burst sent for the first time does. How many.
    fn retransmit_burst(&mut self, now: Instant, i: usize, r: &mut Tape) -> usize {
        let room = self.win.cwnd.saturating_sub(self.rtx.in_flight());
        let mss = self.current_mss();
        self.rtx.recut(i, mss);
        let most = room.min(self.burst_segments(mss)).max(1);
        let n = self.rtx.lost_burst(i, most as usize);
        let mut sent = 0;
        while sent < n && self.retransmit(now, i + sent, r) {
            self.rec.note_sent(1);
            sent += 1;
        }
        if sent > 0 {
            self.rtx.cut_behind(i + sent - 1);
        }
        if sent > 1
            && let Some(last) = self.out.back_mut()
        {
            last.flags |= Flags::PSH;
        }
        sent
    }

    /// Sends entry `i` again because it is lost. False: the window does not allow it.
    pub(crate) fn retransmit(&mut self, now: Instant, i: usize, r: &mut Tape) -> bool {
        if !self.send_again(now, i, r) {
            return false;
        }
        self.rtx.remark(i, mark::RETRANS, 0);
        self.retrans_since.get_or_insert(now);
        self.rec.undo_retrans = self.rec.undo_retrans.max(0) + 1;
        true
    }

    /// Sends entry `i` of the retransmission queue again.
    pub(crate) fn send_again(&mut self, now: Instant, i: usize, r: &mut Tape) -> bool {
        self.forget_mtu_probe();
        let s = self.rtx.q[i];
        let syn = s.flags.has(Flags::SYN);
        let edge = self.snd_edge();
        // What the window once took may be sent again (SHLD-16), but nothing past its edge except the first
        // octet's segment, which doubles as a probe.
        if !syn && s.seq != self.snd.una && s.seq.ge(edge) {
            rule!(r, rules::SEND_WINDOW, Drop, s.end(), edge);
            return false;
        }
        if self.cfg.device_full {
            // Nothing is on its way, but a late ACK must not be measured against this attempt.
            rule!(r, rules::DEVICE_FULL, Drop, s.seq);
            self.count("TCPRetransFail");
            self.rtx.remark(i, mark::EVER, 0);
            self.enter_cwr(r);
            return false;
        }
        let mss = self.current_mss();
        let room = if edge.gt(s.seq) { edge.since(s.seq).min(mss) } else { mss };
        if !syn && s.data_len() > room {
            self.rtx.split(i, room);
        } else if !syn && s.data_len() < room && self.cfg.retrans_collapse {
            self.rtx.collapse(i, room, edge);
        }
        let delivered = self.delivered;
        let (since_delivery, since_first, limited) = self.rate_at_sending(now);
        let s = &mut self.rtx.q[i];
        s.resent = s.resent.saturating_add(1);
        s.at = now;
        s.delivered = delivered;
        (s.since_delivery, s.since_first) = (since_delivery, since_first);
        let (seq, data, flags, resent) = (s.seq, s.data_len(), s.flags, s.resent);
        self.rtx.remark(i, mark::EVER | limited, mark::CONDEMNED | mark::APP_LIMITED & !limited);
        self.stats.total_retrans += 1;
        self.stats.bytes_sent += u64::from(data);
        self.stats.bytes_retrans += u64::from(data);
        let ack = if self.state == State::SynSent { Flags::NONE } else { Flags::ACK };
        if ack != Flags::NONE && !syn {
            self.ack_paid();
        }
        self.emit(seq, data, flags | ack, resent);
        self.count(if syn { "TCPSynRetrans" } else { "RetransSegs" });
        rule!(r, rules::RETRANSMIT, Act, seq, data, resent);
        true
    }
}
