//! A frame for people: dissected, in one line, edited by name. Bytes alone; nothing here looks at a world.

pub mod rules;

use crate::view::{ErrorView, FieldForm, FieldView, OperandValue, OperandView, PacketView};
use wire::dissect::{Context, Node, dissect};
use wire::edit::{self, EditError};
use wire::layout::Form;
use wire::{hex, summary};

/// What a frame's bytes do not say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// Frame id; `u32::MAX` for bytes that are not on any link.
    pub id: u32,
    /// Its flow.
    pub flow: Option<u32>,
    /// Node that sent it.
    pub from: u32,
    /// Node it is addressed to.
    pub to: u32,
    /// What became of it.
    pub fate: String,
    /// The window scale that its sender announced, where both ends of the flow agreed on scaling.
    pub window_shift: Option<u8>,
}

impl Default for About {
    /// Bytes that are on no link: a draft.
    fn default() -> About {
        About {
            id: u32::MAX,
            flow: None,
            from: u32::MAX,
            to: u32::MAX,
            fate: "draft".into(),
            window_shift: None,
        }
    }
}

/// A frame, dissected.
pub fn view(frame: &[u8], about: &About) -> PacketView {
    let context = Context { window_shift: about.window_shift };
    PacketView {
        id: about.id,
        flow: about.flow,
        from: about.from,
        to: about.to,
        fate: about.fate.clone(),
        hex: hex::encode(frame),
        layers: dissect(frame, &context).into_iter().map(field).collect(),
        summary: format!("{}, {}", summary::ends(frame), summary::brief(frame)),
        payload: wire::dissect::payload_len(frame),
    }
}

fn field(node: Node) -> FieldView {
    // Taken apart whole, so that a field that is new there is not forgotten here.
    let Node { path, name, bit, bits, form, value, meaning, problem, editable, children } = node;
    FieldView {
        path,
        name: name.into(),
        bit,
        bits,
        value,
        meaning,
        form: match form {
            Form::Uint => FieldForm::Uint,
            Form::Hex => FieldForm::Hex,
            Form::Flag => FieldForm::Flag,
            Form::Mac => FieldForm::Mac,
            Form::Ipv4 => FieldForm::Ipv4,
            Form::Ipv6 => FieldForm::Ipv6,
            Form::Bytes => FieldForm::Bytes,
            Form::Group => FieldForm::Group,
        },
        editable,
        problem: problem.map(|p| p.id().into()),
        children: children.into_iter().map(field).collect(),
    }
}

/// Gives the field `path` of `frame` another value; see [`wire::edit::change`].
pub fn edit(
    frame: &[u8],
    path: &str,
    value: &str,
    mends: impl Into<edit::Mends>,
) -> Result<Vec<u8>, ErrorView> {
    let set = edit::Change::Set { path: path.into(), value: value.into() };
    Ok(edit::change(frame, &set, mends.into())?)
}

/// Overwrites the octets of `frame` from `offset`; checksums mend as `mends` says, except where the octets given lie in
/// one.
pub fn set_bytes(
    frame: &[u8],
    offset: usize,
    octets: &[u8],
    mends: impl Into<edit::Mends>,
) -> Result<Vec<u8>, ErrorView> {
    if offset.saturating_add(octets.len()) > frame.len() {
        let operands = [("offset", offset), ("len", octets.len()), ("octets", frame.len())];
        let message = format!(
            "{} octets from octet {offset} do not fit: the frame ends after octet {}.",
            octets.len(),
            frame.len()
        );
        let operands = operands.map(|(name, n)| operand(name, OperandValue::Num { value: n as f64 }));
        return Err(ErrorView { code: "bytes_beyond_frame".into(), message, operands: operands.into() });
    }
    let there = edit::Change::Octets { offset, octets: octets.to_vec() };
    Ok(edit::change(frame, &there, mends.into())?)
}

fn operand(name: &str, value: OperandValue) -> OperandView {
    OperandView { name: name.into(), value }
}

impl From<EditError> for ErrorView {
    fn from(error: EditError) -> ErrorView {
        let word = |(name, value): (&str, String)| operand(name, OperandValue::Word { value });
        ErrorView {
            code: error.code().into(),
            message: error.to_string(),
            operands: error.operands().into_iter().map(word).collect(),
        }
    }
}
