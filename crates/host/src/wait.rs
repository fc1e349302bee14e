//! Calls that wait: each is tried, and where it must wait it is parked and tried again when one of its sockets has
//! something new, when its time is over, or when a child has exited.

use crate::ready::{events, poll};
use crate::sock::{WaitId, Waiter};
use crate::step::Step;
use crate::{Call, CallResult, CallText, Errno, Host, HostEvent, Pid, SockId, TimerKey, rules, text};
use bytes::{Bytes, BytesMut};
use tcp::rule;
use tcp::time::Instant;
use wire::Seq;

/// A call under way.
#[derive(Clone, Debug)]
pub(crate) struct Parked {
    pub(crate) pid: Pid,
    pub(crate) call: Call,
    /// What it waits on; it holds them, whatever happens to the descriptors meanwhile.
    socks: Vec<SockId>,
    /// End of a sleep, or of the patience of another call.
    until: Option<Instant>,
    progress: Progress,
}

/// How far a call has got.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// The socket, once the call is parked.
    pub(crate) held: Option<SockId>,
    /// Its time is over: it must not wait any longer.
    pub(crate) timed_out: bool,
    /// Octets written so far.
    pub(crate) written: usize,
    /// Octets read so far (MSG_WAITALL, SO_RCVLOWAT), whether kept or thrown away.
    pub(crate) got: usize,
    /// Those that are kept.
    pub(crate) read: Bytes,
    /// Sequence number at which a write that somebody wants to know the fate of began.
    pub(crate) began: Option<Seq>,
}

impl Progress {
    /// Keeps octets behind those that were read before; gives how many.
    pub(crate) fn keep(&mut self, data: Bytes) -> usize {
        let n = data.len();
        if self.read.is_empty() {
            self.read = data;
        } else {
            let mut all = BytesMut::from(std::mem::take(&mut self.read));
            all.extend_from_slice(&data);
            self.read = all.freeze();
        }
        n
    }
}

/// How one try ended.
pub(crate) enum Try {
    Done(i64, Bytes),
    Errno(Errno),
    /// Until the socket has something new.
    Wait(SockId),
    /// Until one of them has, or the time is over.
    WaitAny(Vec<SockId>, Option<Instant>),
    Sleep(Instant),
    /// Until a child of the process exits.
    WaitChild,
}

pub(crate) const OK: Try = Try::Done(0, Bytes::new());

pub(crate) fn errno(name: &'static str) -> Try {
    Try::Errno(Errno(name))
}

impl From<Result<(), Errno>> for Try {
    fn from(r: Result<(), Errno>) -> Try {
        match r {
            Ok(()) => OK,
            Err(e) => Try::Errno(e),
        }
    }
}

/// [`Waiter::wants`] of a call that is tried again whatever happens.
pub(crate) const ANYTHING: u32 = u32::MAX;

/// Linux wakes a reader when SO_RCVLOWAT's octets are there (`tcp_epollin_ready`) and a writer when a third of the
/// buffer is free (`sk_stream_is_writeable`), not for each segment.
fn wants(call: &Call) -> u32 {
    use poll::{ERR, HUP, IN, OUT};
    match call {
        Call::Write { .. } | Call::Send { .. } => OUT | ERR | HUP,
        Call::Read { .. } => IN | ERR | HUP,
        Call::Recv { flags, .. } | Call::RecvFrom { flags, .. } if !flags.wait_all => IN | ERR | HUP,
        _ => ANYTHING,
    }
}

impl Host {
    /// A process makes a call.
    pub(crate) fn enter(&mut self, pid: Pid, call: Call, cx: &mut Step) -> CallResult {
        cx.out.events.push(HostEvent::CallEntered {
            pid,
            fd: text::fd(&call),
            text: CallText::entered(&call),
        });
        let mut progress = Progress::default();
        let (socks, until) = match self.attempt(pid, &call, &mut progress, cx) {
            Try::Done(n, data) => return self.leave(pid, &call, CallResult::Done(n, data), cx),
            Try::Errno(e) => return self.leave(pid, &call, CallResult::Errno(e), cx),
            Try::Wait(sock) => {
                progress.held = Some(sock);
                (vec![sock], self.patience(sock, &call).map(|d| cx.now + d))
            }
            Try::WaitAny(socks, until) => (socks, until),
            Try::Sleep(until) => (Vec::new(), Some(until)),
            Try::WaitChild => (Vec::new(), None),
        };
        rule!(cx.r, rules::CALL_WAITS, Act, pid.0);
        self.next_wait += 1;
        let waiter = Waiter { wait: WaitId(self.next_wait), wants: wants(&call) };
        for &id in &socks {
            if let Some(sock) = self.socks.get_mut(id) {
                sock.waiters.push(waiter);
            }
        }
        let wait = waiter.wait;
        self.parked.insert(wait, Parked { pid, call, socks, until, progress });
        if until.is_some() {
            self.arm_sleep(pid, cx);
        }
        CallResult::Blocked
    }

    fn leave(&mut self, pid: Pid, call: &Call, result: CallResult, cx: &mut Step) -> CallResult {
        let text = CallText::returned(call, &result);
        cx.out.events.push(HostEvent::CallReturned { pid, text, result: result.clone() });
        result
    }

