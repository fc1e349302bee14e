//! What operators work on: names, numbers, texts, elements, members, casts, and the operators before and behind one.

use super::call::{call, closest};
use super::{Val, assignment, deeper, expression, integer, rvalue, scalar, value};
use crate::program::ProgramError;
use crate::program::compile::{Compiler, Result};
use crate::program::lexer::{At, Token};
use crate::program::machine::{Binary, Op};
use crate::program::prelude::named;
use crate::program::types::{Def, Kind, Ty};

pub(super) fn unary(c: &mut Compiler) -> Result<Val> {
    deeper(c, unary_inner)
}

fn unary_inner(c: &mut Compiler) -> Result<Val> {
    let at = c.at();
    match *c.peek() {
        Token::Sign("!") => {
            c.next();
            let ty = operand(c)?;
            scalar(c, ty, at)?;
            c.emit(Op::Not, at);
            value(Ty::INT)
        }
        Token::Sign(sign @ ("-" | "+" | "~")) => {
            c.next();
            let ty = operand(c)?;
            let kind = integer(c, ty, at)?.promoted();
            match sign {
                "~" => drop(c.emit(Op::BitNot, at)),
                "-" => {
                    c.emit(Op::Push(-1), at);
                    c.emit(Op::Binary(Binary::Mul, kind), at);
                }
                _ => {}
            }
            c.emit(Op::Wrap(kind), at);
            value(kind.into())
        }
        Token::Sign("&") => {
            c.next();
            let v = unary(c)?;
            if !v.place {
                return Err(ProgramError::new(at, "`&` wants a variable, an element or a member"));
            }
            value(c.pointer_to(v.ty, at)?)
        }
        Token::Sign("*") => {
            c.next();
            let ty = operand(c)?;
            Ok(Val { ty: target(c, ty, at)?, place: true })
        }
        Token::Sign(sign @ ("++" | "--")) => {
            c.next();
            let v = unary(c)?;
            step(c, v, sign, false, at)
        }
        Token::Sign("(") if c.names_type(1) => cast(c),
        _ => postfix(c),
    }
}

/// The value of what follows an operator.
fn operand(c: &mut Compiler) -> Result<Ty> {
    let at = c.at();
    let v = unary(c)?;
    rvalue(c, v, at)
}

/// What a pointer points to.
fn target(c: &Compiler, ty: Ty, at: At) -> Result<Ty> {
    match c.types.target(ty) {
        Some(to) if to != Ty::VOID => Ok(to),
        _ => Err(ProgramError::new(at, format!("`{}` points to nothing that has a value", c.types.name(ty)))),
    }
}

fn cast(c: &mut Compiler) -> Result<Val> {
    let at = c.at();
    c.next();
    let base = c.specifier()?;
    let ty = c.stars(base)?;
    c.expect(")")?;
    let from = operand(c)?;
    if ty == Ty::VOID {
        return value(ty);
    }
    let (Some(to), Some(was)) = (c.types.scalar(ty), c.types.scalar(from)) else {
        let names = (c.types.name(from), c.types.name(ty));
        return Err(ProgramError::new(at, format!("`{}` cannot become `{}`", names.0, names.1)));
    };
    if to != was {
        c.emit(Op::Wrap(to), at);
    }
    value(ty)
}

/// `++` or `--`, the address on the stack.
fn step(c: &mut Compiler, v: Val, sign: &str, old: bool, at: At) -> Result<Val> {
    let kind = c.types.scalar(v.ty).filter(|_| v.place);
    let Some(kind) = kind else {
        return Err(ProgramError::new(
            at,
            format!("`{sign}` wants a variable that holds a number or a pointer"),
        ));
    };
    let size = c.types.target(v.ty).map_or(1, |to| c.types.size(to) as i32);
    let by = if sign == "++" { size } else { -size };
    c.emit(Op::Step { kind, by, old }, at);
    value(v.ty)
}

