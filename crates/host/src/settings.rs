//! Settings by sysctl name, and the profiles: data in one table each.

use crate::fast_open::Keys;
use crate::network;
use crate::nud::NeighSettings;
use crate::secret::IsnChoice;
use crate::time_wait::TimeWaitReuse;
use std::rc::Rc;
use tcp::profile::Ecn;
use tcp::time::Duration;
use tcp::{Algorithm, Config};

/// How a listener's room is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum QueuePolicy {
    /// Linux since 4.3: two queues, each full when it holds *more* than the backlog.
    Two,
    /// One limit for half-open and waiting connections together; full when they have reached it.
    One {
        /// Limit = backlog × num ÷ den + plus.
        num: u32,
        den: u32,
        plus: u32,
    },
}

impl QueuePolicy {
    /// How many entries a queue (of `Two`), or both together (of `One`), can hold.
    pub(crate) fn capacity(self, backlog: u32) -> u32 {
        match self {
            QueuePolicy::Two => backlog.saturating_add(1),
            QueuePolicy::One { num, den, plus } => backlog.saturating_mul(num) / den + plus,
        }
    }
}

/// A host's settings: a profile, with what the configuration changed.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) tcp: Rc<Config>,
    pub(crate) queues: QueuePolicy,
    pub(crate) isn: IsnChoice,
    /// Ephemeral ports are tried at this distance: Linux leaves every other one to bind(2) of port 0.
    pub(crate) port_step: u32,
    pub(crate) time_wait_reuse: TimeWaitReuse,
    pub(crate) somaxconn: u32,
    pub(crate) max_syn_backlog: u32,
    /// 0 never, 1 when the SYN queue is full, 2 always.
    pub(crate) syncookies: u32,
    pub(crate) abort_on_overflow: bool,
    /// A listener whose queue is full drops whatever comes, even an ACK to which a RST would be due: 4.3BSD `tcp_input` makes
    /// the socket (`sonewconn`) before it looks at any flag.
    pub(crate) deaf_when_full: bool,
    /// Half-open entries lose repeats while the SYN queue is more than half full (linux reqsk_timer_handler).
    pub(crate) prune_old: bool,
    /// A connection that dies in the accept queue stays in it until accept takes it.
    pub(crate) dead_stay: bool,
    /// Any ICMP error ends a handshake (linux `tcp_v4_err`); else only one that the RFC calls hard.
    pub(crate) icmp_ends_handshake: bool,
    /// A hard ICMP error ends a connection (RFC 9293 §3.9.2.2, SHLD-25); Linux keeps it in mind only.
    pub(crate) icmp_hard_aborts: bool,
    pub(crate) port_low: u16,
    pub(crate) port_high: u16,
    pub(crate) default_ttl: u8,
    /// Neighbour tables of IPv4 and IPv6.
    neigh: [NeighSettings; 2],
    /// Gratuitous ARP makes entries (`net.ipv4.conf.all.arp_accept`).
    pub(crate) arp_accept: bool,
    /// Addresses are announced at the start (`net.ipv4.conf.all.arp_notify`).
    pub(crate) arp_notify: bool,
    /// Solicitations before an address of IPv6 is used. Linux: 1; here hosts have been up for a while at the start.
    pub(crate) dad_transmits: u32,
    /// `tcp_fastopen`: see [`crate::fast_open::bit`].
    pub(crate) fast_open: u32,
    /// `tcp_fastopen_blackhole_timeout_sec`: how long a client does without at first; zero: it never does.
    pub(crate) fast_open_pause: Duration,
    /// `tcp_fastopen_key`; none: from the host's secret.
    pub(crate) fast_open_keys: Option<Keys>,
    /// RLIMIT_NOFILE: descriptors of a process.
    pub(crate) nofile: u32,
    /// Forwarding, fragments, ICMP, tracking.
    pub(crate) network: crate::network::Network,
}

