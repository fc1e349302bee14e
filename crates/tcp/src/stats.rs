//! What a connection counts for TCP_INFO.

use crate::time::{Duration, Instant};

/// Totals since the connection began.
#[derive(Clone, Default, Debug)]
pub(crate) struct Stats {
    /// Segments sent again.
    pub(crate) total_retrans: u32,
    /// Segments ever deemed lost.
    pub(crate) lost: u32,
    pub(crate) segs_in: u32,
    pub(crate) segs_out: u32,
    pub(crate) data_segs_in: u32,
    pub(crate) data_segs_out: u32,
    pub(crate) bytes_sent: u64,
    pub(crate) bytes_retrans: u64,
    pub(crate) early_segs: u32,
    /// Octets of the segment that came last, where it was smaller than full ones and may be one all the same (linux
    /// `last_seg_size`).
    pub(crate) last_size: u32,
    pub(crate) last_data_rcv: Instant,
    pub(crate) last_ack_rcv: Instant,
}

/// What a sender with work to do is held back by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Limit {
    /// Nothing to do.
    Idle,
    /// Busy, held back by nothing but the congestion window.
    Busy,
    /// The peer's window.
    Receiver,
    /// The send buffer: nothing is left to send, and the caller waits for room.
    Buffer,
}

/// Time spent busy, and held back by the peer's window or by the send buffer (tcp_chrono).
#[derive(Clone, Debug)]
pub(crate) struct Chrono {
    now: Limit,
    since: Instant,
    busy: Duration,
    receiver: Duration,
    buffer: Duration,
}

impl Default for Chrono {
    fn default() -> Chrono {
        let none = Duration::ZERO;
        Chrono { now: Limit::Idle, since: Instant::ZERO, busy: none, receiver: none, buffer: none }
    }
}

impl Chrono {
    /// From now on it is this.
    pub(crate) fn set(&mut self, now: Instant, limit: Limit) {
        if self.now != limit {
            (self.busy, self.receiver, self.buffer) = self.read(now);
            self.now = limit;
            self.since = now;
        }
    }
    /// Time busy in all, and of it held back by the receiver, and by the send buffer.
    pub(crate) fn read(&self, now: Instant) -> (Duration, Duration, Duration) {
        let d = now.since(self.since);
        let add = |sum: Duration, which| if which { sum + d } else { sum };
        (
            add(self.busy, self.now != Limit::Idle),
            add(self.receiver, self.now == Limit::Receiver),
            add(self.buffer, self.now == Limit::Buffer),
        )
    }
}
