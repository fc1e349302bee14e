//! Files that cannot be used: what is wrong, where, and how to mend it, in both languages; and nothing that was there is lost.

use crate::words::open;
use lab::Session;
use lab::catalogue::Lang;
use lab::problems::{problem, told};
use serde_json::{Value, json};

/// Two hosts on a switch.
fn lan() -> Value {
    let host =
        |name: &str, addr: &str| json!({"name": name, "interfaces": [{"name": "eth0", "addresses": [addr]}]});
    let link = |name: &str| json!({"name": name, "delay_us": 10, "rate_bps": 1_000_000, "ends": [{"node": name}, {"node": "Switch"}]});
    let text = json!({"en": "", "zh": ""});
    json!({"version": 2, "id": "x", "title": text, "summary": text,
        "nodes": [host("A", "10.0.0.1/24"), host("B", "10.0.0.2/24"), {"name": "Switch", "kind": "switch"}],
        "links": [link("A"), link("B")]})
}

/// What is said of this network with one thing changed: the code, and both sentences without what stands around them.
fn said(pointer: &str, value: Value) -> (String, String, String) {
    let mut file = lan();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match file.pointer_mut(parent).unwrap() {
        Value::Array(list) if key == "-" => list.push(value),
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        other => other[key] = value,
    }
    said_of(&file.to_string())
}

fn said_of(file: &str) -> (String, String, String) {
    let e = Session::new(file, None).err().unwrap_or_else(|| panic!("it is taken: {file}"));
    let [en, zh] = Lang::ALL.map(|lang| told(lang, &e));
    assert_eq!(en, e.message);
    let strip = |text: &str, around: &str| text.strip_prefix(around).unwrap_or(text).to_owned();
    (e.code, strip(&en, "The scenario cannot be used: "), strip(&zh, "场景无法使用："))
}

