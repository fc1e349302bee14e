//! The transmission control block (RFC 9293 §3.3.1) and how it comes into being.

use crate::autotune::Appetite;
use crate::congestion::{Control, Window};
use crate::delayed_ack::AckState;
use crate::ecn::EcnState;
use crate::fast_open::{FastOpenAnswer, FastOpenState};
use crate::mtu_probe::MtuSearch;
use crate::output::Intent;
use crate::paws::TimestampState;
use crate::profile::Config;
use crate::rate::SendStats;
use crate::recovery::Recovery;
use crate::recv_queue::RecvQueue;
use crate::rtt::Rtt;
use crate::rtx_queue::{RtxQueue, Sent};
use crate::rule::Tape;
use crate::sack::SackReceiver;
use crate::send_queue::SendQueue;
use crate::stats::Stats;
use crate::time::{Duration, Instant};
use crate::timers::Timers;
use crate::transitions::Cause;
use crate::{Afterlife, Event, Ports, Segment, State, TimerKind, rule, rules};
use std::collections::VecDeque;
use std::rc::Rc;
use wire::Seq;
use wire::tcp::{Flags, Options};

/// One connection: a TCB and its mechanisms (RFC 9293 §3.3.1).
#[derive(Clone, Debug)]
pub struct Connection {
    pub(crate) cfg: Rc<Config>,
    pub(crate) ports: Ports,
    pub(crate) state: State,
    /// From LISTEN (MUST-11: SYN-RECEIVED remembers where it came from).
    pub(crate) passive: bool,
    pub(crate) snd: SendSpace,
    pub(crate) rcv: RecvSpace,
    pub(crate) tx: SendQueue,
    pub(crate) rtx: RtxQueue,
    pub(crate) rx: RecvQueue,
    /// Negotiated timestamps.
    pub(crate) ts: Option<TimestampState>,
    /// Negotiated SACK, receiving side.
    pub(crate) sack: Option<SackReceiver>,
    /// Negotiated window scaling.
    pub(crate) scaling: bool,
    pub(crate) ack: AckState,
    pub(crate) rtt: Rtt,
    pub(crate) win: Window,
    pub(crate) cc: Control,
    pub(crate) rec: Recovery,
    pub(crate) ecn: EcnState,
    pub(crate) stats: Stats,
    pub(crate) timers: Timers,
    /// Segments decided to be sent, in order.
    pub(crate) out: VecDeque<Intent>,
    pub(crate) events: VecDeque<Event>,
    /// The caller will write no more: FIN after what is queued.
    pub(crate) fin_queued: bool,
    /// Nobody will read or write any more (CLOSE).
    pub(crate) orphan: bool,
    /// The caller will read no more (shutdown(2) SHUT_RD).
    pub(crate) read_ended: bool,
    /// Segments delivered to the peer so far (cumulatively and selectively).
    pub(crate) delivered: u32,
    /// When it became established, or was opened.
    pub(crate) opened: Instant,
    /// Probes sent without an answer: persist or keep-alive.
    pub(crate) probes: u8,
    /// Window probes since the window closed, answered or not: how often the wait has doubled (SHLD-30).
    pub(crate) probe_backoff: u8,
    /// When anything last came from the peer (keep-alive, TCP_INFO).
    pub(crate) last_rcv: Instant,
    /// When the next answer to an unacceptable segment may go out.
    pub(crate) answers_from: Instant,
    /// When this state of the handshake or of retransmission began.
    pub(crate) retrans_since: Option<Instant>,
    /// Where it opened, or was asked to open, with data in the SYN (RFC 7413).
    pub(crate) fast_open: Option<Box<FastOpenState>>,
    /// While it looks for the path's MTU by itself (RFC 4821).
    pub(crate) mtu_search: Option<Box<MtuSearch>>,
    /// What is measured of sending, once something was sent.
    pub(crate) send_stats: Option<Box<SendStats>>,
    /// How fast the caller reads, once something came.
    pub(crate) appetite: Option<Box<Appetite>>,
}

