//! Scripts of our own: every cell of state × event of RFC 9293 §3.10 that shows on the wire or to the caller, and
//! requirements. Where the profiles `linux` and `rfc` differ, both have a script.

mod common;

use drill::{Defines, Verdict, drill};
use std::path::Path;

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
