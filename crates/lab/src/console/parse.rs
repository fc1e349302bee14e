//! From the text of a line to a name and its arguments.

use super::bad;
use super::table::CALLS;
use crate::error::Result;
use host::program::constant;
use std::fmt;

/// A line: the call's name, its arguments with the column in which each begins (from 1), and that of the bracket behind
/// them.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) args: Vec<(usize, Arg)>,
    pub(super) end: usize,
}

/// An argument.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Arg {
    Int(i64),
    Text(Vec<u8>),
    Pair(i64, i64),
    /// NULL
    Nothing,
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arg::Int(n) => write!(f, "{n}"),
            Arg::Text(t) => write!(f, "\"{}\"", String::from_utf8_lossy(t)),
            Arg::Pair(a, b) => write!(f, "{{{a}, {b}}}"),
            Arg::Nothing => f.write_str("NULL"),
        }
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    usage: String,
}

/// Reads `name(argument, …)`, with or without a semicolon behind it.
pub(super) fn line(text: &str) -> Result<Line> {
    let mut s = Scan { text, at: 0, usage: "listen(sockfd, backlog)".into() };
    s.blank();
    let name = s.word();
    if name.is_empty() {
        return Err(s.wrong("a call"));
    }
    if let Some(signature) = CALLS.iter().find(|c| c.name == name) {
        s.usage = signature.usage();
    }
    s.want('(')?;
    let mut args = Vec::new();
    while !s.is_at(')') {
        if !args.is_empty() {
            s.want(',')?;
        }
        s.blank();
        args.push((s.column(), s.argument()?));
        s.blank();
    }
    let end = s.column();
    s.want(')')?;
    s.blank();
    if s.is_at(';') {
        s.at += 1;
        s.blank();
    }
    if s.at < text.len() {
        return Err(s.wrong(";"));
    }
    Ok(Line { name, args, end })
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }
    fn column(&self) -> usize {
        self.text[..self.at].chars().count() + 1
    }
    fn wrong(&self, wanted: &str) -> crate::view::ErrorView {
        let found: String = self.rest().chars().take(12).collect();
        let found = if found.is_empty() { "⏎".into() } else { found };
        bad(self.column(), &found, wanted, &self.usage)
    }
    fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }
    fn is_at(&mut self, c: char) -> bool {
        self.blank();
        self.rest().starts_with(c)
    }
    fn want(&mut self, c: char) -> Result<()> {
        if !self.is_at(c) {
            return Err(self.wrong(&c.to_string()));
        }
        self.at += c.len_utf8();
        Ok(())
    }
    fn word(&mut self) -> String {
        let rest = self.rest();
        let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let word = rest[..len].to_string();
        self.at += len;
        word
    }

    fn argument(&mut self) -> Result<Arg> {
        if self.is_at('"') {
            return self.quoted().map(Arg::Text);
        }
        if self.is_at('{') {
            self.at += 1;
            let a = self.number()?;
            self.want(',')?;
            let b = self.number()?;
            self.want('}')?;
            return Ok(Arg::Pair(a, b));
        }
        if self.rest().starts_with("NULL") {
            self.at += 4;
            return Ok(Arg::Nothing);
        }
        let mut n = self.number()?;
        while self.is_at('|') {
            self.at += 1;
            n |= self.number()?;
        }
        Ok(Arg::Int(n))
    }

    /// A number in C's spelling, or a name that stands for one.
    fn number(&mut self) -> Result<i64> {
        self.blank();
        let start = self.at;
        let minus = self.is_at('-');
        self.at += usize::from(minus);
        let word = self.word();
        let magnitude = match word.strip_prefix("0x").or(word.strip_prefix("0X")) {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => word.parse().ok().or_else(|| constant(&word)),
        };
        match magnitude {
            Some(n) => Ok(if minus { -n } else { n }),
            None => {
                self.at = start;
                Err(self.wrong("an int, \"text\", NULL"))
            }
        }
    }

    fn quoted(&mut self) -> Result<Vec<u8>> {
        self.want('"')?;
        let mut out = Vec::new();
        let mut chars = self.rest().char_indices();
        while let Some((n, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += n + 1;
                    return Ok(out);
                }
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => out.push(b'\n'),
                    Some('r') => out.push(b'\r'),
                    Some('t') => out.push(b'\t'),
                    Some('0') => out.push(0),
                    Some('x') => {
                        let digits: String = chars.by_ref().take(2).map(|(_, c)| c).collect();
                        match u8::from_str_radix(&digits, 16) {
                            Ok(octet) => out.push(octet),
                            Err(_) => {
                                self.at += n;
                                return Err(self.wrong("\\x41"));
                            }
                        }
                    }
                    Some(other) => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
                    None => break,
                },
                other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        self.at = self.text.len();
        Err(self.wrong("\""))
    }
}
