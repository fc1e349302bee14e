//! Captures at interfaces: what a packet socket there would be given (packet(7)), a block of its own for each.

use crate::error::{Result, error, word};
use crate::pcap::{self, Direction, Interface, Packet};
use crate::session::Session;
use crate::{catalogue, records, rules};
use bytes::Bytes;
use net::{FrameId, Launched, LinkId, NodeId, Step, StepLog, World, ecn};
use std::borrow::Cow;
use std::collections::BTreeMap;
use tcp::rule::Tape;

/// An interface: its machine, and its place there.
pub(crate) type Tap = (NodeId, usize);

/// A frame that passed a tap.
struct Passed {
    tap: u32,
    time: u64,
    frame: FrameId,
    bytes: Bytes,
    inbound: bool,
}

impl Session {
    /// Interfaces on links, as [`Session::capture_at`] takes them: `Client:eth0`, in the order of their machines.
    pub fn taps(&self) -> Vec<String> {
        self.plugged().into_iter().map(|tap| self.tap_name(tap)).collect()
    }

    /// What went through interfaces up to where we stand, as a pcapng file: an interface block each, and each packet with
    /// its direction. A tap sees what the queue before the link lets go, as it is when it goes; and what comes in, as it
    /// comes. `Client` stands for all interfaces of that machine; without any name, all there are.
    ///
    /// # Errors
    /// `unknown_interface`; `bad_capture`.
    pub fn capture_at(&self, names: &[String]) -> Result<Vec<u8>> {
        let all = self.plugged();
        let mut taps = Vec::new();
        for name in names {
            let is = |tap: &&Tap| {
                let full = self.tap_name(**tap);
                full == *name || full.rsplit_once(':').is_some_and(|(node, _)| node == name)
            };
            let before = taps.len();
            taps.extend(all.iter().filter(is).copied());
            if taps.len() == before {
                let known = self.taps().join(", ");
                return Err(error(
                    "unknown_interface",
                    [("name", word(name.as_str())), ("known", word(known))],
                ));
            }
        }
        if names.is_empty() {
            taps = all;
        }
        let interfaces: Vec<Interface> = taps.iter().map(|tap| self.described(*tap)).collect();
        let reasons = self.reasons();
        let mut passed = self.passed(&taps);
        passed.sort_by_key(|p| p.time);
        let packets = passed.into_iter().map(|p| Packet {
            interface: p.tap,
            time: p.time,
            frame: Cow::Owned(p.bytes.into()),
            comment: self.comment(p.frame, reasons.get(&p.frame.0)),
            direction: Some(if p.inbound { Direction::Inbound } else { Direction::Outbound }),
        });
        let about = format!("{}: {}", self.scenario.title.en, self.scenario.summary.en);
        pcap::write(&about, &interfaces, packets)
    }

    fn plugged(&self) -> Vec<Tap> {
        let ifaces = |n: u16| {
            let count = self.world.host(NodeId(n)).map_or(0, |h| h.config().ifaces.len());
            (0..count).map(move |i| (NodeId(n), i))
        };
        let all = (0..self.world.nodes()).flat_map(ifaces);
        all.filter(|&(n, i)| self.world.plug(n, i).is_some()).collect()
    }

    fn tap_name(&self, (node, iface): Tap) -> String {
        let config = self.world.host(node).map(|h| h.config());
        let name = config.and_then(|c| Some([&c.name, ":", &c.ifaces.get(iface)?.name].concat()));
        name.unwrap_or_default()
    }

    fn described(&self, tap: Tap) -> Interface {
        let plug = self.world.plug(tap.0, tap.1);
        let link = plug.and_then(|(link, _)| self.scenario.links.get(usize::from(link.0)));
        let state = plug.and_then(|(link, port)| self.world.link_state(link, port));
        Interface {
            name: self.tap_name(tap),
            description: link.map(|l| l.name.clone()).unwrap_or_default(),
            speed: state.and_then(|s| s.sends.rate).unwrap_or(0),
        }
    }

