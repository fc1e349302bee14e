//! Where every field of every header lies: one table a header, read by parsing, emitting, the annotated tree
//! and editing alike. Names are Wireshark's display-filter names.

use crate::bits;
use crate::checksum::Sum;

/// How a field's value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A whole number, decimal.
    Uint,
    /// A whole number that people know in hexadecimal: checksums, identifications, types.
    Hex,
    /// One bit, `0` or `1`.
    Flag,
    /// A 48-bit address, `02:00:00:00:00:01`.
    Mac,
    /// A dotted quad.
    Ipv4,
    /// RFC 5952 text.
    Ipv6,
    /// Hex digits, two an octet.
    Bytes,
    /// A field made of the fields that follow it in the table and lie within its bits.
    Group,
}

/// One field of a header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Wireshark's filter name.
    pub name: &'static str,
    /// First bit, counted from the header's first, most significant first.
    pub bit: u32,
    /// Width in bits.
    pub bits: u32,
    /// How its value is written.
    pub form: Form,
}

impl Field {
    /// The value of a field of at most 64 bits. `header` must hold the whole field: callers have checked.
    #[inline(always)]
    pub fn get(&self, header: &[u8]) -> u64 {
        bits::get(header, self.bit as usize, self.bits as usize)
    }
    /// Writes a field of at most 64 bits; bits of `value` above its width are cut off.
    #[inline(always)]
    pub fn put(&self, header: &mut [u8], value: u64) {
        bits::put(header, self.bit as usize, self.bits as usize, value);
    }
    /// The octets of a byte-aligned field.
    #[inline(always)]
    pub fn octets<'a>(&self, header: &'a [u8]) -> &'a [u8] {
        &header[self.range()]
    }
    /// The octets of a byte-aligned field as an array of its size.
    #[inline(always)]
    pub fn array<const N: usize>(&self, header: &[u8]) -> [u8; N] {
        let mut out = [0; N];
        out.copy_from_slice(self.octets(header));
        out
    }
    /// Writes a byte-aligned field.
    #[inline(always)]
    pub fn put_octets(&self, header: &mut [u8], octets: &[u8]) {
        header[self.range()].copy_from_slice(octets);
    }
    /// Where the octets that hold it lie in the header.
    #[inline(always)]
    pub const fn range(&self) -> std::ops::Range<usize> {
        (self.bit / 8) as usize..(self.bit + self.bits).div_ceil(8) as usize
    }
    /// The first bit after it.
    pub const fn end(&self) -> u32 {
        self.bit + self.bits
    }
}

/// A header in the making, of `N` words of 32 bits: it stays in registers until it is written, so that
/// summing it does not wait for its own octets to come back from memory.
#[derive(Clone, Copy, Debug)]
pub struct Words<const N: usize>(pub [u32; N]);

impl<const N: usize> Words<N> {
    /// All bits zero.
    #[inline(always)]
    pub const fn new() -> Words<N> {
        Words([0; N])
    }
    /// Sets a field that lies within one word and has not been set before; bits of `value` above its width
    /// are cut off.
    #[inline(always)]
    pub const fn with(mut self, field: Field, value: u32) -> Words<N> {
        let (word, bit) = (field.bit as usize / 32, field.bit % 32);
        self.0[word] |= (value & bits::mask(field.bits as usize) as u32) << (32 - bit - field.bits);
        self
    }
    /// Their sum.
    #[inline(always)]
    pub fn sum(&self) -> Sum {
        self.0.iter().fold(Sum::new(), |sum, word| sum.add_u32(*word))
    }
    /// Writes them in network order into the first `4 × N` octets of `out`.
    #[inline(always)]
    pub fn write(&self, out: &mut [u8]) {
        let (out, _) = out[..N * 4].as_chunks_mut::<4>();
        for (octets, word) in out.iter_mut().zip(self.0) {
            *octets = word.to_be_bytes();
        }
    }
}

impl<const N: usize> Default for Words<N> {
    fn default() -> Words<N> {
        Words::new()
    }
}

