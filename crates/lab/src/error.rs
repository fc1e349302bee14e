//! Errors that cross to a face: a code for programs, a sentence for people, the numbers in it.

use crate::catalogue;
use crate::view::{ErrorView, OperandValue, OperandView};
use net::{ConfigError, HandError};
use std::fmt;

/// What most of this crate gives.
pub type Result<T> = std::result::Result<T, ErrorView>;

/// An error of the catalogue `locales/<lang>/errors.json`.
pub fn error<const N: usize>(code: &str, operands: [(&str, OperandValue); N]) -> ErrorView {
    let operands: Vec<OperandView> =
        operands.into_iter().map(|(name, value)| OperandView { name: name.into(), value }).collect();
    ErrorView { code: code.into(), message: catalogue::error_sentence(code, &operands), operands }
}

/// A plain number as an operand.
pub fn num(n: impl Into<f64>) -> OperandValue {
    OperandValue::Num { value: n.into() }
}

/// A word as an operand.
pub fn word(w: impl Into<String>) -> OperandValue {
    OperandValue::Word { value: w.into() }
}

impl fmt::Display for ErrorView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for ErrorView {}

impl From<HandError> for ErrorView {
    fn from(e: HandError) -> ErrorView {
        match e {
            HandError::NotInFlight(f) => error("not_in_flight", [("frame", num(f.0))]),
            HandError::NotHeld(f) => error("not_held", [("frame", num(f.0))]),
            HandError::AlreadyHeld(f) => error("already_held", [("frame", num(f.0))]),
            HandError::NoSuchNode(n) => error("unknown_node", [("node", num(n.0))]),
            HandError::NoSuchProcess(n, p) => {
                error("unknown_process", [("node", num(n.0)), ("pid", num(p.0))])
            }
            HandError::NotPlugged(n) => error("not_plugged", [("node", num(n.0))]),
            HandError::BadCount(count) => {
                error("bad_count", [("count", num(count)), ("max", num(net::MAX_COPIES))])
            }
            HandError::TooManyRules => {
                error("too_many_rules", [("max", num(net::standing::MAX_RULES as u32))])
            }
            HandError::NoSuchRule(id) => error("unknown_rule", [("rule", num(id))]),
            HandError::NoSuchLink(link, port) => {
                error("unknown_link", [("link", num(link.0)), ("end", num(port))])
            }
            HandError::BadImpairment(bad) => {
                error("bad_impairment", [("field", word(bad.field)), ("problem", word(bad.problem))])
            }
            HandError::BadLength(len) => error(
                "bad_frame_length",
                [
                    ("len", num(len as f64)),
                    ("min", num(net::MIN_FRAME as f64)),
                    ("max", num(net::MAX_FRAME as f64)),
                ],
            ),
        }
    }
}

impl From<ConfigError> for ErrorView {
    fn from(e: ConfigError) -> ErrorView {
        error("bad_scenario", [("problem", word(e.to_string()))])
    }
}
