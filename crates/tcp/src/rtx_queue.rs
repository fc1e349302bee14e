//! Segments sent and not yet acknowledged, with what SACK, RACK and the timer know of each: the
//! retransmission queue and the scoreboard in one.

use crate::time::Instant;
use std::collections::VecDeque;
use wire::Seq;
use wire::tcp::Flags;

/// A segment that was sent. Never more than one MSS, so that counting segments is counting entries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// First sequence number.
    pub(crate) seq: Seq,
    /// Sequence numbers it takes: octets, SYN, FIN.
    pub(crate) len: u32,
    /// SYN, FIN, PSH (and what goes with a SYN).
    pub(crate) flags: Flags,
    /// Times it was sent again.
    pub(crate) resent: u8,
    /// See [`mark`].
    pub(crate) marks: u16,
    /// When it was last sent.
    pub(crate) at: Instant,
    /// Segments delivered when it was last sent (draft-cheng-iccrg-delivery-rate-estimation).
    pub(crate) delivered: u32,
    /// Since something was last delivered, and since the first segment of its flight was sent, when it was last
    /// sent; microseconds.
    pub(crate) since_delivery: u32,
    pub(crate) since_first: u32,
}

/// Bits of [`Sent::marks`].
pub(crate) mod mark {
    /// The peer has it (RFC 2018).
    pub(crate) const SACKED: u16 = 1;
    /// Deemed lost; stays until it is delivered.
    pub(crate) const LOST: u16 = 2;
    /// Sent again, and that copy deemed in flight.
    pub(crate) const RETRANS: u16 = 4;
    /// Ever sent again (Karn).
    pub(crate) const EVER: u16 = 8;
    /// Sent while the caller held the rate down.
    pub(crate) const APP_LIMITED: u16 = 16;
    /// The next segment was sent in one burst with it, and whatever happens happened to both (one Linux skb).
    pub(crate) const JOINED: u16 = 32;
    /// A record ends with it, to which nothing may be joined (MSG_EOR).
    pub(crate) const EOR: u16 = 64;
    /// RACK deemed it lost, and looks at it no more until it is sent again, even if that was taken back (linux
    /// `tcp_rack_detect_loss` takes it off `tsorted_sent_queue`).
    pub(crate) const CONDEMNED: u16 = 128;
    /// Those that are counted.
    pub(crate) const COUNTED: u16 = SACKED | LOST | RETRANS;
}

impl Sent {
    /// Sequence number after the last.
    pub(crate) fn end(&self) -> Seq {
        self.seq + self.len
    }
    pub(crate) fn has(&self, bits: u16) -> bool {
        self.marks & bits != 0
    }
    /// Octets of data in it.
    pub(crate) fn data_len(&self) -> u32 {
        self.len - u32::from(self.flags.has(Flags::SYN)) - u32::from(self.flags.has(Flags::FIN))
    }
}

/// The queue, with counts of its marks kept beside it.
#[derive(Clone, Default, Debug)]
pub(crate) struct RtxQueue {
    pub(crate) q: VecDeque<Sent>,
    sacked: u32,
    lost: u32,
    retrans: u32,
    /// Segments that duplicate ACKs say have left the network, where there is no SACK to say which.
    dup_acks: u32,
    /// Entries with [`mark::JOINED`].
    joined: u32,
}

