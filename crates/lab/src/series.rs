//! What graphs are drawn from: how the variables of connections and the queues of links went along time.
//!
//! They are no part of a run: a sampler runs the timeline again beside the session, as far as it is asked to, so that a run
//! nobody draws pays nothing. It keeps only what changed, and no more than [`MOST`] samples: then every other one of each
//! series goes.

use crate::flows::Flows;
use crate::list::PIECE;
use crate::records::{FrameRecord, NONE, SampleKind, SampleRecord};
use crate::session::Session;
use crate::timeline::Timeline;
use host::HostEvent;
use net::{FrameId, Glance, Launched, NodeId, Step, StepLog, World};
use rustc_hash::FxHashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use tcp::rule::Tape;
use wire::layout::{self as at, ipv4 as v4, ipv6 as v6};
use wire::{ethernet, tcp as segment};

/// Samples kept, of all series.
const MOST: usize = 1 << 16;

/// A series: its kind, whose it is.
type Key = (u8, u16, u16);

/// Runs behind the session and writes down what changed.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    timeline: usize,
    step: u32,
    world: World,
    samples: Vec<SampleRecord>,
    /// Of each series its last values, kept or not, and how many there have been. Looked up only.
    last: FxHashMap<Key, ([u32; 7], u32)>,
    /// One in so many is kept.
    stride: u32,
    /// Records of frames that were set aside and made again: a piece of them.
    again: Option<(usize, Rc<Vec<FrameRecord>>)>,
}

impl Session {
    /// Brings the samples up to the furthest step known, handling at most `budget` steps; gives the step that they have come to.
    pub fn sample(&mut self, budget: u32) -> u32 {
        let timeline = &self.timelines[self.current];
        let mut sampler = match self.sampler.take() {
            Some(sampler) if sampler.timeline == self.current => sampler,
            _ => Box::new(Sampler::new(self.current, timeline.history.before(0).1.clone())),
        };
        let known = timeline.ledger.steps();
        let mut log = StepLog::default();
        for step in sampler.step + 1..=known.min(sampler.step.saturating_add(budget)) {
            if !timeline.play(step, &mut sampler.world, &mut log, &mut Tape::None) {
                break;
            }
            sampler.step = step;
            sampler.take(&log, timeline);
        }
        let step = sampler.step;
        self.sampler = Some(sampler);
        step
    }

    /// What has been sampled of this timeline, in the order of time: some series may be thinned out.
    pub fn samples(&self) -> &[SampleRecord] {
        match &self.sampler {
            Some(sampler) if sampler.timeline == self.current => &sampler.samples,
            _ => &[],
        }
    }

    /// The samples up to `step` are those of timeline `to` as well: it is a fork, or has been cut there.
    pub(crate) fn keep_samples(&mut self, from: usize, to: usize, step: u32) {
        let Some(sampler) = self.sampler.as_mut().filter(|s| s.timeline == from) else { return };
        sampler.timeline = to;
        if sampler.step > step {
            let (at, world) = self.timelines[to].history.before(step);
            (sampler.step, sampler.world) = (at, world.clone());
            sampler.samples.truncate(sampler.samples.partition_point(|s| s.step <= at));
            sampler.last.clear();
            for s in &sampler.samples {
                let (was, count) = sampler.last.entry((s.kind as u8, s.node, s.of)).or_default();
                (*was, *count) = ([s.a, s.b, s.c, s.d, s.e, s.f, s.g], *count + sampler.stride);
            }
        }
    }
}

impl Sampler {
    fn new(timeline: usize, world: World) -> Sampler {
        Sampler {
            timeline,
            step: 0,
            world,
            samples: Vec::new(),
            last: FxHashMap::default(),
            stride: 1,
            again: None,
        }
    }

    /// The record of a frame that has arrived.
    fn record(&mut self, timeline: &Timeline, frame: FrameId) -> Option<FrameRecord> {
        let at = frame.0 as usize;
        let known = timeline.ledger.frames().get(at).copied();
        known.or_else(|| {
            let piece = at / PIECE;
            if self.again.as_ref().is_none_or(|(n, _)| *n != piece) {
                self.again = Some((piece, timeline.frames_again(piece)?));
            }
            self.again.as_ref()?.1.get(at % PIECE).copied()
        })
    }

