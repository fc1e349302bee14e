//! What a README tells people to type must be there to type.
use crate::{Result, metadata, root};
use serde_json::Value;

const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];

/// Commands in the READMEs' `sh` blocks, and files they link to, that do not exist.
pub fn commands() -> Result<Vec<String>> {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).map_err(|e| format!("{name}: {e}"));
    let npm: Value =
        serde_json::from_str(&read("package.json")?).map_err(|e| format!("package.json: {e}"))?;
    let meta = metadata(false)?;
    let packages: Vec<&str> =
        meta["packages"].as_array().into_iter().flatten().filter_map(|p| p["name"].as_str()).collect();
    let mut broken = Vec::new();
    for name in READMES {
        let text = read(name)?;
        for line in shell_lines(&text) {
            let words: Vec<&str> = line.split('#').next().unwrap_or("").split_whitespace().collect();
            let exists = match words.as_slice() {
                ["npm", "run", script, ..] => !npm["scripts"][*script].is_null(),
                ["npm", script @ ("start" | "test"), ..] => !npm["scripts"][*script].is_null(),
                ["npm", ..] => false,
                ["cargo", "run", "-p", package, ..] => packages.contains(package),
                _ => true,
            };
            if !exists {
                broken.push(format!("{name}: `{line}` names a command that is not there"));
            }
        }
        for link in links(&text) {
            if !link.contains(':') && !link.starts_with('#') && !root().join(link).exists() {
                broken.push(format!("{name}: {link} is not there"));
            }
        }
    }
    Ok(broken)
}

fn shell_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        if line.starts_with("```") {
            inside = *line == "```sh";
            return false;
        }
        inside && !line.trim().is_empty()
    })
}

/// Targets of Markdown links and images.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}
