//! We give our work away under MIT or Apache-2.0; what we build with must allow that.
use crate::{Result, metadata};

/// Permissive licences, and the weak copyleft of a tool that we run but do not ship.
const ALLOWED: [&str; 12] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "CC0-1.0",
    "Unicode-3.0",
    "Unlicense",
    "BSL-1.0",
];

/// Packages whose licence expression no choice of ours satisfies.
pub fn dependencies() -> Result<Vec<String>> {
    let meta = metadata(true)?;
    let packages = meta["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let mut broken = Vec::new();
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("");
        if !allows(licence) {
            let (name, version) = (&package["name"], &package["version"]);
            broken.push(format!("{name} {version} is under {licence:?}"));
        }
    }
    Ok(broken)
}

/// Whether some choice in an SPDX expression is allowed: alternatives by OR (or the old `/`), demands by AND.
fn allows(expression: &str) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], " ");
    // Parentheses are dropped: that reads `(A OR B) AND C` as `A OR (B AND C)`, so all of C's terms are asked for.
    if expression.contains('(') && expression.contains(" AND ") {
        return plain.split_whitespace().collect::<Vec<_>>().join(" ").split(" AND ").all(any);
    }
    plain.split(" OR ").any(|choice| choice.split(" AND ").all(|term| ALLOWED.contains(&term.trim())))
}

fn any(choices: &str) -> bool {
    choices.split(" OR ").any(|term| ALLOWED.contains(&term.trim()))
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn expressions() {
        for (expression, expected) in [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("MIT AND GPL-3.0", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND GPL-3.0", false),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true),
            ("", false),
        ] {
            assert_eq!(allows(expression), expected, "{expression:?}");
        }
    }
}
