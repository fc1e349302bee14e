//! Whole sessions, taken down and read by tshark.

use crate::common::tshark;
use lab::Session;
use lab::records::{Fate, FrameRecord, MarkKind, MarkRecord};

/// Far enough for every shipped scenario to show what it is about.
const STEPS: u32 = 1500;

/// What tshark is asked about each frame, and what it must not answer.
const ASKED: [(&str, &str); 8] = [
    ("frame.time_epoch", ""),
    ("frame.comment", ""),
    ("frame.protocols", ""),
    ("ip.checksum.status", "0"),
    ("tcp.checksum.status", "0"),
    ("_ws.malformed", "1"),
    // Ethernet is 1.
    ("frame.encap_type", "0"),
    // PI_ERROR of Wireshark's expert information.
    ("_ws.expert.severity", "8388608"),
];

#[test]
fn every_scenario_can_be_taken_down() {
    let mut explained = 0;
    for info in Session::scenarios() {
        let mut session = Session::new(&info.id, None).unwrap();
        while session.position() < STEPS && session.step() {}
        let args: Vec<&str> =
            // What programs say to each other is not judged: Wireshark reads a letter over POP3 as one with a date.
            ["--disable-protocol", "pop", "-o", "tcp.desegment_tcp_streams:FALSE", "-T", "fields"].into_iter().chain(ASKED.iter().flat_map(|(name, _)| ["-e", *name])).collect();
        let Some(lines) = tshark(&session.pcapng().unwrap(), &args) else { return };
        assert_eq!(lines.len(), session.frames().len(), "{}", info.id);
        let mut spoilt = 0;
        for (line, record) in lines.iter().zip(session.frames().iter()) {
            println!("{}: {line}", info.id);
            let answers: Vec<&str> = line.split('\t').collect();
            spoilt += usize::from(!checksums_right(&answers[2..]));
            explained += judge(&answers, record);
        }
        assert_eq!(
            spoilt,
            corrupted(&session),
            "{}: what a link corrupts, and nothing else, is wrong",
            info.id
        );
    }
    assert!(explained > 0);
}

#[test]
fn every_interface_of_every_scenario_can_be_taken_down() {
    let asked: Vec<&str> = ["frame.interface_name", "frame.packet_flags_direction", "eth.src"]
        .into_iter()
        .chain(ASKED.iter().skip(2).map(|(name, _)| *name))
        .collect();
    for info in Session::scenarios() {
        let mut session = Session::new(&info.id, None).unwrap();
        while session.position() < STEPS && session.step() {}
        let args: Vec<&str> =
            ["--disable-protocol", "pop", "-o", "tcp.desegment_tcp_streams:FALSE", "-T", "fields"]
                .into_iter()
                .chain(asked.iter().flat_map(|name| ["-e", *name]))
                .collect();
        let Some(lines) = tshark(&session.capture_at(&[]).unwrap(), &args) else { return };
        let taps = session.taps();
        let (mut seen, mut spoilt) = (vec![false; taps.len()], 0);
        for line in lines {
            let answers: Vec<&str> = line.split('\t').collect();
            println!("{}: {line}", info.id);
            nothing_malformed(&answers[3..]);
            spoilt += usize::from(!checksums_right(&answers[3..]));
            let tap = taps.iter().position(|t| t == answers[0]).expect("an interface of ours");
            seen[tap] = true;
            assert!(["1", "2", "0x01", "0x02", "0x00000001", "0x00000002"].contains(&answers[1]), "{line}");
        }
        assert!(seen.iter().any(|s| *s), "{}", info.id);
        // What a link corrupts is wrong where it leaves, or where it arrives, or both; nothing else is.
        let few = corrupted(&session);
        assert!((few..=2 * few).contains(&spoilt), "{}: {spoilt} of {few}", info.id);
    }
}

#[test]
fn a_tap_sees_what_passes_its_interface_and_when() {
    let mut session = Session::new("lost-data", None).unwrap();
    session.run(10_000, f64::INFINITY);
    let taps = session.taps();
    assert_eq!(taps, ["Client:eth0", "Server:eth0"]);
    let fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.packet_flags_direction"];
    let count = |way: u8, from: &str| {
        let lines = tshark(&session.capture_at(&[from.into()]).unwrap(), &fields)?;
        Some(lines.iter().filter(|l| l.ends_with(&way.to_string())).count())
    };
    let (Some(sent), Some(got)) = (count(2, "Client"), count(1, "Server:eth0")) else { return };
    let of_client = |f: &&FrameRecord| f.from == 0;
    let lost = |f: &&FrameRecord| f.fate == Fate::Lost as u8;
    assert_eq!(sent, session.frames().iter().filter(of_client).count());
    assert_eq!(sent - got, session.frames().iter().filter(of_client).filter(lost).count());
    assert!(sent > got, "the link loses one on its way");
    let refused = session.capture_at(&["Router:eth0".into()]).unwrap_err();
    assert_eq!(refused.code, "unknown_interface");
    assert!(refused.message.contains("Client:eth0, Server:eth0"), "{}", refused.message);
}

/// What tshark says of a frame, from its protocols on: Ethernet, and nothing of it malformed.
fn nothing_malformed(answers: &[&str]) {
    for (answer, (name, _)) in answers.iter().zip(&ASKED[2..]) {
        match *name {
            "frame.protocols" => assert!(answer.starts_with("eth:"), "{answer}"),
            "frame.encap_type" => assert_eq!(*answer, "1"),
            "_ws.malformed" => assert_eq!(*answer, ""),
            _ => {}
        }
    }
}

/// Whether checksums are right, and Wireshark has nothing else against a frame.
fn checksums_right(answers: &[&str]) -> bool {
    // An ICMP error quotes a segment and cuts it short (RFC 1812 §4.3.2.3): its checksum cannot be right.
    let quotes = answers[0].contains("icmp:ip") || answers[0].contains("icmpv6:ipv6");
    answers.iter().zip(&ASKED[2..]).skip(1).all(|(answer, (name, wrong))| {
        let excused = quotes && ["tcp.checksum.status", "_ws.expert.severity"].contains(name);
        excused || !answer.split(',').any(|a| a == *wrong)
    })
}

/// Frames that links corrupted.
fn corrupted(session: &Session) -> usize {
    let rules = Session::rules();
    let rule = rules.iter().position(|r| r.id == "net.link.corrupted").expect("a rule") as u16;
    let is = |m: &&MarkRecord| m.kind == MarkKind::Impaired as u8 && m.b == rule;
    session.marks().iter().filter(is).count()
}

/// A frame is an Ethernet frame, stands at its time, and if it did not arrive it says why (then 1).
fn judge(answers: &[&str], record: &FrameRecord) -> u32 {
    nothing_malformed(&answers[2..]);
    let (seconds, nanos) = answers[0].split_once('.').unwrap();
    assert_eq!(seconds.parse::<f64>().unwrap() * 1e9 + nanos.parse::<f64>().unwrap(), record.sent);
    let stopped = [Fate::Lost as u8, Fate::DroppedByHost as u8].contains(&record.fate);
    if stopped {
        let (_, reason) = answers[1].split_once(": ").expect("a comment with a reason");
        assert!(reason.ends_with('.') && !reason.contains('{'), "{reason}");
    }
    stopped.into()
}
