//! The program as people run it: what it prints, what it writes, how it ends.
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn tcp_playground(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tcp-playground")).args(args).output().expect("the program runs")
}

fn lines(args: &[&str]) -> Vec<String> {
    let out = tcp_playground(args);
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{args:?}: {errors}");
    String::from_utf8(out.stdout).expect("UTF-8").lines().map(str::to_string).collect()
}

fn scenarios() -> Vec<String> {
    let listed = lines(&["scenarios"]);
    listed
        .iter()
        .filter(|l| !l.starts_with(' '))
        .filter_map(|l| l.split(' ').next())
        .map(Into::into)
        .collect()
}

/// A file that is gone when the test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        Scratch(std::env::temp_dir().join(format!("tcp-playground-{}-{name}", std::process::id())))
    }
    fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn the_accept_flow_begins_with_a_handshake_as_tcpdump_prints_it() {
    let packets = lines(&["run", "accept-flow"]);
    let handshake = [
        ("Flags [S], seq ", "options [mss 1460,"),
        ("Flags [S.], seq ", "options [mss 1460,"),
        ("Flags [.], ack 1, win ", "length 0"),
    ];
    for ((flags, rest), line) in handshake.into_iter().zip(&packets) {
        assert!(line.starts_with("00:00:0") && line.contains(flags) && line.contains(rest), "{line}");
    }
    assert!(packets[0].contains(" IP 10.0.0.1.") && packets[0].contains(" > 10.0.0.2."), "{}", packets[0]);
    assert!(
        packets.iter().any(|l| l.contains("Flags [P.], seq 1:")),
        "data goes out:\n{}",
        packets.join("\n")
    );
    assert!(packets.iter().any(|l| l.contains("Flags [F.]")), "it ends:\n{}", packets.join("\n"));
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let digest = |seed| lines(&["run", "accept-flow", "--digest", "--seed", seed]).pop().expect("a digest");
    assert_eq!(digest("7"), digest("7"));
    assert_ne!(digest("7"), digest("8"), "the seed chooses the initial sequence numbers");
}

#[test]
fn a_run_stops_where_it_is_told_to() {
    let all = lines(&["run", "accept-flow"]).len();
    assert_eq!(lines(&["run", "accept-flow", "--until", "0"]).len(), 0);
    let some = lines(&["run", "accept-flow", "--steps", "12"]).len();
    assert!(some > 0 && some < all, "{some} of {all}");
    let handshake = lines(&["run", "accept-flow", "--until", "Server.state == ESTABLISHED"]);
    assert_eq!(handshake.len(), 4, "SYN, SYN-ACK, ACK, and data under way:\n{}", handshake.join("\n"));
}

#[test]
fn why_explains_in_both_languages() {
    let sentences = |lang| -> Vec<String> {
        let all = lines(&["run", "accept-flow", "--why", "--lang", lang]);
        all.into_iter().filter(|l| l.starts_with("    ")).collect()
    };
    let (en, zh) = (sentences("en"), sentences("zh-CN"));
    assert_eq!(en.len(), zh.len());
    assert!(en.iter().any(|s| s.contains("[RFC 9293")), "sources are named");
    assert!(zh.iter().any(|s| s.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))), "in Chinese");
    for sentence in en.iter().chain(&zh) {
        assert!(!sentence.contains('{'), "an operand is missing: {sentence}");
    }
}

#[test]
fn mistakes_are_told_in_a_sentence_and_an_exit_status() {
    for (args, status, words) in [
        (&["run", "no-such-scenario"][..], 2, "no-such-scenario"),
        (&["run", "accept-flow", "--until", "soon"], 2, "Column 1: there is nothing called “soon”"),
        (&["run", "accept-flow", "--pcap", "/no/such/folder/out.pcapng"], 1, "/no/such/folder/out.pcapng"),
        (&["walk"], 2, "walk"),
    ] {
        let out = tcp_playground(args);
        let errors = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(status), "{args:?}: {errors}");
        assert!(errors.contains(words), "{args:?}: {errors}");
        assert!(!errors.contains("panicked"), "{args:?}: {errors}");
    }
}

