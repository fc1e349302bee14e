//! Where a host translates, the first of two places: before it looks where a datagram goes (prerouting), which is what is
//! translated here. [`super::leave`] is the other.

use super::table::{Dir, Tuple};
use super::{Segment, TrackedState, Unsolicited};
use crate::icmp_error::Error;
use crate::secret::FourTuple;
use crate::step::{Refused, Step};
use crate::store::own;
use crate::{Host, rules};
use bytes::Bytes;
use std::net::{Ipv4Addr, SocketAddr};
use tcp::rule;
use tcp::rule::{Outcome, RuleDef, report};
use wire::datagram::{View, view};
use wire::rewrite::{End, translate};
use wire::tcp::Flags;
use wire::{ethernet, icmp, ip, layout};

/// What is known of a datagram between the two hooks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tracked {
    /// A packet of an entry: as it came in, and as it leaves.
    Known { came: Tuple, leaves: Tuple },
    /// The first packet: as it came in, as it is now, and whether a host inside sent it.
    New { came: Tuple, now: Tuple, segment: Option<Segment>, inside: bool },
    /// An ICMP error about an entry, and who is to have sent it.
    Related(Ipv4Addr),
}

/// A packet, as tracking sees it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    tuple: Tuple,
    /// Of TCP.
    segment: Option<Segment>,
    /// It answers another: an echo reply.
    answers: bool,
}

