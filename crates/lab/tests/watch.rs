//! Breakpoints and watches: what expressions may be, where they stop, forwards and backwards.

use crate::words::open;
use lab::Session;
use lab::scenario::SHIPPED;
use lab::view::{OperandValue, Stop, StopResult, Target};
use std::collections::{BTreeMap, BTreeSet};
use wire::pick::{Pick, Picked};

fn when(text: &str) -> Stop {
    Stop { when: text.into(), node: 0, file: String::new(), line: 0, skip: 0 }
}

fn forwards(s: &mut Session, stops: &[Stop]) -> StopResult {
    s.run_to(stops, 200_000, f64::INFINITY).unwrap_or_else(|e| panic!("{stops:?}: {e}"))
}

/// Looks back in slices, as a page does.
fn backwards(s: &Session, stops: &[Stop], below: u32) -> StopResult {
    let mut found = s.look_back(stops, below, 1).unwrap_or_else(|e| panic!("{stops:?}: {e}"));
    while found.stopped == "budget" {
        let more = s.look_back(stops, found.at, 1_000).unwrap();
        assert!(more.at < found.at, "it gets on");
        found = more;
    }
    found
}

/// All steps up to `until` that meet a stop, going forwards.
fn all_forwards(id: &str, stop: &Stop, until: u32) -> Vec<u32> {
    let mut s = open(id);
    let mut steps = Vec::new();
    while s.position() < until {
        let done = s.run_to(std::slice::from_ref(stop), until - s.position(), f64::INFINITY).unwrap();
        if done.by.is_none() {
            break;
        }
        assert_eq!(done.at, s.position());
        steps.push(done.at);
    }
    steps
}

fn all_backwards(id: &str, stop: &Stop, until: u32) -> Vec<u32> {
    let mut s = open(id);
    s.run(until, f64::INFINITY);
    let mut steps = Vec::new();
    let mut below = s.position() + 1;
    loop {
        let found = backwards(&s, std::slice::from_ref(stop), below);
        if found.stopped == "start" {
            break;
        }
        steps.push(found.at);
        below = found.at;
    }
    steps.reverse();
    steps
}

#[test]
fn every_counter_that_is_counted_and_every_call_that_is_made_can_be_asked_for() {
    for (id, _) in SHIPPED {
        let mut s = open(id);
        s.run(3_000, f64::INFINITY);
        for node in s.view().nodes {
            for counter in node.counters {
                assert!(
                    s.check_expression(&format!("changed({})", counter.name), true).is_ok(),
                    "{}",
                    counter.name
                );
            }
        }
        for line in s.log(None, 10_000) {
            let name = line
                .text
                .split(['(', ' '])
                .find(|w| !w.starts_with('<') && !w.is_empty())
                .unwrap_or_default();
            let known = s.check_expression(&format!("call == \"{name}\""), true).is_ok();
            assert!(known || !line.text.contains('('), "{}", line.text);
        }
    }
}

#[test]
fn what_can_be_asked() {
    let s = open("accept-flow");
    for text in [
        "cwnd > 10000",
        "A.snd_una == A.iss + 1",
        "SND.UNA - ISS >= 100",
        "Client.cwnd < was(Client.cwnd)",
        "A.Server.state == ESTABLISHED",
        "state == SYN_SENT || state == SYN-RECEIVED",
        "state == \"CLOSE-WAIT\"",
        "was(state) == FIN_WAIT_1 and changed(state)",
        "tcp.flags.syn && !tcp.flags.ack",
        "tcp.flags == 0x12 and tcp.options.mss_val < 1460",
        "ip.src == \"10.0.0.1\" && tcp.len > 0",
        "rule == \"RTO fired\"",
        "rule == \"tcp.rto.fired\" || rule == \"accept queue full\"",
        "call == \"accept\" && not retransmission",
        "call",
        "errno == \"EAGAIN\"",
        "timer == \"delayed ACK\"",
        "drop",
        "srtt > 20 ms && rto < 1.5s",
        "time >= 2s",
        "step >= 100",
        "node == \"Server\" && sent",
        "Server.accept_queue > Server.backlog",
        "changed(ListenDrops)",
        "-1 < cwnd % 3 * (2 - 1)",
        "A.Client.rcv_nxt != A.Server.snd_nxt",
    ] {
        s.check_expression(text, true).unwrap_or_else(|e| panic!("{text}: {e}"));
    }
}

