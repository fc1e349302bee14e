//! What can be wrong with bytes, as rules: their sentences stand in `locales/<lang>/wire.json`. They name a
//! state of the bytes, not a decision of a host, so they have no operands.

tcp::rules! {
    ETH_SHORT = "wire.eth.short", "IEEE 802.3 §3.1.1", [];
    ETH_TYPE_UNKNOWN = "wire.eth.type_unknown", "RFC 1122 §2.3.3", [];
    ARP_SHORT = "wire.arp.short", "RFC 826", [];
    ARP_FORM = "wire.arp.form", "RFC 826", [];
    IP_SHORT = "wire.ip.short", "RFC 791 §3.1", [];
    IP_VERSION = "wire.ip.version", "RFC 1122 §3.2.1.1", [];
    IP_HDR_LEN_SHORT = "wire.ip.hdr_len_short", "RFC 791 §3.1", [];
    IP_HDR_LEN_BEYOND = "wire.ip.hdr_len_beyond", "RFC 791 §3.1", [];
    IP_LEN_SHORT = "wire.ip.len_short", "RFC 791 §3.1", [];
    IP_LEN_BEYOND = "wire.ip.len_beyond", "RFC 791 §3.1", [];
    IP_CHECKSUM_WRONG = "wire.ip.checksum_wrong", "RFC 1122 §3.2.1.2", [];
    IP_FRAGMENT = "wire.ip.fragment", "RFC 791 §3.2", [];
    IP_PROTO_UNKNOWN = "wire.ip.proto_unknown", "RFC 1122 §3.2.2.1", [];
    ICMP_SHORT = "wire.icmp.short", "RFC 792", [];
    ICMP_CHECKSUM_WRONG = "wire.icmp.checksum_wrong", "RFC 792", [];
    UDP_SHORT = "wire.udp.short", "RFC 768", [];
    UDP_LEN_SHORT = "wire.udp.len_short", "RFC 768", [];
    UDP_LEN_BEYOND = "wire.udp.len_beyond", "RFC 768", [];
    UDP_CHECKSUM_WRONG = "wire.udp.checksum_wrong", "RFC 1122 §4.1.3.4", [];
    TCP_SHORT = "wire.tcp.short", "RFC 9293 §3.1", [];
    TCP_HDR_LEN_SHORT = "wire.tcp.hdr_len_short", "RFC 9293 §3.1", [];
    TCP_HDR_LEN_BEYOND = "wire.tcp.hdr_len_beyond", "RFC 9293 §3.1", [];
    TCP_CHECKSUM_WRONG = "wire.tcp.checksum_wrong", "RFC 9293 §3.1", [];
    TCP_OPTION_LEN_SHORT = "wire.tcp.option_len_short", "RFC 9293 §3.2", [];
    TCP_OPTION_LEN_BEYOND = "wire.tcp.option_len_beyond", "RFC 9293 §3.2", [];
    TCP_OPTION_LEN_WRONG = "wire.tcp.option_len_wrong", "RFC 9293 §3.2", [];
    TCP_PADDING_NOT_ZERO = "wire.tcp.padding_not_zero", "RFC 9293 §3.1", [];
    TCP_SHIFT_BEYOND = "wire.tcp.shift_beyond", "RFC 7323 §2.3", [];
}
