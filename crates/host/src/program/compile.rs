//! Declarations and statements to operations.

mod declare;
mod statement;

use super::lexer::{self, At, Lexed, Token};
use super::machine::Op;
use super::memory::{Object, address};
use super::prelude::{self, Builtin};
use super::types::{Def, Ty, Types};
use super::{Code, Function, ProgramError, Static, Var};
use bytes::Bytes;
use std::ops::Range;
use std::rc::Rc;

/// A variable may have so many octets; more is a slip of the pen.
const OBJECT_MAX: usize = 1 << 20;
/// Those outside functions may have so many together.
const STATICS_MAX: usize = 8 << 20;
/// Statements may stand so deep in one another.
const DEPTH_MAX: u32 = 64;

pub(super) type Result<T> = std::result::Result<T, ProgramError>;

use declare::Declared;

/// A function that can be called.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) name: String,
    pub(super) ret: Ty,
    pub(super) params: Vec<Ty>,
    pub(super) variadic: bool,
    pub(super) does: Does,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    Builtin(Builtin),
    /// By its place among the program's own.
    Own(usize),
}

/// Jumps of a loop that wait for their goals.
#[derive(Default)]
struct Loop {
    breaks: Vec<usize>,
    continues: Vec<usize>,
}

/// Where a variable lies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Static(usize),
    /// By its place among the variables of the function.
    Local(usize),
}

pub(super) struct Compiler {
    tokens: Rc<[Lexed]>,
    pos: usize,
    pub(super) ops: Vec<(Op, u32)>,
    pub(super) types: Types,
    pub(super) statics: Vec<Static>,
    functions: Vec<Function>,
    /// Every function that was named so far.
    known: Vec<Rc<Signature>>,
    /// Where each of the program's own was first called.
    called: Vec<Option<At>>,
    /// Variables that can be named, the innermost last.
    scope: Vec<(String, Place)>,
    /// How many of them the block that we stand in found.
    block: usize,
    locals: Vec<Var>,
    ret: Ty,
    loops: Vec<Loop>,
    pub(super) depth: u32,
}

/// A text's code.
pub(super) fn compile(source: &str) -> Result<Code> {
    let mut c = Compiler {
        tokens: Rc::new([]),
        pos: 0,
        ops: Vec::new(),
        types: Types::new(),
        statics: Vec::new(),
        functions: Vec::new(),
        known: Vec::new(),
        called: Vec::new(),
        scope: Vec::new(),
        block: 0,
        locals: Vec::new(),
        ret: Ty::INT,
        loops: Vec::new(),
        depth: 0,
    };
    c.quoting(prelude::STRUCTS, Compiler::externals)?;
    c.new_static("errno", Ty::INT, At { line: 1, column: 1 })?;
    let said = c.array_of(Ty::CHAR, 64, At { line: 1, column: 1 })?;
    c.new_static("strerror()", said, At { line: 1, column: 1 })?;
    c.scope.push(("errno".into(), Place::Static(super::ERRNO)));
    c.tokens = lexer::lex(source)?.into();
    if c.tokens.iter().any(|t| matches!(&t.token, Token::Name(n) if prelude::resolves(n))) {
        c.quoting(prelude::RESOLVER, Compiler::externals)?;
    }
    c.program()
}

