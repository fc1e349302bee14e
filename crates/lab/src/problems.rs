//! What is wrong with a file, in other languages. Readers say it in English, where they find it, with its place
//! (`nodes[1].name: “A” stands twice; …`); the sentences of others stand in `locales/problems.<lang>.json` by the English
//! template, as do those of errors in their catalogues. What nobody has translated stays English.

use crate::catalogue::{self, Lang};
use crate::view::{ErrorView, OperandValue, OperandView};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Chinese by English template.
const ZH_CN: &str = include_str!("../locales/problems.zh-CN.json");

/// Templates in the order in which they are tried: what is fixed in them is long first.
type Pairs = Vec<(String, String)>;

/// The sentence of an error.
pub fn told(lang: Lang, error: &ErrorView) -> String {
    let Some(template) = catalogue::errors(lang).get(&error.code) else { return error.message.clone() };
    let operand = |o: &OperandView| match &o.value {
        OperandValue::Word { value } if o.name == "problem" => {
            OperandView { name: o.name.clone(), value: OperandValue::Word { value: problem(lang, value) } }
        }
        _ => o.clone(),
    };
    catalogue::fill(template, &error.operands.iter().map(operand).collect::<Vec<_>>())
}

/// A problem that a reader named in English, its place as it is.
pub fn problem(lang: Lang, english: &str) -> String {
    static OF_ZH_CN: OnceLock<Pairs> = OnceLock::new();
    match lang {
        Lang::En => english.to_owned(),
        Lang::ZhCn => translated(OF_ZH_CN.get_or_init(|| pairs(lang)), english),
    }
}

fn pairs(lang: Lang) -> Pairs {
    let own: BTreeMap<String, String> = serde_json::from_str(ZH_CN).unwrap_or_default();
    let english = catalogue::errors(Lang::En);
    let errors = catalogue::errors(lang).iter();
    let errors = errors.filter_map(|(code, text)| Some((english.get(code)?.clone(), text.clone())));
    let mut all: Pairs = own.into_iter().chain(errors).collect();
    let fixed = |template: &str| literals(template).iter().map(|part| part.len()).sum::<usize>();
    all.sort_by_key(|(template, _)| std::cmp::Reverse(fixed(template)));
    all
}

fn translated(pairs: &'static Pairs, english: &str) -> String {
    if let Some((place, rest)) = english.split_once(": ")
        && !place.is_empty()
        && place.chars().all(|c| c.is_ascii_alphanumeric() || "_.[]-".contains(c))
    {
        return [place, ": ", &translated(pairs, rest)].concat();
    }
    // Some crates end their sentences with a full stop, some leave that to others.
    let open = |template: &'static str| template.strip_suffix('.').unwrap_or(template);
    let found = pairs.iter().find_map(|(template, text)| {
        let operands = fits(template, english).or_else(|| fits(open(template), english));
        Some((operands?, text))
    });
    let Some((operands, text)) = found else { return english.to_owned() };
    let operand = |(name, value): (&str, &str)| OperandView {
        name: name.into(),
        value: OperandValue::Word { value: translated(pairs, value) },
    };
    catalogue::fill(text, &operands.into_iter().map(operand).collect::<Vec<_>>())
}

/// What stands between the names in braces of a template.
fn literals(template: &str) -> Vec<&str> {
    let mut parts = template.split('{');
    let first = parts.next().into_iter();
    first.chain(parts.filter_map(|part| part.split_once('}')).map(|(_, behind)| behind)).collect()
}

/// What a text has in the places of a template, if it is made of it.
fn fits<'a>(template: &'a str, text: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let (names, parts) = (catalogue::placeholders(template), literals(template));
    // A template that is nothing but a place fits everything.
    if parts.iter().all(|part| part.trim().is_empty()) {
        return None;
    }
    let mut rest = text.strip_prefix(parts[0])?;
    let mut values = Vec::with_capacity(names.len());
    for (n, name) in names.iter().enumerate() {
        let part = *parts.get(n + 1)?;
        let last = n + 1 == names.len();
        let at = match (last, part.is_empty()) {
            (true, _) => rest.len().checked_sub(part.len()).filter(|_| rest.ends_with(part))?,
            (false, _) => rest.find(part)?,
        };
        values.push((*name, &rest[..at]));
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(values)
}
