//! Octets received: those in order, waiting to be read, and those that came too early.

use bytes::{Buf, Bytes};
use std::collections::VecDeque;
use wire::Seq;

/// Slices of frames, never copied; overlaps are resolved on the way in (first copy of an octet wins).
#[derive(Clone, Default, Debug)]
pub(crate) struct RecvQueue {
    /// In order.
    ready: VecDeque<Bytes>,
    /// Octets in `ready`.
    len: usize,
    /// Out of order: disjoint, by sequence number.
    early: Vec<(Seq, Bytes)>,
    /// Octets in `early`.
    early_len: usize,
}

impl RecvQueue {
    /// Octets that can be read.
    pub(crate) fn readable(&self) -> usize {
        self.len
    }
    /// Octets received out of order.
    pub(crate) fn early_len(&self) -> usize {
        self.early_len
    }
    /// Whether nothing waits out of order.
    pub(crate) fn early_is_empty(&self) -> bool {
        self.early.is_empty()
    }
    /// The ranges received out of order, runs joined, in sequence order.
    pub(crate) fn early_runs(&self) -> impl Iterator<Item = (Seq, Seq)> + '_ {
        let mut i = 0;
        std::iter::from_fn(move || {
            let (start, d) = self.early.get(i)?;
            let mut end = *start + d.len() as u32;
            i += 1;
            while let Some((s, d)) = self.early.get(i).filter(|(s, _)| *s == end) {
                end = *s + d.len() as u32;
                i += 1;
            }
            Some((*start, end))
        })
    }
    /// Appends octets that begin at RCV.NXT.
    pub(crate) fn push(&mut self, data: Bytes) {
        self.len += data.len();
        if !data.is_empty() {
            self.ready.push_back(data);
        }
    }
    /// Takes from the early ones what now continues at `rcv_nxt`; returns the new RCV.NXT.
    pub(crate) fn join(&mut self, mut rcv_nxt: Seq) -> Seq {
        // One after the other: each may make the next one continue.
        let mut taken = 0;
        while let Some((seq, data)) = self.early.get(taken).filter(|(s, _)| s.le(rcv_nxt)).cloned() {
            taken += 1;
            self.early_len -= data.len();
            let old = rcv_nxt.since(seq) as usize;
            if old < data.len() {
                let fresh = data.slice(old..);
                rcv_nxt += fresh.len() as u32;
                self.push(fresh);
            }
        }
        self.early.drain(..taken);
        rcv_nxt
    }
    /// Keeps octets that came too early; only those not held already are stored.
    pub(crate) fn insert_early(&mut self, mut seq: Seq, mut data: Bytes) {
        let mut i = self.early.partition_point(|(s, d)| (*s + d.len() as u32).le(seq));
        while !data.is_empty() {
            let next = self.early.get(i).map(|(s, d)| (*s, *s + d.len() as u32));
            let end = seq + data.len() as u32;
            match next {
                Some((s, e)) if s.le(seq) => {
                    // What we hold covers the beginning.
                    let skip = (e.since(seq) as usize).min(data.len());
                    data = data.slice(skip..);
                    seq += skip as u32;
                    i += 1;
                }
                _ => {
                    let until = next.map_or(end, |(s, _)| end.min(s));
                    let n = until.since(seq) as usize;
                    self.early_len += n;
                    self.early.insert(i, (seq, data.slice(..n)));
                    data = data.slice(n..);
                    seq = until;
                    i += 1;
                }
            }
        }
    }
    /// Up to `max` octets; copied only where they came in more than one slice.
    pub(crate) fn read(&mut self, max: usize) -> Bytes {
        let Some(front) = self.ready.front_mut() else { return Bytes::new() };
        if front.len() >= max || self.len == front.len() {
            let n = front.len().min(max);
            let out = front.split_to(n);
            if front.is_empty() {
                self.ready.pop_front();
            }
            self.len -= n;
            return out;
        }
        let mut out = Vec::with_capacity(max.min(self.len));
        while out.len() < max
            && let Some(front) = self.ready.front_mut()
        {
            let n = front.len().min(max - out.len());
            out.extend_from_slice(&front.split_to(n));
            if front.is_empty() {
                self.ready.pop_front();
            }
        }
        self.len -= out.len();
        Bytes::from(out)
    }
    /// Throws up to `max` octets away; gives how many.
    pub(crate) fn discard(&mut self, max: usize) -> usize {
        let mut left = max.min(self.len);
        let gone = left;
        self.len -= gone;
        while left > 0
            && let Some(front) = self.ready.front_mut()
        {
            if front.len() > left {
                front.advance(left);
                break;
            }
            left -= front.len();
            self.ready.pop_front();
        }
        gone
    }
    /// The octet `n` places on among those that can be read.
    pub(crate) fn at(&self, mut n: usize) -> Option<u8> {
        for slice in &self.ready {
            match slice.get(n) {
                Some(octet) => return Some(*octet),
                None => n -= slice.len(),
            }
        }
        None
    }
    /// The slices that can be read, in order (MSG_PEEK).
    pub(crate) fn peek(&self) -> impl Iterator<Item = &Bytes> {
        self.ready.iter()
    }
    /// Throws away what came too early.
    pub(crate) fn clear_early(&mut self) {
        self.early.clear();
        self.early_len = 0;
    }
    /// Throws away what could be read. What is out of order stays: the peer was told that it is here.
    pub(crate) fn clear_ready(&mut self) {
        self.ready.clear();
        self.len = 0;
    }
    /// Throws everything away.
    pub(crate) fn clear(&mut self) {
        *self = RecvQueue::default();
    }
    /// What must always hold.
    pub(crate) fn assert_invariants(&self, rcv_nxt: Seq) {
        assert_eq!(self.len, self.ready.iter().map(Bytes::len).sum::<usize>(), "receive queue: length");
        assert_eq!(self.early_len, self.early.iter().map(|(_, d)| d.len()).sum::<usize>());
        assert!(
            self.early.iter().all(|(s, d)| s.gt(rcv_nxt) && !d.is_empty()),
            "early octets begin after RCV.NXT"
        );
        let pairs = self.early.iter().zip(self.early.iter().skip(1));
        assert!(pairs.into_iter().all(|(a, b)| (a.0 + a.1.len() as u32).le(b.0)), "early octets overlap");
    }
}
