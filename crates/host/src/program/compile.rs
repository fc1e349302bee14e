//! Declarations and statements to operations.

use super::expr::{self, constant};
use super::lexer::{At, Token};
use super::machine::Op;
use super::{ProgramError, Slot};
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

/// A buffer may be so long; more is a slip of the pen.
const BUFFER_MAX: i64 = 1 << 20;

/// An array may have so many elements.
const ARRAY_MAX: usize = 1 << 16;

const STRUCTS: [&str; 4] = ["sockaddr_in", "pollfd", "linger", "timeval"];

/// Statements may stand so deep in one another.
const DEPTH_MAX: u32 = 64;

/// Operations, each with its line.
pub(super) type Ops = Vec<(Op, u32)>;
/// Variables by name.
pub(super) type Slots = Vec<(String, Slot)>;

type Result<T> = std::result::Result<T, ProgramError>;

/// Operations with their lines, and the variables.
pub(super) fn compile(tokens: Vec<(Token, At)>) -> Result<(Ops, Slots)> {
    let mut c = Compiler { tokens, pos: 0, ops: Vec::new(), slots: Vec::new(), loops: Vec::new(), depth: 0 };
    let wrapped = c.enter_main()?;
    while c.peek() != &Token::End && !(wrapped && c.peek() == &Token::Sign("}")) {
        c.statement()?;
    }
    if wrapped {
        c.expect("}")?;
        if c.peek() != &Token::End {
            return Err(ProgramError::new(c.at(), "nothing may follow main"));
        }
    }
    Ok((c.ops, c.slots))
}

/// Jumps of a loop that wait for their goals.
#[derive(Default)]
struct Loop {
    breaks: Vec<usize>,
    continues: Vec<usize>,
}

pub(super) struct Compiler {
    tokens: Vec<(Token, At)>,
    pos: usize,
    pub(super) ops: Ops,
    pub(super) slots: Slots,
    loops: Vec<Loop>,
    pub(super) depth: u32,
}

impl Compiler {
    pub(super) fn peek(&self) -> &Token {
        &self.tokens[self.pos].0
    }
    pub(super) fn peek_at(&self, ahead: usize) -> &Token {
        &self.tokens[(self.pos + ahead).min(self.tokens.len() - 1)].0
    }
    pub(super) fn at(&self) -> At {
        self.tokens[self.pos].1
    }
    pub(super) fn next(&mut self) -> Token {
        let token = self.tokens[self.pos].0.clone();
        self.pos = (self.pos + 1).min(self.tokens.len() - 1);
        token
    }
    pub(super) fn take(&mut self, sign: &'static str) -> bool {
        let found = self.peek() == &Token::Sign(sign);
        if found {
            self.next();
        }
        found
    }
    pub(super) fn expect(&mut self, sign: &'static str) -> Result<()> {
        if self.take(sign) { Ok(()) } else { Err(self.wanted(&format!("`{sign}`"))) }
    }
    /// `what` is missing before the token we stand at.
    pub(super) fn wanted(&self, what: &str) -> ProgramError {
        let found = match self.peek() {
            Token::Name(n) => format!("`{n}`"),
            Token::Int(n) => format!("{n}"),
            Token::Str(_) => "a text".into(),
            Token::Sign(s) => format!("`{s}`"),
            Token::End => "the end of the program".into(),
        };
        ProgramError::new(self.at(), format!("{what} is wanted here, not {found}"))
    }
    fn take_name(&mut self, name: &str) -> bool {
        let found = matches!(self.peek(), Token::Name(n) if n == name);
        if found {
            self.next();
        }
        found
    }
    pub(super) fn name(&mut self, what: &str) -> Result<String> {
        match self.peek().clone() {
            Token::Name(n) => {
                self.next();
                Ok(n)
            }
            _ => Err(self.wanted(what)),
        }
    }
    pub(super) fn emit(&mut self, op: Op, at: At) -> usize {
        self.ops.push((op, at.line));
        self.ops.len() - 1
    }
    /// Makes the jump at `op` lead to what comes next.
    pub(super) fn land(&mut self, op: usize) {
        let here = self.ops.len();
        self.aim(op, here);
    }
    fn aim(&mut self, op: usize, goal: usize) {
        if let Op::Jump(to) | Op::JumpIfZero(to) = &mut self.ops[op].0 {
            *to = goal;
        }
    }
    pub(super) fn slot(&self, name: &str, at: At) -> Result<usize> {
        self.slots.iter().position(|(n, _)| n == name).ok_or_else(|| {
            ProgramError::new(
                at,
                format!("`{name}` is not declared: put `int {name};` before, or mend the name"),
            )
        })
    }
    fn enter_main(&mut self) -> Result<bool> {
        let main = matches!((self.peek(), self.peek_at(1)), (Token::Name(i), Token::Name(m)) if i == "int" && m == "main");
        if main {
            self.next();
            self.next();
            self.expect("(")?;
            self.take_name("void");
            self.expect(")")?;
            self.expect("{")?;
        }
        Ok(main)
    }

