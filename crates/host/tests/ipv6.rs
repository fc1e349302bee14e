//! The same over IPv6.

use crate::common::*;
use host::{Call, CallResult, HostConfig};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

fn v6(n: u8) -> IpAddr {
    Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, n.into()).into()
}

fn config6(n: u8) -> HostConfig {
    let mut c = config(n, "linux", &[]);
    c.ifaces[0].addrs = vec![(v6(n), 64)];
    for (ip, mac) in &mut c.ifaces[0].neighbours {
        *ip = v6(mac[5]);
    }
    c
}

#[test]
fn a_connection_over_ipv6() {
    let mut w = World::new(vec![config6(1), config6(2)]);
    let l = w.ok(1, Call::Socket);
    w.ok(1, Call::Bind { fd: l, addr: "[::]:80".parse().unwrap() });
    w.ok(1, Call::Listen { fd: l, backlog: 1 });
    let c = w.ok(0, Call::Socket);
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
    let other = w.ok(0, Call::Socket);
    w.call(0, Call::Connect { fd: other, addr: SocketAddr::new(v6(2), 81) });
    w.run_for(0.01);
    assert!(w.last_return(0).unwrap().ends_with("ECONNREFUSED"));
    assert_eq!(w.err(0, Call::Connect { fd: other, addr: at(2, 80) }), "ENETUNREACH");
}
