//! Undo: what was done to the world and to timelines is taken back, one by one, and done again; files keep every timeline.

use crate::words::{command, data_of, open, run, until_sent};
use lab::Session;
use lab::view::Command;

/// `undo drop 3`, `redo rename "loss"`, as a face would say it.
fn said(s: &Session) -> String {
    let [undo, redo] = s.changes().map(|c| c.map_or("-".into(), |c| format!("{} {}", c.what, c.text)));
    format!("undo {undo}, redo {redo}")
}

fn names(s: &Session) -> String {
    let view = s.view();
    let here = |id| if id == view.timeline { "*" } else { "" };
    view.timelines.iter().map(|t| format!("{}{}", t.name, here(t.id))).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_drop_in_the_past_is_taken_back_and_done_again() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    let at = s.position();
    run(&mut s, 10_000);
    let end = s.digest();
    s.seek(at);
    let here = s.digest();

    command(&mut s, Command::Drop { frame });
    run(&mut s, 10_000);
    let other = s.digest();
    assert_eq!((names(&s), said(&s)), ("main drop 1*".into(), format!("undo drop {frame}, redo -")));

    assert!(s.undo());
    assert_eq!((names(&s), s.position(), s.digest()), ("main*".into(), at, here));
    s.seek(u32::MAX);
    assert_eq!(s.digest(), end, "the old future is still there");

    assert!(s.redo());
    assert_eq!((names(&s), s.position()), ("main drop 1*".into(), at + 1));
    s.seek(u32::MAX);
    assert_eq!(s.digest(), other, "and so is the other");
    assert!(!s.redo());
}

#[test]
fn commands_at_the_end_are_taken_back_one_by_one_and_what_they_led_to_is_forgotten() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    let (at, start) = (s.position(), s.digest());
    command(&mut s, Command::Hold { frame });
    command(&mut s, Command::Duplicate { frame });
    run(&mut s, 10_000);
    let end = s.digest();

    assert!(s.undo());
    assert!(s.undo());
    assert!(!s.undo());
    assert_eq!((s.position(), s.digest(), s.view().steps), (at, start, at));
    run(&mut s, 10_000);
    assert_ne!(s.digest(), end);

    assert!(s.redo());
    assert!(s.redo());
    run(&mut s, 10_000);
    assert_eq!((s.digest(), names(&s)), (end, "main*".into()));
}

#[test]
fn another_thing_done_leaves_nothing_to_do_again() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    command(&mut s, Command::Hold { frame });
    assert!(s.undo());
    command(&mut s, Command::Drop { frame });
    assert_eq!(said(&s), format!("undo drop {frame}, redo -"));
}

#[test]
fn timelines_are_begun_named_and_deleted_and_all_of_it_is_taken_back() {
    let mut s = open("accept-flow");
    run(&mut s, 10);
    s.seek(4);
    assert_eq!(s.fork(), 1);
    assert_eq!((s.view().step, s.view().steps), (4, 4));
    s.rename_timeline(1, "  what if ").expect("a name");
    let frame = until_sent(&mut s, "data", data_of(0));
    command(&mut s, Command::Drop { frame });
    s.seek(6);
    command(&mut s, Command::Park { node: 1, pid: 1, parked: true });
    assert_eq!(names(&s), "main what if park 1*");
    s.delete_timeline(1).expect("there are others");
    assert_eq!(names(&s), "main park 1*");
    let [_, park] = &s.view().timelines[..] else { panic!("two timelines") };
    assert_eq!((park.parent, park.forked_at), (Some(0), 4), "a deleted parent's parent takes its place");
    s.delete_timeline(2).expect("there is main");
    assert_eq!((names(&s), s.position()), ("main*".into(), 7));
    for (id, code) in [(0, "last_timeline"), (2, "unknown_timeline"), (9, "unknown_timeline")] {
        assert_eq!(s.delete_timeline(id).map_err(|e| e.code), Err(code.into()), "{id}");
    }
    let mut told = Vec::new();
    while s.undo() {
        told.push(names(&s));
    }
    assert_eq!(
        told,
        ["main park 1*", "main what if park 1*", "main what if*", "main what if*", "main fork 1*", "main*"]
    );
    while s.redo() {}
    assert_eq!(names(&s), "main*");
}

#[test]
fn a_name_is_a_line_of_some_length() {
    let mut s = open("accept-flow");
    for name in ["", "   ", "a\nb", &"x".repeat(61)] {
        assert_eq!(s.rename_timeline(0, name).map_err(|e| e.code), Err("bad_name".into()), "{name:?}");
    }
    s.rename_timeline(0, "main").expect("the name that it has");
    assert_eq!(said(&s), "undo -, redo -");
}

