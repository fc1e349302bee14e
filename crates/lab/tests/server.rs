//! The server's shipped scenarios, to the number: six clients and a backlog of 2, a flood, every server model and
//! every shipped program to its end, programs that go wrong.

use crate::words::{flags, ladder, listener, open, queues};
use lab::Session;
use lab::records::{Fate, FrameRecord};
use lab::scenario::{PROGRAMS, SHIPPED, Scenario};
use lab::view::View;
use wire::tcp::Flags;

/// To a time of the world, in seconds.
fn at(s: &mut Session, seconds: f64) -> View {
    assert_ne!(s.run(1_000_000, seconds * 1e9).stopped, "budget");
    s.world().assert_invariants();
    s.view()
}

fn counter(v: &View, node: usize, name: &str) -> u32 {
    v.nodes[node].counters.iter().find(|c| c.name == name).map_or(0, |c| c.value as u32)
}

/// What each client believes, in the order of their SYNs: `client` / `server`.
fn beliefs(v: &View) -> Vec<String> {
    let word = |s: &Option<String>| s.clone().unwrap_or_else(|| "—".into());
    v.flows.iter().map(|f| format!("{} / {}", word(&f.client_state), word(&f.server_state))).collect()
}

/// Times, to the tenth of a second, of frames of a flow that are of a kind.
fn times(s: &Session, flow: u16, wanted: impl Fn(&FrameRecord) -> bool) -> Vec<f64> {
    let frames = s.frames().iter().filter(|f| f.flow == flow && wanted(f));
    frames.map(|f| (f.sent / 1e8).round() / 10.0).collect()
}

fn is(text: &'static str) -> impl Fn(&FrameRecord) -> bool {
    move |f| flags(f) == text
}

/// The last call of a process that has returned, and its exit status.
fn end(v: &View, node: usize, pid: usize) -> (String, Option<i32>) {
    let p = &v.nodes[node].processes[pid - 1];
    (p.blocked.clone().unwrap_or_default(), p.exited)
}

/// A shipped scenario whose server is another.
fn with(id: &str, profile: Option<&str>, sysctl: Option<(&str, &str)>) -> Session {
    let mut scenario = Scenario::shipped(id).expect(id);
    for node in scenario.nodes.iter_mut().filter(|n| n.role == "server") {
        node.profile = profile.map(str::to_owned).or(node.profile.take());
        node.sysctls.extend(sysctl.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }
    let json = serde_json::to_string(&scenario).expect("plain values");
    Session::new(&json, None).unwrap_or_else(|e| panic!("{id}: {e}"))
}

const SERVER: usize = 1;
const BOTH: &str = "ESTABLISHED / ESTABLISHED";
const DECEIVED: &str = "ESTABLISHED / SYN-RECEIVED";
const ALONE: &str = "SYN-SENT / —";

#[test]
fn six_clients_one_after_another() {
    for abort in ["0", "1"] {
        let mut s = with("six-clients", None, Some(("net.ipv4.tcp_abort_on_overflow", abort)));
        let v = at(&mut s, 1.5);
        assert_eq!(beliefs(&v), [BOTH, BOTH, BOTH, ALONE, ALONE, ALONE]);
        let l = listener(&v, SERVER).expect("a listener");
        assert_eq!((l.backlog, l.accept_queue.len(), l.syn_queue.len()), (2, 3, 0));
        let unread: Vec<u32> = l.accept_queue.iter().map(|q| q.unread).collect();
        assert_eq!(unread, [6, 6, 6], "acknowledged, though no program ever accepted");
        let v = at(&mut s, 100.0);
        for flow in 3..6 {
            let first = 0.6 + 0.2 * f64::from(flow - 3);
            let repeats: Vec<f64> = times(&s, flow, is("SYN")).iter().map(|t| (t - first).round()).collect();
            // Linux 6.5 and later: tcp_syn_linear_timeouts (4) repeats do not back off; tcp_syn_retries is 6.
            assert_eq!(repeats, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 11.0, 19.0, 35.0, 67.0]);
        }
        assert_eq!(counter(&v, SERVER, "ListenOverflows"), 33, "each SYN of three clients");
        assert_eq!(counter(&v, SERVER, "ListenDrops"), 33);
        assert_eq!(
            counter(&v, SERVER, "OutRsts"),
            0,
            "a SYN is dropped, whatever tcp_abort_on_overflow says"
        );
        let v = at(&mut s, 140.0);
        assert_eq!(end(&v, 0, 6), (String::new(), Some(1)), "connect: ETIMEDOUT, after 131 s");
        assert_eq!(end(&v, 0, 1), ("read".into(), None), "the others wait for an answer still");
    }
}

