//! The same over IPv6.

use crate::common::*;
use host::{Call, CallResult, HostConfig};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

fn v6(n: u8) -> IpAddr {
    Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, n.into()).into()
}

/// socket(2) of AF_INET6.
const SIX: Call = Call::Inet6Socket { what: None, nonblocking: false };

fn config6(n: u8) -> HostConfig {
    let mut c = config(n, "linux", &[]);
    c.ifaces[0].addrs = vec![(v6(n), 64)];
    for (ip, mac) in &mut c.ifaces[0].neighbours {
        *ip = v6(mac[5]);
    }
    c
}

/// RFC 3493 §3.7, §5.3: a socket of AF_INET6 on the unspecified address takes IPv4 in, unless it is told not to.
#[test]
fn one_socket_for_both_families() {
    let both = |n: u8| {
        let mut c = config(n, "linux", &[]);
        c.ifaces[0].addrs.push((v6(n), 64));
        let six: Vec<_> = c.ifaces[0].neighbours.iter().map(|(_, mac)| (v6(mac[5]), *mac)).collect();
        c.ifaces[0].neighbours.extend(six);
        c
    };
    for only in [false, true] {
        let mut w = World::new(vec![both(1), both(2)]);
        let l = w.ok(1, SIX);
        let value = i32::from(only).to_le_bytes().to_vec().into();
        // IPPROTO_IPV6, IPV6_V6ONLY
        w.ok(1, Call::SetSockOpt { fd: l, level: 41, name: 26, value });
        w.ok(1, Call::Bind { fd: l, addr: "[::]:80".parse().unwrap() });
        w.ok(1, Call::Listen { fd: l, backlog: 5 });
        let four = w.ok(1, Call::Socket);
        let beside = w.call(1, Call::Bind { fd: four, addr: any(80) });
        let (mapped, direct) = (w.ok(0, SIX), w.ok(0, Call::Socket));
        let to: SocketAddr = "[::ffff:10.0.0.2]:80".parse().unwrap();
        w.call(0, Call::Connect { fd: mapped, addr: to });
        w.call(0, Call::Connect { fd: direct, addr: at(2, 80) });
        w.run_for(0.01);
        if only {
            assert_eq!(beside, CallResult::Done(0, Default::default()));
            assert!(w.last_return(0).unwrap().ends_with("ECONNREFUSED"));
            continue;
        }
        assert!(matches!(beside, CallResult::Errno(e) if e.0 == "EADDRINUSE"));
        // The client's side is told as it was said.
        let CallResult::Done(_, peer) = w.call(0, Call::GetPeerName { fd: mapped }) else { panic!("a peer") };
        assert_eq!((peer.len(), &peer[18..24]), (28, &[0xff, 0xff, 10, 0, 0, 2][..]));
        for _ in 0..2 {
            let accepted = w.call(1, Call::Accept4 { fd: l, nonblocking: false, peer: true });
            let CallResult::Done(fd, peer) = accepted else { panic!("a connection") };
            assert_eq!((peer.len(), &peer[18..24]), (28, &[0xff, 0xff, 10, 0, 0, 1][..]));
            let CallResult::Done(_, own) = w.call(1, Call::GetSockName { fd: fd as _ }) else {
                panic!("a name")
            };
            assert_eq!(&own[18..24], [0xff, 0xff, 10, 0, 0, 2]);
        }
    }
}

#[test]
fn a_connection_over_ipv6() {
    let mut w = World::new(vec![config6(1), config6(2)]);
    let l = w.ok(1, SIX);
    w.ok(1, Call::Bind { fd: l, addr: "[::]:80".parse().unwrap() });
    w.ok(1, Call::Listen { fd: l, backlog: 1 });
    let c = w.ok(0, SIX);
    assert_eq!(w.call(0, Call::Connect { fd: c, addr: SocketAddr::new(v6(2), 80) }), CallResult::Blocked);
    w.run_for(0.01);
    assert_eq!(w.state(0, c), "ESTABLISHED");
    let s = w.ok(1, Call::Accept { fd: l });
    w.ok(0, Call::Write { fd: c, data: vec![1; 3000].into() });
    w.run_for(0.1);
    let CallResult::Done(n, _) = w.call(1, Call::Read { fd: s, len: 9999 }) else { panic!("data") };
    assert_eq!(n, 3000);
    // 1500 less 40 and 20 of headers, less 12 of timestamps.
    assert!(w.trace.iter().any(|l| l.ends_with(" 1428")), "{:?}", w.trace);
    // Nobody there: an answer over IPv6, too.
    let other = w.ok(0, SIX);
    w.call(0, Call::Connect { fd: other, addr: SocketAddr::new(v6(2), 81) });
    w.run_for(0.01);
    assert!(w.last_return(0).unwrap().ends_with("ECONNREFUSED"));
    assert_eq!(w.err(0, Call::Connect { fd: other, addr: at(2, 80) }), "EAFNOSUPPORT");
    let mapped = "[::ffff:10.0.0.2]:80".parse().unwrap();
    assert_eq!(w.err(0, Call::Connect { fd: other, addr: mapped }), "ENETUNREACH");
    let four = w.ok(0, Call::Socket);
    assert_eq!(w.err(0, Call::Connect { fd: four, addr: SocketAddr::new(v6(2), 80) }), "EAFNOSUPPORT");
}
