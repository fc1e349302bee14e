//! What a socket is told of ICMP errors, and what its error queue keeps (ip(7) IP_RECVERR, ipv6(7) IPV6_RECVERR), as Linux
//! 6.18 was seen to do it with the same datagrams.

use crate::common::*;
use bytes::Bytes;
use host::error_queue::{Notice, origin};
use host::{Call, CallResult, Errno, Fd, RecvFlags, SendFlags, SocketKind};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use tcp::time::Duration;
use wire::ip::{self, Addrs};
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Seq, icmp};

/// A family: station `n` has this address; level and name of its option.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Family {
    Four,
    Six,
}
use Family::*;

impl Family {
    fn ip(self, n: u8) -> IpAddr {
        match self {
            Four => ip(n),
            Six => Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, n.into()).into(),
        }
    }
    fn at(self, n: u8, port: u16) -> SocketAddr {
        SocketAddr::new(self.ip(n), port)
    }
    fn world(self) -> World {
        let mut c = config(2, "linux", &["net.ipv4.tcp_timestamps=0"]);
        c.ifaces[0].addrs = vec![(self.ip(2), if self == Four { 24 } else { 64 })];
        for (ip, mac) in &mut c.ifaces[0].neighbours {
            *ip = self.ip(mac[5]);
        }
        World::new(vec![c])
    }
    fn socket(self, w: &mut World, what: Option<SocketKind>, asks: bool) -> Fd {
        let nonblocking = true;
        let call = match (self, what) {
            (Six, what) => Call::Inet6Socket { what, nonblocking },
            (Four, Some(what)) => Call::DatagramSocket { what, nonblocking },
            (Four, None) => Call::NonblockingSocket,
        };
        let fd = w.ok(0, call);
        let (level, name) = if self == Four { (0, 11) } else { (41, 25) };
        let value = i32::from(asks).to_le_bytes().to_vec().into();
        w.ok(0, Call::SetSockOpt { fd, level, name, value });
        fd
    }
    /// Station 9 sends a segment from port 80, as an answer to one that came.
    fn answer(self, w: &mut World, to: &Header, flags: Flags, seq: u32, ack: Seq, data: &[u8]) {
        let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 9]) };
        let (seq, options) = (Seq(seq), Options::default());
        let header = Header {
            src_port: 80,
            dst_port: to.src_port,
            seq,
            ack,
            flags,
            window: 65_535,
            urgent: 0,
            options,
        };
        let head = ip::Header::new(Addrs::new(self.ip(9), self.ip(2)).expect("one family"), ip::TCP);
        w.take_in(wire::frame::emit_tcp(&link, &head, &header, data.len(), |o| o.extend_from_slice(data)));
    }
    /// Station 7, a router, says something of a frame that the host had sent.
    fn tell(self, w: &mut World, about: &[u8], (kind, code, rest): (u8, u8, u32)) {
        let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 7]) };
        let protocol = if self == Four { ip::ICMP } else { ip::ICMPV6 };
        let header = ip::Header::new(Addrs::new(self.ip(7), self.ip(2)).expect("one family"), protocol);
        let quote = &about[14..];
        let message = icmp::Header { kind, code, rest };
        w.take_in(wire::frame::emit_icmp(&link, &header, &message, quote.len(), |o| {
            o.extend_from_slice(quote)
        }));
    }
}

