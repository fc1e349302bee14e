//! What a face shows: plain values, camelCase across the boundary, TypeScript derived by `ts-rs`
//! (feature `ts`), so that a field changed here breaks the build there.
//!
//! Times are `f64` nanoseconds since the world began (exact to 2^53 ns = 104 days). Ids are `u32`.
//! Rules cross as ids and operands; their sentences live in `crates/lab/locales/`.

#![allow(missing_docs)] // fields and variants say what they are

use crate::impairing::Impairing;
use crate::standing::{StandingRule, StandingView};
use serde::Serialize;

macro_rules! views {
    ($($(#[$m:meta])* $vis:vis struct $name:ident { $($(#[$fm:meta])* $f:ident : $t:ty),* $(,)? })*) => {$(
        $(#[$m])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(rename_all = "camelCase")]
        $vis struct $name { $($(#[$fm])* pub $f: $t),* }
    )*};
}
macro_rules! unions {
    ($($(#[$m:meta])* $vis:vis enum $name:ident { $($body:tt)* })*) => {$(
        $(#[$m])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        #[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
        $vis enum $name { $($body)* }
    )*};
}

mod network;
mod tcb;

pub use network::*;
pub use tcb::*;

views! {
/// Everything at one step but the long lists (records and marks) and the things looked at one by one
/// (a packet, the trace).
pub struct View {
    /// Steps done since the beginning: where we stand.
    step: u32,
    /// Steps known of this timeline (≥ step: what lies ahead has run before).
    steps: u32,
    /// The clock here.
    now: f64,
    /// The clock at `steps`.
    end: f64,
    /// Nothing is left to happen.
    finished: bool,
    scenario: ScenarioInfo,
    /// Words that the scenario's file has for whoever opens it.
    notes: Vec<NoteView>,
    timeline: u32,
    timelines: Vec<TimelineInfo>,
    nodes: Vec<NodeView>,
    /// The first of them, those that somebody has a socket for, that of the last step; `Session::flow` gives any.
    flows: Vec<FlowView>,
    /// How many there are.
    flow_count: u32,
    /// What the step we stand at was; none at step 0.
    last: Option<StepInfo>,
    /// What will happen next.
    next: Option<StepInfo>,
    /// Frames held by a person, ids.
    held: Vec<u32>,
    /// Frames on a link now, ids (held ones too).
    in_flight: Vec<u32>,
    /// Standing rules, in the order in which they are asked.
    rules: Vec<StandingView>,
}
/// A scenario as a menu lists it.
pub struct ScenarioInfo { id: String, title: Text, summary: Text, profile: String }
/// A note of a scenario file, plain text: about a step, or about the whole.
pub struct NoteView { step: Option<u32>, text: Text }
/// A text in both languages.
pub struct Text { en: String, zh: String }
/// A timeline: a future that somebody chose.
pub struct TimelineInfo { id: u32, name: String, parent: Option<u32>, forked_at: u32, steps: u32 }
/// Something that was done and can be taken back, or done again: a command's name, `fork`, `rename` or `delete`, and what it
/// was done to (a frame, a call, a timeline's name; empty where that goes without saying).
pub struct ChangeView { what: String, text: String }
/// A machine.
pub struct NodeView {
    id: u32,
    name: String,
    /// `client`, `server`, `attacker`: where the face puts it.
    role: String,
    /// `host`, `router`, `nat`, `attacker`, `switch`, `hub`.
    kind: String,
    /// First address of its first interface.
    addr: String,
    mac: String,
    profile: String,
    processes: Vec<ProcessView>,
    sockets: Vec<SocketView>,
    tcbs: Vec<TcbView>,
    counters: Vec<CounterView>,
    network: NetworkView,
}
/// A process and its program.
pub struct ProcessView {
    pid: u32,
    file: String,
    lines: Vec<String>,
    /// Line about to run or parked in, from 1; 0 once exited.
    line: u32,
    /// The call in which it is parked: `accept`.
    blocked: Option<String>,
    /// A person keeps it from making its next call.
    parked: bool,
    results: Vec<LineResult>,
    fds: Vec<FdView>,
    exited: Option<i32>,
    /// The signal that ended it: `SIGXCPU`.
    killed: Option<String>,
    /// Those outside functions, then those of each function under way, main first.
    variables: Vec<VariableView>,
    /// Functions under way, innermost first.
    frames: Vec<FrameView>,
    /// What it wrote to standard output and standard error.
    output: String,
}
/// A variable of a program.
pub struct VariableView {
    /// None: it stands outside functions.
    function: Option<String>,
    name: String,
    /// Its type, as C writes it: `int`, `struct pollfd [8]`.
    kind: String,
    value: String,
}
/// A function under way, and the line it is at.
pub struct FrameView { function: String, line: u32 }
/// What the call on a line gave last: `3`, `-1 ECONNREFUSED`.
pub struct LineResult { line: u32, text: String, changed: bool }
/// A descriptor.
pub struct FdView { fd: i32, socket: u32 }
/// A row of ss(8).
pub struct SocketView {
    id: u32,
    /// ss(8)'s Netid: `tcp`, `udp`, `icmp`, `raw`, `p_raw`.
    netid: String,
    pid: Option<u32>,
    fd: Option<i32>,
    /// RFC spelling.
    state: String,
    /// ss(8) spelling.
    ss: String,
    local: String,
    remote: String,
    recv_q: u32,
    send_q: u32,
    /// Index into `View::flows`.
    flow: Option<u32>,
    listener: Option<ListenerView>,
    /// Listener (socket id) in whose accept queue it waits.
    waiting_at: Option<u32>,
    error: Option<String>,
    changed: bool,
}
/// A listening socket's two queues.
pub struct ListenerView {
    backlog: u32,
    syn_capacity: u32,
    accept_capacity: u32,
    syn_queue: Vec<HalfOpenView>,
    accept_queue: Vec<WaitingView>,
}
/// A slot of the SYN queue.
pub struct HalfOpenView {
    socket: u32, flow: Option<u32>, peer: String, since: f64, repeats: u32, repeats_max: u32, next: f64, dies: f64,
}
/// A slot of the accept queue.
pub struct WaitingView { socket: u32, flow: Option<u32>, peer: String, since: f64, unread: u32 }
/// A connection, by its four-tuple, in the order of appearance.
pub struct FlowView {
    /// Index, and the letter of the diagram: 0 is A.
    id: u32,
    letter: String,
    /// Who sent the first SYN.
    client: String,
    server: String,
    client_node: Option<u32>,
    server_node: Option<u32>,
    client_state: Option<String>,
    server_state: Option<String>,
    /// Initial sequence numbers, for relative display.
    client_isn: Option<u32>,
    server_isn: Option<u32>,
}
/// What one step was.
pub struct StepInfo {
    /// `frame` arrived, `timer` fired, `process` ran a line, `flood` sent a SYN, a link's `queue` handed a frame on, `command`
    /// of a person.
    what: String,
    time: f64,
    node: Option<u32>,
    frame: Option<u32>,
    flow: Option<u32>,
    /// A timer's name, a call's text, a command's name.
    text: String,
}
/// The rules that a step went through.
pub struct Trace { step: u32, info: Option<StepInfo>, rules: Vec<RuleView> }
/// One decision. The sentence is `locales/<lang>.json[id].text` with `{operand}` filled in.
pub struct RuleView {
    id: String,
    source: String,
    outcome: OutcomeView,
    operands: Vec<OperandView>,
    node: Option<u32>,
}
/// A named operand.
pub struct OperandView { name: String, value: OperandValue }
/// A frame, dissected.
pub struct PacketView {
    id: u32,
    flow: Option<u32>,
    from: u32,
    to: u32,
    fate: String,
    /// Hex, two digits an octet.
    hex: String,
    /// One node a header, children in wire order.
    layers: Vec<FieldView>,
    /// `10.0.0.1:40001 → 10.0.0.2:80`, `SYN`, …
    summary: String,
    payload: u32,
}
/// A field of the tree. Bits count from the frame's first.
pub struct FieldView {
    /// Stable within the frame, Wireshark's names: `tcp.seq`, `tcp.options.mss_val`, `tcp.options[2]`.
    path: String,
    /// Wireshark's filter name; the catalogue has its label.
    name: String,
    bit: u32,
    bits: u32,
    /// Raw value as text: decimal, dotted quad, colon hex, or hex digits.
    value: String,
    /// What the raw value means, if that is another thing (`502 × 128 = 64256`, `correct`).
    meaning: Option<String>,
    /// Form of `value`.
    form: FieldForm,
    editable: bool,
    /// What is wrong with it, as a rule id without operands (`wire.tcp.checksum_wrong`).
    problem: Option<String>,
    children: Vec<FieldView>,
}
/// What would happen if a frame were delivered as it is in `bytes`.
pub struct Prediction {
    /// The receiver's verdict: the outcome of the deciding rule.
    outcome: OutcomeView,
    /// The deciding rule and its operands.
    rule: Option<RuleView>,
    rules: Vec<RuleView>,
    /// Frames sent back in consequence.
    replies: Vec<PredictedFrame>,
    /// Variables of the receiver that would change.
    changes: Vec<VarView>,
    /// State before and after, where it would change.
    states: Option<[String; 2]>,
    arrives: f64,
    /// Frames sent in those steps.
    later: Vec<PredictedFrame>,
    /// What would happen next, if nothing else is done: as many steps as were asked for.
    ahead: Vec<StepInfo>,
    /// Both ends of the connection after those steps.
    ends: Vec<PredictedEnd>,
}
/// An end of a connection, some steps later.
pub struct PredictedEnd {
    node: u32,
    /// State now and then; none where there is no connection.
    was: Option<String>,
    state: Option<String>,
    changes: Vec<VarView>,
}
/// A frame that would be sent.
pub struct PredictedFrame { from: u32, to: u32, sent: f64, arrives: f64, flow: Option<u32>, summary: String }
/// Where the layout of the packed columns is published: [`crate::records`].
pub struct Layout { size: u32, fields: Vec<LayoutField> }
/// A member of a packed record; `scalar` is `f64`, `u32`, `u16` or `u8`, little-endian.
pub struct LayoutField { name: String, offset: u32, scalar: String }
/// How a long run ended.
pub struct RunResult {
    /// Events handled.
    events: u32,
    /// `target` reached, `budget` spent (call again), or the world's `end`.
    stopped: String,
}
/// What a command did.
pub struct CommandResult {
    /// Set when it made a new timeline.
    forked: Option<u32>,
    /// Frames it put on the link.
    frames: Vec<u32>,
    /// A call with its result, as strace shows it; one that waits ends in `…`.
    call: Option<String>,
    /// Why the call failed: code `errno.EADDRINUSE`, …
    why: Option<ErrorView>,
}
/// A breakpoint: a condition, a line (from 1) of a file that a node runs, or a line where a condition holds.
pub struct Stop {
    /// An expression (`lab::watch`); empty where the line alone decides.
    when: String,
    node: u32,
    file: String,
    /// 0: no line.
    line: u32,
    /// Hits to pass before one ends a run.
    skip: u32,
}
/// A stop, by its place in the list, that a step met.
pub struct Hit { step: u32, stop: u32 }
/// How a run to a stop, or the look for one further back, ended.
pub struct StopResult {
    /// Events handled.
    events: u32,
    /// `break` at a stop, `target` reached, `budget` spent (call again), the world's `end`, the timeline's `start`.
    stopped: String,
    /// The step found; where the budget is spent, how far it got.
    at: u32,
    /// The stop that ended it.
    by: Option<u32>,
    /// All that were met on the way.
    hits: Vec<Hit>,
}
/// What an expression comes to.
pub struct WatchView {
    /// One for each connection that it can be about.
    rows: Vec<WatchRow>,
    /// Rows that are not shown.
    more: u32,
    error: Option<ErrorView>,
}
/// Its value for a connection, or for a host.
pub struct WatchRow {
    node: Option<u32>,
    flow: Option<u32>,
    unit: Unit,
    value: OperandValue,
    /// This step changed it.
    changed: bool,
    was: Option<OperandValue>,
}
/// A value that is shown: of a socket (`what` is a variable's or timer's name of [`TcbView`], `state`, `row` of ss(8),
/// `entry` of a queue), or a host's counter, where the socket is 0.
pub struct Target { node: u32, socket: u32, what: String }
/// What history is kept of a timeline: enough to reach every step exactly.
pub struct HistoryView {
    /// Worlds kept.
    checkpoints: u32,
    /// Steps between two of them; more than at first where some were thinned out.
    spacing: u32,
    /// Spacing before anything is thinned out.
    first_spacing: u32,
    /// About how many octets they weigh, and how many they may.
    weight: f64,
    most: f64,
    /// About how many octets the lists take: records of frames, marks, flows, calls.
    records: f64,
    /// Records of frames, and marks, that were set aside: made again when somebody looks at them.
    aside: f64,
    marks_aside: f64,
}
/// What could come next on a line of the console.
pub struct Completions {
    /// The character from which an item replaces what was typed.
    from: u32,
    /// The call's parameters: `listen(sockfd, backlog)`.
    usage: String,
    items: Vec<Completion>,
}
/// A continuation, with a word on what it is.
pub struct Completion { text: String, hint: String }
/// A call of the console, for a form: names of parameters, what each takes, and the descriptors it suits.
pub struct CallView { name: String, usage: String, params: Vec<ParamView> }
/// A parameter: `kind` is `fd`, `address`, `int`, `text`, `names`, `level`, `option` or `value`.
pub struct ParamView { name: String, kind: String, optional: bool, least: f64, most: f64, names: Vec<String> }
/// A line of the log of calls, as strace(1) writes it.
pub struct LogLine {
    step: u32,
    time: f64,
    node: u32,
    pid: u32,
    /// The whole of it: `accept(3, NULL, NULL) = 4`, or `accept(3, NULL, NULL <unfinished ...>`.
    text: String,
    /// It ended with an errno.
    failed: bool,
}
/// An error that crosses: code for programs, sentence for people, in `locales/errors`.
pub struct ErrorView {
    /// `bad_field_value`, `unknown_scenario`, `not_in_flight`, …
    code: String,
    /// What, where, how to mend it. English; the catalogue has it by `code` with `operands` filled in.
    message: String,
    operands: Vec<OperandView>,
}
/// A rule as the catalogue's key.
pub struct RuleInfo { id: String, source: String, operands: Vec<String> }
}

/// How a variable is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Unit {
    Seq,
    Octets,
    Count,
    Ns,
    Bool,
}

/// [`tcp::rule::Outcome`], across the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum OutcomeView {
    Pass,
    Act,
    Drop,
    Answer,
    Reset,
}

/// Form of a field's text.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum FieldForm {
    Uint,
    Hex,
    Mac,
    Ipv4,
    Ipv6,
    Flag,
    Bytes,
    Group,
}

unions! {
/// An operand's value.
pub enum OperandValue {
    /// A plain number, octets, a port.
    Num { value: f64 },
    /// A sequence number (shown absolute or relative).
    Seq { value: u32 },
    /// ns.
    Duration { value: f64 },
    /// ns since the world began.
    Instant { value: f64 },
    /// A word of the field's own: state, flags, errno, address.
    Word { value: String },
}
/// What a person does to the world; logged with its step, part of the timeline.
pub enum Command {
    /// Catch a frame on its link.
    Hold { frame: u32 },
    /// Let it go on; it flies what was left to fly.
    Deliver { frame: u32 },
    /// Put other bytes in its place (hex). Checksums are as they stand in `hex`.
    Edit { frame: u32, hex: String },
    /// Lose it.
    Drop { frame: u32 },
    /// Send a copy after it.
    Duplicate { frame: u32 },
    /// Add to its flight, ns.
    Delay { frame: u32, by: f64 },
    /// Send so many copies behind it.
    Repeat { frame: u32, times: u32 },
    /// Put two segments in its place: the first with `at` octets of its data.
    Split { frame: u32, at: u32 },
    /// Put one segment in the place of it and of `with`, whose data follows.
    Merge { frame: u32, with: u32 },
    /// Have frames arrive in this order, at the times at which they would have arrived in another.
    Reorder { frames: Vec<u32> },
    /// Have every frame of a kind treated so, from here on; its number is the next.
    AddRule { rule: Box<StandingRule> },
    /// Take a standing rule away.
    RemoveRule { rule: u32 },
    /// Have a standing rule asked, or not.
    EnableRule { rule: u32, on: bool },
    /// Have a link do that, and nothing else, to what its end number `end` sends.
    SetLink { link: u32, end: u32, sends: Box<Impairing> },
    /// Put any bytes on the link of `node`, as if it had sent them.
    Inject { node: u32, hex: String },
    /// A call by hand on a host, as it was typed: `listen(3, 2)` (`console`).
    Call { node: u32, call: String },
    /// Keep a process from making its next call (or let it).
    Park { node: u32, pid: u32, parked: bool },
}
}
