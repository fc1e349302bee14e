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
        let (blocks, rest) = octets.as_chunks::<32>();
        for block in blocks {
            let (words, _) = block.as_chunks::<8>();
            for (lane, word) in lanes.iter_mut().zip(words) {
                let word = u64::from_ne_bytes(*word);
                *lane += (word & 0xffff_ffff) + (word >> 32);
            }
        }
        let mut sum = self.0;
        for lane in lanes {
            sum = carry(sum, lane);
        }
        let (words, rest) = rest.as_chunks::<8>();
        for word in words {
            sum = carry(sum, u64::from_ne_bytes(*word));
        }
        // What is left is added as the narrower words it is made of: 2^16 ≡ 1 modulo 2^16 − 1.
        let (halves, rest) = rest.as_chunks::<4>();
        for half in halves {
            sum = carry(sum, u32::from_ne_bytes(*half).into());
        }
        sum = match *rest {
            [a, b, c] => {
                carry(carry(sum, u16::from_ne_bytes([a, b]).into()), u16::from_ne_bytes([c, 0]).into())
            }
            [a, b] => carry(sum, u16::from_ne_bytes([a, b]).into()),
            [a] => carry(sum, u16::from_ne_bytes([a, 0]).into()),
            _ => sum,
        };
        Sum(sum)
    }

    /// Adds a 16-bit number as it would stand on the wire.
    #[inline]
    pub fn add_u16(self, number: u16) -> Sum {
        Sum(carry(self.0, u16::from_ne_bytes(number.to_be_bytes()).into()))
    }

    /// Adds a 32-bit number as it would stand on the wire.
    #[inline]
    pub fn add_u32(self, number: u32) -> Sum {
        Sum(carry(self.0, u32::from_ne_bytes(number.to_be_bytes()).into()))
    }

    /// Both together.
    #[inline]
    pub fn plus(self, other: Sum) -> Sum {
        Sum(carry(self.0, other.0))
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
        Addrs::V4 { src, dst } => Sum::new().add_u32(src.to_bits()).add_u32(dst.to_bits()),
        Addrs::V6 { src, dst } => Sum::new().octets(&src.octets()).octets(&dst.octets()),
    };
    sum.add_u32(len as u32).add_u16(protocol.into())
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
