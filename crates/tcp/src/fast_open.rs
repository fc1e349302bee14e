//! TCP Fast Open (RFC 7413), both sides, as Linux does it (net/ipv4/tcp_fastopen.c): data in the SYN, and a child that
//! may talk before the ACK of its SYN-ACK has come.

use crate::rule::Tape;
use crate::segment_arrives::{Step, refused};
use crate::time::Instant;
use crate::transitions::Cause;
use crate::{CaState, Config, Connection, Event, Ports, Segment, State, TimerKind, rule, rules};
use bytes::Bytes;
use std::rc::Rc;
use wire::Seq;
use wire::tcp::{FastOpen, Flags};

/// Room for options in a SYN with data: the most that there can be, for what lies on the way may add some
/// (linux `tcp_send_syn_data`, MAX_TCP_OPTION_SPACE).
const OPTION_SPACE: u32 = 40;

/// What an active opener puts into its SYN (RFC 7413 §4.2.1).
#[derive(Clone, Debug, Default)]
pub struct FastOpenSyn {
    /// A cookie, a request for one (empty), or no option at all where the path is known to need none.
    pub option: Option<FastOpen>,
    /// What the caller writes; the SYN takes what fits, and nothing along with a request.
    pub data: Bytes,
    /// The MSS that the server announced the last time, octets (§4.1.3).
    pub mss: Option<u16>,
    /// It is tried anew, after paths had been found that swallow it.
    pub trial: bool,
}

/// What the end of a connection says of what its path did to Fast Open (linux `tcp_fastopen_active_disable_ofo_check`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FastOpenPath {
    /// Of all that the server sent nothing came but a FIN that belongs behind it.
    Swallows,
    /// Data came: the trial went well.
    Passes,
}

/// How a listener answers the Fast Open of a SYN (RFC 7413 §4.2.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FastOpenAnswer {
    /// As if there were none.
    Ignore,
    /// The SYN-ACK brings this cookie and acknowledges the SYN alone.
    Cookie(FastOpen),
    /// The SYN's data is taken and the child may talk at once; with a new cookie where the old one was made by a
    /// key that is going out of use.
    Accept(Option<FastOpen>),
}

/// What a SYN-ACK taught a client of a server, for the cache of its host (RFC 7413 §4.1.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FastOpenLesson {
    /// The server's MSS, octets.
    pub mss: u16,
    /// A cookie, where one came.
    pub cookie: Option<FastOpen>,
    /// A request brought none: 1, the experimental option is worth a try; 2, neither is (linux `try_exp`); else 0.
    pub try_experimental: u8,
}

/// What a connection knows of its Fast Open; only connections that use it have one.
#[derive(Clone, Debug, Default)]
pub(crate) struct FastOpenState {
    /// Option of the first SYN or SYN-ACK. Copies go without: the first may have been lost because of it.
    option: Option<FastOpen>,
    /// The data of a SYN was accepted, ours by the peer or the peer's by us (TCPI_OPT_SYN_DATA).
    accepted: bool,
    /// Octets of ours that went with the SYN.
    syn_data: u32,
    /// The ACK of the SYN-ACK has not come yet.
    unproven: bool,
    /// A RST came instead of it.
    reset: bool,
    /// When the SYN-ACK was first sent.
    since: Instant,
    /// The caller will write no more, but the FIN waits for the end of the handshake (linux `tcp_shutdown`).
    shutdown_waits: bool,
    lesson: Option<FastOpenLesson>,
    /// See [`FastOpenSyn::trial`].
    trial: bool,
}

