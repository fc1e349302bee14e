//! A session, as JavaScript holds it.
use crate::arguments::{given, whole};
use crate::error::{bad_argument, error};
use crate::{platform, rescue, value};
use js_sys::Uint8Array;
use lab::view::{Command, ErrorView, Target};
use serde::Serialize;
use wasm_bindgen::prelude::*;

pub(crate) type Js<T = JsValue> = Result<T, JsValue>;

/// Events between two looks at the clock in [`Session::run_for`]: some tens of microseconds of work.
const SLICE: u32 = 64;

/// A world with its history: scenario + seed + command log (`lab::Session`). Every method that can fail
/// throws an `Error` with `code` and `operands`.
#[wasm_bindgen]
pub struct Session {
    pub(crate) inner: lab::Session,
    /// What [`rescue::panic_timeline`] hands out should this session be the one that panics.
    pub(crate) rescue: rescue::Rescue,
}

/// A result as JavaScript has it: a plain value, or thrown.
pub(crate) fn plain<T: Serialize>(result: Result<T, ErrorView>) -> Js {
    result.map_err(|e| error(&e)).and_then(|v| value::give(&v))
}

/// Like [`plain`], for what wasm-bindgen itself can hand over.
pub(crate) fn bare<T>(result: Result<T, ErrorView>) -> Js<T> {
    result.map_err(|e| error(&e))
}

#[wasm_bindgen]
impl Session {
    /// A world at its beginning: `scenario` is a scenario as JSON (`www/src/engine/shipped.ts` has the shipped
    /// ones). Without a seed, the scenario's own.
    ///
    /// # Errors
    /// `unknown_scenario`, `bad_scenario`, `bad_argument`.
    #[wasm_bindgen(constructor)]
    pub fn new(scenario: &str, seed: Option<f64>) -> Js<Session> {
        let seed = seed.map(whole).transpose()?;
        bare(lab::Session::new(scenario, seed)).map(Session::begin)
    }

    /// What `save` gave, as a session at its last step.
    ///
    /// # Errors
    /// `bad_timeline`.
    pub fn restore(timeline: &[u8]) -> Js<Session> {
        bare(lab::Session::restore(timeline)).map(Session::begin)
    }

    pub(crate) fn begin(inner: lab::Session) -> Session {
        let rescue = rescue::Rescue::new(inner.save());
        Session { inner, rescue }
    }

    /// A seed that nobody can guess, from the browser's entropy, for `new Session(…, seed)`.
    ///
    /// # Errors
    /// `no_entropy` where there is no `crypto`.
    #[wasm_bindgen(js_name = freshSeed)]
    pub fn fresh_seed() -> Js<f64> {
        platform::entropy()
    }

    /// The calls of the console, for a form.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.CallView[]")]
    pub fn calls() -> Js {
        value::give(&lab::console::calls())
    }

    /// The answer to a question typed at a host (`ss -tan`, `nstat`); undefined where the line is a call.
    ///
    /// # Errors
    /// `unknown_node`.
    pub fn ask(&self, node: u32, line: &str) -> Js<Option<String>> {
        let _guard = self.rescue.enter();
        bare(self.inner.ask(node, line))
    }

    /// What could stand at the end of a line typed at a host.
    ///
    /// # Errors
    /// `unknown_node`.
    #[wasm_bindgen(unchecked_return_type = "view.Completions")]
    pub fn complete(&self, node: u32, line: &str) -> Js {
        let _guard = self.rescue.enter();
        plain(self.inner.complete(node, line))
    }

