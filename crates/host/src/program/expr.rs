//! Expressions to operations, by precedence, with their types.

mod call;
mod operand;

use super::ProgramError;
use super::compile::{Compiler, Result};
use super::lexer::{At, Token};
use super::machine::{Binary, Op, arithmetic};
use super::types::{Def, Kind, Ty};
pub(super) use operand::find_member;
use operand::unary;

/// Expressions may stand so deep in one another.
const DEPTH_MAX: u32 = 128;

/// Binary operators with how tightly they bind; `&&` and `||`, which may skip their right side, stand below them.
const OPERATORS: [(&str, Binary, u8); 16] = [
    ("|", Binary::Or, 3),
    ("^", Binary::Xor, 4),
    ("&", Binary::And, 5),
    ("==", Binary::Eq, 6),
    ("!=", Binary::Ne, 6),
    ("<", Binary::Lt, 7),
    (">", Binary::Gt, 7),
    ("<=", Binary::Le, 7),
    (">=", Binary::Ge, 7),
    ("<<", Binary::Shl, 8),
    (">>", Binary::Shr, 8),
    ("+", Binary::Add, 9),
    ("-", Binary::Sub, 9),
    ("*", Binary::Mul, 10),
    ("/", Binary::Div, 10),
    ("%", Binary::Rem, 10),
];
const OR: u8 = 1;
const AND: u8 = 2;

/// What an expression left on the stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Val {
    ty: Ty,
    /// Its address, not itself.
    place: bool,
}

fn value(ty: Ty) -> Result<Val> {
    Ok(Val { ty, place: false })
}

/// An expression, commas between its parts, and its value.
pub(super) fn expression(c: &mut Compiler) -> Result<Ty> {
    let mut ty = assigned(c)?;
    while c.is(",") {
        let at = c.at();
        c.next();
        c.emit(Op::Pop, at);
        ty = assigned(c)?;
    }
    Ok(ty)
}

/// A number or a pointer.
pub(super) fn condition(c: &mut Compiler) -> Result<()> {
    let at = c.at();
    let ty = expression(c)?;
    scalar(c, ty, at).map(|_| ())
}

/// An expression without commas, and its value.
pub(super) fn assigned(c: &mut Compiler) -> Result<Ty> {
    let at = c.at();
    let v = assignment(c)?;
    rvalue(c, v, at)
}

/// A value that a variable or parameter of type `ty` takes.
pub(super) fn value_for(c: &mut Compiler, ty: Ty, whose: &str) -> Result<()> {
    let (at, from) = (c.at(), c.ops.len());
    let given = assigned(c)?;
    takes(c, ty, given, from, at, whose)?;
    if let Some(kind) = c.types.scalar(ty)
        && c.types.scalar(given) != Some(kind)
    {
        c.emit(Op::Wrap(kind), at);
    }
    Ok(())
}

