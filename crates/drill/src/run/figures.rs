//! What `%{ }%` sees of the connection under test: TCP_INFO with Linux's names and meanings.

use super::{Run, symbols};
use crate::code::Value;
use std::collections::BTreeMap;

/// Constants, and the figures of the socket under test where there is one.
pub(super) fn sample(run: &Run) -> BTreeMap<&'static str, Value> {
    let int = |n: i64| Value::Int(n.into());
    let mut out: BTreeMap<_, _> = symbols::CONSTANTS.iter().map(|(name, n)| (*name, int(*n))).collect();
    if let Some(info) = run.info() {
        out.extend(info.figures().into_iter().map(|(name, n)| (name, Value::Int(n.into()))));
    }
    out
}