impl Compiler {
    /// Lets `read` read a text of the library.
    fn quoting<T>(&mut self, text: &str, read: impl FnOnce(&mut Compiler) -> Result<T>) -> Result<T> {
        let (tokens, pos) = (std::mem::replace(&mut self.tokens, lexer::lex_library(text)?.into()), self.pos);
        self.pos = 0;
        let done = read(self);
        (self.tokens, self.pos) = (tokens, pos);
        done
    }
    pub(super) fn peek(&self) -> &Token {
        &self.tokens[self.pos].token
    }
    pub(super) fn peek_at(&self, ahead: usize) -> &Token {
        &self.tokens[(self.pos + ahead).min(self.tokens.len() - 1)].token
    }
    pub(super) fn at(&self) -> At {
        self.tokens[self.pos].at
    }
    pub(super) fn next(&mut self) -> Token {
        let token = self.tokens[self.pos].token.clone();
        self.pos = (self.pos + 1).min(self.tokens.len() - 1);
        token
    }
    pub(super) fn is(&self, sign: &'static str) -> bool {
        self.peek() == &Token::Sign(sign)
    }
    pub(super) fn take(&mut self, sign: &'static str) -> bool {
        let found = self.is(sign);
        if found {
            self.pos = (self.pos + 1).min(self.tokens.len() - 1);
        }
        found
    }
    pub(super) fn expect(&mut self, sign: &'static str) -> Result<()> {
        if self.take(sign) {
            return Ok(());
        }
        if sign == ";" && self.pos > 0 {
            // It is missed where the line before it ends.
            let at = self.tokens[self.pos - 1].end;
            return Err(ProgramError::new(at, format!("`;` is wanted here, before {}", self.found())));
        }
        Err(self.wanted(&format!("`{sign}`")))
    }
    fn found(&self) -> String {
        match self.peek() {
            Token::Name(n) => format!("`{n}`"),
            Token::Int(n, _) => format!("{n}"),
            Token::Str(_) => "a text".into(),
            Token::Sign(s) => format!("`{s}`"),
            Token::End => "the end of the program".into(),
        }
    }
    /// `what` is missing before the token we stand at.
    pub(super) fn wanted(&self, what: &str) -> ProgramError {
        ProgramError::new(self.at(), format!("{what} is wanted here, not {}", self.found()))
    }
    fn take_name(&mut self, name: &str) -> bool {
        let found = matches!(self.peek(), Token::Name(n) if n == name);
        if found {
            self.next();
        }
        found
    }
    pub(super) fn name(&mut self, what: &str) -> Result<String> {
        match self.peek().clone() {
            Token::Name(n) => {
                self.next();
                Ok(n)
            }
            _ => Err(self.wanted(what)),
        }
    }
    pub(super) fn emit(&mut self, op: Op, at: At) -> usize {
        self.ops.push((op, at.line));
        self.ops.len() - 1
    }
    /// Makes the jump at `op` lead to what comes next.
    pub(super) fn land(&mut self, op: usize) {
        let here = self.ops.len() as u32;
        if let Op::Jump(to) | Op::JumpIfZero(to) = &mut self.ops[op].0 {
            *to = here;
        }
    }

    /// A whole text: functions, or the lines of main for themselves.
    fn program(&mut self) -> Result<Code> {
        let mut deep = 0;
        let mut bare = true;
        for i in 0..self.tokens.len() {
            match &self.tokens[i].token {
                Token::Sign("{") => deep += 1,
                Token::Sign("}") => deep -= 1,
                Token::Name(n) if n == "main" && deep == 0 => bare = false,
                _ => {}
            }
        }
        let line = At { line: 1, column: 1 };
        let mut head = 0..0;
        let mut init = Vec::new();
        if bare {
            // Headers stand before the lines of main.
            while self.at().line == 0 && self.peek() != &Token::End {
                self.outside(&mut init)?;
            }
            head = self.main(None)?;
        }
        while self.peek() != &Token::End {
            if self.main_begins() {
                head = self.main(Some(self.at()))?;
            } else {
                self.outside(&mut init)?;
            }
        }
        let missing =
            |(f, at): (&Function, &Option<At>)| f.entry.is_none().then_some((f.name.clone(), (*at)?));
        if let Some((name, at)) = self.functions.iter().zip(&self.called).find_map(missing) {
            return Err(ProgramError::new(
                at,
                format!("`{name}` is declared but its body is nowhere: write it"),
            ));
        }
        let main = self.functions.iter().position(|f| f.name == "main" && f.entry.is_some());
        let Some(main) = main else {
            return Err(ProgramError::new(line, "there is no `int main(void) { … }`"));
        };
        let start = self.ops.len();
        // What stands outside functions has no jumps.
        self.ops.extend(init);
        self.emit(Op::Call(main as u32), line);
        self.emit(Op::Exit, line);
        Ok(Code {
            ops: std::mem::take(&mut self.ops),
            start,
            head,
            statics: std::mem::take(&mut self.statics),
            functions: std::mem::take(&mut self.functions),
            types: std::mem::replace(&mut self.types, Types::new()),
        })
    }
    /// Something outside functions, with what it has run before main.
    fn outside(&mut self, init: &mut Vec<(Op, u32)>) -> Result<()> {
        let from = self.ops.len();
        if self.external()? {
            init.extend(self.ops.split_off(from));
        }
        Ok(())
    }
    fn main_begins(&self) -> bool {
        let name = |ahead, word| matches!(self.peek_at(ahead), Token::Name(n) if n == word);
        name(0, "int") && name(1, "main") && self.peek_at(2) == &Token::Sign("(")
    }
    /// `int main(void) { … }`, or a whole text that is its body. Gives the place of the declarations at its head.
    fn main(&mut self, written: Option<At>) -> Result<Range<usize>> {
        if let Some(at) = written {
            self.next();
            self.next();
            self.expect("(")?;
            self.take_name("void");
            if !self.take(")") {
                return Err(self.wanted("`void` or `)`: main takes no arguments here, which"));
            }
            if self.functions.iter().any(|f| f.name == "main") {
                return Err(ProgramError::new(at, "`main` is there twice"));
            }
            self.expect("{")?;
        }
        let ret = Ty::INT;
        let index = self.functions.len();
        let entry = Some(self.ops.len());
        self.functions.push(Function {
            name: "main".into(),
            ret,
            params: Vec::new(),
            entry,
            locals: Vec::new(),
        });
        self.called.push(None);
        let from = self.ops.len();
        let mark = self.enter_function(ret);
        while self.specifier_begins() {
            self.declaration()?;
        }
        let head = from..self.ops.len();
        match written {
            Some(at) => self.statements_to_brace(at)?,
            None => {
                while self.peek() != &Token::End {
                    self.statement()?;
                }
            }
        }
        self.leave_function(index, mark);
        Ok(head)
    }
    fn enter_function(&mut self, ret: Ty) -> usize {
        (self.ret, self.block) = (ret, self.scope.len());
        self.locals.clear();
        self.scope.len()
    }
    fn leave_function(&mut self, index: usize, mark: usize) {
        let at = self.tokens[self.pos.saturating_sub(1)].at;
        self.emit(Op::Push(0), at);
        self.emit(Op::Return, at);
        self.scope.truncate(mark);
        self.functions[index].locals = std::mem::take(&mut self.locals);
    }

