//! Calls: that there is such a function, and that it gets what it takes.

use super::{Val, assigned, scalar, value, value_for};
use crate::program::ProgramError;
use crate::program::compile::{Compiler, Does, Result, Signature};
use crate::program::format::{self, Wants};
use crate::program::lexer::{At, Token};
use crate::program::machine::Op;
use crate::program::prelude::{Builtin, Lib, Sys};
use crate::program::types::{Def, Ty};
use crate::program::{memory, prototypes};

pub(super) fn call(c: &mut Compiler, name: &str, at: At) -> Result<Val> {
    let Some(f) = c.function(name, at)? else {
        let all = prototypes().filter_map(|p| p.split('(').next()?.rsplit([' ', '*']).next());
        let hint = match closest(all.chain(c.names()), name) {
            Some(other) => format!("did you mean `{other}`?"),
            None => "write it, or mend the name; docs/language.md has those that are there".into(),
        };
        return Err(ProgramError::new(at, format!("there is no call `{name}`: {hint}")));
    };
    let count = arguments_ahead(c);
    let fewest = f.params.len();
    if count < fewest || count > fewest && !f.variadic || count > 60 {
        let wants = match (fewest, f.variadic) {
            (n, true) => format!("{n} arguments or more"),
            (0, _) => "no arguments".into(),
            (1, _) => "1 argument".into(),
            (n, _) => format!("{n} arguments"),
        };
        return Err(ProgramError::new(at, format!("`{name}` takes {wants}, not {count}")));
    }
    c.expect("(")?;
    let mut count = 0;
    let mut places = Vec::new();
    while !c.take(")") {
        if count > 0 {
            c.expect(",")?;
        }
        let (here, from) = (c.at(), c.ops.len());
        match f.params.get(count) {
            Some(&ty) => {
                let whose = format!("`{name}` takes as argument {}", count + 1);
                value_for(c, ty, &whose)?;
                places.push((here, from, ty));
            }
            None => {
                let ty = assigned(c)?;
                scalar(c, ty, here)?;
                places.push((here, from, ty));
            }
        }
        count += 1;
    }
    check_format(c, &f, &places)?;
    check_constants(c, f.does, &places)?;
    let op = match f.does {
        Does::Own(i) => Op::Call(i as u32),
        Does::Builtin(Builtin::Lib(lib)) => Op::Lib(lib, count as u8),
        Does::Builtin(Builtin::Sys(sys)) => Op::Sys(sys, count as u8),
    };
    c.emit(op, at);
    value(f.ret)
}

/// How many arguments stand between the parentheses ahead.
fn arguments_ahead(c: &Compiler) -> usize {
    let (mut deep, mut commas, mut ahead) = (0, 0, 0);
    loop {
        match c.peek_at(ahead) {
            Token::Sign("(" | "[" | "{") => deep += 1,
            Token::Sign(")" | "]" | "}") => deep -= 1,
            Token::Sign(",") if deep == 1 => commas += 1,
            Token::Sign(";") | Token::End => break,
            _ => {}
        }
        if deep == 0 {
            break;
        }
        ahead += 1;
    }
    if ahead < 2 { 0 } else { commas + 1 }
}

/// What a format that is known wants is what it gets (gcc -Wformat).
fn check_format(c: &Compiler, f: &Signature, args: &[(At, usize, Ty)]) -> Result<()> {
    let prints = matches!(
        f.does,
        Does::Builtin(Builtin::Sys(Sys::Printf | Sys::Fprintf) | Builtin::Lib(Lib::Snprintf | Lib::Sprintf))
    );
    let fixed = f.params.len();
    let Some(&(at, from, _)) = args.get(fixed.wrapping_sub(1)).filter(|_| prints) else { return Ok(()) };
    let Some((Op::Push(addr), _)) = c.ops.get(from) else { return Ok(()) };
    let text = memory::parts(*addr).and_then(|(object, _)| c.statics.get(object)).filter(|s| s.fixed);
    let Some(text) = text.map(|s| s.octets.octets()) else { return Ok(()) };
    let wants = format::wanted(&text[..text.len() - 1])
        .map_err(|bad| ProgramError::new(at, format!("`%{bad}` is no conversion of printf here")))?;
    let given = &args[fixed..];
    if wants.len() != given.len() {
        let (n, m) = (wants.len(), given.len());
        return Err(ProgramError::new(at, format!("this format wants {n} values behind it, not {m}")));
    }
    for (wants, &(at, _, ty)) in wants.into_iter().zip(given) {
        let fits = match (wants, c.types.def(ty)) {
            (Wants::Text, Def::Pointer(to)) => c.types.size(to) == 1 && to != Ty::VOID,
            (Wants::Pointer, Def::Pointer(_)) => true,
            (Wants::Int(kind), Def::Int(is)) => kind.size() == is.promoted().size(),
            _ => false,
        };
        if !fits {
            let is = c.types.name(ty);
            let how = match c.types.def(ty) {
                Def::Int(kind) if kind.promoted().size() == 8 => "%ld, %lu or %zu",
                Def::Int(_) => "%d, %u, %x or %c",
                Def::Pointer(Ty::CHAR) => "%s",
                _ => "%p",
            };
            return Err(ProgramError::new(at, format!("the format does not fit this `{is}`: write {how}")));
        }
    }
    Ok(())
}

/// A port and an address that are known must be ones.
fn check_constants(c: &Compiler, does: Does, args: &[(At, usize, Ty)]) -> Result<()> {
    let (Does::Builtin(Builtin::Lib(lib)), [.., (at, from, _)]) = (does, args) else { return Ok(()) };
    let known = |i: usize| match c.ops.get(i) {
        Some((Op::Push(n), _)) => Some(*n),
        _ => None,
    };
    match (lib, known(*from)) {
        (Lib::Htons, Some(n)) if u16::try_from(n).is_err() && c.ops.len() <= from + 2 => {
            Err(ProgramError::new(*at, format!("a port is 0 to 65535, not {n}")))
        }
        (Lib::InetAddr, Some(n)) => {
            let text = memory::parts(n).and_then(|(object, _)| c.statics.get(object)).filter(|s| s.fixed);
            let Some(text) = text.map(|s| s.octets.octets()) else { return Ok(()) };
            let text = String::from_utf8_lossy(&text[..text.len() - 1]);
            match text.parse::<std::net::Ipv4Addr>() {
                Ok(_) => Ok(()),
                Err(_) => {
                    Err(ProgramError::new(*at, format!("`{text}` is no IPv4 address, such as 10.0.0.2")))
                }
            }
        }
        _ => Ok(()),
    }
}

/// The name nearest to a misspelt one, if it is near enough.
pub(super) fn closest<'a>(names: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let near = |other: &&str| other.len().abs_diff(name.len()) <= 2;
    let (distance, found) = names.filter(near).map(|other| (changes(other, name), other)).min()?;
    (distance <= 2 && distance < name.len()).then_some(found)
}

/// Letters to put in, take out or change until the one is the other.
fn changes(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut before = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let cost = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = cost.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
