//! RFC 9293's requirements (Appendix B), where each is met and which tests show it.
//!
//! The table is `crates/lab/conformance/rfc9293.tsv`; `tests/conformance.rs` holds it to the tests that exist.

use serde::Serialize;

const TABLE: &str = include_str!("../conformance/rfc9293.tsv");

/// How strongly the RFC asks (RFC 2119).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// MUST and MUST NOT.
    Must,
    /// SHOULD and SHOULD NOT.
    Should,
    /// MAY.
    May,
}

/// Where a requirement is met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// Crate `tcp`.
    Core,
    /// Crates `host` and `wire`.
    Host,
    /// Nowhere; `reason` says why.
    None,
}

/// A row of the table. A test is named `crate/tests/file.rs::function` or `drill/scripts/name.pkt`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Requirement {
    /// The RFC's id, `MUST-12`; some stand for several rows.
    pub id: &'static str,
    /// How strongly it is asked.
    pub level: Level,
    /// In the RFC's own words: `MUST NOT`.
    pub wording: &'static str,
    /// Section of RFC 9293, where the appendix names one.
    pub section: &'static str,
    /// Group of the appendix.
    pub group: &'static str,
    /// The requirement in a few words.
    pub summary: &'static str,
    /// Where it is met.
    pub place: Place,
    /// Why it is not, or is met in another way.
    pub reason: &'static str,
    /// Tests that show it.
    pub tests: Vec<&'static str>,
}

/// The table, in the order of the RFC's appendix.
///
/// # Errors
/// A row that does not parse, by its line.
pub fn requirements() -> Result<Vec<Requirement>, String> {
    TABLE
        .lines()
        .enumerate()
        .skip(1)
        .map(|(n, line)| row(line).map_err(|e| format!("line {}: {e}", n + 1)))
        .collect()
}

fn row(line: &'static str) -> Result<Requirement, String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let &[id, wording, section, group, summary, place, reason, tests] = cells.as_slice() else {
        return Err(format!("8 cells, divided by tabs, not {}", cells.len()));
    };
    let level = match wording.split(' ').next() {
        Some("MUST") => Level::Must,
        Some("SHOULD") => Level::Should,
        Some("MAY") => Level::May,
        _ => return Err(format!("MUST, SHOULD or MAY, not {wording:?}")),
    };
    let place = match place {
        "core" => Place::Core,
        "host" => Place::Host,
        "none" => Place::None,
        _ => return Err(format!("core, host or none, not {place:?}")),
    };
    let tests = tests.split(' ').filter(|t| !t.is_empty()).collect();
    Ok(Requirement { id, level, wording, section, group, summary, place, reason, tests })
}
