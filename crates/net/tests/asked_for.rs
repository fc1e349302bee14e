//! What is asked of a link and leaves nothing to chance, against what becomes of 100,000 frames: to the frame, and to the
//! nanosecond. What chance has a hand in stands in `impairments`.

use crate::common::{frame, world};
use crate::impairments::{FRAMES, MS, Seen, pace, send};
use bytes::Bytes;
use net::{Codel, Discipline, FrameKind, Impairments, LinkId, LossRule, NodeId, StepLog, World, rules};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};
use wire::tcp::Flags;
use wire::{Link, Mac, ip};

/// A segment from the first host to the second's address, with so much data.
fn segment(flags: Flags, data: usize) -> Bytes {
    let addrs =
        ip::Addrs::new("10.0.0.1".parse().expect("v4"), "10.0.0.9".parse().expect("v4")).expect("a family");
    let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 1]) };
    let header = wire::tcp::Header {
        src_port: 1,
        dst_port: 2,
        seq: wire::Seq(1),
        ack: wire::Seq(0),
        flags,
        window: 1_000,
        urgent: 0,
        options: wire::tcp::Options::default(),
    };
    let ip = ip::Header::new(addrs, ip::TCP);
    wire::frame::emit_tcp(&link, &ip, &header, data, |out| out.resize(out.len() + data, 0))
}

/// Each of these as often as makes 100,000, in turn, one every `every` ns.
fn in_turn(w: &mut World, every: u64, kinds: &[Bytes]) -> Seen {
    let (mut seen, mut log) = (Seen::default(), StepLog::default());
    for n in 0..u64::from(FRAMES) {
        pace(w, Instant(n * every), &mut |log| seen.take(log));
        w.inject(NodeId(0), kinds[n as usize % kinds.len()].clone(), &mut log, &mut Tape::None)
            .expect("a frame");
        seen.take(&log);
    }
    crate::impairments::drain(w, &mut seen);
    seen
}

/// Of what was injected and arrived, in the order in which it was sent: when it was sent, when it arrived.
fn flights(seen: &Seen, least: u64) -> Vec<(u64, u64)> {
    seen.arrived.iter().map(|a| (a.1, a.2)).filter(|(sent, at)| at - sent >= least).collect()
}

#[test]
fn every_frame_takes_the_delay_to_the_nanosecond() {
    // Two milliseconds apart; the ticks that move the clock fly two at most.
    let way = Impairments { delay: Duration(20 * MS), ..Impairments::default() };
    let seen = in_turn(&mut world(way), 2 * MS, &[frame(60), frame(1_514)]);
    let all = flights(&seen, 3 * MS);
    assert_eq!(all.len(), FRAMES as usize);
    assert!(all.iter().all(|(sent, at)| at - sent == 20 * MS));
}

#[test]
fn every_frame_takes_its_length_at_the_rate_and_the_delay() {
    // 1,514 octets at 12.112 Mbit/s take a millisecond, 757 half of one: just what comes.
    let way = Impairments { delay: Duration(20 * MS), rate: Some(12_112_000), ..Impairments::default() };
    let seen = in_turn(&mut world(way), MS, &[frame(1_514), frame(757)]);
    let all = flights(&seen, 3 * MS);
    assert_eq!(all.len(), FRAMES as usize);
    for (n, (sent, at)) in all.iter().enumerate() {
        let takes = if n % 2 == 0 { MS } else { MS / 2 };
        assert_eq!((at - sent, *sent), (20 * MS + takes, n as u64 * MS), "frame {n}");
    }
}

#[test]
fn the_third_data_segment_is_lost_and_nothing_else() {
    let lose = vec![
        LossRule { kind: FrameKind::Data, nth: 3 },
        LossRule { kind: FrameKind::Data, nth: 20_000 },
        LossRule { kind: FrameKind::Syn, nth: 2 },
        LossRule { kind: FrameKind::PureAck, nth: 1 },
        LossRule { kind: FrameKind::Any, nth: 99_999 },
    ];
    let kinds = [segment(Flags::SYN, 0), segment(Flags::ACK, 0), segment(Flags::ACK, 100), frame(60)];
    let mut w = world(Impairments { lose, ..Impairments::default() });
    let (mut lost, mut log) = (vec![], StepLog::default());
    for n in 0..FRAMES as usize {
        w.inject(NodeId(0), kinds[n % 4].clone(), &mut log, &mut Tape::None).expect("a frame");
        lost.extend(log.launched[0].lost.map(|l| (n, l.rule.id)));
        while w.step(&mut log, &mut Tape::None) {}
    }
    // Of four frames in turn the third is the first one with data: its nth is number 4 (n - 1) + 2.
    let said = rules::LOST_BY_COUNT.id;
    let wanted: Vec<(usize, &str)> =
        [1, 4, 10, 4 * 19_999 + 2, 99_998].into_iter().map(|n| (n, said)).collect();
    assert_eq!(lost, wanted);
}

