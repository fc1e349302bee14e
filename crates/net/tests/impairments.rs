//! What links are asked to do to frames, against what they do to 100,000 of them. The seeds are fixed, so nothing here
//! fails by chance; the bounds are four standard deviations of what was asked for.

use crate::common::{datagram, frame, world};
use bytes::Bytes;
use net::{
    Burst, Codel, Discipline, Fate, FrameId, Impairments, LinkId, NodeId, Red, Step, StepLog, World, ecn,
    rules,
};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};

pub const FRAMES: u32 = 100_000;
pub const MS: u64 = 1_000_000;

/// What came of frames.
#[derive(Default)]
pub struct Seen {
    /// Lost, each with the rule.
    pub lost: Vec<(FrameId, &'static str)>,
    /// When each was sent and arrived.
    pub arrived: Vec<(FrameId, u64, u64)>,
    /// What else the link did: frame, rule, numbers.
    pub done: Vec<(FrameId, &'static str, [u32; 2])>,
    copies: u32,
}

impl Seen {
    pub fn take(&mut self, log: &StepLog) {
        for l in &log.launched {
            self.copies += u32::from(l.copy_of.is_some());
            match l.lost {
                Some(loss) => self.lost.push((l.id, loss.rule.id)),
                None => self.arrived.push((l.id, l.sent.0, l.arrives.0)),
            }
        }
        self.done.extend(log.impaired.iter().map(|(id, rule, n)| (*id, rule.id, *n)));
        for (id, fate) in &log.fates {
            match fate {
                Fate::Lost(loss) => {
                    self.arrived.retain(|a| a.0 != *id);
                    self.lost.push((*id, loss.rule.id));
                }
                Fate::Sent { sent, arrives } => {
                    if let Some(a) = self.arrived.iter_mut().rev().find(|a| a.0 == *id) {
                        (a.1, a.2) = (sent.0, arrives.0);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Sends 100,000 frames, one every `every` ns, and lets all arrive; all of a hundred at once where it is 0.
pub fn send(w: &mut World, every: u64, bytes: &Bytes) -> Seen {
    let mut seen = Seen::default();
    let mut log = StepLog::default();
    for n in 0..u64::from(FRAMES) {
        if every > 0 {
            pace(w, Instant(n * every), &mut |log| seen.take(log));
        } else if n % 100 == 0 {
            drain(w, &mut seen);
        }
        w.inject(NodeId(0), bytes.clone(), &mut log, &mut Tape::None).expect("a frame");
        seen.take(&log);
    }
    drain(w, &mut seen);
    seen
}

/// Runs the world on to a time: that at which a frame arrives which is sent the other way.
pub fn pace(w: &mut World, until: Instant, look: &mut dyn FnMut(&StepLog)) {
    if until <= w.now() {
        return;
    }
    let mut log = StepLog::default();
    let mut tick = frame(60).to_vec();
    tick[..12].rotate_left(6);
    let way = Impairments { delay: until.since(w.now()), ..Impairments::default() };
    w.set_link(LinkId(0), 1, way, &mut log, &mut Tape::None).expect("a delay");
    w.inject(NodeId(1), tick.into(), &mut log, &mut Tape::None).expect("a tick");
    let tick = log.launched[0].id;
    loop {
        assert!(w.step(&mut log, &mut Tape::None), "the tick arrives");
        look(&log);
        if matches!(log.step, Step::Arrival { frame, .. } if frame == tick) {
            return;
        }
    }
}

pub fn drain(w: &mut World, seen: &mut Seen) {
    let mut log = StepLog::default();
    while w.step(&mut log, &mut Tape::None) {
        seen.take(&log);
    }
    w.assert_invariants();
}

/// A count against a probability: within four standard deviations.
fn about(count: usize, probability: f64, of: usize) {
    let (n, count) = (of as f64, count as f64);
    let off = (count - n * probability).abs();
    let sigma = (n * probability * (1.0 - probability)).sqrt();
    assert!(off <= 4.0 * sigma, "{count} of {n} at {probability}: {:.1} standard deviations", off / sigma);
}

fn of_rule<'a>(seen: &'a Seen, rule: &'a str) -> impl Iterator<Item = &'a (FrameId, &'static str, [u32; 2])> {
    seen.done.iter().filter(move |d| d.1 == rule)
}

#[test]
fn losses_by_chance_are_as_many_as_asked_for_and_fall_anywhere() {
    let seen = send(&mut world(Impairments { loss: 0.03, ..Impairments::default() }), 0, &frame(60));
    about(seen.lost.len(), 0.03, FRAMES as usize);
    let after_another = seen.lost.windows(2).filter(|w| w[1].0.0 == w[0].0.0 + 1).count();
    about(after_another, 0.03, seen.lost.len());
}

#[test]
fn losses_in_bursts_have_the_share_and_the_length_of_the_model() {
    let burst = Burst { p: 0.01, r: 0.25, bad_loss: 1.0, good_loss: 0.0 };
    let seen = send(&mut world(Impairments { burst: Some(burst), ..Impairments::default() }), 0, &frame(60));
    // π_bad = p / (p + r) (Gilbert 1960); bursts are 1/r frames long.
    // What a frame meets depends on what the one before it met: of n frames in a row the share's variance is that of n
    // independent ones times (1 + λ) / (1 - λ), λ = 1 - p - r.
    let (share, bad, lambda) = (seen.lost.len() as f64 / f64::from(FRAMES), 0.01 / 0.26, 0.74);
    let error = (bad * (1.0 - bad) / f64::from(FRAMES) * (1.0 + lambda) / (1.0 - lambda)).sqrt();
    assert!((share - bad).abs() <= 4.0 * error, "{share}, standard error {error}");
    let bursts = 1 + seen.lost.windows(2).filter(|w| w[1].0.0 != w[0].0.0 + 1).count();
    let length = seen.lost.len() as f64 / bursts as f64;
    // A length is geometric: its standard deviation is √(1 - r) / r.
    let error = 0.75f64.sqrt() / 0.25 / (bursts as f64).sqrt();
    assert!((length - 4.0).abs() <= 4.0 * error, "{length}, standard error {error}");
    assert!(seen.lost.iter().all(|l| l.1 == rules::LOST_IN_BURST.id));
}

#[test]
fn each_state_of_the_model_has_its_own_loss() {
    let burst = Burst { p: 0.05, r: 0.2, bad_loss: 0.5, good_loss: 0.02 };
    let seen = send(&mut world(Impairments { burst: Some(burst), ..Impairments::default() }), 0, &frame(60));
    let of = |rule: &str| seen.lost.iter().filter(|l| l.1 == rule).count() as f64 / f64::from(FRAMES);
    let (bad, good) = (of(rules::LOST_IN_BURST.id), of(rules::LOST_BETWEEN_BURSTS.id));
    assert!((bad - 0.2 * 0.5).abs() < 0.005, "{bad}");
    assert!((good - 0.8 * 0.02).abs() < 0.002, "{good}");
}

#[test]
fn jitter_is_spread_evenly_around_the_delay_and_reorders() {
    let way = Impairments { delay: Duration(20 * MS), jitter: Duration(5 * MS), ..Impairments::default() };
    let seen = send(&mut world(way), MS / 10, &frame(60));
    // The ticks that move the clock take less than 15 ms.
    let flights: Vec<u64> = seen.arrived.iter().map(|a| a.2 - a.1).filter(|f| *f >= 15 * MS).collect();
    assert!(flights.iter().all(|f| (15 * MS..=25 * MS).contains(f)));
    for quarter in 0..4 {
        let from = 15 * MS + quarter * 5 * MS / 2;
        let inside = flights.iter().filter(|f| (from..from + 5 * MS / 2).contains(*f)).count();
        about(inside, 0.25, flights.len());
    }
    assert!(overtaken(&seen) > 0);
}

#[test]
fn jitter_that_keeps_the_order_only_delays() {
    let way = Impairments {
        delay: Duration(20 * MS),
        jitter: Duration(5 * MS),
        in_order: true,
        ..Impairments::default()
    };
    let seen = send(&mut world(way), MS / 10, &frame(60));
    assert_eq!(overtaken(&seen), 0);
    assert!(seen.arrived.iter().all(|a| a.2 - a.1 <= 25 * MS));
}

/// Frames of the first host that arrive before one that was sent before them. The ticks between have no delay to speak of.
fn overtaken(seen: &Seen) -> usize {
    let (mut latest, mut count) = (0, 0);
    for &(.., arrives) in seen.arrived.iter().filter(|a| a.2 - a.1 >= 15 * MS) {
        count += usize::from(arrives < latest);
        latest = latest.max(arrives);
    }
    count
}

#[test]
fn those_that_go_ahead_are_as_many_as_asked_for_and_say_how_many_they_overtake() {
    let way = Impairments { delay: Duration(10 * MS), reorder: 0.25, ..Impairments::default() };
    let mut w = world(way);
    let seen = send(&mut w, MS, &frame(60));
    let ahead = seen.arrived.iter().filter(|a| a.0.0 % 2 == 0 && a.2 == a.1).count();
    about(ahead, 0.25, FRAMES as usize);
    // Nine frames are on their way before it, but for the quarter of them that went ahead themselves.
    let numbers: Vec<u32> = of_rule(&seen, rules::REORDERED.id).map(|d| d.2[0]).collect();
    assert!(numbers.iter().all(|n| (1..=9).contains(n)));
    let mean = f64::from(numbers.iter().sum::<u32>()) / numbers.len() as f64;
    assert!((mean - 6.75).abs() < 0.05, "{mean}");
}

#[test]
fn copies_are_as_many_as_asked_for_and_come_right_behind() {
    let way = Impairments { rate: Some(100_000_000), duplicate: 0.05, ..Impairments::default() };
    let seen = send(&mut world(way), 0, &frame(125));
    about(seen.copies as usize, 0.05, FRAMES as usize);
    assert_eq!(of_rule(&seen, rules::DUPLICATED.id).count(), seen.copies as usize);
    // 125 octets take 10 µs; a copy takes its time like any other.
    let mut times: Vec<u64> = seen.arrived.iter().map(|a| a.2).collect();
    times.sort_unstable();
    assert!(times.windows(2).all(|w| w[1] - w[0] == 10_000));
}

#[test]
fn one_bit_is_turned_in_as_many_as_asked_for_anywhere_behind_the_ethernet_header() {
    let seen = send(&mut world(Impairments { corrupt: 0.1, ..Impairments::default() }), 0, &frame(114));
    let bits: Vec<u32> = of_rule(&seen, rules::CORRUPTED.id).map(|d| d.2[0]).collect();
    about(bits.len(), 0.1, FRAMES as usize);
    assert!(bits.iter().all(|b| (14 * 8..114 * 8).contains(b)));
    for tenth in 0..10 {
        let from = 14 * 8 + tenth * 80;
        about(bits.iter().filter(|b| (from..from + 80).contains(*b)).count(), 0.1, bits.len());
    }
    let mut w = world(Impairments { corrupt: 1.0, ..Impairments::default() });
    let mut log = StepLog::default();
    w.inject(NodeId(0), frame(114), &mut log, &mut Tape::None).expect("a frame");
    let (sent, bit) = (log.launched[0].bytes.clone(), log.impaired[0].2[0]);
    assert_eq!(ecn::turn(&sent, bit), frame(114));
    assert_ne!(sent, frame(114));
}

#[test]
fn the_rate_and_the_queue_are_those_asked_for() {
    // 1,000 octets at 8 Mbit/s take a millisecond; a frame each half of one is twice as much as passes.
    let way = Impairments { rate: Some(8_000_000), queue: Some(10_000), ..Impairments::default() };
    let seen = send(&mut world(way), MS / 2, &frame(1_000));
    about(seen.lost.len(), 0.5, FRAMES as usize);
    let waits: Vec<u64> = seen.arrived.iter().filter(|a| a.2 - a.1 == MS).map(|a| a.1).collect();
    assert!(waits.windows(2).all(|w| w[1] - w[0] == MS), "the link is never idle");
}

#[test]
fn codel_drops_ever_faster_while_the_queue_stays_bad() {
    let codel = Codel { target: Duration(5 * MS), interval: Duration(100 * MS), ecn: false };
    let way =
        Impairments { rate: Some(8_000_000), discipline: Discipline::Codel(codel), ..Impairments::default() };
    // 10 % more than passes, from a sender that does not answer to drops.
    let mut w = world(way);
    let mut drops: Vec<u64> = vec![];
    let mut log = StepLog::default();
    for n in 0..u64::from(FRAMES) {
        pace(&mut w, Instant(n * MS * 10 / 11), &mut |log| {
            let dropped = log.fates.iter().filter(|f| matches!(f.1, Fate::Lost(_))).count();
            drops.extend(std::iter::repeat_n(log.time.0, dropped));
        });
        w.inject(NodeId(0), frame(1_000), &mut log, &mut Tape::None).expect("a frame");
    }
    // RFC 8289 §5.3: from one drop to the next it is interval / √count, but for the millisecond that a frame takes to leave.
    let (first, expected) = (drops[0], |n: usize| (1..=n).map(|k| 100.0 / (k as f64).sqrt()).sum::<f64>());
    for n in [1, 2, 5, 10, 50, 100] {
        let at = (drops[n] - first) as f64 / MS as f64;
        assert!((at - expected(n)).abs() <= 2.0, "drop {n} after {at} ms, not {}", expected(n));
    }
    // Once it drops one in eleven it has won.
    let late = drops.iter().filter(|d| **d > 80_000 * MS).count();
    assert!((900..=1_100).contains(&(late * 1_000 / ((90_909 - 80_000) / 10))), "{late} late drops");
}

/// Ten at the same time, one more each time that one has arrived: the queue stays as long as it is.
fn steady(red: Red, frames: u32, bytes: &Bytes) -> (u32, Seen) {
    let way =
        Impairments { rate: Some(8_000_000), discipline: Discipline::Red(red), ..Impairments::default() };
    let (mut w, mut seen, mut log) = (world(way), Seen::default(), StepLog::default());
    let mut sent = 0;
    while sent < frames {
        if w.flights().count() < 10 {
            w.inject(NodeId(0), bytes.clone(), &mut log, &mut Tape::None).expect("a frame");
            sent += 1;
        } else {
            assert!(w.step(&mut log, &mut Tape::None));
        }
        seen.take(&log);
    }
    (sent, seen)
}

#[test]
fn red_marks_as_often_as_its_average_asks_and_at_even_distances() {
    // Nine thousand octets wait when the next comes: half-way, so p_b is half of max_p.
    let red = Red { min: 4_000, max: 14_000, max_p: 0.02, weight: 0.002, ecn: true };
    let (sent, seen) = steady(red, FRAMES, &datagram(2, false));
    assert!(seen.lost.is_empty(), "{:?}", seen.lost.first());
    let marks: Vec<u32> = of_rule(&seen, rules::RED_MARKS.id).map(|d| d.0.0).collect();
    // Between two marks it is any of 1 to 1/p_b frames, all alike (Floyd and Jacobson 1993, §7): 50.5 on average.
    let mean = f64::from(sent) / marks.len() as f64;
    assert!((mean - 50.5).abs() < 3.0, "{mean}");
    let gaps: Vec<u32> = marks.windows(2).map(|w| w[1] - w[0]).skip(50).collect();
    assert!(gaps.iter().all(|g| *g <= 101), "{:?}", gaps.iter().max());
    about(gaps.iter().filter(|g| **g <= 50).count(), 0.5, gaps.len());
}

#[test]
fn red_drops_what_cannot_be_marked_and_everything_beyond_its_upper_end() {
    let red = Red { min: 4_000, max: 14_000, max_p: 0.02, weight: 0.002, ecn: true };
    let (_, seen) = steady(red, 10_000, &datagram(0, false));
    assert!(seen.done.is_empty());
    assert!((100..300).contains(&seen.lost.len()), "{}", seen.lost.len());
    let low = Red { min: 100, max: 200, weight: 1.0, ..red };
    let (_, seen) = steady(low, 1_000, &datagram(2, false));
    assert!(seen.lost.len() > 900, "{}", seen.lost.len());
    assert!(seen.lost.iter().all(|l| l.1 == rules::RED_DROPS.id));
}

#[test]
fn a_mark_is_congestion_experienced_with_a_right_checksum() {
    for six in [false, true] {
        for (codepoint, marked) in [(0, None), (1, Some(3)), (2, Some(3)), (3, Some(3))] {
            let after = ecn::mark(&datagram(codepoint, six));
            assert_eq!(after, marked.map(|m| datagram(m, six)), "codepoint {codepoint}, IPv6: {six}");
        }
    }
    assert_eq!(ecn::mark(&frame(60)), None, "no IP datagram");
    assert_eq!(ecn::mark(&frame(14).slice(..8)), None);
}