/// What becomes of a packet of no entry.
enum First {
    /// It is for this host.
    Local,
    /// It goes on as it is.
    Onward,
    /// It goes to a host inside.
    Inside((Ipv4Addr, u16), &'static RuleDef),
    /// Nobody asked for it.
    Unsolicited(&'static RuleDef),
    /// No connection begins like this.
    Invalid,
}

impl Host {
    /// Prerouting: finds the entry and translates the destination. `None` is not tracked; an error was refused.
    pub(crate) fn prerouting(
        &mut self,
        iface: usize,
        frame: &Bytes,
        cx: &mut Step,
    ) -> Result<(Bytes, Option<Tracked>), Refused> {
        let datagram = &frame[ethernet::LEN..];
        let Some(headers) = view(datagram).filter(|v| matches!(v.addrs, ip::Addrs::V4 { .. })) else {
            return Ok((frame.clone(), None));
        };
        if super::errors::is_error(datagram, &headers) {
            return Ok(self.error_passes(frame, &headers, cx));
        }
        let Some(seen) = look(datagram, &headers) else { return Ok((frame.clone(), None)) };
        let found = self.nat.as_ref().and_then(|n| n.find(&seen.tuple));
        if let Some((id, dir)) = found.filter(|found| !self.begins_anew(*found, seen.segment)) {
            let leaves = self.entry_passes((id, dir), &seen, cx)?;
            let tracked = Tracked::Known { came: seen.tuple, leaves };
            return Ok((with_destination(frame, seen.tuple, leaves, cx), Some(tracked)));
        }
        let first = self.first(iface, &seen);
        self.first_packet(iface, frame, &seen, first, cx)
    }

    /// What has come to its end may begin again from the other side.
    fn begins_anew(&mut self, (id, dir): (u32, Dir), segment: Option<Segment>) -> bool {
        let Some(nat) = self.nat.as_mut() else { return false };
        let over =
            nat.get(id).is_some_and(|e| matches!(e.state, TrackedState::TimeWait | TrackedState::Close));
        let anew = over && segment == Some(Segment::Syn) && dir == Dir::Reply;
        if anew {
            own(nat).forget(id);
        }
        anew
    }

    /// Brings an entry up to date; gives what the packet looks like when it leaves.
    fn entry_passes(&mut self, (id, dir): (u32, Dir), seen: &Seen, cx: &mut Step) -> Result<Tuple, Refused> {
        let Host { nat: Some(nat), settings, .. } = self else { return Ok(seen.tuple) };
        let nat = own(nat);
        let Some((leaves, old)) = nat.get(id).map(|e| (e.leaves(dir), e.state)) else {
            return Ok(seen.tuple);
        };
        let passed = nat.passes(cx.now, (id, dir), seen.segment, &settings.network.timeouts);
        let new = nat.get(id).map_or(old, |e| e.state);
        self.arm_nat(cx);
        if passed.is_none() {
            return Err(self.invalid(&seen.tuple, old, cx));
        }
        rule!(cx.r, rules::NAT_KNOWN, Pass, src(&seen.tuple), dst(&seen.tuple), old.name(), new.name());
        Ok(leaves)
    }

    fn invalid(&mut self, seen: &Tuple, state: TrackedState, cx: &mut Step) -> Refused {
        rule!(cx.r, rules::NAT_INVALID, Drop, src(seen), dst(seen), state.name());
        self.count_quietly("NfConntrackInvalid");
        Refused::new(&rules::NAT_INVALID, seen.src_port.into(), seen.dst_port.into())
    }

    fn first(&self, iface: usize, seen: &Seen) -> First {
        let Some(nat) = &self.nat else { return First::Local };
        let Seen { tuple, segment, answers } = seen;
        let outside = nat.config.outside.contains(&iface);
        let begins = match segment {
            None => !answers,
            Some(Segment::Syn) => true,
            Some(Segment::Ack) => self.settings.network.tcp_loose && !outside,
            Some(_) => false,
        };
        let ours = self.ip.is_ours(tuple.dst.into());
        let outer = nat.config.outside.iter().any(|&i| self.ip.owner(tuple.dst.into()) == Some(i));
        let mut refused = &rules::NAT_NO_MAPPING;
        if outer && begins && (outside || nat.config.hairpin) {
            if let Some(to) = nat.forward(tuple.protocol, tuple.dst_port) {
                return First::Inside(to, &rules::NAT_FORWARDED);
            }
            match nat.mapped(tuple) {
                Some((to, true)) => return First::Inside(to, &rules::NAT_PASSES),
                Some((_, false)) => refused = &rules::NAT_FILTERED,
                None => {}
            }
        }
        match (outside, ours) {
            (true, true) if self.expected(seen) => First::Local,
            (true, _) => First::Unsolicited(refused),
            (false, true) => First::Local,
            (false, false) if begins => First::Onward,
            (false, false) => First::Invalid,
        }
    }

    /// A socket of this host waits for it.
    fn expected(&self, seen: &Seen) -> bool {
        let Tuple { src: from, dst: to, src_port, dst_port, protocol } = seen.tuple;
        let tuple =
            FourTuple { local: to.into(), remote: from.into(), local_port: dst_port, remote_port: src_port };
        match protocol {
            ip::TCP => self.tuples.get(&tuple).is_some(),
            ip::ICMP => seen.answers,
            ip::UDP => self.udp_socket(dst(&seen.tuple), src(&seen.tuple)).is_some(),
            _ => false,
        }
    }

    fn first_packet(
        &mut self,
        iface: usize,
        frame: &Bytes,
        seen: &Seen,
        first: First,
        cx: &mut Step,
    ) -> Result<(Bytes, Option<Tracked>), Refused> {
        let Seen { tuple: came, segment, .. } = *seen;
        let inside = self.nat.as_ref().is_some_and(|n| !n.config.outside.contains(&iface));
        match first {
            First::Local => Ok((frame.clone(), None)),
            First::Onward => Ok((frame.clone(), Some(Tracked::New { came, now: came, segment, inside }))),
            First::Inside((addr, port), rule) => {
                report(cx.r, rule, Outcome::Act, || {
                    [dst(&came).into(), SocketAddr::from((addr, port)).into()]
                });
                let now = Tuple { dst: addr, dst_port: port, ..came };
                Ok((
                    with_destination(frame, came, now, cx),
                    Some(Tracked::New { came, now, segment, inside }),
                ))
            }
            First::Invalid => Err(self.invalid(&came, TrackedState::None, cx)),
            First::Unsolicited(rule) => {
                let policy = self.nat.as_ref().map_or(Unsolicited::Accept, |n| n.config.unsolicited);
                let outcome = match policy {
                    Unsolicited::Accept => Outcome::Pass,
                    Unsolicited::Drop => Outcome::Drop,
                    Unsolicited::Reject => Outcome::Answer,
                };
                report(cx.r, rule, outcome, || [src(&came).into(), dst(&came).into()]);
                if policy != Unsolicited::Accept {
                    self.count_quietly("IpInDiscards");
                }
                match policy {
                    Unsolicited::Accept => return Ok((frame.clone(), None)),
                    Unsolicited::Drop => {}
                    Unsolicited::Reject => self.icmp_error(frame, Error::ADMIN_PROHIBITED, cx),
                }
                Err(Refused::new(rule, came.src_port.into(), came.dst_port.into()))
            }
        }
    }
}

/// The frame with another destination, where it is another.
fn with_destination(frame: &Bytes, came: Tuple, to: Tuple, cx: &mut Step) -> Bytes {
    if (came.dst, came.dst_port) == (to.dst, to.dst_port) {
        return frame.clone();
    }
    let mut out = frame.to_vec();
    if let Some(changed) = translate(&mut out[ethernet::LEN..], End::Destination, to.dst, to.dst_port) {
        let sums = changed.transport.unwrap_or(changed.header);
        rule!(cx.r, rules::NAT_DESTINATION, Act, dst(&came), dst(&to), sums.0, sums.1);
    }
    out.into()
}

/// A packet that can be tracked; `None`: it is none, or too short to say.
fn look(datagram: &[u8], headers: &View) -> Option<Seen> {
    let ip::Addrs::V4 { src, dst } = headers.addrs else { return None };
    let payload = datagram.get(headers.payload.clone())?;
    let (ports, segment, answers) = match headers.protocol {
        ip::TCP => {
            let flags = Flags(layout::tcp::FLAGS.get(payload.get(..layout::tcp::LEN)?) as u16);
            (ports(payload)?, Some(Segment::of(flags)), false)
        }
        ip::UDP => (ports(payload)?, None, false),
        ip::ICMP => {
            let header = payload.get(..icmp::LEN)?;
            let id = layout::icmp_echo::IDENT.get(header) as u16;
            match layout::icmp::TYPE.get(header) as u8 {
                icmp::v4::ECHO => ((id, id), None, false),
                icmp::v4::ECHO_REPLY => ((id, id), None, true),
                _ => return None,
            }
        }
        _ => ((0, 0), None, false),
    };
    let tuple = Tuple { protocol: headers.protocol, src, dst, src_port: ports.0, dst_port: ports.1 };
    Some(Seen { tuple, segment, answers })
}

fn ports(payload: &[u8]) -> Option<(u16, u16)> {
    let header = payload.get(..layout::udp::LEN)?;
    Some((layout::udp::SRC_PORT.get(header) as u16, layout::udp::DST_PORT.get(header) as u16))
}

pub(super) fn src(tuple: &Tuple) -> SocketAddr {
    (tuple.src, tuple.src_port).into()
}

pub(super) fn dst(tuple: &Tuple) -> SocketAddr {
    (tuple.dst, tuple.dst_port).into()
}

/// What a datagram says about the packet that it quotes, of an error message.
pub(super) fn quoted(datagram: &[u8], headers: &View) -> Option<(usize, Tuple)> {
    let start = headers.payload.start + icmp::LEN;
    let quote = datagram.get(start..headers.payload.end)?;
    let seen = view(quote)?;
    let ip::Addrs::V4 { src, dst } = seen.addrs else { return None };
    let payload = quote.get(seen.payload.clone())?;
    let (src_port, dst_port) = match seen.protocol {
        ip::TCP | ip::UDP => ports(payload)?,
        ip::ICMP => {
            let id = layout::icmp_echo::IDENT.get(payload.get(..icmp::LEN)?) as u16;
            (id, id)
        }
        _ => (0, 0),
    };
    Some((start, Tuple { protocol: seen.protocol, src, dst, src_port, dst_port }))
}
