//! We give our work away under MIT or Apache-2.0; what we build with must allow that.
use crate::{Result, metadata};

/// Permissive licences.
const ALLOWED: [&str; 13] = [
    "MIT",
    "MIT-0",
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

/// Whether some choice in an SPDX expression is allowed. `AND` binds tighter than `OR`; the old `/` means `OR`.
fn allows(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let allowed = either(&mut words);
    allowed && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>) -> bool {
    let mut allowed = both(words);
    while words.next_if_eq(&"OR").is_some() {
        allowed |= both(words);
    }
    allowed
}

fn both(words: &mut Words<'_>) -> bool {
    let mut allowed = one(words);
    while words.next_if_eq(&"AND").is_some() {
        allowed &= one(words);
    }
    allowed
}

fn one(words: &mut Words<'_>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let allowed = either(words);
        return words.next_if_eq(&")").is_some() && allowed;
    }
    let mut name = words.next().unwrap_or_default().to_string();
    if words.next_if_eq(&"WITH").is_some() {
        name = format!("{name} WITH {}", words.next().unwrap_or_default());
    }
    ALLOWED.contains(&name.as_str())
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
            ("MIT OR GPL-3.0 AND GPL-2.0", true),
            ("(MIT", false),
            ("", false),
        ] {
            assert_eq!(allows(expression), expected, "{expression:?}");
        }
    }
}
