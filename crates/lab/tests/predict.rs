//! What would happen, where commands are logged for later steps.

use crate::words::{command, data_of, open, until_sent};
use lab::draft::Change;
use lab::view::Command;

#[test]
fn a_frame_that_is_let_be_meets_the_commands_of_its_timeline() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    let at = s.position();
    let free = s.predict(frame, &s.packet(frame).unwrap().hex, 0).expect("it arrives");

    command(&mut s, Command::Hold { frame });
    s.seek(at);
    let hex = s.packet(frame).unwrap().hex;
    let stopped = s.predict(frame, &hex, 0).expect_err("it is held before it arrives");
    assert_eq!(stopped.code, "stopped_ahead");
    assert!(stopped.message.contains(&format!("step {}", at + 1)), "{}", stopped.message);

    // Edited, it begins another future, which knows nothing of that.
    let edit = Change::Set { path: "ip.ttl".into(), value: "9".into() };
    let edited = lab::Session::change(&hex, &edit, 15).unwrap().hex;
    let told = s.predict(frame, &edited, 0).expect("it arrives in a fork");
    assert_eq!((told.rule, told.arrives), (free.rule, free.arrives));
}

#[test]
fn what_lies_ahead_has_the_commands_of_this_timeline_in_it() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    let at = s.position();
    while s.view().in_flight.contains(&frame) {
        assert!(s.step());
    }
    let arrived = s.position();
    command(&mut s, Command::Call { node: 0, call: "socket(AF_INET, SOCK_STREAM, 0)".into() });
    s.run(3, f64::INFINITY);
    let happened: Vec<_> = (arrived + 1..=arrived + 4)
        .map(|step| {
            s.seek(step);
            s.view().last.map(|last| (last.what, last.time))
        })
        .collect();
    s.seek(at);
    let told = s.predict(frame, &s.packet(frame).unwrap().hex, 4).unwrap();
    let ahead: Vec<_> = told.ahead.into_iter().map(|step| Some((step.what, step.time))).collect();
    assert_eq!(ahead, happened);
}
