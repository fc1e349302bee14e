//! Sequence numbers: 32 bits that wrap (RFC 9293 §3.4).

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A TCP sequence number. Comparison is modulo 2^32 (RFC 9293 §3.4), so there is no total order and no
/// `Ord`: use [`Seq::lt`] and its sisters, which are right while the two lie within 2^31 of each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Seq(pub u32);

impl Seq {
    /// `self < other` in sequence space.
    pub const fn lt(self, other: Seq) -> bool {
        (self.0.wrapping_sub(other.0) as i32) < 0
    }
    /// `self ≤ other` in sequence space.
    pub const fn le(self, other: Seq) -> bool {
        (self.0.wrapping_sub(other.0) as i32) <= 0
    }
    /// `self > other` in sequence space.
    pub const fn gt(self, other: Seq) -> bool {
        other.lt(self)
    }
    /// `self ≥ other` in sequence space.
    pub const fn ge(self, other: Seq) -> bool {
        other.le(self)
    }
    /// Octets from `other` up to `self`, modulo 2^32.
    pub const fn since(self, other: Seq) -> u32 {
        self.0.wrapping_sub(other.0)
    }
    /// The later of two.
    pub const fn max(self, other: Seq) -> Seq {
        if self.lt(other) { other } else { self }
    }
    /// The earlier of two.
    pub const fn min(self, other: Seq) -> Seq {
        if self.lt(other) { self } else { other }
    }
}

impl Add<u32> for Seq {
    type Output = Seq;
    fn add(self, n: u32) -> Seq {
        Seq(self.0.wrapping_add(n))
    }
}
impl AddAssign<u32> for Seq {
    fn add_assign(&mut self, n: u32) {
        *self = *self + n;
    }
}
impl Sub<u32> for Seq {
    type Output = Seq;
    fn sub(self, n: u32) -> Seq {
        Seq(self.0.wrapping_sub(n))
    }
}
impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
