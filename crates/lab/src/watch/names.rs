//! What expressions can speak of.

use crate::{rules, tcb};
use tcp::{State, TimerKind};

/// Something that stays from step to step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Fact {
    /// A variable of the TCB, as [`tcb::NAMES`] has it.
    Variable(usize),
    /// Octets received out of order.
    OutOfOrder,
    State,
    /// Phase of congestion control: `Open`, `Recovery`, `Loss`.
    CcState,
    /// Recv-Q and Send-Q of ss(8).
    RecvQ,
    SendQ,
    SynQueue,
    AcceptQueue,
    Backlog,
    /// A counter of nstat(8).
    Counter(&'static str),
}

/// What a step was, or brought.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Event {
    /// A packet was sent.
    Sent,
    /// A packet reached a host.
    Arrives,
    /// A packet was lost, refused, or taken away.
    Drop,
    /// A packet was sent again.
    Retransmission,
    /// The host that the step was at, by name.
    Node,
    /// Steps done, and the clock, ns: these stay, and are no event.
    Step,
    Time,
}

/// What there can be several of in a step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum List {
    Rule,
    Call,
    Timer,
    Errno,
}

const FACTS: [(&str, Fact); 8] = [
    ("state", Fact::State),
    ("cc_state", Fact::CcState),
    ("out_of_order", Fact::OutOfOrder),
    ("recv_q", Fact::RecvQ),
    ("send_q", Fact::SendQ),
    ("syn_queue", Fact::SynQueue),
    ("accept_queue", Fact::AcceptQueue),
    ("backlog", Fact::Backlog),
];
const EVENTS: [(&str, Event); 7] = [
    ("sent", Event::Sent),
    ("arrives", Event::Arrives),
    ("drop", Event::Drop),
    ("retransmission", Event::Retransmission),
    ("node", Event::Node),
    ("step", Event::Step),
    ("time", Event::Time),
];
const LISTS: [(&str, List); 4] =
    [("rule", List::Rule), ("call", List::Call), ("timer", List::Timer), ("errno", List::Errno)];

/// `SND.UNA`, `snd_una` and `in flight` as names of expressions: `snd_una`, `in_flight`.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|c| if c == '.' || c == ' ' { '_' } else { c.to_ascii_lowercase() }).collect()
}

pub(super) fn fact(name: &str) -> Option<Fact> {
    let wanted = plain(name);
    let variable = tcb::NAMES.iter().position(|(known, _)| plain(known) == wanted).map(Fact::Variable);
    let other = || FACTS.iter().find(|(known, _)| *known == wanted).map(|(_, fact)| *fact);
    let counter = || host::COUNTERS.iter().find(|known| **known == name).map(|known| Fact::Counter(known));
    variable.or_else(other).or_else(counter)
}

pub(super) fn event(name: &str) -> Option<Event> {
    EVENTS.iter().find(|(known, _)| *known == name).map(|(_, event)| *event)
}

pub(super) fn list(name: &str) -> Option<List> {
    LISTS.iter().find(|(known, _)| *known == name).map(|(_, list)| *list)
}

/// The state that a text begins with, written with `-` or with `_`, and its length.
pub(super) fn state(text: &str) -> Option<(&'static str, usize)> {
    State::ALL.iter().map(|s| s.name()).find_map(|name| {
        let begins = text.get(..name.len())?;
        begins
            .bytes()
            .zip(name.bytes())
            .all(|(a, b)| a == b || a == b'_' && b == b'-')
            .then_some((name, name.len()))
    })
}

/// Whether a name written without its spaces, in any case, is a host's: `client2` is `Client 2`.
pub(super) fn same(host: &str, written: &str) -> bool {
    let bare = |name: &str| -> Vec<u8> {
        name.bytes().filter(|b| *b != b' ').map(|b| b.to_ascii_lowercase()).collect()
    };
    bare(host) == bare(written)
}

/// The flow of a letter of the diagram: A is 0, AA is 26.
pub(super) fn flow(letters: &str) -> Option<u16> {
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let id = letters.bytes().fold(0u32, |n, b| n * 26 + u32::from(b - b'A') + 1) - 1;
    u16::try_from(id).ok()
}

/// What a text means in a list, where all that can be in it is known: a rule by its id (`tcp.rto.fired`) or its last
/// words (`RTO fired`), a call, a timer.
pub(super) fn known(list: List, text: &str) -> Option<String> {
    let found = match list {
        List::Rule => {
            let wanted: String = plain(text);
            let ends = |id: &str| {
                let id = plain(id);
                id.strip_suffix(wanted.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with('_'))
            };
            let exact = rules::all().iter().find(|r| r.id == text);
            exact.or_else(|| rules::all().iter().find(|r| !text.is_empty() && ends(r.id))).map(|r| r.id)
        }
        List::Call => host::CALLS.iter().copied().find(|name| *name == text),
        List::Timer => {
            TimerKind::ALL.into_iter().map(tcb::timer_name).find(|name| plain(name) == plain(text))
        }
        List::Errno => return Some(text.into()),
    };
    found.map(str::to_string)
}

/// All names, for a face that offers them.
pub(super) fn all() -> Vec<String> {
    let mut all: Vec<String> = tcb::NAMES.iter().map(|(name, _)| plain(name)).collect();
    all.extend(FACTS.iter().map(|(name, _)| (*name).to_string()));
    all.extend(EVENTS.iter().map(|(name, _)| (*name).to_string()));
    all.extend(LISTS.iter().map(|(name, _)| (*name).to_string()));
    all.extend(wire::pick::Pick::names().map(str::to_string));
    all.extend(host::COUNTERS.iter().map(|name| (*name).to_string()));
    all
}
