//! Names: what goes over the network before a connection can, and what a program is told where nobody answers.

use crate::words::*;
use lab::Session;

/// A line a frame that carries IP, as tcpdump writes it; what arrives at a switch only passes.
fn lines(session: &Session) -> Vec<String> {
    let names: Vec<String> = session.view().nodes.iter().map(|n| n.name.clone()).collect();
    let frames = session.frames().iter().enumerate();
    let from_hosts = frames.filter(|(_, f)| names[usize::from(f.from)] != "Switch");
    let line = |(id, _): (usize, _)| {
        let bytes = session.frame_bytes(id as u32).expect("a frame");
        wire::summary::line(&bytes)
    };
    from_hosts.map(line).filter(|l| l.starts_with("IP ")).collect()
}

fn output(session: &Session, node: usize) -> String {
    session.view().nodes[node].processes.iter().map(|p| p.output.clone()).collect()
}

/// Calls of a node's first program, as strace writes them, without those that write.
fn calls(session: &Session, node: u32) -> Vec<String> {
    let log = session.log(Some(node), 1_000);
    log.into_iter().map(|l| l.text).filter(|t| !t.starts_with("write")).collect()
}

#[test]
fn a_name_then_a_connection() {
    let mut s = open("dns-look-up");
    s.run(100_000, 2e9);
    assert!(output(&s, 0).starts_with("www.example is 10.0.0.2\nHTTP/1.0 200 OK"), "{}", output(&s, 0));
    let lines = lines(&s);
    let id =
        lines[0].split(['+', ' ']).find(|w| w.parse::<u16>().is_ok()).expect("an identification").to_owned();
    assert!(lines[0].contains(&format!("10.0.0.53.53: {id}+ A? www.example. (29)")), "{lines:?}");
    assert!(lines[1].contains(&format!(": {id}* 2/0/0 CNAME web.example., A 10.0.0.2 (")), "{lines:?}");
    assert!(lines[2].contains(" > 10.0.0.2.80: Flags [S]"), "{lines:?}");
}

#[test]
fn what_is_too_long_for_udp_comes_over_tcp() {
    let mut s = open("dns-over-tcp");
    s.run(100_000, 2e9);
    assert!(output(&s, 0).starts_with("many.example is 10.0.0.2\nHTTP/1.0 200 OK"), "{}", output(&s, 0));
    let lines = lines(&s);
    assert!(lines[1].contains("*| 30/0/0 A 10.0.0.2, A 10.0.0.101"), "cut off, and marked so: {}", lines[1]);
    assert!(lines[2].contains(" > 10.0.0.53.53: Flags [S]"), "{}", lines[2]);
    let to_names = lines.iter().filter(|l| l.contains("10.0.0.53.53") && l.contains("Flags")).count();
    assert!(to_names >= 8, "a connection opened and closed: {lines:#?}");
}

#[test]
fn nobody_answers_for_names() {
    let mut s = open("no-dns");
    s.run(100_000, 30e9);
    assert_eq!(output(&s, 0), "www.example: Temporary failure in name resolution\n");
    let calls = calls(&s, 0);
    let of = |name: &str| calls.iter().filter(|c| c.starts_with(name)).count();
    // Two servers, twice each (resolv.conf(5), attempts); one refuses, the other is never found.
    assert_eq!((of("socket"), of("poll"), of("recv"), of("close")), (4, 4, 4, 4), "{calls:#?}");
    assert!(calls.iter().any(|c| c.contains("ECONNREFUSED")), "{calls:#?}");
    assert!(calls.iter().any(|c| c.contains("EHOSTUNREACH")), "{calls:#?}");
    assert!(!lines(&s).iter().any(|l| l.contains(".80: Flags")), "nothing for the web server");
}
