//! What routers do to datagrams: cut and put together, aged, translated.

use std::net::Ipv4Addr;
use wire::datagram::{Fragment, cut, join, view};
use wire::frame::emit_udp;
use wire::rewrite::{End, adjust, age, translate};
use wire::{Link, Mac, ethernet, frame, icmp, ip, udp};

const LINK: Link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 1]) };

fn header(src: &str, dst: &str, protocol: u8) -> ip::Header {
    let addrs = ip::Addrs::new(src.parse().unwrap(), dst.parse().unwrap()).unwrap();
    ip::Header { ident: 0x77, dont_fragment: false, ..ip::Header::new(addrs, protocol) }
}

fn datagram(src: &str, dst: &str, len: usize) -> Vec<u8> {
    let ports = udp::Header { src_port: 40000, dst_port: 53 };
    let data: Vec<u8> = (0..len).map(|n| n as u8).collect();
    let frame = emit_udp(&LINK, &header(src, dst, ip::UDP), &ports, len, |o| o.extend_from_slice(&data));
    frame[ethernet::LEN..].to_vec()
}

fn framed(datagram: &[u8]) -> bytes::Bytes {
    let mut frame = vec![0; ethernet::LEN];
    let ethertype = if datagram[0] >> 4 == 4 { ethernet::IPV4 } else { ethernet::IPV6 };
    ethernet::emit(&LINK, ethertype, &mut frame);
    frame.extend_from_slice(datagram);
    frame.into()
}

fn places(pieces: &[Vec<u8>]) -> Vec<(usize, usize, bool)> {
    let place = |p: &Vec<u8>| {
        let v = view(p).unwrap();
        let f = v.fragment.unwrap();
        (f.offset, v.payload.len(), f.more)
    };
    pieces.iter().map(place).collect()
}

#[test]
fn a_datagram_in_fragments_and_whole_again() {
    for (src, dst, expected) in [
        ("10.0.0.1", "10.0.0.2", [(0, 1480, true), (1480, 1480, true), (2960, 48, false)]),
        ("2001:db8::1", "2001:db8::2", [(0, 1448, true), (1448, 1448, true), (2896, 112, false)]),
    ] {
        let whole = datagram(src, dst, 3000);
        let pieces = cut(&whole, 1500, 0x1234_5678).unwrap();
        assert_eq!(places(&pieces), expected);
        assert!(pieces.iter().all(|p| p.len() <= 1500));
        let payloads: Vec<&[u8]> = pieces.iter().map(|p| &p[view(p).unwrap().payload]).collect();
        let again = join(&pieces[0], &payloads).unwrap();
        assert_eq!(again, whole);
        assert!(frame::parse(&framed(&again)).is_ok(), "its checksum is that of the whole");
    }
}

#[test]
fn a_fragment_is_cut_again() {
    let pieces = cut(&datagram("10.0.0.1", "10.0.0.2", 2000), 1500, 0).unwrap();
    let smaller: Vec<Vec<u8>> = pieces.iter().flat_map(|p| cut(p, 576, 0).unwrap()).collect();
    let expected = [(0, 552, true), (552, 552, true), (1104, 376, true), (1480, 528, false)];
    assert_eq!(places(&smaller), expected);
    assert_eq!(
        view(&smaller[3]).unwrap().fragment,
        Some(Fragment { ident: 0x77, offset: 1480, more: false })
    );
    let v6 = cut(&datagram("2001:db8::1", "2001:db8::2", 2000), 1500, 1).unwrap();
    assert_eq!(cut(&v6[0], 1280, 1), None, "in IPv6 only the source does");
}

#[test]
fn options_that_are_not_copied_stand_in_the_first_fragment_alone() {
    let plain = datagram("10.0.0.1", "10.0.0.2", 100);
    let mut with = plain[..20].to_vec();
    with[0] = 0x47;
    // Record route is not copied; router alert is.
    with.extend([7, 3, 4, 1, 148, 4, 0, 0]);
    with.extend_from_slice(&plain[20..]);
    let pieces = cut(&with, 76, 0).unwrap();
    assert_eq!(pieces[0][20..28], [7, 3, 4, 1, 148, 4, 0, 0]);
    assert_eq!(pieces[1][20..28], [1, 1, 1, 1, 148, 4, 0, 0]);
}

