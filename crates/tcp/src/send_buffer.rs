//! How full the send buffer is, and when it takes more (linux sk_wmem_queued, sk_stream_memory_free).

use crate::Connection;

impl Connection {
    /// Octets of the send buffer in use: what is written and not acknowledged, and the book-keeping around each piece
    /// of it (linux sk_wmem_queued).
    pub fn wmem_queued(&self) -> usize {
        self.tx.len() + (self.rtx.pieces() + self.tx.pieces()) * self.cfg.skb_overhead as usize
    }

    /// Octets that the send buffer could take.
    pub fn room(&self) -> usize {
        (self.cfg.snd_buf as usize).saturating_sub(self.wmem_queued())
    }

    /// Whether a caller who waits for room is told that there is some: a third of the buffer is free, and not half as
    /// much as TCP_NOTSENT_LOWAT allows waits to be sent (linux __sk_stream_is_writeable).
    pub fn is_writeable(&self) -> bool {
        let unsent = u64::from(self.tx.unsent()) * 2;
        let room = self.room();
        room > 0 && room >= self.wmem_queued() / 2 && unsent < u64::from(self.cfg.notsent_lowat)
    }

    /// Whether a new piece may be begun (linux sk_stream_memory_free). Once begun it is filled, so that a buffer may hold
    /// more than its size says.
    pub(crate) fn takes_more(&self) -> bool {
        self.room() > 0 && self.tx.unsent() < self.cfg.notsent_lowat
    }

    /// Most octets of a write of `len` that can be taken: exactly what there is room for, or on Linux, where pieces are
    /// filled, all of it, until the first that may not be begun.
    pub(crate) fn takes(&self, len: usize, tail_room: u32) -> usize {
        match (self.cfg.skb_overhead > 0, self.takes_more()) {
            (true, false) => len.min(tail_room as usize),
            (true, true) => len,
            (false, true) => len.min(self.room()),
            (false, false) => 0,
        }
    }
}
