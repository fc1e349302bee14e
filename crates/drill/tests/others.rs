//! Scripts that others wrote, and that pass on a Linux kernel: which of them pass here stands in docs/known-differences.

use crate::common::script_files;
use drill::{Defines, Verdict, drill};
use std::collections::BTreeMap;
use std::path::Path;

fn known_differences() -> BTreeMap<String, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/known-differences");
    let text = std::fs::read_to_string(&file).expect("docs/known-differences");
    let lines = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines
        .map(|l| {
            let (script, reason) = l.split_once(' ').unwrap_or_else(|| panic!("no reason: {l}"));
            (script.to_string(), reason.trim().to_string())
        })
        .collect()
}

#[test]
fn all_pass_but_those_with_a_reason() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/packetdrill");
    let files = script_files(&folder);
    if files.is_empty() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let mut known = known_differences();
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&folder).unwrap().display().to_string();
        let report = drill(&name, &std::fs::read_to_string(&file).unwrap(), &Defines::standard());
        match (report.verdict == Verdict::Passed, known.remove(&name)) {
            (true, None) | (false, Some(_)) => {}
            (true, Some(_)) => wrong.push(format!("{name} passes: take it out of docs/known-differences")),
            (false, None) => wrong.push(format!("{name} {}: {}", report.word(), report.reason())),
        }
    }
    wrong.extend(
        known.keys().map(|name| format!("{name} is not there: take it out of docs/known-differences")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
