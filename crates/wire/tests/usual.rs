//! The usual shape of a segment, read and written at one go, is what the layers read and write one after the other.

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use std::net::Ipv4Addr;
use wire::ethernet::{self, Link, Mac};
use wire::frame::{self, Room};
use wire::tcp::{Flags, Header, Options, SackBlocks, Timestamps};
use wire::usual::{Ends, Own, Pattern, Usual};
use wire::{Seq, ip, tcp};

const LINK: Link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 1]) };

fn datagram() -> impl Strategy<Value = ip::Header> {
    (any::<[u32; 2]>(), any::<u8>(), 0u8..64, 0u8..4, any::<u16>(), any::<bool>()).prop_map(
        |([src, dst], ttl, dscp, ecn, ident, dont_fragment)| {
            let addrs = ip::Addrs::V4 { src: Ipv4Addr::from(src), dst: Ipv4Addr::from(dst) };
            ip::Header { ttl, dscp, ecn, ident, dont_fragment, ..ip::Header::new(addrs, ip::TCP) }
        },
    )
}

fn segment() -> impl Strategy<Value = Header> {
    let numbers = (any::<[u16; 4]>(), any::<[u32; 4]>(), 0u16..0x1000);
    numbers.prop_map(|([src_port, dst_port, window, urgent], [seq, ack, val, ecr], flags)| Header {
        src_port,
        dst_port,
        seq: Seq(seq),
        ack: Seq(ack),
        flags: Flags(flags),
        window,
        urgent,
        options: Options { timestamps: Some(Timestamps { val, ecr }), ..Options::default() },
    })
}

/// What the layers read, one after the other.
fn by_layers(bytes: &[u8]) -> Option<(Link, ip::Header, Header, Bytes)> {
    let (link, ethertype) = ethernet::parse(bytes).ok()?;
    let (ip, range) = ip::parse(bytes, ethernet::LEN, ethertype).ok()?;
    let (header, range) = tcp::parse(&ip, bytes, range).ok()?;
    Some((link, ip, header, Bytes::copy_from_slice(&bytes[range])))
}

/// What a connection says of a segment whose header this is.
fn own(h: &Header) -> Own {
    let ack = if h.flags.has(Flags::ACK) { h.ack } else { Seq(0) };
    let stamps = h.options.timestamps.unwrap();
    Own { seq: h.seq, ack, flags: h.flags, window: h.window, urgent: h.urgent, stamps }
}

/// Between whom a frame with these headers goes.
fn ends(mac: Mac, ip: &ip::Header, tcp: &Header) -> Ends {
    let ip::Addrs::V4 { src, dst } = ip.addrs else { panic!("not of this shape") };
    Ends::new(mac, (src, dst), (tcp.src_port, tcp.dst_port))
}

/// Between whom the frame goes, ECN bits, TCP header, payload.
type Read = (Ends, u8, Header, Bytes);

/// The same at one go.
fn at_once(bytes: &[u8]) -> Option<Read> {
    let usual = Usual::of(bytes).filter(Usual::is_intact)?;
    let payload = Bytes::copy_from_slice(&bytes[usual.payload()]);
    Some((usual.ends(), usual.ecn(), usual.header(), payload))
}

proptest! {
    #[test]
    fn a_pattern_writes_what_the_layers_write(
        ip in datagram(), first in segment(), second in segment(), data in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        let ports = (first.src_port, first.dst_port);
        let pattern = Pattern::new(&LINK, &ip, ports).unwrap();
        let mut room = Room::default();
        for (n, header) in [first, Header { src_port: ports.0, dst_port: ports.1, ..second }].into_iter().enumerate() {
            let ip = ip::Header { ident: ip.ident.wrapping_add(n as u16), ..ip };
            let write = |out: &mut BytesMut| out.extend_from_slice(&data);
            let like = frame::emit_tcp_like(&mut room, &pattern, (ip.ident, ip.ecn), &own(&header), data.len(), write);
            let alone = frame::emit_tcp(&LINK, &ip, &header, data.len(), write);
            prop_assert_eq!(&like, &alone);
            let ack = if header.flags.has(Flags::ACK) { header.ack } else { Seq(0) };
            let read = at_once(&like);
            let ends = ends(LINK.dst, &ip, &header);
            prop_assert_eq!(read, Some((ends, ip.ecn, Header { ack, ..header }, Bytes::from(data.clone()))));
        }
    }

    #[test]
    fn what_is_read_at_once_is_what_the_layers_read(
        ip in datagram(), header in segment(), data in prop::collection::vec(any::<u8>(), 0..80),
        padding in 0usize..4, wounds in prop::collection::vec((0usize..90, any::<u8>()), 0..3), mend in any::<bool>(),
    ) {
        let whole = frame::emit_tcp(&LINK, &ip, &header, data.len(), |out| out.extend_from_slice(&data));
        let mut bytes = [&whole[..], &vec![0; padding]].concat();
        for (at, octet) in wounds {
            let at = at % bytes.len();
            bytes[at] = octet;
        }
        if mend {
            // A right checksum over a wrong header leads further in.
            bytes[24..26].copy_from_slice(&[0; 2]);
            let sum = wire::checksum::Sum::new().octets(&bytes[14..34]).checksum();
            bytes[24..26].copy_from_slice(&sum.to_be_bytes());
        }
        if let Some((between, ecn, header, payload)) = at_once(&bytes) {
            let (link, ip, tcp, data) = by_layers(&bytes).expect("the layers take it too");
            prop_assert_eq!((ends(link.dst, &ip, &tcp), ip.ecn), (between, ecn));
            prop_assert_eq!((tcp, data), (header, payload));
            prop_assert_eq!(ip.protocol, ip::TCP);
        }
    }
}

#[test]
fn other_shapes_are_left_to_the_layers() {
    let addrs = ip::Addrs::V4 { src: Ipv4Addr::new(10, 0, 0, 1), dst: Ipv4Addr::new(10, 0, 0, 2) };
    let ip = ip::Header::new(addrs, ip::TCP);
    let timestamps = Some(Timestamps { val: 1, ecr: 2 });
    let sack = SackBlocks { len: 1, ..SackBlocks::default() };
    let table = [
        Options { timestamps: None, ..Options::default() },
        Options { timestamps, sack, ..Options::default() },
        Options { timestamps, sack_permitted: true, ..Options::default() },
        Options { timestamps, mss: Some(1460), ..Options::default() },
        Options { timestamps, window_scale: Some(7), ..Options::default() },
    ];
    for options in table {
        let header = Header {
            src_port: 1,
            dst_port: 2,
            seq: Seq(1),
            ack: Seq(2),
            flags: Flags::ACK,
            window: 3,
            urgent: 0,
            options,
        };
        let bytes = frame::emit_tcp(&LINK, &ip, &header, 0, |_| {});
        assert!(Usual::of(&bytes).is_none(), "{options:?}");
    }
}
