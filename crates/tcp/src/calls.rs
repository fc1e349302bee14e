//! What a caller may ask: SEND, RECEIVE, CLOSE, ABORT (RFC 9293 §3.10.2 to §3.10.5).

use crate::profile::Letter;
use crate::rule::Tape;
use crate::time::Instant;
use crate::transitions::Cause;
use crate::transmit::Push;
use crate::{Afterlife, Connection, State, TimerKind, rule, rules};
use bytes::Bytes;
use wire::Seq;

/// Flags of a write (send(2)).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct WriteFlags {
    /// MSG_MORE: more follows, so a small segment waits.
    pub more: bool,
    /// MSG_EOR: a record ends here; nothing is appended to its last segment.
    pub eor: bool,
    /// MSG_OOB: the last octet is urgent (RFC 9293 §3.8.5).
    pub urgent: bool,
}

impl Connection {
    /// SEND: takes as much of `data` as the send buffer has room for; 0 means the caller must wait.
    /// Errors are errno names (EPIPE, ENOTCONN, …).
    pub fn write(&mut self, now: Instant, data: &[u8], r: &mut Tape) -> Result<usize, &'static str> {
        let n = self.takes(data.len(), u32::MAX);
        self.write_bytes(now, Bytes::copy_from_slice(&data[..n]), WriteFlags::default(), r)
    }

    /// [`Connection::write`] without a copy, and with flags.
    pub fn write_bytes(
        &mut self,
        now: Instant,
        data: Bytes,
        flags: WriteFlags,
        r: &mut Tape,
    ) -> Result<usize, &'static str> {
        self.may_write()?;
        let room = self.room();
        let n = self.takes(data.len(), self.tx.tail_room(self.chunk_goal(self.current_mss())));
        let told = r.as_ref().map_or(0, Vec::len);
        let mut taken = 0;
        if n > 0 {
            if !self.in_handshake() {
                self.restart_after_idle(now, r);
                self.check_app_limited();
            }
            taken = self.enqueue(now, data.slice(..n), flags, r);
        }
        rule!(r, rules::CALL_SEND, Act, taken, room);
        if let Some(decisions) = r {
            // How much is taken shows while it is sent, but comes before it.
            decisions[told..].rotate_right(1);
        }
        let short = taken < data.len();
        if short {
            self.send_stats().no_space = true;
        }
        if taken == 0 {
            return Ok(0);
        }
        if flags.urgent {
            let up = self.tx.end();
            rule!(r, rules::URGENT_SENT, Act, up);
            self.snd.up = Some(up);
        }
        if flags.eor {
            self.tx.mark_eor();
        }
        if !self.in_handshake() {
            self.push_pending(now, if flags.more { Push::Cork } else { Push::Normal }, r);
        }
        Ok(taken)
    }

    fn may_write(&self) -> Result<(), &'static str> {
        match self.state {
            _ if self.fin_queued || self.orphan || self.fin_waits() => Err("EPIPE"),
            State::Closed | State::Listen => Err("EPIPE"),
            _ => Ok(()),
        }
    }

    /// Cuts a write into chunks of at most a burst, and pushes while it goes on (tcp_sendmsg): what is sent
    /// before the last octet is written is cut differently from what is sent after it. How many octets it took: where
    /// room is counted in pieces, the first that may not be begun ends it.
    fn enqueue(&mut self, now: Instant, mut data: Bytes, flags: WriteFlags, r: &mut Tape) -> usize {
        let len = data.len();
        let mss = self.current_mss();
        let goal = self.chunk_goal(mss);
        let mut begun = false;
        while !data.is_empty() {
            let room = self.tx.tail_room(goal);
            if room == 0 && self.cfg.skb_overhead > 0 && !self.takes_more() {
                break;
            }
            let n = (if room > 0 { room } else { goal } as usize).min(data.len());
            let full = room > 0 && n == room as usize || n == goal as usize;
            self.tx.push(data.split_to(n), room == 0, begun);
            begun = true;
            if data.is_empty() || !full || self.in_handshake() {
                continue;
            }
            // Half the peer's largest window without a PSH is enough (forced_push).
            if self.tx.end().gt(self.snd.pushed + self.snd.max_wnd / 2) {
                self.mark_push();
                self.push_pending(now, Push::Now, r);
            } else if self.tx.nxt() == self.snd.nxt && self.tx.head().is_some_and(|(_, more)| !more) {
                self.push_pending(now, Push::One, r);
            }
        }
        if !flags.more || self.tx.end().gt(self.snd.pushed + self.snd.max_wnd / 2) {
            self.mark_push();
        }
        len - data.len()
    }

    /// The last segment of a write carries PSH (MUST-61).
    fn mark_push(&mut self) {
        self.tx.mark_push();
        self.snd.pushed = self.tx.end();
    }

    /// Largest chunk: a burst's worth of full segments, at most half the peer's largest window where it ever offered one.
    fn chunk_goal(&self, mss: u32) -> u32 {
        if !self.cfg.gso {
            return u32::MAX / 4;
        }
        let half = match self.snd.max_wnd {
            0 => u32::MAX,
            1..=536 => self.snd.max_wnd,
            _ => self.snd.max_wnd / 2,
        };
        (half.clamp(mss, 65_216.max(mss)) / mss).max(1) * mss
    }

    /// RECEIVE: up to `max` octets in order; `Ok(None)` means the caller must wait, empty means end of file.
    pub fn read(&mut self, now: Instant, max: usize, r: &mut Tape) -> Result<Option<Bytes>, &'static str> {
        if self.state == State::Closed && self.rx.readable() == 0 && self.rcv.fin.is_none() {
            return Err("ENOTCONN");
        }
        if self.rx.readable() == 0 {
            return Ok(self.rcv.fin.is_some().then(Bytes::new));
        }
        self.step_over_urgent();
        let data = self.rx.read(self.before_urgent(max));
        if data.is_empty() && max > 0 {
            return Ok(self.rcv.fin.is_some().then(Bytes::new));
        }
        self.was_read(now, data.len(), r);
        Ok(Some(data))
    }

    /// As [`Connection::read`], of octets that nobody wants to see (tcp(7), MSG_TRUNC): gives how many.
    pub fn discard(&mut self, now: Instant, max: usize, r: &mut Tape) -> Result<Option<usize>, &'static str> {
        if self.rx.readable() == 0 {
            return self.read(now, max, r).map(|data| data.map(|d| d.len()));
        }
        self.step_over_urgent();
        let n = self.rx.discard(self.before_urgent(max));
        if n == 0 && max > 0 {
            return Ok(self.rcv.fin.is_some().then_some(0));
        }
        self.was_read(now, n, r);
        Ok(Some(n))
    }

    fn was_read(&mut self, now: Instant, n: usize, r: &mut Tape) {
        self.rcv.copied += n as u32;
        rule!(r, rules::CALL_RECEIVE, Act, n, self.rx.readable());
        if self.state != State::Closed {
            self.satisfy_appetite(now);
            self.after_read(now, n, r);
        }
    }

    /// The peer has hardly a segment's worth of window left: whoever reads should, whatever it waits for
    /// (linux `tcp_epollin_ready`).
    pub fn window_is_closing(&self) -> bool {
        self.rcv_wnd_left() <= self.ack.rcv_mss
    }

    /// What a read would give, without taking it (MSG_PEEK): up to `max` octets.
    pub fn peek(&self, max: usize) -> Bytes {
        let max = self.before_urgent(max);
        let mut out = Vec::new();
        for b in self.rx.peek() {
            let n = b.len().min(max - out.len());
            out.extend_from_slice(&b[..n]);
        }
        Bytes::from(out)
    }

    /// No more writing: FIN after what is queued (shutdown(2) SHUT_WR).
    pub fn shutdown_write(&mut self, now: Instant, r: &mut Tape) -> Result<(), &'static str> {
        match self.state {
            State::Closed | State::Listen | State::SynSent => return Err("ENOTCONN"),
            _ if self.fin_queued || self.fin_waits() => return Ok(()),
            _ => {}
        }
        rule!(r, rules::CALL_SHUTDOWN, Act, self.state);
        // Two SYNs crossed: shutdown(2) is no CLOSE to Linux before the handshake is over (tcp_shutdown).
        let crossed = self.state == State::SynReceived && self.cfg.repeated_syn == Letter::Linux;
        if crossed || self.is_unproven() {
            self.let_fin_wait();
            return Ok(());
        }
        self.queue_fin(now, r);
        Ok(())
    }

    pub(crate) fn queue_fin(&mut self, now: Instant, r: &mut Tape) {
        self.fin_queued = true;
        self.transition(Cause::CloseCall, r);
        if self.snd.una != self.snd.iss {
            self.push_pending(now, Push::Now, r);
        } else if self.tx.unsent() == 0 {
            self.send_new(now, 0, self.current_mss(), r);
        }
        // Else it was SYN-RECEIVED, and the FIN waits with the data for the ACK of our SYN (§3.10.4).
    }

    /// CLOSE (§3.10.4): nobody will read or write any more; the connection goes on by itself.
    pub fn close(&mut self, now: Instant, r: &mut Tape) {
        if self.orphan {
            return;
        }
        self.orphan = true;
        rule!(r, rules::CALL_CLOSE, Act, self.state, self.rx.readable());
        match self.state {
            State::Closed | State::Listen | State::TimeWait => {}
            State::SynSent => {
                self.die(Cause::CloseCall, None, r);
            }
            _ if self.rx.readable() > 0 && self.cfg.rst_on_unread => {
                // SHLD-3: the peer must learn that its data was not read.
                rule!(r, rules::CLOSE_UNREAD, Reset, self.rx.readable());
                self.count("TCPAbortOnClose");
                self.send_rst(r);
                self.die(Cause::Abort, None, r);
            }
            State::FinWait2 => self.arm_fin_wait2(now),
            _ if !self.fin_queued => self.queue_fin(now, r),
            _ => {}
        }
        self.rx.clear_ready();
    }

    /// Nobody reads any more: FIN-WAIT-2 must not last for ever.
    pub(crate) fn arm_fin_wait2(&mut self, now: Instant) {
        if let Some(t) = self.cfg.fin_wait2 {
            self.timers.set(TimerKind::FinWait2, now, now + t);
        }
    }

    /// ABORT (§3.10.5): RST.
    pub fn abort(&mut self, _now: Instant, r: &mut Tape) {
        rule!(r, rules::CALL_ABORT, Act, self.state);
        match self.state {
            State::Closed | State::Listen => return,
            State::SynSent | State::Closing | State::LastAck | State::TimeWait => {}
            _ => {
                self.count("TCPAbortOnData");
                self.send_rst(r);
            }
        }
        self.orphan = true;
        self.die(Cause::Abort, None, r);
        self.rx.clear();
    }

    /// The network has said that it can come to nothing: it is over, and nobody is told by a segment. What came may still be
    /// read, where the profile has it so (linux `tcp_done_with_error`).
    pub fn fail(&mut self, r: &mut Tape) {
        self.die(Cause::Abort, None, r);
        if !self.cfg.unread_survives {
            self.rx.clear();
        }
    }

    /// State of the connection.
    pub fn state(&self) -> State {
        self.state
    }

    /// Octets that wait to be read.
    pub fn readable(&self) -> usize {
        self.rx.readable()
    }

    /// Octets written and not yet acknowledged (sent or not).
    pub fn unacked(&self) -> usize {
        self.tx.len()
    }

    /// Whether the peer's FIN has been received in order: after what is readable comes end of file.
    pub fn eof(&self) -> bool {
        self.rcv.fin.is_some()
    }

    /// What the next connection of ours between the same ends goes on from, where this one is in TIME-WAIT and had
    /// timestamps, by which the two can be told apart (RFC 6191 §2).
    pub fn afterlife(&self) -> Option<Afterlife> {
        let ts = self.ts.filter(|_| self.state == State::TimeWait)?;
        Some(Afterlife {
            iss: self.next_iss(),
            recent: ts.recent,
            since: self.timers.armed(TimerKind::TimeWait),
        })
    }

    /// Least sequence number that a next incarnation of this connection may begin with (RFC 6191, tcp_timewait).
    pub(crate) fn next_iss(&self) -> Seq {
        self.snd.nxt + 65_535 + 2
    }
}
