//! Runs a block against the connection's figures.

use super::{BinaryOp, CompareOp, Expr, Program, StatementKind, UnaryOp, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Why a block did not hold.
#[derive(Clone, PartialEq, Debug)]
pub enum Failure {
    /// An assertion was false, or Python would have raised an exception: line, statement, why.
    Failed(u32, String, String),
    /// The block uses something this evaluator, or the host, does not have.
    Unsupported(String),
}

/// The names a script's blocks see; those that a block sets stay for the next.
#[derive(Clone, Default, Debug)]
pub struct Env {
    variables: BTreeMap<String, Value>,
    sample: Rc<BTreeMap<&'static str, Value>>,
    /// What `print` wrote, a line each.
    pub printed: Vec<String>,
}

enum Stop {
    Raise(String),
    Unsupported(String),
}
type Evaluated = Result<Value, Stop>;

fn raise<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Raise(why.into()))
}

impl Env {
    /// Puts in the connection's figures of this moment (`tcpi_…` and constants).
    pub fn sample(&mut self, figures: BTreeMap<&'static str, Value>) {
        self.sample = Rc::new(figures);
    }

    /// Runs every statement in order; the first that fails ends it.
    pub fn run(&mut self, program: &Program) -> Result<(), Failure> {
        for s in &program.statements {
            self.statement(&s.kind).map_err(|stop| match stop {
                Stop::Raise(why) => Failure::Failed(s.line, s.text.clone(), why),
                Stop::Unsupported(what) => Failure::Unsupported(what),
            })?;
        }
        Ok(())
    }

    fn statement(&mut self, kind: &StatementKind) -> Result<(), Stop> {
        match kind {
            StatementKind::Pass => Ok(()),
            StatementKind::Unsupported(what) => Err(Stop::Unsupported(what.clone())),
            StatementKind::Assert(condition, message) => {
                if self.eval(condition)?.truth() {
                    return Ok(());
                }
                let seen = self.operands(condition);
                match message {
                    Some(m) => raise(format!("false: {} ({seen})", self.eval(m)?)),
                    None => raise(format!("false ({seen})")),
                }
            }
            StatementKind::Assign(name, op, value) => {
                let mut v = self.eval(value)?;
                if let Some(op) = op {
                    let old = self.name(name)?;
                    v = binary(*op, old, v)?;
                }
                self.variables.insert(name.clone(), v);
                Ok(())
            }
            StatementKind::Expr(e) => {
                let v = self.eval(e)?;
                self.printed.push(v.to_string());
                Ok(())
            }
        }
    }

    /// The names of `e` with their values, for a failure's sentence.
    fn operands(&self, e: &Expr) -> String {
        let mut names = Vec::new();
        collect_names(e, &mut names);
        let shown = names.iter().filter_map(|n| self.name(n).ok().map(|v| format!("{n} is {}", v.repr())));
        shown.collect::<Vec<_>>().join(", ")
    }

    fn name(&self, name: &str) -> Evaluated {
        if let Some(v) = self.variables.get(name).or_else(|| self.sample.get(name)) {
            return Ok(v.clone());
        }
        // Names that the original tool would have set, and that this host has no figure for.
        let known = ["tcpi_", "TCP_", "TCPI_", "skmeminfo_", "SK_", "bbr_", "vegas_", "dctcp_"];
        if known.iter().any(|p| name.starts_with(p)) {
            return Err(Stop::Unsupported(format!("the variable {name}")));
        }
        raise(format!("NameError: name '{name}' is not defined"))
    }

