//! One event of the script after the other.

use super::calls::Started;
use super::machine::Stopped;
use super::outbound::Window;
use super::seen::{Kind, Seen};
use super::system::Outcome;
use super::{LineVerdict, Pending, Problem, Run, Verdict, figures, inject};
use crate::ast::{Body, Direction, Event, Packet, Syscall, What, When};
use crate::code::{Failure, Program};
use std::rc::Rc;
use tcp::time::{Duration, Instant};

/// How long a call that blocks may hold up a later one (the original's limit).
const IDLE_WAIT: Duration = Duration::from_secs(1);
/// Longest that a script may wait for a call to return, in its own time.
const STALL_MAX: Duration = Duration::from_secs(24 * 3_600);

impl Run {
    /// Does the next event. False once there is a verdict on the whole script.
    pub fn step(&mut self) -> bool {
        if self.outcome.is_some() {
            return false;
        }
        let script = Rc::clone(&self.script);
        let Some(event) = script.events.get(self.next) else {
            self.conclude();
            return false;
        };
        let index = self.next;
        self.came = None;
        let done = self.event(event, index);
        self.next += 1;
        let line = event.span.from.line;
        match done {
            Ok(()) => {
                self.came = None;
                self.verdict(index, line, Verdict::Passed);
            }
            Err(Problem::Failed(why)) if self.tolerated(event) => {
                self.verdict(index, line, Verdict::Failed(why))
            }
            Err(problem) => {
                self.end(problem, line);
                let verdict = self.outcome.clone().unwrap_or(Verdict::Passed);
                self.verdict(index, line, verdict);
                return false;
            }
        }
        self.base = self.base.max(self.machine.now);
        if self.next == script.events.len() {
            self.conclude();
        }
        self.outcome.is_none()
    }

    fn verdict(&mut self, event: usize, line: u32, verdict: Verdict) {
        self.verdicts.push(LineVerdict { event, line, at: self.machine.now, verdict });
    }

    /// `--non_fatal` lets a script go on.
    fn tolerated(&self, event: &Event) -> bool {
        let (packet, call) = self.settings.non_fatal;
        match event.what {
            What::Packet(_) => packet,
            What::Call { .. } => call,
            _ => false,
        }
    }

    /// Ends the script at `line`.
    pub(super) fn end(&mut self, problem: Problem, line: u32) {
        let (verdict, why) = match problem {
            Problem::Unsupported(what) => (Verdict::Unsupported(format!("line {line}: {what}")), what),
            Problem::Failed(why) => {
                let text = self.script.line(line).to_string();
                let rules = self.rules_that_led_here();
                (Verdict::Failed(format!("line {line}: `{text}`: {why}{rules}")), why)
            }
        };
        self.note_failure(&verdict, line, &why);
        self.outcome = Some(verdict);
    }

    /// The rules of the moment at which something last happened.
    fn rules_that_led_here(&self) -> String {
        /// Enough to see the way; the whole trace is the page's affair.
        const SHOWN: usize = 12;
        let Some((last, _)) = self.machine.decisions.back() else { return String::new() };
        let of_last = self.machine.decisions.iter().filter(|(at, _)| at == last);
        let ids: Vec<&str> = of_last.map(|(_, d)| d.rule.id).collect();
        let skipped = ids.len().saturating_sub(SHOWN);
        let dots = if skipped > 0 { "… " } else { "" };
        format!(" (rules at {last}: {dots}{})", ids[skipped..].join(" "))
    }

    /// From the closing calls at the end on, what is sent is clean-up.
    fn note_closing(&mut self, index: usize) {
        let closes = |e: &Event| matches!(&e.what, What::Call { call, .. } if call.name == "close");
        let clean = |e: &Event| closes(e) || matches!(e.what, What::Command(_));
        if self.closing_from.is_none() && self.script.events[index..].iter().all(clean) {
            self.closing_from = Some(self.machine.sent());
        }
    }

    fn event(&mut self, event: &Event, index: usize) -> Result<(), Problem> {
        match &event.what {
            What::Packet(packet) => self.packet(packet, event.when),
            What::Call { call, end } => {
                let began = self.wait_for(event.when)?;
                self.await_pending(IDLE_WAIT)?;
                self.note_closing(index);
                let line = event.span.from.line;
                match end {
                    None => self.whole_call(call, line),
                    Some(end) => self.blocking_call(call, line, began, event.when, *end),
                }
            }
            What::Command(command) => {
                self.wait_for(event.when)?;
                self.command(&command.text)
            }
            What::Code(program) => {
                self.wait_for(event.when)?;
                self.code(program)
            }
            What::Unsupported(what) => Err(Problem::unsupported(what.clone())),
        }
    }

