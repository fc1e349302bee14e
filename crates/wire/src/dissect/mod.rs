//! The annotated tree: what every bit of any byte string is, for people to look at and to edit.

mod meaning;
mod options;
mod text;

pub(crate) use options::{What, items};
pub(crate) use text::{Value, format, parse};

use crate::dns;
use crate::layout::{self, Field, Form};
use crate::problem::Problem;
use crate::walk::{Kind, Part, walk};
use std::ops::Range;

/// A part of a frame: a header, a field, an option, octets. The leaves tile the frame, bit for bit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// Names the node within its frame: its `name`, with `[n]` where a name stands more than once, and
    /// `icmp/` before what an ICMP message quotes.
    pub path: String,
    /// Wireshark's filter name.
    pub name: &'static str,
    /// First bit, from the frame's first.
    pub bit: u32,
    /// Width in bits.
    pub bits: u32,
    /// How `value` is written; [`Form::Group`] has none of its own.
    pub form: Form,
    /// The raw value.
    pub value: String,
    /// What the raw value means where that is another thing, in signs and names that are not translated:
    /// `8 × 4 = 32`, `TCP`, `✓` for a checksum that is right, `≠ 0x1a2b` with the one that would be.
    pub meaning: Option<String>,
    /// What is wrong with it.
    pub problem: Option<Problem>,
    /// [`crate::edit::edit`] takes a value for it.
    pub editable: bool,
    /// Its parts, in wire order.
    pub children: Vec<Node>,
}

/// What a frame alone does not say.
#[derive(Clone, Copy, Default, Debug)]
pub struct Context {
    /// The window scale that the sender of this TCP segment announced, where both ends agreed on scaling.
    pub window_shift: Option<u8>,
}

/// The annotated tree of any octets: one node a header, then data.
pub fn dissect(frame: &[u8], context: &Context) -> Vec<Node> {
    let parts = walk(frame);
    let mut tree = Tree { frame, context, seen: Vec::new(), prefix: String::new() };
    parts.iter().map(|part| tree.part(part)).collect()
}

/// The node with this path.
pub fn find<'a>(nodes: &'a [Node], path: &str) -> Option<&'a Node> {
    nodes.iter().find_map(|n| if n.path == path { Some(n) } else { find(&n.children, path) })
}

/// Octets of payload that the outermost TCP segment or UDP datagram carries; 0 for what is neither.
pub fn payload_len(frame: &[u8]) -> u32 {
    let carrier = |part: &&Part| part.quoted == 0 && matches!(part.kind, Kind::Tcp | Kind::Udp);
    walk(frame).iter().find(carrier).map_or(0, |part| (part.end - part.range.end) as u32)
}

/// The leaves, in wire order.
pub fn leaves(nodes: &[Node]) -> Vec<&Node> {
    let mut out = Vec::new();
    for node in nodes {
        if node.children.is_empty() && node.bits > 0 {
            out.push(node);
        }
        out.extend(leaves(&node.children));
    }
    out
}

struct Tree<'a> {
    frame: &'a [u8],
    context: &'a Context,
    seen: Vec<(String, usize)>,
    prefix: String,
}

