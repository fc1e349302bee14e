//! Addresses that a host takes, and those it does not (RFC 9293 §3.9.1.1, §3.9.2).

use crate::common::*;
use host::{Call, CallResult, RouteConfig};
use std::net::SocketAddr;
use wire::frame::Packet;
use wire::ip::{self, Addrs};
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq, checksum};

/// A SYN as station 9 would send it, but with these addresses inside.
fn syn(src: [u8; 4], dst: [u8; 4]) -> Vec<u8> {
    let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 9]) };
    let addrs = Addrs::new(src.into(), dst.into()).expect("one family");
    let header = Header {
        src_port: 40_001,
        dst_port: 80,
        seq: Seq(1),
        ack: Seq(0),
        flags: Flags::SYN,
        window: 65_535,
        urgent: 0,
        options: Options::default(),
    };
    wire::frame::emit_tcp(&link, &ip::Header::new(addrs, ip::TCP), &header, 0, |_| ()).to_vec()
}

/// MUST-44, MUST-45: the source of a SYN is the address of the interface it leaves by.
#[test]
fn a_socket_without_an_address_takes_the_interfaces() {
    let mut w = World::alone("linux", &[]);
    let fd = w.ok(0, Call::Socket);
    assert_eq!(w.call(0, Call::Connect { fd, addr: at(9, 80) }), CallResult::Blocked);
    let local = w.hosts[0].sockets()[0].local.expect("a local address");
    assert_eq!(local.ip(), ip(2));
    let frame = wire::frame::parse(&w.sent[0]).expect("a sound frame");
    let Packet::Tcp { header, .. } = frame.packet else { panic!("a SYN") };
    assert_eq!(header.src_port, local.port());
}

/// MUST-46: nobody can connect to many, or to nobody's address.
#[test]
fn connecting_to_many_is_refused() {
    for addr in ["255.255.255.255:80", "224.0.0.1:80", "10.0.0.255:80"] {
        // With a gateway there is a way to everywhere, and still none to many.
        let mut host = config(2, "linux", &[]);
        host.routes = vec![RouteConfig::default_via(ip(1), None)];
        let mut w = World::new(vec![host]);
        let fd = w.ok(0, Call::Socket);
        let addr: SocketAddr = addr.parse().expect("an address");
        assert_eq!(w.err(0, Call::Connect { fd, addr }), "ENETUNREACH", "{addr}");
        assert!(w.sent.is_empty(), "{addr}: nothing is sent");
    }
}

/// MUST-57, MUST-63: a SYN to, or from, an address of many is dropped without a word.
#[test]
fn a_syn_to_or_from_many_meets_silence() {
    let (us, peer) = ([10, 0, 0, 2], [10, 0, 0, 9]);
    let table = [
        (peer, us, true),
        (peer, [255, 255, 255, 255], false),
        (peer, [224, 0, 0, 1], false),
        (peer, [10, 0, 0, 255], false),
        ([255, 255, 255, 255], us, false),
        ([224, 0, 0, 1], us, false),
        ([0, 0, 0, 0], us, false),
        ([127, 0, 0, 1], us, false),
    ];
    for (src, dst, answered) in table {
        let mut w = World::alone("linux", &[]);
        w.listen(0, 80, 5);
        w.take_in(syn(src, dst).into());
        assert_eq!(!w.sent.is_empty(), answered, "{src:?} > {dst:?}");
        assert_eq!(w.queues(0).0, usize::from(answered), "{src:?} > {dst:?}");
    }
}

/// MUST-50: IP options that mean nothing to TCP are passed over.
#[test]
fn ip_options_are_passed_over() {
    let mut frame = syn([10, 0, 0, 9], [10, 0, 0, 2]);
    // Four octets of options: no-operation thrice, end of list (RFC 791 §3.1).
    frame.splice(34..34, [1, 1, 1, 0]);
    frame[14] = 0x46;
    let total = u16::try_from(frame.len() - 14).expect("short").to_be_bytes();
    frame[16..18].copy_from_slice(&total);
    frame[24..26].fill(0);
    let sum = checksum::Sum::default().octets(&frame[14..38]).checksum().to_be_bytes();
    frame[24..26].copy_from_slice(&sum);
    let mut w = World::alone("linux", &[]);
    w.listen(0, 80, 5);
    w.take_in(frame.into());
    assert_eq!(w.queues(0), (1, 0));
}
