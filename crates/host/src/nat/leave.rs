//! The second of the two places where a host translates: before a datagram leaves (postrouting), where it comes from.

use super::Segment;
use super::hooks::{Tracked, dst, src};
use super::table::{Dir, Full, Tuple};
use crate::ip::Route;
use crate::secret::{FourTuple, Use};
use crate::step::{Refused, Step};
use crate::store::own;
use crate::{Host, TimerKey, rules};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tcp::rule;
use wire::ip;
use wire::layout::ipv4;
use wire::rewrite::{End, replace, translate};

impl Host {
    /// Begins an entry for a first packet, and translates the source.
    pub(crate) fn postrouting(
        &mut self,
        tracked: Tracked,
        route: &Route,
        datagram: &mut [u8],
        cx: &mut Step,
    ) -> Result<(), Refused> {
        let (came, leaves) = match tracked {
            Tracked::Known { came, leaves } => (came, leaves),
            Tracked::New { came, now, segment, inside } => {
                (came, self.begin(came, now, (segment, inside), route, cx)?)
            }
            Tracked::Related(sender) => {
                // An error has no ports of its own.
                let header = ipv4::CHECKSUM.range();
                replace(datagram, ipv4::SRC.range(), &sender.octets(), &[(header, false)]);
                return Ok(());
            }
        };
        if (came.src, came.src_port) != (leaves.src, leaves.src_port)
            && let Some(changed) = translate(datagram, End::Source, leaves.src, leaves.src_port)
        {
            let sums = changed.transport.unwrap_or(changed.header);
            rule!(cx.r, rules::NAT_SOURCE, Act, src(&came), src(&leaves), sums.0, sums.1);
        }
        Ok(())
    }

    /// An entry for a packet that came in as `came` and goes out by `route` as `now`; gives what it looks like then.
    fn begin(
        &mut self,
        came: Tuple,
        now: Tuple,
        (segment, inside): (Option<Segment>, bool),
        route: &Route,
        cx: &mut Step,
    ) -> Result<Tuple, Refused> {
        let Some(nat) = &self.nat else { return Ok(now) };
        let forwarded = came.dst != now.dst;
        let outer = match route.src {
            IpAddr::V4(outer) if nat.config.outside.contains(&route.iface) => Some(outer),
            // RFC 4787 REQ-9: who is reached by the outer address sees the outer address.
            _ if forwarded && inside => Some(came.dst),
            _ => None,
        };
        let mut leaves = now;
        let mut mapping = forwarded.then_some(((now.dst, now.dst_port), (came.dst, came.dst_port)));
        if let Some(outer) = outer.filter(|o| *o != now.src) {
            let Some(port) = self.outer_port(now, outer) else {
                return Err(self.untracked(Full::Ports, &came, cx));
            };
            rule!(cx.r, rules::NAT_MAPPED, Act, src(&now), SocketAddr::from((outer, port)), dst(&now));
            leaves = with_source(now, outer, port);
            mapping = Some(((came.src, came.src_port), (outer, port)));
        }
        let Host { nat: Some(nat), settings, .. } = self else { return Ok(now) };
        let (nat, network) = (own(nat), &settings.network);
        match nat.begin(cx.now, (came, leaves), mapping, network.conntrack_max) {
            Ok(id) => {
                nat.passes(cx.now, (id, Dir::Original), segment, &network.timeouts);
                self.arm_nat(cx);
                Ok(leaves)
            }
            Err(full) => Err(self.untracked(full, &came, cx)),
        }
    }

    /// A port of the outer address that neither an entry nor a connection of this host's own uses.
    fn outer_port(&self, now: Tuple, outer: Ipv4Addr) -> Option<u16> {
        let tuple = |local_port| FourTuple {
            local: outer.into(),
            remote: now.dst.into(),
            local_port,
            remote_port: now.dst_port,
        };
        let taken = |port: u16| now.protocol == ip::TCP && self.tuples.get(&tuple(port)).is_some();
        let inner = FourTuple {
            local: now.src.into(),
            remote: now.dst.into(),
            local_port: now.src_port,
            remote_port: now.dst_port,
        };
        let start = self.secret.word(Use::Nat, &inner, now.protocol.into());
        self.nat.as_ref()?.port(now, outer, start, &taken)
    }

    fn untracked(&mut self, full: Full, came: &Tuple, cx: &mut Step) -> Refused {
        let rule = match full {
            Full::Table => {
                let most = self.settings.network.conntrack_max;
                rule!(cx.r, rules::NAT_TABLE_FULL, Drop, most);
                &rules::NAT_TABLE_FULL
            }
            Full::Ports => {
                rule!(cx.r, rules::NAT_NO_PORT, Drop, src(came), dst(came));
                &rules::NAT_NO_PORT
            }
        };
        self.count_quietly("NfConntrackDrop");
        Refused::new(rule, came.src_port.into(), came.dst_port.into())
    }

    /// Sets the timer for the entry that ends first.
    pub(crate) fn arm_nat(&mut self, cx: &mut Step) {
        let Some(nat) = self.nat.as_mut().map(own) else { return };
        let deadline = nat.deadline();
        if nat.armed != deadline {
            nat.armed = deadline;
            cx.out.timers.push((TimerKey::Nat, deadline));
        }
    }

    /// Entries whose time is over are forgotten.
    pub(crate) fn nat_expires(&mut self, cx: &mut Step) {
        let Some(nat) = self.nat.as_mut().map(own) else { return };
        nat.armed = None;
        while let Some(entry) = nat.expire(cx.now) {
            let state = entry.state.name();
            rule!(cx.r, rules::NAT_EXPIRED, Act, src(&entry.original), dst(&entry.original), state);
        }
        self.arm_nat(cx);
    }
}

/// The packet with another source. An echo's identifier stands at both ends.
pub(super) fn with_source(now: Tuple, outer: Ipv4Addr, port: u16) -> Tuple {
    let dst_port = if now.protocol == ip::ICMP { port } else { now.dst_port };
    Tuple { src: outer, src_port: port, dst_port, ..now }
}
