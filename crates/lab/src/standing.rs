//! Standing rules as scenarios and timelines write them, and as a face shows them. Machines go by their names.
//!
//! ```json
//! {"when": {"from": "Server", "set": "SYN ACK"}, "then": {"kind": "drop"}}
//! {"when": {"from": "Client", "data": true, "nth": 3}, "then": {"kind": "delay", "us": 200000}}
//! {"when": {"set": "SYN"}, "then": {"kind": "removeOption", "option": 4, "mend": true}}
//! ```

use crate::error::{Result, error, num, word};
use crate::read::{self, Read, Reading, Wrong, field, fields, reads};
use crate::schema::{self, Defs};
use crate::session::Session;
use crate::view::{Command, ErrorView};
use net::standing::{self as core, Never, Relation};
use net::{NodeId, World};
use serde::Serialize;
use serde_json::json;
use tcp::time::Duration;
use wire::edit::Mends;
use wire::tcp::Flags;

/// The longest delay, us: a day.
const MAX_DELAY: f64 = 86_400e6;

/// Which frames, and what is done to them as they are put on a link.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StandingRule {
    /// All of it must hold.
    pub when: StandingWhen,
    /// What is done.
    pub then: StandingThen,
}

/// What a frame must be.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StandingWhen {
    /// Name of the machine that sends it.
    pub from: Option<String>,
    /// Name of the machine that would get it.
    pub to: Option<String>,
    /// TCP flags that are set: `SYN ACK`.
    pub set: Option<String>,
    /// TCP flags that are not.
    pub clear: Option<String>,
    /// It carries TCP data, or none.
    pub data: Option<bool>,
    /// Kind of a TCP option that it has.
    pub option: Option<u8>,
    /// Its octets had been sent before, or had not.
    pub again: Option<bool>,
    /// What a field of it holds.
    pub field: Option<StandingField>,
    /// Of the frames that are all that only this one, from 1.
    pub nth: Option<u32>,
    /// Of the frames that are all that every so many.
    pub every: Option<u32>,
}

/// A field, by Wireshark's name, and what it is held against: `is` is `=`, `≠`, `<` or `>`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[allow(missing_docs)]
pub struct StandingField {
    pub name: String,
    pub is: String,
    pub value: f64,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum StandingThen {
    /// The link loses it.
    Drop,
    /// A copy goes behind it.
    Duplicate,
    /// It flies so many microseconds longer.
    Delay {
        /// Microseconds.
        us: f64,
    },
    /// It is held where it begins.
    Hold,
    /// A field, or a flag, gets another value; with `mend`, lengths and checksums follow.
    Set {
        /// Wireshark's name.
        name: String,
        /// As it is typed.
        value: String,
        /// Whether checksums follow.
        mend: bool,
    },
    /// TCP options of a kind are taken out.
    RemoveOption {
        /// The kind.
        option: u8,
        /// Whether lengths and checksums follow.
        mend: bool,
    },
    /// The last bit of it is turned, and nothing mended.
    Corrupt,
}

/// A rule where it stands, with what it has done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StandingView {
    /// Its number in this timeline; rules are asked in this order.
    pub id: u32,
    /// What it says.
    pub rule: StandingRule,
    /// Whether it is asked.
    pub on: bool,
    /// Frames that were what it is about, before they were counted off.
    pub met: u32,
    /// Frames that it acted on.
    pub acted: u32,
    /// Why it can never act, where the rule alone tells.
    pub never: Option<ErrorView>,
}

reads!(StandingRule { when = StandingWhen::default(), then });
reads!(StandingWhen {
    from = None, to = None, set = None, clear = None, data = None, option = None, again = None, field = None,
    nth = None, every = None
});
reads!(StandingField { name, is, value });

impl Read for StandingThen {
    fn schema(_: &mut Defs) -> serde_json::Value {
        let (text, flag) = (json!({"type": "string"}), json!({"type": "boolean"}));
        schema::kinds(&[
            ("drop", &[]),
            ("duplicate", &[]),
            ("delay", &[("us", json!({"type": "number"}), true)]),
            ("hold", &[]),
            ("set", &[("name", text.clone(), true), ("value", text, true), ("mend", flag.clone(), false)]),
            ("removeOption", &[("option", schema::whole(255), true), ("mend", flag, false)]),
            ("corrupt", &[]),
        ])
    }
    fn read(value: &serde_json::Value) -> Reading<StandingThen> {
        let all = fields(value)?;
        let mend = || field(all, "mend", Some(|| true));
        Ok(match field::<String>(all, "kind", None)?.as_str() {
            "drop" => StandingThen::Drop,
            "duplicate" => StandingThen::Duplicate,
            "delay" => StandingThen::Delay { us: field(all, "us", None)? },
            "hold" => StandingThen::Hold,
            "set" => StandingThen::Set {
                name: field(all, "name", None)?,
                value: field(all, "value", None)?,
                mend: mend()?,
            },
            "removeOption" => {
                StandingThen::RemoveOption { option: field(all, "option", None)?, mend: mend()? }
            }
            "corrupt" => StandingThen::Corrupt,
            other => return Err(Wrong::new(format!("no rule does “{other}”")).within("kind")),
        })
    }
}

