//! System calls: each is tried, and where it must wait it is parked and tried again when its socket has
//! something new. A person's call and a program's go the same way.

use crate::flags::{RecvFlags, SendFlags, Shutdown};
use crate::listen::Listener;
use crate::sock::{Kind, PortHold, Sock, WaitId};
use crate::step::Step;
use crate::{Call, CallResult, CallText, Errno, Fd, Host, HostEvent, Pid, SockId, TimerKey, rules, text};
use bytes::{Bytes, BytesMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tcp::rule::Recorder;
use tcp::time::Instant;
use tcp::{Connection, State, rule};

/// A call under way.
#[derive(Clone, Debug)]
pub(crate) struct Parked {
    pub(crate) pid: Pid,
    pub(crate) call: Call,
    /// End of a sleep.
    pub(crate) until: Option<Instant>,
    progress: Progress,
}

/// How far a call has got.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// The socket, once the call is parked: it holds it, whatever happens to the descriptor meanwhile.
    held: Option<SockId>,
    /// Octets written so far.
    pub(crate) written: usize,
    /// What was read so far (MSG_WAITALL).
    pub(crate) read: BytesMut,
}

/// How one try ended.
pub(crate) enum Try {
    Done(i64, Bytes),
    Errno(Errno),
    Wait(SockId),
    Sleep(Instant),
}

impl From<Result<(), Errno>> for Try {
    fn from(r: Result<(), Errno>) -> Try {
        match r {
            Ok(()) => Try::Done(0, Bytes::new()),
            Err(e) => Try::Errno(e),
        }
    }
}

const OK: Try = Try::Done(0, Bytes::new());

pub(crate) fn errno(name: &'static str) -> Try {
    Try::Errno(Errno(name))
}

impl Host {
    /// A process makes a call.
    pub(crate) fn enter<R: Recorder>(&mut self, pid: Pid, call: Call, cx: &mut Step<R>) -> CallResult {
        cx.out.events.push(HostEvent::CallEntered {
            pid,
            fd: text::fd(&call),
            text: CallText::entered(&call),
        });
        let mut progress = Progress::default();
        let tried = self.attempt(pid, &call, &mut progress, cx);
        let (sock, until) = match tried {
            Try::Done(..) | Try::Errno(_) => return self.leave(pid, &call, tried, cx),
            Try::Wait(sock) => (Some(sock), None),
            Try::Sleep(until) => (None, Some(until)),
        };
        rule!(cx.r, rules::CALL_WAITS, Act, pid.0);
        self.next_wait += 1;
        let wait = WaitId(self.next_wait);
        progress.held = sock;
        if let Some(sock) = sock.and_then(|id| self.socks.get_mut(id)) {
            sock.waiters.push(wait);
        }
        self.parked.insert(wait, Parked { pid, call, until, progress });
        if until.is_some() {
            self.arm_sleep(pid, cx);
        }
        CallResult::Blocked
    }

    fn leave<R: Recorder>(&mut self, pid: Pid, call: &Call, tried: Try, cx: &mut Step<R>) -> CallResult {
        let result = match tried {
            Try::Done(n, data) => CallResult::Done(n, data),
            Try::Errno(e) => CallResult::Errno(e),
            Try::Wait(_) | Try::Sleep(_) => return CallResult::Blocked,
        };
        let text = CallText::returned(call, &result);
        cx.out.events.push(HostEvent::CallReturned { pid, text, result: result.clone() });
        result
    }

    /// Tries the calls that wait on a socket again, first come first.
    pub(crate) fn wake<R: Recorder>(&mut self, id: SockId, cx: &mut Step<R>) {
        let Some(sock) = self.socks.get(id) else { return };
        if sock.waiters.is_empty() {
            return;
        }
        let Some(sock) = self.socks.get_mut(id) else { return };
        let waiters = std::mem::take(&mut sock.waiters);
        let mut left = Vec::new();
        for wait in waiters {
            let Some(mut parked) = self.parked.remove(&wait) else { continue };
            match self.attempt(parked.pid, &parked.call.clone(), &mut parked.progress, cx) {
                Try::Wait(_) | Try::Sleep(_) => {
                    self.parked.insert(wait, parked);
                    left.push(wait);
                }
                done => self.complete(parked, done, cx),
            }
        }
        if let Some(sock) = self.socks.get_mut(id) {
            left.append(&mut sock.waiters);
            sock.waiters = left;
        }
        // The last descriptor may have gone while a call still held the socket.
        self.release_if_unheld(id, cx);
    }

