//! Socket options, by level and name as in the system's headers (socket(7), tcp(7), ip(7)).
//!
//! [`TABLE`] says of each whether it is simulated or only kept: an option that is kept can be read back and changes
//! nothing on the wire.

use crate::error_queue::{self, stamping};
use crate::fast_open::{Keys, bit};
use crate::period::{retransmits, seconds_of};
use crate::sock::{Kind, Sock};
use crate::step::Step;
use crate::wait::{Try, errno};
use crate::{Call, Errno, Host, SockId, SocketKind};
use bytes::Bytes;
use tcp::time::{Duration, Instant};
use tcp::{Algorithm, Config, State};

/// SOL_SOCKET
pub const SOCKET: i32 = 1;
/// SOL_IP
pub const IP: i32 = 0;
/// SOL_TCP
pub const TCP: i32 = 6;
/// SOL_PACKET
pub const PACKET: i32 = 263;
/// SOL_IPV6
pub const IPV6: i32 = 41;

/// What an option does here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// What it does on Linux.
    Simulated,
    /// It can be read back.
    Kept,
    /// It can only be read.
    Read,
}

/// An option: level, number, name, what it does, its least and greatest value.
#[derive(Clone, Copy, Debug)]
pub struct SockOpt {
    /// SOL_…
    pub level: i32,
    /// Its number at that level.
    pub number: i32,
    /// `SO_REUSEADDR`
    pub name: &'static str,
    /// What it does.
    pub effect: Effect,
    least: i64,
    greatest: i64,
}

macro_rules! options {
    ($($level:ident $number:literal $name:ident $effect:ident $least:expr => $greatest:expr;)*) => {
        $(#[allow(dead_code)] /// The option's level and number.
        pub(crate) const $name: (i32, i32) = ($level, $number);)*
        /// Every option there is.
        pub static TABLE: &[SockOpt] = &[$(SockOpt {
            level: $level,
            number: $number,
            name: stringify!($name),
            effect: Effect::$effect,
            least: $least,
            greatest: $greatest,
        }),*];
    };
}

const ANY: i64 = i32::MAX as i64;
/// A switch: any number but 0 is on.
const LEAST: i64 = i32::MIN as i64;