#[test]
fn what_is_wrong_where_and_how_to_mend_it() {
    assert_eq!(Session::new(&lan().to_string(), None).err(), None);
    let eth1 = json!({"name": "eth1", "addresses": ["10.9.0.1/24"]});
    let eth0 = json!({"name": "eth0", "addresses": ["10.9.0.1/24"]});
    for (pointer, value, en, zh) in [
        // Names used twice.
        (
            "/nodes/1/name",
            json!("A"),
            "nodes[1].name: “A” stands twice; links could not tell the two apart",
            "nodes[1].name: “A”出现了两次，链路分不清是哪一个；请给其中一个换个名称",
        ),
        (
            "/links/1/name",
            json!("A"),
            "links[1].name: “A” stands twice; give each a name of its own",
            "links[1].name: “A”出现了两次；请各取一个名称",
        ),
        (
            "/nodes/0/interfaces/-",
            eth0,
            "nodes[0].interfaces[1].name: “eth0” stands twice; give each a name of its own",
            "nodes[0].interfaces[1].name: “eth0”出现了两次；请各取一个名称",
        ),
        // An address with five octets, and other things that are none.
        (
            "/nodes/0/interfaces/0/addresses/0",
            json!("10.0.0.0.1/24"),
            "nodes[0].interfaces[0].addresses[0]: “10.0.0.0.1/24” has 5 octets; an IPv4 address has four, as in 10.0.0.1/24",
            "nodes[0].interfaces[0].addresses[0]: “10.0.0.0.1/24”有 5 个字节；IPv4 地址有四个，如 10.0.0.1/24",
        ),
        (
            "/nodes/0/interfaces/0/addresses/0",
            json!("10.0.0.256/24"),
            "nodes[0].interfaces[0].addresses[0]: “10.0.0.256/24” is not an address with a prefix length; write it as 10.0.0.1/24",
            "nodes[0].interfaces[0].addresses[0]: “10.0.0.256/24”不是带前缀长度的地址；写法如 10.0.0.1/24",
        ),
        (
            "/nodes/0/gateway",
            json!("10.0.0.0.1"),
            "nodes[0].gateway: \"10.0.0.0.1\" is not an IP address",
            "nodes[0].gateway: \"10.0.0.0.1\" 不是 IP 地址",
        ),
        (
            "/nodes/0/routes",
            json!([{"to": "10.0.0.0.0/8", "via": "10.0.0.2"}]),
            "nodes[0].routes[0].to: “10.0.0.0.0/8” has 5 octets; an IPv4 address has four, as in 10.0.0.1/24",
            "nodes[0].routes[0].to: “10.0.0.0.0/8”有 5 个字节；IPv4 地址有四个，如 10.0.0.1/24",
        ),
        // An interface without a link, a link without a node or an interface, an interface on two links.
        (
            "/nodes/0/interfaces/-",
            eth1,
            "nodes[0].interfaces[1].name: no link ends at “eth1” of “A”; put it on a link, or take it out",
            "nodes[0].interfaces[1].name: “A”的接口“eth1”没有接在任何链路上；请接上一条链路，或去掉这个接口",
        ),
        (
            "/links/0/ends/0/node",
            json!("C"),
            "links[0].ends[0].node: no node is called “C”; there are A, B, Switch",
            "links[0].ends[0].node: 没有名为“C”的节点；有 A, B, Switch",
        ),
        (
            "/links/0/ends/0/interface",
            json!("eth7"),
            "links[0].ends[0].interface: “A” has no interface “eth7”; there are eth0",
            "links[0].ends[0].interface: “A”没有接口“eth7”；有 eth0",
        ),
        (
            "/links/1/ends/0/node",
            json!("A"),
            "links[1].ends[0].node: all interfaces of “A” are plugged in; give it another",
            "links[1].ends[0].node: “A”的接口都已接上链路；请再加一个接口",
        ),
        (
            "/links/0/ends",
            json!([{"node": "A"}]),
            "links[0]: a link needs at least two ports",
            "links[0]: 链路至少有两端",
        ),
        // A link that loses more than everything.
        (
            "/links/0/loss",
            json!(2),
            "links[0].loss: must be from 0 (none) to 1 (all)",
            "links[0].loss: 应在 0（没有）到 1（全部）之间",
        ),
        (
            "/links/0/ends/1/loss",
            json!(2.0),
            "links[0].ends[1].loss: must be from 0 (none) to 1 (all)",
            "links[0].ends[1].loss: 应在 0（没有）到 1（全部）之间",
        ),
        (
            "/links/0/impairments",
            json!({"burst": {"p": 0.1, "r": -0.5}}),
            "links[0].impairments.burst.r: must be from 0 (none) to 1 (all)",
            "links[0].impairments.burst.r: 应在 0（没有）到 1（全部）之间",
        ),
        (
            "/links/0/rate_bps",
            json!(0),
            "links[0].rate_bps: must be more than 0; leave it out for no limit",
            "links[0].rate_bps: 应大于 0；不限速就去掉这一项",
        ),
        // Versions and fields that nobody here knows.
        (
            "/version",
            json!(3),
            "version: 3 is not known here; this build reads versions 1 to 2",
            "version: 不认识版本 3；此程序读取版本 1 到 2",
        ),
        (
            "/nodes/0/adress",
            json!("10.0.0.1"),
            "nodes[0]: unknown field `adress`; there are name, kind, role, addr, mac, mtu, interfaces, profile, sysctls, gateway, routes, dns, hosts, nat, flood, call_us, programs, at",
            "nodes[0]: 没有字段 `adress`；可用的有 name, kind, role, addr, mac, mtu, interfaces, profile, sysctls, gateway, routes, dns, hosts, nat, flood, call_us, programs, at",
        ),
        (
            "/nodes/2/kind",
            json!("bridge"),
            "nodes[2].kind: \"bridge\" is not known here; there are host, router, nat, attacker, switch, hub",
            "nodes[2].kind: 这里不认识 \"bridge\"；可用的有 host, router, nat, attacker, switch, hub",
        ),
        (
            "/links/0/ends/0/lose",
            json!([{"kind": "data", "nth": "third"}]),
            "links[0].ends[0].lose[0].nth: here belongs a whole number, not a text",
            "links[0].ends[0].lose[0].nth: 此处应为整数，而不是文本",
        ),
        (
            "/nodes/0/programs",
            json!([{"program": "nmap.c"}]),
            "nodes[0].programs[0]: no program is called “nmap.c”; there are ",
            "nodes[0].programs[0]: 没有名为“nmap.c”的程序；有 ",
        ),
        (
            "/nodes/0/sysctls",
            json!({"net.ipv4.tcp_rmem": "big"}),
            "nodes[0]: host A: net.ipv4.tcp_rmem = `big`: three sizes in octets is wanted",
            "nodes[0]: 主机 A：net.ipv4.tcp_rmem = `big`：应为 ",
        ),
        (
            "/rules",
            json!([{"when": {"from": "Nobody"}, "then": {"kind": "drop"}}]),
            "rules[0]: ",
            "rules[0]: ",
        ),
    ] {
        let (code, in_english, in_chinese) = said(pointer, value);
        assert_eq!(code, "bad_scenario", "{pointer}");
        assert!(in_english.starts_with(en), "{in_english}\nwants {en}");
        assert!(in_chinese.starts_with(zh), "{in_chinese}\nwants {zh}");
        assert!(in_chinese.chars().any(han), "{in_chinese}");
    }
}

