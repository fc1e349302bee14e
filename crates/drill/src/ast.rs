//! A script as the parser understood it.

use crate::code::Program;
use crate::span::{Pos, Span};
use wire::tcp::Flags;

/// A whole script.
#[derive(Clone, PartialEq, Debug)]
pub struct Script {
    /// Its file, or whatever it was called.
    pub name: String,
    /// Its text, for showing lines.
    pub text: String,
    /// `--name=value` lines.
    pub options: Vec<OptionLine>,
    /// The untimed command before the first event.
    pub init: Option<Command>,
    /// What happens, in order.
    pub events: Vec<Event>,
    /// The untimed command after the last event.
    pub cleanup: Option<Command>,
}

impl Script {
    /// The text of a line, from 1.
    pub fn line(&self, number: u32) -> &str {
        self.text.lines().nth(number.saturating_sub(1) as usize).unwrap_or("").trim()
    }
}

/// `--name=value`.
#[derive(Clone, PartialEq, Debug)]
pub struct OptionLine {
    /// Without the dashes.
    pub name: String,
    /// What follows `=`.
    pub value: Option<String>,
    /// Where.
    pub at: Pos,
}

/// A back-quoted command.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    /// The shell text.
    pub text: String,
    /// Where.
    pub at: Pos,
}

/// A line of the script that happens at some time.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// When.
    pub when: When,
    /// What.
    pub what: What,
    /// Where it stands.
    pub span: Span,
}

/// A time prefix; all times in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// From the start of the script.
    Absolute(u64),
    /// From when the previous event was done.
    Relative(u64),
    /// `*`
    Any,
    /// `a~b`, from the start of the script.
    AbsoluteWindow(u64, u64),
    /// `+a~+b`
    RelativeWindow(u64, u64),
}

/// What happens.
#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// `<` or `>` with a packet.
    Packet(Packet),
    /// A system call; with `end` it may block until then (nanoseconds, counted like its start).
    Call {
        /// The call.
        call: Syscall,
        /// When it is expected to return.
        end: Option<u64>,
    },
    /// A back-quoted command.
    Command(Command),
    /// `%{ … }%`
    Code(Program),
    /// Something the language has and this interpreter does not.
    Unsupported(String),
}

/// Which way a packet goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// `<`: into the stack under test.
    Inbound,
    /// `>`: expected from it.
    Outbound,
}

/// A packet line.
#[derive(Clone, PartialEq, Debug)]
pub struct Packet {
    /// Which way.
    pub direction: Direction,
    /// IP fields in brackets.
    pub ip: IpInfo,
    /// The rest.
    pub body: Body,
}

/// TCP or ICMP.
#[derive(Clone, PartialEq, Debug)]
pub enum Body {
    /// A segment.
    Tcp(TcpLine),
    /// An ICMP message.
    Icmp(IcmpLine),
}

/// IP fields of a packet line; what is absent is not checked, and zero on the way in.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct IpInfo {
    /// The ECN bits or the whole type of service.
    pub tos: Option<Tos>,
    /// IPv6 flow label.
    pub flow_label: Option<u32>,
    /// TTL or hop limit.
    pub ttl: Option<u8>,
}

/// What of the type-of-service octet is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tos {
    /// The two ECN bits.
    Ecn(u8),
    /// ECT(0) or ECT(1).
    EctAny,
    /// All eight bits.
    Octet(u8),
}

/// A number of the sequence space as scripts write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeqNum {
    /// The number.
    pub value: u32,
    /// Followed by `!`: it is the number on the wire, not relative to the ISN.
    pub absolute: bool,
}

/// The TCP part of a line.
#[derive(Clone, PartialEq, Debug)]
pub struct TcpLine {
    /// Source and destination port, where given.
    pub ports: Option<(u16, u16)>,
    /// Control bits.
    pub flags: Flags,
    /// AccECN counter in place of E, W and A (RFC 9768).
    pub ace: Option<u8>,
    /// First octet; `None` for `...`.
    pub seq: Option<SeqNum>,
    /// Payload octets.
    pub len: u32,
    /// Acknowledgment.
    pub ack: Option<SeqNum>,
    /// Window field, unscaled.
    pub window: Option<u16>,
    /// Urgent pointer.
    pub urgent: Option<u16>,
    /// The options; `None` for `<...>`: not checked.
    pub options: Option<Vec<TcpOpt>>,
}

/// A TCP option of a line.
#[derive(Clone, PartialEq, Debug)]
pub enum TcpOpt {
    /// End of list.
    Eol,
    /// No operation.
    Nop,
    /// Maximum segment size.
    Mss(u16),
    /// Window scale.
    WindowScale(u8),
    /// SACK permitted.
    SackOk,
    /// SACK blocks.
    Sack(Vec<(SeqNum, SeqNum)>),
    /// Timestamps.
    Timestamps {
        /// TSval.
        val: u32,
        /// TSecr.
        ecr: u32,
        /// `ecr N!`: the number on the wire.
        ecr_absolute: bool,
    },
    /// MD5 signature (RFC 2385); `None` for `md5 valid`.
    Md5(Option<Vec<u8>>),
    /// Fast Open cookie (RFC 7413).
    FastOpen {
        /// Kind 254 with magic instead of kind 34.
        experimental: bool,
        /// Empty: a request.
        cookie: Vec<u8>,
    },
    /// AccECN counters (RFC 9768), kind 172 (order 0) or 174 (order 1).
    AccEcn {
        /// The kind.
        kind: u8,
        /// The counters, 24 bits each, as they stand.
        counters: Vec<u32>,
    },
}

/// An ICMP message.
#[derive(Clone, PartialEq, Debug)]
pub struct IcmpLine {
    /// Type, as a word (`unreachable`, `type_11`).
    pub kind: String,
    /// Code, as a word.
    pub code: Option<String>,
    /// MTU of the next hop.
    pub mtu: Option<u32>,
    /// Identifier of an echo.
    pub id: Option<u16>,
    /// The segment quoted: first octet, length.
    pub quoted: Option<(SeqNum, u32)>,
}

/// A system call.
#[derive(Clone, PartialEq, Debug)]
pub struct Syscall {
    /// `accept`
    pub name: String,
    /// Arguments.
    pub args: Vec<Expr>,
    /// The result expected.
    pub result: Expr,
    /// The errno expected.
    pub errno: Option<String>,
}

/// An expression in a call.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What.
    pub kind: ExprKind,
    /// Where.
    pub at: Pos,
}

/// Kinds of expressions.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// `...`
    Any,
    /// A number.
    Int(i64),
    /// A string.
    Str(String),
    /// A symbol.
    Word(String),
    /// `A | B`
    Or(Vec<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `htons(8080)`
    Apply(String, Vec<Expr>),
    /// `{name=value, …}`, `{value, …}`
    Struct(Vec<Field>),
}

/// A member of `{…}`.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Its name, where given.
    pub name: Option<String>,
    /// Its argument, `msg_iov(2)=…`.
    pub arg: Option<Expr>,
    /// Its value.
    pub value: Expr,
}
