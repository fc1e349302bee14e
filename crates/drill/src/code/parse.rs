//! A block's text → statements. Compound statements are recognised and reported as unsupported, not misread.

use super::lex::{Tok, Token, lex};
use super::{BinaryOp, CompareOp, Expr, Program, Statement, StatementKind, UnaryOp, Value};
use crate::span::{Pos, ScriptError};

/// Words that begin Python which this evaluator does not have.
const BEYOND: [&str; 18] = [
    "if", "for", "while", "def", "class", "import", "from", "try", "with", "return", "raise", "del",
    "global", "lambda", "exec", "nonlocal", "break", "continue",
];
/// Deepest nesting of an expression; deeper is refused rather than risking the stack.
const DEPTH_MAX: u32 = 50;
/// Most tokens of a block: bounds how deep a chain of operators can nest.
const TOKENS_MAX: usize = 2_000;

/// Parses the text between `%{` and `}%`, which begins at `start`.
pub fn parse(text: &str, start: Pos) -> Result<Program, ScriptError> {
    let chars: Vec<char> = text.chars().collect();
    let tokens = lex(&chars, start)?;
    if tokens.len() > TOKENS_MAX {
        return Err(ScriptError::new(start, format!("a block of at most {TOKENS_MAX} tokens"), "more"));
    }
    let mut p = Parser { tokens, i: 0, depth: 0 };
    let mut statements = Vec::new();
    loop {
        while p.eat_newline() {}
        if p.peek() == &Tok::End {
            return Ok(Program { statements, at: start });
        }
        let (from, line) = (p.tokens[p.i].from, p.tokens[p.i].at.line);
        let kind = p.statement()?;
        let to = p.tokens[p.i].from;
        if !p.eat_newline() && p.peek() != &Tok::End {
            return Err(p.error("the end of the statement"));
        }
        let text: String = chars[from..to].iter().collect();
        let text = text.split('#').next().unwrap_or("").split_whitespace().collect::<Vec<_>>().join(" ");
        statements.push(Statement { kind, text, line });
    }
}

struct Parser {
    tokens: Vec<Token>,
    i: usize,
    depth: u32,
}

type Parsed = Result<Expr, ScriptError>;

impl Parser {
    fn peek(&self) -> &Tok {
        &self.tokens[self.i].tok
    }
    fn advance(&mut self) {
        self.i = (self.i + 1).min(self.tokens.len() - 1);
    }
    fn eat_newline(&mut self) -> bool {
        let yes = self.peek() == &Tok::Newline;
        if yes {
            self.advance();
        }
        yes
    }
    fn eat(&mut self, op: &str) -> bool {
        let yes = matches!(self.peek(), Tok::Op(o) if *o == op);
        if yes {
            self.advance();
        }
        yes
    }
    fn eat_word(&mut self, word: &str) -> bool {
        let yes = matches!(self.peek(), Tok::Name(n) if n == word);
        if yes {
            self.advance();
        }
        yes
    }
    fn error(&self, expected: &str) -> ScriptError {
        let token = &self.tokens[self.i];
        let found = match &token.tok {
            Tok::Int(n) => format!("the number {n}"),
            Tok::Float(x) => format!("the number {x}"),
            Tok::Str(_) => "a string".into(),
            Tok::Name(n) => format!("'{n}'"),
            Tok::Op(op) => format!("'{op}'"),
            Tok::Newline => "the end of the line".into(),
            Tok::End => "the end of the block".into(),
        };
        ScriptError::new(token.at, expected, found)
    }

