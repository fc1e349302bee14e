//! Shipped programs, each with its client, to their ends; and the same texts through gcc.

use crate::common::*;
use host::{HostEvent, ProgramConfig};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tcp::time::Instant;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")
}

fn shipped(file: &str, start_us: u64) -> ProgramConfig {
    let source = fs::read_to_string(folder().join(file)).expect(file);
    ProgramConfig { start: Instant::from_micros(start_us), ..program(file, &source) }
}

/// Clients on host 1, each starting a while after the one before; a server on host 2.
fn play(server: &str, clients: &[&str], seconds: f64) -> World {
    play_apart(server, clients, 300, seconds)
}

fn play_apart(server: &str, clients: &[&str], apart_us: u64, seconds: f64) -> World {
    let (mut a, mut b) = (config(1, "linux", &[]), config(2, "linux", &[]));
    b.programs = vec![shipped(server, 0)];
    let started = clients.iter().enumerate().map(|(i, c)| shipped(c, 1_000 + apart_us * i as u64));
    a.programs = started.collect();
    let mut w = World::new(vec![a, b]);
    w.run_until(seconds);
    w
}

/// What program `pid` of a host printed, and how it ended.
fn printed(w: &World, host: usize, pid: usize) -> (String, Option<i32>) {
    let process = &w.hosts[host].processes()[pid];
    (process.output.clone(), process.exited)
}

/// Calls of a host that returned and begin so.
fn calls(w: &World, host: usize, begin: &str) -> Vec<String> {
    let texts = w.events.iter().filter(|(i, _)| *i == host).filter_map(|(_, e)| match e {
        HostEvent::CallReturned { text, .. } => Some(text.to_string()),
        _ => None,
    });
    texts.filter(|t| t.starts_with(begin)).collect()
}

/// Every server model serves five clients at once; what each said comes back to it.
#[test]
fn echo_five_at_once() {
    let table = [
        // Server, its processes at the end, connections accepted by each way of accepting.
        ("echo.c", 1, "accept(3, NULL, NULL) = 4"),
        ("echo-fork.c", 1, "accept(3, NULL, NULL) = 4"),
        ("echo-prefork.c", 4, "accept(3, NULL, NULL) = 4"),
        ("echo-poll.c", 1, "accept(3, NULL, NULL) = "),
        ("echo-epoll.c", 1, "accept4(3, NULL, NULL, SOCK_NONBLOCK) = "),
    ];
    for (server, processes, accept) in table {
        let w = play(server, &["echo-client.c"; 5], 5.0);
        for pid in 1..=5 {
            let said = format!("1 from {pid}\n2 from {pid}\n3 from {pid}\n");
            assert_eq!(printed(&w, 0, pid), (said, Some(0)), "{server}");
        }
        let accepted = calls(&w, 1, accept).into_iter().filter(|t| !t.contains("EAGAIN")).count();
        assert_eq!((accepted, w.queues(1)), (5, (0, 0)), "{server}");
        let left: Vec<_> = w.hosts[1].processes().into_iter().skip(1).collect();
        assert_eq!(left.len(), processes, "{server}");
        assert!(
            left.iter().all(|p| p.exited.is_none() && p.fds.len() <= 2),
            "{server}: every connection is closed"
        );
    }
}

#[test]
fn an_iterative_server_keeps_the_others_waiting() {
    let w = play("echo.c", &["echo-client.c"; 2], 5.0);
    let firsts: Vec<_> = calls(&w, 1, "read(4, \"1 from");
    assert_eq!(firsts, ["read(4, \"1 from 1\", 512) = 8", "read(4, \"1 from 2\", 512) = 8"]);
    // The second client's first echo comes after the first client's last.
    let all = calls(&w, 1, "read(4");
    let place = |text: &str| all.iter().position(|t| t.contains(text)).expect(text);
    assert!(place("1 from 2") > place("3 from 1"), "{all:#?}");
}

