//! Names of ICMP types and codes in scripts.

/// Codes of ICMPv4 "destination unreachable", from 0 (RFC 792, RFC 1812 §5.2.7.1).
const V4_UNREACHABLE: [&str; 16] = [
    "net_unreachable",
    "host_unreachable",
    "protocol_unreachable",
    "port_unreachable",
    "frag_needed",
    "source_route_failed",
    "net_unknown",
    "host_unknown",
    "source_host_isolated",
    "net_prohibited",
    "host_prohibited",
    "net_unreachable_for_tos",
    "host_unreachable_for_tos",
    "packet_filtered",
    "precedence_violation",
    "precedence_cutoff",
];
/// Types of ICMPv4 (RFC 792, RFC 950).
const V4_TYPES: [(&str, u8); 14] = [
    ("echo_reply", 0),
    ("unreachable", 3),
    ("source_quench", 4),
    ("redirect", 5),
    ("echo_request", 8),
    ("time_exceeded", 11),
    ("parameter_problem", 12),
    ("timestamp_request", 13),
    ("timestamp_reply", 14),
    ("information_request", 15),
    ("information_reply", 16),
    ("address_mask_request", 17),
    ("address_mask_reply", 18),
    ("traceroute", 30),
];
/// Types of ICMPv6 (RFC 4443).
const V6_TYPES: [(&str, u8); 6] = [
    ("unreachable", 1),
    ("packet_too_big", 2),
    ("time_exceeded", 3),
    ("parameter_problem", 4),
    ("echo_request", 128),
    ("echo_reply", 129),
];
/// Codes of ICMPv6 "destination unreachable", from 0 (RFC 4443 §3.1).
const V6_UNREACHABLE: [&str; 7] = [
    "no_route",
    "admin_prohibited",
    "beyond_scope",
    "address_unreachable",
    "port_unreachable",
    "policy_failed",
    "reject_route",
];
/// Codes of "time exceeded".
const EXCEEDED: [&str; 2] = ["ttl", "reassembly"];

/// Type and code. Errors are sentences.
pub(super) fn numbers(kind: &str, code: Option<&str>, v4: bool) -> Result<(u8, u8), String> {
    let types: &[(&str, u8)] = if v4 { &V4_TYPES } else { &V6_TYPES };
    let named = types.iter().find(|(name, _)| *name == kind).map(|(_, n)| *n);
    let Some(number) = named.or_else(|| numeric(kind, "type_")) else {
        return Err(format!("unsupported: the ICMP type '{kind}'"));
    };
    let Some(code) = code else { return Ok((number, 0)) };
    let codes: &[&str] = match kind {
        "unreachable" if v4 => &V4_UNREACHABLE,
        "unreachable" => &V6_UNREACHABLE,
        "time_exceeded" => &EXCEEDED,
        _ => &[],
    };
    let named = codes.iter().position(|name| *name == code).map(|n| n as u8);
    match named.or_else(|| numeric(code, "code_")) {
        Some(code) => Ok((number, code)),
        None => Err(format!("unsupported: the code '{code}' of the ICMP type '{kind}'")),
    }
}

fn numeric(word: &str, prefix: &str) -> Option<u8> {
    word.strip_prefix(prefix)?.parse().ok()
}