impl Tree<'_> {
    fn part(&mut self, part: &Part) -> Node {
        self.prefix = "icmp/".repeat(part.quoted.into());
        let octets = &self.frame[part.range.clone()];
        let mut children = Vec::new();
        let name = match part.kind {
            Kind::Data(name) => {
                let mut node = self.octets(name, part.range.clone());
                if name == "dns.records" {
                    node.meaning =
                        dns::line(&self.frame[part.range.start - layout::dns::LEN..part.range.end]);
                }
                return node;
            }
            Kind::Ethernet => self.table(&[layout::ethernet::FIELDS], part, &mut children, "eth"),
            Kind::Arp => self.table(&[layout::arp::FIELDS], part, &mut children, "arp"),
            Kind::Ipv4 => self.table(&[layout::ipv4::FIELDS], part, &mut children, "ip"),
            Kind::Ipv6 => self.table(&[layout::ipv6::FIELDS], part, &mut children, "ipv6"),
            Kind::Fragment => {
                self.table(&[layout::ipv6_fragment::FIELDS], part, &mut children, "ipv6.fraghdr")
            }
            Kind::Udp => self.table(&[layout::udp::FIELDS], part, &mut children, "udp"),
            Kind::Dns => self.table(&[layout::dns::FIELDS], part, &mut children, "dns"),
            Kind::Tcp => self.table(&[layout::tcp::FIELDS], part, &mut children, "tcp"),
            Kind::Icmp => {
                let rest = match octets.first() {
                    Some(0 | 8) => layout::icmp_echo::FIELDS,
                    Some(3) => layout::icmp_unreachable::FIELDS,
                    _ => layout::icmp_other::FIELDS,
                };
                self.table(&[layout::icmp::FIELDS, rest], part, &mut children, "icmp")
            }
            Kind::Icmpv6 => {
                let rest = match octets.first() {
                    Some(128 | 129) => layout::icmpv6_echo::FIELDS,
                    Some(2) => layout::icmpv6_too_big::FIELDS,
                    Some(135) => layout::icmpv6_ns::FIELDS,
                    Some(136) => layout::icmpv6_na::FIELDS,
                    _ => layout::icmpv6_other::FIELDS,
                };
                let option = if octets.len() > layout::icmpv6_ns::LEN {
                    layout::icmpv6_link_layer::FIELDS
                } else {
                    &[]
                };
                self.table(&[layout::icmpv6::FIELDS, rest, option], part, &mut children, "icmpv6")
            }
        };
        let rest = self.rest(part, &children);
        match part.kind {
            Kind::Tcp if octets.len() > layout::tcp::LEN => children.push(self.tcp_options(rest)),
            Kind::Ipv4 if octets.len() > layout::ipv4::LEN => {
                children.push(self.octets("ip.options", rest));
            }
            _ => {}
        }
        let mut node = self.group(name, bits_of(&part.range));
        node.children = children;
        meaning::annotate(&mut node, part, self.frame, self.context);
        node
    }

    /// The octets of a part behind the fields that have been read.
    fn rest(&self, part: &Part, children: &[Node]) -> Range<usize> {
        children.last().map_or(part.range.start, |n| (n.bit + n.bits) as usize / 8)..part.range.end
    }

    /// The fields of the tables that are all there; a field that is cut off becomes data.
    fn table(
        &mut self,
        tables: &[&'static [Field]],
        part: &Part,
        out: &mut Vec<Node>,
        name: &'static str,
    ) -> &'static str {
        let base = part.range.start as u32 * 8;
        let limit = part.range.len() as u32 * 8;
        let mut done = 0;
        for field in tables.iter().copied().flatten() {
            // Members of a group end within it; whatever ends beyond the octets there are is cut.
            if field.end() > limit {
                break;
            }
            let node = self.field(field, base);
            done = field.end().max(done);
            match out.last_mut() {
                Some(group) if node.bit < group.bit + group.bits => group.children.push(node),
                _ => out.push(node),
            }
        }
        let full = tables.iter().copied().flatten().map(Field::end).max().unwrap_or(0);
        if done < limit.min(full) {
            let bits = base + done..base + limit;
            out.push(self.leaf("data", bits));
        }
        name
    }

    fn field(&mut self, field: &Field, base: u32) -> Node {
        let form = if field.form == Form::Group { Form::Hex } else { field.form };
        let bit = base + field.bit;
        let value = format(self.frame, bit, field.bits, form);
        let path = self.path(field.name);
        Node { form, value, editable: true, ..node(path, field.name, bit, field.bits) }
    }

    fn octets(&mut self, name: &'static str, range: Range<usize>) -> Node {
        self.leaf(name, bits_of(&range))
    }

    /// Bits that no table knows: octets where they are whole ones, else a number.
    fn leaf(&mut self, name: &'static str, bits: Range<u32>) -> Node {
        let form = if bits.start.is_multiple_of(8) { Form::Bytes } else { Form::Hex };
        let field = Field { name, bit: bits.start, bits: bits.end - bits.start, form };
        self.field(&field, 0)
    }

    fn group(&mut self, name: &'static str, bits: Range<u32>) -> Node {
        let path = self.path(name);
        node(path, name, bits.start, bits.end - bits.start)
    }

    fn path(&mut self, name: &str) -> String {
        let path = format!("{}{name}", self.prefix);
        match self.seen.iter_mut().find(|(known, _)| *known == path) {
            Some((_, times)) => {
                *times += 1;
                format!("{path}[{}]", *times - 1)
            }
            None => {
                self.seen.push((path.clone(), 1));
                path
            }
        }
    }
}

fn node(path: String, name: &'static str, bit: u32, bits: u32) -> Node {
    Node {
        path,
        name,
        bit,
        bits,
        form: Form::Group,
        value: String::new(),
        meaning: None,
        problem: None,
        editable: false,
        children: Vec::new(),
    }
}

fn bits_of(octets: &Range<usize>) -> Range<u32> {
    octets.start as u32 * 8..octets.end as u32 * 8
}
