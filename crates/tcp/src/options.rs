//! What a socket's options and questions need of a connection.

use crate::profile::{Algorithm, Config};
use crate::rule::Tape;
use crate::time::Instant;
use crate::transmit::Push;
use crate::{Connection, State};

impl Connection {
    /// Changes settings of this connection alone (setsockopt(2)), and does at once what follows from them: what
    /// Nagle or a cork held goes out, keep-alive starts or stops. What was negotiated stays.
    pub fn reconfigure(&mut self, now: Instant, change: impl FnOnce(&mut Config), r: &mut Tape) {
        let (nagle, cork) = (self.cfg.nagle, self.cfg.cork);
        let (keepalive, idle) = (self.cfg.keepalive, self.cfg.keepalive_time);
        let algorithm = self.cfg.algorithm;
        self.configure(change);
        if self.cfg.algorithm != algorithm {
            self.cc = crate::congestion::Control::new(&self.cfg);
        }
        if self.cfg.keepalive != keepalive {
            self.set_keepalive(now, self.cfg.keepalive);
        } else if self.cfg.keepalive_time != idle {
            self.restart_keepalive(now);
        }
        let uncorked = cork && !self.cfg.cork;
        let released = nagle && !self.cfg.nagle;
        if (uncorked || released) && self.tx.unsent() > 0 && self.state != State::Closed {
            // linux tcp_sock_set_nodelay: TCP_NODELAY pushes even through a cork.
            self.push_pending(now, if released { Push::Now } else { Push::Normal }, r);
        }
    }

    /// The caller will read no more (shutdown(2) SHUT_RD). Once it writes no more either, text that comes is answered
    /// with a RST; until then it is taken as ever (linux tcp_rcv_state_process).
    pub fn stop_reading(&mut self) {
        self.read_ended = true;
    }

    /// Whatever Nagle or a cork holds goes out: setting TCP_NODELAY does that, also a second time.
    pub fn flush(&mut self, now: Instant, r: &mut Tape) {
        if self.tx.unsent() > 0 && self.state != State::Closed {
            self.push_pending(now, Push::Now, r);
        }
    }

    /// Octets written and not sent yet.
    pub fn unsent(&self) -> u32 {
        self.tx.unsent()
    }

    /// Whether the caller will write no more.
    pub fn writing_ended(&self) -> bool {
        self.fin_queued || self.fin_waits() || self.orphan || self.state == State::Closed
    }

    /// Octets received in order so far.
    pub fn octets_received(&self) -> u64 {
        if matches!(self.state, State::SynSent) {
            return 0;
        }
        u64::from(self.rcv.nxt.since(self.rcv.irs).saturating_sub(1 + u32::from(self.rcv.fin.is_some())))
    }
}

impl Algorithm {
    /// As `tcp_congestion_control` and TCP_CONGESTION name it.
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Reno => "reno",
            Algorithm::Cubic => "cubic",
        }
    }
    /// From its name; none if there is no such algorithm.
    pub fn by_name(name: &[u8]) -> Option<Algorithm> {
        [Algorithm::Reno, Algorithm::Cubic].into_iter().find(|a| a.name().as_bytes() == name)
    }
}
