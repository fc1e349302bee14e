//! What history weighs, and that nothing is lost by it: records that were set aside are made again as they were.

use lab::Session;
use lab::list::PIECE;
use lab::records::{FrameRecord, MarkRecord};
use lab::view::Command;

/// 100 MB through a lossy link, far on: more frames than records are kept of.
fn far(steps: u32) -> (Session, Vec<FrameRecord>) {
    let mut s = Session::new("bulk-transfer", None).expect("a shipped scenario");
    let mut all: Vec<FrameRecord> = Vec::new();
    while s.position() < steps && s.run(2_000, f64::INFINITY).stopped == "budget" {
        // Records change until their fate is decided, so the last ones are taken again.
        all.truncate(all.len().saturating_sub(2 * PIECE));
        let known = all.len();
        all.extend((known..s.frames().len()).filter_map(|n| s.frame(n as u32)));
    }
    (s, all)
}

fn octets(s: &Session) -> u64 {
    let text = serde_json::to_value(s.history()).expect("a view");
    let of = |name: &str| text[name].as_f64().expect("a number") as u64;
    of("weight") + of("records")
}

#[test]
fn a_hundred_thousand_events_take_less_than_sixteen_megabytes() {
    let mut s = Session::new("bulk-transfer", None).expect("a shipped scenario");
    s.run(100_000, f64::INFINITY);
    assert_eq!(s.position(), 100_000);
    assert!(octets(&s) < 16_000_000, "{} octets", octets(&s));
    assert!(octets(&s) / 100_000 < 120, "an event takes {} octets", octets(&s) / 100_000);
}

#[test]
fn records_that_were_set_aside_are_made_again_as_they_were() {
    let (mut s, all) = far(170_000);
    let aside = s.frames().len() - s.frames().iter().count();
    assert!(aside >= PIECE, "only {aside} of {} were set aside", s.frames().len());
    assert!(octets(&s) < 16_000_000, "{} octets", octets(&s));
    for place in [0, 1, PIECE - 1, PIECE, aside - 1, aside, all.len() - 1] {
        assert_eq!(s.frame(place as u32), Some(all[place]), "frame {place}");
    }
    for piece in (0..aside / PIECE).rev() {
        let again: Vec<_> = (piece * PIECE..(piece + 1) * PIECE).filter_map(|n| s.frame(n as u32)).collect();
        assert!(again == all[piece * PIECE..(piece + 1) * PIECE], "piece {piece}");
    }

    // A change in the middle of what was set aside: what was known of it then is what a straight run knows.
    let step = all[PIECE + 77].step_sent;
    s.seek(step);
    let flying = s.view().in_flight[0];
    s.command(Command::Drop { frame: flying }).expect("it is in flight");
    let mut straight = Session::new("bulk-transfer", None).expect("a shipped scenario");
    straight.run(step, f64::INFINITY);
    straight.command(Command::Drop { frame: flying }).expect("it is in flight");
    for n in 0..straight.frames().len() as u32 {
        assert_eq!(s.frame(n), straight.frame(n), "frame {n}");
    }
    assert_eq!((s.frames().len(), s.digest()), (straight.frames().len(), straight.digest()));
}

#[test]
fn lines_of_the_log_are_made_again_as_they_were() {
    let mut s = Session::new("bulk-transfer", None).expect("a shipped scenario");
    s.run(3_000, f64::INFINITY);
    let early = (s.log(None, 500), s.log(Some(1), 40), s.log(Some(0), 2));
    assert_eq!(early.0.len(), 500);
    s.run(40_000, f64::INFINITY);
    let ahead = (s.position(), s.log(Some(1), 30));
    s.seek(3_000);
    assert_eq!((s.log(None, 500), s.log(Some(1), 40), s.log(Some(0), 2)), early);
    s.seek(ahead.1[0].step - 1);
    let lines = s.log_ahead(Some(1), 30);
    assert_eq!(lines, ahead.1[..]);
    s.seek(2_990);
    let first = s.log_ahead(None, 1);
    s.seek(first[0].step);
    assert_eq!(s.log(None, 1), first);
}

/// The flood of the shipped scenario, with many more SYNs.
fn flood() -> Session {
    let shipped = Session::new("syn-flood", None).expect("a shipped scenario").scenario_file();
    let mut s: serde_json::Value = serde_json::from_slice(&shipped).expect("JSON");
    let nodes = s["nodes"].as_array_mut().expect("nodes").iter_mut();
    for flood in nodes.filter_map(|n| n.get_mut("flood")) {
        (flood["syns"], flood["every_us"]) = (150_000.into(), 100.into());
    }
    Session::new(&s.to_string(), None).expect("a scenario")
}

