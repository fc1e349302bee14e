//! Settings of a connection, and the three profiles: data in one place, each value with its source.

use crate::time::Duration;

/// Which algorithm grows and shrinks the congestion window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// RFC 5681.
    Reno,
    /// RFC 9438, with HyStart as Linux has it.
    Cubic,
}

/// Which letters of the law are followed where stacks differ. One field a difference, so that a profile stays
/// data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Letter {
    /// As the RFC says.
    Rfc,
    /// As Linux does.
    Linux,
}

/// Explicit congestion notification (RFC 3168), as `net.ipv4.tcp_ecn`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ecn {
    /// 0: never.
    Off,
    /// 1: asked for and granted.
    On,
    /// 2: granted when asked for.
    Passive,
}

/// Settings of one connection: profile values and socket options. Data, not branches.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    /// `linux`, `rfc` or `bsd43`.
    pub profile: &'static str,
    /// Largest segment we announce and send, octets of data without options: MTU less 40 (IPv4) or 60 (IPv6),
    /// or what TCP_MAXSEG set (RFC 9293 §3.7.1).
    pub mss: u16,
    /// What a peer that announces no MSS is assumed to take, octets (RFC 9293 §3.7.1: 536, IPv6 1220).
    pub mss_default: u16,
    /// Send buffer, octets written and not yet acknowledged.
    pub snd_buf: u32,
    /// Octets of the send buffer that each piece of what is written takes besides its data; 0: data alone counts.
    pub skb_overhead: u32,
    /// While so many octets wait to be sent, no more are taken (`tcp_notsent_lowat`, TCP_NOTSENT_LOWAT).
    pub notsent_lowat: u32,
    /// Receive buffer, octets that may wait to be read: half of SO_RCVBUF on Linux.
    pub rcv_buf: u32,
    /// Largest receive buffer that the window scale must be able to announce, octets (`tcp_rmem[2]`).
    pub rcv_buf_max: u32,
    /// Whether the receive buffer grows with what is read, up to `rcv_buf_max` (`tcp_moderate_rcvbuf`; SO_RCVBUF ends it).
    pub moderate_rcvbuf: bool,
    /// Whether the send buffer grows with the congestion window, up to `snd_buf_max` (SO_SNDBUF ends it).
    pub moderate_sndbuf: bool,
    /// Largest send buffer, octets (`tcp_wmem[2]`).
    pub snd_buf_max: u32,
    /// Whether window scaling is offered (RFC 7323 §2, `tcp_window_scaling`).
    pub window_scaling: bool,
    /// Whether timestamps are offered (RFC 7323 §3, `tcp_timestamps`).
    pub timestamps: bool,
    /// Added to the millisecond clock in TSval (RFC 7323 §7.1).
    pub ts_offset: u32,
    /// Whether selective acknowledgments are offered (RFC 2018, `tcp_sack`).
    pub sack: bool,
    /// Whether duplicates are reported (RFC 2883, `tcp_dsack`).
    pub dsack: bool,
    /// `tcp_ecn`.
    pub ecn: Ecn,
    /// RTO before the first measurement (RFC 6298 §2.1).
    pub rto_initial: Duration,
    /// Least RTO (`rfc`: RFC 6298 §2.4), or least variance term of it (`linux`: tcp_rto_min).
    pub rto_min: Duration,
    /// Greatest RTO (RFC 6298 §2.5).
    pub rto_max: Duration,
    /// How RTO follows from SRTT and RTTVAR.
    pub rto_law: Letter,
    /// A stream with less than four segments in flight does not back off its first six timeouts
    /// (`tcp_thin_linear_timeouts`).
    pub thin_linear: bool,
    /// So many ACKs of early segments may be joined into one (`tcp_comp_sack_nr`); 0: each is sent at once.
    pub comp_sack_nr: u8,
    /// How long such an ACK may wait (`tcp_comp_sack_delay_ns`).
    pub comp_sack_delay: Duration,
    /// SYN retransmissions (`tcp_syn_retries`).
    pub syn_retries: u8,
    /// The first so many SYN retransmissions do not back off (`tcp_syn_linear_timeouts`).
    pub syn_linear_timeouts: u8,
    /// SYN-ACK retransmissions (`tcp_synack_retries`).
    pub synack_retries: u8,
    /// A final ACK without data is passed over until the SYN-ACK's timer has fired so often (linux
    /// `rskq_defer_accept`); 0: it never is.
    pub defer_accept: u8,
    /// R1: retransmissions after which the network layer is told (RFC 9293 §3.8.3, `tcp_retries1`).
    pub retries1: u8,
    /// R2: retransmissions after which the connection is given up (`tcp_retries2`).
    pub retries2: u8,
    /// R2 once nobody holds the connection any more (`tcp_orphan_retries`, 0 meaning 8).
    pub orphan_retries: u8,
    /// User timeout (RFC 9293 §3.9.1.1, TCP_USER_TIMEOUT); none: R2 decides.
    pub user_timeout: Option<Duration>,
    /// Initial window, segments (RFC 6928; RFC 5681 §3.1).
    pub initial_cwnd: u32,
    /// `tcp_mtu_probing`: 0 never, 1 once segments seem to vanish, 2 always (RFC 4821, RFC 8899).
    pub mtu_probing: u8,
    /// Where the search for the path's MTU begins, octets of data (`tcp_base_mss`).
    pub base_mss: u16,
    /// How small a black hole can make segments, octets (`tcp_mtu_probe_floor`).
    pub mtu_probe_floor: u16,
    /// No peer and no path makes us send segments smaller than this, octets: a flood of headers is an attack
    /// (`tcp_min_snd_mss`).
    pub min_snd_mss: u16,
    /// How often a search that has ended begins anew (`tcp_probe_interval`).
    pub mtu_probe_interval: Duration,
    /// Congestion control.
    pub algorithm: Algorithm,
    /// Whether an idle connection falls back to the initial window (`tcp_slow_start_after_idle`).
    pub slow_start_after_idle: bool,
    /// Bits of HyStart: 1 ACK train, 2 delay (tcp_cubic `hystart_detect`); 0: off.
    pub hystart: u8,
    /// Duplicate ACKs that mean loss, and least reordering degree (RFC 5681 §3.2, `tcp_reordering`).
    pub dup_thresh: u8,
    /// RACK loss detection (RFC 8985, `tcp_recovery`).
    pub rack: bool,
    /// Tail loss probe (RFC 8985 §7, `tcp_early_retrans`).
    pub tlp: bool,
    /// F-RTO (RFC 5682, `tcp_frto`).
    pub frto: bool,
    /// Small segments that stand side by side are sent again as one (`tcp_retrans_collapse`).
    pub retrans_collapse: bool,
    /// Segments are cut from bursts of several, PSH on the last of each (Linux GSO).
    pub gso: bool,
    /// Least segments in a burst (`tcp_min_tso_segs`).
    pub min_tso_segs: u32,
    /// Share of the window that is worth sending at once (`tcp_tso_win_divisor`).
    pub tso_win_divisor: u32,
    /// Nagle's algorithm (RFC 896; TCP_NODELAY turns it off).
    pub nagle: bool,
    /// Whether Nagle waits only behind a small segment (`linux`: Minshall) or behind any (`rfc`).
    pub nagle_law: Letter,
    /// TCP_CORK: partial segments wait.
    pub cork: bool,
    /// Least delay of an ACK (RFC 9293 §3.8.6.3; Linux TCP_DELACK_MIN).
    pub delack_min: Duration,
    /// Greatest delay of an ACK (below 500 ms: MUST-40; Linux TCP_DELACK_MAX).
    pub delack_max: Duration,
    /// ACKs sent at once at the beginning (Linux TCP_MAX_QUICKACKS); 0: always delay.
    pub quickacks: u8,
    /// A connection begins as one that talks both ways, so that ACKs wait (TCP_QUICKACK 0 before connect).
    pub pingpong: bool,
    /// How acceptability treats data past the window: trimmed (`rfc`), or taken whole while nothing waits to
    /// be read (`linux`, tcp_sequence).
    pub past_window: Letter,
    /// Whether the window we hold ourselves to may be more than an unscaled field can say (`linux`).
    pub wide_window: bool,
    /// A window that shrinks to what is not 0, while segment and ACK are no newer than the last: believed (`rfc`,
    /// RFC 9293 §3.10.7.4) or passed over (`linux`, tcp_may_update_window). An ACK from beyond a window that shrank has the
    /// sequence number SND.NXT (`rfc`) or that of the window's edge (`linux`, tcp_acceptable_seq).
    pub shrunk_window: Letter,
    /// Text that reaches past the peer's own FIN: ignored (`rfc`, RFC 9293 §3.10.7.4), or answered with a RST that ends the
    /// connection (`linux`, tcp_rcv_state_process).
    pub text_after_fin: Letter,
    /// How old an ACK may be: as old as the largest window (`rfc`, RFC 5961 §5), or not even that where less was ever
    /// acknowledged (`linux`, tcp_ack).
    pub old_ack: Letter,
    /// A repeated SYN in SYN-RECEIVED is answered by the SYN-ACK again (`linux`) or by an ACK (`rfc`).
    pub repeated_syn: Letter,
    /// RFC 5961 protection. Without it, a RST or SYN anywhere in the window kills (RFC 793).
    pub rfc5961: bool,
    /// Least time between two answers to unacceptable segments (`tcp_invalid_ratelimit`).
    pub invalid_ratelimit: Duration,
    /// The device refuses every frame (a queueing discipline of length 0): what is sent is known not to be on its way.
    pub device_full: bool,
    /// Octets of the segments that the device puts together to longer ones before we see them (GRO); 0: it does not.
    pub gro_size: u32,
    /// A RST in the window, but not at its edge, meets TIME-WAIT: a challenge ACK (`rfc`, RFC 5961 §3) or nothing
    /// (`linux`, tcp_timewait_state_process).
    pub time_wait_challenge: Letter,
    /// A RST may end TIME-WAIT (`tcp_rfc1337` = 0).
    pub rst_ends_time_wait: bool,
    /// 2 MSL (RFC 9293 §3.6.1: MSL 2 min; Linux TCP_TIMEWAIT_LEN is 60 s in all).
    pub time_wait: Duration,
    /// How long FIN-WAIT-2 lasts once nobody reads any more (`tcp_fin_timeout`); none: for ever.
    pub fin_wait2: Option<Duration>,
    /// SO_RCVLOWAT, octets: a reader who waits for so many will not move the window before they are there.
    pub rcv_lowat: u32,
    /// Keep-alive (RFC 9293 §3.8.4): off unless asked for (MUST-25).
    pub keepalive: bool,
    /// Idle time before the first probe (`tcp_keepalive_time`; MUST-28: at least 2 h by default).
    pub keepalive_time: Duration,
    /// Time between probes (`tcp_keepalive_intvl`).
    pub keepalive_intvl: Duration,
    /// Unanswered probes that end the connection (`tcp_keepalive_probes`).
    pub keepalive_probes: u8,
    /// Zero-window probes carry an octet of data (`rfc`, RFC 9293 §3.8.6.1) or an old sequence number
    /// (`linux`, tcp_xmit_probe_skb).
    pub probe_law: Letter,
    /// CLOSE with unread data sends RST (RFC 9293 §3.6.1, SHLD-3).
    pub rst_on_unread: bool,
    /// What had arrived in order can still be read after a RST (`linux`, tcp_reset leaves the receive queue), or
    /// all queues are flushed (`rfc`, RFC 9293 §3.10.7.4).
    pub unread_survives: bool,
    /// Urgent pointer: first octet after urgent data (`rfc`, MUST-62) or Linux's `tcp_stdurg` = 0, the same
    /// on the wire but one octet of urgent data.
    pub urgent_inline: bool,
}

