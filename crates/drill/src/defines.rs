//! `-D SYM=VALUE`: words that stand for something else.

use std::collections::BTreeMap;

/// What a defined word stands for.
#[derive(Clone, PartialEq, Debug)]
pub enum Define {
    /// Defined, but nothing is put in its place (`#define X`).
    Empty,
    /// An integer, with its text: leading zeros count where a cookie is expected.
    Int(i64, String),
    /// A string (`"…"`).
    Str(String),
    /// A command (back-quoted).
    Shell(String),
    /// Another word.
    Word(String),
}

/// The words defined for a script.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Defines(BTreeMap<String, Define>);

impl Defines {
    /// What scripts find defined when nobody says otherwise: `STANDARD`, the word by which scripts that know
    /// several systems mark what the RFCs ask for; and the Fast Open cookies of the usual IPv4 addresses, by the usual
    /// key and by a key of zeros, and where IPv4 tells of errors, as the runner of the Linux selftests defines them.
    pub fn standard() -> Defines {
        let mut d = Defines::default();
        d.set("STANDARD", "");
        d.set("TFO_COOKIE", "3021b9d889017eeb");
        d.set("TFO_COOKIE_ZERO", "b7c12350a90dc8f5");
        d.set("CMSG_LEVEL_IP", "SOL_IP");
        d.set("CMSG_TYPE_RECVERR", "IP_RECVERR");
        d
    }
    /// Defines `name`. A value that reads as an integer is one; quoted it is a string, back-quoted a command.
    pub fn set(&mut self, name: &str, value: &str) {
        let quoted = |q: char| value.strip_prefix(q).and_then(|v| v.strip_suffix(q)).map(str::to_string);
        let define = if value.is_empty() {
            Define::Empty
        } else if let Ok(n) = value.parse() {
            Define::Int(n, value.to_string())
        } else if let Some(s) = quoted('"') {
            Define::Str(s)
        } else if let Some(s) = quoted('`') {
            Define::Shell(s)
        } else {
            Define::Word(value.to_string())
        };
        self.0.insert(name.to_string(), define);
    }
    /// Forgets `name`.
    pub fn unset(&mut self, name: &str) {
        self.0.remove(name);
    }
    /// What `name` stands for.
    pub fn get(&self, name: &str) -> Option<&Define> {
        self.0.get(name)
    }
    /// Whether `name` is defined.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}
