//! Whole sessions, taken down and read by tshark.

use crate::common::{tshark, tshark_sections};
use lab::Session;
use lab::records::{Fate, FrameRecord, MarkKind, MarkRecord};
use std::collections::BTreeMap;

/// No shipped scenario has anything to tell after an hour of its own time, in ns; some have a program that goes on for ever.
const HOUR: f64 = 3.6e12;

/// An ACK storm has no end, and is the same at every step of it.
const ENDLESS: [(&str, u32); 1] = [("attack-hijack", 20_000)];

/// What tshark is asked about each frame, and what it must not answer.
const ASKED: [(&str, &str); 11] = [
    ("frame.time_epoch", ""),
    ("frame.comment", ""),
    ("frame.protocols", ""),
    ("ip.checksum.status", "0"),
    ("tcp.checksum.status", "0"),
    ("udp.checksum.status", "0"),
    ("icmp.checksum.status", "0"),
    ("icmpv6.checksum.status", "0"),
    ("_ws.malformed", "1"),
    // Ethernet is 1.
    ("frame.encap_type", "0"),
    // PI_ERROR of Wireshark's expert information.
    ("_ws.expert.severity", "8388608"),
];

/// A shipped scenario at its end.
fn ended(id: &str) -> Session {
    let mut session = Session::new(id, None).unwrap();
    let bound = ENDLESS.iter().find(|(endless, _)| *endless == id);
    session.run(bound.map_or(u32::MAX, |(_, steps)| *steps), HOUR);
    session
}

/// What tshark says about each frame of captures of all shipped scenarios: answers by scenario. `None`: there is no tshark.
fn told(
    asked: &[&str],
    captures: impl Iterator<Item = Vec<u8>>,
) -> Option<BTreeMap<usize, Vec<Vec<String>>>> {
    // What programs say to each other is not judged: Wireshark reads a letter over POP3 as one with a date. Nor are streams put
    // together or followed: each segment is there at several interfaces.
    let judged = ["--disable-protocol", "pop", "-n", "-T", "fields", "-e", "frame.section_number"];
    let streams = [
        "-o",
        "tcp.desegment_tcp_streams:FALSE",
        "-o",
        "tcp.analyze_sequence_numbers:FALSE",
        "-o",
        "rpc.defragment_rpc_over_tcp:FALSE",
    ];
    let args: Vec<&str> =
        streams.into_iter().chain(judged).chain(asked.iter().flat_map(|name| ["-e", *name])).collect();
    let mut all: BTreeMap<usize, Vec<Vec<String>>> = BTreeMap::new();
    for line in tshark_sections(captures, &args)? {
        let mut answers = line.split('\t').map(str::to_owned);
        let section: usize = answers.next().and_then(|n| n.parse().ok()).expect("the number of a section");
        all.entry(section - 1).or_default().push(answers.collect());
    }
    Some(all)
}

#[test]
fn every_scenario_can_be_taken_down_to_its_end() {
    let scenarios = Session::scenarios();
    let mut known: Vec<(Vec<FrameRecord>, usize)> = Vec::new();
    let captures = scenarios.iter().map(|info| {
        let session = ended(&info.id);
        known.push((
            (0..session.frames().len() as u32).map(|id| session.frame(id).expect("a record")).collect(),
            corrupted(&session),
        ));
        session.pcapng().unwrap()
    });
    let asked = ASKED.map(|(name, _)| name);
    let Some(all) = told(&asked, captures) else { return };
    let mut explained = 0;
    for (at, (info, (frames, corrupted))) in scenarios.iter().zip(&known).enumerate() {
        assert_eq!(all[&at].len(), frames.len(), "{}", info.id);
        let mut spoilt = 0;
        for (number, (answers, record)) in all[&at].iter().zip(frames).enumerate() {
            spoilt += usize::from(!checksums_right(&info.id, &answers[2..]));
            explained += judge(&info.id, number, answers, record);
        }
        assert_eq!(spoilt, *corrupted, "{}: what a link corrupts, and nothing else, is wrong", info.id);
    }
    assert!(explained > 0);
}

