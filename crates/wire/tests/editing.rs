//! Editing by name: every leaf takes a value, bad values get a sentence, options are a list.

use crate::common::{SYN, hex, zoo};
use wire::dissect::{Context, dissect, find, leaves};
use wire::edit::{OptionEdit, edit, edit_options, mend_checksums, mend_lengths};
use wire::frame::{self, Packet};
use wire::layout::Form;
use wire::{Problem, Seq};

fn value(frame: &[u8], path: &str) -> String {
    find(&dissect(frame, &Context::default()), path).unwrap_or_else(|| panic!("no {path}")).value.clone()
}

fn parse_tcp(octets: Vec<u8>) -> (wire::tcp::Header, bytes::Bytes) {
    match frame::parse(&octets.into()).unwrap().packet {
        Packet::Tcp { header, payload, .. } => (header, payload),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_leaf_takes_another_value() {
    for (name, frame) in zoo() {
        for leaf in leaves(&dissect(&frame, &Context::default())) {
            let (first, second) = match leaf.form {
                Form::Uint | Form::Flag => ("0".into(), "1".into()),
                Form::Hex => (
                    format!("{:#01$x}", 0, 2 + leaf.bits.div_ceil(4) as usize),
                    format!("{:#01$x}", 1, 2 + leaf.bits.div_ceil(4) as usize),
                ),
                Form::Mac => ("00:00:00:00:00:00".into(), "ff:ff:ff:ff:ff:ff".into()),
                Form::Ipv4 => ("0.0.0.0".to_owned(), "255.255.255.255".to_owned()),
                Form::Ipv6 => ("::".into(), "ffff::1".into()),
                Form::Bytes => ("00".repeat(leaf.bits as usize / 8), "ff".repeat(leaf.bits as usize / 8)),
                Form::Group => panic!("{name}: {} is a leaf without a value", leaf.path),
            };
            for text in [&first, &second] {
                let out = edit(&frame, &leaf.path, text, false).unwrap();
                assert_eq!(out.len(), frame.len());
                // Read back where the field stood: the edit may have changed what the rest of the frame is.
                let changed = (0..frame.len() as u32 * 8).filter(|bit| {
                    let (at, mask) = (*bit as usize / 8, 0x80 >> (bit % 8));
                    (frame[at] ^ out[at]) & mask != 0
                });
                let range = leaf.bit..leaf.bit + leaf.bits;
                assert!(changed.into_iter().all(|bit| range.contains(&bit)), "{name}: {}", leaf.path);
                if text != &leaf.value {
                    assert_ne!(out, frame, "{name}: {} = {text}", leaf.path);
                }
            }
        }
    }
}

#[test]
fn values_as_people_write_them() {
    let frame = hex(SYN);
    #[rustfmt::skip]
    let table = [
        ("tcp.seq", "0xffffffff", "4294967295"),
        ("tcp.seq", " 7 ", "7"),
        ("tcp.flags", "0x012", "0x012"),
        ("tcp.flags", "18", "0x012"),
        ("tcp.flags.ack", "true", "1"),
        ("tcp.checksum", "0", "0x0000"),
        ("ip.src", "192.168.1.255", "192.168.1.255"),
        ("eth.dst", "ff-ff-ff-ff-ff-ff", "ff:ff:ff:ff:ff:ff"),
        ("tcp.options[1]", "0x01 01", "01"),
    ];
    for (path, text, want) in table {
        let out = edit(&frame, path, text, false).unwrap();
        assert_eq!(value(&out, path), want, "{path} = {text}");
    }
}

#[test]
fn a_bad_value_gets_a_sentence() {
    let frame = &zoo()[1].1;
    #[rustfmt::skip]
    let table = [
        ("tcp.window_size_value", "70000", "tcp.window_size_value holds 16 bits: a whole number from 0 to 65535, not 70000"),
        ("tcp.hdr_len", "16", "tcp.hdr_len holds 4 bits: a whole number from 0 to 15, not 16"),
        ("tcp.seq", "-1", "tcp.seq holds 32 bits: a whole number from 0 to 4294967295, not -1"),
        ("tcp.seq", "0x", "tcp.seq holds 32 bits: a whole number from 0 to 4294967295, not 0x"),
        ("tcp.seq", "+5", "tcp.seq holds 32 bits: a whole number from 0 to 4294967295, not +5"),
        ("tcp.seq", "99999999999999999999", "tcp.seq holds 32 bits: a whole number from 0 to 4294967295, not 99999999999999999999"),
        ("tcp.flags.syn", "2", "tcp.flags.syn holds 1 bit: 0 or 1, not 2"),
        ("ip.src", "10.0.0.256", "ip.src holds an IPv4 address: four numbers from 0 to 255, as in 10.0.0.1, not 10.0.0.256"),
        ("eth.src", "02:00", "eth.src holds a MAC address: six pairs of hex digits, as in 02:00:00:00:00:01, not 02:00"),
        ("tcp.payload", "xyz", "tcp.payload holds octets, two hex digits each; character 1, 'x', is no hex digit"),
        ("tcp.payload", "abc", "tcp.payload holds octets, two hex digits each; 3 digits: every octet takes two"),
        ("tcp.nonsense", "1", "this frame has no field tcp.nonsense"),
        ("tcp", "1", "tcp has no value of its own: edit the fields in it"),
    ];
    for (path, text, want) in table {
        let error = edit(frame, path, text, true).unwrap_err();
        assert_eq!(error.to_string(), want);
        assert!(error.operands().contains(&("path", path.to_owned())));
        assert!(!error.code().is_empty());
    }
}

#[test]
fn an_edit_with_its_checksum_mended_is_believed() {
    let mut out = edit(&zoo()[1].1, "tcp.seq", "90001", false).unwrap();
    let wrong = frame::parse(&out.clone().into()).unwrap_err().problem;
    assert_eq!(wrong, Problem::TcpChecksumWrong);
    mend_checksums(&mut out);
    assert_eq!(parse_tcp(out).0.seq, Seq(90001));
}

#[test]
fn a_payload_grows_and_the_lengths_follow() {
    for (index, path) in
        [(1, "tcp.payload"), (2, "tcp.payload"), (3, "udp.payload"), (4, "udp.payload"), (9, "tcp.payload")]
    {
        let (name, frame) = &zoo()[index];
        let padding = if index == 9 { 7 } else { 0 };
        let mut out = edit(frame, path, &"ab".repeat(20), true).unwrap();
        assert_eq!(out.len(), frame.len() + 15);
        mend_checksums(&mut out);
        let (Packet::Tcp { payload, .. } | Packet::Udp { payload, .. }) =
            frame::parse(&out.clone().into()).unwrap_or_else(|e| panic!("{name}: {e}")).packet
        else {
            panic!("{name}")
        };
        assert_eq!(payload, vec![0xab; 20], "{name}");
        if padding > 0 {
            assert_eq!(value(&out, "eth.trailer"), "00".repeat(padding));
        }
    }
    // Without following, the new octets are behind the datagram's end; mending says so to IP.
    let mut out = edit(&zoo()[1].1, "tcp.payload", "68656c6c6f2121", false).unwrap();
    assert_eq!(
        (value(&out, "tcp.payload"), value(&out, "eth.trailer")),
        ("68656c6c6f".into(), "2121".into())
    );
    mend_lengths(&mut out);
    mend_checksums(&mut out);
    assert_eq!(&parse_tcp(out).1[..], b"hello!!");
}

#[test]
fn options_are_a_list() {
    let frame = hex(SYN);
    let kinds = |change: OptionEdit| {
        let mut out = edit_options(&frame, &change, true).unwrap();
        mend_checksums(&mut out);
        _ = parse_tcp(out.clone());
        value(&out, "tcp.options")
    };
    let mss = hex("02040218");
    assert_eq!(kinds(OptionEdit::Remove { index: 1 }), "020405b4080a00000001000000000103030a0000");
    assert_eq!(
        kinds(OptionEdit::Add { index: 0, octets: mss.clone() }),
        "02040218020405b40402080a00000001000000000103030a"
    );
    assert_eq!(
        kinds(OptionEdit::Add { index: 5, octets: hex("fd03aa") }),
        "020405b40402080a00000001000000000103030afd03aa00"
    );
    assert_eq!(kinds(OptionEdit::Move { from: 4, to: 0 }), "03030a020405b40402080a000000010000000001");
    assert_eq!(
        kinds(OptionEdit::Replace { index: 0, octets: mss }),
        "020402180402080a00000001000000000103030a"
    );
    assert_eq!(value(&edit(&frame, "tcp.options", "", true).unwrap(), "tcp.hdr_len"), "5");

    let error = |change| edit_options(&frame, &change, true).unwrap_err().to_string();
    assert_eq!(error(OptionEdit::Remove { index: 5 }), "this frame has no field tcp.options[5]");
    assert_eq!(
        error(OptionEdit::Add { index: 5, octets: vec![1; 21] }),
        "TCP options take up to 40 octets (RFC 9293 §3.1); these would take 44"
    );
    // Without following, the header keeps its length and the last octets fall out of it.
    let out = edit_options(&frame, &OptionEdit::Add { index: 0, octets: vec![1, 1] }, false).unwrap();
    assert_eq!(value(&out, "tcp.hdr_len"), "10");
    assert_eq!(
        value(&out, "tcp.options"),
        "0101020405b40402080a000000010000000001030000".get(..40).unwrap().to_owned()
    );
}
