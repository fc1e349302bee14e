//! TCP_INFO (tcp(7), linux `tcp_get_info`): what a program may learn of its connection, with Linux's meanings.

use crate::time::Instant;
use crate::{CaState, Connection, State};

/// The members of `struct tcp_info` that this stack has figures for. Times in microseconds unless said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Info {
    /// State.
    pub state: State,
    /// Congestion state.
    pub ca_state: CaState,
    /// Timeouts in a row.
    pub retransmits: u32,
    /// Window or keep-alive probes without an answer.
    pub probes: u32,
    /// Doublings of the RTO.
    pub backoff: u32,
    /// TCPI_OPT_…: 1 timestamps, 2 SACK, 4 window scale, 8 ECN, 32 data in a SYN was accepted.
    pub options: u32,
    /// Shift of windows that arrive.
    pub snd_wscale: u32,
    /// Shift of windows that we send.
    pub rcv_wscale: u32,
    /// Retransmission timeout.
    pub rto: u64,
    /// Delayed ACK timeout.
    pub ato: u64,
    /// Octets of data in a full segment.
    pub snd_mss: u32,
    /// The MSS that we announced, octets.
    pub advmss: u32,
    /// Segments outstanding; at a listener, connections that wait for accept.
    pub unacked: u32,
    /// Of these, SACKed; at a listener, the backlog.
    pub sacked: u32,
    /// Of these, deemed lost.
    pub lost: u32,
    /// Of these, sent again and deemed in flight.
    pub retrans: u32,
    /// Since data was last sent, milliseconds.
    pub last_data_sent: u64,
    /// Since data was last received, milliseconds.
    pub last_data_recv: u64,
    /// Since an ACK was last received, milliseconds.
    pub last_ack_recv: u64,
    /// Path MTU, octets.
    pub pmtu: u32,
    /// Smoothed round-trip time.
    pub rtt: u64,
    /// Its mean deviation.
    pub rttvar: u64,
    /// Slow start threshold, segments; 0x7fffffff while there is none.
    pub snd_ssthresh: u32,
    /// Congestion window, segments.
    pub snd_cwnd: u32,
    /// Octets acknowledged by the peer.
    pub bytes_acked: u64,
    /// Octets received in order.
    pub bytes_received: u64,
    /// Octets written and not sent.
    pub notsent_bytes: u32,
    /// Least round-trip time of the last minutes; 0xffffffff while there is none.
    pub min_rtt: u64,
    /// Segments delivered to the peer.
    pub delivered: u32,
    /// The peer's window, octets.
    pub snd_wnd: u32,
    /// Our window, octets.
    pub rcv_wnd: u32,
    /// Size of the peer's full segments, as observed, octets.
    pub rcv_mss: u32,
    /// What our window is held to until data has come, octets.
    pub rcv_ssthresh: u32,
    /// Distance at which the path was seen to reorder, segments; and how often.
    pub reordering: u32,
    /// See `reordering`.
    pub reord_seen: u32,
    /// Segments sent again in all.
    pub total_retrans: u32,
    /// Segments received and sent.
    pub segs_in: u32,
    /// See `segs_in`.
    pub segs_out: u32,
    /// Of these, with data.
    pub data_segs_in: u32,
    /// See `data_segs_in`.
    pub data_segs_out: u32,
    /// Octets of data sent, copies included.
    pub bytes_sent: u64,
    /// Octets of data sent again.
    pub bytes_retrans: u64,
    /// Duplicates that the peer reported, segments.
    pub dsack_dups: u32,
    /// Segments received out of order.
    pub rcv_ooopack: u32,
    /// Time with something to send or unacknowledged.
    pub busy_time: u64,
    /// Of it, held back by the peer's window.
    pub rwnd_limited: u64,
    /// Of it, held back by the send buffer.
    pub sndbuf_limited: u64,
    /// Segments delivered with an ECN echo.
    pub delivered_ce: u32,
    /// Latest rate of delivery, octets a second.
    pub delivery_rate: u64,
    /// Whether the caller held it down: there was not enough to send.
    pub delivery_rate_app_limited: bool,
    /// Round-trip time as a receiver sees it.
    pub rcv_rtt: u64,
    /// Octets that the caller read in the last round trip.
    pub rcv_space: u32,
}

