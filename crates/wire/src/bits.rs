//! Bits in network order: bit 0 is the most significant of the first octet.

/// Up to 64 bits from `bit`. With constant arguments it compiles to one load and a shift.
#[inline(always)]
pub(crate) fn get(bytes: &[u8], bit: usize, bits: usize) -> u64 {
    debug_assert!(bits <= 64);
    let at = bit / 8;
    match (bit % 8, bits) {
        (0, 8) => bytes[at].into(),
        (0, 16) => u16::from_be_bytes(array(bytes, at)).into(),
        (0, 32) => u32::from_be_bytes(array(bytes, at)).into(),
        (0, 64) => u64::from_be_bytes(array(bytes, at)),
        _ => {
            let end = bit + bits;
            let mut wide = 0u128;
            for &octet in &bytes[at..end.div_ceil(8)] {
                wide = wide << 8 | u128::from(octet);
            }
            (wide >> (end.next_multiple_of(8) - end)) as u64 & mask(bits)
        }
    }
}

/// Writes the lowest `bits` bits of `value` at `bit`.
#[inline(always)]
pub(crate) fn put(bytes: &mut [u8], bit: usize, bits: usize, value: u64) {
    debug_assert!(bits <= 64);
    let at = bit / 8;
    match (bit % 8, bits) {
        (0, 8) => bytes[at] = value as u8,
        (0, 16) => bytes[at..at + 2].copy_from_slice(&(value as u16).to_be_bytes()),
        (0, 32) => bytes[at..at + 4].copy_from_slice(&(value as u32).to_be_bytes()),
        (0, 64) => bytes[at..at + 8].copy_from_slice(&value.to_be_bytes()),
        _ => {
            let end = bit + bits;
            let below = end.next_multiple_of(8) - end;
            let mut keep = !(u128::from(mask(bits)) << below);
            let mut set = u128::from(value & mask(bits)) << below;
            for octet in bytes[at..end.div_ceil(8)].iter_mut().rev() {
                *octet = *octet & keep as u8 | set as u8;
                keep = keep >> 8 | 0xff << 120;
                set >>= 8;
            }
        }
    }
}

/// The largest value of `bits` bits.
pub(crate) const fn mask(bits: usize) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}

#[inline(always)]
fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[at..at + N]);
    out
}
