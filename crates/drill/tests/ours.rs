//! Scripts of our own: every cell of state × event of RFC 9293 §3.10 that shows on the wire or to the caller, and
//! requirements. Where the profiles `linux` and `rfc` differ, both have a script.

use crate::common;

use drill::{Defines, Run, Verdict, drill, parse};
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use tcp::TRANSITIONS;
use tcp::rule::Operand;

#[test]
fn all_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let files = common::script_files(&folder);
    assert!(files.len() > 100, "scripts are missing");
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&folder).unwrap().display().to_string();
        let report = drill(&name, &std::fs::read_to_string(&file).unwrap(), &Defines::standard());
        if report.verdict != Verdict::Passed {
            wrong.push(format!("{name} {}: {}", report.word(), report.reason()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Nearly all edges of the table of transitions, and no others; the corpus of crate tcp takes the rest.
#[test]
fn they_take_edges_of_the_table_and_no_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let mut taken = BTreeSet::new();
    for file in common::script_files(&folder) {
        let text = std::fs::read_to_string(&file).unwrap();
        let script = parse("script", &text, &Defines::standard()).unwrap();
        let mut run = Run::begin_script(Rc::new(script)).unwrap();
        loop {
            let more = run.step();
            taken.extend(run.decisions().filter(|d| d.rule.id == "tcp.state.changes").map(|d| {
                let &[Operand::State(from), Operand::State(to), Operand::Word(cause)] = &d.operands[..]
                else {
                    panic!("{:?}", d.operands)
                };
                (from, cause, to)
            }));
            run.forget_decisions();
            if !more {
                break;
            }
        }
    }
    let table: BTreeSet<_> = TRANSITIONS.iter().map(|(from, cause, to)| (*from, cause.name(), *to)).collect();
    assert!(taken.is_subset(&table), "{:?}", taken.difference(&table));
    assert!(taken.len() >= 37, "only {taken:?}");
}
