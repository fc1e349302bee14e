//! Changing bytes by name, through the same tables that read them.

mod mend;
mod options;

pub use mend::{mend_checksums, mend_lengths};
pub use options::{OptionEdit, edit_options};

use crate::bits;
use crate::dissect::{self, Context, Node, dissect};
use crate::hex::BadHex;
use crate::layout::Form;
use std::fmt;

/// Why a value was not taken: which node, which text, and what it would take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EditError {
    /// The node.
    pub path: String,
    /// The text that was given.
    pub text: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The frame has no such node.
    UnknownPath,
    /// The node has no value of its own.
    NotEditable,
    /// Not a whole number from 0 to `max`, which is what `bits` bits hold.
    Number {
        /// Width.
        bits: u32,
        /// The largest.
        max: u64,
    },
    /// Neither 0 nor 1.
    Flag,
    /// Not a MAC address.
    Mac,
    /// Not an IPv4 address.
    Ipv4,
    /// Not an IPv6 address.
    Ipv6,
    /// Not hex digits.
    Hex(BadHex),
    /// Another number of octets than the node has.
    Octets {
        /// What the node has.
        needed: usize,
        /// What was given.
        given: usize,
    },
    /// The options would take more than the 40 octets that a header has for them.
    OptionsTooLong {
        /// What they would take.
        octets: usize,
    },
    /// The frame would be longer than a datagram can say.
    FrameTooLong {
        /// Its length.
        octets: usize,
    },
}

impl EditError {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self.reason {
            Reason::UnknownPath => "unknown_field",
            Reason::NotEditable => "field_not_editable",
            Reason::Number { .. } => "bad_field_number",
            Reason::Flag => "bad_field_flag",
            Reason::Mac => "bad_field_mac",
            Reason::Ipv4 => "bad_field_ipv4",
            Reason::Ipv6 => "bad_field_ipv6",
            Reason::Hex(BadHex::NotADigit(..)) => "bad_field_hex_digit",
            Reason::Hex(BadHex::Odd(_)) => "bad_field_hex_odd",
            Reason::Octets { .. } => "bad_field_octets",
            Reason::OptionsTooLong { .. } => "options_too_long",
            Reason::FrameTooLong { .. } => "frame_too_long",
        }
    }
    /// Named values for a translated sentence.
    pub fn operands(&self) -> Vec<(&'static str, String)> {
        let mut out = vec![("path", self.path.clone()), ("text", self.text.clone())];
        match self.reason {
            Reason::Number { bits, max } => {
                out.extend([("bits", bits.to_string()), ("max", max.to_string())]);
            }
            Reason::Hex(BadHex::NotADigit(at, c)) => {
                out.extend([("at", at.to_string()), ("char", c.to_string())]);
            }
            Reason::Hex(BadHex::Odd(digits)) => out.push(("digits", digits.to_string())),
            Reason::Octets { needed, given } => {
                out.extend([("needed", needed.to_string()), ("given", given.to_string())]);
            }
            Reason::OptionsTooLong { octets } | Reason::FrameTooLong { octets } => {
                out.push(("octets", octets.to_string()));
            }
            _ => {}
        }
        out
    }
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EditError { path, text, reason } = self;
        match reason {
            Reason::UnknownPath => write!(f, "this frame has no field {path}"),
            Reason::NotEditable => write!(f, "{path} has no value of its own: edit the fields in it"),
            Reason::Number { bits: 1, .. } => write!(f, "{path} holds 1 bit: 0 or 1, not {text}"),
            Reason::Number { bits, max } => {
                write!(f, "{path} holds {bits} bits: a whole number from 0 to {max}, not {text}")
            }
            Reason::Flag => write!(f, "{path} holds 1 bit: 0 or 1, not {text}"),
            Reason::Mac => {
                write!(
                    f,
                    "{path} holds a MAC address: six pairs of hex digits, as in 02:00:00:00:00:01, not {text}"
                )
            }
            Reason::Ipv4 => {
                write!(
                    f,
                    "{path} holds an IPv4 address: four numbers from 0 to 255, as in 10.0.0.1, not {text}"
                )
            }
            Reason::Ipv6 => write!(f, "{path} holds an IPv6 address, as in 2001:db8::1, not {text}"),
            Reason::Hex(bad) => write!(f, "{path} holds octets, two hex digits each; {bad}"),
            Reason::Octets { needed, given } => write!(f, "{path} holds {needed} octets, not {given}"),
            Reason::OptionsTooLong { octets } => {
                write!(f, "TCP options take up to 40 octets (RFC 9293 §3.1); these would take {octets}")
            }
            Reason::FrameTooLong { octets } => {
                write!(f, "a frame here takes up to {MAX_FRAME} octets; this would take {octets}")
            }
        }
    }
}
impl std::error::Error for EditError {}

