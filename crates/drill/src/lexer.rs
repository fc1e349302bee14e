//! Text → tokens. Newlines mean nothing; comments and the lines of inactive `#ifdef` blocks vanish here.

use crate::defines::{Define, Defines};
use crate::span::{Pos, ScriptError, Span};
use std::net::{Ipv4Addr, Ipv6Addr};

/// A token. Numbers keep their text: where a cookie is expected, `12345678` is eight hexadecimal digits.
#[derive(Clone, PartialEq, Debug)]
pub enum Tok {
    /// A decimal integer, perhaps with a leading `-`.
    Int(i64, String),
    /// `0x…`
    Hex(u64),
    /// A decimal fraction, as written.
    Float(String),
    /// Letters, digits and underscores.
    Word(String),
    /// A string, without its quotes.
    Str(String),
    /// What stands between back quotes.
    Shell(String),
    /// What stands between `%{` and `}%`.
    Code(String),
    /// `--name` or `--name=value`
    Opt(String, Option<String>),
    /// `...`
    Ellipsis,
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// Any other character.
    Punct(char),
    /// The end of the script.
    End,
}

impl Tok {
    /// The token as it would be named in an error.
    pub fn describe(&self) -> String {
        match self {
            Tok::Int(_, text) | Tok::Float(text) => format!("the number {text}"),
            Tok::Hex(n) => format!("the number {n:#x}"),
            Tok::Word(w) => format!("'{w}'"),
            Tok::Str(_) => "a string".into(),
            Tok::Shell(_) => "a `command`".into(),
            Tok::Code(_) => "a %{ code }% block".into(),
            Tok::Opt(name, _) => format!("the option --{name}"),
            Tok::Ellipsis => "'...'".into(),
            Tok::Ipv4(a) => format!("the address {a}"),
            Tok::Ipv6(a) => format!("the address {a}"),
            Tok::Punct(c) => format!("'{c}'"),
            Tok::End => "the end of the script".into(),
        }
    }
}

/// A token and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Token {
    /// What.
    pub tok: Tok,
    /// Where.
    pub span: Span,
}

