//! A packetdrill script in a session: stepped both ways, looked at, refused with a place.

use lab::script::{RowKind, ScriptSession, TEXT_MAX, VerdictWord};
use lab::view::OperandValue;

const NAGLE: &str = include_str!("../../drill/scripts/requirements/nagle.pkt");

fn open(text: &str) -> ScriptSession {
    ScriptSession::open("test.pkt", text, None).unwrap_or_else(|e| panic!("{e}"))
}

/// `line text = result` of every row, `?` where no line has asked for the packet yet.
fn rows(s: &ScriptSession) -> Vec<String> {
    let row = |r: &lab::script::TraceRow| {
        let sign = match r.kind {
            RowKind::Arrived => "<",
            RowKind::Left => ">",
            RowKind::Blocked => "…",
            RowKind::Returned => "=",
        };
        let line = r.line.map_or("?".to_string(), |l| l.to_string());
        format!("{line} {sign} {} {}", r.text, r.result).trim_end().to_string()
    };
    s.view().rows.iter().map(row).collect()
}

#[test]
fn a_script_is_stepped_and_every_line_has_its_verdict() {
    let mut s = open(NAGLE);
    let events = s.events().len();
    assert_eq!(s.view().next, Some(0));
    let mut steps = 0;
    while s.step() {
        steps += 1;
    }
    let view = s.view();
    assert_eq!((steps, view.verdicts.len()), (events, events));
    assert!(view.verdicts.iter().all(|v| v.verdict == VerdictWord::Passed));
    assert_eq!((view.outcome, view.next), (Some(VerdictWord::Passed), None));
    assert_eq!(view.tcb.map(|t| t.state).as_deref(), Some("ESTABLISHED"));
}

#[test]
fn going_back_is_as_if_one_had_never_gone_on() {
    let mut s = open(NAGLE);
    let events = s.events().len();
    let mut seen = vec![s.view()];
    while s.step() {
        seen.push(s.view());
    }
    for step in [3, events, 0, 7, 6, 1] {
        s.seek(step);
        // As text: what is not known yet is NaN, which is not even itself.
        assert_eq!(format!("{:?}", s.view()), format!("{:?}", seen[step]), "step {step}");
    }
    assert!(s.back());
    assert!(!s.back(), "the beginning");
}

#[test]
fn packets_and_calls_are_rows_of_the_trace() {
    let mut s = open(NAGLE);
    s.seek(5);
    let before = rows(&s);
    assert_eq!(
        before[3..],
        [
            "5 = listen(3, 1) 0",
            "6 < S 0:0(0) win 65535 <mss 1460>",
            "? > S. 0:0(0) ack 1 win 65535 <mss 1460>"
        ]
    );
    s.seek(6);
    assert_eq!(rows(&s).last().map(String::as_str), Some("7 > S. 0:0(0) ack 1 win 65535 <mss 1460>"));
}

#[test]
fn a_call_that_blocks_is_told_twice() {
    let mut s = open(
        "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n\
         +0...0.2 accept(3, ..., ...) = 4\n+.1 < S 0:0(0) win 1000 <mss 1000>\n+0 > S. 0:0(0) ack 1 <...>\n\
         +.1 < . 1:1(0) ack 1 win 1000\n",
    );
    s.run(100, None);
    assert_eq!(s.view().outcome, Some(VerdictWord::Passed), "{:?}", s.view().failure);
    let calls: Vec<_> = rows(&s).into_iter().filter(|r| r.contains("accept")).collect();
    assert_eq!(calls, ["4 … accept(3, ..., ...)", "4 = accept(3, ..., ...) 4"]);
}

