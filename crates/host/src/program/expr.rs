//! Expressions to operations, by precedence.

use super::compile::Compiler;
use super::lexer::{At, Token};
use super::machine::{Binary, Op, Value};
use super::sys::{CALLS, named};
use super::{ProgramError, Slot};
use bytes::Bytes;

type Result<T> = std::result::Result<T, ProgramError>;

/// Expressions may stand so deep in one another.
const DEPTH_MAX: u32 = 128;

/// Binary operators, loosest first; `&&` and `||`, which may skip their right side, are looser than all.
const LEVELS: [&[(&str, Binary)]; 6] = [
    &[("|", Binary::BitOr)],
    &[("&", Binary::BitAnd)],
    &[("==", Binary::Eq), ("!=", Binary::Ne)],
    &[("<=", Binary::Le), (">=", Binary::Ge), ("<", Binary::Lt), (">", Binary::Gt)],
    &[("+", Binary::Add), ("-", Binary::Sub)],
    &[("*", Binary::Mul), ("/", Binary::Div), ("%", Binary::Rem)],
];

/// An expression, commas between its parts.
pub(super) fn expression(c: &mut Compiler) -> Result<()> {
    assignment(c)?;
    while c.peek() == &Token::Sign(",") {
        let at = c.at();
        c.next();
        c.emit(Op::Pop, at);
        assignment(c)?;
    }
    Ok(())
}

/// An expression without commas.
pub(super) fn assignment(c: &mut Compiler) -> Result<()> {
    c.depth += 1;
    if c.depth > DEPTH_MAX {
        return Err(ProgramError::new(c.at(), "expressions stand too deep in one another here"));
    }
    let done = assignment_inner(c);
    c.depth -= 1;
    done
}

fn assignment_inner(c: &mut Compiler) -> Result<()> {
    let at = c.at();
    if let (Token::Name(name), Token::Sign(sign)) = (c.peek().clone(), c.peek_at(1).clone())
        && matches!(sign, "=" | "+=" | "-=" | "*=")
    {
        let slot = c.slot(&name, at)?;
        if !matches!(c.slots[slot].1, Slot::Int(_)) {
            return Err(ProgramError::new(
                at,
                format!("`{name}` is a buffer or an address and cannot be assigned"),
            ));
        }
        c.next();
        c.next();
        if sign != "=" {
            c.emit(Op::Load(slot), at);
        }
        assignment(c)?;
        match sign {
            "+=" => drop(c.emit(Op::Binary(Binary::Add), at)),
            "-=" => drop(c.emit(Op::Binary(Binary::Sub), at)),
            "*=" => drop(c.emit(Op::Binary(Binary::Mul), at)),
            _ => {}
        }
        c.emit(Op::Store(slot), at);
        return Ok(());
    }
    or(c)
}

/// `a || b`: b is not run when a is true; the value is 0 or 1.
fn or(c: &mut Compiler) -> Result<()> {
    and(c)?;
    while c.peek() == &Token::Sign("||") {
        let at = c.at();
        c.next();
        let no = c.emit(Op::JumpIfZero(0), at);
        c.emit(Op::Push(Value::Int(1)), at);
        let end = c.emit(Op::Jump(0), at);
        c.land(no);
        and(c)?;
        truth(c, at);
        c.land(end);
    }
    Ok(())
}

/// `a && b`: b is not run when a is false.
fn and(c: &mut Compiler) -> Result<()> {
    level(c, 0)?;
    while c.peek() == &Token::Sign("&&") {
        let at = c.at();
        c.next();
        let no = c.emit(Op::JumpIfZero(0), at);
        level(c, 0)?;
        truth(c, at);
        let end = c.emit(Op::Jump(0), at);
        c.land(no);
        c.emit(Op::Push(Value::Int(0)), at);
        c.land(end);
    }
    Ok(())
}

fn truth(c: &mut Compiler, at: At) {
    c.emit(Op::Not, at);
    c.emit(Op::Not, at);
}

