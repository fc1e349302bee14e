//! What was set on one socket, and what it changes.

use crate::error_queue::stamping;
use crate::fast_open::Keys;
use crate::sockopt::*;
use crate::store::Sorted;
use tcp::time::Duration;
use tcp::{Algorithm, Config};

/// What was set on one socket.
#[derive(Clone, Default, Debug)]
pub(crate) struct Options {
    pub(crate) values: Sorted<(i32, i32), i64>,
    /// SO_LINGER: seconds, where it is on.
    pub(crate) linger: Option<i32>,
    pub(crate) congestion: Option<Algorithm>,
    pub(crate) fast_open_keys: Option<Keys>,
}

/// IP_MTU_DISCOVER as it was set: IP_PMTUDISC_DONT, WANT, DO, PROBE, INTERFACE, OMIT, from 0 (ip(7)).
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathMtu(i64);

impl PathMtu {
    /// Whether a datagram that would be left whole by the host's own setting (`whole`) says that it must not be cut (linux
    /// `ip_dont_fragment`).
    pub(crate) fn dont_fragment(self, whole: bool) -> bool {
        self.0 == 2 || self.0 == 1 && whole
    }
    /// The same of a datagram that a program made: probes are not cut either (linux `__ip_make_skb`).
    pub(crate) fn dont_fragment_datagram(self, whole: bool) -> bool {
        self.0 == 3 || self.dont_fragment(whole)
    }
    /// What is longer than the path takes is refused with EMSGSIZE (linux `ip_sk_ignore_df`).
    pub(crate) fn refuses_long(self) -> bool {
        (2..=4).contains(&self.0)
    }
    /// What ICMP says of the path is believed (linux `tcp_v4_mtu_reduced`, `ip_sk_accept_pmtu`).
    pub(crate) fn listens(self) -> bool {
        (1..=3).contains(&self.0)
    }
}

