//! Who set this? The step that last changed a value, and the rule of that step that did.

use crate::commands::node_id;
use crate::session::Session;
use crate::tcb;
use crate::view::{StopResult, Target};
use host::SockId;
use net::{StepLog, World};
use tcp::rule::{Decision, Operand, Tape};

/// What cannot be read of a world in which it is not.
const ABSENT: [u64; 3] = [u64::MAX; 3];

/// A value as bits that are equal where it is the same.
fn probe(world: &World, target: &Target) -> [u64; 3] {
    let host = node_id(target.node).ok().and_then(|n| world.host(n));
    let Some(host) = host else { return ABSENT };
    if target.socket == 0 {
        return [host.counter(&target.what), 0, 0];
    }
    let sock = SockId(target.socket);
    let row = || host.socket(sock);
    let found = match target.what.as_str() {
        // A row of ss(8).
        "row" => row().map(|r| [r.state as u64, r.recv_q.into(), r.send_q.into()]),
        // A place in one of a listener's queues, while it has one.
        "entry" => row().filter(|r| r.parent.is_some()).map(|r| {
            let repeats = host.tcb(sock).map_or(0, |t| t.retransmits.into());
            [r.state as u64, repeats, r.recv_q.into()]
        }),
        // How many wait in a listener's queues.
        "syn queue" => row().and_then(|r| Some([r.listener?.syn_queue.len() as u64, 0, 0])),
        "accept queue" => row().and_then(|r| Some([r.listener?.accept_queue.len() as u64, 0, 0])),
        "state" => row().map(|r| [r.state as u64, 0, 0]),
        name => host.tcb(sock).and_then(|t| {
            if let Some(at) = tcb::NAMES.iter().position(|(known, _)| *known == name) {
                return Some([tcb::values(&t)[at].to_bits(), 0, 0]);
            }
            let timer = t.timers.iter().find(|(kind, _)| tcb::timer_name(*kind) == name);
            timer.map(|(_, at)| [at.0, 0, 0])
        }),
    };
    found.unwrap_or(ABSENT)
}

impl Session {
    /// Looks for the last step before `below` that gave a value what it has, in at most about `budget` steps; moves
    /// nothing. `break`: `at` is that step; `start`: it has had the value since the beginning; `budget`: all from `at`
    /// on has been looked at.
    pub fn who(&self, target: &Target, below: u32, budget: u32) -> StopResult {
        let below = below.min(self.ledger().steps() + 1);
        let mut done =
            StopResult { events: 0, stopped: "start".into(), at: below, by: None, hits: Vec::new() };
        while done.at > 1 {
            if done.events >= budget {
                done.stopped = "budget".into();
                return done;
            }
            let (from, world) = self.timeline().history.before(done.at - 2);
            let (mut world, mut log) = (world.clone(), StepLog::default());
            let (mut was, mut found) = (probe(&world, target), None);
            for step in from + 1..done.at {
                self.timeline().play(step, &mut world, &mut log, &mut Tape::None);
                let now = probe(&world, target);
                if now != was {
                    (was, found) = (now, Some(step));
                }
            }
            done.events += done.at - 1 - from;
            done.at = from + 1;
            if let Some(step) = found {
                (done.at, done.stopped) = (step, "break".into());
                return done;
            }
        }
        done
    }

    /// The rule of the step we stand at that set a value, as its place in [`Session::trace`]; none where no rule of
    /// the step says that it sets it.
    pub fn setter(&self, target: &Target) -> Option<u32> {
        let mut tape: Tape = Some(Vec::new());
        let (_, after) = self.replay(&mut tape)?;
        let born = probe(&self.world_before()?, target) == ABSENT;
        let host = node_id(target.node).ok().and_then(|n| after.host(n))?;
        let tcb = host.tcb(SockId(target.socket));
        let at = tcb::NAMES.iter().position(|(name, _)| *name == target.what);
        let now = at.zip(tcb.as_ref()).map_or(f64::NAN, |(at, tcb)| tcb::values(tcb)[at]);
        let counted = matches!(target.what.as_str(), "cwnd" | "ssthresh");
        let segments = tcb.filter(|t| counted && t.snd_mss > 0).map(|t| now / f64::from(t.snd_mss));
        setter(&tape.unwrap_or_default(), target, now, segments, born).map(|n| n as u32)
    }
}

