//! The parser: every script that others wrote is read; every error names its place.

use crate::common::script_files;
use drill::ast::{Body, ExprKind, TcpOpt, Tos, What, When};
use drill::{Defines, parse};
use std::path::Path;
use wire::tcp::Flags;

#[test]
fn scripts_of_others_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/packetdrill");
    let files = script_files(&folder);
    if files.is_empty() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.display().to_string();
        if let Err(e) = parse(&name, &text, &Defines::standard()) {
            panic!("{}", e.in_file(&name));
        }
    }
}

fn one(line: &str) -> drill::ast::Event {
    parse("test", line, &Defines::standard()).unwrap_or_else(|e| panic!("{line}: {e}")).events.remove(0)
}

#[test]
fn times() {
    for (text, when) in [
        ("0.25 `true`", When::Absolute(250_000_000)),
        ("+.1 `true`", When::Relative(100_000_000)),
        ("+1 `true`", When::Relative(1_000_000_000)),
        ("* > . 1:1(0) ack 1", When::Any),
        ("+.3~+.303 > . 1:1(0) ack 1", When::RelativeWindow(300_000_000, 303_000_000)),
        ("1~1.5 > . 1:1(0) ack 1", When::AbsoluteWindow(1_000_000_000, 1_500_000_000)),
    ] {
        assert_eq!(one(text).when, when, "{text}");
    }
    let What::Call { end, .. } = one("+0...0.200 accept(3, ..., ...) = 4").what else { panic!() };
    assert_eq!(end, Some(200_000_000));
}

#[test]
fn a_segment() {
    let What::Packet(p) = one("0 < [ect0] 40000 > 8080 SEW 7:10(3) ack 4294967295 win 9 urg 2 <mss 1000,sackOK,TS val 1 ecr 2,nop,wscale 7,sack 1:2 5:6,FO 00ff>").what
    else { panic!() };
    assert_eq!(p.ip.tos, Some(Tos::Ecn(2)));
    let Body::Tcp(t) = p.body else { panic!() };
    assert_eq!((t.ports, t.len, t.window, t.urgent), (Some((40_000, 8080)), 3, Some(9), Some(2)));
    assert_eq!(t.flags, Flags::SYN | Flags::ECE | Flags::CWR);
    assert_eq!(t.ack.unwrap().value, u32::MAX);
    let options = t.options.unwrap();
    assert_eq!(options.len(), 7);
    assert_eq!(options[2], TcpOpt::Timestamps { val: 1, ecr: 2, ecr_absolute: false });
    assert_eq!(options[6], TcpOpt::FastOpen { experimental: false, cookie: vec![0, 0xff] });
}

#[test]
fn words_are_put_in_for_defined_ones() {
    let mut d = Defines::standard();
    d.set("COOKIE", "0123456789012345");
    d.set("KIND", "FOEXP");
    let s = parse("t", "0 < S 0:0(0) win 1 <KIND COOKIE>", &d).unwrap();
    let What::Packet(p) = &s.events[0].what else { panic!() };
    let Body::Tcp(t) = &p.body else { panic!() };
    let cookie = vec![0x01, 0x23, 0x45, 0x67, 0x89, 0x01, 0x23, 0x45];
    assert_eq!(t.options, Some(vec![TcpOpt::FastOpen { experimental: true, cookie }]));
}

#[test]
fn conditions_choose_lines() {
    let text =
        "0 `a`\n#ifdef STANDARD\n0 `b`\n#else\n0 `c`\n#endif\n#ifdef Other\n0 `d`\n#endif\n0 %{ pass }%";
    assert_eq!(parse("t", text, &Defines::standard()).unwrap().events.len(), 3);
    assert_eq!(parse("t", text, &Defines::default()).unwrap().events.len(), 3);
}

#[test]
fn call_arguments() {
    let What::Call { call, .. } = one(
        "0 recvmsg(3, {msg_name(...)=..., msg_iov(2)=[{..., 10}, {\"a\" \"b\", 20}], msg_flags=A|B}, 0) = -1 EAGAIN (no data (yet))",
    )
    .what
    else {
        panic!()
    };
    assert_eq!(call.errno.as_deref(), Some("EAGAIN"));
    assert_eq!(call.result.kind, ExprKind::Int(-1));
    let ExprKind::Struct(fields) = &call.args[1].kind else { panic!() };
    assert_eq!(fields[1].name.as_deref(), Some("msg_iov"));
    assert_eq!(fields[1].arg.as_ref().unwrap().kind, ExprKind::Int(2));
}

#[test]
fn errors_say_where_and_what() {
    for (text, error) in [
        ("0 < S 0:0(0) <mss 1>", "1:14: expected 'win N': an inbound segment needs its window, found '<'"),
        ("0 > S 0:5(0)", "1:9: expected 0, which is 0 + 0, found the number 5"),
        (
            "0 > X 0:0(0)",
            "1:5: expected flags: letters of 'FSRPUEWA', then '.' for ACK, or '-' for none, found 'X'",
        ),
        (
            "// one\n+1 socket(3,",
            "2:13: expected an argument: a number, a symbol, a string, '...', '[' or '{', found the end of the script",
        ),
        ("0 `never closed", "1:3: expected '`' after '`', found the end of the script"),
        (
            "",
            "1:1: expected an event, such as '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3', found the end of the script",
        ),
        ("0 %{ assert (1 }%", "1:16: expected ')', found the end of the block"),
        ("0 > . 1:1(0) ack 1 <sack 1:2", "1:29: expected ',' or '>', found the end of the script"),
        (
            "* close(3) = 0",
            "1:1: expected a single time: only '>' packets may have '*' or a window, found it",
        ),
        ("#ifdef X\n0 `a`", "1:1: expected an #endif for this line, found the end of the script"),
        ("-5 close(3) = 0", "1:1: expected a time that is not negative, in seconds, found the number -5"),
    ] {
        match parse("t", text, &Defines::standard()) {
            Ok(_) => panic!("{text:?} was read"),
            Err(e) => assert_eq!(e.to_string(), error, "{text:?}"),
        }
    }
}

#[test]
fn nothing_a_file_holds_makes_the_parser_panic() {
    let deep = format!("0 f({}", "[".repeat(5_000));
    let code = format!("0 %{{ assert {}1{} }}%", "(".repeat(3_000), ")".repeat(3_000));
    let sum = format!("0 %{{ assert {}1 }}%", "1+".repeat(100_000));
    for text in [
        deep.as_str(),
        &code,
        &sum,
        "0 > . 99999999999999999999:1(0)",
        "\u{0}\u{ffff}",
        "9999999999999999999999 `a`",
        "%{",
        "0 < . 1:1(0) ack -1 win 1",
    ] {
        assert!(parse("t", text, &Defines::standard()).is_err(), "{}", &text[..text.len().min(40)]);
    }
}