    fn statement(&mut self) -> Result<StatementKind, ScriptError> {
        let Tok::Name(word) = self.peek().clone() else {
            return self.tuple().map(StatementKind::Expr);
        };
        if BEYOND.contains(&word.as_str()) {
            while !matches!(self.peek(), Tok::End) {
                self.advance();
            }
            return Ok(StatementKind::Unsupported(format!("the Python statement '{word}'")));
        }
        match word.as_str() {
            "pass" => {
                self.advance();
                Ok(StatementKind::Pass)
            }
            "assert" => {
                self.advance();
                let condition = self.expr()?;
                let message = if self.eat(",") { Some(self.expr()?) } else { None };
                Ok(StatementKind::Assert(condition, message))
            }
            // Python 2's statement; `print (a, b)` reads the same either way.
            "print" => {
                self.advance();
                if matches!(self.peek(), Tok::Newline | Tok::End) {
                    return Ok(StatementKind::Pass);
                }
                self.tuple().map(StatementKind::Expr)
            }
            _ => self.assignment(word),
        }
    }

    fn assignment(&mut self, name: String) -> Result<StatementKind, ScriptError> {
        let op = match self.tokens.get(self.i + 1).map(|t| &t.tok) {
            Some(Tok::Op("=")) => None,
            Some(Tok::Op("+=")) => Some(BinaryOp::Add),
            Some(Tok::Op("-=")) => Some(BinaryOp::Sub),
            Some(Tok::Op("*=")) => Some(BinaryOp::Mul),
            Some(Tok::Op("/=")) => Some(BinaryOp::Div),
            Some(Tok::Op("//=")) => Some(BinaryOp::FloorDiv),
            Some(Tok::Op("%=")) => Some(BinaryOp::Mod),
            Some(Tok::Op("&=")) => Some(BinaryOp::And),
            Some(Tok::Op("|=")) => Some(BinaryOp::Or),
            Some(Tok::Op("^=")) => Some(BinaryOp::Xor),
            Some(Tok::Op("<<=")) => Some(BinaryOp::Shl),
            Some(Tok::Op(">>=")) => Some(BinaryOp::Shr),
            _ => return self.tuple().map(StatementKind::Expr),
        };
        self.advance();
        self.advance();
        Ok(StatementKind::Assign(name, op, self.tuple()?))
    }

