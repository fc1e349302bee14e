//! What a face shows of a script's run: plain values, TypeScript derived as in [`crate::view`].

use crate::view::{TimerView, VarView};
use serde::Serialize;

/// A script at one of its steps. A step is an event of the script: a packet line, a call, a command, a block of code.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ScriptView {
    /// Events done: where we stand.
    pub step: u32,
    /// The clock, ns since the script began.
    pub now: f64,
    /// Profile of the host under test.
    pub profile: String,
    /// The verdict on each event done, in order; `step` of them.
    pub verdicts: Vec<EventVerdict>,
    /// The event about to run, index; none where the script is over.
    pub next: Option<u32>,
    /// The verdict on the whole, once there is one.
    pub outcome: Option<VerdictWord>,
    /// What went wrong, where the script is over and has not passed.
    pub failure: Option<ScriptFailure>,
    /// Packets and calls so far, in order; the latest of them, where they are very many.
    pub rows: Vec<TraceRow>,
    /// The connection under test.
    pub tcb: Option<ScriptTcb>,
    /// What `print` wrote.
    pub printed: Vec<String>,
}

/// Where an event stands in the text. Lines and columns from 1, in characters.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct EventPlace {
    /// First line.
    pub line: u32,
    /// Its last line.
    pub end_line: u32,
}

/// How an event, or the whole script, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum VerdictWord {
    Passed,
    Failed,
    Unsupported,
}

/// The verdict on an event.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct EventVerdict {
    /// First line of the event.
    pub line: u32,
    /// When it was done, ns.
    pub at: f64,
    /// How it ended.
    pub verdict: VerdictWord,
    /// State of the socket under test afterwards.
    pub state: Option<String>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ScriptFailure {
    /// The line.
    pub line: u32,
    /// What it says.
    pub expected: String,
    /// What came in its place, as a script would write it, where anything did.
    pub came: Option<String>,
    /// The difference, a sentence in English.
    pub why: String,
}

/// A packet or a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct TraceRow {
    /// The step in which it happened, from 1.
    pub step: u32,
    /// The line that it is of: that made it, or that took it. None for a packet that no line has asked for yet.
    pub line: Option<u32>,
    /// When, ns.
    pub at: f64,
    /// What it is.
    pub kind: RowKind,
    /// `S. 0:0(0) ack 1 <mss 1460>`, `accept(3, ..., ...)`
    pub text: String,
    /// What a call returned, `-1 EAGAIN`; empty for all else.
    pub result: String,
    /// Control bits of a TCP segment.
    pub flags: u32,
    /// Its payload, octets.
    pub payload: u32,
    /// The frame, hex; empty for a call.
    pub hex: String,
    /// It is what the script failed at.
    pub wrong: bool,
}

/// Kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum RowKind {
    /// A packet of the script's reaches the host.
    Arrived,
    /// The host sends a packet.
    Left,
    /// A call begins and does not return yet.
    Blocked,
    /// A call returns.
    Returned,
}

/// The variables of the connection under test.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ScriptTcb {
    /// Its state.
    pub state: String,
    /// The variables, with what they were before this step.
    pub vars: Vec<VarView>,
    /// Its running timers.
    pub timers: Vec<TimerView>,
}
