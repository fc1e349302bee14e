//! What the network layer says of the path (RFC 9293 §3.7.2, RFC 1191, RFC 8201).

use crate::rtx_queue::mark;
use crate::rule::Tape;
use crate::time::Instant;
use crate::{Connection, State, rule, rules};

impl Connection {
    /// The path takes segments of at most `mss` octets of data and options. Those that were sent larger are cut
    /// and go again at once, without a word of congestion (linux `tcp_simple_retransmit`, RFC 1191 §6.5).
    pub fn path_shrinks(&mut self, now: Instant, mss: u16, r: &mut Tape) {
        let mss = mss.max(self.cfg.min_snd_mss);
        if mss >= self.snd.path_mss {
            return;
        }
        rule!(r, rules::PATH_SHRINKS, Act, self.snd.path_mss, mss);
        self.snd.path_mss = mss;
        self.lower_search_ceiling(mss);
        self.resend_too_long(now, r);
    }

    /// The path is thought to take segments of `mss` octets again (RFC 1191 §6.3). What the peer and the search for the
    /// path's MTU allow stays as it is.
    pub fn path_grows(&mut self, mss: u16, r: &mut Tape) {
        if mss > self.snd.path_mss {
            rule!(r, rules::PATH_GROWS, Act, self.snd.path_mss, mss);
            self.snd.path_mss = mss;
        }
    }

    /// What is outstanding in segments larger than they may be now is lost and goes again, each burst cut anew as a whole
    /// when its turn comes ([`RtxQueue::recut`](crate::rtx_queue::RtxQueue::recut)).
    pub(crate) fn resend_too_long(&mut self, now: Instant, r: &mut Tape) {
        let limit = self.current_mss();
        // A SYN that was too large because of its data goes again without (tcp_simple_retransmit).
        let syn_with_data = self.state == State::SynSent && self.rtx.q.len() > 1;
        let mut burst_goes = false;
        let mut joined = false;
        for i in 0..self.rtx.q.len() {
            let s = self.rtx.q[i];
            // The first segment of a burst is as long as any of it.
            if !joined {
                burst_goes = syn_with_data || s.data_len() > limit;
            }
            joined = s.has(mark::JOINED);
            if burst_goes && !s.has(mark::SACKED) {
                // A copy of it that was thought to be on its way was too long, too.
                let again = if s.has(mark::LOST) { mark::RETRANS } else { 0 };
                self.rtx.remark(i, mark::LOST, again);
            }
        }
        if self.rtx.lost() > 0 {
            // No congestion: only the unit of the window changed.
            self.resend_without_congestion(now, r);
        }
    }
}