#[test]
fn what_is_longer_than_the_mtu_vanishes_and_nothing_else() {
    // 14 octets of Ethernet go on top of a datagram.
    let way = Impairments { mtu: Some(1_000), ..Impairments::default() };
    let seen = in_turn(&mut world(way), 0, &[frame(60), frame(1_014), frame(1_015), frame(1_514)]);
    assert_eq!((seen.arrived.len(), seen.lost.len()), (FRAMES as usize / 2, FRAMES as usize / 2));
    assert!(seen.lost.iter().all(|l| l.1 == rules::TOO_BIG.id && l.0.0 % 4 >= 2));
}

#[test]
fn while_a_link_is_down_everything_is_lost_and_nothing_before_or_after() {
    let up = Impairments { delay: Duration(10 * MS), ..Impairments::default() };
    let mut w = world(up.clone());
    let (mut seen, mut log) = (Seen::default(), StepLog::default());
    for n in 0..u64::from(FRAMES) {
        pace(&mut w, Instant(n * MS), &mut |log| seen.take(log));
        // Down after each 1,000th frame, up again after the 250th behind it.
        let way = match n % 1_000 {
            0 if n > 0 => Some(Impairments { down: true, ..up.clone() }),
            250 if n > 1_000 => Some(up.clone()),
            _ => None,
        };
        if let Some(way) = way {
            w.set_link(LinkId(0), 0, way, &mut log, &mut Tape::None).expect("up or down");
            seen.take(&log);
        }
        w.inject(NodeId(0), frame(60), &mut log, &mut Tape::None).expect("a frame");
        seen.take(&log);
    }
    crate::impairments::drain(&mut w, &mut seen);
    // 99 times: 250 that were sent in vain, and those of ten milliseconds that were on their way. The one that would have
    // arrived at that very moment has.
    let (sent, flying) = (99 * 250, 99 * 9);
    assert!(seen.lost.iter().all(|l| l.1 == rules::LINK_DOWN.id));
    assert!((sent + flying..=sent + flying + 99).contains(&seen.lost.len()), "{}", seen.lost.len());
}

#[test]
fn a_full_queue_drops_the_tail_and_no_octet_more_than_fits_waits() {
    // Hundreds at once: 1,000 octets on the way out, and 10,000 behind them.
    let way = Impairments { rate: Some(8_000_000), queue: Some(10_000), ..Impairments::default() };
    let seen = send(&mut world(way), 0, &frame(1_000));
    let rounds = FRAMES as usize / 100;
    assert!(seen.lost.iter().all(|l| l.1 == rules::QUEUE_FULL.id));
    assert!(
        [10 * rounds, 11 * rounds].contains(&seen.arrived.len()),
        "{} of {rounds} rounds",
        seen.arrived.len()
    );
    let kept = seen.arrived.len() / rounds;
    // It is the tail that is dropped: the first of each hundred are those that pass.
    let first = seen.arrived.iter().all(|a| (a.0.0 as usize) % 100 < kept);
    assert!(first, "what came first passes");
}

#[test]
fn codel_marks_in_place_of_every_drop_where_ecn_is_understood() {
    let codel = Codel { target: Duration(5 * MS), interval: Duration(100 * MS), ecn: true };
    let way =
        Impairments { rate: Some(8_000_000), discipline: Discipline::Codel(codel), ..Impairments::default() };
    let run = |bytes: Bytes| in_turn(&mut world(way.clone()), MS * 10 / 11, &[bytes]);
    let (able, unable) = (run(crate::common::datagram(2, false)), run(crate::common::datagram(0, false)));
    let marks = able.done.iter().filter(|d| d.1 == rules::CODEL_MARKS.id).count();
    assert!(able.lost.is_empty(), "nothing is dropped that can be marked: {:?}", able.lost.first());
    assert!(marks > 1_000 && unable.lost.len() > 1_000, "{marks} marks, {} drops", unable.lost.len());
    assert!(unable.done.iter().all(|d| d.1 != rules::CODEL_MARKS.id));
}
