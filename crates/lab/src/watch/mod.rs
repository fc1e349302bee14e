//! Breakpoints and watches: conditions over variables, fields, rules, calls and what happens, run to forwards and
//! backwards, and shown at the step one stands at. They belong to the person who looks on, not to the world: nothing
//! of them is in a timeline.

mod hunt;
mod names;
mod parse;
mod value;
mod who;

use crate::error::Result;
use crate::read::{Read, Reading, field, fields};
use crate::session::Session;
use crate::tcb;
use crate::view::{Hit, Stop, StopResult, Unit, WatchRow, WatchView};
use hunt::{Asked, Hunt, Moment};
use net::{Step, StepLog, World};
pub use parse::MOST;
use parse::Node;
use tcp::rule::Tape;
use value::{Subject, Value};

/// Rows that an expression without a connection before its names is shown in.
const ROWS: usize = 16;

impl Stop {
    /// Reads a list of them: `[{"when": "rule == \"RTO fired\"", "node": 0, "file": "", "line": 0, "skip": 0}]`.
    ///
    /// # Errors
    /// What is missing, or not what belongs there.
    pub fn parse_list(json: &str) -> std::result::Result<Vec<Stop>, String> {
        crate::read::json(json)
    }
}

impl Read for Stop {
    fn read(value: &serde_json::Value) -> Reading<Stop> {
        let all = fields(value)?;
        Ok(Stop {
            when: field(all, "when", None)?,
            node: field(all, "node", None)?,
            file: field(all, "file", None)?,
            line: field(all, "line", None)?,
            skip: field(all, "skip", None)?,
        })
    }
}

/// Names that expressions can use, for a face that offers them; rules are known by their ids.
pub fn names() -> Vec<String> {
    names::all()
}

impl Session {
    /// Whether a text is an expression: of a `condition`, or to be watched.
    ///
    /// # Errors
    /// `expr_…`, with the column (from 1) and what was found there.
    pub fn check_expression(&self, text: &str, condition: bool) -> Result<()> {
        Asked::new(text, &self.world, condition).map(|_| ())
    }

    /// [`Session::run`] that ends (`break`) after the first step that meets one of the stops.
    ///
    /// # Errors
    /// What is wrong with an expression: `expr_…`.
    pub fn run_to(&mut self, stops: &[Stop], budget: u32, until_ns: f64) -> Result<StopResult> {
        let mut hunt = Hunt::new(stops, &self.world, self.ledger().flows(), self.step)?;
        let mut skip: Vec<u32> = stops.iter().map(|s| s.skip).collect();
        let mut done =
            StopResult { events: 0, stopped: "budget".into(), at: self.step, by: None, hits: Vec::new() };
        while done.events < budget && done.by.is_none() {
            if self.ends_before(until_ns) {
                done.stopped = "target".into();
                break;
            }
            hunt.before(&self.world);
            if !self.forward(&mut hunt.tape) {
                done.stopped = "end".into();
                break;
            }
            done.events += 1;
            done.at = self.step;
            for stop in hunt.after(&self.world, &self.log, self.ledger().flows(), self.step) {
                take(&mut done, &mut skip, self.step, stop);
            }
        }
        Ok(done)
    }

    /// Looks for the last step before `below` that meets one of the stops, in at most about `budget` steps; moves
    /// nothing. Where it stops for want of budget, it has looked at all from `at` on.
    ///
    /// # Errors
    /// What is wrong with an expression: `expr_…`.
    pub fn look_back(&self, stops: &[Stop], below: u32, budget: u32) -> Result<StopResult> {
        let mut skip: Vec<u32> = stops.iter().map(|s| s.skip).collect();
        let below = below.min(self.ledger().steps() + 1);
        let mut done =
            StopResult { events: 0, stopped: "start".into(), at: below, by: None, hits: Vec::new() };
        while done.at > 1 && done.by.is_none() {
            if done.events >= budget {
                done.stopped = "budget".into();
                break;
            }
            let (from, world) = self.timeline().history.before(done.at - 2);
            let mut hunt = Hunt::new(stops, world, self.ledger().flows(), from)?;
            let (mut world, mut log, mut found) = (world.clone(), StepLog::default(), Vec::new());
            for step in from + 1..done.at {
                hunt.before(&world);
                self.timeline().play(step, &mut world, &mut log, &mut hunt.tape);
                let met = hunt.after(&world, &log, self.ledger().flows(), step);
                found.extend(met.into_iter().map(|stop| (step, stop)));
            }
            done.events += done.at - 1 - from;
            done.at = from + 1;
            for (step, stop) in found.into_iter().rev() {
                // Others that the step meets count too; what lies further back does not.
                if done.by.is_none() || done.at == step {
                    take(&mut done, &mut skip, step, stop);
                }
                if done.by.is_some() && done.stopped != "break" {
                    (done.at, done.stopped) = (step, "break".into());
                }
            }
        }
        Ok(done)
    }