    /// Declarations until the text ends.
    fn externals(&mut self) -> Result<()> {
        while self.peek() != &Token::End {
            self.external()?;
        }
        Ok(())
    }
    /// Something outside functions. True: what it emitted is to run before main.
    fn external(&mut self) -> Result<bool> {
        if !self.specifier_begins() {
            return Err(self.wanted("a declaration or a function: this stands outside `main`, where a type"));
        }
        let base = self.specifier()?;
        if self.take(";") {
            return Ok(true);
        }
        let declared = self.declarator(base)?;
        if !self.is("(") {
            self.variables(base, declared, true)?;
            return Ok(true);
        }
        let (params, names, variadic) = self.parameters()?;
        if variadic {
            return Err(ProgramError::new(declared.at, "a function of your own cannot end in `...` here"));
        }
        let index = self.declare_function(&declared, params)?;
        if self.take(";") {
            return Ok(false);
        }
        let open = self.at();
        self.expect("{")?;
        if self.functions[index].entry.is_some() {
            return Err(ProgramError::new(declared.at, format!("`{}` has a body twice", declared.name)));
        }
        self.functions[index].entry = Some(self.ops.len());
        let mark = self.enter_function(declared.ty);
        let params = self.functions[index].params.clone();
        for ((name, at), ty) in names.into_iter().zip(params) {
            let Some(name) = name else {
                return Err(ProgramError::new(at, "this parameter wants a name"));
            };
            self.new_local(name, ty, at)?;
        }
        self.statements_to_brace(open)?;
        self.leave_function(index, mark);
        Ok(false)
    }
    fn declare_function(&mut self, declared: &Declared, params: Vec<Ty>) -> Result<usize> {
        let Declared { name, at, ty, .. } = declared;
        let fail = |what: String| Err(ProgramError::new(*at, what));
        if !matches!(self.types.def(*ty), Def::Int(_) | Def::Pointer(_) | Def::Void) {
            return fail(format!(
                "`{name}` cannot give back a {}: let it take a pointer to one",
                self.types.name(*ty)
            ));
        }
        if prelude::builtins().any(|(_, p)| spells(p, name)) || self.scope.iter().any(|(n, _)| n == name) {
            return fail(format!("`{name}` is a name that is taken: find another"));
        }
        if let Some(i) = self.functions.iter().position(|f| f.name == *name) {
            let f = &self.functions[i];
            if f.ret != *ty || f.params != params {
                return fail(format!("`{name}` was declared with other types before"));
            }
            return Ok(i);
        }
        let index = self.functions.len();
        self.known.push(Rc::new(Signature {
            name: name.clone(),
            ret: *ty,
            params: params.clone(),
            variadic: false,
            does: Does::Own(index),
        }));
        let (name, ret) = (name.clone(), *ty);
        self.functions.push(Function { name, ret, params, entry: None, locals: Vec::new() });
        self.called.push(None);
        Ok(index)
    }
    /// `(int a, char *b)`: types, names, whether it ends in `...`.
    #[allow(clippy::type_complexity)]
    fn parameters(&mut self) -> Result<(Vec<Ty>, Vec<(Option<String>, At)>, bool)> {
        let (mut types, mut names) = (Vec::new(), Vec::new());
        self.expect("(")?;
        let empty = self.peek() == &Token::Name("void".into()) && self.peek_at(1) == &Token::Sign(")");
        if empty {
            self.next();
        }
        while !self.take(")") {
            if !types.is_empty() {
                self.expect(",")?;
            }
            if self.take("...") {
                self.expect(")")?;
                return Ok((types, names, true));
            }
            if !self.specifier_begins() {
                return Err(self.wanted("a type"));
            }
            let base = self.specifier()?;
            let at = self.at();
            let ty = self.stars(base)?;
            let name = if matches!(self.peek(), Token::Name(_)) { Some(self.name("a name")?) } else { None };
            let (ty, open) = self.brackets(ty, at)?;
            // An array that is handed over is a pointer to its first element.
            let ty = match self.types.def(ty) {
                Def::Array(of, _) => self.pointer_to(of, at)?,
                _ if open => self.pointer_to(ty, at)?,
                Def::Int(_) | Def::Pointer(_) => ty,
                _ => return Err(ProgramError::new(at, "hand over a pointer to it: `*`")),
            };
            types.push(ty);
            names.push((name, at));
        }
        Ok((types, names, false))
    }
    /// The function of a name, from the program or from the system.
    pub(super) fn function(&mut self, name: &str, at: At) -> Result<Option<Rc<Signature>>> {
        if let Some(f) = self.known.iter().find(|f| f.name == name).cloned() {
            if let Does::Own(i) = f.does {
                self.called[i].get_or_insert(at);
            }
            return Ok(Some(f));
        }
        let Some((builtin, prototype)) = prelude::builtins().find(|(_, p)| spells(p, name)) else {
            return Ok(None);
        };
        let (ret, params, variadic) = self.quoting(prototype, |c| {
            let base = c.specifier()?;
            let declared = c.declarator(base)?;
            let (params, _, variadic) = c.parameters()?;
            Ok((declared.ty, params, variadic))
        })?;
        let does = Does::Builtin(builtin);
        let f = Rc::new(Signature { name: name.into(), ret, params, variadic, does });
        self.known.push(Rc::clone(&f));
        Ok(Some(f))
    }