fn level(c: &mut Compiler, n: usize) -> Result<()> {
    let Some(operators) = LEVELS.get(n) else { return unary(c) };
    level(c, n + 1)?;
    while let Token::Sign(sign) = *c.peek()
        && let Some(&(_, op)) = operators.iter().find(|(s, _)| *s == sign)
    {
        let at = c.at();
        c.next();
        level(c, n + 1)?;
        c.emit(Op::Binary(op), at);
    }
    Ok(())
}

fn unary(c: &mut Compiler) -> Result<()> {
    c.depth += 1;
    if c.depth > DEPTH_MAX {
        return Err(ProgramError::new(c.at(), "expressions stand too deep in one another here"));
    }
    let done = unary_inner(c);
    c.depth -= 1;
    done
}

fn unary_inner(c: &mut Compiler) -> Result<()> {
    let at = c.at();
    match c.peek().clone() {
        Token::Sign("!") => {
            c.next();
            unary(c)?;
            c.emit(Op::Not, at);
        }
        Token::Sign("-") => {
            c.next();
            unary(c)?;
            c.emit(Op::Negate, at);
        }
        // `&any80`: an address or a buffer stands for its place already.
        Token::Sign("&") => {
            c.next();
            let at = c.at();
            let name = c.name("the name of a variable")?;
            let slot = c.slot(&name, at)?;
            c.emit(Op::Push(Value::Pointer { slot, offset: 0 }), at);
        }
        Token::Sign(sign @ ("++" | "--")) => {
            c.next();
            let at = c.at();
            let name = c.name("the name of a variable")?;
            step(c, &name, sign, at)?;
        }
        Token::Sign("(") if matches!(c.peek_at(1), Token::Name(n) if n == "struct" || n == "void") => {
            while !c.take(")") {
                if c.next() == Token::End {
                    return Err(ProgramError::new(at, "this cast is never closed: put `)` after it"));
                }
            }
            unary(c)?;
        }
        _ => primary(c)?,
    }
    Ok(())
}

fn step(c: &mut Compiler, name: &str, sign: &str, at: At) -> Result<()> {
    let slot = c.slot(name, at)?;
    if !matches!(c.slots[slot].1, Slot::Int(_)) {
        return Err(ProgramError::new(at, format!("`{name}` is not a number")));
    }
    c.emit(Op::Load(slot), at);
    c.emit(Op::Push(Value::Int(1)), at);
    c.emit(Op::Binary(if sign == "++" { Binary::Add } else { Binary::Sub }), at);
    c.emit(Op::Store(slot), at);
    Ok(())
}

fn primary(c: &mut Compiler) -> Result<()> {
    let at = c.at();
    match c.next() {
        Token::Int(n) => drop(c.emit(Op::Push(Value::Int(n)), at)),
        Token::Str(mut text) => {
            text.push(0);
            c.emit(Op::Push(Value::Text(Bytes::from(text))), at);
        }
        Token::Sign("(") => {
            expression(c)?;
            c.expect(")")?;
        }
        Token::Name(name) if name == "sizeof" => {
            let n = size_of(c)?;
            c.emit(Op::Push(Value::Int(n)), at);
        }
        Token::Name(name) if c.peek() == &Token::Sign("(") => call(c, &name, at)?,
        Token::Name(name) => {
            if let Some(n) = named(&name) {
                c.emit(Op::Push(Value::Int(n)), at);
                return Ok(());
            }
            if c.peek() == &Token::Sign("[") {
                return element(c, &name, at);
            }
            let slot = c.slot(&name, at)?;
            c.emit(Op::Load(slot), at);
            if let Token::Sign(sign @ ("++" | "--")) = *c.peek() {
                // The old value stays; the new one is stored and dropped.
                c.next();
                step(c, &name, sign, at)?;
                c.emit(Op::Pop, at);
            }
        }
        _ => {
            let mut error = c.wanted("a value");
            (error.line, error.column) = (at.line, at.column);
            return Err(error);
        }
    }
    Ok(())
}

