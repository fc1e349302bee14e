//! A socket that lets go of its connection and can be used for another.

use crate::sock::{Kind, PortHold};
use crate::step::Step;
use crate::wait::{OK, Try, errno};
use crate::{Errno, Host, SockId, TimerKey};
use tcp::State;

impl Host {
    /// The socket may be used for another attempt.
    pub(crate) fn make_fresh(&mut self, id: SockId, cx: &mut Step) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        sock.connecting = false;
        sock.kind = Kind::Fresh;
        sock.remote = None;
        if sock.port != PortHold::Bound {
            sock.local = None;
        }
        if sock.armed.take().is_some() {
            cx.out.timers.push((TimerKey::Sock(id), None));
        }
    }

    /// connect(2) with AF_UNSPEC (linux `tcp_disconnect`): a connection is reset, a listener stops, and the socket is as
    /// it was made, but for its bound address. What is left of a connection in TIME-WAIT stays.
    pub(crate) fn sys_disconnect(&mut self, id: SockId, cx: &mut Step) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        match &mut sock.kind {
            Kind::Epoll(_) | Kind::Datagrams(_) => return errno("ENOTSOCK"),
            Kind::Listener(_) => return self.unlisten(id, cx),
            Kind::Stream(c) if c.state() == State::TimeWait => return OK,
            Kind::Stream(c) => {
                c.abort(cx.now, cx.r);
                let callers = self.take_callers(id);
                self.settle(id, cx);
                self.make_fresh(id, cx);
                if let Some(sock) = self.socks.get_mut(id) {
                    (sock.reading_ended, sock.error) = (false, Some(Errno("ECONNRESET")));
                }
                self.turn_away(callers, id, cx);
            }
            Kind::Fresh => {
                if let Some(fast) = &mut sock.fast {
                    fast.deferred = None;
                }
                self.make_fresh(id, cx);
            }
        }
        self.wake(id, cx);
        OK
    }
}