    /// The address of a text in quotes, its zero octet behind it.
    pub(super) fn literal(&mut self, mut text: Vec<u8>) -> i64 {
        text.push(0);
        let octets = Object::Large(Bytes::from(text));
        let same = |s: &Static| s.fixed && s.octets == octets;
        let i = self.statics.iter().position(same).unwrap_or_else(|| {
            self.statics.push(Static { name: String::new(), ty: Ty::CHAR, octets, fixed: true });
            self.statics.len() - 1
        });
        address(i)
    }
    pub(super) fn place(&self, name: &str) -> Option<(Place, Ty)> {
        let (_, place) = self.scope.iter().rev().find(|(n, _)| n == name)?;
        Some(match *place {
            Place::Static(i) => (*place, self.statics[i].ty),
            Place::Local(i) => (*place, self.locals[i].ty),
        })
    }
    pub(super) fn push_place(&mut self, place: Place, at: At) {
        let op = match place {
            Place::Static(i) => Op::Push(address(i)),
            Place::Local(i) => Op::Local(i as u32),
        };
        self.emit(op, at);
    }
    /// Names that can stand here, for a guess at what was meant.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.scope.iter().map(|(n, _)| n.as_str());
        own.chain(self.functions.iter().map(|f| f.name.as_str()))
    }
}

fn too_many(at: At) -> ProgramError {
    ProgramError::new(at, "this program has too many types")
}

/// Whether a prototype declares `name`.
fn spells(prototype: &str, name: &str) -> bool {
    let head = prototype.split('(').next().unwrap_or("");
    head.rsplit([' ', '*']).next() == Some(name)
}