#[test]
fn what_is_wrong_is_refused_with_its_place_and_what_belongs_there() {
    let s = open("accept-flow");
    for (text, code, column, found) in [
        ("", "expr_value", 1, "⏎"),
        ("cwnd >", "expr_value", 7, "⏎"),
        ("cwnd > > 3", "expr_value", 8, "> 3"),
        ("cwnd 3", "expr_operator", 6, "3"),
        ("cwndd > 3", "expr_name", 1, "cwndd"),
        ("A.cwndd > 3", "expr_name", 3, "cwndd"),
        ("Nobody.cwnd > 3", "expr_name", 1, "Nobody.cwnd"),
        ("tcp.flags.sin", "expr_name", 1, "tcp.flags.sin"),
        ("(cwnd > 3", "expr_bracket", 10, "⏎"),
        ("cwnd > 3)", "expr_operator", 9, ")"),
        ("cwnd > 3x", "expr_operator", 9, "x"),
        ("cwnd > 3.", "expr_value", 8, "3."),
        ("cwnd > 1.2.3", "expr_value", 8, "1.2.3"),
        ("cwnd > 12345678901234567", "expr_value", 8, "12345678901234567"),
        ("state", "expr_equals", 6, "⏎"),
        ("state > ESTABLISHED", "expr_equals", 7, "> ESTABLISHED"),
        ("state == 3", "expr_text", 10, "3"),
        ("state == \"OPEN\"", "expr_state", 10, "OPEN"),
        ("cwnd == \"big\"", "expr_kinds", 1, "cwnd"),
        ("\"x\" + 3 > 2", "expr_number", 1, "\"x\" + 3 > 2"),
        ("call < \"accept\"", "expr_equals", 6, "< \"accept\""),
        ("rule == \"RTO fries\"", "expr_rule", 9, "RTO fries"),
        ("rule == \"\"", "expr_rule", 9, ""),
        ("call == \"acept\"", "expr_call", 9, "acept"),
        ("timer == \"tea\"", "expr_timer", 10, "tea"),
        ("node == \"Nobody\"", "expr_host", 9, "Nobody"),
        ("rule == \"RTO fired", "expr_quote", 19, "⏎"),
        ("changed cwnd", "expr_open", 9, "cwnd"),
        ("changed(drop)", "expr_stays", 9, "drop"),
        ("changed(tcp.seq)", "expr_stays", 9, "tcp.seq"),
        ("was(was(cwnd)) > 1", "expr_stays", 5, "was"),
        ("A.cwnd > B.cwnd + C.cwnd", "expr_scopes", 19, "C.cwnd"),
        ("时间 > 3", "expr_value", 1, "时间 > 3"),
        ("cwnd > 3 && 时间", "expr_value", 13, "时间"),
    ] {
        let e = s.check_expression(text, true).expect_err(text);
        let operand = |name: &str| e.operands.iter().find(|o| o.name == name).map(|o| o.value.clone());
        assert_eq!(e.code, code, "{text}: {e}");
        assert_eq!(operand("column"), Some(OperandValue::Num { value: f64::from(column) }), "{text}: {e}");
        assert_eq!(operand("found"), Some(OperandValue::Word { value: found.into() }), "{text}: {e}");
        assert!(e.message.contains(&format!("Column {column}: ")), "{text}: {e}");
    }
    for text in ["(".repeat(900), "!".repeat(900), "- ".repeat(400) + "1", "(".repeat(39) + "1"] {
        let e = s.check_expression(&text, true).expect_err("too deep, or unfinished");
        assert!(["expr_deep", "expr_bracket"].contains(&e.code.as_str()), "{e}");
    }
    assert_eq!(s.check_expression(&"1".repeat(1_001), true).expect_err("long").code, "expr_too_long");
}

#[test]
fn forwards_and_backwards_meet_at_the_same_steps() {
    const UNTIL: u32 = 6_000;
    for text in [
        "rule == \"RTO fired\"",
        "rule == \"recovery begins\"",
        "retransmission",
        "drop && tcp.len > 0",
        "changed(Client.ssthresh)",
        "Client.cwnd < was(Client.cwnd)",
        "Client.in_flight > 30000",
        "state == ESTABLISHED",
        "tcp.flags.syn",
        "call == \"write\"",
        "tcp.options.sack_le && arrives",
        "Client.snd_una - Client.iss > 1000000",
        "time > 100ms",
        "step == 4000",
        "timer",
    ] {
        let stop = when(text);
        let there = all_forwards("bulk-transfer", &stop, UNTIL);
        let back = all_backwards("bulk-transfer", &stop, UNTIL);
        assert_eq!(there, back, "{text}");
        assert!(!there.is_empty() || text.contains("RTO"), "{text} is met somewhere");
    }
}

