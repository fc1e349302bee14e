//! Characters to tokens, with `#include` checked and `#define NAME …` carried out on the way.

use super::ProgramError;
use super::headers::{SHIPPED, SYSTEM};
use super::types::Kind;

/// A text may be so long, octets.
const TEXT_MAX: usize = 64 << 10;
/// And so many tokens, names put in by `#define` counted as what they stand for.
const TOKENS_MAX: usize = 1 << 16;

/// Where a token stands, both from 1; 0 in a header, whose lines are no lines of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct At {
    pub(super) line: u32,
    pub(super) column: u32,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    Name(String),
    Int(i64, Kind),
    Str(Vec<u8>),
    Sign(&'static str),
    End,
}

/// A token, where it begins and where it ends.
#[derive(Clone, Debug)]
pub(super) struct Lexed {
    pub(super) token: Token,
    pub(super) at: At,
    pub(super) end: At,
}

/// Longer signs first: the first that fits is taken.
const SIGNS: [&str; 48] = [
    "...", "<<=", ">>=", "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=",
    "|=", "^=", "->", "<<", ">>", "(", ")", "{", "}", "[", "]", ";", ",", "=", "<", ">", "!", "&", "|", "^",
    "~", "+", "-", "*", "/", "%", ".", "?", ":", "#", "\\",
];

/// All tokens of a text, `End` last.
pub(super) fn lex(source: &str) -> Result<Vec<Lexed>, ProgramError> {
    read(source, false)
}

/// The same of a text that is the library's: it has no lines.
pub(super) fn lex_library(source: &str) -> Result<Vec<Lexed>, ProgramError> {
    read(source, true)
}

fn read(source: &str, header: bool) -> Result<Vec<Lexed>, ProgramError> {
    let at = At { line: 1, column: 1 };
    if source.len() > TEXT_MAX {
        return Err(ProgramError::new(
            at,
            format!("a program may have {TEXT_MAX} octets, not {}", source.len()),
        ));
    }
    let mut lexer = Lexer {
        rest: source,
        at,
        tokens: Vec::new(),
        names: Vec::new(),
        defining: None,
        fresh_line: true,
        included: Vec::new(),
        header,
    };
    while lexer.token()? {}
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    at: At,
    tokens: Vec<Lexed>,
    /// What `#define` has given names to.
    names: Vec<(String, Vec<Token>)>,
    /// The name that the rest of this line stands for, and how many tokens came before.
    defining: Option<(String, usize)>,
    /// Nothing but blanks stood on this line so far.
    fresh_line: bool,
    /// Headers that came with the playground and stand in this text.
    included: Vec<&'static str>,
    /// One of them is being read.
    header: bool,
}