impl Settings {
    fn profile(name: &str) -> Option<Settings> {
        let linux = Settings {
            tcp: Rc::new(Config::by_name(name)?),
            queues: QueuePolicy::Two,
            isn: IsnChoice::Hashed { tick: Duration(64) }, // linux seq_scale
            port_step: 2,
            time_wait_reuse: TimeWaitReuse::LINUX,
            somaxconn: 4096,
            max_syn_backlog: 1024,
            syncookies: 1,
            abort_on_overflow: false,
            deaf_when_full: false,
            prune_old: true,
            dead_stay: true,
            icmp_ends_handshake: true,
            icmp_hard_aborts: false,
            port_low: 32_768,
            port_high: 60_999,
            default_ttl: 64,
            neigh: [NeighSettings::linux(true), NeighSettings::linux(false)],
            arp_accept: false,
            arp_notify: false,
            dad_transmits: 0,
            fast_open: 1, // ip-sysctl.rst: a client may, no listener does
            fast_open_keys: None,
            fast_open_pause: Duration::ZERO,
            nofile: 1024,
            network: Default::default(),
        };
        let rfc = Settings {
            // listen(2) of POSIX: the backlog is the limit; an RFC stack has no second thoughts about an ACK.
            queues: QueuePolicy::One { num: 1, den: 1, plus: 0 },
            isn: IsnChoice::Hashed { tick: Duration::from_micros(4) }, // RFC 6528 §3
            port_step: 1,
            time_wait_reuse: TimeWaitReuse::NEVER,
            syncookies: 0,
            prune_old: false,
            icmp_ends_handshake: false,
            icmp_hard_aborts: true,
            port_low: 49_152, // RFC 6335 §6
            port_high: 65_535,
            ..linux.clone()
        };
        Some(match name {
            "rfc" => rfc,
            "bsd43" => Settings {
                queues: QueuePolicy::One { num: 3, den: 2, plus: 1 }, // 4.3BSD sonewconn
                isn: IsnChoice::Counter,
                somaxconn: 5,
                dead_stay: false,
                deaf_when_full: true,
                fast_open: 0,
                port_low: 1024,
                port_high: 5000,
                nofile: 64,
                ..rfc
            },
            _ => linux,
        })
    }

    /// The profile `name` with `changes` by sysctl name. An error says what is wrong and how to mend it.
    pub(crate) fn new(name: &str, changes: &[(String, String)]) -> Result<Settings, String> {
        let mut settings = Settings::profile(name)
            .ok_or_else(|| format!("there is no profile `{name}`; there are linux, rfc and bsd43"))?;
        for (key, value) in changes {
            settings.set(key, value)?;
        }
        settings.check()?;
        Ok(settings)
    }

    /// One setting, as sysctl(8) changes it.
    pub(crate) fn change(&mut self, key: &str, value: &str) -> Result<(), String> {
        self.set(key, value)?;
        self.check()
    }

    fn check(&self) -> Result<(), String> {
        if self.port_low > self.port_high {
            return Err("net.ipv4.ip_local_port_range: the first port is greater than the last".into());
        }
        Ok(())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let wrong = |what: &str| format!("{key} = `{value}`: {what} is wanted");
        if key == "net.ipv4.ip_local_port_range" {
            let ports: Option<Vec<u16>> = value.split_whitespace().map(|w| w.parse().ok()).collect();
            let Some([low, high]) = ports.as_deref() else {
                return Err(wrong("two ports, such as 32768 60999,"));
            };
            (self.port_low, self.port_high) = (*low, *high);
            return Ok(());
        }
        if matches!(key, "net.ipv4.tcp_rmem" | "net.ipv4.tcp_wmem") {
            let sizes: Option<Vec<u32>> = value.split_whitespace().map(|w| w.parse().ok()).collect();
            let Some([_, default, max]) = sizes.as_deref() else {
                return Err(wrong("three sizes in octets"));
            };
            let tcp = Rc::make_mut(&mut self.tcp);
            if key == "net.ipv4.tcp_rmem" {
                // Half of the buffer is window (tcp_win_from_space with tcp_adv_win_scale 1).
                (tcp.rcv_buf, tcp.rcv_buf_max) = ((default / 2).max(1), (*max).max(1));
            } else {
                (tcp.snd_buf, tcp.snd_buf_max) = ((*default).max(1), (*max).max(1));
            }
            return Ok(());
        }
        if key == "net.ipv4.tcp_fastopen_key" {
            let keys = Keys::parse(value).ok_or_else(|| wrong("four hexadecimal words joined by `-`"))?;
            self.fast_open_keys = Some(keys);
            return Ok(());
        }
        if key == "net.ipv4.tcp_congestion_control" {
            let name = Algorithm::by_name(value.trim().as_bytes());
            self.tcp_mut().algorithm = name.ok_or_else(|| wrong("reno or cubic"))?;
            return Ok(());
        }
        if key == ISN {
            self.isn = IsnChoice::by_name(value.trim())
                .ok_or_else(|| wrong("4.2bsd, 4.3bsd, 4.4bsd, rfc793 or rfc6528"))?;
            return Ok(());
        }
        if let Some((_, only)) = FIXED.iter().find(|(name, _)| *name == key) {
            return if only.contains(&value.trim()) {
                Ok(())
            } else {
                Err(wrong(&format!("one of {only:?}")))
            };
        }
        let value = value.trim();
        let number = match value.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => value.parse(),
        };
        let n = number.map_err(|_| wrong("a whole number"))?;
        if let Some((setter, n4)) = neigh_setting(key) {
            setter(&mut self.neigh[usize::from(!n4)], n);
            return Ok(());
        }
        let below = network::SYSCTLS.iter().find(|(name, ..)| *name == key);
        if let Some((_, most, set)) = below {
            if n > *most {
                return Err(wrong(&format!("a number of at most {most}")));
            }
            set(&mut self.network, n);
            return Ok(());
        }
        let Some((_, most, set)) = SYSCTLS.iter().find(|(name, ..)| *name == key) else {
            return Err(format!("there is no setting `{key}`; there are {}", names().join(", ")));
        };
        if n > *most {
            return Err(wrong(&format!("a number of at most {most}")));
        }
        set(self, n);
        Ok(())
    }
}

