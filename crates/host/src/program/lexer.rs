//! Characters to tokens.

use super::ProgramError;

/// Where a token stands, both from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct At {
    pub(super) line: u32,
    pub(super) column: u32,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    Name(String),
    Int(i64),
    Str(Vec<u8>),
    Sign(&'static str),
    End,
}

/// Longer signs first: the first that fits is taken.
const SIGNS: [&str; 38] = [
    "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "->", "<<", ">>", "(", ")", "{", "}",
    "[", "]", ";", ",", "=", "<", ">", "!", "&", "|", "^", "~", "+", "-", "*", "/", "%", ".", "?", ":",
];

/// All tokens of a text, `End` last. Comments and lines that begin with `#` are passed over.
pub(super) fn lex(source: &str) -> Result<Vec<(Token, At)>, ProgramError> {
    let mut lexer = Lexer { rest: source, at: At { line: 1, column: 1 }, tokens: Vec::new() };
    while lexer.token()? {}
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    at: At,
    tokens: Vec<(Token, At)>,
}

impl Lexer<'_> {
    fn advance(&mut self, octets: usize) {
        let (gone, rest) = self.rest.split_at(octets);
        for c in gone.chars() {
            if c == '\n' {
                self.at = At { line: self.at.line + 1, column: 1 };
            } else {
                self.at.column += 1;
            }
        }
        self.rest = rest;
    }
    fn until(&self, end: &str) -> usize {
        self.rest.find(end).map_or(self.rest.len(), |i| i + end.len())
    }
    fn token(&mut self) -> Result<bool, ProgramError> {
        let at = self.at;
        let Some(c) = self.rest.chars().next() else {
            self.tokens.push((Token::End, at));
            return Ok(false);
        };
        if c.is_whitespace() {
            self.advance(c.len_utf8());
        } else if self.rest.starts_with("//") || (c == '#' && at.column == 1) {
            self.advance(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            if !self.rest.contains("*/") {
                return Err(ProgramError::new(at, "this comment is never closed: put */ after it"));
            }
            self.advance(self.until("*/"));
        } else if c.is_ascii_alphabetic() || c == '_' {
            let len = self.word();
            self.tokens.push((Token::Name(self.rest[..len].into()), at));
            self.advance(len);
        } else if c.is_ascii_digit() {
            let len = self.word();
            let value = number(&self.rest[..len]).ok_or_else(|| {
                ProgramError::new(at, format!("`{}` is not a whole number that C knows", &self.rest[..len]))
            })?;
            self.tokens.push((Token::Int(value), at));
            self.advance(len);
        } else if c == '"' || c == '\'' {
            self.quoted(c, at)?;
        } else if let Some(sign) = SIGNS.iter().find(|s| self.rest.starts_with(**s)) {
            self.tokens.push((Token::Sign(sign), at));
            self.advance(sign.len());
        } else {
            return Err(ProgramError::new(at, format!("`{c}` has no meaning here")));
        }
        Ok(true)
    }
    fn word(&self) -> usize {
        self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len())
    }
    /// A string, or a character, which is an int in C. Adjacent strings are one.
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
                        "C has no such escape: use \\n \\r \\t \\0 \\\\ \\\" \\' or \\x41",
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
        if quote == '\'' {
            let [octet] = text[..] else {
                return Err(ProgramError::new(at, "between ' and ' stands exactly one character"));
            };
            self.tokens.push((Token::Int(octet.into()), at));
        } else if let Some((Token::Str(before), _)) = self.tokens.last_mut() {
            before.extend(text);
        } else {
            self.tokens.push((Token::Str(text), at));
        }
        Ok(())
    }
}

fn number(word: &str) -> Option<i64> {
    let word = word.trim_end_matches(['u', 'U', 'l', 'L']);
    if let Some(hex) = word.strip_prefix("0x").or(word.strip_prefix("0X")) {
        i64::from_str_radix(hex, 16).ok()
    } else if word.len() > 1 && word.starts_with('0') {
        i64::from_str_radix(&word[1..], 8).ok()
    } else {
        word.parse().ok()
    }
}

/// The octet that stands for what follows a backslash, and how many characters that took.
fn escape(rest: &str) -> Option<(u8, usize)> {
    Some(match rest.chars().next()? {
        'n' => (b'\n', 1),
        'r' => (b'\r', 1),
        't' => (b'\t', 1),
        '0' => (0, 1),
        c @ ('\\' | '"' | '\'') => (c as u8, 1),
        'x' => (u8::from_str_radix(rest.get(1..3)?, 16).ok()?, 3),
        _ => return None,
    })
}