    /// The last `most` lines of the log of calls up to this step, of one host or of all.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.LogLine[]")]
    pub fn log(&self, node: Option<u32>, most: u32) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.log(node, most))
    }

    /// The first `most` lines of the log of the steps that are known after this one.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(js_name = logAhead, unchecked_return_type = "view.LogLine[]")]
    pub fn log_ahead(&self, node: Option<u32>, most: u32) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.log_ahead(node, most))
    }

    /// Every rule; the index is the `reason` of a record.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.RuleInfo[]")]
    pub fn rules() -> Js {
        value::give(&lab::Session::rules())
    }

    /// Everything at this step but the long lists.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.View")]
    pub fn view(&self) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.view())
    }

    /// The rules that the step we stand at went through, made again by replay.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.Trace")]
    pub fn trace(&self) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.trace())
    }

    /// One event on; false at the world's end.
    pub fn step(&mut self) -> bool {
        let _guard = self.rescue.enter();
        self.inner.step()
    }

    /// One event back; false at the beginning.
    pub fn back(&mut self) -> bool {
        let _guard = self.rescue.enter();
        self.inner.back()
    }

    /// To the state after `step` events, or to the last there is.
    pub fn seek(&mut self, step: u32) {
        let _guard = self.rescue.enter();
        self.inner.seek(step);
    }

    /// On (or back) to the next packet, call or line of a program; handles at most `budget` events.
    ///
    /// # Errors
    /// `bad_argument` for another `what`.
    #[wasm_bindgen(js_name = stepTo, unchecked_return_type = "view.RunResult")]
    pub fn step_to(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "'packet' | 'call' | 'program'")] what: &str,
        back: bool,
        budget: u32,
    ) -> Js {
        let _guard = self.rescue.enter();
        plain(self.inner.step_to(what, back, budget))
    }

    /// A slice of a long run: at most `budget` events, none later than `until_ns`.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.RunResult")]
    pub fn run(&mut self, budget: u32, until_ns: f64) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.run(budget, until_ns))
    }

    /// Like `run`, with the viewer's time as budget: returns after about `milliseconds`, so that a page can
    /// run a long world between two frames of its own.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(js_name = runFor, unchecked_return_type = "view.RunResult")]
    pub fn run_for(&mut self, milliseconds: f64, until_ns: f64) -> Js {
        let _guard = self.rescue.enter();
        let end = platform::now_ms() + milliseconds;
        let mut done = self.inner.run(SLICE, until_ns);
        while done.stopped == "budget" && platform::now_ms() < end {
            let more = self.inner.run(SLICE, until_ns);
            done = lab::view::RunResult { events: done.events + more.events, stopped: more.stopped };
        }
        value::give(&done)
    }

    /// Like `run`, but ends (`break`) after the first step that meets one of the stops.
    ///
    /// # Errors
    /// `bad_argument`, `expr_…`.
    #[wasm_bindgen(js_name = runTo, unchecked_return_type = "view.StopResult")]
    pub fn run_to(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "view.Stop[]")] stops: JsValue,
        budget: u32,
        until_ns: f64,
    ) -> Js {
        let _guard = self.rescue.enter();
        let stops = given(&stops)?;
        plain(self.inner.run_to(&stops, budget, until_ns))
    }

    /// Looks for the last step before `below` that meets one of the stops; moves nothing. After `budget`, call again
    /// with what `at` says.
    ///
    /// # Errors
    /// `bad_argument`, `expr_…`.
    #[wasm_bindgen(js_name = lookBack, unchecked_return_type = "view.StopResult")]
    pub fn look_back(
        &self,
        #[wasm_bindgen(unchecked_param_type = "view.Stop[]")] stops: JsValue,
        below: u32,
        budget: u32,
    ) -> Js {
        let _guard = self.rescue.enter();
        let stops = given(&stops)?;
        plain(self.inner.look_back(&stops, below, budget))
    }

    /// Looks for the last step before `below` that gave a value what it has; see `lookBack`. `what` is a variable or
    /// timer of a socket, `state`, `row`, `entry`; a counter where the socket is 0.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.StopResult")]
    pub fn who(&self, node: u32, socket: u32, what: &str, below: u32, budget: u32) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.who(&Target { node, socket, what: what.into() }, below, budget))
    }

    /// The rule of this step that set a value, by its place in `trace`; undefined where none says so.
    pub fn setter(&self, node: u32, socket: u32, what: &str) -> Option<u32> {
        let _guard = self.rescue.enter();
        self.inner.setter(&Target { node, socket, what: what.into() })
    }

    /// What expressions come to at this step; one that is wrong says so in its place.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.WatchView[]")]
    pub fn watch(&self, list: Vec<String>) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.watch(&list))
    }

    /// Whether a text is an expression, of a condition or to be watched; throws what is wrong with it.
    ///
    /// # Errors
    /// `expr_…`, with the column.
    #[wasm_bindgen(js_name = checkExpression)]
    pub fn check_expression(&self, text: &str, condition: bool) -> Js<()> {
        let _guard = self.rescue.enter();
        bare(self.inner.check_expression(text, condition))
    }

    /// Names that expressions can use.
    pub fn names() -> Vec<String> {
        lab::watch::names()
    }

    /// What history is kept of this timeline.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.HistoryView")]
    pub fn history(&self) -> Js {
        value::give(&self.inner.history())
    }

    /// Whether a text is a program; throws what is wrong with it.
    ///
    /// # Errors
    /// `bad_program`, with `file`, `line` and `column`.
    #[wasm_bindgen(js_name = checkProgram)]
    pub fn check_program(file: &str, text: &str) -> Js<()> {
        bare(lab::breaks::check_program(file, text))
    }

    /// This scenario from its beginning with another text for a program of a node.
    ///
    /// # Errors
    /// `bad_program`, `unknown_node`, `unknown_file`.
    #[wasm_bindgen(js_name = withProgram)]
    pub fn with_program(&self, node: u32, file: &str, text: &str) -> Js<Session> {
        let _guard = self.rescue.enter();
        bare(self.inner.with_program(node, file, text)).map(Session::begin)
    }

    /// This timeline as a scenario file (JSON): opened and run as far, it is the same to the byte.
    #[wasm_bindgen(js_name = scenarioFile)]
    pub fn scenario_file(&self) -> Uint8Array {
        let _guard = self.rescue.enter();
        Uint8Array::from(self.inner.scenario_file().as_slice())
    }

    /// Does something to the world. In the past, it forks a timeline.
    ///
    /// # Errors
    /// What the command refuses: `not_in_flight`, `bad_hex`, …; the world is as it was.
    #[wasm_bindgen(unchecked_return_type = "view.CommandResult")]
    pub fn command(&mut self, #[wasm_bindgen(unchecked_param_type = "view.Command")] command: JsValue) -> Js {
        let command: Command = value::json(&command)
            .and_then(|text| Command::parse(&text))
            .map_err(|e| bad_argument("command", &e))?;
        plain(self.changing(|s| s.command(command)))
    }

    /// A slice of `seek`, of at most `budget` events; false where it is still on its way: call again then.
    #[wasm_bindgen(js_name = seekSome)]
    pub fn seek_some(&mut self, step: u32, budget: u32) -> bool {
        let _guard = self.rescue.enter();
        self.inner.seek_some(step, budget)
    }

    /// To another timeline, without running anything: `seekSome` goes on to the step.
    ///
    /// # Errors
    /// `unknown_timeline`.
    #[wasm_bindgen(js_name = enterTimeline)]
    pub fn enter_timeline(&mut self, id: u32) -> Js<()> {
        bare(self.changing(|s| s.enter_timeline(id)))
    }

    /// To another timeline, at the step where it was left.
    ///
    /// # Errors
    /// `unknown_timeline`.
    #[wasm_bindgen(js_name = switchTimeline)]
    pub fn switch_timeline(&mut self, id: u32) -> Js<()> {
        bare(self.changing(|s| s.switch_timeline(id)))
    }

    /// What `undo` would take back and what `redo` would do again.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "(view.ChangeView | null)[]")]
    pub fn changes(&self) -> Js {
        value::give(&self.inner.changes())
    }

    /// Takes the last change back and stands where it was done; false where there is none.
    pub fn undo(&mut self) -> bool {
        self.changing(|s| s.undo())
    }

    /// Does again what was taken back last; false where there is nothing.
    pub fn redo(&mut self) -> bool {
        self.changing(|s| s.redo())
    }

    /// Another timeline from here, in which nothing is known of what comes. Gives its id.
    pub fn fork(&mut self) -> u32 {
        self.changing(|s| s.fork())
    }

    /// Gives a timeline another name.
    ///
    /// # Errors
    /// `unknown_timeline`, `bad_name`.
    #[wasm_bindgen(js_name = renameTimeline)]
    pub fn rename_timeline(&mut self, id: u32, name: &str) -> Js<()> {
        bare(self.changing(|s| s.rename_timeline(id, name)))
    }

    /// Deletes a timeline.
    ///
    /// # Errors
    /// `unknown_timeline`, `last_timeline`.
    #[wasm_bindgen(js_name = deleteTimeline)]
    pub fn delete_timeline(&mut self, id: u32) -> Js<()> {
        bare(self.changing(|s| s.delete_timeline(id)))
    }

    /// A session of one timeline alone, at the same step or at its last: to look at beside this one.
    ///
    /// # Errors
    /// `unknown_timeline`.
    pub fn lone(&self, id: u32) -> Js<Session> {
        let _guard = self.rescue.enter();
        bare(self.inner.lone(id)).map(Session::begin)
    }

    /// Does what is worth keeping.
    fn changing<R>(&mut self, what: impl FnOnce(&mut lab::Session) -> R) -> R {
        let guard = self.rescue.enter();
        let done = what(&mut self.inner);
        drop(guard);
        self.rescue.keep(self.inner.save());
        done
    }

    /// Every timeline as JSON, UTF-8.
    pub fn save(&self) -> Uint8Array {
        Uint8Array::from(self.inner.save().as_slice())
    }

    /// Digest of the world and of all frames so far; the same natively and in wasm.
    pub fn digest(&self) -> String {
        self.inner.digest()
    }
}