impl Lexer<'_> {
    fn advance(&mut self, octets: usize) {
        let (gone, rest) = self.rest.split_at(octets);
        for c in gone.chars() {
            if c == '\n' {
                self.at = At { line: self.at.line + 1, column: 1 };
                self.fresh_line = true;
            } else {
                self.at.column += 1;
            }
        }
        self.rest = rest;
    }
    fn push(&mut self, token: Token, at: At) -> Result<(), ProgramError> {
        if self.tokens.len() >= TOKENS_MAX {
            return Err(ProgramError::new(at, format!("a program may have {TOKENS_MAX} words and signs")));
        }
        let [at, end] = if self.header { [At { line: 0, column: 0 }; 2] } else { [at, self.at] };
        let first = self.defining.as_ref().map_or(0, |(_, from)| *from);
        match (token, self.tokens.get_mut(first..).and_then(<[Lexed]>::last_mut)) {
            // Texts beside each other are one.
            (Token::Str(more), Some(Lexed { token: Token::Str(text), end: last, .. })) => {
                text.extend(more);
                *last = end;
            }
            (token, _) => self.tokens.push(Lexed { token, at, end }),
        }
        Ok(())
    }
    /// The line of a `#define` is over.
    fn define(&mut self) {
        if let Some((name, from)) = self.defining.take() {
            let tokens = self.tokens.split_off(from).into_iter().map(|l| l.token).collect();
            self.names.push((name, tokens));
        }
    }
    fn token(&mut self) -> Result<bool, ProgramError> {
        let at = self.at;
        let Some(c) = self.rest.chars().next() else {
            self.define();
            self.push(Token::End, at)?;
            return Ok(false);
        };
        if c.is_whitespace() {
            if c == '\n' {
                self.define();
            }
            self.advance(c.len_utf8());
            return Ok(true);
        }
        if self.rest.starts_with("//") {
            self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
            return Ok(true);
        }
        if self.rest.starts_with("/*") {
            let Some(end) = self.rest.find("*/") else {
                return Err(ProgramError::new(at, "this comment is never closed: put */ after it"));
            };
            self.advance(end + 2);
            return Ok(true);
        }
        let fresh = std::mem::take(&mut self.fresh_line);
        if c == '#' && fresh {
            self.directive(at)?;
        } else if c.is_ascii_alphabetic() || c == '_' {
            self.name(at)?;
        } else if c.is_ascii_digit() {
            let word = self.word();
            let (value, kind) = number(word).ok_or_else(|| {
                ProgramError::new(at, format!("`{word}` is not a whole number that C knows"))
            })?;
            self.advance(word.len());
            self.push(Token::Int(value, kind), at)?;
        } else if c == '"' || c == '\'' {
            self.quoted(c, at)?;
        } else if let Some(sign) = SIGNS.iter().find(|s| self.rest.starts_with(**s)) {
            self.advance(sign.len());
            self.push(Token::Sign(sign), at)?;
        } else {
            return Err(ProgramError::new(at, format!("`{c}` has no meaning here")));
        }
        Ok(true)
    }
    fn word<'a>(&self) -> &'a str
    where
        Self: 'a,
    {
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        &self.rest[..end]
    }
    fn name(&mut self, at: At) -> Result<(), ProgramError> {
        let word = self.word();
        self.advance(word.len());
        match self.names.iter().rposition(|(n, _)| n == word) {
            Some(i) => self.names[i].1.clone().into_iter().try_for_each(|token| self.push(token, at)),
            None => self.push(Token::Name(word.into()), at),
        }
    }
    /// `#include <header>` and `#define NAME what it stands for`.
    fn directive(&mut self, at: At) -> Result<(), ProgramError> {
        self.advance(1);
        self.blanks();
        let word = self.word();
        self.advance(word.len());
        self.blanks();
        let here = self.at;
        match word {
            "include" if self.rest.starts_with('"') => self.include(here)?,
            "include" => {
                let line = self.rest.lines().next().unwrap_or("").trim_end();
                let header = line.strip_prefix('<').and_then(|h| h.split_once('>')).map(|(h, _)| h);
                if !header.is_some_and(|h| SYSTEM.contains(&h)) {
                    let all = SYSTEM.join(">, <");
                    return Err(ProgramError::new(
                        here,
                        format!("the headers here are <{all}>, not `{line}`"),
                    ));
                }
                self.advance(line.len());
            }
            "define" => {
                let name = self.word();
                if name.is_empty() {
                    return Err(ProgramError::new(here, "a name is wanted after #define"));
                }
                self.advance(name.len());
                if self.rest.starts_with('(') {
                    return Err(ProgramError::new(
                        self.at,
                        format!("#define with arguments is not part of this C: write a function `{name}`"),
                    ));
                }
                self.defining = Some((name.into(), self.tokens.len()));
            }
            _ => {
                let message = format!("`#{word}` is not part of this C: #include and #define are");
                return Err(ProgramError::new(at, message));
            }
        }
        Ok(())
    }
    /// `#include "header"`: its text is read here, as if it stood here.
    fn include(&mut self, at: At) -> Result<(), ProgramError> {
        let line = self.rest.lines().next().unwrap_or("").trim_end();
        let name = line.trim_matches('"');
        let Some((name, text)) =
            SHIPPED.iter().find(|(file, _)| *file == name && line.len() == name.len() + 2)
        else {
            let all = SHIPPED.map(|(file, _)| file).join("\", \"");
            return Err(ProgramError::new(
                at,
                format!("the headers that come with the playground are \"{all}\", not {line}"),
            ));
        };
        if self.included.contains(name) {
            return Err(ProgramError::new(at, format!("\"{name}\" is included twice: once is enough")));
        }
        if self.tokens.iter().any(|t| t.at.line > 0) {
            return Err(ProgramError::new(at, "an #include stands before everything else"));
        }
        self.included.push(name);
        self.advance(line.len());
        let (rest, at) = (std::mem::replace(&mut self.rest, text), self.at);
        self.header = true;
        while !self.rest.is_empty() {
            self.token()?;
        }
        (self.rest, self.at, self.header) = (rest, at, false);
        self.fresh_line = false;
        Ok(())
    }
    fn blanks(&mut self) {
        self.advance(self.rest.find(|c| c != ' ' && c != '\t').unwrap_or(self.rest.len()));
    }
    /// A string, or a character, which is an int in C.
    fn quoted(&mut self, quote: char, at: At) -> Result<(), ProgramError> {
        let open = || ProgramError::new(at, format!("this text is never closed: put {quote} after it"));
        self.advance(1);
        let mut text = Vec::new();
        loop {
            let c = self.rest.chars().next().filter(|&c| c != '\n').ok_or_else(open)?;
            if c == '\\' {
                let (octet, len) = escape(&self.rest[1..]).ok_or_else(|| {
                    ProgramError::new(
                        self.at,
                        "C has no such escape: use \\n \\r \\t \\0 \\\\ \\\" \\' \\377 or \\x41",
                    )
                })?;
                text.push(octet);
                self.advance(1 + len);
                continue;
            }
            self.advance(c.len_utf8());
            if c == quote {
                break;
            }
            text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if quote == '"' {
            return self.push(Token::Str(text), at);
        }
        let [octet] = text[..] else {
            return Err(ProgramError::new(at, "between ' and ' stands exactly one character"));
        };
        self.push(Token::Int(i64::from(octet as i8), Kind::I32), at)
    }
}

