//! Standing rules: what a person has done to every frame of a kind as it is put on a link. They are part of the world,
//! so that they go back and fork with it. Rules are asked in their order; each sees the frame as those before left it.

use crate::config::NodeId;
use crate::glance::Glance;
use crate::rules;
use bytes::Bytes;
use std::rc::Rc;
use tcp::rule;
use tcp::rule::Tape;
use tcp::time::Duration;
use wire::edit::{self, Change, EditError, Mends, OptionEdit};
use wire::layout::{self, Field, Form};
use wire::tcp::Flags;

/// Rules that a world can have: each frame is asked by all.
pub const MAX_RULES: usize = 100;

/// What frames it is about, and what is done to them.
#[derive(Clone, PartialEq, Debug)]
pub struct StandingRule {
    /// All of it must hold.
    pub when: When,
    /// What is done.
    pub then: Then,
}

/// What a frame must be.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct When {
    /// Who sends it.
    pub from: Option<NodeId>,
    /// Who would get it.
    pub to: Option<NodeId>,
    /// TCP flags that are set.
    pub set: u16,
    /// TCP flags that are not.
    pub clear: u16,
    /// Whether it carries TCP data.
    pub data: Option<bool>,
    /// A kind of TCP option that it has.
    pub option: Option<u8>,
    /// Whether its octets had been sent before.
    pub again: Option<bool>,
    /// What a field of it holds.
    pub field: Option<Compare>,
    /// Of the frames that are all that: only this one, from 1.
    pub nth: Option<u32>,
    /// Of the frames that are all that: every so many.
    pub every: Option<u32>,
}

/// A field and what it is held against.
#[derive(Clone, PartialEq, Debug)]
pub struct Compare {
    /// Wireshark's name of the field: the first such in the frame.
    pub field: String,
    /// How.
    pub is: Relation,
    /// Against what.
    pub value: u64,
}

/// How two numbers can stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Relation {
    Equal,
    Unequal,
    Less,
    Greater,
}

/// What a rule does to a frame.
#[derive(Clone, PartialEq, Debug)]
pub enum Then {
    /// The link loses it.
    Drop,
    /// A copy goes right behind it.
    Duplicate,
    /// It flies that much longer.
    Delay(Duration),
    /// It is held where it begins.
    Hold,
    /// A field gets another value; a flag too, by its name.
    Set {
        /// Wireshark's name.
        field: String,
        /// As an edit takes it.
        value: String,
        /// What follows.
        mends: Mends,
    },
    /// Options of a kind are taken out.
    RemoveOption {
        /// The kind.
        kind: u8,
        /// What follows.
        mends: Mends,
    },
    /// The last bit of the datagram is turned; nothing is mended.
    Corrupt,
}

/// Why a rule can never act, as far as the rule alone tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Never {
    /// Frames are counted from 1.
    CountFromOne,
    /// The frame to act on is not among those of every so many.
    NthNotEvery {
        /// The frame to act on.
        nth: u32,
        /// Every so many.
        every: u32,
    },
    /// A flag would have to be set and not set.
    FlagBothWays(Flags),
    /// Nobody sends frames to himself over a link.
    ToItself,
    /// A field that cannot hold what it would have to.
    Beyond {
        /// The field.
        field: String,
        /// The most that it holds.
        max: u64,
    },
    /// No header has a number of this name.
    NoSuchField(String),
    /// Without data, SYN and FIN there is nothing that could be sent again.
    NothingAgain,
    /// The two machines share no link.
    NoLink,
    /// An earlier rule loses all such frames.
    Eaten(u32),
}

impl StandingRule {
    /// Why it can never act, whatever is sent; none where it might.
    pub fn never(&self) -> Option<Never> {
        let w = &self.when;
        let both = Flags(w.set & w.clear);
        if both.0 != 0 {
            return Some(Never::FlagBothWays(both));
        }
        if w.nth == Some(0) || w.every == Some(0) {
            return Some(Never::CountFromOne);
        }
        if let (Some(nth), Some(every)) = (w.nth, w.every)
            && nth % every != 0
        {
            return Some(Never::NthNotEvery { nth, every });
        }
        if w.from.is_some() && w.from == w.to {
            return Some(Never::ToItself);
        }
        if let Some(Compare { field, is, value }) = &w.field {
            let Some(max) = largest(field) else { return Some(Never::NoSuchField(field.clone())) };
            let never = match is {
                Relation::Equal => *value > max,
                Relation::Less => *value == 0,
                Relation::Greater => *value >= max,
                Relation::Unequal => false,
            };
            if never {
                return Some(Never::Beyond { field: field.clone(), max });
            }
            // A flag as a field, and as a flag.
            let set =
                |flags: u16| (0..9).map(|b| Flags(1 << b)).any(|f| flags & f.0 != 0 && is_flag(field, f));
            let holds =
                matches!((is, value), (Relation::Equal, 1) | (Relation::Greater, 0) | (Relation::Unequal, 0));
            if max == 1 && (holds && set(w.clear) || !holds && set(w.set)) {
                let flag = (0..9).map(|b| Flags(1 << b)).find(|f| is_flag(field, *f));
                return flag.map(Never::FlagBothWays);
            }
        }
        let counted = Flags::SYN.0 | Flags::FIN.0;
        if w.again == Some(true) && w.data == Some(false) && w.clear & counted == counted {
            return Some(Never::NothingAgain);
        }
        match &self.then {
            Then::Set { field, .. } if known(field).is_none() => Some(Never::NoSuchField(field.clone())),
            _ => None,
        }
    }