/// No shipped scenario has anything to tell after an hour of its own time; an ACK storm is the same at every step, for ever.
fn to_its_end(scenario: &str) -> [&'static str; 4] {
    let steps = if scenario == "attack-hijack" { "20000" } else { "1000000" };
    ["--until", "time >= 3600 s", "--steps", steps]
}

#[test]
fn tshark_finds_nothing_wrong_with_any_capture() {
    if Command::new("tshark").arg("--version").output().is_err() {
        println!("skipped: tshark is not installed (apt-get install tshark)");
        return;
    }
    // Captures one after the other in a file: each is a section, and tshark begins but once.
    let all = Scratch::new("all.pcapng");
    let mut sections = std::fs::File::create(all.path()).expect("a file");
    let mut printed = Vec::new();
    for scenario in scenarios() {
        let file = Scratch::new(&format!("{scenario}.pcapng"));
        let said = lines(&[&["run", &scenario, "--pcap", file.path()], &to_its_end(&scenario)[..]].concat());
        printed.push((said.iter().filter(|line| !line.starts_with("# ")).count(), scenario));
        std::io::copy(&mut std::fs::File::open(file.path()).expect("a capture"), &mut sections)
            .expect("room");
    }
    let spoils: Vec<bool> = printed.iter().map(|(_, id)| text(id).contains("\"corrupt\"")).collect();
    let mut read = vec![0; printed.len()];
    for row in tshark(&all.0) {
        let [section, ip, tcp, malformed] = row.splitn(4, '\t').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        let at = section.parse::<usize>().expect("the number of a section") - 1;
        let scenario = &printed[at].1;
        read[at] += 1;
        // What a link corrupted is wrong on purpose: crates/lab/tests/taken_down.rs tells such frames apart.
        if spoils[at] {
            continue;
        }
        // 0: wrong; nothing: there is none. Of a segment that an ICMP message quotes not all is there to judge it by.
        let wrong = |all: &str| all.split(',').any(|status| status == "0");
        let quotes = ip.contains(',');
        assert!(!wrong(ip) && (quotes || !wrong(tcp)), "{scenario}: a checksum is wrong: {row}");
        assert!(malformed.is_empty(), "{scenario}: {row}");
    }
    for ((printed, scenario), read) in printed.iter().zip(read) {
        assert_eq!(read, *printed, "{scenario}: every printed packet is in the capture");
    }
}

