//! What the tests of this folder share.

use std::path::{Path, PathBuf};

/// Every `*.pkt` below a folder, by name; empty where there is no such folder.
pub fn script_files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return out };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            out.extend(script_files(&path));
        } else if path.extension().is_some_and(|e| e == "pkt") {
            out.push(path);
        }
    }
    out
}