/// Send sequence space (RFC 9293 §3.3.1).
#[derive(Clone, Debug)]
pub(crate) struct SendSpace {
    pub(crate) una: Seq,
    pub(crate) nxt: Seq,
    /// Octets the peer takes from `una` on, scaled.
    pub(crate) wnd: u32,
    /// Largest it ever was (RFC 5961 §5).
    pub(crate) max_wnd: u32,
    pub(crate) wl1: Seq,
    pub(crate) wl2: Seq,
    /// Octet after urgent data, while some is unacknowledged.
    pub(crate) up: Option<Seq>,
    pub(crate) iss: Seq,
    /// Shift of windows that arrive.
    pub(crate) wscale: u8,
    /// What the peer announced, or its default, octets.
    pub(crate) peer_mss: u16,
    /// Path limit: what ICMP or probing left of `Config::mss`.
    pub(crate) path_mss: u16,
    /// End of the last small segment sent (Minshall).
    pub(crate) small_end: Option<Seq>,
    /// Last sequence number pushed by ourselves (Linux pushed_seq).
    pub(crate) pushed: Seq,
    /// When data was last sent.
    pub(crate) last: Instant,
}

/// Receive sequence space (RFC 9293 §3.3.1).
#[derive(Clone, Debug)]
pub(crate) struct RecvSpace {
    pub(crate) nxt: Seq,
    /// Window as last announced, counted from `wup`, octets.
    pub(crate) wnd: u32,
    /// What the window is held to until data has come (Linux rcv_ssthresh); `u32::MAX`: the buffer alone.
    pub(crate) ssthresh: u32,
    /// RCV.NXT when the window was last announced.
    pub(crate) wup: Seq,
    /// Octet after urgent data, once some was announced.
    pub(crate) up: Option<Seq>,
    pub(crate) irs: Seq,
    /// Shift of windows that we send.
    pub(crate) wscale: u8,
    /// What our SYN said of it.
    pub(crate) syn_wscale: u8,
    /// Sequence number of the peer's FIN, once received in order.
    pub(crate) fin: Option<Seq>,
    /// Sequence number of a FIN that came too early.
    pub(crate) early_fin: Option<Seq>,
    /// Read by the caller, sequence number.
    pub(crate) copied: Seq,
    /// The urgent octet was read (MSG_OOB).
    pub(crate) urgent_taken: bool,
}

impl Connection {
    pub(crate) fn new(cfg: Rc<Config>, ports: Ports, iss: Seq, now: Instant) -> Connection {
        let cc = Control::new(&cfg);
        Connection {
            state: State::Closed,
            passive: false,
            snd: SendSpace {
                una: iss,
                nxt: iss,
                wnd: 0,
                max_wnd: 0,
                wl1: Seq(0),
                wl2: iss,
                up: None,
                iss,
                wscale: 0,
                peer_mss: cfg.mss_default,
                path_mss: cfg.mss,
                small_end: None,
                pushed: iss + 1,
                last: now,
            },
            rcv: RecvSpace {
                nxt: Seq(0),
                wnd: 0,
                ssthresh: u32::MAX,
                wup: Seq(0),
                up: None,
                irs: Seq(0),
                wscale: 0,
                syn_wscale: 0,
                fin: None,
                early_fin: None,
                copied: Seq(0),
                urgent_taken: false,
            },
            tx: SendQueue::new(iss + 1),
            rtx: RtxQueue::default(),
            rx: RecvQueue::default(),
            ts: None,
            sack: None,
            scaling: false,
            ack: AckState::new(&cfg),
            rtt: Rtt::new(),
            win: Window::new(cfg.initial_cwnd),
            cc,
            rec: Recovery::new(&cfg, iss),
            ecn: EcnState::default(),
            stats: Stats::default(),
            timers: Timers::default(),
            out: VecDeque::new(),
            events: VecDeque::new(),
            fin_queued: false,
            orphan: false,
            read_ended: false,
            delivered: 0,
            opened: now,
            probes: 0,
            probe_backoff: 0,
            last_rcv: now,
            answers_from: Instant::ZERO,
            retrans_since: None,
            fast_open: None,
            mtu_search: None,
            send_stats: None,
            appetite: None,
            cfg,
            ports,
        }
    }

