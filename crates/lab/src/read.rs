//! JSON from outside, field by field: scenarios, timelines, commands. Text becomes serde_json's [`Value`], and from there
//! each type takes its fields by name. That names the place of what is wrong (`nodes[1].mtu: …`), and in wasm it is a fifth
//! of what a derived reader for each type is.

use crate::schema::{self, Defs};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// What is wrong, and where.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// `nodes[1].mtu`; empty at the top.
    place: String,
    problem: String,
}

pub(crate) type Reading<T> = Result<T, Wrong>;

impl Wrong {
    pub(crate) fn new(problem: impl Into<String>) -> Wrong {
        Wrong { place: String::new(), problem: problem.into() }
    }
    pub(crate) fn within(mut self, outer: &str) -> Wrong {
        let dot = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        self.place = [outer, dot, &self.place].concat();
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            f.write_str(&self.place)?;
            f.write_str(": ")?;
        }
        f.write_str(&self.problem)
    }
}

/// A type that JSON can give.
pub(crate) trait Read: Sized {
    fn read(value: &Value) -> Reading<Self>;
    /// What JSON is read, as JSON Schema says it; anything, where nothing is said.
    fn schema(_: &mut Defs) -> Value {
        Value::Object(Map::new())
    }
}

/// Reads a whole text.
///
/// # Errors
/// Where it is not JSON, line and column; where it is something else than asked for, which field, and what belongs there.
pub(crate) fn json<T: Read>(text: &str) -> Result<T, String> {
    let value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    T::read(&value).map_err(|wrong| wrong.to_string())
}

/// The fields of an object.
pub(crate) fn fields(value: &Value) -> Reading<&Map<String, Value>> {
    value.as_object().ok_or_else(|| expected("an object", value))
}

/// The fields of an object that has these and no others.
pub(crate) fn only<'a>(value: &'a Value, known: &[&str]) -> Reading<&'a Map<String, Value>> {
    let all = fields(value)?;
    match all.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Wrong::new(format!("unknown field `{name}`; there are {}", known.join(", ")))),
        None => Ok(all),
    }
}

/// A field; where it is not there, what stands for it, if anything may.
pub(crate) fn field<T: Read>(all: &Map<String, Value>, name: &str, absent: Option<fn() -> T>) -> Reading<T> {
    match (all.get(name), absent) {
        (Some(value), _) => T::read(value).map_err(|wrong| wrong.within(name)),
        (None, Some(absent)) => Ok(absent()),
        (None, None) => Err(Wrong::new(format!("missing field `{name}`"))),
    }
}

fn expected(what: &str, value: &Value) -> Wrong {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    Wrong::new(format!("here belongs {what}, not {found}"))
}

/// Says how a struct is read: its fields, each with what stands for it where it is absent.
macro_rules! reads {
    ($t:ident { $($field:ident $(= $absent:expr)?),* $(,)? }) => {
        impl $crate::read::Read for $t {
            fn read(value: &serde_json::Value) -> $crate::read::Reading<$t> {
                let all = $crate::read::only(value, &[$(stringify!($field)),*])?;
                Ok($t { $($field: $crate::read::field(all, stringify!($field), $crate::read::absent!($($absent)?))?),* })
            }
            fn schema(defs: &mut $crate::schema::Defs) -> serde_json::Value {
                defs.object(stringify!($t), |object| {
                    $(object.field(stringify!($field), |s: &$t| &s.$field, $crate::read::required!($($absent)?));)*
                })
            }
        }
    };
}
macro_rules! absent {
    () => {
        None
    };
    ($value:expr) => {
        Some(|| $value)
    };
}
macro_rules! required {
    () => {
        true
    };
    ($value:expr) => {
        false
    };
}
pub(crate) use {absent, reads, required};

fn whole(value: &Value, most: u64) -> Reading<u64> {
    let number = value.as_u64().filter(|&n| n <= most);
    number.ok_or_else(|| match value {
        Value::Number(n) => Wrong::new(format!("{n} is not a whole number from 0 to {most}")),
        other => expected("a whole number", other),
    })
}

macro_rules! whole_numbers {
    ($($t:ty),*) => {$(
        impl Read for $t {
            fn read(value: &Value) -> Reading<$t> {
                whole(value, <$t>::MAX.into()).map(|n| n as $t)
            }
            fn schema(_: &mut Defs) -> Value {
                schema::whole(<$t>::MAX.into())
            }
        }
    )*};
}
whole_numbers!(u8, u16, u32, u64);

impl Read for f64 {
    fn read(value: &Value) -> Reading<f64> {
        value.as_f64().ok_or_else(|| expected("a number", value))
    }
    fn schema(_: &mut Defs) -> Value {
        json!({"type": "number"})
    }
}

impl Read for bool {
    fn read(value: &Value) -> Reading<bool> {
        value.as_bool().ok_or_else(|| expected("true or false", value))
    }
    fn schema(_: &mut Defs) -> Value {
        json!({"type": "boolean"})
    }
}

impl Read for String {
    fn read(value: &Value) -> Reading<String> {
        value.as_str().map(String::from).ok_or_else(|| expected("a text", value))
    }
    fn schema(_: &mut Defs) -> Value {
        json!({"type": "string"})
    }
}

macro_rules! addresses {
    ($($t:ty, $what:literal);*) => {$(
        impl Read for $t {
            fn read(value: &Value) -> Reading<$t> {
                value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| Wrong::new(format!("{value} is not {}", $what)))
            }
            fn schema(_: &mut Defs) -> Value {
                json!({"type": "string"})
            }
        }
    )*};
}
addresses!(IpAddr, "an IP address"; Ipv4Addr, "an IPv4 address"; SocketAddr, "an address with a port, such as 10.0.0.2:80");

impl<T: Read> Read for Option<T> {
    fn read(value: &Value) -> Reading<Option<T>> {
        if value.is_null() { Ok(None) } else { T::read(value).map(Some) }
    }
    fn schema(defs: &mut Defs) -> Value {
        json!({"anyOf": [T::schema(defs), {"type": "null"}]})
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value) -> Reading<Vec<T>> {
        let items = value.as_array().ok_or_else(|| expected("a list", value))?;
        let mut list = Vec::with_capacity(items.len());
        for (n, item) in items.iter().enumerate() {
            list.push(T::read(item).map_err(|wrong| wrong.within(&format!("[{n}]")))?);
        }
        Ok(list)
    }
    fn schema(defs: &mut Defs) -> Value {
        json!({"type": "array", "items": T::schema(defs)})
    }
}

/// A pair is a list of two.
impl<A: Read, B: Read> Read for (A, B) {
    fn read(value: &Value) -> Reading<(A, B)> {
        match value.as_array().map(Vec::as_slice) {
            Some([a, b]) => Ok((
                A::read(a).map_err(|wrong| wrong.within("[0]"))?,
                B::read(b).map_err(|wrong| wrong.within("[1]"))?,
            )),
            _ => Err(expected("a list of two", value)),
        }
    }
    fn schema(defs: &mut Defs) -> Value {
        json!({"type": "array", "prefixItems": [A::schema(defs), B::schema(defs)], "minItems": 2, "maxItems": 2})
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(value: &Value) -> Reading<BTreeMap<String, T>> {
        // Collecting would sort first: 6 KB of wasm.
        let mut all = BTreeMap::new();
        for (name, value) in fields(value)? {
            all.insert(name.clone(), T::read(value).map_err(|wrong| wrong.within(name))?);
        }
        Ok(all)
    }
    fn schema(defs: &mut Defs) -> Value {
        json!({"type": "object", "additionalProperties": T::schema(defs)})
    }
}
