//! What a script's steps met, as rows of a trace.

use super::Done;
use super::view::{RowKind, TraceRow};
use crate::hex;
use drill::ast::{Event, Script, What};
use drill::{Deed, Happening, Run};
use std::collections::BTreeMap;
use wire::{ethernet, ip};

/// Most rows that a face is given: beyond it nobody scrolls.
const ROWS_MAX: usize = 2_000;

/// The packets of the host's among `happened`, as a script would write them at this moment of the run.
pub(super) fn notations(run: &Run, happened: &[Happening]) -> Vec<String> {
    let text = |h: &Happening| match &h.deed {
        Deed::Left { frame, .. } => Some(run.notation(h.at, frame).unwrap_or_else(|| "…".into())),
        _ => None,
    };
    happened.iter().filter_map(text).collect()
}

/// The rows of these steps. `failed`: the last of them is the one that the script failed at.
pub(super) fn rows(script: &Script, steps: &[Done], failed: bool) -> Vec<TraceRow> {
    let line_of = |step: usize| script.events.get(step).map_or(0, |e| e.span.from.line);
    let mut taken: BTreeMap<u64, usize> = BTreeMap::new();
    for (step, done) in steps.iter().enumerate() {
        for h in &done.happened {
            if let Deed::Taken { serial } = h.deed {
                taken.insert(serial, step);
            }
        }
    }
    let last = steps.len().saturating_sub(1);
    let mut out = Vec::new();
    for (step, done) in steps.iter().enumerate() {
        let event = script.events.get(step);
        let mut notations = done.notations.iter();
        let is_packet = event.is_some_and(|e| matches!(e.what, What::Packet(_)));
        let wrong_call = failed && step == last && !is_packet;
        for h in &done.happened {
            let row = match &h.deed {
                Deed::Arrived { frame } => {
                    let text = event.map_or_else(String::new, |e| packet_text(script, e));
                    packet(RowKind::Arrived, frame, text, Some(line_of(step)), false)
                }
                Deed::Left { frame, serial } => {
                    let by = taken.get(serial).copied();
                    let text = notations.next().cloned().unwrap_or_default();
                    let wrong = failed && by == Some(last);
                    packet(RowKind::Left, frame, text, by.map(line_of), wrong)
                }
                Deed::Taken { .. } => continue,
                Deed::Blocked { line } => {
                    call(RowKind::Blocked, call_text(script, *line), String::new(), *line, wrong_call)
                }
                Deed::Returned { line, value, errno } => {
                    let result = errno.map_or_else(|| value.to_string(), |e| format!("{value} {e}"));
                    call(RowKind::Returned, call_text(script, *line), result, *line, wrong_call)
                }
            };
            out.push(TraceRow { step: step as u32 + 1, at: h.at.0 as f64, ..row });
        }
    }
    let excess = out.len().saturating_sub(ROWS_MAX);
    out.drain(..excess);
    out
}

fn packet(kind: RowKind, frame: &[u8], text: String, line: Option<u32>, wrong: bool) -> TraceRow {
    let (flags, payload) = segment(frame).unwrap_or((0, 0));
    let hex = hex::encode(frame);
    TraceRow { step: 0, line, at: 0.0, kind, text, result: String::new(), flags, payload, hex, wrong }
}

fn call(kind: RowKind, text: String, result: String, line: u32, wrong: bool) -> TraceRow {
    TraceRow {
        step: 0,
        line: Some(line),
        at: 0.0,
        kind,
        text,
        result,
        flags: 0,
        payload: 0,
        hex: String::new(),
        wrong,
    }
}

/// Control bits and length of the payload of a TCP segment.
fn segment(frame: &[u8]) -> Option<(u32, u32)> {
    let (_, ethertype) = ethernet::parse(frame).ok()?;
    let (header, range) = ip::parse(frame, ethernet::LEN, ethertype).ok()?;
    if header.protocol != ip::TCP {
        return None;
    }
    let segment = frame.get(range)?;
    let flags = wire::layout::tcp::FLAGS.get(segment) as u32;
    let header_len = wire::layout::tcp::HDR_LEN.get(segment) as usize * 4;
    Some((flags, segment.len().saturating_sub(header_len) as u32))
}

/// An inbound packet as its line has it, without the time.
fn packet_text(script: &Script, event: &Event) -> String {
    let text = span_text(script, event);
    text.split_once('<').map_or(text.clone(), |(_, after)| after.trim().into())
}

/// A call as its line has it: without the time, and without the result that is expected.
fn call_text(script: &Script, line: u32) -> String {
    let Some(event) = script.events.iter().find(|e| e.span.from.line == line) else { return String::new() };
    let text = span_text(script, event);
    let from = text.find(|c: char| c.is_ascii_alphabetic() || c == '_').unwrap_or(0);
    let call = &text[from..];
    call.rfind(") =").map_or(call, |at| &call[..=at]).into()
}

/// The text of an event, each run of blanks one.
fn span_text(script: &Script, event: &Event) -> String {
    let (from, to) = (event.span.from, event.span.to);
    let lines = script.text.lines().enumerate().skip(from.line.saturating_sub(1) as usize);
    let mut out: Vec<String> = Vec::new();
    for (n, line) in lines.take_while(|(n, _)| *n < to.line as usize) {
        let number = n as u32 + 1;
        let first = if number == from.line { from.column.saturating_sub(1) as usize } else { 0 };
        let end = if number == to.line { to.column.saturating_sub(1) as usize } else { usize::MAX };
        let part: String = line.chars().take(end).skip(first).collect();
        out.extend(part.split_whitespace().map(Into::into));
    }
    out.join(" ")
}