/// `a[i]`, `p[i].revents`, or an assignment to it.
fn element(c: &mut Compiler, name: &str, at: At) -> Result<()> {
    let slot = c.slot(name, at)?;
    let polls = matches!(c.slots[slot].1, Slot::Polls(_));
    if matches!(c.slots[slot].1, Slot::Int(_) | Slot::Address(_)) {
        return Err(ProgramError::new(at, format!("`{name}` is not an array")));
    }
    c.expect("[")?;
    expression(c)?;
    c.expect("]")?;
    let mut member = 0;
    if polls {
        c.expect(".")?;
        let at = c.at();
        let name = c.name("fd, events or revents")?;
        member = ["fd", "events", "revents"].iter().position(|m| *m == name).ok_or_else(|| {
            ProgramError::new(at, format!("a struct pollfd has fd, events and revents, not `{name}`"))
        })?;
    }
    if c.take("=") {
        assignment(c)?;
        c.emit(Op::StoreAt(slot, member), at);
    } else {
        c.emit(Op::LoadAt(slot, member), at);
    }
    Ok(())
}

fn size_of(c: &mut Compiler) -> Result<i64> {
    let open = c.take("(");
    let at = c.at();
    let name = c.name("the name of a variable")?;
    let size = match &c.slots[c.slot(&name, at)?].1 {
        Slot::Int(_) => 4,
        Slot::Buffer(b) => b.len() as i64,
        Slot::Address(_) => 16,
        Slot::Ints(all) => 4 * all.len() as i64,
        Slot::Polls(all) => 8 * all.len() as i64,
    };
    if open {
        c.expect(")")?;
    }
    Ok(size)
}

fn call(c: &mut Compiler, name: &str, at: At) -> Result<()> {
    let Some(&(_, sys, wants)) = CALLS.iter().find(|(n, ..)| *n == name) else {
        let known: Vec<_> = CALLS.iter().map(|(n, ..)| *n).collect();
        return Err(ProgramError::new(
            at,
            format!("there is no call `{name}`; there are {}", known.join(", ")),
        ));
    };
    c.expect("(")?;
    let mut count = 0;
    while !c.take(")") {
        if count > 0 {
            c.expect(",")?;
        }
        assignment(c)?;
        count += 1;
    }
    if count != wants {
        let wants = if wants == 1 { "1 argument".into() } else { format!("{wants} arguments") };
        return Err(ProgramError::new(at, format!("`{name}` takes {wants}, not {count}")));
    }
    c.emit(Op::Call(sys, count), at);
    Ok(())
}

/// A number that is known before the program runs: products and sums of numbers and names of numbers.
pub(super) fn constant(c: &mut Compiler) -> Result<i64> {
    let at = c.at();
    let from = c.ops.len();
    level(c, 4)?;
    let ops = c.ops.split_off(from);
    let mut stack = Vec::new();
    for (op, _) in ops {
        match op {
            Op::Push(Value::Int(n)) => stack.push(n),
            Op::Negate => {
                let n = stack.pop().unwrap_or(0);
                stack.push(-n);
            }
            Op::Binary(op) => {
                let (b, a) = (stack.pop().unwrap_or(0), stack.pop().unwrap_or(0));
                stack.push(super::machine::arithmetic(op, a, b).map_err(|e| ProgramError::new(at, e))?);
            }
            _ => return Err(ProgramError::new(at, "this number must be known before the program runs")),
        }
    }
    Ok(stack.pop().unwrap_or(0))
}

/// The operation `op`, compiled at `from`, once it stands at `to`.
pub(super) fn shifted(op: Op, from: usize, to: usize) -> Op {
    match op {
        Op::Jump(goal) => Op::Jump(goal - from + to),
        Op::JumpIfZero(goal) => Op::JumpIfZero(goal - from + to),
        other => other,
    }
}
