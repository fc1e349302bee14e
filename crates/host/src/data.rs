//! Calls that move octets: recv(2), send(2).

use crate::error_queue;
use crate::flags::{RecvFlags, SendFlags};
use crate::sock::Kind;
use crate::step::Step;
use crate::wait::{Progress, Try, errno};
use crate::{Errno, Host, SockId};
use bytes::Bytes;
use std::net::SocketAddr;
use tcp::{Connection, State, WriteFlags};

impl Host {
    /// recv(2), in the order of linux `tcp_recvmsg_locked`: data, error, end of file, then waiting.
    pub(crate) fn sys_recv(
        &mut self,
        id: SockId,
        len: usize,
        flags: RecvFlags,
        progress: &mut Progress,
        cx: &mut Step,
    ) -> Try {
        if flags.error_queue {
            return self.sys_recv_error(id, len);
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let waits = !sock.nonblocking && !flags.dont_wait && !progress.timed_out;
        let ended = sock.reading_ended;
        let deferred = sock.deferred().is_some();
        let fresh = matches!(sock.kind, Kind::Fresh);
        let Kind::Stream(c) = &mut sock.kind else {
            return match (deferred, waits) {
                (true, true) => Try::Wait(id),
                (true, false) => errno("EAGAIN"),
                // linux tcp_recv_urg comes before anybody asks whether there is a connection.
                _ if fresh && flags.urgent => errno("EINVAL"),
                _ => errno("ENOTCONN"),
            };
        };
        if flags.urgent {
            // It never waits (linux `tcp_recv_urg`).
            return match c.take_urgent(flags.peek) {
                Err(e) => errno(e),
                Ok(None) => errno("EAGAIN"),
                Ok(Some(octet)) => {
                    let one = Bytes::copy_from_slice(&[octet]);
                    Try::Done(1, one.slice(..len.min(1)))
                }
            };
        }
        if flags.peek {
            let data = c.peek(len);
            if !data.is_empty() {
                return Try::Done(data.len() as i64, data);
            }
        }
        // How much is enough (linux sock_rcvlowat).
        let mark = sock.options.as_ref().map_or(1, |o| o.read_mark() as usize);
        let target = if flags.wait_all { len } else { mark.min(len) };
        let missing = len - progress.got.min(len);
        let had = c.readable() > 0;
        if missing > 0 && had {
            let taken = match flags.discard {
                true => c.discard(cx.now, missing, cx.r),
                false => c.read(cx.now, missing, cx.r).map(|data| data.map(|d| progress.keep(d))),
            };
            match taken {
                Ok(n) => progress.got += n.unwrap_or(0),
                Err(e) => return errno(e),
            }
        }
        let (dead, eof) = (c.state() == State::Closed, c.eof() && c.readable() == 0);
        if had {
            self.settle(id, cx);
        }
        let got = progress.got;
        if got > 0 && got >= target || len == 0 {
            return received(progress);
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        match sock.error {
            // What came before the error is told first; the error is the next call's.
            Some(_) if got > 0 => received(progress),
            Some(e) if !eof => {
                sock.error = None;
                Try::Errno(e)
            }
            _ if eof || dead || ended => received(progress),
            _ if !waits && got > 0 => received(progress),
            _ if !waits => errno("EAGAIN"),
            _ => Try::Wait(id),
        }
    }

    /// send(2), in the order of linux `tcp_sendmsg_locked`.
    pub(crate) fn sys_send(
        &mut self,
        id: SockId,
        data: &Bytes,
        (flags, to): (SendFlags, Option<SocketAddr>),
        progress: &mut Progress,
        cx: &mut Step,
    ) -> Try {
        let watched = flags.zerocopy
            || flags.stamps.is_some()
            || self.socks.get(id).is_some_and(|s| s.options.as_ref().is_some_and(|o| o.stamps_writes()));
        if !watched {
            return self.send_octets(id, data, (flags, to), progress, cx);
        }
        let start = match progress.began {
            Some(start) => Some(start),
            None => self.socks.get(id).and_then(|s| error_queue::before_write(s, &flags)),
        };
        let end = self.send_octets(id, data, (flags, to), progress, cx);
        match (&end, self.socks.get_mut(id)) {
            (Try::Done(1.., _), Some(sock)) => error_queue::after_write(sock, &flags, start, cx.now),
            (Try::Wait(_), _) => progress.began = start,
            _ => {}
        }
        end
    }

    fn send_octets(
        &mut self,
        id: SockId,
        data: &Bytes,
        (flags, to): (SendFlags, Option<SocketAddr>),
        progress: &mut Progress,
        cx: &mut Step,
    ) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let opening = sock.deferred().is_some() || progress.held.is_some() && sock.connecting;
        if (flags.fast_open || opening)
            && let Some(end) = self.send_fast(id, data, (flags, to), progress, cx)
        {
            return end;
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let waits = !sock.nonblocking && !flags.dont_wait && !progress.timed_out;
        let error = sock.error;
        // A socket that was never connected (linux sk_stream_wait_connect).
        let Kind::Stream(c) = &mut sock.kind else { return errno("EPIPE") };
        let failed = match (error, c.state()) {
            (Some(e), _) => Some(e),
            (None, State::Closed) => Some(Errno("EPIPE")),
            (None, State::SynSent | State::SynReceived) if !c.is_unproven() => {
                if !waits {
                    return errno("EAGAIN");
                }
                c.write_will_follow();
                return Try::Wait(id);
            }
            _ => None,
        };
        let taken = match failed {
            Some(e) => Err(e),
            None => write(c, data, flags, progress, cx).map_err(Errno),
        };
        match taken {
            // What was taken counts; the error is told by the next call.
            Err(_) if progress.written > 0 => Try::Done(progress.written as i64, Bytes::new()),
            Err(e) => {
                sock.error = None;
                Try::Errno(e)
            }
            Ok(n) => {
                progress.written += n;
                self.settle(id, cx);
                match progress.written {
                    all if all == data.len() => Try::Done(all as i64, Bytes::new()),
                    0 if !waits => errno("EAGAIN"),
                    some if !waits => Try::Done(some as i64, Bytes::new()),
                    _ => Try::Wait(id),
                }
            }
        }
    }
}

fn write(
    c: &mut Connection,
    data: &Bytes,
    flags: SendFlags,
    progress: &Progress,
    cx: &mut Step,
) -> Result<usize, &'static str> {
    let flags = WriteFlags { more: flags.more, eor: flags.eor, urgent: flags.urgent };
    c.write_bytes(cx.now, data.slice(progress.written..), flags, cx.r)
}

fn received(progress: &mut Progress) -> Try {
    Try::Done(progress.got as i64, std::mem::take(&mut progress.read))
}
