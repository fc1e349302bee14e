//! Every decision of the host, in the order in which a frame, a segment or a call meets them. Sentences:
//! `crates/lab/locales/*/host.json`.

tcp::rules! {
    // Link and IP.
    LINK_FOR_US = "host.link.for_us", "IEEE 802.3 §3.2.3", [iface];
    LINK_NOT_FOR_US = "host.link.not_for_us", "IEEE 802.3 §3.2.3", [iface];
    ETH_SHORT = "host.link.short", "IEEE 802.3 §3.1.1", [present, needed];
    ETH_TYPE_UNKNOWN = "host.link.type_unknown", "RFC 1122 §2.3.1", [ethertype];
    ARP_SHORT = "host.arp.short", "RFC 826", [present, needed];
    ARP_FORM = "host.arp.form", "RFC 826", [hardware, protocol];
    ARP_ANSWERED = "host.arp.answered", "RFC 826", [asked, asker];
    ARP_IGNORED = "host.arp.ignored", "RFC 826", [asked];
    ARP_LEARNED = "host.arp.learned", "RFC 826", [addr];
    IP_HEADER_RIGHT = "host.ip.header_right", "RFC 1122 §3.2.1", [src, dst, ttl];
    IP_SHORT = "host.ip.short", "RFC 791 §3.1", [present, needed];
    IP_VERSION = "host.ip.version", "RFC 1122 §3.2.1.1", [found, expected];
    IP_HEADER_LENGTH = "host.ip.header_length", "RFC 791 §3.1", [length, needed];
    IP_HEADER_BEYOND = "host.ip.header_beyond", "RFC 791 §3.1", [length, present];
    IP_TOTAL_SHORT = "host.ip.total_short", "RFC 791 §3.1", [length, header_length];
    IP_TOTAL_BEYOND = "host.ip.total_beyond", "RFC 791 §3.1", [length, present];
    IP_CHECKSUM_WRONG = "host.ip.checksum_wrong", "RFC 1122 §3.2.1.2", [found, expected];
    IP_FRAGMENT = "host.ip.fragment", "RFC 791 §3.2", [offset, ident];
    IP_PROTOCOL_UNKNOWN = "host.ip.protocol_unknown", "RFC 1122 §3.2.2.1", [protocol];
    IP_NOT_FOR_US = "host.ip.not_for_us", "RFC 1122 §3.2.1.3", [dst];
    IP_TO_FORWARD = "host.ip.to_forward", "RFC 1812 §5.2.1", [src, dst, ttl];
    IP_SOURCE_IMPOSSIBLE = "host.ip.source_impossible", "RFC 1122 §3.2.1.3", [src];
    FRAGMENT_KEPT = "host.fragment.kept", "RFC 791 §3.2", [ident, offset, length, here];
    FRAGMENT_DUPLICATE = "host.fragment.duplicate", "RFC 8200 §4.5, linux inet_frag_queue_insert", [ident, offset];
    FRAGMENT_OVERLAP = "host.fragment.overlap", "RFC 5722 §4, linux inet_frag_queue_insert", [ident, offset];
    FRAGMENT_LENGTH = "host.fragment.length", "RFC 791 §3.2, RFC 8200 §4.5", [ident, offset];
    FRAGMENT_NO_ROOM = "host.fragment.no_room", "ip-sysctl ipfrag_high_thresh", [ident, offset];
    REASSEMBLED = "host.fragment.reassembled", "RFC 791 §3.2", [ident, pieces, length];
    REASSEMBLY_TIMEOUT = "host.fragment.timeout", "RFC 1122 §3.3.2, ip-sysctl ipfrag_time", [src, ident, here];
    FRAGMENTED = "host.fragment.cut", "RFC 791 §3.2, RFC 8200 §4.5", [length, mtu, pieces];
    FORWARDED = "host.forward.forwarded", "RFC 1812 §5.2.1", [dst, hop, ttl];
    FORWARD_NO_ROUTE = "host.forward.no_route", "RFC 1812 §5.2.7.1", [dst];
    FORWARD_TTL = "host.forward.ttl", "RFC 1812 §5.3.1", [ttl];
    FORWARD_TOO_BIG = "host.forward.too_big", "RFC 1191 §4, RFC 4443 §3.2", [length, mtu];
    FORWARD_REVERSE_PATH = "host.forward.reverse_path", "RFC 3704 §2.2, ip-sysctl rp_filter", [src];
    FORWARD_REDIRECT = "host.forward.redirect", "RFC 1812 §5.2.7.2", [src, hop];
    OUTPUT_TOO_BIG = "host.ip.output_too_big", "RFC 1191 §3, ip(7)", [length, mtu];
    PATH_MTU_LEARNED = "host.path_mtu.learned", "RFC 1191 §3, RFC 8201 §4", [dst, was, mtu, lasts];
    PATH_MTU_EXPIRED = "host.path_mtu.expired", "RFC 1191 §6.3, ip-sysctl mtu_expires", [dst, mtu];
    NAT_KNOWN = "host.nat.known", "linux nf_conntrack", [src, dst, was, state];
    NAT_INVALID = "host.nat.invalid", "linux nf_conntrack", [src, dst, state];
    NAT_MAPPED = "host.nat.mapped", "RFC 4787 §4.1, linux nf_nat", [inner, outer, dst];
    NAT_FORWARDED = "host.nat.forwarded", "iptables-extensions(8) DNAT", [outer, inner];
    NAT_PASSES = "host.nat.passes", "RFC 4787 §5", [outer, inner];
    NAT_FILTERED = "host.nat.filtered", "RFC 4787 §5", [src, dst];
    NAT_NO_MAPPING = "host.nat.no_mapping", "RFC 5382 §4.3, RFC 4787 §5", [src, dst];
    NAT_SOURCE = "host.nat.source", "RFC 3022 §4.1, RFC 1624 §3", [was, now, checksum_was, checksum];
    NAT_DESTINATION = "host.nat.destination", "RFC 3022 §4.1, RFC 1624 §3", [was, now, checksum_was, checksum];
    NAT_QUOTE = "host.nat.quote", "RFC 5508 §4.2", [src, dst, src_now, dst_now];
    NAT_TABLE_FULL = "host.nat.table_full", "nf_conntrack-sysctl nf_conntrack_max", [most];
    NAT_NO_PORT = "host.nat.no_port", "linux nf_nat_l4proto_unique_tuple", [src, dst];
    NAT_EXPIRED = "host.nat.expired", "RFC 4787 §4.3, nf_conntrack-sysctl", [src, dst, state];
    ROUTE_MISSING = "host.ip.route_missing", "RFC 1122 §3.3.1", [dst];
    ROUTE_ON_LINK = "host.route.on_link", "RFC 1122 §3.3.1.1", [dst, network, prefix];
    ROUTE_BY_GATEWAY = "host.route.by_gateway", "RFC 1122 §3.3.1.1", [dst, via];
    GATEWAY_REFUSED = "host.ip.gateway_refused", "linux fib_check_nh", [via];
    NEIGH_PERHAPS_FAR = "host.neigh.perhaps_far", "RFC 1122 §3.3.1.1", [hop, network, prefix, via];
    NEIGHBOUR_UNKNOWN = "host.ip.neighbour_unknown", "RFC 1122 §2.3.2", [hop];
    NEIGH_INCOMPLETE = "host.neigh.incomplete", "linux __neigh_event_send", [hop];
    NEIGH_ASKED = "host.neigh.asked", "RFC 1122 §2.3.2.1, RFC 4861 §7.2.2", [hop, number, most];
    NEIGH_PROBED = "host.neigh.probed", "RFC 4861 §7.3.3, linux arp_solicit", [hop, number, most];
    NEIGH_HELD = "host.neigh.held", "RFC 1122 §2.3.2.2, linux unres_qlen_bytes", [hop, waiting];
    NEIGH_QUEUE_FULL = "host.neigh.queue_full", "linux unres_qlen_bytes", [hop, waiting, limit];
    NEIGH_TABLE_FULL = "host.neigh.table_full", "linux gc_thresh3", [hop, limit];
    NEIGH_LEARNED = "host.neigh.learned", "linux neigh_update", [addr, mac, state];
    NEIGH_CHANGED = "host.neigh.changed", "linux neigh_update", [addr, old, mac];
    NEIGH_KEPT = "host.neigh.kept", "linux neigh_update, locktime", [addr, mac, other];
    NEIGH_PERMANENT = "host.neigh.permanent", "ip-neighbour(8)", [addr, mac];
    NEIGH_STALE = "host.neigh.stale", "RFC 4861 §7.3.3", [hop, after];
    NEIGH_DELAY = "host.neigh.delay", "RFC 4861 §7.3.3", [hop, within];
    NEIGH_CONFIRMED = "host.neigh.confirmed", "RFC 4861 §7.3.1", [hop];
    NEIGH_FAILED = "host.neigh.failed", "linux neigh_invalidate", [hop, asked];
    NEIGH_COLLECTED = "host.neigh.collected", "linux neigh_periodic_work", [addr, limit];
    ARP_CONFLICT = "host.neigh.conflict", "RFC 5227 §2.4, linux fib_validate_source", [addr, mac];
    ARP_ANNOUNCED = "host.arp.announced", "RFC 5227 §3, ip-sysctl arp_notify", [addr];
    ND_INVALID = "host.nd.invalid", "RFC 4861 §7.1", [hops, code];
    ND_IGNORED = "host.nd.ignored", "RFC 4861 §7.2.3", [asked];
    ND_ANSWERED = "host.nd.answered", "RFC 4861 §7.2.4", [asked, asker];
    DAD_PROBED = "host.dad.probed", "RFC 4862 §5.4.2", [addr];
    DAD_PASSED = "host.dad.passed", "RFC 4862 §5.4", [addr];
    DAD_FAILED = "host.dad.failed", "RFC 4862 §5.4.5", [addr, mac];
    ADDRESS_WITHHELD = "host.ip.address_withheld", "RFC 4862 §5.4", [addr];
    UDP_UNHEARD = "host.udp.unheard", "RFC 1122 §3.2.2", [port];
    UDP_FULL = "host.udp.full", "linux __udp_enqueue_schedule_skb", [local, len];
    UDP_TAKEN = "host.udp.taken", "RFC 768", [remote, local, len];
    UDP_SENT = "host.udp.sent", "RFC 768", [local, remote, len];
    UDP_ERROR = "host.udp.error", "RFC 1122 §4.1.3.3, udp(7)", [remote, errno];
    UDP_ERROR_SOFT = "host.udp.error_soft", "udp(7), linux icmp_err_convert", [remote, errno];
    UDP_ERROR_UNASKED = "host.udp.error_unasked", "udp(7)", [remote, errno];
    FRAME_BY_HAND = "host.raw.frame", "packet(7)", [iface, len];
    DATAGRAM_BY_HAND = "host.raw.datagram", "raw(7)", [dst, len];
    ICMP_SHORT = "host.icmp.short", "RFC 792", [present, needed];
    ICMP_CHECKSUM_WRONG = "host.icmp.checksum_wrong", "RFC 792", [found, expected];
    ICMP_NO_CONNECTION = "host.icmp.no_connection", "RFC 1122 §3.2.2", [remote];
    ICMP_OUT_OF_WINDOW = "host.icmp.out_of_window", "RFC 5927 §4.1", [seq, snd_una, snd_nxt];
    ICMP_SOFT = "host.icmp.soft", "RFC 9293 §3.9.2.2", [errno];
    ICMP_TOLD = "host.icmp.told", "ip(7) IP_RECVERR, ipv6(7) IPV6_RECVERR", [errno];
    ICMP_HARD = "host.icmp.hard", "RFC 9293 §3.9.2.2, linux tcp_v4_err", [errno];
    ICMP_TOO_BIG = "host.icmp.too_big", "RFC 1191 §3, RFC 8201 §4", [mtu, mss];
    ICMP_ERROR_SENT = "host.icmp.error_sent", "RFC 1122 §3.2.2, RFC 4443 §2.4", [kind, code, to];
    ICMP_ERROR_NOT_SENT = "host.icmp.error_not_sent", "RFC 1122 §3.2.2, RFC 4443 §2.4", [to];
    ICMP_RATE_LIMITED = "host.icmp.rate_limited", "RFC 1812 §4.3.2.8, icmp(7)", [to, every];
    ICMP_IGNORED = "host.icmp.ignored", "RFC 1122 §3.2.2", [kind, code];
    UDP_SHORT = "host.udp.short", "RFC 768", [present, needed];
    UDP_LENGTH = "host.udp.length", "RFC 768", [length, present];
    UDP_CHECKSUM_WRONG = "host.udp.checksum_wrong", "RFC 768", [found, expected];
    UDP_CLOSED = "host.udp.closed", "RFC 1122 §4.1.3.1", [port];
    // TCP, up to the connection.
    TCP_SHORT = "host.tcp.short", "RFC 9293 §3.1", [present, needed];
    TCP_OFFSET_SHORT = "host.tcp.offset_short", "RFC 9293 §3.1", [length, needed];
    TCP_OFFSET_BEYOND = "host.tcp.offset_beyond", "RFC 9293 §3.1", [length, present];
    TCP_CHECKSUM_RIGHT = "host.tcp.checksum_right", "RFC 9293 §3.1", [length];
    TCP_CHECKSUM_WRONG = "host.tcp.checksum_wrong", "RFC 9293 §3.1", [found, expected];
    LOOKUP_CONNECTION = "host.lookup.connection", "RFC 9293 §3.10.7", [remote, local, state];
    LOOKUP_HALF_OPEN = "host.lookup.half_open", "RFC 9293 §3.10.7", [remote, listener];
    LOOKUP_LISTENER = "host.lookup.listener", "RFC 9293 §3.10.7", [remote, listener];
    MD5_UNEXPECTED = "host.tcp.md5_unexpected", "RFC 2385 §2, linux tcp_inbound_md5_hash", [remote];
    LOOKUP_NOTHING = "host.lookup.nothing", "RFC 9293 §3.10.7.1", [remote, local];
    // A SYN at a listener.
    SYN_QUEUE_ROOM = "host.listen.syn_queue_room", "linux inet_csk_reqsk_queue_is_full", [len, backlog];
    SYN_QUEUE_FULL = "host.listen.syn_queue_full", "linux tcp_syn_flood_action", [len, backlog];
    ACCEPT_QUEUE_ROOM = "host.listen.accept_queue_room", "linux sk_acceptq_is_full", [len, backlog];
    ACCEPT_QUEUE_FULL = "host.listen.accept_queue_full", "linux tcp_conn_request", [len, backlog];
    LAST_QUARTER = "host.listen.last_quarter", "linux tcp_conn_request", [len, max_syn_backlog];
    QUEUE_ROOM = "host.listen.queue_room", "listen(2), 4.3BSD sonewconn", [len, limit];
    QUEUE_FULL = "host.listen.queue_full", "listen(2), 4.3BSD sonewconn", [len, limit];
    ISN_CHOSEN = "host.listen.isn", "RFC 6528 §3", [iss];
    SYN_QUEUE_ENTERED = "host.listen.syn_queue_entered", "RFC 9293 §3.10.7.2", [remote, len, capacity];
    SYN_QUEUE_LEFT = "host.listen.syn_queue_left", "linux inet_csk_reqsk_queue_drop", [remote, len];
    ACCEPT_QUEUE_ENTERED = "host.listen.accept_queue_entered", "linux inet_csk_reqsk_queue_add", [remote, len, capacity];
    FINAL_ACK_REFUSED = "host.listen.final_ack_refused", "linux tcp_v4_syn_recv_sock", [len, backlog];
    RETRIES_CUT = "host.listen.retries_cut", "linux reqsk_timer_handler", [len, young, retries];
    COOKIE_SENT = "host.cookie.sent", "RFC 4987 §3.6, linux cookie_v4_init_sequence", [iss, mss];
    COOKIE_MSS_ROUNDED = "host.cookie.mss_rounded", "linux cookie_init_sequence msstab", [asked, mss];
    COOKIE_OPTIONS_KEPT = "host.cookie.options_kept", "linux cookie_init_timestamp", [tsval, shift, sack];
    COOKIE_OPTIONS_LOST = "host.cookie.options_lost", "linux tcp_clear_options", [shift, sack];
    COOKIE_RIGHT = "host.cookie.right", "linux cookie_v4_check", [cookie, mss];
    COOKIE_OPTIONS_BACK = "host.cookie.options_back", "linux cookie_timestamp_decode", [tsecr, shift, sack];
    COOKIE_OPTIONS_NONE = "host.cookie.options_none", "linux cookie_timestamp_decode", [window];
    COOKIE_WRONG = "host.cookie.wrong", "linux cookie_v4_check", [cookie, isn];
    FAST_OPEN_FULL = "host.fast_open.full", "RFC 7413 §5.1, linux tcp_fastopen_queue_check", [len, max];
    FAST_OPEN_NO_COOKIE = "host.fast_open.no_cookie", "ip-sysctl tcp_fastopen 0x200", [len];
    FAST_OPEN_RIGHT = "host.fast_open.right", "RFC 7413 §4.2.2", [remote];
    FAST_OPEN_WRONG = "host.fast_open.wrong", "RFC 7413 §4.2.2", [remote];
    FAST_OPEN_PAUSED = "host.fast_open.paused", "linux tcp_fastopen_active_disable", [wait, times];
    FAST_OPEN_WAITS = "host.fast_open.waits", "linux tcp_fastopen_active_should_disable", [remote];
    FAST_OPEN_DEFERRED = "host.fast_open.deferred", "tcp(7) TCP_FASTOPEN_CONNECT", [remote];
    // Calls.
    ACCEPT_TAKES = "host.accept.takes", "accept(2)", [remote, fd, len];
    ACCEPT_EMPTY = "host.accept.empty", "accept(2)", [len];
    TIME_WAIT_REUSED = "host.connect.time_wait_reused", "RFC 6191", [port, since];
    PORT_CHOSEN = "host.connect.port", "RFC 6056 §3.3.3", [port, low, high];
    PORT_TAKEN = "host.bind.port_taken", "bind(2)", [addr, holder];
    BACKLOG_CLAMPED = "host.listen.backlog_clamped", "listen(2)", [backlog, somaxconn];
    CLOSE_LISTENER = "host.close.listener", "linux inet_csk_listen_stop", [half_open, waiting];
    CALL_WAITS = "host.call.waits", "RFC 9293 §3.10", [pid];
    CALL_RESUMES = "host.call.resumes", "RFC 9293 §3.10", [pid];
}

