//! Python's values, as far as scripts use them.

use std::fmt;

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// None
    None,
    /// True, False
    Bool(bool),
    /// An integer; Python's have no bound, these have 128 bits and overflow is an error.
    Int(i128),
    /// A float.
    Float(f64),
    /// A string.
    Str(String),
    /// A tuple or list.
    Tuple(Vec<Value>),
}

impl Value {
    /// What `if` sees.
    pub fn truth(&self) -> bool {
        match self {
            Value::None => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Float(x) => *x != 0.0,
            Value::Str(s) => !s.is_empty(),
            Value::Tuple(t) => !t.is_empty(),
        }
    }
    /// As an integer, where it is one.
    pub fn int(&self) -> Option<i128> {
        match self {
            Value::Bool(b) => Some(i128::from(*b)),
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }
    /// As a float, where it is a number.
    pub fn float(&self) -> Option<f64> {
        match self {
            Value::Float(x) => Some(*x),
            other => other.int().map(|n| n as f64),
        }
    }
    /// The type's name.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::Tuple(_) => "tuple",
        }
    }
    /// Python's `%` between a format and what goes into it; errors are sentences.
    pub fn format(format: &str, with: &Value) -> Result<String, String> {
        let mut values = match with {
            Value::Tuple(t) => t.iter(),
            one => std::slice::from_ref(one).iter(),
        };
        let mut out = String::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let mut kind = chars.next();
            while kind.is_some_and(|c| c.is_ascii_digit() || "-+ .#l".contains(c)) {
                kind = chars.next();
            }
            let kind = kind.ok_or("incomplete format")?;
            if kind == '%' {
                out.push('%');
                continue;
            }
            let value = values.next().ok_or("not enough arguments for format string")?;
            out += &conversion(kind, value)?;
        }
        Ok(out)
    }
}

fn conversion(kind: char, value: &Value) -> Result<String, String> {
    let int = || {
        let from_float = || value.float().map(|x| x as i128);
        value
            .int()
            .or_else(from_float)
            .ok_or_else(|| format!("%{kind} needs a number, not {}", value.type_name()))
    };
    Ok(match kind {
        'd' | 'i' | 'u' => int()?.to_string(),
        'x' => format!("{:x}", int()?),
        'X' => format!("{:X}", int()?),
        'o' => format!("{:o}", int()?),
        'f' | 'F' | 'g' | 'e' => format!("{:.6}", value.float().ok_or("%f needs a number")?),
        's' => value.to_string(),
        'r' => value.repr(),
        c => return Err(format!("unsupported format character '{c}'")),
    })
}

impl Value {
    /// As Python's repr() would write it.
    pub fn repr(&self) -> String {
        match self {
            Value::Str(s) => format!("'{s}'"),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Bool(true) => f.write_str("True"),
            Value::Bool(false) => f.write_str("False"),
            Value::Int(n) => n.fmt(f),
            Value::Float(x) if x.fract() == 0.0 && x.abs() < 1e16 => write!(f, "{x:.1}"),
            Value::Float(x) => x.fmt(f),
            Value::Str(s) => f.write_str(s),
            Value::Tuple(t) => {
                let items: Vec<String> = t.iter().map(Value::repr).collect();
                write!(f, "({}{})", items.join(", "), if t.len() == 1 { "," } else { "" })
            }
        }
    }
}
