//! Types, as gcc lays them out on x86-64 Linux.

/// A kind of integer. Values stand on the stack as the number they are (`U64`: its bits).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
}

impl Kind {
    const ALL: [Kind; 8] =
        [Kind::I8, Kind::U8, Kind::I16, Kind::U16, Kind::I32, Kind::U32, Kind::I64, Kind::U64];

    /// Octets.
    pub(super) fn size(self) -> usize {
        1 << (self as u8 / 2)
    }
    /// What is left of a number in a variable of this kind (gcc -fwrapv).
    pub(super) fn wrap(self, n: i64) -> i64 {
        match self {
            Kind::I8 => (n as i8).into(),
            Kind::U8 => (n as u8).into(),
            Kind::I16 => (n as i16).into(),
            Kind::U16 => (n as u16).into(),
            Kind::I32 => (n as i32).into(),
            Kind::U32 => (n as u32).into(),
            Kind::I64 | Kind::U64 => n,
        }
    }
    /// Whatever is narrower than an int is an int in an expression (C11 §6.3.1.1).
    pub(super) fn promoted(self) -> Kind {
        self.max(Kind::I32)
    }
    /// The kind in which two numbers are reckoned with (C11 §6.3.1.8).
    pub(super) fn common(self, other: Kind) -> Kind {
        self.promoted().max(other.promoted())
    }
}

/// A type, by its place in [`Types`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ty(u16);

impl Ty {
    pub(super) const CHAR: Ty = Ty(Kind::I8 as u16);
    pub(super) const INT: Ty = Ty(Kind::I32 as u16);
    pub(super) const LONG: Ty = Ty(Kind::I64 as u16);
    pub(super) const SIZE: Ty = Ty(Kind::U64 as u16);
    pub(super) const VOID: Ty = Ty(8);
}

impl From<Kind> for Ty {
    fn from(kind: Kind) -> Ty {
        Ty(kind as u16)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Def {
    Int(Kind),
    Void,
    Pointer(Ty),
    Array(Ty, u32),
    Struct(u16),
}

/// A struct or a union; without members as long as only its name is known.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) union: bool,
    pub(super) members: Vec<Member>,
    pub(super) size: usize,
    align: usize,
    /// How deep structs stand in it.
    nested: u32,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) ty: Ty,
    pub(super) offset: usize,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Types {
    defs: Vec<Def>,
    pub(super) structs: Vec<Struct>,
}

impl Types {
    pub(super) fn new() -> Types {
        let mut defs: Vec<Def> = Kind::ALL.into_iter().map(Def::Int).collect();
        defs.push(Def::Void);
        Types { defs, structs: Vec::new() }
    }
    pub(super) fn def(&self, ty: Ty) -> Def {
        self.defs[usize::from(ty.0)]
    }
    /// None: there are too many types.
    fn intern(&mut self, def: Def) -> Option<Ty> {
        let i = self.defs.iter().position(|d| *d == def).unwrap_or_else(|| {
            self.defs.push(def);
            self.defs.len() - 1
        });
        u16::try_from(i).ok().map(Ty)
    }
    pub(super) fn pointer(&mut self, to: Ty) -> Option<Ty> {
        self.intern(Def::Pointer(to))
    }
    pub(super) fn array(&mut self, of: Ty, len: u32) -> Option<Ty> {
        self.intern(Def::Array(of, len))
    }
    /// The struct of that name, or a new one of which only the name is known.
    pub(super) fn record(&mut self, name: &str, union: bool) -> Option<Ty> {
        let i = self.structs.iter().position(|s| s.name == name).unwrap_or_else(|| {
            self.structs.push(Struct { name: name.into(), union, align: 1, ..Struct::default() });
            self.structs.len() - 1
        });
        self.intern(Def::Struct(u16::try_from(i).ok()?))
    }
    /// Adds a member where the next one stands.
    pub(super) fn add_member(&mut self, to: u16, name: String, ty: Ty) {
        let (size, align, nested) = (self.size(ty), self.align(ty), self.nested(ty));
        let s = &mut self.structs[usize::from(to)];
        // <sys/epoll.h>: EPOLL_PACKED
        let align = if s.name == "epoll_event" { 1 } else { align };
        let offset = if s.union { 0 } else { s.size.next_multiple_of(align) };
        s.align = s.align.max(align);
        s.size = s.size.max(offset + size);
        s.nested = s.nested.max(nested);
        s.members.push(Member { name, ty, offset });
    }
    pub(super) fn close_struct(&mut self, which: u16) {
        let s = &mut self.structs[usize::from(which)];
        s.size = s.size.next_multiple_of(s.align);
    }
    /// Octets.
    pub(super) fn size(&self, ty: Ty) -> usize {
        match self.def(ty) {
            Def::Int(kind) => kind.size(),
            Def::Void => 1,
            Def::Pointer(_) => 8,
            Def::Array(of, len) => self.size(of).saturating_mul(len as usize),
            Def::Struct(s) => self.structs[usize::from(s)].size,
        }
    }
    /// How deep structs stand in one another in this type.
    pub(super) fn nested(&self, ty: Ty) -> u32 {
        match self.def(ty) {
            Def::Array(of, _) => self.nested(of),
            Def::Struct(s) => self.structs[usize::from(s)].nested + 1,
            _ => 0,
        }
    }
    fn align(&self, ty: Ty) -> usize {
        match self.def(ty) {
            Def::Array(of, _) => self.align(of),
            Def::Struct(s) => self.structs[usize::from(s)].align,
            _ => self.size(ty),
        }
    }
    /// The kind in which a number or a pointer lies in memory.
    pub(super) fn scalar(&self, ty: Ty) -> Option<Kind> {
        match self.def(ty) {
            Def::Int(kind) => Some(kind),
            Def::Pointer(_) => Some(Kind::U64),
            _ => None,
        }
    }
    pub(super) fn target(&self, ty: Ty) -> Option<Ty> {
        match self.def(ty) {
            Def::Pointer(to) => Some(to),
            _ => None,
        }
    }
    /// As C writes it.
    pub(super) fn name(&self, ty: Ty) -> String {
        match self.def(ty) {
            Def::Int(kind) => match kind {
                Kind::I8 => "char",
                Kind::U8 => "unsigned char",
                Kind::I16 => "short",
                Kind::U16 => "unsigned short",
                Kind::I32 => "int",
                Kind::U32 => "unsigned int",
                Kind::I64 => "long",
                Kind::U64 => "unsigned long",
            }
            .into(),
            Def::Void => "void".into(),
            Def::Pointer(to) => match self.def(to) {
                Def::Pointer(_) => format!("{}*", self.name(to)),
                Def::Array(of, len) => format!("{} (*)[{len}]", self.name(of)),
                _ => format!("{} *", self.name(to)),
            },
            Def::Array(of, len) => {
                // The outermost length stands first.
                let inner = self.name(of);
                let (base, rest) = inner.split_at(inner.find(" [").unwrap_or(inner.len()));
                format!("{base} [{len}]{}", rest.trim_start())
            }
            Def::Struct(s) => {
                let s = &self.structs[usize::from(s)];
                format!("{} {}", if s.union { "union" } else { "struct" }, s.name)
            }
        }
    }
}
