//! ICMP and UDP, as far as a host that speaks TCP meets them.

use crate::step::{Refused, Step};
use crate::{Host, Sent, rules};
use bytes::Bytes;
use std::ops::Range;
use tcp::rule;
use tcp::rule::Recorder;
use wire::icmp::{v4, v6};
use wire::{Link, icmp, ip, udp};

impl Host {
    /// RFC 1122 §3.2.2: an echo request is answered.
    pub(crate) fn icmp_arrives<R: Recorder>(
        &mut self,
        iface: usize,
        link: &Link,
        header: &ip::Header,
        frame: &Bytes,
        range: Range<usize>,
        cx: &mut Step<R>,
    ) -> Result<(), Refused> {
        let (message, rest) = icmp::parse(header, frame, range).map_err(|m| self.malformed(m, cx))?;
        self.count_quietly("IcmpInMsgs");
        let v6 = matches!(header.addrs, ip::Addrs::V6 { .. });
        let (echo, reply) = if v6 { (v6::ECHO, v6::ECHO_REPLY) } else { (v4::ECHO, v4::ECHO_REPLY) };
        if message.kind == echo {
            self.count_quietly("IcmpInEchos");
            let mut out = ip::Header::new(header.addrs.reversed(), header.protocol);
            out.ttl = self.settings.default_ttl;
            out.dont_fragment = false;
            let link = Link { dst: link.src, src: link.dst };
            let answer = icmp::Header { kind: reply, code: 0, rest: message.rest };
            let data = &frame[rest];
            let frame =
                wire::frame::emit_icmp(&link, &out, &answer, data.len(), |o| o.extend_from_slice(data));
            cx.out.frames.push(Sent { iface, frame, resent: 0 });
            return Ok(());
        }
        rule!(cx.r, rules::ICMP_IGNORED, Drop, message.kind, message.code);
        Err(Refused::new(&rules::ICMP_IGNORED, message.kind.into(), message.code.into()))
    }

    pub(crate) fn udp_arrives<R: Recorder>(
        &mut self,
        header: &ip::Header,
        frame: &Bytes,
        range: Range<usize>,
        cx: &mut Step<R>,
    ) -> Result<(), Refused> {
        let (datagram, _) = udp::parse(header, frame, range).map_err(|m| self.malformed(m, cx))?;
        self.count_quietly("UdpNoPorts");
        rule!(cx.r, rules::UDP_CLOSED, Drop, datagram.dst_port, 0u32);
        Err(Refused::new(&rules::UDP_CLOSED, datagram.dst_port.into(), 0))
    }
}
