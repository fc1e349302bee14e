//! System calls and their arguments.

use super::{DEPTH_MAX, Parsed, Parser};
use crate::ast::{Expr, ExprKind, Field, Syscall};
use crate::lexer::Tok;

impl Parser {
    /// `name(args) = result [ERRNO] [(note)]`
    pub(super) fn syscall(&mut self) -> Parsed<Syscall> {
        let Tok::Word(name) = self.peek().clone() else {
            return Err(self.error("the name of a system call"));
        };
        self.advance();
        self.expect('(')?;
        let args = self.expressions(')')?;
        self.expect('=')?;
        let result = self.expression()?;
        let errno = match self.peek().clone() {
            Tok::Word(w) if w.starts_with('E') && w.len() > 2 => {
                self.advance();
                Some(w)
            }
            _ => None,
        };
        while self.peek() == &Tok::Punct('(') {
            self.note()?;
        }
        Ok(Syscall { name, args, result, errno })
    }

    /// `(Operation now in progress)`: words for the reader.
    fn note(&mut self) -> Parsed<()> {
        self.expect('(')?;
        let mut depth = 1;
        while depth > 0 {
            match self.advance() {
                Tok::Punct('(') => depth += 1,
                Tok::Punct(')') => depth -= 1,
                Tok::End => return Err(self.error("')'")),
                _ => {}
            }
        }
        Ok(())
    }

    /// Comma-separated expressions up to and with `close`.
    fn expressions(&mut self, close: char) -> Parsed<Vec<Expr>> {
        let mut out = Vec::new();
        while !self.eat(close) {
            out.push(self.expression()?);
            if !self.eat(',') && self.peek() != &Tok::Punct(close) {
                return Err(self.error(format!("',' or '{close}'")));
            }
        }
        Ok(out)
    }

    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("an expression less deeply nested"));
        }
        let at = self.at();
        let first = self.operand()?;
        let mut all = vec![first];
        while self.eat('|') {
            all.push(self.operand()?);
        }
        self.depth -= 1;
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Expr { kind: ExprKind::Or(all), at } })
    }

    fn operand(&mut self) -> Parsed<Expr> {
        let at = self.at();
        let kind = match self.peek().clone() {
            Tok::Ellipsis => ExprKind::Any,
            Tok::Int(n, _) => ExprKind::Int(n),
            Tok::Hex(n) => ExprKind::Int(n as i64),
            Tok::Str(mut s) => {
                while let Tok::Str(more) = self.peek_at(1).clone() {
                    s += &more;
                    self.advance();
                }
                ExprKind::Str(s)
            }
            Tok::Ipv4(a) => ExprKind::Str(a.to_string()),
            Tok::Ipv6(a) => ExprKind::Str(a.to_string()),
            Tok::Word(w) => {
                self.advance();
                let kind = if self.eat('(') {
                    ExprKind::Apply(w, self.expressions(')')?)
                } else {
                    ExprKind::Word(w)
                };
                return Ok(Expr { kind, at });
            }
            Tok::Punct('[') => {
                self.advance();
                return Ok(Expr { kind: ExprKind::List(self.expressions(']')?), at });
            }
            Tok::Punct('{') => {
                self.advance();
                return Ok(Expr { kind: ExprKind::Struct(self.fields()?), at });
            }
            _ => return Err(self.error("an argument: a number, a symbol, a string, '...', '[' or '{'")),
        };
        self.advance();
        Ok(Expr { kind, at })
    }

    /// `name=value, name(arg)=value, value` up to and with `}`.
    fn fields(&mut self) -> Parsed<Vec<Field>> {
        let mut out = Vec::new();
        while !self.eat('}') {
            let value = self.expression()?;
            let field = if self.eat('=') {
                let (name, arg) = match value.kind {
                    ExprKind::Word(w) => (w, None),
                    ExprKind::Apply(w, mut args) if args.len() == 1 => (w, args.pop()),
                    _ => {
                        return Err(crate::span::ScriptError::new(
                            value.at,
                            "the name of a member",
                            "a value",
                        ));
                    }
                };
                Field { name: Some(name), arg, value: self.expression()? }
            } else {
                Field { name: None, arg: None, value }
            };
            out.push(field);
            if !self.eat(',') && self.peek() != &Tok::Punct('}') {
                return Err(self.error("',' or '}'"));
            }
        }
        Ok(out)
    }
}