impl Connection {
    /// OPEN with Fast Open (RFC 7413 §4.2.1): as [`Connection::active_open`], with the option and perhaps data in the
    /// SYN. What the SYN did not take the caller writes later; [`Connection::unacked`] says how much it took.
    pub fn active_fast_open(
        c: Rc<Config>,
        ports: Ports,
        iss: Seq,
        syn: FastOpenSyn,
        now: Instant,
        r: &mut Tape,
    ) -> Self {
        let mut conn = Connection::new(c, ports, iss, now);
        rule!(r, rules::OPEN_ACTIVE, Act, iss, ports.remote);
        conn.rcv.wscale = conn.choose_initial_window(conn.cfg.window_scaling);
        conn.rcv.syn_wscale = conn.rcv.wscale;
        conn.transition(Cause::ActiveOpen, r);
        let asks = syn.option.is_some_and(|o| o.len == 0);
        let limit = u32::from(conn.cfg.mss.min(syn.mss.unwrap_or(u16::MAX)));
        let room = if asks { 0 } else { limit.saturating_sub(OPTION_SPACE) };
        let n = room.min(syn.data.len() as u32);
        match syn.option {
            Some(o) if o.len == 0 => rule!(r, rules::FAST_OPEN_ASKS, Act, ports.remote),
            _ => rule!(r, rules::FAST_OPEN_SYN, Act, n, syn.data.len()),
        }
        let state =
            FastOpenState { option: syn.option, syn_data: n, trial: syn.trial, ..FastOpenState::default() };
        conn.fast_open = Some(Box::new(state));
        conn.tx.push(syn.data.slice(..n as usize), true, false);
        conn.tx.mark_push();
        conn.snd.pushed = conn.tx.end();
        conn.send_handshake(now, Flags::SYN, r);
        if n > 0 {
            conn.tx.sent(n);
            conn.outstanding(now, n, Flags::PSH);
            conn.stats.bytes_sent += u64::from(n);
            conn.stats.data_segs_out += 1;
            if let Some(i) = conn.out.back_mut() {
                i.len = n;
            }
        }
        conn
    }

    /// A SYN met a listener that knows Fast Open (RFC 7413 §4.2.2): as [`Connection::passive_open`], with `answer`.
    pub fn passive_fast_open(
        c: Rc<Config>,
        ports: Ports,
        iss: Seq,
        (syn, answer): (&Segment, FastOpenAnswer),
        now: Instant,
        r: &mut Tape,
    ) -> Self {
        let mut conn = Connection::new(c, ports, iss, now);
        conn.passive = true;
        rule!(r, rules::OPEN_PASSIVE, Act, syn.header.seq, iss);
        conn.take_syn(now, syn, r);
        conn.transition(Cause::PassiveSyn, r);
        let mut state = FastOpenState { since: now, ..FastOpenState::default() };
        match answer {
            FastOpenAnswer::Ignore => {}
            FastOpenAnswer::Cookie(cookie) => {
                rule!(r, rules::FAST_OPEN_COOKIE, Answer, cookie.len);
                state.option = Some(cookie);
                conn.fast_open = Some(Box::new(state));
            }
            FastOpenAnswer::Accept(cookie) => {
                state.option = cookie;
                state.unproven = true;
                conn.fast_open = Some(Box::new(state));
                conn.begin_before_ack(now, syn, r);
                return conn;
            }
        }
        conn.send_handshake(now, Flags::SYN | Flags::ACK, r);
        conn
    }

    /// SYN-RECEIVED, but with the SYN's data taken and ours free to go. The SYN stands in no queue: it is repeated by a
    /// clock of its own, and what is written lies behind it (linux `tcp_fastopen_create_child`).
    fn begin_before_ack(&mut self, now: Instant, syn: &Segment, r: &mut Tape) {
        let len = syn.payload.len() as u32;
        rule!(r, rules::FAST_OPEN_CHILD, Act, len, self.rcv.nxt + len);
        if len > 0 {
            self.rx.push(syn.payload.clone());
            self.rcv.nxt += len;
            self.rcv.wup = self.rcv.nxt;
            self.stats.segs_in += 1;
            self.stats.data_segs_in += 1;
            self.stats.last_data_rcv = now;
            self.fast_open_mut().accepted = true;
        }
        self.snd.nxt += 1;
        self.snd.una = self.snd.nxt;
        self.rec.high = self.snd.nxt;
        self.win.stamp = now;
        self.begin_mtu_search(now);
        let flags = Flags::SYN | Flags::ACK;
        self.emit(self.snd.iss, 0, flags, 0);
        rule!(r, rules::HANDSHAKE_SENT, Act, flags, self.snd.iss);
        self.count("TCPFastOpenPassive");
        self.timers.set(TimerKind::Retransmit, now, now + self.cfg.rto_initial);
    }

    fn fast_open_mut(&mut self) -> &mut FastOpenState {
        self.fast_open.get_or_insert_default()
    }

    /// Whether this is a child by Fast Open whose peer has not answered the SYN-ACK yet.
    pub fn is_unproven(&self) -> bool {
        self.fast_open.as_ref().is_some_and(|f| f.unproven) && self.state != State::Closed
    }

    /// Whether a RST ended it in that time: perhaps its SYN came from a forger (RFC 7413 §5.1).
    pub fn was_reset_unproven(&self) -> bool {
        self.fast_open.as_ref().is_some_and(|f| f.reset)
    }

