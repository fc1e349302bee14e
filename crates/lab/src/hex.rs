//! Hex digits, two an octet.

use crate::error::{Result, error, num};
use bytes::Bytes;

/// Octets as lower-case hex.
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// Hex as octets; either case; nothing between the digits.
pub fn decode(hex: &str) -> Result<Bytes> {
    let bad = |at: usize| error("bad_hex", [("at", num(at as f64))]);
    let mut octets = Vec::with_capacity(hex.len() / 2);
    let mut high = None;
    for (at, c) in hex.chars().enumerate() {
        let digit = c.to_digit(16).ok_or_else(|| bad(at + 1))? as u8;
        match high.take() {
            None => high = Some(digit),
            Some(h) => octets.push(h << 4 | digit),
        }
    }
    if high.is_some() { Err(bad(hex.len())) } else { Ok(octets.into()) }
}
