//! What tshark makes of our captures.

use crate::common::{WRONG, tshark};
use lab::pcap::{Interface, Packet, write};
use wire::tcp::{FastOpen, Flags, Header, Options, SackBlocks, Timestamps};
use wire::{Link, Mac, Seq, arp, frame, icmp, ip, udp};

const LINK: Link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 1]) };

fn headers(protocols: [u8; 2]) -> [ip::Header; 2] {
    let header = |src: &str, dst: &str, protocol| {
        ip::Header::new(ip::Addrs::new(src.parse().unwrap(), dst.parse().unwrap()).unwrap(), protocol)
    };
    [header("10.0.0.1", "10.0.0.2", protocols[0]), header("2001:db8::1", "2001:db8::2", protocols[1])]
}

/// One of everything, over both families.
fn frames() -> Vec<bytes::Bytes> {
    let mut frames = Vec::new();
    let block = |n: u32| (Seq(n), Seq(n + 100));
    let cookie = |len| Some(FastOpen { experimental: false, len, cookie: [7; 16] });
    let timestamps = Some(Timestamps { val: 1000, ecr: 900 });
    let syn = Options {
        mss: Some(1460),
        window_scale: Some(7),
        sack_permitted: true,
        timestamps,
        ..Options::default()
    };
    let sack = SackBlocks { len: 2, blocks: [block(3000), block(4000), block(0), block(0)] };
    let cases = [
        (Flags::SYN, syn, 0),
        (Flags::SYN, Options { fast_open: cookie(8), ..syn }, 0),
        (Flags::SYN, Options { timestamps: None, fast_open: cookie(0), ..syn }, 0),
        (Flags::SYN | Flags::ACK, syn, 0),
        (Flags::ACK, Options { timestamps, ..Options::default() }, 0),
        (Flags::ACK | Flags::PSH, Options { timestamps, ..Options::default() }, 1),
        (Flags::ACK | Flags::PSH, Options::default(), 1459),
        (Flags::ACK, Options { timestamps, sack, ..Options::default() }, 0),
        (Flags::FIN | Flags::ACK, Options::default(), 3),
        (Flags::RST, Options::default(), 0),
    ];
    for (flags, options, len) in cases {
        for ip in headers([ip::TCP; 2]) {
            let header = Header {
                src_port: 40001,
                dst_port: 8080,
                seq: Seq(1000),
                ack: Seq(5001),
                flags,
                window: 502,
                urgent: 0,
                options,
            };
            frames.push(frame::emit_tcp(&LINK, &ip, &header, len, |out| out.resize(out.len() + len, b'x')));
        }
    }
    for ip in headers([ip::UDP; 2]) {
        let header = udp::Header { src_port: 40002, dst_port: 40003 };
        frames.push(frame::emit_udp(&LINK, &ip, &header, 5, |out| out.extend(b"hello")));
    }
    let quote = frames[0][14..42].to_vec();
    let quote6 = frames[1][14..].to_vec();
    for (ip, kinds, quote) in [
        (0, [icmp::v4::ECHO, icmp::v4::UNREACHABLE], quote),
        (1, [icmp::v6::ECHO, icmp::v6::PACKET_TOO_BIG], quote6),
    ] {
        let ip = headers([ip::ICMP, ip::ICMPV6])[ip];
        let echo = icmp::Header { kind: kinds[0], code: 0, rest: 0x0001_0001 };
        frames.push(frame::emit_icmp(&LINK, &ip, &echo, 5, |out| out.extend(b"hello")));
        let code = if kinds[1] == icmp::v4::UNREACHABLE { 4 } else { 0 };
        let error = icmp::Header { kind: kinds[1], code, rest: 1400 };
        frames.push(frame::emit_icmp(&LINK, &ip, &error, quote.len(), |out| out.extend(&quote)));
    }
    let ask = arp::Packet {
        opcode: arp::REQUEST,
        src_mac: LINK.src,
        src_ip: [10, 0, 0, 1].into(),
        dst_mac: Mac::default(),
        dst_ip: [10, 0, 0, 2].into(),
    };
    frames.push(arp::emit(&Link { dst: Mac::BROADCAST, ..LINK }, &ask));
    frames
}