#[test]
fn six_clients_at_once_and_two_final_acks_that_meet_a_full_queue() {
    let mut s = open("six-clients-at-once");
    let v = at(&mut s, 0.5);
    assert_eq!(beliefs(&v), [BOTH, BOTH, BOTH, DECEIVED, DECEIVED, ALONE], "{}", ladder(&s));
    assert_eq!(queues(&v, SERVER), (2, 3));
    assert_eq!(counter(&v, SERVER, "TCPReqQFullDrop"), 1, "the sixth SYN found three half-open entries");
    let v = at(&mut s, 100.0);
    for flow in [3, 4] {
        assert_eq!(
            times(&s, flow, is("SYN ACK")),
            [0.0, 1.0, 3.0, 7.0, 15.0, 31.0],
            "tcp_synack_retries = 5"
        );
        let data = times(&s, flow, |f| f.payload > 0);
        assert_eq!(data, [0.0, 0.2, 0.4, 0.8, 1.7, 3.4, 6.7, 13.4, 26.8, 53.5], "and the data, by the RTO");
        let dropped = s.frames().iter().filter(|f| f.flow == flow && f.fate == Fate::DroppedByHost as u8);
        assert_eq!(
            dropped.filter(|f| f.from == 2).count(),
            1 + 10 + 5,
            "final ACK, data, answers to SYN-ACKs"
        );
    }
    assert_eq!(times(&s, 5, is("SYN")), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 11.0, 19.0, 35.0, 67.0]);
    assert_eq!(queues(&v, SERVER), (0, 3), "at 63 s the half-open entries are gone");
    assert_eq!(
        (counter(&v, SERVER, "ListenOverflows"), counter(&v, SERVER, "ListenDrops")),
        (2 * 16 + 10, 43)
    );
    // The data's next repeat meets nobody any more.
    let v = at(&mut s, 110.0);
    assert_eq!(times(&s, 3, is("RST")), [107.0]);
    assert_eq!(end(&v, 2, 2), (String::new(), Some(0)), "read: ECONNRESET");
}

#[test]
fn half_open_entries_die_at_63_s() {
    let mut s = open("six-clients-at-once");
    assert_eq!(queues(&at(&mut s, 63.0), SERVER), (2, 3));
    assert_eq!(queues(&at(&mut s, 63.1), SERVER), (0, 3));
}

#[test]
fn six_clients_at_once_with_abort_on_overflow() {
    let mut s = open("six-clients-abort");
    let v = at(&mut s, 100.0);
    assert_eq!(beliefs(&v), [BOTH, BOTH, BOTH, "— / —", "— / —", ALONE], "{}", ladder(&s));
    for flow in [3, 4] {
        let sent = |from| move |f: &FrameRecord| f.from == from;
        assert_eq!(times(&s, flow, is("SYN ACK")), [0.0], "never repeated");
        let resets = s.frames().iter().filter(|f| f.flow == flow && f.flags & Flags::RST.0 != 0);
        assert_eq!(resets.count(), 2, "in answer to the final ACK, and to the data behind it");
        assert_eq!(times(&s, flow, sent(2)).len(), 3, "SYN, ACK, data: then it knows");
    }
    assert_eq!(counter(&v, SERVER, "EmbryonicRsts"), 2);
    assert_eq!((counter(&v, SERVER, "ListenOverflows"), counter(&v, SERVER, "ListenDrops")), (12, 13));
}

