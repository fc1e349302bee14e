//! RFC 5681.

use super::{Acked, CongestionControl, Window};

/// Halve on loss, one segment a round trip otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Reno;

impl CongestionControl for Reno {
    fn name(&self) -> &'static str {
        "reno"
    }
    fn ssthresh(&mut self, w: &Window) -> u32 {
        (w.cwnd / 2).max(2)
    }
    fn grow(&mut self, w: &mut Window, a: Acked) {
        let left = if w.in_slow_start() { w.slow_start(a.segments) } else { a.segments };
        if left > 0 {
            w.avoid(w.cwnd, left);
        }
    }
}
