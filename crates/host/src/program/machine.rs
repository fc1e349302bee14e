//! A stack machine whose whole state can be cloned; a system call leaves it as a value and the result comes
//! back as one.

use super::{BUDGET, Code, Next, Slot};
use crate::Call;
use bytes::Bytes;
use std::net::SocketAddr;
use std::rc::Rc;
use tcp::time::Duration;

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Int(i64),
    /// Octets of a string in the text, from an offset.
    Text(Bytes),
    /// `&buf[offset]`.
    Pointer {
        slot: usize,
        offset: usize,
    },
}

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
    BitAnd,
    BitOr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sys {
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    Read,
    Write,
    Shutdown,
    Close,
    Usleep,
    Sleep,
    Fcntl,
    Dup,
    Fork,
    Wait,
    Exit,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Op {
    Push(Value),
    Load(usize),
    /// Keeps the value on the stack: an assignment is an expression.
    Store(usize),
    Pop,
    Not,
    Negate,
    Binary(Binary),
    Jump(usize),
    JumpIfZero(usize),
    /// With so many arguments on the stack.
    Call(Sys, usize),
    /// End of `main`, status on the stack.
    Return,
}

#[derive(Clone, Debug)]
pub(super) struct Machine {
    pc: usize,
    stack: Vec<Value>,
    slots: Vec<Slot>,
    /// Buffer that the call under way reads into.
    into: Option<(usize, usize)>,
}

type Trap = String;

impl Machine {
    pub(super) fn new(slots: Vec<Slot>) -> Machine {
        Machine { pc: 0, stack: Vec::new(), slots, into: None }
    }
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }
    /// The line of the operation that comes next; 0 at the end.
    pub(super) fn line(&self, code: &Code) -> u32 {
        code.ops.get(self.pc).map_or(0, |(_, line)| *line)
    }
    pub(super) fn run(&mut self, code: &Code) -> Next {
        for _ in 0..BUDGET {
            match self.step(code) {
                Ok(None) => {}
                Ok(Some(next)) => return next,
                Err(trap) => return Next::Trap(format!("line {}: {trap}", self.line(code))),
            }
        }
        Next::Trap(format!("line {}: no call after {BUDGET} statements; stopped", self.line(code)))
    }
    /// The result of the call at `pc` comes in. The program stores it and stands at what it will do next, so that
    /// the line shown is the one about to run.
    pub(super) fn resume(&mut self, code: &Code, value: i64, data: &[u8]) {
        if let Some((slot, offset)) = self.into.take()
            && let Slot::Buffer(buffer) = &mut self.slots[slot]
        {
            Rc::make_mut(buffer)[offset..offset + data.len()].copy_from_slice(data);
        }
        self.stack.push(Value::Int(value));
        self.pc += 1;
        // `for (;;) ;` leads from jump to jump for ever.
        for _ in 0..code.ops.len() {
            let tail = matches!(code.ops.get(self.pc), Some((Op::Pop | Op::Store(_) | Op::Jump(_), _)));
            if !tail || self.step(code).is_err() {
                break;
            }
        }
    }
    fn step(&mut self, code: &Code) -> Result<Option<Next>, Trap> {
        let Some((op, _)) = code.ops.get(self.pc) else { return Ok(Some(Next::Exit(0))) };
        match op {
            Op::Push(v) => self.stack.push(v.clone()),
            Op::Load(slot) => {
                let value = match &self.slots[*slot] {
                    Slot::Int(n) => Value::Int(*n),
                    Slot::Buffer(_) | Slot::Address(_) => Value::Pointer { slot: *slot, offset: 0 },
                };
                self.stack.push(value);
            }
            Op::Store(slot) => {
                let n = self.int()?;
                self.slots[*slot] = Slot::Int(n);
                self.stack.push(Value::Int(n));
            }
            Op::Pop => drop(self.stack.pop()),
            Op::Not => {
                let n = self.int()?;
                self.stack.push(Value::Int(i64::from(n == 0)));
            }
            Op::Negate => {
                let n = self.int()?;
                self.stack.push(Value::Int(n.wrapping_neg()));
            }
            Op::Binary(op) => self.binary(*op)?,
            Op::Jump(to) => {
                self.pc = *to;
                return Ok(None);
            }
            Op::JumpIfZero(to) => {
                if self.int()? == 0 {
                    self.pc = *to;
                    return Ok(None);
                }
            }
            Op::Call(sys, argc) => return self.call(*sys, *argc).map(Some),
            Op::Return => return Ok(Some(Next::Exit(self.int()? as i32 & 0xff))),
        }
        self.pc += 1;
        Ok(None)
    }
    fn pop(&mut self) -> Result<Value, Trap> {
        self.stack.pop().ok_or_else(|| "a value is missing".to_owned())
    }
    fn int(&mut self) -> Result<i64, Trap> {
        match self.pop()? {
            Value::Int(n) => Ok(n),
            Value::Text(_) | Value::Pointer { .. } => Ok(1),
        }
    }
    fn binary(&mut self, op: Binary) -> Result<(), Trap> {
        let right = self.pop()?;
        let left = self.pop()?;
        let value = match (left, right) {
            (Value::Pointer { slot, offset }, Value::Int(n)) if matches!(op, Binary::Add | Binary::Sub) => {
                let n = if op == Binary::Add { n } else { n.wrapping_neg() };
                let offset = (offset as i64).checked_add(n).and_then(|o| usize::try_from(o).ok());
                Value::Pointer { slot, offset: offset.ok_or("a pointer leaves its buffer")? }
            }
            (Value::Text(t), Value::Int(n)) if op == Binary::Add => {
                let n =
                    usize::try_from(n).ok().filter(|&n| n <= t.len()).ok_or("a pointer leaves its text")?;
                Value::Text(t.slice(n..))
            }
            (Value::Int(a), Value::Int(b)) => Value::Int(arithmetic(op, a, b)?),
            _ => return Err("two pointers cannot be reckoned with here".into()),
        };
        self.stack.push(value);
        Ok(())
    }
    fn call(&mut self, sys: Sys, argc: usize) -> Result<Next, Trap> {
        let args = self.stack.split_off(self.stack.len().saturating_sub(argc));
        let int = |i: usize| match args.get(i) {
            Some(Value::Int(n)) => *n,
            _ => 0,
        };
        let fd = int(0) as i32;
        Ok(Next::Call(match sys {
            Sys::Socket => Call::Socket,
            Sys::Bind => Call::Bind { fd, addr: self.address(args.get(1))? },
            Sys::Listen => Call::Listen { fd, backlog: int(1) as i32 },
            Sys::Accept => Call::Accept { fd },
            Sys::Connect => Call::Connect { fd, addr: self.address(args.get(1))? },
            Sys::Read => Call::Read { fd, len: self.read_into(args.get(1), int(2))? },
            Sys::Write => Call::Write { fd, data: self.octets(args.get(1), int(2))? },
            Sys::Shutdown => Call::ShutdownWrite { fd },
            Sys::Close => Call::Close { fd },
            Sys::Usleep => {
                Call::Sleep { time: Duration::from_micros(int(0).clamp(0, i64::from(u32::MAX)) as u64) }
            }
            Sys::Sleep => {
                Call::Sleep { time: Duration::from_secs(int(0).clamp(0, i64::from(u32::MAX)) as u64) }
            }
            Sys::Fcntl => Call::SetNonblocking { fd, on: int(2) & super::expr::O_NONBLOCK != 0 },
            Sys::Dup => Call::Dup { fd },
            Sys::Fork => Call::Fork,
            Sys::Wait => Call::WaitPid { child: None },
            Sys::Exit => return Ok(Next::Exit(int(0) as i32 & 0xff)),
        }))
    }
    fn address(&self, v: Option<&Value>) -> Result<SocketAddr, Trap> {
        match v {
            Some(Value::Pointer { slot, offset: 0 }) => match self.slots[*slot] {
                Slot::Address(a) => Ok(a),
                _ => Err("an address is wanted here".into()),
            },
            _ => Err("an address is wanted here".into()),
        }
    }
    fn read_into(&mut self, v: Option<&Value>, len: i64) -> Result<usize, Trap> {
        let len = usize::try_from(len).map_err(|_| "a length below zero")?;
        match v {
            Some(Value::Pointer { slot, offset }) => match &self.slots[*slot] {
                Slot::Buffer(b) if offset.saturating_add(len) <= b.len() => {
                    self.into = Some((*slot, *offset));
                    Ok(len)
                }
                Slot::Buffer(b) => {
                    Err(format!("{len} octets do not fit behind octet {offset} of {}", b.len()))
                }
                _ => Err("a buffer is wanted here".into()),
            },
            _ => Err("a buffer is wanted here".into()),
        }
    }
    fn octets(&self, v: Option<&Value>, len: i64) -> Result<Bytes, Trap> {
        let len = usize::try_from(len).map_err(|_| "a length below zero")?;
        match v {
            // A C string ends in a zero octet, which may be sent too.
            Some(Value::Text(t)) if len <= t.len() => Ok(t.slice(..len)),
            Some(Value::Pointer { slot, offset }) => match &self.slots[*slot] {
                Slot::Buffer(b) if offset.saturating_add(len) <= b.len() => {
                    Ok(Bytes::copy_from_slice(&b[*offset..offset + len]))
                }
                _ => Err(format!("there are no {len} octets to write")),
            },
            _ => Err(format!("there are no {len} octets to write")),
        }
    }
}

pub(super) fn arithmetic(op: Binary, a: i64, b: i64) -> Result<i64, Trap> {
    Ok(match op {
        Binary::Add => a.wrapping_add(b),
        Binary::Sub => a.wrapping_sub(b),
        Binary::Mul => a.wrapping_mul(b),
        Binary::Div => a.checked_div(b).ok_or("division by zero")?,
        Binary::Rem => a.checked_rem(b).ok_or("division by zero")?,
        Binary::Eq => i64::from(a == b),
        Binary::Ne => i64::from(a != b),
        Binary::Lt => i64::from(a < b),
        Binary::Le => i64::from(a <= b),
        Binary::Gt => i64::from(a > b),
        Binary::Ge => i64::from(a >= b),
        Binary::BitAnd => a & b,
        Binary::BitOr => a | b,
    })
}
