//! The table of all rules: records name a rule by its place in it.

use crate::view::{OperandValue, OperandView, OutcomeView, RuleInfo, RuleView};
use std::sync::OnceLock;
use tcp::rule::{Decision, Operand, Outcome, RuleDef};

/// Every rule of every crate. The order is that of this build; ids are what lasts.
pub fn all() -> &'static [&'static RuleDef] {
    static ALL: OnceLock<Vec<&'static RuleDef>> = OnceLock::new();
    ALL.get_or_init(|| {
        [crate::packet::rules::ALL, host::rules::ALL, net::rules::ALL, tcp::rules::ALL].concat()
    })
}

/// Place of a rule in [`all`].
pub fn index(rule: &RuleDef) -> u16 {
    static INDEX: OnceLock<Vec<(&'static str, u16)>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        // Put in one by one: it is done once, and a sorter from the library is 6 KB of wasm.
        let mut by_id: Vec<(&str, u16)> = Vec::with_capacity(all().len());
        for (n, rule) in all().iter().enumerate() {
            let at = by_id.partition_point(|(id, _)| *id < rule.id);
            by_id.insert(at, (rule.id, n as u16));
        }
        by_id
    });
    index.binary_search_by_key(&rule.id, |&(id, _)| id).map_or(crate::records::NONE, |at| index[at].1)
}

/// The rule at a place.
pub fn at(index: u16) -> Option<&'static RuleDef> {
    all().get(usize::from(index)).copied()
}

/// The table for a face, in the same order.
pub fn infos() -> Vec<RuleInfo> {
    let info = |r: &&RuleDef| RuleInfo {
        id: r.id.into(),
        source: r.source.into(),
        operands: r.operands.iter().map(|&o| o.into()).collect(),
    };
    all().iter().map(info).collect()
}

/// A decision as a face shows it.
pub(crate) fn view(decision: &Decision, node: Option<u32>) -> RuleView {
    let Decision { rule, outcome, operands } = decision;
    let operand =
        |(name, value): (&&str, &Operand)| OperandView { name: (*name).into(), value: operand(value) };
    RuleView {
        id: rule.id.into(),
        source: rule.source.into(),
        outcome: match outcome {
            Outcome::Pass => OutcomeView::Pass,
            Outcome::Act => OutcomeView::Act,
            Outcome::Drop => OutcomeView::Drop,
            Outcome::Answer => OutcomeView::Answer,
            Outcome::Reset => OutcomeView::Reset,
        },
        operands: rule.operands.iter().zip(operands).map(operand).collect(),
        node,
    }
}

fn operand(value: &Operand) -> OperandValue {
    let word = |value: String| OperandValue::Word { value };
    match *value {
        Operand::Num(n) => OperandValue::Num { value: n as f64 },
        Operand::Seq(s) => OperandValue::Seq { value: s.0 },
        Operand::Duration(d) => OperandValue::Duration { value: d.0 as f64 },
        Operand::Instant(t) => OperandValue::Instant { value: t.0 as f64 },
        Operand::Mac(m) => word(m.to_string()),
        Operand::State(s) => word(s.name().into()),
        Operand::Flags(f) => word(format!("{f:?}")),
        Operand::Word(w) => word(w.into()),
        Operand::Endpoint(e) => word(e.to_string()),
        Operand::Addr(a) => word(a.to_string()),
    }
}
