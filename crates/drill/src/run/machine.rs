//! The host under test with a clock of its own: a small event loop in virtual time.

use super::journal::{Deed, Happening};
use super::system::{Begun, Outcome};
use bytes::Bytes;
use host::{Call, CallResult, Host, HostEvent, Output, Pid, TimerKey};
use std::collections::{BTreeMap, VecDeque};
use tcp::rule::{Decision, Tape};
use tcp::time::Instant;

/// The shell whose calls a script makes.
pub(super) const SCRIPT: Pid = Pid(0);
/// Most decisions kept for explaining a failure.
const DECISIONS_MAX: usize = 400;
/// Most events that one script may take: beyond it something goes round in circles.
const EVENTS_MAX: u64 = 2_000_000;

/// A frame that the host sent.
#[derive(Clone, Debug)]
pub(super) struct Captured {
    /// When.
    pub at: Instant,
    /// The Ethernet frame.
    pub frame: Bytes,
    /// Which frame it was, from 1.
    pub serial: u64,
}

/// A host, its timers, and what came out of it.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub host: Host,
    pub now: Instant,
    timers: BTreeMap<TimerKey, Instant>,
    /// Frames in the order in which they left.
    pub captured: VecDeque<Captured>,
    /// The end of the call that was parked.
    pub returned: VecDeque<(Instant, CallResult)>,
    /// The latest rules, with when they were decided, oldest first.
    pub decisions: VecDeque<(Instant, Decision)>,
    /// What happens, where somebody wants it written down.
    pub journal: Option<Vec<Happening>>,
    /// Most events that the script may take.
    pub events_max: u64,
    events: u64,
    sent: u64,
}

/// Why the clock cannot be moved on.
pub(super) struct Stopped(pub String);

impl Machine {
    pub fn new(host: Host) -> Machine {
        Machine {
            host,
            now: Instant::ZERO,
            timers: BTreeMap::new(),
            captured: VecDeque::new(),
            returned: VecDeque::new(),
            decisions: VecDeque::new(),
            journal: None,
            events_max: EVENTS_MAX,
            events: 0,
            sent: 0,
        }
    }

    /// The earliest deadline.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.timers.values().min().copied()
    }

    /// Fires the earliest deadline, where one is set.
    pub fn fire_next(&mut self) -> Result<(), Stopped> {
        let Some((at, key)) = self.timers.iter().map(|(k, t)| (*t, *k)).min() else { return Ok(()) };
        self.timers.remove(&key);
        self.now = self.now.max(at);
        self.with_host(|host, now, out, r| host.timer_fires(now, key, out, r))
    }

    /// A frame reaches the host's interface.
    pub fn inject(&mut self, frame: Bytes) -> Result<(), Stopped> {
        self.note_at(self.now, || Deed::Arrived { frame: frame.clone() });
        self.with_host(|host, now, out, r| host.frame_arrives(now, 0, frame, out, r))
    }

    /// The script makes a call.
    pub fn call(&mut self, call: Call) -> Result<CallResult, Stopped> {
        let mut result = CallResult::Blocked;
        self.with_host(|host, now, out, r| result = host.call(now, SCRIPT, call, out, r))?;
        // What returned at once was reported by its result; only a parked call's end is waited for.
        if result != CallResult::Blocked {
            self.returned.clear();
        }
        Ok(result)
    }

    /// How many frames have left so far.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// When and how the parked call returned, once it has.
    pub fn take_returned(&mut self) -> Option<(Instant, Outcome)> {
        let (at, result) = self.returned.pop_front()?;
        match Begun::from(result) {
            Begun::Over(outcome) => Some((at, outcome)),
            Begun::Parked => None,
        }
    }

    /// Writes down what happened, where somebody wants it.
    pub fn note_at(&mut self, at: Instant, deed: impl FnOnce() -> Deed) {
        if let Some(journal) = &mut self.journal {
            journal.push(Happening { at, deed: deed() });
        }
    }

    fn with_host(
        &mut self,
        act: impl FnOnce(&mut Host, Instant, &mut Output, &mut Tape),
    ) -> Result<(), Stopped> {
        self.events += 1;
        if self.events > self.events_max {
            let most = self.events_max;
            return Err(Stopped(format!("stopped after {most} events: the script does not end")));
        }
        let mut out = Output::default();
        let mut tape = Some(Vec::new());
        act(&mut self.host, self.now, &mut out, &mut tape);
        let decisions = tape.unwrap_or_default();
        let excess = (self.decisions.len() + decisions.len()).saturating_sub(DECISIONS_MAX);
        self.decisions.drain(..excess.min(self.decisions.len()));
        self.decisions.extend(decisions.into_iter().map(|d| (self.now, d)));
        for sent in out.frames {
            self.sent += 1;
            let serial = self.sent;
            self.note_at(self.now, || Deed::Left { frame: sent.frame.clone(), serial });
            self.captured.push_back(Captured { at: self.now, frame: sent.frame, serial: self.sent });
        }
        for (key, deadline) in out.timers {
            match deadline {
                Some(at) => self.timers.insert(key, at),
                None => self.timers.remove(&key),
            };
        }
        for event in out.events {
            if let HostEvent::CallReturned { pid: SCRIPT, result, .. } = event {
                self.returned.push_back((self.now, result));
            }
        }
        Ok(())
    }
}