#[test]
fn the_stop_that_is_met_first_is_named_and_counted() {
    let mut s = open("accept-flow");
    let stops = [when("state == ESTABLISHED"), when("tcp.flags.syn && arrives"), when("step == 1000000")];
    let first = forwards(&mut s, &stops);
    assert_eq!((first.stopped.as_str(), first.by), ("break", Some(1)));
    let second = forwards(&mut s, &stops);
    assert_eq!((second.stopped.as_str(), s.position()), ("break", second.at));
    assert!(second.hits.iter().all(|h| h.step == second.at), "what was met on the way: {second:?}");

    let mut third = open("accept-flow");
    let passed = Stop { skip: 2, ..when("tcp.flags.syn") };
    let done = forwards(&mut third, std::slice::from_ref(&passed));
    let each = all_forwards("accept-flow", &when("tcp.flags.syn"), 10_000);
    assert_eq!(done.at, each[2], "two are passed");
    assert_eq!(done.hits.iter().map(|h| h.step).collect::<Vec<_>>(), each[..3], "and counted");
    let end = forwards(&mut third, &[when("step == 1000000")]);
    assert_eq!(end.stopped, "end");
    let last = third.position() + 1;
    assert_eq!(backwards(&third, std::slice::from_ref(&passed), last).at, each[each.len() - 3]);
}

#[test]
fn a_condition_that_lasts_is_met_where_it_begins() {
    let met = all_forwards("accept-flow", &when("A.Client.state == ESTABLISHED"), 10_000);
    assert_eq!(met.len(), 1);
    let mut s = open("accept-flow");
    s.seek(0);
    s.run(met[0], f64::INFINITY);
    let state = |s: &Session| s.view().flows[0].client_state.clone();
    assert_eq!(state(&s).as_deref(), Some("ESTABLISHED"));
    s.back();
    assert_ne!(state(&s).as_deref(), Some("ESTABLISHED"));
}

#[test]
fn sequence_numbers_are_compared_round_the_circle() {
    let s = open("accept-flow");
    let text = |t: &str| match &s.watch(&[t.to_string()])[0].rows[0].value {
        OperandValue::Num { value } => value.to_string(),
        other => format!("{other:?}"),
    };
    // Plain numbers are no sequence numbers.
    assert_eq!(text("4294967295 < 1"), "0");
    assert_eq!(text("7 - 9"), "-2");
    assert_eq!(text("-7 + 2 * 3 == -1"), "1");
    assert_eq!(
        (text("7.5 % 2"), text("0.1"), text("1.5 ms")),
        ("1.5".into(), "0.1".into(), "1500000".into())
    );
    // The client's first octet lies behind its ISS, wherever that is.
    let mut s = open("accept-flow");
    assert_eq!(forwards(&mut s, &[when("A.Client.snd_una > A.Client.iss")]).stopped, "break");
    assert_eq!(forwards(&mut s, &[when("A.Client.snd_una + 4294967295 < A.Client.iss")]).stopped, "end");
    let mut s = open("accept-flow");
    forwards(&mut s, &[when("A.Client.snd_una - A.Client.iss == 1")]);
    let shown = |t: &str| s.watch(&[t.to_string()])[0].rows[0].value.clone();
    assert_eq!(shown("A.Client.iss - A.Client.snd_una"), OperandValue::Num { value: -1.0 });
}