/// Settings of which this host has one way only, with the values that mean it.
const FIXED: &[(&str, &[&str])] = &[
    // Since Linux 5.x: as many challenge ACKs a second as one likes; each connection has its own limit.
    ("net.ipv4.tcp_challenge_ack_limit", &["2147483647"]),
    // Gone from Linux; the name is still taken.
    ("net.ipv4.tcp_fack", &["0", "1"]),
    ("net.ipv4.tcp_low_latency", &["0", "1"]),
    // Nothing is kept of a connection for the next.
    ("net.ipv4.tcp_no_metrics_save", &["1", "0"]),
    // The simulated device has no queue that autocorking or output limits could look at.
    ("net.ipv4.tcp_autocorking", &["0", "1"]),
    ("net.ipv4.tcp_limit_output_bytes", &["1048576", "4194304"]),
    // How late the timer of joined ACKs may be: here it never is.
    ("net.ipv4.tcp_comp_sack_slack_ns", &["0", "10000", "100000"]),
    ("net.ipv4.tcp_pacing_ss_ratio", &["200"]),
    ("net.ipv4.tcp_pacing_ca_ratio", &["120"]),
    ("net.ipv4.tcp_stdurg", &["0"]),
    ("net.core.default_qdisc", &["pfifo", "pfifo_fast", "fq"]),
];

/// How long a client does without Fast Open at first, s.
pub(crate) const FAST_OPEN_PAUSE: &str = "net.ipv4.tcp_fastopen_blackhole_timeout_sec";
/// The setting that makes the device refuse every frame.
pub(crate) const DEVICE_REFUSES: &str = "device.refuses";

/// How initial sequence numbers are made; no sysctl of Linux, which knows RFC 6528's way alone.
const ISN: &str = "tcp.isn";

macro_rules! both {
    ($name:literal) => {
        [concat!("net.ipv4.neigh.default.", $name), concat!("net.ipv6.neigh.default.", $name)]
    };
}

type Setter = fn(&mut Settings, u32);

