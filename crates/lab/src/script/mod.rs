//! A packetdrill script opened, stepped both ways, and looked at.

mod rows;
mod view;

pub use view::*;

use crate::error::{Result, error, num, word};
use crate::view::RuleView;
use crate::{rules, tcb};
use drill::ast::{OptionLine, Script};
use drill::{Defines, Happening, Run, Verdict};
use std::rc::Rc;
use tcp::{State, Tcb};

/// Longest text that is taken for a script, octets: many times the longest that people write.
pub const TEXT_MAX: usize = 1 << 20;
/// Most events of the host that a script may take before it is stopped with a sentence: seconds of a viewer's patience.
const EVENTS_MAX: u64 = 300_000;
/// Most runs kept to go back to; with more, every other one goes.
const CHECKPOINTS_MAX: usize = 64;

/// A script on its way, with its history. It never runs longer than the drill lets one event run.
pub struct ScriptSession {
    script: Rc<Script>,
    /// Runs by their step, the one at 0 first.
    checkpoints: Vec<(usize, Run)>,
    run: Run,
    /// What each step known so far met and left behind; going back keeps it.
    known: Vec<Done>,
}

/// What a step met and left behind.
struct Done {
    happened: Vec<Happening>,
    /// Packets of the host's in script notation, in the order of `happened`.
    notations: Vec<String>,
    state: Option<&'static str>,
    tcb: Option<Tcb>,
}

impl ScriptSession {
    /// A script about to begin. `profile` stands in the place of the one that the script names.
    ///
    /// # Errors
    /// `script_too_long`; `script_syntax` with line, column, what was expected there and what was found;
    /// `script_unsupported` and `script_cannot_begin` with a line.
    pub fn open(name: &str, text: &str, profile: Option<&str>) -> Result<ScriptSession> {
        if text.len() > TEXT_MAX {
            return Err(error("script_too_long", [("max", num(TEXT_MAX as f64))]));
        }
        let mut script = drill::parse(name, text, &Defines::standard()).map_err(|e| {
            let at = [("line", num(e.at.line)), ("column", num(e.at.column))];
            let [line, column] = at;
            error("script_syntax", [line, column, ("expected", word(e.expected)), ("found", word(e.found))])
        })?;
        if let Some(profile) = profile {
            let at = drill::span::Pos { line: 1, column: 1 };
            script.options.push(OptionLine { name: "profile".into(), value: Some(profile.into()), at });
        }
        let script = Rc::new(script);
        let mut run = Run::begin_script(Rc::clone(&script)).map_err(cannot_begin)?;
        run.limit_events(EVENTS_MAX);
        run.keep_journal();
        Ok(ScriptSession { script, checkpoints: vec![(0, run.clone())], run, known: Vec::new() })
    }

    /// Where the script's events stand, in order.
    pub fn events(&self) -> Vec<EventPlace> {
        let place = |e: &drill::ast::Event| EventPlace {
            line: e.span.from.line,
            end_line: e.span.to.line.max(e.span.from.line),
        };
        self.script.events.iter().map(place).collect()
    }

    /// Does the next event. False where the script was over.
    pub fn step(&mut self) -> bool {
        if self.run.outcome().is_some() {
            return false;
        }
        self.run.step();
        let step = self.at();
        let happened = self.run.take_journal();
        if self.known.len() < step {
            let socket = self.run.socket_under_test();
            let tcb = socket.and_then(|s| self.run.host().tcb(s));
            let listed = || self.run.host().sockets().into_iter().find(|s| Some(s.id) == socket);
            let state = tcb.as_ref().map(|t| t.state).or_else(|| listed().map(|s| s.state));
            let notations = rows::notations(&self.run, &happened);
            // A connection that has gone is CLOSED (RFC 9293 §3.3.2); before the first there is none.
            let gone = self.known.last().and_then(|d| d.state).map(|_| State::Closed);
            let state = state.or(gone).map(State::name);
            self.known.push(Done { happened, notations, state, tcb });
        }
        self.keep(step);
        true
    }

    /// One event back; false at the beginning.
    pub fn back(&mut self) -> bool {
        let step = self.at();
        if step > 0 {
            self.seek(step - 1);
        }
        step > 0
    }

