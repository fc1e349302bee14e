//! Selective acknowledgment, sending side: what the peer's blocks say of each segment (RFC 2018, RFC 2883).

use crate::acked::Delta;
use crate::rtx_queue::mark;
use crate::rule::Tape;
use crate::time::Instant;
use crate::{CaState, Connection, Segment, rule, rules};
use wire::Seq;

impl Connection {
    /// After the highest segment that the peer holds out of order; SND.UNA if it holds none.
    pub(crate) fn highest_sacked(&self) -> Seq {
        if self.rtx.sacked() == 0 {
            return self.snd.una;
        }
        self.rtx.q.iter().rev().find(|s| s.has(mark::SACKED)).map_or(self.snd.una, |s| s.end())
    }

    /// Reads the blocks of `seg` into the scoreboard.
    pub(crate) fn take_sack_blocks(
        &mut self,
        now: Instant,
        seg: &Segment,
        prior_una: Seq,
        d: &mut Delta,
        r: &mut Tape,
    ) {
        let sack = seg.header.options.sack;
        let blocks = &sack.blocks[..sack.len.min(4) as usize];
        if blocks.is_empty() || self.sack.is_none() {
            return;
        }
        let duplicate = self.is_dsack(blocks, seg.header.ack);
        if duplicate {
            self.take_dsack(now, blocks[0], prior_una, d, r);
        }
        if self.rtx.is_empty() {
            return;
        }
        let fack = self.highest_sacked();
        let mut reord = self.snd.nxt;
        let mut sorted = [(Seq(0), Seq(0)); 4];
        let fresh = &mut sorted[..blocks.len() - usize::from(duplicate)];
        fresh.copy_from_slice(&blocks[usize::from(duplicate)..]);
        // Four at most: a sorter from the library would be 8 KB of wasm.
        let far = |b: &(Seq, Seq)| b.0.since(prior_una - self.snd.max_wnd);
        for n in 1..fresh.len() {
            for at in (1..=n).rev() {
                if far(&fresh[at - 1]) <= far(&fresh[at]) {
                    break;
                }
                fresh.swap(at - 1, at);
            }
        }
        for &(left, right) in fresh.iter() {
            // A block that says what cannot be is ignored.
            if left.ge(right) || right.gt(self.snd.nxt) || left.lt(prior_una) {
                rule!(r, rules::SACK_IGNORED, Drop, left, right);
                continue;
            }
            let before = self.rtx.sacked();
            self.mark_sacked(now, left, right, fack, &mut reord, d);
            rule!(r, rules::SACK_BLOCK, Act, left, right, self.rtx.sacked() - before);
        }
        if self.rec.state != CaState::Loss || self.rec.undo_marker.is_some() {
            self.note_reordering(reord, r);
        }
    }

    /// Marks the segments that lie whole in `[left, right)`.
    fn mark_sacked(
        &mut self,
        now: Instant,
        left: Seq,
        right: Seq,
        fack: Seq,
        reord: &mut Seq,
        d: &mut Delta,
    ) {
        let mut i = self.rtx.index_after(left);
        if i > 0 {
            self.rtx.cut_behind(i - 1);
        }
        while i < self.rtx.q.len() && self.rtx.q[i].seq.lt(right) {
            let s = self.rtx.q[i];
            if s.seq.ge(left) && s.end().le(right) && !s.has(mark::SACKED) {
                self.rack_advance(now, &s);
                let mut clear = 0;
                if s.has(mark::RETRANS) {
                    // Not deemed lost: its second copy is believed to be in flight still.
                    if s.has(mark::LOST) {
                        clear = mark::LOST | mark::RETRANS;
                    }
                } else {
                    if !s.has(mark::EVER) {
                        // In a hole, and never sent again: it was overtaken.
                        if s.seq.lt(fack) {
                            *reord = reord.min(s.seq);
                        }
                        if s.end().le(self.rec.high) {
                            d.original_acked = true;
                        }
                        d.first_sack.get_or_insert(s.at);
                        d.last_sack = Some(s.at);
                    }
                    clear = mark::LOST;
                }
                self.rtx.remark(i, mark::SACKED, clear);
                d.data_sacked = true;
                self.note_delivered(&s, d);
                if s.end() == right {
                    self.rtx.cut_behind(i);
                }
            }
            i += 1;
        }
    }