#[test]
fn what_cannot_be_cut_or_joined() {
    let whole = datagram("10.0.0.1", "10.0.0.2", 100);
    assert_eq!(cut(&whole, 27, 0), None, "not even eight octets of payload");
    assert_eq!(cut(b"", 1500, 0), None);
    assert_eq!(join(&whole, &[b"abc"]), None, "this is no fragment");
    let first = &cut(&whole, 76, 0).unwrap()[0];
    let long = vec![0; 65_516];
    assert_eq!(join(first, &[&long]), None, "no total length says so much");
    assert_eq!(join(first, &[&long[1..]]).map(|d| d.len()), Some(65_535));
}

/// RFC 1624 §4: where RFC 1141 goes wrong.
#[test]
fn the_example_of_rfc_1624() {
    assert_eq!(adjust(0xdd2f, &[0x55, 0x55], &[0x32, 0x85]), 0x0000);
}

#[test]
fn a_hop_further() {
    let mut d = datagram("10.0.0.1", "10.0.0.2", 4);
    age(&mut d);
    let frame::Packet::Udp { ip, .. } = frame::parse(&framed(&d)).unwrap().packet else { panic!() };
    assert_eq!(ip.ttl, 63);
    let mut d = datagram("2001:db8::1", "2001:db8::2", 4);
    age(&mut d);
    let frame::Packet::Udp { ip, .. } = frame::parse(&framed(&d)).unwrap().packet else { panic!() };
    assert_eq!(ip.ttl, 63);
}

#[test]
fn translated_both_ways_the_octets_are_the_same() {
    let outside = Ipv4Addr::new(203, 0, 113, 1);
    let original = datagram("192.168.1.10", "198.51.100.80", 9);
    let mut d = original.clone();
    let changed = translate(&mut d, End::Source, outside, 61_000).unwrap();
    let frame::Packet::Udp { ip, header, .. } = frame::parse(&framed(&d)).unwrap().packet else { panic!() };
    assert_eq!((ip.addrs.src(), header.src_port), (outside.into(), 61_000), "and both checksums are right");
    assert_ne!(changed.header.0, changed.header.1);
    assert_ne!(changed.transport.unwrap().0, changed.transport.unwrap().1);
    translate(&mut d, End::Source, Ipv4Addr::new(192, 168, 1, 10), 40_000);
    assert_eq!(d, original);
}

#[test]
fn a_wrong_checksum_stays_wrong_and_none_stays_none() {
    let mut d = datagram("192.168.1.10", "198.51.100.80", 9);
    d[36] ^= 1;
    translate(&mut d, End::Source, Ipv4Addr::new(203, 0, 113, 1), 61_000);
    assert!(frame::parse(&framed(&d)).is_err());
    let mut d = datagram("192.168.1.10", "198.51.100.80", 9);
    d[26..28].fill(0);
    let changed = translate(&mut d, End::Destination, Ipv4Addr::new(10, 0, 0, 7), 5353).unwrap();
    assert_eq!((changed.transport, &d[26..28]), (None, &[0, 0][..]));
}

#[test]
fn an_echo_has_its_identifier_translated() {
    let echo = icmp::Header { kind: icmp::v4::ECHO, code: 0, rest: 0x0007_0001 };
    let frame = frame::emit_icmp(&LINK, &header("10.0.0.1", "10.0.0.2", ip::ICMP), &echo, 0, |_| {});
    let mut d = frame[ethernet::LEN..].to_vec();
    translate(&mut d, End::Source, Ipv4Addr::new(203, 0, 113, 1), 99);
    let frame::Packet::Icmp { header, .. } = frame::parse(&framed(&d)).unwrap().packet else { panic!() };
    assert_eq!(header.echo(), (99, 1));
}

#[test]
fn of_a_quotation_what_is_there() {
    let mut quoted = datagram("203.0.113.1", "198.51.100.80", 9)[..28].to_vec();
    assert!(translate(&mut quoted, End::Source, Ipv4Addr::new(10, 0, 0, 7), 1).unwrap().transport.is_some());
    quoted.truncate(22);
    assert!(translate(&mut quoted, End::Source, Ipv4Addr::new(10, 0, 0, 8), 2).unwrap().transport.is_none());
    assert_eq!(&quoted[20..22], &2_u16.to_be_bytes());
    assert!(translate(&mut quoted[..19], End::Source, Ipv4Addr::new(10, 0, 0, 8), 2).is_none());
}