impl Config {
    /// What Linux 6.18 does out of the box on an Ethernet of MTU 1500, IPv4. Values: Documentation/networking/
    /// ip-sysctl.rst and include/net/tcp.h, confirmed by measurement where people meet them.
    pub fn linux() -> Config {
        Config {
            profile: "linux",
            mss: 1460,
            mss_default: 536,
            snd_buf: 2_626_560, // tcp_wmem 87 040 as autotuned for ten segments in flight and more
            skb_overhead: 832,  // SKB_TRUESIZE of an skb with a clone and MAX_TCP_HEADER, x86-64
            notsent_lowat: u32::MAX,
            rcv_buf: 65_536, // half of tcp_rmem[1] = 131 072
            rcv_buf_max: 33_554_432,
            moderate_rcvbuf: true,
            moderate_sndbuf: true,
            snd_buf_max: 4_194_304, // tcp_wmem[2]
            window_scaling: true,
            timestamps: true,
            ts_offset: 0,
            sack: true,
            dsack: true,
            ecn: Ecn::Passive,
            rto_initial: Duration::from_secs(1),
            rto_min: Duration::from_millis(200),
            comp_sack_nr: 44,
            comp_sack_delay: Duration::from_millis(1),
            thin_linear: false,
            rto_max: Duration::from_secs(120),
            rto_law: Letter::Linux,
            syn_retries: 6,
            syn_linear_timeouts: 4,
            synack_retries: 5,
            defer_accept: 0,
            retries1: 3,
            retries2: 15,
            orphan_retries: 8,
            user_timeout: None,
            mtu_probing: 0,
            base_mss: 1024,
            mtu_probe_floor: 48,
            min_snd_mss: 48,
            mtu_probe_interval: Duration::from_secs(600),
            initial_cwnd: 10,
            algorithm: Algorithm::Cubic,
            slow_start_after_idle: true,
            hystart: 3,
            dup_thresh: 3,
            rack: true,
            tlp: true,
            frto: true,
            retrans_collapse: true,
            gso: true,
            min_tso_segs: 2,
            tso_win_divisor: 3,
            nagle: true,
            nagle_law: Letter::Linux,
            cork: false,
            delack_min: Duration::from_millis(40),
            delack_max: Duration::from_millis(200),
            quickacks: 16,
            pingpong: false,
            past_window: Letter::Linux,
            wide_window: true,
            shrunk_window: Letter::Linux,
            old_ack: Letter::Linux,
            text_after_fin: Letter::Linux,
            repeated_syn: Letter::Linux,
            rfc5961: true,
            invalid_ratelimit: Duration::from_millis(500),
            device_full: false,
            gro_size: 0,
            time_wait_challenge: Letter::Linux,
            rst_ends_time_wait: true,
            time_wait: Duration::from_secs(60),
            fin_wait2: Some(Duration::from_secs(60)),
            rcv_lowat: 1,
            keepalive: false,
            keepalive_time: Duration::from_secs(7200),
            keepalive_intvl: Duration::from_secs(75),
            keepalive_probes: 9,
            probe_law: Letter::Linux,
            rst_on_unread: true,
            unread_survives: true,
            urgent_inline: false,
        }
    }

