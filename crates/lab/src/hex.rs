//! Hex digits, two an octet, with errors that cross.

use crate::error::{Result, error, num};
use bytes::Bytes;
use wire::hex::BadHex;

pub use wire::hex::encode;

/// Hex as octets.
///
/// # Errors
/// `bad_hex`
pub fn decode(hex: &str) -> Result<Bytes> {
    let at = |e: BadHex| match e {
        BadHex::NotADigit(at, _) => at,
        BadHex::Odd(_) => hex.chars().count(),
    };
    wire::hex::decode(hex).map(Bytes::from).map_err(|e| error("bad_hex", [("at", num(at(e) as f64))]))
}
