//! What ICMP does to connections, and what the host says by it.

use crate::common::*;
use host::{Call, CallResult, Fd};
use wire::frame::Packet;
use wire::ip::{self, Addrs};
use wire::{Link, Mac, icmp};

/// Station 7, a router, tells host 2 something about a frame that it had sent.
fn tell(w: &mut World, about: &[u8], kind: u8, code: u8, rest: u32) {
    let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 7]) };
    let header = ip::Header::new(Addrs::new(ip(7), ip(2)).unwrap(), ip::ICMP);
    let message = icmp::Header { kind, code, rest };
    let quote = &about[14..about.len().min(14 + 28)];
    let frame = wire::frame::emit_icmp(&link, &header, &message, quote.len(), |o| o.extend_from_slice(quote));
    w.take_in(frame);
}

/// Host 2 connects to station 9, which says nothing; its SYN as sent.
fn connecting(profile: &str) -> (World, Fd, Vec<u8>) {
    let mut w = World::alone(profile, &["net.ipv4.tcp_syn_retries=1", "net.ipv4.tcp_retries2=3"]);
    let fd = w.ok(0, Call::Socket);
    assert_eq!(w.call(0, Call::Connect { fd, addr: at(9, 80) }), CallResult::Blocked);
    w.run_for(0.002);
    let syn = w.strays.pop().unwrap().to_vec();
    (w, fd, syn)
}

#[test]
fn an_error_about_a_syn() {
    let table = [
        ("linux", 3, 0, Some("ENETUNREACH")),
        ("linux", 3, 1, Some("EHOSTUNREACH")),
        ("linux", 3, 3, Some("ECONNREFUSED")),
        ("linux", 3, 13, Some("EHOSTUNREACH")),
        ("linux", 11, 0, Some("EHOSTUNREACH")),
        ("linux", 5, 0, None),
        // RFC 9293 MUST-56: 0, 1 and 5 are soft, wherever the connection stands.
        ("rfc", 3, 0, None),
        ("rfc", 3, 1, None),
        ("rfc", 3, 3, Some("ECONNREFUSED")),
    ];
    for (profile, kind, code, expected) in table {
        let (mut w, fd, syn) = connecting(profile);
        tell(&mut w, &syn, kind, code, 0);
        let row = format!("{profile}: type {kind}, code {code}");
        match expected {
            Some(errno) => {
                let end = format!("= -1 {errno}");
                assert!(w.last_return(0).is_some_and(|t| t.ends_with(&end)), "{row}: {:?}", w.last_return(0));
            }
            None => assert_eq!(w.state(0, fd), "SYN-SENT", "{row}"),
        }
    }
}

#[test]
fn an_error_about_data_is_kept_in_mind() {
    let mut w = established();
    let s = 4;
    w.lose = |_| true;
    w.ok(1, Call::Write { fd: s, data: "hello".into() });
    let data = w.sent.last().unwrap().to_vec();
    tell(&mut w, &data, 3, 1, 0);
    assert_eq!(w.state(1, s), "ESTABLISHED", "it may pass");
    assert_eq!(w.call(1, Call::Read { fd: s, len: 10 }), CallResult::Blocked);
    w.run_for(100.0);
    assert_eq!(w.last_return(1).as_deref(), Some("read(4, …, 10) = -1 EHOSTUNREACH"), "not ETIMEDOUT");
}

/// A client of host 1 and a server on host 2, connected; descriptors 3 and 4.
fn established() -> World {
    let mut w = World::pair("linux", &["net.ipv4.tcp_retries2=3"]);
    let l = w.listen(1, 80, 1);
    w.connect(0, at(2, 80));
    w.ok(1, Call::Accept { fd: l });
    w
}

#[test]
fn an_error_that_quotes_nothing_in_flight_is_not_believed() {
    let mut w = established();
    w.ok(1, Call::Write { fd: 4, data: "hello".into() });
    let data = w.sent.last().unwrap().to_vec();
    w.run_for(1.0);
    tell(&mut w, &data, 3, 1, 0);
    assert_eq!(w.counter(1, "OutOfWindowIcmps"), 1, "it was acknowledged long ago");
}

#[test]
fn a_path_that_shrinks() {
    let mut w = established();
    w.lose = |h| h.window > 0 && h.src_port == 80;
    w.ok(1, Call::Write { fd: 4, data: vec![7; 4000].into() });
    let first = w.sent.iter().find(|f| f.len() == 1514).unwrap().to_vec();
    w.lose = |_| false;
    w.trace.clear();
    tell(&mut w, &first, 3, 4, 1200);
    // 1200 less 40 of headers, less 12 of timestamps.
    let again: Vec<_> = w.trace.iter().filter_map(|l| l.rsplit(' ').next()).collect();
    assert_eq!(
        again,
        ["1148", "1148", "1148", "556"],
        "what was too big goes again at once, cut anew: {:?}",
        w.trace
    );
    w.run_for(5.0);
    let CallResult::Done(n, _) = w.call(0, Call::Read { fd: 3, len: 9999 }) else { panic!("data") };
    assert_eq!(n, 4000);
}

#[test]
fn what_the_host_says_by_icmp() {
    let mut w = World::alone("linux", &[]);
    let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 9]) };
    let addrs = Addrs::new(ip(9), ip(2)).unwrap();
    let echo = icmp::Header { kind: icmp::v4::ECHO, code: 0, rest: 0x1234_0001 };
    let header = ip::Header::new(addrs, ip::ICMP);
    w.take_in(wire::frame::emit_icmp(&link, &header, &echo, 4, |o| o.extend_from_slice(b"ping")));
    let ports = wire::udp::Header { src_port: 1000, dst_port: 53 };
    let header = ip::Header::new(addrs, ip::UDP);
    w.take_in(wire::frame::emit_udp(&link, &header, &ports, 0, |_| {}));
    w.run_for(0.002);
    let said: Vec<_> = w.strays.iter().map(|f| wire::frame::parse(f).unwrap().packet).collect();
    let [
        Packet::Icmp { header: reply, payload, .. },
        Packet::Icmp { header: unreachable, payload: quote, .. },
    ] = &said[..]
    else {
        panic!("{said:?}")
    };
    assert_eq!((reply.kind, reply.rest, &payload[..]), (icmp::v4::ECHO_REPLY, 0x1234_0001, &b"ping"[..]));
    assert_eq!((unreachable.kind, unreachable.code), (3, 3));
    assert_eq!(icmp::quoted(quote).unwrap().dst_port, 53);
}
