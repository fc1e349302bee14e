//! The TCP option list, edited as a list.

use super::{EditError, Mends, Reason, splice};
use crate::dissect::{Node, What, items};
use crate::layout;
use crate::tcp::{LEN, MAX_OPTIONS};
use crate::walk::{Kind, Part, walk};

/// A change to the option list. Places count from 0 among the options, as in `tcp.options[2]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OptionEdit {
    /// Puts an option (its octets: kind, length, value) before the one at `index`, or at the end.
    Add {
        /// Its place.
        index: usize,
        /// Its octets.
        octets: Vec<u8>,
    },
    /// Takes one out.
    Remove {
        /// Its place.
        index: usize,
    },
    /// Moves one.
    Move {
        /// Its place.
        from: usize,
        /// Its new one.
        to: usize,
    },
    /// Puts other octets in the place of one.
    Replace {
        /// Its place.
        index: usize,
        /// The octets.
        octets: Vec<u8>,
    },
}

/// Changes the options of the TCP segment in `frame`. Where the data offset mends, the list is padded with zeros to
/// whole words and the data offset follows; where it stays, the header ends somewhere else in the octets than
/// before. What is added may be malformed: a list can have an end in its middle, or a length that leads nowhere.
pub fn edit_options(
    frame: &[u8],
    change: &OptionEdit,
    mends: impl Into<Mends>,
) -> Result<Vec<u8>, EditError> {
    let mends = mends.into();
    let part = segment(frame)?;
    let list = &frame[part.range.start + LEN..part.range.end];
    // Options stand before everything that is none, so a place among options is a place among items.
    let found = items(list);
    let mut options = found.iter().filter(|item| item.what == What::Option).count();
    let zero = |octets: &[u8]| octets.iter().all(|&octet| octet == layout::tcp_option::EOL);
    let tail = found.iter().rev().take_while(|item| zero(&list[item.range.clone()])).count();
    let mut items: Vec<Vec<u8>> = found.into_iter().map(|item| list[item.range].to_vec()).collect();
    let (OptionEdit::Add { index: place, .. }
    | OptionEdit::Remove { index: place }
    | OptionEdit::Move { from: place, .. }
    | OptionEdit::Replace { index: place, .. }) = *change;
    let end = options;
    let ends_at = items.len() - tail;
    if mends.has(Mends::DATA_OFFSET) && (place < ends_at || matches!(change, OptionEdit::Add { .. })) {
        // The end of the list and its padding are made anew.
        items.truncate(ends_at);
        options = options.min(ends_at);
    }
    let check = |index: usize, end: usize| {
        if index < end { Ok(index) } else { Err(unknown(index)) }
    };
    match change {
        OptionEdit::Add { index, octets } => {
            items.insert(check(*index, end + 1)?.min(options), octets.clone());
        }
        OptionEdit::Remove { index } => {
            items.remove(check(*index, options)?);
        }
        OptionEdit::Move { from, to } => {
            let item = items.remove(check(*from, options)?);
            items.insert(check(*to, end)?.min(options - 1), item);
        }
        OptionEdit::Replace { index, octets } => items[check(*index, options)?].clone_from(octets),
    }
    replace_list(frame, &items.concat(), mends)
}

/// The place of the first option of a kind in the TCP segment that `frame` carries.
pub fn option_of_kind(frame: &[u8], kind: u8) -> Option<usize> {
    let part = segment(frame).ok()?;
    let list = &frame[part.range.start + LEN..part.range.end];
    let options = items(list).into_iter().filter(|item| item.what == What::Option);
    options.map(|item| list[item.range.start]).position(|k| k == kind)
}

/// Puts another option list in the place of the one there is.
pub(super) fn replace_list(frame: &[u8], list: &[u8], mends: Mends) -> Result<Vec<u8>, EditError> {
    let part = segment(frame)?;
    let mut list = list.to_vec();
    let offset = mends.has(Mends::DATA_OFFSET);
    if offset {
        list.resize(list.len().next_multiple_of(4), layout::tcp_option::EOL);
        if list.len() > MAX_OPTIONS {
            let reason = Reason::OptionsTooLong { octets: list.len() };
            return Err(EditError { path: "tcp.options".into(), text: String::new(), reason });
        }
    }
    let mut out = splice(frame, part.range.start + LEN..part.range.end, &list, mends)?;
    if offset {
        layout::tcp::HDR_LEN.put(&mut out[part.range.start..], (LEN + list.len()) as u64 / 4);
    }
    Ok(out)
}

/// The TCP header that this frame carries, its fixed part whole.
pub(super) fn segment(frame: &[u8]) -> Result<Part, EditError> {
    let found =
        walk(frame).into_iter().find(|p| p.kind == Kind::Tcp && p.quoted == 0 && p.range.len() >= LEN);
    found.ok_or_else(|| EditError { path: "tcp".into(), text: String::new(), reason: Reason::UnknownPath })
}

fn unknown(index: usize) -> EditError {
    EditError { path: format!("tcp.options[{index}]"), text: String::new(), reason: Reason::UnknownPath }
}

/// The place of an option's node of the segment itself (not of a quoted one).
pub(super) fn index_of(node: &Node) -> Option<usize> {
    node.path.strip_prefix("tcp.options[")?.strip_suffix(']')?.parse().ok()
}