    /// What a step has changed: the connections that it was about, what lies on links, what was selectively acknowledged.
    fn take(&mut self, log: &StepLog, timeline: &Timeline) {
        let flows = timeline.ledger.flows();
        let time = log.time.0 as f64;
        for (node, event) in &log.events {
            if let HostEvent::State { local, remote, .. } | HostEvent::TimerFired { local, remote, .. } =
                event
            {
                self.connection(time, *node, *local, *remote, flows);
            }
            if let HostEvent::Queues { listener, syn, accept } = *event {
                let at = self.world.host(*node).and_then(|h| h.socket(listener)).and_then(|s| s.local);
                let port = at.map_or(NONE, |a| a.port());
                self.put(SampleKind::Queues, time, node.0, port, [syn, accept, 0, 0, 0, 0, 0]);
            }
        }
        for launched in &log.launched {
            self.link(time, launched);
            let Some(g) = Glance::at(&launched.bytes) else { continue };
            self.connection(time, launched.from, g.src, g.dst, flows);
            self.blocks(time, launched, flows.find(g.src, g.dst).unwrap_or(NONE));
        }
        if let Step::Arrival { frame, node } = log.step {
            let record = self.record(timeline, frame);
            let Some(flow) = record.and_then(|f| flows.list().get(usize::from(f.flow))) else { return };
            for (local, remote) in [(flow.server, flow.client), (flow.client, flow.server)] {
                self.connection(time, node, local, remote, flows);
            }
        }
    }

    /// The variables of an end of a connection, if it is still there.
    fn connection(&mut self, time: f64, node: NodeId, local: SocketAddr, remote: SocketAddr, flows: &Flows) {
        let Some(host) = self.world.host(node) else { return };
        let Some(t) = host.connection(local, remote).and_then(|sock| host.tcb(sock)) else { return };
        let micros = |d: tcp::time::Duration| u32::try_from(d.0 / 1000).unwrap_or(u32::MAX);
        let values = [
            t.snd_una.0,
            t.snd_nxt.0,
            t.snd_wnd,
            t.cwnd,
            t.ssthresh,
            t.srtt.map_or(u32::MAX, micros),
            micros(t.rto),
        ];
        let flow = flows.find(local, remote).unwrap_or(NONE);
        self.put(SampleKind::Connection, time, node.0, flow, values);
    }

    /// How much waits for a link, in octets, before and with a frame, and how long it will take to leave, in microseconds.
    fn link(&mut self, time: f64, l: &Launched) {
        let (len, takes) = (l.bytes.len() as f64, l.duration.0 as f64);
        if takes == 0.0 {
            return; // No rate, no queue.
        }
        let wait = (l.sent.0 as f64 - time).max(0.0);
        let before = wait * len / takes;
        let values = [before as u32, (before + len) as u32, ((wait + takes) / 1000.0) as u32, 0, 0, 0, 0];
        self.put(SampleKind::Link, time, l.from.0, l.link.0, values);
    }

    /// What a segment acknowledges selectively.
    fn blocks(&mut self, time: f64, l: &Launched, flow: u16) {
        let Some(options) = options_of(&l.bytes).filter(|o| !o.is_empty()) else { return };
        let sack = segment::parse_options(options).sack;
        for (left, right) in sack.blocks.iter().take(usize::from(sack.len)) {
            self.put(SampleKind::Sack, time, l.from.0, flow, [left.0, right.0, 0, 0, 0, 0, 0]);
        }
    }

    fn put(&mut self, kind: SampleKind, time: f64, node: u16, of: u16, values: [u32; 7]) {
        let (was, count) = self.last.entry((kind as u8, node, of)).or_insert(([u32::MAX; 7], 0));
        if *was == values {
            return;
        }
        *was = values;
        *count += 1;
        let [a, b, c, d, e, f, g] = values;
        let step = self.step;
        let sample = SampleRecord { time, step, node, of, a, b, c, d, e, f, g, kind: kind as u32 };
        if !(*count - 1).is_multiple_of(self.stride) {
            let same = |s: &&mut SampleRecord| (s.kind, s.node, s.of) == (sample.kind, node, of);
            if let Some(before) = self.samples.iter_mut().rev().find(same) {
                before.take_in(&sample);
            }
            return;
        }
        self.samples.push(sample);
        if self.samples.len() > MOST {
            self.stride *= 2;
            self.thin();
        }
    }

    /// Every other one of each series goes.
    fn thin(&mut self) {
        let mut kept: Vec<SampleRecord> = Vec::with_capacity(MOST);
        // Of each series: how many there have been, and where the last that is kept stands.
        let mut seen: FxHashMap<Key, (u32, usize)> = FxHashMap::default();
        for sample in &self.samples {
            let (nth, at) = seen.entry((sample.kind as u8, sample.node, sample.of)).or_default();
            if nth.is_multiple_of(2) {
                *at = kept.len();
                kept.push(*sample);
            } else {
                kept[*at].take_in(sample);
            }
            *nth += 1;
        }
        self.samples = kept;
    }
}

/// The octets of a segment's options; none where the frame is no TCP segment.
fn options_of(frame: &[u8]) -> Option<&[u8]> {
    let ip = frame.get(ethernet::LEN..)?;
    let header = match at::ethernet::TYPE.get(frame) as u16 {
        ethernet::IPV4 => v4::HDR_LEN.get(ip) as usize * 4,
        _ => v6::LEN,
    };
    let tcp = ip.get(header..)?;
    tcp.get(at::tcp::LEN..at::tcp::HDR_LEN.get(tcp.get(..at::tcp::LEN)?) as usize * 4)
}