/// Reads the whole of `text`; the last token is [`Tok::End`].
pub fn lex(text: &str, defines: &Defines) -> Result<Vec<Token>, ScriptError> {
    let mut lexer = Lexer {
        chars: text.chars().collect(),
        at: 0,
        pos: Pos { line: 1, column: 1 },
        defines: defines.clone(),
    };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blank()?;
        let from = lexer.pos;
        let tok = lexer.token()?;
        let done = tok == Tok::End;
        tokens.push(Token { tok, span: Span { from, to: lexer.pos } });
        if done {
            return Ok(tokens);
        }
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    pos: Pos,
    defines: Defines,
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn rest_starts_with(&self, s: &str) -> bool {
        s.chars().enumerate().all(|(i, c)| self.peek(i) == Some(c))
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        if c == '\n' {
            self.pos = Pos { line: self.pos.line + 1, column: 1 };
        } else {
            self.pos.column += 1;
        }
        Some(c)
    }

    fn take(&mut self, n: usize) -> String {
        (0..n).filter_map(|_| self.bump()).collect()
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let n = self.chars[self.at..].iter().take_while(|&&c| keep(c)).count();
        self.take(n)
    }

    /// Whitespace, comments and preprocessor lines.
    fn skip_blank(&mut self) -> Result<(), ScriptError> {
        loop {
            match self.peek(0) {
                Some('#') if self.at_line_start() => self.directive()?,
                Some(c) if c.is_whitespace() => {
                    self.bump();
                }
                Some('/') if self.peek(1) == Some('/') => {
                    self.take_while(|c| c != '\n');
                }
                Some('/') if self.peek(1) == Some('*') => {
                    let at = self.pos;
                    self.take(2);
                    self.until("*/")
                        .ok_or_else(|| ScriptError::new(at, "'*/' after '/*'", Tok::End.describe()))?;
                }
                _ => return Ok(()),
            }
        }
    }

    fn at_line_start(&self) -> bool {
        self.chars[..self.at].iter().rev().take_while(|&&c| c != '\n').all(|c| c.is_whitespace())
    }

    /// Takes everything up to and with `end`; gives what stood before it.
    fn until(&mut self, end: &str) -> Option<String> {
        let mut text = String::new();
        while !self.rest_starts_with(end) {
            text.push(self.bump()?);
        }
        self.take(end.chars().count());
        Some(text)
    }

    /// `#ifdef`, `#ifndef`, `#else`, `#endif`, `#define`, `#undef`. Of a condition that fails, everything up to
    /// its `#else` or `#endif` is skipped; one that holds leaves its own `#else` or `#endif` to be met later.
    fn directive(&mut self) -> Result<(), ScriptError> {
        let at = self.pos;
        let line = self.take_while(|c| c != '\n');
        let mut words = line[1..].split_whitespace();
        match (words.next().unwrap_or(""), words.next()) {
            ("ifdef", Some(name)) if self.defines.has(name) => Ok(()),
            ("ifndef", Some(name)) if !self.defines.has(name) => Ok(()),
            ("ifdef" | "ifndef", Some(_)) => self.skip_block(at, true),
            ("else", _) => self.skip_block(at, false),
            ("endif", _) => Ok(()),
            ("define", Some(name)) => {
                let value = words.collect::<Vec<_>>().join(" ");
                self.defines.set(name, &value);
                Ok(())
            }
            ("undef", Some(name)) => {
                self.defines.unset(name);
                Ok(())
            }
            _ => Err(ScriptError::new(
                at,
                "#ifdef, #ifndef, #else, #endif, #define or #undef",
                format!("'{line}'"),
            )),
        }
    }

    fn skip_block(&mut self, from: Pos, stop_at_else: bool) -> Result<(), ScriptError> {
        let mut depth = 0;
        loop {
            self.take_while(|c| c != '\n');
            if self.bump().is_none() {
                return Err(ScriptError::new(from, "an #endif for this line", Tok::End.describe()));
            }
            self.take_while(|c| c == ' ' || c == '\t');
            if self.rest_starts_with("#if") {
                depth += 1;
            } else if self.rest_starts_with("#endif") {
                if depth == 0 {
                    self.take_while(|c| c != '\n');
                    return Ok(());
                }
                depth -= 1;
            } else if stop_at_else && depth == 0 && self.rest_starts_with("#else") {
                self.take_while(|c| c != '\n');
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Tok, ScriptError> {
        let at = self.pos;
        let open = |what: &str| ScriptError::new(at, what, Tok::End.describe());
        let Some(c) = self.peek(0) else { return Ok(Tok::End) };
        if self.rest_starts_with("%{") {
            self.take(2);
            return self.until("}%").map(Tok::Code).ok_or_else(|| open("'}%' after '%{'"));
        }
        if self.rest_starts_with("...") {
            self.take(3);
            return Ok(Tok::Ellipsis);
        }
        if self.rest_starts_with("--") && self.peek(2).is_some_and(|c| c.is_ascii_alphabetic()) {
            return Ok(self.option());
        }
        if let Some(tok) = self.address() {
            return Ok(tok);
        }
        match c {
            '`' => {
                self.bump();
                self.until("`").map(Tok::Shell).ok_or_else(|| open("'`' after '`'"))
            }
            '"' => self.string().ok_or_else(|| open("'\"' after '\"'")),
            '-' if self.peek(1).is_some_and(|c| c.is_ascii_digit()) => self.number(),
            '.' if self.peek(1).is_some_and(|c| c.is_ascii_digit()) => self.number(),
            c if c.is_ascii_digit() => self.number(),
            c if is_word(c) => {
                let word = self.take_while(is_word);
                Ok(self.substitute(word))
            }
            c => {
                self.bump();
                Ok(Tok::Punct(c))
            }
        }
    }

    fn option(&mut self) -> Tok {
        self.take(2);
        let name = self.take_while(is_word);
        let value = (self.peek(0) == Some('=')).then(|| {
            self.bump();
            self.take_while(|c| !c.is_whitespace())
        });
        Tok::Opt(name, value)
    }

    fn substitute(&self, word: String) -> Tok {
        match self.defines.get(&word) {
            None | Some(Define::Empty) => Tok::Word(word),
            Some(Define::Int(n, text)) => Tok::Int(*n, text.clone()),
            Some(Define::Str(s)) => Tok::Str(s.clone()),
            Some(Define::Shell(s)) => Tok::Shell(s.clone()),
            Some(Define::Word(w)) => Tok::Word(w.clone()),
        }
    }

    fn string(&mut self) -> Option<Tok> {
        self.bump();
        let mut text = String::new();
        loop {
            match self.bump()? {
                '"' => return Some(Tok::Str(text)),
                '\\' => match self.bump()? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'x' => {
                        let (high, low) = (self.bump()?.to_digit(16)?, self.bump()?.to_digit(16)?);
                        text.push(char::from((high << 4 | low) as u8));
                    }
                    c => text.push(c),
                },
                c => text.push(c),
            }
        }
    }

    /// A literal address: four decimal groups, or something with `::` or seven colons that parses as IPv6.
    fn address(&mut self) -> Option<Tok> {
        let text: String = self.chars[self.at..]
            .iter()
            .take_while(|c| c.is_ascii_hexdigit() || **c == ':' || **c == '.')
            .take(46)
            .collect();
        if (text.contains("::") || text.matches(':').count() == 7)
            && let Ok(a) = text.parse::<Ipv6Addr>()
        {
            self.take(text.len());
            return Some(Tok::Ipv6(a));
        }
        let v4: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let a = v4.parse::<Ipv4Addr>().ok()?;
        self.take(v4.len());
        Some(Tok::Ipv4(a))
    }

    /// Numbers, and words that begin with a digit.
    fn number(&mut self) -> Result<Tok, ScriptError> {
        let at = self.pos;
        let mut text = if self.peek(0) == Some('-') { self.take(1) } else { String::new() };
        text += &self.take_while(is_word);
        if self.peek(0) == Some('.')
            && self.peek(1).is_some_and(|c| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || c == '-')
        {
            text += &self.take(1);
            text += &self.take_while(|c| c.is_ascii_digit());
            return Ok(Tok::Float(text));
        }
        let too_big = || ScriptError::new(at, "a number of at most 64 bits", text.clone());
        if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            if !hex.is_empty() && hex.chars().all(|c| c.is_ascii_hexdigit()) {
                return u64::from_str_radix(hex, 16).map(Tok::Hex).map_err(|_| too_big());
            }
        } else if text.trim_start_matches('-').chars().all(|c| c.is_ascii_digit()) {
            // Twenty digits and more can only be a cookie; its text is what counts there.
            return Ok(Tok::Int(text.parse().unwrap_or(i64::MAX), text));
        }
        Ok(self.substitute(text))
    }
}
