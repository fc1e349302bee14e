//! A connection in TIME-WAIT that gives way to a new one of our own between the same ends (RFC 6191; linux
//! `tcp_twsk_unique`). What a SYN of the other side makes of it is `tcp`'s affair.

use crate::secret::FourTuple;
use crate::sock::{Kind, Sock};
use crate::step::Step;
use crate::{Host, SockId, rules};
use tcp::Afterlife;
use tcp::rule;
use tcp::time::{Duration, Instant};

/// When one gives way.
#[derive(Clone, Debug)]
pub(crate) struct TimeWaitReuse {
    /// To a socket that is bound to its port, at once.
    pub(crate) bound: bool,
    /// To one whose port is chosen (`net.ipv4.tcp_tw_reuse`): 0 never, 1 always, 2 on the loopback alone.
    pub(crate) chosen: u32,
    /// Not before it has stood so long (`net.ipv4.tcp_tw_reuse_delay`).
    pub(crate) delay: Duration,
}

impl TimeWaitReuse {
    /// ip-sysctl.rst.
    pub(crate) const LINUX: TimeWaitReuse =
        TimeWaitReuse { bound: true, chosen: 2, delay: Duration::from_millis(1000) };
    /// A four-tuple is taken as long as TIME-WAIT lasts.
    pub(crate) const NEVER: TimeWaitReuse = TimeWaitReuse { bound: false, chosen: 0, ..Self::LINUX };
}

impl Host {
    /// Whether a new connection may have this four-tuple now; `bound`: its port was not chosen for it.
    pub(crate) fn is_free(&self, tuple: &FourTuple, bound: bool, now: Instant) -> bool {
        let Some(&id) = self.tuples.get(tuple) else { return true };
        let reuse = &self.settings.time_wait_reuse;
        let Some(life) = self.socks.get(id).and_then(afterlife) else { return false };
        let chosen = match reuse.chosen {
            2 => tuple.local.is_loopback() || tuple.remote.is_loopback(),
            n => n == 1,
        };
        // linux compares whole milliseconds.
        let over = now.as_millis() > (life.since + reuse.delay).as_millis();
        if bound { reuse.bound } else { chosen && over }
    }

    /// Takes the one in TIME-WAIT away whose four-tuple a new connection gets.
    pub(crate) fn succeed(&mut self, id: SockId, tuple: &FourTuple, cx: &mut Step) -> Option<Afterlife> {
        let old = self.tuples.get(tuple).copied().filter(|&old| old != id)?;
        let life = self.socks.get(old).and_then(afterlife)?;
        rule!(cx.r, rules::TIME_WAIT_REUSED, Act, tuple.local_port, cx.now.since(life.since));
        self.discard(old, cx);
        self.count("TWRecycled", cx);
        Some(life)
    }
}

fn afterlife(sock: &Sock) -> Option<Afterlife> {
    match &sock.kind {
        Kind::Stream(c) => c.afterlife(),
        _ => None,
    }
}
