//! Programs: what they say, where they stand, what is wrong with them.

use crate::common::*;
use host::{Call, CallResult, Host, HostEvent, Output, Pid};
use tcp::rule::Tape;

const SERVER: &str = "\
int s, c, n;  char buf[512];
struct sockaddr_in any80 = {AF_INET, htons(80)};
s = socket(AF_INET, SOCK_STREAM, 0);
bind(s, &any80, sizeof any80);
listen(s, 2);
for (;;) {
  c = accept(s, NULL, NULL);
  n = read(c, buf, sizeof buf);
  write(c, buf, n);
  close(c);
}";

const CLIENT: &str = "\
int s, n;  char buf[512];
struct sockaddr_in srv = {AF_INET, htons(80), {inet_addr(\"10.0.0.2\")}};
s = socket(AF_INET, SOCK_STREAM, 0);
connect(s, &srv, sizeof srv);
usleep(100400);
write(s, \"hello\\n\", 6);
while ((n = read(s, buf, sizeof buf)) > 0) {
}
close(s);";

fn echo() -> World {
    let mut server = config(2, "linux", &[]);
    server.programs = vec![program("server.c", SERVER)];
    let mut client = config(1, "linux", &[]);
    client.programs = vec![program("client.c", CLIENT)];
    client.programs[0].start = tcp::time::Instant::from_micros(500);
    World::new(vec![client, server])
}

fn returns(w: &World, host: usize) -> Vec<String> {
    let all = w.events.iter().filter(|(i, _)| *i == host);
    all.filter_map(|(_, e)| match e {
        HostEvent::CallReturned { text, .. } => Some(text.to_string()),
        _ => None,
    })
    .collect()
}

#[test]
fn an_echo_server_and_its_client() {
    let mut w = echo();
    w.run_until(2.0);
    assert_eq!(
        returns(&w, 0),
        [
            "socket(AF_INET, SOCK_STREAM, 0) = 3",
            "connect(3, {AF_INET, htons(80), 10.0.0.2}, 16) = 0",
            "usleep(100400) = 0",
            "write(3, \"hello\\n\", 6) = 6",
            "read(3, \"hello\\n\", 512) = 6",
            "read(3, \"\", 512) = 0",
            "close(3) = 0",
        ]
    );
    assert_eq!(
        returns(&w, 1),
        [
            "socket(AF_INET, SOCK_STREAM, 0) = 3",
            "bind(3, {AF_INET, htons(80), 0.0.0.0}, 16) = 0",
            "listen(3, 2) = 0",
            "accept(3, NULL, NULL) = 4",
            "read(4, \"hello\\n\", 512) = 6",
            "write(4, \"hello\\n\", 6) = 6",
            "close(4) = 0",
        ]
    );
    let client = &w.hosts[0].processes()[1];
    assert_eq!((client.exited, client.line), (Some(0), 0));
    let server = &w.hosts[1].processes()[1];
    assert_eq!((server.line, server.blocked.as_deref()), (7, Some("accept")));
    let results = [(3, "3"), (4, "0"), (5, "0"), (7, "4"), (8, "6"), (9, "6"), (10, "0")];
    assert_eq!(server.results, results.map(|(l, t)| (l, t.to_owned())));
}

#[test]
fn a_person_parks_a_server_before_its_accept() {
    let mut w = echo();
    while w.hosts[1].processes()[1].line != 7 {
        w.step();
    }
    let pid = Pid(1);
    let mut out = Output::default();
    w.hosts[1].park(w.now, pid, true, &mut out);
    w.run_until(0.05);
    let server = w.hosts[1].processes()[1].clone();
    assert_eq!((server.line, server.parked, server.blocked.as_deref()), (7, true, None));
    assert_eq!(w.queues(1), (0, 1), "the kernel completed the handshake without it");
    w.hosts[1].park(w.now, pid, false, &mut out);
    assert_eq!(out.runnable, [(pid, w.now)]);
    w.hosts[1].process_runs(w.now, pid, &mut out, &mut w.rules);
    assert_eq!(w.queues(1), (0, 0));
}

#[test]
fn a_call_by_hand_waits_beside_the_program() {
    let mut w = echo();
    w.run_until(0.01);
    let fd = w.ok(1, Call::Socket);
    w.ok(1, Call::Bind { fd, addr: any(81) });
    w.ok(1, Call::Listen { fd, backlog: 1 });
    assert_eq!(w.call(1, Call::Accept { fd }), CallResult::Blocked);
    assert_eq!(w.call(1, Call::Accept { fd }), CallResult::Blocked, "the shell may wait twice");
    w.connect(0, at(2, 81));
    assert_eq!(w.last_return(1).as_deref(), Some("accept(3, NULL, NULL) = 4"));
}

/// Line, column and a sentence, before anything runs.
#[test]
fn errors_of_a_text() {
    let table = [
        ("int s;\ns = sokcet(AF_INET, SOCK_STREAM, 0);", (2, 5), "there is no call `sokcet`"),
        ("s = 3;", (1, 1), "`s` is not declared"),
        ("int s;\n  bind(s, 1);", (2, 3), "`bind` takes 3 arguments, not 2"),
        ("int s\ns = 1;", (1, 6), "`;` is wanted here"),
        ("for (;;) {", (1, 10), "never closed"),
        ("char b[];", (1, 6), "how long?"),
        ("break;", (1, 1), "stands in no loop"),
        ("int a; a = \"x", (1, 12), "never closed"),
        ("struct sockaddr_in a = {AF_INET, htons(70000)};", (1, 40), "a port is 0 to 65535, not 70000"),
        ("struct sockaddr_in a = {AF_INET, htons(80), {inet_addr(\"10.0.0\")}};", (1, 56), "no IPv4 address"),
    ];
    for (source, (line, column), sentence) in table {
        let mut c = config(2, "linux", &[]);
        c.programs = vec![program("bad.c", source)];
        let error = Host::new(c).expect_err(source);
        let place = format!("bad.c: line {line}, column {column}: ");
        assert!(error.starts_with(&place), "{source:?}: {error}");
        assert!(error.contains(sentence), "{source:?}: {error}");
    }
}

/// How a program ends: its last call and its status.
#[test]
fn ends() {
    let table = [
        ("return 7;", None, 7),
        ("exit(3);", None, 3),
        ("int main(void) { int i; for (i = 0; i < 3; i++) usleep(1); return i; }", Some("usleep(1) = 0"), 3),
        ("for (;;) ;", Some("line 1: no call after 200000 operations; stopped"), 152),
        (
            "char b[4]; read(3, b, 5);",
            Some("line 1: 5 octets do not fit behind octet 0 of `b`, which has 4"),
            139,
        ),
        ("int n; n = 1 / 0;", Some("line 1: division by zero"), 136),
        // Nobody reads a socket that is not connected.
        (
            "int s; s = socket(AF_INET, SOCK_STREAM, 0); write(s, \"x\", 1); usleep(9);",
            Some("write(3, \"x\", 1) = -1 EPIPE"),
            141,
        ),
        (
            "int s; while ((s = socket(AF_INET, SOCK_STREAM, 0)) >= 0) ; return s != -1;",
            Some("socket(AF_INET, SOCK_STREAM, 0) = -1 EMFILE"),
            0,
        ),
        (
            "int a, b; a = 2; b = a == 2 && 0 || !a; if (b) return 1; else { a += 40; return a - -1 * 8 / 4 % 3; }",
            None,
            44,
        ),
        (
            "int i, k; k = 0; for (i = 0; ; i++) { if (i == 2) continue; if (i > 4) break; k += i; } return k;",
            None,
            8,
        ),
    ];
    for (source, last, status) in table {
        let mut c = config(2, "linux", &[]);
        c.programs = vec![program("p.c", source)];
        let mut w = World::new(vec![c]);
        w.run_until(10.0);
        assert_eq!(w.hosts[0].processes()[1].exited, Some(status), "{source}");
        assert_eq!(returns(&w, 0).last().map(String::as_str), last, "{source}");
        assert_eq!(w.hosts[0].socket_count(), 0, "exit closes everything: {source}");
    }
}

#[test]
fn nothing_that_is_typed_panics_or_hangs() {
    let pieces = [
        "int ",
        "s",
        "=",
        "(",
        ")",
        "{",
        "}",
        ";",
        "for",
        "while",
        "\"",
        "'",
        "\\",
        "&",
        "1",
        "if",
        "é",
        "\n",
        "char b[3]",
        ",",
    ];
    let mut seed = 1u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            text.push_str(pieces[(seed >> 33) as usize % pieces.len()]);
        }
        let mut c = config(2, "linux", &[]);
        c.programs = vec![program("x.c", &text)];
        if let Ok(mut host) = Host::new(c) {
            host.process_runs(tcp::time::Instant::ZERO, Pid(1), &mut Output::default(), &mut Tape::None);
        }
    }
    for deep in ["(", "{", "-", "!", "if (1) ", "s = "] {
        let mut c = config(2, "linux", &[]);
        c.programs = vec![program("x.c", &format!("int s; {}", deep.repeat(100_000)))];
        assert!(Host::new(c).is_err());
    }
}

const POLL_SERVER: &str = "\
int s, n, i, used;  char buf[512];
struct pollfd p[8];
struct sockaddr_in any80 = {AF_INET, htons(80)};
s = socket(AF_INET, SOCK_STREAM, 0);
bind(s, &any80, sizeof any80);
listen(s, 5);
p[0].fd = s;  p[0].events = POLLIN;
used = 1;
for (;;) {
  poll(p, used, -1);
  if (p[0].revents & POLLIN) {
    p[used].fd = accept(s, NULL, NULL);
    p[used].events = POLLIN;
    p[used].revents = 0;
    used++;
  }
  for (i = 1; i < used; i++)
    if (p[i].revents & (POLLIN | POLLHUP)) {
      n = read(p[i].fd, buf, sizeof buf);
      if (n > 0) { write(p[i].fd, buf, n); continue; }
      close(p[i].fd);
      p[i].fd = -1;
      p[i].revents = 0;
    }
}";

#[test]
fn a_poll_loop_serves_five_clients_at_once() {
    let mut server = config(2, "linux", &[]);
    server.programs = vec![program("poll.c", POLL_SERVER)];
    let mut w = World::new(vec![config(1, "linux", &[]), server]);
    w.run_for(0.01);
    let clients: Vec<_> = (0..5).map(|_| w.connect(0, at(2, 80))).collect();
    for &fd in clients.iter().rev() {
        w.ok(0, Call::Write { fd, data: "hello".into() });
        w.run_for(0.1);
        assert_eq!(w.call(0, Call::Read { fd, len: 9 }), CallResult::Done(5, "hello".into()));
        w.ok(0, Call::Close { fd });
        w.run_for(0.1);
    }
    let server = &w.hosts[1].processes()[1];
    assert_eq!((server.blocked.as_deref(), server.fds.len()), (Some("poll"), 1));
}
