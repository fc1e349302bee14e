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
        let mut sum = self.0;
        #[cfg(target_arch = "x86_64")]
        if octets.len() >= BLOCK
            && let Some(all) = widest::sum(octets)
        {
            return Sum(carry(sum, all));
        }
        let (blocks, rest) = octets.as_chunks::<BLOCK>();
        for some in blocks.chunks(LONGEST) {
            sum = carry(sum, sum_blocks(some));
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

/// Octets that [`sum_blocks`] takes at a time.
const BLOCK: usize = 64;
/// Blocks after which its sums are put together: two words of 16 bits a block go into each sum of 32.
const LONGEST: usize = 1 << 14;

/// By the widest vectors that an x86-64 may have, and their one instruction for what is to be done.
#[cfg(target_arch = "x86_64")]
mod widest {
    use super::{BLOCK, LONGEST};
    use std::arch::x86_64::{
        __m512i, _mm512_add_epi32, _mm512_add_epi64, _mm512_dpwssd_epi32, _mm512_loadu_si512,
        _mm512_maskz_loadu_epi8, _mm512_reduce_add_epi64, _mm512_set1_epi16, _mm512_set1_epi32,
        _mm512_setzero_si512, _mm512_unpackhi_epi32, _mm512_unpacklo_epi32, _mm512_xor_si512,
    };

    /// The sum of 16-bit words, the last one filled up with zero. `None` on a machine that has no such vectors.
    #[allow(unsafe_code)]
    #[inline]
    pub(super) fn sum(octets: &[u8]) -> Option<u64> {
        let has = std::is_x86_feature_detected!("avx512vnni") && std::is_x86_feature_detected!("avx512bw");
        // SAFETY: the machine has them; AVX-512F comes with either.
        has.then(|| unsafe { sum_by_vectors(octets) })
    }

    #[allow(unsafe_code)]
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn sum_by_vectors(octets: &[u8]) -> u64 {
        let mut sum = 0;
        for run in octets.chunks(LONGEST * BLOCK) {
            let (blocks, rest) = run.as_chunks::<BLOCK>();
            // On signed words, as the narrower ones.
            let (sign, one) = (_mm512_set1_epi16(i16::MIN), _mm512_set1_epi16(1));
            let mut lanes = [_mm512_setzero_si512(); 4];
            let add = |lane: &mut __m512i, vector| {
                *lane = _mm512_dpwssd_epi32(*lane, _mm512_xor_si512(vector, sign), one);
            };
            let (fours, some) = blocks.as_chunks::<4>();
            for four in fours {
                for (lane, block) in lanes.iter_mut().zip(four) {
                    // SAFETY: a block has as many octets as are read.
                    add(lane, unsafe { _mm512_loadu_si512(block.as_ptr().cast()) });
                }
            }
            for (lane, block) in lanes.iter_mut().zip(some) {
                // SAFETY: as above.
                add(lane, unsafe { _mm512_loadu_si512(block.as_ptr().cast()) });
            }
            let mut words = blocks.len() as u32;
            if !rest.is_empty() {
                let mask = u64::MAX >> (BLOCK - rest.len());
                // SAFETY: the mask lets through what the slice has, and the others are not touched.
                add(&mut lanes[3], unsafe { _mm512_maskz_loadu_epi8(mask, rest.as_ptr().cast()) });
                words += 1;
            }
            let less = _mm512_set1_epi32((words << 16) as i32);
            let both = |a, b| _mm512_add_epi32(a, b);
            let lane = both(both(lanes[0], lanes[1]), both(lanes[2], both(lanes[3], less)));
            let zero = _mm512_setzero_si512();
            let wide = _mm512_add_epi64(_mm512_unpacklo_epi32(lane, zero), _mm512_unpackhi_epi32(lane, zero));
            sum += _mm512_reduce_add_epi64(wide) as u64;
        }
        sum
    }
}

/// The sum of 16-bit words.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
#[inline]
fn sum_blocks(blocks: &[[u8; BLOCK]]) -> u64 {
    if std::is_x86_feature_detected!("avx2") {
        // SAFETY: the machine has AVX2.
        return unsafe { sum_by_wide_vectors(blocks) };
    }
    // SAFETY: SSE2 is a part of every x86-64.
    unsafe { sum_by_vectors(blocks) }
}

/// By the vectors of twice the width that nearly every x86-64 has.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn sum_by_wide_vectors(blocks: &[[u8; BLOCK]]) -> u64 {
    use std::arch::x86_64::{
        _mm256_add_epi32, _mm256_add_epi64, _mm256_extract_epi64, _mm256_madd_epi16, _mm256_set_epi64x,
        _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256, _mm256_unpackhi_epi32,
        _mm256_unpacklo_epi32, _mm256_xor_si256,
    };
    // As below: the machine knows signed words only.
    let (sign, one) = (_mm256_set1_epi16(i16::MIN), _mm256_set1_epi16(1));
    let zero = _mm256_setzero_si256();
    let mut lanes = [zero; 2];
    for block in blocks {
        let (vectors, _) = block.as_chunks::<32>();
        for (lane, vector) in lanes.iter_mut().zip(vectors) {
            let (parts, _) = vector.as_chunks::<8>();
            let part = |n: usize| i64::from_ne_bytes(parts[n]);
            let vector = _mm256_set_epi64x(part(3), part(2), part(1), part(0));
            *lane = _mm256_add_epi32(*lane, _mm256_madd_epi16(_mm256_xor_si256(vector, sign), one));
        }
    }
    let less = _mm256_set1_epi32(((blocks.len() as u32) << 16) as i32);
    let mut sum = zero;
    for lane in lanes {
        let lane = _mm256_add_epi32(lane, less);
        sum = _mm256_add_epi64(sum, _mm256_unpacklo_epi32(lane, zero));
        sum = _mm256_add_epi64(sum, _mm256_unpackhi_epi32(lane, zero));
    }
    let halves = [_mm256_extract_epi64::<0>(sum), _mm256_extract_epi64::<1>(sum)];
    let others = [_mm256_extract_epi64::<2>(sum), _mm256_extract_epi64::<3>(sum)];
    halves.into_iter().chain(others).fold(0, |sum, part| sum + part as u64)
}

