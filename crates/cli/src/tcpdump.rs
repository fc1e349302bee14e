//! A packet in a line, as tcpdump(8) prints it.
use lab::view::{FieldView, PacketView};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Initial sequence numbers by sender, as `address.port > address.port`: what tcpdump's relative numbers
/// count from.
#[derive(Default)]
pub struct Conversations {
    absolute: bool,
    isn: BTreeMap<String, u32>,
}

impl Conversations {
    /// With `absolute`, sequence numbers are printed as they stand in the header (tcpdump -S).
    pub fn new(absolute: bool) -> Conversations {
        Conversations { absolute, isn: BTreeMap::new() }
    }

    /// One line for a packet sent at `ns`.
    pub fn line(&mut self, ns: f64, packet: &PacketView) -> String {
        let fields = Fields::of(packet);
        let body = match self.tcp(&fields, packet.payload) {
            Some(tcp) => tcp,
            None => packet.summary.clone(),
        };
        format!("{} {body}", clock(ns))
    }

    fn tcp(&mut self, f: &Fields<'_>, payload: u32) -> Option<String> {
        let (ip, src, dst) = match (f.text("ip.src"), f.text("ipv6.src")) {
            (Some(src), _) => ("IP", src, f.text("ip.dst")?),
            (_, Some(src)) => ("IP6", src, f.text("ipv6.dst")?),
            _ => return None,
        };
        let (sport, dport) = (f.text("tcp.srcport")?, f.text("tcp.dstport")?);
        let (seq, ack) = (f.number("tcp.seq")?, f.number("tcp.ack")?);
        let (there, back) =
            (format!("{src}.{sport} > {dst}.{dport}"), format!("{dst}.{dport} > {src}.{sport}"));
        let syn = f.is_set("tcp.flags.syn");
        // tcpdump shows the first numbers of each direction as they are.
        let fresh = syn || !self.isn.contains_key(&there);
        if fresh {
            self.isn.insert(there.clone(), seq);
        }
        let base = |from: &str| if self.absolute { 0 } else { self.isn.get(from).copied().unwrap_or(0) };
        let seq = if fresh { seq } else { seq.wrapping_sub(base(&there)) };
        let shown_ack = if fresh { ack } else { ack.wrapping_sub(base(&back)) };

        let mut line = format!("{ip} {there}: Flags [{}]", flags(f));
        if payload > 0 {
            let _ = write!(line, ", seq {seq}:{}", seq.wrapping_add(payload));
        } else if syn || f.is_set("tcp.flags.fin") || f.is_set("tcp.flags.reset") {
            let _ = write!(line, ", seq {seq}");
        }
        if f.is_set("tcp.flags.ack") {
            let _ = write!(line, ", ack {shown_ack}");
        }
        let _ = write!(line, ", win {}", f.text("tcp.window_size_value")?);
        if f.is_set("tcp.flags.urg") {
            let _ = write!(line, ", urg {}", f.text("tcp.urgent_pointer")?);
        }
        let options = options(f);
        if !options.is_empty() {
            let _ = write!(line, ", options [{}]", options.join(","));
        }
        let _ = write!(line, ", length {payload}");
        Some(line)
    }
}

/// `00:00:01.003421`: time since the world began.
fn clock(ns: f64) -> String {
    let us = (ns / 1e3).round() as u64;
    let s = us / 1_000_000;
    format!("{:02}:{:02}:{:02}.{:06}", s / 3600, s / 60 % 60, s % 60, us % 1_000_000)
}

/// tcpdump's letters, in its order; `none` for no flag at all.
fn flags(f: &Fields<'_>) -> String {
    let letters = [
        ("tcp.flags.fin", 'F'),
        ("tcp.flags.syn", 'S'),
        ("tcp.flags.reset", 'R'),
        ("tcp.flags.push", 'P'),
        ("tcp.flags.ack", '.'),
        ("tcp.flags.urg", 'U'),
        ("tcp.flags.ece", 'E'),
        ("tcp.flags.cwr", 'W'),
        ("tcp.flags.ae", 'e'),
    ];
    let set: String = letters.iter().filter(|(name, _)| f.is_set(name)).map(|(_, letter)| letter).collect();
    if set.is_empty() { "none".into() } else { set }
}

/// Options in wire order, as tcpdump names them.
fn options(f: &Fields<'_>) -> Vec<String> {
    let mut named = Vec::new();
    let mut kinds = f.all.iter().enumerate().filter(|(_, field)| field.name == "tcp.option_kind").peekable();
    while let Some((at, kind)) = kinds.next() {
        let end = kinds.peek().map_or(f.all.len(), |(next, _)| *next);
        let inside = Fields { all: f.all[at..end].to_vec() };
        let value = |name: &str| inside.text(name).unwrap_or("?");
        named.push(match kind.value.as_str() {
            "0" => "eol".into(),
            "1" => "nop".into(),
            "2" => format!("mss {}", value("tcp.options.mss_val")),
            "3" => format!("wscale {}", value("tcp.options.wscale.shift")),
            "4" => "sackOK".into(),
            "5" => sack(&inside),
            "8" => {
                format!(
                    "TS val {} ecr {}",
                    value("tcp.options.timestamp.tsval"),
                    value("tcp.options.timestamp.tsecr")
                )
            }
            "34" => "tfo".into(),
            other => format!("unknown-{other}"),
        });
    }
    named
}

/// `sack 2 {1:101}{201:301}`, numbers as they stand in the header.
fn sack(option: &Fields<'_>) -> String {
    let edges = |name: &str| -> Vec<&str> {
        option.all.iter().filter(|f| f.name == name).map(|f| f.value.as_str()).collect()
    };
    let (left, right) = (edges("tcp.options.sack_le"), edges("tcp.options.sack_re"));
    let blocks: String = left.iter().zip(&right).map(|(l, r)| format!("{{{l}:{r}}}")).collect();
    format!("sack {} {blocks}", left.len())
}

/// A packet's fields in wire order, groups before what they hold.
struct Fields<'a> {
    all: Vec<&'a FieldView>,
}

impl<'a> Fields<'a> {
    fn of(packet: &'a PacketView) -> Fields<'a> {
        let mut all = Vec::new();
        fn walk<'a>(fields: &'a [FieldView], all: &mut Vec<&'a FieldView>) {
            for field in fields {
                all.push(field);
                walk(&field.children, all);
            }
        }
        walk(&packet.layers, &mut all);
        Fields { all }
    }
    fn text(&self, name: &str) -> Option<&'a str> {
        self.all.iter().find(|f| f.name == name).map(|f| f.value.as_str())
    }
    fn number(&self, name: &str) -> Option<u32> {
        self.text(name)?.parse().ok()
    }
    fn is_set(&self, name: &str) -> bool {
        self.text(name) == Some("1")
    }
}