#[test]
fn watches_show_values_with_what_they_were() {
    let mut s = open("accept-flow");
    forwards(&mut s, &[when("A.Server.state == ESTABLISHED")]);
    let list = [
        "A.Server.state",
        "A.Client.cwnd",
        "cwndd",
        "tcp.ack - tcp.seq",
        "B.cwnd",
        "rule == \"state changes\"",
    ];
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    // A state is shown as it is; only as a condition must it be compared.
    let views = s.watch(&list);
    assert_eq!(views[0].error.as_ref().map(|e| e.code.as_str()), None);
    let word = |w: &str| OperandValue::Word { value: w.into() };
    assert_eq!(
        (views[0].rows[0].value.clone(), views[0].rows[0].was.clone()),
        (word("ESTABLISHED"), Some(word("SYN-RECEIVED")))
    );
    assert!(views[0].rows[0].changed && !views[1].rows[0].changed);
    assert_eq!(views[2].error.as_ref().map(|e| e.code.as_str()), Some("expr_name"));
    assert!(matches!(views[3].rows[0].value, OperandValue::Num { .. }));
    assert_eq!(views[4].rows, []);
    assert_eq!(views[5].rows[0].value, OperandValue::Num { value: 1.0 });
}

/// Every value that is shown of a connection, as text, by who it is of.
fn shown(s: &Session) -> BTreeMap<(u32, u32, String), String> {
    let mut all = BTreeMap::new();
    for node in s.view().nodes {
        for tcb in &node.tcbs {
            let mut put =
                |what: &str, value: String| all.insert((node.id, tcb.socket, what.to_string()), value);
            put("state", tcb.state.clone());
            tcb.vars.iter().for_each(|v| drop(put(&v.name, format!("{:x}", v.value.to_bits()))));
            tcb.timers.iter().for_each(|t| drop(put(&t.name, t.until.to_string())));
        }
        for row in &node.sockets {
            let value = format!("{} {} {}", row.state, row.recv_q, row.send_q);
            all.insert((node.id, row.id, "row".into()), value);
        }
        for counter in &node.counters {
            all.insert((node.id, 0, counter.name.clone()), counter.value.to_string());
        }
    }
    all
}

#[test]
fn who_set_a_value_is_the_step_after_which_it_was_first_seen() {
    for (id, steps) in
        [("bulk-transfer", 700), ("backlog-overflow", 140), ("syn-flood", 200), ("half-close", 200)]
    {
        let mut s = open(id);
        let mut seen: Vec<BTreeMap<_, _>> = vec![shown(&s)];
        while s.position() < steps && s.step() {
            seen.push(shown(&s));
        }
        let last = seen.len() - 1;
        for at in [last, last / 2, last / 3, 5] {
            s.seek(at as u32);
            for (key, value) in &seen[at] {
                let (node, socket, what) = key.clone();
                let target = Target { node, socket, what };
                let before = (0..at).rev().find(|&n| seen[n].get(key) != Some(value));
                // A counter that nobody has counted yet is not shown, and is 0.
                let before = before.filter(|&n| socket != 0 || value != "0" || seen[n].contains_key(key));
                let mut found = s.who(&target, s.position() + 1, 1);
                while found.stopped == "budget" {
                    found = s.who(&target, found.at, 50);
                }
                let expected = before.map(|n| n as u32 + 1);
                let step = (found.stopped == "break").then_some(found.at);
                assert_eq!(step, expected, "{id}, step {at}: {key:?} is {value}");
            }
        }
    }
}

#[test]
fn the_rule_that_set_a_value_is_one_of_its_step() {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, _) in SHIPPED {
        let mut s = open(id);
        let mut was = shown(&s);
        while s.position() < 400 && s.step() {
            let now = shown(&s);
            let trace = s.trace();
            for ((node, socket, what), value) in &now {
                if *socket == 0 || was.get(&(*node, *socket, what.clone())) == Some(value) {
                    continue;
                }
                let target = Target { node: *node, socket: *socket, what: what.clone() };
                let place = s.setter(&target);
                let rule = place.and_then(|n| trace.rules.get(n as usize)).map(|r| r.id.clone());
                // A call by itself goes through no rule of TCP.
                assert!(
                    rule.is_some() || what == "row" || trace.rules.is_empty(),
                    "{id}, step {}: {what}",
                    s.position()
                );
                named.entry(what.clone()).or_default().extend(rule);
            }
            was = now;
        }
    }
    for (what, rule) in [
        ("cwnd", "tcp.cwnd.slow_start"),
        ("cwnd", "tcp.cwnd.timeout"),
        ("ssthresh", "tcp.recovery.begins"),
        ("SRTT", "tcp.rtt.sample"),
        ("RTO", "tcp.rto.fired"),
        ("SND.UNA", "tcp.ack.advances"),
        ("RCV.NXT", "tcp.text.in_order"),
        ("state", "tcp.state.changes"),
        ("TLP", "tcp.tlp.armed"),
    ] {
        assert!(named[what].contains(rule), "{what}: {:?}", named[what]);
    }
    assert_eq!(named["SRTT"].len(), 2, "samples, and the socket's birth: {:?}", named["SRTT"]);
}

