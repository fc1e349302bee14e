//! What the network layer says of the path (RFC 9293 §3.7.2, RFC 1191, RFC 8201).

use crate::rtx_queue::mark;
use crate::rule::Tape;
use crate::time::Instant;
use crate::{Connection, rule, rules};

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
        self.cut_outstanding(now, r);
    }

    /// The path is thought to take segments of `mss` octets again (RFC 1191 §6.3). What the peer and the search for the
    /// path's MTU allow stays as it is.
    pub fn path_grows(&mut self, mss: u16, r: &mut Tape) {
        if mss > self.snd.path_mss {
            rule!(r, rules::PATH_GROWS, Act, self.snd.path_mss, mss);
            self.snd.path_mss = mss;
        }
    }

    /// What is outstanding in pieces larger than a segment may be now is cut and goes again.
    pub(crate) fn cut_outstanding(&mut self, now: Instant, r: &mut Tape) {
        let limit = self.current_mss();
        let mut i = 0;
        let mut cut = false;
        while i < self.rtx.q.len() {
            if self.rtx.q[i].data_len() > limit {
                self.rtx.split(i, limit);
                self.rtx.remark(i + 1, mark::REST, 0);
                cut = true;
                for part in [i, i + 1] {
                    if !self.rtx.q[part].has(mark::SACKED) {
                        self.rtx.remark(part, mark::LOST, mark::RETRANS);
                    }
                }
            }
            i += 1;
        }
        if cut {
            // No congestion: only the unit of the window changed.
            self.resend_without_congestion(now, r);
        }
    }
}
