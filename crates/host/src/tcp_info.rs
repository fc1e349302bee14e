//! `struct tcp_info` as getsockopt(2) lays it out (linux uapi/linux/tcp.h, to `tcpi_rehash`).

use bytes::Bytes;
use tcp::Info;

/// Its size, octets.
const SIZE: usize = 240;

/// Members of 4 octets with where they lie, and of 8.
const WORDS: [(&str, usize); 35] = [
    ("rto", 8),
    ("ato", 12),
    ("snd_mss", 16),
    ("rcv_mss", 20),
    ("unacked", 24),
    ("sacked", 28),
    ("lost", 32),
    ("retrans", 36),
    ("last_data_sent", 44),
    ("last_data_recv", 52),
    ("last_ack_recv", 56),
    ("pmtu", 60),
    ("rcv_ssthresh", 64),
    ("rtt", 68),
    ("rttvar", 72),
    ("snd_ssthresh", 76),
    ("snd_cwnd", 80),
    ("advmss", 84),
    ("reordering", 88),
    ("rcv_rtt", 92),
    ("rcv_space", 96),
    ("total_retrans", 100),
    ("segs_out", 136),
    ("segs_in", 140),
    ("notsent_bytes", 144),
    ("min_rtt", 148),
    ("data_segs_in", 152),
    ("data_segs_out", 156),
    ("delivered", 192),
    ("delivered_ce", 196),
    ("dsack_dups", 216),
    ("reord_seen", 220),
    ("rcv_ooopack", 224),
    ("snd_wnd", 228),
    ("rcv_wnd", 232),
];
const LONGS: [(&str, usize); 8] = [
    ("bytes_acked", 120),
    ("bytes_received", 128),
    ("delivery_rate", 160),
    ("busy_time", 168),
    ("rwnd_limited", 176),
    ("sndbuf_limited", 184),
    ("bytes_sent", 200),
    ("bytes_retrans", 208),
];
/// Members of 1 octet, in order from the first.
const OCTETS: [&str; 6] = ["state", "ca_state", "retransmits", "probes", "backoff", "options"];

/// As it lies in memory; what this stack has no figure for is zero.
pub(crate) fn octets(info: &Info) -> Bytes {
    let mut out = vec![0; SIZE];
    for (name, value) in info.figures() {
        let name = name.trim_start_matches("tcpi_");
        let at = |table: &[(&str, usize)]| table.iter().find(|(n, _)| *n == name).map(|(_, at)| *at);
        if let Some(i) = OCTETS.iter().position(|n| *n == name) {
            out[i] = value as u8;
        } else if let Some(i) = at(&WORDS) {
            out[i..i + 4].copy_from_slice(&(value as u32).to_le_bytes());
        } else if let Some(i) = at(&LONGS) {
            out[i..i + 8].copy_from_slice(&value.to_le_bytes());
        } else if name == "snd_wscale" {
            out[6] |= value as u8 & 0xf;
        } else if name == "rcv_wscale" {
            out[6] |= (value as u8) << 4;
        }
    }
    out.into()
}
