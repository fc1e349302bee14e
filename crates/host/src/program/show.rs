//! A program's variables and calls under way, for people to look at.

use super::machine::Machine;
use super::memory::{self, Memory};
use super::prelude::OWN;
use super::types::{Def, Kind, Ty};
use super::{Code, ERRNO, STRERROR, Static};
use crate::{FrameInfo, VariableInfo};
use std::net::Ipv4Addr;

/// Elements of an array, octets of a text that are shown.
const SHOWN: usize = 16;
const TEXT_SHOWN: usize = 48;

/// Whether a program has an integer of this name anywhere.
pub(super) fn declares(code: &Code, name: &str) -> bool {
    let is_int = |ty: Ty| matches!(code.types.def(ty), Def::Int(_));
    let mut locals = code.functions.iter().flat_map(|f| &f.locals);
    locals.any(|v| v.name == name && is_int(v.ty))
        || code.statics.iter().any(|s| s.name == name && is_int(s.ty))
}

impl Machine {
    pub(super) fn trace(&self, code: &Code) -> Vec<FrameInfo> {
        let line = |pc: usize| code.ops.get(pc).map_or(0, |(_, line)| *line);
        let mut at = self.pc;
        let mut all = Vec::new();
        for frame in self.memory.frames.iter().rev() {
            let function = code.functions[frame.function as usize].name.clone();
            // The library's own are nobody's business.
            if line(at) > 0 {
                all.push(FrameInfo { function, line: line(at) });
            }
            at = frame.back;
        }
        all
    }

    pub(super) fn variables(&self, code: &Code) -> Vec<VariableInfo> {
        let shown = |(i, _): &(usize, _)| match *i {
            ERRNO => self.memory.load(code, memory::address(ERRNO), Kind::I32) != Ok(0),
            i => i != STRERROR,
        };
        let own = |s: &Static| s.fixed || s.name.starts_with(OWN);
        let statics = code.statics.iter().enumerate().filter(|(_, s)| !own(s)).filter(shown);
        let mut all: Vec<_> = statics.map(|(i, s)| self.variable(code, None, &s.name, s.ty, i)).collect();
        for frame in &self.memory.frames {
            let function = &code.functions[frame.function as usize];
            if function.entry.and_then(|pc| code.ops.get(pc)).is_some_and(|(_, line)| *line == 0) {
                continue;
            }
            let locals = function.locals.iter().enumerate();
            all.extend(
                locals.map(|(i, v)| self.variable(code, Some(&function.name), &v.name, v.ty, frame.base + i)),
            );
        }
        all
    }

    /// An integer of this name: of the innermost function under way that has one, else outside functions.
    pub(super) fn number(&self, code: &Code, name: &str) -> Option<f64> {
        let local = self.memory.frames.iter().rev().find_map(|frame| {
            let locals = &code.functions[frame.function as usize].locals;
            let at = locals.iter().position(|v| v.name == name)?;
            Some((locals[at].ty, frame.base + at))
        });
        let fixed = || code.statics.iter().position(|s| s.name == name).map(|at| (code.statics[at].ty, at));
        let (ty, object) = local.or_else(fixed)?;
        let octets = self.memory.objects.get(object)?.octets();
        match code.types.def(ty) {
            Def::Int(Kind::U64) => Some(memory::number(octets, Kind::U64) as u64 as f64),
            Def::Int(kind) => Some(memory::number(octets, kind) as f64),
            _ => None,
        }
    }

    fn variable(
        &self,
        code: &Code,
        function: Option<&str>,
        name: &str,
        ty: Ty,
        object: usize,
    ) -> VariableInfo {
        let octets = self.memory.objects[object].octets();
        VariableInfo {
            function: function.map(str::to_owned),
            name: name.to_owned(),
            kind: code.types.name(ty),
            value: self.memory.show(code, ty, octets),
        }
    }
}

impl Memory {
    fn show(&self, code: &Code, ty: Ty, octets: &[u8]) -> String {
        match code.types.def(ty) {
            Def::Int(Kind::I8) => match octets.first() {
                Some(&c @ 0x20..0x7f) => format!("{} '{}'", c, char::from(c)),
                c => c.map_or(0, |c| *c as i8).to_string(),
            },
            Def::Int(Kind::U64) => (memory::number(octets, Kind::U64) as u64).to_string(),
            Def::Int(kind) => memory::number(octets, kind).to_string(),
            Def::Void => String::new(),
            Def::Pointer(to) => self.show_pointer(code, to, memory::number(octets, Kind::U64)),
            Def::Array(of, _) if of == Ty::CHAR => {
                let used = octets.iter().rposition(|&o| o != 0).map_or(0, |i| i + 1);
                crate::text::quoted(&octets[..used], TEXT_SHOWN)
            }
            Def::Array(of, len) => {
                let size = code.types.size(of).max(1);
                let mut all: Vec<_> =
                    octets.chunks(size).take(SHOWN).map(|part| self.show(code, of, part)).collect();
                if len as usize > SHOWN {
                    all.push("…".into());
                }
                format!("{{{}}}", all.join(", "))
            }
            Def::Struct(s) => {
                let s = &code.types.structs[usize::from(s)];
                if s.name == "sockaddr_in" {
                    let port = u16::from_be_bytes([octets[2], octets[3]]);
                    return format!("{}:{port}", Ipv4Addr::new(octets[4], octets[5], octets[6], octets[7]));
                }
                if s.name == "sockaddr_in6" {
                    return crate::address::from_octets(octets).map_or_else(String::new, |a| a.to_string());
                }
                let member = |m: &super::types::Member| {
                    let end = m.offset + code.types.size(m.ty);
                    format!(".{} = {}", m.name, self.show(code, m.ty, &octets[m.offset..end]))
                };
                format!("{{{}}}", s.members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
        }
    }
    fn show_pointer(&self, code: &Code, to: Ty, addr: i64) -> String {
        let Some((object, offset)) = memory::parts(addr) else { return "NULL".into() };
        if object >= self.objects.len() {
            return "nothing that is still there".into();
        }
        match self.text(code, addr) {
            Ok(text) if to == Ty::CHAR => crate::text::quoted(text, TEXT_SHOWN),
            _ if offset == 0 => format!("&{}", self.name(code, object).trim_matches('`')),
            _ => format!("&{} + {offset} octets", self.name(code, object).trim_matches('`')),
        }
    }
}
