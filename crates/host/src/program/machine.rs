//! A stack machine whose whole state can be cloned; a system call leaves it as a value and the result comes
//! back as one.

use super::memory::{self, Frame, Memory, Object};
use super::prelude::{Lib, Sys};
use super::sys::{After, Out};
use super::types::Kind;
use super::{BUDGET, Code, Names, Next, Trap};
use std::rc::Rc;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Op {
    Push(i64),
    /// The address of a variable of the function that runs.
    Local(u32),
    /// Address → what lies there.
    Load(Kind),
    /// Address, value → value: an assignment is an expression.
    Store(Kind),
    /// Address, address → address: so many octets from the second to the first.
    Copy(u32),
    /// So many octets at the address become zero; it stays.
    Clear(u32),
    Pop,
    Dup,
    Swap,
    Not,
    BitNot,
    Wrap(Kind),
    Binary(Binary, Kind),
    /// Address, number → address, so many octets a number on.
    Offset(i64),
    /// Address → its value, which grows by `by`; the value from before where `old`.
    Step {
        kind: Kind,
        by: i32,
        old: bool,
    },
    Jump(u32),
    JumpIfZero(u32),
    /// A function of the program's own.
    Call(u32),
    Lib(Lib, u8),
    Sys(Sys, u8),
    Return,
    /// End of the program, status on the stack.
    Exit,
}

/// Functions may call each other so deep.
const FRAMES_MAX: usize = 200;
/// And their variables may have so many octets together (RLIMIT_STACK).
const MEMORY_MAX: usize = 8 << 20;

#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) pc: usize,
    pub(super) stack: Vec<i64>,
    pub(super) memory: Memory,
    /// Where the result of the call under way goes.
    pub(super) out: Out,
    /// What was printed and not written yet: stdout is line-buffered, as on a terminal.
    pub(super) printed: Vec<u8>,
    pub(super) pid: u32,
    /// What its host knows of names, and how often servers were asked.
    pub(super) names: Rc<Names>,
    pub(super) asked: u32,
    /// Octets of all variables.
    used: usize,
}

