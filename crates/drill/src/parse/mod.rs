//! Tokens → script.

mod call;
mod icmp;
mod packet;
mod time;

use crate::ast::{Command, Event, OptionLine, Script, What, When};
use crate::code;
use crate::defines::Defines;
use crate::lexer::{Tok, Token, lex};
use crate::span::{Pos, ScriptError, Span};

/// Deepest nesting of an expression; deeper is refused rather than risking the stack.
const DEPTH_MAX: u32 = 64;

/// Reads a script. `name` is what errors and reports call it.
///
/// # Errors
/// The first place at which the text is no script: line, column, what was expected there.
pub fn parse(name: &str, text: &str, defines: &Defines) -> Result<Script, ScriptError> {
    let mut p = Parser { tokens: lex(text, defines)?, i: 0, depth: 0 };
    let options = p.options();
    let init = p.command();
    let mut events = Vec::new();
    let mut cleanup = None;
    while p.peek() != &Tok::End {
        if cleanup.is_some() {
            return Err(p.error("nothing more after the cleanup command"));
        }
        if !events.is_empty() && matches!(p.peek(), Tok::Shell(_)) {
            cleanup = p.command();
            continue;
        }
        events.push(p.event()?);
    }
    if events.is_empty() {
        return Err(p.error("an event, such as '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3'"));
    }
    Ok(Script { name: name.into(), text: text.into(), options, init, events, cleanup })
}

pub(crate) struct Parser {
    tokens: Vec<Token>,
    i: usize,
    depth: u32,
}

type Parsed<T> = Result<T, ScriptError>;

impl Parser {
    fn peek(&self) -> &Tok {
        &self.tokens[self.i].tok
    }
    fn peek_at(&self, ahead: usize) -> &Tok {
        &self.tokens[(self.i + ahead).min(self.tokens.len() - 1)].tok
    }
    fn span(&self) -> Span {
        self.tokens[self.i].span
    }
    fn at(&self) -> Pos {
        self.span().from
    }
    fn advance(&mut self) -> Tok {
        let tok = self.peek().clone();
        self.i = (self.i + 1).min(self.tokens.len() - 1);
        tok
    }
    fn error(&self, expected: impl Into<String>) -> ScriptError {
        ScriptError::new(self.at(), expected, self.peek().describe())
    }
    fn eat(&mut self, c: char) -> bool {
        let yes = self.peek() == &Tok::Punct(c);
        if yes {
            self.advance();
        }
        yes
    }
    fn expect(&mut self, c: char) -> Parsed<()> {
        if self.eat(c) { Ok(()) } else { Err(self.error(format!("'{c}'"))) }
    }
    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Tok::Word(w) if w == word)
    }
    fn eat_word(&mut self, word: &str) -> bool {
        let yes = self.is_word(word);
        if yes {
            self.advance();
        }
        yes
    }
    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) { Ok(()) } else { Err(self.error(format!("'{word}'"))) }
    }
    /// A whole number from 0 to `max`; `what` is what an error calls it.
    fn number(&mut self, max: u64, what: &str) -> Parsed<u64> {
        let n = match self.peek() {
            Tok::Int(n, _) => u64::try_from(*n).ok(),
            Tok::Hex(n) => Some(*n),
            _ => None,
        };
        match n {
            Some(n) if n <= max => {
                self.advance();
                Ok(n)
            }
            Some(_) => Err(self.error(format!("{what} of at most {max}"))),
            None => Err(self.error(what)),
        }
    }

    fn options(&mut self) -> Vec<OptionLine> {
        let mut out = Vec::new();
        while let Tok::Opt(name, value) = self.peek().clone() {
            out.push(OptionLine { name, value, at: self.at() });
            self.advance();
        }
        out
    }

    fn command(&mut self) -> Option<Command> {
        let Tok::Shell(text) = self.peek() else { return None };
        let command = Command { text: text.clone(), at: self.at() };
        self.advance();
        Some(command)
    }

    fn event(&mut self) -> Parsed<Event> {
        let from = self.span();
        let when = self.when()?;
        let what = self.what(when)?;
        let outbound = matches!(&what, What::Packet(p) if p.direction == crate::ast::Direction::Outbound);
        if matches!(when, When::Any | When::AbsoluteWindow(..) | When::RelativeWindow(..)) && !outbound {
            return Err(ScriptError::new(
                from.from,
                "a single time: only '>' packets may have '*' or a window",
                "it",
            ));
        }
        Ok(Event { when, what, span: from.upto(self.tokens[self.i - 1].span) })
    }

    fn what(&mut self, when: When) -> Parsed<What> {
        match self.peek().clone() {
            Tok::Punct('<' | '>') => self.packet(),
            Tok::Ellipsis => {
                self.advance();
                let end = self.end_time(when)?;
                Ok(What::Call { call: self.syscall()?, end: Some(end) })
            }
            Tok::Word(_) => Ok(What::Call { call: self.syscall()?, end: None }),
            Tok::Shell(_) => Ok(self.command().map_or(What::Unsupported(String::new()), What::Command)),
            Tok::Code(text) => {
                let mut at = self.at();
                at.column += 2;
                self.advance();
                code::parse(&text, at).map(What::Code)
            }
            _ => Err(self.error("a packet ('<' or '>'), a system call, a `command` or %{ code }%")),
        }
    }
}