    /// Whether data went with a SYN and was accepted (TCPI_OPT_SYN_DATA).
    pub(crate) fn syn_data_accepted(&self) -> bool {
        self.fast_open.as_ref().is_some_and(|f| f.accepted)
    }

    /// Whether the caller has said that it will write no more, and the FIN waits for the end of the handshake.
    pub(crate) fn fin_waits(&self) -> bool {
        self.fast_open.as_ref().is_some_and(|f| f.shutdown_waits)
    }

    /// The FIN waits for the end of the handshake.
    pub(crate) fn let_fin_wait(&mut self) {
        self.fast_open_mut().shutdown_waits = true;
    }

    /// The handshake is over: the FIN that waited for that goes.
    pub(crate) fn send_waiting_fin(&mut self, now: Instant, r: &mut Tape) {
        let waits = self.fast_open.as_mut().is_some_and(|f| std::mem::take(&mut f.shutdown_waits));
        if waits && !self.fin_queued {
            self.queue_fin(now, r);
        }
    }

    /// What the SYN-ACK taught, once.
    pub fn take_fast_open_lesson(&mut self) -> Option<FastOpenLesson> {
        self.fast_open.as_mut()?.lesson.take()
    }

    /// Whether our SYN had the option.
    fn asked_for_fast_open(&self) -> bool {
        !self.passive && self.fast_open.as_ref().is_some_and(|state| state.option.is_some())
    }

    /// What is known of the path when the connection is over; `None` where its SYN had no Fast Open, or nothing is.
    pub fn fast_open_path(&self) -> Option<FastOpenPath> {
        let nothing_came = self.stats.data_segs_in == 0;
        match &self.fast_open {
            _ if !self.asked_for_fast_open() => None,
            _ if nothing_came && self.rcv.early_fin.is_some() => Some(FastOpenPath::Swallows),
            Some(state) if state.trial && !nothing_came => Some(FastOpenPath::Passes),
            _ => None,
        }
    }

    /// The timer has fired, and `over` says whether it was the last time: the third one in a row, or an end before that, is
    /// told of (linux `tcp_fastopen_active_detect_blackhole`).
    pub(crate) fn suspect_fast_open(&mut self, over: bool) {
        let times = self.rec.timeouts;
        if self.asked_for_fast_open() && (times == 2 || times < 2 && over) {
            self.events.push_back(Event::FastOpenFails);
            self.count("TCPFastOpenActiveFail");
        }
    }

    /// The option of a SYN or SYN-ACK that goes out, for the first time or again.
    pub(crate) fn fast_open_option(&self, resent: u8) -> Option<FastOpen> {
        self.fast_open.as_ref().filter(|_| resent == 0)?.option
    }

    /// The peer's RST is believed: it is over before it was proven.
    pub(crate) fn note_unproven_reset(&mut self) {
        if self.is_unproven() {
            self.fast_open_mut().reset = true;
        }
    }

