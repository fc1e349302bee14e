//! The long lists, packed: one 64-byte record a frame, one 32-byte mark an occurrence. JavaScript reads them
//! where they lie in wasm memory, by the layout that [`layout`] publishes, and only those in view.

use crate::view::{Layout, LayoutField};

/// A frame's fate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Fate {
    Flying = 0,
    Held = 1,
    Delivered = 2,
    Lost = 3,
    DroppedByPerson = 4,
    DroppedByHost = 5,
}

/// Bits of [`FrameRecord::bits`].
#[allow(missing_docs)]
pub mod bits {
    pub const EDITED: u8 = 1;
    pub const COPY: u8 = 2;
    pub const INJECTED: u8 = 4;
    pub const DELAYED: u8 = 8;
    /// It reached the receiver with a gap before it.
    pub const OUT_OF_ORDER: u8 = 16;
    /// A standing rule acted on it.
    pub const RULED: u8 = 32;
    /// The server of its flow sent it.
    pub const BACK: u8 = 64;
    /// Its link did more to it than to carry it: turned a bit, marked it, let it overtake, doubled it.
    pub const IMPAIRED: u8 = 128;
}

/// No flow, no rule, no node.
pub const NONE: u16 = u16::MAX;

/// One frame that was put on a link.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(C)]
pub struct FrameRecord {
    /// When its first bit left, ns.
    pub sent: f64,
    /// When its last bit arrived or it was lost, or when it will arrive if nothing comes between, ns.
    pub ends: f64,
    /// Serialization time on the link, ns (ribbon thickness).
    pub duration: f64,
    /// Step in which it was sent.
    pub step_sent: u32,
    /// Step in which its fate was decided; `u32::MAX` until then.
    pub step_ended: u32,
    /// TCP sequence number, as sent.
    pub seq: u32,
    /// TCP acknowledgment number, as sent.
    pub ack: u32,
    /// TCP payload, octets.
    pub payload: u32,
    /// Frame of which it is a copy; `u32::MAX`: none.
    pub copy_of: u32,
    /// Node that sent it.
    pub from: u16,
    /// Node it is addressed to.
    pub to: u16,
    /// Flow (index), [`NONE`] for what is not TCP.
    pub flow: u16,
    /// TCP flags.
    pub flags: u16,
    /// Rule (index) that dropped it, [`NONE`].
    pub reason: u16,
    /// Link (index) that it was put on.
    pub link: u16,
    /// [`Fate`].
    pub fate: u8,
    /// [`bits`].
    pub bits: u8,
    /// How often its octets had been sent before.
    pub resent: u8,
    /// Keeps the size at 64.
    pub pad: u8,
}

/// What a mark tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum MarkKind {
    /// `node`'s end of `flow` went from state `a` to state `b` ([`tcp::State`] as u8).
    State = 0,
    /// Frame `frame` was refused at `node` by rule `b`, with the numbers `x`, `y`.
    Refused = 1,
    /// A timer of `node`'s end of `flow` fired; `a` is [`tcp::TimerKind`] as index, `since` when it was set.
    Timer = 2,
    /// Queue lengths of a listener of `node`: SYN queue `x`, accept queue `y`.
    Queues = 3,
    /// Frame `frame` was held from `since` to `time`.
    Held = 4,
    /// Frame `frame` was edited.
    Edited = 5,
    /// A process of `node` entered (`a` = 0) or returned from (`a` = 1) a call, while no frame was under way.
    Call = 6,
    /// A person's command.
    Command = 7,
    /// Standing rule `x` acted on frame `frame`; `a` is [`net::standing::Act`].
    Ruled = 8,
    /// The link did what rule `b` says to frame `frame`, with the numbers `x`, `y`.
    Impaired = 9,
    /// Frame `frame`, sent by `node`, was lost on its link by rule `b`.
    Lost = 10,
    /// Frame `frame`, sent by `node`, was taken off its link by a person.
    Dropped = 11,
}

/// One occurrence.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(C)]
pub struct MarkRecord {
    /// When, ns.
    pub time: f64,
    /// Since when, ns.
    pub since: f64,
    /// In which step.
    pub step: u32,
    /// Frame, `u32::MAX`: none.
    pub frame: u32,
    /// First number.
    pub x: u32,
    /// Second number.
    pub y: u32,
    /// Node, [`NONE`].
    pub node: u16,
    /// Flow, [`NONE`].
    pub flow: u16,
    /// See [`MarkKind`].
    pub b: u16,
    /// See [`MarkKind`].
    pub a: u8,
    /// [`MarkKind`].
    pub kind: u8,
}

/// What a sample is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum SampleKind {
    /// `node`'s end of flow `of`: SND.UNA, SND.NXT, SND.WND, cwnd, ssthresh (octets; `u32::MAX`: none yet), SRTT (µs;
    /// `u32::MAX`: none yet), RTO (µs).
    Connection = 0,
    /// What `node` selectively acknowledged of flow `of`: from sequence number `a` to before `b` (RFC 2018).
    Sack = 1,
    /// What waits at `node` for link `of`: octets before (`a`) and with (`b`) the frame just put there, and in how many
    /// microseconds (`c`) all of it will have left.
    Link = 2,
    /// A listener of `node` on port `of`: entries of its SYN queue (`a`) and of its accept queue (`b`).
    Queues = 3,
}

/// Values along time, for a graph.
#[derive(Clone, Copy, PartialEq, Debug)]
#[repr(C)]
#[allow(missing_docs)]
pub struct SampleRecord {
    /// When, ns.
    pub time: f64,
    /// In which step.
    pub step: u32,
    /// Whose.
    pub node: u16,
    /// Flow or link.
    pub of: u16,
    /// See [`SampleKind`].
    pub a: u32,
    pub b: u32,
    pub c: u32,
    pub d: u32,
    pub e: u32,
    pub f: u32,
    pub g: u32,
    /// [`SampleKind`].
    pub kind: u32,
}

impl SampleRecord {
    /// Stands for the next of its series too, which goes: of queues the peak stays, and that is what they are drawn for.
    pub(crate) fn take_in(&mut self, next: &SampleRecord) {
        if self.kind == SampleKind::Queues as u32 {
            (self.a, self.b) = (self.a.max(next.a), self.b.max(next.b));
        }
    }
}

const _: () = assert!(
    size_of::<FrameRecord>() == 64 && size_of::<MarkRecord>() == 40 && size_of::<SampleRecord>() == 48
);

macro_rules! layout {
    ($t:ty: $($f:ident $s:literal),*) => {
        Layout { size: size_of::<$t>() as u32, fields: vec![
            $(LayoutField { name: stringify!($f).into(), offset: std::mem::offset_of!($t, $f) as u32, scalar: $s.into() }),*
        ] }
    };
}

/// Layouts of [`FrameRecord`], [`MarkRecord`] and [`SampleRecord`].
pub fn layout() -> [Layout; 3] {
    [
        layout!(FrameRecord: sent "f64", ends "f64", duration "f64", step_sent "u32", step_ended "u32", seq "u32",
            ack "u32", payload "u32", copy_of "u32", from "u16", to "u16", flow "u16", flags "u16", reason "u16",
            link "u16", fate "u8", bits "u8", resent "u8"),
        layout!(MarkRecord: time "f64", since "f64", step "u32", frame "u32", x "u32", y "u32", node "u16",
            flow "u16", b "u16", a "u8", kind "u8"),
        layout!(SampleRecord: time "f64", step "u32", node "u16", of "u16", a "u32", b "u32", c "u32", d "u32", e "u32",
            f "u32", g "u32", kind "u32"),
    ]
}