/// Octets of the longest frame that editing makes: an Ethernet header and the longest datagram.
pub const MAX_FRAME: usize = crate::ethernet::LEN + 65_535;

/// Gives the node `path` of `frame` another value. Numbers are decimal, or hex after `0x`; octets are hex
/// digits. Nothing else changes: checksums and lengths stay as they were (see [`mend_checksums`],
/// [`mend_lengths`]).
///
/// Data at the end (payloads, trailer) and TCP options may become longer or shorter. With `follow`, the
/// lengths that cover them grow or shrink by as much, and options are padded to whole words; without, every
/// length keeps its value, and what it says is no longer so.
pub fn edit(frame: &[u8], path: &str, value: &str, follow: bool) -> Result<Vec<u8>, EditError> {
    let tree = dissect(frame, &Context::default());
    let error = |reason| EditError { path: path.to_owned(), text: value.trim().to_owned(), reason };
    let node = dissect::find(&tree, path).ok_or_else(|| error(Reason::UnknownPath))?;
    let value = dissect::parse(path, value, node.bits, node.form)?;
    let start = node.bit as usize / 8;
    match value {
        dissect::Value::Number(number) => {
            let mut out = frame.to_vec();
            bits::put(&mut out, node.bit as usize, node.bits as usize, number);
            Ok(out)
        }
        dissect::Value::Octets(octets) => {
            let range = start..start + node.bits as usize / 8;
            if octets.len() == range.len() {
                let mut out = frame.to_vec();
                out[range].copy_from_slice(&octets);
                return Ok(out);
            }
            if let Some(index) = options::index_of(node) {
                return edit_options(frame, &OptionEdit::Replace { index, octets }, follow);
            }
            if node.path == "tcp.options" {
                return options::replace_list(frame, &octets, follow);
            }
            if !resizable(node) {
                return Err(error(Reason::Octets { needed: range.len(), given: octets.len() }));
            }
            splice(frame, range, &octets, follow)
        }
    }
}

/// Data that no header counts in a field of fixed width.
fn resizable(node: &Node) -> bool {
    node.form == Form::Bytes && matches!(node.name, "data" | "tcp.payload" | "udp.payload" | "eth.trailer")
}

/// Puts `octets` in the place of a part of the frame.
fn splice(
    frame: &[u8],
    range: std::ops::Range<usize>,
    octets: &[u8],
    follow: bool,
) -> Result<Vec<u8>, EditError> {
    let len = frame.len() - range.len() + octets.len();
    if len > MAX_FRAME {
        let reason = Reason::FrameTooLong { octets: len };
        return Err(EditError { path: String::new(), text: String::new(), reason });
    }
    let mut out = Vec::with_capacity(len);
    out.extend_from_slice(&frame[..range.start]);
    out.extend_from_slice(octets);
    out.extend_from_slice(&frame[range.end..]);
    if follow {
        mend::shift_lengths(frame, &mut out, range.start, octets.len() as i64 - range.len() as i64);
    }
    Ok(out)
}
