//! The workbench, told without a page: standing rules, frames split, merged, repeated and put in another order, and
//! what would happen next to what then does.
use crate::words;

use crate::words::{
    assert_same, command, data_of, flags, ladder, listener, open, queues, run, shown, until, until_sent,
};
use lab::Session;
use lab::draft::Change;
use lab::records::{Fate, MarkKind, bits};
use lab::standing::StandingRule;
use lab::view::Command;

const CLIENT: u16 = 0;
const SERVER: usize = 1;

fn rule(json: &str) -> StandingRule {
    StandingRule::parse(json).unwrap_or_else(|e| panic!("{json}: {e}"))
}

fn add(s: &mut Session, json: &str) {
    command(s, Command::AddRule { rule: Box::new(rule(json)) });
}

/// Frames that a rule acted on, as `from flags`, each with what became of it.
fn acted(s: &Session) -> Vec<String> {
    let marks = s.marks().iter().filter(|m| m.kind == MarkKind::Ruled as u8);
    let line = |m: &lab::records::MarkRecord| {
        let f = &s.frames()[m.frame as usize];
        let fate = if f.fate == Fate::Lost as u8 { " lost" } else { "" };
        assert!(f.bits & bits::RULED != 0);
        format!("{}→{} {}{}{fate}", f.from, f.to, flags(f), if f.payload > 0 { " data" } else { "" })
    };
    marks.map(line).collect()
}

