//! The annotated tree: any bytes, every bit, and what people read in it.

use crate::common::holds::{drawn, holds_together, nested};
use crate::common::{SYN, hex, zoo};
use proptest::prelude::*;
use wire::dissect::{Context, dissect, find};
use wire::edit::{mend_checksums, mend_lengths};
use wire::{Problem, layout};

#[test]
fn a_syn_field_by_field() {
    let want = "\
eth 0+112 \n eth.dst 0+48 02:00:00:00:00:02\n eth.src 48+48 02:00:00:00:00:01\n eth.type 96+16 0x0800  (IPv4)
ip 112+160 \n ip.version 112+4 4\n ip.hdr_len 116+4 5  (5 × 4 = 20)\n ip.dsfield 120+8 0x00
  ip.dsfield.dscp 120+6 0\n  ip.dsfield.ecn 126+2 0  (Not-ECT)\n ip.len 128+16 60\n ip.id 144+16 0x1c46
 ip.flags 160+3 0x2  (DF)\n  ip.flags.rb 160+1 0\n  ip.flags.df 161+1 1\n  ip.flags.mf 162+1 0
 ip.frag_offset 163+13 0\n ip.ttl 176+8 64\n ip.proto 184+8 6  (TCP)\n ip.checksum 192+16 0x0a74  (✓)
 ip.src 208+32 10.0.0.1\n ip.dst 240+32 10.0.0.2
tcp 272+320 \n tcp.srcport 272+16 40001\n tcp.dstport 288+16 80\n tcp.seq 304+32 1000\n tcp.ack 336+32 0
 tcp.hdr_len 368+4 10  (10 × 4 = 40)\n tcp.flags 372+12 0x002  (SYN)\n  tcp.flags.res 372+3 0
  tcp.flags.ae 375+1 0\n  tcp.flags.cwr 376+1 0\n  tcp.flags.ece 377+1 0\n  tcp.flags.urg 378+1 0
  tcp.flags.ack 379+1 0\n  tcp.flags.push 380+1 0\n  tcp.flags.reset 381+1 0\n  tcp.flags.syn 382+1 1
  tcp.flags.fin 383+1 0\n tcp.window_size_value 384+16 64240\n tcp.checksum 400+16 0x988f  (✓)
 tcp.urgent_pointer 416+16 0\n tcp.options 432+160 020405b40402080a00000001000000000103030a
  tcp.options[0] 432+32 020405b4\n   tcp.options[0].kind 432+8 2  (MSS)\n   tcp.options[0].length 440+8 4
   tcp.options.mss_val 448+16 1460\n  tcp.options[1] 464+16 0402\n   tcp.options[1].kind 464+8 4  (SACK-permitted)
   tcp.options[1].length 472+8 2\n  tcp.options[2] 480+80 080a0000000100000000
   tcp.options[2].kind 480+8 8  (TS)\n   tcp.options[2].length 488+8 10
   tcp.options.timestamp.tsval 496+32 1\n   tcp.options.timestamp.tsecr 528+32 0\n  tcp.options[3] 560+8 01
   tcp.options[3].kind 560+8 1  (NOP)\n  tcp.options[4] 568+24 03030a
   tcp.options[4].kind 568+8 3  (WS)\n   tcp.options[4].length 576+8 3
   tcp.options.wscale.shift 584+8 10  (× 1024)
";
    assert_eq!(drawn(&hex(SYN)), want);
}

#[test]
fn the_table_of_each_header_tiles_it() {
    let tables = [
        (layout::ethernet::FIELDS, 0, layout::ethernet::LEN),
        (layout::arp::FIELDS, 0, layout::arp::LEN),
        (layout::ipv4::FIELDS, 0, layout::ipv4::LEN),
        (layout::ipv6::FIELDS, 0, layout::ipv6::LEN),
        (layout::icmp::FIELDS, 0, layout::icmp::LEN),
        (layout::icmp_echo::FIELDS, 32, layout::icmp_echo::LEN),
        (layout::icmp_unreachable::FIELDS, 32, layout::icmp_unreachable::LEN),
        (layout::icmp_other::FIELDS, 32, layout::icmp_other::LEN),
        (layout::icmpv6::FIELDS, 0, layout::icmpv6::LEN),
        (layout::icmpv6_echo::FIELDS, 32, layout::icmpv6_echo::LEN),
        (layout::icmpv6_too_big::FIELDS, 32, layout::icmpv6_too_big::LEN),
        (layout::icmpv6_other::FIELDS, 32, layout::icmpv6_other::LEN),
        (layout::icmpv6_ns::FIELDS, 32, layout::icmpv6_ns::LEN),
        (layout::icmpv6_na::FIELDS, 32, layout::icmpv6_na::LEN),
        (layout::icmpv6_link_layer::FIELDS, 192, layout::icmpv6_link_layer::LEN),
        (layout::udp::FIELDS, 0, layout::udp::LEN),
        (layout::tcp::FIELDS, 0, layout::tcp::LEN),
    ];
    for (fields, start, octets) in tables {
        let mut done = start;
        for field in fields.iter().filter(|f| f.form != layout::Form::Group) {
            assert_eq!(field.bit, done, "{}", field.name);
            done = field.end();
        }
        assert_eq!(done as usize, octets * 8, "{}", fields[0].name);
    }
}

