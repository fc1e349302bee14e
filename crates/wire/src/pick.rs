//! One field of a frame by its name, for whoever asks the same of frame after frame.

use crate::dissect::{Context, Node, dissect};
use crate::layout::{self as at, Field, Form};
use crate::walk::{Kind, walk};

/// What is asked for, found once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pick {
    name: &'static str,
    how: How,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum How {
    /// `frame.len`
    Frame,
    /// `tcp.len`, `udp.len` less its header: octets carried.
    Payload,
    /// A number at its place in a header.
    Fixed(Kind, Field),
    /// Text, or what has no fixed place: an option.
    Tree,
}

/// A field's value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Picked {
    /// A number, or a bit.
    Number(u64),
    /// A sequence number or an acknowledgment number.
    Seq(u32),
    /// An address, octets.
    Text(String),
}

static HEADERS: &[(Kind, &[Field])] = &[
    (Kind::Ethernet, at::ethernet::FIELDS),
    (Kind::Arp, at::arp::FIELDS),
    (Kind::Ipv4, at::ipv4::FIELDS),
    (Kind::Ipv6, at::ipv6::FIELDS),
    (Kind::Icmp, at::icmp::FIELDS),
    (Kind::Icmpv6, at::icmpv6::FIELDS),
    (Kind::Udp, at::udp::FIELDS),
    (Kind::Tcp, at::tcp::FIELDS),
];
/// What else can be asked for.
static OTHERS: &[&str] = &[
    "frame.len",
    "tcp.len",
    "tcp.options.mss_val",
    "tcp.options.wscale.shift",
    "tcp.options.timestamp.tsval",
    "tcp.options.timestamp.tsecr",
    "tcp.options.sack_le",
    "tcp.options.sack_re",
    "tcp.options.mss",
    "tcp.options.sack",
    "tcp.options.sack_perm",
    "tcp.options.timestamp",
    "tcp.options.wscale",
    "tcp.options.tfo",
];

impl Pick {
    /// The field with Wireshark's filter name; none where no header has it.
    pub fn named(name: &str) -> Option<Pick> {
        for &(kind, fields) in HEADERS {
            if let Some(field) = find(fields, name) {
                let number = matches!(field.form, Form::Uint | Form::Hex | Form::Flag | Form::Group);
                let fixed = number && field.bits <= 64;
                return Some(Pick {
                    name: field.name,
                    how: if fixed { How::Fixed(kind, *field) } else { How::Tree },
                });
            }
        }
        let name = OTHERS.iter().copied().find(|other| *other == name)?;
        let how = match name {
            "frame.len" => How::Frame,
            "tcp.len" => How::Payload,
            _ => How::Tree,
        };
        Some(Pick { name, how })
    }

    /// Names of all that can be asked for.
    pub fn names() -> impl Iterator<Item = &'static str> {
        HEADERS.iter().flat_map(|(_, fields)| fields.iter().map(|f| f.name)).chain(OTHERS.iter().copied())
    }

    /// Whether it is text rather than a number.
    pub fn is_text(&self) -> bool {
        let textual = |f: &Field| matches!(f.form, Form::Mac | Form::Ipv4 | Form::Ipv6 | Form::Bytes);
        self.how == How::Tree
            && HEADERS.iter().any(|(_, all)| all.iter().any(|f| f.name == self.name && textual(f)))
    }

    /// Whether it counts modulo 2^32.
    pub fn is_seq(&self) -> bool {
        matches!(self.name, "tcp.seq" | "tcp.ack" | "tcp.options.sack_le" | "tcp.options.sack_re")
    }

    /// Its value in a frame, of the outermost header that has it; none where there is no such header. An option
    /// without a value is 1 where it is there.
    pub fn of(&self, frame: &[u8]) -> Option<Picked> {
        let number = match &self.how {
            How::Frame => frame.len() as u64,
            How::Payload => {
                let parts = walk(frame);
                let tcp = parts.iter().find(|p| p.quoted == 0 && p.kind == Kind::Tcp)?;
                (tcp.end - tcp.range.end) as u64
            }
            How::Fixed(kind, field) => {
                let parts = walk(frame);
                let part = parts.iter().find(|p| p.quoted == 0 && p.kind == *kind)?;
                let header = &frame[part.range.clone()];
                if field.end() as usize > header.len() * 8 {
                    return None;
                }
                field.get(header)
            }
            How::Tree => {
                let tree = dissect(frame, &Context::default());
                let node = named(&tree, self.name)?;
                if self.is_text() {
                    return Some(Picked::Text(node.value.clone()));
                }
                node.value.parse().unwrap_or(1)
            }
        };
        Some(if self.is_seq() { Picked::Seq(number as u32) } else { Picked::Number(number) })
    }
}

/// Not made anew for each table.
#[inline(never)]
fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|f| f.name == name)
}

fn named<'a>(nodes: &'a [Node], name: &str) -> Option<&'a Node> {
    nodes.iter().find_map(|n| if n.name == name { Some(n) } else { named(&n.children, name) })
}