    /// Everything that passed these taps, by replay.
    fn passed(&self, taps: &[Tap]) -> Vec<Passed> {
        let timeline = self.timeline();
        let mut world = timeline.world_at(0);
        let (mut log, mut all, mut queued) = (StepLog::default(), Vec::new(), BTreeMap::new());
        let place = |tap: Tap| taps.iter().position(|t| *t == tap).map(|n| n as u32);
        for step in 1..=self.position() {
            let comes = match (timeline.command_at(step), world.next()) {
                (None, Some((time, Step::Arrival { frame, .. }))) => {
                    world.flight(frame).map(|f| (f.to, time.0, frame, f.bytes.clone()))
                }
                _ => None,
            };
            if !timeline.play(step, &mut world, &mut log, &mut Tape::None) {
                break;
            }
            if let Some((to, time, frame, bytes)) = comes
                && let Some(tap) = place(to)
            {
                all.push(Passed { tap, time, frame, bytes, inbound: true });
            }
            let mut last: Option<&Launched> = None;
            for l in &log.launched {
                let same = last.is_some_and(|o| is_one(o, l));
                last = Some(l);
                let Some(tap) = sender(&world, l).and_then(place).filter(|_| !same && goes_out(l)) else {
                    continue;
                };
                if world.flight(l.id).is_some_and(|f| f.is_queued()) {
                    queued.insert(l.id.0, tap);
                    continue;
                }
                let (time, bytes) = (l.sent.0, as_sent(&log, l.id, l.bytes.clone()));
                all.push(Passed { tap, time, frame: l.id, bytes, inbound: false });
            }
            for (frame, fate) in &log.fates {
                let net::Fate::Sent { sent, .. } = fate else { continue };
                if let (Some(tap), Some(flight)) = (queued.remove(&frame.0), world.flight(*frame)) {
                    let bytes = as_sent(&log, *frame, flight.bytes.clone());
                    all.push(Passed { tap, time: sent.0, frame: *frame, bytes, inbound: false });
                }
            }
        }
        // What waits for its turn has not gone yet.
        let now = world.now().0;
        all.retain(|p| p.time <= now);
        all
    }
}

/// Whether two frames are the same one, to two receivers.
fn is_one(a: &Launched, b: &Launched) -> bool {
    a.copy_of.is_none()
        && b.copy_of.is_none()
        && a.from == b.from
        && a.link == b.link
        && a.bytes.as_ptr() == b.bytes.as_ptr()
}

/// Whether the sender's interface sends it: it is no copy that the link, or a person, made, and its queue let it go.
fn goes_out(l: &Launched) -> bool {
    let kept =
        [&net::rules::QUEUE_FULL, &net::rules::RED_DROPS, &net::rules::CODEL_DROPS, &net::rules::LINK_DOWN];
    l.copy_of.is_none() && !l.lost.is_some_and(|loss| kept.contains(&loss.rule))
}

/// The interface that a frame left by. Where a machine has two on one link, the source address tells.
fn sender(world: &World, l: &Launched) -> Option<Tap> {
    let config = world.host(l.from)?.config();
    let on_it = |i: &usize| world.plug(l.from, *i).is_some_and(|(link, _): (LinkId, u16)| link == l.link);
    let mut ifaces = (0..config.ifaces.len()).filter(on_it);
    let first = ifaces.next()?;
    let source = l.bytes.get(6..12);
    let right = ifaces.find(|i| Some(&config.ifaces[*i].mac[..]) == source);
    Some((l.from, right.unwrap_or(first)))
}

/// A frame before the link turned a bit of it.
fn as_sent(log: &StepLog, frame: FrameId, bytes: Bytes) -> Bytes {
    let turned = log.impaired.iter().find(|(id, rule, _)| *id == frame && **rule == net::rules::CORRUPTED);
    turned.map_or(bytes.clone(), |(.., numbers)| ecn::turn(&bytes, numbers[0]))
}

/// What the link did to a frame beyond carrying it, for its comment.
pub(super) fn impaired(session: &Session, frame: FrameId) -> Vec<String> {
    let Some(record) = session.frame(frame.0) else { return Vec::new() };
    let marks = session.marks_between(record.step_sent, record.step_ended.min(session.position()));
    let of = |m: &&records::MarkRecord| m.kind == records::MarkKind::Impaired as u8 && m.frame == frame.0;
    let word =
        |m: &records::MarkRecord| catalogue::short(catalogue::Lang::En, rules::at(m.b)?.id, [m.x, m.y]);
    marks.iter().filter(of).filter_map(word).collect()
}
