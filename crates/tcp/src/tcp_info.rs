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
    /// TCPI_OPT_…: 1 timestamps, 2 SACK, 4 window scale, 8 ECN.
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
        }
    }
}

impl Connection {
    /// TCP_INFO at this moment.
    pub fn info(&self, now: Instant) -> Info {
        let flag = |on: bool, bit: u32| if on { bit } else { 0 };
        let options = flag(self.ts.is_some(), 1) | flag(self.sack.is_some(), 2) | flag(self.scaling, 4);
        let synchronized = !matches!(self.state, State::SynSent | State::SynReceived);
        let acked = self.snd.una.since(self.snd.iss).saturating_sub(1);
        Info {
            state: self.state,
            ca_state: self.rec.state,
            retransmits: self.rec.timeouts.into(),
            probes: self.probes.into(),
            backoff: self.rtt.backoff.into(),
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
            last_data_sent: now.since(self.snd.last).as_millis(),
            last_data_recv: now.since(self.ack.last_data).as_millis(),
            last_ack_recv: now.since(self.last_rcv).as_millis(),
            pmtu: u32::from(self.snd.path_mss) + 40,
            rtt: self.rtt.srtt().map_or(0, |d| d.as_micros()),
            rttvar: self.rtt.srtt().map_or(250_000, |_| self.rtt.mdev().as_micros()),
            snd_ssthresh: self.win.ssthresh,
            snd_cwnd: self.win.cwnd,
            bytes_acked: if synchronized { acked.into() } else { 0 },
            bytes_received: self.octets_received(),
            notsent_bytes: self.tx.unsent(),
            min_rtt: self.rtt.min().map_or(u64::from(u32::MAX), |d| d.as_micros()),
            delivered: self.delivered,
            snd_wnd: self.snd.wnd,
            rcv_wnd: self.tcb().rcv_wnd,
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