    /// The first block reports a duplicate if it lies below the ACK, or inside the second (RFC 2883 §4).
    fn is_dsack(&self, blocks: &[(Seq, Seq)], ack: Seq) -> bool {
        let (l, r) = blocks[0];
        l.lt(ack) || blocks.get(1).is_some_and(|(l1, r1)| l1.le(l) && r.le(*r1))
    }

    /// Something of ours arrived twice: if it was sent twice without need, the reduction can be undone.
    fn take_dsack(
        &mut self,
        _now: Instant,
        (left, right): (Seq, Seq),
        prior_una: Seq,
        d: &mut Delta,
        r: &mut Tape,
    ) {
        if left.ge(right) || right.gt(self.snd.nxt) {
            return;
        }
        let segments = right.since(left).div_ceil(self.current_mss()).max(1);
        if self.rec.tlp_high.is_some_and(|h| self.rec.tlp_retrans && h == right) {
            d.dsack_tlp = true;
        }
        self.rec.dsack_dups += segments;
        // More duplicates than were ever sent again: the network made them, or a liar.
        if self.rec.dsack_dups > self.stats.total_retrans {
            rule!(r, rules::SACK_IGNORED, Drop, left, right);
            return;
        }
        rule!(r, rules::DSACK_TAKEN, Act, left, right);
        self.count("TCPDSACKRecv");
        if self.rec.reord_seen > 0 && !d.dsack_tlp {
            self.rec.rack.dsack_seen = true;
        }
        d.dsacking = true;
        // What was sent again in vain has left the network as well (tcp_dsack_seen).
        d.delivered += segments;
        self.delivered = self.delivered.wrapping_add(segments);
        let Some(marker) = self.rec.undo_marker else { return };
        if self.rec.undo_retrans > 0 && right.gt(marker) {
            let known = right.le(prior_una)
                || self.rtx.q.iter().any(|s| s.seq.ge(left) && s.end().le(right) && s.has(mark::EVER));
            if known {
                self.rec.undo_retrans = (self.rec.undo_retrans - segments as i32).max(0);
            }
        }
        for i in 0..self.rtx.q.len() {
            let s = self.rtx.q[i];
            if s.seq.ge(left) && s.end().le(right) && s.has(mark::RETRANS) {
                self.rtx.remark(i, 0, mark::RETRANS);
            }
        }
    }

    /// A segment below the highest one held was delivered by its first copy: the path reorders, and this far.
    pub(crate) fn note_reordering(&mut self, low: Seq, r: &mut Tape) {
        self.note_reordering_to(low, self.highest_sacked(), r);
    }

    /// The same, with the highest as it was before the ACK in hand.
    pub(crate) fn note_reordering_to(&mut self, low: Seq, fack: Seq, r: &mut Tape) {
        if low.ge(fack) {
            return;
        }
        let mss = self.current_mss();
        let metric = fack.since(low);
        if metric > self.rec.reordering * mss {
            self.rec.reordering = metric.div_ceil(mss).min(MAX_REORDERING);
        }
        rule!(r, rules::REORDERING_SEEN, Act, low, fack, self.rec.reordering);
        self.rec.reord_seen += 1;
        self.count("TCPSACKReorder");
    }

    /// A segment reached the peer for the first time that we know of.
    pub(crate) fn note_delivered(&mut self, s: &crate::rtx_queue::Sent, d: &mut Delta) {
        d.delivered += 1;
        self.delivered = self.delivered.wrapping_add(1);
        self.rate_delivered(s, d);
        d.prior_delivered = Some(d.prior_delivered.map_or(s.delivered, |p| p.max(s.delivered)));
    }
}

/// `tcp_max_reordering`.
pub(crate) const MAX_REORDERING: u32 = 300;
