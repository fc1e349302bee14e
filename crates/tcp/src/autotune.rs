//! Buffers that grow with what they are used for, as Linux grows them: the receive buffer by Dynamic Right-Sizing
//! (`tcp_rcv_space_adjust`), the send buffer with the congestion window (`tcp_sndbuf_expand`).

use crate::Connection;
use crate::time::{Duration, Instant};
use wire::Seq;
use wire::tcp::Header;

/// What is known of how fast the caller reads; a connection that received nothing has none of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Appetite {
    /// 8 × the round-trip time as a receiver sees it, microseconds; 0: nothing measured yet.
    rtt8: u64,
    /// The echo last measured by.
    echo: u32,
    /// Without timestamps: a window's worth of data was begun at this time, and ends here.
    window: (Instant, Seq),
    /// Octets read in the last round trip, and where and when this one began.
    space: u32,
    seq: Seq,
    since: Instant,
}

/// Memory that Linux takes for a full segment besides its octets: headers and `skb_shared_info`, rounded up to a power of
/// two, and the `sk_buff` (tcp_sndbuf_expand).
const SEGMENT_OVERHEAD: (u32, u32) = (640, 256);

impl Connection {
    fn appetite(&mut self, now: Instant) -> &mut Appetite {
        let space = self.first_appetite();
        let (seq, edge) = (self.rcv.copied, self.rcv.nxt + self.rcv.wnd);
        let start = self.opened;
        self.appetite.get_or_insert_with(|| {
            Box::new(Appetite { rtt8: 0, echo: 0, window: (now, edge), space, seq, since: start })
        })
    }

    /// `len` octets came in order: the round trip as a receiver sees it, by the echo of a timestamp, or else by the time that a
    /// window of data takes (linux `tcp_rcv_rtt_measure_ts`, `tcp_rcv_rtt_measure`).
    pub(crate) fn measure_appetite(&mut self, now: Instant, header: &Header, len: u32) {
        if !self.cfg.moderate_rcvbuf {
            return;
        }
        let echoed = self.rtt_from_echo(now, header);
        let full = len >= self.ack.rcv_mss;
        let (nxt, edge) = (self.rcv.nxt, self.rcv.nxt + self.rcv_wnd_left());
        let a = self.appetite(now);
        match header.options.timestamps {
            Some(ts) => {
                if let Some(rtt) = echoed.filter(|_| ts.ecr != a.echo && full) {
                    let us = rtt.as_micros().max(1);
                    a.rtt8 = if a.rtt8 == 0 { us * 8 } else { a.rtt8 - a.rtt8 / 8 + us };
                }
                a.echo = ts.ecr;
            }
            None if nxt.ge(a.window.1) => {
                let us8 = now.since(a.window.0).as_micros().max(1) * 8;
                a.rtt8 = if a.rtt8 == 0 { us8 } else { a.rtt8.min(us8) };
                a.window = (now, edge);
            }
            None => {}
        }
    }

    /// The caller read. Once a round trip it is asked how much, and the buffer is made large enough for twice that, and for
    /// a sender that doubles its rate meanwhile.
    pub(crate) fn satisfy_appetite(&mut self, now: Instant) {
        if !self.cfg.moderate_rcvbuf || self.appetite.is_none() {
            return;
        }
        let read_up_to = self.rcv.copied;
        let a = self.appetite(now);
        if a.rtt8 == 0 || now.since(a.since).as_micros() < a.rtt8 / 8 {
            return;
        }
        let (copied, before) = (read_up_to.since(a.seq), a.space);
        (a.seq, a.since) = (read_up_to, now);
        if copied <= before {
            return;
        }
        a.space = copied;
        let window = 2 * u64::from(copied) + 16 * u64::from(self.cfg.mss);
        let grow = window * u64::from(copied - before) / u64::from(before.max(1));
        // Half of the memory is window.
        let wanted = (window + 2 * grow).min(u64::from(self.cfg.rcv_buf_max / 2)) as u32;
        if wanted > self.cfg.rcv_buf {
            self.configure(|c| c.rcv_buf = wanted);
        }
    }

    /// Room is made as the congestion window grows, where the caller waited for some: two windows' worth, and the memory
    /// around them.
    pub(crate) fn expand_send_buffer(&mut self) {
        let short = self.send_stats.as_ref().is_some_and(|s| s.no_space);
        if !short || !self.cfg.moderate_sndbuf || self.rtx.in_flight() >= self.win.cwnd {
            return;
        }
        let (headers, skb) = SEGMENT_OVERHEAD;
        let each = (u32::from(self.cfg.mss) + headers).next_power_of_two() + skb;
        let segments = self.win.cwnd.max(self.cfg.initial_cwnd).max(self.rec.reordering + 1);
        let wanted = segments.saturating_mul(2).saturating_mul(each).min(self.cfg.snd_buf_max);
        if wanted > self.cfg.snd_buf {
            self.configure(|c| c.snd_buf = wanted);
        }
    }

    /// The round trip as a receiver sees it, and octets read in the last one (tcpi_rcv_rtt, tcpi_rcv_space).
    pub(crate) fn appetite_figures(&self) -> (Duration, u32) {
        match self.appetite.as_deref() {
            Some(a) => (Duration::from_micros(a.rtt8 / 8), a.space),
            None => (Duration::ZERO, self.first_appetite()),
        }
    }

    /// What a caller is thought to read in a round trip before it has read anything: ten segments, which are without their
    /// timestamps at both ends since linux 6.16 (tcp_init_buffer_space).
    fn first_appetite(&self) -> u32 {
        let segment = u32::from(self.cfg.mss).saturating_sub(if self.ts.is_some() { 12 } else { 0 });
        self.rcv.ssthresh.min(self.rcv.wnd).min(10 * segment)
    }
}
