//! Programs: a small subset of C, compiled to a list of operations when the host is made and run one system
//! call at a time. The rest of the host knows four things of a program: it can be made from text, it can be
//! run to its next call, it takes that call's result, and it says where it stands.
//!
//! What is understood: `int`, `long`, `ssize_t`, `char`, `int a[N]`, `char buf[N]`, `char s[] = "…"`,
//! `struct sockaddr_in a = {AF_INET, htons(80), {inet_addr("10.0.0.2")}}` (the address left out:
//! `INADDR_ANY`), `struct pollfd p[N]`, `struct linger l = {1, 0}`, `struct timeval t = {1, 500000}`; assignment, `+= -= ++ --`, arithmetic, comparison, `&& || !`; `if`/`else`, `while`, `for`,
//! `break`, `continue`, `return`; `sizeof`; and the calls of `sys.rs`. The lines may stand in
//! `int main(void) { … }` or for themselves; lines that begin with `#` and comments are passed over.

mod compile;
mod expr;
mod lexer;
mod machine;
mod sys;

use crate::{Call, CallResult};
use bytes::{Bytes, BytesMut};
use lexer::At;
use machine::Machine;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;

/// What is wrong with a program's text, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProgramError {
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// A sentence.
    pub message: String,
}

impl ProgramError {
    fn new(at: At, message: impl Into<String>) -> ProgramError {
        ProgramError { line: at.line, column: at.column, message: message.into() }
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

/// Statements a program may run between two calls before it is taken to loop for ever.
pub const BUDGET: u32 = 100_000;

/// Where a program got to.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Next {
    /// It makes this call and waits for [`Program::resume`].
    Call(Call),
    /// It ended with this status.
    Exit(i32),
    /// It did something C leaves undefined, or never comes to a call: a sentence for the log.
    Trap(String),
}

/// A variable of a program.
#[derive(Clone, PartialEq, Debug)]
enum Slot {
    Int(i64),
    /// Shared with what was written from it; see [`change`].
    Buffer(Bytes),
    Ints(Rc<Vec<i64>>),
    /// `struct pollfd`: fd, events, revents.
    Polls(Rc<Vec<[i64; 3]>>),
    Address(SocketAddr),
}

/// A compiled program's unchanging part.
#[derive(PartialEq, Debug)]
struct Code {
    ops: compile::Ops,
    slots: compile::Slots,
    lines: Vec<String>,
}

/// A running program. Clones share the code.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    code: Rc<Code>,
    machine: Machine,
    /// Result last shown at each line.
    results: Vec<(u32, String)>,
}

impl Program {
    pub(crate) fn compile(source: &str) -> Result<Program, ProgramError> {
        let (ops, slots) = compile::compile(lexer::lex(source)?)?;
        let machine = Machine::new(slots.iter().map(|(_, s)| s.clone()).collect());
        let lines = source.lines().map(str::to_owned).collect();
        Ok(Program { code: Rc::new(Code { ops, slots, lines }), machine, results: Vec::new() })
    }
    /// Runs to the next system call.
    pub(crate) fn run(&mut self) -> Next {
        self.machine.run(&self.code)
    }
    /// Gives the call's result in (`data`: the octets read) and notes it at the line. `errno` by name.
    pub(crate) fn resume(&mut self, result: &CallResult) {
        let line = self.line();
        let (value, text, data) = match result {
            CallResult::Done(n, data) => (*n, n.to_string(), data.clone()),
            CallResult::Errno(e) => (-1, format!("-1 {}", e.0), Bytes::new()),
            CallResult::Blocked => return,
        };
        self.machine.resume(&self.code, value, &data);
        match self.results.iter_mut().find(|(l, _)| *l == line) {
            Some(entry) => entry.1 = text,
            None => self.results.push((line, text)),
        }
    }
    /// The line about to run, or whose call is being made; from 1.
    pub(crate) fn line(&self) -> u32 {
        self.machine.line(&self.code)
    }
    pub(crate) fn lines(&self) -> &[String] {
        &self.code.lines
    }
    pub(crate) fn results(&self) -> &[(u32, String)] {
        &self.results
    }
    /// Variables by name as text, in the order of their declarations.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let names = self.code.slots.iter().map(|(name, _)| name.clone());
        names.zip(self.machine.slots().iter().map(show)).collect()
    }
}

/// Writes to a buffer. What was sent from it stays as it was: it is copied where somebody still has it.
fn change(buffer: &mut Bytes, write: impl FnOnce(&mut [u8])) {
    let mut own = std::mem::take(buffer).try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
    write(&mut own);
    *buffer = own.freeze();
}

fn show(slot: &Slot) -> String {
    match slot {
        Slot::Int(n) => n.to_string(),
        Slot::Buffer(b) => {
            let used = b.iter().rposition(|&o| o != 0).map_or(0, |i| i + 1);
            crate::text::quoted(&b[..used], 32)
        }
        Slot::Address(a) => a.to_string(),
        Slot::Ints(all) => format!("{all:?}"),
        Slot::Polls(all) => {
            let one = |p: &[i64; 3]| format!("{{{}, {:#x}, {:#x}}}", p[0], p[1], p[2]);
            all.iter().map(one).collect::<Vec<_>>().join(" ")
        }
    }
}
