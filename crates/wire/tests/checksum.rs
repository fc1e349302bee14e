//! The fast checksum against the slow one of RFC 1071 §1.

use proptest::prelude::*;
use wire::checksum::{Sum, over};

fn naive(octets: &[u8]) -> u16 {
    let mut sum = 0u64;
    for pair in octets.chunks(2) {
        sum += u64::from(u16::from_be_bytes([pair[0], *pair.get(1).unwrap_or(&0)]));
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

#[test]
fn the_example_of_rfc_1071() {
    let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
    assert_eq!(Sum::new().octets(&octets).fold(), 0xddf2);
}

#[test]
fn every_length_and_the_extremes() {
    for len in 0..200 {
        for fill in [0x00, 0x01, 0x80, 0xff] {
            let octets = vec![fill; len];
            assert_eq!(Sum::new().octets(&octets).fold(), naive(&octets), "{len} × {fill:#x}");
        }
    }
    let jumbo = vec![0xff; 1 << 20];
    assert_eq!(Sum::new().octets(&jumbo).fold(), naive(&jumbo));
}

proptest! {
    #[test]
    fn any_octets(octets in prop::collection::vec(any::<u8>(), 0..4000), start in 0usize..8) {
        let octets = octets.get(start..).unwrap_or(&[]);
        prop_assert_eq!(Sum::new().octets(octets).fold(), naive(octets));
    }

    #[test]
    fn in_pieces(octets in prop::collection::vec(any::<u8>(), 2..400), at in any::<prop::sample::Index>()) {
        let cut = at.index(octets.len()) & !1;
        let sum = Sum::new().octets(&octets[..cut]).octets(&octets[cut..]);
        prop_assert_eq!(sum.fold(), naive(&octets));
        let number = u16::from_be_bytes([octets[0], octets[1]]);
        prop_assert_eq!(Sum::new().add_u16(number).octets(&octets[2..]).fold(), naive(&octets));
    }

    #[test]
    fn what_belongs_there(mut octets in prop::collection::vec(any::<u8>(), 2..200), at in any::<prop::sample::Index>()) {
        let at = at.index(octets.len() - 1) & !1;
        let checksum = over(Sum::new(), &octets, at);
        octets[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
        prop_assert_eq!(Sum::new().octets(&octets).fold(), 0xffff);
    }
}
