//! Selective acknowledgment, receiving side: which blocks to report (RFC 2018 §4, RFC 2883).

use wire::Seq;
use wire::tcp::SackBlocks;

/// Blocks in order of recency, and the duplicate to report first.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct SackReceiver {
    recent: [(Seq, Seq); 4],
    len: u8,
    duplicate: Option<(Seq, Seq)>,
}

impl SackReceiver {
    /// Blocks waiting to be reported.
    pub(crate) fn pending(&self) -> usize {
        (self.len as usize + usize::from(self.duplicate.is_some())).min(4)
    }
    /// Which block a range would be joined to, from 0; past the last: it would make a new one.
    pub(crate) fn place(&self, left: Seq, right: Seq) -> usize {
        let blocks = &self.recent[..self.len as usize];
        blocks.iter().position(|(l, r)| l.le(right) && left.le(*r)).unwrap_or(blocks.len())
    }
    /// A range that came early: the block it belongs to comes first (RFC 2018 §4).
    pub(crate) fn early(&mut self, mut left: Seq, mut right: Seq) {
        let mut kept = [(Seq(0), Seq(0)); 4];
        let mut n = 1;
        let mut blocks: Vec4 = self.blocks();
        // Joining one block may make it touch another.
        let mut again = true;
        while again {
            again = false;
            for b in blocks.iter_mut() {
                if let Some((l, r)) = *b
                    && l.le(right)
                    && left.le(r)
                {
                    (left, right) = (left.min(l), right.max(r));
                    *b = None;
                    again = true;
                }
            }
        }
        for b in blocks.into_iter().flatten() {
            if n < kept.len() {
                kept[n] = b;
                n += 1;
            }
        }
        kept[0] = (left, right);
        self.recent = kept;
        self.len = n as u8;
    }
    fn blocks(&self) -> Vec4 {
        let mut out = [None; 4];
        for (o, b) in out.iter_mut().zip(&self.recent[..self.len as usize]) {
            *o = Some(*b);
        }
        out
    }
    /// RCV.NXT advanced: what it covers needs no report.
    pub(crate) fn advance(&mut self, rcv_nxt: Seq) {
        let blocks = self.blocks();
        self.len = 0;
        for (l, r) in blocks.into_iter().flatten() {
            if r.gt(rcv_nxt) {
                self.recent[self.len as usize] = (l.max(rcv_nxt), r);
                self.len += 1;
            }
        }
    }
    /// Octets came that were here before (RFC 2883 §4). Ranges that touch are joined; the first is kept.
    pub(crate) fn duplicate(&mut self, left: Seq, right: Seq) {
        match &mut self.duplicate {
            Some((l, r)) if left.le(*r) && l.le(right) => (*l, *r) = (left.min(*l), right.max(*r)),
            Some(_) => {}
            None => self.duplicate = Some((left, right)),
        }
    }
    /// What has not been reported by the time the next text comes never is (linux tcp_data_queue).
    pub(crate) fn forget_duplicate(&mut self) {
        self.duplicate = None;
    }
    /// The option for a segment that goes out now; a duplicate is reported once.
    #[inline]
    pub(crate) fn take_blocks(&mut self, room: usize, nothing_early: bool) -> SackBlocks {
        if nothing_early {
            self.len = 0;
        }
        let mut out = wire::tcp::Options::NONE.sack;
        if self.len == 0 && self.duplicate.is_none() {
            return out;
        }
        let duplicate = self.duplicate.take();
        for b in duplicate.into_iter().chain(self.recent[..self.len as usize].iter().copied()).take(room) {
            out.blocks[out.len as usize] = b;
            out.len += 1;
        }
        out
    }
}

type Vec4 = [Option<(Seq, Seq)>; 4];