    /// To the state after `step` events, or to the end where there are fewer.
    pub fn seek(&mut self, step: usize) {
        if step < self.at() {
            self.run = self.before(step);
        }
        while self.at() < step && self.step() {}
    }

    /// At most `budget` events on, up to but not into the event at `stop`. True while there is more to do.
    pub fn run(&mut self, budget: u32, stop: Option<usize>) -> bool {
        for _ in 0..budget {
            if !self.step() || Some(self.at()) == stop {
                return false;
            }
        }
        self.run.outcome().is_none()
    }

    /// The rules that step `step` (from 1) went through, made again; none for a step that has not been done.
    pub fn trace(&self, step: usize) -> Vec<RuleView> {
        let done = step <= self.known.len();
        let Some(before) = step.checked_sub(1).filter(|_| done) else { return Vec::new() };
        let mut run = self.before(before);
        while run.verdicts().len() < before && run.step() {}
        run.forget_decisions();
        run.step();
        run.decisions().map(|d| rules::view(d, None)).collect()
    }

    /// Everything at this step.
    pub fn view(&self) -> ScriptView {
        let step = self.at();
        let verdict = |(n, v): (usize, &drill::LineVerdict)| EventVerdict {
            line: v.line,
            at: v.at.0 as f64,
            verdict: word_of(&v.verdict),
            state: self.known.get(n).and_then(|d| d.state).map(Into::into),
        };
        let was = step.checked_sub(2).and_then(|n| self.known[n].tcb.as_ref());
        let now = step.checked_sub(1).and_then(|n| self.known[n].tcb.as_ref());
        ScriptView {
            step: step as u32,
            now: self.run.now().0 as f64,
            profile: self.run.profile().into(),
            verdicts: self.run.verdicts().iter().enumerate().map(verdict).collect(),
            next: self.run.next_event().map(|n| n as u32),
            outcome: self.run.outcome().map(word_of),
            failure: self.run.failure().map(|f| ScriptFailure {
                line: f.line,
                expected: self.script.line(f.line).into(),
                came: f.came.clone(),
                why: f.why.clone(),
            }),
            rows: rows::rows(&self.script, &self.known[..step], self.run.failure().is_some()),
            tcb: now.map(|tcb| ScriptTcb {
                state: tcb.state.name().into(),
                vars: tcb::variables(tcb, was),
                timers: tcb::timers(tcb, was),
            }),
            printed: self.run.printed().to_vec(),
        }
    }

    /// Events done.
    fn at(&self) -> usize {
        self.run.verdicts().len()
    }

    /// The run at the last checkpoint that is not after `step`.
    fn before(&self, step: usize) -> Run {
        let found = self.checkpoints.iter().rev().find(|(at, _)| *at <= step);
        found.map_or_else(|| self.checkpoints[0].1.clone(), |(_, run)| run.clone())
    }

    fn keep(&mut self, step: usize) {
        if self.checkpoints.last().is_none_or(|(at, _)| *at >= step) {
            return;
        }
        if self.checkpoints.len() >= CHECKPOINTS_MAX {
            let mut n = 0;
            self.checkpoints.retain(|_| {
                n += 1;
                n % 2 == 1
            });
        }
        self.checkpoints.push((step, self.run.clone()));
    }
}

fn word_of(verdict: &Verdict) -> VerdictWord {
    match verdict {
        Verdict::Passed => VerdictWord::Passed,
        Verdict::Failed(_) => VerdictWord::Failed,
        Verdict::Unsupported(_) => VerdictWord::Unsupported,
    }
}

/// The drill says `line 3: the command …`; a script that cannot begin for another reason has no line.
fn cannot_begin(verdict: Verdict) -> crate::view::ErrorView {
    let (code, text) = match verdict {
        Verdict::Unsupported(what) => ("script_unsupported", what),
        Verdict::Failed(why) => ("script_cannot_begin", why),
        Verdict::Passed => ("script_cannot_begin", String::new()),
    };
    let placed = text.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
    let placed = placed.and_then(|(line, what)| Some((line.parse::<u32>().ok()?, what)));
    let (line, what) = placed.unwrap_or((1, &text));
    error(code, [("line", num(line)), ("what", word(what))])
}
