//! What a script says about its world: option lines, and the commands that are configuration.

use crate::ast::{Script, What};
use std::net::IpAddr;

/// Options of a script, with the tool's defaults.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// Profile of the host, `linux` unless the script says otherwise (`--profile=rfc`: an addition of ours).
    pub profile: String,
    pub local_ip: IpAddr,
    pub remote_ip: IpAddr,
    pub gateway_ip: IpAddr,
    pub bind_port: u16,
    pub connect_port: u16,
    pub mtu: u16,
    pub tolerance_usecs: u64,
    pub tolerance_percent: f64,
    pub ts_tick_usecs: u64,
    /// Size of the segments of which longer ones that come in were put together, octets; 0: as they come.
    pub mss: u16,
    pub ecr_scaled: bool,
    pub strict_segments: bool,
    /// Wrong packets, wrong calls: told, but not the end of the script.
    pub non_fatal: (bool, bool),
}

/// A way for a host to be set differently.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Setting {
    /// Back to what every script finds at its beginning.
    Defaults,
    /// A sysctl by its dotted name.
    Sysctl(String, String),
    /// Time passes (`sleep`), nanoseconds.
    Sleep(u64),
    /// A file of so many zeros is made (`dd … if=/dev/zero`).
    Zeros(String, u64),
    /// What was learned of peers is forgotten (`ip tcp_metrics flush all`).
    ForgetServers,
    /// A file is removed.
    Remove(String),
}

/// What every script finds on the profile `linux`: those settings in which the original tool's defaults differ from
/// the kernel's.
const DEFAULTS: [(&str, &str); 8] = [
    ("net.ipv4.tcp_ecn", "0"),
    ("net.ipv4.tcp_rmem", "4096 540000 15728640"),
    ("net.ipv4.tcp_wmem", "4096 262144 4194304"),
    ("net.ipv4.tcp_syn_retries", "5"),
    ("net.ipv4.tcp_synack_retries", "5"),
    ("net.ipv4.tcp_slow_start_after_idle", "0"),
    ("net.ipv4.tcp_fastopen", "0x70403"),
    ("net.ipv4.tcp_fastopen_key", "a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4"),
];

impl Settings {
    /// Settings of the host that differ from its profile's when a script begins.
    pub fn defaults(&self) -> Vec<(&'static str, String)> {
        let linux: &[_] = if self.profile == "linux" { &DEFAULTS } else { &[] };
        let own = [("device.gro_size", self.mss.to_string())];
        linux.iter().map(|(key, value)| (*key, value.to_string())).chain(own).collect()
    }

    /// Reads the option lines; an error names what is not supported.
    pub fn read(script: &Script) -> Result<Settings, String> {
        let option = |name: &str| {
            script.options.iter().rev().find(|o| o.name == name).and_then(|o| o.value.as_deref())
        };
        let v6 = match option("ip_version") {
            None | Some("ipv4" | "ipv4-mapped-ipv6") => false,
            Some("ipv6") => true,
            Some(other) => return Err(format!("--ip_version={other}")),
        };
        let address = |v4: [u8; 4], v6_text: &str| -> IpAddr {
            if v6 { v6_text.parse().unwrap_or(IpAddr::from([0; 16])) } else { IpAddr::from(v4) }
        };
        // The original tool's own addresses; with IPv6 its runs use an MTU that keeps the MSS at 1460.
        let mut s = Settings {
            profile: "linux".into(),
            local_ip: address([192, 168, 0, 1], "fd3d:fa7b:d17d::1"),
            remote_ip: address([192, 0, 2, 1], "2001:db8::1"),
            gateway_ip: address([192, 168, 0, 2], "fd3d:fa7b:d17d::2"),
            bind_port: 8080,
            connect_port: 8080,
            mtu: if v6 { 1520 } else { 1500 },
            tolerance_usecs: 4_000,
            tolerance_percent: 12.5,
            ts_tick_usecs: 0,
            mss: 0,
            ecr_scaled: false,
            strict_segments: false,
            non_fatal: (false, false),
        };
        for option in &script.options {
            let value = option.value.as_deref().unwrap_or("");
            s.set(&option.name, value).ok_or_else(|| format!("the option --{}={value}", option.name))?;
        }
        if s.local_ip.is_ipv4() != s.remote_ip.is_ipv4() || s.local_ip.is_ipv4() != s.gateway_ip.is_ipv4() {
            return Err("addresses of different families".into());
        }
        Ok(s)
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "ip_version" => {}
            "profile" => self.profile = value.into(),
            "local_ip" => self.local_ip = value.parse().ok()?,
            "remote_ip" => self.remote_ip = value.parse().ok()?,
            "gateway_ip" => self.gateway_ip = value.parse().ok()?,
            "bind_port" => self.bind_port = value.parse().ok().filter(|p| *p > 0)?,
            "connect_port" => self.connect_port = value.parse().ok().filter(|p| *p > 0)?,
            "mtu" => self.mtu = value.parse().ok().filter(|m| *m >= 68)?,
            "tolerance_usecs" => self.tolerance_usecs = value.parse().ok()?,
            "tolerance_percent" => {
                self.tolerance_percent = value.parse().ok().filter(|p: &f64| p.is_finite() && *p >= 0.0)?;
            }
            "mss" => self.mss = value.parse().ok()?,
            "tcp_ts_tick_usecs" => self.ts_tick_usecs = value.parse().ok()?,
            "tcp_ts_ecr_scaled" => self.ecr_scaled = true,
            "strict_segments" => self.strict_segments = true,
            "non_fatal" => {
                for word in value.split(',') {
                    match word {
                        "packet" => self.non_fatal.0 = true,
                        "syscall" => self.non_fatal.1 = true,
                        _ => return None,
                    }
                }
            }
            // How a live kernel is reached and watched; here there is nothing to reach.
            "netmask_ip" | "speed" | "verbose" | "persistent_tun_dev" | "init_scripts" => {}
            _ => return None,
        }
        Some(())
    }
}

