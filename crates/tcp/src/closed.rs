//! SEGMENT ARRIVES where there is no connection: CLOSED and LISTEN (RFC 9293 §3.10.7.1, §3.10.7.2).

use crate::rule::{RuleDef, Tape};
use crate::segment_arrives::seg_len;
use crate::{Segment, rule, rules};
use wire::Seq;
use wire::tcp::{Flags, Header, Options};

/// The RST (or nothing) with which a segment for no connection is answered (§3.10.7.1).
pub fn closed_reply(seg: &Segment, r: &mut Tape) -> Option<Header> {
    let h = &seg.header;
    if h.flags.has(Flags::RST) {
        rule!(r, rules::CLOSED_RST, Drop, h.seq);
        return None;
    }
    rule!(r, rules::CLOSED_RESET, Reset, h.dst_port, h.flags);
    Some(reset_for(seg))
}

/// What a segment does at a listener, before queues are asked (§3.10.7.2).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum AtListener {
    /// A SYN: a child may be made.
    Syn,
    /// Answer with this RST.
    Reset(Header),
    /// Ignore.
    Ignore(&'static RuleDef),
}

/// SEGMENT ARRIVES in LISTEN.
pub fn at_listener(seg: &Segment, r: &mut Tape) -> AtListener {
    let h = &seg.header;
    // First, RST: "an incoming RST should be ignored".
    if h.flags.has(Flags::RST) {
        rule!(r, rules::LISTEN_RST, Drop, h.seq);
        return AtListener::Ignore(&rules::LISTEN_RST);
    }
    // Second, ACK: "any acknowledgment is bad if it arrives on a connection still in the LISTEN state".
    if h.flags.has(Flags::ACK) {
        rule!(r, rules::LISTEN_ACK, Reset, h.ack);
        return AtListener::Reset(reset_for(seg));
    }
    // Third, SYN.
    if h.flags.has(Flags::SYN) {
        if h.flags.has(Flags::FIN) {
            // Not a way to open a connection; T/TCP is dead (linux tcp_rcv_state_process).
            rule!(r, rules::LISTEN_SYN_FIN, Drop, h.seq);
            return AtListener::Ignore(&rules::LISTEN_SYN_FIN);
        }
        rule!(r, rules::LISTEN_SYN, Pass, h.seq, h.dst_port);
        return AtListener::Syn;
    }
    // Fourth, anything else: it carries neither SYN, nor RST, nor ACK.
    rule!(r, rules::LISTEN_OTHER, Drop, h.flags);
    AtListener::Ignore(&rules::LISTEN_OTHER)
}

/// `<SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>`, or with an ACK to take the number from, `<SEQ=SEG.ACK><CTL=RST>`.
fn reset_for(seg: &Segment) -> Header {
    let h = &seg.header;
    let with_ack = h.flags.has(Flags::ACK);
    Header {
        src_port: h.dst_port,
        dst_port: h.src_port,
        seq: if with_ack { h.ack } else { Seq(0) },
        ack: if with_ack { Seq(0) } else { h.seq + seg_len(seg) },
        flags: if with_ack { Flags::RST } else { Flags::RST | Flags::ACK },
        window: 0,
        urgent: 0,
        options: Options::default(),
    }
}
