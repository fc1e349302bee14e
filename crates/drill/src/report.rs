//! The outcome of a script, for people and for machines.

use crate::Defines;
use crate::parse::parse;
use crate::run::{LineVerdict, Run, Verdict};
use std::rc::Rc;

/// What became of one script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Its name.
    pub script: String,
    /// The verdict on the whole.
    pub verdict: Verdict,
    /// On each event that was done.
    pub lines: Vec<LineVerdict>,
}

impl Report {
    /// `passed`, `failed`, `unsupported`
    pub fn word(&self) -> &'static str {
        match self.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed(_) => "failed",
            Verdict::Unsupported(_) => "unsupported",
        }
    }
    /// Why, where it did not pass.
    pub fn reason(&self) -> &str {
        match &self.verdict {
            Verdict::Passed => "",
            Verdict::Failed(why) | Verdict::Unsupported(why) => why,
        }
    }
}

/// Reads and runs a script. One that cannot be read has failed; the reason is the place of the error.
pub fn drill(name: &str, text: &str, defines: &Defines) -> Report {
    let report = |verdict, lines| Report { script: name.into(), verdict, lines };
    let script = match parse(name, text, defines) {
        Ok(script) => Rc::new(script),
        Err(error) => return report(Verdict::Failed(error.in_file(name)), Vec::new()),
    };
    match Run::begin_script(script) {
        Err(verdict) => report(verdict, Vec::new()),
        Ok(mut run) => {
            let verdict = run.to_the_end();
            report(verdict, run.verdicts().to_vec())
        }
    }
}