impl Options {
    pub(crate) fn get(&self, option: (i32, i32)) -> Option<i64> {
        self.values.get(&option).copied()
    }
    /// What a listener hands on to a child: all but what is about accepting (linux `inet_csk_clone_lock`).
    pub(crate) fn of_child(&self) -> Box<Options> {
        let mut child = Box::new(self.clone());
        child.values.remove(&TCP_DEFER_ACCEPT);
        child
    }
    /// TCP_FASTOPEN_KEY
    pub(crate) fn fast_open_keys(&self) -> Option<Keys> {
        self.fast_open_keys
    }
    pub(crate) fn on(&self, option: (i32, i32)) -> Option<bool> {
        self.get(option).map(|v| v != 0)
    }
    /// SO_LINGER with a time of zero: close(2) resets.
    pub(crate) fn resets_on_close(&self) -> bool {
        self.linger == Some(0)
    }
    /// SO_LINGER with a time: so long close(2) waits for the other side to have everything.
    pub(crate) fn lingers(&self) -> Option<Duration> {
        self.linger.filter(|&s| s > 0).map(|s| Duration::from_secs(s as u64))
    }
    pub(crate) fn reuse_addr(&self) -> bool {
        self.on(SO_REUSEADDR) == Some(true)
    }
    pub(crate) fn reuse_port(&self) -> bool {
        self.on(SO_REUSEPORT) == Some(true)
    }
    /// IP_MTU_DISCOVER, where it was set.
    pub(crate) fn path_mtu(&self) -> Option<PathMtu> {
        self.get(IP_MTU_DISCOVER).map(PathMtu)
    }
    /// IP_LOCAL_PORT_RANGE: first and last port, where it was set.
    pub(crate) fn port_range(&self) -> Option<(u16, u16)> {
        self.get(IP_LOCAL_PORT_RANGE).filter(|&v| v != 0).map(|v| (v as u16, (v >> 16) as u16))
    }
    /// SO_TIMESTAMPING asks for the times of what is sent.
    pub(crate) fn stamps_writes(&self) -> bool {
        self.get(SO_TIMESTAMPING).is_some_and(|v| v as u32 & stamping::TX != 0)
    }
    /// TCP_INQ
    pub(crate) fn wants_inq(&self) -> bool {
        self.on(TCP_INQ) == Some(true)
    }
    /// SO_RCVBUF as it was set, octets.
    pub(crate) fn receive_buffer(&self) -> Option<usize> {
        self.get(SO_RCVBUF).and_then(|v| usize::try_from(v).ok())
    }
    /// SO_RCVLOWAT, octets.
    pub(crate) fn read_mark(&self) -> u32 {
        self.get(SO_RCVLOWAT).unwrap_or(1).max(1) as u32
    }
    /// The whole type-of-service octet.
    pub(crate) fn tos(&self) -> Option<u8> {
        self.get(IP_TOS).or(self.get(IPV6_TCLASS)).map(|v| v as u8)
    }
    /// TTL or hop limit.
    pub(crate) fn ttl(&self) -> Option<u8> {
        self.get(IP_TTL).or(self.get(IPV6_UNICAST_HOPS)).and_then(|v| u8::try_from(v).ok())
    }
    /// A connection's settings with what this socket changes of them.
    pub(crate) fn apply(&self, c: &mut Config) {
        let seconds = |v: i64| Duration::from_secs(v as u64);
        if let Some(v) = self.get(SO_SNDBUF) {
            c.snd_buf = v as u32;
            c.moderate_sndbuf = false;
        }
        if let Some(v) = self.get(SO_RCVBUF) {
            // Half of the buffer is window, and the window scale need not say more than that.
            c.rcv_buf = (v / 2) as u32;
            c.rcv_buf_max = c.rcv_buf;
            c.moderate_rcvbuf = false;
        }
        if let Some(v) = self.get(TCP_MAXSEG).filter(|v| *v > 0) {
            c.mss = c.mss.min(v as u16);
        }
        c.rcv_lowat = self.read_mark();
        if self.get(SO_RCVBUF).is_none() {
            // What is waited for fits (linux tcp_set_rcvlowat).
            c.rcv_buf = c.rcv_buf.max(c.rcv_lowat);
        }
        // 0: as the host's setting says.
        if let Some(v) = self.get(TCP_NOTSENT_LOWAT).filter(|v| *v != 0) {
            c.notsent_lowat = v as u32;
        }
        if let Some(on) = self.on(SO_KEEPALIVE) {
            c.keepalive = on;
        }
        if let Some(on) = self.on(SO_OOBINLINE) {
            c.urgent_inline = on;
        }
        if let Some(on) = self.on(TCP_NODELAY) {
            c.nagle = !on;
        }
        if let Some(on) = self.on(TCP_CORK) {
            c.cork = on;
        }
        if let Some(on) = self.on(TCP_QUICKACK) {
            c.pingpong = !on;
        }
        if let Some(v) = self.get(TCP_KEEPIDLE) {
            c.keepalive_time = seconds(v);
        }
        if let Some(v) = self.get(TCP_KEEPINTVL) {
            c.keepalive_intvl = seconds(v);
        }
        if let Some(v) = self.get(TCP_KEEPCNT) {
            c.keepalive_probes = v as u8;
        }
        if let Some(v) = self.get(TCP_SYNCNT) {
            c.syn_retries = v as u8;
        }
        if let Some(v) = self.get(TCP_DEFER_ACCEPT) {
            c.defer_accept = v as u8;
        }
        match self.get(TCP_LINGER2) {
            Some(v) if v < 0 => c.fin_wait2 = Some(Duration::ZERO),
            Some(v) if v > 0 => c.fin_wait2 = Some(seconds(v)),
            _ => {}
        }
        match self.get(TCP_USER_TIMEOUT) {
            Some(0) => c.user_timeout = None,
            Some(v) => c.user_timeout = Some(Duration::from_millis(v as u64)),
            None => {}
        }
        if let Some(v) = self.get(TCP_WINDOW_CLAMP).filter(|v| *v > 0) {
            c.rcv_buf = c.rcv_buf.min(v as u32);
            c.rcv_buf_max = c.rcv_buf;
        }
        let micros = |v: i64| Duration::from_micros(v as u64);
        if let Some(v) = self.get(TCP_RTO_MAX_MS) {
            c.rto_max = Duration::from_millis(v as u64);
        }
        if let Some(v) = self.get(TCP_RTO_MIN_US) {
            c.rto_min = micros(v);
        }
        if let Some(v) = self.get(TCP_DELACK_MAX_US) {
            c.delack_max = micros(v);
        }
        if let Some(on) = self.on(TCP_THIN_LINEAR_TIMEOUTS) {
            c.thin_linear = on;
        }
        if let Some(algorithm) = self.congestion {
            c.algorithm = algorithm;
        }
    }
}
