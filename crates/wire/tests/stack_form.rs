//! The meaningful form: known frames in, known frames out, and what a stack refuses.

use crate::common::{SYN, hex};
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use wire::ethernet::{self, Link, Mac};
use wire::frame::{self, Packet};
use wire::tcp::{FastOpen, Flags, Header, Options, SackBlocks, Timestamps};
use wire::{Problem, Seq, arp, icmp, ip, tcp, udp};

fn link() -> Link {
    Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 1]) }
}

fn v4(protocol: u8) -> ip::Header {
    let addrs = ip::Addrs::V4 { src: Ipv4Addr::new(10, 0, 0, 1), dst: Ipv4Addr::new(10, 0, 0, 2) };
    ip::Header { ident: 0x1c46, ..ip::Header::new(addrs, protocol) }
}

fn v6(protocol: u8) -> ip::Header {
    let [src, dst]: [IpAddr; 2] = ["2001:db8::1", "2001:db8::2"].map(|a| a.parse().unwrap());
    ip::Header { flow_label: 0xabcde, ecn: 2, ..ip::Header::new(ip::Addrs::new(src, dst).unwrap(), protocol) }
}

fn header(flags: Flags, options: Options) -> Header {
    Header {
        src_port: 40001,
        dst_port: 80,
        seq: Seq(1000),
        ack: if flags.has(Flags::ACK) { Seq(5001) } else { Seq(0) },
        flags,
        window: 64240,
        urgent: 0,
        options,
    }
}

fn ts() -> Option<Timestamps> {
    Some(Timestamps { val: 1, ecr: 0 })
}

fn emit(ip: &ip::Header, header: &Header, data: &[u8]) -> Bytes {
    frame::emit_tcp(&link(), ip, header, data.len(), |out| out.extend_from_slice(data))
}

#[test]
fn a_syn_as_linux_sends_it() {
    let options = Options {
        mss: Some(1460),
        window_scale: Some(10),
        sack_permitted: true,
        timestamps: ts(),
        ..Options::default()
    };
    let syn = header(Flags::SYN, options);
    let bytes = emit(&v4(ip::TCP), &syn, b"");
    assert_eq!(format!("{bytes:02x?}"), format!("{:02x?}", Bytes::from(hex(SYN))));
    let read = frame::parse(&bytes).unwrap();
    assert_eq!(read.link, link());
    assert_eq!(read.packet, Packet::Tcp { ip: v4(ip::TCP), header: syn, payload: Bytes::new() });
}

#[test]
fn options_in_the_order_of_linux() {
    let sack = |n: u8| {
        let block = |i: u32| (Seq(i * 100), Seq(i * 100 + 50));
        SackBlocks {
            len: n,
            blocks: [1, 2, 3, 4].map(|i| if i <= u32::from(n) { block(i) } else { Default::default() }),
        }
    };
    let cookie = |experimental, octets: &[u8]| {
        let mut kept = [0; 16];
        kept[..octets.len()].copy_from_slice(octets);
        Some(FastOpen { experimental, len: octets.len() as u8, cookie: kept })
    };
    let none = Options::default();
    let syn = Options { mss: Some(1460), window_scale: Some(7), sack_permitted: true, ..none };
    #[rustfmt::skip]
    let table = [
        (none, ""),
        (Options { mss: Some(536), ..none }, "02040218"),
        (Options { timestamps: ts(), ..syn }, "020405b4 0402080a 00000001 00000000 01030307"),
        (syn, "020405b4 01010402 01030307"),
        (Options { sack_permitted: false, timestamps: ts(), ..syn }, "020405b4 0101080a 00000001 00000000 01030307"),
        (Options { window_scale: None, ..syn }, "020405b4 01010402"),
        (Options { timestamps: ts(), ..none }, "0101080a 00000001 00000000"),
        (Options { sack: sack(1), ..none }, "0101050a 00000064 00000096"),
        (Options { timestamps: ts(), sack: sack(3), ..none },
         "0101080a 00000001 00000000 0101051a 00000064 00000096 000000c8 000000fa 0000012c 0000015e"),
        (Options { fast_open: cookie(false, &[]), ..none }, "22020101"),
        (Options { fast_open: cookie(false, &[1, 2, 3, 4, 5, 6, 7, 8]), ..syn },
         "020405b4 01010402 01030307 220a0102 03040506 07080101"),
        (Options { fast_open: cookie(true, &[1, 2, 3, 4]), ..none }, "fe08f989 01020304"),
    ];
    for (options, octets) in table {
        let emitted = options.emit().to_vec();
        assert_eq!(format!("{:02x?}", emitted), format!("{:02x?}", hex(octets)));
        assert_eq!(tcp::parse_options(&emitted), options, "{octets}");
        assert_eq!(options.wire_len(), emitted.len());
    }
    // Four blocks and timestamps would take 48 octets: the last block has no room.
    let full = Options { timestamps: ts(), sack: sack(4), ..none };
    assert_eq!(tcp::parse_options(&full.emit().to_vec()).sack, sack(3));
}

