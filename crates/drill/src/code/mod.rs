//! `%{ code }%`: the few lines of Python that scripts use to look at a connection.
//!
//! Statements: `assert e[, m]`, `x = e`, `x += e`, `print`, bare expressions. Expressions: everything between
//! `or` and `**`, strings with `%`, tuples, `a if c else b`, `abs min max int float str len`.

mod eval;
mod lex;
mod parse;
mod value;

pub use eval::{Env, Failure};
pub use parse::parse;
pub use value::Value;

use crate::span::Pos;

/// The statements of one block.
#[derive(Clone, PartialEq, Debug)]
pub struct Program {
    /// In order.
    pub statements: Vec<Statement>,
    /// Where the block begins.
    pub at: Pos,
}

/// One statement.
#[derive(Clone, PartialEq, Debug)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its text, for failures.
    pub text: String,
    /// Its line in the script.
    pub line: u32,
}

/// Kinds of statements.
#[derive(Clone, PartialEq, Debug)]
pub enum StatementKind {
    /// `assert condition, message`
    Assert(Expr, Option<Expr>),
    /// `name = value`, and `name op= value` with its operator.
    Assign(String, Option<BinaryOp>, Expr),
    /// `print(…)`, or an expression for nothing.
    Expr(Expr),
    /// `pass`
    Pass,
    /// Python that is beyond this evaluator; the reason.
    Unsupported(String),
}

/// An expression.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Expr {
    Literal(Value),
    Name(String),
    Not(Box<Expr>),
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// `a < b <= c`
    Compare(Box<Expr>, Vec<(CompareOp, Expr)>),
    /// `then if condition else otherwise`: condition, then, otherwise.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Tuple(Vec<Expr>),
    Call(String, Vec<Expr>),
}

/// Arithmetic and bit operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Or,
    Xor,
    And,
    Shl,
    Shr,
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Pow,
}

/// Operators before their operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Plus,
    Minus,
    Invert,
}

/// Comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
    Is,
    IsNot,
}