    /// What expressions come to at the step we stand at, and what they came to one step before. Each for itself: one
    /// that is wrong says so in its place.
    pub fn watch(&self, list: &[String]) -> Vec<WatchView> {
        let before = self.world_before();
        let mut decisions: Tape = Some(Vec::new());
        let wants_rules =
            list.iter().any(|text| Asked::new(text, &self.world, false).is_ok_and(|a| a.expr.rules));
        if wants_rules {
            self.replay(&mut decisions);
        }
        let arriving = match self.log.step {
            Step::Arrival { frame, .. } => {
                before.as_ref().and_then(|w| w.flight(frame)).map(|f| f.bytes.clone())
            }
            _ => None,
        };
        let packets = if self.step > 0 { hunt::packets(&self.log, arriving) } else { Vec::new() };
        let decisions = decisions.unwrap_or_default();
        let moment = Moment {
            world: &self.world,
            flows: self.ledger().flows(),
            log: (self.step > 0).then_some(&self.log),
            decisions: &decisions,
            packets: &packets,
            step: self.step,
        };
        list.iter().map(|text| self.watched(text, &moment, before.as_ref())).collect()
    }

    fn watched(&self, text: &str, m: &Moment, before: Option<&World>) -> WatchView {
        let mut asked = match Asked::new(text, m.world, false) {
            Ok(asked) => asked,
            Err(e) => return WatchView { rows: Vec::new(), more: 0, error: Some(e) },
        };
        let mut was = Vec::new();
        if let Some(world) = before {
            let then = Moment { world, log: None, decisions: &[], packets: &[], step: m.step - 1, ..*m };
            asked.meets(&then);
            was = asked.values(&then);
        }
        let all: Vec<_> = asked.values(m).into_iter().filter(|(_, value)| *value != Value::Nothing).collect();
        let unit = unit(&asked.expr.root);
        // A truth of a step is new in each: only what stays can have been another.
        let stays = !asked.expr.packets && !asked.expr.events;
        let row = |(subjects, value): &([Option<Subject>; 2], Value)| {
            let old = was.iter().find(|(s, _)| s == subjects).map(|(_, v)| v);
            let changed = stays && before.is_some() && old != Some(value);
            let subject = subjects[0];
            let socket = subject.and_then(|(node, sock)| m.world.host(node)?.socket(sock?));
            WatchRow {
                node: subject.map(|(node, _)| node.0.into()),
                flow: socket.and_then(|s| self.flow(s.local?, s.remote?)),
                unit,
                value: written(value),
                changed,
                was: old.filter(|_| changed).map(written),
            }
        };
        WatchView {
            rows: all.iter().take(ROWS).map(row).collect(),
            more: all.len().saturating_sub(ROWS) as u32,
            error: None,
        }
    }

    /// Whether a run until `until_ns` has nothing more to do.
    fn ends_before(&self, until_ns: f64) -> bool {
        let next = self.world.next().map(|(time, _)| time.0 as f64);
        self.timeline().command_at(self.step + 1).is_none() && next.is_some_and(|at| at > until_ns)
    }
}

/// Writes down that a step meets a stop; ends there unless the stop is to be passed.
fn take(done: &mut StopResult, skip: &mut [u32], step: u32, stop: u32) {
    done.hits.push(Hit { step, stop });
    let left = &mut skip[stop as usize];
    if *left > 0 {
        *left -= 1;
    } else if done.by.is_none() {
        (done.by, done.at, done.stopped) = (Some(stop), step, "break".into());
    }
}

/// How the value of an expression is to be written.
fn unit(node: &Node) -> Unit {
    match node {
        Node::Fact(_, names::Fact::Variable(at)) => tcb::NAMES[*at].1,
        Node::Event(names::Event::Time) => Unit::Ns,
        Node::Field(pick) if pick.is_seq() => Unit::Seq,
        Node::Not(_) | Node::Changed(_) | Node::List(_) => Unit::Bool,
        Node::Event(names::Event::Step | names::Event::Node) => Unit::Count,
        Node::Event(_) => Unit::Bool,
        Node::Two(op, a, b) => match op {
            parse::Op::Add | parse::Op::Sub if unit(a) == unit(b) && unit(a) == Unit::Ns => Unit::Ns,
            parse::Op::Add | parse::Op::Sub if (unit(a) == Unit::Seq) != (unit(b) == Unit::Seq) => Unit::Seq,
            parse::Op::Add | parse::Op::Sub | parse::Op::Mul | parse::Op::Div | parse::Op::Rem => Unit::Count,
            _ => Unit::Bool,
        },
        _ => Unit::Count,
    }
}

fn written(value: &Value) -> crate::view::OperandValue {
    use crate::view::OperandValue;
    match value {
        Value::Nothing => OperandValue::Word { value: String::new() },
        Value::Number(n) => OperandValue::Num { value: *n },
        Value::Seq(n) => OperandValue::Seq { value: *n },
        Value::Text(text) => OperandValue::Word { value: text.to_string() },
    }
}