    /// The moment of a single time.
    fn due(&self, when: When) -> Instant {
        match when {
            When::Absolute(t) | When::AbsoluteWindow(t, _) => Instant(t),
            When::Relative(d) | When::RelativeWindow(d, _) => self.base + Duration(d),
            When::Any => self.base,
        }
    }

    /// Waits for the time of what the script itself does; gives the moment.
    fn wait_for(&mut self, when: When) -> Result<Instant, Problem> {
        let due = self.due(when);
        self.wait_until(due)?;
        Ok(due)
    }

    fn packet(&mut self, packet: &Packet, when: When) -> Result<(), Problem> {
        match (&packet.body, packet.direction) {
            (Body::Tcp(line), Direction::Inbound) => {
                self.wait_for(when)?;
                let peer = self.peer_of(Some(line), Direction::Inbound)?;
                self.learn_remote_isn(peer, line);
                let frame = inject::segment(line, &packet.ip, &self.peers[peer])?;
                self.machine.inject(frame)?;
                self.something_happened();
                Ok(())
            }
            (Body::Icmp(line), Direction::Inbound) => {
                self.wait_for(when)?;
                let peer = self.peer_of(None, Direction::Inbound)?;
                self.learn_port(peer);
                let frame = inject::icmp(line, &packet.ip, &self.peers[peer])?;
                self.machine.inject(frame)?;
                self.something_happened();
                Ok(())
            }
            (Body::Tcp(line), Direction::Outbound) => {
                let window = self.window(when);
                self.outbound(line, &packet.ip, window)
            }
            (Body::Icmp(_), Direction::Outbound) => Err(Problem::unsupported("outbound ICMP packets")),
        }
    }

    /// When an outbound packet may come: the tolerance grows with the time since the event before.
    fn window(&self, when: When) -> Window {
        let (from, to) = match when {
            When::Any => return Window { from: Instant::ZERO, to: Instant::FAR, any: true },
            When::AbsoluteWindow(a, b) => (Instant(a), Instant(b)),
            When::RelativeWindow(a, b) => (self.base + Duration(a), self.base + Duration(b)),
            single => (self.due(single), self.due(single)),
        };
        let share = from.since(self.base).as_micros() as f64 * self.settings.tolerance_percent / 100.0;
        let tolerance = Duration::from_micros(self.settings.tolerance_usecs.max(share as u64));
        Window { from: Instant(from.0.saturating_sub(tolerance.0)), to: to + tolerance, any: false }
    }

    fn code(&mut self, program: &Program) -> Result<(), Problem> {
        let figures = figures::sample(self);
        self.env.sample(figures);
        match self.env.run(program) {
            Ok(()) => Ok(()),
            Err(Failure::Unsupported(what)) => Err(Problem::Unsupported(what)),
            Err(Failure::Failed(line, statement, why)) => {
                Err(Problem::Failed(format!("line {line}: `{statement}` is {why}")))
            }
        }
    }

    /// A call without `...end`: where it blocks, the script stands still.
    fn whole_call(&mut self, call: &Syscall, line: u32) -> Result<(), Problem> {
        let outcome = match self.begin(call)? {
            Started::Over(outcome) => outcome,
            started => {
                let waiting = match started {
                    Started::Waiting(w) => Some(w),
                    _ => None,
                };
                self.note_blocked(line);
                self.pending = Some(Pending { call: call.clone(), line, end: None, waiting, outcome: None });
                return self.await_pending(STALL_MAX);
            }
        };
        self.note_returned(self.machine.now, line, &outcome);
        self.something_happened();
        self.finish(call, &outcome)
    }

    /// A call with `...end` goes on while the script does.
    fn blocking_call(
        &mut self,
        call: &Syscall,
        line: u32,
        began: Instant,
        when: When,
        end: u64,
    ) -> Result<(), Problem> {
        let end = match when {
            When::Relative(_) => self.base + Duration(end),
            _ => Instant(end),
        };
        let share = end.since(began).as_micros() as f64 * self.settings.tolerance_percent / 100.0;
        let tolerance = Duration::from_micros(self.settings.tolerance_usecs.max(share as u64));
        let (waiting, outcome) = match self.begin(call)? {
            Started::Over(outcome) => (None, Some((self.machine.now, outcome))),
            Started::Parked => (None, None),
            Started::Waiting(w) => (Some(w), None),
        };
        let over = outcome.is_some();
        if !over {
            self.note_blocked(line);
        }
        self.pending =
            Some(Pending { call: call.clone(), line, end: Some((end, tolerance)), waiting, outcome });
        self.something_happened();
        if over { self.settle_pending() } else { Ok(()) }
    }