    fn statement(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(ProgramError::new(self.at(), "statements stand too deep in one another here"));
        }
        let done = self.statement_inner();
        self.depth -= 1;
        done
    }
    fn statement_inner(&mut self) -> Result<()> {
        let at = self.at();
        let word = match self.peek() {
            Token::Name(n) => n.clone(),
            _ => String::new(),
        };
        match word.as_str() {
            "int" | "long" | "ssize_t" | "size_t" | "unsigned" | "char" | "struct" => self.declaration(),
            "if" => self.if_statement(),
            "while" => self.while_statement(),
            "for" => self.for_statement(),
            "break" | "continue" => {
                self.next();
                self.expect(";")?;
                let jump = self.emit(Op::Jump(0), at);
                let Some(inner) = self.loops.last_mut() else {
                    return Err(ProgramError::new(at, format!("`{word}` stands in no loop")));
                };
                if word == "break" {
                    inner.breaks.push(jump)
                } else {
                    inner.continues.push(jump)
                }
                Ok(())
            }
            "return" => {
                self.next();
                expr::expression(self)?;
                self.emit(Op::Return, at);
                self.expect(";")
            }
            _ if self.take("{") => {
                while !self.take("}") {
                    if self.peek() == &Token::End {
                        return Err(ProgramError::new(at, "this `{` is never closed: put `}` after it"));
                    }
                    self.statement()?;
                }
                Ok(())
            }
            _ if self.take(";") => Ok(()),
            _ => {
                self.discarded()?;
                self.expect(";")
            }
        }
    }
    /// An expression whose value nobody wants.
    fn discarded(&mut self) -> Result<()> {
        let at = self.at();
        expr::expression(self)?;
        self.emit(Op::Pop, at);
        Ok(())
    }
    fn if_statement(&mut self) -> Result<()> {
        let at = self.at();
        self.next();
        self.expect("(")?;
        expr::expression(self)?;
        self.expect(")")?;
        let otherwise = self.emit(Op::JumpIfZero(0), at);
        self.statement()?;
        if self.take_name("else") {
            let end = self.emit(Op::Jump(0), at);
            self.land(otherwise);
            self.statement()?;
            self.land(end);
        } else {
            self.land(otherwise);
        }
        Ok(())
    }
    fn while_statement(&mut self) -> Result<()> {
        let at = self.at();
        self.next();
        self.expect("(")?;
        let head = self.ops.len();
        expr::expression(self)?;
        self.expect(")")?;
        let out = self.emit(Op::JumpIfZero(0), at);
        self.body(head, (0, Vec::new()), at, Some(out))
    }
    fn for_statement(&mut self) -> Result<()> {
        let at = self.at();
        self.next();
        self.expect("(")?;
        if !self.take(";") {
            if matches!(self.peek(), Token::Name(n) if n == "int") {
                self.declaration()?;
            } else {
                self.discarded()?;
                self.expect(";")?;
            }
        }
        let head = self.ops.len();
        let mut out = None;
        if !self.take(";") {
            expr::expression(self)?;
            out = Some(self.emit(Op::JumpIfZero(0), at));
            self.expect(";")?;
        }
        // The step stands before the body in the text and after it in time.
        let from = self.ops.len();
        if self.peek() != &Token::Sign(")") {
            self.discarded()?;
        }
        let step = self.ops.split_off(from);
        self.expect(")")?;
        self.body(head, (from, step), at, out)
    }
    /// Body of a loop, its step, the way back to `head`, and the goals of all jumps out of it.
    fn body(&mut self, head: usize, step: (usize, Ops), at: At, out: Option<usize>) -> Result<()> {
        self.loops.push(Loop::default());
        let done = self.statement();
        let Loop { breaks, continues } = self.loops.pop().unwrap_or_default();
        done?;
        continues.into_iter().for_each(|jump| self.land(jump));
        let here = self.ops.len();
        self.ops.extend(step.1.into_iter().map(|(op, line)| (expr::shifted(op, step.0, here), line)));
        self.emit(Op::Jump(head), at);
        breaks.into_iter().chain(out).for_each(|jump| self.land(jump));
        Ok(())
    }

    fn declaration(&mut self) -> Result<()> {
        let at = self.at();
        let kind = self.name("a type")?;
        if kind == "unsigned" && !self.take_name("int") {
            self.take_name("char");
        }
        let mut record = String::new();
        if kind == "struct" {
            let at = self.at();
            record = self.name("the name of a struct")?;
            if !STRUCTS.contains(&record.as_str()) {
                return Err(ProgramError::new(at, format!("the structs here are {}", STRUCTS.join(", "))));
            }
        }
        loop {
            let name_at = self.at();
            let name = self.name("a name")?;
            if self.slots.iter().any(|(n, _)| *n == name) {
                return Err(ProgramError::new(name_at, format!("`{name}` is declared twice")));
            }
            let slot = match kind.as_str() {
                "struct" => match record.as_str() {
                    "sockaddr_in" => Slot::Address(self.sockaddr()?),
                    "pollfd" => Slot::Polls(Rc::new(vec![[-1, 0, 0]; self.length()?])),
                    // Two words each, of 4 and of 8 octets.
                    "linger" => self.words(4)?,
                    _ => self.words(8)?,
                },
                "char" if self.peek() == &Token::Sign("[") => self.buffer()?,
                _ if self.peek() == &Token::Sign("[") => Slot::Ints(Rc::new(vec![0; self.length()?])),
                _ => Slot::Int(0),
            };
            let plain = matches!(slot, Slot::Int(_));
            self.slots.push((name, slot));
            if plain && self.take("=") {
                expr::assignment(self)?;
                self.emit(Op::Store(self.slots.len() - 1), at);
                self.emit(Op::Pop, at);
            }
            if !self.take(",") {
                return self.expect(";");
            }
        }
    }
    /// `[N]`
    fn length(&mut self) -> Result<usize> {
        self.expect("[")?;
        let at = self.at();
        let n = constant(self)?;
        self.expect("]")?;
        usize::try_from(n).ok().filter(|n| (1..=ARRAY_MAX).contains(n)).ok_or_else(|| {
            ProgramError::new(at, format!("an array holds 1 to {ARRAY_MAX} elements, not {n}"))
        })
    }
    /// `= {a, b}`, each a little-endian word of `size` octets.
    fn words(&mut self, size: usize) -> Result<Slot> {
        self.expect("=")?;
        self.expect("{")?;
        let mut octets = constant(self)?.to_le_bytes()[..size].to_vec();
        self.expect(",")?;
        octets.extend(&constant(self)?.to_le_bytes()[..size]);
        self.expect("}")?;
        Ok(Slot::Buffer(octets.into()))
    }
    /// `[N]`, `[N] = "…"` or `[] = "…"`.
    fn buffer(&mut self) -> Result<Slot> {
        self.expect("[")?;
        let at = self.at();
        let mut size = None;
        if !self.take("]") {
            let n = constant(self)?;
            if !(1..=BUFFER_MAX).contains(&n) {
                return Err(ProgramError::new(
                    at,
                    format!("a buffer holds 1 to {BUFFER_MAX} octets, not {n}"),
                ));
            }
            size = Some(n as usize);
            self.expect("]")?;
        }
        let mut octets = Vec::new();
        if self.take("=") {
            let Token::Str(text) = self.next() else { return Err(self.wanted("a text in quotes")) };
            octets = text;
            octets.push(0);
        } else if size.is_none() {
            return Err(ProgramError::new(at, "how long? write `[512]`, or give a text: `[] = \"…\"`"));
        }
        octets.resize(size.unwrap_or(octets.len()), 0);
        Ok(Slot::Buffer(octets.into()))
    }
    /// `= {AF_INET, htons(80), {inet_addr("10.0.0.2")}}`, with or without the names of the members.
    fn sockaddr(&mut self) -> Result<SocketAddr> {
        let (mut ip, mut port) = (Ipv4Addr::UNSPECIFIED, 0);
        self.expect("=")?;
        self.expect("{")?;
        while !self.take("}") {
            while self.take(".") {
                self.name("the name of a member")?;
                self.take("=");
            }
            let nested = self.take("{");
            let at = self.at();
            match self.name("AF_INET, htons(…), inet_addr(…) or INADDR_ANY")?.as_str() {
                "AF_INET" | "INADDR_ANY" => {}
                "INADDR_LOOPBACK" => ip = Ipv4Addr::LOCALHOST,
                "htonl" => {
                    self.expect("(")?;
                    let word = self.name("INADDR_ANY or INADDR_LOOPBACK")?;
                    ip = if word == "INADDR_LOOPBACK" { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
                    self.expect(")")?;
                }
                "htons" => {
                    self.expect("(")?;
                    let n = constant(self)?;
                    port = u16::try_from(n)
                        .map_err(|_| ProgramError::new(at, format!("a port is 0 to 65535, not {n}")))?;
                    self.expect(")")?;
                }
                "inet_addr" => {
                    self.expect("(")?;
                    let Token::Str(text) = self.next() else {
                        return Err(self.wanted("an address in quotes"));
                    };
                    let text = String::from_utf8_lossy(&text).into_owned();
                    ip = text.parse().map_err(|_| {
                        ProgramError::new(at, format!("`{text}` is no IPv4 address, such as 10.0.0.2"))
                    })?;
                    self.expect(")")?;
                }
                word => return Err(ProgramError::new(at, format!("`{word}` says nothing about an address"))),
            }
            if nested {
                self.expect("}")?;
            }
            if !self.take(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(SocketAddr::from((ip, port)))
    }
}