#[test]
fn a_flood_takes_no_more_however_long_it_is() {
    let mut s = flood();
    let mut all: Vec<MarkRecord> = Vec::new();
    let (mut kinds, mut middle) = (Vec::new(), 0);
    while s.position() < 300_000 && s.run(2_000, f64::INFINITY).stopped == "budget" {
        let known = all.len();
        all.extend((known..s.marks().len()).map(|n| s.marks()[n]));
        if s.position() == 2_000 {
            // Every step of a call, going back.
            while s.step_to("call", true, u32::MAX).expect("a kind").stopped == "target" {
                kinds.push(s.position());
            }
            s.seek(2_000);
        }
        if s.position() == 100_000 {
            middle = octets(&s);
        }
    }
    assert!(middle > 10_000_000, "{middle} octets at a third of the way");
    assert!(octets(&s) < 25_000_000, "{} octets", octets(&s));
    assert!(octets(&s) - middle < 8_000_000, "{} octets more", octets(&s) - middle);
    let aside = s.marks().len() - s.marks().iter().count();
    assert!(aside >= 4 * PIECE, "only {aside} of {} marks were set aside", s.marks().len());

    for piece in [0, 1, 3] {
        let was = &all[piece * PIECE..(piece + 1) * PIECE];
        let (first, last) = (was[0].step, was[PIECE - 1].step);
        let again = s.marks_between(first, last);
        let straight: Vec<_> = all.iter().filter(|m| (first..=last).contains(&m.step)).copied().collect();
        assert!(again == straight, "piece {piece}");
    }
    s.seek(2_001);
    let mut again = Vec::new();
    while s.step_to("call", true, u32::MAX).expect("a kind").stopped == "target" {
        again.push(s.position());
    }
    again.retain(|&n| n < 2_000);
    assert_eq!(again, kinds);
    assert!(!kinds.is_empty());
}

#[test]
fn what_a_fork_knows_is_what_a_straight_run_knows() {
    let mut s = flood();
    s.run(150_000, f64::INFINITY);
    s.seek(9_001);
    s.fork();
    let mut straight = flood();
    straight.run(9_001, f64::INFINITY);
    let marks = |s: &Session| s.marks_between(0, u32::MAX);
    assert!(marks(&s) == marks(&straight));
    let overview = |s: &Session| s.ledger().marks().overview(s.position(), 400);
    assert_eq!(overview(&s), overview(&straight));
    assert!(overview(&s)[1].len() > 20, "{:?}", overview(&s)[1]);
    assert_eq!(s.view().flow_count, straight.view().flow_count);
    for id in [0, 1, 99, 100, s.view().flow_count - 1] {
        let text = |s: &Session| serde_json::to_string(&s.flow_view(id)).expect("a view");
        assert_eq!(text(&s), text(&straight));
        assert_ne!(text(&s), "null");
    }
}

#[test]
fn a_four_tuple_used_again_and_again_takes_no_room() {
    let run = |most: u32| {
        let mut s = Session::new("accept-flow", None).expect("a shipped scenario");
        while s.frames().is_empty() && s.step() {}
        let syn = s.frame_bytes(0).expect("the SYN").to_vec();
        let mut isns = Vec::new();
        for n in 0..most {
            let mut other = syn.clone();
            other[14 + 20 + 4..][..4].copy_from_slice(&(n * 1000).to_be_bytes());
            s.command(Command::Inject { node: 0, hex: lab::hex::encode(&other) }).expect("a frame");
            isns.push((s.position(), s.flow_view(0).and_then(|f| f.client_isn)));
        }
        (s, isns)
    };
    let (mut s, isns) = run(60);
    for (step, isn) in isns {
        s.switch_timeline(0).expect("the first");
        s.seek(step);
        s.fork();
        assert_eq!(s.flow_view(0).and_then(|f| f.client_isn), isn, "at {step}");
    }
}

#[test]
fn the_overview_tells_of_marks_set_aside_where_they_were() {
    let mut s = flood();
    s.run(150_000, f64::INFINITY);
    let marks = s.marks_between(0, u32::MAX);
    assert_eq!(marks.len(), s.marks().len());
    let steps = s.position();
    let place =
        |step: u32, places: u32| (f64::from(step) / f64::from(steps) * f64::from(places)).round() as u32;
    let [states, losses, _] = s.ledger().marks().overview(steps, 100);
    let mut exact: Vec<u32> = marks.iter().filter(|m| m.kind == 0).map(|m| place(m.step, 100)).collect();
    exact.dedup();
    let near = |list: &[u32], n: u32| list.iter().any(|m| m.abs_diff(n) <= 2);
    assert!(exact.iter().all(|&n| near(&states, n)) && states.iter().all(|&n| near(&exact, n)));
    let mut exact: Vec<u32> =
        marks.iter().filter(|m| [1, 10, 11].contains(&m.kind)).map(|m| place(m.step, 100)).collect();
    exact.dedup();
    assert!(exact.iter().all(|&n| near(&losses, n)) && losses.iter().all(|&n| near(&exact, n)));
}