#[test]
fn options_are_read_as_a_stack_reads_them() {
    let mss = Options { mss: Some(1460), ..Options::default() };
    #[rustfmt::skip]
    let table = [
        ("fd0611223344 020405b4", mss, "unknown is skipped"),
        ("01 01 020405b4 00", mss, "no-operations and an end"),
        ("020405b4 00 04 02", mss, "nothing counts after the end"),
        ("020405b4 05 01 0402", mss, "length 1 ends the reading"),
        ("020405b4 08 0a 00 00", mss, "so does one beyond the header"),
        ("020405b4 08", mss, "and a kind without a length"),
        ("0203ff 020405b4", mss, "a length that MSS cannot have is skipped"),
        ("050b 112233445566778899 020405b4", mss, "half a SACK block likewise"),
        ("22050102ff 020405b4", mss, "an odd cookie likewise"),
    ];
    for (octets, options, what) in table {
        assert_eq!(tcp::parse_options(&hex(octets)), options, "{what}");
    }
}

#[test]
fn every_transport_round_trips_over_both_families() {
    let data = b"hello, world";
    for ip in [v4, v6] {
        for len in 0..data.len() {
            let payload = Bytes::from_static(&data[..len]);
            let h = header(Flags::ACK | Flags::PSH, Options { timestamps: ts(), ..Options::default() });
            let bytes = emit(&ip(ip::TCP), &h, &payload);
            let want = Packet::Tcp { ip: ip(ip::TCP), header: h, payload: payload.clone() };
            assert_eq!(frame::parse(&bytes).unwrap().packet, want);

            let h = udp::Header { src_port: 53, dst_port: 1024 };
            let bytes =
                frame::emit_udp(&link(), &ip(ip::UDP), &h, len, |out| out.extend_from_slice(&payload));
            let want = Packet::Udp { ip: ip(ip::UDP), header: h, payload: payload.clone() };
            assert_eq!(frame::parse(&bytes).unwrap().packet, want);

            let protocol = if ip(0).addrs.header_len() == 20 { ip::ICMP } else { ip::ICMPV6 };
            let h = icmp::Header { kind: icmp::v4::ECHO, code: 0, rest: 0x0007_0001 };
            let bytes =
                frame::emit_icmp(&link(), &ip(protocol), &h, len, |out| out.extend_from_slice(&payload));
            let want = Packet::Icmp { ip: ip(protocol), header: h, payload: payload.clone() };
            assert_eq!(frame::parse(&bytes).unwrap().packet, want);
            assert_eq!(h.echo(), (7, 1));
        }
    }
}

