//! Programs: a small C, compiled to a list of operations when the host is made and run one system call at a time.
//! The rest of the host knows four things of a program: it can be made from text, it can be run to its next call, it
//! takes that call's result, and it says where it stands.
//!
//! The language is told in `docs/language.md`. A text passes through `lexer` → `compile`, `expr`, `init` (types in
//! `types`, what every program knows in `prelude`) → `machine`, with `memory`, `library`, `format` and `sys` beside it.

mod compile;
mod expr;
mod format;
mod headers;
mod init;
mod lexer;
mod library;
mod machine;
mod memory;
mod prelude;
mod resolve;
mod show;
mod sys;
mod types;

use crate::{Call, CallResult, FrameInfo, VariableInfo};
use bytes::Bytes;
use lexer::At;
use machine::{Machine, Op};
use memory::Object;
pub(crate) use resolve::Names;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;
pub use sys::socket;
use types::{Ty, Types};

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

/// Whether a text is a program, without running it.
///
/// # Errors
/// What is wrong with it first, and where.
pub fn check(source: &str) -> Result<(), ProgramError> {
    compile::compile(source).map(|_| ())
}

/// The number that a name of the system's headers stands for: `AF_INET`, `MSG_PEEK`, `SO_REUSEADDR`, `EAGAIN`.
pub fn constant(name: &str) -> Option<i64> {
    prelude::named(name).map(|(n, _)| n)
}

/// Every function that a program can call without writing it, as C declares it.
pub fn prototypes() -> impl Iterator<Item = &'static str> {
    let own = |prototype: &str| prototype.contains(&format!(" {}", prelude::OWN));
    let written = prelude::WRITTEN.iter().copied();
    prelude::builtins().map(|(_, prototype)| prototype).filter(move |p| !own(p)).chain(written)
}

/// Operations a program may run between two calls before it is taken to loop for ever.
pub const BUDGET: u32 = 200_000;

/// Signals that end a program which does what C leaves undefined, or never makes a call.
const SIGABRT: i32 = 6;
const SIGFPE: i32 = 8;
const SIGSEGV: i32 = 11;
const SIGXCPU: i32 = 24;

/// Where a program got to.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Next {
    /// It makes this call and waits for [`Program::resume`].
    Call(Call),
    /// It ended with this status.
    Exit(i32),
    /// This signal ends it: a sentence for the log.
    Trap(i32, String),
}

/// Why a program cannot go on.
#[derive(Clone, PartialEq, Debug)]
struct Trap {
    signal: i32,
    why: String,
}

impl<T: Into<String>> From<T> for Trap {
    fn from(why: T) -> Trap {
        Trap { signal: SIGSEGV, why: why.into() }
    }
}

/// A variable of the text.
#[derive(Clone, PartialEq, Debug)]
struct Var {
    name: String,
    ty: Ty,
}

/// An object that lives as long as the program: a variable outside functions, or a text in quotes.
#[derive(Clone, PartialEq, Debug)]
struct Static {
    name: String,
    ty: Ty,
    octets: Object,
    /// It cannot be written to.
    fixed: bool,
}

/// Statics that every program has: errno, and what strerror(3) gives.
const ERRNO: usize = 0;
const STRERROR: usize = 1;

/// A function of the program's own.
#[derive(Clone, PartialEq, Debug)]
struct Function {
    name: String,
    ret: Ty,
    params: Vec<Ty>,
    /// Where it begins, once its body was seen.
    entry: Option<usize>,
    /// Its variables, parameters first.
    locals: Vec<Var>,
}

/// A compiled program's unchanging part.
#[derive(PartialEq, Debug)]
struct Code {
    /// Each with its line.
    ops: Vec<(Op, u32)>,
    /// Where the program begins: what stands outside functions, then main.
    start: usize,
    /// Declarations at the head of main.
    head: Range<usize>,
    statics: Vec<Static>,
    functions: Vec<Function>,
    types: Types,
}

/// A running program. Clones share the code.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    code: Rc<Code>,
    lines: Rc<[String]>,
    machine: Machine,
    /// Result last shown at each line.
    results: Vec<(u32, String)>,
}

impl Program {
    pub(crate) fn compile(source: &str) -> Result<Program, ProgramError> {
        let code = compile::compile(source)?;
        let machine = Machine::new(&code);
        let lines = source.lines().map(str::to_owned).collect();
        Ok(Program { code: Rc::new(code), lines, machine, results: Vec::new() })
    }
    /// getpid(2)
    pub(crate) fn set_pid(&mut self, pid: u32) {
        self.machine.pid = pid;
    }
    /// What getaddrinfo(3) finds on its host.
    pub(crate) fn set_names(&mut self, names: &Rc<Names>) {
        self.machine.names = Rc::clone(names);
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
            CallResult::Errno(e) => {
                self.machine.fail(&self.code, *e);
                (-1, format!("-1 {}", e.0), Bytes::new())
            }
            CallResult::Blocked => return,
        };
        let library = self.machine.in_library(&self.code);
        self.machine.resume(&self.code, value, &data);
        if library {
            return;
        }
        match self.results.iter_mut().find(|(l, _)| *l == line) {
            Some(entry) => entry.1 = text,
            None => self.results.push((line, text)),
        }
    }
    /// The line about to run, or whose call is being made; from 1.
    pub(crate) fn line(&self) -> u32 {
        self.machine.line(&self.code)
    }
    /// The lines that its next run passes over, from where it stands to its next call. Nothing has run then.
    pub(crate) fn ahead(&self) -> Vec<u32> {
        self.machine.ahead(&self.code)
    }
    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }
    pub(crate) fn results(&self) -> &[(u32, String)] {
        &self.results
    }
    /// Its variables: those outside functions, then those of each function under way, main first.
    pub(crate) fn variables(&self) -> Vec<VariableInfo> {
        self.machine.variables(&self.code)
    }
    /// Octets of its memory that it does not share with another, itself at an earlier time.
    pub(crate) fn written_since(&self, before: Option<&Program>) -> usize {
        self.machine.memory.own(before.map(|p| &p.machine.memory))
    }
    /// An integer variable by its name: that of the innermost function under way, else the one outside functions.
    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.machine.number(&self.code, name)
    }
    /// Whether there is an integer variable of this name anywhere in it.
    pub(crate) fn declares(&self, name: &str) -> bool {
        show::declares(&self.code, name)
    }
    /// The functions under way, innermost first, each with the line it is at.
    pub(crate) fn frames(&self) -> Vec<FrameInfo> {
        self.machine.trace(&self.code)
    }
}