/// The text of a shipped scenario.
fn text(id: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lab/scenarios").join(format!("{id}.json"));
    std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// Section, IP checksum status, TCP checksum status (1 is good) and what is malformed, of each packet.
fn tshark(file: &Path) -> Vec<String> {
    let checks = ["-n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
    // What programs say to each other is not judged: Wireshark reads a letter over POP3 as one with a date.
    let checks = checks.into_iter().chain(["--disable-protocol", "pop"]);
    // Nor are conversations followed: each scenario begins again with the ports of the one before it.
    let alone = ["-o", "tcp.analyze_sequence_numbers:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE"];
    let fields = ["frame.section_number", "ip.checksum.status", "tcp.checksum.status", "_ws.malformed"];
    let fields = ["-T", "fields"].into_iter().chain(fields.iter().flat_map(|name| ["-e", *name]));
    let all = checks.chain(alone).chain(fields);
    let out = Command::new("tshark").arg("-r").arg(file).args(all).output().expect("tshark runs");
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{}: {errors}", file.display());
    String::from_utf8_lossy(&out.stdout).lines().map(str::to_string).collect()
}

/// Where a packet crosses more than one link, each line says whose link it is on.
#[test]
fn a_packet_is_printed_once_a_link() {
    let lines = lines(&["run", "nat-client", "--until", "0.1"]);
    let begins = |line: &&String, hop: &str| {
        line.split_once(' ').is_some_and(|(_, rest)| rest.trim_start().starts_with(hop))
    };
    for hop in ["NAT → ISP", "ISP → "] {
        assert!(lines.iter().any(|l| begins(&l, hop)), "{hop}: {lines:#?}");
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_at_once_with_its_place() {
    let wrong = Scratch::new("wrong.json");
    let said = |text: &str| {
        std::fs::write(wrong.path(), text).expect("a file");
        let out = tcp_playground(&["run", wrong.path()]);
        assert_eq!(out.status.code(), Some(2));
        String::from_utf8(out.stderr).expect("UTF-8")
    };
    let head = r#"{"version": 2, "id": "x", "title": {"en": "", "zh": ""}, "summary": {"en": "", "zh": ""},
        "links": [{"name": "wire", "ends": [{"node": "A"}, {"node": "A"}]}], "nodes": "#;
    let node = |name: &str, addr: &str| {
        format!(r#"{{"name": "{name}", "interfaces": [{{"name": "eth0", "addresses": ["{addr}"]}}]}}"#)
    };
    let twice = format!("{head}[{}, {}]}}", node("A", "10.0.0.1/24"), node("A", "10.0.0.2/24"));
    let octets = format!("{head}[{}]}}", node("A", "10.0.0.1.5/24"));
    for (text, why) in [
        ("{", "EOF while parsing an object at line 1 column 1"),
        (r#"{"version": 9}"#, "version: 9 is not known here; this build reads versions 1 to 2"),
        (twice.as_str(), "nodes[1].name: “A” stands twice"),
        (
            octets.as_str(),
            "nodes[0].interfaces[0].addresses[0]: “10.0.0.1.5/24” has 5 octets; an IPv4 address has four, as in 10.0.0.1/24",
        ),
    ] {
        let said = said(text);
        assert!(said.contains(why) && said.contains("wrong.json"), "{said}\nwants {why}");
    }
    // Nobody waits until so much has been read.
    let large = std::fs::File::create(wrong.path()).expect("a file");
    large.set_len(100 << 20).expect("a hole");
    let out = tcp_playground(&["run", wrong.path()]);
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8(out.stderr).expect("UTF-8");
    assert!(said.contains("The file has 100 MB; scenarios and timelines have at most 32 MB"), "{said}");
}

/// What the page saves and what is typed here is the same file.
#[test]
fn a_saved_scenario_runs_to_the_digest_of_the_session_that_saved_it_and_tells_its_notes() {
    let mut session = lab::Session::new("accept-flow", Some(5)).expect("a session");
    session.run(9, f64::INFINITY);
    let frame = *session.view().in_flight.first().expect("a frame on its way");
    session.command(lab::view::Command::Drop { frame }).expect("it can be lost");
    let step = session.position();
    session.run(100_000, f64::INFINITY);
    let text = String::from_utf8(session.scenario_file()).expect("UTF-8");
    let notes = format!(
        r#","notes":[{{"text":"Somebody\u001b[2J meddles."}},{{"step":{step},"text":{{"en":"Here.","zh":"在此。"}}}}]}}"#
    );
    let file = Scratch::new("saved.json");
    std::fs::write(file.path(), text.strip_suffix('}').expect("an object").to_owned() + &notes)
        .expect("a file");
    let said = lines(&["run", file.path(), "--digest"]);
    assert_eq!(said.last(), Some(&format!("digest {}", session.digest())));
    assert_eq!(said[0], "# Somebody\\u{1b}[2J meddles.", "a terminal is not commanded");
    let at = said.iter().position(|l| l == "# Here.").expect("the note of the step");
    let sent = |lines: &[String]| lines.iter().filter(|l| l.contains(" IP ")).count();
    assert!(sent(&said[..at]) > 0 && sent(&said[at..]) > 0, "in its place: {said:#?}");
    assert!(lines(&["run", file.path(), "--lang", "zh-CN"]).contains(&"# 在此。".to_string()));
}

#[test]
fn interfaces_are_taken_down_by_their_names() {
    let file = Scratch::new("taps.pcapng");
    lines(&["run", "lost-data", "--pcap", file.path(), "--capture", "Client:eth0", "--capture", "Server"]);
    let written = std::fs::read(file.path()).expect("a capture");
    for name in [&b"Client:eth0"[..], b"Server:eth0"] {
        assert!(written.windows(name.len()).any(|w| w == name));
    }
    let out = tcp_playground(&["run", "lost-data", "--pcap", file.path(), "--capture", "Router:eth9"]);
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8(out.stderr).expect("UTF-8");
    assert!(said.contains("“Router:eth9”; there are Client:eth0, Server:eth0"), "{said}");
}
