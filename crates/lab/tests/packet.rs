//! Frames for people: every field has a label in both languages, every problem a sentence, edits do what they say.

use lab::packet::{self, About, edit, set_bytes, view};
use lab::view::{FieldForm, FieldView};
use serde_json::Value;
use std::collections::BTreeSet;
use wire::tcp::{Flags, Header, Options};
use wire::{Link, Mac, Problem, Seq, frame, ip, layout};

fn catalogue(lang: &str, file: &str) -> Value {
    let path = format!("{}/locales/{lang}/{file}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn keys(catalogue: &Value, part: &str) -> BTreeSet<String> {
    catalogue[part].as_object().unwrap().keys().cloned().collect()
}

fn data() -> Vec<u8> {
    let addrs = ip::Addrs::V4 { src: [10, 0, 0, 1].into(), dst: [10, 0, 0, 2].into() };
    let header = Header {
        src_port: 40001,
        dst_port: 80,
        seq: Seq(1001),
        ack: Seq(5001),
        flags: Flags::ACK | Flags::PSH,
        window: 502,
        urgent: 0,
        options: Options { mss: Some(1460), ..Options::default() },
    };
    let link = Link { dst: Mac([2, 0, 0, 0, 0, 2]), src: Mac([2, 0, 0, 0, 0, 1]) };
    frame::emit_tcp(&link, &ip::Header::new(addrs, ip::TCP), &header, 5, |out| out.extend(b"hello")).to_vec()
}

fn find<'a>(fields: &'a [FieldView], path: &str) -> &'a FieldView {
    fn look<'a>(fields: &'a [FieldView], path: &str) -> Option<&'a FieldView> {
        fields.iter().find_map(|f| if f.path == path { Some(f) } else { look(&f.children, path) })
    }
    look(fields, path).unwrap_or_else(|| panic!("no {path}"))
}

/// Every name that a tree can have.
fn names() -> BTreeSet<String> {
    use layout::*;
    let tables: [&[Field]; 18] = [
        ethernet::FIELDS,
        arp::FIELDS,
        ipv4::FIELDS,
        ipv6::FIELDS,
        ipv6_fragment::FIELDS,
        icmp::FIELDS,
        icmp_echo::FIELDS,
        icmp_unreachable::FIELDS,
        icmp_other::FIELDS,
        icmpv6::FIELDS,
        icmpv6_echo::FIELDS,
        icmpv6_too_big::FIELDS,
        icmpv6_ns::FIELDS,
        icmpv6_na::FIELDS,
        icmpv6_link_layer::FIELDS,
        icmpv6_other::FIELDS,
        udp::FIELDS,
        tcp::FIELDS,
    ];
    let mut names: BTreeSet<String> =
        tables.iter().flat_map(|t| t.iter()).map(|f| f.name.to_owned()).collect();
    for kind in 0..=255 {
        let kind = tcp_option::kind(kind);
        names.extend([kind.name.to_owned(), kind.rest.to_owned()]);
        names.extend(kind.fields.iter().map(|f| f.name.to_owned()));
    }
    let options = [tcp_option::KIND, tcp_option::LEN, tcp_option::SACK_LE, tcp_option::SACK_RE];
    names.extend(options.map(|f| f.name.to_owned()));
    names.extend(
        [
            "eth",
            "arp",
            "ip",
            "ipv6",
            "ipv6.fraghdr",
            "icmp",
            "icmpv6",
            "udp",
            "tcp",
            "ip.options",
            "tcp.options",
            "tcp.options.padding",
            "tcp.payload",
            "udp.payload",
            "data",
            "eth.trailer",
        ]
        .map(String::from),
    );
    names
}

#[test]
fn every_field_has_a_label_in_both_languages() {
    for lang in ["en", "zh-CN"] {
        assert_eq!(keys(&catalogue(lang, "fields"), "fields"), names(), "{lang}");
    }
}

