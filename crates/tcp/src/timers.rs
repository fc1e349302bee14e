//! The timers of a connection: one slot a kind, armed-at and deadline.

use crate::TimerKind;
use crate::time::Instant;

impl TimerKind {
    /// All of them, in the order of the enum.
    pub const ALL: [TimerKind; 9] = [
        TimerKind::Retransmit,
        TimerKind::TailLossProbe,
        TimerKind::RackReorder,
        TimerKind::Persist,
        TimerKind::DelayedAck,
        TimerKind::KeepAlive,
        TimerKind::FinWait2,
        TimerKind::TimeWait,
        TimerKind::UserTimeout,
    ];
}

/// One small table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timers {
    slots: [Slot; TimerKind::ALL.len()],
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    armed: Instant,
    /// [`Instant::FAR`]: not running.
    deadline: Instant,
}

impl Default for Timers {
    fn default() -> Timers {
        Timers { slots: [Slot { armed: Instant::ZERO, deadline: Instant::FAR }; TimerKind::ALL.len()] }
    }
}

impl Timers {
    /// Starts or restarts.
    pub(crate) fn set(&mut self, kind: TimerKind, now: Instant, deadline: Instant) {
        self.slots[kind as usize] = Slot { armed: now, deadline };
    }
    /// Stops it, if it runs.
    pub(crate) fn clear(&mut self, kind: TimerKind) {
        self.slots[kind as usize].deadline = Instant::FAR;
    }
    /// Stops all.
    pub(crate) fn clear_all(&mut self) {
        *self = Timers::default();
    }
    /// When it fires, if it runs.
    pub(crate) fn deadline(&self, kind: TimerKind) -> Option<Instant> {
        let d = self.slots[kind as usize].deadline;
        (d != Instant::FAR).then_some(d)
    }
    /// When it was last armed.
    pub(crate) fn armed(&self, kind: TimerKind) -> Instant {
        self.slots[kind as usize].armed
    }
    /// Whether it runs.
    pub(crate) fn is_set(&self, kind: TimerKind) -> bool {
        self.slots[kind as usize].deadline != Instant::FAR
    }
    /// The earliest; the first kind wins where two are due together.
    pub(crate) fn next(&self) -> Option<(Instant, TimerKind)> {
        let kind = TimerKind::ALL.into_iter().min_by_key(|&k| self.slots[k as usize].deadline)?;
        Some((self.deadline(kind)?, kind))
    }
    /// Takes the earliest that is due by `now`, with the moment at which it had been armed.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<(TimerKind, Instant)> {
        let (deadline, kind) = self.next()?;
        if deadline > now {
            return None;
        }
        self.clear(kind);
        Some((kind, self.slots[kind as usize].armed))
    }
}
