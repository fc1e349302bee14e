//! ICMP and UDP, as far as a host that speaks TCP meets them: echo, and errors about segments of ours.

use crate::icmp_error::Error;
use crate::icmp_told::Report;
use crate::options::{Options, PathMtu};
use crate::secret::FourTuple;
use crate::sock::{Kind, Sock};
use crate::step::{Refused, Step};
use crate::{Errno, Host, SockId, rules};
use bytes::Bytes;
use std::net::SocketAddr;
use std::ops::Range;
use tcp::{State, rule};
use wire::icmp::{unreachable, v4, v6};
use wire::{ethernet, icmp, ip};

/// What an ICMP error means for a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    /// This errno (linux `icmp_err_convert`), and whether the RFC calls it hard.
    Unreachable(&'static str, bool),
    /// The largest datagram that passes.
    TooBig(u32),
    Nothing,
}

fn meaning(header: &icmp::Header, addrs: &ip::Addrs) -> Says {
    match (addrs, header.kind, header.code) {
        (ip::Addrs::V4 { .. }, v4::UNREACHABLE, v4::FRAGMENTATION_NEEDED) => Says::TooBig(header.mtu(addrs)),
        (ip::Addrs::V4 { .. }, v4::UNREACHABLE, code) => match code {
            // RFC 9293 §3.9.2.2: 0, 1 and 5 are soft (MUST-56); 2 to 4 are hard (SHLD-25).
            0 | 6 | 9 | 11 => Says::Unreachable("ENETUNREACH", false),
            2 => Says::Unreachable("ENOPROTOOPT", true),
            3 => Says::Unreachable("ECONNREFUSED", true),
            5 => Says::Unreachable("EOPNOTSUPP", false),
            7 => Says::Unreachable("EHOSTDOWN", false),
            8 => Says::Unreachable("ENONET", false),
            1 | 10 | 12..=15 => Says::Unreachable("EHOSTUNREACH", false),
            _ => Says::Nothing,
        },
        (ip::Addrs::V4 { .. }, v4::TIME_EXCEEDED, _) => Says::Unreachable("EHOSTUNREACH", false),
        (ip::Addrs::V4 { .. }, v4::PARAMETER_PROBLEM, _) => Says::Unreachable("EPROTO", false),
        (ip::Addrs::V6 { .. }, v6::PACKET_TOO_BIG, _) => Says::TooBig(header.mtu(addrs)),
        // RFC 4443 §3.1, linux icmpv6_err_convert.
        (ip::Addrs::V6 { .. }, v6::UNREACHABLE, code) => match code {
            0 => Says::Unreachable("ENETUNREACH", false),
            1 => Says::Unreachable("EACCES", true),
            5 | 6 => Says::Unreachable("EACCES", false),
            4 => Says::Unreachable("ECONNREFUSED", true),
            _ => Says::Unreachable("EHOSTUNREACH", false),
        },
        (ip::Addrs::V6 { .. }, v6::TIME_EXCEEDED, _) => Says::Unreachable("EHOSTUNREACH", false),
        (ip::Addrs::V6 { .. }, v6::PARAMETER_PROBLEM, _) => Says::Unreachable("EPROTO", false),
        _ => Says::Nothing,
    }
}

