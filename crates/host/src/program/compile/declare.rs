//! Declarations: types, names, and the variables that they make.

use super::{Compiler, OBJECT_MAX, Place, Result, STATICS_MAX, too_many};
use crate::program::lexer::{At, Token};
use crate::program::machine::Op;
use crate::program::memory::Object;
use crate::program::prelude::TYPE_NAMES;
use crate::program::types::{Def, Kind, Member, Ty};
use crate::program::{ProgramError, Static, Var, expr};

/// Stars, and pairs of brackets, of one declaration.
const LAYERS_MAX: usize = 8;
/// Structs may stand so deep in one another.
const NESTED_MAX: u32 = 16;

/// A name with its type, as a declaration gives it.
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) ty: Ty,
    /// `[]`: the length comes from what it is set to.
    open: bool,
}

impl Compiler {
    /// Whether a type stands here.
    pub(in crate::program) fn specifier_begins(&self) -> bool {
        self.names_type(0)
    }
    pub(in crate::program) fn names_type(&self, ahead: usize) -> bool {
        const WORDS: [&str; 14] = [
            "int", "char", "long", "short", "unsigned", "signed", "void", "struct", "union", "const",
            "volatile", "static", "double", "float",
        ];
        let Token::Name(n) = self.peek_at(ahead) else { return false };
        WORDS.contains(&n.as_str()) || TYPE_NAMES.iter().any(|(k, _)| k == n)
    }
    /// A type without stars and brackets.
    pub(in crate::program) fn specifier(&mut self) -> Result<Ty> {
        let at = self.at();
        let (mut unsigned, mut long, mut base) = (false, false, None);
        let mut some = false;
        while self.specifier_begins() {
            let word = self.name("a type")?;
            let spelled = TYPE_NAMES.iter().find(|(k, _)| *k == word).map_or(word.as_str(), |(_, is)| is);
            for part in spelled.split(' ') {
                match part {
                    "const" | "volatile" | "signed" | "static" => {}
                    "unsigned" => unsigned = true,
                    "long" => long = true,
                    "int" => base = base.or(Some(Kind::I32)),
                    "short" => base = Some(Kind::I16),
                    "char" => base = Some(Kind::I8),
                    "void" => return Ok(Ty::VOID),
                    "struct" | "union" => return self.record(part == "union"),
                    _ => {
                        return Err(ProgramError::new(
                            at,
                            format!("there is no `{part}` in this C: use int or long"),
                        ));
                    }
                }
                some |= !matches!(part, "const" | "volatile" | "static");
            }
        }
        if !some {
            return Err(self.wanted("a type"));
        }
        let signed = if long { Kind::I64 } else { base.unwrap_or(Kind::I32) };
        Ok(Ty::from(match signed {
            Kind::I64 if unsigned => Kind::U64,
            Kind::I32 if unsigned => Kind::U32,
            Kind::I16 if unsigned => Kind::U16,
            Kind::I8 if unsigned => Kind::U8,
            kind => kind,
        }))
    }
    /// `name`, `name { members }`.
    fn record(&mut self, union: bool) -> Result<Ty> {
        let at = self.at();
        let name = self.name("the name of a struct")?;
        let ty = self.types.record(&name, union).ok_or_else(|| too_many(at))?;
        let Def::Struct(which) = self.types.def(ty) else { return Ok(ty) };
        if !self.take("{") {
            if self.types.structs[usize::from(which)].members.is_empty() && !self.is("*") {
                let known: Vec<_> = self.types.structs.iter().filter(|s| !s.members.is_empty()).collect();
                let known = known.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
                return Err(ProgramError::new(
                    at,
                    format!("`{name}` is no struct here; the structs are {known}"),
                ));
            }
            return Ok(ty);
        }
        if !self.types.structs[usize::from(which)].members.is_empty() {
            return Err(ProgramError::new(at, format!("`{name}` is declared twice")));
        }
        while !self.take("}") {
            let base = self.specifier()?;
            loop {
                let d = self.declarator(base)?;
                let nested = self.types.nested(d.ty);
                if d.open || self.types.size(d.ty) > OBJECT_MAX || nested > NESTED_MAX {
                    return Err(ProgramError::new(
                        d.at,
                        format!("`{}` is too large, or has no length", d.name),
                    ));
                }
                let same = |m: &Member| m.name == d.name;
                if d.ty == Ty::VOID
                    || d.ty == ty
                    || self.types.structs[usize::from(which)].members.iter().any(same)
                {
                    return Err(ProgramError::new(d.at, format!("`{}` cannot be a member here", d.name)));
                }
                self.types.add_member(which, d.name, d.ty);
                if self.types.size(ty) > OBJECT_MAX {
                    return Err(ProgramError::new(d.at, format!("a struct may have {OBJECT_MAX} octets")));
                }
                if !self.take(",") {
                    break;
                }
            }
            self.expect(";")?;
        }
        self.types.close_struct(which);
        Ok(ty)
    }
    pub(in crate::program) fn stars(&mut self, mut ty: Ty) -> Result<Ty> {
        for layer in 0.. {
            let at = self.at();
            while self.take_name("const") {}
            if !self.take("*") {
                break;
            }
            if layer == LAYERS_MAX {
                return Err(ProgramError::new(at, "so many stars are a slip"));
            }
            ty = self.pointer_to(ty, at)?;
        }
        Ok(ty)
    }
    /// `[2][3]`; whether the first pair is empty.
    pub(super) fn brackets(&mut self, ty: Ty, at: At) -> Result<(Ty, bool)> {
        let mut lengths = Vec::new();
        let mut open = false;
        while self.take("[") {
            if lengths.is_empty() && !open && self.take("]") {
                open = true;
                continue;
            }
            let at = self.at();
            let n = expr::constant(self)?;
            self.expect("]")?;
            let n =
                u32::try_from(n).ok().filter(|n| (1..=OBJECT_MAX as u32).contains(n)).ok_or_else(|| {
                    ProgramError::new(at, format!("an array holds 1 to {OBJECT_MAX} elements, not {n}"))
                })?;
            lengths.push(n);
            if lengths.len() > LAYERS_MAX {
                return Err(ProgramError::new(at, "so many brackets are a slip"));
            }
        }
        let mut ty = ty;
        for n in lengths.into_iter().rev() {
            ty = self.array_of(ty, n, at)?;
        }
        Ok((ty, open))
    }
    pub(super) fn declarator(&mut self, base: Ty) -> Result<Declared> {
        let ty = self.stars(base)?;
        let at = self.at();
        let name = self.name("a name")?;
        let (ty, open) = self.brackets(ty, at)?;
        Ok(Declared { name, at, ty, open })
    }
    pub(in crate::program) fn pointer_to(&mut self, ty: Ty, at: At) -> Result<Ty> {
        self.types.pointer(ty).ok_or_else(|| too_many(at))
    }
    pub(in crate::program) fn array_of(&mut self, ty: Ty, len: u32, at: At) -> Result<Ty> {
        self.types.array(ty, len).ok_or_else(|| too_many(at))
    }

