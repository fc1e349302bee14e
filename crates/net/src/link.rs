//! A link: who is on it, how long frames take, which it loses.

use crate::config::{LinkConfig, NodeId};
use crate::glance::Glance;
use crate::impairments::{FrameKind, Impairments};
use crate::log::Loss;
use crate::rules;
use crate::weather::Weather;
use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;
use tcp::rule;
use tcp::rule::{RuleDef, Tape};
use tcp::time::{Duration, Instant};
use wire::tcp::Flags;

/// A link at work.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) ports: Vec<Port>,
    cable: bool,
}

/// An interface on the link, with the state of what it sends.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(crate) node: u16,
    pub(crate) iface: usize,
    mac: u64,
    pub(crate) sends: std::rc::Rc<Impairments>,
    /// Octets of the last frame, and how long they took: the next one is mostly as long.
    last: (usize, Duration),
    /// When the last bit of all that waits will have left.
    pub(crate) busy_until: Instant,
    chance: Pcg32,
    /// Seed and stream that all chance of this port comes from.
    source: (u64, u64),
    /// Frames of each loss rule's kind so far.
    counts: Vec<u32>,
    /// For what is more than delay, rate, queue and losses frame by frame; none on most links.
    pub(crate) weather: Option<Box<Weather>>,
}

/// Whom on a link a frame is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Aim {
    All,
    /// Whoever has this Ethernet address.
    One(u64),
}

/// When a frame's bits leave and arrive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passage {
    pub(crate) sent: Instant,
    pub(crate) duration: Duration,
    pub(crate) arrives: Instant,
}

impl Link {
    /// `macs` are those of the ports, in order. Each port's chance is a stream of its own of the world's seed.
    pub(crate) fn new(config: &LinkConfig, index: usize, macs: &[[u8; 6]], seed: u64) -> Link {
        let port = |(n, p): (usize, &crate::config::PortConfig)| Port {
            node: p.node as u16,
            iface: p.iface,
            mac: number(macs[n]),
            sends: std::rc::Rc::new(p.sends.clone()),
            last: (0, Duration::ZERO),
            busy_until: Instant::ZERO,
            chance: Pcg32::new(seed, (index as u64) << 16 | n as u64),
            source: (seed, (index as u64) << 16 | n as u64),
            counts: vec![0; p.sends.lose.len()],
            weather: (!p.sends.is_plain())
                .then(|| Box::new(Weather::new(seed, (index as u64) << 16 | n as u64))),
        };
        Link { ports: config.ports.iter().enumerate().map(port).collect(), cable: config.cable }
    }

    /// Whom a frame is for; `None` where it is too short to say.
    #[inline]
    pub(crate) fn aim(&self, frame: &[u8]) -> Option<Aim> {
        let mac = frame.first_chunk::<6>()?;
        let all = self.cable || mac[0] & 1 != 0; // the I/G bit, IEEE 802 §8.2
        Some(if all { Aim::All } else { Aim::One(number(*mac)) })
    }

    /// The next interface, of port `n` on, that a frame of port `from` goes to: its port, node and number.
    #[inline]
    pub(crate) fn receiver(&self, from: usize, aim: Aim, mut n: usize) -> Option<(usize, NodeId, usize)> {
        while let Some(port) = self.ports.get(n) {
            if n != from && (aim == Aim::All || aim == Aim::One(port.mac)) {
                return Some((n, NodeId(port.node), port.iface));
            }
            n += 1;
        }
        None
    }
}