/// Whether a value of type `given`, which stands from operation `from` on, may go where `ty` is wanted.
fn takes(c: &Compiler, ty: Ty, given: Ty, from: usize, at: At, whose: &str) -> Result<()> {
    let zero = matches!(c.ops[from..], [(Op::Push(0), _)]);
    let named = |to: Ty, name: &str| matches!(c.types.def(to), Def::Struct(s) if c.types.structs[usize::from(s)].name == name);
    let fits = match (c.types.def(ty), c.types.def(given)) {
        _ if ty == given => ty != Ty::VOID,
        (Def::Int(_), Def::Int(_)) => true,
        (Def::Pointer(_), Def::Int(_)) => zero,
        (Def::Pointer(Ty::VOID), Def::Pointer(_)) | (Def::Pointer(_), Def::Pointer(Ty::VOID)) => true,
        // glibc takes any address where it wants one.
        (Def::Pointer(a), Def::Pointer(b)) => {
            let addresses = ["sockaddr_in", "sockaddr_in6", "sockaddr_ll", "sockaddr_storage"];
            named(a, "sockaddr") && addresses.iter().any(|name| named(b, name))
        }
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let (wants, is) = (c.types.name(ty), c.types.name(given));
    let hint = match (c.types.def(ty), c.types.def(given)) {
        (Def::Pointer(to), _) if to == given => ": put `&` before it",
        (_, Def::Pointer(to)) if to == ty => ": put `*` before it",
        _ => "",
    };
    Err(ProgramError::new(at, format!("{whose} `{wants}`, but this is `{is}`{hint}")))
}

/// The kind of a number or pointer.
fn scalar(c: &Compiler, ty: Ty, at: At) -> Result<Kind> {
    c.types.scalar(ty).ok_or_else(|| {
        ProgramError::new(at, format!("a number or a pointer is wanted here, not `{}`", c.types.name(ty)))
    })
}

/// The kind of a number.
fn integer(c: &Compiler, ty: Ty, at: At) -> Result<Kind> {
    match c.types.def(ty) {
        Def::Int(kind) => Ok(kind),
        _ => Err(ProgramError::new(at, format!("a number is wanted here, not `{}`", c.types.name(ty)))),
    }
}

/// What lies at the place that an expression named: a number, a pointer, the address of an array's first element.
/// A struct stays where it is.
fn rvalue(c: &mut Compiler, v: Val, at: At) -> Result<Ty> {
    if !v.place {
        return Ok(v.ty);
    }
    match c.types.def(v.ty) {
        Def::Array(of, _) => c.pointer_to(of, at),
        _ => {
            if let Some(kind) = c.types.scalar(v.ty) {
                c.emit(Op::Load(kind), at);
            }
            Ok(v.ty)
        }
    }
}

fn deeper<T>(c: &mut Compiler, read: impl FnOnce(&mut Compiler) -> Result<T>) -> Result<T> {
    c.depth += 1;
    if c.depth > DEPTH_MAX {
        return Err(ProgramError::new(c.at(), "expressions stand too deep in one another here"));
    }
    let done = read(c);
    c.depth -= 1;
    done
}

fn assignment(c: &mut Compiler) -> Result<Val> {
    deeper(c, |c| {
        let start = c.at();
        let left = choice(c)?;
        let at = c.at();
        let Token::Sign(sign) = *c.peek() else { return Ok(left) };
        let op = match sign {
            "=" => None,
            _ => match sign.strip_suffix('=').and_then(|s| OPERATORS.iter().find(|(o, ..)| *o == s)) {
                Some((_, op, tight)) if !matches!(tight, 6 | 7) => Some(*op),
                _ => return Ok(left),
            },
        };
        c.next();
        let kind = c.types.scalar(left.ty);
        if !left.place || kind.is_none() && !matches!(c.types.def(left.ty), Def::Struct(_)) {
            let what = if left.place {
                "an array cannot be assigned: copy into it with strcpy or memcpy"
            } else {
                "only a variable, an element or a member can be assigned to; `==` compares"
            };
            return Err(ProgramError::new(start, what));
        }
        match (op, kind) {
            (None, Some(kind)) => {
                let ty = left.ty;
                value_for(c, ty, "the left side is")?;
                c.emit(Op::Store(kind), at);
            }
            (None, None) => {
                value_for(c, left.ty, "the left side is")?;
                let size = c.types.size(left.ty) as u32;
                c.emit(Op::Copy(size), at);
            }
            (Some(op), kind) => {
                let kind = kind.unwrap_or(Kind::I32);
                c.emit(Op::Dup, at);
                c.emit(Op::Load(kind), at);
                let from = c.ops.len();
                let right = assigned(c)?;
                binary(c, op, (left.ty, from), right, at)?;
                c.emit(Op::Store(kind), at);
            }
        }
        value(left.ty)
    })
}

/// `a ? b : c`
fn choice(c: &mut Compiler) -> Result<Val> {
    let start = c.at();
    let v = operation(c, OR)?;
    let at = c.at();
    if !c.take("?") {
        return Ok(v);
    }
    let ty = rvalue(c, v, start)?;
    scalar(c, ty, start)?;
    let no = c.emit(Op::JumpIfZero(0), at);
    let a = deeper(c, expression)?;
    c.expect(":")?;
    let end = c.emit(Op::Jump(0), at);
    c.land(no);
    let (from, here) = (c.ops.len(), c.at());
    let v = deeper(c, choice)?;
    let b = rvalue(c, v, here)?;
    c.land(end);
    match (c.types.def(a), c.types.def(b)) {
        (Def::Int(x), Def::Int(y)) => value(x.common(y).into()),
        (Def::Int(_), Def::Pointer(_)) => value(b),
        _ => {
            takes(c, a, b, from, here, "the other side of `:` is")?;
            value(a)
        }
    }
}

/// Operators that bind at least so tightly.
fn operation(c: &mut Compiler, least: u8) -> Result<Val> {
    let start = c.at();
    let mut left = unary(c)?;
    while let Token::Sign(sign) = *c.peek() {
        let at = c.at();
        let found = OPERATORS.iter().find(|(s, ..)| *s == sign).map(|&(_, op, tight)| (Some(op), tight));
        let (op, tight) = match (sign, found) {
            ("||", _) => (None, OR),
            ("&&", _) => (None, AND),
            (_, Some(found)) => found,
            _ => break,
        };
        if tight < least {
            break;
        }
        c.next();
        let ty = rvalue(c, left, start)?;
        let from = c.ops.len();
        match op {
            Some(op) => {
                let here = c.at();
                let right = operation(c, tight + 1)?;
                let right = rvalue(c, right, here)?;
                left = Val { ty: binary(c, op, (ty, from), right, at)?, place: false };
            }
            None => {
                scalar(c, ty, start)?;
                either(c, tight, at)?;
                left = Val { ty: Ty::INT, place: false };
            }
        }
    }
    Ok(left)
}

/// The right side of `&&` or `||`, which is not run where the left one decides; the value is 0 or 1.
fn either(c: &mut Compiler, tight: u8, at: At) -> Result<()> {
    let (here, or) = (c.at(), tight == OR);
    if or {
        c.emit(Op::Not, at);
    }
    let skip = c.emit(Op::JumpIfZero(0), at);
    let right = operation(c, tight + 1)?;
    let ty = rvalue(c, right, here)?;
    scalar(c, ty, here)?;
    c.emit(Op::Not, at);
    c.emit(Op::Not, at);
    let end = c.emit(Op::Jump(0), at);
    c.land(skip);
    c.emit(Op::Push(or.into()), at);
    c.land(end);
    Ok(())
}

/// A binary operation on the two values on the stack; the right one's operations begin at `from`.
fn binary(c: &mut Compiler, op: Binary, (left, from): (Ty, usize), right: Ty, at: At) -> Result<Ty> {
    let compares = matches!(op, Binary::Eq | Binary::Ne | Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge);
    match (c.types.def(left), c.types.def(right)) {
        (Def::Int(a), Def::Int(b)) => {
            let shifts = matches!(op, Binary::Shl | Binary::Shr);
            let kind = if shifts { a.promoted() } else { a.common(b) };
            c.emit(Op::Binary(op, kind), at);
            Ok(if compares { Ty::INT } else { kind.into() })
        }
        (Def::Pointer(to), Def::Int(_)) if matches!(op, Binary::Add | Binary::Sub) => {
            let size = c.types.size(to) as i64;
            c.emit(Op::Offset(if op == Binary::Add { size } else { -size }), at);
            Ok(left)
        }
        (Def::Int(_), Def::Pointer(to)) if op == Binary::Add => {
            let size = c.types.size(to) as i64;
            c.emit(Op::Swap, at);
            c.emit(Op::Offset(size), at);
            Ok(right)
        }
        (Def::Pointer(to), Def::Pointer(_)) if op == Binary::Sub && left == right => {
            c.emit(Op::Binary(op, Kind::I64), at);
            let size = c.types.size(to) as i64;
            c.emit(Op::Push(size), at);
            c.emit(Op::Binary(Binary::Div, Kind::I64), at);
            Ok(Ty::LONG)
        }
        (Def::Pointer(_), _) if compares => {
            takes(c, left, right, from, at, "the left side is")?;
            c.emit(Op::Binary(op, Kind::U64), at);
            Ok(Ty::INT)
        }
        (Def::Int(_), Def::Pointer(_)) if compares && from > 0 && c.ops[from - 1].0 == Op::Push(0) => {
            c.emit(Op::Binary(op, Kind::U64), at);
            Ok(Ty::INT)
        }
        _ => {
            let (a, b) = (c.types.name(left), c.types.name(right));
            Err(ProgramError::new(at, format!("`{a}` and `{b}` cannot be reckoned with like this")))
        }
    }
}

/// A number that is known before the program runs.
pub(super) fn constant(c: &mut Compiler) -> Result<i64> {
    let at = c.at();
    let from = c.ops.len();
    let v = operation(c, OR)?;
    let ty = rvalue(c, v, at)?;
    integer(c, ty, at)?;
    let ops = c.ops.split_off(from);
    let mut stack = Vec::new();
    for (op, _) in ops {
        let mut pop = || stack.pop().unwrap_or(0);
        let n = match op {
            Op::Push(n) => n,
            Op::Not => i64::from(pop() == 0),
            Op::BitNot => !pop(),
            Op::Wrap(kind) => kind.wrap(pop()),
            Op::Binary(op, kind) => {
                let (b, a) = (pop(), pop());
                arithmetic(op, kind, a, b).map_err(|e| ProgramError::new(at, e.why))?
            }
            _ => return Err(ProgramError::new(at, "this number must be known before the program runs")),
        };
        stack.push(n);
    }
    Ok(stack.pop().unwrap_or(0))
}
