//! Surgery: options malformed on purpose, lengths and checksums each by its own choice, segments split and merged.

use crate::common::{SYN, hex, zoo};
use wire::dissect::{Context, dissect, find};
use wire::edit::{Change, Mends, OptionEdit, Reason, change, merge, split};
use wire::frame::{self, Packet};
use wire::tcp::Flags;
use wire::{Problem, Seq};

fn value(frame: &[u8], path: &str) -> String {
    find(&dissect(frame, &Context::default()), path).map(|n| n.value.clone()).unwrap_or_default()
}

fn segment(octets: &[u8]) -> (wire::tcp::Header, Vec<u8>) {
    match frame::parse(&octets.to_vec().into()).unwrap_or_else(|e| panic!("{e}")).packet {
        Packet::Tcp { header, payload, .. } => (header, payload.to_vec()),
        other => panic!("{other:?}"),
    }
}

/// Data on a connection, five octets.
fn data() -> Vec<u8> {
    zoo()[1].1.clone()
}

#[test]
fn options_malformed_on_purpose() {
    let frame = hex(SYN);
    let add = |index, octets: &str| OptionEdit::Add { index, octets: hex(octets) };
    let [mss, rest] = ["020405b4", "0402080a00000001000000000103030a"];
    #[rustfmt::skip]
    let table = [
        ("an end in the middle", add(1, "00"), format!("{mss}00{rest}000000")),
        ("length 0", add(0, "0800"), format!("0800{mss}{rest}0000")),
        ("length 1", add(1, "0801"), format!("{mss}0801{rest}0000")),
        ("a length beyond the list", add(5, "fd28"), format!("{mss}{rest}fd280000")),
        ("a length that its kind does not have", add(0, "0203ff"), format!("0203ff{mss}{rest}00")),
        ("cut short", OptionEdit::Replace { index: 0, octets: hex("0204") }, format!("0204{rest}0000")),
        ("an end at the end", add(5, "00"), format!("{mss}{rest}00000000")),
        ("moved to the end", OptionEdit::Move { from: 0, to: 4 }, format!("{rest}{mss}")),
    ];
    for (name, edit, want) in table {
        let out = change(&frame, &Change::Options(edit), Mends::ALL).unwrap();
        assert_eq!(value(&out, "tcp.options"), want, "{name}");
        // Whatever stands there, the frame is one that a host reads, and takes what it can of the options.
        segment(&out);
    }
    let edit = |change_: OptionEdit, frame: &[u8]| change(frame, &Change::Options(change_), Mends::ALL);
    // An end in the middle stays there while what stands before it is edited; padding is made anew.
    let odd = edit(add(1, "00"), &frame).unwrap();
    let odd = edit(OptionEdit::Remove { index: 0 }, &odd).unwrap();
    assert_eq!(value(&odd, "tcp.options"), format!("00{rest}000000"));
    let shorter = edit(OptionEdit::Remove { index: 1 }, &frame).unwrap();
    assert_eq!(value(&shorter, "tcp.options"), format!("{mss}080a00000001000000000103030a0000"));
    let more = edit(add(5, "fd03aa"), &shorter).unwrap();
    assert_eq!(value(&more, "tcp.options"), format!("{mss}080a00000001000000000103030afd03aa000000"));
}

#[test]
fn lengths_and_checksums_each_by_its_own_choice() {
    let frame = data();
    let longer = |mends| {
        let out = change(&frame, &Change::Payload(b"hello, world".to_vec()), mends).unwrap();
        ["ip.len", "tcp.hdr_len", "ip.checksum", "tcp.checksum"]
            .map(|path| value(&out, path) != value(&frame, path))
    };
    assert_eq!(longer(Mends::ALL), [true, false, true, true]);
    assert_eq!(longer(Mends::NONE), [false; 4]);
    assert_eq!(longer(Mends::IP_LENGTH), [true, false, false, false]);
    assert_eq!(longer(Mends::TCP_CHECKSUM), [false, false, false, false], "IP says that nothing was added");
    let nop = Change::Options(OptionEdit::Add { index: 0, octets: vec![1] });
    let option = |mends: Mends| {
        let out = change(&hex(SYN), &nop, mends).unwrap();
        (value(&out, "ip.len"), value(&out, "tcp.hdr_len"), out.len())
    };
    assert_eq!(option(Mends::ALL), ("64".into(), "11".into(), 78));
    assert_eq!(
        option(Mends::IP_LENGTH),
        ("61".into(), "10".into(), 75),
        "one octet more, none of it padding"
    );
    assert_eq!(option(Mends::DATA_OFFSET), ("60".into(), "11".into(), 78));
    assert_eq!(option(Mends::NONE), ("60".into(), "10".into(), 75));
}

