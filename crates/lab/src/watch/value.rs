//! What an expression comes to at one step, for one packet and one connection.

use super::names::{Event, Fact, List};
use super::parse::{Node, Op, SCOPES};
use crate::tcb;
use crate::view::Unit;
use bytes::Bytes;
use host::{CallResult, HostEvent, SockId};
use net::{NodeId, StepLog, World};
use std::borrow::Cow;
use std::cmp::Ordering;
use tcp::Tcb;
use tcp::rule::Decision;
use wire::pick::Picked;

/// A value; `Nothing` where there is no such connection, packet or number: it is equal to nothing and no condition.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Nothing,
    Number(f64),
    /// Counts modulo 2^32.
    Seq(u32),
    Text(Cow<'static, str>),
}

impl Value {
    pub(super) fn holds(&self) -> bool {
        match self {
            Value::Nothing => false,
            Value::Number(n) => *n != 0.0,
            Value::Seq(n) => *n != 0,
            Value::Text(text) => !text.is_empty(),
        }
    }
}

/// A packet of a step.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub(super) bytes: Bytes,
    /// It reached this step's host; else it was sent.
    pub(super) arrives: bool,
    pub(super) node: NodeId,
    pub(super) dropped: bool,
    pub(super) resent: bool,
}

/// A socket of a host, or the host where there is none.
pub(super) type Subject = (NodeId, Option<SockId>);

/// Where an expression is asked.
pub(super) struct At<'a> {
    pub(super) world: &'a World,
    /// None: at rest; nothing happens.
    pub(super) log: Option<&'a StepLog>,
    pub(super) decisions: &'a [Decision],
    pub(super) step: u32,
    /// Where the step was.
    pub(super) node: Option<NodeId>,
    pub(super) packet: Option<&'a Packet>,
    pub(super) subjects: [Option<Subject>; SCOPES],
    /// Asked for once.
    pub(super) tcbs: [Option<Option<Tcb>>; SCOPES],
    /// What [`super::parse::Expr::kept`] came to one step before.
    pub(super) was: &'a [Value],
}