/// One queue, of half-open and waiting connections together: nobody who got a SYN-ACK is let down.
#[test]
fn six_clients_at_once_as_others_count() {
    // Profile, how many get in: 2 × 3/2 + 1, and the letter of listen's backlog.
    for (profile, fit) in [("bsd43", 4), ("rfc", 2)] {
        let mut s = with("six-clients-bsd43", Some(profile), None);
        let v = at(&mut s, 100.0);
        let expected: Vec<&str> = (0..6).map(|n| if n < fit { BOTH } else { ALONE }).collect();
        assert_eq!(beliefs(&v), expected, "{profile}\n{}", ladder(&s));
        assert_eq!(queues(&v, SERVER), (0, fit), "{profile}");
        assert_eq!(
            counter(&v, SERVER, "ListenDrops"),
            11 * (6 - fit as u32),
            "{profile}: each SYN of the others"
        );
        assert_eq!((counter(&v, SERVER, "ListenOverflows"), counter(&v, SERVER, "OutRsts")), (0, 0));
    }
}

#[test]
fn a_flood_without_cookies_keeps_the_real_client_out() {
    let mut s = open("syn-flood");
    assert_eq!(queues(&at(&mut s, 1.0), SERVER), (6, 0), "backlog 5 and one");
    // linux reqsk_timer_handler: more than half full, so one is given up at its third timeout, 7 s; with
    // a young one in its place the others live on.
    let v = at(&mut s, 10.1);
    assert_eq!(queues(&v, SERVER), (6, 0), "the flood has taken the place again");
    assert_eq!(end(&v, 0, 1), ("connect".into(), None));
    let dropped = counter(&v, SERVER, "TCPReqQFullDrop");
    assert_eq!(dropped, 10_000 - 6 - 1 + count_syns(&s, 0, 10.1));
    let v = at(&mut s, 80.0);
    assert_eq!(end(&v, 0, 1), (String::new(), Some(0)), "then one of its SYNs finds room");
    assert_eq!(counter(&v, SERVER, "PassiveOpens"), 1);
    assert_eq!(times(&s, client(&s), is("SYN")), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 7.5, 11.5, 19.5]);
    assert_eq!(queues(&v, SERVER), (0, 0));
}

/// The real client's flow.
fn client(s: &Session) -> u16 {
    s.frames().iter().find(|f| f.from == 0).expect("it sends").flow
}

fn count_syns(s: &Session, node: u16, until: f64) -> u32 {
    let syns = s.frames().iter().filter(|f| f.from == node && flags(f) == "SYN" && f.sent < until * 1e9);
    syns.count() as u32
}

#[test]
fn a_flood_with_cookies_does_not_keep_the_real_client_out() {
    let mut s = open("syn-flood-cookies");
    let v = at(&mut s, 0.7);
    assert_eq!(end(&v, 0, 1), (String::new(), Some(0)), "in the midst of the flood");
    assert_eq!(count_syns(&s, 0, 1.0), 1, "by its first SYN");
    assert_eq!(count_syns(&s, 3, 1.0), 1, "and so does the one without timestamps");
    assert_eq!(counter(&v, SERVER, "SyncookiesRecv"), 2);
    let v = at(&mut s, 11.0);
    let kept = s.frames().iter().filter(|f| f.resent == 0 && flags(f) == "SYN ACK").count();
    assert_eq!(kept, 10_002, "each SYN is answered");
    assert_eq!(counter(&v, SERVER, "SyncookiesSent"), 10_000 - 7 + 2, "all but those that were kept");
    assert_eq!(counter(&v, SERVER, "ListenDrops"), 0);
}

