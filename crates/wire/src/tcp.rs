//! TCP in its meaningful form: what a stack reads and writes (RFC 9293 §3.1, §3.2).
//!
//! The annotated, judge-nothing form for people is in `dissect`.

pub use crate::tcp_bytes::{LEN, MAX_LEN, MAX_OPTIONS, OptionWords, emit, parse, parse_options};

use crate::Seq;
use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign};

/// The twelve bits beside the data offset: three reserved, then AE (NS), CWR … FIN.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u16);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Flags = Flags(0x001);
    /// Synchronize sequence numbers.
    pub const SYN: Flags = Flags(0x002);
    /// Reset the connection.
    pub const RST: Flags = Flags(0x004);
    /// Push function.
    pub const PSH: Flags = Flags(0x008);
    /// The acknowledgment field is significant.
    pub const ACK: Flags = Flags(0x010);
    /// The urgent pointer is significant.
    pub const URG: Flags = Flags(0x020);
    /// ECN echo (RFC 3168).
    pub const ECE: Flags = Flags(0x040);
    /// Congestion window reduced (RFC 3168).
    pub const CWR: Flags = Flags(0x080);
    /// Accurate ECN (RFC 9768), formerly NS.
    pub const AE: Flags = Flags(0x100);
    /// Nothing set.
    pub const NONE: Flags = Flags(0);

    /// All bits of `other` are set in `self`.
    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }
    /// Any bit of `other` is set in `self`.
    pub const fn any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
    /// `self` without the bits of `other`.
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }
}
impl BitOr for Flags {
    type Output = Flags;
    fn bitor(self, o: Flags) -> Flags {
        Flags(self.0 | o.0)
    }
}
impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, o: Flags) {
        self.0 |= o.0;
    }
}
impl BitAnd for Flags {
    type Output = Flags;
    fn bitand(self, o: Flags) -> Flags {
        Flags(self.0 & o.0)
    }
}
impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 9] = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];
        let mut first = true;
        for (bit, name) in NAMES.iter().enumerate() {
            if self.0 & (1 << bit) != 0 {
                write!(f, "{}{name}", if first { "" } else { " " })?;
                first = false;
            }
        }
        if first { f.write_str("none") } else { Ok(()) }
    }
}

/// Timestamps option (RFC 7323 §3.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timestamps {
    /// TSval: the sender's clock.
    pub val: u32,
    /// TSecr: the echo of the peer's.
    pub ecr: u32,
}

/// Up to four SACK blocks, each `[left, right)` (RFC 2018 §3).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SackBlocks {
    /// How many of `blocks` count, 0 to 4.
    pub len: u8,
    /// The blocks, in the order in which they stand on the wire.
    pub blocks: [(Seq, Seq); 4],
}

/// A Fast Open option (RFC 7413 §4.1.1); an empty cookie is a request for one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FastOpen {
    /// Kind 254 with magic 0xF989 instead of kind 34.
    pub experimental: bool,
    /// Octets of `cookie` that count, 0 to 16.
    pub len: u8,
    /// The cookie.
    pub cookie: [u8; 16],
}

/// The options a stack acts on. What is unknown or malformed stays in the bytes, where `dissect` shows it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Options {
    /// Maximum segment size (RFC 9293 §3.7.1), octets.
    pub mss: Option<u16>,
    /// Window scale shift (RFC 7323 §2.2).
    pub window_scale: Option<u8>,
    /// SACK permitted (RFC 2018 §2).
    pub sack_permitted: bool,
    /// Timestamps.
    pub timestamps: Option<Timestamps>,
    /// SACK blocks.
    pub sack: SackBlocks,
    /// Fast Open.
    pub fast_open: Option<FastOpen>,
    /// There is an MD5 signature (RFC 2385). It is read, never written.
    pub md5: bool,
}

impl Options {
    /// No option at all.
    pub const NONE: Options = Options {
        mss: None,
        window_scale: None,
        sack_permitted: false,
        timestamps: None,
        sack: SackBlocks { len: 0, blocks: [(Seq(0), Seq(0)); 4] },
        fast_open: None,
        md5: false,
    };
}

/// A TCP header as a stack means it; the data offset and the checksum follow from the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// Source port.
    pub src_port: u16,
    /// Destination port.
    pub dst_port: u16,
    /// Sequence number of the first octet (of the SYN, where there is one).
    pub seq: Seq,
    /// Acknowledgment number; 0 on the wire unless ACK is set.
    pub ack: Seq,
    /// Control bits.
    pub flags: Flags,
    /// Window as it stands in the header, not scaled.
    pub window: u16,
    /// Urgent pointer.
    pub urgent: u16,
    /// Options.
    pub options: Options,
}