    /// Whether it changes frames.
    fn edits(&self) -> bool {
        matches!(self.then, Then::Set { .. } | Then::RemoveOption { .. } | Then::Corrupt)
    }

    /// Whether it loses every frame that `other` could be about.
    fn eats(&self, other: &StandingRule) -> bool {
        let (w, o) = (&self.when, &other.when);
        let all = w.nth.is_none() && w.every.is_none_or(|every| every == 1);
        let flags = w.set & !o.set == 0 && w.clear & !o.clear == 0;
        fn asks_no_more<T: PartialEq>(w: &Option<T>, o: &Option<T>) -> bool {
            w.is_none() || w == o
        }
        self.then == Then::Drop
            && all
            && flags
            && asks_no_more(&w.from, &o.from)
            && asks_no_more(&w.to, &o.to)
            && asks_no_more(&w.data, &o.data)
            && asks_no_more(&w.option, &o.option)
            && asks_no_more(&w.again, &o.again)
            && asks_no_more(&w.field, &o.field)
    }

    /// The rule among those before it that leaves it nothing to act on. A rule between the two that changes frames may.
    pub fn eaten_by(&self, before: &[Standing]) -> Option<u32> {
        let near = before.iter().rev().filter(|s| s.on).take_while(|s| !s.rule.edits());
        near.filter(|s| s.rule.eats(self)).map(|s| s.id).last()
    }

    /// Whether what it sets can be set.
    ///
    /// # Errors
    /// What an edit of the field would say.
    pub fn check(&self) -> Result<(), EditError> {
        match &self.then {
            Then::Set { field, value, .. } => known(field).map_or(Ok(()), |f| edit::check_value(&f, value)),
            _ => Ok(()),
        }
    }

    fn is_about(&self, bytes: &[u8], from: NodeId, to: &[(NodeId, usize)], resent: u8) -> bool {
        let w = &self.when;
        let wants_tcp = w.set | w.clear != 0 || w.data.is_some() || w.option.is_some();
        let tcp = Glance::at(bytes);
        w.from.is_none_or(|n| n == from)
            && w.to.is_none_or(|n| to.iter().any(|(node, _)| *node == n))
            && w.again.is_none_or(|again| again == (resent > 0))
            && (!wants_tcp || tcp.is_some())
            && tcp.is_none_or(|g| {
                g.flags.0 & w.set == w.set
                    && g.flags.0 & w.clear == 0
                    && w.data.is_none_or(|data| data == (g.payload > 0))
            })
            && w.option.is_none_or(|kind| edit::option_of_kind(bytes, kind).is_some())
            && w.field.as_ref().is_none_or(|c| c.holds(bytes))
    }
}

impl Compare {
    fn holds(&self, bytes: &[u8]) -> bool {
        edit::number(bytes, &self.field).is_some_and(|found| match self.is {
            Relation::Equal => found == self.value,
            Relation::Unequal => found != self.value,
            Relation::Less => found < self.value,
            Relation::Greater => found > self.value,
        })
    }
}

/// A field of any header, by Wireshark's name.
fn known(name: &str) -> Option<Field> {
    let tables = [
        layout::ethernet::FIELDS,
        layout::ipv4::FIELDS,
        layout::ipv6::FIELDS,
        layout::tcp::FIELDS,
        layout::udp::FIELDS,
        layout::icmp::FIELDS,
    ];
    let options = (0..=u8::MAX).flat_map(|kind| layout::tcp_option::kind(kind).fields);
    tables.into_iter().flatten().chain(options).find(|f| f.name == name).copied()
}

/// The largest number that a field holds; none where it holds none.
fn largest(name: &str) -> Option<u64> {
    let field = known(name).filter(|f| matches!(f.form, Form::Uint | Form::Hex | Form::Flag))?;
    Some(u64::MAX >> (64 - field.bits.min(64)))
}

/// A rule as it stands in a world.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its number; rules are asked in this order.
    pub id: u32,
    /// What it says.
    pub rule: Rc<StandingRule>,
    /// A rule that is off is not asked, and does not count.
    pub on: bool,
    /// Frames that were what it is about, before `nth` and `every` were asked.
    pub met: u32,
    /// Frames that it acted on.
    pub acted: u32,
}

/// What a rule did to a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Act {
    Drop = 0,
    Duplicate = 1,
    Delay = 2,
    Hold = 3,
    Edit = 4,
}

/// All rules of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    list: Vec<Standing>,
    next: u32,
}

