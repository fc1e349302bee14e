//! What a translator tracks, as a face shows it and as conntrack(8) writes it.

use crate::session::Session;
use crate::view::TrackedView;
use host::{Host, TrackedDir, TrackedEntry, Tuple};
use net::{NodeId, World};
use std::fmt::Write;
use std::net::SocketAddr;
use tcp::time::Instant;

impl Session {
    /// The table of a node, with what it was at the step before.
    pub(crate) fn tracked(&self, id: NodeId, host: &Host, before: Option<&World>) -> Vec<TrackedView> {
        let old = before.and_then(|w| w.host(id)).and_then(Host::tracked);
        let old: Option<Vec<&TrackedEntry>> = old.map(Iterator::collect);
        let view = |e: &TrackedEntry| {
            let was = old.as_ref().map(|o| o.iter().find(|o| (o.original, o.since) == (e.original, e.since)));
            let leaves = e.leaves(TrackedDir::Original);
            TrackedView {
                protocol: protocol(e.original.protocol).into(),
                state: state(e).unwrap_or_default().into(),
                was: was.flatten().filter(|o| o.state != e.state).and_then(|o| state(o)).map(str::to_owned),
                source: source(&e.original),
                destination: destination(&e.original),
                source_after: source(&leaves),
                destination_after: destination(&leaves),
                replied: e.replied,
                assured: e.assured,
                packets: e.packets.map(|n| n as f64),
                until: e.dies.0 as f64,
                changed: was.is_some_and(|o| o.is_none_or(|o| o.state != e.state || o.replied != e.replied)),
            }
        };
        host.tracked().map_or_else(Vec::new, |all| all.map(view).collect())
    }
}

fn source(t: &Tuple) -> String {
    SocketAddr::from((t.src, t.src_port)).to_string()
}

fn destination(t: &Tuple) -> String {
    SocketAddr::from((t.dst, t.dst_port)).to_string()
}

fn protocol(number: u8) -> &'static str {
    match number {
        wire::ip::TCP => "tcp",
        wire::ip::UDP => "udp",
        wire::ip::ICMP => "icmp",
        _ => "unknown",
    }
}

/// State, of TCP.
fn state(e: &TrackedEntry) -> Option<&'static str> {
    (e.original.protocol == wire::ip::TCP).then(|| e.state.name())
}

/// `conntrack -L`
pub(crate) fn conntrack(host: &Host, now: Instant) -> String {
    let Some(all) = host.tracked() else {
        return "this host tracks no connections: it does not translate\n".into();
    };
    let (mut out, mut count) = (String::new(), 0);
    for e in all {
        let number = e.original.protocol;
        let left = e.dies.since(now).0 / 1_000_000_000;
        _ = write!(out, "{:<8} {number} {left} ", protocol(number));
        if let Some(state) = state(e) {
            _ = write!(out, "{state} ");
        }
        side(&mut out, &e.original, 8);
        if !e.replied {
            out.push_str("[UNREPLIED] ");
        }
        side(&mut out, &e.reply, 0);
        if e.assured {
            out.push_str("[ASSURED] ");
        }
        out.push_str("mark=0 use=1\n");
        count += 1;
    }
    _ = writeln!(out, "conntrack: {count} flow entries have been shown.");
    out
}

/// `echo`: type of the ICMP message that goes this way.
fn side(out: &mut String, t: &Tuple, echo: u8) {
    _ = write!(out, "src={} dst={} ", t.src, t.dst);
    _ = match t.protocol {
        wire::ip::ICMP => write!(out, "type={echo} code=0 id={} ", t.src_port),
        wire::ip::TCP | wire::ip::UDP => write!(out, "sport={} dport={} ", t.src_port, t.dst_port),
        _ => Ok(()),
    };
}