use tcp::rule::RuleDef;
use wire::Problem;

/// The rule by which bytes with this problem are refused; none where a stack only reads over it.
pub(crate) fn malformed(problem: Problem) -> &'static RuleDef {
    match problem {
        Problem::EthShort => &ETH_SHORT,
        Problem::EthTypeUnknown => &ETH_TYPE_UNKNOWN,
        Problem::ArpShort => &ARP_SHORT,
        Problem::ArpForm => &ARP_FORM,
        Problem::IpShort => &IP_SHORT,
        Problem::IpVersion => &IP_VERSION,
        Problem::IpHdrLenShort => &IP_HEADER_LENGTH,
        Problem::IpHdrLenBeyond => &IP_HEADER_BEYOND,
        Problem::IpLenShort => &IP_TOTAL_SHORT,
        Problem::IpLenBeyond => &IP_TOTAL_BEYOND,
        Problem::IpChecksumWrong => &IP_CHECKSUM_WRONG,
        Problem::IpFragment => &IP_FRAGMENT,
        Problem::IpProtoUnknown => &IP_PROTOCOL_UNKNOWN,
        Problem::IcmpShort => &ICMP_SHORT,
        Problem::IcmpChecksumWrong => &ICMP_CHECKSUM_WRONG,
        Problem::UdpShort => &UDP_SHORT,
        Problem::UdpLenShort | Problem::UdpLenBeyond => &UDP_LENGTH,
        Problem::UdpChecksumWrong => &UDP_CHECKSUM_WRONG,
        Problem::TcpShort => &TCP_SHORT,
        Problem::TcpHdrLenShort => &TCP_OFFSET_SHORT,
        Problem::TcpChecksumWrong => &TCP_CHECKSUM_WRONG,
        // The rest of the list only people are shown; were one refused, its offset would be to blame.
        _ => &TCP_OFFSET_BEYOND,
    }
}