#[test]
fn a_failure_says_what_was_expected_what_came_and_by_which_rules() {
    let mut s = open(&NAGLE.replace("> P. 1:11(10) ack 1", "> P. 1:11(10) ack 2"));
    s.run(1_000, None);
    let view = s.view();
    let failure = view.failure.expect("it fails");
    assert_eq!(view.outcome, Some(VerdictWord::Failed));
    assert_eq!(view.verdicts.last().map(|v| (v.line, v.verdict)), Some((12, VerdictWord::Failed)));
    assert_eq!(failure.expected, "+0 > P. 1:11(10) ack 2");
    assert_eq!(failure.came.as_deref(), Some("P. 1:11(10) ack 1 win 65535"));
    assert!(failure.why.contains("acknowledgment is 1, not 2"), "{}", failure.why);
    let wrong: Vec<_> = view.rows.iter().filter(|r| r.wrong).map(|r| r.text.as_str()).collect();
    assert_eq!(wrong, ["P. 1:11(10) ack 1 win 65535"]);
    assert!(!s.back() || s.view().failure.is_none(), "one step back nothing has failed yet");
}

#[test]
fn a_step_is_explained_by_its_rules() {
    let mut s = open(NAGLE);
    assert!(s.trace(0).is_empty() && s.trace(1).is_empty(), "nothing has happened at the beginning");
    s.seek(5);
    let ids: Vec<_> = s.trace(5).into_iter().map(|r| r.id).collect();
    assert!(ids.iter().any(|id| id.contains("listen")), "{ids:?}");
    assert_eq!(s.view().step, 5, "asking changes nothing");
    let first: Vec<_> = s.trace(4).into_iter().map(|r| r.id).collect();
    s.seek(4);
    assert_eq!(
        s.trace(4).into_iter().map(|r| r.id).collect::<Vec<_>>(),
        first,
        "asked from elsewhere, the same"
    );
}

#[test]
fn the_state_of_the_connection_goes_with_every_step() {
    let mut s = open(include_str!("../../drill/scripts/requirements/keep-alive.pkt"));
    s.run(1_000, None);
    let mut states: Vec<_> = s.view().verdicts.into_iter().filter_map(|v| v.state).collect();
    states.dedup();
    assert_eq!(states, ["CLOSED", "LISTEN", "SYN-RECEIVED", "ESTABLISHED", "CLOSED"]);
}

#[test]
fn a_run_stops_at_a_line() {
    let mut s = open(NAGLE);
    assert!(!s.run(1_000, Some(4)));
    assert_eq!(s.view().step, 4);
    assert!(s.run(2, None), "there is more to do");
    assert_eq!(s.view().step, 6);
}

#[test]
fn the_profile_can_be_another() {
    let script = ScriptSession::open("test.pkt", NAGLE, Some("rfc")).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(script.view().profile, "rfc");
    assert_eq!(open(NAGLE).view().profile, "linux");
}

#[test]
fn what_is_no_script_is_refused_with_its_place() {
    let refused = |text: &str| ScriptSession::open("test.pkt", text, None).err().expect("it is refused");
    let e = refused("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 > Q 0:0(0)\n");
    assert_eq!(e.code, "script_syntax");
    let place: Vec<_> = e.operands.iter().filter(|o| ["line", "column"].contains(&o.name.as_str())).collect();
    assert_eq!(
        place.iter().map(|o| &o.value).collect::<Vec<_>>(),
        [&OperandValue::Num { value: 2.0 }, &OperandValue::Num { value: 6.0 }]
    );
    let e = refused("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 `reboot`\n");
    assert_eq!(e.code, "script_unsupported");
    assert!(e.message.contains("Line 2"), "{e}");
    assert_eq!(refused(&"#".repeat(TEXT_MAX + 1)).code, "script_too_long");
    let e = ScriptSession::open("t", NAGLE, Some("solaris")).err().expect("it is refused");
    assert!(e.message.contains("solaris"), "{e}");
}

#[test]
fn a_script_of_many_lines_can_still_be_walked_back() {
    let text =
        format!("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n{}", "+.001 %{ x = 1 }%\n".repeat(1_500));
    let mut s = open(&text);
    s.run(10_000, None);
    assert_eq!(s.view().step, 1_501);
    for step in (0..1_501).rev().step_by(97) {
        s.seek(step);
        assert_eq!(s.view().step as usize, step);
    }
}