#[test]
fn cwnd_traces_to_the_ack_that_last_raised_it() {
    let mut s = open("bulk-transfer");
    forwards(&mut s, &[when("Client.cwnd > 20000")]);
    let raised = s.position();
    s.run(3, f64::INFINITY);
    let view = s.view();
    let target = Target { node: 0, socket: view.nodes[0].tcbs[0].socket, what: "cwnd".into() };
    let found = s.who(&target, s.position() + 1, u32::MAX);
    assert!(found.at >= raised);
    s.seek(found.at);
    let rule = &s.trace().rules[s.setter(&target).expect("a rule") as usize];
    assert_eq!(rule.id, "tcp.cwnd.slow_start");
    assert_eq!(s.view().last.map(|l| l.what).as_deref(), Some("frame"), "an ACK arrived");
}

#[test]
fn a_field_that_is_picked_is_the_one_that_is_dissected() {
    fn found<'a>(nodes: &'a [wire::dissect::Node], name: &str) -> Option<&'a wire::dissect::Node> {
        nodes.iter().find_map(|n| if n.name == name { Some(n) } else { found(&n.children, name) })
    }
    let mut compared = BTreeSet::new();
    for id in ["lost-data", "accept-flow", "closed-port"] {
        let mut s = open(id);
        s.run(200, f64::INFINITY);
        for frame in 0..s.frames().len() as u32 {
            let bytes = s.frame_bytes(frame).expect("a frame");
            let tree = wire::dissect::dissect(&bytes, &wire::dissect::Context::default());
            for name in Pick::names().filter(|n| !["frame.len", "tcp.len"].contains(n)) {
                let node = found(&tree, name);
                match Pick::named(name).expect("a name").of(&bytes) {
                    None => assert!(node.is_none(), "{id}, frame {frame}: {name}"),
                    Some(Picked::Text(text)) => assert_eq!(node.map(|n| &n.value), Some(&text), "{name}"),
                    Some(Picked::Number(n)) => {
                        let value = &node.expect("a node").value;
                        let number = u64::from_str_radix(value.trim_start_matches("0x"), 16);
                        assert!(
                            value.parse() == Ok(n) || number == Ok(n) || n == 1,
                            "{name}: {n} is {value}"
                        );
                        compared.insert(name);
                    }
                    Some(Picked::Seq(n)) => {
                        assert_eq!(node.map(|n| n.value.clone()), Some(n.to_string()), "{name}")
                    }
                }
            }
        }
    }
    assert!(compared.contains("tcp.options.mss_val") && compared.contains("tcp.options.timestamp.tsecr"));
}

#[test]
fn variables_of_programs_are_named_behind_var() {
    let mut s = open("bulk-transfer");
    let done = forwards(&mut s, &[when("Client.var.i == 3")]);
    assert_eq!(done.stopped, "break");
    let seen = s.watch(&["var.i".into(), "Client.var.i * 2".into()]);
    let values: Vec<_> =
        seen.iter().map(|w| w.rows.iter().map(|r| r.value.clone()).collect::<Vec<_>>()).collect();
    assert!(values[0].contains(&OperandValue::Num { value: 3.0 }), "{values:?}");
    assert_eq!(values[1], [OperandValue::Num { value: 6.0 }]);
    let third = done.at;
    assert_eq!(backwards(&s, &[when("changed(Client.var.i)")], third + 1).at, third);
    forwards(&mut s, &[when("Client.var.i == 5")]);
    assert_eq!(backwards(&s, &[when("Client.var.i == 3")], s.position()).at, third);
    for (text, column) in [
        ("var.nothing == 1", 5.0),
        ("Server.var.i == 1", 12.0),
        ("1 < Client.var.data", 16.0),
        ("A.var.i", 7.0),
    ] {
        let e = s.check_expression(text, true).expect_err(text);
        assert_eq!(
            (e.code.as_str(), &e.operands[0].value),
            ("expr_variable", &OperandValue::Num { value: column }),
            "{text}"
        );
    }
}