/// What the cookie has no room for: the rules say it with its numbers, and so do the variables of both children.
#[test]
fn what_a_cookie_loses() {
    let wanted = ["MSS", "Snd.Wind.Shift", "Rcv.Wind.Shift", "Snd.TS.OK", "SACK"];
    // Client; rules at its SYN and at its final ACK, with an operand of each; the child's variables.
    let table = [
        (
            0,
            [("host.cookie.sent", "mss", 1460.0), ("host.cookie.options_kept", "shift", 10.0)],
            ("host.cookie.options_back", "shift", 10.0),
            [1448.0, 10.0, 10.0, 1.0, 1.0],
        ),
        (
            3,
            [("host.cookie.mss_rounded", "asked", 1452.0), ("host.cookie.options_lost", "shift", 10.0)],
            ("host.cookie.options_none", "window", 65_535.0),
            [1440.0, 0.0, 0.0, 0.0, 0.0],
        ),
    ];
    let mut s = open("syn-flood-cookies");
    at(&mut s, 0.7);
    for (client, at_syn, at_ack, variables) in table {
        let sent: Vec<FrameRecord> =
            s.frames().iter().filter(|f| f.from == client).take(2).copied().collect();
        s.seek(sent[0].step_ended);
        for (id, name, value) in at_syn {
            assert_eq!(operand(&s, id, name), Some(value), "{client}: {id}");
        }
        s.seek(sent[1].step_ended);
        assert_eq!(operand(&s, at_ack.0, at_ack.1), Some(at_ack.2), "{client}: {}", at_ack.0);
        assert_eq!(operand(&s, "tcp.listen.ack", "seg_ack"), None, "nothing is said of a reset");
        let v = s.view();
        let tcb =
            v.nodes[SERVER].tcbs.iter().find(|t| t.flow == Some(sent[0].flow.into())).expect("the child");
        let value = |name| tcb.vars.iter().find(|v| v.name == name).map(|v| v.value);
        assert_eq!(wanted.map(value), variables.map(Some), "{client}");
    }
}

/// A number of a rule that the step went through.
fn operand(s: &Session, id: &str, name: &str) -> Option<f64> {
    let rule = s.trace().rules.into_iter().find(|r| r.id == id)?;
    match rule.operands.into_iter().find(|o| o.name == name)?.value {
        lab::view::OperandValue::Num { value } => Some(value),
        _ => None,
    }
}

/// With a short `tcp_max_syn_backlog` and no cookies the last quarter is kept for peers proven alive.
#[test]
fn a_flood_stops_at_three_quarters_of_max_syn_backlog() {
    let mut scenario = Scenario::shipped("syn-flood").expect("syn-flood");
    scenario.nodes[SERVER].sysctls.insert("net.ipv4.tcp_max_syn_backlog".into(), "8".into());
    for line in &mut scenario.nodes[SERVER].programs[0].source {
        *line = line.replace("listen_on(7, 5)", "listen_on(7, 128)");
    }
    let mut s =
        Session::new(&serde_json::to_string(&scenario).expect("plain values"), None).expect("a session");
    let v = at(&mut s, 5.0);
    assert_eq!(queues(&v, SERVER), (7, 0));
    assert_eq!(counter(&v, SERVER, "TCPReqQFullDrop"), 0);
    assert_eq!(counter(&v, SERVER, "ListenDrops"), 4_999 - 7 + count_syns(&s, 0, 5.0));
    assert_eq!(end(&v, 0, 1), ("connect".into(), None));
}

/// Each scenario of a server model or a protocol: clients at once, all served, all to their end.
#[test]
fn every_server_model_and_every_program_to_its_end() {
    // Scenario, clients, call in which the server's first process waits at the end.
    let table = [
        ("server-iterative", 5, "accept"),
        ("server-forks", 5, "accept"),
        ("server-preforks", 5, "waitpid"),
        ("server-polls", 5, "poll"),
        ("server-epoll", 5, "epoll_wait"),
        ("never-reads", 1, "usleep"),
        ("half-close", 1, "accept"),
        ("http", 1, "accept"),
        ("smtp", 1, "accept"),
        ("pop3", 1, "accept"),
        ("ftp", 1, "accept"),
        ("rlogin", 1, "accept"),
        ("rpc", 1, "accept"),
    ];
    for (id, clients, waits) in table {
        let mut s = open(id);
        let v = at(&mut s, 30.0);
        assert_eq!(v.nodes[0].processes.len(), clients, "{id}");
        for pid in 1..=clients {
            assert_eq!(end(&v, 0, pid), (String::new(), Some(0)), "{id}: client {pid}");
        }
        assert_eq!(end(&v, SERVER, 1), (waits.into(), None), "{id}");
        assert!(s.frames().iter().all(|f| f.flags & Flags::RST.0 == 0), "{id}\n{}", ladder(&s));
    }
}