#[test]
fn every_problem_has_a_rule_and_its_sentences() {
    let ids: BTreeSet<String> = Problem::ALL.iter().map(|p| p.id().to_owned()).collect();
    let rules: BTreeSet<String> = packet::rules::ALL.iter().map(|r| r.id.to_owned()).collect();
    assert_eq!(ids, rules);
    for lang in ["en", "zh-CN"] {
        assert_eq!(keys(&catalogue(lang, "wire"), "rules"), ids, "{lang}");
    }
}

#[test]
fn every_error_has_its_sentences() {
    let frame = data();
    let errors = [
        edit(&frame, "tcp.no", "1", true),
        edit(&frame, "tcp", "1", true),
        edit(&frame, "tcp.seq", "x", true),
        edit(&frame, "tcp.flags.syn", "x", true),
        edit(&frame, "eth.src", "x", true),
        edit(&frame, "ip.src", "x", true),
        edit(&frame, "tcp.payload", "x", true),
        edit(&frame, "tcp.payload", "1", true),
        edit(&frame, "tcp.options", &"01".repeat(41), true),
        edit(&frame, "tcp.payload", &"00".repeat(70_000), true),
        set_bytes(&frame, frame.len(), &[0], true),
    ];
    for error in errors.map(Result::unwrap_err) {
        for lang in ["en", "zh-CN"] {
            let text = catalogue(lang, "wire")["errors"][&error.code].as_str().map(str::to_owned);
            let text = text.unwrap_or_else(|| panic!("{} in {lang}", error.code));
            for name in text.split('{').skip(1).filter_map(|s| s.split_once('}')).map(|(name, _)| name) {
                assert!(error.operands.iter().any(|o| o.name == name), "{}: {{{name}}}", error.code);
            }
        }
    }
    assert_eq!(keys(&catalogue("en", "wire"), "errors"), keys(&catalogue("zh-CN", "wire"), "errors"));
}

#[test]
fn a_frame_as_a_face_gets_it() {
    let view = view(&data(), &About { window_shift: Some(7), ..About::default() });
    assert_eq!(view.summary, "10.0.0.1:40001 → 10.0.0.2:80, PSH ACK, seq 1001, ack 5001, win 502, length 5");
    assert_eq!((view.payload, view.layers.len()), (5, 4));
    let window = find(&view.layers, "tcp.window_size_value");
    assert_eq!((window.value.as_str(), window.meaning.as_deref()), ("502", Some("502 × 128 = 64256")));
    assert_eq!(find(&view.layers, "tcp.flags").form, FieldForm::Hex);
    assert_eq!(find(&view.layers, "tcp.payload").value, "68656c6c6f");
}

#[test]
fn edits_mend_all_but_what_was_typed() {
    let problem =
        |frame: &[u8], path: &str| find(&view(frame, &About::default()).layers, path).problem.clone();
    let kept = edit(&data(), "tcp.seq", "90001", false).unwrap();
    assert_eq!(problem(&kept, "tcp.checksum").as_deref(), Some("wire.tcp.checksum_wrong"));
    let mended = edit(&data(), "tcp.seq", "90001", true).unwrap();
    assert_eq!(problem(&mended, "tcp.checksum"), None);
    let typed = edit(&data(), "tcp.checksum", "0x1234", true).unwrap();
    assert_eq!(find(&view(&typed, &About::default()).layers, "tcp.checksum").value, "0x1234");
    let longer = edit(&data(), "tcp.payload", "68656c6c6f2121", true).unwrap();
    assert_eq!(find(&view(&longer, &About::default()).layers, "ip.len").value, "51");
    assert_eq!(problem(&longer, "ip.checksum").or(problem(&longer, "tcp.checksum")), None);

    let typed = set_bytes(&data(), 50, &[0x12, 0x34], true).unwrap();
    assert_eq!(find(&view(&typed, &About::default()).layers, "tcp.checksum").value, "0x1234");
    let ttl = set_bytes(&data(), 22, &[1], true).unwrap();
    assert_eq!(problem(&ttl, "ip.checksum"), None);
}
