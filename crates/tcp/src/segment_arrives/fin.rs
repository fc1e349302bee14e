//! Eighth, check the FIN bit.

use crate::rule::Tape;
use crate::time::Instant;
use crate::transitions::Cause;
use crate::{Connection, Segment, State, rule, rules};
use wire::Seq;
use wire::tcp::Flags;

impl Connection {
    pub(super) fn check_fin(&mut self, now: Instant, seg: &Segment, r: &mut Tape) {
        let h = &seg.header;
        if h.flags.has(Flags::FIN) {
            let at = h.seq + seg.payload.len() as u32 + u32::from(h.flags.has(Flags::SYN));
            match self.rcv.fin {
                Some(_) => self.fin_again(now, h.seq, at, r),
                None if at.gt(self.rcv.nxt) => {
                    rule!(r, rules::FIN_EARLY, Act, at, self.rcv.nxt);
                    self.rcv.early_fin = Some(at);
                    if let Some(s) = &mut self.sack {
                        s.early(at, at + 1);
                    }
                    self.ack.scheduled = true;
                    self.ack.now = true;
                }
                None if at == self.rcv.nxt => self.rcv.early_fin = Some(at),
                // A FIN where there is text already: an old segment like any other.
                None if seg.payload.is_empty() => {
                    self.report_duplicate(h.seq, at + 1);
                    self.enter_quickack(self.cfg.quickacks);
                    self.ack.scheduled = true;
                    self.ack.now = true;
                }
                None => {}
            }
        }
        if self.rcv.fin.is_none() && self.rcv.early_fin == Some(self.rcv.nxt) {
            self.take_fin(now, r);
        }
    }

    /// The FIN is in order: end of file.
    fn take_fin(&mut self, now: Instant, r: &mut Tape) {
        rule!(r, rules::FIN_TAKEN, Act, self.rcv.nxt, self.state);
        self.rcv.fin = Some(self.rcv.nxt);
        self.rcv.early_fin = None;
        self.rcv.nxt += 1;
        // Nothing can lie after the FIN: what was kept out of order, and reports of it, mean nothing any more.
        self.rx.clear_early();
        if let Some(s) = &mut self.sack {
            *s = Default::default();
        }
        self.ack.scheduled = true;
        if u64::from(self.rcv_space()) == 0 {
            self.ack.now = true;
        }
        match self.state {
            State::SynReceived | State::Established => {
                self.transition(Cause::FinArrives, r);
                // The caller will probably close soon: the ACK may ride on our FIN.
                if self.cfg.quickacks > 0 {
                    self.ack.pingpong = true;
                }
            }
            State::FinWait1 if self.fin_acked() => self.enter_time_wait(now, Cause::FinAndAckOfFin, r),
            State::FinWait1 => {
                self.ack.now = true;
                self.transition(Cause::FinArrives, r);
            }
            State::FinWait2 => self.enter_time_wait(now, Cause::FinArrives, r),
            _ => {}
        }
    }

    /// "The only thing that can arrive in this state is a retransmission of the remote FIN. Acknowledge it, and
    /// restart the 2 MSL timeout."
    fn fin_again(&mut self, now: Instant, seq: Seq, at: Seq, r: &mut Tape) {
        if self.state != State::TimeWait && at.ge(self.rcv.nxt) {
            // Another, where there can be none: not even looked at.
            return;
        }
        if self.state != State::TimeWait {
            self.report_duplicate(seq, at + 1);
            self.enter_quickack(self.cfg.quickacks);
        }
        rule!(r, rules::FIN_AGAIN, Answer, self.state);
        self.ack.scheduled = true;
        self.ack.now = true;
        if self.state == State::TimeWait {
            self.restart_time_wait(now, r);
        }
    }

    /// Our FIN is acknowledged and the peer's has come.
    pub(super) fn enter_time_wait(&mut self, now: Instant, cause: Cause, r: &mut Tape) {
        self.transition(cause, r);
        self.restart_time_wait(now, r);
    }
}