options! {
    SOCKET 2 SO_REUSEADDR Simulated LEAST => ANY;
    SOCKET 3 SO_TYPE Read 0 => 0;
    SOCKET 4 SO_ERROR Read 0 => 0;
    SOCKET 5 SO_DONTROUTE Kept LEAST => ANY;
    SOCKET 6 SO_BROADCAST Simulated LEAST => ANY;
    SOCKET 7 SO_SNDBUF Simulated 0 => ANY;
    SOCKET 8 SO_RCVBUF Simulated 0 => ANY;
    SOCKET 9 SO_KEEPALIVE Simulated LEAST => ANY;
    SOCKET 10 SO_OOBINLINE Simulated LEAST => ANY;
    SOCKET 12 SO_PRIORITY Kept 0 => ANY;
    SOCKET 13 SO_LINGER Simulated 0 => ANY;
    SOCKET 15 SO_REUSEPORT Simulated LEAST => ANY;
    SOCKET 18 SO_RCVLOWAT Simulated LEAST => ANY;
    SOCKET 20 SO_RCVTIMEO Simulated 0 => ANY;
    SOCKET 21 SO_SNDTIMEO Simulated 0 => ANY;
    SOCKET 19 SO_SNDLOWAT Read 0 => 0;
    SOCKET 29 SO_TIMESTAMP Kept LEAST => ANY;
    SOCKET 30 SO_ACCEPTCONN Read 0 => 0;
    SOCKET 32 SO_SNDBUFFORCE Simulated LEAST => ANY;
    SOCKET 33 SO_RCVBUFFORCE Simulated LEAST => ANY;
    SOCKET 35 SO_TIMESTAMPNS Kept LEAST => ANY;
    SOCKET 36 SO_MARK Kept 0 => ANY;
    SOCKET 37 SO_TIMESTAMPING Simulated 0 => MASK;
    SOCKET 38 SO_PROTOCOL Read 0 => 0;
    SOCKET 39 SO_DOMAIN Read 0 => 0;
    SOCKET 46 SO_BUSY_POLL Kept 0 => ANY;
    SOCKET 47 SO_MAX_PACING_RATE Kept LEAST => ANY;
    SOCKET 49 SO_INCOMING_CPU Kept LEAST => ANY;
    SOCKET 60 SO_ZEROCOPY Simulated 0 => 1;
    TCP 1 TCP_NODELAY Simulated LEAST => ANY;
    TCP 2 TCP_MAXSEG Simulated 0 => 32_767;
    TCP 3 TCP_CORK Simulated LEAST => ANY;
    TCP 4 TCP_KEEPIDLE Simulated 1 => 32_767;
    TCP 5 TCP_KEEPINTVL Simulated 1 => 32_767;
    TCP 6 TCP_KEEPCNT Simulated 1 => 127;
    TCP 7 TCP_SYNCNT Simulated 1 => 127;
    TCP 8 TCP_LINGER2 Simulated -1 => ANY;
    TCP 9 TCP_DEFER_ACCEPT Simulated -2_147_483_648 => ANY;
    TCP 10 TCP_WINDOW_CLAMP Simulated LEAST => ANY;
    TCP 11 TCP_INFO Read 0 => 0;
    TCP 12 TCP_QUICKACK Simulated -2_147_483_648 => ANY;
    TCP 13 TCP_CONGESTION Simulated 0 => ANY;
    TCP 16 TCP_THIN_LINEAR_TIMEOUTS Simulated 0 => 1;
    TCP 17 TCP_THIN_DUPACK Kept 0 => 1;
    TCP 18 TCP_USER_TIMEOUT Simulated 0 => ANY;
    TCP 23 TCP_FASTOPEN Simulated 0 => ANY;
    TCP 25 TCP_NOTSENT_LOWAT Simulated 0 => 0xffff_ffff;
    TCP 30 TCP_FASTOPEN_CONNECT Simulated 0 => 1;
    TCP 33 TCP_FASTOPEN_KEY Simulated 0 => ANY;
    TCP 34 TCP_FASTOPEN_NO_COOKIE Simulated 0 => 1;
    TCP 36 TCP_INQ Simulated 0 => 1;
    TCP 37 TCP_TX_DELAY Kept 0 => ANY;
    TCP 44 TCP_RTO_MAX_MS Simulated 1_000 => 120_000;
    TCP 45 TCP_RTO_MIN_US Simulated 4_000 => ANY;
    TCP 46 TCP_DELACK_MAX_US Simulated 4_000 => ANY;
    IP 1 IP_TOS Simulated 0 => 255;
    IP 2 IP_TTL Simulated 1 => 255;
    IP 3 IP_HDRINCL Simulated 0 => 1;
    IP 10 IP_MTU_DISCOVER Simulated 0 => 5;
    IP 11 IP_RECVERR Simulated LEAST => ANY;
    IP 24 IP_BIND_ADDRESS_NO_PORT Simulated LEAST => ANY;
    IP 51 IP_LOCAL_PORT_RANGE Simulated 0 => 0xffff_ffff;
    IPV6 16 IPV6_UNICAST_HOPS Simulated -1 => 255;
    IPV6 25 IPV6_RECVERR Simulated LEAST => ANY;
    IPV6 26 IPV6_V6ONLY Simulated LEAST => ANY;
    IPV6 67 IPV6_TCLASS Simulated 0 => 255;
    IPV6 70 IPV6_AUTOFLOWLABEL Kept LEAST => ANY;
}

const MASK: i64 = stamping::MASK as i64;
/// Options that only know on and off.
const SWITCHES: [(i32, i32); 14] = [
    SO_REUSEADDR,
    SO_DONTROUTE,
    SO_KEEPALIVE,
    SO_OOBINLINE,
    SO_REUSEPORT,
    SO_TIMESTAMP,
    SO_TIMESTAMPNS,
    TCP_NODELAY,
    TCP_CORK,
    IP_BIND_ADDRESS_NO_PORT,
    IP_RECVERR,
    IPV6_RECVERR,
    IPV6_V6ONLY,
    IPV6_AUTOFLOWLABEL,
];
/// Least TCP_WINDOW_CLAMP but 0 (linux SOCK_MIN_RCVBUF / 2), octets.
const CLAMP_LEAST: i64 = 1_152;
/// Least TCP_MAXSEG besides 0 (linux TCP_MIN_MSS).
const MAXSEG_LEAST: i64 = 88;
/// `net.core.rmem_max`, `net.core.wmem_max`: the most that SO_RCVBUF and SO_SNDBUF take, octets.
const BUFFER_MAX: i64 = 212_992;
/// Least SO_SNDBUF and SO_RCVBUF after doubling (linux SOCK_MIN_SNDBUF, SOCK_MIN_RCVBUF), octets.
const SNDBUF_LEAST: i64 = 4_608;
const RCVBUF_LEAST: i64 = 2_304;

