//! Frames that several tests look at.
#![allow(dead_code)]

pub mod holds;

/// Hex digits to octets; white space between is free.
pub fn hex(text: &str) -> Vec<u8> {
    wire::hex::decode(text).unwrap()
}

/// A SYN as Linux sends it.
///
/// Written by hand from RFC 791, RFC 9293 and RFC 7323; both sums checked by a second, naive program.
pub const SYN: &str = "
    02 00 00 00 00 02  02 00 00 00 00 01  08 00
    45 00 00 3c  1c 46 40 00  40 06 0a 74  0a 00 00 01  0a 00 00 02
    9c 41 00 50  00 00 03 e8  00 00 00 00  a0 02 fa f0  98 8f 00 00
    02 04 05 b4  04 02 08 0a  00 00 00 01  00 00 00 00  01 03 03 0a";

/// Frames of every kind that is known, and some that are broken.
pub fn zoo() -> Vec<(&'static str, Vec<u8>)> {
    use bytes::Bytes;
    use wire::{Link, Mac, Seq, arp, frame, icmp, ip, tcp, udp};
    let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 1]) };
    let family = |addrs: [&str; 2], protocol| {
        let [src, dst] = addrs.map(|a| a.parse().unwrap());
        ip::Header::new(ip::Addrs::new(src, dst).unwrap(), protocol)
    };
    let v4 = |protocol| family(["10.0.0.1", "10.0.0.2"], protocol);
    let v6 = |protocol| family(["2001:db8::1", "2001:db8::2"], protocol);
    let options = tcp::Options {
        timestamps: Some(tcp::Timestamps { val: 7, ecr: 8 }),
        sack: tcp::SackBlocks {
            len: 2,
            blocks: [(Seq(1), Seq(2)), (Seq(3), Seq(4)), Default::default(), Default::default()],
        },
        ..Default::default()
    };
    let header = tcp::Header {
        src_port: 40001,
        dst_port: 80,
        seq: Seq(1001),
        ack: Seq(5001),
        flags: tcp::Flags::ACK | tcp::Flags::PSH,
        window: 502,
        urgent: 0,
        options,
    };
    let hello = |out: &mut bytes::BytesMut| out.extend_from_slice(b"hello");
    let ports = udp::Header { src_port: 1024, dst_port: 53 };
    let syn = hex(SYN);
    let quote = syn[14..].to_vec();
    let error = icmp::Header { kind: icmp::v4::UNREACHABLE, code: 4, rest: 1400 };
    let echo = icmp::Header { kind: icmp::v4::ECHO, code: 0, rest: 0x0007_0001 };
    let ask = arp::Packet {
        opcode: arp::REQUEST,
        src_mac: link.src,
        src_ip: [10, 0, 0, 1].into(),
        dst_mac: Mac::default(),
        dst_ip: [10, 0, 0, 2].into(),
    };
    let data = frame::emit_tcp(&link, &v4(ip::TCP), &header, 5, hello);
    let edited = |at: usize, with: &str| {
        let mut octets = data.to_vec();
        octets[at..at + with.len() / 2].copy_from_slice(&hex(with));
        octets
    };
    let padded = [&data[..], &[0; 7]].concat();
    let zoo: Vec<(&str, Bytes)> = vec![
        ("SYN", syn.into()),
        ("data over IPv4", data.clone()),
        ("data over IPv6", frame::emit_tcp(&link, &v6(ip::TCP), &header, 5, hello)),
        ("UDP", frame::emit_udp(&link, &v4(ip::UDP), &ports, 5, hello)),
        ("UDP over IPv6", frame::emit_udp(&link, &v6(ip::UDP), &ports, 5, hello)),
        ("echo", frame::emit_icmp(&link, &v4(ip::ICMP), &echo, 5, hello)),
        (
            "ICMP error",
            frame::emit_icmp(&link, &v4(ip::ICMP), &error, 60, |out| out.extend_from_slice(&quote)),
        ),
        (
            "ICMPv6 too big",
            frame::emit_icmp(&link, &v6(ip::ICMPV6), &icmp::Header { kind: 2, ..error }, 60, |out| {
                out.extend_from_slice(&quote)
            }),
        ),
        ("ARP", arp::emit(&link, &ask)),
        ("with link padding", padded.into()),
        ("unknown type", edited(12, "88cc").into()),
        ("header length 4", edited(14, "44").into()),
        ("header length 15", edited(14, "4f").into()),
        ("version 6 under the type of 4", edited(14, "65").into()),
        ("length beyond", edited(16, "ffff").into()),
        ("length short", edited(16, "0001").into()),
        ("fragment", edited(20, "2001").into()),
        ("later fragment over IPv6", fragment_v6(&frame::emit_udp(&link, &v6(ip::UDP), &ports, 5, hello))),
        ("unknown protocol", edited(23, "63").into()),
        ("data offset 0", edited(46, "0018").into()),
        ("data offset 1", edited(46, "1018").into()),
        ("data offset 15", edited(46, "f018").into()),
        ("unknown options", edited(54, "fd06112233440500").into()),
        ("option length 0", edited(54, "0800").into()),
        ("option length beyond", edited(54, "05ff").into()),
        ("end, then padding that is not zero", edited(54, "0101000102").into()),
    ];
    zoo.into_iter().map(|(name, octets)| (name, octets.to_vec())).collect()
}

/// The last of the fragments that an IPv6 frame is cut into.
fn fragment_v6(frame: &[u8]) -> bytes::Bytes {
    let pieces = wire::datagram::cut(&frame[14..], 60, 7).unwrap();
    [&frame[..14], pieces.last().unwrap()].concat().into()
}
