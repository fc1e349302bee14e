//! Links that are changed while they work, that go down and come up again, and queues that are managed at their end.

use crate::common::{datagram, frame, world};
use net::{
    BadImpairment, Codel, Discipline, Fate, FrameId, HandError, Impairments, LinkId, NodeId, Red, Step,
    StepLog, World, ecn, rules,
};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};

const MS: u64 = 1_000_000;

/// A frame of 1,000 octets takes a millisecond to leave and ten to arrive.
fn slow() -> Impairments {
    Impairments { delay: Duration(10 * MS), rate: Some(8_000_000), ..Impairments::default() }
}

fn codel(ecn: bool) -> Impairments {
    let codel = Codel { target: Duration(5 * MS), interval: Duration(100 * MS), ecn };
    Impairments { discipline: Discipline::Codel(codel), ..slow() }
}

fn send(w: &mut World, count: usize, bytes: &bytes::Bytes) -> Vec<FrameId> {
    let mut log = StepLog::default();
    let mut sent = vec![];
    for _ in 0..count {
        w.inject(NodeId(0), bytes.clone(), &mut log, &mut Tape::None).expect("a frame");
        sent.extend(log.launched.iter().filter(|l| l.lost.is_none()).map(|l| l.id));
    }
    sent
}

fn set(w: &mut World, sends: Impairments) -> Vec<(FrameId, Fate)> {
    let mut log = StepLog::default();
    w.set_link(LinkId(0), 0, sends, &mut log, &mut Tape::None).expect("a change");
    assert_eq!(log.step, Step::Hand);
    log.fates
}