    fn complete<R: Recorder>(&mut self, parked: Parked, done: Try, cx: &mut Step<R>) {
        rule!(cx.r, rules::CALL_RESUMES, Act, parked.pid.0);
        let result = self.leave(parked.pid, &parked.call, done, cx);
        self.process_resumes(parked.pid, &result, cx);
    }

    /// The sleeps of a process that are over end.
    pub(crate) fn sleepers_wake<R: Recorder>(&mut self, pid: Pid, cx: &mut Step<R>) {
        let over = |p: &Parked| p.pid == pid && p.until.is_some_and(|t| t <= cx.now);
        let due: Vec<WaitId> = self.parked.iter().filter(|(_, p)| over(p)).map(|(&w, _)| w).collect();
        for wait in due {
            if let Some(parked) = self.parked.remove(&wait) {
                self.complete(parked, OK, cx);
            }
        }
        self.arm_sleep(pid, cx);
    }

    fn arm_sleep<R: Recorder>(&mut self, pid: Pid, cx: &mut Step<R>) {
        let next = self.parked.values().filter(|p| p.pid == pid).filter_map(|p| p.until).min();
        cx.out.timers.push((TimerKey::Process(pid), next));
    }

    fn attempt<R: Recorder>(
        &mut self,
        pid: Pid,
        call: &Call,
        progress: &mut Progress,
        cx: &mut Step<R>,
    ) -> Try {
        let fd = match *call {
            Call::Socket => return self.sys_socket(pid, cx),
            Call::Sleep { time } => return Try::Sleep(cx.now + time),
            Call::Bind { fd, .. }
            | Call::Listen { fd, .. }
            | Call::Accept { fd }
            | Call::Connect { fd, .. }
            | Call::Read { fd, .. }
            | Call::Write { fd, .. }
            | Call::Recv { fd, .. }
            | Call::Send { fd, .. }
            | Call::ShutdownWrite { fd }
            | Call::Shutdown { fd, .. }
            | Call::SetSockOpt { fd, .. }
            | Call::GetSockOpt { fd, .. }
            | Call::Close { fd }
            | Call::SetNonblocking { fd, .. } => fd,
        };
        let Some(id) = progress.held.or_else(|| self.socket_of(pid, fd)) else { return errno("EBADF") };
        match call {
            Call::Bind { addr, .. } => self.bind(id, *addr, cx).into(),
            Call::Listen { backlog, .. } => self.sys_listen(id, *backlog, cx),
            Call::Accept { .. } => self.sys_accept(pid, id, cx),
            Call::Connect { addr, .. } => self.sys_connect(id, *addr, progress, cx),
            Call::Read { len, .. } => self.sys_recv(id, *len, RecvFlags::default(), progress, cx),
            Call::Recv { len, flags, .. } => self.sys_recv(id, *len, *flags, progress, cx),
            Call::Write { data, .. } => self.sys_send(id, data, SendFlags::default(), progress, cx),
            Call::Send { data, flags, .. } => self.sys_send(id, data, *flags, progress, cx),
            Call::ShutdownWrite { .. } => self.sys_shutdown(id, Shutdown::Write, cx),
            Call::Shutdown { how, .. } => self.sys_shutdown(id, *how, cx),
            Call::SetSockOpt { level, name, value, .. } => self.sys_setsockopt(id, *level, *name, value, cx),
            Call::GetSockOpt { level, name, .. } => self.sys_getsockopt(id, *level, *name),
            Call::Close { .. } => self.sys_close(pid, fd, cx),
            Call::SetNonblocking { on, .. } => {
                if let Some(sock) = self.socks.get_mut(id) {
                    sock.nonblocking = *on;
                }
                OK
            }
            Call::Socket | Call::Sleep { .. } => OK,
        }
    }

    fn sys_socket<R: Recorder>(&mut self, pid: Pid, cx: &mut Step<R>) -> Try {
        let Some(fd) = self.fd_table(pid).and_then(|t| t.lowest_free()) else { return errno("EMFILE") };
        let id = self.socks.fresh_id();
        self.socks.insert(Sock::new(id, Kind::Fresh, cx.now));
        self.install(pid, fd, id);
        Try::Done(fd.into(), Bytes::new())
    }

