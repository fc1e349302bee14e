//! Statements.

use super::{Compiler, DEPTH_MAX, Loop, Result};
use crate::program::ProgramError;
use crate::program::expr;
use crate::program::lexer::{At, Token};
use crate::program::machine::Op;
use crate::program::types::Ty;

/// Words of C that are not part of this one, and what does instead.
const ABSENT: [(&str, &str); 6] = [
    ("switch", "if and else"),
    ("goto", "a loop with break, or a function with return"),
    ("typedef", "the type itself"),
    ("enum", "#define"),
    ("extern", "a declaration"),
    ("register", "a plain declaration"),
];

impl Compiler {
    pub(super) fn statement(&mut self) -> Result<()> {
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
        if let Some((_, instead)) = ABSENT.iter().find(|(w, _)| *w == word) {
            return Err(ProgramError::new(at, format!("`{word}` is not part of this C: use {instead}")));
        }
        match word.as_str() {
            _ if self.specifier_begins() => self.declaration(),
            "if" => self.if_statement(),
            "while" => self.while_statement(),
            "do" => self.do_statement(),
            "for" => self.for_statement(),
            "break" | "continue" => self.leave_loop(&word),
            "return" => self.return_statement(),
            "else" => Err(ProgramError::new(
                at,
                "this `else` has no `if`: is a `{` missing before, or a `;` too many?",
            )),
            _ if self.take("{") => {
                let (mark, block) = (self.scope.len(), std::mem::replace(&mut self.block, self.scope.len()));
                self.statements_to_brace(at)?;
                self.scope.truncate(mark);
                self.block = block;
                Ok(())
            }
            _ if self.take(";") => Ok(()),
            _ => {
                self.discarded()?;
                self.expect(";")
            }
        }
    }
    /// Statements up to the `}` that closes the `{` at `open`.
    pub(super) fn statements_to_brace(&mut self, open: At) -> Result<()> {
        while !self.take("}") {
            if self.peek() == &Token::End {
                return Err(ProgramError::new(open, "this `{` is never closed: put `}` after it"));
            }
            self.statement()?;
        }
        Ok(())
    }
    /// An expression whose value nobody wants.
    fn discarded(&mut self) -> Result<()> {
        let at = self.at();
        expr::expression(self)?;
        self.emit(Op::Pop, at);
        Ok(())
    }
    /// `(a condition)`, and the jump that is taken where it does not hold.
    fn condition(&mut self, at: At) -> Result<usize> {
        self.expect("(")?;
        expr::condition(self)?;
        self.expect(")")?;
        Ok(self.emit(Op::JumpIfZero(0), at))
    }
    fn if_statement(&mut self) -> Result<()> {
        let at = self.at();
        self.next();
        let otherwise = self.condition(at)?;
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
        let head = self.ops.len();
        let out = self.condition(at)?;
        let jumps = self.body()?;
        self.go_back(&jumps, head, at);
        self.land(out);
        jumps.breaks.into_iter().for_each(|jump| self.land(jump));
        Ok(())
    }
    fn do_statement(&mut self) -> Result<()> {
        self.next();
        let head = self.ops.len();
        let jumps = self.body()?;
        let at = self.at();
        if !self.take_name("while") {
            return Err(self.wanted("`while`"));
        }
        jumps.continues.iter().for_each(|&jump| self.land(jump));
        let out = self.condition(at)?;
        self.expect(";")?;
        self.emit(Op::Jump(head as u32), at);
        self.land(out);
        jumps.breaks.into_iter().for_each(|jump| self.land(jump));
        Ok(())
    }
    fn for_statement(&mut self) -> Result<()> {
        let at = self.at();
        self.next();
        self.expect("(")?;
        let (mark, block) = (self.scope.len(), std::mem::replace(&mut self.block, self.scope.len()));
        if self.specifier_begins() {
            self.declaration()?;
        } else if !self.take(";") {
            self.discarded()?;
            self.expect(";")?;
        }
        let mut head = self.ops.len();
        let mut out = None;
        if !self.take(";") {
            expr::condition(self)?;
            out = Some(self.emit(Op::JumpIfZero(0), at));
            self.expect(";")?;
        }
        // The step stands before the body in the text and after it in time.
        if !self.is(")") {
            let into = self.emit(Op::Jump(0), at);
            let step = self.ops.len();
            self.discarded()?;
            self.emit(Op::Jump(head as u32), at);
            self.land(into);
            head = step;
        }
        self.expect(")")?;
        let jumps = self.body()?;
        self.go_back(&jumps, head, at);
        jumps.breaks.into_iter().chain(out).for_each(|jump| self.land(jump));
        self.scope.truncate(mark);
        self.block = block;
        Ok(())
    }
    fn body(&mut self) -> Result<Loop> {
        self.loops.push(Loop::default());
        let done = self.statement();
        let jumps = self.loops.pop().unwrap_or_default();
        done.map(|()| jumps)
    }
    fn go_back(&mut self, jumps: &Loop, to: usize, at: At) {
        jumps.continues.iter().for_each(|&jump| self.land(jump));
        self.emit(Op::Jump(to as u32), at);
    }
    fn leave_loop(&mut self, word: &str) -> Result<()> {
        let at = self.at();
        self.next();
        self.expect(";")?;
        let jump = self.emit(Op::Jump(0), at);
        let Some(inner) = self.loops.last_mut() else {
            return Err(ProgramError::new(at, format!("this `{word}` stands in no loop: take it away")));
        };
        if word == "break" {
            inner.breaks.push(jump)
        } else {
            inner.continues.push(jump)
        }
        Ok(())
    }
    fn return_statement(&mut self) -> Result<()> {
        let at = self.at();
        self.next();
        match (self.is(";"), self.ret == Ty::VOID) {
            (true, true) => drop(self.emit(Op::Push(0), at)),
            (true, false) => {
                let ret = self.types.name(self.ret);
                return Err(ProgramError::new(at, format!("this function gives back an {ret}: `return 0;`")));
            }
            (false, true) => {
                return Err(ProgramError::new(at, "this function is void and gives nothing back: `return;`"));
            }
            (false, false) => {
                let ret = self.ret;
                expr::value_for(self, ret, "this function gives back")?;
            }
        }
        self.emit(Op::Return, at);
        self.expect(";")
    }
}