#[test]
fn a_file_has_every_timeline() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    let at = s.position();
    run(&mut s, 40);
    s.seek(at);
    command(&mut s, Command::Drop { frame });
    s.rename_timeline(1, "the request is lost").expect("a name");
    run(&mut s, 10_000);
    s.seek(at + 3);
    command(&mut s, Command::Park { node: 1, pid: 1, parked: true });
    s.switch_timeline(1).expect("the second");
    s.seek(at + 2);

    let mut restored = Session::restore(&s.save()).expect("what was saved");
    assert_eq!((restored.view().timelines, restored.position()), (s.view().timelines, s.position()));
    assert_eq!(restored.save(), s.save());
    for timeline in 0..3 {
        for session in [&mut s, &mut restored] {
            session.switch_timeline(timeline).expect("a timeline");
            session.seek(u32::MAX);
        }
        assert_eq!((restored.digest(), restored.frames()), (s.digest(), s.frames()), "timeline {timeline}");
    }
}

#[test]
fn a_file_of_version_1_is_read() {
    let mut s = open("accept-flow");
    run(&mut s, 12);
    let saved = String::from_utf8(s.save()).expect("UTF-8");
    let (head, _) = saved.split_once("\"timelines\"").expect("a list of timelines");
    let old = head.replace("\"version\":2", "\"version\":1");
    let old = format!("{old}\"name\":\"main\",\"commands\":[],\"step\":12,\"steps\":12}}");
    let restored = Session::restore(old.as_bytes()).expect("an old file");
    assert_eq!((restored.digest(), names(&restored)), (s.digest(), "main*".into()));
}

#[test]
fn a_timeline_alone_is_the_same_timeline() {
    let mut s = open("accept-flow");
    run(&mut s, 10_000);
    s.seek(12);
    let mut lone = s.lone(0).expect("main");
    assert_eq!((lone.digest(), lone.position()), (s.digest(), 12));
    s.seek(0);
    let frame = until_sent(&mut s, "data", data_of(0));
    command(&mut s, Command::Drop { frame });
    lone.seek(u32::MAX);
    run(&mut s, 10_000);
    assert_ne!(lone.digest(), s.digest(), "nothing done here is done there");
}

/// The parent was cut short by undo, and its run was not done again: the fork has the steps that they had shared.
#[test]
fn a_fork_that_is_brought_back_is_kept_though_its_parent_has_not_run_as_far_again() {
    let mut s = open("accept-flow");
    s.step();
    command(&mut s, Command::Park { node: 0, pid: 0, parked: false });
    run(&mut s, 1);
    s.fork();
    let fork = s.digest();
    assert!(s.undo() && s.undo() && s.redo() && s.redo());
    assert_eq!((names(&s), s.position()), ("main fork 1*".into(), 3));
    let again = Session::restore(&s.save()).expect("what was saved");
    assert_eq!((again.digest(), names(&again)), (fork, "main fork 1*".into()));
}

#[test]
fn what_can_be_undone_is_saved_and_a_file_is_opened_in_slices() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "data", data_of(0));
    let at = s.position();
    run(&mut s, 10_000);
    s.seek(at);
    command(&mut s, Command::Drop { frame });
    run(&mut s, 10_000);
    s.rename_timeline(1, "lost").expect("a name");
    s.switch_timeline(0).expect("main");
    s.seek(at);
    command(&mut s, Command::Hold { frame });
    s.delete_timeline(1).expect("there is another");
    assert!(s.undo() && s.undo(), "the deletion and the second fork are taken back");

    let mut restoring = lab::Restoring::new(&s.save()).expect("what was saved");
    let mut slices = 0;
    while !restoring.go_on(3).expect("it was done before") {
        slices += 1;
        assert!(restoring.progress().0 <= restoring.progress().1);
    }
    assert!(slices > 10, "{slices}");
    let mut restored = restoring.session();
    let looks = |s: &Session| (s.view().timelines, s.position(), s.digest(), s.changes());
    assert_eq!(looks(&restored), looks(&s));
    assert_eq!(restored.save(), s.save());
    for (what, back) in
        [("redo", false), ("redo", false), ("undo", true), ("undo", true), ("undo", true), ("undo", true)]
    {
        for session in [&mut s, &mut restored] {
            assert!(if back { session.undo() } else { session.redo() }, "{what}");
        }
        assert_eq!(restored.view().timelines.len(), s.view().timelines.len(), "{what}");
        assert_eq!((restored.position(), restored.digest()), (s.position(), s.digest()), "{what}");
    }
    assert!(!s.undo() && !restored.undo());

    // A file that says what cannot be: those deeds are left out, and nothing breaks.
    let text = String::from_utf8(s.save()).unwrap();
    let wrong = text.replace("\"done\":[]", "\"done\":[{\"kind\":\"delete\",\"timeline\":7,\"step\":1,\"from\":0,\"to\":0},{\"kind\":\"command\",\"timeline\":0,\"step\":0}]");
    assert_ne!(wrong, text);
    let mut wrong = Session::restore(wrong.as_bytes()).expect("the rest is sound");
    assert!(!wrong.undo());
}
