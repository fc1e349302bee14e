//! Urgent data as sockets show it (RFC 9293 §3.8.5, RFC 6093, tcp(7)): the last urgent octet stands beside the stream
//! and a read stops before it, unless the caller wants it in line.

use crate::Connection;
use wire::Seq;

impl Connection {
    /// Octets between what was read and the urgent pointer, while urgent data is pending (MUST-33).
    pub fn urgent_ahead(&self) -> Option<u32> {
        self.rcv.up.filter(|up| up.gt(self.rcv.copied)).map(|up| up.since(self.rcv.copied))
    }

    /// Whether the urgent octet is there and nobody took it (linux TCP_URG_VALID).
    pub fn urgent_ready(&self) -> bool {
        let arrived = |ahead: u32| self.rx.at(ahead as usize - 1).is_some();
        !self.rcv.urgent_taken && self.urgent_ahead().is_some_and(arrived)
    }
    /// Whether a read would begin at the urgent octet, which stands aside: it is not among what can be read.
    pub fn at_urgent(&self) -> bool {
        self.urgent_aside() == Some(0)
    }

    /// The urgent octet, once (MSG_OOB, linux `tcp_recv_urg`). None where it is announced and has not come.
    ///
    /// # Errors
    /// EINVAL: nothing is urgent, or it was taken already, or it stays in line (SO_OOBINLINE).
    pub fn take_urgent(&mut self, peek: bool) -> Result<Option<u8>, &'static str> {
        let Some(ahead) = self.urgent_aside() else { return Err("EINVAL") };
        if self.rcv.urgent_taken {
            return Err("EINVAL");
        }
        let octet = self.rx.at(ahead as usize);
        self.rcv.urgent_taken = octet.is_some() && !peek;
        Ok(octet)
    }

    /// Octets before the urgent one, where it stands aside and has not been passed.
    fn urgent_aside(&self) -> Option<u32> {
        if self.cfg.urgent_inline { None } else { self.urgent_ahead().map(|n| n - 1) }
    }

    /// How much of `max` octets a read may take: it stops at the mark.
    pub(crate) fn before_urgent(&self, max: usize) -> usize {
        self.urgent_aside().map_or(max, |ahead| max.min(ahead as usize))
    }

    /// A read that begins at the mark passes the urgent octet by.
    pub(crate) fn step_over_urgent(&mut self) {
        if self.urgent_aside() == Some(0) && self.rx.readable() > 0 {
            self.rx.read(1);
            self.rcv.copied += 1;
        }
    }

    /// RCV.UP ← max(RCV.UP, `up`). Whether the caller is to be told: once for each run of urgent data (MUST-32).
    pub(crate) fn urgent_announced(&mut self, up: Seq) -> bool {
        let pending = self.urgent_ahead().is_some();
        if self.rcv.up.is_none_or(|old| up.gt(old)) {
            self.rcv.up = Some(up);
            self.rcv.urgent_taken = false;
        }
        !pending && up.gt(self.rcv.copied)
    }
}
