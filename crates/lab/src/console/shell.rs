//! Questions at a host, answered as Linux's tools write it: ss(8), nstat(8), netstat(8), ps(1).

use crate::commands::node_id;
use crate::error::{Result, error, num};
use crate::network;
use crate::session::Session;
use crate::tracked::conntrack;
use host::{Host, SocketInfo};
use std::fmt::Write;
use std::net::SocketAddr;
use tcp::time::Instant;
use tcp::{Info, State};

/// What can be asked, with a word on what it tells.
pub const SHELL_COMMANDS: &[(&str, &str)] = &[
    ("ss -tan", "sockets"),
    ("ss -ltn", "listeners: Recv-Q is the accept queue, Send-Q the backlog"),
    ("ss -tin", "connections with TCP_INFO"),
    ("ss -uan", "UDP"),
    ("ss -an", "all sockets, raw and packet sockets too"),
    ("nstat", "counters that are not zero"),
    ("netstat -s", "counters by protocol"),
    ("ps", "processes"),
    ("ip addr", "interfaces"),
    ("ip route", "routes, and those that were refused"),
    ("ip neigh", "neighbours and their states"),
    ("arp -n", "neighbours of IPv4"),
    ("conntrack -L", "connections that a NAT tracks, with what they become"),
    ("bridge fdb", "where a switch has seen which address"),
];

impl Session {
    /// The answer to a question; `None` where the line asks none, and is a call.
    ///
    /// # Errors
    /// `unknown_node`.
    pub fn ask(&self, node: u32, line: &str) -> Result<Option<String>> {
        let host = self.world.host(node_id(node)?);
        let host = host.ok_or_else(|| error("unknown_node", [("node", num(node))]))?;
        let now = self.world.now();
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(match words.as_slice() {
            ["ss", options @ ..] => Some(ss(host, now, &options.concat())),
            ["nstat", ..] => Some(nstat(host)),
            ["netstat", options @ ..] if options.contains(&"-s") => Some(netstat(host)),
            ["netstat", ..] => Some(ss(host, now, "-tan")),
            ["ps", ..] => Some(ps(host)),
            ["ifconfig", ..] => Some(network::addresses(host)),
            ["ip", rest @ ..] => network::ip(host, rest),
            ["conntrack", ..] => Some(conntrack(host, now)),
            ["arp", ..] => Some(network::arp(host)),
            ["bridge", ..] => Some(network::forwarding(&self.world, node_id(node)?, host, now)),
            _ => None,
        })
    }
}

/// One socket, in a few words: `LISTEN 0.0.0.0:80`.
pub fn row(s: &SocketInfo) -> String {
    match s.remote {
        Some(remote) => format!("{} {} → {remote}", s.ss(), end(s.local)),
        None => format!("{} {}", s.ss(), end(s.local)),
    }
}

fn end(addr: Option<SocketAddr>) -> String {
    addr.map_or_else(|| any(addr).into(), |a| a.to_string())
}

/// Nobody, as a socket with this address of its own would name him.
pub(crate) fn any(own: Option<SocketAddr>) -> &'static str {
    if own.is_some_and(|l| l.is_ipv6()) { "[::]:*" } else { "0.0.0.0:*" }
}

/// `-l`: listeners alone; `-a`: them too; `-i`: TCP_INFO under each connection; `-t -u -w -0`: of these families alone.
fn ss(host: &Host, now: Instant, options: &str) -> String {
    let has = |c| options.contains(c);
    let chosen: Vec<char> = options.chars().filter(|c| "tuw0".contains(*c)).collect();
    let of_family = |netid: &str| {
        let letter = match netid {
            "tcp" => 't',
            "udp" => 'u',
            "p_raw" => '0',
            _ => 'w',
        };
        chosen.is_empty() || chosen.contains(&letter)
    };
    // Where there may be several, each row says which.
    let netid = |s: &str| if chosen.len() == 1 { String::new() } else { format!("{s:<6}") };
    let mut out = format!(
        "{}{:<10} {:>6} {:>6} {:>24} {:>24}\n",
        netid("Netid"),
        "State",
        "Recv-Q",
        "Send-Q",
        "Local Address:Port",
        "Peer Address:Port"
    );
    for s in host.sockets() {
        let tcp = s.netid == "tcp";
        let listens = s.state == State::Listen || !tcp && s.remote.is_none();
        let shown = match (has('l'), has('a')) {
            (true, _) => listens,
            (false, true) => !tcp || s.state != State::Closed,
            (false, false) => !listens && (!tcp || s.state != State::Closed),
        };
        if !shown || !of_family(s.netid) {
            continue;
        }
        // Writing to a String cannot fail.
        _ = writeln!(
            out,
            "{}{:<10} {:>6} {:>6} {:>24} {:>24}",
            netid(s.netid),
            s.ss(),
            s.recv_q,
            s.send_q,
            end(s.local),
            s.remote.map_or_else(|| any(s.local).into(), |a| a.to_string())
        );
        if has('i')
            && let (Some(local), Some(remote)) = (s.local, s.remote)
            && let Some(info) = host.connection_info(now, local, remote)
        {
            _ = writeln!(out, "\t {}", tcp_info(&info));
        }
    }
    out
}