impl Default for Info {
    /// A socket that is not connected.
    fn default() -> Info {
        Info {
            state: State::Closed,
            ca_state: CaState::Open,
            retransmits: 0,
            probes: 0,
            backoff: 0,
            options: 0,
            snd_wscale: 0,
            rcv_wscale: 0,
            rto: 1_000_000,
            ato: 0,
            snd_mss: 536,
            advmss: 0,
            unacked: 0,
            sacked: 0,
            lost: 0,
            retrans: 0,
            last_data_sent: 0,
            last_data_recv: 0,
            last_ack_recv: 0,
            pmtu: 0,
            rtt: 0,
            rttvar: 250_000,
            snd_ssthresh: crate::congestion::INFINITE,
            snd_cwnd: 10,
            bytes_acked: 0,
            bytes_received: 0,
            notsent_bytes: 0,
            min_rtt: u64::from(u32::MAX),
            delivered: 0,
            snd_wnd: 0,
            rcv_wnd: 0,
            rcv_mss: 536,
            rcv_ssthresh: 0,
            reordering: 3,
            reord_seen: 0,
            total_retrans: 0,
            segs_in: 0,
            segs_out: 0,
            data_segs_in: 0,
            data_segs_out: 0,
            bytes_sent: 0,
            bytes_retrans: 0,
            dsack_dups: 0,
            rcv_ooopack: 0,
            busy_time: 0,
            rwnd_limited: 0,
            sndbuf_limited: 0,
            delivered_ce: 0,
            delivery_rate: 0,
            delivery_rate_app_limited: false,
            rcv_rtt: 0,
            rcv_space: 0,
        }
    }
}

impl Connection {
    /// TCP_INFO at this moment.
    pub fn info(&self, now: Instant) -> Info {
        let flag = |on: bool, bit: u32| if on { bit } else { 0 };
        let options = flag(self.ts.is_some(), 1)
            | flag(self.sack.is_some(), 2)
            | flag(self.scaling, 4)
            | flag(self.ecn.on, 8)
            | flag(self.syn_data_accepted(), 32);
        let sending = self.send_stats.as_deref();
        let (busy, rwnd_limited, sndbuf_limited) = sending.map(|s| s.chrono.read(now)).unwrap_or_default();
        let (rcv_rtt, rcv_space) = self.appetite_figures();
        let (delivery_rate, delivery_rate_app_limited) = self.delivery_rate();
        let synchronized = !matches!(self.state, State::SynSent | State::SynReceived);
        let acked = self.snd.una.since(self.snd.iss).saturating_sub(1);
        Info {
            state: self.state,
            ca_state: self.rec.state,
            retransmits: self.rec.timeouts.into(),
            probes: self.probes.into(),
            // Probes of a closed window double the same wait (linux icsk_backoff).
            backoff: self.rtt.backoff.saturating_add(self.probe_backoff).into(),
            options,
            snd_wscale: self.snd.wscale.into(),
            rcv_wscale: self.rcv.wscale.into(),
            rto: self.rtt.rto(&self.cfg).as_micros(),
            ato: self.ack.ato.as_micros(),
            snd_mss: self.current_mss(),
            advmss: self.cfg.mss.into(),
            unacked: self.rtx.out(),
            sacked: self.rtx.sacked(),
            lost: self.rtx.lost(),
            retrans: self.rtx.retrans(),
            last_data_sent: now.since(self.snd.last.max(self.opened)).as_millis(),
            last_data_recv: now.since(self.stats.last_data_rcv.max(self.opened)).as_millis(),
            last_ack_recv: now.since(self.stats.last_ack_rcv.max(self.opened)).as_millis(),
            pmtu: u32::from(self.snd.path_mss) + 40,
            rtt: self.rtt.srtt().map_or(0, |d| d.as_micros()),
            rttvar: self.rtt.srtt().map_or(250_000, |_| self.rtt.mdev().as_micros()),
            snd_ssthresh: self.win.ssthresh,
            snd_cwnd: self.win.cwnd,
            bytes_acked: if synchronized { acked.into() } else { 0 },
            // Linux counts the FIN as well (tcp_rcv_nxt_update).
            bytes_received: self.octets_received() + u64::from(self.rcv.fin.is_some()),
            notsent_bytes: self.tx.unsent(),
            min_rtt: self.rtt.min().map_or(u64::from(u32::MAX), |d| d.as_micros()),
            delivered: self.delivered,
            snd_wnd: self.snd.wnd,
            rcv_wnd: self.rcv_wnd_left(),
            rcv_mss: self.ack.rcv_mss,
            rcv_ssthresh: self.rcv.ssthresh,
            reordering: self.rec.reordering,
            reord_seen: self.rec.reord_seen,
            total_retrans: self.stats.total_retrans,
            segs_in: self.stats.segs_in,
            segs_out: self.stats.segs_out,
            data_segs_in: self.stats.data_segs_in,
            data_segs_out: self.stats.data_segs_out,
            bytes_sent: self.stats.bytes_sent,
            bytes_retrans: self.stats.bytes_retrans,
            dsack_dups: self.rec.dsack_dups,
            rcv_ooopack: self.stats.early_segs,
            busy_time: busy.as_micros(),
            rwnd_limited: rwnd_limited.as_micros(),
            sndbuf_limited: sndbuf_limited.as_micros(),
            delivered_ce: sending.map_or(0, |s| s.delivered_ce),
            delivery_rate,
            delivery_rate_app_limited,
            rcv_rtt: rcv_rtt.as_micros(),
            rcv_space,
        }
    }
}