/// What the rules say is to be done to a frame.
#[derive(Debug, Default)]
pub(crate) struct Ruling {
    pub(crate) bytes: Bytes,
    /// The rule that drops it.
    pub(crate) dropped: Option<u32>,
    pub(crate) delay: Duration,
    pub(crate) copies: u32,
    pub(crate) held: bool,
    pub(crate) edited: bool,
    /// Rules that acted, and how.
    pub(crate) acts: Vec<(u32, Act)>,
}

impl Rules {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
    pub(crate) fn list(&self) -> &[Standing] {
        &self.list
    }
    pub(crate) fn add(&mut self, rule: StandingRule) -> Option<u32> {
        if self.list.len() >= MAX_RULES {
            return None;
        }
        self.next += 1;
        let id = self.next;
        self.list.push(Standing { id, rule: Rc::new(rule), on: true, met: 0, acted: 0 });
        Some(id)
    }
    pub(crate) fn remove(&mut self, id: u32) -> bool {
        let before = self.list.len();
        self.list.retain(|s| s.id != id);
        self.list.len() < before
    }
    pub(crate) fn find(&mut self, id: u32) -> Option<&mut Standing> {
        self.list.iter_mut().find(|s| s.id == id)
    }

    /// What all rules say about frame number `frame`, which `from` puts on its link.
    pub(crate) fn ask(
        &mut self,
        bytes: Bytes,
        (from, to): (NodeId, &[(NodeId, usize)]),
        (frame, resent): (u32, u8),
        r: &mut Tape,
    ) -> Ruling {
        let mut ruling = Ruling { bytes, ..Ruling::default() };
        for standing in self.list.iter_mut().filter(|s| s.on) {
            if !standing.rule.is_about(&ruling.bytes, from, to, resent) {
                continue;
            }
            standing.met = standing.met.saturating_add(1);
            let when = &standing.rule.when;
            if when.nth.is_some_and(|nth| nth != standing.met)
                || when.every.is_some_and(|every| every == 0 || standing.met % every != 0)
            {
                continue;
            }
            if let Some(act) = ruling.apply(&standing.rule.then, standing.id, frame, r) {
                standing.acted = standing.acted.saturating_add(1);
                ruling.acts.push((standing.id, act));
            }
            if ruling.dropped.is_some() {
                break;
            }
        }
        ruling
    }
}

impl Ruling {
    /// Does what a rule says; none where there was nothing to do it to.
    fn apply(&mut self, then: &Then, id: u32, frame: u32, r: &mut Tape) -> Option<Act> {
        match then {
            Then::Drop => {
                rule!(r, rules::RULE_DROPS, Drop, frame, id);
                self.dropped = Some(id);
                Some(Act::Drop)
            }
            Then::Duplicate => {
                rule!(r, rules::RULE_DUPLICATES, Act, frame, id);
                self.copies += 1;
                Some(Act::Duplicate)
            }
            Then::Delay(by) => {
                rule!(r, rules::RULE_DELAYS, Act, frame, id, *by);
                self.delay = Duration(self.delay.0.saturating_add(by.0));
                Some(Act::Delay)
            }
            Then::Hold => {
                rule!(r, rules::RULE_HOLDS, Act, frame, id);
                self.held = true;
                Some(Act::Hold)
            }
            Then::Set { field, value, mends } => {
                let path = edit::path_of(&self.bytes, field)?;
                self.change(&Change::Set { path, value: value.clone() }, *mends)?;
                rule!(r, rules::RULE_EDITS, Act, frame, id);
                Some(Act::Edit)
            }
            Then::RemoveOption { kind, mends } => {
                let mut found = false;
                // A header has room for so many of one octet. What is pulled in from the data is another matter.
                for _ in 0..wire::tcp::MAX_OPTIONS {
                    let Some(index) = edit::option_of_kind(&self.bytes, *kind) else { break };
                    let remove = Change::Options(OptionEdit::Remove { index });
                    if self.change(&remove, *mends).is_none() {
                        break;
                    }
                    found = true;
                }
                found.then(|| {
                    rule!(r, rules::RULE_EDITS, Act, frame, id);
                    Act::Edit
                })
            }
            Then::Corrupt => {
                let mut bytes = self.bytes.to_vec();
                *bytes.last_mut()? ^= 1;
                self.bytes = bytes.into();
                self.edited = true;
                rule!(r, rules::RULE_CORRUPTS, Act, frame, id);
                Some(Act::Edit)
            }
        }
    }

    /// None where the frame cannot be changed like that, or is so already.
    fn change(&mut self, change: &Change, mends: Mends) -> Option<()> {
        let bytes = edit::change(&self.bytes, change, mends).ok()?;
        if bytes == self.bytes {
            return None;
        }
        self.bytes = bytes.into();
        self.edited = true;
        Some(())
    }
}

/// Whether a field is this flag of TCP: `tcp.flags.syn`.
fn is_flag(field: &str, flag: Flags) -> bool {
    let name = match flag {
        Flags::PSH => "push".into(),
        Flags::RST => "reset".into(),
        other => format!("{other:?}").to_ascii_lowercase(),
    };
    field.strip_prefix("tcp.flags.") == Some(name.as_str())
}
