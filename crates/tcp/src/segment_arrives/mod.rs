//! SEGMENT ARRIVES (RFC 9293 §3.10.7): one file a step, in the RFC's order.

mod ack;
mod fin;
mod foreseen;
mod rst;
mod sequence;
mod syn;
mod syn_sent;
mod text;
mod urgent;

use crate::rule::{RuleDef, Tape};
use crate::time::Instant;
use crate::transmit::Push;
use crate::{Admission, Connection, Segment, State, TimerKind, Verdict, rule, rules};
use wire::Seq;
use wire::tcp::Flags;

/// A step lets the segment go on, or ends its journey.
pub(crate) type Step = Result<(), Verdict>;

/// The segment goes no further; `rule` says why, with two of its numbers.
pub(crate) fn refused(rule: &'static RuleDef, x: u32, y: u32) -> Step {
    Err(Verdict::Dropped(rule, [x, y]))
}

/// SEG.LEN: octets of data, SYN and FIN counted.
pub(crate) fn seg_len(seg: &Segment) -> u32 {
    let f = seg.header.flags;
    seg.payload.len() as u32 + u32::from(f.has(Flags::SYN)) + u32::from(f.has(Flags::FIN))
}

impl Connection {
    /// SEGMENT ARRIVES in every state but CLOSED and LISTEN (§3.10.7.3, §3.10.7.4). Checksum and ports are
    /// the host's affair and already right.
    pub fn segment_arrives(
        &mut self,
        now: Instant,
        seg: &Segment,
        admission: Admission,
        r: &mut Tape,
    ) -> Verdict {
        let h = &seg.header;
        let segments = self.segments_in(seg.payload.len() as u32);
        self.stats.segs_in += segments;
        self.stats.data_segs_in += if seg.payload.is_empty() { 0 } else { segments };
        rule!(r, rules::SEGMENT_ARRIVES, Pass, self.state, h.seq, seg_len(seg), h.flags);
        let end = match self.state {
            State::Closed | State::Listen => refused(&rules::STATE_CLOSED, 0, 0),
            State::SynSent => self.in_syn_sent(now, seg, r),
            _ => self.in_other_states(now, seg, admission, r),
        };
        end.err().unwrap_or(Verdict::Taken)
    }

    /// §3.10.7.4.
    fn in_other_states(&mut self, now: Instant, seg: &Segment, admission: Admission, r: &mut Tape) -> Step {
        self.check_sequence(now, seg, r)?;
        self.check_rst(now, seg, r)?;
        self.check_syn(now, seg, r)?;
        let before = (self.snd.wnd, self.snd.una);
        self.check_ack(now, seg, admission, r)?;
        self.last_rcv = now;
        self.ecn_arrives(seg, r);
        self.check_urgent(seg, r);
        let answered = !seg.payload.is_empty() && !self.out.is_empty() && self.acked_before_text(seg, before);
        self.take_text(now, seg, r)?;
        if answered {
            self.ack_paid();
        }
        self.check_fin(now, seg, r);
        self.after_segment(now, r);
        Ok(())
    }

    /// The ACK of a segment with text made something go again. Linux does so before it takes the text, so that what goes
    /// acknowledges what was there before; but text that comes as foreseen is taken first, and acknowledged along with
    /// it (tcp_rcv_established), once acknowledged octets have left memory at hand for it. `wnd`, `una`: SND.WND and SND.UNA
    /// as they were before. Whether the text is as foreseen.
    #[cold]
    fn acked_before_text(&mut self, seg: &Segment, (wnd, una): (u32, Seq)) -> bool {
        let h = &seg.header;
        let o = &h.options;
        let foreseen = h.seq == self.rcv.nxt
            && una != self.snd.iss + 1
            && h.flags.without(Flags::PSH) == Flags::ACK
            && u32::from(h.window) << self.snd.wscale == wnd
            && o.sack.len == 0
            && o.timestamps.is_some() == self.ts.is_some()
            && self.rx.early_is_empty();
        if !foreseen {
            let nxt = self.rcv.nxt;
            self.out.iter_mut().for_each(|i| i.ack = Some(nxt));
        }
        foreseen
    }

    /// What the windows now allow goes out, and with it, or after it, the ACK.
    pub(crate) fn after_segment(&mut self, now: Instant, r: &mut Tape) {
        if matches!(self.state, State::Closed | State::TimeWait) {
            if self.ack.scheduled {
                self.send_ack(now, r);
            }
            return;
        }
        self.push_pending(now, Push::Normal, r);
        self.expand_send_buffer();
        self.acknowledge(now, r);
        if self.cfg.keepalive && !self.timers.is_set(TimerKind::KeepAlive) {
            self.arm_keepalive(now);
        }
    }
}