    /// OPEN, active: SYN-SENT, with a SYN to go (§3.10.1).
    pub fn active_open(c: Rc<Config>, ports: Ports, iss: Seq, now: Instant, r: &mut Tape) -> Self {
        let mut conn = Connection::new(c, ports, iss, now);
        rule!(r, rules::OPEN_ACTIVE, Act, iss, ports.remote);
        conn.rcv.wscale = conn.choose_initial_window(conn.cfg.window_scaling);
        conn.rcv.syn_wscale = conn.rcv.wscale;
        conn.transition(Cause::ActiveOpen, r);
        conn.send_handshake(now, Flags::SYN, r);
        conn
    }

    /// Our SYN, which has not left, echoes what an earlier connection between the same ends knew ([`Afterlife`]).
    pub fn succeed(&mut self, old: &Afterlife, now: Instant) {
        // Whether it has timestamps itself is settled by the peer's SYN.
        self.ts = Some(TimestampState::new(old.recent, now, self.rcv.nxt));
    }

    /// A SYN met a listener: SYN-RECEIVED, with a SYN-ACK to go (§3.10.7.2).
    pub fn passive_open(
        c: Rc<Config>,
        ports: Ports,
        iss: Seq,
        syn: &Segment,
        now: Instant,
        r: &mut Tape,
    ) -> Self {
        Connection::passive_fast_open(c, ports, iss, (syn, FastOpenAnswer::Ignore), now, r)
    }

    /// RCV.NXT, IRS, window and options from the peer's SYN or SYN-ACK.
    pub(crate) fn take_syn(&mut self, now: Instant, syn: &Segment, r: &mut Tape) {
        let h = &syn.header;
        self.rcv.irs = h.seq;
        self.rcv.nxt = h.seq + 1;
        self.rcv.wup = self.rcv.nxt;
        self.rcv.copied = self.rcv.nxt;
        self.negotiate(now, &h.options, r);
        self.ecn_from_syn(syn, r);
        // The window of a segment with SYN is never scaled (RFC 7323 §2.2).
        self.snd.wnd = u32::from(h.window);
        self.snd.max_wnd = self.snd.wnd;
        self.snd.wl1 = h.seq;
        self.snd.wl2 = self.snd.una;
        self.last_rcv = now;
    }

    /// An option holds if both SYNs carry it (RFC 7323 §1.3, RFC 2018 §2).
    fn negotiate(&mut self, now: Instant, o: &Options, r: &mut Tape) {
        self.snd.peer_mss = o.mss.unwrap_or(self.cfg.mss_default).max(self.cfg.min_snd_mss);
        rule!(r, rules::OPTION_MSS, Act, self.snd.peer_mss, self.cfg.mss);
        self.ts = None;
        if self.cfg.timestamps
            && let Some(ts) = o.timestamps
        {
            self.ts = Some(TimestampState::new(ts.val, now, self.rcv.nxt));
            rule!(r, rules::OPTION_TIMESTAMPS, Act, ts.val);
        }
        if self.cfg.sack && o.sack_permitted {
            self.sack = Some(SackReceiver::default());
            rule!(r, rules::OPTION_SACK, Act);
        }
        let shift = o.window_scale.filter(|_| self.cfg.window_scaling);
        self.scaling = shift.is_some();
        // What an active opener announced in its SYN stands; only its shift needs the peer's consent.
        let ours = match self.passive {
            true => self.choose_initial_window(self.scaling),
            false if self.scaling => self.rcv.wscale,
            false => 0,
        };
        self.rcv.wscale = ours;
        // A shift above 14 is taken as 14 (RFC 7323 §2.3).
        self.snd.wscale = shift.unwrap_or(0).min(14);
        if shift.is_some() {
            rule!(r, rules::OPTION_WSCALE, Act, self.snd.wscale, ours);
        }
        self.ack.rcv_mss = self.initial_rcv_mss();
    }

    /// Appends to the retransmission queue and advances SND.NXT.
    pub(crate) fn outstanding(&mut self, now: Instant, len: u32, flags: Flags) {
        let (since_delivery, since_first, marks) = self.rate_at_sending(now);
        self.rtx.push(Sent {
            seq: self.snd.nxt,
            len,
            flags,
            resent: 0,
            marks,
            at: now,
            delivered: self.delivered,
            since_delivery,
            since_first,
        });
        self.snd.nxt += len;
    }

