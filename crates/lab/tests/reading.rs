//! What comes from outside as JSON: commands are read as they are written, and what is wrong is named by its place.

use lab::Session;
use lab::impairing::{Bursts, ControlledDelay, EarlyDetection, Impairing};
use lab::standing::{StandingField, StandingRule, StandingThen, StandingWhen};
use lab::view::Command;

/// A rule that says as much as one can.
fn rule() -> StandingRule {
    StandingRule {
        when: StandingWhen {
            from: Some("Client".into()),
            to: Some("Server".into()),
            set: Some("SYN ACK".into()),
            clear: Some("FIN".into()),
            data: Some(false),
            option: Some(4),
            again: Some(true),
            field: Some(StandingField { name: "ip.ttl".into(), is: "<".into(), value: 64.0 }),
            nth: Some(2),
            every: Some(1),
        },
        then: StandingThen::Set { name: "tcp.flags.syn".into(), value: "0".into(), mend: false },
    }
}

/// All that a link can do, though not at once.
fn everything() -> Impairing {
    Impairing {
        delay_us: Some(1_000),
        rate_bps: Some(1_000_000),
        queue_bytes: Some(10_000),
        loss: Some(0.01),
        jitter_us: Some(100),
        in_order: Some(true),
        reorder: Some(0.25),
        burst: Some(Bursts { p: 0.01, r: 0.25, bad_loss: 0.5, good_loss: 0.125 }),
        duplicate: Some(0.5),
        corrupt: Some(0.75),
        codel: Some(ControlledDelay { target_us: 5_000, interval_us: 100_000, ecn: true }),
        red: Some(EarlyDetection { min_bytes: 1, max_bytes: 2, max_p: 0.5, weight: 0.25, ecn: true }),
        mtu: Some(1_400),
        down: Some(false),
    }
}

/// One of each.
fn commands() -> Vec<Command> {
    vec![
        Command::Hold { frame: 1 },
        Command::Deliver { frame: 2 },
        Command::Edit { frame: 3, hex: "00ff".into() },
        Command::Drop { frame: 4 },
        Command::Duplicate { frame: 5 },
        Command::Delay { frame: 6, by: 1.5e6 },
        Command::Repeat { frame: 7, times: 3 },
        Command::Split { frame: 8, at: 10 },
        Command::Merge { frame: 9, with: 10 },
        Command::Reorder { frames: vec![2, 1] },
        Command::AddRule { rule: Box::new(rule()) },
        Command::RemoveRule { rule: 1 },
        Command::EnableRule { rule: 1, on: false },
        Command::SetLink { link: 0, end: 1, sends: Box::new(everything()) },
        Command::SetLink { link: 0, end: 0, sends: Box::default() },
        Command::Inject { node: 0, hex: "02".into() },
        Command::Call { node: 1, call: "listen(3, 2)".into() },
        Command::Park { node: 1, pid: 2, parked: true },
    ]
}

#[test]
fn a_command_is_read_as_it_is_written() {
    for command in commands() {
        let json = serde_json::to_string(&command).unwrap();
        assert_eq!(Command::parse(&json), Ok(command), "{json}");
    }
}

#[test]
fn a_command_that_is_none_says_why() {
    for (json, why) in [
        (r#"{"frame": 1}"#, "missing field `kind`"),
        (r#"{"kind": "fly", "frame": 1}"#, "kind: there is no command “fly”"),
        (r#"{"kind": "drop"}"#, "missing field `frame`"),
        (r#"{"kind": "drop", "frame": -1}"#, "frame: -1 is not a whole number from 0 to 4294967295"),
        (r#"{"kind": "drop", "frame": "1"}"#, "frame: here belongs a whole number, not a text"),
        (r#"{"kind": "delay", "frame": 1, "by": null}"#, "by: here belongs a number, not null"),
        ("[]", "here belongs an object, not a list"),
        ("null", "here belongs an object, not null"),
        ("{", "EOF while parsing an object at line 1 column 1"),
    ] {
        assert_eq!(Command::parse(json), Err(why.to_string()), "{json}");
    }
}

#[test]
fn a_scenario_names_the_place_of_what_is_wrong() {
    let with = |nodes: &str| {
        format!(
            r#"{{"version": 1, "id": "x", "title": {{"en": "", "zh": ""}}, "summary": {{"en": "", "zh": ""}}, "nodes": {nodes}, "links": []}}"#
        )
    };
    for (nodes, why) in [
        ("{}", "nodes: here belongs a list, not an object"),
        (r#"[{"role": "client"}]"#, "nodes[0]: missing field `name`"),
        (r#"[{"name": "A", "role": "client"}]"#, "nodes[0].addr: missing; write it as 10.0.0.1/24"),
        (r#"[{"name": "A", "addr": "10.0.0.1/24"}]"#, "nodes[0].role: missing; there are client"),
        (
            r#"[{"name": "A", "role": "client", "addr": "10.0.0.1/24", "mtu": 70000}]"#,
            "nodes[0].mtu: 70000 is not",
        ),
        (
            r#"[{"name": "A", "role": "client", "addr": "10.0.0.1/24", "mut": 1500}]"#,
            "nodes[0]: unknown field `mut`",
        ),
        (
            r#"[{"name": "A", "role": "client", "addr": "10.0.0.1/24", "sysctls": {"net.ipv4.tcp_sack": 1}}]"#,
            "nodes[0].sysctls.net.ipv4.tcp_sack: here belongs a text, not a number",
        ),
        (
            r#"[{"name": "A", "role": "client", "addr": "10.0.0.1/24", "programs": [{"source": [1]}]}]"#,
            "nodes[0].programs[0].source[0]: here belongs a text",
        ),
    ] {
        let refused = Session::new(&with(nodes), None).unwrap_err();
        assert!(refused.message.contains(why), "{}\nwants {why}", refused.message);
    }
}
