//! Sockets without connections: what goes in, what comes out, who is told of what.

use crate::common::*;

/// What each program printed.
fn printed(w: &World) -> Vec<String> {
    w.hosts.iter().flat_map(|h| h.processes().into_iter().skip(1).map(|p| p.output)).collect()
}

fn play(programs: &[(u8, &str)], seconds: f64) -> World {
    let hosts = programs.iter().map(|(n, source)| {
        let mut c = config(*n, "linux", &[]);
        c.programs = vec![program("p.c", source)];
        c
    });
    let mut w = World::new(hosts.collect());
    w.run_until(seconds);
    w
}

const ECHO: &str = r#"
int s, n; char buf[64]; struct sockaddr_in me = {AF_INET, htons(7)}, from; socklen_t len;
s = socket(AF_INET, SOCK_DGRAM, 0);
bind(s, &me, sizeof me);
for (;;) {
  len = sizeof from;
  n = recvfrom(s, buf, sizeof buf, 0, (struct sockaddr *)&from, &len);
  printf("%d from %u, %u\n", n, ntohl(from.sin_addr.s_addr) & 255, len);
  sendto(s, buf, n, 0, (struct sockaddr *)&from, len);
}
"#;

#[test]
fn an_echo_over_udp() {
    let client = r#"
int s, n; char buf[64]; struct sockaddr_in to = {AF_INET, htons(7), {inet_addr("10.0.0.2")}};
usleep(1000);
s = socket(AF_INET, SOCK_DGRAM, 0);
sendto(s, "one", 3, 0, (struct sockaddr *)&to, sizeof to);
n = recv(s, buf, sizeof buf, 0);
printf("%d\n", n);
connect(s, &to, sizeof to);
send(s, "", 0, 0);
n = recv(s, buf, sizeof buf, 0);
printf("%d\n", n);
send(s, "a datagram keeps its ends", 25, 0);
n = recv(s, buf, 10, MSG_PEEK | MSG_TRUNC);
printf("%d\n", n);
n = recv(s, buf, 10, 0);
printf("%d %.10s\n", n, buf);
n = recv(s, buf, 10, MSG_DONTWAIT);
printf("%d %s\n", n, strerror(errno));
"#;
    let w = play(&[(1, client), (2, ECHO)], 5.0);
    assert_eq!(
        printed(&w),
        [
            "3\n0\n25\n10 a datagram\n-1 Resource temporarily unavailable\n",
            "3 from 1, 16\n0 from 1, 16\n25 from 1, 16\n"
        ]
    );
}

#[test]
fn nobody_there_is_told_to_who_is_connected() {
    let client = r#"
int s, n; char buf[64]; struct sockaddr_in to = {AF_INET, htons(9), {inet_addr("10.0.0.2")}};
s = socket(AF_INET, SOCK_DGRAM, 0);
sendto(s, "x", 1, 0, (struct sockaddr *)&to, sizeof to);
usleep(10000);
n = recv(s, buf, sizeof buf, MSG_DONTWAIT);
printf("%d %s\n", n, strerror(errno));
connect(s, &to, sizeof to);
send(s, "x", 1, 0);
n = recv(s, buf, sizeof buf, 0);
printf("%d %s\n", n, strerror(errno));
"#;
    let w = play(&[(1, client), (2, "usleep(1);")], 5.0);
    assert_eq!(printed(&w)[0], "-1 Resource temporarily unavailable\n-1 Connection refused\n");
    assert_eq!(w.hosts[1].counter("UdpNoPorts"), 2);
}

#[test]
fn what_calls_refuse() {
    let mut w = World::alone("linux", &[]);
    let udp = || host::Call::DatagramSocket { what: host::SocketKind::Udp, nonblocking: true };
    let (a, b) = (w.ok(0, udp()), w.ok(0, udp()));
    let send = |fd, to, data: &'static [u8]| host::Call::Send {
        fd,
        data: bytes::Bytes::from_static(data),
        flags: host::SendFlags::default(),
        to,
    };
    static LONG: [u8; 65_508] = [0; 65_508];
    let table = [
        (send(a, None, b"x"), "EDESTADDRREQ"),
        (send(a, Some(at(1, 0)), b"x"), "EINVAL"),
        (send(a, Some(at(1, 7)), &LONG), "EMSGSIZE"),
        (send(a, Some(at(255, 7)), b"x"), "EACCES"),
        (send(a, Some("192.0.2.1:7".parse().expect("an address")), b"x"), "ENETUNREACH"),
        (host::Call::Bind { fd: a, addr: at(9, 7) }, "EADDRNOTAVAIL"),
        (host::Call::Listen { fd: a, backlog: 1 }, "EOPNOTSUPP"),
        (host::Call::Accept { fd: a }, "EOPNOTSUPP"),
        (host::Call::ShutdownWrite { fd: a }, "ENOTCONN"),
        (host::Call::GetPeerName { fd: a }, "ENOTCONN"),
        (host::Call::Read { fd: a, len: 1 }, "EAGAIN"),
    ];
    for (call, errno) in table {
        let said = format!("{call:?}");
        assert_eq!(w.call(0, call), host::CallResult::Errno(host::Errno(errno)), "{said}");
    }
    // Whoever tried to send has a port already.
    let a = w.ok(0, udp());
    assert_eq!(w.ok(0, host::Call::Bind { fd: a, addr: any(7) }), 0);
    let taken = host::CallResult::Errno(host::Errno("EADDRINUSE"));
    assert_eq!(w.call(0, host::Call::Bind { fd: b, addr: any(7) }), taken);
    assert_eq!(w.ok(0, host::Call::Close { fd: a }), 0);
    assert_eq!(w.ok(0, host::Call::Bind { fd: b, addr: any(7) }), 0);
    // TCP has ports of its own.
    let s = w.ok(0, host::Call::Socket);
    assert_eq!(w.ok(0, host::Call::Bind { fd: s, addr: any(7) }), 0);
    w.hosts[0].assert_invariants();
}