/// Reads a command as configuration; an error names the part that is none.
pub(super) fn command(text: &str) -> Result<Vec<Setting>, String> {
    let joined = text.replace("\\\n", " ");
    let mut out = Vec::new();
    for line in joined.split(['\n', ';']).flat_map(|l| l.split("&&")) {
        let line = line.split(" #").next().unwrap_or("").replace("> /dev/null", ">/dev/null");
        // Where output goes changes nothing.
        let words = line.split_whitespace().filter(|w| !w.contains("/dev/null") && *w != "2>&1");
        let line = arithmetic(&words.collect::<Vec<_>>().join(" "));
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            one_command(line, &mut out)?;
        }
    }
    Ok(out)
}

/// Puts in the values of `$((15*1024*1024))`: products and sums of integers. What is more stays, to be refused.
fn arithmetic(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("$((") {
        let Some((inner, behind)) = after.split_once("))") else { break };
        let product = |term: &str| -> Option<u64> {
            term.split('*').try_fold(1u64, |n, f| n.checked_mul(f.trim().parse().ok()?))
        };
        let sum = inner.split('+').try_fold(0u64, |n, term| n.checked_add(product(term)?));
        let Some(value) = sum else { break };
        out += before;
        out += &value.to_string();
        rest = behind;
    }
    out + rest
}

fn one_command(line: &str, out: &mut Vec<Setting>) -> Result<(), String> {
    let unsupported = || format!("the command `{line}`");
    let words: Vec<&str> = line.split_whitespace().collect();
    let (&program, arguments) = words.split_first().ok_or_else(unsupported)?;
    let name = program.rsplit('/').next().unwrap_or(program);
    match name {
        "defaults.sh" | "set_defaults.sh" => out.push(Setting::Defaults),
        // Written by the original's set_sysctls.py: puts back what that had changed.
        _ if name.starts_with("sysctl_restore_") => out.push(Setting::Defaults),
        "true" | ":" => {}
        "sleep" => {
            let seconds =
                arguments.first().and_then(|s| s.parse::<f64>().ok()).filter(|s| (0.0..1e6).contains(s));
            out.push(Setting::Sleep((seconds.ok_or_else(unsupported)? * 1e9) as u64));
        }
        "sysctl" => {
            let pairs = pairs(line).ok_or_else(unsupported)?;
            out.extend(pairs.into_iter().map(|(key, value)| Setting::Sysctl(key, value)));
        }
        "set_sysctls.py" => {
            for (path, value) in pairs(line).ok_or_else(unsupported)? {
                let key = path.strip_prefix("/proc/sys/").ok_or_else(unsupported)?.replace('/', ".");
                out.push(Setting::Sysctl(key, value));
            }
        }
        "echo" => {
            let [value, ">", path] = arguments else { return Err(unsupported()) };
            out.push(Setting::Sysctl(file_setting(path).ok_or_else(unsupported)?, (*value).into()));
        }
        "ethtool" if is_offload(arguments) => {}
        "dd" => out.push(zeros(arguments).ok_or_else(unsupported)?),
        "rm" => {
            let paths = arguments.iter().filter(|a| !a.starts_with('-'));
            out.extend(paths.map(|p| Setting::Remove(p.to_string())));
        }
        "ip" if arguments == ["tcp_metrics", "flush", "all"] => out.push(Setting::ForgetServers),
        // A queue that never drops is what the simulated device has; one of length 0 refuses everything.
        "tc" if ["root pfifo", "root fq"].iter().any(|q| line.ends_with(q))
            || [" qdisc del ", " qdisc delete "].iter().any(|q| line.contains(q)) =>
        {
            out.push(Setting::Sysctl("device.refuses".into(), "0".into()));
        }
        "tc" if line.ends_with("root pfifo limit 0") => {
            out.push(Setting::Sysctl("device.refuses".into(), "1".into()));
        }
        _ => return Err(unsupported()),
    }
    Ok(())
}

