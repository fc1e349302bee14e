//! From the text of an expression to its tree; what is wrong is refused with its column and what belongs there.
//!
//! ```text
//! expression = and { "||" and }            and     = not { "&&" not }
//! not        = "!" not | sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum ]
//! sum        = product { ("+" | "-") product }
//! product    = value { ("*" | "/" | "%") value }
//! value      = number [ unit ] | "text" | STATE | name | "-" value | "(" expression ")"
//!            | "changed" "(" sum ")" | "was" "(" sum ")"
//! ```
//! `and`, `or` and `not` may be written for the signs. Units are ns, us, ms and s; a time is counted in nanoseconds.

use super::names::{self, Event, Fact, List};
use crate::error::{Result, error, num, word};
use crate::view::ErrorView;
use wire::pick::Pick;

/// Longest expression, octets.
pub const MOST: usize = 1_000;
/// Brackets and signs within each other.
const DEEP: u32 = 40;
/// Connections that one expression may speak of.
pub(super) const SCOPES: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Number(f64),
    Text(String),
    /// Of the connection, listener or host that the scope names.
    Fact(usize, Fact),
    /// An integer variable of a program of the host that the scope names.
    Program(usize, String),
    Field(Pick),
    Event(Event),
    List(List),
    Not(Box<Node>),
    Two(Op, Box<Node>, Box<Node>),
    /// The value that one of [`Expr::kept`] had one step before.
    Was(usize),
    /// Whether it has another now.
    Changed(usize),
}

/// Whose variables are meant: of a host, of a connection, of both, or of any.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Scope {
    pub(super) host: Option<u16>,
    pub(super) flow: Option<u16>,
}

/// An expression that can be asked again and again.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) root: Node,
    pub(super) scopes: Vec<Scope>,
    /// What is asked of sockets, of listeners, in each scope.
    pub(super) sockets: [bool; SCOPES],
    pub(super) listeners: bool,
    /// What has to be remembered from one step to the next.
    pub(super) kept: Vec<Node>,
    /// It speaks of the packets of a step.
    pub(super) packets: bool,
    /// It speaks of what happens in a step.
    pub(super) events: bool,
    /// It speaks of rules: a step has to be recorded.
    pub(super) rules: bool,
}

/// Whether a host, or any, has a program with an integer variable of this name.
pub(super) type Declared<'a> = &'a dyn Fn(Option<u16>, &str) -> bool;

/// Reads an expression; `hosts` are the names of the nodes. What is only shown (no `condition`) may be a text.
pub(super) fn parse(text: &str, hosts: &[&str], declared: Declared, condition: bool) -> Result<Expr> {
    if text.len() > MOST {
        return Err(error("expr_too_long", [("max", num(MOST as f64))]));
    }
    let expr = Expr {
        root: Node::Number(0.0),
        scopes: Vec::new(),
        sockets: [false; SCOPES],
        listeners: false,
        kept: Vec::new(),
        packets: false,
        events: false,
        rules: false,
    };
    let mut p = Parser { text, at: 0, depth: 0, hosts, declared, condition, expr };
    let root = p.any()?;
    if !p.rest().is_empty() {
        return Err(p.wrong(p.at, "expr_operator"));
    }
    p.expr.root = root;
    Ok(p.expr)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    hosts: &'a [&'a str],
    declared: Declared<'a>,
    condition: bool,
    expr: Expr,
}

/// What a value is.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Number,
    Text,
    List,
}

fn kind(node: &Node, kept: &[Node]) -> Kind {
    match node {
        Node::Was(at) => kind(&kept[*at], &[]),
        Node::Text(_) | Node::Fact(_, Fact::State | Fact::CcState) | Node::Event(Event::Node) => Kind::Text,
        Node::Field(pick) if pick.is_text() => Kind::Text,
        Node::List(_) => Kind::List,
        _ => Kind::Number,
    }
}

impl<'a> Parser<'a> {
    fn rest(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let rest = rest.trim_start();
        self.at = self.text.len() - rest.len();
        rest
    }

