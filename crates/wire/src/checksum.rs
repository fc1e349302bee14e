//! The Internet checksum (RFC 1071), over u64 words with end-around carry.

use crate::ip::Addrs;

/// A one's complement sum in the making, kept in the machine's byte order (RFC 1071 §2 (B): the sum is
/// independent of it) and widened to 64 bits (§2 (A), (C)).
#[derive(Clone, Copy, Default, Debug)]
pub struct Sum(u64);

impl Sum {
    /// Nothing summed yet.
    pub const fn new() -> Sum {
        Sum(0)
    }

    /// Adds octets. An odd number of them counts as if a zero octet followed, so only the last call may have
    /// one.
    #[inline]
    pub fn octets(self, octets: &[u8]) -> Sum {
        // Four sums of 32-bit halves that cannot overflow below 2^34 octets: the compiler makes vectors of
        // them where the machine has any.
        let mut lanes = [0u64; 4];
        let mut blocks = octets.chunks_exact(32);
        for block in &mut blocks {
            for (lane, word) in lanes.iter_mut().zip(block.chunks_exact(8)) {
                let word = u64::from_ne_bytes([
                    word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7],
                ]);
                *lane += (word & 0xffff_ffff) + (word >> 32);
            }
        }
        let mut sum = self.0;
        for lane in lanes {
            sum = carry(sum, lane);
        }
        let mut words = blocks.remainder().chunks_exact(8);
        for word in &mut words {
            let word =
                u64::from_ne_bytes([word[0], word[1], word[2], word[3], word[4], word[5], word[6], word[7]]);
            sum = carry(sum, word);
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            sum = carry(sum, u64::from_ne_bytes(last));
        }
        Sum(sum)
    }

    /// Adds a 16-bit number as it would stand on the wire.
    #[inline]
    pub fn add_u16(self, number: u16) -> Sum {
        Sum(carry(self.0, u16::from_ne_bytes(number.to_be_bytes()).into()))
    }

    /// The sum as it would stand on the wire; 0xffff over octets with a right checksum among them.
    #[inline]
    pub fn fold(self) -> u16 {
        let wide = (self.0 & 0xffff_ffff) + (self.0 >> 32);
        let wide = (wide & 0xffff) + (wide >> 16 & 0xffff) + (wide >> 32);
        let wide = (wide & 0xffff) + (wide >> 16);
        let wide = (wide & 0xffff) + (wide >> 16);
        u16::from_be_bytes((wide as u16).to_ne_bytes())
    }

    /// The checksum: the complement of the sum.
    #[inline]
    pub fn checksum(self) -> u16 {
        !self.fold()
    }
}

/// The sum of the pseudo-header: RFC 9293 §3.1 for IPv4, RFC 8200 §8.1 for IPv6. `len` is that of the
/// transport header and its payload, octets.
#[inline]
pub fn pseudo(addrs: &Addrs, protocol: u8, len: usize) -> Sum {
    let sum = match addrs {
        Addrs::V4 { src, dst } => Sum::new().octets(&src.octets()).octets(&dst.octets()),
        Addrs::V6 { src, dst } => Sum::new().octets(&src.octets()).octets(&dst.octets()),
    };
    sum.add_u16((len >> 16) as u16).add_u16(len as u16).add_u16(protocol.into())
}

/// The checksum that belongs into the two octets at `at` (even) of `octets`, whatever stands there now;
/// `pseudo` is the sum of what else it covers.
pub fn over(pseudo: Sum, octets: &[u8], at: usize) -> u16 {
    pseudo.octets(&octets[..at]).octets(&octets[at + 2..]).checksum()
}

#[inline(always)]
fn carry(a: u64, b: u64) -> u64 {
    let (sum, over) = a.overflowing_add(b);
    sum + u64::from(over)
}