/// SHLD-30: though each probe is answered, the wait before the next one doubles.
#[test]
fn a_server_that_never_reads_is_asked_less_and_less() {
    let mut s = open("never-reads");
    let v = at(&mut s, 300.0);
    let full = s.frames().iter().filter(|f| f.from == 0 && f.payload > 0).map(|f| f.sent).fold(0.0, f64::max);
    let probes: Vec<f64> = s
        .frames()
        .iter()
        .filter(|f| f.from == 0 && f.payload == 0 && f.sent > full)
        .map(|f| f.sent / 1e9)
        .collect();
    let waits: Vec<f64> = probes.windows(2).map(|p| ((p[1] - p[0]) * 10.0).round() / 10.0).collect();
    assert_eq!(waits[..6], [0.4, 0.8, 1.6, 3.2, 6.5, 12.9], "{waits:?}");
    assert_eq!(end(&v, 0, 1), (String::new(), Some(0)), "write: EAGAIN");
}

#[test]
fn every_shipped_program_stands_in_a_scenario() {
    let all: String = SHIPPED.iter().map(|(_, json)| *json).collect();
    let absent = |(file, _): &&(&str, &str)| !all.contains(&format!("\"program\": \"{file}\""));
    let absent: Vec<&str> = PROGRAMS.iter().filter(absent).map(|(file, _)| *file).collect();
    // Its scenario shows the same with a client that waits longer.
    assert_eq!(absent, ["patient-client.c"]);
}

#[test]
fn programs_that_go_wrong_are_stopped_and_the_world_goes_on() {
    let mut s = open("gone-wrong");
    let v = at(&mut s, 1.0);
    assert_eq!(end(&v, 0, 1), (String::new(), Some(0)), "the echo's client is served");
    assert_eq!(end(&v, 0, 2), (String::new(), Some(152)), "SIGXCPU after 200,000 operations without a call");
    assert_eq!(v.nodes[0].processes[1].killed.as_deref(), Some("SIGXCPU"));
    let told: Vec<String> = s.log(Some(0), 2_000).into_iter().map(|l| l.text).collect();
    assert_eq!(told.iter().filter(|l| *l == "+++ killed by SIGXCPU +++").count(), 1, "{told:?}");
    assert_eq!(end(&v, SERVER, 1), ("accept".into(), None));
    assert_eq!(end(&v, SERVER, 2), (String::new(), Some(0)));
    let log: Vec<String> = s.log(Some(1), 2_000).into_iter().map(|l| l.text).collect();
    let refused: Vec<&String> = log.iter().filter(|l| l.contains("EMFILE")).collect();
    assert_eq!(refused, ["socket(AF_INET, SOCK_STREAM, 0) = -1 EMFILE"], "once");
    assert!(
        log.iter().any(|l| l.contains("1021 sockets")),
        "1,024 descriptors, 0 to 2 are open\n{}",
        log.len()
    );
}

#[test]
fn a_program_with_an_error_is_refused_with_its_place() {
    let (_, json) = SHIPPED.iter().find(|(id, _)| *id == "accept-flow").expect("accept-flow");
    for (text, said) in [
        (json.replace("listen(s, 2);", "lisen(s, 2);"), "server.c: line 6, column 1: "),
        (json.replace("c = accept(s, NULL, NULL);", "c = accept(s);"), "server.c: line 9, column 7: "),
        (json.replace("\"source\"", "\"program\": \"nothing.c\", \"source\""), "leave one out"),
    ] {
        let error = Session::new(&text, None).expect_err("a bad program");
        assert!(error.to_string().contains(said), "{error}");
    }
    let named = json
        .split("\"source\"")
        .next()
        .map(|head| format!("{head}\"program\": \"nothing.c\"}}]}}],\"links\":[]}}"));
    let error = Session::new(&named.expect("a head"), None).expect_err("no such program");
    assert!(
        error.to_string().contains("no program is called “nothing.c”; there are arp-spoof.c, "),
        "{error}"
    );
}
