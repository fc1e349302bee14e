//! Hex digits, as people type and paste them.

use std::fmt;

/// Where and why hex text could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BadHex {
    /// The character at this place (from 1, in characters) is no hex digit.
    NotADigit(usize, char),
    /// The number of digits is odd, so that the last octet has one only.
    Odd(usize),
}

impl fmt::Display for BadHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadHex::NotADigit(at, c) => write!(f, "character {at}, {c:?}, is no hex digit"),
            BadHex::Odd(digits) => write!(f, "{digits} digits: every octet takes two"),
        }
    }
}
impl std::error::Error for BadHex {}

/// Two digits an octet; white space, `:`, `-`, `.` and `,` may stand between, `0x` at the beginning.
pub fn decode(text: &str) -> Result<Vec<u8>, BadHex> {
    let skip = if text.starts_with("0x") || text.starts_with("0X") { 2 } else { 0 };
    let mut octets = Vec::with_capacity(text.len() / 2);
    let mut half = None;
    let mut digits = 0;
    for (at, c) in text.chars().enumerate().skip(skip) {
        let Some(digit) = c.to_digit(16) else {
            if c.is_whitespace() || matches!(c, ':' | '-' | '.' | ',') {
                continue;
            }
            return Err(BadHex::NotADigit(at + 1, c));
        };
        digits += 1;
        half = match half {
            None => Some(digit as u8),
            Some(high) => {
                octets.push(high << 4 | digit as u8);
                None
            }
        };
    }
    if half.is_some() { Err(BadHex::Odd(digits)) } else { Ok(octets) }
}

/// Two lower-case digits an octet.
pub fn encode(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    octets
        .iter()
        .flat_map(|o| [DIGITS[usize::from(o >> 4)] as char, DIGITS[usize::from(o & 15)] as char])
        .collect()
}