#[test]
fn every_frame_of_the_zoo_cut_anywhere() {
    for (name, frame) in zoo() {
        println!("{name}\n{}", drawn(&frame));
        for len in 0..=frame.len() {
            holds_together(&frame[..len]);
        }
    }
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let problem = |name: &str, path: &str| {
        let frame = zoo().into_iter().find(|(n, _)| *n == name).unwrap().1;
        let tree = dissect(&frame, &Context::default());
        find(&tree, path).unwrap_or_else(|| panic!("{path} in\n{}", drawn(&frame))).problem
    };
    #[rustfmt::skip]
    let table = [
        ("header length 4", "ip.hdr_len", Problem::IpHdrLenShort),
        ("header length 15", "ip.checksum", Problem::IpChecksumWrong),
        ("version 6 under the type of 4", "ip.version", Problem::IpVersion),
        ("length beyond", "ip.len", Problem::IpLenBeyond),
        ("length short", "ip.len", Problem::IpLenShort),
        ("data offset 1", "tcp.hdr_len", Problem::TcpHdrLenShort),
        ("data offset 15", "tcp.hdr_len", Problem::TcpHdrLenBeyond),
        ("unknown options", "tcp.options[1].length", Problem::TcpOptionLenShort),
        ("unknown options", "tcp.checksum", Problem::TcpChecksumWrong),
        ("option length 0", "tcp.options[0].length", Problem::TcpOptionLenShort),
        ("option length beyond", "tcp.options[0].length", Problem::TcpOptionLenBeyond),
        ("end, then padding that is not zero", "tcp.options.padding", Problem::TcpPaddingNotZero),
    ];
    for (frame, path, want) in table {
        assert_eq!(problem(frame, path), Some(want), "{frame}: {path}");
    }
    for (name, frame) in zoo().into_iter().take(10) {
        nested(&dissect(&frame, &Context::default()), &mut |n| {
            assert_eq!(n.problem, None, "{name}: {}", n.path)
        });
    }
}

#[test]
fn a_window_means_what_its_flow_agreed_on() {
    let meaning = |frame: &[u8]| {
        let tree = dissect(frame, &Context { window_shift: Some(7) });
        find(&tree, "tcp.window_size_value").unwrap().meaning.clone()
    };
    assert_eq!(meaning(&zoo()[1].1).as_deref(), Some("502 × 128 = 64256"));
    // RFC 7323 §2.2: never in a SYN.
    assert_eq!(meaning(&hex(SYN)), None);
}

#[test]
fn a_quotation_has_paths_of_its_own() {
    let tree = dissect(&zoo()[6].1, &Context::default());
    assert_eq!(find(&tree, "icmp.mtu").unwrap().value, "1400");
    assert_eq!(find(&tree, "icmp/tcp.seq").unwrap().value, "1000");
    assert_eq!(find(&tree, "icmp/ip.src").unwrap().value, "10.0.0.1");
}

/// A message of the domain name system has its header as fields; its records are told in tcpdump's words.
#[test]
fn a_question_to_a_name_server() {
    let question = wire::dns::query(0x1234, "www.example", wire::dns::Kind::A).expect("a name");
    let addrs = wire::ip::Addrs::new([10, 0, 0, 1].into(), [10, 0, 0, 53].into()).expect("one family");
    let ports = wire::udp::Header { src_port: 40_000, dst_port: wire::dns::PORT };
    let header = wire::ip::Header::new(addrs, wire::ip::UDP);
    let write = |out: &mut bytes::BytesMut| out.extend_from_slice(&question);
    let frame = wire::frame::emit_udp(&wire::Link::default(), &header, &ports, question.len(), write);
    let tree = dissect(&frame, &Context::default());
    let field = |path: &str| find(&tree, path).map(|n| (n.value.as_str(), n.meaning.as_deref()));
    assert_eq!(field("dns.id"), Some(("0x1234", None)));
    assert_eq!(field("dns.flags.response"), Some(("0", Some("query"))));
    assert_eq!(field("dns.flags.recdesired"), Some(("1", None)));
    assert_eq!(field("dns.count.queries"), Some(("1", None)));
    let records = find(&tree, "dns.records").expect("octets behind the header");
    assert_eq!(records.meaning.as_deref(), Some("4660+ A? www.example. (29)"));
    holds_together(&frame);
    assert!(wire::summary::line(&frame).ends_with("40000 > 10.0.0.53.53: 4660+ A? www.example. (29)"));
}

/// What fuzzing found worth keeping.
#[test]
fn the_corpus_holds_together() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/bytes");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        println!("{}", file.display());
        holds_together(&std::fs::read(file).unwrap());
    }
}

proptest! {
    #[test]
    fn any_bytes_hold_together(frame in prop::collection::vec(any::<u8>(), 0..200)) {
        holds_together(&frame);
    }

    #[test]
    fn frames_with_wounds_hold_together(
        pick in any::<prop::sample::Index>(),
        wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let zoo = zoo();
        let mut frame = pick.get(&zoo).1.clone();
        for (at, octet) in wounds {
            *at.get_mut(&mut frame) = octet;
        }
        holds_together(&frame);
        // A stack's view of the same bytes must not panic either, and mending never changes the length.
        _ = wire::frame::parse(&frame.clone().into());
        let len = frame.len();
        mend_lengths(&mut frame);
        mend_checksums(&mut frame);
        prop_assert_eq!(frame.len(), len);
        let tree = dissect(&frame, &Context::default());
        for path in ["ip.checksum", "tcp.checksum", "udp.checksum", "icmp.checksum"] {
            if let Some(node) = find(&tree, path) {
                prop_assert_eq!(node.problem, None, "{} in\n{}", path, drawn(&frame));
            }
        }
    }
}
