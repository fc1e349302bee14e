//! Direction of dependencies (ARCHITECTURE.md, "The rooms").
use crate::{Result, metadata};
use serde_json::Value;

/// Left to right: a crate may use any room to its right, and those alone.
const ROOMS: [&[&str]; 8] = [
    &["wasm", "tcp-playground"],
    &["lab"],
    &["drill"],
    &["net"],
    &["host"],
    &["program"],
    &["tcp"],
    &["wire"],
];

/// They build and measure the others; nothing uses them.
const OUTSIDE: [&str; 2] = ["xtask", "bench"];

/// Crates that belong to JavaScript's side of the boundary.
const JAVASCRIPT: [&str; 7] = [
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "js-sys",
    "web-sys",
    "serde-wasm-bindgen",
    "console_error_panic_hook",
    "tsify",
];

fn place(name: &str) -> Option<usize> {
    ROOMS.iter().position(|room| room.contains(&name))
}

/// Every crate of ours uses only rooms to its right, in tests too.
pub fn direction() -> Result<Vec<String>> {
    let mut broken = Vec::new();
    for (name, dependency, _) in edges()? {
        if OUTSIDE.contains(&name.as_str()) {
            continue;
        }
        let Some(from) = place(&name) else {
            broken
                .push(format!("crate {name} has no room: give it one in ARCHITECTURE.md and in this check"));
            continue;
        };
        if place(&dependency).is_some_and(|to| to <= from) || OUTSIDE.contains(&dependency.as_str()) {
            broken.push(format!("{name} uses {dependency}, which does not stand to its right"));
        }
    }
    Ok(broken)
}

/// Nothing but `wasm` uses what speaks to JavaScript. `xtask` runs wasm-bindgen as a tool.
pub fn wasm_bindgen() -> Result<Vec<String>> {
    let foreign = |(name, dependency, _): &(String, String, String)| {
        name != "wasm" && JAVASCRIPT.contains(&dependency.as_str())
    };
    let used = edges()?.into_iter().filter(foreign);
    Ok(used.map(|(name, dependency, kind)| format!("{name} uses {dependency} ({kind})")).collect())
}

/// (crate of ours, what it depends on, kind of dependency).
fn edges() -> Result<Vec<(String, String, String)>> {
    let meta = metadata(false)?;
    let text = |v: &Value| v.as_str().unwrap_or("normal").to_string();
    let list = |v: &Value| v.as_array().cloned().unwrap_or_default();
    let mut edges = Vec::new();
    for package in list(&meta["packages"]) {
        for dependency in list(&package["dependencies"]) {
            edges.push((text(&package["name"]), text(&dependency["name"]), text(&dependency["kind"])));
        }
    }
    Ok(edges)
}
