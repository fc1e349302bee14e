//! Places in a script, and errors that name them.

use std::fmt;

/// A place in a script's text, line and column from 1, in characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Pos {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// From one place up to, and without, another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Span {
    /// First character.
    pub from: Pos,
    /// Just past the last character.
    pub to: Pos,
}

impl Span {
    /// From the start of `self` to the end of `last`.
    pub fn upto(self, last: Span) -> Span {
        Span { from: self.from, to: last.to }
    }
}

/// A script that cannot be read: where, what was expected there, what stood there instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptError {
    /// Where.
    pub at: Pos,
    /// What was expected there.
    pub expected: String,
    /// What stood there.
    pub found: String,
}

impl ScriptError {
    /// An error at `at`.
    pub fn new(at: Pos, expected: impl Into<String>, found: impl Into<String>) -> ScriptError {
        ScriptError { at, expected: expected.into(), found: found.into() }
    }
    /// The error as compilers write it, `file:line:column: expected …, found …`.
    pub fn in_file(&self, file: &str) -> String {
        format!(
            "{file}:{}:{}: expected {}, found {}",
            self.at.line, self.at.column, self.expected, self.found
        )
    }
}

impl fmt::Display for Pos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.at, self.expected, self.found)
    }
}
impl std::error::Error for ScriptError {}
