//! System calls. A person's call and a program's go the same way; those that wait are tried again ([`crate::wait`]).

use crate::flags::{RecvFlags, SendFlags, Shutdown};
use crate::listen::Listener;
use crate::sock::{Kind, Sock};
use crate::step::Step;
use crate::wait::{OK, Progress, Try, errno};
use crate::{Call, Errno, Fd, Host, HostEvent, Pid, SockId, rules};
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tcp::{Connection, FastOpenSyn, State, rule};

/// Flags of open(2), fcntl(2) on Linux.
const O_RDWR: i64 = 2;
const O_NONBLOCK: i64 = 0o4000;

impl Host {
    /// One try of a call.
    pub(crate) fn attempt(&mut self, pid: Pid, call: &Call, progress: &mut Progress, cx: &mut Step) -> Try {
        let fd = match *call {
            Call::Socket => return self.new_descriptor(pid, Kind::Fresh, cx),
            Call::NonblockingSocket => return self.new_nonblocking(pid, cx),
            Call::DatagramSocket { what, nonblocking } => {
                let made = self.new_datagrams(pid, what, cx);
                return self.made_nonblocking(pid, made, nonblocking);
            }
            Call::Inet6Socket { what, nonblocking } => {
                let made = self.new_inet6(pid, what, cx);
                return self.made_nonblocking(pid, made, nonblocking);
            }
            Call::EpollCreate => return self.sys_epoll_create(pid, cx),
            Call::Sleep { .. } if progress.timed_out => return OK,
            Call::Sleep { time } => return Try::Sleep(cx.now + time),
            Call::ClockGetTime => return Try::Done(0, timespec(cx.now)),
            Call::Poll { ref fds, timeout } => return self.sys_poll(pid, fds, timeout, progress, cx),
            Call::IgnoreSigpipe { on } => return self.ignore_sigpipe(pid, on),
            Call::Fork => return self.sys_fork(pid, cx),
            Call::IgnoreSigchld { on } => return self.ignore_children(pid, on),
            Call::WaitPid { child, nohang } => return self.sys_waitpid(pid, child, nohang),
            Call::Bind { fd, .. }
            | Call::Listen { fd, .. }
            | Call::Accept { fd }
            | Call::Accept4 { fd, .. }
            | Call::GetSockName { fd }
            | Call::GetPeerName { fd }
            | Call::EpollCtl { epfd: fd, .. }
            | Call::EpollWait { epfd: fd, .. }
            | Call::Connect { fd, .. }
            | Call::Disconnect { fd }
            | Call::Read { fd, .. }
            | Call::Write { fd, .. }
            | Call::Recv { fd, .. }
            | Call::Send { fd, .. }
            | Call::BindLink { fd, .. }
            | Call::RecvFrom { fd, .. }
            | Call::SendLink { fd, .. }
            | Call::ShutdownWrite { fd }
            | Call::Shutdown { fd, .. }
            | Call::SetSockOpt { fd, .. }
            | Call::GetSockOpt { fd, .. }
            | Call::Close { fd }
            | Call::Dup { fd }
            | Call::GetFlags { fd }
            | Call::SetNonblocking { fd, .. } => fd,
        };
        if let Some(done) = self.at_terminal(pid, call) {
            return done;
        }
        let Some(id) = progress.held.or_else(|| self.socket_of(pid, fd)) else { return errno("EBADF") };
        if self.socks.get(id).is_some_and(Sock::is_epoll) && !fits_epoll(call) {
            let moves = matches!(call, Call::Read { .. } | Call::Write { .. });
            return errno(if moves { "EINVAL" } else { "ENOTSOCK" });
        }
        match self.in_family(id, call) {
            Err(e) => Try::Errno(e),
            Ok(None) => self.attempt_on(pid, (fd, id), call, progress, cx),
            Ok(Some(meant)) => self.attempt_on(pid, (fd, id), &meant, progress, cx),
        }
    }