#[test]
fn every_interface_of_every_scenario_can_be_taken_down_to_its_end() {
    let scenarios = Session::scenarios();
    let mut known: Vec<(usize, usize)> = Vec::new();
    let captures = scenarios.iter().map(|info| {
        let session = ended(&info.id);
        known.push((session.taps().len(), corrupted(&session)));
        session.capture_at(&[]).unwrap()
    });
    // Where a file has many sections, tshark 4.0 names interfaces by those of the first: they are known by their numbers.
    let asked: Vec<&str> = ["frame.interface_id", "frame.packet_flags_direction"]
        .into_iter()
        .chain(ASKED.iter().skip(2).map(|(name, _)| *name))
        .collect();
    let Some(all) = told(&asked, captures) else { return };
    for (at, (info, (taps, few))) in scenarios.iter().zip(&known).enumerate() {
        let (mut seen, mut spoilt) = (vec![false; *taps], 0);
        for answers in &all[&at] {
            nothing_malformed(&info.id, &answers[2..]);
            spoilt += usize::from(!checksums_right(&info.id, &answers[2..]));
            let tap: usize = answers[0].parse().expect("the number of an interface");
            seen[tap] = true;
            let way = answers[1].as_str();
            assert!(
                ["1", "2", "0x01", "0x02", "0x00000001", "0x00000002"].contains(&way),
                "{}: {way}",
                info.id
            );
        }
        assert!(seen.iter().any(|s| *s), "{}", info.id);
        // What a link corrupts is wrong where it leaves, or where it arrives, or both; nothing else is.
        assert!((*few..=2 * few).contains(&spoilt), "{}: {spoilt} of {few}", info.id);
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
fn nothing_malformed(id: &str, answers: &[String]) {
    for (answer, (name, _)) in answers.iter().zip(&ASKED[2..]) {
        let right = match *name {
            "frame.protocols" => answer.starts_with("eth:"),
            "frame.encap_type" => answer == "1",
            "_ws.malformed" => answer.is_empty(),
            _ => true,
        };
        assert!(right, "{id}: {name} is {answer}: {answers:?}");
    }
}

/// Whether checksums are right, and Wireshark has nothing else against a frame.
fn checksums_right(id: &str, answers: &[String]) -> bool {
    // An ICMP error quotes a segment and cuts it short (RFC 1812 §4.3.2.3): its checksum cannot be right.
    let quotes = answers[0].contains("icmp:ip") || answers[0].contains("icmpv6:ipv6");
    let quoted = ["tcp.checksum.status", "udp.checksum.status", "_ws.expert.severity"];
    answers.iter().zip(&ASKED[2..]).skip(1).all(|(answer, (name, wrong))| {
        let right = quotes && quoted.contains(name) || !answer.split(',').any(|a| a == *wrong);
        if !right {
            println!("{id}: {name} is {answer}: {answers:?}");
        }
        right
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
fn judge(id: &str, number: usize, answers: &[String], record: &FrameRecord) -> u32 {
    nothing_malformed(id, &answers[2..]);
    let (seconds, nanos) = answers[0].split_once('.').unwrap();
    assert_eq!(seconds.parse::<f64>().unwrap() * 1e9 + nanos.parse::<f64>().unwrap(), record.sent, "{id}");
    let stopped = [Fate::Lost as u8, Fate::DroppedByHost as u8].contains(&record.fate);
    if stopped {
        let (_, reason) = answers[1].split_once(": ").expect("a comment with a reason");
        assert!(reason.ends_with('.') && !reason.contains('{'), "{id}: {reason}");
        // A reason that names a frame names this one.
        let named =
            reason.split_once("rame ").and_then(|(_, rest)| rest.split([' ', ':', '.']).next()?.parse().ok());
        assert_eq!(named.unwrap_or(number), number, "{id}: {}", answers[1]);
    }
    stopped.into()
}
