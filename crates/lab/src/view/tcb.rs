//! What a host knows of a connection, and what it counts.

use crate::view::Unit;
use serde::Serialize;

views! {
/// The TCB of one socket: variables in the order in which they are shown, those that this step changed with
/// their old value.
pub struct TcbView { socket: u32, flow: Option<u32>, state: String, vars: Vec<VarView>, timers: Vec<TimerView> }
/// A variable: `SND.NXT`.
pub struct VarView {
    name: String,
    /// As a number: sequence numbers, octets; durations in ns; NaN where it has none.
    value: f64,
    unit: Unit,
    /// The value before this step, where it was another.
    was: Option<f64>,
}
/// A running timer.
pub struct TimerView { name: String, until: f64, was: Option<f64> }
/// A counter of nstat(8).
pub struct CounterView { name: String, value: f64, was: Option<f64> }
}