/// An Ethernet address as one number.
fn number([a, b, c, d, e, f]: [u8; 6]) -> u64 {
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

impl Passage {
    /// Half-way along the link.
    pub(crate) fn half(&self) -> Instant {
        Instant(self.sent.0 + self.arrives.since(self.sent).0 / 2)
    }
}

impl Port {
    /// Has something else done to what is sent from now on. What chance has come to stays; counts begin again where
    /// something else is counted.
    pub(crate) fn ask(&mut self, sends: Impairments) {
        if sends.lose != self.sends.lose {
            self.counts = vec![0; sends.lose.len()];
        }
        if self.weather.is_none() && !sends.is_plain() {
            self.weather = Some(Box::new(Weather::new(self.source.0, self.source.1)));
        }
        self.sends = std::rc::Rc::new(sends);
        self.last = (0, Duration::ZERO);
    }

    /// Takes `len` octets at `now`: first in, first out.
    ///
    /// Errs with what waits and the limit, both in octets, where the queue is full.
    pub(crate) fn admit(&mut self, now: Instant, len: usize) -> Result<Passage, [u32; 2]> {
        let Some(rate) = self.sends.rate else {
            return Ok(Passage { sent: now, duration: Duration::ZERO, arrives: now + self.sends.delay });
        };
        if let Some(limit) = self.sends.queue {
            let waiting = octets_in(self.busy_until.since(now), rate);
            if waiting > u64::from(limit) {
                return Err([u32::try_from(waiting).unwrap_or(u32::MAX), limit]);
            }
        }
        let sent = self.busy_until.max(now);
        if self.last.0 != len {
            self.last = (len, Duration((len as u64).saturating_mul(8_000_000_000) / rate));
        }
        let duration = self.last.1;
        self.busy_until = sent + duration;
        Ok(Passage { sent, duration, arrives: self.busy_until + self.sends.delay })
    }

    /// Whether the link loses a frame that goes through as `passage` says. Chance is asked for every frame, so
    /// that a frame lost by count does not shift the fortunes of those after it.
    #[inline]
    pub(crate) fn lose(&mut self, frame: &[u8], id: u32, p: Passage, r: &mut Tape) -> Option<Loss> {
        let may = self.sends.loss > 0.0 || !self.sends.lose.is_empty();
        if may { self.lose_some(frame, id, p, r) } else { None }
    }

    fn lose_some(&mut self, frame: &[u8], id: u32, p: Passage, r: &mut Tape) -> Option<Loss> {
        let loss = |rule: &'static RuleDef, numbers| Some(Loss { rule, numbers, at: p.half() });
        let by_chance =
            self.sends.loss > 0.0 && f64::from(self.chance.next_u32()) < self.sends.loss * 4_294_967_296.0; // 2^32
        // Each counts every frame of its kind, whatever the others do to it.
        let mut by_count = None;
        for (rule, count) in self.sends.lose.iter().zip(&mut self.counts) {
            if is_kind(frame, rule.kind) {
                *count += 1;
                by_count = by_count.or((*count == rule.nth).then_some(rule));
            }
        }
        if let Some(rule) = by_count {
            rule!(r, rules::LOST_BY_COUNT, Drop, id, rule.nth, rule.kind.name());
            return loss(&rules::LOST_BY_COUNT, [id, rule.nth]);
        }
        if by_chance {
            let per_million = (self.sends.loss * 1e6) as u32;
            rule!(r, rules::LOST_BY_CHANCE, Drop, id, per_million);
            return loss(&rules::LOST_BY_CHANCE, [id, per_million]);
        }
        None
    }
}

/// Octets that leave in `time` at `rate` bits a second.
pub(crate) fn octets_in(time: Duration, rate: u64) -> u64 {
    (u128::from(time.0) * u128::from(rate) / 8_000_000_000).min(u128::from(u64::MAX)) as u64
}

/// Whether a frame is of the kind that a loss rule counts.
fn is_kind(frame: &[u8], kind: FrameKind) -> bool {
    let Some(Glance { flags, payload, .. }) = Glance::at(frame) else { return kind == FrameKind::Any };
    match kind {
        FrameKind::Any => true,
        FrameKind::Data => payload > 0,
        FrameKind::Syn => flags.has(Flags::SYN),
        FrameKind::Fin => flags.has(Flags::FIN),
        FrameKind::PureAck => payload == 0 && flags.without(Flags::PSH) == Flags::ACK,
    }
}