    /// What the RFCs say, to the letter.
    pub fn rfc() -> Config {
        Config {
            profile: "rfc",
            unread_survives: false,
            rcv_buf: 65_535,
            rcv_buf_max: 1_048_576,
            moderate_rcvbuf: false,
            moderate_sndbuf: false,
            rto_min: Duration::from_secs(1),  // RFC 6298 §2.4
            rto_max: Duration::from_secs(60), // RFC 6298 §2.5
            rto_law: Letter::Rfc,
            syn_retries: 8, // SYN R2 of at least 3 minutes: RFC 9293 §3.8.3, MUST-23
            syn_linear_timeouts: 0,
            synack_retries: 8,
            retries2: 9, // at least 100 s: RFC 9293 §3.8.3, SHLD-11
            orphan_retries: 9,
            algorithm: Algorithm::Reno,
            hystart: 0,
            skb_overhead: 0,
            gso: false,
            retrans_collapse: false,
            nagle_law: Letter::Rfc,
            delack_min: Duration::from_millis(200),
            delack_max: Duration::from_millis(200),
            quickacks: 0,
            pingpong: false,
            comp_sack_nr: 0, // RFC 5681 §4.2: at once
            past_window: Letter::Rfc,
            wide_window: false,
            shrunk_window: Letter::Rfc,
            old_ack: Letter::Rfc,
            text_after_fin: Letter::Rfc,
            repeated_syn: Letter::Rfc,
            time_wait_challenge: Letter::Rfc,
            rst_ends_time_wait: false,           // RFC 1337
            time_wait: Duration::from_secs(240), // MSL 2 minutes: RFC 9293 §3.4.2
            fin_wait2: None,
            probe_law: Letter::Rfc,
            ..Config::linux()
        }
    }