/// Whether the host has an option.
pub fn is_known(level: i32, number: i32) -> bool {
    find(level, number).is_some()
}

/// Level and name as in the system's headers.
pub(crate) fn names(level: i32, number: i32) -> String {
    let level_name = match level {
        SOCKET => "SOL_SOCKET".into(),
        IP => "SOL_IP".into(),
        TCP => "SOL_TCP".into(),
        PACKET => "SOL_PACKET".into(),
        IPV6 => "SOL_IPV6".into(),
        other => other.to_string(),
    };
    match find(level, number) {
        Some(o) => format!("{level_name}, {}", o.name),
        None => format!("{level_name}, {number}"),
    }
}

fn find(level: i32, number: i32) -> Option<&'static SockOpt> {
    TABLE.iter().find(|o| o.level == level && o.number == number)
}

impl Host {
    /// SO_RCVTIMEO, SO_SNDTIMEO, SO_LINGER: how long a call waits on a socket; none: for ever.
    pub(crate) fn patience(&self, id: SockId, call: &Call) -> Option<Duration> {
        let options = self.socks.get(id)?.options.as_ref()?;
        let key = match call {
            Call::Close { .. } => return options.lingers(),
            Call::Accept { .. }
            | Call::Accept4 { .. }
            | Call::Read { .. }
            | Call::Recv { .. }
            | Call::RecvFrom { .. } => SO_RCVTIMEO,
            Call::Connect { .. } | Call::Write { .. } | Call::Send { .. } => SO_SNDTIMEO,
            _ => return None,
        };
        options.get(key).filter(|&us| us > 0).map(|us| Duration::from_micros(us as u64))
    }

    /// setsockopt(2): `value` as it lies in memory, little-endian.
    pub(crate) fn sys_setsockopt(
        &mut self,
        id: SockId,
        level: i32,
        number: i32,
        value: &Bytes,
        cx: &mut Step,
    ) -> Try {
        if level == PACKET {
            return self.set_membership(id, number, value);
        }
        let Some(option) = find(level, number).filter(|o| o.effect != Effect::Read) else {
            return errno("ENOPROTOOPT");
        };
        match self.set_option(id, option, value) {
            Ok(()) => {}
            Err(name) => return errno(name),
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let options = sock.options.clone().unwrap_or_default();
        if let Kind::Stream(c) = &mut sock.kind {
            // TCP_NOTSENT_LOWAT of 0 is the host's.
            let unsent = self.settings.tcp.notsent_lowat;
            let change = |config: &mut Config| {
                config.notsent_lowat = unsent;
                options.apply(config);
            };
            c.reconfigure(cx.now, change, cx.r);
            if (level, number) == TCP_NODELAY && options.on(TCP_NODELAY) == Some(true) {
                c.flush(cx.now, cx.r);
            }
            if (level, number) == TCP_QUICKACK {
                c.set_quickack(cx.now, options.get(TCP_QUICKACK).unwrap_or(1) as i32, cx.r);
            }
            self.settle(id, cx);
        }
        Try::Done(0, Bytes::new())
    }

    fn set_option(&mut self, id: SockId, option: &SockOpt, value: &Bytes) -> Result<(), &'static str> {
        let key = (option.level, option.number);
        let (client, most) = (self.settings.fast_open & bit::CLIENT != 0, self.settings.somaxconn);
        let largest = i64::from(self.settings.tcp.rcv_buf_max);
        let sock = self.socks.get_mut(id).ok_or("EBADF")?;
        sock.arrange_fast_open(key, int(value, 0), client, most)?;
        sock.forget_ways();
        let datagrams = matches!(sock.kind, Kind::Datagrams(_));
        let options = sock.options.get_or_insert_default();
        if key == TCP_FASTOPEN_KEY {
            options.fast_open_keys = Some(Keys::from_octets(value).ok_or("EINVAL")?);
            return Ok(());
        }
        if key == TCP_CONGESTION {
            let name = value.split(|b| *b == 0).next().unwrap_or(&[]);
            options.congestion = Some(Algorithm::by_name(name).ok_or("ENOENT")?);
            return Ok(());
        }
        if key == SO_LINGER {
            let (on, time) = (int(value, 0).ok_or("EINVAL")?, int(value, 4).ok_or("EINVAL")?);
            options.linger = (on != 0).then_some(time);
            return Ok(());
        }
        if matches!(key, SO_RCVTIMEO | SO_SNDTIMEO) {
            let time = timeval(value).ok_or("EINVAL")?;
            options.values.insert(key, time);
            return Ok(());
        }
        let v = match value[..] {
            // An octet will do (linux do_ip_setsockopt).
            [octet, ..] if option.level == IP && value.len() < 4 => octet.into(),
            _ => i64::from(int(value, 0).ok_or("EINVAL")?),
        };
        let v = if matches!(key, TCP_NOTSENT_LOWAT | IP_LOCAL_PORT_RANGE) { i64::from(v as u32) } else { v };
        // Both ends may be left open (ip(7)).
        let (first, last) = (v & 0xffff, v >> 16);
        if key == IP_LOCAL_PORT_RANGE && first > last && last != 0 {
            return Err("EINVAL");
        }
        let small = key == TCP_MAXSEG && v != 0 && v < MAXSEG_LEAST;
        if v < option.least || v > option.greatest || small {
            return Err("EINVAL");
        }
        let (key, most) = match key {
            SO_SNDBUFFORCE => (SO_SNDBUF, ANY / 2),
            SO_RCVBUFFORCE => (SO_RCVBUF, ANY / 2),
            _ => (key, BUFFER_MAX),
        };
        let v = match key {
            _ if SWITCHES.contains(&key) => i64::from(v != 0),
            TCP_WINDOW_CLAMP if v != 0 => v.max(CLAMP_LEAST),
            // It does nothing any more and says so (linux do_tcp_setsockopt).
            TCP_THIN_DUPACK => 0,
            SO_SNDBUF => (v.clamp(0, most) * 2).max(SNDBUF_LEAST),
            TCP_DEFER_ACCEPT => retransmits(v).into(),
            SO_RCVBUF => (v.clamp(0, most) * 2).max(RCVBUF_LEAST),
            // Below 0 is all that can be; no more than half of the largest buffer (linux tcp_set_rcvlowat).
            SO_RCVLOWAT => {
                let wanted = if v < 0 { ANY } else { v.max(1) };
                let half = options.get(SO_RCVBUF).unwrap_or(largest) / 2;
                if datagrams { wanted } else { wanted.min(half) }
            }
            _ => v,
        };
        let was = options.get(key).unwrap_or(0);
        options.values.insert(key, v);
        if key == SO_TIMESTAMPING {
            error_queue::stamping_set(sock, was as u32, v as u32);
        }
        Ok(())
    }

