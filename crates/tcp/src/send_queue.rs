//! Octets written and not yet acknowledged, and how the unsent part of them is cut.

use bytes::{BufMut, Bytes};
use std::cell::Cell;
use std::collections::VecDeque;
use wire::Seq;

/// A run of unsent octets that came together, as a Linux skb in the write queue: segments are cut from one
/// chunk only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Chunk {
    /// Sequence number after its last octet.
    pub(crate) end: Seq,
    /// The last segment cut from it carries PSH (RFC 9293 §3.9.1.2).
    pub(crate) psh: bool,
    /// Nothing may be appended to it (MSG_EOR).
    pub(crate) eor: bool,
}

/// The send queue: one reference-counted slice a write.
#[derive(Clone, Debug)]
pub(crate) struct SendQueue {
    /// Slices with the sequence number of their first octet; the first may begin before `una`.
    data: VecDeque<(Seq, Bytes)>,
    /// First octet not acknowledged.
    una: Seq,
    /// After the last octet written.
    end: Seq,
    /// Cuts `[nxt, end)`.
    chunks: VecDeque<Chunk>,
    /// First octet never sent.
    nxt: Seq,
    /// Slices acknowledged so far.
    popped: u32,
    /// Which slice, those counted, the last segment was copied from.
    copied: Cell<u32>,
}