/// An error, and what becomes of it: its errno, whether it is fatal (a connected UDP socket is told unasked), `ee_info`.
type Row = (Family, (u8, u8, u32), &'static str, bool, u32);
const ROWS: [Row; 23] = [
    (Four, (3, 0, 0), "ENETUNREACH", false, 0),
    (Four, (3, 1, 0), "EHOSTUNREACH", false, 0),
    (Four, (3, 2, 0), "ENOPROTOOPT", true, 0),
    (Four, (3, 3, 0), "ECONNREFUSED", true, 0),
    (Four, (3, 4, 800), "EMSGSIZE", true, 800),
    (Four, (3, 5, 0), "EOPNOTSUPP", false, 0),
    (Four, (3, 7, 0), "EHOSTDOWN", true, 0),
    (Four, (3, 8, 0), "ENONET", true, 0),
    (Four, (3, 9, 0), "ENETUNREACH", true, 0),
    (Four, (3, 12, 0), "EHOSTUNREACH", false, 0),
    (Four, (3, 13, 0), "EHOSTUNREACH", true, 0),
    (Four, (11, 0, 0), "EHOSTUNREACH", false, 0),
    (Four, (12, 0, 0x1000_0000), "EPROTO", true, 16),
    (Four, (12, 0, 0), "EPROTO", true, 0),
    (Six, (1, 0, 0), "ENETUNREACH", false, 0),
    (Six, (1, 1, 0), "EACCES", true, 0),
    (Six, (1, 3, 0), "EHOSTUNREACH", false, 0),
    (Six, (1, 4, 0), "ECONNREFUSED", true, 0),
    (Six, (1, 5, 0), "EACCES", true, 0),
    (Six, (1, 6, 0), "EACCES", true, 0),
    (Six, (2, 0, 1280), "EMSGSIZE", true, 1280),
    (Six, (3, 0, 0), "EHOSTUNREACH", false, 0),
    (Six, (4, 1, 7), "EPROTO", true, 7),
];

fn notice(w: &mut World, fd: Fd, len: usize) -> Option<(i64, Notice)> {
    let flags = RecvFlags { error_queue: true, ..RecvFlags::default() };
    match w.call(0, Call::Recv { fd, len, flags }) {
        CallResult::Done(n, octets) => Some((n, Notice::read(&octets).expect("an entry"))),
        CallResult::Errno(Errno("EAGAIN")) => None,
        other => panic!("{other:?}"),
    }
}

fn so_error(w: &mut World, fd: Fd) -> i32 {
    match w.call(0, Call::GetSockOpt { fd, level: 1, name: 4 }) {
        CallResult::Done(_, value) => i32::from_le_bytes(value[..4].try_into().expect("four octets")),
        other => panic!("{other:?}"),
    }
}

/// Whether poll(2) says POLLERR.
fn polled(w: &mut World, fd: Fd) -> bool {
    match w.call(0, Call::Poll { fds: vec![(fd, 0)], timeout: Some(Duration::ZERO) }) {
        CallResult::Done(n, _) => n == 1,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_udp_socket_is_told_what_it_asked_for() {
    for (family, error, errno, fatal, info) in ROWS {
        for (connected, asks) in [(false, false), (false, true), (true, false), (true, true)] {
            let row = format!("{family:?} {error:?}, connected {connected}, asks {asks}");
            let mut w = family.world();
            let fd = family.socket(&mut w, Some(SocketKind::Udp), asks);
            let peer = family.at(9, 53);
            if connected {
                w.ok(0, Call::Connect { fd, addr: peer });
            }
            let to = (!connected).then_some(peer);
            w.ok(0, Call::Send { fd, data: "hello".into(), flags: SendFlags::default(), to });
            w.run_for(0.01);
            let sent = w.strays.pop().expect("a datagram");
            family.tell(&mut w, &sent, error);
            let told = asks || connected && fatal;
            assert_eq!(polled(&mut w, fd), told, "{row}");
            let kept = notice(&mut w, fd, 100);
            if asks {
                let (n, kept) = kept.expect(&row);
                let of = if family == Four { origin::ICMP } else { origin::ICMP6 };
                let expected = Notice {
                    errno: Errno(errno).number() as u32,
                    origin: of,
                    kind: error.0,
                    code: error.1,
                    info,
                    data: 0,
                    stamp: None,
                    packet: false,
                    about: Some((peer, family.ip(7))),
                    payload: Bytes::from_static(b"hello"),
                };
                assert_eq!((n, kept), (5, expected), "{row}");
                assert_eq!(so_error(&mut w, fd), 0, "{row}: read with the entry");
                assert_eq!(notice(&mut w, fd, 100), None, "{row}");
            } else {
                assert_eq!(kept, None, "{row}");
                let number = if told { Errno(errno).number() } else { 0 };
                assert_eq!(so_error(&mut w, fd), number, "{row}");
            }
            assert!(!polled(&mut w, fd), "{row}: nothing is left");
        }
    }
}

#[test]
fn two_errors_wait_and_the_next_call_returns_one() {
    for family in [Four, Six] {
        let mut w = family.world();
        let fd = family.socket(&mut w, Some(SocketKind::Udp), true);
        let to = Some(family.at(9, 53));
        let send = |data: &'static str| Call::Send { fd, data: data.into(), flags: SendFlags::default(), to };
        let (refused, far) = if family == Four { ((3, 3, 0), (3, 1, 0)) } else { ((1, 4, 0), (1, 3, 0)) };
        for (data, error) in [("one", refused), ("three", far)] {
            w.ok(0, send(data));
            w.run_for(0.01);
            let sent = w.strays.pop().expect("a datagram");
            family.tell(&mut w, &sent, error);
            w.err(0, Call::Recv { fd, len: 9, flags: RecvFlags::default() });
            family.tell(&mut w, &sent, error);
            // One call has the error, the next has none.
            w.err(0, send("not sent"));
            w.run_for(0.01);
        }
        // A buffer of two octets has two of three.
        let (n, first) = notice(&mut w, fd, 2).expect("an entry");
        assert_eq!((n, &first.payload[..]), (2, &b"one"[..]));
        assert_eq!(so_error(&mut w, fd), Errno("ECONNREFUSED").number(), "that of the next entry");
        notice(&mut w, fd, 9).expect("the second of the first datagram");
        assert_eq!(so_error(&mut w, fd), Errno("EHOSTUNREACH").number(), "that of the next entry");
        for _ in 0..2 {
            assert_eq!(notice(&mut w, fd, 9).map(|(n, _)| n), Some(5));
        }
        assert_eq!((notice(&mut w, fd, 9), so_error(&mut w, fd)), (None, 0));
    }
}

#[test]
fn an_attempt_to_connect_ends_and_the_queue_says_why() {
    for (family, error, errno, _, info) in ROWS {
        for asks in [false, true] {
            let row = format!("{family:?} {error:?}, asks {asks}");
            let mut w = family.world();
            let fd = family.socket(&mut w, None, asks);
            let peer = family.at(9, 80);
            assert_eq!(w.err(0, Call::Connect { fd, addr: peer }), "EINPROGRESS");
            w.run_for(0.01);
            let syn = w.strays.pop().expect("a SYN");
            family.tell(&mut w, &syn, error);
            let too_long = errno == "EMSGSIZE";
            assert_eq!(polled(&mut w, fd), !too_long, "{row}: only smaller segments");
            // IPv4 keeps it for whoever looks (linux tcp_v4_err), IPv6 for who asked.
            let keeps = !too_long && (asks || family == Four);
            match notice(&mut w, fd, 100) {
                Some((n, kept)) => {
                    assert!(keeps, "{row}");
                    assert_eq!((kept.errno, kept.info), (Errno(errno).number() as u32, info), "{row}");
                    assert_eq!(kept.about, Some((peer, family.ip(7))), "{row}");
                    assert_eq!(
                        n as usize,
                        syn.len() - if family == Four { 34 } else { 54 },
                        "{row}: the SYN"
                    );
                    assert_eq!(so_error(&mut w, fd), 0, "{row}: read with the entry");
                }
                None => {
                    assert!(!keeps, "{row}");
                    let number = if too_long { 0 } else { Errno(errno).number() };
                    assert_eq!(so_error(&mut w, fd), number, "{row}");
                }
            }
        }
    }
}

#[test]
fn an_open_connection_tells_the_next_call_and_goes_on() {
    for (family, error, errno, ..) in ROWS.into_iter().filter(|r| r.2 != "EMSGSIZE") {
        for asks in [false, true] {
            let row = format!("{family:?} {error:?}, asks {asks}");
            let mut w = family.world();
            let fd = family.socket(&mut w, None, asks);
            w.err(0, Call::Connect { fd, addr: family.at(9, 80) });
            w.run_for(0.01);
            let (syn, _) = w.received(9).pop().expect("a SYN");
            family.answer(&mut w, &syn, Flags::SYN | Flags::ACK, 5000, syn.seq + 1, b"");
            w.run_for(0.01);
            w.strays.clear();
            w.ok(0, Call::Write { fd, data: "hello".into() });
            w.run_for(0.01);
            let data = w.strays.pop().expect("a segment");
            family.tell(&mut w, &data, error);
            assert_eq!((polled(&mut w, fd), notice(&mut w, fd, 100)), (asks, None), "{row}");
            let expected = if asks { errno } else { "EAGAIN" };
            assert_eq!(w.err(0, Call::Read { fd, len: 9 }), expected, "{row}");
            // Who did not ask may look for the hint.
            assert_eq!(so_error(&mut w, fd), if asks { 0 } else { Errno(errno).number() }, "{row}");
            assert_eq!(w.state(0, fd), "ESTABLISHED", "{row}");
            family.answer(&mut w, &syn, Flags::ACK | Flags::PSH, 5001, syn.seq + 6, b"hi");
            w.run_for(0.01);
            assert_eq!(w.ok(0, Call::Read { fd, len: 9 }), 2, "{row}");
        }
    }
}
