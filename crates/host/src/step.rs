//! What every part of a step is handed on: the time, the way out, and who listens to the rules.

use crate::Output;
use tcp::rule::{RuleDef, Tape};
use tcp::time::Instant;

pub(crate) struct Step<'a> {
    pub(crate) now: Instant,
    pub(crate) out: &'a mut Output,
    pub(crate) r: &'a mut Tape,
}

/// Why a frame was not taken in, with the two numbers that a short label shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused {
    pub(crate) rule: &'static RuleDef,
    pub(crate) numbers: [u32; 2],
}

impl Refused {
    pub(crate) fn new(rule: &'static RuleDef, a: u32, b: u32) -> Refused {
        Refused { rule, numbers: [a, b] }
    }
}