/// Name, greatest value, and where it goes.
const SYSCTLS: &[(&str, u32, Setter)] = &[
    ("net.core.somaxconn", u32::MAX - 1, |s, n| s.somaxconn = n),
    ("net.ipv4.tcp_max_syn_backlog", u32::MAX, |s, n| s.max_syn_backlog = n),
    ("net.ipv4.tcp_tw_reuse", 2, |s, n| s.time_wait_reuse.chosen = n),
    ("net.ipv4.tcp_tw_reuse_delay", 60_000, |s, n| s.time_wait_reuse.delay = Duration::from_millis(n.into())),
    ("net.ipv4.tcp_syncookies", 2, |s, n| s.syncookies = n),
    ("net.ipv4.tcp_abort_on_overflow", 1, |s, n| s.abort_on_overflow = n == 1),
    ("net.ipv4.tcp_synack_retries", 255, |s, n| s.tcp_mut().synack_retries = n as u8),
    ("net.ipv4.tcp_syn_retries", 127, |s, n| s.tcp_mut().syn_retries = n as u8),
    ("net.ipv4.tcp_syn_linear_timeouts", 127, |s, n| s.tcp_mut().syn_linear_timeouts = n as u8),
    ("net.ipv4.tcp_retries1", 255, |s, n| s.tcp_mut().retries1 = n as u8),
    ("net.ipv4.tcp_retries2", 255, |s, n| s.tcp_mut().retries2 = n as u8),
    ("net.ipv4.tcp_orphan_retries", 255, |s, n| {
        s.tcp_mut().orphan_retries = if n == 0 { 8 } else { n as u8 }
    }),
    ("net.ipv4.tcp_window_scaling", 1, |s, n| s.tcp_mut().window_scaling = n == 1),
    ("net.ipv4.tcp_timestamps", 2, |s, n| s.tcp_mut().timestamps = n > 0),
    ("net.ipv4.tcp_sack", 1, |s, n| s.tcp_mut().sack = n == 1),
    ("net.ipv4.tcp_dsack", 1, |s, n| s.tcp_mut().dsack = n == 1),
    ("net.ipv4.tcp_fin_timeout", 3600, |s, n| s.tcp_mut().fin_wait2 = Some(Duration::from_secs(n.into()))),
    ("net.ipv4.tcp_keepalive_time", 32_767, |s, n| {
        s.tcp_mut().keepalive_time = Duration::from_secs(n.into())
    }),
    ("net.ipv4.tcp_keepalive_intvl", 32_767, |s, n| {
        s.tcp_mut().keepalive_intvl = Duration::from_secs(n.into())
    }),
    ("net.ipv4.tcp_keepalive_probes", 127, |s, n| s.tcp_mut().keepalive_probes = n as u8),
    ("net.ipv4.tcp_slow_start_after_idle", 1, |s, n| s.tcp_mut().slow_start_after_idle = n == 1),
    ("net.ipv4.tcp_early_retrans", 4, |s, n| s.tcp_mut().tlp = n >= 3),
    ("net.ipv4.tcp_recovery", 7, |s, n| s.tcp_mut().rack = n & 1 == 1),
    ("net.ipv4.tcp_thin_linear_timeouts", 1, |s, n| s.tcp_mut().thin_linear = n == 1),
    ("net.ipv4.tcp_comp_sack_nr", 255, |s, n| s.tcp_mut().comp_sack_nr = n as u8),
    ("net.ipv4.tcp_comp_sack_delay_ns", u32::MAX, |s, n| s.tcp_mut().comp_sack_delay = Duration(n.into())),
    ("net.ipv4.tcp_rfc1337", 1, |s, n| s.tcp_mut().rst_ends_time_wait = n == 0),
    ("net.ipv4.tcp_invalid_ratelimit", u32::MAX, |s, n| {
        s.tcp_mut().invalid_ratelimit = Duration::from_millis(n.into());
    }),
    ("net.ipv4.tcp_ecn", 2, |s, n| s.tcp_mut().ecn = [Ecn::Off, Ecn::On, Ecn::Passive][n as usize]),
    ("net.ipv4.tcp_frto", 2, |s, n| s.tcp_mut().frto = n > 0),
    ("net.ipv4.tcp_retrans_collapse", 255, |s, n| s.tcp_mut().retrans_collapse = n > 0),
    ("net.ipv4.tcp_reordering", 127, |s, n| s.tcp_mut().dup_thresh = n.max(1) as u8),
    ("net.ipv4.tcp_min_tso_segs", 65_535, |s, n| s.tcp_mut().min_tso_segs = n.max(1)),
    ("net.ipv4.tcp_tso_win_divisor", u32::MAX, |s, n| s.tcp_mut().tso_win_divisor = n),
    ("net.ipv4.tcp_rto_min_us", u32::MAX, |s, n| s.tcp_mut().rto_min = Duration::from_micros(n.into())),
    ("net.ipv4.tcp_rto_max_ms", 120_000, |s, n| s.tcp_mut().rto_max = Duration::from_millis(n.into())),
    // What a segment from off the path can do: RST, SYN and ACK are believed as RFC 5961 has it, or as RFC 793 had it.
    ("tcp.rfc5961", 1, |s, n| s.tcp_mut().rfc5961 = n == 1),
    // tc qdisc … limit 0: the device refuses every frame.
    (DEVICE_REFUSES, 1, |s, n| s.tcp_mut().device_full = n == 1),
    // ethtool -K … gro on: what arrives longer than this was put together of segments of this size.
    ("device.gro_size", 65_535, |s, n| s.tcp_mut().gro_size = n),
    // Parameters of the module tcp_cubic.
    ("tcp_cubic.hystart", 1, |s, n| s.tcp_mut().hystart = if n == 1 { s.tcp.hystart.max(3) } else { 0 }),
    ("tcp_cubic.hystart_detect", 3, |s, n| s.tcp_mut().hystart = n as u8),
    ("net.ipv4.ip_default_ttl", 255, |s, n| s.default_ttl = n.max(1) as u8),
    ("net.ipv4.tcp_mtu_probing", 2, |s, n| s.tcp_mut().mtu_probing = n as u8),
    ("net.ipv4.tcp_base_mss", 65_535, |s, n| s.tcp_mut().base_mss = n as u16),
    ("net.ipv4.tcp_mtu_probe_floor", 65_535, |s, n| s.tcp_mut().mtu_probe_floor = n as u16),
    ("net.ipv4.tcp_min_snd_mss", 65_535, |s, n| s.tcp_mut().min_snd_mss = n.max(48) as u16),
    ("net.ipv4.tcp_probe_interval", 86_400, |s, n| {
        s.tcp_mut().mtu_probe_interval = Duration::from_secs(n.into())
    }),
    ("net.ipv4.tcp_notsent_lowat", u32::MAX, |s, n| s.tcp_mut().notsent_lowat = n),
    ("net.ipv4.tcp_moderate_rcvbuf", 1, |s, n| s.tcp_mut().moderate_rcvbuf = n == 1),
    ("net.ipv4.tcp_fastopen", u32::MAX, |s, n| s.fast_open = n),
    (FAST_OPEN_PAUSE, i32::MAX as u32, |s, n| s.fast_open_pause = Duration::from_secs(n.into())),
    ("net.ipv4.conf.all.arp_accept", 1, |s, n| s.arp_accept = n == 1),
    ("net.ipv4.conf.all.arp_notify", 1, |s, n| s.arp_notify = n == 1),
    ("net.ipv6.conf.all.dad_transmits", 255, |s, n| s.dad_transmits = n),
    ("RLIMIT_NOFILE", 1_048_576, |s, n| s.nofile = n),
];