impl StandingRule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is missing, or not what belongs there.
    pub fn parse(json: &str) -> std::result::Result<StandingRule, String> {
        read::json(json)
    }

    /// The rule in a world whose machines have these names.
    ///
    /// # Errors
    /// `unknown_name`, `unknown_flag`, `bad_relation`, `bad_delay`, `bad_field_…`.
    pub(crate) fn core(&self, names: &dyn Fn(&str) -> Option<NodeId>) -> Result<core::StandingRule> {
        let StandingWhen { from, to, set, clear, data, option, again, field, nth, every } = &self.when;
        let node = |name: &Option<String>| {
            let found =
                |name: &String| names(name).ok_or_else(|| error("unknown_name", [("name", word(name))]));
            name.as_ref().map(found).transpose()
        };
        let compare = |f: &StandingField| {
            let is = match f.is.as_str() {
                "=" => Relation::Equal,
                "≠" => Relation::Unequal,
                "<" => Relation::Less,
                ">" => Relation::Greater,
                other => return Err(error("bad_relation", [("is", word(other))])),
            };
            Ok(core::Compare { field: f.name.clone(), is, value: f.value.max(0.0) as u64 })
        };
        let when = core::When {
            from: node(from)?,
            to: node(to)?,
            set: flags(set)?,
            clear: flags(clear)?,
            data: *data,
            option: *option,
            again: *again,
            field: field.as_ref().map(compare).transpose()?,
            nth: *nth,
            every: *every,
        };
        let then = match &self.then {
            StandingThen::Drop => core::Then::Drop,
            StandingThen::Duplicate => core::Then::Duplicate,
            StandingThen::Delay { us } if (0.0..=MAX_DELAY).contains(us) => {
                core::Then::Delay(Duration((us * 1e3) as u64))
            }
            StandingThen::Delay { us } => {
                return Err(error("bad_delay", [("by", num(us * 1e3)), ("max", num(MAX_DELAY * 1e3))]));
            }
            StandingThen::Hold => core::Then::Hold,
            StandingThen::Set { name, value, mend } => {
                core::Then::Set { field: name.clone(), value: value.clone(), mends: Mends::from(*mend) }
            }
            StandingThen::RemoveOption { option, mend } => {
                core::Then::RemoveOption { kind: *option, mends: Mends::from(*mend) }
            }
            StandingThen::Corrupt => core::Then::Corrupt,
        };
        let rule = core::StandingRule { when, then };
        rule.check()?;
        Ok(rule)
    }
}

/// `SYN ACK` as bits.
fn flags(names: &Option<String>) -> Result<u16> {
    let mut all = 0;
    for name in names.iter().flat_map(|n| n.split([' ', ',', '-'])).filter(|n| !n.is_empty()) {
        let bit = (0..9).map(|bit| Flags(1 << bit)).find(|f| format!("{f:?}").eq_ignore_ascii_case(name));
        all |= bit.ok_or_else(|| error("unknown_flag", [("name", word(name))]))?.0;
    }
    Ok(all)
}

/// Finds a machine of a world by its name.
pub(crate) fn names_of(world: &World) -> impl Fn(&str) -> Option<NodeId> {
    |name| (0..world.nodes()).map(NodeId).find(|n| world.host(*n).is_some_and(|h| h.config().name == name))
}

impl Session {
    /// Whether a rule could be made, and why it would never act, if that is plain from the rule alone.
    ///
    /// # Errors
    /// What `addRule` would refuse.
    pub fn check_rule(&self, rule: &StandingRule) -> Result<Option<ErrorView>> {
        let rule = rule.core(&names_of(&self.world))?;
        Ok(self.why_never(&rule, self.world.rules()).map(never))
    }

    /// Why a rule can never act here, behind these others.
    fn why_never(&self, rule: &core::StandingRule, before: &[core::Standing]) -> Option<Never> {
        let apart = match (rule.when.from, rule.when.to) {
            (Some(from), Some(to)) => !self.world.share_link(from, to),
            _ => false,
        };
        let here = || apart.then_some(Never::NoLink);
        rule.never().or_else(here).or_else(|| rule.eaten_by(before).map(Never::Eaten))
    }

    /// The rules that stand where we are.
    pub(crate) fn standing(&self) -> Vec<StandingView> {
        // Numbers are given in turn: to those of the scenario, then to those that were added.
        let commands = self.timeline().commands.iter();
        let added = commands.filter_map(|logged| match &logged.command {
            Command::AddRule { rule } => Some(&**rule),
            _ => None,
        });
        let all: Vec<&StandingRule> = self.scenario.rules.iter().chain(added).collect();
        let view = |(n, s): (usize, &core::Standing)| {
            Some(StandingView {
                id: s.id,
                rule: StandingRule::clone(all.get(s.id as usize - 1)?),
                on: s.on,
                met: s.met,
                acted: s.acted,
                never: self.why_never(&s.rule, &self.world.rules()[..n]).map(never),
            })
        };
        self.world.rules().iter().enumerate().filter_map(view).collect()
    }
}

fn never(why: Never) -> ErrorView {
    match why {
        Never::CountFromOne => error("never_from_one", []),
        Never::NthNotEvery { nth, every } => {
            error("never_nth_every", [("nth", num(nth)), ("every", num(every))])
        }
        Never::FlagBothWays(flags) => error("never_flag", [("flags", word(format!("{flags:?}")))]),
        Never::ToItself => error("never_to_itself", []),
        Never::Beyond { field, max } => {
            error("never_beyond", [("path", word(field)), ("max", num(max as f64))])
        }
        Never::NothingAgain => error("never_again", []),
        Never::NoLink => error("never_no_link", []),
        Never::Eaten(id) => error("never_eaten", [("id", num(id))]),
        Never::NoSuchField(field) => error("never_field", [("path", word(field))]),
    }
}