    pub(super) fn declaration(&mut self) -> Result<()> {
        if self.peek() == &Token::Name("static".into()) {
            return Err(ProgramError::new(self.at(), "a static variable stands outside functions in this C"));
        }
        let base = self.specifier()?;
        if self.take(";") {
            return Ok(());
        }
        let first = self.declarator(base)?;
        if self.is("(") {
            let how = "a function stands beside `int main(void) { … }`: put the lines that run into main";
            return Err(ProgramError::new(first.at, how));
        }
        self.variables(base, first, false)
    }
    /// The variables of one declaration, the first of which was read.
    pub(super) fn variables(&mut self, base: Ty, first: Declared, outside: bool) -> Result<()> {
        let mut declared = first;
        loop {
            self.variable(declared, outside)?;
            if !self.take(",") {
                return self.expect(";");
            }
            declared = self.declarator(base)?;
        }
    }
    fn variable(&mut self, Declared { name, at, ty, open }: Declared, outside: bool) -> Result<()> {
        if ty == Ty::VOID {
            return Err(ProgramError::new(at, format!("`{name}` cannot be void: is a `*` missing?")));
        }
        let place = if outside {
            let i = self.new_static(&name, ty, at)?;
            if self.scope.iter().any(|(n, _)| *n == name) || self.known.iter().any(|f| f.name == name) {
                return Err(ProgramError::new(at, format!("`{name}` is declared twice")));
            }
            self.scope.push((name.clone(), Place::Static(i)));
            Place::Static(i)
        } else {
            self.new_local(name.clone(), ty, at)?
        };
        let from = self.ops.len();
        let mut whole = ty;
        if self.take("=") {
            self.push_place(place, at);
            whole = self.initialise(ty, open, at)?;
        } else if open {
            return Err(ProgramError::new(at, "how long? write `[512]`, or give a text: `[] = \"…\"`"));
        }
        if self.types.size(whole) > OBJECT_MAX {
            return Err(ProgramError::new(at, format!("`{name}` may have {OBJECT_MAX} octets")));
        }
        match place {
            Place::Local(i) => self.locals[i].ty = whole,
            Place::Static(i) => self.size_static(i, whole, at)?,
        }
        let varies = |(op, _): &(Op, u32)| {
            matches!(
                op,
                Op::Local(_) | Op::Load(_) | Op::Call(_) | Op::Lib(..) | Op::Sys(..) | Op::Step { .. }
            ) || matches!(op, Op::Jump(_) | Op::JumpIfZero(_))
        };
        if outside && self.ops[from..].iter().any(varies) {
            let how = "what is set outside functions must be known before the program runs: set it in main";
            return Err(ProgramError::new(at, how));
        }
        Ok(())
    }
    pub(super) fn new_local(&mut self, name: String, ty: Ty, at: At) -> Result<Place> {
        if self.scope[self.block.min(self.scope.len())..].iter().any(|(n, _)| *n == name) {
            return Err(ProgramError::new(at, format!("`{name}` is declared twice")));
        }
        let place = Place::Local(self.locals.len());
        self.locals.push(Var { name: name.clone(), ty });
        self.scope.push((name, place));
        Ok(place)
    }
    pub(super) fn new_static(&mut self, name: &str, ty: Ty, at: At) -> Result<usize> {
        self.statics.push(Static { name: name.into(), ty, octets: Object::zero(0), fixed: false });
        self.size_static(self.statics.len() - 1, ty, at)?;
        Ok(self.statics.len() - 1)
    }
    pub(super) fn size_static(&mut self, i: usize, ty: Ty, at: At) -> Result<()> {
        let size = self.types.size(ty);
        let all: usize = self.statics.iter().map(|s| s.octets.octets().len()).sum();
        if size > OBJECT_MAX || all + size > STATICS_MAX {
            let name = &self.statics[i].name;
            return Err(ProgramError::new(
                at,
                format!("`{name}` is too large: a program has {STATICS_MAX} octets"),
            ));
        }
        (self.statics[i].ty, self.statics[i].octets) = (ty, Object::zero(size));
        Ok(())
    }
}
