//! A stack machine whose whole state can be cloned; a system call leaves it as a value and the result comes
//! back as one.

use super::sys::{Into, Sys};
use super::{BUDGET, Code, Next, Slot};
use bytes::Bytes;
use std::rc::Rc;

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
    /// An element of an array (a member of it, where it is a struct), index on the stack.
    LoadAt(usize, usize),
    /// Index and value on the stack; keeps the value.
    StoreAt(usize, usize),
    /// With so many arguments on the stack.
    Call(Sys, usize),
    /// End of `main`, status on the stack.
    Return,
}

#[derive(Clone, Debug)]
pub(super) struct Machine {
    pc: usize,
    stack: Vec<Value>,
    pub(super) slots: Vec<Slot>,
    /// Where the result of the call under way goes.
    pub(super) out: Option<Into>,
}

pub(super) type Trap = String;

impl Machine {
    pub(super) fn new(slots: Vec<Slot>) -> Machine {
        Machine { pc: 0, stack: Vec::new(), slots, out: None }
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
        self.take_result(data);
        self.stack.push(Value::Int(value));
        self.pc += 1;
        // `for (;;) ;` leads from jump to jump for ever.
        for _ in 0..code.ops.len() {
            let tail = matches!(
                code.ops.get(self.pc),
                Some((Op::Pop | Op::Store(_) | Op::StoreAt(..) | Op::Jump(_), _))
            );
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
                    _ => Value::Pointer { slot: *slot, offset: 0 },
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
            Op::LoadAt(slot, member) => self.load_at(*slot, *member)?,
            Op::StoreAt(slot, member) => self.store_at(*slot, *member)?,
            Op::Call(sys, argc) => {
                let args = self.stack.split_off(self.stack.len().saturating_sub(*argc));
                return self.system_call(*sys, &args).map(Some);
            }
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
    /// The element of an array that the index on the stack names.
    fn element(&mut self, slot: usize) -> Result<usize, Trap> {
        let i = self.int()?;
        let len = match &self.slots[slot] {
            Slot::Buffer(b) => b.len(),
            Slot::Ints(all) => all.len(),
            Slot::Polls(all) => all.len(),
            Slot::Int(_) | Slot::Address(_) => 0,
        };
        usize::try_from(i)
            .ok()
            .filter(|&i| i < len)
            .ok_or_else(|| format!("there is no element {i} of {len}"))
    }
    fn load_at(&mut self, slot: usize, member: usize) -> Result<(), Trap> {
        let i = self.element(slot)?;
        let n = match &self.slots[slot] {
            Slot::Buffer(b) => i64::from(b[i] as i8),
            Slot::Ints(all) => all[i],
            Slot::Polls(all) => all[i][member],
            Slot::Int(_) | Slot::Address(_) => 0,
        };
        self.stack.push(Value::Int(n));
        Ok(())
    }
    fn store_at(&mut self, slot: usize, member: usize) -> Result<(), Trap> {
        let n = self.int()?;
        let i = self.element(slot)?;
        match &mut self.slots[slot] {
            Slot::Buffer(b) => super::change(b, |b| b[i] = n as u8),
            Slot::Ints(all) => Rc::make_mut(all)[i] = n,
            Slot::Polls(all) => Rc::make_mut(all)[i][member] = n,
            Slot::Int(_) | Slot::Address(_) => {}
        }
        self.stack.push(Value::Int(n));
        Ok(())
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
