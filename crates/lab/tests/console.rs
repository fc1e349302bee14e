//! What a person types at a host: calls, questions, and what is offered while typing.
use lab::Session;
use lab::view::Command;

fn at_rest() -> Session {
    let mut session = Session::new("closed-port", None).unwrap();
    while session.step() {}
    session
}

/// Types a line at a host; the call as strace shows it, or the error's sentence.
fn type_at(session: &mut Session, node: u32, line: &str) -> String {
    match session.command(Command::Call { node, call: line.into() }) {
        Ok(done) => match (done.call, done.why) {
            (Some(call), Some(why)) => format!("{call} | {why}"),
            (call, _) => call.unwrap_or_default(),
        },
        Err(e) => e.to_string(),
    }
}

#[test]
fn a_server_and_a_client_by_hand() {
    let mut s = at_rest();
    for (node, line, said) in [
        (1, "socket()", "socket(AF_INET, SOCK_STREAM, 0) = 3"),
        (
            1,
            "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, 1)",
            "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0",
        ),
        (1, "getsockopt(3, SOL_SOCKET, SO_REUSEADDR);", "getsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1]) = 0"),
        (1, "bind(3, \"0.0.0.0\", 8080)", "bind(3, {AF_INET, htons(8080), 0.0.0.0}, 16) = 0"),
        (1, "listen(3, 2)", "listen(3, 2) = 0"),
        (1, "accept(3)", "accept(3, NULL, NULL) …"),
        (
            1,
            "socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0)",
            "socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0) = 4",
        ),
        (
            1,
            "bind(4, \"0.0.0.0:8080\")",
            "bind(4, {AF_INET, htons(8080), 0.0.0.0}, 16) = -1 EADDRINUSE | \
             Port 8080 is taken: pid 0, fd 3 holds it (LISTEN 0.0.0.0:8080).",
        ),
        (0, "socket()", "socket(AF_INET, SOCK_STREAM, 0) = 3"),
        (0, "connect(3, \"10.0.0.2\", 8080)", "connect(3, {AF_INET, htons(8080), 10.0.0.2}, 16) …"),
    ] {
        assert_eq!(type_at(&mut s, node, line), said);
    }
    while s.step() {}
    for (node, line, said) in [
        (0, r#"send(3, "hi\n", MSG_NOSIGNAL)"#, r#"send(3, "hi\n", 3, MSG_NOSIGNAL) = 3"#),
        (0, "getpeername(3)", "getpeername(3, {AF_INET, htons(8080), 10.0.0.2}, [16]) = 0"),
        (0, "recv(3, 10, MSG_DONTWAIT)", "recv(3, …, 10, MSG_DONTWAIT) = -1 EAGAIN"),
    ] {
        let got = type_at(&mut s, node, line);
        assert!(got.starts_with(said), "{got}");
    }
    while s.step() {}
    let log: Vec<String> = s.log(Some(1), 3).into_iter().map(|l| l.text).collect();
    assert_eq!(log.last().unwrap(), "<... accept resumed>NULL, NULL) = 5");
    assert_eq!(type_at(&mut s, 1, "read(5, 100)"), r#"read(5, "hi\n", 100) = 3"#);

    let ss = s.ask(1, "ss -tan").unwrap().unwrap();
    let rows: Vec<String> = ss.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(rows[0], "State Recv-Q Send-Q Local Address:Port Peer Address:Port");
    assert!(rows.iter().any(|r| r.starts_with("LISTEN 0 2 0.0.0.0:8080 0.0.0.0:*")), "{ss}");
    assert!(rows.iter().any(|r| r.starts_with("ESTAB 0 0 10.0.0.2:8080 10.0.0.1:")), "{ss}");
    let listeners = s.ask(1, "ss -ltn").unwrap().unwrap();
    assert_eq!(listeners.lines().count(), 3, "the program's and the person's: {listeners}");
    assert!(s.ask(1, "ss -tin").unwrap().unwrap().contains("rto:"));
    assert!(s.ask(1, "nstat").unwrap().unwrap().contains("TcpPassiveOpens"));
    assert!(s.ask(1, "netstat -s").unwrap().unwrap().starts_with("Ip:\n"));
    assert!(s.ask(1, "ip addr").unwrap().unwrap().contains("inet 10.0.0.2/24"));
    assert!(s.ask(1, "ps").unwrap().is_some());
    assert_eq!(type_at(&mut s, 0, "connect(3, AF_UNSPEC)"), "connect(3, {sa_family=AF_UNSPEC}, 16) = 0");
    let gone = type_at(&mut s, 0, "getpeername(3)");
    assert!(gone.contains("= -1 ENOTCONN"), "{gone}");
    assert_eq!(s.ask(1, "listen(3, 2)").unwrap(), None, "a call is no question");
    assert_eq!(s.ask(9, "ps").unwrap_err().code, "unknown_node");
}

#[test]
fn the_log_knows_what_lies_ahead() {
    let mut s = Session::new("accept-flow", None).unwrap();
    while s.step() {}
    let all = s.log(None, 1_000);
    assert!(s.log_ahead(None, 10).is_empty());
    s.seek(all[3].step);
    let past = s.log(None, 1_000);
    let ahead = s.log_ahead(None, 1_000);
    assert_eq!([past, ahead].concat(), all);
    assert_eq!(s.log_ahead(Some(1), 1).len(), 1);
}

#[test]
fn what_is_wrong_with_a_line_is_said_with_its_place() {
    let mut s = at_rest();
    for (line, said) in [
        ("", "Column 1: ⏎ stands where a call is wanted. Write listen(sockfd, backlog)."),
        ("lisen(3, 2)", "There is no call “lisen” here. There are: socket, bind,"),
        (
            "listen(3)",
            "Column 9: ) stands where backlog (-2147483648…2147483647) is wanted. Write listen(sockfd, backlog).",
        ),
        ("listen(3, 2, 4)", "Column 14: 4 stands where ) is wanted."),
        ("listen(3 2)", "Column 10: 2) stands where , is wanted."),
        ("listen(\"x\", 2)", "Column 8: \"x\" stands where sockfd is wanted."),
        ("bind(3, \"10.0.0\", 80)", "Column 9: 10.0.0 stands where \"10.0.0.2\", 80 is wanted."),
        ("bind(3, \"10.0.0.2\", 70000)", "Column 21: 70000 stands where 0…65535 is wanted."),
        ("write(3, \"abc)", "Column 15: ⏎ stands where \" is wanted."),
        ("read(3, 70000)", "Column 9: 70000 stands where len (0…65535) is wanted."),
        ("listen(3, 2) x", "Column 14: x stands where ; is wanted."),
        ("shutdown(3, 9)", "Column 13: ) stands where SHUT_RD, SHUT_WR, SHUT_RDWR is wanted."),
        ("read(99, 1)", "read(99, …, 1) = -1 EBADF"),
    ] {
        let got = type_at(&mut s, 0, line);
        assert!(got.starts_with(said), "{line}: {got}");
    }
    let long = format!("write(3, \"{}\")", "x".repeat(80_000));
    assert_eq!(type_at(&mut s, 0, &long), "The line is too long: 70000 octets at most.");
}

#[test]
fn only_what_the_state_of_a_descriptor_allows_is_offered() {
    let mut s = at_rest();
    let offered = |s: &Session, line: &str| -> Vec<String> {
        s.complete(1, line).unwrap().items.into_iter().map(|i| i.text).collect()
    };
    assert_eq!(offered(&s, "so"), ["socket("]);
    assert_eq!(offered(&s, "li"), Vec::<String>::new(), "no descriptor to listen on");
    type_at(&mut s, 1, "socket()");
    assert_eq!(offered(&s, "li"), ["listen("]);
    assert_eq!(offered(&s, "listen("), ["3, "]);
    assert_eq!(offered(&s, "bind(3, "), ["\"0.0.0.0\", ", "\"10.0.0.2\", "]);
    assert_eq!(offered(&s, "connect(3, "), ["\"10.0.0.1\", "]);
    assert_eq!(offered(&s, "connect(3, \"10.0.0.1\", 8"), ["80)", "8080)"]);
    assert_eq!(offered(&s, "setsockopt(3, IPPROTO_TCP, TCP_NO"), ["TCP_NODELAY, ", "TCP_NOTSENT_LOWAT, "]);
    type_at(&mut s, 1, "bind(3, \"0.0.0.0\", 8080)");
    type_at(&mut s, 1, "listen(3, 2)");
    assert_eq!(offered(&s, "li"), Vec::<String>::new(), "it listens already");
    assert_eq!(offered(&s, "accept("), ["3)"]);
    assert_eq!(offered(&s, "ss -t"), ["ss -tan", "ss -tin"]);
    let usage = s.complete(1, "recv(3, 5, MSG_P").unwrap();
    assert_eq!((usage.usage.as_str(), usage.from), ("recv(sockfd, len, [flags])", 11));
    assert_eq!(usage.items[0].text, "MSG_PEEK)");
}

#[test]
fn datagrams_by_hand() {
    let mut s = at_rest();
    for (node, line, said) in [
        (1, "socket(AF_INET, SOCK_DGRAM)", "socket(AF_INET, SOCK_DGRAM, 0) = 3"),
        (1, "bind(3, \"0.0.0.0\", 7)", "bind(3, {AF_INET, htons(7), 0.0.0.0}, 16) = 0"),
        (1, "recvfrom(3, 64)", "recvfrom(3, …, 64, 0, …, …) …"),
        (0, "socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)", "socket(AF_INET, SOCK_DGRAM, 0) = 3"),
        (
            0,
            "sendto(3, \"hi\", 0, \"10.0.0.2\", 7)",
            "sendto(3, \"hi\", 2, 0, {AF_INET, htons(7), 10.0.0.2}, 16) = 2",
        ),
        (0, "socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP)", "EPROTONOSUPPORT"),
    ] {
        let got = type_at(&mut s, node, line);
        assert!(got == said || said.starts_with('E') && got.contains(said), "{line}: {got}");
    }
    while s.step() {}
    let log = s.log(Some(1), 10);
    let last = log.last().expect("a line").text.clone();
    assert!(last.starts_with("<... recvfrom resumed>\"hi\", 64, 0, {AF_INET, htons("), "{last}");
    assert!(last.ends_with(" = 2"), "{last}");
    let sockets = s.ask(1, "ss -uan").unwrap().expect("an answer");
    assert!(sockets.lines().nth(1).is_some_and(|l| l.starts_with("UNCONN")), "{sockets}");
    let all = s.ask(1, "ss -an").unwrap().expect("an answer");
    assert!(all.starts_with("Netid State") && all.contains("udp   UNCONN"), "{all}");
}
