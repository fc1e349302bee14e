//! A scenario file holds a whole timeline: its commands are done at their steps, its notes are kept, and what is saved,
//! opened and saved again is the same to the byte.

use crate::words::{command, data_of, open, run, until_sent};
use lab::Session;
use lab::scenario::{SHIPPED, Scenario};
use lab::view::Command;
use serde_json::{Value, json};

fn reopened(file: &[u8]) -> Session {
    Session::new(std::str::from_utf8(file).unwrap(), None).unwrap_or_else(|e| panic!("{e}"))
}

/// A shipped scenario as a value, to be changed.
fn shipped(id: &str) -> Value {
    serde_json::to_value(Scenario::shipped(id).unwrap()).unwrap()
}

fn refused(file: &Value) -> String {
    Session::new(&file.to_string(), None).unwrap_err().message
}

/// What a person might do to any network: lose, double and put off frames, type a call, stop a program, slow a link.
fn meddle(s: &mut Session) {
    let mut n = 0;
    for steps in [3, 5, 9, 14, 20] {
        s.run(steps, f64::INFINITY);
        let Some(&frame) = s.view().in_flight.first() else { continue };
        command(
            s,
            match n % 4 {
                0 => Command::Duplicate { frame },
                1 => Command::Delay { frame, by: 2.5e6 },
                2 => Command::Hold { frame },
                _ => Command::Drop { frame },
            },
        );
        n += 1;
        if let Some(&frame) = s.view().held.first() {
            command(s, Command::Deliver { frame });
        }
    }
    let host = s.view().nodes.iter().position(|n| n.kind != "switch" && n.kind != "hub").unwrap() as u32;
    command(s, Command::Call { node: host, call: "socket(AF_INET, SOCK_STREAM, 0)".into() });
    let rule = r#"{"kind": "addRule", "rule": {"when": {"data": true, "nth": 2}, "then": {"kind": "drop"}}}"#;
    command(s, Command::parse(rule).unwrap());
    command(
        s,
        Command::parse(
            r#"{"kind": "setLink", "link": 0, "end": 0, "sends": {"delay_us": 1500, "loss": 0.01}}"#,
        )
        .unwrap(),
    );
}

#[test]
fn every_shipped_scenario_meddled_with_comes_back_from_its_file_to_the_same_digest() {
    for (id, _) in SHIPPED {
        let mut s = Session::new(id, Some(77)).unwrap();
        meddle(&mut s);
        s.run(1_500, f64::INFINITY);
        let file = s.scenario_file();
        let mut again = reopened(&file);
        assert_eq!(again.position(), 0, "{id}: it opens at its beginning");
        assert_eq!(again.scenario_file(), file, "{id}: saved again it is the same to the byte");
        again.seek(s.position());
        again.run(s.position() - again.position(), f64::INFINITY);
        assert_eq!((again.position(), again.digest()), (s.position(), s.digest()), "{id}");
        again.world().assert_invariants();
    }
}

#[test]
fn what_is_saved_is_the_future_that_one_stands_in() {
    let mut s = open("lost-data");
    let frame = until_sent(&mut s, "data", data_of(0));
    let at = s.position();
    run(&mut s, 5_000);
    s.seek(at);
    command(&mut s, Command::Drop { frame });
    run(&mut s, 5_000);
    let mut dropped = reopened(&s.scenario_file());
    run(&mut dropped, 10_000);
    assert_eq!(dropped.digest(), s.digest());
    s.switch_timeline(0).unwrap();
    run(&mut s, 5_000);
    let mut main = reopened(&s.scenario_file());
    run(&mut main, 10_000);
    assert_eq!(main.digest(), s.digest());
    assert_ne!(main.digest(), dropped.digest());
}

#[test]
fn commands_of_a_file_lie_ahead_and_can_be_undone_and_done_again() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    command(&mut s, Command::Hold { frame });
    command(&mut s, Command::Drop { frame });
    let (at, digest) = (s.position(), s.digest());
    let mut again = reopened(&s.scenario_file());
    let view = again.view();
    assert_eq!((view.step, view.steps, view.timelines.len()), (0, at, 1), "known up to its last command");
    let [undo, redo] = again.changes();
    assert_eq!((undo.unwrap().what, redo), ("drop".to_string(), None));
    assert!(again.undo());
    assert_eq!((again.position(), again.view().held), (at - 1, vec![frame]), "we stand where it was done");
    assert!(again.undo());
    assert_eq!(again.view().held, [] as [u32; 0]);
    assert!(!again.undo(), "that was all");
    assert!(again.redo() && again.redo());
    assert_eq!((again.position(), again.digest()), (at, digest));
    // What is done before them begins another future, as in any timeline.
    again.seek(3);
    assert_eq!(
        command(&mut again, Command::Call { node: 0, call: "socket(AF_INET, SOCK_STREAM, 0)".into() }).forked,
        Some(1)
    );
}

