//! What the repository promises about itself: which crate may use which, who knows wasm-bindgen, how long a
//! file may be, that no test is forgotten, under which licences we build, and that the commands in the READMEs exist.
mod licences;
mod readme;
mod rooms;
mod size;
mod tests;

use crate::Result;

/// One check: its name, and the sentences of what breaks it.
type Check = (&'static str, fn() -> Result<Vec<String>>);

const CHECKS: [Check; 6] = [
    ("crates use only rooms to their right", rooms::direction),
    ("only wasm knows wasm-bindgen", rooms::wasm_bindgen),
    ("no file is longer than 500 lines", size::files),
    ("every file of tests runs", tests::named),
    ("every dependency's licence allows what we do", licences::dependencies),
    ("the commands in the READMEs exist", readme::commands),
];

/// Runs every check; prints one line each, and `N passed; M failed` at the end, as cargo's tests do.
pub fn all() -> Result<()> {
    let mut failed = 0;
    for (name, check) in CHECKS {
        let broken = check()?;
        println!("check {name} ... {}", if broken.is_empty() { "ok" } else { "FAILED" });
        for sentence in &broken {
            println!("    {sentence}");
        }
        failed += usize::from(!broken.is_empty());
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ncheck result: {word}. {} passed; {failed} failed", CHECKS.len() - failed);
    if failed == 0 { Ok(()) } else { Err("some checks failed: their sentences stand above".into()) }
}
