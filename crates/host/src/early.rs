//! The short way in (linux `tcp_v4_early_demux`). Nearly every segment comes the way the one before it came, in the same
//! shape, for a connection that is open. What was judged of its addresses then need not be judged again; the rest is.

use crate::Host;
use crate::counters::Hot;
use crate::input::outcome;
use crate::secret::FourTuple;
use crate::settle::settle_quietly;
use crate::sock::{Kind, Sock, WayIn};
use crate::step::{Refused, Step};
use bytes::Bytes;
use tcp::{Admission, Segment, State, Verdict};
use wire::tcp::{Flags, Header};
use wire::usual::{Ends, Usual};
use wire::{frame, ip};

impl Host {
    fn place(local: u16, remote: u16) -> usize {
        usize::from(local.wrapping_add(remote)) % 8
    }

    /// Takes a frame in, where all that the long way would ask is known to be right; else gives it back. Where somebody
    /// wants to know what is asked, or to see every frame, all go the long way.
    #[inline(always)]
    pub(crate) fn early_arrives(
        &mut self,
        iface: usize,
        frame: Bytes,
        cx: &mut Step,
    ) -> Result<Result<(), Refused>, Bytes> {
        let quiet = cx.r.is_none() && self.raw.is_empty() && self.nat.is_none();
        let Some(usual) = Usual::of(&frame).filter(|_| quiet) else { return Err(frame) };
        let (src_port, dst_port) = usual.ports();
        let Host { socks, ip, counters, settings, room, early, .. } = self;
        let id = early[Host::place(dst_port, src_port)];
        let way = Some(WayIn { iface, generation: ip.generation, ends: usual.ends() });
        let known = |sock: &Sock| sock.way_in == way && sock.hashed;
        let Some(sock) = socks.get_mut(id).filter(|sock| known(sock)) else { return Err(frame) };
        let Kind::Stream(connection) = &mut sock.kind else { return Err(frame) };
        if connection.state() != State::Established || !usual.is_intact() {
            return Err(frame);
        }
        for each in [Hot::IpInReceives, Hot::IpInDelivers, Hot::TcpInSegs] {
            counters.hot(each);
        }
        let payload = usual.payload();
        let mut seg = Segment { header: usual.header(), ecn: usual.ecn(), payload: frame };
        frame::narrow(&mut seg.payload, payload);
        let verdict = match connection.segment_foreseen(cx.now, &mut seg, cx.r) {
            true => {
                cx.out.foreseen = true;
                Verdict::Taken
            }
            false => connection.segment_arrives(cx.now, &seg, Admission::Open, cx.r),
        };
        if !settle_quietly(sock, ip, counters, settings, room, cx) {
            self.settle_in_full(id, cx);
        }
        Ok(outcome(verdict).map(|_| ()))
    }

    /// A segment came the long way and was found good: the next one of its connection may come the short one.
    pub(crate) fn note_way_in(&mut self, iface: usize, header: &ip::Header, tcp: &Header) {
        let usual = tcp.options.timestamps.is_some() && !tcp.flags.any(Flags::SYN | Flags::RST | Flags::FIN);
        let ip::Addrs::V4 { src, dst } = &header.addrs else { return };
        let mac = self.ip.mac(iface);
        if !usual {
            return;
        }
        let tuple = FourTuple {
            local: header.addrs.dst(),
            remote: header.addrs.src(),
            local_port: tcp.dst_port,
            remote_port: tcp.src_port,
        };
        if let Some(&id) = self.tuples.get(&tuple)
            && let Some(sock) = self.socks.get_mut(id)
        {
            let ends = Ends::new(mac, (*src, *dst), (tcp.src_port, tcp.dst_port));
            sock.way_in = Some(WayIn { iface, generation: self.ip.generation, ends });
            self.early[Host::place(tuple.local_port, tuple.remote_port)] = id;
        }
    }
}
