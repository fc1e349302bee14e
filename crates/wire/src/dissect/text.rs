//! Values as text, and text as values.

use crate::bits;
use crate::edit::{EditError, Reason};
use crate::ethernet::Mac;
use crate::layout::Form;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The raw value of `bits` bits from `bit` of `frame`. Everything but numbers begins and ends with an octet.
pub(crate) fn format(frame: &[u8], bit: u32, bits: u32, form: Form) -> String {
    let octets = &frame[bit as usize / 8..(bit + bits).div_ceil(8) as usize];
    let number = || bits::get(frame, bit as usize, bits as usize);
    match form {
        Form::Uint | Form::Flag => number().to_string(),
        Form::Hex => format!("{:#0width$x}", number(), width = 2 + bits.div_ceil(4) as usize),
        Form::Mac => Mac(array(octets)).to_string(),
        Form::Ipv4 => Ipv4Addr::from(array::<4>(octets)).to_string(),
        Form::Ipv6 => Ipv6Addr::from(array::<16>(octets)).to_string(),
        Form::Bytes => crate::hex::encode(octets),
        Form::Group => String::new(),
    }
}

fn array<const N: usize>(octets: &[u8]) -> [u8; N] {
    std::array::from_fn(|i| octets.get(i).copied().unwrap_or(0))
}

/// A value as the octets that it takes (numbers as [`u64`]).
pub(crate) enum Value {
    Number(u64),
    Octets(Vec<u8>),
}

/// Reads a value of `bits` bits for the node `path`.
pub(crate) fn parse(path: &str, text: &str, bits: u32, form: Form) -> Result<Value, EditError> {
    let text = text.trim();
    let error = |reason| EditError { path: path.to_owned(), text: text.to_owned(), reason };
    match form {
        Form::Uint | Form::Hex => {
            let max = bits::mask(bits as usize);
            let number = number(text).filter(|n| *n <= max);
            number.map(Value::Number).ok_or_else(|| error(Reason::Number { bits, max }))
        }
        Form::Flag => match text {
            "0" | "false" => Ok(Value::Number(0)),
            "1" | "true" => Ok(Value::Number(1)),
            _ => Err(error(Reason::Flag)),
        },
        Form::Mac => {
            let mac: Result<Mac, _> = text.parse();
            mac.map(|m| Value::Octets(m.0.to_vec())).map_err(|_| error(Reason::Mac))
        }
        Form::Ipv4 => {
            let addr: Result<Ipv4Addr, _> = text.parse();
            addr.map(|a| Value::Octets(a.octets().to_vec())).map_err(|_| error(Reason::Ipv4))
        }
        Form::Ipv6 => {
            let addr: Result<Ipv6Addr, _> = text.parse();
            addr.map(|a| Value::Octets(a.octets().to_vec())).map_err(|_| error(Reason::Ipv6))
        }
        Form::Bytes => crate::hex::decode(text).map(Value::Octets).map_err(|bad| error(Reason::Hex(bad))),
        Form::Group => Err(error(Reason::NotEditable)),
    }
}

/// Decimal, or hexadecimal after `0x`.
fn number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    // `from_str_radix` would take a sign too.
    let digits_only = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    digits_only.then(|| u64::from_str_radix(digits, radix).ok()).flatten()
}
