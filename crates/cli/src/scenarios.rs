//! `tcp-playground scenarios`
use crate::{Failure, Lang, output};
use lab::Session;
use std::io::Write;

/// Prints the id, the title and the summary of every shipped scenario.
pub fn list(lang: Lang) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let all = Session::scenarios();
    let width = all.iter().map(|s| s.id.len()).max().unwrap_or(0);
    for s in &all {
        let (title, summary) = match lang {
            Lang::En => (&s.title.en, &s.summary.en),
            Lang::Zh => (&s.title.zh, &s.summary.zh),
        };
        writeln!(out, "{:width$}  {title}\n{:width$}    {summary}", s.id, "").map_err(output)?;
    }
    Ok(())
}