#[test]
fn an_edge_triggered_server_reads_until_there_is_no_more() {
    let w = play("echo-epoll.c", &["echo-client.c"], 5.0);
    let all = calls(&w, 1, "");
    let story: Vec<_> = all.iter().skip(6).map(String::as_str).collect();
    assert_eq!(
        story,
        [
            "fcntl(3, F_SETFL, O_NONBLOCK) = 0",
            "epoll_ctl(4, EPOLL_CTL_ADD, 3, {EPOLLIN|EPOLLRDHUP|EPOLLET, data=3}) = 0",
            "epoll_wait(4, [{EPOLLIN, data=3}], 8, -1) = 1",
            "accept4(3, NULL, NULL, SOCK_NONBLOCK) = 5",
            "epoll_ctl(4, EPOLL_CTL_ADD, 5, {EPOLLIN|EPOLLRDHUP|EPOLLET, data=5}) = 0",
            "accept4(3, NULL, NULL, SOCK_NONBLOCK) = -1 EAGAIN",
            "epoll_wait(4, [{EPOLLIN, data=5}], 8, -1) = 1",
            "read(5, \"1 from 1\", 512) = 8",
            "write(5, \"1 from 1\", 8) = 8",
            "read(5, …, 512) = -1 EAGAIN",
            "epoll_wait(4, [{EPOLLIN, data=5}], 8, -1) = 1",
            "read(5, \"2 from 1\", 512) = 8",
            "write(5, \"2 from 1\", 8) = 8",
            "read(5, …, 512) = -1 EAGAIN",
            "epoll_wait(4, [{EPOLLIN, data=5}], 8, -1) = 1",
            "read(5, \"3 from 1\", 512) = 8",
            "write(5, \"3 from 1\", 8) = 8",
            "read(5, …, 512) = -1 EAGAIN",
            "epoll_wait(4, [{EPOLLIN|EPOLLRDHUP, data=5}], 8, -1) = 1",
            "read(5, \"\", 512) = 0",
            "close(5) = 0",
        ]
    );
}

#[test]
fn a_server_that_never_accepts() {
    let w = play_apart("never-accepts.c", &["patient-client.c"; 5], 50_000, 8.0);
    for pid in 1..=3 {
        let (said, status) = printed(&w, 0, pid);
        assert_eq!(
            (said.as_str(), status),
            ("connected, as far as I know\nno answer\n", Some(0)),
            "client {pid}"
        );
    }
    // Backlog 2 holds three; these two still send SYNs.
    for pid in 4..=5 {
        assert_eq!(printed(&w, 0, pid), (String::new(), None), "client {pid}");
        assert_eq!(w.hosts[0].processes()[pid].blocked.as_deref(), Some("connect"));
    }
    assert_eq!(w.queues(1), (0, 3));
}

#[test]
fn a_server_that_never_reads() {
    let w = play("never-reads.c", &["flood-client.c"], 20.0);
    let (said, status) = printed(&w, 0, 1);
    assert_eq!(
        (said.as_str(), status),
        ("write: Resource temporarily unavailable\n17128 octets were taken\n", Some(0))
    );
    let unread = w.hosts[1].sockets().iter().map(|s| s.recv_q).max();
    assert!(unread.is_some_and(|n| (3_000..=8_192).contains(&n)), "what fits the receive buffer: {unread:?}");
}

#[test]
fn one_direction_is_closed_and_the_other_still_answers() {
    let w = play("count.c", &["half-close-client.c"], 5.0);
    assert_eq!(printed(&w, 0, 1), ("44 octets\n".into(), Some(0)));
    let all = calls(&w, 0, "");
    let end: Vec<_> = all.iter().skip(all.len() - 5).map(String::as_str).collect();
    assert_eq!(
        end,
        [
            "shutdown(3, SHUT_WR) = 0",
            "read(3, \"44 octets\\n\", 512) = 10",
            "write(1, \"44 octets\\n\", 10) = 10",
            "read(3, \"\", 512) = 0",
            "close(3) = 0",
        ]
    );
}

#[test]
fn http() {
    let w = play("http-server.c", &["http-client.c"], 5.0);
    let (said, status) = printed(&w, 0, 1);
    assert_eq!(status, Some(0));
    assert_eq!(
        said.replace('\r', ""),
        "HTTP/1.0 200 OK\nContent-Type: text/plain\nContent-Length: 32\n\nHello from a very small server.\n\
         HTTP/1.0 404 Not Found\nContent-Type: text/plain\nContent-Length: 17\n\nThere is only /.\n"
    );
    assert_eq!(printed(&w, 1, 1).0, "GET / HTTP/1.0\nGET /missing HTTP/1.0\n");
}

