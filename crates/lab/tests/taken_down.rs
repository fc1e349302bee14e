//! Whole sessions, taken down and read by tshark.

mod common;

use common::tshark;
use lab::Session;
use lab::records::{Fate, FrameRecord};

/// Far enough for every shipped scenario to show what it is about.
const STEPS: u32 = 1500;

/// What tshark is asked about each frame, and what it must not answer.
const ASKED: [(&str, &str); 6] = [
    ("frame.time_epoch", ""),
    ("frame.comment", ""),
    ("ip.checksum.status", "0"),
    ("tcp.checksum.status", "0"),
    ("_ws.malformed", "1"),
    // PI_ERROR of Wireshark's expert information.
    ("_ws.expert.severity", "8388608"),
];

#[test]
fn every_scenario_can_be_taken_down() {
    let mut explained = 0;
    for info in Session::scenarios() {
        let mut session = Session::new(&info.id, None).unwrap();
        while session.position() < STEPS && session.step() {}
        let args: Vec<&str> =
            // What programs say to each other is not judged: Wireshark reads a letter over POP3 as one with a date.
            ["--disable-protocol", "pop", "-T", "fields"].into_iter().chain(ASKED.iter().flat_map(|(name, _)| ["-e", *name])).collect();
        let Some(lines) = tshark(&session.pcapng().unwrap(), &args) else { return };
        assert_eq!(lines.len(), session.frames().len(), "{}", info.id);
        for (line, record) in lines.iter().zip(session.frames()) {
            println!("{}: {line}", info.id);
            explained += judge(&line.split('\t').collect::<Vec<_>>(), record);
        }
    }
    assert!(explained > 0);
}

/// Nothing is wrong with a frame, it stands at its time, and if it did not arrive it says why (then 1).
fn judge(answers: &[&str], record: &FrameRecord) -> u32 {
    for (answer, (name, wrong)) in answers.iter().zip(ASKED).skip(2) {
        assert!(!answer.split(',').any(|a| a == wrong), "{name} is {answer}");
    }
    let (seconds, nanos) = answers[0].split_once('.').unwrap();
    assert_eq!(seconds.parse::<f64>().unwrap() * 1e9 + nanos.parse::<f64>().unwrap(), record.sent);
    let stopped = [Fate::Lost as u8, Fate::DroppedByHost as u8].contains(&record.fate);
    if stopped {
        let (_, reason) = answers[1].split_once(": ").expect("a comment with a reason");
        assert!(reason.ends_with('.') && !reason.contains('{'), "{reason}");
    }
    stopped.into()
}