    /// The SYN-ACK has come (linux `tcp_rcv_fastopen_synack`): what it taught is kept; data of the SYN that it does not
    /// acknowledge goes again at once, without a word of congestion. Whether some did.
    pub(crate) fn fast_open_answered(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> bool {
        let Some(state) = self.fast_open.as_deref() else { return false };
        let (asked, syn_data) = (state.option, state.syn_data);
        let repeated = self.rec.syn_losses > 0;
        let cookie = seg.header.options.fast_open.filter(|c| asked.is_some() && c.len > 0);
        let none_came = asked.is_some() && cookie.is_none() && syn_data == 0 && !repeated;
        let try_experimental = match asked {
            Some(o) if none_came => 1 + u8::from(o.experimental),
            _ => 0,
        };
        if let Some(c) = cookie {
            rule!(r, rules::FAST_OPEN_LEARNED, Act, c.len, self.snd.peer_mss);
        }
        let mss = seg.header.options.mss.unwrap_or(self.cfg.mss_default);
        self.fast_open_mut().lesson = Some(FastOpenLesson { mss, cookie, try_experimental });
        if syn_data == 0 {
            return false;
        }
        if self.rtx.is_empty() {
            rule!(r, rules::FAST_OPEN_ACCEPTED, Pass, syn_data);
            self.fast_open_mut().accepted = true;
            self.count("TCPFastOpenActive");
            // The SYN and its data were one segment.
            self.delivered = self.delivered.saturating_sub(1).max(1);
            return false;
        }
        rule!(r, rules::FAST_OPEN_REFUSED, Act, self.snd.una, syn_data);
        self.count("TCPFastOpenActiveFail");
        for i in 0..self.rtx.q.len() {
            self.mark_lost(i);
        }
        self.resend_without_congestion(now, r);
        true
    }

    /// What is marked lost was not lost to congestion: it goes again, and the window stays (linux
    /// `tcp_non_congestion_loss_retransmit`).
    pub(crate) fn resend_without_congestion(&mut self, now: Instant, r: &mut Tape) {
        if self.rec.state != CaState::Loss {
            self.rec.high = self.snd.nxt;
            self.win.ssthresh = self.win.current_ssthresh();
            self.rec.prior_ssthresh = None;
            self.rec.undo_marker = None;
            self.rec.state = CaState::Loss;
        }
        self.retransmit_lost(now, r);
        self.rearm_rto(now, r);
    }

    /// The first ACK after the SYN-ACK (linux `tcp_rcv_synrecv_state_fastopen`): from here on everything is as usual.
    pub(crate) fn prove(&mut self, now: Instant, seg: &Segment, r: &mut Tape) -> Step {
        let h = &seg.header;
        if h.ack.lt(self.snd.una) || h.ack.gt(self.snd.nxt) {
            rule!(r, rules::ACK_NOT_OF_SYN, Reset, h.ack, self.snd.nxt);
            if self.state == State::SynReceived {
                self.answer_rst(h.ack);
            } else {
                self.challenge_ack(now, r);
            }
            return refused(&rules::ACK_NOT_OF_SYN, h.ack.0, self.snd.nxt.0);
        }
        rule!(r, rules::ACK_OF_SYN, Act, h.ack, self.snd.nxt);
        let state = self.fast_open_mut();
        state.unproven = false;
        let since = state.since;
        let repeated = self.rec.timeouts > 0;
        self.snd.wl1 = h.seq;
        self.process_ack(now, seg, r);
        if self.state == State::SynReceived {
            self.transition(Cause::AckOfSyn, r);
        }
        if self.rtt.srtt().is_none() && !repeated {
            self.first_sample(now, now.since(since), r);
        }
        if self.rec.state == CaState::Loss && self.rtx.is_empty() {
            self.leave_recovery(r);
        }
        self.delivered = self.delivered.wrapping_add(1);
        self.rec.timeouts = 0;
        self.rtt.backoff = 0;
        self.retrans_since = None;
        self.opened = now;
        self.snd.last = now;
        if self.rtx.is_empty() || !self.timers.is_set(TimerKind::TailLossProbe) {
            self.rearm_rto(now, r);
        }
        self.arm_keepalive(now);
        self.send_waiting_fin(now, r);
        Ok(())
    }

    fn first_sample(&mut self, now: Instant, rtt: crate::time::Duration, r: &mut Tape) {
        self.rtt.sample(&self.cfg, rtt, self.snd.una, self.snd.nxt);
        self.rtt.sample_min(now, rtt);
        let (srtt, var) = (self.rtt.srtt().unwrap_or_default(), self.rtt.rttvar().unwrap_or_default());
        rule!(r, rules::RTT_SAMPLE, Act, rtt, srtt, var, self.rtt.base_rto(&self.cfg));
    }

    /// The SYN-ACK again, and nothing else before it is answered (linux `tcp_fastopen_synack_timer`).
    pub(crate) fn unproven_timeout(&mut self, now: Instant, r: &mut Tape) {
        // One more than usual: the caller may have taken the connection already.
        let most = self.cfg.synack_retries.saturating_add(1);
        if self.rec.timeouts >= most {
            rule!(r, rules::HANDSHAKE_GIVEN_UP, Reset, self.rec.timeouts, most);
            return self.die(Cause::TimedOut, Some("ETIMEDOUT"), r);
        }
        if self.rec.timeouts == 1 {
            self.enter_loss(now, r);
        }
        self.rec.timeouts += 1;
        self.stats.total_retrans += 1;
        self.retrans_since.get_or_insert(now);
        self.emit(self.snd.iss, 0, Flags::SYN | Flags::ACK, self.rec.timeouts);
        self.count("TCPSynRetrans");
        rule!(r, rules::RETRANSMIT, Act, self.snd.iss, 0u32, self.rec.timeouts);
        let wait = crate::rtt::backed_off(self.cfg.rto_initial, self.rec.timeouts, self.cfg.rto_max);
        rule!(r, rules::RTO_ARMED, Act, wait, self.snd.iss);
        self.timers.set(TimerKind::Retransmit, now, now + wait);
    }
}