    /// One try of a call about a descriptor.
    fn attempt_on(
        &mut self,
        pid: Pid,
        (fd, id): (Fd, SockId),
        call: &Call,
        progress: &mut Progress,
        cx: &mut Step,
    ) -> Try {
        if let Some(done) = self.attempt_on_datagrams(id, call, progress, cx) {
            return done;
        }
        match call {
            Call::BindLink { .. } | Call::SendLink { .. } => errno("EAFNOSUPPORT"),
            Call::RecvFrom { len, flags, .. } => match self.sys_recv(id, *len, *flags, progress, cx) {
                // A connection has nobody to name.
                Try::Done(n, data) => Try::Done(n, [&[0], &data[..]].concat().into()),
                other => other,
            },
            Call::Bind { addr, .. } => self.bind(id, *addr, cx).into(),
            Call::Listen { backlog, .. } => self.sys_listen(id, *backlog, cx),
            Call::Accept { .. } => self.sys_accept(pid, id, (false, false), progress, cx),
            Call::Accept4 { nonblocking, peer, .. } => {
                self.sys_accept(pid, id, (*nonblocking, *peer), progress, cx)
            }
            Call::GetSockName { .. } => self.sys_getsockname(id),
            Call::GetPeerName { .. } => self.sys_getpeername(id),
            Call::EpollCtl { op, fd, events, data, .. } => {
                let target = (*fd, self.socket_of(pid, *fd));
                self.sys_epoll_ctl(id, *op, target, (*events, *data), cx)
            }
            Call::EpollWait { most, timeout, .. } => self.sys_epoll_wait(id, *most, *timeout, progress, cx),
            Call::Connect { addr, .. } => self.sys_connect(id, *addr, progress, cx),
            Call::Disconnect { .. } => self.sys_disconnect(id, cx),
            Call::Read { len, .. } => self.sys_recv(id, *len, RecvFlags::default(), progress, cx),
            Call::Recv { len, flags, .. } => self.sys_recv(id, *len, *flags, progress, cx),
            Call::Write { data, .. } => self.sys_send(id, data, (SendFlags::default(), None), progress, cx),
            Call::Send { data, flags, to, .. } => self.sys_send(id, data, (*flags, *to), progress, cx),
            Call::ShutdownWrite { .. } => self.sys_shutdown(id, Shutdown::Write, cx),
            Call::Shutdown { how, .. } => self.sys_shutdown(id, *how, cx),
            Call::SetSockOpt { level, name, value, .. } => self.sys_setsockopt(id, *level, *name, value, cx),
            Call::GetSockOpt { level, name, .. } => self.sys_getsockopt(cx.now, id, *level, *name),
            Call::Close { .. } => self.sys_close(pid, fd, progress, cx),
            Call::Dup { .. } => self.sys_dup(pid, id),
            Call::GetFlags { .. } => {
                let nonblocking = self.socks.get(id).is_some_and(|s| s.nonblocking);
                Try::Done(O_RDWR | if nonblocking { O_NONBLOCK } else { 0 }, Bytes::new())
            }
            Call::SetNonblocking { on, .. } => {
                if let Some(sock) = self.socks.get_mut(id) {
                    sock.nonblocking = *on;
                }
                OK
            }
            Call::Socket
            | Call::NonblockingSocket
            | Call::DatagramSocket { .. }
            | Call::Inet6Socket { .. }
            | Call::EpollCreate
            | Call::Sleep { .. }
            | Call::ClockGetTime
            | Call::Poll { .. }
            | Call::Fork
            | Call::WaitPid { .. }
            | Call::IgnoreSigchld { .. }
            | Call::IgnoreSigpipe { .. } => OK,
        }
    }

    fn new_nonblocking(&mut self, pid: Pid, cx: &mut Step) -> Try {
        let made = self.new_descriptor(pid, Kind::Fresh, cx);
        self.made_nonblocking(pid, made, true)
    }

    fn made_nonblocking(&mut self, pid: Pid, made: Try, on: bool) -> Try {
        if let Try::Done(fd, _) = made
            && on
            && let Some(sock) = self.socket_of(pid, fd as Fd).and_then(|id| self.socks.get_mut(id))
        {
            sock.nonblocking = true;
        }
        made
    }

