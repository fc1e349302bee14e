//! Builds and checks that are not plain cargo. `cargo xtask` lists them.
mod bindings;
mod check;
mod split;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask bindings [--profile web]       wasm, its JavaScript and TypeScript types, into www/src/engine/pkg
cargo xtask schema                         the schema of scenario files, into docs/scenario.schema.json
cargo xtask check                          what the repository promises about itself";

/// What went wrong, in a sentence for the person at the keyboard.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["bindings"] => bindings::make("web"),
        ["bindings", "--profile", profile] => bindings::make(profile),
        ["schema"] => bindings::schema(),
        ["check"] => check::all(),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> std::path::PathBuf {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(Into::into).unwrap_or_default()
}

/// What `cargo metadata` says, with or without the packages of others.
fn metadata(with_dependencies: bool) -> Result<serde_json::Value> {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["metadata", "--format-version", "1", "--locked"]);
    if !with_dependencies {
        cargo.arg("--no-deps");
    }
    let out = cargo.output().map_err(|e| format!("cargo metadata does not run: {e}"))?;
    if !out.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&out.stderr)));
    }
    serde_json::from_slice(&out.stdout).map_err(|e| format!("cargo metadata is not JSON: {e}"))
}
