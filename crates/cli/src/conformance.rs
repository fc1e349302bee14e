//! `tcp-playground conformance`: RFC 9293's requirements, where each is met and what shows it.

use crate::{Failure, output};
use lab::conformance::{Level, Place, Requirement, requirements};
use std::io::{self, Write};

/// Print the requirements of RFC 9293: where each is met, or why not, and which tests show it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// One JSON array of all rows.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let table = requirements().map_err(|e| Failure::Input(format!("the table of requirements: {e}")))?;
    let mut out = io::stdout().lock();
    if args.json {
        let text = serde_json::to_string_pretty(&table).map_err(|e| Failure::Input(e.to_string()))?;
        return writeln!(out, "{text}").map_err(output);
    }
    for r in &table {
        write!(out, "{}", row(r)).map_err(output)?;
    }
    writeln!(out, "{}", sum(&table)).map_err(output)
}

fn row(r: &Requirement) -> String {
    let place = match r.place {
        Place::Core => "met by the core",
        Place::Host => "met by the host",
        Place::None => "not met here",
    };
    let mut text = format!("{:8} {:10} §{:11} {} ({place})\n", r.id, r.wording, r.section, r.summary);
    if !r.reason.is_empty() {
        text.push_str(&format!("         {}\n", r.reason));
    }
    for test in &r.tests {
        text.push_str(&format!("         {test}\n"));
    }
    text
}

/// `MUST 80: 77 shown by tests, 3 with a reason`, a line a level.
fn sum(table: &[Requirement]) -> String {
    let of = |level, name| {
        let rows: Vec<_> = table.iter().filter(|r| r.level == level).collect();
        let shown = rows.iter().filter(|r| !r.tests.is_empty()).count();
        format!("{name} {}: {shown} shown by tests, {} with a reason", rows.len(), rows.len() - shown)
    };
    [of(Level::Must, "MUST"), of(Level::Should, "SHOULD"), of(Level::May, "MAY")].join("\n")
}