    /// Another descriptor, for something new.
    pub(crate) fn new_descriptor(&mut self, pid: Pid, kind: Kind, cx: &mut Step) -> Try {
        let Some(fd) = self.fd_table(pid).and_then(|t| t.lowest_free()) else { return errno("EMFILE") };
        let id = self.socks.fresh_id();
        self.socks.insert(Sock::new(id, kind, cx.now));
        self.install(pid, fd, id);
        Try::Done(fd.into(), Bytes::new())
    }

    fn sys_listen(&mut self, id: SockId, backlog: i32, cx: &mut Step) -> Try {
        // A negative backlog is a very large one to Linux, which compares unsigned.
        let (asked, most) = (backlog as u32, self.settings.somaxconn);
        let backlog = asked.min(most);
        if asked > most {
            rule!(cx.r, rules::BACKLOG_CLAMPED, Act, asked, most);
        }
        match self.socks.get_mut(id).map(|s| &mut s.kind) {
            Some(Kind::Datagrams(_)) => return errno("EOPNOTSUPP"),
            Some(Kind::Stream(_) | Kind::Epoll(_)) | None => return errno("EINVAL"),
            Some(Kind::Listener(l)) => {
                (l.backlog, l.widest) = (backlog, l.widest.max(backlog));
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
        let fast = self.fast_open_limit(id, backlog);
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let mut listener = Listener::new(backlog);
        listener.fast.max = fast;
        sock.kind = Kind::Listener(listener);
        let (local, remote) = sock.ends();
        self.listeners.entry(local.port(), Vec::new()).push(id);
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

    fn sys_accept(
        &mut self,
        pid: Pid,
        id: SockId,
        (nonblocking_child, peer): (bool, bool),
        progress: &Progress,
        cx: &mut Step,
    ) -> Try {
        let Some(sock) = self.socks.get(id) else { return errno("EBADF") };
        let nonblocking = sock.nonblocking || progress.timed_out;
        if matches!(sock.kind, Kind::Datagrams(_)) {
            return errno("EOPNOTSUPP");
        }
        let Some(l) = sock.listener() else { return errno("EINVAL") };
        if l.accept.is_empty() {
            rule!(cx.r, rules::ACCEPT_EMPTY, Act, 0u32);
            return if nonblocking { errno("EAGAIN") } else { Try::Wait(id) };
        }
        let Some(fd) = self.fd_table(pid).and_then(|t| t.lowest_free()) else { return errno("EMFILE") };
        let Some(l) = self.listener_mut(id) else { return errno("EINVAL") };
        let Some(child) = l.accept.pop_front() else { return errno("EAGAIN") };
        let left = l.accept.len();
        let mut addr = Bytes::new();
        if let Some(sock) = self.socks.get_mut(child) {
            sock.parent = None;
            sock.nonblocking = nonblocking_child;
            let remote = sock.ends().1;
            if peer {
                addr = sock.told(Some(remote));
            }
            rule!(cx.r, rules::ACCEPT_TAKES, Act, remote, fd as u32, left);
        }
        self.install(pid, fd, child);
        self.report_queues(id, cx);
        // What is taken out is news to those that watch: the next one to come in is an edge again.
        self.tell_watchers(id, cx);
        Try::Done(fd.into(), addr)
    }

    /// connect(2), in the order of linux `__inet_stream_connect`.
    fn sys_connect(&mut self, id: SockId, addr: SocketAddr, progress: &Progress, cx: &mut Step) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let nonblocking = sock.nonblocking;
        match &sock.kind {
            Kind::Epoll(_) | Kind::Datagrams(_) => errno("ENOTSOCK"),
            Kind::Listener(_) => errno("EISCONN"),
            Kind::Fresh if sock.deferred().is_some() => errno("EISCONN"),
            // It waited, and somebody else was told why the attempt is over (linux `__inet_stream_connect`, sock_error).
            Kind::Fresh if progress.held.is_some() => {
                Try::Errno(sock.error.take().unwrap_or(Errno("ECONNABORTED")))
            }
            Kind::Fresh => {
                let fast = self.wants_fast_connect(id);
                let syn = if fast { self.fast_connect(id, addr.ip(), cx) } else { Some(None) };
                let Some(syn) = syn else { return self.defer_connect(id, addr, cx) };
                match self.start_connect(id, addr, syn, cx) {
                    Err(e) => Try::Errno(e),
                    Ok(()) if nonblocking => errno("EINPROGRESS"),
                    Ok(()) => self.connect_outcome(id, cx),
                }
            }
            Kind::Stream(_) if !sock.connecting => errno("EISCONN"),
            Kind::Stream(c) if nonblocking && progress.held.is_none() && c.is_opening() => errno("EALREADY"),
            // SO_SNDTIMEO: it goes on in the background.
            Kind::Stream(c) if progress.timed_out && c.state() == State::SynSent => errno("EINPROGRESS"),
            Kind::Stream(_) => self.connect_outcome(id, cx),
        }
    }

    /// connect(2) whose SYN waits for the first write (TCP_FASTOPEN_CONNECT).
    fn defer_connect(&mut self, id: SockId, addr: SocketAddr, cx: &mut Step) -> Try {
        if let Err(e) = self.choose_ends(id, addr, cx) {
            return Try::Errno(e);
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        sock.fast.get_or_insert_default().deferred = sock.remote;
        rule!(cx.r, rules::FAST_OPEN_DEFERRED, Act, addr);
        OK
    }

    fn choose_ends(&mut self, id: SockId, mut addr: SocketAddr, cx: &mut Step) -> Result<(), Errno> {
        if addr.ip().is_unspecified() {
            // connect to 0.0.0.0 means this host (linux ip_route_output_key).
            addr.set_ip(if addr.is_ipv4() {
                Ipv4Addr::LOCALHOST.into()
            } else {
                IpAddr::V6(Ipv6Addr::LOCALHOST)
            });
        }
        self.choose_local(id, addr, cx)?;
        self.socks.get_mut(id).ok_or(Errno("EBADF"))?.remote = Some(addr);
        Ok(())
    }

    /// Sends the SYN; with `fast`, by the way of Fast Open.
    pub(crate) fn start_connect(
        &mut self,
        id: SockId,
        addr: SocketAddr,
        fast: Option<FastOpenSyn>,
        cx: &mut Step,
    ) -> Result<(), Errno> {
        if self.socks.get(id).is_some_and(|s| s.deferred().is_none()) {
            self.choose_ends(id, addr, cx)?;
        }
        let Some(sock) = self.socks.get_mut(id) else { return Err(Errno("EBADF")) };
        let Some(tuple) = sock.tuple() else { return Err(Errno("EINVAL")) };
        let iss = self.choose_isn(&tuple, cx);
        let old = self.succeed(id, &tuple, cx);
        let iss = old.map_or(iss, |old| old.iss);
        let config = self.connection_config(id, &tuple);
        let ports = tcp::Ports { local: tuple.local_port, remote: tuple.remote_port };
        let mut connection = match fast {
            Some(syn) => Connection::active_fast_open(config, ports, iss, syn, cx.now, cx.r),
            None => Connection::active_open(config, ports, iss, cx.now, cx.r),
        };
        if let Some(old) = &old {
            connection.succeed(old, cx.now);
        }
        self.tuples.insert(tuple, id);
        self.count_quietly("ActiveOpens");
        if let Some(sock) = self.socks.get_mut(id) {
            sock.kind = Kind::Stream(connection);
            sock.forget_ways();
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

    pub(crate) fn connect_outcome(&mut self, id: SockId, cx: &mut Step) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        match sock.state() {
            State::SynSent | State::SynReceived => Try::Wait(id),
            State::Closed => {
                let error = sock.error.take().unwrap_or(Errno("ECONNABORTED"));
                self.make_fresh(id, cx);
                Try::Errno(error)
            }
            _ => {
                sock.connecting = false;
                OK
            }
        }
    }

    /// shutdown(2), in the order of linux `inet_shutdown`.
    fn sys_shutdown(&mut self, id: SockId, how: Shutdown, cx: &mut Step) -> Try {
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
        if how.reads() {
            sock.reading_ended = true;
            c.stop_reading();
        }
        let done = if how.writes() { c.shutdown_write(cx.now, cx.r).map_err(Errno) } else { Ok(()) };
        self.settle(id, cx);
        done.into()
    }

    /// shutdown(2) of a listener: it is an unused socket again.
    pub(crate) fn unlisten(&mut self, id: SockId, cx: &mut Step) -> Try {
        self.end_listening(id, cx);
        if let Some(sock) = self.socks.get_mut(id) {
            sock.kind = Kind::Fresh;
        }
        self.wake(id, cx);
        OK
    }

    fn end_listening(&mut self, id: SockId, cx: &mut Step) {
        let Some((local, remote)) = self.socks.get(id).map(Sock::ends) else { return };
        if let Some(same_port) = self.listeners.get_mut(&local.port()) {
            same_port.retain(|&l| l != id);
        }
        self.stop_listening(id, cx);
        let (from, to) = (State::Listen, State::Closed);
        cx.out.events.push(HostEvent::State { sock: id, local, remote, from, to });
    }

    /// dup(2): another descriptor for the same open file description.
    fn sys_dup(&mut self, pid: Pid, id: SockId) -> Try {
        let Some(fd) = self.fd_table(pid).and_then(|t| t.lowest_free()) else { return errno("EMFILE") };
        self.install(pid, fd, id);
        Try::Done(fd.into(), Bytes::new())
    }

    pub(crate) fn sys_close_fd(&mut self, pid: Pid, fd: Fd, cx: &mut Step) {
        self.sys_close(pid, fd, &Progress::default(), cx);
    }

    fn sys_close(&mut self, pid: Pid, fd: Fd, progress: &Progress, cx: &mut Step) -> Try {
        if let Some(id) = progress.held {
            return if progress.timed_out || !self.is_closing(id) { OK } else { Try::Wait(id) };
        }
        let Some(id) = self.fd_table_mut(pid).and_then(|t| t.remove(fd)) else { return errno("EBADF") };
        if let Some(sock) = self.socks.get_mut(id) {
            sock.refs -= 1;
            if sock.refs == 0 || sock.owner == Some((pid, fd)) {
                sock.owner = None;
            }
            if sock.refs == 0 {
                self.stop_watching(id);
            }
        }
        self.release_if_unheld(id, cx);
        let lingers = |s: &Sock| s.released && s.options.as_ref().is_some_and(|o| o.lingers().is_some());
        if self.socks.get(id).is_some_and(lingers) && self.is_closing(id) {
            return Try::Wait(id);
        }
        OK
    }
    /// Our FIN is not acknowledged (linux sk_stream_closing).
    fn is_closing(&self, id: SockId) -> bool {
        let state = self.socks.get(id).map(Sock::state);
        matches!(state, Some(State::FinWait1 | State::Closing | State::LastAck))
    }

    /// Nobody holds the socket any more: neither a descriptor nor a call under way.
    pub(crate) fn release_if_unheld(&mut self, id: SockId, cx: &mut Step) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        if sock.refs > 0 || sock.parent.is_some() || !sock.waiters.is_empty() || sock.released {
            return;
        }
        sock.released = true;
        match &mut sock.kind {
            Kind::Fresh | Kind::Epoll(_) | Kind::Datagrams(_) => self.reap(id, cx),
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

/// A `struct timespec`: seconds and nanoseconds, 64 bits each, little-endian.
fn timespec(at: tcp::time::Instant) -> Bytes {
    let halves = [at.0 / 1_000_000_000, at.0 % 1_000_000_000];
    Bytes::from(halves.map(u64::to_le_bytes).concat())
}

/// Calls that an epoll descriptor takes.
fn fits_epoll(call: &Call) -> bool {
    matches!(
        call,
        Call::EpollCtl { .. }
            | Call::EpollWait { .. }
            | Call::Close { .. }
            | Call::Dup { .. }
            | Call::GetFlags { .. }
            | Call::SetNonblocking { .. }
    )
}
