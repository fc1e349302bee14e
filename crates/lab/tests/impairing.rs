//! What links do, as scenarios, commands and faces say it.

use lab::Session;
use lab::impairing::{Bursts, ControlledDelay, Impairing};
use lab::presets;
use lab::records::{Fate, MarkKind, bits};
use lab::view::Command;

/// Two hosts; `link` is what stands in the link beside its ends, `end` in its first end. The first sends 60 segments.
fn scenario(version: u32, link: &str, end: &str) -> String {
    let text = r#"{"en": "", "zh": ""}"#;
    let nodes = if version == 1 {
        r#"[{"name": "A", "role": "client", "addr": "10.0.0.1/24"}, {"name": "B", "role": "server", "addr": "10.0.0.2/24"}]"#
    } else {
        r#"[{"name": "A", "interfaces": [{"name": "eth0", "addresses": ["10.0.0.1/24"]}]},
            {"name": "B", "interfaces": [{"name": "eth0", "addresses": ["10.0.0.2/24"]}]}]"#
    };
    format!(
        r#"{{"version": {version}, "id": "x", "title": {text}, "summary": {text}, "nodes": {nodes},
            "links": [{{"name": "wire", {link} "ends": [{{"node": "A" {end}}}, {{"node": "B"}}]}}]}}"#
    )
}