impl At<'_> {
    /// What a tree comes to. `kept` are the trees that [`At::was`] has values of.
    pub(super) fn value(&mut self, node: &Node, kept: &[Node]) -> Value {
        let truth = |b: bool| Value::Number(f64::from(u8::from(b)));
        match node {
            Node::Number(n) => Value::Number(*n),
            Node::Text(text) => Value::Text(Cow::Owned(text.clone())),
            Node::Fact(scope, fact) => self.fact(*scope, *fact),
            Node::Program(scope, name) => {
                let host = self.subjects[*scope].and_then(|(node, _)| self.world.host(node));
                host.and_then(|h| h.program_variable(name)).map_or(Value::Nothing, Value::Number)
            }
            Node::Field(pick) => match self.packet.and_then(|p| pick.of(&p.bytes)) {
                Some(Picked::Number(n)) => Value::Number(n as f64),
                Some(Picked::Seq(n)) => Value::Seq(n),
                Some(Picked::Text(text)) => Value::Text(Cow::Owned(text)),
                None => Value::Nothing,
            },
            Node::Event(Event::Node) => match self.node.and_then(|n| self.world.host(n)) {
                Some(host) => Value::Text(Cow::Owned(host.config().name.clone())),
                None => Value::Nothing,
            },
            Node::Event(Event::Step) => Value::Number(self.step.into()),
            Node::Event(Event::Time) => Value::Number(self.world.now().0 as f64),
            Node::Event(event) => truth(self.happens(*event)),
            Node::List(list) => truth(self.any(*list, None)),
            Node::Not(inner) => truth(!self.value(inner, kept).holds()),
            Node::Was(at) => self.was.get(*at).cloned().unwrap_or(Value::Nothing),
            Node::Changed(at) => {
                let now = self.value(&kept[*at], kept);
                truth(self.was.get(*at).unwrap_or(&Value::Nothing) != &now)
            }
            Node::Two(op, a, b) => self.two(*op, a, b, kept),
        }
    }

    fn two(&mut self, op: Op, a: &Node, b: &Node, kept: &[Node]) -> Value {
        let truth = |b: bool| Value::Number(f64::from(u8::from(b)));
        if let (Node::List(list), Node::Text(text)) = (a, b) {
            return truth(self.any(*list, Some(text)) == (op == Op::Eq));
        }
        let left = self.value(a, kept);
        match op {
            Op::And if !left.holds() => return truth(false),
            Op::Or if left.holds() => return truth(true),
            Op::And | Op::Or => return truth(self.value(b, kept).holds()),
            _ => {}
        }
        let right = self.value(b, kept);
        if !matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge) {
            return reckon(op, &left, &right);
        }
        let Some(order) = compare(&left, &right) else { return truth(false) };
        truth(match op {
            Op::Eq => order == Ordering::Equal,
            Op::Ne => order != Ordering::Equal,
            Op::Lt => order == Ordering::Less,
            Op::Le => order != Ordering::Greater,
            Op::Gt => order == Ordering::Greater,
            _ => order != Ordering::Less,
        })
    }

    fn fact(&mut self, scope: usize, fact: Fact) -> Value {
        let Some((node, sock)) = self.subjects[scope] else { return Value::Nothing };
        let Some(host) = self.world.host(node) else { return Value::Nothing };
        if let Fact::Counter(name) = fact {
            return Value::Number(host.counter(name) as f64);
        }
        let Some(sock) = sock else { return Value::Nothing };
        let count = |n: u32| Value::Number(n.into());
        match fact {
            Fact::RecvQ | Fact::SendQ | Fact::SynQueue | Fact::AcceptQueue | Fact::Backlog => {
                let Some(row) = host.socket(sock) else { return Value::Nothing };
                match (fact, &row.listener) {
                    (Fact::RecvQ, _) => count(row.recv_q),
                    (Fact::SendQ, _) => count(row.send_q),
                    (Fact::SynQueue, Some(l)) => count(l.syn_queue.len() as u32),
                    (Fact::AcceptQueue, Some(l)) => count(l.accept_queue.len() as u32),
                    (Fact::Backlog, Some(l)) => count(l.backlog),
                    _ => Value::Nothing,
                }
            }
            _ => {
                let Some(tcb) = self.tcbs[scope].get_or_insert_with(|| host.tcb(sock)) else {
                    return Value::Nothing;
                };
                match fact {
                    Fact::State => Value::Text(Cow::Borrowed(tcb.state.name())),
                    Fact::CcState => Value::Text(Cow::Borrowed(tcb.cc_state)),
                    Fact::OutOfOrder => count(tcb.ooo),
                    Fact::Variable(at) => match (tcb::NAMES[at].1, tcb::values(tcb)[at]) {
                        (Unit::Seq, n) => Value::Seq(n as u32),
                        (_, n) if n.is_nan() => Value::Nothing,
                        (_, n) => Value::Number(n),
                    },
                    _ => Value::Nothing,
                }
            }
        }
    }

    fn happens(&self, event: Event) -> bool {
        let Some(log) = self.log else { return false };
        match (event, self.packet) {
            (Event::Sent, packet) => packet.is_some_and(|p| !p.arrives),
            (Event::Arrives, packet) => packet.is_some_and(|p| p.arrives),
            (Event::Drop, Some(packet)) => packet.dropped,
            (Event::Retransmission, Some(packet)) => packet.resent,
            (Event::Drop, None) => {
                use net::Fate::{Dropped, Refused};
                log.launched.iter().any(|l| l.lost.is_some())
                    || log.fates.iter().any(|(_, fate)| matches!(fate, Refused { .. } | Dropped))
            }
            (Event::Retransmission, None) => log.launched.iter().any(|l| l.resent > 0),
            _ => false,
        }
    }

    /// Whether a list has something in it: this, or anything.
    fn any(&self, list: List, wanted: Option<&str>) -> bool {
        let is = |name: &str| wanted.is_none_or(|w| w == name);
        if list == List::Rule {
            return self.decisions.iter().any(|d| is(d.rule.id));
        }
        let of = |event: &HostEvent| match (list, event) {
            (List::Call, HostEvent::CallEntered { text, .. } | HostEvent::CallReturned { text, .. }) => {
                text.name().is_some_and(is)
            }
            (List::Errno, HostEvent::CallReturned { result: CallResult::Errno(errno), .. }) => is(errno.0),
            (List::Timer, HostEvent::TimerFired { kind, .. }) => is(tcb::timer_name(*kind)),
            _ => false,
        };
        self.log.is_some_and(|log| log.events.iter().any(|(_, event)| of(event)))
    }
}

/// A number as a sequence number, where it can be one.
fn seq(n: f64) -> Option<u32> {
    (n.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&n)).then_some(n as u32)
}

/// Sequence numbers are compared modulo 2^32 (RFC 9293 §3.4).
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Seq(a), Value::Seq(b)) => Some((a.wrapping_sub(*b) as i32).cmp(&0)),
        (Value::Seq(a), Value::Number(b)) => Some((a.wrapping_sub(seq(*b)?) as i32).cmp(&0)),
        (Value::Number(a), Value::Seq(b)) => Some((seq(*a)?.wrapping_sub(*b) as i32).cmp(&0)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// The difference of two sequence numbers is a number with a sign; a sequence number and a number make another.
fn reckon(op: Op, a: &Value, b: &Value) -> Value {
    let moved = |a: u32, by: f64| Value::Seq(a.wrapping_add(by as i64 as u32));
    match (op, a, b) {
        (Op::Sub, Value::Seq(a), Value::Seq(b)) => Value::Number((a.wrapping_sub(*b) as i32).into()),
        (Op::Sub, Value::Seq(a), Value::Number(b)) => moved(*a, -b),
        (Op::Add, Value::Seq(a), Value::Number(b)) | (Op::Add, Value::Number(b), Value::Seq(a)) => {
            moved(*a, *b)
        }
        _ => {
            let plain = |v: &Value| match v {
                Value::Number(n) => Some(*n),
                Value::Seq(n) => Some(f64::from(*n)),
                _ => None,
            };
            let (Some(a), Some(b)) = (plain(a), plain(b)) else { return Value::Nothing };
            let n = match op {
                Op::Add => a + b,
                Op::Sub => a - b,
                Op::Mul => a * b,
                Op::Div => a / b,
                _ => a - b * (a / b).trunc(),
            };
            if n.is_nan() || n.is_infinite() && a.is_finite() { Value::Nothing } else { Value::Number(n) }
        }
    }
}