    /// Settings of this connection; changing a socket option goes through [`Connection::configure`].
    pub fn config(&self) -> &Config {
        &self.cfg
    }

    /// Changes settings of this connection alone (setsockopt(2)). What was negotiated stays.
    pub fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        change(Rc::make_mut(&mut self.cfg));
    }

    /// Ports.
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// The connection is over: every queue is emptied, every timer stops, and the caller is told why.
    pub(crate) fn die(&mut self, cause: Cause, errno: Option<&'static str>, r: &mut Tape) {
        self.transition(cause, r);
        self.timers.clear_all();
        // What this very step wanted to send again goes with its octets; ACKs and RSTs still leave.
        self.out.retain(|i| i.len == 0);
        self.tx.clear();
        self.rtx.clear();
        self.snd.una = self.snd.nxt;
        if errno.is_some() && !self.cfg.unread_survives {
            self.rx.clear();
        }
        if let Some(name) = errno {
            self.events.push_back(Event::Failed(name));
        }
    }

    /// Counts an nstat(8) counter.
    pub(crate) fn count(&mut self, name: &'static str) {
        self.events.push_back(Event::Count(name));
    }

    /// SYN-SENT, or SYN-RECEIVED after it: what the caller writes must wait.
    pub(crate) fn in_handshake(&self) -> bool {
        matches!(self.state, State::SynSent | State::SynReceived) && !self.is_unproven()
    }

    /// An active OPEN is under way: SYN-SENT, or SYN-RECEIVED where two SYNs crossed.
    pub fn is_opening(&self) -> bool {
        !self.passive && self.in_handshake()
    }

    /// Our FIN was sent and is acknowledged.
    pub(crate) fn fin_acked(&self) -> bool {
        self.fin_queued && self.fin_sent() && self.snd.una == self.snd.nxt
    }

    /// Our FIN was sent: it lies right after the last octet written.
    pub(crate) fn fin_sent(&self) -> bool {
        self.snd.nxt.gt(self.tx.end())
    }

    /// Arms the retransmission timer for the segment sent first (RFC 6298 §5.1, §5.3).
    pub(crate) fn rearm_rto(&mut self, now: Instant, r: &mut Tape) {
        if self.is_unproven() {
            // The timer is the SYN-ACK's until that is answered (tcp_rearm_rto).
            return;
        }
        if self.rtx.is_empty() {
            self.timers.clear(TimerKind::Retransmit);
            return;
        }
        // Where the probe or reordering timer ran, the time that it took counts (tcp_rearm_rto).
        if self.timers.is_set(TimerKind::TailLossProbe) || self.timers.is_set(TimerKind::RackReorder) {
            return self.rearm_rto_from_head(now, r);
        }
        let rto = self.not_past_user_timeout(now, self.rtt.rto(&self.cfg));
        rule!(r, rules::RTO_ARMED, Act, rto, self.snd.una);
        self.arm_send_timer(TimerKind::Retransmit, now, now + rto);
    }

    /// The same, but not later than an RTO after the first segment was sent: the probe and reordering timers
    /// took the retransmission timer's place meanwhile.
    pub(crate) fn rearm_rto_from_head(&mut self, now: Instant, r: &mut Tape) {
        let Some(head) = self.rtx.head() else { return self.rearm_rto(now, r) };
        let rto = self.rtt.rto(&self.cfg);
        let at = (head.at + rto).max(now + Duration::from_millis(1));
        rule!(r, rules::RTO_ARMED, Act, at.since(now), self.snd.una);
        self.arm_send_timer(TimerKind::Retransmit, now, at);
    }

    /// Of the four timers that wake a sender, one runs at a time.
    pub(crate) fn arm_send_timer(&mut self, kind: TimerKind, now: Instant, deadline: Instant) {
        if self.is_unproven() {
            return;
        }
        const SENDER: [TimerKind; 4] =
            [TimerKind::Retransmit, TimerKind::TailLossProbe, TimerKind::RackReorder, TimerKind::Persist];
        for other in SENDER {
            if other != kind {
                self.timers.clear(other);
            }
        }
        self.timers.set(kind, now, deadline);
    }
}
