//! TCP options in the annotated tree: each a node with kind, length and value; unknown ones too.

use super::{Node, Tree, bits_of, format, node};
use crate::layout::tcp_option::{self as opt, Kind};
use crate::layout::{Field, Form};
use crate::problem::Problem;
use std::ops::Range;

/// One item of the option list as it stands in the octets.
pub(crate) struct Item {
    /// Octets from the first of the list.
    pub range: Range<usize>,
    pub what: What,
}

/// What an item of the option list is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Option,
    /// What follows the end of the list.
    Padding,
    /// What follows an option whose length leads nowhere.
    Undecoded,
}

/// The option list, item by item. The items tile it.
pub(crate) fn items(list: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut at = 0;
    let mut push = |range: Range<usize>, what| {
        if !range.is_empty() {
            items.push(Item { range, what });
        }
    };
    while at < list.len() {
        let kind = list[at];
        if kind == opt::EOL {
            push(at..at + 1, What::Option);
            push(at + 1..list.len(), What::Padding);
            break;
        }
        if kind == opt::NOP {
            push(at..at + 1, What::Option);
            at += 1;
            continue;
        }
        match list.get(at + 1).map(|&len| len as usize) {
            Some(len) if len < 2 => {
                push(at..at + 2, What::Option);
                push(at + 2..list.len(), What::Undecoded);
                break;
            }
            Some(len) if at + len <= list.len() => {
                push(at..at + len, What::Option);
                at += len;
            }
            _ => {
                push(at..list.len(), What::Option);
                break;
            }
        }
    }
    items
}

impl Tree<'_> {
    /// The node `tcp.options` over these octets of the frame.
    pub(super) fn tcp_options(&mut self, range: Range<usize>) -> Node {
        let list = &self.frame[range.clone()];
        let mut group = self.bytes_group(self.prefixed("tcp.options"), "tcp.options", bits_of(&range));
        let mut index = 0;
        for item in items(list) {
            let octets = range.start + item.range.start..range.start + item.range.end;
            let child = match item.what {
                What::Option => {
                    index += 1;
                    self.option(index - 1, octets)
                }
                What::Padding => {
                    let zero = list[item.range].iter().all(|&octet| octet == 0);
                    let node = self.octets("tcp.options.padding", octets);
                    Node { problem: (!zero).then_some(Problem::TcpPaddingNotZero), ..node }
                }
                What::Undecoded => self.octets("tcp.options.data", octets),
            };
            group.children.push(child);
        }
        group
    }

    fn option(&mut self, index: usize, range: Range<usize>) -> Node {
        let octets = &self.frame[range.clone()];
        let kind = opt::kind(octets[0]);
        let path = self.prefixed(&format!("tcp.options[{index}]"));
        let mut group = self.bytes_group(path, kind.name, bits_of(&range));
        let base = bits_of(&range).start;
        let mut first = self.named(&group.path, "kind", &opt::KIND, base);
        first.meaning = (!kind.label.is_empty()).then(|| kind.label.to_owned());
        group.children.push(first);
        if kind.len == Some(1) {
            return group;
        }
        if octets.len() < 2 {
            group.children[0].problem = Some(Problem::TcpOptionLenBeyond);
            return group;
        }
        let mut len = self.named(&group.path, "length", &opt::LEN, base);
        len.problem = length_problem(octets, kind);
        let decodes = len.problem.is_none();
        group.children.push(len);
        let mut done = range.start + 2;
        if decodes {
            done = self.values(kind, &range, &mut group.children);
        }
        if done < range.end {
            let name = if decodes { kind.rest } else { "tcp.options.data" };
            group.children.push(self.octets(name, done..range.end));
        }
        group
    }

    /// The fields of an option whose length is right; returns the octet behind them.
    fn values(&mut self, kind: &Kind, range: &Range<usize>, out: &mut Vec<Node>) -> usize {
        let mut done = range.start + 2;
        let base = bits_of(range).start;
        for field in kind.fields {
            if field.range().end > range.len() {
                break;
            }
            let mut node = self.field(field, base);
            let value = field.get(&self.frame[range.clone()]);
            if *field == opt::SHIFT {
                node.meaning = Some(format!("× {}", 1u32 << value.min(14)));
                node.problem = (value > 14).then_some(Problem::TcpShiftBeyond);
            } else if *field == opt::EXID && value == opt::FAST_OPEN_MAGIC.into() {
                node.meaning = Some("TCP Fast Open".into());
            }
            out.push(node);
            done = range.start + field.range().end;
        }
        if self.frame[range.start] == opt::SACK {
            while done < range.end {
                out.push(self.field(&opt::SACK_LE, done as u32 * 8));
                out.push(self.field(&opt::SACK_RE, done as u32 * 8));
                done += 8;
            }
        }
        done
    }

    fn named(&self, parent: &str, part: &str, field: &Field, base: u32) -> Node {
        let bit = base + field.bit;
        let value = format(self.frame, bit, field.bits, field.form);
        Node {
            form: field.form,
            value,
            editable: true,
            ..node(format!("{parent}.{part}"), field.name, bit, field.bits)
        }
    }

    fn bytes_group(&self, path: String, name: &'static str, bits: Range<u32>) -> Node {
        let value = format(self.frame, bits.start, bits.end - bits.start, Form::Bytes);
        Node {
            form: Form::Bytes,
            value,
            editable: true,
            ..node(path, name, bits.start, bits.end - bits.start)
        }
    }

    fn prefixed(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

/// What is wrong with the length of an option of at least two octets.
fn length_problem(octets: &[u8], kind: &Kind) -> Option<Problem> {
    let len = octets[1];
    let right = match octets[0] {
        opt::SACK => len >= 10 && (len - 2).is_multiple_of(8),
        opt::FAST_OPEN => len == 2 || (6..=18).contains(&len) && len.is_multiple_of(2),
        _ => kind.len.is_none_or(|fixed| fixed == len),
    };
    if len < 2 {
        Some(Problem::TcpOptionLenShort)
    } else if len as usize > octets.len() {
        Some(Problem::TcpOptionLenBeyond)
    } else {
        (!right).then_some(Problem::TcpOptionLenWrong)
    }
}