macro_rules! header {
    ($(#[$m:meta])* $module:ident, $proto:literal, $len:literal;
     $($name:ident = $filter:literal, $bit:literal, $bits:literal, $form:ident;)*) => {
        $(#[$m])*
        pub mod $module {
            use super::{Field, Form};
            /// Wireshark's name of the protocol.
            pub const NAME: &str = $proto;
            /// Octets of the fixed part.
            pub const LEN: usize = $len;
            $(
                #[doc = concat!("`", $filter, "`")]
                pub const $name: Field = Field { name: $filter, bit: $bit, bits: $bits, form: Form::$form };
            )*
            /// All of them, in wire order, a group before its members.
            pub static FIELDS: &[Field] = &[$($name),*];
        }
    };
}

header! {
    /// Ethernet II.
    ethernet, "eth", 14;
    DST = "eth.dst", 0, 48, Mac;
    SRC = "eth.src", 48, 48, Mac;
    TYPE = "eth.type", 96, 16, Hex;
}
header! {
    /// ARP for IPv4 over Ethernet (RFC 826).
    arp, "arp", 28;
    HW_TYPE = "arp.hw.type", 0, 16, Uint;
    PROTO_TYPE = "arp.proto.type", 16, 16, Hex;
    HW_SIZE = "arp.hw.size", 32, 8, Uint;
    PROTO_SIZE = "arp.proto.size", 40, 8, Uint;
    OPCODE = "arp.opcode", 48, 16, Uint;
    SRC_MAC = "arp.src.hw_mac", 64, 48, Mac;
    SRC_IP = "arp.src.proto_ipv4", 112, 32, Ipv4;
    DST_MAC = "arp.dst.hw_mac", 144, 48, Mac;
    DST_IP = "arp.dst.proto_ipv4", 192, 32, Ipv4;
}
header! {
    /// IPv4 (RFC 791 §3.1, RFC 2474, RFC 3168).
    ipv4, "ip", 20;
    VERSION = "ip.version", 0, 4, Uint;
    HDR_LEN = "ip.hdr_len", 4, 4, Uint;
    DSFIELD = "ip.dsfield", 8, 8, Group;
    DSCP = "ip.dsfield.dscp", 8, 6, Uint;
    ECN = "ip.dsfield.ecn", 14, 2, Uint;
    TOTAL_LEN = "ip.len", 16, 16, Uint;
    ID = "ip.id", 32, 16, Hex;
    FLAGS = "ip.flags", 48, 3, Group;
    RB = "ip.flags.rb", 48, 1, Flag;
    DF = "ip.flags.df", 49, 1, Flag;
    MF = "ip.flags.mf", 50, 1, Flag;
    FRAG_OFFSET = "ip.frag_offset", 51, 13, Uint;
    TTL = "ip.ttl", 64, 8, Uint;
    PROTO = "ip.proto", 72, 8, Uint;
    CHECKSUM = "ip.checksum", 80, 16, Hex;
    SRC = "ip.src", 96, 32, Ipv4;
    DST = "ip.dst", 128, 32, Ipv4;
}
header! {
    /// IPv6 (RFC 8200 §3).
    ipv6, "ipv6", 40;
    VERSION = "ipv6.version", 0, 4, Uint;
    TCLASS = "ipv6.tclass", 4, 8, Group;
    DSCP = "ipv6.tclass.dscp", 4, 6, Uint;
    ECN = "ipv6.tclass.ecn", 10, 2, Uint;
    FLOW = "ipv6.flow", 12, 20, Hex;
    PLEN = "ipv6.plen", 32, 16, Uint;
    NEXT = "ipv6.nxt", 48, 8, Uint;
    HOP_LIMIT = "ipv6.hlim", 56, 8, Uint;
    SRC = "ipv6.src", 64, 128, Ipv6;
    DST = "ipv6.dst", 192, 128, Ipv6;
}
header! {
    /// IPv6's fragment header (RFC 8200 §4.5).
    ipv6_fragment, "ipv6.fraghdr", 8;
    NEXT = "ipv6.fraghdr.nxt", 0, 8, Uint;
    RESERVED = "ipv6.fraghdr.reserved_octet", 8, 8, Hex;
    OFFSET = "ipv6.fraghdr.offset", 16, 13, Uint;
    RESERVED_BITS = "ipv6.fraghdr.reserved_bits", 29, 2, Uint;
    MORE = "ipv6.fraghdr.more", 31, 1, Flag;
    IDENT = "ipv6.fraghdr.ident", 32, 32, Hex;
}
header! {
    /// What every ICMPv4 message begins with (RFC 792).
    icmp, "icmp", 4;
    TYPE = "icmp.type", 0, 8, Uint;
    CODE = "icmp.code", 8, 8, Uint;
    CHECKSUM = "icmp.checksum", 16, 16, Hex;
}
header! {
    /// Echo and echo reply (RFC 792).
    icmp_echo, "icmp", 8;
    IDENT = "icmp.ident", 32, 16, Uint;
    SEQ = "icmp.seq", 48, 16, Uint;
}
header! {
    /// Destination unreachable, with the next-hop MTU of code 4 (RFC 1191 §4).
    icmp_unreachable, "icmp", 8;
    UNUSED = "icmp.unused", 32, 16, Hex;
    MTU = "icmp.mtu", 48, 16, Uint;
}
header! {
    /// The second word of any other ICMPv4 message.
    icmp_other, "icmp", 8;
    REST = "icmp.unused", 32, 32, Hex;
}
header! {
    /// What every ICMPv6 message begins with (RFC 4443 §2.1).
    icmpv6, "icmpv6", 4;
    TYPE = "icmpv6.type", 0, 8, Uint;
    CODE = "icmpv6.code", 8, 8, Uint;
    CHECKSUM = "icmpv6.checksum", 16, 16, Hex;
}
header! {
    /// Echo request and reply (RFC 4443 §4).
    icmpv6_echo, "icmpv6", 8;
    IDENT = "icmpv6.echo.identifier", 32, 16, Uint;
    SEQ = "icmpv6.echo.sequence_number", 48, 16, Uint;
}
header! {
    /// Packet too big (RFC 4443 §3.2).
    icmpv6_too_big, "icmpv6", 8;
    MTU = "icmpv6.mtu", 32, 32, Uint;
}
header! {
    /// Neighbour solicitation (RFC 4861 §4.3).
    icmpv6_ns, "icmpv6", 24;
    RESERVED = "icmpv6.reserved", 32, 32, Hex;
    TARGET = "icmpv6.nd.ns.target_address", 64, 128, Ipv6;
}
header! {
    /// Neighbour advertisement (RFC 4861 §4.4).
    icmpv6_na, "icmpv6", 24;
    ROUTER = "icmpv6.nd.na.flag.r", 32, 1, Flag;
    SOLICITED = "icmpv6.nd.na.flag.s", 33, 1, Flag;
    OVERRIDE = "icmpv6.nd.na.flag.o", 34, 1, Flag;
    RESERVED = "icmpv6.nd.na.flag.rsv", 35, 29, Hex;
    TARGET = "icmpv6.nd.na.target_address", 64, 128, Ipv6;
}
header! {
    /// A link-layer address as the first option of either (RFC 4861 §4.6.1).
    icmpv6_link_layer, "icmpv6", 32;
    TYPE = "icmpv6.opt.type", 192, 8, Uint;
    LENGTH = "icmpv6.opt.length", 200, 8, Uint;
    ADDRESS = "icmpv6.opt.linkaddr", 208, 48, Mac;
}
header! {
    /// The second word of any other ICMPv6 message.
    icmpv6_other, "icmpv6", 8;
    REST = "icmpv6.reserved", 32, 32, Hex;
}
header! {
    /// UDP (RFC 768).
    udp, "udp", 8;
    SRC_PORT = "udp.srcport", 0, 16, Uint;
    DST_PORT = "udp.dstport", 16, 16, Uint;
    LENGTH = "udp.length", 32, 16, Uint;
    CHECKSUM = "udp.checksum", 48, 16, Hex;
}
header! {
    /// What every DNS message begins with (RFC 1035 §4.1.1, RFC 2535 §6.1).
    dns, "dns", 12;
    ID = "dns.id", 0, 16, Hex;
    FLAGS = "dns.flags", 16, 16, Group;
    RESPONSE = "dns.flags.response", 16, 1, Flag;
    OPCODE = "dns.flags.opcode", 17, 4, Uint;
    AUTHORITATIVE = "dns.flags.authoritative", 21, 1, Flag;
    TRUNCATED = "dns.flags.truncated", 22, 1, Flag;
    RECDESIRED = "dns.flags.recdesired", 23, 1, Flag;
    RECAVAIL = "dns.flags.recavail", 24, 1, Flag;
    Z = "dns.flags.z", 25, 1, Flag;
    AUTHENTICATED = "dns.flags.authenticated", 26, 1, Flag;
    CHECKDISABLE = "dns.flags.checkdisable", 27, 1, Flag;
    RCODE = "dns.flags.rcode", 28, 4, Uint;
    QUERIES = "dns.count.queries", 32, 16, Uint;
    ANSWERS = "dns.count.answers", 48, 16, Uint;
    AUTH_RR = "dns.count.auth_rr", 64, 16, Uint;
    ADD_RR = "dns.count.add_rr", 80, 16, Uint;
}
header! {
    /// TCP (RFC 9293 §3.1).
    tcp, "tcp", 20;
    SRC_PORT = "tcp.srcport", 0, 16, Uint;
    DST_PORT = "tcp.dstport", 16, 16, Uint;
    SEQ = "tcp.seq", 32, 32, Uint;
    ACK = "tcp.ack", 64, 32, Uint;
    HDR_LEN = "tcp.hdr_len", 96, 4, Uint;
    FLAGS = "tcp.flags", 100, 12, Group;
    RES = "tcp.flags.res", 100, 3, Uint;
    AE = "tcp.flags.ae", 103, 1, Flag;
    CWR = "tcp.flags.cwr", 104, 1, Flag;
    ECE = "tcp.flags.ece", 105, 1, Flag;
    URG = "tcp.flags.urg", 106, 1, Flag;
    ACK_FLAG = "tcp.flags.ack", 107, 1, Flag;
    PSH = "tcp.flags.push", 108, 1, Flag;
    RST = "tcp.flags.reset", 109, 1, Flag;
    SYN = "tcp.flags.syn", 110, 1, Flag;
    FIN = "tcp.flags.fin", 111, 1, Flag;
    WINDOW = "tcp.window_size_value", 112, 16, Uint;
    CHECKSUM = "tcp.checksum", 128, 16, Hex;
    URGENT = "tcp.urgent_pointer", 144, 16, Uint;
}

/// TCP options: kinds, and the fields of each after its kind and length octets.
pub mod tcp_option {
    use super::{Field, Form};

    /// End of option list (RFC 9293 §3.1).
    pub const EOL: u8 = 0;
    /// No operation (RFC 9293 §3.1).
    pub const NOP: u8 = 1;
    /// Maximum segment size (RFC 9293 §3.7.1).
    pub const MSS: u8 = 2;
    /// Window scale (RFC 7323 §2.2).
    pub const WSCALE: u8 = 3;
    /// SACK permitted (RFC 2018 §2).
    pub const SACK_PERM: u8 = 4;
    /// SACK (RFC 2018 §3).
    pub const SACK: u8 = 5;
    /// Timestamps (RFC 7323 §3.2).
    pub const TIMESTAMP: u8 = 8;
    /// MD5 signature (RFC 2385 §3).
    pub const MD5: u8 = 19;
    /// Fast Open (RFC 7413 §4.1.1).
    pub const FAST_OPEN: u8 = 34;
    /// Shared experimental (RFC 6994).
    pub const EXPERIMENTAL: u8 = 254;
    /// The experiment id of Fast Open under kind 254.
    pub const FAST_OPEN_MAGIC: u16 = 0xf989;

    /// `tcp.option_kind`
    pub const KIND: Field = Field { name: "tcp.option_kind", bit: 0, bits: 8, form: Form::Uint };
    /// `tcp.option_len`
    pub const LEN: Field = Field { name: "tcp.option_len", bit: 8, bits: 8, form: Form::Uint };
    /// `tcp.options.mss_val`
    pub const MSS_VAL: Field = Field { name: "tcp.options.mss_val", bit: 16, bits: 16, form: Form::Uint };
    /// `tcp.options.wscale.shift`
    pub const SHIFT: Field = Field { name: "tcp.options.wscale.shift", bit: 16, bits: 8, form: Form::Uint };
    /// `tcp.options.timestamp.tsval`
    pub const TSVAL: Field =
        Field { name: "tcp.options.timestamp.tsval", bit: 16, bits: 32, form: Form::Uint };
    /// `tcp.options.timestamp.tsecr`
    pub const TSECR: Field =
        Field { name: "tcp.options.timestamp.tsecr", bit: 48, bits: 32, form: Form::Uint };
    /// `tcp.options.sack_le`, relative to its block
    pub const SACK_LE: Field = Field { name: "tcp.options.sack_le", bit: 0, bits: 32, form: Form::Uint };
    /// `tcp.options.sack_re`, relative to its block
    pub const SACK_RE: Field = Field { name: "tcp.options.sack_re", bit: 32, bits: 32, form: Form::Uint };
    /// `tcp.options.experimental.exid`
    pub const EXID: Field =
        Field { name: "tcp.options.experimental.exid", bit: 16, bits: 16, form: Form::Hex };

    /// A kind that has a table.
    pub struct Kind {
        /// Wireshark's name of the option.
        pub name: &'static str,
        /// What people call it; empty where there is no name.
        pub label: &'static str,
        /// The option's whole length in octets where it is fixed.
        pub len: Option<u8>,
        /// Fields after kind and length.
        pub fields: &'static [Field],
        /// Name of what follows those fields.
        pub rest: &'static str,
    }

    /// What is known of a kind; unknown kinds have a table too: all value.
    pub fn kind(kind: u8) -> &'static Kind {
        macro_rules! kinds {
            ($($k:pat => $name:literal, $label:literal, $len:expr, [$($f:ident),*], $rest:literal;)*) => {
                match kind {$(
                    $k => {
                        static KIND: Kind = Kind { name: $name, label: $label, len: $len, fields: &[$($f),*], rest: $rest };
                        &KIND
                    }
                )*}
            };
        }
        kinds! {
            EOL => "tcp.options.eol", "EOL", Some(1), [], "tcp.options.data";
            NOP => "tcp.options.nop", "NOP", Some(1), [], "tcp.options.data";
            MSS => "tcp.options.mss", "MSS", Some(4), [MSS_VAL], "tcp.options.data";
            WSCALE => "tcp.options.wscale", "WS", Some(3), [SHIFT], "tcp.options.data";
            SACK_PERM => "tcp.options.sack_perm", "SACK-permitted", Some(2), [], "tcp.options.data";
            SACK => "tcp.options.sack", "SACK", None, [], "tcp.options.data";
            TIMESTAMP => "tcp.options.timestamp", "TS", Some(10), [TSVAL, TSECR], "tcp.options.data";
            FAST_OPEN => "tcp.options.tfo", "TFO", None, [], "tcp.options.tfo.cookie";
            253 | EXPERIMENTAL => "tcp.options.experimental", "EXP", None, [EXID], "tcp.options.experimental.data";
            _ => "tcp.options.unknown", "", None, [], "tcp.options.unknown.payload";
        }
    }
}