fn han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[test]
fn what_is_no_json_is_said_with_line_and_column() {
    for (text, en, zh) in [
        (
            "{",
            "EOF while parsing an object at line 1 column 1",
            "文件在第 1 行第 1 列就结束了，对象还没有写完",
        ),
        ("{\n \"version\": 2,\n}", "trailing comma at line 3 column 1", "第 3 行第 1 列多了一个逗号"),
        ("{\"version\" 2}", "expected `:` at line 1 column 12", "第 1 行第 12 列应为 `:`"),
        ("{\"version\": two}", "expected ident at line 1 column 14", "第 1 行第 14 列"),
    ] {
        let (code, in_english, in_chinese) = said_of(text);
        assert_eq!((code.as_str(), in_english.as_str()), ("bad_scenario", en));
        assert!(in_chinese.starts_with(zh), "{in_chinese}\nwants {zh}");
    }
    // Nothing from outside makes a reader climb without end.
    let (_, deep, _) = said_of(&"{\"a\":".repeat(100_000));
    assert!(deep.starts_with("recursion limit exceeded at line 1"), "{deep}");
}

#[test]
fn a_file_of_a_hundred_megabytes_is_not_even_read() {
    let large = format!("{{{}", " ".repeat(100 << 20));
    let began = std::time::Instant::now();
    let (code, en, zh) = said_of(&large);
    assert_eq!(code, "file_too_large");
    assert!(
        en.starts_with("The file has 101 MB; scenarios and timelines have at most 32 MB. Take out"),
        "{en}"
    );
    assert!(zh.starts_with("文件有 101 MB；场景和时间线最多 32 MB。请去掉"), "{zh}");
    assert_eq!(Session::restore(large.as_bytes()).err().map(|e| e.code).as_deref(), Some("file_too_large"));
    assert!(began.elapsed().as_secs() < 5);
}

#[test]
fn what_was_there_is_there_still() {
    let mut s = open("accept-flow");
    s.run(20, f64::INFINITY);
    let (digest, saved) = (s.digest(), s.save());
    for file in ["{", "{\"version\": 3}", &lan().to_string().replace("10.0.0.2/24", "10.0.0.0.2/24")] {
        assert!(Session::new(file, None).is_err() && Session::restore(file.as_bytes()).is_err());
    }
    assert_eq!((s.digest(), s.save()), (digest, saved));
}

#[test]
fn a_sentence_that_nobody_translated_stays_as_it_is() {
    assert_eq!(problem(Lang::ZhCn, "nodes[0]: the moon is full"), "nodes[0]: the moon is full");
    assert_eq!(problem(Lang::ZhCn, ""), "");
    assert_eq!(problem(Lang::ZhCn, ": : {x} }{"), ": : {x} }{");
    assert_eq!(problem(Lang::En, "a list"), "a list");
}
