//! Fragments on their way in: kept until the datagram is whole, or its time is over.

use crate::icmp_error::Error;
use crate::reassembly::Taken;
use crate::step::{Refused, Step};
use crate::{Host, TimerKey, rules};
use bytes::Bytes;
use std::net::IpAddr;
use tcp::rule;
use tcp::rule::{Outcome, report};
use wire::datagram::view;
use wire::ethernet;

impl Host {
    /// A fragment that is for this host. `Some`: the datagram that it was the last part of, in a frame.
    #[cold]
    #[inline(never)]
    pub(crate) fn fragment_arrives(
        &mut self,
        iface: usize,
        frame: &Bytes,
        cx: &mut Step,
    ) -> Result<Option<Bytes>, Refused> {
        let seen = frame.get(ethernet::LEN..).and_then(view);
        let Some((seen, part)) = seen.and_then(|s| s.fragment.map(|f| (s.clone(), f))) else {
            return Ok(None);
        };
        self.count_quietly("IpReasmReqds");
        let network = &self.settings.network;
        let time = if seen.addrs.src().is_ipv4() { network.frag_time_v4 } else { network.frag_time_v6 };
        let limits = (cx.now + time, network.frag_high as usize);
        let taken = self.reassembly.take(iface, frame, &seen, part, limits);
        self.arm_reassembly(cx);
        match taken {
            Taken::Waits(here) => {
                rule!(cx.r, rules::FRAGMENT_KEPT, Pass, part.ident, part.offset, seen.payload.len(), here);
                Ok(None)
            }
            Taken::Whole(frame, pieces) => {
                self.count_quietly("IpReasmOKs");
                let len = frame.len() - ethernet::LEN;
                rule!(cx.r, rules::REASSEMBLED, Act, part.ident, pieces, len);
                Ok(Some(frame))
            }
            Taken::Refused(rule, all) => {
                report(cx.r, rule, Outcome::Drop, || [part.ident.into(), part.offset.into()]);
                if all || std::ptr::eq(rule, &rules::FRAGMENT_NO_ROOM) {
                    self.count_quietly("IpReasmFails");
                }
                if std::ptr::eq(rule, &rules::FRAGMENT_OVERLAP) {
                    self.count_quietly("IpExtReasmOverlaps");
                }
                Err(Refused::new(rule, part.ident, part.offset as u32))
            }
        }
    }

    fn arm_reassembly(&mut self, cx: &mut Step) {
        let deadline = self.reassembly.deadline();
        if deadline != self.reassembly.armed {
            self.reassembly.armed = deadline;
            cx.out.timers.push((TimerKey::Reassembly, deadline));
        }
    }

    /// Datagrams that did not become whole in time are given up; whoever sent the first fragment is told (RFC 1122 §3.3.2).
    pub(crate) fn reassembly_expires(&mut self, cx: &mut Step) {
        self.reassembly.armed = None;
        while let Some((key, queue)) = self.reassembly.expired(cx.now) {
            let (src, dst, _, ident): (IpAddr, IpAddr, u8, u32) = key;
            rule!(cx.r, rules::REASSEMBLY_TIMEOUT, Drop, src, ident, queue.octets());
            self.count_quietly("IpReasmTimeout");
            self.count_quietly("IpReasmFails");
            // A router that puts together only to look inside says nothing (linux ip_expire).
            if let Some(first) = queue.first.as_ref().filter(|_| self.ip.is_ours(dst)) {
                self.icmp_error(first, Error::ReassemblyTimeExceeded, cx);
            }
        }
        self.arm_reassembly(cx);
    }
}
