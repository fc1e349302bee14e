//! Rule ids, their operands and both catalogues hold together.
use lab::catalogue::{EN, EN_FIELDS, File, Lang, ZH_CN, ZH_CN_FIELDS, placeholders, rules};
use std::collections::BTreeSet;

#[test]
fn every_rule_has_a_sentence_in_both_languages_with_exactly_its_operands() {
    let mut wrong = Vec::new();
    for lang in Lang::ALL {
        for rule in lab::rules::all() {
            let Some(entry) = rules(lang).get(rule.id) else {
                wrong.push(format!("{}: {} has no sentence", lang.tag(), rule.id));
                continue;
            };
            let has: BTreeSet<&str> = placeholders(&entry.text).into_iter().collect();
            let wants: BTreeSet<&str> = rule.operands.iter().copied().collect();
            if has != wants {
                wrong.push(format!("{}: {}: has {has:?}, the rule gives {wants:?}", lang.tag(), rule.id));
            }
            let short = entry.short.as_deref().unwrap_or("");
            if placeholders(short).iter().any(|p| !["x", "y"].contains(p)) {
                wrong.push(format!(
                    "{}: {}: a short label knows {{x}} and {{y}} only: {short}",
                    lang.tag(),
                    rule.id
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_sentence_is_without_a_rule() {
    let known: BTreeSet<&str> = lab::rules::all().iter().map(|r| r.id).collect();
    for lang in Lang::ALL {
        let orphans: Vec<&String> = rules(lang).keys().filter(|id| !known.contains(id.as_str())).collect();
        assert!(orphans.is_empty(), "{}: sentences of no rule: {orphans:?}", lang.tag());
    }
}

#[test]
fn ids_are_unique() {
    let mut seen = BTreeSet::new();
    for rule in lab::rules::all() {
        assert!(seen.insert(rule.id), "{} is declared twice", rule.id);
    }
}

#[test]
fn errors_and_fields_stand_in_both_languages_with_the_same_operands() {
    for ((name, en), (_, zh)) in EN.iter().chain(EN_FIELDS).zip(ZH_CN.iter().chain(ZH_CN_FIELDS)) {
        let parse =
            |text: &str| serde_json::from_str::<File>(text).unwrap_or_else(|e| panic!("{name}.json: {e}"));
        let (en, zh) = (parse(en), parse(zh));
        let codes = |f: &File| f.errors.keys().cloned().collect::<Vec<_>>();
        assert_eq!(codes(&en), codes(&zh), "{name}.json");
        assert_eq!(en.fields.keys().collect::<Vec<_>>(), zh.fields.keys().collect::<Vec<_>>(), "{name}.json");
        for (code, text) in &en.errors {
            let operands = |t| placeholders(t).into_iter().collect::<BTreeSet<_>>();
            assert_eq!(operands(text), operands(&zh.errors[code]), "{name}.json: {code}");
        }
    }
}

/// Every errno that a call can end with has its sentence, in both languages.
#[test]
fn every_errno_has_a_sentence() {
    let table = include_str!("../../host/src/errno.rs");
    let names = table.lines().filter_map(|l| l.trim().strip_prefix("(\"E")?.split('"').next());
    let names: Vec<String> = names.map(|n| format!("E{n}")).collect();
    assert!(names.len() > 30, "{names:?}");
    let catalogues =
        [include_str!("../locales/en/errors.json"), include_str!("../locales/zh-CN/errors.json")];
    let absent = |n: &&String| !catalogues.iter().all(|c| c.contains(&format!("\"{n}\": ")));
    assert_eq!(names.iter().filter(absent).collect::<Vec<_>>(), [] as [&String; 0]);
}