    /// getsockopt(2): the value as it lies in memory.
    pub(crate) fn sys_getsockopt(&mut self, now: Instant, id: SockId, level: i32, number: i32) -> Try {
        let Some(option) = find(level, number) else { return errno("ENOPROTOOPT") };
        let key = (level, number);
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        if key == SO_ERROR {
            // Reading it clears it.
            // What is only a hint, as ICMP gives it to an open connection, is told where there is nothing worse.
            let error = sock.error.take().or_else(|| sock.soft_error.take()).map_or(0, Errno::number);
            return given(error);
        }
        if key == TCP_INFO {
            return Try::Done(0, crate::tcp_info::octets(&self.info_of(now, id)));
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        if matches!(key, SO_SNDBUFFORCE | SO_RCVBUFFORCE) {
            return errno("ENOPROTOOPT");
        }
        if key == SO_LINGER {
            let linger = sock.options.as_ref().and_then(|o| o.linger);
            let mut out = i32::from(linger.is_some()).to_le_bytes().to_vec();
            out.extend(linger.unwrap_or(0).to_le_bytes());
            return Try::Done(0, out.into());
        }
        if matches!(key, SO_RCVTIMEO | SO_SNDTIMEO) {
            let us = sock.options.as_ref().and_then(|o| o.get(key)).unwrap_or(0);
            let out = [us / 1_000_000, us % 1_000_000].map(i64::to_le_bytes).concat();
            return Try::Done(0, out.into());
        }
        if key == TCP_FASTOPEN_KEY {
            let own = sock.options.as_ref().and_then(|o| o.fast_open_keys);
            let keys = own.or(self.settings.fast_open_keys).unwrap_or_else(|| Keys::of(self.secret));
            return Try::Done(0, keys.octets().into());
        }
        if key == TCP_CONGESTION {
            // TCP_CA_NAME_MAX octets.
            let mut name = self.config_of(id).algorithm.name().as_bytes().to_vec();
            name.resize(16, 0);
            return Try::Done(0, name.into());
        }
        let set = sock.options.as_ref().and_then(|o| o.get(key));
        if let (TCP_QUICKACK, Kind::Stream(c)) = (key, &sock.kind) {
            // Not what was set: what the connection made of it since.
            return given(c.quickack().into());
        }
        if key == TCP_MAXSEG {
            return given(maxseg(sock, set));
        }
        match (option.effect, set) {
            (_, Some(v)) if key == TCP_DEFER_ACCEPT => given(seconds_of(v as u8)),
            (_, Some(v)) => given(v as i32),
            _ => given(self.unset_value(id, key)),
        }
    }

    /// What an option says that nobody set.
    fn unset_value(&self, id: SockId, key: (i32, i32)) -> i32 {
        let c = self.config_of(id);
        let seconds = |d: Duration| (d.as_millis() / 1_000) as i32;
        let v6 = self.socks.get(id).and_then(|s| s.local).is_some_and(|a| a.is_ipv6());
        match key {
            SO_TYPE => match self.datagrams(id).map(|d| d.what) {
                None => 1,
                Some(SocketKind::Udp | SocketKind::Ping) => 2,
                Some(SocketKind::Raw(_) | SocketKind::Packet(_)) => 3,
            },
            SO_PROTOCOL => match self.datagrams(id).map(|d| d.what) {
                None => 6,
                Some(SocketKind::Udp) => 17,
                Some(SocketKind::Ping) => 1,
                Some(SocketKind::Raw(protocol)) => protocol.into(),
                Some(SocketKind::Packet(_)) => 0,
            },
            SO_DOMAIN => {
                if v6 {
                    10
                } else {
                    2
                }
            }
            SO_ACCEPTCONN => i32::from(self.socks.get(id).is_some_and(|s| s.listener().is_some())),
            SO_SNDBUF => c.snd_buf as i32,
            SO_RCVBUF => (c.rcv_buf * 2) as i32,
            SO_RCVLOWAT | SO_SNDLOWAT => 1,
            SO_MAX_PACING_RATE | SO_INCOMING_CPU => -1,
            TCP_RTO_MAX_MS => c.rto_max.as_millis() as i32,
            TCP_RTO_MIN_US => c.rto_min.as_micros() as i32,
            TCP_DELACK_MAX_US => c.delack_max.as_micros() as i32,
            TCP_NODELAY => i32::from(!c.nagle),
            TCP_KEEPIDLE => seconds(c.keepalive_time),
            TCP_KEEPINTVL => seconds(c.keepalive_intvl),
            TCP_KEEPCNT => c.keepalive_probes.into(),
            TCP_SYNCNT => c.syn_retries.into(),
            TCP_LINGER2 => c.fin_wait2.map_or(0, seconds),
            TCP_QUICKACK => 1,
            IP_MTU_DISCOVER => i32::from(self.settings.network.no_pmtu_disc != 1),
            IP_TTL | IPV6_UNICAST_HOPS => self.settings.default_ttl.into(),
            IPV6_AUTOFLOWLABEL => 1,
            _ => 0,
        }
    }

    /// The settings of a socket: its connection's, or those that one would get.
    fn config_of(&self, id: SockId) -> Config {
        match self.socks.get(id) {
            Some(Sock { kind: Kind::Stream(c), .. }) => c.config().clone(),
            Some(sock) => {
                let mut config = (*self.settings.tcp).clone();
                if let Some(options) = &sock.options {
                    options.apply(&mut config);
                }
                config
            }
            None => (*self.settings.tcp).clone(),
        }
    }
}

/// linux do_tcp_getsockopt: what was asked for while there is no connection, then what a segment takes.
fn maxseg(sock: &Sock, set: Option<i64>) -> i32 {
    /// linux TCP_MSS_DEFAULT
    const DEFAULT: i32 = 536;
    match (&sock.kind, sock.state()) {
        (Kind::Stream(c), state) if state != State::Closed => c.tcb().snd_mss as i32,
        _ => set.filter(|v| *v > 0).map_or(DEFAULT, |v| v as i32),
    }
}

/// A `struct timeval`, microseconds.
fn timeval(value: &Bytes) -> Option<i64> {
    let word = |at: usize| value.get(at..at + 8).and_then(|b| b.try_into().ok()).map(i64::from_le_bytes);
    let (s, us) = (word(0)?, word(8)?);
    (0..1_000_000).contains(&us).then(|| s.clamp(0, i64::from(u32::MAX)) * 1_000_000 + us)
}

pub(crate) fn int(value: &Bytes, at: usize) -> Option<i32> {
    value.get(at..at + 4).and_then(|b| b.try_into().ok()).map(i32::from_le_bytes)
}

fn given(n: i32) -> Try {
    Try::Done(0, Bytes::copy_from_slice(&n.to_le_bytes()))
}