impl RtxQueue {
    /// Segments outstanding (packets_out).
    pub(crate) fn out(&self) -> u32 {
        self.q.len() as u32
    }
    /// Bursts outstanding: what Linux has an skb of.
    pub(crate) fn pieces(&self) -> usize {
        self.q.len() - self.joined as usize
    }
    /// Of these, the peer has out of order.
    pub(crate) fn sacked(&self) -> u32 {
        self.sacked + self.dup_acks
    }
    /// Duplicate ACKs counted as such, without SACK.
    pub(crate) fn dup_acks(&self) -> u32 {
        self.dup_acks
    }
    pub(crate) fn set_dup_acks(&mut self, n: u32) {
        self.dup_acks = n;
    }
    /// Of these, deemed lost.
    pub(crate) fn lost(&self) -> u32 {
        self.lost
    }
    /// Retransmitted copies deemed in flight.
    pub(crate) fn retrans(&self) -> u32 {
        self.retrans
    }
    /// Segments deemed in the network (RFC 6675 `pipe`, in segments).
    pub(crate) fn in_flight(&self) -> u32 {
        (self.out() + self.retrans).saturating_sub(self.sacked + self.dup_acks + self.lost)
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.q.is_empty()
    }
    pub(crate) fn head(&self) -> Option<&Sent> {
        self.q.front()
    }
    pub(crate) fn push(&mut self, s: Sent) {
        self.q.push_back(s);
    }
    /// Marks the entry pushed last: the next belongs to the same burst.
    pub(crate) fn join_next(&mut self) {
        if let Some(s) = self.q.back_mut() {
            self.joined += u32::from(!s.has(mark::JOINED));
            s.marks |= mark::JOINED;
        }
    }
    /// Marks the entry pushed last: a record ends with it.
    pub(crate) fn end_record(&mut self) {
        if let Some(s) = self.q.back_mut() {
            s.marks |= mark::EOR;
        }
    }
    /// How many entries from `i` on, `most` at most, are lost, not sent again yet, and of one burst.
    pub(crate) fn lost_burst(&self, i: usize, most: usize) -> usize {
        let mut n = 1;
        while n < most
            && self.q[i + n - 1].has(mark::JOINED)
            && self.q.get(i + n).is_some_and(|s| s.has(mark::LOST) && !s.has(mark::RETRANS | mark::SACKED))
        {
            n += 1;
        }
        n
    }
    /// What befalls entry `i` does not befall the next: a burst is cut behind it.
    pub(crate) fn cut_behind(&mut self, i: usize) {
        if let Some(s) = self.q.get_mut(i) {
            self.joined -= u32::from(s.has(mark::JOINED));
            s.marks &= !mark::JOINED;
        }
    }
    /// Sets and clears marks of entry `i`, keeping the counts.
    pub(crate) fn remark(&mut self, i: usize, set: u16, clear: u16) {
        let old = self.q[i].marks;
        let new = (old | set) & !clear;
        self.q[i].marks = new;
        self.count(old, new);
    }
    fn count(&mut self, old: u16, new: u16) {
        for (bit, n) in [
            (mark::SACKED, &mut self.sacked),
            (mark::LOST, &mut self.lost),
            (mark::RETRANS, &mut self.retrans),
        ] {
            *n = *n + u32::from(new & bit != 0) - u32::from(old & bit != 0);
        }
        // What is lost did not cause a duplicate ACK.
        self.dup_acks = self.dup_acks.min((self.q.len() as u32).saturating_sub(self.lost));
    }
    /// Takes the first entry if `ack` covers it whole.
    pub(crate) fn pop_acked(&mut self, ack: Seq) -> Option<Sent> {
        if self.q.front()?.end().gt(ack) {
            return None;
        }
        let s = self.q.pop_front()?;
        self.joined -= u32::from(s.has(mark::JOINED));
        if s.marks & mark::COUNTED != 0 || self.dup_acks != 0 {
            self.count(s.marks, 0);
        }
        Some(s)
    }
    /// Cuts the beginning off the first entry, up to `ack`, which lies inside it.
    pub(crate) fn trim_head(&mut self, ack: Seq) {
        if let Some(s) = self.q.front_mut()
            && ack.gt(s.seq)
            && ack.lt(s.end())
        {
            if s.flags.has(Flags::SYN) {
                s.flags = s.flags.without(Flags::SYN);
            }
            s.len = s.end().since(ack);
            s.seq = ack;
        }
    }
    /// Index of the first entry that ends after `seq`.
    pub(crate) fn index_after(&self, seq: Seq) -> usize {
        self.q.partition_point(|s| s.end().le(seq))
    }
    /// Cuts entry `i` in two after `len` sequence numbers; both keep its marks.
    pub(crate) fn split(&mut self, i: usize, len: u32) {
        let mut rest = self.q[i];
        if len == 0 || len >= rest.len {
            return;
        }
        rest.seq += len;
        rest.len -= len;
        rest.flags = rest.flags.without(Flags::SYN);
        let first = &mut self.q[i];
        first.len = len;
        first.marks &= !(mark::JOINED | mark::EOR);
        first.flags = first.flags.without(Flags::FIN | Flags::PSH);
        self.count(0, rest.marks);
        self.q.insert(i + 1, rest);
    }
    /// Cuts what is of one burst from entry `i` on anew, into segments of `mss` octets: segments have become smaller or larger
    /// since it was sent, or its beginning was acknowledged (linux `tcp_set_skb_tso_segs` of an skb that goes again).
    pub(crate) fn recut(&mut self, i: usize, mss: u32) {
        let first = self.q[i];
        let fared = first.marks & mark::COUNTED;
        let mut n = 1;
        while self.q[i + n - 1].has(mark::JOINED)
            && self.q.get(i + n).is_some_and(|s| s.marks & mark::COUNTED == fared)
        {
            n += 1;
        }
        let fits = if n == 1 { first.data_len() <= mss } else { first.data_len() == mss };
        if fits || first.flags.has(Flags::SYN) {
            return;
        }
        let last = self.q[i + n - 1];
        let tail = self.q.split_off(i + n);
        self.q.truncate(i);
        let ends = mark::JOINED | mark::EOR;
        let mut seq = first.seq;
        while seq != last.end() {
            let left = last.end().since(seq);
            let whole = left - (last.len - last.data_len()) > mss;
            self.q.push_back(Sent {
                seq,
                len: if whole { mss } else { left },
                flags: if whole { first.flags.without(Flags::FIN | Flags::PSH) } else { last.flags },
                marks: first.marks & !ends | if whole { mark::JOINED } else { last.marks & ends },
                ..first
            });
            seq += self.q[self.q.len() - 1].len;
        }
        let (was, is) = (n as u32, (self.q.len() - i) as u32);
        self.joined = self.joined + is - was;
        for (bit, count) in [
            (mark::SACKED, &mut self.sacked),
            (mark::LOST, &mut self.lost),
            (mark::RETRANS, &mut self.retrans),
        ] {
            if fared & bit != 0 {
                *count = *count + is - was;
            }
        }
        self.q.extend(tail);
        self.dup_acks = self.dup_acks.min(self.out().saturating_sub(self.lost));
    }
    /// Joins to entry `i` those behind it that fit with it into `most` octets, below `edge`, and that were sent each by itself
    /// (linux `tcp_retrans_try_collapse`).
    pub(crate) fn collapse(&mut self, i: usize, most: u32, edge: Seq) {
        let alone =
            |q: &VecDeque<Sent>, i: usize| !(q[i].has(mark::JOINED) || i > 0 && q[i - 1].has(mark::JOINED));
        if !alone(&self.q, i) {
            return;
        }
        while let Some(next) = self.q.get(i + 1).copied() {
            let whole = self.q[i].data_len() + next.data_len() <= most && next.end().le(edge);
            if !whole || self.q[i].has(mark::EOR) || next.has(mark::SACKED) || !alone(&self.q, i + 1) {
                return;
            }
            self.q.remove(i + 1);
            self.count(next.marks, 0);
            let s = &mut self.q[i];
            s.len += next.len;
            s.flags |= next.flags;
            s.marks |= next.marks & (mark::EVER | mark::EOR);
        }
    }
    /// Throws everything away.
    pub(crate) fn clear(&mut self) {
        *self = RtxQueue::default();
    }
    /// What must always hold.
    pub(crate) fn assert_invariants(&self, snd_una: Seq, snd_nxt: Seq) {
        let count = |bit| self.q.iter().filter(|s| s.has(bit)).count() as u32;
        assert_eq!(self.sacked, count(mark::SACKED), "sacked_out");
        assert_eq!(self.lost, count(mark::LOST), "lost_out");
        assert_eq!(self.retrans, count(mark::RETRANS), "retrans_out");
        assert_eq!(self.joined, count(mark::JOINED), "bursts");
        assert!(!self.q.iter().any(|s| s.has(mark::SACKED) && s.has(mark::LOST)), "sacked and lost");
        assert!(self.sacked + self.lost <= self.out(), "sacked + lost ≤ outstanding");
        let pairs = self.q.iter().zip(self.q.iter().skip(1));
        assert!(pairs.into_iter().all(|(a, b)| a.end() == b.seq), "retransmission queue has no gaps");
        if let (Some(a), Some(b)) = (self.q.front(), self.q.back()) {
            assert_eq!(a.seq, snd_una, "retransmission queue begins at SND.UNA");
            assert_eq!(b.end(), snd_nxt, "retransmission queue ends at SND.NXT");
        } else {
            assert_eq!(snd_una, snd_nxt, "nothing outstanding means SND.UNA = SND.NXT");
        }
    }
}