impl Host {
    /// RFC 1122 §3.2.2: an echo request is answered; an error goes to the connection that it quotes.
    pub(crate) fn icmp_arrives(
        &mut self,
        iface: usize,
        header: &ip::Header,
        frame: &Bytes,
        range: Range<usize>,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        let (message, rest) = icmp::parse(header, frame, range).map_err(|m| self.malformed(m, cx))?;
        self.count_quietly("IcmpInMsgs");
        let v6 = matches!(header.addrs, ip::Addrs::V6 { .. });
        if v6
            && let Ok((link, _)) = ethernet::parse(frame)
            && let Some(taken) = self.ndisc_arrives(iface, &link, header, &message, (frame, rest.clone()), cx)
        {
            return taken;
        }
        let (echo, reply) = if v6 { (v6::ECHO, v6::ECHO_REPLY) } else { (v4::ECHO, v4::ECHO_REPLY) };
        if message.kind == echo && self.settings.network.echo_ignore_all {
            return Err(Refused::new(&rules::ICMP_IGNORED, message.kind.into(), message.code.into()));
        }
        if message.kind == echo {
            self.count_quietly("IcmpInEchos");
            let mut out = ip::Header::new(header.addrs.reversed(), header.protocol);
            out.ttl = self.settings.default_ttl;
            out.dont_fragment = false;
            out.ident = self.fresh_ident();
            let answer = icmp::Header { kind: reply, code: 0, rest: message.rest };
            let data = &frame[rest];
            self.count_quietly("IcmpOutMsgs");
            self.count_quietly("IcmpOutEchoReps");
            _ = self.output(&out, cx, &mut |_, link| {
                wire::frame::emit_icmp(link, &out, &answer, data.len(), |o| o.extend_from_slice(data))
            });
            return Ok(());
        }
        let says = meaning(&message, &header.addrs);
        let quote = &frame[rest];
        let about = icmp::quoted(quote).filter(|q| matches!(q.protocol, ip::TCP | ip::UDP));
        let (Some(quoted), false) = (about, says == Says::Nothing) else {
            rule!(cx.r, rules::ICMP_IGNORED, Drop, message.kind, message.code);
            return Err(Refused::new(&rules::ICMP_IGNORED, message.kind.into(), message.code.into()));
        };
        let report = Report { message, offender: header.addrs.src(), quote, quoted: &quoted };
        if quoted.protocol == ip::TCP {
            return self.tcp_error(says, &report, cx);
        }
        let errno = match says {
            Says::Unreachable(errno, _) => errno,
            Says::TooBig(mtu) => {
                let remote = SocketAddr::new(quoted.addrs.dst(), quoted.dst_port);
                let local = SocketAddr::new(quoted.addrs.src(), quoted.src_port);
                if self.udp_socket(local, remote).is_some() {
                    self.learn_path_mtu(remote.ip(), mtu, cx);
                }
                "EMSGSIZE"
            }
            Says::Nothing => return Ok(()),
        };
        self.udp_error(errno, &report, cx)
    }

    /// Nobody answered for the next hop of a datagram of ours: as if a router had said that its host is unreachable (linux
    /// `arp_error_report`, `ndisc_error_report`).
    pub(crate) fn own_unreachable(&mut self, datagram: &[u8], cx: &mut Step) {
        /// Address unreachable (RFC 4443 §3.1).
        const ADDRESS: u8 = 3;
        let Some(quoted) = icmp::quoted(datagram) else { return };
        let (kind, code) = match quoted.addrs {
            ip::Addrs::V4 { .. } => (v4::UNREACHABLE, unreachable::HOST),
            ip::Addrs::V6 { .. } => (v6::UNREACHABLE, ADDRESS),
        };
        let message = icmp::Header { kind, code, rest: 0 };
        let report = Report { message, offender: quoted.addrs.src(), quote: datagram, quoted: &quoted };
        // The connection may be gone, or past this segment.
        let _ = match quoted.protocol {
            ip::UDP => self.udp_error("EHOSTUNREACH", &report, cx),
            ip::TCP => self.tcp_error(Says::Unreachable("EHOSTUNREACH", false), &report, cx),
            _ => Ok(()),
        };
    }

    /// linux `tcp_v4_err`, RFC 5927 §4.1: only an error that quotes octets in flight is believed.
    fn tcp_error(&mut self, says: Says, report: &Report, cx: &mut Step) -> Result<(), Refused> {
        let quoted = report.quoted;
        let tuple = FourTuple {
            local: quoted.addrs.src(),
            remote: quoted.addrs.dst(),
            local_port: quoted.src_port,
            remote_port: quoted.dst_port,
        };
        let remote = SocketAddr::new(tuple.remote, tuple.remote_port);
        let Some(&id) = self.tuples.get(&tuple) else {
            self.count_quietly("IcmpInErrors");
            rule!(cx.r, rules::ICMP_NO_CONNECTION, Drop, remote);
            return Err(Refused::new(&rules::ICMP_NO_CONNECTION, tuple.remote_port.into(), 0));
        };
        let Some(Sock { kind: Kind::Stream(c), parent, .. }) = self.socks.get(id) else { return Ok(()) };
        let (state, parent, tcb) = (c.state(), *parent, c.tcb());
        // The SYN-ACK of a child by Fast Open is in flight too.
        let una = if c.is_unproven() { tcb.iss } else { tcb.snd_una };
        // One that was accepted counts as connected.
        let state = if c.is_unproven() && parent.is_none() { State::Established } else { state };
        let parent = if c.is_unproven() { None } else { parent };
        let in_flight = quoted.seq.ge(una) && quoted.seq.lt(tcb.snd_nxt);
        if state == State::TimeWait || !in_flight {
            self.count("OutOfWindowIcmps", cx);
            rule!(cx.r, rules::ICMP_OUT_OF_WINDOW, Drop, quoted.seq, tcb.snd_una, tcb.snd_nxt);
            return Err(Refused::new(&rules::ICMP_OUT_OF_WINDOW, quoted.seq.0, tcb.snd_una.0));
        }
        match says {
            Says::TooBig(mtu) => self.path_shrinks(id, mtu, cx),
            Says::Unreachable(errno, hard) => {
                self.unreachable(id, (state, parent), (errno, hard, report), cx)
            }
            Says::Nothing => {}
        }
        Ok(())
    }

