//! Attacks, as scenarios tell them: what works where it is not defended against, and what the same does where it is.

use lab::Session;
use lab::scenario::Scenario;
use lab::view::View;
use net::NodeId;
use wire::frame::Packet;
use wire::tcp::Flags;

/// A shipped scenario played so long, with settings of a node changed.
fn play(id: &str, seconds: f64, node: &str, sysctls: &[(&str, &str)]) -> Session {
    let mut scenario = Scenario::shipped(id).expect(id);
    for n in scenario.nodes.iter_mut().filter(|n| n.name == node) {
        n.sysctls.extend(sysctls.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    }
    let text = serde_json::to_string(&scenario).expect("a scenario can be written");
    let mut s = Session::new(&text, None).expect("it can be read again");
    assert_ne!(s.run(1_000_000, seconds * 1e9).stopped, "budget");
    s.world().assert_invariants();
    s
}

fn node(v: &View, name: &str) -> usize {
    v.nodes.iter().position(|n| n.name == name).expect("a node of this name")
}

/// What the first program of a node printed.
fn said(s: &Session, name: &str) -> String {
    let v = s.view();
    v.nodes[node(&v, name)].processes[0].output.clone()
}

fn counter(s: &Session, name: &str, counter: &str) -> u64 {
    let n = node(&s.view(), name) as u16;
    s.world().host(NodeId(n)).expect("a host").counter(counter)
}

/// Segments that a node put on its link: how many are there of those that fit.
fn segments(s: &Session, from: &str, fits: impl Fn(&wire::tcp::Header, usize) -> bool) -> usize {
    let n = node(&s.view(), from) as u16;
    let mine = s.frames().iter().enumerate().filter(|(_, f)| f.from == n);
    let one = |(id, _): (usize, &lab::records::FrameRecord)| match wire::frame::parse(
        &s.frame_bytes(id as u32).ok()?,
    )
    .ok()?
    .packet
    {
        Packet::Tcp { header, payload, .. } => fits(&header, payload.len()).then_some(()),
        _ => None,
    };
    mine.filter_map(one).count()
}

#[test]
fn a_flood_under_false_names_shuts_a_client_out_unless_there_are_cookies() {
    let s = play("attack-syn-flood", 4.0, "Server", &[]);
    assert_eq!(said(&s, "Attacker"), "400 SYNs\n");
    assert_eq!(said(&s, "Client"), "", "nobody hears the client");
    assert!(counter(&s, "Server", "TCPReqQFullDrop") > 300);
    assert!(counter(&s, "Elsewhere", "IpInAddrErrors") > 0, "the answers go astray");

    let s = play("attack-syn-flood", 4.0, "Server", &[("net.ipv4.tcp_syncookies", "1")]);
    assert!(said(&s, "Client").contains("3 from"), "{}", said(&s, "Client"));
    assert!(counter(&s, "Server", "TCPReqQFullDoCookies") > 300);
}

#[test]
fn sequence_numbers_that_are_asked_for() {
    // What can be told of the next number from those before.
    for (isn, step) in [("4.2bsd", Some(64)), ("rfc793", None), ("rfc6528", None)] {
        let s = play("attack-isn-probe", 3.0, "Server", &[("tcp.isn", isn)]);
        let text = said(&s, "Attacker");
        let steps: Vec<u32> =
            text.lines().skip(1).filter_map(|l| l.split(' ').nth(1)?.parse().ok()).collect();
        assert_eq!(steps.len(), 5, "{isn}: {text}");
        let (least, most) = (steps.iter().min().unwrap(), steps.iter().max().unwrap());
        match (isn, step) {
            (_, Some(step)) => assert!(steps.iter().all(|s| [step, step + 128].contains(s)), "{isn}: {text}"),
            ("rfc793", _) => assert!(*least >= 62_500 && most - least < 1_000, "{isn}: {text}"),
            _ => assert!(most - least > 1_000_000, "{isn}: {text}"),
        }
    }
}

#[test]
fn trust_in_an_address_holds_as_long_as_numbers_cannot_be_foretold() {
    let s = play("attack-trust", 3.0, "Server", &[]);
    assert_eq!(said(&s, "Server"), "10.0.0.3 is trusted, and says: echo + + >> .rhosts\n");
    // The trusted host has the answers before it, and is deaf.
    assert_eq!(segments(&s, "Trusted", |h, _| h.flags.has(Flags::RST)), 0);
    assert!(counter(&s, "Trusted", "ListenDrops") >= 1);

    let s = play("attack-trust", 3.0, "Server", &[("tcp.isn", "rfc6528")]);
    assert_eq!(said(&s, "Server"), "");

    // A host that is not deafened by a full queue disowns what it did not say.
    let mut scenario = Scenario::shipped("attack-trust").expect("shipped");
    let trusted = scenario.nodes.iter_mut().find(|n| n.name == "Trusted").expect("the trusted host");
    trusted.profile = Some("linux".into());
    let mut s = Session::new(&serde_json::to_string(&scenario).unwrap(), None).expect("a scenario");
    s.run(1_000_000, 3e9);
    assert_eq!(said(&s, "Server"), "");
    assert!(segments(&s, "Trusted", |h, _| h.flags.has(Flags::RST)) >= 1);
}

#[test]
fn a_blind_reset_meets_a_challenge() {
    let s = play("attack-blind-rst", 10.0, "Client", &[]);
    assert!(said(&s, "Client").starts_with("read: Connection reset by peer\n"), "{}", said(&s, "Client"));

    let s = play("attack-blind-rst", 10.0, "Client", &[("tcp.rfc5961", "1")]);
    assert_eq!(said(&s, "Client"), "1600 octets\n");
    assert!(counter(&s, "Client", "TCPChallengeACK") >= 1);
}

#[test]
fn words_that_nobody_said_stand_in_the_stream() {
    // The whole sequence space is searched: it works wherever the numbers begin.
    for seed in [1, 2, 3] {
        let mut s = Session::new("attack-blind-data", Some(seed)).expect("shipped");
        s.run(1_000_000, 10e9);
        let text = said(&s, "Client");
        assert!(text.starts_with("INJECTED\n") && text.ends_with("3360000 octets\n"), "seed {seed}: {text}");
    }

    let s = play("attack-blind-data", 10.0, "Client", &[("tcp.rfc5961", "1")]);
    assert_eq!(said(&s, "Client"), "3360000 octets\n");
}

#[test]
fn who_is_believed_to_be_the_other_reads_along() {
    let s = play("attack-arp-spoof", 6.0, "Client", &[]);
    let v = s.view();
    let outputs: Vec<&str> = v.nodes[node(&v, "Client")].processes.iter().map(|p| &p.output[..]).collect();
    assert_eq!(outputs, ["+OK\r\n", "+OK\r\n"], "nobody misses anything");
    let text = said(&s, "Attacker");
    assert_eq!(text.matches("10.0.0.10 says: PASS secret").count(), 1, "once, since it came between: {text}");
    let host = s.world().host(NodeId(node(&v, "Client") as u16)).expect("a host");
    let mac = [2, 0, 0, 0, 0, 0x66];
    let server = host.neighbours().into_iter().find(|n| n.addr.to_string() == "10.0.0.2").expect("an entry");
    assert_eq!(server.mac, Some(mac));
}

#[test]
fn two_ends_that_disagree_correct_each_other_for_ever() {
    let acks = |s: &Session| segments(s, "Server", |h, len| len == 0 && h.flags == Flags::ACK);
    let s = play("attack-hijack", 3.0, "Client", &[]);
    assert!(said(&s, "Server").contains("told: rm -rf / # with greetings\n"), "{}", said(&s, "Server"));
    let storm = acks(&s);
    assert!(storm > 200, "{storm} ACKs of the server");

    let mut scenario = Scenario::shipped("attack-hijack").expect("shipped");
    for n in &mut scenario.nodes {
        n.sysctls.insert("net.ipv4.tcp_invalid_ratelimit".into(), "500".into());
    }
    let mut s = Session::new(&serde_json::to_string(&scenario).unwrap(), None).expect("a scenario");
    s.run(1_000_000, 3e9);
    let few = acks(&s);
    assert!(few < storm / 10, "{few} ACKs where each end waits half a second between two");
}
