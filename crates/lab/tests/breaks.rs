//! Breakpoints, and a program changed by a person.
use lab::Session;
use lab::view::{Stop, StopResult};

fn server(s: &Session) -> lab::view::ProcessView {
    let view = s.view();
    let node = view.nodes.iter().find(|n| n.role == "server").unwrap();
    node.processes.iter().find(|p| p.file == "server.c").unwrap().clone()
}

fn line_of(s: &Session, text: &str) -> u32 {
    server(s).lines.iter().position(|l| l.contains(text)).unwrap() as u32 + 1
}

fn node_of(s: &Session) -> u32 {
    s.view().nodes.iter().find(|n| n.role == "server").unwrap().id
}

fn line(node: u32, line: u32) -> Stop {
    Stop { when: String::new(), node, file: "server.c".into(), line, skip: 0 }
}

fn run_to(s: &mut Session, stops: &[Stop], budget: u32) -> StopResult {
    s.run_to(stops, budget, f64::INFINITY).unwrap()
}

#[test]
fn a_run_stops_before_the_line_and_goes_on_from_there() {
    let mut s = Session::new("accept-flow", None).unwrap();
    let bind = line(node_of(&s), line_of(&s, "bind("));
    let done = run_to(&mut s, std::slice::from_ref(&bind), 10_000);
    assert_eq!(done.stopped, "break");
    assert_eq!(server(&s).line, bind.line);
    assert!(server(&s).results.iter().all(|r| r.line < bind.line), "it has not been made yet");
    let done = run_to(&mut s, &[bind], 100_000);
    assert_eq!(done.stopped, "end", "it is made once");
}

#[test]
fn a_line_without_a_call_stops_the_step_that_passes_over_it() {
    let mut s = Session::new("accept-flow", None).unwrap();
    let text = "int n, s;\ns = socket(AF_INET, SOCK_STREAM, 0);\nn = 1;\nn = n + 1;\nclose(s);\nwhile (n < 9) {\n  n = n + 1;\n}\nsleep(1);\n";
    let mut s2 = s.with_program(node_of(&s), "server.c", text).unwrap();
    let node = node_of(&s2);
    let at = |number| [line(node, number)];
    let (fourth, missing) = (at(4), at(99));
    assert_eq!(run_to(&mut s2, &fourth, 10_000).stopped, "break");
    assert_eq!(server(&s2).results.last().map(|r| r.line), Some(2));
    assert_ne!(run_to(&mut s, &missing, 10_000).stopped, "break");
}

#[test]
fn a_program_that_is_wrong_is_refused_with_its_place() {
    let s = Session::new("accept-flow", None).unwrap();
    let e = s.with_program(node_of(&s), "server.c", "int s;\ns = sockett();\n").unwrap_err();
    assert_eq!(e.code, "bad_program");
    assert!(e.message.starts_with("server.c, line 2, column 5: "), "{e}");
    assert_eq!(s.with_program(node_of(&s), "other.c", "int s;").unwrap_err().code, "unknown_file");
    assert_eq!(s.with_program(9, "server.c", "int s;").unwrap_err().code, "unknown_node");
}