#[test]
fn a_session_of_a_file_is_kept_and_restored_like_any_other() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    command(&mut s, Command::Drop { frame });
    let mut file: Value = serde_json::from_slice(&s.scenario_file()).unwrap();
    file["notes"] = json!([{"text": "一 <b>note</b>"}]);
    let mut again = reopened(file.to_string().as_bytes());
    run(&mut again, 10_000);
    let restored = Session::restore(&again.save()).unwrap();
    assert_eq!(restored.digest(), again.digest());
    assert_eq!(restored.scenario_file(), again.scenario_file());
    assert_eq!(restored.notes(), again.notes());
    assert_eq!(restored.changes(), again.changes());
}

#[test]
fn notes_are_kept_in_both_languages_or_one_and_shown() {
    let mut file = shipped("accept-flow");
    file["notes"] = json!([
        {"text": "One text for everybody."},
        {"step": 4, "text": {"en": "The SYN has arrived.", "zh": "SYN 已到达。"}},
    ]);
    let s = reopened(file.to_string().as_bytes());
    let shown: Vec<(Option<u32>, String, String)> =
        s.view().notes.into_iter().map(|n| (n.step, n.text.en, n.text.zh)).collect();
    assert_eq!(
        shown,
        [
            (None, "One text for everybody.".to_string(), "One text for everybody.".to_string()),
            (Some(4), "The SYN has arrived.".to_string(), "SYN 已到达。".to_string()),
        ]
    );
    assert_eq!(reopened(&s.scenario_file()).scenario_file(), s.scenario_file());
}

#[test]
fn what_is_wrong_with_commands_and_notes_is_said_with_its_place() {
    let with = |name: &str, value: Value| {
        let mut file = shipped("accept-flow");
        file[name] = value;
        refused(&file)
    };
    let hold = |step: u32| json!([step, {"kind": "hold", "frame": 0}]);
    for (value, said) in [
        (json!({}), "commands: here belongs a list, not an object"),
        (json!([[1]]), "commands[0]: here belongs a list of two, not a list"),
        (json!([["1", {}]]), "commands[0][0]: here belongs a whole number, not a text"),
        (json!([[1, {"kind": "fly"}]]), "commands[0][1].kind: there is no command “fly”"),
        (json!([[1, {"kind": "hold"}]]), "commands[0][1]: missing field `frame`"),
        (
            json!([hold(9), hold(9)]),
            "commands[1][0]: step 9 does not come after step 9; put commands in the order of their steps, one at each",
        ),
        (
            json!([hold(2)]),
            "commands[0]: The command that the timeline has at step 2 cannot be done: Frame 0 is not on a link now",
        ),
        (
            json!([hold(0)]),
            "commands[0]: The command that the timeline has at step 0 cannot be done: there is no such step; they count from 1 to 2000000",
        ),
        (json!([hold(100_000)]), "at step 100000 cannot be done: the world ends at step "),
        (json!([hold(4_000_000_000)]), "at step 4000000000 cannot be done: there is no such step"),
    ] {
        let message = with("commands", value);
        assert!(message.contains(said), "{message}\nwants {said}");
    }
    for (value, said) in [
        (json!(["words"]), "notes[0]: here belongs an object, not a text"),
        (json!([{"step": 1}]), "notes[0]: missing field `text`"),
        (json!([{"text": {"en": "x"}}]), "notes[0].text: missing field `zh`"),
        (json!([{"step": -1, "text": ""}]), "notes[0].step: -1 is not a whole number"),
        (
            json!([{"text": "x".repeat(2_001)}]),
            "notes[0].text: it has 2001 characters; at most 2000 are kept, so make it two notes",
        ),
        (Value::from(vec![json!({"text": ""}); 501]), "notes: there are 501; at most 500 are kept"),
    ] {
        let message = with("notes", value);
        assert!(message.contains(said), "{message}\nwants {said}");
    }
}