/// `sysctl [-q] [-w] key=value …` and the like; a value in quotes may hold spaces.
fn pairs(line: &str) -> Option<Vec<(String, String)>> {
    let mut out = Vec::new();
    let mut rest = line.split_once(char::is_whitespace)?.1.trim_start();
    while !rest.is_empty() {
        if rest.starts_with('-') {
            rest = rest.split_once(char::is_whitespace).map_or("", |(_, r)| r.trim_start());
            continue;
        }
        let (key, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix(['"', '\'']) {
            Some(quoted) => quoted.split_once(['"', '\''])?,
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if key.contains(char::is_whitespace) {
            return None;
        }
        out.push((key.into(), value.into()));
        rest = after.trim_start();
    }
    Some(out)
}

/// Files under /proc/sys and /sys that are settings of TCP.
fn file_setting(path: &str) -> Option<String> {
    if let Some(key) = path.strip_prefix("/proc/sys/") {
        return Some(key.replace('/', "."));
    }
    let parameter = path.strip_prefix("/sys/module/")?;
    let (module, name) = parameter.split_once("/parameters/")?;
    Some(format!("{module}.{name}"))
}

/// `dd if=/dev/zero of=PATH bs=N count=M …`
fn zeros(arguments: &[&str]) -> Option<Setting> {
    let value = |name: &str| arguments.iter().find_map(|a| a.strip_prefix(name));
    if value("if=")? != "/dev/zero" {
        return None;
    }
    let size = |text: &str| {
        let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        let unit = match unit {
            "" => 1,
            "k" | "K" => 1 << 10,
            "M" => 1 << 20,
            _ => return None,
        };
        digits.parse::<u64>().ok()?.checked_mul(unit)
    };
    let len = size(value("bs=").unwrap_or("512"))?.checked_mul(size(value("count=")?)?)?;
    Some(Setting::Zeros(value("of=")?.into(), len))
}

/// `ethtool -K DEV feature on|off …`: nothing that shows. Linux cuts bursts in software where a device does not
/// (sk_setup_caps), so segments look the same either way.
fn is_offload(arguments: &[&str]) -> bool {
    let ["-K", _device, features @ ..] = arguments else { return false };
    let known = ["tso", "gso", "gro", "lro", "rx", "tx", "sg"];
    features.chunks(2).all(|pair| matches!(pair, [feature, "on" | "off"] if known.contains(feature)))
}

/// The first thing of the script that can be seen, without running it, not to be supported.
pub(super) fn unsupported(script: &Script) -> Option<(u32, String)> {
    for c in script.init.iter().chain(&script.cleanup) {
        if let Err(what) = command(&c.text) {
            return Some((c.at.line, what));
        }
    }
    for event in &script.events {
        let what = match &event.what {
            What::Unsupported(what) => Some(what.clone()),
            What::Command(c) => command(&c.text).err(),
            What::Call { call, .. } => super::calls::unknown(call),
            What::Packet(_) | What::Code(_) => None,
        };
        if let Some(what) = what {
            return Some((event.span.from.line, what));
        }
    }
    None
}
