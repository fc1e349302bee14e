//! What TypeScript sees of Rust: the wasm with its JavaScript and types (wasm-bindgen), and the types of the
//! views (ts-rs). All of it is derived, so that a change in Rust which the face does not follow fails its
//! type check.
use crate::{Result, metadata, root, split};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use ts_rs::{TS, TypeVisitor};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";
/// The modules: feature of crate `wasm`, and the name in `pkg`. A page loads the second when a script is opened.
const MODULES: [(&str, &str); 2] = [("session", "tcp_playground"), ("script", "tcp_playground_script")];

/// Builds crate `wasm` with a cargo profile, once for each module, and writes everything into `www/src/engine/pkg`.
pub fn make(profile: &str) -> Result<()> {
    let out = root().join("www/src/engine/pkg");
    std::fs::create_dir_all(&out).map_err(|e| format!("{}: {e}", out.display()))?;
    for (feature, name) in MODULES {
        let wasm = compile(profile, feature)?;
        bindgen(&wasm, name, &out)?;
    }
    let scenarios = out.join("scenarios");
    std::fs::create_dir_all(&scenarios).map_err(|e| format!("{}: {e}", scenarios.display()))?;
    for (file, text) in library()? {
        write(&scenarios.join(file), text)?;
    }
    in_two(MODULES[0].1, &out)?;
    write(&out.join("presets.ts"), presets()?)?;
    write(&out.join("views.ts"), types())
}

fn write(file: &Path, what: impl AsRef<[u8]>) -> Result<()> {
    std::fs::write(file, what).map_err(|e| format!("{}: {e}", file.display()))
}

/// Cuts a module in two: `NAME_bg.wasm` is what the first steps run through, `NAME_later.wasm` the rest (see [`split`]).
fn in_two(name: &str, out: &Path) -> Result<()> {
    let whole = out.join(format!("{name}_bg.wasm"));
    let wasm = std::fs::read(&whole).map_err(|e| format!("{}: {e}", whole.display()))?;
    let counted = whole.with_file_name("counted.wasm");
    write(&counted, split::count(&wasm)?)?;
    let run = Command::new("node")
        .arg(root().join("scripts/lib/first.mjs"))
        .args([out, &counted])
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|e| format!("node does not run: {e}"))?;
    std::fs::remove_file(&counted).map_err(|e| format!("{}: {e}", counted.display()))?;
    if !run.status.success() {
        return Err("scripts/lib/first.mjs failed: its sentence stands above".into());
    }
    let first: BTreeSet<usize> = serde_json::from_slice(&run.stdout)
        .map_err(|e| format!("scripts/lib/first.mjs printed no list: {e}"))?;
    let (first, later) = split::cut(&wasm, &first)?;
    write(&whole, first)?;
    write(&out.join(format!("{name}_later.wasm")), later)
}

/// The shipped scenarios, each whole in a file of its own, and what a menu says of them.
fn library() -> Result<Vec<(String, String)>> {
    use lab::scenario::{SHIPPED, Scenario};
    let mut files = Vec::new();
    let mut infos = Vec::new();
    for (id, _) in SHIPPED {
        let scenario = Scenario::shipped(id).map_err(|e| format!("scenario {id}: {e}"))?;
        let json = serde_json::to_string(&scenario).map_err(|e| format!("scenario {id}: {e}"))?;
        files.push((format!("{id}.json"), json));
        infos.push(scenario.info());
    }
    let infos = serde_json::to_string(&infos).map_err(|e| e.to_string())?;
    let index = format!(
        "// Made by `cargo xtask bindings` from crates/lab/scenarios.\nimport type {{ ScenarioInfo }} from '../views.js';\n\n\
         export const SCENARIOS: readonly ScenarioInfo[] = {infos};\n"
    );
    files.push(("index.ts".into(), index));
    Ok(files)
}

/// Writes the schema of scenario files where people, and the build of the page, find it.
pub fn schema() -> Result<()> {
    let text = serde_json::to_string_pretty(&lab::schema::scenario()).map_err(|e| e.to_string())?;
    write(&root().join("docs/scenario.schema.json"), text + "\n")
}

/// Kinds of links by name, with the sources of their numbers.
fn presets() -> Result<String> {
    let all = serde_json::to_string(&lab::presets::views()).map_err(|e| e.to_string())?;
    Ok(format!(
        "// Made by `cargo xtask bindings` from crates/lab/src/presets.rs.\nimport type {{ PresetView }} from './views.js';\n\n\
         export const PRESETS: readonly PresetView[] = {all};\n"
    ))
}

fn compile(profile: &str, feature: &str) -> Result<PathBuf> {
    let done = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["build", "--locked", "--package", "wasm", "--target", TARGET, "--profile", profile])
        .args(["--no-default-features", "--features", feature])
        .status()
        .map_err(|e| format!("cargo does not run: {e}"))?;
    if !done.success() {
        return Err(format!(
            "crate wasm does not build for {TARGET}; is it there? rustup target add {TARGET}"
        ));
    }
    let meta = metadata(false)?;
    let target = meta["target_directory"].as_str().ok_or("cargo metadata names no target directory")?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(Path::new(target).join(TARGET).join(folder).join("wasm.wasm"))
}

fn bindgen(wasm: &Path, name: &str, out: &Path) -> Result<()> {
    let mut b = Bindgen::new();
    b.input_path(wasm)
        .out_name(name)
        .typescript(true)
        // www/src/engine/wasm-source.ts says where the wasm is: a file of the site, or inside the single file.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    b.web(true).and_then(|b| b.generate(out)).map_err(|e| format!("wasm-bindgen: {e:#}"))
}

/// Declarations of everything that crosses, by name.
fn types() -> String {
    use lab::view as v;
    let mut all = Declarations::default();
    all.visit::<v::View>();
    all.visit::<v::LinkView>();
    all.visit::<v::PresetView>();
    all.visit::<v::Trace>();
    all.visit::<v::PacketView>();
    all.visit::<v::Prediction>();
    all.visit::<v::Layout>();
    all.visit::<v::RunResult>();
    all.visit::<v::Command>();
    all.visit::<v::CommandResult>();
    all.visit::<v::ErrorView>();
    all.visit::<v::RuleInfo>();
    all.visit::<v::CallView>();
    all.visit::<v::Completions>();
    all.visit::<v::ChangeView>();
    all.visit::<v::LogLine>();
    all.visit::<lab::draft::Change>();
    all.visit::<v::Stop>();
    all.visit::<v::StopResult>();
    all.visit::<v::WatchView>();
    all.visit::<v::HistoryView>();
    all.visit::<lab::script::EventPlace>();
    all.visit::<lab::script::ScriptView>();
    let mut text =
        String::from("// Made by `cargo xtask bindings` from crates/lab/src/view.rs and script/view.rs.\n");
    for declaration in all.0.into_values() {
        text.push_str(&declaration);
    }
    text
}

#[derive(Default)]
struct Declarations(BTreeMap<String, String>);

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only what the derive declares has a path; numbers, strings and lists have none.
        if T::output_path().is_none() || self.0.contains_key(&T::ident()) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.0.insert(T::ident(), format!("\n{docs}export {}\n", T::decl()));
        T::visit_dependencies(self);
    }
}
