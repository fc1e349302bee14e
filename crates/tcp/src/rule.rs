//! Rules: every decision of the stack, with an id, its source and the numbers it compared.
//!
//! A crate declares its rules with [`rules!`](crate::rules) and reports them with
//! [`rule!`](crate::rule!) at the branch that decides. The sentences live in the catalogues of `lab`.

use crate::State;
use crate::time::{Duration, Instant};
use std::net::{IpAddr, SocketAddr};
use wire::tcp::Flags;
use wire::{Mac, Seq};

/// One decision that the stack knows how to make.
#[derive(PartialEq, Eq, Debug)]
pub struct RuleDef {
    /// Stable id, dotted, lower case: `tcp.seq.acceptable`.
    pub id: &'static str,
    /// Where it comes from: `RFC 9293 §3.10.7.4`, `linux tcp_conn_request`, `tcp(7)`.
    pub source: &'static str,
    /// Names of the operands, in the order in which they are reported.
    pub operands: &'static [&'static str],
}

/// What a rule led to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Outcome {
    /// The check was passed; processing goes on.
    Pass,
    /// Something was done: a variable changed, an event was raised, a segment queued to go.
    Act,
    /// The segment, call or frame was refused silently.
    Drop,
    /// The segment was refused and answered (ACK, challenge ACK, SYN-ACK again).
    Answer,
    /// A RST went out or the connection died of one.
    Reset,
}

/// A number (or name) that a rule compared or set.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Operand {
    /// A count, a length, a window, a port.
    Num(u64),
    /// A sequence number.
    Seq(Seq),
    /// A length of time.
    Duration(Duration),
    /// A moment.
    Instant(Instant),
    /// A connection state.
    State(State),
    /// Control bits.
    Flags(Flags),
    /// A word of the code's own, such as a timer's or an errno's name; never translated.
    Word(&'static str),
    /// An address with a port.
    Endpoint(SocketAddr),
    /// An address.
    Addr(IpAddr),
    /// An Ethernet address.
    Mac(Mac),
}

macro_rules! operand_from {
    ($($t:ty => $v:ident),*) => {$(
        impl From<$t> for Operand {
            fn from(x: $t) -> Operand { Operand::$v(x.into()) }
        }
    )*};
}
operand_from!(u8 => Num, u16 => Num, u32 => Num, u64 => Num, Seq => Seq, Duration => Duration,
    Instant => Instant, State => State, Flags => Flags, &'static str => Word, SocketAddr => Endpoint,
    IpAddr => Addr, Mac => Mac);
impl From<usize> for Operand {
    fn from(x: usize) -> Operand {
        Operand::Num(x as u64)
    }
}

/// One reported rule, kept.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// Which rule.
    pub rule: &'static RuleDef,
    /// What it led to.
    pub outcome: Outcome,
    /// Values of `rule.operands`.
    pub operands: Vec<Operand>,
}

/// Takes the rules of one step as they are decided: keeps everything, or (`None`) nobody listens, and operands are not
/// even computed. A value and no type parameter, so that code is made once, in the crate that it belongs to.
pub type Tape = Option<Vec<Decision>>;

/// Keeps a decision where somebody listens.
#[cold]
#[inline(never)]
pub fn keep(tape: &mut Tape, rule: &'static RuleDef, outcome: Outcome, operands: &[Operand]) {
    debug_assert_eq!(rule.operands.len(), operands.len(), "operands of {}", rule.id);
    if let Some(kept) = tape {
        kept.push(Decision { rule, outcome, operands: operands.to_vec() });
    }
}

/// Declares a crate's rules as statics, and `ALL`, the table of them.
#[macro_export]
macro_rules! rules {
    ($($name:ident = $id:literal, $source:literal, [$($op:ident),*];)*) => {
        $(
            #[doc = concat!("`", $id, "` (", $source, ")")]
            pub static $name: $crate::rule::RuleDef =
                $crate::rule::RuleDef { id: $id, source: $source, operands: &[$(stringify!($op)),*] };
        )*
        /// Every rule of this table.
        pub static ALL: &[&$crate::rule::RuleDef] = &[$(&$name),*];
    };
}

/// Reports a decision: `rule!(recorder, rules::SEQ_ACCEPTABLE, Pass, seg_seq, rcv_nxt)`.
#[macro_export]
macro_rules! rule {
    ($r:expr, $rule:expr, $outcome:ident $(, $op:expr)* $(,)?) => {
        $crate::rule::report($r, &$rule, $crate::rule::Outcome::$outcome, || [$($crate::rule::Operand::from($op)),*])
    };
}

/// What [`rule!`](crate::rule!) expands to: computes the operands only when somebody listens.
#[inline(always)]
pub fn report<const N: usize>(
    r: &mut Tape,
    rule: &'static RuleDef,
    outcome: Outcome,
    operands: impl FnOnce() -> [Operand; N],
) {
    if r.is_some() {
        keep(r, rule, outcome, &operands());
    }
}