    fn sys_listen<R: Recorder>(&mut self, id: SockId, backlog: i32, cx: &mut Step<R>) -> Try {
        // A negative backlog is a very large one to Linux, which compares unsigned.
        let (asked, most) = (backlog as u32, self.settings.somaxconn);
        let backlog = asked.min(most);
        if asked > most {
            rule!(cx.r, rules::BACKLOG_CLAMPED, Act, asked, most);
        }
        match self.socks.get_mut(id).map(|s| &mut s.kind) {
            Some(Kind::Stream(_)) | None => return errno("EINVAL"),
            Some(Kind::Listener(l)) => {
                l.backlog = backlog;
                self.report_queues(id, cx);
                return OK;
            }
            Some(Kind::Fresh) => {}
        }
        if let Err(e) = self.autobind(id) {
            return Try::Errno(e);
        }
        if self.listen_conflict(id) {
            return errno("EADDRINUSE");
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        sock.kind = Kind::Listener(Listener::new(backlog));
        let (local, remote) = sock.ends();
        self.listeners.entry(local.port()).or_default().push(id);
        cx.out.events.push(HostEvent::State {
            sock: id,
            local,
            remote,
            from: State::Closed,
            to: State::Listen,
        });
        self.report_queues(id, cx);
        OK
    }

    fn sys_accept<R: Recorder>(&mut self, pid: Pid, id: SockId, cx: &mut Step<R>) -> Try {
        let Some(sock) = self.socks.get(id) else { return errno("EBADF") };
        let nonblocking = sock.nonblocking;
        let Some(l) = sock.listener() else { return errno("EINVAL") };
        if l.accept.is_empty() {
            rule!(cx.r, rules::ACCEPT_EMPTY, Act, 0u32);
            return if nonblocking { errno("EAGAIN") } else { Try::Wait(id) };
        }
        let Some(fd) = self.fd_table(pid).and_then(|t| t.lowest_free()) else { return errno("EMFILE") };
        let Some(l) = self.listener_mut(id) else { return errno("EINVAL") };
        let Some(child) = l.accept.pop_front() else { return errno("EAGAIN") };
        let left = l.accept.len();
        if let Some(sock) = self.socks.get_mut(child) {
            sock.parent = None;
            let remote = sock.ends().1;
            rule!(cx.r, rules::ACCEPT_TAKES, Act, remote, fd as u32, left);
        }
        self.install(pid, fd, child);
        self.report_queues(id, cx);
        Try::Done(fd.into(), Bytes::new())
    }

    /// connect(2), in the order of linux `__inet_stream_connect`.
    fn sys_connect<R: Recorder>(
        &mut self,
        id: SockId,
        addr: SocketAddr,
        progress: &Progress,
        cx: &mut Step<R>,
    ) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let nonblocking = sock.nonblocking;
        match &sock.kind {
            Kind::Listener(_) => errno("EISCONN"),
            Kind::Fresh => match self.start_connect(id, addr, cx) {
                Err(e) => Try::Errno(e),
                Ok(()) if nonblocking => errno("EINPROGRESS"),
                Ok(()) => self.connect_outcome(id, cx),
            },
            Kind::Stream(_) if !sock.connecting => errno("EISCONN"),
            Kind::Stream(c) if nonblocking && progress.held.is_none() && c.state() == State::SynSent => {
                errno("EALREADY")
            }
            Kind::Stream(_) => self.connect_outcome(id, cx),
        }
    }

    fn start_connect<R: Recorder>(
        &mut self,
        id: SockId,
        addr: SocketAddr,
        cx: &mut Step<R>,
    ) -> Result<(), Errno> {
        let mut addr = addr;
        if addr.ip().is_unspecified() {
            // connect to 0.0.0.0 means this host (linux ip_route_output_key).
            addr.set_ip(if addr.is_ipv4() {
                Ipv4Addr::LOCALHOST.into()
            } else {
                IpAddr::V6(Ipv6Addr::LOCALHOST)
            });
        }
        self.choose_local(id, addr, cx)?;
        let Some(sock) = self.socks.get_mut(id) else { return Err(Errno("EBADF")) };
        sock.remote = Some(addr);
        let Some(tuple) = sock.tuple() else { return Err(Errno("EINVAL")) };
        let iss = self.choose_isn(&tuple, cx);
        let config = self.connection_config(id, &tuple);
        let ports = tcp::Ports { local: tuple.local_port, remote: tuple.remote_port };
        let connection = Connection::active_open(config, ports, iss, cx.now, cx.r);
        self.tuples.insert(tuple, id);
        self.count_quietly("TcpActiveOpens");
        if let Some(sock) = self.socks.get_mut(id) {
            sock.kind = Kind::Stream(connection);
            sock.hashed = true;
            sock.connecting = true;
        }
        let ident = self.socks.get(id).map_or(0, |s| self.first_ident(s));
        if let Some(sock) = self.socks.get_mut(id) {
            sock.ip_ident = ident;
        }
        self.settle(id, cx);
        Ok(())
    }

