//! Sentences in both languages, for those who have no page: the cli, captures, errors.

use crate::view::{OperandValue, OperandView};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A language that everything is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lang {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Lang {
    /// Both.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::ZhCn];
    /// BCP 47: `en`, `zh-CN`.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::ZhCn => "zh-CN",
        }
    }
}

/// A rule's sentence; `short` only where it refuses: a few words with `{x}` and `{y}`, the two numbers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The sentence with `{operand}` in it.
    pub text: String,
    /// The label beside the cross in the diagram.
    pub short: Option<String>,
}

/// One file of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct File {
    /// By rule id.
    pub rules: BTreeMap<String, Entry>,
    /// By error code.
    pub errors: BTreeMap<String, String>,
    /// By Wireshark's filter name.
    pub fields: BTreeMap<String, serde_json::Value>,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// The catalogue's files: name, English, Chinese.
        pub static FILES: &[(&str, &str, &str)] = &[$((
            $name,
            include_str!(concat!("../locales/en/", $name, ".json")),
            include_str!(concat!("../locales/zh-CN/", $name, ".json")),
        )),*];
    };
}
files!("host", "net", "tcp", "lab", "errors", "fields", "wire");

/// All rules' sentences of a language.
///
/// # Panics
/// Where a shipped file is not what [`File`] describes; a test reads them all.
pub fn rules(lang: Lang) -> &'static BTreeMap<String, Entry> {
    static EN: OnceLock<BTreeMap<String, Entry>> = OnceLock::new();
    static ZH: OnceLock<BTreeMap<String, Entry>> = OnceLock::new();
    let (cell, en) = match lang {
        Lang::En => (&EN, true),
        Lang::ZhCn => (&ZH, false),
    };
    cell.get_or_init(|| {
        let parse =
            |&(name, e, z): &(&str, &str, &str)| match serde_json::from_str::<File>(if en { e } else { z }) {
                Ok(file) => file.rules,
                Err(e) => panic!("locales/{}/{name}.json: {e}", lang.tag()),
            };
        FILES.iter().flat_map(parse).collect()
    })
}

/// The sentence of a rule with its numbers in it; the id itself where the catalogue has none.
pub fn sentence(lang: Lang, rule: &str, operands: &[OperandView]) -> String {
    match rules(lang).get(rule) {
        Some(entry) => fill(&entry.text, operands),
        None => rule.to_string(),
    }
}

/// The label of a refusal, if it has one: `accept queue full 3/2`.
pub fn short(lang: Lang, rule: &str, numbers: [u32; 2]) -> Option<String> {
    let text = rules(lang).get(rule)?.short.as_ref()?;
    Some(text.replace("{x}", &numbers[0].to_string()).replace("{y}", &numbers[1].to_string()))
}

/// The English sentence of an error code.
pub(crate) fn error_sentence(code: &str, operands: &[OperandView]) -> String {
    static ERRORS: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let errors = ERRORS.get_or_init(|| {
        let file: Result<File, _> = serde_json::from_str(include_str!("../locales/en/errors.json"));
        file.map(|f| f.errors).unwrap_or_default()
    });
    errors.get(code).map_or_else(|| code.to_string(), |text| fill(text, operands))
}

/// Puts operands into a template. What it does not know stays as it is.
pub fn fill(template: &str, operands: &[OperandView]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, behind)) => {
                match operands.iter().find(|o| o.name == name) {
                    Some(o) => out.push_str(&text(&o.value)),
                    None => out.extend(["{", name, "}"]),
                }
                rest = behind;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Names in braces of a template, in order.
pub fn placeholders(template: &str) -> Vec<&str> {
    template.split('{').skip(1).filter_map(|s| s.split_once('}')).map(|(name, _)| name).collect()
}

/// An operand as plain text; times in seconds.
pub fn text(value: &OperandValue) -> String {
    match value {
        OperandValue::Num { value } => value.to_string(),
        OperandValue::Seq { value } => value.to_string(),
        OperandValue::Duration { value } => duration(*value),
        OperandValue::Instant { value } => format!("{:.6} s", value / 1e9),
        OperandValue::Word { value } => value.clone(),
    }
}

fn duration(ns: f64) -> String {
    match ns {
        n if n >= 1e9 => format!("{} s", n / 1e9),
        n if n >= 1e6 => format!("{} ms", n / 1e6),
        n if n >= 1e3 => format!("{} µs", n / 1e3),
        n => format!("{n} ns"),
    }
}