#[test]
fn smtp() {
    let w = play("smtp-server.c", &["smtp-client.c"], 5.0);
    let (said, status) = printed(&w, 0, 1);
    assert_eq!(status, Some(0));
    assert!(said.ends_with("> .\n< 250 Taken\n> QUIT\n< 221 Bye\n"), "{said}");
    let letter = "MAIL FROM:<alice@client.example>\nRCPT TO:<bob@mail.example>\n| Subject: a letter\n| \n| .and so on\n";
    assert_eq!(printed(&w, 1, 1).0, letter, "the dot that was put before a dot is gone again");
}

#[test]
fn pop3() {
    let w = play("pop3-server.c", &["pop3-client.c"], 5.0);
    let (said, status) = printed(&w, 0, 1);
    assert_eq!(status, Some(0));
    let story = "> RETR 2\n< +OK it follows\n| Subject: second\n| \n| .and goodbye.\n\
                 > DELE 1\n< +OK gone\n> RETR 1\n< -ERR what?\n> STAT\n< +OK 1 35\n> QUIT\n< +OK bye\n";
    assert!(said.ends_with(story), "{said}");
}

#[test]
fn ftp_passive_and_active() {
    let w = play("ftp-server.c", &["ftp-client.c"], 5.0);
    let (said, status) = printed(&w, 0, 1);
    assert_eq!(status, Some(0));
    assert_eq!(said.matches("< 150 Here it comes\n60 octets\n< 226 Done\n").count(), 2, "{said}");
    assert!(said.contains("< 227 Entering Passive Mode (10,0,0,2,"), "{said}");
    assert!(said.contains("> PORT 10,0,0,1,7,229\n< 200 OK\n"), "{said}");
    let active = calls(&w, 1, "connect(");
    assert_eq!(
        active,
        ["connect(5, {AF_INET, htons(2021), 10.0.0.1}, 16) = 0"],
        "the server comes to the client"
    );
    assert!(w.trace.iter().any(|l| l.contains(" 2 > 2021 S ")), "and its SYN with it");
}

#[test]
fn rlogin_urgent_data_both_ways() {
    let w = play("rlogin-server.c", &["rlogin-client.c"], 5.0);
    let (said, status) = printed(&w, 0, 1);
    assert_eq!(status, Some(0));
    assert_eq!(said.replace(['\r', '\0'], ""), "[urgent 80]\n$ sleep\n[urgent 02]\n^C\n$ ");
    let (served, _) = printed(&w, 1, 1);
    assert_eq!(served, "alice bob xterm/38400\nwindow: 24 rows, 80 columns\ninterrupted by 3\n");
    assert_eq!(calls(&w, 1, "recv("), ["recv(4, \"\\x03\", 1, MSG_OOB) = 1"]);
}

#[test]
fn rpc_records() {
    let w = play("rpc-server.c", &["rpc-client.c"], 5.0);
    assert_eq!(
        printed(&w, 1, 1).0,
        "fragment of 40 octets, the last\nfragment of 16 octets\nfragment of 24 octets, the last\n"
    );
    let (said, status) = printed(&w, 0, 1);
    assert_eq!(status, Some(0));
    let said: Vec<_> = said.lines().filter(|l| l.starts_with("call")).collect();
    assert_eq!(said, ["call 1: status 0", "call 2: status 3"], "{said:?}");
}

/// What runs here is C: gcc finds nothing to complain of either.
#[test]
fn gcc_takes_every_shipped_program() {
    if Command::new("gcc").arg("--version").output().is_err() {
        eprintln!("skipped: no gcc here (apt-get install gcc libc6-dev)");
        return;
    }
    let mut count = 0;
    for entry in fs::read_dir(folder()).expect("programs/") {
        let path = entry.expect("an entry").path();
        // Headers are read where they are included.
        if path.extension().is_none_or(|e| e != "c") {
            continue;
        }
        let done = Command::new("gcc")
            .args(["-fsyntax-only", "-O1", "-Wall", "-Wextra", "-Werror"])
            .arg("-I")
            .arg(folder().join("include"))
            .arg(&path)
            .output()
            .expect("gcc runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        count += 1;
    }
    assert_eq!(count, 43);
}