/// Value and type, as C11 §6.4.4.1 finds them.
fn number(word: &str) -> Option<(i64, Kind)> {
    let digits = word.trim_end_matches(['u', 'U', 'l', 'L']);
    let suffix = word[digits.len()..].to_ascii_lowercase();
    let hex = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
    let (digits, radix) = match hex {
        Some(hex) => (hex, 16),
        None if digits.len() > 1 && digits.starts_with('0') => (&digits[1..], 8),
        None => (digits, 10),
    };
    let value = u64::from_str_radix(digits, radix).ok()?;
    let (unsigned, long) = match suffix.as_str() {
        "" => (false, false),
        "u" => (true, false),
        "l" | "ll" => (false, true),
        "ul" | "lu" | "ull" | "llu" => (true, true),
        _ => return None,
    };
    let fits = [
        (Kind::I32, !unsigned && !long && value <= i32::MAX as u64),
        (Kind::U32, !long && (unsigned || radix != 10) && value <= u32::MAX.into()),
        (Kind::I64, !unsigned && value <= i64::MAX as u64),
        (Kind::U64, unsigned || radix != 10),
    ];
    fits.iter().find(|(_, fits)| *fits).map(|(kind, _)| (value as i64, *kind))
}

/// The octet that stands for what follows a backslash, and how many characters that took.
fn escape(rest: &str) -> Option<(u8, usize)> {
    let octal = rest.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
    if octal > 0 {
        return Some((u8::from_str_radix(&rest[..octal], 8).ok()?, octal));
    }
    Some(match rest.chars().next()? {
        'n' => (b'\n', 1),
        'r' => (b'\r', 1),
        't' => (b'\t', 1),
        c @ ('\\' | '"' | '\'') => (c as u8, 1),
        'x' => (u8::from_str_radix(rest.get(1..3)?, 16).ok()?, 3),
        _ => return None,
    })
}
