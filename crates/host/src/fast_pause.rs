//! Paths that swallow Fast Open: what lies on the way drops a SYN for its option or its data, or what follows. A client that
//! meets one does without for a while (linux `tcp_fastopen_active_disable`, ip-sysctl `tcp_fastopen_blackhole_timeout_sec`).

use crate::step::Step;
use crate::{Host, SockId, rules};
use tcp::time::{Duration, Instant};
use tcp::{FastOpenPath, rule};

/// Longest pause, as a power of two of the first (linux `tcp_fastopen_active_should_disable`).
const MOST_DOUBLINGS: u32 = 6;

/// The pause of a host, and how often it had to be made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FastPause {
    since: Instant,
    times: u32,
}

impl FastPause {
    /// When it is over, if the first one is as long as `first`.
    fn until(self, first: Duration) -> Option<Instant> {
        let doublings = self.times.checked_sub(1)?.min(MOST_DOUBLINGS);
        Some(self.since + Duration(first.0 << doublings))
    }
}

impl Host {
    /// No Fast Open for a while, for twice as long as the last time.
    pub(crate) fn pause_fast_open(&mut self, cx: &mut Step) {
        let first = self.settings.fast_open_pause;
        if first == Duration::ZERO {
            return;
        }
        let pause = &mut self.fast_pause;
        (pause.since, pause.times) = (cx.now, pause.times.saturating_add(1));
        let until = pause.until(first).unwrap_or(cx.now);
        rule!(cx.r, rules::FAST_OPEN_PAUSED, Act, until.since(cx.now), pause.times);
        self.count("TCPFastOpenBlackhole", cx);
    }

    /// Whether a client does without now, and whether it tries anew after it had to.
    pub(crate) fn fast_open_pause(&self, now: Instant) -> (bool, bool) {
        let until = self.fast_pause.until(self.settings.fast_open_pause);
        let paused = self.settings.fast_open_pause > Duration::ZERO && until.is_some_and(|until| now < until);
        (paused, !paused && until.is_some())
    }

    /// A connection is over: what that says of its path.
    pub(crate) fn learn_fast_open_path(&mut self, id: SockId, cx: &mut Step) {
        let Some(sock) = self.socks.get_mut(id) else { return };
        let here = sock.remote.is_some_and(|to| to.ip().is_loopback());
        match sock.stream().and_then(|c| c.fast_open_path()) {
            Some(FastOpenPath::Swallows) => self.pause_fast_open(cx),
            Some(FastOpenPath::Passes) if !here => self.fast_pause.times = 0,
            Some(FastOpenPath::Passes) | None => {}
        }
    }

    /// As if no such path had been met: what writing the setting does.
    pub(crate) fn forget_fast_pause(&mut self) {
        self.fast_pause = FastPause::default();
    }
}
