//! What can be wrong with bytes: one list for the stack, which refuses them, and for the annotated tree,
//! which shows them.

/// The part of a frame that is to blame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Layer {
    Ethernet,
    Arp,
    Ip,
    Icmp,
    Udp,
    Tcp,
}

macro_rules! problems {
    ($($(#[$m:meta])* $name:ident $layer:ident $id:literal;)*) => {
        /// What is wrong. Ids are rule ids of the catalogues.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Problem {$($(#[$m])* $name),*}

        impl Problem {
            /// All of them.
            pub const ALL: &'static [Problem] = &[$(Problem::$name),*];
            /// Stable id: `wire.tcp.checksum_wrong`.
            pub const fn id(self) -> &'static str {
                match self {$(Problem::$name => $id),*}
            }
            /// The layer to blame.
            pub const fn layer(self) -> Layer {
                match self {$(Problem::$name => Layer::$layer),*}
            }
        }
    };
}

problems! {
    /// Fewer octets than an Ethernet header has. Numbers: present, needed.
    EthShort Ethernet "wire.eth.short";
    /// A type that nobody here takes. Numbers: type, 0.
    EthTypeUnknown Ethernet "wire.eth.type_unknown";
    /// Fewer octets than an ARP packet has. Numbers: present, needed.
    ArpShort Arp "wire.arp.short";
    /// Not IPv4 over Ethernet. Numbers: hardware type, protocol type.
    ArpForm Arp "wire.arp.form";
    /// Fewer octets than an IP header has. Numbers: present, needed.
    IpShort Ip "wire.ip.short";
    /// The version is not that of the frame's type. Numbers: found, expected.
    IpVersion Ip "wire.ip.version";
    /// A header length of less than 20 octets. Numbers: octets, 20.
    IpHdrLenShort Ip "wire.ip.hdr_len_short";
    /// A header that is longer than what there is. Numbers: octets, present.
    IpHdrLenBeyond Ip "wire.ip.hdr_len_beyond";
    /// A datagram that is shorter than its header. Numbers: length, header length.
    IpLenShort Ip "wire.ip.len_short";
    /// A datagram that is longer than what there is. Numbers: length, present.
    IpLenBeyond Ip "wire.ip.len_beyond";
    /// The header checksum is wrong. Numbers: found, expected.
    IpChecksumWrong Ip "wire.ip.checksum_wrong";
    /// A fragment, and no whole datagram ([`crate::datagram`] puts them together). Numbers: offset in octets, identification.
    IpFragment Ip "wire.ip.fragment";
    /// A protocol that nobody here takes. Numbers: protocol, 0.
    IpProtoUnknown Ip "wire.ip.proto_unknown";
    /// Fewer octets than an ICMP message has. Numbers: present, needed.
    IcmpShort Icmp "wire.icmp.short";
    /// The checksum is wrong. Numbers: found, expected.
    IcmpChecksumWrong Icmp "wire.icmp.checksum_wrong";
    /// Fewer octets than a UDP header has. Numbers: present, needed.
    UdpShort Udp "wire.udp.short";
    /// A length of less than 8 octets. Numbers: length, 8.
    UdpLenShort Udp "wire.udp.len_short";
    /// A length beyond what there is. Numbers: length, present.
    UdpLenBeyond Udp "wire.udp.len_beyond";
    /// The checksum is wrong. Numbers: found, expected.
    UdpChecksumWrong Udp "wire.udp.checksum_wrong";
    /// Fewer octets than a TCP header has. Numbers: present, needed.
    TcpShort Tcp "wire.tcp.short";
    /// A data offset of less than 20 octets. Numbers: octets, 20.
    TcpHdrLenShort Tcp "wire.tcp.hdr_len_short";
    /// A data offset beyond the segment. Numbers: octets, present.
    TcpHdrLenBeyond Tcp "wire.tcp.hdr_len_beyond";
    /// The checksum is wrong. Numbers: found, expected.
    TcpChecksumWrong Tcp "wire.tcp.checksum_wrong";
    /// An option whose length does not even cover its kind and itself. Only shown: a stack stops reading
    /// options there.
    TcpOptionLenShort Tcp "wire.tcp.option_len_short";
    /// An option that reaches beyond the header, or has no room for its length. Only shown, likewise.
    TcpOptionLenBeyond Tcp "wire.tcp.option_len_beyond";
    /// An option whose length is not one that its kind can have. Only shown: a stack skips it.
    TcpOptionLenWrong Tcp "wire.tcp.option_len_wrong";
    /// Padding after the end of the option list that is not zero (RFC 9293 MUST-69). Only shown.
    TcpPaddingNotZero Tcp "wire.tcp.padding_not_zero";
    /// A window scale above 14 (RFC 7323 §2.3). Only shown: a stack takes it for 14.
    TcpShiftBeyond Tcp "wire.tcp.shift_beyond";
}

/// Bytes that a stack refuses, with two numbers that say why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed {
    /// What is wrong.
    pub problem: Problem,
    /// See [`Problem`].
    pub numbers: [u32; 2],
}

impl Malformed {
    /// `problem` with its numbers.
    pub const fn new(problem: Problem, a: u32, b: u32) -> Malformed {
        Malformed { problem, numbers: [a, b] }
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {})", self.problem.id(), self.numbers[0], self.numbers[1])
    }
}
impl std::error::Error for Malformed {}
