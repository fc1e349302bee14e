//! The JSON Schema (draft 2020-12) of scenario files, made of what reads them: each type that [`Read`] takes from JSON says
//! which fields it has and which must be there. What a field means is said by its own comment in the source.

use crate::read::Read;
use crate::scenario::{Scenario, VERSION};
use serde_json::{Map, Value, json};

/// Where the structs stand whose comments become descriptions.
const SOURCES: [&str; 7] = [
    include_str!("scenario.rs"),
    include_str!("topology.rs"),
    include_str!("impairing.rs"),
    include_str!("played.rs"),
    include_str!("standing.rs"),
    include_str!("translation.rs"),
    include_str!("view.rs"),
];

/// Objects that have been met, by their names.
#[derive(Default)]
pub(crate) struct Defs(Map<String, Value>);

/// An object that is being described.
pub(crate) struct Object<'a> {
    name: &'static str,
    defs: &'a mut Defs,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl Defs {
    /// Describes an object where it is met first; gives a reference to it.
    pub(crate) fn object(&mut self, name: &'static str, describe: fn(&mut Object)) -> Value {
        if !self.0.contains_key(name) {
            self.0.insert(name.into(), Value::Null);
            let mut object = Object { name, defs: self, properties: Map::new(), required: Vec::new() };
            describe(&mut object);
            let Object { properties, required, .. } = object;
            let mut all = json!({"type": "object", "properties": properties, "additionalProperties": false});
            if !required.is_empty() {
                all["required"] = json!(required);
            }
            if let Some(words) = comment(name, None) {
                all["description"] = words.into();
            }
            self.0.insert(name.into(), all);
        }
        json!({"$ref": format!("#/$defs/{name}")})
    }
}

impl Object<'_> {
    /// Adds a field. Its type is that of what `_of` gives.
    pub(crate) fn field<S, T: Read>(&mut self, name: &'static str, _of: fn(&S) -> &T, required: bool) {
        let mut schema = T::schema(self.defs);
        if let (Some(words), Value::Object(all)) = (comment(self.name, Some(name)), &mut schema) {
            all.insert("description".into(), words.into());
        }
        self.properties.insert(name.into(), schema);
        if required {
            self.required.push(name);
        }
    }
}

/// One of these texts.
pub(crate) fn words(all: &[&str]) -> Value {
    json!({"enum": all})
}

/// A whole number from 0 on.
pub(crate) fn whole(most: u64) -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": most})
}

/// A property: its name, what it takes, whether it must be there.
type Property<'a> = (&'a str, Value, bool);

/// An object whose other fields its `kind` decides: words, each with its fields and whether they must be there.
pub(crate) fn kinds(all: &[(&str, &[Property])]) -> Value {
    let one = |(kind, fields): &(&str, &[(&str, Value, bool)])| {
        let mut properties = Map::from_iter([("kind".to_owned(), json!({"const": kind}))]);
        properties.extend(fields.iter().map(|(name, schema, _)| ((*name).to_owned(), schema.clone())));
        let mut required = vec!["kind"];
        required.extend(fields.iter().filter(|f| f.2).map(|f| f.0));
        json!({"type": "object", "properties": properties, "required": required})
    };
    json!({"anyOf": all.iter().map(one).collect::<Vec<_>>()})
}

/// The schema of a scenario file, whichever version it is of.
pub fn scenario() -> Value {
    let mut defs = Defs::default();
    let mut root = Scenario::schema(&mut defs);
    defs.0["Scenario"]["properties"]["version"] = json!({
        "enum": (1..=VERSION).collect::<Vec<_>>(),
        "description": "The format. Version 2 has networks: interfaces, routes, switches, impairments.",
    });
    let none = || json!({"type": "null"});
    let empty = || json!({"maxItems": 0, "maxProperties": 0});
    let of_nodes = |then: Value| json!({"properties": {"nodes": {"items": then}}});
    let mut first = of_nodes(json!({
        "required": ["addr", "role"],
        "properties": {
            "addr": {"type": "string"}, "role": {"minLength": 1}, "kind": {"const": "host"}, "nat": none(),
            "interfaces": empty(), "routes": empty(), "dns": empty(), "hosts": empty(),
        },
    }));
    let ends = json!({"items": {"properties": {"impairments": none()}}});
    let links = json!({"items": {"properties": {"preset": none(), "impairments": none(), "ends": ends}}});
    first["properties"]["links"] = links;
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    root["title"] = "TCP Playground scenario".into();
    root["if"] = json!({"properties": {"version": {"const": 1}}, "required": ["version"]});
    root["then"] = first;
    root["else"] = of_nodes(json!({"properties": {"addr": none(), "mac": none(), "mtu": none()}}));
    root["$defs"] = Value::Object(defs.0);
    root
}

/// The comment of a struct, or of a field of it, as one text.
fn comment(of: &str, field: Option<&str>) -> Option<String> {
    let head = ["struct ", of, " {"].concat();
    let (before, after) = SOURCES.iter().find_map(|text| {
        let at = text.find(&head)?;
        Some((&text[..at], &text[at + head.len()..]))
    })?;
    let lines: Vec<&str> = match field {
        None => before.lines().collect(),
        Some(field) => {
            let body = after.split_once("\n}").map_or(after, |(body, _)| body);
            let declares = |line: &str| {
                let line = line.trim().trim_start_matches("pub ");
                line.strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with(':'))
            };
            let at = body.lines().position(declares)?;
            body.lines().take(at).collect()
        }
    };
    let marked = |line: &&&str| line.trim().starts_with("///") || line.trim().starts_with("#[");
    // The last line of what stands before a struct is `pub ` alone.
    let own: Vec<&str> =
        lines.iter().rev().skip_while(|l| l.trim() == "pub").take_while(marked).copied().collect();
    let words: Vec<String> = own
        .iter()
        .rev()
        .filter_map(|line| line.trim().strip_prefix("///"))
        .map(|line| line.trim().replace("[`", "`").replace("`]", "`"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}
