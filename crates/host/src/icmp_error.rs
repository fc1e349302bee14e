//! ICMP errors that this host sends (RFC 792, RFC 1122 §3.2.2, RFC 1812 §4.3, RFC 4443 §2.4).

use crate::ip::impossible_source;
use crate::step::Step;
use crate::store::Sorted;
use crate::{Host, rules};
use bytes::Bytes;
use std::net::IpAddr;
use tcp::rule;
use tcp::time::{Duration, Instant};
use wire::datagram::{View, view};
use wire::icmp::{unreachable, v4, v6};
use wire::{ethernet, icmp, ip};

/// What is wrong with a datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Error {
    /// It cannot be delivered; a code of [`unreachable`], which has its like in ICMPv6.
    Unreachable(u8),
    /// It is longer than the next link takes.
    TooBig(u32),
    /// It has been under way for too long.
    TtlExceeded,
    /// Not all of its fragments came.
    ReassemblyTimeExceeded,
    /// There is a better first hop.
    Redirect(std::net::Ipv4Addr),
}

impl Error {
    /// A filter does not let it pass.
    pub(crate) const ADMIN_PROHIBITED: Error = Error::Unreachable(unreachable::ADMIN_PROHIBITED);

    /// Type, code, second word.
    fn v4(self) -> (u8, u8, u32) {
        match self {
            Error::Unreachable(code) => (v4::UNREACHABLE, code, 0),
            Error::TooBig(mtu) => (v4::UNREACHABLE, v4::FRAGMENTATION_NEEDED, mtu.min(0xffff)),
            Error::TtlExceeded => (v4::TIME_EXCEEDED, 0, 0),
            Error::ReassemblyTimeExceeded => (v4::TIME_EXCEEDED, 1, 0),
            // For the host, not its network.
            Error::Redirect(to) => (v4::REDIRECT, 1, to.to_bits()),
        }
    }

    /// RFC 4443 §3.
    fn v6(self) -> (u8, u8, u32) {
        match self {
            // An unknown protocol is a parameter problem that points at the field.
            Error::Unreachable(unreachable::PROTOCOL) => (v6::PARAMETER_PROBLEM, 1, NEXT_HEADER),
            Error::Unreachable(code) => {
                let code = match code {
                    unreachable::NET => 0,
                    unreachable::PORT => 4,
                    9 | 10 | 13 => 1,
                    _ => 3,
                };
                (v6::UNREACHABLE, code, 0)
            }
            Error::TooBig(mtu) => (v6::PACKET_TOO_BIG, 0, mtu),
            Error::TtlExceeded | Error::Redirect(_) => (v6::TIME_EXCEEDED, 0, 0),
            Error::ReassemblyTimeExceeded => (v6::TIME_EXCEEDED, 1, 0),
        }
    }
}

/// Where the next header field of an IPv6 header without extensions stands.
const NEXT_HEADER: u32 = wire::layout::ipv6::NEXT.bit / 8;

/// What an error message may be long, octets: linux fills 576 of IPv4; RFC 4443 §2.4 (c) 1280 of IPv6.
const MOST: [usize; 2] = [576, 1280];
/// Errors that may go to one host at once before the limit holds (linux XRLIM_BURST_FACTOR).
const BURST: u64 = 6;
/// Hosts that the limit is kept for.
const PEERS: usize = 4096;
/// Errors are sent as internetwork control (RFC 1812 §4.3.2.5).
const PRECEDENCE: u8 = 0xc0 >> 2;

/// Of each host that was sent errors: what it may still be sent, and when that was reckoned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits(Sorted<IpAddr, (Duration, Instant)>);

impl Limits {
    /// linux inet_peer_xrlim_allow: a bucket that fills as time goes by.
    fn allows(&mut self, now: Instant, peer: IpAddr, every: Duration) -> bool {
        let full = Duration(every.0.saturating_mul(BURST));
        if self.0.len() >= PEERS {
            self.0 = Sorted::default();
        }
        let (tokens, last) = self.0.entry(peer, (full, now));
        *tokens = Duration((tokens.0 + now.since(*last).0).min(full.0));
        *last = now;
        let allowed = *tokens >= every;
        if allowed {
            *tokens = Duration(tokens.0 - every.0);
        }
        allowed
    }
}