    /// 4.3BSD as Stevens describes it: one queue, coarse timers, no options but MSS.
    pub fn bsd43() -> Config {
        Config {
            profile: "bsd43",
            mss: 1460,
            rcv_buf: 4_096, // TCP/IP Illustrated 1 §20.4
            snd_buf: 4_096,
            rcv_buf_max: 65_535,
            window_scaling: false,
            timestamps: false,
            sack: false,
            dsack: false,
            ecn: Ecn::Off,
            rto_initial: Duration::from_secs(6), // TCP/IP Illustrated 1 §18.5
            rto_min: Duration::from_secs(1),
            rto_max: Duration::from_secs(64),
            syn_retries: 3, // gives up after 75 s: §18.5
            synack_retries: 3,
            retries2: 12, // §21.2
            initial_cwnd: 1,
            rack: false,
            tlp: false,
            frto: false,
            rfc5961: false,
            time_wait: Duration::from_secs(60),        // MSL 30 s: §18.6
            fin_wait2: Some(Duration::from_secs(675)), // 10 min + 75 s: §18.6
            rst_on_unread: false,
            ..Config::rfc()
        }
    }

    /// A profile by its name; none if there is no such profile.
    pub fn by_name(name: &str) -> Option<Config> {
        match name {
            "linux" => Some(Config::linux()),
            "rfc" => Some(Config::rfc()),
            "bsd43" => Some(Config::bsd43()),
            _ => None,
        }
    }
}

impl Default for Config {
    fn default() -> Config {
        Config::linux()
    }
}
