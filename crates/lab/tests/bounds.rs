//! What history weighs, and that nothing is lost by it: records that were set aside are made again as they were.

use lab::Session;
use lab::list::PIECE;
use lab::records::FrameRecord;
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
fn lines_of_the_log_that_were_dropped_are_made_again() {
    let mut s = Session::new("bulk-transfer", None).expect("a shipped scenario");
    s.run(3_000, f64::INFINITY);
    let early = (s.log(None, 500), s.log(Some(1), 40), s.log(Some(0), 2));
    assert_eq!(early.0.len(), 500);
    s.run(40_000, f64::INFINITY);
    assert!(s.ledger().calls().0 > 3_000, "the early ones are gone");
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