    /// Tries the calls that wait on a socket again, first come first.
    pub(crate) fn wake(&mut self, id: SockId, cx: &mut Step) {
        if self.socks.get(id).is_some_and(|s| !s.watchers.is_empty()) {
            self.tell_watchers(id, cx);
        }
        let mut n = 0;
        // A call that is over leaves the list; one that waits on stays in its place.
        while let Some(sock) = self.socks.get(id)
            && let Some(&Waiter { wait, wants }) = sock.waiters.get(n)
        {
            n += 1;
            if wants == ANYTHING || events(sock, wants) != 0 {
                self.retry(wait, cx);
                let after = self.socks.get(id).map_or(&[][..], |s| &s.waiters);
                n = after.iter().position(|w| w.wait > wait).unwrap_or(after.len());
            }
        }
    }

    /// Tries one parked call again. While it is tried nobody else finds it.
    fn retry(&mut self, wait: WaitId, cx: &mut Step) {
        let Some(mut parked) = self.parked.remove(&wait) else { return };
        let call = parked.call.clone();
        let result = match self.attempt(parked.pid, &call, &mut parked.progress, cx) {
            Try::Done(n, data) => CallResult::Done(n, data),
            Try::Errno(e) => CallResult::Errno(e),
            Try::Wait(_) | Try::WaitAny(..) | Try::Sleep(_) | Try::WaitChild => {
                self.parked.insert(wait, parked);
                return;
            }
        };
        self.conclude(wait, parked, result, cx);
    }

    /// A parked call, which nobody finds any more, returns.
    fn conclude(&mut self, wait: WaitId, parked: Parked, result: CallResult, cx: &mut Step) {
        for &id in &parked.socks {
            if let Some(sock) = self.socks.get_mut(id) {
                sock.waiters.retain(|w| w.wait != wait);
            }
        }
        rule!(cx.r, rules::CALL_RESUMES, Act, parked.pid.0);
        let result = self.leave(parked.pid, &parked.call, result, cx);
        self.process_resumes(parked.pid, &parked.call, &result, cx);
        if parked.until.is_some() {
            self.arm_sleep(parked.pid, cx);
        }
        // The last descriptor may have gone while the call still held the socket.
        for id in parked.socks {
            self.release_if_unheld(id, cx);
        }
    }

    /// Takes out the calls that wait for something of the connection of a socket which is about to let go of it.
    pub(crate) fn take_callers(&mut self, id: SockId) -> Vec<WaitId> {
        let parked = &self.parked;
        let of_connection = |call: &Call| {
            use Call::{Connect, Read, Recv, RecvFrom, Send, Write};
            matches!(
                call,
                Connect { .. } | Read { .. } | Recv { .. } | RecvFrom { .. } | Send { .. } | Write { .. }
            )
        };
        let taken = |w: &mut Waiter| parked.get(&w.wait).is_some_and(|p| of_connection(&p.call));
        let Some(sock) = self.socks.get_mut(id) else { return Vec::new() };
        sock.waiters.extract_if(.., taken).map(|w| w.wait).collect()
    }

    /// These calls end because their socket let go of its connection (linux `sk_disconnects`): a write with what it has written
    /// or with SO_ERROR, which is told once, the others with EPIPE.
    pub(crate) fn turn_away(&mut self, callers: Vec<WaitId>, id: SockId, cx: &mut Step) {
        for wait in callers {
            let Some(parked) = self.parked.remove(&wait) else { continue };
            let writes = matches!(parked.call, Call::Write { .. } | Call::Send { .. });
            let told = self.socks.get_mut(id).filter(|_| writes).and_then(|sock| sock.error.take());
            let result = match parked.progress.written {
                0 => CallResult::Errno(told.unwrap_or(Errno("EPIPE"))),
                n => CallResult::Done(n as i64, Bytes::new()),
            };
            self.conclude(wait, parked, result, cx);
        }
    }

    /// The time of some calls of a process is over.
    pub(crate) fn sleepers_wake(&mut self, pid: Pid, cx: &mut Step) {
        let over = |p: &Parked| p.pid == pid && p.until.is_some_and(|t| t <= cx.now);
        let due: Vec<WaitId> = self.parked.iter().filter(|(_, p)| over(p)).map(|(&w, _)| w).collect();
        for wait in due {
            if let Some(parked) = self.parked.get_mut(&wait) {
                parked.progress.timed_out = true;
            }
            self.retry(wait, cx);
        }
        self.arm_sleep(pid, cx);
    }

    fn arm_sleep(&mut self, pid: Pid, cx: &mut Step) {
        let next = self.parked.values().filter(|p| p.pid == pid).filter_map(|p| p.until).min();
        cx.out.timers.push((TimerKey::Process(pid), next));
    }

    /// A child of `parent` has exited.
    pub(crate) fn child_exited(&mut self, parent: Pid, cx: &mut Step) {
        let waits = |p: &Parked| p.pid == parent && matches!(p.call, Call::WaitPid { .. });
        let waiting: Vec<WaitId> = self.parked.iter().filter(|(_, p)| waits(p)).map(|(&w, _)| w).collect();
        for wait in waiting {
            self.retry(wait, cx);
        }
    }

    /// A process is gone, and the calls that it was in with it.
    pub(crate) fn forget_calls(&mut self, pid: Pid, cx: &mut Step) {
        let all: Vec<WaitId> = self.parked.iter().filter(|(_, p)| p.pid == pid).map(|(&w, _)| w).collect();
        for wait in all {
            let Some(parked) = self.parked.remove(&wait) else { continue };
            for id in parked.socks {
                if let Some(sock) = self.socks.get_mut(id) {
                    sock.waiters.retain(|w| w.wait != wait);
                }
                self.release_if_unheld(id, cx);
            }
        }
    }
}
