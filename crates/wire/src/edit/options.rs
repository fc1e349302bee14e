//! The TCP option list, edited as a list.

use super::{EditError, Reason, splice};
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

/// Changes the options of the TCP segment in `frame`. With `follow` the list is padded with zeros to whole
/// words, and the data offset and the lengths of IP follow; without, they stay, so that the header ends
/// somewhere else in the octets than before.
pub fn edit_options(frame: &[u8], change: &OptionEdit, follow: bool) -> Result<Vec<u8>, EditError> {
    let part = segment(frame)?;
    let list = &frame[part.range.start + LEN..part.range.end];
    // Options stand before everything that is none, so a place among options is a place among items.
    let mut items: Vec<(Vec<u8>, What)> =
        items(list).into_iter().map(|item| (list[item.range].to_vec(), item.what)).collect();
    let options = items.iter().filter(|(_, what)| *what == What::Option).count();
    let check = |index: usize, end: usize| {
        if index < end { Ok(index) } else { Err(unknown(index)) }
    };
    match change {
        OptionEdit::Add { index, octets } => {
            items.insert(check(*index, options + 1)?, (octets.clone(), What::Option));
        }
        OptionEdit::Remove { index } => {
            items.remove(check(*index, options)?);
        }
        OptionEdit::Move { from, to } => {
            let item = items.remove(check(*from, options)?);
            items.insert(check(*to, options)?, item);
        }
        OptionEdit::Replace { index, octets } => {
            items[check(*index, options)?].0.clone_from(octets);
        }
    }
    if follow {
        // Padding is made anew.
        items.retain(|(octets, what)| *what != What::Padding && octets != &[layout::tcp_option::EOL]);
    }
    let list: Vec<u8> = items.into_iter().flat_map(|(octets, _)| octets).collect();
    replace_list(frame, &list, follow)
}

/// Puts another option list in the place of the one there is.
pub(super) fn replace_list(frame: &[u8], list: &[u8], follow: bool) -> Result<Vec<u8>, EditError> {
    let part = segment(frame)?;
    let mut list = list.to_vec();
    if follow {
        list.resize(list.len().next_multiple_of(4), layout::tcp_option::EOL);
        if list.len() > MAX_OPTIONS {
            let reason = Reason::OptionsTooLong { octets: list.len() };
            return Err(EditError { path: "tcp.options".into(), text: String::new(), reason });
        }
    }
    let mut out = splice(frame, part.range.start + LEN..part.range.end, &list, follow)?;
    if follow {
        layout::tcp::HDR_LEN.put(&mut out[part.range.start..], (LEN + list.len()) as u64 / 4);
    }
    Ok(out)
}

/// The TCP header that this frame carries, its fixed part whole.
fn segment(frame: &[u8]) -> Result<Part, EditError> {
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