/// As ss(8) writes it, times in milliseconds.
fn tcp_info(i: &Info) -> String {
    let ms = |us: u64| us as f64 / 1e3;
    let mut out = format!(
        "wscale:{},{} rto:{} rtt:{}/{} mss:{} pmtu:{} advmss:{} cwnd:{}",
        i.snd_wscale,
        i.rcv_wscale,
        ms(i.rto),
        ms(i.rtt),
        ms(i.rttvar),
        i.snd_mss,
        i.pmtu,
        i.advmss,
        i.snd_cwnd
    );
    let more = [
        ("ssthresh", u64::from(i.snd_ssthresh), i.snd_ssthresh < 0x7fff_ffff),
        ("bytes_acked", i.bytes_acked, i.bytes_acked > 0),
        ("bytes_received", i.bytes_received, i.bytes_received > 0),
        ("unacked", i.unacked.into(), i.unacked > 0),
        ("sacked", i.sacked.into(), i.sacked > 0),
        ("lost", i.lost.into(), i.lost > 0),
        ("retrans", i.retrans.into(), i.retrans > 0),
        ("backoff", i.backoff.into(), i.backoff > 0),
        ("notsent", i.notsent_bytes.into(), i.notsent_bytes > 0),
        ("delivered", i.delivered.into(), i.delivered > 0),
    ];
    for (name, value, _) in more.into_iter().filter(|(.., shown)| *shown) {
        _ = write!(out, " {name}:{value}");
    }
    out
}

/// Protocol and name of a counter, as nstat(8) joins them.
fn of_protocol(name: &'static str) -> (&'static str, &'static str) {
    /// RFC 4022's; all other names are Linux's own.
    const TCP: [&str; 10] = [
        "ActiveOpens",
        "PassiveOpens",
        "AttemptFails",
        "EstabResets",
        "InSegs",
        "OutSegs",
        "RetransSegs",
        "InErrs",
        "OutRsts",
        "InCsumErrors",
    ];
    for (prefix, protocol) in [("Ip", "Ip"), ("Icmp", "Icmp"), ("Udp", "Udp")] {
        if let Some(rest) = name.strip_prefix(prefix).filter(|r| r.starts_with(char::is_uppercase)) {
            return (protocol, rest);
        }
    }
    (if TCP.contains(&name) { "Tcp" } else { "TcpExt" }, name)
}

fn nstat(host: &Host) -> String {
    let mut out = String::from("#kernel\n");
    for (name, value) in host.counters().into_iter().filter(|(_, v)| *v > 0) {
        let (protocol, rest) = of_protocol(name);
        _ = writeln!(out, "{:<32}{value:<16}0.0", format!("{protocol}{rest}"));
    }
    out
}

fn netstat(host: &Host) -> String {
    let counters = host.counters();
    let mut out = String::new();
    for section in ["Ip", "Icmp", "Tcp", "Udp", "TcpExt"] {
        let mut rows = counters.iter().filter(|(n, _)| of_protocol(n).0 == section).peekable();
        if rows.peek().is_some() {
            _ = writeln!(out, "{section}:");
        }
        for (name, value) in rows {
            _ = writeln!(out, "    {}: {value}", of_protocol(name).1);
        }
    }
    out
}

fn ps(host: &Host) -> String {
    let mut out = format!("{:>6} {:>5} {:<20} {}\n", "PID", "STAT", "WCHAN", "COMMAND");
    for p in host.processes() {
        let state = match (&p.blocked, p.exited, p.parked) {
            (_, Some(_), _) => "Z",
            (_, _, true) => "T",
            (Some(_), ..) => "S",
            _ => "R",
        };
        _ = writeln!(
            out,
            "{:>6} {:>5} {:<20} {}",
            p.pid.0,
            state,
            p.blocked.as_deref().unwrap_or("-"),
            p.file
        );
    }
    out
}
