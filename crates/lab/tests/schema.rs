//! The published schema of scenario files and what reads them: they agree, about every shipped scenario and about
//! whatever is wrong with one.

use jsonschema::Validator;
use lab::Session;
use lab::scenario::{SHIPPED, Scenario};
use serde_json::{Value, json};

const PUBLISHED: &str = include_str!("../../../docs/scenario.schema.json");

fn validator() -> Validator {
    jsonschema::validator_for(&serde_json::from_str(PUBLISHED).unwrap()).unwrap()
}

#[test]
fn what_is_published_is_what_is_read() {
    let published: Value = serde_json::from_str(PUBLISHED).unwrap();
    assert!(published == lab::schema::scenario(), "the format has changed: run `cargo xtask schema`");
    jsonschema::meta::validate(&published).unwrap();
}

#[test]
fn every_shipped_scenario_is_valid_as_it_stands_and_as_it_is_saved() {
    let schema = validator();
    for (id, text) in SHIPPED {
        let file: Value = serde_json::from_str(text).unwrap();
        let wrong: Vec<String> =
            schema.iter_errors(&file).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{id}: {wrong:#?}");
        let saved = serde_json::to_value(Scenario::shipped(id).unwrap()).unwrap();
        assert!(schema.is_valid(&saved), "{id}: {}", schema.validate(&saved).unwrap_err());
    }
}

/// A scenario with something of everything.
fn whole(version: u32) -> Value {
    let text = json!({"en": "", "zh": ""});
    let iface = |addr: &str| {
        json!([{"name": "eth0", "mac": null, "addresses": [addr], "mtu": 1400,
        "neighbours": [{"address": "10.0.0.9", "mac": "02:00:00:00:00:09"}]}])
    };
    let mut file = json!({
        "version": version, "id": "x", "title": text, "summary": text, "profile": "rfc", "seed": 3,
        "nodes": [
            {"name": "A", "role": "client", "gateway": "10.0.0.2", "call_us": 5, "sysctls": {"net.ipv4.tcp_sack": "0"},
             "flood": {"to": "10.0.0.2:80", "from": "198.18.0.0", "syns": 0, "start_us": 0, "every_us": 10},
             "programs": [{"file": "a.c", "start_us": 5, "source": ["int main(void) { return 0; }"], "park_at_line": 1}]},
            {"name": "B", "role": "server", "programs": [{"program": "echo.c"}]}
        ],
        "links": [{"name": "wire", "delay_us": 10, "rate_bps": 1000, "queue_bytes": 1000, "loss": 0.5, "ends": [
            {"node": "A", "delay_us": 5, "loss": 0.25, "lose": [{"kind": "pure_ack", "nth": 2}]}, {"node": "B"}]}],
        "rules": [
            {"when": {"from": "A", "set": "SYN", "data": false, "option": 4, "field": {"name": "ip.ttl", "is": "<", "value": 9}}, "then": {"kind": "removeOption", "option": 4}},
            {"then": {"kind": "set", "name": "ip.ttl", "value": "3", "mend": true}}, {"then": {"kind": "delay", "us": 2.5}}],
        "commands": [
            [1, {"kind": "call", "node": 0, "call": "socket(AF_INET, SOCK_STREAM, 0)"}],
            [2, {"kind": "setLink", "link": 0, "end": 1, "sends": {"loss": 0.5}}],
            [3, {"kind": "addRule", "rule": {"then": {"kind": "drop"}}}],
            [4, {"kind": "enableRule", "rule": 1, "on": false}]],
        "notes": [{"text": "x"}, {"step": 3, "text": {"en": "x", "zh": "y"}}]
    });
    for (n, addr) in ["10.0.0.1/24", "10.0.0.2/24"].into_iter().enumerate() {
        let node = &mut file["nodes"][n];
        if version == 1 {
            (node["addr"], node["mtu"]) = (addr.into(), 1400.into());
        } else {
            (node["interfaces"], node["kind"], node["dns"]) =
                (iface(addr), "router".into(), json!(["10.0.0.2"]));
            node["routes"] =
                json!([{"to": "10.1.0.0/16", "via": "10.0.0.2", "interface": "eth0", "onlink": true}]);
        }
    }
    if version > 1 {
        file["nodes"][0]["flood"]["to"] = "10.0.0.9:80".into();
        file["links"][0]["preset"] = "dsl".into();
        file["links"][0]["impairments"] = json!({"jitter_us": 5, "in_order": true, "reorder": 0.5, "corrupt": 0,
            "burst": {"p": 0.1, "r": 0.5, "bad_loss": 1, "good_loss": 0}, "codel": {"target_us": 5, "interval_us": 10, "ecn": true}});
        file["links"][0]["ends"][1]["impairments"] = json!({"red": {"min_bytes": 1, "max_bytes": 2, "max_p": 1, "weight": 0.5, "ecn": false}, "mtu": 900, "down": false});
    }
    file
}

/// Places of all values within a value.
fn places(of: &Value, at: &str, all: &mut Vec<String>) {
    let each: Vec<(String, &Value)> = match of {
        Value::Object(map) => map
            .iter()
            .map(|(k, v)| (format!("{at}/{}", k.replace('~', "~0").replace('/', "~1")), v))
            .collect(),
        Value::Array(list) => list.iter().enumerate().map(|(n, v)| (format!("{at}/{n}"), v)).collect(),
        _ => vec![],
    };
    for (place, value) in each {
        places(value, &place, all);
        all.push(place);
    }
}

/// What the reader says of the shape of a file; none where it takes it, or has something else against it.
fn misshapen(file: &Value) -> Option<String> {
    let said = Session::new(&file.to_string(), None).err()?.message;
    let shape = [
        "missing field",
        "unknown field",
        "here belongs",
        "is not a whole number",
        "is not known here",
        "no rule does",
        "there is no command",
        "version 1 does not",
        "in version 2 this",
        "missing;",
    ];
    shape.iter().any(|s| said.contains(s)).then_some(said)
}

/// Whatever is wrong is said in Chinese too, beyond what stands around the problem.
fn chinese(e: &lab::view::ErrorView) -> String {
    let zh = lab::problems::told(lab::catalogue::Lang::ZhCn, e);
    // What is wrong with a program's text has sentences of its own, in the page.
    if e.message.contains(": line ") {
        return zh;
    }
    let own = zh.strip_prefix("场景无法使用：").unwrap_or(&zh);
    assert!(own.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "nobody has translated: {own}");
    zh
}

#[test]
fn reader_and_schema_refuse_the_same() {
    let schema = validator();
    let mut tried = 0;
    for version in [1, 2] {
        let good = whole(version);
        assert_eq!(Session::new(&good.to_string(), None).err().map(|e| e.message), None);
        assert!(schema.is_valid(&good), "{}", schema.validate(&good).unwrap_err());
        let mut all = vec![];
        places(&good, "", &mut all);
        for place in all {
            let (parent, key) = place.rsplit_once('/').unwrap();
            let mut changed: Vec<Value> = [
                json!(null),
                json!({}),
                json!([]),
                json!("x"),
                json!(-1),
                json!(1.5),
                json!(true),
                json!(5_000_000_000u64),
            ]
            .into_iter()
            .map(|other| {
                let mut file = good.clone();
                *file.pointer_mut(&place).unwrap() = other;
                file
            })
            .collect();
            let mut gone = good.clone();
            if let Some(Value::Object(map)) = gone.pointer_mut(parent) {
                map.remove(key);
                changed.push(gone);
            }
            let mut more = good.clone();
            if let Some(Value::Object(map)) =
                more.pointer_mut(&place).filter(|_| !place.ends_with("/then") && !place.ends_with("/sysctls"))
            {
                map.insert("surplus".into(), json!(1));
                changed.push(more);
            }
            for file in changed {
                tried += 1;
                let (valid, said) = (schema.is_valid(&file), misshapen(&file));
                let refused =
                    Session::new(&file.to_string(), None).err().map(|e| e.message.clone() + &chinese(&e));
                assert!(
                    !(valid && said.is_some()),
                    "{place}: the schema takes what the reader does not: {said:?}"
                );
                assert!(
                    valid || refused.is_some(),
                    "{place}: the reader takes what the schema does not: {:?}",
                    schema.validate(&file).err().map(|e| e.to_string())
                );
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn an_unknown_version_is_refused_with_a_sentence() {
    for version in [0, 3, 77] {
        let mut file = whole(2);
        file["version"] = version.into();
        assert!(!validator().is_valid(&file));
        let said = Session::new(&file.to_string(), None).unwrap_err();
        assert_eq!(said.code, "bad_scenario");
        assert!(
            said.message
                .contains(&format!("version: {version} is not known here; this build reads versions 1 to 2")),
            "{}",
            said.message
        );
    }
}