#[test]
fn every_match_picks_what_it_says() {
    #[rustfmt::skip]
    let table: [(&str, &str, &[&str]); 14] = [
        ("a SYN-ACK", r#"{"from": "Server", "set": "SYN ACK", "nth": 1}"#, &["1→0 SYN ACK lost"]),
        ("a SYN alone", r#"{"set": "SYN", "clear": "ACK", "nth": 1}"#, &["0→1 SYN lost"]),
        ("to the client", r#"{"to": "Client", "nth": 1}"#, &["1→0 SYN ACK lost"]),
        ("the third with data", r#"{"from": "Client", "data": true, "nth": 3}"#, &["0→1 ACK data lost"]),
        ("no data, no SYN", r#"{"from": "Client", "data": false, "clear": "SYN", "nth": 1}"#, &["0→1 ACK lost"]),
        ("what is sent again", r#"{"again": true, "nth": 1}"#, &["0→1 ACK data lost"]),
        ("with SACK permitted", r#"{"option": 4, "nth": 2}"#, &["1→0 SYN ACK lost"]),
        ("a field equal", r#"{"field": {"name": "tcp.dstport", "is": "=", "value": 80}, "nth": 1}"#, &["0→1 SYN lost"]),
        ("a field greater", r#"{"field": {"name": "ip.len", "is": ">", "value": 1000}, "nth": 1}"#, &["0→1 ACK data lost"]),
        ("a field less", r#"{"field": {"name": "tcp.options.mss_val", "is": "<", "value": 9000}, "nth": 1}"#, &["0→1 SYN lost"]),
        ("a field unequal", r#"{"field": {"name": "tcp.dstport", "is": "≠", "value": 80}, "nth": 1}"#, &["1→0 SYN ACK lost"]),
        ("every third to have ACK", r#"{"from": "Server", "set": "ACK", "every": 9999}"#, &[]),
        ("a FIN", r#"{"set": "FIN", "nth": 1}"#, &["0→1 FIN ACK lost"]),
        ("nothing", r#"{"set": "URG"}"#, &[]),
    ];
    for (name, when, want) in table {
        let mut s = open("lost-data");
        add(&mut s, &format!(r#"{{"when": {when}, "then": {{"kind": "drop"}}}}"#));
        run(&mut s, 3_000);
        let got: Vec<String> = acted(&s).iter().map(|l| l.replace(" PSH", "").replace("PSH ", "")).collect();
        assert_eq!(got, want, "{name}\n{}", ladder(&s));
        assert_eq!(s.view().rules[0].acted as usize, want.len(), "{name}");
    }
}

#[test]
fn every_second_ack() {
    let mut s = open("bulk-transfer");
    add(
        &mut s,
        r#"{"when": {"from": "Server", "data": false, "set": "ACK", "every": 2}, "then": {"kind": "drop"}}"#,
    );
    let view = run(&mut s, 1_000);
    let acks = s.frames().iter().filter(|f| f.from == 1 && f.payload == 0 && f.flags & 16 != 0);
    let lost: Vec<bool> = acks.map(|f| f.fate == Fate::Lost as u8).collect();
    assert!(lost.len() > 20);
    assert!(lost.iter().enumerate().all(|(n, &lost)| lost == (n % 2 == 1)), "{}", ladder(&s));
    assert_eq!((view.rules[0].met, view.rules[0].acted), (lost.len() as u32, lost.len() as u32 / 2));
}

#[test]
fn every_action_does_what_it_says() {
    let syn = r#"{"set": "SYN", "clear": "ACK", "nth": 1}"#;
    let with = |then: &str| {
        let mut s = open("accept-flow");
        add(&mut s, &format!(r#"{{"when": {syn}, "then": {then}}}"#));
        let frame = until_sent(&mut s, "the SYN", |f| f.flags == 2);
        (s, frame)
    };
    let plain = until_sent_plain();

    let (s, frame) = with(r#"{"kind": "duplicate"}"#);
    let copy = s.frames()[frame as usize + 1];
    assert_eq!((copy.copy_of, copy.bits & bits::COPY), (frame, bits::COPY));

    let (s, frame) = with(r#"{"kind": "delay", "us": 5000}"#);
    assert_eq!(s.frames()[frame as usize].ends, plain + 5e6);
    assert!(s.frames()[frame as usize].bits & bits::DELAYED != 0);

    let (mut s, frame) = with(r#"{"kind": "hold"}"#);
    assert_eq!(s.view().held, [frame]);
    command(&mut s, Command::Deliver { frame });

    let (s, frame) = with(r#"{"kind": "set", "name": "tcp.options.mss_val", "value": "536", "mend": true}"#);
    let shown = s.packet(frame).unwrap();
    assert!(format!("{:?}", shown.layers).contains("\"536\""));
    assert!(s.frames()[frame as usize].bits & bits::EDITED != 0);

    let (mut s, frame) = with(r#"{"kind": "removeOption", "option": 4}"#);
    assert!(!format!("{:?}", s.packet(frame).unwrap().layers).contains("sack_perm"));
    let view = until(&mut s, "the handshake's end", |v| queues(v, SERVER) == (0, 1));
    assert_eq!(view.flows[0].client_state.as_deref(), Some("ESTABLISHED"), "a SYN without it is as good");

    for then in [
        r#"{"kind": "corrupt"}"#,
        r#"{"kind": "set", "name": "tcp.window_size_value", "value": "1", "mend": false}"#,
    ] {
        let (mut s, frame) = with(then);
        while s.frames()[frame as usize].fate == Fate::Flying as u8 {
            assert!(s.step());
        }
        assert_eq!(words::refusals(&s), ["host.tcp.checksum_wrong"], "{then}");
    }
}

/// When the SYN of the accept flow arrives, where nobody does anything.
fn until_sent_plain() -> f64 {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "the SYN", |f| f.flags == 2);
    s.frames()[frame as usize].ends
}

#[test]
fn a_rule_that_eats_every_syn_ack_and_the_half_open_entry_dying_of_it() {
    let mut s = open("accept-flow");
    add(&mut s, r#"{"when": {"from": "Server", "set": "SYN ACK"}, "then": {"kind": "drop"}}"#);
    until(&mut s, "a half-open entry", |v| queues(v, SERVER) == (1, 0));
    let entry = listener(&s.view(), SERVER).unwrap().syn_queue[0].clone();
    let view = until(&mut s, "its death", |v| queues(v, SERVER) == (0, 0));
    assert!(view.now >= entry.dies - 1e9, "{} {}", view.now, entry.dies);
    let eaten = s.frames().iter().filter(|f| f.flags == 0x12).map(|f| f.fate).collect::<Vec<_>>();
    assert!(eaten.len() > usize::from(entry.repeats_max as u8), "{}", ladder(&s));
    assert!(eaten.iter().all(|&f| f == Fate::Lost as u8));
    assert_eq!(view.rules[0].acted, eaten.len() as u32);
}

#[test]
fn rules_go_back_fork_and_are_saved_with_the_timeline() {
    let mut s = open("lost-data");
    add(&mut s, r#"{"when": {"from": "Client", "data": true, "nth": 1}, "then": {"kind": "drop"}}"#);
    run(&mut s, 40);
    let (view, digest) = (s.view(), s.digest());
    let again = Session::restore(&s.save()).unwrap();
    assert_eq!(again.digest(), digest);
    assert_same("restored", &shown(&again.view()), &shown(&view));
    s.seek(1);
    assert_eq!((s.view().rules[0].acted, s.view().rules.len()), (0, 1));
    command(&mut s, Command::EnableRule { rule: 1, on: false });
    assert_eq!(s.view().timelines.len(), 2, "what is known ahead had it on");
    assert_eq!(s.view().timelines[1].name, "rule 1");
    run(&mut s, 40);
    assert_eq!((acted(&s).len(), s.view().rules[0].on), (0, false));
    command(&mut s, Command::RemoveRule { rule: 1 });
    add(&mut s, r#"{"then": {"kind": "duplicate"}}"#);
    assert_eq!(s.view().rules.iter().map(|r| r.id).collect::<Vec<_>>(), [2], "a number is given once");
    s.switch_timeline(0).unwrap();
    s.seek(u32::MAX);
    assert_eq!(s.digest(), digest);
    assert_eq!(s.view().rules[0].acted, 1);
}

#[test]
fn rules_of_a_scenario_stand_from_the_beginning() {
    let plain = lab::scenario::SHIPPED.iter().find(|(id, _)| *id == "accept-flow").unwrap().1;
    let with = |rules: &str| plain.replacen(r#""nodes""#, &format!(r#""rules": {rules}, "nodes""#), 1);
    let mut s =
        Session::new(&with(r#"[{"when": {"set": "SYN ACK", "nth": 1}, "then": {"kind": "drop"}}]"#), None)
            .unwrap();
    add(&mut s, r#"{"when": {"from": "Client"}, "then": {"kind": "delay", "us": 100}}"#);
    run(&mut s, 40);
    assert_eq!(
        s.view().rules.iter().map(|r| (r.id, r.acted > 0)).collect::<Vec<_>>(),
        [(1, true), (2, true)]
    );
    assert_eq!(s.view().rules[1].rule.when.from.as_deref(), Some("Client"));
    let refused = |rules: &str| Session::new(&with(rules), None).unwrap_err().message;
    let kinds = refused(r#"[{"then": {"kind": "eat"}}]"#);
    assert!(kinds.contains("rules[0].then.kind: no rule does “eat”"), "{kinds}");
    let name = refused(r#"[{"when": {"from": "Nobody"}, "then": {"kind": "drop"}}]"#);
    assert!(name.contains("rules[0]: No machine is called “Nobody”"), "{name}");
}

#[test]
fn a_rule_that_can_never_act_says_so_and_one_that_cannot_be_is_refused() {
    let s = open("accept-flow");
    #[rustfmt::skip]
    let table = [
        (r#"{"nth": 0}"#, "never_from_one"),
        (r#"{"every": 0}"#, "never_from_one"),
        (r#"{"nth": 3, "every": 2}"#, "never_nth_every"),
        (r#"{"set": "SYN ACK", "clear": "ACK"}"#, "never_flag"),
        (r#"{"from": "Client", "to": "Client"}"#, "never_to_itself"),
        (r#"{"field": {"name": "tcp.window_size_value", "is": ">", "value": 65535}}"#, "never_beyond"),
        (r#"{"field": {"name": "ip.ttl", "is": "=", "value": 256}}"#, "never_beyond"),
        (r#"{"field": {"name": "ip.ttl", "is": "<", "value": 0}}"#, "never_beyond"),
        (r#"{"field": {"name": "tcp.mood", "is": "=", "value": 1}}"#, "never_field"),
        (r#"{"set": "SYN", "field": {"name": "tcp.flags.syn", "is": "=", "value": 0}}"#, "never_flag"),
        (r#"{"clear": "RST", "field": {"name": "tcp.flags.reset", "is": ">", "value": 0}}"#, "never_flag"),
        (r#"{"again": true, "data": false, "clear": "SYN FIN"}"#, "never_again"),
    ];
    for (when, want) in table {
        let rule = rule(&format!(r#"{{"when": {when}, "then": {{"kind": "drop"}}}}"#));
        assert_eq!(s.check_rule(&rule).unwrap().unwrap().code, want, "{when}");
    }
    let apart = open("hole-punching");
    let between = rule(r#"{"when": {"from": "Alice", "to": "Bob"}, "then": {"kind": "drop"}}"#);
    let said = apart.check_rule(&between).unwrap().map(|e| e.code);
    assert_eq!(said.as_deref(), Some("never_no_link"), "no link joins them");
    let mut behind = open("accept-flow");
    add(&mut behind, r#"{"when": {"set": "SYN"}, "then": {"kind": "drop"}}"#);
    let syn_ack = rule(r#"{"when": {"set": "SYN ACK", "from": "Server"}, "then": {"kind": "hold"}}"#);
    assert_eq!(behind.check_rule(&syn_ack).unwrap().unwrap().code, "never_eaten");
    let ack = rule(r#"{"when": {"set": "ACK"}, "then": {"kind": "hold"}}"#);
    assert_eq!(behind.check_rule(&ack), Ok(None));
    add(
        &mut behind,
        r#"{"when": {"clear": "SYN"}, "then": {"kind": "set", "name": "tcp.flags.syn", "value": "1"}}"#,
    );
    assert_eq!(behind.check_rule(&syn_ack), Ok(None), "another rule may make such a frame");
    assert_eq!(
        s.check_rule(&rule(r#"{"when": {"nth": 4, "every": 2}, "then": {"kind": "drop"}}"#)),
        Ok(None)
    );
    #[rustfmt::skip]
    let table = [
        (r#"{"when": {"set": "SIN"}, "then": {"kind": "drop"}}"#, "unknown_flag"),
        (r#"{"when": {"to": "X"}, "then": {"kind": "drop"}}"#, "unknown_name"),
        (r#"{"when": {"field": {"name": "ip.ttl", "is": "~", "value": 1}}, "then": {"kind": "drop"}}"#, "bad_relation"),
        (r#"{"then": {"kind": "delay", "us": -1}}"#, "bad_delay"),
        (r#"{"then": {"kind": "set", "name": "ip.ttl", "value": "256"}}"#, "bad_field_number"),
        (r#"{"then": {"kind": "set", "name": "tcp.flags.syn", "value": "2"}}"#, "bad_field_flag"),
    ];
    for (json, want) in table {
        assert_eq!(s.check_rule(&rule(json)).unwrap_err().code, want, "{json}");
    }
}

#[test]
fn a_request_in_two_pieces_and_one_again() {
    let mut s = open("accept-flow");
    let frame = until_sent(&mut s, "the client's request", data_of(CLIENT));
    command(&mut s, Command::Hold { frame });
    let whole = s.frame_bytes(frame).unwrap();
    let made = command(&mut s, Command::Split { frame, at: 10 }).frames;
    assert_eq!(s.view().held, [frame, made[0]], "a piece of what is held is held");
    assert_eq!(s.packet(frame).unwrap().payload, 10);
    command(&mut s, Command::Merge { frame, with: made[0] });
    assert_eq!((s.frame_bytes(frame).unwrap(), s.view().held), (whole, vec![frame]));
    let refused = s.command(Command::Split { frame, at: 34 }).unwrap_err();
    assert_eq!(refused.code, "bad_split");
    let made = command(&mut s, Command::Split { frame, at: 4 }).frames[0];
    // The second piece first: it is out of order, and the reader gets all of it all the same.
    command(&mut s, Command::Reorder { frames: vec![made, frame] });
    command(&mut s, Command::Deliver { frame: made });
    command(&mut s, Command::Deliver { frame });
    run(&mut s, 10_000);
    assert!(s.frames()[made as usize].bits & bits::OUT_OF_ORDER != 0, "{}", ladder(&s));
    assert!(
        s.frames().iter().any(|f| f.from == 1 && f.payload > 0),
        "the server has answered\n{}",
        ladder(&s)
    );
}

#[test]
fn frames_arrive_in_another_order_and_as_often_as_one_wants() {
    let mut s = open("lost-data");
    until(&mut s, "three on their way", |v| v.in_flight.len() >= 3);
    let flying = s.view().in_flight.clone();
    let due = |s: &Session, f: u32| s.frames()[f as usize].ends;
    let times: Vec<f64> = flying.iter().map(|&f| due(&s, f)).collect();
    let turned: Vec<u32> = flying.iter().rev().copied().collect();
    command(&mut s, Command::Reorder { frames: turned.clone() });
    let mut sorted = times.clone();
    sorted.sort_by(f64::total_cmp);
    assert_eq!(turned.iter().map(|&f| due(&s, f)).collect::<Vec<_>>(), sorted);
    let copies = command(&mut s, Command::Repeat { frame: flying[0], times: 3 }).frames;
    assert_eq!(copies.len(), 3);
    for (times, code) in [(0, "bad_count"), (1_001, "bad_count")] {
        assert_eq!(s.command(Command::Repeat { frame: flying[0], times }).unwrap_err().code, code);
    }
    let saved = Session::restore(&s.save()).unwrap();
    assert_eq!(saved.digest(), s.digest());
    run(&mut s, 10_000);
    assert!(s.view().finished, "whatever the order, it ends\n{}", ladder(&s));
}

/// Forty edits of the client's request: field, value, what mends.
#[rustfmt::skip]
const EDITS: [(&str, &str, u8); 40] = [
    ("eth.dst", "02:00:00:00:00:09", 15), ("eth.src", "02:00:00:00:00:07", 15), ("eth.type", "0x0806", 15), ("eth.type", "0x86dd", 15),
    ("ip.version", "6", 15), ("ip.hdr_len", "6", 15), ("ip.hdr_len", "4", 15), ("ip.dsfield.dscp", "46", 15), ("ip.dsfield.ecn", "3", 15),
    ("ip.len", "30", 12), ("ip.len", "9000", 12), ("ip.id", "0xffff", 15), ("ip.flags.df", "0", 15), ("ip.flags.mf", "1", 15),
    ("ip.frag_offset", "1", 15), ("ip.ttl", "1", 15), ("ip.ttl", "0", 15), ("ip.proto", "17", 15), ("ip.proto", "99", 15),
    ("ip.checksum", "0x0000", 15), ("ip.src", "10.0.0.77", 15), ("ip.dst", "10.0.0.99", 15), ("tcp.srcport", "1", 15), ("tcp.dstport", "81", 15),
    ("tcp.seq", "1", 15), ("tcp.seq", "4294967295", 15), ("tcp.ack", "0", 15), ("tcp.hdr_len", "4", 15), ("tcp.hdr_len", "15", 15),
    ("tcp.hdr_len", "7", 15), ("tcp.flags.syn", "1", 15), ("tcp.flags.fin", "1", 15), ("tcp.flags.reset", "1", 15), ("tcp.flags.ack", "0", 15),
    ("tcp.flags.urg", "1", 15), ("tcp.flags", "0x000", 15), ("tcp.window_size_value", "0", 15), ("tcp.checksum", "0xdead", 15),
    ("tcp.urgent_pointer", "65535", 15), ("tcp.payload", "", 15),
];

#[test]
fn what_would_happen_is_what_happens_for_forty_edits() {
    let mut start = open("accept-flow");
    let frame = until_sent(&mut start, "the client's request", data_of(CLIENT));
    command(&mut start, Command::Hold { frame });
    let bytes = lab::hex::encode(&start.frame_bytes(frame).unwrap());
    let mut outcomes = std::collections::BTreeSet::new();
    for (path, value, mends) in EDITS {
        let change = Change::Set { path: path.into(), value: value.into() };
        let hex = Session::change(&bytes, &change, mends).unwrap_or_else(|e| panic!("{path}: {e}")).hex;
        assert_ne!(hex, bytes, "{path} = {value} changes something");
        let mut s = start.clone();
        let told = s.predict(frame, &hex, 3).unwrap_or_else(|e| panic!("{path} = {value}: {e}"));
        assert_eq!(shown(&s.view()), shown(&start.view()), "nothing has changed");
        command(&mut s, Command::Edit { frame, hex });
        command(&mut s, Command::Deliver { frame });
        while matches!(s.frames()[frame as usize].fate, 0 | 1) {
            assert!(s.step(), "{path} = {value} never came");
        }
        let sent = |s: &Session, step: u32| {
            s.frames().iter().filter(|f| f.step_sent == step).map(|f| f.ends).collect::<Vec<_>>()
        };
        assert_eq!(told.rules, s.trace().rules, "{path} = {value}");
        let mut replies = sent(&s, s.position());
        let node = &s.view().nodes[SERVER];
        for v in &told.changes {
            let has = |w: &&lab::view::VarView| {
                w.name == v.name && w.was.map(f64::to_bits) == v.was.map(f64::to_bits)
            };
            let found = node
                .tcbs
                .iter()
                .flat_map(|t| &t.vars)
                .any(|w| has(&w) && w.value.to_bits() == v.value.to_bits());
            assert!(found, "{path} = {value}: {v:?}");
        }
        let lines: Vec<(String, f64)> = told.ahead.iter().map(|a| (a.what.clone(), a.time)).collect();
        let mut came = Vec::new();
        for _ in 0..3 {
            if s.step() {
                let last = s.view().last.unwrap();
                came.push((last.what, last.time));
                replies.extend(sent(&s, s.position()));
            }
        }
        assert_eq!(lines, came, "{path} = {value}");
        assert_eq!(
            told.replies.iter().chain(&told.later).map(|r| r.arrives).collect::<Vec<_>>(),
            replies,
            "{path} = {value}"
        );
        for end in &told.ends {
            let states: Vec<String> =
                s.view().nodes[end.node as usize].tcbs.iter().map(|t| t.state.clone()).collect();
            assert!(
                end.state.as_ref().is_none_or(|state| states.contains(state)),
                "{path} = {value}: {end:?} {states:?}"
            );
        }
        outcomes.insert(format!("{:?}", told.outcome));
    }
    assert!(outcomes.len() >= 3, "{outcomes:?}");
}

#[test]
fn what_an_injected_frame_would_do_is_what_it_does() {
    let mut s = open("accept-flow");
    until(&mut s, "listen", |v| listener(v, SERVER).is_some());
    let syn = s.syn_to(0, 80).unwrap();
    let spoofed =
        Session::change(&syn, &Change::Set { path: "ip.src".into(), value: "10.0.0.77".into() }, 15)
            .unwrap()
            .hex;
    let data = Session::change(&syn, &Change::Payload { hex: "00ff".into() }, 15).unwrap().hex;
    let nobody =
        Session::change(&syn, &Change::Set { path: "eth.dst".into(), value: "02:00:00:00:00:99".into() }, 15)
            .unwrap()
            .hex;
    for (name, hex, rule) in [
        ("a SYN", &syn, None),
        ("from nowhere", &spoofed, None),
        ("with data", &data, None),
        ("to nobody", &nobody, Some("net.link.no_receiver")),
    ] {
        let mut t = s.clone();
        let told = t.predict_inject(0, hex, 0).unwrap();
        assert_eq!(t.digest(), s.digest());
        let frame = command(&mut t, Command::Inject { node: 0, hex: hex.clone() }).frames[0];
        if let Some(rule) = rule {
            assert_eq!(
                (told.rule.unwrap().id.as_str(), t.frames()[frame as usize].fate),
                (rule, Fate::Lost as u8)
            );
            continue;
        }
        while t.frames()[frame as usize].fate == Fate::Flying as u8 {
            assert!(t.step());
        }
        assert_eq!(told.rules, t.trace().rules, "{name}");
    }
    assert_eq!(s.predict_inject(9, &syn, 0).unwrap_err().code, "unknown_node");
}
