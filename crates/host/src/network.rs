//! Settings of the network layer by sysctl name: forwarding, fragments, ICMP, path MTU, connection tracking.

use crate::nat::Timeouts;
use tcp::time::Duration;

/// linux ip-sysctl.rst and nf_conntrack-sysctl.rst, with their defaults.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) forward_v4: bool,
    pub(crate) forward_v6: bool,
    /// How long the fragments of a datagram are kept for the rest to come.
    pub(crate) frag_time_v4: Duration,
    pub(crate) frag_time_v6: Duration,
    /// Octets that fragments may take together before no datagram more is begun.
    pub(crate) frag_high: u32,
    /// The least time between two ICMP errors to one host, after a burst.
    pub(crate) icmp_ratelimit: Duration,
    /// Types of ICMPv4 that the limit is for, a bit each.
    pub(crate) icmp_ratemask: u32,
    pub(crate) echo_ignore_all: bool,
    /// How long a path MTU is believed.
    pub(crate) mtu_expires: Duration,
    /// No path MTU below this is believed.
    pub(crate) min_pmtu: u32,
    /// 0: datagrams of TCP may not be fragmented, and their path's MTU is found out; 1: they may.
    pub(crate) no_pmtu_disc: u32,
    pub(crate) send_redirects: bool,
    /// 1 strict, 2 loose (RFC 3704).
    pub(crate) rp_filter: u32,
    pub(crate) timeouts: Timeouts,
    /// Connections that are known only from their middle are tracked too.
    pub(crate) tcp_loose: bool,
    /// Connections that can be tracked at a time.
    pub(crate) conntrack_max: u32,
}

impl Default for Network {
    fn default() -> Network {
        Network {
            forward_v4: false,
            forward_v6: false,
            frag_time_v4: Duration::from_secs(30),
            frag_time_v6: Duration::from_secs(60),
            frag_high: 4 * 1024 * 1024,
            icmp_ratelimit: Duration::from_secs(1),
            // Destination unreachable, source quench, time exceeded, parameter problem.
            icmp_ratemask: 0x1818,
            echo_ignore_all: false,
            mtu_expires: Duration::from_secs(600),
            min_pmtu: 552,
            no_pmtu_disc: 0,
            send_redirects: true,
            rp_filter: 0,
            timeouts: Timeouts::default(),
            tcp_loose: true,
            conntrack_max: 262_144,
        }
    }
}

type Setter = fn(&mut Network, u32);

/// Name, greatest value, and where it goes.
pub(crate) const SYSCTLS: &[(&str, u32, Setter)] = &[
    ("net.ipv4.ip_forward", 1, |s, n| s.forward_v4 = n == 1),
    ("net.ipv6.conf.all.forwarding", 1, |s, n| s.forward_v6 = n == 1),
    ("net.ipv4.ipfrag_time", 3600, |s, n| s.frag_time_v4 = seconds(n)),
    ("net.ipv6.ip6frag_time", 3600, |s, n| s.frag_time_v6 = seconds(n)),
    ("net.ipv4.ipfrag_high_thresh", i32::MAX as u32, |s, n| s.frag_high = n),
    ("net.ipv4.icmp_ratelimit", i32::MAX as u32, |s, n| s.icmp_ratelimit = Duration::from_millis(n.into())),
    ("net.ipv4.icmp_ratemask", u32::MAX, |s, n| s.icmp_ratemask = n),
    ("net.ipv4.icmp_echo_ignore_all", 1, |s, n| s.echo_ignore_all = n == 1),
    ("net.ipv4.route.mtu_expires", i32::MAX as u32, |s, n| s.mtu_expires = seconds(n)),
    ("net.ipv4.route.min_pmtu", 65_535, |s, n| s.min_pmtu = n.max(68)),
    ("net.ipv4.ip_no_pmtu_disc", 3, |s, n| s.no_pmtu_disc = n),
    ("net.ipv4.conf.all.send_redirects", 1, |s, n| s.send_redirects = n == 1),
    ("net.ipv4.conf.all.rp_filter", 2, |s, n| s.rp_filter = n),
    ("net.netfilter.nf_conntrack_max", u32::MAX, |s, n| s.conntrack_max = n),
    ("net.netfilter.nf_conntrack_tcp_loose", 1, |s, n| s.tcp_loose = n == 1),
    ("net.netfilter.nf_conntrack_tcp_timeout_syn_sent", DAYS, |s, n| s.timeouts.syn_sent = seconds(n)),
    ("net.netfilter.nf_conntrack_tcp_timeout_syn_recv", DAYS, |s, n| s.timeouts.syn_recv = seconds(n)),
    ("net.netfilter.nf_conntrack_tcp_timeout_established", DAYS, |s, n| s.timeouts.established = seconds(n)),
    ("net.netfilter.nf_conntrack_tcp_timeout_fin_wait", DAYS, |s, n| s.timeouts.fin_wait = seconds(n)),
    ("net.netfilter.nf_conntrack_tcp_timeout_close_wait", DAYS, |s, n| s.timeouts.close_wait = seconds(n)),
    ("net.netfilter.nf_conntrack_tcp_timeout_last_ack", DAYS, |s, n| s.timeouts.last_ack = seconds(n)),
    ("net.netfilter.nf_conntrack_tcp_timeout_time_wait", DAYS, |s, n| s.timeouts.time_wait = seconds(n)),
    ("net.netfilter.nf_conntrack_tcp_timeout_close", DAYS, |s, n| s.timeouts.close = seconds(n)),
    ("net.netfilter.nf_conntrack_udp_timeout", DAYS, |s, n| s.timeouts.udp = seconds(n)),
    ("net.netfilter.nf_conntrack_udp_timeout_stream", DAYS, |s, n| s.timeouts.udp_stream = seconds(n)),
    ("net.netfilter.nf_conntrack_icmp_timeout", DAYS, |s, n| s.timeouts.icmp = seconds(n)),
    ("net.netfilter.nf_conntrack_generic_timeout", DAYS, |s, n| s.timeouts.generic = seconds(n)),
];

/// A year: longer than any of these lasts.
const DAYS: u32 = 365 * 86_400;

const fn seconds(n: u32) -> Duration {
    Duration::from_secs(n as u64)
}
