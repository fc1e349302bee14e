//! Sixth, check the URG bit.

use crate::rule::Tape;
use crate::{Connection, Event, Segment, State, rule, rules};
use wire::tcp::Flags;

impl Connection {
    /// RCV.UP ← max(RCV.UP, SEG.UP); the caller is told once for each run of urgent data (MUST-32).
    pub(super) fn check_urgent(&mut self, seg: &Segment, r: &mut Tape) {
        let h = &seg.header;
        if !h.flags.has(Flags::URG) {
            return;
        }
        if !matches!(self.state, State::Established | State::FinWait1 | State::FinWait2) {
            rule!(r, rules::URG_IGNORED, Drop, self.state);
            return;
        }
        // MUST-62: it points to the octet after the urgent data.
        let up = h.seq + u32::from(h.urgent);
        let tell = self.urgent_announced(up);
        rule!(r, rules::URG_SET, Act, up, self.rcv.copied);
        if tell {
            self.events.push_back(Event::Urgent);
        }
    }
}