    fn connect_outcome<R: Recorder>(&mut self, id: SockId, cx: &mut Step<R>) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        match sock.state() {
            State::SynSent | State::SynReceived => Try::Wait(id),
            State::Closed => {
                let error = sock.error.take().unwrap_or(Errno("ECONNABORTED"));
                // The socket may be used for another attempt.
                sock.connecting = false;
                sock.kind = Kind::Fresh;
                sock.remote = None;
                if sock.port != PortHold::Bound {
                    sock.local = None;
                }
                if sock.armed.take().is_some() {
                    cx.out.timers.push((TimerKey::Sock(id), None));
                }
                Try::Errno(error)
            }
            _ => {
                sock.connecting = false;
                OK
            }
        }
    }

    /// shutdown(2), in the order of linux `inet_shutdown`.
    fn sys_shutdown<R: Recorder>(&mut self, id: SockId, how: Shutdown, cx: &mut Step<R>) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let c = match &mut sock.kind {
            // In TIME-WAIT the socket has let go of its connection.
            Kind::Stream(c) if !matches!(c.state(), State::Closed | State::TimeWait) => c,
            // Whoever only stops reading goes on listening.
            Kind::Listener(_) if !how.reads() => return OK,
            Kind::Listener(_) => return self.unlisten(id, cx),
            _ => return errno("ENOTCONN"),
        };
        if c.state() == State::SynSent {
            // A connection under way is given up; whoever waits for it is told.
            c.abort(cx.now, cx.r);
            sock.error = Some(Errno("ECONNRESET"));
            self.settle(id, cx);
            return OK;
        }
        sock.reading_ended |= how.reads();
        let done = if how.writes() { c.shutdown_write(cx.now, cx.r).map_err(Errno) } else { Ok(()) };
        self.settle(id, cx);
        done.into()
    }

    /// shutdown(2) of a listener: it is an unused socket again.
    fn unlisten<R: Recorder>(&mut self, id: SockId, cx: &mut Step<R>) -> Try {
        self.end_listening(id, cx);
        if let Some(sock) = self.socks.get_mut(id) {
            sock.kind = Kind::Fresh;
        }
        self.wake(id, cx);
        OK
    }

    fn end_listening<R: Recorder>(&mut self, id: SockId, cx: &mut Step<R>) {
        let Some((local, remote)) = self.socks.get(id).map(Sock::ends) else { return };
        if let Some(same_port) = self.listeners.get_mut(&local.port()) {
            same_port.retain(|&l| l != id);
        }
        self.stop_listening(id, cx);
        let (from, to) = (State::Listen, State::Closed);
        cx.out.events.push(HostEvent::State { sock: id, local, remote, from, to });
    }

    pub(crate) fn sys_close_fd<R: Recorder>(&mut self, pid: Pid, fd: Fd, cx: &mut Step<R>) {
        self.sys_close(pid, fd, cx);
    }

    fn sys_close<R: Recorder>(&mut self, pid: Pid, fd: Fd, cx: &mut Step<R>) -> Try {
        let Some(id) = self.fd_table_mut(pid).and_then(|t| t.remove(fd)) else { return errno("EBADF") };
        if let Some(sock) = self.socks.get_mut(id) {
            sock.refs -= 1;
            if sock.refs == 0 || sock.owner == Some((pid, fd)) {
                sock.owner = None;
            }
        }
        self.release_if_unheld(id, cx);
        OK
    }

    /// Nobody holds the socket any more: neither a descriptor nor a call under way.
    fn release_if_unheld<R: Recorder>(&mut self, id: SockId, cx: &mut Step<R>) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        if sock.refs > 0 || sock.parent.is_some() || !sock.waiters.is_empty() || sock.released {
            return;
        }
        sock.released = true;
        match &mut sock.kind {
            Kind::Fresh => self.reap(id, cx),
            Kind::Listener(_) => {
                self.end_listening(id, cx);
                self.reap(id, cx);
            }
            Kind::Stream(c) => {
                let resets = sock.options.as_ref().is_some_and(|o| o.resets_on_close());
                match c.state() {
                    State::Closed => {}
                    _ if resets => c.abort(cx.now, cx.r),
                    _ => c.close(cx.now, cx.r),
                }
                self.settle(id, cx);
            }
        }
    }
}
