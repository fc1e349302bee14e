//! Each MUST and SHOULD of RFC 9293 names a test that exists and runs, or a reason.

use lab::conformance::{Level, Requirement, requirements};
use std::fs;
use std::path::Path;

fn crates() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A named test exists, is a test, and is not switched off.
fn check(name: &str) -> Result<(), String> {
    let Some((file, function)) = name.split_once("::") else {
        return if crates().join(name).is_file() { Ok(()) } else { Err(format!("{name}: no such script")) };
    };
    let text = fs::read_to_string(crates().join(file)).map_err(|e| format!("{file}: {e}"))?;
    let Some(at) = text.find(&format!("fn {function}(")) else {
        return Err(format!("{name}: {file} has no such function"));
    };
    let head = text[..at].rsplit("\n\n").next().unwrap_or_default();
    if !(head.contains("#[test]") || head.contains("#[test_case") || head.contains("#[should_panic")) {
        return Err(format!("{name}: not a test"));
    }
    if head.contains("#[ignore") { Err(format!("{name}: ignored")) } else { Ok(()) }
}

fn problem(r: &Requirement) -> Option<String> {
    if r.level != Level::May && r.tests.is_empty() && r.reason.is_empty() {
        return Some(format!("{} ({}): neither a test nor a reason", r.id, r.summary));
    }
    r.tests.iter().find_map(|t| check(t).err()).map(|e| format!("{}: {e}", r.id))
}

#[test]
fn every_requirement_names_its_tests() {
    let table = requirements().expect("the table parses");
    assert_eq!(table.len(), 126, "rows of RFC 9293 Appendix B");
    let problems: Vec<String> = table.iter().filter_map(problem).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// The table is that of the RFC: held against the list beside the project, where that is there.
#[test]
fn the_table_has_the_rfcs_rows() {
    let list = crates().join("../../shared/rfc/rfc9293-requirements.tsv");
    let Ok(list) = fs::read_to_string(list) else {
        eprintln!("skipped: no list of requirements beside the project");
        return;
    };
    let theirs: Vec<&str> = list.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
    let ours: Vec<&str> = requirements().expect("the table parses").iter().map(|r| r.id).collect();
    assert_eq!(ours, theirs);
}