#[test]
fn data_grows_shrinks_and_appears() {
    for (octets, len) in [(&b""[..], 72), (b"x", 73), (&[7; 1000], 1072)] {
        let out = change(&data(), &Change::Payload(octets.to_vec()), Mends::ALL).unwrap();
        assert_eq!((segment(&out).1, value(&out, "ip.len")), (octets.to_vec(), len.to_string()));
    }
    let with = change(&hex(SYN), &Change::Payload(b"early".to_vec()), Mends::ALL).unwrap();
    assert_eq!(segment(&with).1, b"early", "data where there was none");
    let arp = zoo().into_iter().find(|(name, _)| name.starts_with("ARP")).unwrap().1;
    assert!(change(&arp, &Change::Payload(vec![1]), Mends::ALL).is_err());
}

#[test]
fn a_frame_cut_short_is_what_it_is() {
    let frame = data();
    for len in 0..frame.len() {
        let kept = change(&frame, &Change::Truncate(len), Mends::NONE).unwrap();
        assert_eq!(kept, frame[..len]);
        dissect(&kept, &Context::default());
        let mended = change(&frame, &Change::Truncate(len), Mends::ALL).unwrap();
        assert_eq!(mended.len(), len);
    }
    let kept = change(&frame, &Change::Truncate(frame.len() - 2), Mends::NONE).unwrap();
    assert_eq!(frame::parse(&kept.into()).unwrap_err().problem, Problem::IpLenBeyond);
    let mended = change(&frame, &Change::Truncate(frame.len() - 2), Mends::ALL).unwrap();
    assert_eq!(segment(&mended).1, b"hel");
    assert_eq!(change(&frame, &Change::Truncate(9_999), Mends::ALL).unwrap(), frame);
}

#[test]
fn split_and_merged_again() {
    let whole = change(&data(), &Change::Set { path: "tcp.flags".into(), value: "0x019".into() }, Mends::ALL)
        .unwrap();
    let (before, octets) = segment(&whole);
    for at in 1..octets.len() {
        let [first, second] = split(&whole, at).unwrap();
        let ((a, left), (b, right)) = (segment(&first), segment(&second));
        assert_eq!((left, right), (octets[..at].to_vec(), octets[at..].to_vec()));
        assert_eq!((a.seq, b.seq), (before.seq, before.seq + at as u32));
        assert_eq!((a.flags, b.flags), (Flags::ACK, Flags(0x19)), "FIN and PSH go with the end");
        assert_eq!(merge(&first, &second).unwrap(), whole);
        assert_eq!(merge(&second, &first).unwrap_err().reason, Reason::NotNext);
    }
    let reason = |at| split(&whole, at).unwrap_err().reason;
    assert_eq!((reason(0), reason(5)), (Reason::SplitAt { len: 5 }, Reason::SplitAt { len: 5 }));
    assert_eq!(split(&hex(SYN), 1).unwrap_err().reason, Reason::NoData);
    let early = change(&hex(SYN), &Change::Payload(b"early".to_vec()), Mends::ALL).unwrap();
    let [syn, rest] = split(&early, 2).unwrap();
    assert_eq!(segment(&syn).0.seq + 3, segment(&rest).0.seq, "a SYN takes a number");
    assert_eq!(segment(&rest).0.flags, Flags(0));
    let other =
        change(&whole, &Change::Set { path: "tcp.srcport".into(), value: "7".into() }, Mends::ALL).unwrap();
    assert_eq!(merge(&other, &whole).unwrap_err().reason, Reason::NotNext);
    assert_eq!(before.seq, Seq(before.seq.0));
}

#[test]
fn edits_are_refused_with_a_sentence() {
    let frame = data();
    let refused = |c: Change| change(&frame, &c, Mends::ALL).unwrap_err().code();
    assert_eq!(refused(Change::Octets { offset: frame.len(), octets: vec![0] }), "bad_field_octets");
    assert_eq!(refused(Change::Options(OptionEdit::Remove { index: 9 })), "unknown_field");
    assert_eq!(
        refused(Change::Options(OptionEdit::Add { index: 0, octets: vec![1; 41] })),
        "options_too_long"
    );
    assert_eq!(refused(Change::Payload(vec![0; 70_000])), "frame_too_long");
}
