//! What each timer does.

use crate::rule::Tape;
use crate::time::Instant;
use crate::transitions::Cause;
use crate::{Connection, Event, State, TimerKind, rule, rules};

impl Connection {
    /// Every deadline that is due by `now` fires.
    pub fn timers_fire(&mut self, now: Instant, r: &mut Tape) {
        while let Some((kind, armed)) = self.timers.take_due(now) {
            self.events.push_back(Event::TimerFired(kind, armed));
            match kind {
                TimerKind::Retransmit => self.retransmit_fires(now, r),
                TimerKind::TailLossProbe => self.loss_probe_fires(now, r),
                TimerKind::RackReorder => self.reorder_fires(now, r),
                TimerKind::Persist => self.persist_fires(now, r),
                TimerKind::DelayedAck => self.delayed_ack_fires(now, r),
                TimerKind::KeepAlive => self.keepalive_fires(now, r),
                TimerKind::FinWait2 => {
                    rule!(r, rules::FIN_WAIT_2_OVER, Act, now.since(armed));
                    self.die(Cause::TimedOut, None, r);
                }
                TimerKind::TimeWait => {
                    debug_assert_eq!(self.state, State::TimeWait);
                    rule!(r, rules::TIME_WAIT_OVER, Act, now.since(armed));
                    self.count("TW");
                    self.die(Cause::TwoMslOver, None, r);
                }
                TimerKind::UserTimeout => {
                    rule!(r, rules::USER_TIMEOUT, Reset, now.since(armed));
                    self.send_rst(r);
                    self.die(Cause::TimedOut, Some("ETIMEDOUT"), r);
                }
            }
        }
    }

    /// The earliest deadline and its reason.
    pub fn next_deadline(&self) -> Option<(Instant, TimerKind)> {
        self.timers.next()
    }
}
