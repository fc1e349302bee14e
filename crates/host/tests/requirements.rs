//! What RFC 9293 asks of the host around the core: addresses, fields of the IP header, initial sequence numbers.

use crate::common::*;
use bytes::Bytes;
use host::Call;
use std::net::SocketAddr;
use wire::frame::Packet;
use wire::tcp::{Flags, Options};

/// The IP headers of the segments that host 2 sent.
fn ip_headers(w: &World) -> Vec<wire::ip::Header> {
    let parsed = w.sent.iter().map(|f| wire::frame::parse(f).unwrap());
    parsed
        .filter_map(|f| match f.packet {
            Packet::Tcp { ip, .. } => Some(ip),
            _ => None,
        })
        .collect()
}

#[test]
fn no_connection_is_opened_to_many() {
    // MUST-46.
    let mut w = World::alone("linux", &[]);
    for addr in ["255.255.255.255:80", "224.0.0.1:80", "10.0.0.255:80"] {
        let fd = w.ok(0, Call::Socket);
        let addr: SocketAddr = addr.parse().unwrap();
        let errno = w.err(0, Call::Connect { fd, addr });
        assert!(["ENETUNREACH", "EHOSTUNREACH"].contains(&errno), "{addr}: {errno}");
    }
    assert!(w.sent.is_empty());
}

#[test]
fn a_syn_from_an_impossible_address_is_dropped() {
    // MUST-63, MUST-57.
    let mut w = World::alone("linux", &[]);
    w.listen(0, 80, 5);
    for from in ["224.0.0.9:1000", "255.255.255.255:1000", "127.0.0.9:1000", "0.0.0.9:1000"] {
        w.syn(from.parse().unwrap(), 80, 5000);
        if from.starts_with("0.") {
            continue; // of this network: odd, but not many
        }
        assert_eq!(w.queues(0), (0, 0), "{from}");
        assert!(w.sent.is_empty(), "{from}");
    }
}

#[test]
fn a_syn_to_many_is_dropped() {
    // MUST-57.
    let mut w = World::alone("linux", &[]);
    w.listen(0, 80, 5);
    for to in ["10.0.0.255", "255.255.255.255", "224.0.0.1"] {
        let addrs = wire::ip::Addrs::new(ip(9), to.parse().unwrap()).unwrap();
        let link = wire::Link { dst: wire::Mac([0xff; 6]), src: wire::Mac([2, 0, 0, 0, 0, 9]) };
        let header = wire::tcp::Header {
            src_port: 1000,
            dst_port: 80,
            seq: wire::Seq(5000),
            ack: wire::Seq(0),
            flags: Flags::SYN,
            window: 1000,
            urgent: 0,
            options: Options::default(),
        };
        let head = wire::ip::Header::new(addrs, wire::ip::TCP);
        w.take_in(wire::frame::emit_tcp(&link, &head, &header, 0, |_| {}));
        assert_eq!(w.queues(0), (0, 0), "{to}");
        assert!(w.sent.is_empty(), "{to}");
    }
}

#[test]
fn fields_of_the_ip_header_are_as_the_program_set_them() {
    // MUST-48, SHLD-21, SHLD-22, MUST-49.
    let mut w = World::alone("linux", &[]);
    let listener = w.listen(0, 80, 5);
    w.syn(at(9, 1000), 80, 5000);
    w.run_for(0.01);
    let isn = w.received(9)[0].0.seq.0;
    w.raw(at(9, 1000), 80, Flags::ACK, 5001, isn.wrapping_add(1), Options::default(), b"");
    let fd = w.ok(0, Call::Accept { fd: listener });
    for (i, (tos, ttl)) in [(0x28, 7), (0xb8, 33)].into_iter().enumerate() {
        let set = |name, v: i32| Call::SetSockOpt {
            fd,
            level: 0,
            name,
            value: Bytes::copy_from_slice(&v.to_le_bytes()),
        };
        w.ok(0, set(1, tos));
        w.ok(0, set(2, ttl));
        w.sent.clear();
        w.ok(0, Call::Write { fd, data: Bytes::from_static(b"x") });
        let ip = ip_headers(&w)[0];
        assert_eq!((i32::from(ip.dscp) << 2, i32::from(ip.ttl)), (tos, ttl));
        let ack = isn.wrapping_add(2 + i as u32);
        w.raw(at(9, 1000), 80, Flags::ACK, 5001, ack, Options::default(), b"");
    }
}

#[test]
fn initial_sequence_numbers_follow_a_clock_and_a_secret() {
    // MUST-8, SHLD-1, MUST-9: the same four-tuple advances with time; another tuple says nothing of it.
    let isn = |wait: f64, port: u16| {
        let mut w = World::alone("linux", &[]);
        w.listen(0, 80, 5);
        w.run_for(wait);
        w.syn(at(9, port), 80, 5000);
        w.run_for(0.01);
        w.received(9)[0].0.seq.0
    };
    let (first, later) = (isn(0.0, 1000), isn(1.0, 1000));
    assert_eq!(later.wrapping_sub(first), 15_625_000, "one every 64 ns");
    let other = isn(0.0, 1001);
    assert!(other.abs_diff(first) > 1000, "{first} and {other}");
}