impl Machine {
    pub(super) fn new(code: &Code) -> Machine {
        let objects: Vec<Object> = code.statics.iter().map(|s| s.octets.clone()).collect();
        let used = objects.iter().map(|o| o.octets().len()).sum();
        let mut machine = Machine {
            pc: code.start,
            stack: Vec::new(),
            memory: Memory { objects, frames: Vec::new() },
            out: Out::default(),
            printed: Vec::new(),
            pid: 0,
            names: Rc::default(),
            asked: 0,
            used,
        };
        // Declarations that stand before the first statement are done with, so that the line shown is the one about
        // to run. They cannot loop.
        machine.declare(code);
        machine
    }
    fn declares(&self, code: &Code) -> bool {
        self.pc >= code.start || code.head.contains(&self.pc)
    }
    fn declare(&mut self, code: &Code) {
        while self.declares(code) && !matches!(code.ops.get(self.pc), None | Some((Op::Sys(..), _))) {
            let before = self.clone();
            // What goes wrong here goes wrong again, and is told, once the program runs.
            if !matches!(self.step(code), Ok(None)) || self.memory.frames.len() > 1 {
                *self = before;
                break;
            }
        }
    }
    /// The line of the operation that comes next; 0 at the end. A function of the library stands where it was called.
    pub(super) fn line(&self, code: &Code) -> u32 {
        let line = |pc: usize| code.ops.get(pc).map_or(0, |(_, line)| *line);
        let callers = self.memory.frames.iter().rev().map(|f| line(f.back));
        std::iter::once(line(self.pc)).chain(callers).find(|&n| n > 0).unwrap_or(0)
    }
    /// Whether a function of the library makes the call under way.
    pub(super) fn in_library(&self, code: &Code) -> bool {
        code.ops.get(self.pc).is_some_and(|(_, line)| *line == 0)
    }
    /// The lines from here to the next call, found by running a copy.
    pub(super) fn ahead(&self, code: &Code) -> Vec<u32> {
        let (mut machine, mut lines) = (self.clone(), Vec::new());
        for _ in 0..BUDGET {
            let line = machine.line(code);
            if lines.last() != Some(&line) {
                lines.push(line);
            }
            if !matches!(machine.step(code), Ok(None)) {
                break;
            }
        }
        lines
    }
    pub(super) fn run(&mut self, code: &Code) -> Next {
        for _ in 0..BUDGET {
            match self.step(code) {
                Ok(None) => {}
                Ok(Some(next)) => return next,
                Err(Trap { signal, why }) => {
                    return Next::Trap(signal, format!("line {}: {why}", self.line(code)));
                }
            }
        }
        let why = format!("line {}: no call after {BUDGET} operations; stopped", self.line(code));
        Next::Trap(super::SIGXCPU, why)
    }
    /// The result of the call at `pc` comes in. The program stores it and stands at what it will do next, so that
    /// the line shown is the one about to run.
    pub(super) fn resume(&mut self, code: &Code, value: i64, data: &[u8]) {
        let Some(value) = self.take_result(code, value, data) else { return };
        self.stack.push(value);
        self.pc += 1;
        // `for (;;) ;` leads from jump to jump for ever.
        for _ in 0..code.ops.len() {
            let tail = matches!(
                code.ops.get(self.pc),
                Some((Op::Pop | Op::Store(_) | Op::Wrap(_) | Op::Jump(_), _))
            );
            if !tail || self.step(code).is_err() {
                break;
            }
        }
    }
    fn step(&mut self, code: &Code) -> Result<Option<Next>, Trap> {
        let Some(&(op, _)) = code.ops.get(self.pc) else { return Ok(Some(Next::Exit(0))) };
        match op {
            Op::Jump(to) => {
                self.pc = to as usize;
                return Ok(None);
            }
            Op::JumpIfZero(to) => {
                if self.pop() == 0 {
                    self.pc = to as usize;
                    return Ok(None);
                }
            }
            Op::Call(f) => return self.enter(code, f).map(|()| None),
            Op::Return => self.leave(),
            Op::Lib(lib, count) => {
                let args = self.arguments(count);
                let value = self.library(code, lib, &args)?;
                self.stack.push(value);
            }
            Op::Sys(sys, count) => {
                let args = self.arguments(count);
                match self.system_call(code, sys, &args)? {
                    After::Call(call) => {
                        if self.out.again {
                            self.stack.extend(&args);
                        }
                        return Ok(Some(Next::Call(call)));
                    }
                    After::Exit(status) => return Ok(Some(Next::Exit(status))),
                    After::Value(n) => self.stack.push(n),
                }
            }
            Op::Exit => {
                if let Some(call) = self.flush() {
                    self.out.again = true;
                    return Ok(Some(Next::Call(call)));
                }
                return Ok(Some(Next::Exit(self.pop() as i32 & 0xff)));
            }
            _ => self.operate(code, op)?,
        }
        self.pc += 1;
        Ok(None)
    }
    /// What only the stack and the memory take part in.
    fn operate(&mut self, code: &Code, op: Op) -> Result<(), Trap> {
        match op {
            Op::Push(n) => self.stack.push(n),
            Op::Local(i) => {
                let base = self.memory.frames.last().map_or(0, |f| f.base);
                self.stack.push(memory::address(base + i as usize));
            }
            Op::Load(kind) => {
                let addr = self.pop();
                self.stack.push(self.memory.load(code, addr, kind)?);
            }
            Op::Store(kind) => {
                let (n, addr) = (self.pop(), self.pop());
                self.memory.store(code, addr, kind, n)?;
                self.stack.push(kind.wrap(n));
            }
            Op::Copy(len) => {
                let (from, to) = (self.pop(), self.pop());
                let octets = self.memory.share(code, from, len as usize)?;
                self.memory.write(code, to, &octets)?;
                self.stack.push(to);
            }
            Op::Clear(len) => {
                let to = self.stack.last().copied().unwrap_or(0);
                self.memory.change(code, to, len as usize, |o| o.fill(0))?;
            }
            Op::Pop => drop(self.pop()),
            Op::Dup => self.stack.push(self.stack.last().copied().unwrap_or(0)),
            Op::Swap => {
                let (b, a) = (self.pop(), self.pop());
                self.stack.extend([b, a]);
            }
            Op::Not => self.unary(|n| i64::from(n == 0)),
            Op::BitNot => self.unary(|n| !n),
            Op::Wrap(kind) => self.unary(|n| kind.wrap(n)),
            Op::Binary(op, kind) => {
                let (b, a) = (self.pop(), self.pop());
                self.stack.push(arithmetic(op, kind, a, b)?);
            }
            Op::Offset(size) => {
                let (n, addr) = (self.pop(), self.pop());
                self.stack.push(memory::moved(addr, n.saturating_mul(size))?);
            }
            Op::Step { kind, by, old } => {
                let addr = self.pop();
                let before = self.memory.load(code, addr, kind)?;
                let after = kind.wrap(before.wrapping_add(by.into()));
                self.memory.store(code, addr, kind, after)?;
                self.stack.push(if old { before } else { after });
            }
            // The others lead elsewhere.
            _ => {}
        }
        Ok(())
    }
    fn unary(&mut self, f: impl FnOnce(i64) -> i64) {
        let n = self.pop();
        self.stack.push(f(n));
    }
    fn arguments(&mut self, count: u8) -> Vec<i64> {
        self.stack.split_off(self.stack.len().saturating_sub(count.into()))
    }
    fn pop(&mut self) -> i64 {
        // The compiler keeps the stack in balance.
        self.stack.pop().unwrap_or(0)
    }
    fn enter(&mut self, code: &Code, f: u32) -> Result<(), Trap> {
        let function = &code.functions[f as usize];
        let size: usize = function.locals.iter().map(|v| code.types.size(v.ty)).sum();
        if self.memory.frames.len() >= FRAMES_MAX || self.used + size > MEMORY_MAX {
            let why = format!("the stack overflows: {} calls stand in one another", self.memory.frames.len());
            return Err(why.into());
        }
        let base = self.memory.objects.len();
        self.used += size;
        self.memory.objects.extend(function.locals.iter().map(|v| Object::zero(code.types.size(v.ty))));
        let args = self.arguments(function.params.len() as u8);
        for (i, (value, ty)) in args.into_iter().zip(&function.params).enumerate() {
            let kind = code.types.scalar(*ty).unwrap_or(Kind::I32);
            self.memory.store(code, memory::address(base + i), kind, value)?;
        }
        self.memory.frames.push(Frame { function: f, base, back: self.pc });
        self.pc = function.entry.unwrap_or(code.ops.len());
        Ok(())
    }
    /// Goes back behind the call, the value on the stack. The caller adds one to `pc`.
    fn leave(&mut self) {
        if let Some(frame) = self.memory.frames.pop() {
            let gone: usize = self.memory.objects[frame.base..].iter().map(|o| o.octets().len()).sum();
            self.used -= gone;
            self.memory.objects.truncate(frame.base);
            self.pc = frame.back;
        }
    }
}