    fn eval(&self, e: &Expr) -> Evaluated {
        Ok(match e {
            Expr::Literal(v) => v.clone(),
            Expr::Name(n) => self.name(n)?,
            Expr::Not(e) => Value::Bool(!self.eval(e)?.truth()),
            Expr::Unary(op, e) => unary(*op, self.eval(e)?)?,
            Expr::Binary(op, a, b) => binary(*op, self.eval(a)?, self.eval(b)?)?,
            Expr::And(a, b) => {
                let a = self.eval(a)?;
                if a.truth() { self.eval(b)? } else { a }
            }
            Expr::Or(a, b) => {
                let a = self.eval(a)?;
                if a.truth() { a } else { self.eval(b)? }
            }
            Expr::If(c, then, otherwise) => {
                self.eval(if self.eval(c)?.truth() { then } else { otherwise })?
            }
            Expr::Tuple(items) => Value::Tuple(items.iter().map(|e| self.eval(e)).collect::<Result<_, _>>()?),
            Expr::Compare(first, rest) => {
                let mut left = self.eval(first)?;
                for (op, right) in rest {
                    let right = self.eval(right)?;
                    if !compare(*op, &left, &right)? {
                        return Ok(Value::Bool(false));
                    }
                    left = right;
                }
                Value::Bool(true)
            }
            Expr::Call(name, args) => {
                let args = args.iter().map(|e| self.eval(e)).collect::<Result<Vec<_>, _>>()?;
                call(name, args)?
            }
        })
    }
}

fn collect_names<'a>(e: &'a Expr, out: &mut Vec<&'a str>) {
    match e {
        Expr::Name(n) if !out.contains(&n.as_str()) => out.push(n),
        Expr::Name(_) | Expr::Literal(_) => {}
        Expr::Not(e) | Expr::Unary(_, e) => collect_names(e, out),
        Expr::Binary(_, a, b) | Expr::And(a, b) | Expr::Or(a, b) => {
            collect_names(a, out);
            collect_names(b, out);
        }
        Expr::If(a, b, c) => [a, b, c].into_iter().for_each(|e| collect_names(e, out)),
        Expr::Compare(a, rest) => {
            collect_names(a, out);
            rest.iter().for_each(|(_, e)| collect_names(e, out));
        }
        Expr::Tuple(items) | Expr::Call(_, items) => items.iter().for_each(|e| collect_names(e, out)),
    }
}

fn unary(op: UnaryOp, v: Value) -> Evaluated {
    match (op, v.int(), v.float()) {
        (UnaryOp::Plus, ..) if v.float().is_some() => Ok(v),
        (UnaryOp::Minus, Some(n), _) => int_binary(BinaryOp::Sub, 0, n),
        (UnaryOp::Minus, None, Some(x)) => Ok(Value::Float(-x)),
        (UnaryOp::Invert, Some(n), _) => Ok(Value::Int(!n)),
        _ => raise(format!("TypeError: bad operand type for unary operator: '{}'", v.type_name())),
    }
}

fn binary(op: BinaryOp, a: Value, b: Value) -> Evaluated {
    match (op, &a, &b) {
        (BinaryOp::Mod, Value::Str(f), _) => return Value::format(f, &b).map(Value::Str).or_else(raise),
        (BinaryOp::Add, Value::Str(x), Value::Str(y)) => return Ok(Value::Str(format!("{x}{y}"))),
        _ => {}
    }
    if let (Some(x), Some(y)) = (a.int(), b.int())
        && op != BinaryOp::Div
        && !(op == BinaryOp::Pow && y < 0)
    {
        return int_binary(op, x, y);
    }
    let types =
        || format!("TypeError: unsupported operand types: '{}' and '{}'", a.type_name(), b.type_name());
    let (Some(x), Some(y)) = (a.float(), b.float()) else { return raise(types()) };
    let zero = matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod) && y == 0.0;
    if zero {
        return raise("ZeroDivisionError: division by zero");
    }
    Ok(Value::Float(match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::Div => x / y,
        BinaryOp::FloorDiv => (x / y).floor(),
        BinaryOp::Mod => x - y * (x / y).floor(),
        BinaryOp::Pow => x.powf(y),
        _ => return raise(types()),
    }))
}

