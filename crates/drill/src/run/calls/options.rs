//! setsockopt and getsockopt.

use super::super::args::{self, any, int, nth, nth_int};
use super::super::{Problem, Run};
use super::Begin;
use crate::ast::{Expr, ExprKind, Field, Syscall};
use bytes::Bytes;

impl Run {
    pub(super) fn begin_setsockopt(&mut self, a: &[Expr]) -> Begin {
        let fd = self.socket_fd(a)?;
        let (level, name) = (nth_int(a, 1)? as i32, nth_int(a, 2)? as i32);
        let value = octets(nth(a, 3)?, nth(a, 4)?)?;
        if !host::sockopt::is_known(level, name) {
            return Err(Problem::unsupported(format!("setsockopt() {}", names(a))));
        }
        Ok(self.machine.set_option(fd, level, name, value)?.into())
    }

    pub(super) fn begin_getsockopt(&mut self, a: &[Expr]) -> Begin {
        let fd = self.socket_fd(a)?;
        let (level, name) = (nth_int(a, 1)? as i32, nth_int(a, 2)? as i32);
        if !host::sockopt::is_known(level, name) {
            return Err(Problem::unsupported(format!("getsockopt() {}", names(a))));
        }
        Ok(self.machine.get_option(fd, level, name)?.into())
    }

    /// `[v]` and `[len]` against what getsockopt gave.
    pub(super) fn compare_option(&mut self, call: &Syscall, data: &Bytes) -> Result<(), Problem> {
        let expected = nth(&call.args, 3)?;
        if any(expected) {
            return Ok(());
        }
        let text = names(&call.args);
        if let Some(len) = call.args.get(4).filter(|e| !any(e)) {
            let len = int(len)?;
            if len != data.len() as i64 {
                return Err(Problem::failed(format!("{text} has {} octets, not {len}", data.len())));
            }
        }
        let wanted = octets(expected, nth(&call.args, 4)?)?;
        if wanted == *data {
            return Ok(());
        }
        Err(Problem::failed(format!("{text} is {}, not {}", shown(data), shown(&wanted))))
    }
}

fn names(a: &[Expr]) -> String {
    let word = |n: usize| match a.get(n).map(|e| &e.kind) {
        Some(ExprKind::Word(w)) => w.clone(),
        Some(ExprKind::Int(n)) => n.to_string(),
        _ => String::new(),
    };
    format!("{}, {}", word(1), word(2))
}

/// An option's value as it lies in memory, little-endian: an int, a linger or timeval structure, a string.
fn octets(value: &Expr, len: &Expr) -> Result<Bytes, Problem> {
    let inner = match &value.kind {
        ExprKind::List(items) if items.len() == 1 => &items[0],
        _ => value,
    };
    match &inner.kind {
        ExprKind::Struct(fields) => structure(fields),
        ExprKind::Str(s) => {
            // `\xNN` means the octet, whatever stands for it here.
            let mut out: Vec<u8> = match s.chars().map(|c| u8::try_from(u32::from(c))).collect() {
                Ok(octets) => octets,
                Err(_) => s.clone().into_bytes(),
            };
            // A string is compared and given with as many octets as the script says.
            let len = usize::try_from(int(len)?).ok().filter(|n| *n <= 256).unwrap_or(out.len());
            out.resize(len.max(s.len()), 0);
            Ok(out.into())
        }
        _ => {
            let n = int(inner)?;
            let size = if any(len) { 4 } else { int(len)? };
            match size {
                8 => Ok(Bytes::copy_from_slice(&n.to_le_bytes())),
                1 => Ok(Bytes::copy_from_slice(&(n as u8).to_le_bytes())),
                _ => Ok(Bytes::copy_from_slice(&(n as u32).to_le_bytes())),
            }
        }
    }
}

/// `{onoff=1, linger=0}`, `{tv_sec=1, tv_usec=0}`
fn structure(fields: &[Field]) -> Result<Bytes, Problem> {
    let number = |name| args::member(fields, name).map(int).transpose();
    if let (Some(on), Some(time)) = (number("onoff")?, number("linger")?) {
        let mut out = (on as i32).to_le_bytes().to_vec();
        out.extend((time as i32).to_le_bytes());
        return Ok(out.into());
    }
    if let (Some(sec), Some(usec)) = (number("tv_sec")?, number("tv_usec")?) {
        let mut out = sec.to_le_bytes().to_vec();
        out.extend(usec.to_le_bytes());
        return Ok(out.into());
    }
    Err(Problem::unsupported("this structure as an option's value"))
}

fn shown(data: &Bytes) -> String {
    match data.as_ref() {
        [a, b, c, d] => i32::from_le_bytes([*a, *b, *c, *d]).to_string(),
        other => format!("{other:02x?}"),
    }
}