    /// `a, b`
    fn tuple(&mut self) -> Parsed {
        let first = self.expr()?;
        if !matches!(self.peek(), Tok::Op(",")) {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.eat(",") {
            if matches!(self.peek(), Tok::Newline | Tok::End | Tok::Op(")")) {
                break;
            }
            items.push(self.expr()?);
        }
        Ok(Expr::Tuple(items))
    }

    fn expr(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("an expression less deeply nested"));
        }
        let then = self.or()?;
        let out = if self.eat_word("if") {
            let condition = self.or()?;
            if !self.eat_word("else") {
                return Err(self.error("'else'"));
            }
            let otherwise = self.expr()?;
            Expr::If(Box::new(condition), Box::new(then), Box::new(otherwise))
        } else {
            then
        };
        self.depth -= 1;
        Ok(out)
    }

    fn or(&mut self) -> Parsed {
        let mut left = self.and()?;
        while self.eat_word("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        while self.eat_word("and") {
            left = Expr::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed {
        let mut times = 0;
        while self.eat_word("not") {
            times += 1;
        }
        let mut e = self.comparison()?;
        for _ in 0..times {
            e = Expr::Not(Box::new(e));
        }
        Ok(e)
    }

    fn comparison(&mut self) -> Parsed {
        let first = self.binary(0)?;
        let mut rest = Vec::new();
        while let Some(op) = self.compare_op() {
            rest.push((op, self.binary(0)?));
        }
        Ok(if rest.is_empty() { first } else { Expr::Compare(Box::new(first), rest) })
    }

    fn compare_op(&mut self) -> Option<CompareOp> {
        let op = match self.peek() {
            Tok::Op("==") => CompareOp::Eq,
            Tok::Op("!=") => CompareOp::Ne,
            Tok::Op("<") => CompareOp::Lt,
            Tok::Op("<=") => CompareOp::Le,
            Tok::Op(">") => CompareOp::Gt,
            Tok::Op(">=") => CompareOp::Ge,
            Tok::Name(n) if n == "in" => CompareOp::In,
            Tok::Name(n) if n == "is" => {
                self.advance();
                return Some(if self.eat_word("not") { CompareOp::IsNot } else { CompareOp::Is });
            }
            Tok::Name(n) if n == "not" => {
                self.advance();
                return self.eat_word("in").then_some(CompareOp::NotIn);
            }
            _ => return None,
        };
        self.advance();
        Some(op)
    }

    /// Binary operators by precedence, weakest first.
    fn binary(&mut self, level: usize) -> Parsed {
        const LEVELS: [&[(&str, BinaryOp)]; 6] = [
            &[("|", BinaryOp::Or)],
            &[("^", BinaryOp::Xor)],
            &[("&", BinaryOp::And)],
            &[("<<", BinaryOp::Shl), (">>", BinaryOp::Shr)],
            &[("+", BinaryOp::Add), ("-", BinaryOp::Sub)],
            &[("*", BinaryOp::Mul), ("//", BinaryOp::FloorDiv), ("/", BinaryOp::Div), ("%", BinaryOp::Mod)],
        ];
        let Some(ops) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some(op) = ops.iter().find(|(text, _)| self.eat(text)).map(|(_, op)| *op) {
            left = Expr::Binary(op, Box::new(left), Box::new(self.binary(level + 1)?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let mut ops = Vec::new();
        loop {
            let op = match self.peek() {
                Tok::Op("-") => UnaryOp::Minus,
                Tok::Op("+") => UnaryOp::Plus,
                Tok::Op("~") => UnaryOp::Invert,
                _ => break,
            };
            ops.push(op);
            self.advance();
        }
        let base = self.atom()?;
        let powered = if self.eat("**") {
            Expr::Binary(BinaryOp::Pow, Box::new(base), Box::new(self.unary()?))
        } else {
            base
        };
        Ok(ops.into_iter().rev().fold(powered, |e, op| Expr::Unary(op, Box::new(e))))
    }

    fn atom(&mut self) -> Parsed {
        let tok = self.peek().clone();
        match tok {
            Tok::Int(n) => self.literal(Value::Int(n)),
            Tok::Float(x) => self.literal(Value::Float(x)),
            Tok::Str(mut s) => {
                self.advance();
                while let Tok::Str(more) = self.peek() {
                    s += more;
                    self.advance();
                }
                Ok(Expr::Literal(Value::Str(s)))
            }
            Tok::Name(n) if n == "True" => self.literal(Value::Bool(true)),
            Tok::Name(n) if n == "False" => self.literal(Value::Bool(false)),
            Tok::Name(n) if n == "None" => self.literal(Value::None),
            Tok::Name(n) => {
                self.advance();
                if !self.eat("(") {
                    return Ok(Expr::Name(n));
                }
                self.items(")").map(|args| Expr::Call(n, args))
            }
            Tok::Op("(") => {
                self.advance();
                if self.eat(")") {
                    return Ok(Expr::Tuple(Vec::new()));
                }
                let inner = self.tuple()?;
                if self.eat(")") { Ok(inner) } else { Err(self.error("')'")) }
            }
            Tok::Op("[") => {
                self.advance();
                self.items("]").map(Expr::Tuple)
            }
            _ => Err(self.error("an expression")),
        }
    }

    fn literal(&mut self, v: Value) -> Parsed {
        self.advance();
        Ok(Expr::Literal(v))
    }

    /// Comma-separated expressions up to `close`.
    fn items(&mut self, close: &str) -> Result<Vec<Expr>, ScriptError> {
        let mut items = Vec::new();
        while !self.eat(close) {
            items.push(self.expr()?);
            if !self.eat(",") && !matches!(self.peek(), Tok::Op(o) if *o == close) {
                return Err(self.error(&format!("',' or '{close}'")));
            }
        }
        Ok(items)
    }
}
