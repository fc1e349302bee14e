//! The time machine: same timeline, same bytes, however one walks.

use crate::words::{assert_same, command, open, run, shown, until_sent};
use lab::Session;
use lab::scenario::SHIPPED;
use lab::view::Command;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[test]
fn every_shipped_scenario_opens_runs_and_names_itself() {
    let infos = Session::scenarios();
    assert_eq!(infos.len(), SHIPPED.len());
    for ((id, _), info) in SHIPPED.iter().zip(&infos) {
        assert_eq!(*id, info.id);
        assert!(!info.title.en.is_empty() && !info.title.zh.is_empty());
        assert!(!info.summary.en.is_empty() && !info.summary.zh.is_empty());
        let view = run(&mut open(id), 2_000);
        assert!(view.step >= 8, "{id} did next to nothing");
    }
}

#[test]
fn a_scenario_run_twice_is_the_same_to_the_byte() {
    for (id, _) in SHIPPED {
        let digest = || {
            let mut s = open(id);
            run(&mut s, 2_000);
            s.digest()
        };
        assert_eq!(digest(), digest(), "{id}");
    }
}

/// Whoever means to change what the stack sends runs this with `INSTA_UPDATE=always` and looks at the difference.
#[test]
fn digests_of_timelines() {
    let digest = |id: &str| {
        let mut s = open(id);
        run(&mut s, 2_000);
        format!("{id:<20} step {:<5} {:>6} frames  {}", s.position(), s.frames().len(), s.digest())
    };
    // Without loss there is little that a better recovery could change.
    insta::assert_snapshot!(["accept-flow", "closed-port", "simultaneous-open"].map(digest).join("\n"));
}

#[test]
fn another_seed_is_another_world() {
    let digest = |seed| {
        let mut s = Session::new("accept-flow", Some(seed)).expect("a session");
        run(&mut s, 20);
        s.digest()
    };
    assert_ne!(digest(1), digest(2));
}

#[test]
fn a_command_in_the_past_forks_and_the_old_timeline_stays() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", |f| f.payload > 0);
    let at = s.position();
    run(&mut s, 10_000);
    let (digest, steps, frames) = (s.digest(), s.view().steps, s.frames().clone());

    s.seek(at);
    let done = command(&mut s, Command::Drop { frame });
    assert_eq!(done.forked, Some(1));
    assert_eq!(s.view().timelines.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["main", "drop 1"]);
    assert_eq!((s.view().step, s.view().steps), (at + 1, at + 1), "nothing is known beyond");
    run(&mut s, 10_000);
    assert_ne!(s.digest(), digest);

    s.switch_timeline(0).expect("main");
    s.seek(steps);
    assert_eq!((s.digest(), s.frames()), (digest, &frames));
}

#[test]
fn a_command_at_the_end_of_what_is_known_goes_on_in_the_same_timeline() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", |f| f.payload > 0);
    assert_eq!(command(&mut s, Command::Hold { frame }).forked, None);
    assert_eq!(s.view().held, [frame]);
    assert!(s.back());
    assert_eq!(s.view().held, [] as [u32; 0], "a command is a step, and can be taken back");
    assert!(s.step());
    assert_eq!(s.view().held, [frame]);
}

#[test]
fn a_refused_command_changes_nothing() {
    let mut s = open("accept-flow");
    run(&mut s, 6);
    let (view, digest, save) = (s.view(), s.digest(), s.save());
    let bad = [
        (Command::Hold { frame: 9_999 }, "not_in_flight"),
        (Command::Deliver { frame: 9_999 }, "not_in_flight"),
        (Command::Inject { node: 0, hex: "0g".into() }, "bad_hex"),
        (Command::Inject { node: 0, hex: "00".into() }, "bad_frame_length"),
        (Command::Inject { node: 77, hex: "00".repeat(60) }, "unknown_node"),
        (Command::Inject { node: 70_000, hex: "00".repeat(60) }, "unknown_node"),
        (Command::Delay { frame: 0, by: f64::NAN }, "bad_delay"),
        (Command::Park { node: 0, pid: 99, parked: true }, "unknown_process"),
        (Command::Call { node: 0, call: "bind(3, \"x\", 80)".into() }, "bad_call"),
    ];
    for (command, code) in bad {
        let said = format!("{command:?}");
        assert_eq!(s.command(command).map(|_| ()).map_err(|e| e.code), Err(code.to_string()), "{said}");
    }
    assert_same("the view", &shown(&s.view()), &shown(&view));
    assert_eq!((s.digest(), s.save()), (digest, save));
}

