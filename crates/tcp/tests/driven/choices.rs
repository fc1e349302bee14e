//! Choices drawn from bytes: what is mutated stays near what it was.

use wire::Seq;

/// Bytes, read as choices; when they are at their end, every choice is the first.
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub fn new(data: &'a [u8]) -> Choices<'a> {
        Choices(data)
    }
    /// The next operation; none at the end.
    pub fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }
    pub fn u8(&mut self) -> u8 {
        self.next().unwrap_or(0)
    }
    pub fn u16(&mut self) -> u16 {
        u16::from_le_bytes([self.u8(), self.u8()])
    }
    pub fn u32(&mut self) -> u32 {
        u32::from(self.u16()) | u32::from(self.u16()) << 16
    }
    /// Less than `n`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::from(self.u8()) % n
    }
    pub fn flag(&mut self) -> bool {
        self.u8() & 1 == 1
    }
    /// Mostly near, sometimes anywhere.
    fn offset(&mut self) -> u32 {
        match self.u8() {
            near @ 0..128 => (i32::from(near) - 64) as u32,
            128..224 => i32::from(self.u16() as i16) as u32,
            _ => self.u32(),
        }
    }
    /// A number near `base`.
    pub fn near(&mut self, base: u32) -> u32 {
        base.wrapping_add(self.offset())
    }
    pub fn seq(&mut self, base: Seq) -> Seq {
        base + self.offset()
    }
}
