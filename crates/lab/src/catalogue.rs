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
    ($doc:literal $lang:literal as $table:ident: $($name:literal),* $(,)?) => {
        #[doc = $doc]
        pub static $table: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../locales/", $lang, "/", $name, ".json")))),*];
    };
}
// A table a language, and one for what only a page shows: a program carries those alone that it speaks.
files!("English sentences of rules and errors: names of files, and their texts." "en" as EN:
    "host", "net", "tcp", "lab", "errors", "wire");
files!("Chinese sentences of rules and errors: names of files, and their texts." "zh-CN" as ZH_CN:
    "host", "net", "tcp", "lab", "errors", "wire");
files!("Labels of fields, in English." "en" as EN_FIELDS: "fields");
files!("Labels of fields, in Chinese." "zh-CN" as ZH_CN_FIELDS: "fields");

type Rules = BTreeMap<String, Entry>;

/// All rules' sentences of a language.
///
/// # Panics
/// Where a shipped file is not what [`File`] describes; a test reads them all.
pub fn rules(lang: Lang) -> &'static Rules {
    static OF_ZH_CN: OnceLock<Rules> = OnceLock::new();
    match lang {
        Lang::En => english(),
        Lang::ZhCn => OF_ZH_CN.get_or_init(|| read(ZH_CN)),
    }
}

/// The English ones, which captures carry.
pub(crate) fn english() -> &'static Rules {
    static OF_EN: OnceLock<Rules> = OnceLock::new();
    OF_EN.get_or_init(|| read(EN))
}

fn read(files: &[(&str, &str)]) -> Rules {
    let parse = |&(name, text): &(&str, &str)| match serde_json::from_str::<File>(text) {
        Ok(file) => file.rules,
        Err(e) => panic!("locales, {name}.json: {e}"),
    };
    let mut all = BTreeMap::new();
    all.extend(files.iter().flat_map(parse));
    all
}

/// The sentence of a rule with its numbers in it; the id itself where the catalogue has none.
pub fn sentence(lang: Lang, rule: &str, operands: &[OperandView]) -> String {
    sentence_of(rules(lang), rule, operands)
}

/// The sentence of a rule in these, with its numbers in it; the id itself where there is none.
pub(crate) fn sentence_of(rules: &Rules, rule: &str, operands: &[OperandView]) -> String {
    rules.get(rule).map_or_else(|| rule.to_string(), |entry| fill(&entry.text, operands))
}

/// The label of a refusal, if it has one: `accept queue full 3/2`.
pub fn short(lang: Lang, rule: &str, numbers: [u32; 2]) -> Option<String> {
    let text = rules(lang).get(rule)?.short.as_ref()?;
    Some(text.replace("{x}", &numbers[0].to_string()).replace("{y}", &numbers[1].to_string()))
}

/// Templates of errors of a language, by their codes.
pub fn errors(lang: Lang) -> &'static BTreeMap<String, String> {
    static OF: [OnceLock<BTreeMap<String, String>>; 2] = [OnceLock::new(), OnceLock::new()];
    let (of, files) = match lang {
        Lang::En => (&OF[0], EN),
        Lang::ZhCn => (&OF[1], ZH_CN),
    };
    of.get_or_init(|| {
        let read = |(_, text): &(&str, &str)| serde_json::from_str::<File>(text).unwrap_or_default().errors;
        files.iter().flat_map(read).collect()
    })
}

/// The English sentence of an error code.
pub(crate) fn error_sentence(code: &str, operands: &[OperandView]) -> String {
    static ERRORS: OnceLock<serde_json::Value> = OnceLock::new();
    let file = ERRORS
        .get_or_init(|| serde_json::from_str(include_str!("../locales/en/errors.json")).unwrap_or_default());
    file["errors"][code].as_str().map_or_else(|| code.to_string(), |text| fill(text, operands))
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
        OperandValue::Num { value } => number(*value),
        OperandValue::Seq { value } => value.to_string(),
        OperandValue::Duration { value } => duration(*value),
        OperandValue::Instant { value } => {
            let us = (value / 1e3).round() as u64;
            format!("{}.{:06} s", us / 1_000_000, us % 1_000_000)
        }
        OperandValue::Word { value } => value.clone(),
    }
}

fn duration(ns: f64) -> String {
    let (per, unit) = match ns {
        n if n >= 1e9 => (1e9, " s"),
        n if n >= 1e6 => (1e6, " ms"),
        n if n >= 1e3 => (1e3, " µs"),
        _ => (1.0, " ns"),
    };
    number(ns / per) + unit
}

/// The shortest text of a number. What writes JSON writes fractions too, so that a second writer, 15 KB of wasm, is not
/// needed.
fn number(n: f64) -> String {
    // 2^53: beyond it, not every whole number is there.
    if n.fract() == 0.0 && n.abs() < 9_007_199_254_740_992.0 {
        return (n as i64).to_string();
    }
    serde_json::Number::from_f64(n).map_or_else(|| "∞".into(), |n| n.to_string())
}