impl Settings {
    /// What the neighbour table of an address's family does.
    pub(crate) fn neigh(&self, addr: std::net::IpAddr) -> &NeighSettings {
        self.neigh_of(addr.is_ipv4())
    }
    pub(crate) fn neigh_of(&self, v4: bool) -> &NeighSettings {
        &self.neigh[usize::from(!v4)]
    }
    fn tcp_mut(&mut self) -> &mut Config {
        Rc::make_mut(&mut self.tcp)
    }
}

type NeighSetter = fn(&mut NeighSettings, u32);

/// Settings of a neighbour table, by their names in both families.
const NEIGH: &[([&str; 2], NeighSetter)] = &[
    (both!("base_reachable_time_ms"), |s, n| s.base_reachable = Duration::from_millis(n.into())),
    (both!("delay_first_probe_time"), |s, n| s.delay_first_probe = Duration::from_secs(n.into())),
    (both!("retrans_time_ms"), |s, n| s.retrans = Duration::from_millis(n.into())),
    (both!("ucast_solicit"), |s, n| s.ucast_solicit = n),
    (both!("mcast_solicit"), |s, n| s.mcast_solicit = n),
    (both!("unres_qlen_bytes"), |s, n| s.unres_qlen = n),
    (both!("gc_stale_time"), |s, n| s.gc_stale = Duration::from_secs(n.into())),
    // In hundredths of a second (USER_HZ).
    (both!("locktime"), |s, n| s.locktime = Duration::from_millis(u64::from(n) * 10)),
    (both!("gc_thresh1"), |s, n| s.gc_thresh[0] = n),
    (both!("gc_thresh3"), |s, n| s.gc_thresh[1] = n),
];

/// Where a setting of a neighbour table goes, and whether it is IPv4's.
fn neigh_setting(key: &str) -> Option<(NeighSetter, bool)> {
    NEIGH.iter().find_map(|([v4, v6], set)| (key == *v4 || key == *v6).then_some((*set, key == *v4)))
}

/// Names of all settings.
pub fn names() -> Vec<&'static str> {
    let special = [ISN, "net.ipv4.ip_local_port_range", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"];
    let special = special.into_iter().chain(["net.ipv4.tcp_congestion_control", "net.ipv4.tcp_fastopen_key"]);
    let special = special.chain(NEIGH.iter().flat_map(|(names, _)| *names));
    let special = special.chain(network::SYSCTLS.iter().map(|(name, ..)| *name));
    SYSCTLS.iter().map(|(name, ..)| *name).chain(special).chain(FIXED.iter().map(|(name, _)| *name)).collect()
}