type Lost = (u32, &'static str);

/// When frames arrive, ms; and those that are lost on the way, with the rule.
fn rest(w: &mut World) -> (Vec<(u32, u64)>, Vec<Lost>) {
    let mut log = StepLog::default();
    let (mut arrive, mut lost) = (vec![], vec![]);
    while w.step(&mut log, &mut Tape::None) {
        if let Step::Arrival { frame, .. } = log.step {
            arrive.push((frame.0, log.time.0 / MS));
        }
        for (id, fate) in &log.fates {
            if let Fate::Lost(loss) = fate {
                lost.push((id.0, loss.rule.id));
            }
        }
        w.assert_invariants();
    }
    (arrive, lost)
}

#[test]
fn a_link_that_is_down_passes_nothing_and_loses_what_is_on_its_way() {
    let mut w = world(slow());
    let mut log = StepLog::default();
    let sent = send(&mut w, 3, &frame(1_000));
    w.hold(sent[1], &mut log).expect("on its way");
    let fates = set(&mut w, Impairments { down: true, ..slow() });
    let lost: Vec<u32> = fates.iter().map(|(id, _)| id.0).collect();
    assert_eq!(lost, [0, 2], "what a person holds is in his hands");
    assert!(fates.iter().all(|(_, f)| matches!(f, Fate::Lost(l) if l.rule.id == rules::LINK_DOWN.id)));
    assert_eq!(send(&mut w, 1, &frame(1_000)), []);
    set(&mut w, slow());
    w.deliver(sent[1], &mut log).expect("held");
    assert_eq!(send(&mut w, 1, &frame(1_000)), [FrameId(4)], "and nothing waits before it");
    assert_eq!(rest(&mut w), (vec![(4, 11), (1, 12)], vec![]));
}

#[test]
fn each_way_is_by_itself() {
    let mut w = world(slow());
    set(&mut w, Impairments { down: true, ..slow() });
    let mut back = frame(1_000).to_vec();
    back[..12].rotate_left(6);
    let mut log = StepLog::default();
    w.inject(NodeId(1), back.into(), &mut log, &mut Tape::None).expect("a frame");
    assert!(log.launched[0].lost.is_none());
    assert_eq!(w.impairments(LinkId(0), 0).map(|i| i.down), Some(true));
    assert_eq!(w.impairments(LinkId(0), 1).map(|i| i.down), Some(false));
}

#[test]
fn what_cannot_be_is_refused_and_nothing_changes() {
    let mut w = world(slow());
    let mut log = StepLog::default();
    let mut refused =
        |link, port, sends| w.set_link(LinkId(link), port, sends, &mut log, &mut Tape::None).unwrap_err();
    assert_eq!(refused(1, 0, slow()), HandError::NoSuchLink(LinkId(1), 0));
    assert_eq!(refused(0, 2, slow()), HandError::NoSuchLink(LinkId(0), 2));
    let red = Red { min: 2, max: 1, max_p: 0.1, weight: 0.002, ecn: false };
    for (sends, field) in [
        (Impairments { loss: 2.0, ..slow() }, "loss"),
        (Impairments { corrupt: f64::NAN, ..slow() }, "corrupt"),
        (Impairments { rate: Some(0), ..slow() }, "rate"),
        (Impairments { rate: None, ..codel(false) }, "codel"),
        (Impairments { discipline: Discipline::Red(red), ..slow() }, "red.min"),
        (Impairments { mtu: Some(20), ..slow() }, "mtu"),
        (Impairments { jitter: Duration::from_secs(4_000), ..slow() }, "jitter"),
    ] {
        assert!(
            matches!(refused(0, 0, sends), HandError::BadImpairment(BadImpairment { field: f, .. }) if f == field)
        );
    }
    assert_eq!(w.impairments(LinkId(0), 0), Some(&slow()));
}

#[test]
fn what_is_too_big_vanishes_without_a_word() {
    let mut w = world(Impairments { mtu: Some(1_000), ..slow() });
    let passes: Vec<usize> =
        [1_013, 1_014, 1_015].into_iter().filter(|len| !send(&mut w, 1, &frame(*len)).is_empty()).collect();
    assert_eq!(passes, [1_013, 1_014], "the Ethernet header does not count");
}

#[test]
fn a_short_queue_leaves_codel_with_nothing_to_do() {
    let mut w = world(codel(false));
    assert_eq!(send(&mut w, 4, &frame(1_000)).len(), 4);
    assert_eq!(rest(&mut w), (vec![(0, 11), (1, 12), (2, 13), (3, 14)], vec![]));
}

#[test]
fn codel_drops_at_the_end_of_the_queue_and_those_behind_go_sooner() {
    let mut w = world(codel(false));
    send(&mut w, 120, &frame(1_000));
    let (arrive, lost) = rest(&mut w);
    // From 5 ms on frames have waited no less than that; a whole interval later the first is dropped.
    assert_eq!(lost, [(105, rules::CODEL_DROPS.id)]);
    assert_eq!(arrive.len(), 119);
    assert_eq!(arrive[105], (106, 105 + 11), "it takes the place of the one before it");
}

#[test]
fn codel_marks_what_understands_and_drops_nothing() {
    let mut w = world(codel(true));
    send(&mut w, 120, &datagram(2, false));
    let mut log = StepLog::default();
    let mut marked = vec![];
    while w.step(&mut log, &mut Tape::None) {
        for (id, rule, _) in &log.impaired {
            assert_eq!(rule.id, rules::CODEL_MARKS.id);
            let flight = w.flight(*id).expect("on its way");
            assert_eq!(Some(&flight.bytes), ecn::mark(&datagram(2, false)).as_ref());
            marked.push(id.0);
        }
        assert!(!log.fates.iter().any(|(_, f)| matches!(f, Fate::Lost(_))));
    }
    assert_eq!(marked, [105]);
}

#[test]
fn a_person_can_take_a_frame_out_of_the_queue_hold_it_and_put_it_off() {
    let mut w = world(codel(false));
    let sent = send(&mut w, 6, &frame(1_000));
    let mut log = StepLog::default();
    w.discard(sent[1], &mut log).expect("in the queue");
    w.hold(sent[2], &mut log).expect("in the queue");
    w.delay(sent[3], Duration(20 * MS), &mut log).expect("in the queue");
    w.duplicate(sent[4], &mut log).expect("in the queue");
    let (arrive, lost) = rest(&mut w);
    // Each still takes its turn on the wire.
    assert_eq!(arrive, [(0, 11), (4, 15), (6, 16), (5, 16), (3, 34)]);
    assert_eq!(lost, []);
    w.deliver(sent[2], &mut log).expect("held");
    assert_eq!(rest(&mut w).0, [(2, 34 + 13)]);
}

#[test]
fn a_queue_that_is_managed_no_more_lets_out_what_waits() {
    let mut w = world(codel(false));
    send(&mut w, 4, &frame(1_000));
    let fates = set(&mut w, Impairments { rate: Some(4_000_000), ..slow() });
    let leave: Vec<(u32, Instant)> = fates
        .iter()
        .filter_map(|(id, f)| match f {
            Fate::Sent { sent, .. } => Some((id.0, *sent)),
            _ => None,
        })
        .collect();
    assert_eq!(leave, [(1, Instant(MS)), (2, Instant(3 * MS)), (3, Instant(5 * MS))], "at the new rate");
    send(&mut w, 1, &frame(1_000));
    assert_eq!(rest(&mut w).0, [(0, 11), (1, 13), (2, 15), (3, 17), (4, 19)]);
}

#[test]
fn a_queue_that_is_managed_from_now_on_begins_behind_what_waits() {
    let mut w = world(slow());
    send(&mut w, 3, &frame(1_000));
    set(&mut w, codel(false));
    send(&mut w, 2, &frame(1_000));
    assert_eq!(rest(&mut w).0, [(0, 11), (1, 12), (2, 13), (3, 14), (4, 15)]);
}

#[test]
fn a_clone_goes_the_same_way() {
    let all = Impairments {
        jitter: Duration(3 * MS),
        reorder: 0.1,
        duplicate: 0.1,
        corrupt: 0.1,
        loss: 0.1,
        ..codel(true)
    };
    let mut w = world(all);
    send(&mut w, 50, &datagram(2, false));
    let mut log = StepLog::default();
    for _ in 0..20 {
        w.step(&mut log, &mut Tape::None);
    }
    let mut other = w.clone();
    send(&mut other, 50, &datagram(2, true));
    send(&mut w, 50, &datagram(2, true));
    assert_eq!(rest(&mut w), rest(&mut other));
}