    fn wrong(&self, at: usize, code: &str) -> ErrorView {
        let column = self.text[..at].chars().count() + 1;
        let rest = &self.text[at..];
        let len = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        let found = if len > 0 { &rest[..len] } else { rest };
        let found: String = found.chars().take(40).collect();
        let found = if found.is_empty() { "⏎".into() } else { found };
        error(code, [("column", num(column as f64)), ("found", word(found))])
    }

    /// Takes a sign if it is next.
    fn sign(&mut self, sign: &str) -> bool {
        let rest = self.rest();
        let named = sign.starts_with(|c: char| c.is_ascii_alphabetic());
        let found = rest.strip_prefix(sign).is_some_and(|behind| !named || !behind.starts_with(is_name));
        self.at += if found { sign.len() } else { 0 };
        found
    }

    fn close(&mut self) -> Result<()> {
        if self.sign(")") { Ok(()) } else { Err(self.wrong(self.at, "expr_bracket")) }
    }

    fn any(&mut self) -> Result<Node> {
        self.depth += 1;
        if self.depth > DEEP {
            return Err(self.wrong(self.at, "expr_deep"));
        }
        let mut left = self.all()?;
        while self.sign("||") || self.sign("or") {
            left = two(Op::Or, left, self.all()?);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn all(&mut self) -> Result<Node> {
        let mut left = self.not()?;
        while self.sign("&&") || self.sign("and") {
            left = two(Op::And, left, self.not()?);
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Node> {
        let rest = self.rest();
        if !rest.starts_with("!=") && self.sign("!") || self.sign("not") {
            self.depth += 1;
            if self.depth > DEEP {
                return Err(self.wrong(self.at, "expr_deep"));
            }
            let inner = self.not()?;
            self.depth -= 1;
            return Ok(Node::Not(Box::new(inner)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Node> {
        self.rest();
        let from = self.at;
        let left = self.sum()?;
        const OPS: [(&str, Op); 6] =
            [("==", Op::Eq), ("!=", Op::Ne), ("<=", Op::Le), (">=", Op::Ge), ("<", Op::Lt), (">", Op::Gt)];
        self.rest();
        let sign = self.at;
        let Some(&(_, op)) = OPS.iter().find(|(sign, _)| self.sign(sign)) else {
            let whole = self.depth == 1 && sign == self.text.len() && self.text[..from].trim().is_empty();
            if kind(&left, &self.expr.kept) == Kind::Text && (self.condition || !whole) {
                return Err(self.wrong(sign, "expr_equals"));
            }
            return Ok(left);
        };
        self.rest();
        let to = self.at;
        let right = self.sum()?;
        let (a, b) = (kind(&left, &self.expr.kept), kind(&right, &self.expr.kept));
        if (a != Kind::Number || b == Kind::List) && !matches!(op, Op::Eq | Op::Ne) {
            return Err(self.wrong(sign, "expr_equals"));
        }
        if b == Kind::List || a == Kind::Number && b == Kind::Text {
            return Err(self.wrong(if b == Kind::List { to } else { from }, "expr_kinds"));
        }
        if a != Kind::Number && b != Kind::Text {
            return Err(self.wrong(to, "expr_text"));
        }
        let right = match (&left, right) {
            (_, Node::Text(text)) => Node::Text(self.meant(&left, text, to)?),
            (_, right) => right,
        };
        Ok(two(op, left, right))
    }

    /// A text as it will be met, where there is a list of what can be met.
    fn meant(&self, left: &Node, text: String, at: usize) -> Result<String> {
        let left = if let Node::Was(kept) = left { &self.expr.kept[*kept] } else { left };
        let known = match left {
            Node::List(list) => names::known(*list, &text),
            Node::Fact(_, Fact::State) => names::state(&text).map(|(state, _)| state.to_string()),
            Node::Event(Event::Node) => {
                let host = self.hosts.iter().find(|h| names::same(h, &text));
                host.map(|h| (*h).to_string())
            }
            _ => return Ok(text),
        };
        let code = match left {
            Node::List(List::Rule) => "expr_rule",
            Node::List(List::Call) => "expr_call",
            Node::List(List::Timer) => "expr_timer",
            Node::Fact(..) => "expr_state",
            _ => "expr_host",
        };
        known.ok_or_else(|| {
            let mut e = self.wrong(at, code);
            if let Some(found) = e.operands.last_mut() {
                found.value = word(text);
            }
            error(code, [("column", e.operands[0].value.clone()), ("found", e.operands[1].value.clone())])
        })
    }

    fn sum(&mut self) -> Result<Node> {
        self.rest();
        let from = self.at;
        let mut left = self.product()?;
        loop {
            let op = if self.sign("+") {
                Op::Add
            } else if self.sign("-") {
                Op::Sub
            } else {
                return Ok(left);
            };
            left = self.arithmetic(op, left, from, Self::product)?;
        }
    }

    fn product(&mut self) -> Result<Node> {
        self.rest();
        let from = self.at;
        let mut left = self.value()?;
        loop {
            let op = match () {
                () if self.sign("*") => Op::Mul,
                () if self.sign("/") => Op::Div,
                () if self.sign("%") => Op::Rem,
                () => return Ok(left),
            };
            left = self.arithmetic(op, left, from, Self::value)?;
        }
    }

    fn arithmetic(
        &mut self,
        op: Op,
        left: Node,
        from: usize,
        next: fn(&mut Self) -> Result<Node>,
    ) -> Result<Node> {
        self.rest();
        let to = self.at;
        let right = next(self)?;
        for (node, at) in [(&left, from), (&right, to)] {
            if kind(node, &self.expr.kept) != Kind::Number {
                return Err(self.wrong(at, "expr_number"));
            }
        }
        Ok(two(op, left, right))
    }

    fn value(&mut self) -> Result<Node> {
        let rest = self.rest();
        let from = self.at;
        if self.sign("(") {
            let inner = self.any()?;
            return self.close().map(|()| inner);
        }
        if self.sign("-") {
            self.rest();
            return self.arithmetic(Op::Sub, Node::Number(0.0), from, |p| {
                p.depth += 1;
                if p.depth > DEEP {
                    return Err(p.wrong(p.at, "expr_deep"));
                }
                let value = p.value();
                p.depth -= 1;
                value
            });
        }
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').ok_or_else(|| self.wrong(self.text.len(), "expr_quote"))?;
            self.at += end + 2;
            return Ok(Node::Text(quoted[..end].to_string()));
        }
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return self.number(rest);
        }
        for (sign, changed) in [("changed", true), ("was", false)] {
            if self.sign(sign) {
                return self.remembered(changed);
            }
        }
        if let Some((state, len)) = names::state(rest)
            && !rest[len..].starts_with(is_name)
        {
            self.at += len;
            return Ok(Node::Text(state.into()));
        }
        let len = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        if len == 0 {
            return Err(self.wrong(from, "expr_value"));
        }
        self.at += len;
        self.name(&rest[..len], from)
    }

    fn remembered(&mut self, changed: bool) -> Result<Node> {
        if !self.sign("(") {
            return Err(self.wrong(self.at, "expr_open"));
        }
        self.rest();
        let from = self.at;
        let (packets, events, remembered) = (self.expr.packets, self.expr.events, self.expr.kept.len());
        (self.expr.packets, self.expr.events) = (false, false);
        let kept = self.sum()?;
        // What happens in a step is gone with it: only what stays can be compared with what it was.
        if self.expr.packets || self.expr.events || self.expr.kept.len() != remembered {
            return Err(self.wrong(from, "expr_stays"));
        }
        (self.expr.packets, self.expr.events) = (packets, events);
        self.close()?;
        self.expr.kept.push(kept);
        let at = self.expr.kept.len() - 1;
        Ok(if changed { Node::Changed(at) } else { Node::Was(at) })
    }

    fn number(&mut self, rest: &str) -> Result<Node> {
        let from = self.at;
        if let Some(hex) = rest.strip_prefix("0x") {
            let len = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
            let value = u64::from_str_radix(&hex[..len], 16).map_err(|_| self.wrong(from, "expr_value"))?;
            self.at += 2 + len;
            return Ok(Node::Number(value as f64));
        }
        let len = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let mut value = decimal(&rest[..len]).ok_or_else(|| self.wrong(from, "expr_value"))?;
        self.at += len;
        const UNITS: [(&str, f64); 5] = [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)];
        if let Some((_, factor)) = UNITS.iter().find(|(unit, _)| self.sign(unit)) {
            value *= factor;
        }
        if self.text[self.at..].starts_with(is_name) {
            return Err(self.wrong(self.at, "expr_operator"));
        }
        Ok(Node::Number(value))
    }

    /// A name: of a packet's field, of what happens in a step, or of a variable with whose it is before it.
    fn name(&mut self, name: &str, from: usize) -> Result<Node> {
        if let Some(pick) = Pick::named(name) {
            self.expr.packets = true;
            return Ok(Node::Field(pick));
        }
        if let Some(event) = names::event(name) {
            self.expr.packets |= matches!(event, Event::Sent | Event::Arrives);
            self.expr.events |= !matches!(event, Event::Step | Event::Time);
            return Ok(Node::Event(event));
        }
        if let Some(list) = names::list(name) {
            self.expr.events = true;
            self.expr.rules |= list == List::Rule;
            return Ok(Node::List(list));
        }
        let (mut scope, mut rest) = (Scope::default(), name);
        loop {
            if let Some(fact) = names::fact(rest) {
                let at = self.scoped(scope, from)?;
                self.expr.sockets[at] |= !matches!(fact, Fact::Counter(_));
                self.expr.listeners |= matches!(fact, Fact::SynQueue | Fact::AcceptQueue | Fact::Backlog);
                return Ok(Node::Fact(at, fact));
            }
            if let Some(variable) = rest.strip_prefix("var.") {
                if scope.flow.is_some() || !(self.declared)(scope.host, variable) {
                    return Err(self.wrong(from + name.len() - variable.len(), "expr_variable"));
                }
                return Ok(Node::Program(self.scoped(scope, from)?, variable.into()));
            }
            let Some((whose, behind)) = rest.split_once('.') else { break };
            match (self.hosts.iter().position(|h| names::same(h, whose)), names::flow(whose)) {
                (Some(host), _) if scope.host.is_none() => scope.host = Some(host as u16),
                (_, Some(flow)) if scope.flow.is_none() => scope.flow = Some(flow),
                _ => break,
            }
            rest = behind;
        }
        Err(self.wrong(from + name.len() - rest.len(), "expr_name"))
    }

    /// The place of a scope among those of the expression.
    fn scoped(&mut self, scope: Scope, from: usize) -> Result<usize> {
        let scopes = &mut self.expr.scopes;
        let at = scopes.iter().position(|s| *s == scope).unwrap_or(scopes.len());
        if at == scopes.len() {
            scopes.push(scope);
        }
        if at >= SCOPES {
            return Err(self.wrong(from, "expr_scopes"));
        }
        Ok(at)
    }
}

/// Digits with at most one point among them, fifteen at most: with so few, both steps of the reckoning are exact or
/// rounded once, and the tables of the general way need not be there.
fn decimal(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.bytes().chain(part.bytes());
    if whole.len() + part.len() > 15 || part.contains('.') || text.ends_with('.') {
        return None;
    }
    let (mut value, mut scale) = (0.0, 1.0);
    digits.for_each(|b| value = value * 10.0 + f64::from(b - b'0'));
    part.bytes().for_each(|_| scale *= 10.0);
    Some(value / scale)
}

fn two(op: Op, a: Node, b: Node) -> Node {
    Node::Two(op, Box::new(a), Box::new(b))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}
