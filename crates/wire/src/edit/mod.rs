//! Changing bytes by name, through the same tables that read them.

mod mend;
mod options;
mod pieces;

pub use mend::{Mends, mend, mend_checksums, mend_lengths};
pub use options::{OptionEdit, edit_options, option_of_kind};
pub use pieces::{merge, split};

use crate::bits;
use crate::dissect::{self, Context, Node, dissect};
use crate::hex::BadHex;
use crate::layout::{Field, Form};
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
    /// It carries no TCP data.
    NoData,
    /// Data of `len` octets cannot be split there.
    SplitAt {
        /// Octets of data.
        len: usize,
    },
    /// The other segment does not begin where this one ends, or belongs to another connection.
    NotNext,
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
            Reason::NoData => "no_data",
            Reason::SplitAt { .. } => "bad_split",
            Reason::NotNext => "not_next",
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
            Reason::SplitAt { len } => out.push(("len", len.to_string())),
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
            Reason::NoData => f.write_str("this frame carries no TCP data"),
            Reason::SplitAt { len } => {
                write!(f, "data of {len} octets cannot be split after {text}: from 1 to {} can", len - 1)
            }
            Reason::NotNext => f.write_str("the other segment does not begin where this one ends"),
            Reason::FrameTooLong { octets } => {
                write!(f, "a frame here takes up to {MAX_FRAME} octets; this would take {octets}")
            }
        }
    }
}
impl std::error::Error for EditError {}

/// Octets of the longest frame that editing makes: an Ethernet header and the longest datagram.
pub const MAX_FRAME: usize = crate::ethernet::LEN + 65_535;

/// A change to a frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Another value for a node: see [`edit`].
    Set {
        /// The node.
        path: String,
        /// The value.
        value: String,
    },
    /// Other octets from an offset of the frame; as many as there were.
    Octets {
        /// The first.
        offset: usize,
        /// What stands there then.
        octets: Vec<u8>,
    },
    /// A change to the list of TCP options.
    Options(OptionEdit),
    /// Other data for the TCP segment, longer, shorter or none.
    Payload(Vec<u8>),
    /// The frame ends after so many octets.
    Truncate(usize),
}

/// Changes a frame; lengths follow and checksums mend as `mends` says. A checksum or a length that is itself what is
/// edited keeps what was typed.
pub fn change(frame: &[u8], change: &Change, mends: Mends) -> Result<Vec<u8>, EditError> {
    let mut out = match change {
        Change::Set { path, value } => edit(frame, path, value, mends)?,
        Change::Octets { offset, octets } => overwrite(frame, *offset, octets)?,
        Change::Options(change) => edit_options(frame, change, mends)?,
        Change::Payload(octets) => {
            let part = options::segment(frame)?;
            splice(frame, part.range.end..part.end, octets, mends)?
        }
        Change::Truncate(len) => {
            let range = (*len).min(frame.len())..frame.len();
            splice(frame, range, &[], mends)?
        }
    };
    mend(&mut out, mends.only_checksums());
    match change {
        Change::Set { path, value } if path.ends_with(".checksum") => edit(&out, path, value, mends),
        Change::Octets { offset, octets } => overwrite(&out, *offset, octets),
        _ => Ok(out),
    }
}

/// The first node called `name` that holds a number, in this frame.
pub fn number(frame: &[u8], name: &str) -> Option<u64> {
    let tree = dissect(frame, &Context::default());
    let node = named(&tree, name)?;
    let is_number = matches!(node.form, Form::Uint | Form::Hex | Form::Flag);
    is_number.then(|| bits::get(frame, node.bit as usize, node.bits as usize))
}

/// Whether a field takes a value.
///
/// # Errors
/// What [`edit`] would say.
pub fn check_value(field: &Field, value: &str) -> Result<(), EditError> {
    dissect::parse(field.name, value, field.bits, field.form).map(|_| ())
}

/// The path of the first node called `name` in this frame.
pub fn path_of(frame: &[u8], name: &str) -> Option<String> {
    named(&dissect(frame, &Context::default()), name).map(|node| node.path.clone())
}

fn named<'a>(nodes: &'a [Node], name: &str) -> Option<&'a Node> {
    nodes.iter().find_map(|n| if n.name == name { Some(n) } else { named(&n.children, name) })
}

fn overwrite(frame: &[u8], offset: usize, octets: &[u8]) -> Result<Vec<u8>, EditError> {
    let range = offset..offset.saturating_add(octets.len());
    let mut out = frame.to_vec();
    match out.get_mut(range) {
        Some(there) => there.copy_from_slice(octets),
        None => {
            let reason = Reason::Octets { needed: frame.len().saturating_sub(offset), given: octets.len() };
            return Err(EditError { path: format!("octet {offset}"), text: String::new(), reason });
        }
    }
    Ok(out)
}

/// Gives the node `path` of `frame` another value. Numbers are decimal, or hex after `0x`; octets are hex
/// digits. Nothing else changes: checksums stay as they were (see [`mend`], [`change`]).
///
/// Data at the end (payloads, trailer) and TCP options may become longer or shorter. The lengths that `mends` names
/// grow or shrink by as much, and where the data offset does, options are padded to whole words; the others keep
/// their value, and what they say is no longer so.
pub fn edit(frame: &[u8], path: &str, value: &str, mends: impl Into<Mends>) -> Result<Vec<u8>, EditError> {
    let mends = mends.into();
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
                return edit_options(frame, &OptionEdit::Replace { index, octets }, mends);
            }
            if node.path == "tcp.options" {
                return options::replace_list(frame, &octets, mends);
            }
            if !resizable(node) {
                return Err(error(Reason::Octets { needed: range.len(), given: octets.len() }));
            }
            splice(frame, range, &octets, mends)
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
    mends: Mends,
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
    if mends.has(Mends::IP_LENGTH) {
        mend::shift_lengths(frame, &mut out, range.start, octets.len() as i64 - range.len() as i64);
    }
    Ok(out)
}
