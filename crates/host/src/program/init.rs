//! What a variable is set to where it is declared.

use super::ProgramError;
use super::compile::{Compiler, Result};
use super::expr;
use super::lexer::{At, Token};
use super::machine::Op;
use super::types::{Def, Ty};

/// Elements that a list may give.
const LIST_MAX: u32 = 1 << 16;

impl Compiler {
    /// What stands after `=`, the variable's address on the stack. Gives its whole type: where `open`, it is an array
    /// of `ty` whose length comes from here.
    pub(super) fn initialise(&mut self, ty: Ty, open: bool, at: At) -> Result<Ty> {
        let mut whole = ty;
        if open {
            if let Token::Str(text) = self.peek() {
                whole = self.array_of(ty, text.len() as u32 + 1, at)?;
            } else {
                let clear = self.emit(Op::Clear(0), at);
                let count = self.list(ty, LIST_MAX)?;
                whole = self.array_of(ty, count.max(1), at)?;
                self.ops[clear].0 = Op::Clear(self.types.size(whole) as u32);
                self.emit(Op::Pop, at);
                return Ok(whole);
            }
        } else if self.types.scalar(ty).is_none() && self.is("{") {
            let size = self.types.size(ty) as u32;
            self.emit(Op::Clear(size), at);
        }
        self.set(whole)?;
        Ok(whole)
    }

    /// Sets what lies at the address on the stack, which is zero, and takes the address away.
    fn set(&mut self, ty: Ty) -> Result<()> {
        self.depth += 1;
        let at = self.at();
        if self.depth > 64 {
            return Err(ProgramError::new(at, "lists stand too deep in one another here"));
        }
        match (self.types.def(ty), self.peek().clone()) {
            (Def::Array(of, len), Token::Str(text)) if of == Ty::CHAR => {
                self.next();
                // The zero octet is left out where there is no room for it.
                let copied = (text.len() as u32 + 1).min(len);
                if text.len() as u32 > len {
                    return Err(ProgramError::new(
                        at,
                        format!("this text has {} octets, the array {len}", text.len()),
                    ));
                }
                let addr = self.literal(text);
                self.emit(Op::Clear(len), at);
                self.emit(Op::Push(addr), at);
                self.emit(Op::Copy(copied), at);
            }
            (Def::Array(of, len), Token::Sign("{")) => drop(self.list(of, len)?),
            (Def::Struct(s), Token::Sign("{")) => self.members(s)?,
            (Def::Array(..), _) => return Err(self.wanted("`{`, or a text for an array of char,")),
            (Def::Struct(_), _) => {
                let from = self.at();
                let given = expr::assigned(self)?;
                if given != ty {
                    let is = self.types.name(ty);
                    return Err(ProgramError::new(
                        from,
                        format!("a `{is}` is set by a list: put `{{` and `}}` around it"),
                    ));
                }
                let size = self.types.size(ty) as u32;
                self.emit(Op::Copy(size), at);
            }
            (_, first) => {
                let braces = first == Token::Sign("{");
                if braces {
                    self.next();
                }
                expr::value_for(self, ty, "this variable is")?;
                if braces {
                    self.expect("}")?;
                }
                if let Some(kind) = self.types.scalar(ty) {
                    self.emit(Op::Store(kind), at);
                }
            }
        }
        self.emit(Op::Pop, at);
        self.depth -= 1;
        Ok(())
    }

    /// `{ a, b, … }` for elements of one type; the address stays. How many there were.
    fn list(&mut self, of: Ty, most: u32) -> Result<u32> {
        self.expect("{")?;
        let size = self.types.size(of) as i64;
        let mut count = 0;
        while !self.take("}") {
            let at = self.at();
            if count == most {
                return Err(ProgramError::new(at, format!("too many values: the array has {most} elements")));
            }
            self.part(i64::from(count) * size, of)?;
            count += 1;
            if !self.take(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(count)
    }

    /// `{ a, .member = b, … }`; the address stays.
    fn members(&mut self, s: u16) -> Result<()> {
        self.expect("{")?;
        let mut next = 0;
        while !self.take("}") {
            let at = self.at();
            let (mut ty, mut offset);
            if self.is(".") {
                (ty, offset) = (Ty::VOID, 0);
                let mut owner = Def::Struct(s);
                let mut first = true;
                while self.take(".") {
                    let here = self.at();
                    let name = self.name("the name of a member")?;
                    let Def::Struct(s) = owner else {
                        return Err(ProgramError::new(here, format!("there is no member `{name}` here")));
                    };
                    let found = expr::find_member(self, s, &name, here)?;
                    if std::mem::take(&mut first) {
                        let members = &self.types.structs[usize::from(s)].members;
                        next = members.iter().position(|m| m.name == name).unwrap_or(0);
                    }
                    (ty, offset) = (found.0, offset + found.1);
                    owner = self.types.def(ty);
                }
                self.expect("=")?;
            } else {
                let s = &self.types.structs[usize::from(s)];
                let Some(member) = s.members.get(next) else {
                    let (name, count) = (&s.name, s.members.len());
                    return Err(ProgramError::new(
                        at,
                        format!("too many values: struct {name} has {count} members"),
                    ));
                };
                (ty, offset) = (member.ty, member.offset);
            }
            self.part(offset as i64, ty)?;
            next += 1;
            if !self.take(",") {
                return self.expect("}");
            }
        }
        Ok(())
    }

    /// One value, so many octets behind the address on the stack.
    fn part(&mut self, offset: i64, ty: Ty) -> Result<()> {
        let at = self.at();
        self.emit(Op::Dup, at);
        self.emit(Op::Push(offset), at);
        self.emit(Op::Offset(1), at);
        self.set(ty)
    }
}