fn postfix(c: &mut Compiler) -> Result<Val> {
    let mut v = primary(c)?;
    loop {
        let at = c.at();
        let Token::Sign(sign) = *c.peek() else { return Ok(v) };
        match sign {
            "[" => {
                let ty = rvalue(c, v, at)?;
                let Some(of) = c.types.target(ty).filter(|&t| t != Ty::VOID) else {
                    return Err(ProgramError::new(at, format!("`{}` is not an array", c.types.name(ty))));
                };
                c.next();
                let here = c.at();
                let index = deeper(c, expression)?;
                integer(c, index, here)?;
                c.expect("]")?;
                let size = c.types.size(of) as i64;
                c.emit(Op::Offset(size), at);
                v = Val { ty: of, place: true };
            }
            "." | "->" => v = member(c, v, sign)?,
            "++" | "--" => {
                c.next();
                v = step(c, v, sign, true, at)?;
            }
            _ => return Ok(v),
        }
    }
}

/// `a.member`, `p->member`
fn member(c: &mut Compiler, v: Val, sign: &str) -> Result<Val> {
    let at = c.at();
    c.next();
    let owner = if sign == "->" {
        let ty = rvalue(c, v, at)?;
        c.types.target(ty)
    } else {
        Some(v.ty)
    };
    let here = c.at();
    let name = c.name("the name of a member")?;
    let Some(Def::Struct(s)) = owner.map(|ty| c.types.def(ty)) else {
        let is = c.types.name(v.ty);
        let other =
            if sign == "." && c.types.target(v.ty).is_some() { ": put `->` in place of `.`" } else { "" };
        return Err(ProgramError::new(at, format!("`{is}` has no members{other}")));
    };
    let (ty, offset) = find_member(c, s, &name, here)?;
    if offset != 0 {
        c.emit(Op::Push(offset as i64), at);
        c.emit(Op::Offset(1), at);
    }
    Ok(Val { ty, place: true })
}

/// A member's type, and where it lies.
pub(in crate::program) fn find_member(c: &Compiler, s: u16, name: &str, at: At) -> Result<(Ty, usize)> {
    let s = &c.types.structs[usize::from(s)];
    s.members.iter().find(|m| m.name == name).map(|m| (m.ty, m.offset)).ok_or_else(|| {
        let all = s.members.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(", ");
        ProgramError::new(at, format!("struct {} has {all}, not `{name}`", s.name))
    })
}

fn primary(c: &mut Compiler) -> Result<Val> {
    let at = c.at();
    match c.next() {
        Token::Int(n, kind) => {
            c.emit(Op::Push(n), at);
            value(kind.into())
        }
        Token::Str(text) => {
            let len = text.len() as u32 + 1;
            let addr = c.literal(text);
            c.emit(Op::Push(addr), at);
            Ok(Val { ty: c.array_of(Ty::CHAR, len, at)?, place: true })
        }
        Token::Sign("(") => {
            let v = deeper(c, |c| {
                let mut v = assignment(c)?;
                while c.is(",") {
                    c.next();
                    c.emit(Op::Pop, at);
                    v = assignment(c)?;
                }
                Ok(v)
            })?;
            c.expect(")")?;
            Ok(v)
        }
        Token::Name(name) if name == "sizeof" => size_of(c, at),
        Token::Name(name) if c.is("(") => call(c, &name, at),
        Token::Name(name) => {
            if let Some((place, ty)) = c.place(&name) {
                c.push_place(place, at);
                return Ok(Val { ty, place: true });
            }
            let Some((n, pointer)) = named(&name) else {
                let hint = match closest(c.names(), &name) {
                    Some(other) => format!("did you mean `{other}`?"),
                    None => format!("put `int {name};` before, or mend the name"),
                };
                return Err(ProgramError::new(at, format!("`{name}` is not declared: {hint}")));
            };
            c.emit(Op::Push(n), at);
            let number = if i32::try_from(n).is_ok() { Kind::I32 } else { Kind::U32 };
            value(if pointer { c.pointer_to(Ty::VOID, at)? } else { number.into() })
        }
        other => {
            let what = match other {
                Token::Sign(s) => format!("`{s}`"),
                _ => "the end of the program".into(),
            };
            Err(ProgramError::new(at, format!("a value is wanted here, not {what}")))
        }
    }
}

fn size_of(c: &mut Compiler, at: At) -> Result<Val> {
    let ty = if c.is("(") && c.names_type(1) {
        c.next();
        let base = c.specifier()?;
        let ty = c.stars(base)?;
        c.expect(")")?;
        ty
    } else {
        // What it does is not done; only its type counts.
        let from = c.ops.len();
        let v = unary(c)?;
        c.ops.truncate(from);
        v.ty
    };
    let size = c.types.size(ty) as i64;
    c.emit(Op::Push(size), at);
    value(Ty::SIZE)
}
