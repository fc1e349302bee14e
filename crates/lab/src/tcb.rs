//! The variables of a TCB as a face lists them.

use crate::view::{TimerView, Unit, VarView};
use tcp::time::Duration;
use tcp::{Tcb, TimerKind};

/// Names and units of the variables, in the order in which they are shown.
pub(crate) static NAMES: [(&str, Unit); 21] = [
    ("SND.UNA", Unit::Seq),
    ("SND.NXT", Unit::Seq),
    ("SND.WND", Unit::Octets),
    ("ISS", Unit::Seq),
    ("RCV.NXT", Unit::Seq),
    ("RCV.WND", Unit::Octets),
    ("IRS", Unit::Seq),
    ("cwnd", Unit::Octets),
    ("ssthresh", Unit::Octets),
    ("in flight", Unit::Octets),
    ("SRTT", Unit::Ns),
    ("RTTVAR", Unit::Ns),
    ("RTO", Unit::Ns),
    ("MSS", Unit::Octets),
    ("retransmits", Unit::Count),
    ("send queue", Unit::Octets),
    ("receive queue", Unit::Octets),
    // RFC 7323 §2.2, §3.2, RFC 2018 §2: what both SYNs agreed on, or a SYN cookie could remember.
    ("Snd.Wind.Shift", Unit::Count),
    ("Rcv.Wind.Shift", Unit::Count),
    ("Snd.TS.OK", Unit::Bool),
    ("SACK", Unit::Bool),
];

/// The value of each of [`NAMES`]; NaN where it has none.
pub(crate) fn values(tcb: &Tcb) -> [f64; 21] {
    let Tcb {
        state: _,
        snd_una,
        snd_nxt,
        snd_wnd,
        snd_up: _,
        snd_wl1: _,
        snd_wl2: _,
        snd_wscale,
        iss,
        rcv_nxt,
        rcv_wnd,
        rcv_up: _,
        rcv_wscale,
        irs,
        snd_mss,
        cwnd,
        ssthresh,
        in_flight,
        srtt,
        rttvar,
        rto,
        retransmits,
        send_queue,
        recv_queue,
        ooo: _,
        timestamps,
        sack,
        cc: _,
        cc_state: _,
        timers: _,
    } = tcb;
    let ns = |d: &Option<Duration>| d.map_or(f64::NAN, |d| d.0 as f64);
    // RFC 5681 §3.1 has it arbitrarily high at first.
    let threshold = if *ssthresh >= i32::MAX as u32 { f64::INFINITY } else { f64::from(*ssthresh) };
    [
        snd_una.0.into(),
        snd_nxt.0.into(),
        (*snd_wnd).into(),
        iss.0.into(),
        rcv_nxt.0.into(),
        (*rcv_wnd).into(),
        irs.0.into(),
        (*cwnd).into(),
        threshold,
        (*in_flight).into(),
        ns(srtt),
        ns(rttvar),
        rto.0 as f64,
        (*snd_mss).into(),
        (*retransmits).into(),
        (*send_queue).into(),
        (*recv_queue).into(),
        (*snd_wscale).into(),
        (*rcv_wscale).into(),
        u8::from(*timestamps).into(),
        u8::from(*sack).into(),
    ]
}

/// The variables, with what they were before where that is another value.
pub(crate) fn variables(now: &Tcb, was: Option<&Tcb>) -> Vec<VarView> {
    let old = was.map(values);
    let view = |(n, value): (usize, f64)| {
        let (name, unit) = NAMES[n];
        let was = old.map(|o| o[n]).filter(|was| was.to_bits() != value.to_bits());
        VarView { name: name.into(), value, unit, was }
    };
    values(now).into_iter().enumerate().map(view).collect()
}

/// Those of [`variables`] that changed.
pub(crate) fn changes(now: &Tcb, was: Option<&Tcb>) -> Vec<VarView> {
    variables(now, was).into_iter().filter(|v| v.was.is_some()).collect()
}

/// The running timers; `was` is 0 for one that this step set.
pub(crate) fn timers(now: &Tcb, was: Option<&Tcb>) -> Vec<TimerView> {
    let view = |&(kind, until): &(TimerKind, tcp::time::Instant)| {
        let before = was.map(|t| t.timers.iter().find(|(k, _)| *k == kind).map_or(0, |(_, at)| at.0));
        TimerView {
            name: timer_name(kind).into(),
            until: until.0 as f64,
            was: before.filter(|&at| at != until.0).map(|at| at as f64),
        }
    };
    now.timers.iter().map(view).collect()
}

/// A timer's name in the field's own words; never translated.
pub(crate) fn timer_name(kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::Retransmit => "retransmit",
        TimerKind::TailLossProbe => "TLP",
        TimerKind::RackReorder => "RACK reorder",
        TimerKind::Persist => "persist",
        TimerKind::DelayedAck => "delayed ACK",
        TimerKind::KeepAlive => "keepalive",
        TimerKind::FinWait2 => "FIN-WAIT-2",
        TimerKind::TimeWait => "TIME-WAIT",
        TimerKind::UserTimeout => "user timeout",
    }
}