#[test]
fn what_is_saved_comes_back_to_the_same_bytes_and_place() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", |f| f.payload > 0);
    command(&mut s, Command::Hold { frame });
    command(&mut s, Command::Duplicate { frame });
    command(&mut s, Command::Deliver { frame });
    run(&mut s, 10);
    s.back();
    let restored = Session::restore(&s.save()).expect("a timeline");
    assert_eq!(restored.digest(), s.digest());
    assert_same("the view", &shown(&restored.view()), &shown(&s.view()));
    assert_same_records(&restored, &s);
}

#[test]
fn a_spoilt_file_says_what_is_wrong_with_it() {
    let saved = String::from_utf8(open("accept-flow").save()).expect("UTF-8");
    let cases = [
        ("{".to_string(), "bad_timeline"),
        (saved.replace("tcp-playground-timeline", "something"), "bad_timeline"),
        (saved.replace("\"steps\":0", "\"steps\":4000000000"), "too_long"),
        (
            saved.replace("\"commands\":[]", "\"commands\":[[1,{\"kind\":\"hold\",\"frame\":7}]]"),
            "command_failed",
        ),
        (
            saved.replace("\"commands\":[]", "\"commands\":[[4000000000,{\"kind\":\"drop\",\"frame\":7}]]"),
            "command_failed",
        ),
        (saved.replace("10.0.0.2/24", "10.0.0.2"), "bad_scenario"),
    ];
    for (text, code) in cases {
        let error = Session::restore(text.as_bytes()).err().map(|e| e.code);
        assert_eq!(error.as_deref(), Some(code), "{text}");
    }
    for (text, hint) in
        [("{\"version\": 9}", "version: 9 is not known here"), ("[", "unknown"), ("nope", "accept-flow")]
    {
        let error = Session::new(text, None).expect_err("not a scenario");
        assert!(error.message.contains(hint) || hint == "unknown", "{text}: {}", error.message);
    }
}

fn assert_same_records(a: &Session, b: &Session) {
    let text = |s: &Session| {
        let frames = s.frames().iter().enumerate().map(|(n, f)| format!("{n} {f:?}\n"));
        frames.chain(s.marks().iter().map(|m| format!("{m:?}\n"))).collect::<String>()
    };
    assert_same("the records", &text(a), &text(b));
}

/// What a walker does.
#[derive(Clone, Debug)]
enum Walk {
    Step,
    Back,
    Seek(u8),
    Run(u8),
    To(&'static str, bool),
    Switch(u8),
    Hold(u8),
    Deliver(u8),
    Drop(u8),
    Duplicate(u8),
    Delay(u8),
    Flip(u8, u16),
    Park(u8, bool),
    Undo,
    Redo,
    Fork,
    Delete(u8),
}

fn walk() -> impl Strategy<Value = Walk> {
    prop_oneof![
        4 => Just(Walk::Step),
        3 => Just(Walk::Back),
        2 => any::<u8>().prop_map(Walk::Seek),
        3 => (1u8..40).prop_map(Walk::Run),
        2 => (prop_oneof![Just("packet"), Just("call"), Just("program")], any::<bool>()).prop_map(|(w, b)| Walk::To(w, b)),
        1 => any::<u8>().prop_map(Walk::Switch),
        1 => any::<u8>().prop_map(Walk::Hold),
        1 => any::<u8>().prop_map(Walk::Deliver),
        1 => any::<u8>().prop_map(Walk::Drop),
        1 => any::<u8>().prop_map(Walk::Duplicate),
        1 => any::<u8>().prop_map(Walk::Delay),
        2 => (any::<u8>(), any::<u16>()).prop_map(|(f, b)| Walk::Flip(f, b)),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(n, p)| Walk::Park(n, p)),
        2 => Just(Walk::Undo),
        1 => Just(Walk::Redo),
        1 => Just(Walk::Fork),
        1 => any::<u8>().prop_map(Walk::Delete),
    ]
}

