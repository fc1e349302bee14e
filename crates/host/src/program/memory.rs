//! A program's memory: objects, each a variable or a text, and addresses that never lead from one into another.
//!
//! An address is the object's number in the upper 32 bits and the octet in it, from [`ORIGIN`] on, in the lower; so a
//! pointer may stand beside its object without being taken for another's, and 0 is no object: NULL.

use super::types::Kind;
use super::{Code, Trap};
use bytes::{Bytes, BytesMut};

const ORIGIN: u64 = 0x4000_0000;

/// Objects up to so many octets need no storage of their own.
const SMALL: usize = 16;

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Object {
    Small([u8; SMALL], u8),
    /// Shared with what was written from it; see [`change`].
    Large(Bytes),
}

impl Memory {
    /// Octets that are not shared with another memory.
    pub(super) fn own(&self, other: Option<&Memory>) -> usize {
        let objects = other.map_or(&[][..], |m| &m.objects);
        let own = |(n, object): (usize, &Object)| match (object, objects.get(n)) {
            (Object::Large(a), Some(Object::Large(b))) if a.as_ptr() == b.as_ptr() => 0,
            (Object::Large(a), _) => a.len(),
            (Object::Small(..), _) => size_of::<Object>(),
        };
        self.objects.iter().enumerate().map(own).sum()
    }
}

impl Object {
    pub(super) fn zero(size: usize) -> Object {
        if size <= SMALL {
            Object::Small([0; SMALL], size as u8)
        } else {
            Object::Large(BytesMut::zeroed(size).into())
        }
    }
    pub(super) fn octets(&self) -> &[u8] {
        match self {
            Object::Small(all, len) => &all[..usize::from(*len)],
            Object::Large(all) => all,
        }
    }
    fn change(&mut self, write: impl FnOnce(&mut [u8])) {
        match self {
            Object::Small(all, len) => write(&mut all[..usize::from(*len)]),
            Object::Large(all) => change(all, write),
        }
    }
}

/// Writes to a buffer. What was sent from it stays as it was: it is copied where somebody still has it.
fn change(buffer: &mut Bytes, write: impl FnOnce(&mut [u8])) {
    let mut own = std::mem::take(buffer).try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
    write(&mut own);
    *buffer = own.freeze();
}

/// The address of an object's first octet.
pub(super) fn address(object: usize) -> i64 {
    ((object as u64 + 1) << 32 | ORIGIN) as i64
}

/// An address so many octets on.
pub(super) fn moved(addr: i64, by: i64) -> Result<i64, Trap> {
    let offset = (addr as u64 & 0xffff_ffff) as i64;
    let moved = offset.checked_add(by).and_then(|o| u32::try_from(o).ok());
    let offset = moved.ok_or("a pointer leaves its object by far")?;
    Ok((addr as u64 >> 32 << 32 | u64::from(offset)) as i64)
}

/// Object and octet in it (which may lie outside of it).
pub(super) fn parts(addr: i64) -> Option<(usize, i64)> {
    let object = (addr as u64 >> 32).checked_sub(1)?;
    Some((object as usize, (addr as u64 & 0xffff_ffff) as i64 - ORIGIN as i64))
}

/// A call under way of one of the program's own functions.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) function: u32,
    /// Its first variable.
    pub(super) base: usize,
    /// Where it was called.
    pub(super) back: usize,
}

#[derive(Clone, Default, Debug)]
pub(super) struct Memory {
    pub(super) objects: Vec<Object>,
    pub(super) frames: Vec<Frame>,
}

