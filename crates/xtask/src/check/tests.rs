//! A crate's tests are one binary, so that they are linked once: a file that it does not name would never run.
use crate::{Result, root};
use std::fs;
use std::path::Path;

/// Files of tests that no test binary has.
pub fn named() -> Result<Vec<String>> {
    let mut broken = Vec::new();
    let crates = root().join("crates");
    for entry in fs::read_dir(&crates).map_err(|e| at(&crates, &e))?.flatten() {
        forgotten(&entry.path(), &mut broken)?;
    }
    broken.sort();
    Ok(broken)
}

fn forgotten(package: &Path, broken: &mut Vec<String>) -> Result<()> {
    let folder = package.join("tests");
    let Ok(all) = fs::read_to_string(folder.join("all.rs")) else { return Ok(()) };
    let manifest = package.join("Cargo.toml");
    let manifest = fs::read_to_string(&manifest).map_err(|e| at(&manifest, &e))?;
    for entry in fs::read_dir(&folder).map_err(|e| at(&folder, &e))?.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = file.strip_suffix(".rs").filter(|&name| name != "all") else { continue };
        let listed = all.lines().any(|line| line == format!("mod {name};"));
        let alone = manifest.lines().any(|line| line == format!("name = \"{name}\""));
        if !listed && !alone {
            let shown = folder.strip_prefix(root()).unwrap_or(&folder).display();
            broken.push(format!("{shown}/{file} does not run: write `mod {name};` into {shown}/all.rs"));
        }
    }
    Ok(())
}

fn at(path: &Path, e: &std::io::Error) -> String {
    format!("{}: {e}", path.display())
}