impl Host {
    /// Tells the sender of the datagram in `frame`, as it came in, what is wrong with it; unless nobody may be told so.
    pub(crate) fn icmp_error(&mut self, frame: &Bytes, error: Error, cx: &mut Step) {
        let Some(seen) = frame.get(ethernet::LEN..).and_then(view) else { return };
        if !self.may_be_told(frame, &seen, error) {
            rule!(cx.r, rules::ICMP_ERROR_NOT_SENT, Pass, seen.addrs.src());
            return;
        }
        let v6 = matches!(seen.addrs, ip::Addrs::V6 { .. });
        let (kind, code, rest) = if v6 { error.v6() } else { error.v4() };
        let to = seen.addrs.src();
        if self.limited(to, kind, error)
            && !self.icmp_limits.allows(cx.now, to, self.settings.network.icmp_ratelimit)
        {
            rule!(cx.r, rules::ICMP_RATE_LIMITED, Pass, to, self.settings.network.icmp_ratelimit);
            self.count_quietly("IcmpOutRateLimitHost");
            return;
        }
        let own = self.ip.is_ours(seen.addrs.dst()).then_some(seen.addrs.dst());
        let from = own.or_else(|| self.ip.route(to).map(|r| r.src));
        let Some(addrs) = from.and_then(|from| ip::Addrs::new(from, to)) else { return };
        let mut header = ip::Header::new(addrs, if v6 { ip::ICMPV6 } else { ip::ICMP });
        header.ttl = self.settings.default_ttl;
        header.dont_fragment = false;
        header.dscp = if v6 { 0 } else { PRECEDENCE };
        header.ident = self.fresh_ident();
        let quote = &frame[ethernet::LEN..ethernet::LEN + seen.payload.end];
        let quote = &quote[..quote.len().min(MOST[usize::from(v6)] - addrs.header_len() - icmp::LEN)];
        let message = icmp::Header { kind, code, rest };
        rule!(cx.r, rules::ICMP_ERROR_SENT, Answer, kind, code, to);
        self.count_quietly("IcmpOutMsgs");
        self.count_quietly(match error {
            Error::Unreachable(_) => "IcmpOutDestUnreachs",
            Error::TooBig(_) if v6 => "Icmp6OutPktTooBigs",
            Error::TooBig(_) => "IcmpOutDestUnreachs",
            Error::Redirect(_) => "IcmpOutRedirects",
            Error::TtlExceeded | Error::ReassemblyTimeExceeded => "IcmpOutTimeExcds",
        });
        _ = self.output(&header, cx, &mut |_, link| {
            wire::frame::emit_icmp(link, &header, &message, quote.len(), |o| o.extend_from_slice(quote))
        });
    }

    /// RFC 1122 §3.2.2, RFC 4443 §2.4 (e): no error about an error, a later fragment, or what went to many or came from
    /// nobody.
    fn may_be_told(&self, frame: &Bytes, seen: &View, error: Error) -> bool {
        let group_frame = ethernet::parse(frame).is_ok_and(|(link, _)| link.dst.is_group());
        let too_big_v6 = matches!((error, seen.addrs), (Error::TooBig(_), ip::Addrs::V6 { .. }));
        let many = group_frame || self.ip.is_many(seen.addrs.dst());
        let later = seen.fragment.is_some_and(|f| f.offset > 0);
        let kind = frame.get(ethernet::LEN + seen.payload.start).copied();
        let about_error = match seen.protocol {
            ip::ICMP => kind.is_none_or(v4::is_error),
            ip::ICMPV6 => kind.is_none_or(|k| k < v6::ECHO || k == v6::REDIRECT),
            _ => false,
        };
        let nobody = impossible_source(seen.addrs.src()) || self.ip.is_many(seen.addrs.src());
        !(later || about_error || nobody || (many && !too_big_v6))
    }

    /// linux icmp(7) `icmp_ratemask`: path MTU discovery is never held back.
    fn limited(&self, to: IpAddr, kind: u8, error: Error) -> bool {
        let network = &self.settings.network;
        let masked = !to.is_ipv4() || (network.icmp_ratemask.checked_shr(kind.into()).unwrap_or(0) & 1 == 1);
        masked && network.icmp_ratelimit > Duration::ZERO && !matches!(error, Error::TooBig(_))
    }

    /// An identification for a datagram that may be fragmented.
    pub(crate) fn fresh_ident(&mut self) -> u16 {
        self.next_ident = self.next_ident.wrapping_add(1);
        self.next_ident as u16
    }
}
