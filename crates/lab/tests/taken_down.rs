//! Whole sessions, taken down and read by tshark.

mod common;

use common::{WRONG, tshark};
use lab::Session;
use lab::records::Fate;

/// Far enough for every shipped scenario to show what it is about.
const STEPS: u32 = 1500;

fn run(scenario: &str) -> Session {
    let mut session = Session::new(scenario, None).unwrap();
    while session.position() < STEPS && session.step() {}
    session
}

#[test]
fn every_scenario_can_be_taken_down_and_nothing_in_it_is_wrong() {
    for info in Session::scenarios() {
        let session = run(&info.id);
        let capture = session.pcapng().unwrap();
        let Some(wrong) = tshark(&capture, &["-Y", WRONG, "-V"]) else { return };
        assert!(wrong.is_empty(), "{}:\n{}", info.id, wrong.join("\n"));
        let Some(frames) = tshark(&capture, &["-T", "fields", "-e", "frame.time_epoch"]) else { return };
        assert_eq!(frames.len(), session.frames().len(), "{}", info.id);
        for (line, record) in frames.iter().zip(session.frames()) {
            let nanos = line
                .split_once('.')
                .map(|(s, n)| s.parse::<f64>().unwrap() * 1e9 + n.parse::<f64>().unwrap());
            assert_eq!(nanos, Some(record.sent), "{}", info.id);
        }
    }
}

#[test]
fn what_did_not_arrive_says_why() {
    let mut seen = 0;
    for info in Session::scenarios() {
        let session = run(&info.id);
        let Some(comments) = tshark(&session.pcapng().unwrap(), &["-T", "fields", "-e", "frame.comment"])
        else {
            return;
        };
        for (comment, record) in comments.iter().zip(session.frames()) {
            if [Fate::Lost as u8, Fate::DroppedByHost as u8].contains(&record.fate) {
                let (_, reason) =
                    comment.split_once(": ").unwrap_or_else(|| panic!("{}: {comment}", info.id));
                assert!(reason.ends_with('.') && !reason.contains('{'), "{}: {comment}", info.id);
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}
