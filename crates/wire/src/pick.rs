//! One field of a frame by its name, for whoever asks the same of frame after frame.

use crate::dissect::{Context, Node, dissect};
use crate::layout::{self as at, Field, Form, tcp_option as option};
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
    /// An option of TCP, or a number in it.
    Option(u8, Option<Field>),
    /// Text: an address.
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
    (Kind::Fragment, at::ipv6_fragment::FIELDS),
    (Kind::Icmp, at::icmp::FIELDS),
    (Kind::Icmpv6, at::icmpv6::FIELDS),
    (Kind::Udp, at::udp::FIELDS),
    (Kind::Dns, at::dns::FIELDS),
    (Kind::Tcp, at::tcp::FIELDS),
];
/// Options of TCP: name, kind, and the field that is meant; none where it is whether the option is there.
static OPTIONS: &[(&str, u8, Option<Field>)] = &[
    ("tcp.options.mss", option::MSS, None),
    ("tcp.options.mss_val", option::MSS, Some(option::MSS_VAL)),
    ("tcp.options.wscale", option::WSCALE, None),
    ("tcp.options.wscale.shift", option::WSCALE, Some(option::SHIFT)),
    ("tcp.options.sack_perm", option::SACK_PERM, None),
    ("tcp.options.sack", option::SACK, None),
    // Of the first block.
    ("tcp.options.sack_le", option::SACK, Some(Field { bit: option::LEN.end(), ..option::SACK_LE })),
    ("tcp.options.sack_re", option::SACK, Some(Field { bit: option::LEN.end() + 32, ..option::SACK_RE })),
    ("tcp.options.timestamp", option::TIMESTAMP, None),
    ("tcp.options.timestamp.tsval", option::TIMESTAMP, Some(option::TSVAL)),
    ("tcp.options.timestamp.tsecr", option::TIMESTAMP, Some(option::TSECR)),
    ("tcp.options.tfo", option::FAST_OPEN, None),
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
        for (other, how) in [("frame.len", How::Frame), ("tcp.len", How::Payload)] {
            if name == other {
                return Some(Pick { name: other, how });
            }
        }
        let (name, kind, field) = OPTIONS.iter().find(|(known, ..)| *known == name)?;
        Some(Pick { name, how: How::Option(*kind, *field) })
    }

    /// Names of all that can be asked for.
    pub fn names() -> impl Iterator<Item = &'static str> {
        HEADERS
            .iter()
            .flat_map(|(_, fields)| fields.iter().map(|f| f.name))
            .chain(OPTIONS.iter().map(|(name, ..)| *name))
            .chain(["frame.len", "tcp.len"])
    }

    /// Whether it is text rather than a number.
    pub fn is_text(&self) -> bool {
        self.how == How::Tree
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
            How::Option(kind, field) => {
                let parts = walk(frame);
                let part = parts.iter().find(|p| p.quoted == 0 && p.kind == Kind::Tcp)?;
                let found = option_of(frame[part.range.clone()].get(at::tcp::LEN..)?, *kind)?;
                match field {
                    Some(field) if field.end() as usize <= found.len() * 8 => field.get(found),
                    Some(_) => return None,
                    None => 1,
                }
            }
            How::Tree => {
                let tree = dissect(frame, &Context::default());
                return Some(Picked::Text(named(&tree, self.name)?.value.clone()));
            }
        };
        Some(if self.is_seq() { Picked::Seq(number as u32) } else { Picked::Number(number) })
    }
}

/// The first option of a kind, from its kind octet on; none where the list is cut short before it.
fn option_of(mut options: &[u8], wanted: u8) -> Option<&[u8]> {
    loop {
        let len = match *options.first()? {
            option::EOL => return None,
            option::NOP => 1,
            _ => usize::from(*options.get(1)?),
        };
        let (found, rest) = (options.get(..len)?, options.get(len..)?);
        if len > 1 && found[0] == wanted {
            return Some(found);
        }
        if len == 0 {
            return None;
        }
        options = rest;
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