fn refusal(version: u32, link: &str, end: &str) -> String {
    Session::new(&scenario(version, link, end), None).unwrap_err().message
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_how_to_mend_it() {
    for (link, end, why) in [
        (r#""loss": 2,"#, "", "links[0].loss: must be from 0 (none) to 1 (all)"),
        ("", r#", "loss": -0.5"#, "links[0].ends[0].loss: must be from 0"),
        (r#""rate_bps": 0,"#, "", "links[0].rate_bps: must be more than 0; leave it out for no limit"),
        ("", r#", "impairments": {"loss": 2}"#, "links[0].ends[0].impairments.loss: must be from 0"),
        (
            r#""impairments": {"jiter_us": 2},"#,
            "",
            "links[0].impairments: unknown field `jiter_us`; there are delay_us",
        ),
        (r#""impairments": {"burst": {"p": 0.1}},"#, "", "links[0].impairments.burst: missing field `r`"),
        ("", r#", "impairments": {"codel": {}}"#, "links[0].ends[0].impairments.codel: needs a rate"),
        (
            r#""preset": "isdn","#,
            "",
            "links[0].preset: no link is called “isdn”; there are lan, lte, dsl, satellite, bad-wifi",
        ),
        (
            r#""rate_bps": 1000,"#,
            r#", "impairments": {"codel": {}, "red": {"min_bytes": 1, "max_bytes": 2}}"#,
            "links[0].ends[0].impairments.codel: a queue has one discipline; leave out `red`",
        ),
    ] {
        let said = refusal(2, link, end);
        assert!(said.contains(why), "{said}\nwants {why}");
    }
    let said = refusal(1, r#""impairments": {},"#, "");
    assert!(said.contains("links[0].impairments: version 1 does not have this; make it version 2"), "{said}");
}

#[test]
fn an_end_says_for_itself_what_the_link_says_for_all() {
    let all = r#""delay_us": 1000, "rate_bps": 1000000, "loss": 0.1, "impairments": {"jitter_us": 50, "corrupt": 0.5},"#;
    let own = r#", "delay_us": 2000, "impairments": {"corrupt": 0.25, "mtu": 1400}"#;
    let links = Session::new(&scenario(2, all, own), None).unwrap().links();
    let [first, second] = &links[0].ends[..] else { panic!("two ends") };
    let common =
        Impairing { rate_bps: Some(1_000_000), loss: Some(0.1), jitter_us: Some(50), ..Impairing::default() };
    assert_eq!(
        first.sends,
        Impairing { delay_us: Some(2_000), corrupt: Some(0.25), mtu: Some(1_400), ..common }
    );
    assert_eq!(second.sends, Impairing { delay_us: Some(1_000), corrupt: Some(0.5), ..common });
}

#[test]
fn a_preset_is_its_numbers_up_and_down_and_what_is_said_beside_it_goes_before() {
    for preset in presets::PRESETS {
        let named = format!(r#""preset": "{}","#, preset.id);
        let links = Session::new(&scenario(2, &named, ""), None).unwrap().links();
        assert_eq!([links[0].ends[0].sends, links[0].ends[1].sends], [preset.up, preset.down]);
        assert!(presets::source(preset.id).len() > 40, "{} has its sources", preset.id);
    }
    let but = r#""preset": "dsl", "impairments": {"delay_us": 7},"#;
    let session = Session::new(&scenario(2, but, r#", "impairments": {"codel": {}}"#), None).unwrap();
    let sends = session.links()[0].ends[0].sends;
    let codel = Some(ControlledDelay { target_us: 5_000, interval_us: 100_000, ecn: false });
    assert_eq!(sends, Impairing { delay_us: Some(7), codel, ..presets::find("dsl").unwrap().up });
    // What is saved is whole, and gives the same again.
    let saved = session.save();
    assert!(!String::from_utf8(saved.clone()).unwrap().contains("preset"));
    assert_eq!(Session::restore(&saved).unwrap().save(), saved);
}

#[test]
fn a_link_is_changed_while_it_works_and_the_change_is_taken_back() {
    let mut session = Session::new("bulk-transfer", None).unwrap();
    while session.frames().len() < 40 {
        assert!(session.step());
    }
    let (step, before) = (session.position(), session.links());
    let burst = Bursts { p: 0.2, r: 0.25, bad_loss: 1.0, good_loss: 0.0 };
    let sends = Impairing { burst: Some(burst), corrupt: Some(0.05), ..before[0].ends[0].sends };
    let set = |sends| Command::SetLink { link: 0, end: 0, sends: Box::new(sends) };
    session.command(set(sends)).unwrap();
    assert_eq!(session.links()[0].ends[0].sends, sends);
    assert_eq!(session.links()[0].ends[1], before[0].ends[1], "each way by itself");
    session.run(2_000, f64::INFINITY);
    let rule = |reason: u16| lab::rules::at(reason).map(|r| r.id);
    let in_burst = |r: u16| rule(r) == Some("net.link.lost_in_burst");
    let lost = session.frames().iter().filter(|f| f.fate == Fate::Lost as u8 && in_burst(f.reason));
    assert!(lost.count() > 5);
    let turned = session.marks().iter().filter(|m| m.kind == MarkKind::Impaired as u8);
    let turned: Vec<_> = turned.map(|m| (rule(m.b), m.frame)).collect();
    assert!(!turned.is_empty());
    for (rule, frame) in turned {
        assert_eq!(rule, Some("net.link.corrupted"));
        assert!(session.frames()[frame as usize].bits & bits::IMPAIRED != 0);
    }
    let saved = session.save();
    assert_eq!(Session::restore(&saved).unwrap().save(), saved);

    assert!(session.undo());
    assert_eq!((session.position(), session.links()), (step, before));
    assert!(session.redo());
    assert_eq!(session.links()[0].ends[0].sends, sends);

    let refused = session.command(set(Impairing { loss: Some(2.0), ..sends })).unwrap_err();
    assert_eq!(refused.code, "bad_impairment");
    assert!(refused.message.contains("loss: must be from 0 (none) to 1 (all)"), "{}", refused.message);
    let nowhere = Command::SetLink { link: 7, end: 0, sends: Box::default() };
    assert_eq!(session.command(nowhere).unwrap_err().code, "unknown_link");
}

#[test]
fn what_codel_drops_waits_until_then_wherever_one_stands() {
    let mut session = Session::new("bulk-transfer", None).unwrap();
    let codel = ControlledDelay { target_us: 100, interval_us: 1_000, ecn: true };
    for end in 0..2 {
        let sends =
            Impairing { codel: Some(codel), rate_bps: Some(2_000_000), ..session.links()[0].ends[end].sends };
        session.command(Command::SetLink { link: 0, end: end as u32, sends: Box::new(sends) }).unwrap();
    }
    session.run(3_000, f64::INFINITY);
    let here = session.position();
    let dropped =
        |f: &lab::records::FrameRecord| lab::rules::at(f.reason).map(|r| r.id) == Some("net.codel.drops");
    let lost: Vec<u32> =
        (0..session.frames().len() as u32).filter(|n| dropped(&session.frames()[*n as usize])).collect();
    assert!(!lost.is_empty(), "CoDel drops what is not ECN-capable");
    // Going back to before the drop the frame waits; going on it is lost again.
    let record = session.frames()[lost[0] as usize];
    session.seek(record.step_ended - 1);
    assert!(session.world().flight(net::FrameId(lost[0])).is_some());
    session.seek(here);
    assert!(session.world().flight(net::FrameId(lost[0])).is_none());
}