fn take(s: &mut Session, step: &Walk) {
    let view = s.view();
    let pick =
        |list: &[u32], n: u8| list.get(usize::from(n) % list.len().max(1)).copied().unwrap_or(u32::MAX);
    let tried = match *step {
        Walk::Step => {
            let _ = s.step();
            return;
        }
        Walk::Back => {
            let _ = s.back();
            return;
        }
        Walk::Seek(n) => return s.seek(view.steps * u32::from(n) / 255),
        Walk::Run(n) => {
            let _ = s.run(n.into(), f64::INFINITY);
            return;
        }
        Walk::To(what, back) => {
            let _ = s.step_to(what, back, 50);
            return;
        }
        Walk::Switch(n) => {
            let _ = s.switch_timeline(view.timelines[usize::from(n) % view.timelines.len()].id);
            return;
        }
        Walk::Undo => {
            let _ = s.undo();
            return;
        }
        Walk::Redo => {
            let _ = s.redo();
            return;
        }
        Walk::Fork => {
            let _ = s.fork();
            return;
        }
        Walk::Delete(n) => {
            let _ = s.delete_timeline(view.timelines[usize::from(n) % view.timelines.len()].id);
            return;
        }
        Walk::Hold(n) => Command::Hold { frame: pick(&view.in_flight, n) },
        Walk::Deliver(n) => Command::Deliver { frame: pick(&view.held, n) },
        Walk::Drop(n) => Command::Drop { frame: pick(&view.in_flight, n) },
        Walk::Duplicate(n) => Command::Duplicate { frame: pick(&view.in_flight, n) },
        Walk::Delay(n) => Command::Delay { frame: pick(&view.in_flight, n), by: 1e6 },
        Walk::Flip(n, bit) => {
            let frame = pick(&view.in_flight, n);
            let Ok(bytes) = s.frame_bytes(frame) else { return };
            let mut bytes = bytes.to_vec();
            let at = usize::from(bit) % (bytes.len() * 8);
            bytes[at / 8] ^= 1 << (at % 8);
            Command::Edit { frame, hex: lab::hex::encode(&bytes) }
        }
        Walk::Park(n, parked) => {
            Command::Park { node: u32::from(n) % view.nodes.len() as u32, pid: 1, parked }
        }
    };
    // Most of what is tried at random is refused; that must change nothing either.
    let before = s.save();
    if s.command(tried).is_err() {
        assert_eq!(s.save(), before);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn however_one_walks_a_place_in_a_timeline_is_the_same_place(
        scenario in prop_oneof![Just("accept-flow"), Just("backlog-overflow"), Just("lost-data"), Just("simultaneous-open")],
        steps in prop::collection::vec(walk(), 1..60),
    ) {
        let mut s = open(scenario);
        let mut seen: BTreeMap<(u32, u32), String> = BTreeMap::new();
        for step in &steps {
            take(&mut s, step);
            s.world().assert_invariants();
            let view = s.view();
            let digest = s.digest();
            if matches!(step, Walk::Undo | Walk::Redo) {
                // What was known of the timeline from here on may be forgotten.
                seen.retain(|(timeline, step), _| *timeline != view.timeline || *step < view.step);
            }
            let known = seen.entry((view.timeline, view.step)).or_insert_with(|| digest.clone());
            prop_assert_eq!(&*known, &digest, "timeline {} step {}", view.timeline, view.step);
        }
        let restored = Session::restore(&s.save()).expect("what was saved");
        prop_assert_eq!(restored.digest(), s.digest());
        // The ledger of a fork is that of a straight run.
        assert_same_records(&restored, &s);
        let (mut mine, mut theirs) = (s.view(), restored.view());
        for view in [&mut mine, &mut theirs] {
            // Deleted timelines keep their numbers until they are saved.
            view.timeline = 0;
            view.timelines.iter_mut().for_each(|t| (t.id, t.parent) = (0, None));
        }
        assert_same("the view", &shown(&mine), &shown(&theirs));
    }
}