fn interfaces() -> Vec<Interface> {
    let interface = |name: &str| Interface {
        name: name.into(),
        description: format!("tap on {name}"),
        speed: 100_000_000,
    };
    vec![interface("client"), interface("server")]
}

fn capture() -> Vec<u8> {
    let frames = frames();
    let packets = frames.iter().enumerate().map(|(n, frame)| Packet {
        interface: n as u32 % 2,
        time: 1_000_000_007 * n as u64,
        frame: frame[..].into(),
        comment: if n == 0 { "lost on the link, 丢失".into() } else { String::new() },
        direction: None,
    });
    write("accept flow, seed 1", &interfaces(), packets).unwrap()
}

#[test]
fn tshark_finds_nothing_malformed_and_every_checksum_right() {
    let capture = capture();
    let Some(lines) = tshark(&capture, &["-Y", WRONG, "-V"]) else { return };
    assert!(lines.is_empty(), "{}", lines.join("\n"));
    let fields =
        ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.interface_name", "-e", "frame.comment"];
    let Some(lines) = tshark(&capture, &fields) else { return };
    assert_eq!(lines.len(), frames().len());
    assert_eq!(lines[0], "0.000000000\tclient\tlost on the link, 丢失");
    assert_eq!(lines[3].trim_end(), "3.000000021\tserver");
}

#[test]
fn tshark_reads_in_a_frame_what_we_read_in_it() {
    let fields = [
        "-T",
        "fields",
        "-o",
        "tcp.relative_sequence_numbers:FALSE",
        "-e",
        "tcp.seq",
        "-e",
        "tcp.window_size_value",
        "-e",
        "tcp.flags",
        "-e",
        "tcp.options.mss_val",
        "-e",
        "tcp.options.wscale.shift",
        "-e",
        "tcp.options.timestamp.tsval",
        "-e",
        "tcp.options.sack_le",
        "-e",
        "tcp.options.tfo.cookie",
        "-e",
        "tcp.options",
    ];
    let Some(lines) = tshark(&capture(), &fields) else { return };
    for (line, frame) in lines.iter().zip(frames()).take(20) {
        let tree = wire::dissect::dissect(&frame, &Default::default());
        let all = |name: &str| {
            let nodes = wire::dissect::leaves(&tree);
            let values: Vec<String> =
                nodes.iter().filter(|n| n.name == name).map(|n| n.value.clone()).collect();
            values.join(",")
        };
        let value = |path| wire::dissect::find(&tree, path).map_or(String::new(), |n| n.value.clone());
        let flags = u16::from_str_radix(value("tcp.flags").trim_start_matches("0x"), 16).unwrap();
        let ours = [
            value("tcp.seq"),
            value("tcp.window_size_value"),
            format!("{flags:#06x}"),
            all("tcp.options.mss_val"),
            all("tcp.options.wscale.shift"),
            all("tcp.options.timestamp.tsval"),
            all("tcp.options.sack_le"),
            all("tcp.options.tfo.cookie"),
            value("tcp.options"),
        ];
        assert_eq!(line, &ours.join("\t"));
    }
}

#[test]
fn a_packet_of_an_interface_that_is_not_there_is_an_error() {
    let packet =
        Packet { interface: 2, time: 0, frame: b"x"[..].into(), comment: String::new(), direction: None };
    let error = write("", &interfaces(), [packet]).unwrap_err();
    assert_eq!(error.code, "bad_capture");
}

#[test]
fn a_long_comment_is_cut_between_characters() {
    let packet = Packet {
        interface: 0,
        time: 0,
        frame: b"x"[..].into(),
        comment: "段".repeat(30_000),
        direction: None,
    };
    assert!(write("", &interfaces(), [packet]).unwrap().len() < 65_536);
}

#[test]
fn tshark_finds_what_was_edited_in() {
    let mut frame = frames()[0].to_vec();
    frame[50] ^= 1;
    let packet =
        Packet { interface: 0, time: 0, frame: frame.into(), comment: String::new(), direction: None };
    let capture = write("", &interfaces(), [packet]).unwrap();
    let Some(lines) = tshark(&capture, &["-Y", "tcp.checksum.status == 0"]) else { return };
    assert_eq!(lines.len(), 1);
}