impl Memory {
    /// What an object is called in the text.
    pub(super) fn name(&self, code: &Code, object: usize) -> String {
        let frame = self.frames.iter().rev().find(|f| f.base <= object);
        let local = frame.and_then(|f| code.functions[f.function as usize].locals.get(object - f.base));
        match (local, code.statics.get(object)) {
            (Some(v), _) => format!("`{}`", v.name),
            (None, Some(s)) if !s.fixed => format!("`{}`", s.name),
            _ => "a text in quotes".into(),
        }
    }
    /// Object and range of `len` octets at an address.
    fn range(&self, code: &Code, addr: i64, len: usize) -> Result<(usize, usize), Trap> {
        let Some((object, offset)) = parts(addr) else {
            return Err("a pointer that is NULL points to nothing".into());
        };
        let Some(o) = self.objects.get(object) else {
            return Err("this pointer points to nothing that is still there".into());
        };
        let size = o.octets().len();
        if usize::try_from(offset).ok().and_then(|o| o.checked_add(len)).is_some_and(|end| end <= size) {
            return Ok((object, offset as usize));
        }
        let name = self.name(code, object);
        Err(format!("{len} octets do not fit behind octet {offset} of {name}, which has {size}").into())
    }
    pub(super) fn read(&self, code: &Code, addr: i64, len: usize) -> Result<&[u8], Trap> {
        let (object, offset) = self.range(code, addr, len)?;
        Ok(&self.objects[object].octets()[offset..offset + len])
    }
    /// What lies at an address, shared where it can be.
    pub(super) fn share(&self, code: &Code, addr: i64, len: usize) -> Result<Bytes, Trap> {
        if len == 0 {
            return Ok(Bytes::new());
        }
        let (object, offset) = self.range(code, addr, len)?;
        Ok(match &self.objects[object] {
            Object::Small(all, _) => Bytes::copy_from_slice(&all[offset..offset + len]),
            Object::Large(all) => all.slice(offset..offset + len),
        })
    }
    /// Lets `write` change `len` octets at an address.
    pub(super) fn change(
        &mut self,
        code: &Code,
        addr: i64,
        len: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), Trap> {
        let (object, offset) = self.range(code, addr, len)?;
        if code.statics.get(object).is_some_and(|s| s.fixed) {
            return Err("a text in quotes cannot be written to: copy it into a buffer".into());
        }
        self.objects[object].change(|all| write(&mut all[offset..offset + len]));
        Ok(())
    }
    pub(super) fn write(&mut self, code: &Code, addr: i64, octets: &[u8]) -> Result<(), Trap> {
        if octets.is_empty() {
            return Ok(());
        }
        self.change(code, addr, octets.len(), |to| to.copy_from_slice(octets))
    }
    pub(super) fn load(&self, code: &Code, addr: i64, kind: Kind) -> Result<i64, Trap> {
        let octets = self.read(code, addr, kind.size())?;
        Ok(number(octets, kind))
    }
    pub(super) fn store(&mut self, code: &Code, addr: i64, kind: Kind, n: i64) -> Result<(), Trap> {
        self.write(code, addr, &n.to_le_bytes()[..kind.size()])
    }
    /// The octets from an address to the end of its object.
    pub(super) fn rest(&self, code: &Code, addr: i64) -> Result<&[u8], Trap> {
        let (object, offset) = self.range(code, addr, 0)?;
        Ok(&self.objects[object].octets()[offset..])
    }
    /// A text: the octets before the zero that ends it.
    pub(super) fn text(&self, code: &Code, addr: i64) -> Result<&[u8], Trap> {
        let rest = self.rest(code, addr)?;
        match rest.iter().position(|&o| o == 0) {
            Some(end) => Ok(&rest[..end]),
            None => {
                let name = parts(addr).map_or_else(String::new, |(object, _)| self.name(code, object));
                Err(format!("no zero octet ends the text in {name}").into())
            }
        }
    }
}

/// A number as it lies in memory, little-endian.
pub(super) fn number(octets: &[u8], kind: Kind) -> i64 {
    let mut word = [0; 8];
    word[..octets.len().min(8)].copy_from_slice(&octets[..octets.len().min(8)]);
    kind.wrap(i64::from_le_bytes(word))
}