fn int_binary(op: BinaryOp, x: i128, y: i128) -> Evaluated {
    if y == 0 && matches!(op, BinaryOp::FloorDiv | BinaryOp::Mod) {
        return raise("ZeroDivisionError: integer division or modulo by zero");
    }
    let shift = u32::try_from(y).ok().filter(|n| *n < 128);
    let out = match op {
        BinaryOp::Or => Some(x | y),
        BinaryOp::Xor => Some(x ^ y),
        BinaryOp::And => Some(x & y),
        BinaryOp::Shl => shift.and_then(|n| x.checked_mul(1i128.checked_shl(n)?)),
        BinaryOp::Shr => shift.map(|n| x >> n),
        BinaryOp::Add => x.checked_add(y),
        BinaryOp::Sub => x.checked_sub(y),
        BinaryOp::Mul => x.checked_mul(y),
        // Python rounds towards minus infinity.
        BinaryOp::FloorDiv => {
            x.checked_div(y).map(|q| if x % y != 0 && (x < 0) != (y < 0) { q - 1 } else { q })
        }
        BinaryOp::Mod => x.checked_rem(y).map(|r| if r != 0 && (r < 0) != (y < 0) { r + y } else { r }),
        BinaryOp::Pow => u32::try_from(y).ok().and_then(|n| x.checked_pow(n)),
        BinaryOp::Div => None,
    };
    match out {
        Some(n) => Ok(Value::Int(n)),
        None => raise("OverflowError: result too large"),
    }
}

fn compare(op: CompareOp, a: &Value, b: &Value) -> Result<bool, Stop> {
    let equal = match (a.float(), b.float()) {
        (Some(x), Some(y)) => match (a.int(), b.int()) {
            (Some(m), Some(n)) => m == n,
            _ => x == y,
        },
        _ => a == b,
    };
    let order = || match (a, b) {
        (Value::Str(x), Value::Str(y)) => Ok(x.cmp(y)),
        _ => match (a.int(), b.int(), a.float(), b.float()) {
            (Some(m), Some(n), ..) => Ok(m.cmp(&n)),
            (.., Some(x), Some(y)) => Ok(x.total_cmp(&y)),
            _ => raise(format!("TypeError: '{}' and '{}' cannot be ordered", a.type_name(), b.type_name())),
        },
    };
    let within = || match (a, b) {
        (_, Value::Tuple(t)) => Ok(t.iter().any(|v| compare(CompareOp::Eq, a, v).unwrap_or(false))),
        (Value::Str(x), Value::Str(y)) => Ok(y.contains(x.as_str())),
        _ => raise(format!("TypeError: argument of type '{}' is not iterable", b.type_name())),
    };
    Ok(match op {
        CompareOp::Eq | CompareOp::Is => equal,
        CompareOp::Ne | CompareOp::IsNot => !equal,
        CompareOp::Lt => order()?.is_lt(),
        CompareOp::Le => order()?.is_le(),
        CompareOp::Gt => order()?.is_gt(),
        CompareOp::Ge => order()?.is_ge(),
        CompareOp::In => within()?,
        CompareOp::NotIn => !within()?,
    })
}

fn call(name: &str, mut args: Vec<Value>) -> Evaluated {
    if let [Value::Tuple(items)] = args.as_slice()
        && matches!(name, "min" | "max")
    {
        args = items.clone();
    }
    let wrong = || Stop::Raise(format!("TypeError: {name}() got arguments it does not take"));
    match (name, args.as_slice()) {
        ("min" | "max", [first, rest @ ..]) => {
            let op = if name == "min" { CompareOp::Lt } else { CompareOp::Gt };
            let mut best = first;
            for v in rest {
                if compare(op, v, best)? {
                    best = v;
                }
            }
            Ok(best.clone())
        }
        ("abs", [v]) => match (v.int(), v.float()) {
            (Some(n), _) => Ok(Value::Int(n.saturating_abs())),
            (None, Some(x)) => Ok(Value::Float(x.abs())),
            _ => Err(wrong()),
        },
        ("int", [v]) => v.int().or(v.float().map(|x| x as i128)).map(Value::Int).ok_or_else(wrong),
        ("float", [v]) => v.float().map(Value::Float).ok_or_else(wrong),
        ("bool", [v]) => Ok(Value::Bool(v.truth())),
        ("round", [v]) => v.float().map(|x| Value::Int(x.round_ties_even() as i128)).ok_or_else(wrong),
        ("str", [v]) => Ok(Value::Str(v.to_string())),
        ("len", [Value::Tuple(t)]) => Ok(Value::Int(t.len() as i128)),
        ("len", [Value::Str(s)]) => Ok(Value::Int(s.chars().count() as i128)),
        ("min" | "max" | "abs" | "int" | "float" | "bool" | "round" | "str" | "len", _) => Err(wrong()),
        _ => Err(Stop::Unsupported(format!("the Python function {name}()"))),
    }
}
