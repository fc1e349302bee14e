//! Tokens of the Python in a block. A newline ends a statement unless brackets are open or `\` precedes it.

use crate::span::{Pos, ScriptError};

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Tok {
    Int(i128),
    Float(f64),
    Str(String),
    Name(String),
    Op(&'static str),
    Newline,
    End,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) struct Token {
    pub tok: Tok,
    pub at: Pos,
    /// Index of its first character in the block.
    pub from: usize,
}

/// Longest first, so that `<=` is not read as `<`.
const OPS: [&str; 38] = [
    "**=", "//=", "<<=", ">>=", "==", "!=", "<=", ">=", "<<", ">>", "**", "//", "+=", "-=", "*=", "/=", "%=",
    "&=", "|=", "^=", "<", ">", "=", "+", "-", "*", "/", "%", "&", "|", "^", "~", "(", ")", "[", "]", ",",
    ":",
];

pub(super) fn lex(text: &[char], start: Pos) -> Result<Vec<Token>, ScriptError> {
    let mut lexer = Lexer { text, i: 0, pos: start, depth: 0 };
    let mut out = Vec::new();
    loop {
        let (at, from) = (lexer.pos, lexer.i);
        if let Some(tok) = lexer.next()? {
            let end = tok == Tok::End;
            out.push(Token { tok, at, from });
            if end {
                return Ok(out);
            }
        }
    }
}

struct Lexer<'a> {
    text: &'a [char],
    i: usize,
    pos: Pos,
    depth: u32,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.i + ahead).copied()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.i += 1;
        if c == '\n' {
            self.pos = Pos { line: self.pos.line + 1, column: 1 };
        } else {
            self.pos.column += 1;
        }
        Some(c)
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let mut s = String::new();
        while self.peek(0).is_some_and(&keep) {
            s.extend(self.bump());
        }
        s
    }

    /// `None`: something that makes no token was passed over.
    fn next(&mut self) -> Result<Option<Tok>, ScriptError> {
        let Some(c) = self.peek(0) else { return Ok(Some(Tok::End)) };
        match c {
            '\n' | ';' => {
                self.bump();
                return Ok((self.depth == 0).then_some(Tok::Newline));
            }
            '\\' if matches!(self.peek(1), Some('\n' | '\r')) => {
                while self.bump() != Some('\n') {}
                return Ok(None);
            }
            '#' => {
                self.take_while(|c| c != '\n');
                return Ok(None);
            }
            c if c.is_whitespace() => {
                self.bump();
                return Ok(None);
            }
            '"' | '\'' => return self.string(c).map(Some),
            c if c.is_ascii_digit() => return self.number().map(Some),
            '.' if self.peek(1).is_some_and(|c| c.is_ascii_digit()) => return self.number().map(Some),
            c if c.is_alphabetic() || c == '_' => {
                return Ok(Some(Tok::Name(self.take_while(|c| c.is_alphanumeric() || c == '_' || c == '.'))));
            }
            _ => {}
        }
        let op = OPS.iter().find(|op| op.chars().enumerate().all(|(i, o)| self.peek(i) == Some(o)));
        let Some(op) = op else {
            return Err(ScriptError::new(self.pos, "Python", format!("'{c}'")));
        };
        for _ in 0..op.len() {
            self.bump();
        }
        match *op {
            "(" | "[" => self.depth += 1,
            ")" | "]" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(Some(Tok::Op(op)))
    }

    fn string(&mut self, quote: char) -> Result<Tok, ScriptError> {
        let at = self.pos;
        self.bump();
        let mut s = String::new();
        loop {
            match self.bump() {
                None => {
                    return Err(ScriptError::new(
                        at,
                        format!("{quote} after {quote}"),
                        "the end of the block",
                    ));
                }
                Some(c) if c == quote => return Ok(Tok::Str(s)),
                Some('\\') => match self.bump() {
                    Some('n') => s.push('\n'),
                    Some('t') => s.push('\t'),
                    Some('\n') | None => {}
                    Some(c) => s.push(c),
                },
                Some(c) => s.push(c),
            }
        }
    }

    fn number(&mut self) -> Result<Tok, ScriptError> {
        let at = self.pos;
        let mut s = self.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
        // `1e-3`: the sign belongs to the number.
        if s.ends_with(['e', 'E']) && !s.starts_with("0x") && matches!(self.peek(0), Some('-' | '+')) {
            s.extend(self.bump());
            s += &self.take_while(|c| c.is_ascii_digit());
        }
        let digits = s.replace('_', "");
        let radix = |prefix: &str, radix| digits.strip_prefix(prefix).map(|d| i128::from_str_radix(d, radix));
        let int = radix("0x", 16).or(radix("0X", 16)).or(radix("0b", 2)).or(radix("0o", 8));
        if let Some(Ok(n)) = int.or(Some(digits.parse())) {
            return Ok(Tok::Int(n));
        }
        digits.parse().map(Tok::Float).map_err(|_| ScriptError::new(at, "a number", format!("'{s}'")))
    }
}
