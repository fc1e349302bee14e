//! Header prediction (Van Jacobson, 1990; linux `tcp_rcv_established`): nearly every segment is either the next one of a
//! stream that only comes in, or acknowledges what only goes out, and says nothing else that is new. For these the steps of
//! RFC 9293 §3.10.7.4 come to what is done here; each condition is what makes one of them pass, and do no more than that.

use crate::rule::Tape;
use crate::time::Instant;
use crate::{Connection, Segment, State};
use wire::tcp::Flags;

impl Connection {
    /// Takes in a segment of which only that had to be foreseen, and its payload with it. False, and nothing done, where
    /// there is more to it, or somebody listens to the rules: then [`Connection::segment_arrives`] does all of it.
    #[inline]
    pub fn segment_foreseen(&mut self, now: Instant, seg: &mut Segment, r: &mut Tape) -> bool {
        if r.is_some() || !self.is_plain(seg) {
            return false;
        }
        if seg.payload.is_empty() {
            let ack = seg.header.ack;
            let news = ack.gt(self.snd.una) && ack.le(self.snd.nxt);
            if news {
                self.stats.segs_in += 1;
                self.take_timestamp(now, seg, r);
                self.process_ack(now, seg, r);
                self.last_rcv = now;
                self.after_segment(now, r);
            }
            return news;
        }
        let next = self.only_receives() && self.only_brings(seg);
        if next {
            self.next_of_stream(now, seg, r);
        }
        next
    }

    /// The connection is open and whole, and the segment lies at RCV.NXT, with no control bit but ACK and PSH, and with
    /// timestamps that do not run backwards.
    #[inline]
    fn is_plain(&self, seg: &Segment) -> bool {
        let h = &seg.header;
        let (Some(state), Some(ts)) = (self.ts, h.options.timestamps) else { return false };
        self.state == State::Established
            && h.flags.without(Flags::PSH) == Flags::ACK
            && h.seq == self.rcv.nxt
            && (ts.val.wrapping_sub(state.recent) as i32) >= 0
            && self.rcv.early_fin.is_none()
            && !self.fin_queued
            && !self.is_unproven()
    }

    /// Nothing of ours is on its way or waits, and nothing is missing.
    #[inline]
    fn only_receives(&self) -> bool {
        self.rtx.is_empty()
            && self.tx.unsent() == 0
            && self.out.is_empty()
            && self.rx.early_is_empty()
            && self.rec.tlp_high.is_none()
            && !self.orphan
    }

    /// The segment is data that lies within the window, acknowledges nothing new, and leaves the window as it was.
    #[inline]
    fn only_brings(&self, seg: &Segment) -> bool {
        let h = &seg.header;
        h.ack == self.snd.una
            && seg.payload.len() as u32 <= self.rcv_wnd_left()
            && u32::from(h.window) << self.snd.wscale == self.snd.wnd
            && self.snd.wl1.lt(h.seq)
            && h.options.sack.len == 0
    }

    /// The next segment of a stream that only comes in.
    fn next_of_stream(&mut self, now: Instant, seg: &mut Segment, r: &mut Tape) {
        let (h, len) = (&seg.header, seg.payload.len() as u32);
        let segments = self.segments_in(len);
        self.stats.segs_in += segments;
        self.stats.data_segs_in += segments;
        // Fifth, the ACK field: nothing new.
        self.take_timestamp(now, seg, r);
        self.rec.echo = h.options.timestamps.map(|t| t.ecr);
        self.stats.last_ack_rcv = now;
        (self.snd.wl1, self.snd.wl2) = (h.seq, h.ack);
        self.nothing_to_send(now);
        self.last_rcv = now;
        self.ecn_arrives(seg, r);
        // Seventh, the text.
        if let Some(s) = &mut self.sack {
            s.forget_duplicate();
        }
        let payload = std::mem::take(&mut seg.payload);
        self.take_in_order(now, payload, seg.header.flags, r);
        self.measure_appetite(now, &seg.header, len);
        self.expand_send_buffer();
        self.acknowledge(now, r);
        if self.cfg.keepalive && !self.timers.is_set(crate::TimerKind::KeepAlive) {
            self.arm_keepalive(now);
        }
    }
}