    fn unreachable(
        &mut self,
        id: SockId,
        (state, parent): (State, Option<SockId>),
        (errno, hard, report): (&'static str, bool, &Report),
        cx: &mut Step,
    ) {
        let handshake = matches!(state, State::SynSent | State::SynReceived);
        let kills = if handshake {
            hard || self.settings.icmp_ends_handshake
        } else {
            hard && self.settings.icmp_hard_aborts
        };
        if !kills && !handshake && self.socks.get(id).is_some_and(|s| report.is_asked_of(s)) {
            rule!(cx.r, rules::ICMP_TOLD, Act, errno);
            if let Some(sock) = self.socks.get_mut(id) {
                sock.error = Some(Errno(errno));
            }
            self.wake(id, cx);
            return;
        }
        if !kills {
            // MUST-56: the connection goes on; should it time out, this is why.
            rule!(cx.r, rules::ICMP_SOFT, Act, errno);
            if let Some(sock) = self.socks.get_mut(id) {
                sock.soft_error = Some(Errno(errno));
            }
            return;
        }
        rule!(cx.r, rules::ICMP_HARD, Reset, errno);
        if let Some(listener) = parent.filter(|_| state == State::SynReceived) {
            self.leave_syn_queue(listener, id, cx);
            self.count_quietly("ListenDrops");
            self.discard(id, cx);
            return;
        }
        if let Some(sock) = self.socks.get_mut(id) {
            if handshake {
                report.keep_of_attempt(sock, errno);
            }
            sock.error = Some(Errno(errno));
            if let Kind::Stream(c) = &mut sock.kind {
                c.fail(cx.r);
            }
        }
        self.settle(id, cx);
    }

    /// RFC 1191 §3, RFC 8201: smaller segments from now on; those that were too big go again.
    fn path_shrinks(&mut self, id: SockId, mtu: u32, cx: &mut Step) {
        let Some(dst) = self.socks.get(id).map(|s| s.ends().1.ip()) else { return };
        let mtu = self.learn_path_mtu(dst, mtu, cx);
        let Some(sock) = self.socks.get_mut(id) else { return };
        let headers = if sock.ends().0.is_ipv4() { 40 } else { 60 };
        let listens = |o: &Options| o.path_mtu().is_none_or(PathMtu::listens);
        if !sock.options.as_deref().is_none_or(listens) {
            return;
        }
        let Kind::Stream(c) = &mut sock.kind else { return };
        let mss = (mtu - headers).min(u16::MAX.into()) as u16;
        rule!(cx.r, rules::ICMP_TOO_BIG, Act, mtu, mss);
        c.path_shrinks(cx.now, mss, cx.r);
        self.settle(id, cx);
    }

    /// RFC 1122 §4.1.3.1: nobody has this port, and whoever asked is told.
    pub(crate) fn udp_closed(&mut self, frame: &Bytes, port: u16, cx: &mut Step) -> Result<(), Refused> {
        rule!(cx.r, rules::UDP_CLOSED, Answer, port);
        self.icmp_error(frame, Error::Unreachable(unreachable::PORT), cx);
        Err(Refused::new(&rules::UDP_CLOSED, port.into(), 0))
    }
}