pub(super) fn arithmetic(op: Binary, kind: Kind, a: i64, b: i64) -> Result<i64, Trap> {
    let unsigned = kind == Kind::U64;
    let (a, shift) = (kind.wrap(a), (b & (kind.size() as i64 * 8 - 1)) as u32);
    let b = kind.wrap(b);
    let less = |a: i64, b: i64| if unsigned { (a as u64) < b as u64 } else { a < b };
    Ok(match op {
        Binary::Add => kind.wrap(a.wrapping_add(b)),
        Binary::Sub => kind.wrap(a.wrapping_sub(b)),
        Binary::Mul => kind.wrap(a.wrapping_mul(b)),
        Binary::Div | Binary::Rem if b == 0 => {
            return Err(Trap { signal: super::SIGFPE, why: "division by zero".into() });
        }
        Binary::Div if unsigned => (a as u64 / b as u64) as i64,
        Binary::Rem if unsigned => (a as u64 % b as u64) as i64,
        Binary::Div => kind.wrap(a.wrapping_div(b)),
        Binary::Rem => kind.wrap(a.wrapping_rem(b)),
        Binary::Eq => i64::from(a == b),
        Binary::Ne => i64::from(a != b),
        Binary::Lt => less(a, b).into(),
        Binary::Le => (!less(b, a)).into(),
        Binary::Gt => less(b, a).into(),
        Binary::Ge => (!less(a, b)).into(),
        Binary::And => a & b,
        Binary::Or => a | b,
        Binary::Xor => a ^ b,
        Binary::Shl => kind.wrap(a << shift),
        Binary::Shr if unsigned => (a as u64 >> shift) as i64,
        Binary::Shr => a >> shift,
    })
}