#[test]
fn an_echo_request_by_a_ping_socket_and_by_a_raw_one() {
    let ping = r#"
int s, n; unsigned char m[64], buf[128]; struct sockaddr_in to = {AF_INET, 0, {inet_addr("10.0.0.2")}};
s = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
m[0] = ICMP_ECHO;
m[7] = 5;
sendto(s, m, 16, 0, (struct sockaddr *)&to, sizeof to);
n = recv(s, buf, sizeof buf, 0);
printf("%d type %d seq %d\n", n, buf[0], buf[7]);
s = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
m[2] = 0xf7; m[3] = 0xfa;
sendto(s, m, 16, 0, (struct sockaddr *)&to, sizeof to);
n = recv(s, buf, sizeof buf, 0);
printf("%d ttl %d type %d\n", n, buf[8], buf[20]);
"#;
    let w = play(&[(1, ping), (2, "usleep(1);")], 5.0);
    assert_eq!(printed(&w)[0], "16 type 0 seq 5\n36 ttl 64 type 0\n");
}

#[test]
fn whole_frames_and_whole_datagrams_by_hand() {
    // Sees who asks for a port, and answers in another's name: a reset from an address that is not its own.
    let hears = r#"
int s, n; unsigned char f[1514]; struct sockaddr_ll from; socklen_t len = sizeof from;
s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
n = recvfrom(s, f, sizeof f, 0, (struct sockaddr *)&from, &len);
printf("%d octets, family %d, interface %d, type %d, port %d\n", n, from.sll_family, from.sll_ifindex, from.sll_pkttype, f[36] << 8 | f[37]);
"#;
    let spoofs = r#"
int s; unsigned char d[28]; struct sockaddr_in to = {AF_INET, 0, {inet_addr("10.0.0.2")}};
usleep(1000);
s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
d[0] = 0x45; d[8] = 64; d[9] = 17;
memcpy(d + 12, &to.sin_addr, 4);
d[15] = 77;
memcpy(d + 16, &to.sin_addr, 4);
d[20] = 1; d[23] = 9; d[25] = 8;
sendto(s, d, sizeof d, 0, (struct sockaddr *)&to, sizeof to);
"#;
    let w = play(&[(1, spoofs), (2, hears)], 1.0);
    assert_eq!(printed(&w)[1], "42 octets, family 17, interface 2, type 0, port 9\n");
    let lines: Vec<String> = w.sent.iter().map(|f| wire::summary::line(f)).collect();
    assert!(lines[0].starts_with("IP 10.0.0.77.256 > 10.0.0.2.9: UDP, length 0"), "{lines:?}");
    assert!(lines[1].starts_with("IP 10.0.0.2 > 10.0.0.77: ICMP unreachable, code 3"), "{lines:?}");
}

/// A raw socket sees what comes of its protocol, UDP too; for a protocol that nobody else speaks it stands in.
#[test]
fn a_raw_socket_sees_its_protocol() {
    let hears = r#"
int u, x, n; unsigned char d[64];
u = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
x = socket(AF_INET, SOCK_RAW, 99);
n = recv(u, d, sizeof d, 0);
printf("%d octets of protocol %d\n", n, d[9]);
n = recv(x, d, sizeof d, 0);
printf("%d octets of protocol %d\n", n, d[9]);
"#;
    let sends = r#"
int s; struct sockaddr_in to = {AF_INET, htons(9), {inet_addr("10.0.0.2")}};
usleep(1000);
s = socket(AF_INET, SOCK_DGRAM, 0);
sendto(s, "abc", 3, 0, (struct sockaddr *)&to, sizeof to);
s = socket(AF_INET, SOCK_RAW, 99);
sendto(s, "abcd", 4, 0, (struct sockaddr *)&to, sizeof to);
"#;
    let w = play(&[(1, sends), (2, hears)], 1.0);
    assert_eq!(printed(&w)[1], "31 octets of protocol 17\n24 octets of protocol 99\n");
    let unreachable = w.sent.iter().filter(|f| wire::summary::line(f).contains("unreachable")).count();
    assert_eq!(unreachable, 1, "of the port, not of the protocol");
}
