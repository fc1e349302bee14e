//! What people are shown of a connection.

use crate::time::{Duration, Instant};
use crate::{Connection, State, TimerKind};
use wire::Seq;

/// The variables of a connection (RFC 9293 §3.3.1, RFC 6298, RFC 5681; `timers` as set).
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Tcb {
    pub state: State,
    pub snd_una: Seq,
    pub snd_nxt: Seq,
    pub snd_wnd: u32,
    pub snd_up: Seq,
    pub snd_wl1: Seq,
    pub snd_wl2: Seq,
    pub snd_wscale: u8,
    pub iss: Seq,
    pub rcv_nxt: Seq,
    pub rcv_wnd: u32,
    pub rcv_up: Seq,
    pub rcv_wscale: u8,
    pub irs: Seq,
    /// Our segments' limit, octets of data.
    pub snd_mss: u32,
    /// Octets (a whole number of segments).
    pub cwnd: u32,
    /// Octets; `u32::MAX` while there is none yet.
    pub ssthresh: u32,
    /// Octets sent and not acknowledged.
    pub in_flight: u32,
    pub srtt: Option<Duration>,
    pub rttvar: Option<Duration>,
    pub rto: Duration,
    /// Times the oldest segment was sent again in a row.
    pub retransmits: u8,
    pub send_queue: u32,
    pub recv_queue: u32,
    /// Octets received out of order.
    pub ooo: u32,
    pub timestamps: bool,
    pub sack: bool,
    /// Name of the congestion control and of its phase.
    pub cc: &'static str,
    pub cc_state: &'static str,
    /// Which timers run, and until when.
    pub timers: Vec<(TimerKind, Instant)>,
}

impl Connection {
    /// How far the caller's octets have got: the first not acknowledged, the first never sent, the one after the last.
    pub fn send_marks(&self) -> (Seq, Seq, Seq) {
        (self.tx.una(), self.tx.nxt(), self.tx.end())
    }
    /// Octets written from `start` on were joined to what an earlier write left waiting.
    pub fn joins_last_write(&self, start: Seq) -> bool {
        self.tx.tail_start().is_some_and(|s| s.lt(start))
    }

    /// RCV.NXT: all octets before it have come.
    pub fn snd_una(&self) -> Seq {
        self.snd.una
    }
    /// RCV.NXT.
    pub fn rcv_nxt(&self) -> Seq {
        self.rcv.nxt
    }

    /// The variables, for people to look at.
    pub fn tcb(&self) -> Tcb {
        let mss = self.current_mss();
        let octets = |segments: u32| match segments {
            crate::congestion::INFINITE => u32::MAX,
            n => n.saturating_mul(mss),
        };
        Tcb {
            state: self.state,
            snd_una: self.snd.una,
            snd_nxt: self.snd.nxt,
            snd_wnd: self.snd.wnd,
            snd_up: self.snd.up.unwrap_or(self.snd.una),
            snd_wl1: self.snd.wl1,
            snd_wl2: self.snd.wl2,
            snd_wscale: self.snd.wscale,
            iss: self.snd.iss,
            rcv_nxt: self.rcv.nxt,
            rcv_wnd: self.rcv_wnd_left(),
            rcv_up: self.rcv.up.unwrap_or(self.rcv.nxt),
            rcv_wscale: self.rcv.wscale,
            irs: self.rcv.irs,
            snd_mss: mss,
            cwnd: octets(self.win.cwnd),
            ssthresh: octets(self.win.ssthresh),
            in_flight: self.snd.nxt.since(self.snd.una),
            srtt: self.rtt.srtt(),
            rttvar: self.rtt.rttvar(),
            rto: self.rtt.rto(&self.cfg),
            retransmits: self.rec.timeouts,
            send_queue: self.tx.len() as u32,
            recv_queue: self.rx.readable() as u32,
            ooo: self.rx.early_len() as u32,
            timestamps: self.ts.is_some(),
            sack: self.sack.is_some(),
            cc: self.cc.get().name(),
            cc_state: self.rec.state.name(),
            timers: TimerKind::ALL.into_iter().filter_map(|k| Some((k, self.timers.deadline(k)?))).collect(),
        }
    }

    /// Panics with a sentence where an invariant does not hold (tests and fuzzers call it after every step).
    pub fn assert_invariants(&self) {
        let s = &self.snd;
        assert!(s.una.le(s.nxt), "SND.UNA {} ≤ SND.NXT {}", s.una, s.nxt);
        assert!(s.wnd <= s.max_wnd || self.in_handshake(), "SND.WND {} ≤ MAX.SND.WND {}", s.wnd, s.max_wnd);
        assert!(s.wscale <= 14 && self.rcv.wscale <= 14, "RFC 7323 §2.3: shift at most 14");
        assert!(self.win.cwnd >= 1, "cwnd is at least one segment");
        assert!(self.win.ssthresh >= 2, "RFC 5681 equation 4: ssthresh is at least two segments");
        self.tx.assert_invariants();
        self.rx.assert_invariants(self.rcv.nxt);
        if self.state == State::Closed {
            assert!(self.timers.next().is_none(), "CLOSED has no timers");
            return;
        }
        self.rtx.assert_invariants(s.una, s.nxt);
        let fin = u32::from(self.fin_sent());
        assert_eq!(
            self.tx.nxt() + fin,
            if s.nxt == s.iss { s.iss + 1 } else { s.nxt },
            "SND.NXT follows what was sent"
        );
        assert!(!self.fin_sent() || self.fin_queued, "a FIN that nobody asked for");
        if self.rcv.fin.is_some() {
            assert!(!matches!(
                self.state,
                State::SynSent | State::Established | State::FinWait1 | State::FinWait2
            ));
        }
        if !self.rtx.is_empty() && self.state != State::TimeWait {
            let kinds =
                [TimerKind::Retransmit, TimerKind::TailLossProbe, TimerKind::RackReorder, TimerKind::Persist];
            assert!(kinds.into_iter().any(|k| self.timers.is_set(k)), "data outstanding and no timer runs");
        }
        assert_eq!(self.state == State::TimeWait, self.timers.is_set(TimerKind::TimeWait), "2 MSL timer");
        let edge = self.rcv_edge();
        assert!(
            self.rx.early_runs().all(|(_, e)| e.le(edge) || self.cfg.wide_window),
            "early data past the window"
        );
    }
}
