//! What a socket is told of an ICMP error about something that it sent (ip(7) IP_RECVERR, ipv6(7) IPV6_RECVERR, udp(7)).

use crate::error_queue::{Notice, origin};
use crate::sock::Sock;
use crate::sockopt::{IP_RECVERR, IPV6_RECVERR};
use crate::step::{Refused, Step};
use crate::{Errno, Host, rules};
use bytes::Bytes;
use std::net::{IpAddr, SocketAddr};
use tcp::rule;
use wire::icmp::{Header, Quoted, v4, v6};
use wire::ip;

/// An ICMP error that arrived.
pub(crate) struct Report<'a> {
    pub(crate) message: Header,
    /// Who sent it.
    pub(crate) offender: IpAddr,
    /// The datagram that it is about, as far as it is quoted.
    pub(crate) quote: &'a [u8],
    pub(crate) quoted: &'a Quoted,
}

impl Report<'_> {
    /// A connected UDP socket is told though it did not ask (`fatal` of linux icmp_err_convert and icmpv6_err_convert).
    fn is_fatal(&self) -> bool {
        match (self.quoted.addrs, self.message.kind, self.message.code) {
            (ip::Addrs::V4 { .. }, v4::UNREACHABLE, code) => !matches!(code, 0 | 1 | 5 | 11 | 12),
            (ip::Addrs::V4 { .. }, kind, _) => kind == v4::PARAMETER_PROBLEM,
            (ip::Addrs::V6 { .. }, v6::UNREACHABLE, code) => !matches!(code, 0 | 2 | 3),
            (ip::Addrs::V6 { .. }, kind, _) => matches!(kind, v6::PACKET_TOO_BIG | v6::PARAMETER_PROBLEM),
        }
    }

    /// Whether the socket asked for every error of this family.
    pub(crate) fn is_asked_of(&self, sock: &Sock) -> bool {
        let key = if self.is_v4() { IP_RECVERR } else { IPV6_RECVERR };
        sock.options.as_ref().and_then(|o| o.on(key)) == Some(true)
    }

    fn is_v4(&self) -> bool {
        matches!(self.quoted.addrs, ip::Addrs::V4 { .. })
    }

    /// The entry of the error queue: with it comes what is quoted, from `skip` octets behind the IP header on (linux
    /// ip_icmp_error, ipv6_icmp_error).
    fn notice(&self, errno: &'static str, skip: usize) -> Notice {
        let m = &self.message;
        let info = match (self.is_v4(), m.kind, m.code) {
            (true, v4::UNREACHABLE, v4::FRAGMENTATION_NEEDED) | (false, ..) => m.mtu(&self.quoted.addrs),
            (true, v4::PARAMETER_PROBLEM, _) => m.rest >> 24,
            (true, ..) => 0,
        };
        let header = match self.quote.first() {
            Some(first) if self.is_v4() => usize::from(first & 15) * 4,
            _ => ip::V6_LEN,
        };
        Notice {
            errno: Errno(errno).number() as u32,
            origin: if self.is_v4() { origin::ICMP } else { origin::ICMP6 },
            kind: m.kind,
            code: m.code,
            info,
            data: 0,
            stamp: None,
            packet: false,
            about: Some((SocketAddr::new(self.quoted.addrs.dst(), self.quoted.dst_port), self.offender)),
            payload: Bytes::copy_from_slice(self.quote.get(header + skip..).unwrap_or_default()),
        }
    }

    /// An attempt to connect ends by it: IPv4 keeps it for whoever looks, IPv6 for who asked (linux tcp_v4_err, tcp_v6_err).
    pub(crate) fn keep_of_attempt(&self, sock: &mut Sock, errno: &'static str) {
        if self.is_v4() || self.is_asked_of(sock) {
            sock.errors.get_or_insert_default().push_icmp(self.notice(errno, 0));
        }
    }
}

impl Host {
    /// An ICMP error about a datagram of ours (RFC 1122 §4.1.3.3; linux __udp4_lib_err, __udp6_lib_err): the socket is told
    /// that asked for it, or that is connected, where the error will not pass.
    pub(crate) fn udp_error(
        &mut self,
        errno: &'static str,
        report: &Report,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        /// Of a UDP header.
        const UDP_LEN: usize = 8;
        let quoted = report.quoted;
        let local = SocketAddr::new(quoted.addrs.src(), quoted.src_port);
        let remote = SocketAddr::new(quoted.addrs.dst(), quoted.dst_port);
        let Some(id) = self.udp_socket(local, remote) else {
            self.count_quietly("IcmpInErrors");
            rule!(cx.r, rules::ICMP_NO_CONNECTION, Drop, remote);
            return Err(Refused::new(&rules::ICMP_NO_CONNECTION, remote.port().into(), 0));
        };
        // RFC 1122 wants all of them told.
        let told = report.is_fatal() || self.settings.icmp_hard_aborts;
        let Some(sock) = self.socks.get_mut(id) else { return Ok(()) };
        if report.is_asked_of(sock) {
            sock.errors.get_or_insert_default().push_icmp(report.notice(errno, UDP_LEN));
        } else if sock.remote.is_none() {
            // Who is not connected is told only where it asked for that (IP_RECVERR).
            rule!(cx.r, rules::UDP_ERROR_UNASKED, Drop, remote, errno);
            return Err(Refused::new(&rules::UDP_ERROR_UNASKED, remote.port().into(), 0));
        } else if !told {
            rule!(cx.r, rules::UDP_ERROR_SOFT, Drop, remote, errno);
            return Err(Refused::new(&rules::UDP_ERROR_SOFT, remote.port().into(), 0));
        }
        rule!(cx.r, rules::UDP_ERROR, Act, remote, errno);
        sock.error = Some(Errno(errno));
        self.wake(id, cx);
        Ok(())
    }
}