/// Which rules say that they set a variable: beginnings of their ids. Behind a `|` stand those that set it only where none
/// before does (cwnd is shown in octets: a changed MSS changes it). What a socket has from its birth, [`BIRTH`] sets.
static SETS: &[(&str, &str)] = &[
    (
        "SND.UNA",
        "tcp.ack.advances tcp.ack.of_syn tcp.ack.of_fin tcp.syn_sent.ack tcp.fast_open.accepted tcp.rst",
    ),
    ("SND.NXT", "tcp.send.segment tcp.persist tcp.syn_sent.ack"),
    ("SND.WND", "tcp.window.updated tcp.syn_sent.established tcp.syn_sent.crossing tcp.ack.of_syn"),
    ("ISS", ""),
    (
        "RCV.NXT",
        "tcp.text.in_order tcp.text.joined tcp.fin.taken tcp.syn_sent.established tcp.syn_sent.crossing",
    ),
    (
        "RCV.WND",
        "tcp.text tcp.window.announced tcp.window.update tcp.call.receive tcp.fin.taken tcp.send.segment",
    ),
    ("IRS", "tcp.syn_sent.established tcp.syn_sent.crossing"),
    ("cwnd", CWND),
    ("ssthresh", "tcp.cwnd.timeout tcp.recovery tcp.cwr tcp.frto tcp.path tcp.mtu | tcp.cwnd.avoidance"),
    (
        "in flight",
        "tcp.send.segment tcp.ack.advances tcp.ack.of_syn tcp.syn_sent.ack tcp.persist tcp.fast_open.accepted tcp.rst",
    ),
    ("SRTT", "tcp.rtt.sample"),
    ("RTTVAR", "tcp.rtt.sample"),
    ("RTO", "tcp.rtt.sample tcp.rto.fired tcp.ack.of_syn"),
    ("MSS", "tcp.option.mss tcp.option.timestamps tcp.path tcp.mtu | tcp.text"),
    ("retransmits", "tcp.rto.fired tcp.retransmit tcp.ack.advances tcp.ack.of_syn tcp.syn_sent.established"),
    ("send queue", "tcp.call.send tcp.ack.advances tcp.call.close tcp.fast_open tcp.rst"),
    ("receive queue", "tcp.text tcp.call.receive tcp.urg"),
    ("Snd.Wind.Shift", "tcp.option.window_scale | tcp.syn_sent"),
    ("Rcv.Wind.Shift", "tcp.option.window_scale | tcp.syn_sent"),
    ("Snd.TS.OK", "tcp.option.timestamps | tcp.syn_sent"),
    ("SACK", "tcp.option.sack | tcp.syn_sent"),
    ("state", STATE),
    (
        "row",
        "tcp.state tcp.call tcp.ack.advances tcp.ack.of tcp.send.segment tcp.text tcp.urg host.accept host.listen host.call",
    ),
    ("entry", "host.listen tcp.state tcp.retransmit tcp.rto.fired tcp.text"),
    ("syn queue", "host.listen host.cookie tcp.state tcp.rto tcp.rst"),
    ("accept queue", "host.listen host.accept host.cookie tcp.state tcp.rst"),
    ("retransmit", "tcp.rto.armed tcp.rto.fired tcp.syn_sent.crossing tcp.syn.repeated"),
    ("TLP", "tcp.tlp.armed"),
    ("RACK reorder", "tcp.rack.waits"),
    ("persist", "tcp.persist"),
    ("delayed ACK", "tcp.ack.delayed"),
    ("keepalive", "tcp.keepalive tcp.state"),
    ("FIN-WAIT-2", "tcp.state.changes tcp.call.close"),
    ("TIME-WAIT", "tcp.time_wait.armed"),
    ("user timeout", "tcp.user_timeout"),
];
const CWND: &str = "tcp.cwnd.slow_start tcp.cwnd.avoidance tcp.cwnd.timeout tcp.cwnd.idle tcp.cwnd.prr tcp.recovery tcp.cwr tcp.frto \
    tcp.tlp.repaired tcp.path tcp.mtu | tcp.syn_sent.established tcp.ack.of_syn | tcp.option.mss tcp.option.timestamps | tcp.text";
const STATE: &str = "tcp.state.changes tcp.time_wait";
/// What makes a socket.
const BIRTH: &str =
    "tcp.open host.listen.isn tcp.handshake host.cookie tcp.fast_open tcp.option.mss tcp.state.changes";

/// Of the rules of a step that set a value, the last that names the value seen afterwards, else the last. Where a rule
/// does not name it, it may be one that the value passed through. `segments`: the value where rules count segments.
fn setter(
    decisions: &[Decision],
    target: &Target,
    now: f64,
    segments: Option<f64>,
    born: bool,
) -> Option<usize> {
    let sets = SETS.iter().find(|(name, _)| *name == target.what).map_or("", |(_, rules)| rules);
    let begins = |list: &str, id: &str| list.split_ascii_whitespace().any(|r| id.starts_with(r));
    let is = |o: &Operand| match *o {
        Operand::Num(n) => n as f64 == now || segments == Some(n as f64),
        Operand::Seq(n) => f64::from(n.0) == now,
        Operand::Duration(d) => d.0 as f64 == now,
        Operand::Instant(t) => t.0 as f64 == now,
        _ => false,
    };
    let last = |list: &str| {
        let names = |d: &Decision| begins(list, d.rule.id) && d.operands.iter().any(is);
        let named = decisions.iter().rposition(names);
        named.or_else(|| decisions.iter().rposition(|d| begins(list, d.rule.id)))
    };
    sets.split('|').find_map(last).or_else(|| last(BIRTH).filter(|_| born))
}