    /// The call that has not returned gets `limit` to do so.
    fn await_pending(&mut self, limit: Duration) -> Result<(), Problem> {
        let Some(pending) = &self.pending else { return Ok(()) };
        let give_up = match pending.end {
            Some((end, tolerance)) => (self.machine.now + limit).max(end + tolerance),
            None => self.machine.now + limit,
        };
        loop {
            let Some(pending) = &self.pending else { return Ok(()) };
            if pending.outcome.is_some() {
                return self.settle_pending();
            }
            match self.next_happening() {
                Some(at) if at <= give_up => self.fire_next()?,
                other => {
                    let name = pending.call.name.clone();
                    let why = if other.is_none() {
                        "nothing is left that could end it"
                    } else {
                        "it did not return in time"
                    };
                    self.pending = None;
                    return Err(Problem::failed(format!("{name}() blocks: {why} (by {give_up})")));
                }
            }
        }
    }

    /// The pending call has returned: its time and its result are compared.
    fn settle_pending(&mut self) -> Result<(), Problem> {
        let Some(Pending { call, line, end, outcome: Some((at, outcome)), .. }) = self.pending.take() else {
            return Ok(());
        };
        self.note_returned(at, line, &outcome);
        if let Some((end, tolerance)) = end
            && (at > end + tolerance || at + tolerance < end)
        {
            return Err(Problem::failed(format!(
                "{}() of line {line} returned at {at}, not at {end}",
                call.name
            )));
        }
        self.finish(&call, &outcome)
    }

    /// After anything that the host did: a call may have returned, a poll may have become ready.
    pub(super) fn something_happened(&mut self) {
        let Some(mut pending) = self.pending.take() else { return };
        if pending.outcome.is_none() {
            pending.outcome = match &pending.waiting {
                Some(waiting) => {
                    let now = self.machine.now;
                    self.ready(waiting).map(|n| (now, Outcome::Value(n, bytes::Bytes::new())))
                }
                None => self.machine.take_returned(),
            };
        }
        self.pending = Some(pending);
    }

    /// When something happens next by itself: a timer of the host's, the end of a poll's patience.
    pub(super) fn next_happening(&self) -> Option<Instant> {
        let patience =
            self.pending.as_ref().filter(|p| p.outcome.is_none()).and_then(|p| p.waiting.as_ref()?.until());
        [self.machine.next_deadline(), patience].into_iter().flatten().min()
    }

    /// The next thing that happens by itself.
    pub(super) fn fire_next(&mut self) -> Result<(), Stopped> {
        let Some(at) = self.next_happening() else { return Ok(()) };
        if self.machine.next_deadline() == Some(at) {
            self.machine.fire_next()?;
        } else {
            self.machine.now = self.machine.now.max(at);
        }
        self.something_happened();
        Ok(())
    }

    /// Lets the host's time pass. At a tie the script comes first.
    pub(super) fn wait_until(&mut self, until: Instant) -> Result<(), Problem> {
        while let Some(at) = self.next_happening()
            && at < until
        {
            self.fire_next()?;
            self.settle_if_returned()?;
        }
        self.machine.now = self.machine.now.max(until);
        self.settle_if_returned()
    }

    fn settle_if_returned(&mut self) -> Result<(), Problem> {
        if self.pending.as_ref().is_some_and(|p| p.outcome.is_some()) {
            self.settle_pending()
        } else {
            Ok(())
        }
    }

    /// Everything is done: a call must have returned, and nothing may be left over.
    fn conclude(&mut self) {
        let line = self.script.events.last().map_or(0, |e| e.span.from.line);
        if let Err(problem) = self.await_pending(IDLE_WAIT) {
            return self.end(problem, line);
        }
        if let Some(cleanup) = self.script.cleanup.clone()
            && let Err(problem) = self.command(&cleanup.text)
        {
            return self.end(problem, cleanup.at.line);
        }
        if let Some(left) = self.left_over() {
            let problem = Problem::failed(format!("after the last line, a packet is left over: `> {left}`"));
            return self.end(problem, line);
        }
        self.outcome = Some(Verdict::Passed);
    }

    /// The first segment of the connection under test that no line asked for. What the closing calls at the end
    /// sent is clean-up and nobody's concern.
    fn left_over(&mut self) -> Option<String> {
        let super::connections::UnderTest::Peer(peer) = self.under_test else { return None };
        let until = self.closing_from.unwrap_or(u64::MAX);
        let frames: Vec<_> = self.machine.captured.drain(..).filter(|c| c.serial <= until).collect();
        for captured in frames {
            match Seen::read(captured.at, &captured.frame) {
                Kind::Tcp(seen) if self.belongs(&seen, peer) => {
                    return Some(seen.script_text(&self.peers[peer], seen.len()));
                }
                Kind::Bad(why) => return Some(why),
                _ => {}
            }
        }
        None
    }
}
