//! `docs/requirements.tsv`: each requirement of RFC 9293 names the tests that show it, or says why there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

struct Row<'a> {
    id: &'a str,
    level: &'a str,
    what: &'a str,
    place: &'a str,
    tests: Vec<&'a str>,
    reason: &'a str,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    table
        .lines()
        .skip(1)
        .map(|line| {
            let f: Vec<&str> = line.split('\t').collect();
            let [id, level, _section, what, place, tests, reason] = f[..] else {
                panic!("seven columns: {line}")
            };
            let tests = tests.split(", ").filter(|t| !t.is_empty()).collect();
            Row { id, level, what, place, tests, reason }
        })
        .collect()
}

/// `crate/file` → the tests in it that run.
fn tests_that_exist(crates: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut out = BTreeMap::new();
    for krate in fs::read_dir(crates).unwrap().flatten() {
        let Ok(files) = fs::read_dir(krate.path().join("tests")) else { continue };
        for file in files.flatten().filter(|f| f.path().extension().is_some_and(|e| e == "rs")) {
            let text = fs::read_to_string(file.path()).unwrap();
            let mut names = BTreeSet::new();
            let mut marked = false;
            for line in text.lines().map(str::trim) {
                if line == "#[test]" {
                    marked = true;
                } else if line.starts_with("#[ignore") {
                    marked = false;
                } else if let Some(name) = line.strip_prefix("fn ").filter(|_| marked) {
                    names.insert(name.split('(').next().unwrap().to_string());
                    marked = false;
                }
            }
            let stem = file.path().file_stem().unwrap().to_string_lossy().into_owned();
            out.insert(format!("{}/{stem}", krate.file_name().to_string_lossy()), names);
        }
    }
    out
}

#[test]
fn every_requirement_has_a_test_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = fs::read_to_string(root.join("docs/requirements.tsv")).unwrap();
    let exist = tests_that_exist(&root.join("crates"));
    let mut wrong = Vec::new();
    for row in rows(&table) {
        for t in &row.tests {
            let known =
                t.split_once("::").is_some_and(|(f, n)| exist.get(f).is_some_and(|set| set.contains(n)));
            if !known {
                wrong.push(format!("{} ({}): there is no test `{t}`", row.id, row.what));
            }
        }
        if !["core", "host", "program", "n/a"].contains(&row.place) {
            wrong.push(format!("{}: `{}` is no place", row.id, row.place));
        }
        if row.tests.is_empty() && row.reason.is_empty() {
            wrong.push(format!("{} {} ({}): neither a test nor a reason", row.id, row.level, row.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_is_whole() {
    // RFC 9293 Appendix B: MUST-1 to MUST-69, SHLD-1 to SHLD-31, MAY-1 to MAY-18 and one without a number; those
    // that the RFC does not give are missing there.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = fs::read_to_string(root.join("docs/requirements.tsv")).unwrap();
    let ids: BTreeSet<String> = rows(&table).iter().map(|r| r.id.to_string()).collect();
    for (kind, last) in [("MUST", 69), ("SHLD", 31), ("MAY", 18)] {
        for n in 1..=last {
            assert!(ids.contains(&format!("{kind}-{n}")), "{kind}-{n} is missing");
        }
    }
    assert!(ids.contains("REC-1"));
}