#[test]
fn arp_asks_and_answers() {
    let packet = arp::Packet {
        opcode: arp::REQUEST,
        src_mac: Mac([2, 0, 0, 0, 0, 1]),
        src_ip: Ipv4Addr::new(10, 0, 0, 1),
        dst_mac: Mac::default(),
        dst_ip: Ipv4Addr::new(10, 0, 0, 2),
    };
    let bytes = arp::emit(&Link { dst: Mac::BROADCAST, src: packet.src_mac }, &packet);
    let want =
        "ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002";
    assert_eq!(bytes, hex(want));
    assert_eq!(frame::parse(&bytes).unwrap().packet, Packet::Arp(packet));
}

/// What is wrong with the SYN above after `at` octets of it were replaced by `with`.
fn refusal(at: usize, with: &str) -> (Problem, [u32; 2]) {
    let mut bytes = hex(SYN);
    let with = hex(with);
    bytes[at..at + with.len()].copy_from_slice(&with);
    let refused = frame::parse(&bytes.into()).unwrap_err();
    (refused.problem, refused.numbers)
}

#[test]
fn a_stack_refuses() {
    const IP: usize = ethernet::LEN;
    const TCP: usize = IP + ip::V4_LEN;
    #[rustfmt::skip]
    let table = [
        (12, "88cc", Problem::EthTypeUnknown, [0x88cc, 0]),
        (IP, "65", Problem::IpVersion, [6, 4]),
        (IP, "44", Problem::IpHdrLenShort, [16, 20]),
        (IP + 8, "3f", Problem::IpChecksumWrong, [0x0a74, 0x0b74]),
        (IP, "45 00 00 10 1c 46 40 00 40 06 0a a0", Problem::IpLenShort, [16, 20]),
        (IP, "45 00 00 3d 1c 46 40 00 40 06 0a 73", Problem::IpLenBeyond, [61, 60]),
        (IP, "45 00 00 3c 1c 46 20 01 40 06 2a 73", Problem::IpFragment, [8, 0x1c46]),
        (IP, "45 00 00 3c 1c 46 40 00 40 63 0a 17", Problem::IpProtoUnknown, [99, 0]),
        (IP, "45 00 00 20 1c 46 40 00 40 06 0a 90", Problem::TcpShort, [12, 20]),
        (TCP + 12, "40", Problem::TcpHdrLenShort, [16, 20]),
        (TCP + 12, "b0", Problem::TcpHdrLenBeyond, [44, 40]),
        (TCP + 14, "faf1", Problem::TcpChecksumWrong, [0x988f, 0x988e]),
    ];
    for (at, with, problem, numbers) in table {
        assert_eq!(refusal(at, with), (problem, numbers), "{with} at {at}");
    }
    let mut last = None;
    for len in (0..hex(SYN).len()).rev() {
        let refused = frame::parse(&hex(SYN)[..len].to_vec().into()).unwrap_err().problem;
        if last != Some(refused) {
            last = Some(refused);
            match len {
                73 => assert_eq!(refused, Problem::IpLenBeyond),
                33 => assert_eq!(refused, Problem::IpShort),
                13 => assert_eq!(refused, Problem::EthShort),
                _ => panic!("{refused:?} at {len} octets"),
            }
        }
    }
}

#[test]
fn an_icmp_error_names_the_connection() {
    let syn = hex(SYN);
    let quoted = icmp::quoted(&syn[ethernet::LEN..ethernet::LEN + 28]).unwrap();
    assert_eq!(quoted.addrs, v4(0).addrs);
    assert_eq!((quoted.protocol, quoted.src_port, quoted.dst_port, quoted.seq), (6, 40001, 80, Seq(1000)));
    assert_eq!(icmp::quoted(&syn[ethernet::LEN..ethernet::LEN + 27]), None);
    assert_eq!(icmp::quoted(&[]), None);
}

#[test]
fn link_padding_is_no_payload() {
    let h = header(Flags::ACK, Options::default());
    let mut bytes = emit(&v4(ip::TCP), &h, b"x").to_vec();
    bytes.resize(60, 0);
    let Packet::Tcp { payload, .. } = frame::parse(&bytes.into()).unwrap().packet else { panic!() };
    assert_eq!(&payload[..], b"x");
}