impl SendQueue {
    /// Empty, beginning at `start`.
    pub(crate) fn new(start: Seq) -> SendQueue {
        SendQueue {
            data: VecDeque::new(),
            una: start,
            end: start,
            chunks: VecDeque::new(),
            nxt: start,
            popped: 0,
            copied: Cell::new(0),
        }
    }
    /// Octets written and not acknowledged.
    pub(crate) fn len(&self) -> usize {
        self.end.since(self.una) as usize
    }
    /// Sequence number after the last octet written.
    pub(crate) fn end(&self) -> Seq {
        self.end
    }
    /// Chunks of what is not sent.
    pub(crate) fn pieces(&self) -> usize {
        self.chunks.len()
    }
    /// First octet not acknowledged.
    pub(crate) fn una(&self) -> Seq {
        self.una
    }
    /// First unsent octet of the last chunk.
    pub(crate) fn tail_start(&self) -> Option<Seq> {
        match self.chunks.len() {
            0 => None,
            1 => Some(self.nxt),
            n => Some(self.chunks[n - 2].end),
        }
    }
    /// Sequence number of the first octet never sent.
    pub(crate) fn nxt(&self) -> Seq {
        self.nxt
    }
    /// Octets never sent.
    pub(crate) fn unsent(&self) -> u32 {
        self.end.since(self.nxt)
    }
    /// The chunk from which the next new segment is cut, and whether more follow it.
    pub(crate) fn head(&self) -> Option<(Chunk, bool)> {
        self.chunks.front().map(|c| (*c, self.chunks.len() > 1))
    }
    /// Unsent octets of the last chunk.
    fn tail_len(&self) -> u32 {
        match self.chunks.len() {
            0 => 0,
            1 => self.end.since(self.nxt),
            n => self.end.since(self.chunks[n - 2].end),
        }
    }
    /// Room left in the last chunk of at most `goal` octets.
    pub(crate) fn tail_room(&self, goal: u32) -> u32 {
        match self.chunks.back() {
            Some(c) if !c.eor => goal.saturating_sub(self.tail_len()),
            _ => 0,
        }
    }
    /// Appends octets, to the last chunk or as a new one. A PSH within one write stays where it is.
    pub(crate) fn push(&mut self, data: Bytes, new_chunk: bool, keep_psh: bool) {
        if data.is_empty() {
            return;
        }
        let start = self.end;
        self.end += data.len() as u32;
        match self.chunks.back_mut() {
            Some(c) if !new_chunk => {
                c.end = self.end;
                c.psh &= keep_psh;
            }
            _ => self.chunks.push_back(Chunk { end: self.end, psh: false, eor: false }),
        }
        self.data.push_back((start, data));
    }
    /// Marks the last chunk: its last segment carries PSH.
    pub(crate) fn mark_push(&mut self) {
        if let Some(c) = self.chunks.back_mut() {
            c.psh = true;
        }
    }
    /// Closes the last chunk to later writes.
    pub(crate) fn mark_eor(&mut self) {
        if let Some(c) = self.chunks.back_mut() {
            c.eor = true;
        }
    }
    /// The first chunk takes up to `amount` octets from the one behind it, unless a record ends with it (linux
    /// `tcp_grow_skb`, since 6.10).
    pub(crate) fn grow_head(&mut self, amount: u32) {
        let (Some(&head), Some(&next)) = (self.chunks.front(), self.chunks.get(1)) else { return };
        if head.eor {
            return;
        }
        let end = head.end + amount.min(next.end.since(head.end));
        if end == next.end {
            self.chunks.pop_front();
            self.chunks[0].psh |= head.psh;
        } else {
            self.chunks[0].end = end;
        }
    }
    /// Whether a record that nothing may be joined to ends inside the unsent octets before `end`.
    pub(crate) fn record_ends_before(&self, end: Seq) -> bool {
        self.chunks.iter().take_while(|c| c.end.lt(end)).any(|c| c.eor)
    }
    /// `len` octets from the front of the unsent part have been sent.
    pub(crate) fn sent(&mut self, len: u32) {
        self.nxt += len;
        while self.chunks.front().is_some_and(|c| c.end.le(self.nxt)) {
            self.chunks.pop_front();
        }
    }
    /// Everything before `ack` is acknowledged and forgotten.
    pub(crate) fn acked(&mut self, ack: Seq) {
        let ack = ack.min(self.end);
        if ack.le(self.una) {
            return;
        }
        self.una = ack;
        while self.data.front().is_some_and(|(s, d)| (*s + d.len() as u32).le(ack)) {
            self.data.pop_front();
            self.popped = self.popped.wrapping_add(1);
        }
    }
    /// Throws everything away.
    pub(crate) fn clear(&mut self) {
        self.una = self.end;
        self.nxt = self.end;
        self.data.clear();
        self.chunks.clear();
    }
    /// Appends the octets `[seq, seq + len)` to `out`.
    pub(crate) fn copy(&self, seq: Seq, len: usize, out: &mut impl BufMut) {
        let Some((base, _)) = self.data.front() else { return };
        let base = *base;
        let at = seq.since(base);
        let has = |(s, d): &(Seq, Bytes)| s.since(base) <= at && at < s.since(base) + d.len() as u32;
        // What goes now mostly stands where the one before it stood.
        let last = self.copied.get().wrapping_sub(self.popped) as usize;
        let mut i = match self.data.get(last) {
            Some(slice) if has(slice) => last,
            _ => self.data.partition_point(|(s, d)| s.since(base) + d.len() as u32 <= at),
        };
        self.copied.set(self.popped.wrapping_add(i as u32));
        let mut seq = seq;
        let mut left = len;
        while left > 0 && i < self.data.len() {
            let (start, bytes) = &self.data[i];
            let skip = seq.since(*start) as usize;
            let n = left.min(bytes.len() - skip);
            out.put_slice(&bytes[skip..skip + n]);
            left -= n;
            seq += n as u32;
            i += 1;
        }
    }
    /// What must always hold.
    pub(crate) fn assert_invariants(&self) {
        assert!(self.una.le(self.nxt) && self.nxt.le(self.end), "send queue: una ≤ nxt ≤ end");
        assert!(self.data.iter().zip(self.data.iter().skip(1)).all(|(a, b)| a.0 + a.1.len() as u32 == b.0));
        if let Some((s, d)) = self.data.back() {
            assert_eq!(*s + d.len() as u32, self.end, "send queue: the last slice ends at `end`");
        } else {
            assert_eq!(self.una, self.end, "send queue: octets without slices");
        }
        match self.chunks.back() {
            Some(c) => assert_eq!(c.end, self.end, "send queue: chunks end at `end`"),
            None => assert_eq!(self.nxt, self.end, "send queue: unsent octets without a chunk"),
        }
    }
}