impl Info {
    /// Names of `struct tcp_info`, with `tcpi_` before them, and their values.
    pub fn figures(&self) -> Vec<(&'static str, u64)> {
        let state = linux_state(self.state);
        let ca = self.ca_state as u64;
        vec![
            ("tcpi_state", state),
            ("tcpi_ca_state", ca),
            ("tcpi_retransmits", self.retransmits.into()),
            ("tcpi_probes", self.probes.into()),
            ("tcpi_backoff", self.backoff.into()),
            ("tcpi_options", self.options.into()),
            ("tcpi_snd_wscale", self.snd_wscale.into()),
            ("tcpi_rcv_wscale", self.rcv_wscale.into()),
            ("tcpi_rto", self.rto),
            ("tcpi_ato", self.ato),
            ("tcpi_snd_mss", self.snd_mss.into()),
            ("tcpi_advmss", self.advmss.into()),
            ("tcpi_unacked", self.unacked.into()),
            ("tcpi_sacked", self.sacked.into()),
            ("tcpi_lost", self.lost.into()),
            ("tcpi_retrans", self.retrans.into()),
            ("tcpi_last_data_sent", self.last_data_sent),
            ("tcpi_last_data_recv", self.last_data_recv),
            ("tcpi_last_ack_recv", self.last_ack_recv),
            ("tcpi_pmtu", self.pmtu.into()),
            ("tcpi_rtt", self.rtt),
            ("tcpi_rttvar", self.rttvar),
            ("tcpi_snd_ssthresh", self.snd_ssthresh.into()),
            ("tcpi_snd_cwnd", self.snd_cwnd.into()),
            ("tcpi_bytes_acked", self.bytes_acked),
            ("tcpi_bytes_received", self.bytes_received),
            ("tcpi_notsent_bytes", self.notsent_bytes.into()),
            ("tcpi_min_rtt", self.min_rtt),
            ("tcpi_delivered", self.delivered.into()),
            ("tcpi_snd_wnd", self.snd_wnd.into()),
            ("tcpi_rcv_wnd", self.rcv_wnd.into()),
            ("tcpi_rcv_mss", self.rcv_mss.into()),
            ("tcpi_rcv_ssthresh", self.rcv_ssthresh.into()),
            ("tcpi_reordering", self.reordering.into()),
            ("tcpi_reord_seen", self.reord_seen.into()),
            ("tcpi_total_retrans", self.total_retrans.into()),
            ("tcpi_segs_in", self.segs_in.into()),
            ("tcpi_segs_out", self.segs_out.into()),
            ("tcpi_data_segs_in", self.data_segs_in.into()),
            ("tcpi_data_segs_out", self.data_segs_out.into()),
            ("tcpi_bytes_sent", self.bytes_sent),
            ("tcpi_bytes_retrans", self.bytes_retrans),
            ("tcpi_dsack_dups", self.dsack_dups.into()),
            ("tcpi_rcv_ooopack", self.rcv_ooopack.into()),
            ("tcpi_busy_time", self.busy_time),
            ("tcpi_rwnd_limited", self.rwnd_limited),
            ("tcpi_sndbuf_limited", self.sndbuf_limited),
            ("tcpi_delivered_ce", self.delivered_ce.into()),
            ("tcpi_delivery_rate", self.delivery_rate),
            ("tcpi_rcv_rtt", self.rcv_rtt),
            ("tcpi_rcv_space", self.rcv_space.into()),
            ("tcpi_delivery_rate_app_limited", self.delivery_rate_app_limited.into()),
        ]
    }
}

/// Numbers of include/net/tcp_states.h. A socket in TIME-WAIT has let go of its connection: it is closed.
fn linux_state(state: State) -> u64 {
    match state {
        State::Established => 1,
        State::SynSent => 2,
        State::SynReceived => 3,
        State::FinWait1 => 4,
        State::FinWait2 => 5,
        State::TimeWait | State::Closed => 7,
        State::CloseWait => 8,
        State::LastAck => 9,
        State::Listen => 10,
        State::Closing => 11,
    }
}