/// By the vectors that every x86-64 has.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn sum_by_vectors(blocks: &[[u8; BLOCK]]) -> u64 {
    use std::arch::x86_64::{
        _mm_add_epi32, _mm_cvtsi128_si64, _mm_madd_epi16, _mm_set_epi64x, _mm_set1_epi16, _mm_setzero_si128,
        _mm_unpackhi_epi64, _mm_xor_si128,
    };
    // The machine multiplies and adds pairs of signed words only: each is made less by 2^15, which is put back at the end.
    let (sign, one) = (_mm_set1_epi16(i16::MIN), _mm_set1_epi16(1));
    let mut lanes = [_mm_setzero_si128(); 4];
    for block in blocks {
        let (vectors, _) = block.as_chunks::<16>();
        for (lane, vector) in lanes.iter_mut().zip(vectors) {
            let (halves, _) = vector.as_chunks::<8>();
            let vector = _mm_set_epi64x(i64::from_ne_bytes(halves[1]), i64::from_ne_bytes(halves[0]));
            *lane = _mm_add_epi32(*lane, _mm_madd_epi16(_mm_xor_si128(vector, sign), one));
        }
    }
    let less = (blocks.len() as u32) << 16;
    let mut sum = 0;
    for lane in lanes {
        for pair in [_mm_cvtsi128_si64(lane), _mm_cvtsi128_si64(_mm_unpackhi_epi64(lane, lane))] {
            let pair = pair as u64;
            sum += u64::from((pair as u32).wrapping_add(less))
                + u64::from(((pair >> 32) as u32).wrapping_add(less));
        }
    }
    sum
}

/// The sum of 16-bit words, by WebAssembly's vectors.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
fn sum_blocks(blocks: &[[u8; BLOCK]]) -> u64 {
    use std::arch::wasm32::{
        i16x8_splat, i32x4_add, i32x4_dot_i16x8, u32x4_extract_lane, u32x4_splat, u64x2, v128_xor,
    };
    // The one instruction of x86-64 again, to which this comes there: on signed words.
    let (sign, one) = (i16x8_splat(i16::MIN), i16x8_splat(1));
    let mut lanes = [u32x4_splat(0); 4];
    for block in blocks {
        let (vectors, _) = block.as_chunks::<16>();
        for (lane, vector) in lanes.iter_mut().zip(vectors) {
            let (halves, _) = vector.as_chunks::<8>();
            let vector = u64x2(u64::from_ne_bytes(halves[0]), u64::from_ne_bytes(halves[1]));
            *lane = i32x4_add(*lane, i32x4_dot_i16x8(v128_xor(vector, sign), one));
        }
    }
    let less = u32x4_splat((blocks.len() as u32) << 16);
    let mut sum = 0;
    for lane in lanes {
        let lane = i32x4_add(lane, less);
        sum += u64::from(u32x4_extract_lane::<0>(lane)) + u64::from(u32x4_extract_lane::<1>(lane));
        sum += u64::from(u32x4_extract_lane::<2>(lane)) + u64::from(u32x4_extract_lane::<3>(lane));
    }
    sum
}

/// The sum of 16-bit words, two at a time.
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
#[inline]
fn sum_blocks(blocks: &[[u8; BLOCK]]) -> u64 {
    let (words, _) = blocks.as_flattened().as_chunks::<4>();
    words.iter().map(|word| u64::from(u32::from_ne_bytes(*word))).sum()
}
