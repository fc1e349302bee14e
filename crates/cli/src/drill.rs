//! `tcp-playground drill`: runs packetdrill scripts against the stack.

use crate::{Failure, output};
use drill::{Defines, Report, Verdict};
use serde_json::json;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Run packetdrill scripts against the stack, in virtual time.
///
/// Exit status: 0 none failed; 1 one failed, or a file cannot be read; 2 the command line is wrong.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Scripts, and folders that are searched for *.pkt.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// One JSON object a line: {"script", "verdict", "reason"}.
    #[arg(long)]
    json: bool,
    /// Puts VALUE in the place of the word SYM, as packetdrill's -D does.
    #[arg(short = 'D', long = "define", value_name = "SYM=VALUE")]
    defines: Vec<String>,
}

/// Whether all scripts passed or were unsupported.
pub(crate) fn run(args: &Args) -> Result<bool, Failure> {
    let mut defines = Defines::standard();
    for define in &args.defines {
        let (name, value) = define.split_once('=').unwrap_or((define, ""));
        defines.set(name, value);
    }
    let mut scripts = Vec::new();
    for path in &args.paths {
        collect(path, &mut scripts)?;
    }
    let mut out = io::stdout().lock();
    let (mut passed, mut failed, mut unsupported) = (0, 0, 0);
    for path in scripts {
        let name = path.display().to_string();
        let octets = std::fs::read(&path).map_err(|e| unreadable(&path, &e))?;
        let report = drill::drill(&name, &String::from_utf8_lossy(&octets), &defines);
        match report.verdict {
            Verdict::Passed => passed += 1,
            Verdict::Failed(_) => failed += 1,
            Verdict::Unsupported(_) => unsupported += 1,
        }
        let line = if args.json { json_line(&report) } else { text_line(&report) };
        writeln!(out, "{line}").map_err(output)?;
    }
    if !args.json {
        writeln!(out, "{passed} passed, {failed} failed, {unsupported} unsupported").map_err(output)?;
    }
    Ok(failed == 0)
}

fn json_line(report: &Report) -> String {
    json!({"script": report.script, "verdict": report.word(), "reason": report.reason()}).to_string()
}

fn text_line(report: &Report) -> String {
    match report.reason() {
        "" => format!("{:<11} {}", report.word(), report.script),
        reason => format!("{:<11} {}: {reason}", report.word(), report.script),
    }
}

/// A file as it is; of a folder every `*.pkt` below it, by name.
fn collect(path: &Path, scripts: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        scripts.push(path.to_path_buf());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries: Vec<PathBuf> =
        entries.map_err(|e| unreadable(path, &e))?.iter().map(|e| e.path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() || entry.extension().is_some_and(|e| e == "pkt") {
            collect(&entry, scripts)?;
        }
    }
    Ok(())
}

fn unreadable(path: &Path, e: &io::Error) -> Failure {
    Failure::File(format!("{} cannot be read: {e}", path.display()))
}
