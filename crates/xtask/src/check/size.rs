//! A file that grows past 500 lines holds two things.
use crate::{Result, root};
use std::path::Path;

const LIMIT: usize = 500;
const FOLDERS: [&str; 3] = ["crates", "www", "scripts"];
const CODE: [&str; 5] = ["rs", "ts", "mjs", "css", "html"];
/// Made by builds.
const MADE: [&str; 4] = ["target", "node_modules", "pkg", "dist"];

/// Files of code that are longer than they may be.
pub fn files() -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for folder in FOLDERS {
        walk(&root().join(folder), &mut broken)?;
    }
    broken.sort();
    Ok(broken)
}

fn walk(folder: &Path, broken: &mut Vec<String>) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !MADE.contains(&name.as_str()) {
                walk(&path, broken)?;
            }
            continue;
        }
        if !path.extension().is_some_and(|e| CODE.iter().any(|c| e == *c)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let lines = text.lines().count();
        if lines > LIMIT {
            let shown = path.strip_prefix(root()).unwrap_or(&path).display();
            broken.push(format!("{shown} has {lines} lines: what are its two things?"));
        }
    }
    Ok(())
}
