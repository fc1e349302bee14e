//! The runner is strict: what is wrong anywhere in a packet, a call, a time or a figure fails; what is not known is
//! unsupported; a script steps both ways.

use drill::{Defines, Run, Verdict, drill, parse};
use std::rc::Rc;

const ESTABLISHED: &str = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000,sackOK,TS val 50 ecr 0,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 50,nop,wscale 8>
+.1 < . 1:1(0) ack 1 win 257 <nop,nop,TS val 60 ecr 100>
+0 accept(3, ..., ...) = 4
";

fn verdict(lines: &str) -> Verdict {
    drill("test", &format!("{ESTABLISHED}{lines}"), &Defines::standard()).verdict
}

fn passes(lines: &str) {
    assert_eq!(verdict(lines), Verdict::Passed, "{lines}");
}

/// Fails with a reason that holds `why`.
fn fails(lines: &str, why: &str) {
    match verdict(lines) {
        Verdict::Failed(reason) => assert!(reason.contains(why), "{lines}\nfails, but says: {reason}"),
        other => panic!("{lines}\n{other:?}"),
    }
}

const WRITE: &str = "+0 write(4, ..., 100) = 100\n";

#[test]
fn every_field_counts() {
    let line = |packet: &str| format!("{WRITE}+0 {packet}");
    passes(&line("> P. 1:101(100) ack 1 <nop,nop,TS val 200 ecr 60>"));
    passes(&line("> P. 1:101(100) ack 1 win 1053 <...>"));
    for (packet, why) in [
        ("> . 1:101(100) ack 1 <...>", "flags are P., not ."),
        ("> P. 2:102(100) ack 1 <...>", "sequence number is 1, not 2"),
        ("> P. 1:100(99) ack 1 <...>", "payload is 100 octets, not 99"),
        ("> P. 1:101(100) ack 2 <...>", "acknowledgment is 1, not 2"),
        ("> P. 1:101(100) ack 1 win 9 <...>", "window is 1053, not 9"),
        ("> P. 1:101(100) ack 1 urg 1 <...>", "urgent pointer is 0, not 1"),
        ("> P. 1:101(100) ack 1", "options are <nop,nop,TS val 200 ecr 60>, not none"),
        ("> P. 1:101(100) ack 1 <TS val 200 ecr 60,nop,nop>", "options are <nop,nop,TS val 200 ecr 60>, not"),
        ("> P. 1:101(100) ack 1 <nop,nop,TS val 200 ecr 50>", "ecr 60>, not <nop,nop,TS val 200 ecr 50>"),
        ("> [ect0] P. 1:101(100) ack 1 <...>", "ECN bits are noecn, not ect0"),
        ("> [ttl 63] P. 1:101(100) ack 1 <...>", "TTL is 64, not 63"),
        ("> P. 1:201(200) ack 1 <...>", "the next segment does not follow the one before"),
    ] {
        fails(&line(packet), why);
    }
}

#[test]
fn times_count() {
    fails(&format!("{WRITE}+.1 > P. 1:101(100) ack 1 <...>"), "which is not between");
    passes(
        &format!("{WRITE}+.1~+.2 %{{ pass }}%")
            .replace("+.1~+.2 %{ pass }%", "* > P. 1:101(100) ack 1 <...>"),
    );
    fails(
        "+0...0.5 read(4, ..., 100) = 10\n+.1 < P. 1:11(10) ack 1 win 257 <nop,nop,TS val 60 ecr 100>",
        "returned at 0.2",
    );
}

#[test]
fn packets_left_over_fail() {
    fails(WRITE, "left over: `> P. 1:101(100) ack 1");
    fails(&format!("{WRITE}+0 %{{ pass }}%"), "left over");
    // What the closing calls at the end send is clean-up.
    passes("+0 close(4) = 0\n+0 close(3) = 0");
    fails("+0 < P. 1:11(10) ack 1 win 257 <nop,nop,TS val 60 ecr 100>\n+1 close(4) = 0", "left over");
}

#[test]
fn packets_that_do_not_come_fail() {
    fails("+0 > P. 1:101(100) ack 1 <...>", "nothing came by 2.1");
}

#[test]
fn echoes_must_be_of_something() {
    fails("+0 < . 1:1(0) ack 1 win 257 <nop,nop,TS val 70 ecr 999>", "ecr 999 echoes no timestamp");
}

#[test]
fn results_count() {
    fails("+0 write(4, ..., 100) = 99\n+0 > P. 1:101(100) ack 1 <...>", "write() returned 100, not 99");
    fails("+0 write(9, ..., 100) = -1 EPIPE", "returned -1 EBADF, not -1 EPIPE");
    fails("+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [1], [4]) = 0", "SO_ERROR is 0, not 1");
    fails("+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1", "revents is 0x4, not 0x1");
    passes("+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1");
    fails("+0 %{ assert tcpi_snd_cwnd == 11, tcpi_snd_cwnd }%", "tcpi_snd_cwnd is 10");
}

#[test]
fn what_is_not_known_is_unsupported() {
    for lines in [
        "+0 `reboot`",
        "+0 mmap(4) = 0",
        "+0 setsockopt(4, SOL_TCP, TCP_UNHEARD_OF, [1], 4) = 0",
        "+0 %{ assert tcpi_unheard_of == 1 }%",
        "+0 < udp (10)",
        "+0 `sysctl -q net.ipv4.tcp_unheard_of=1`",
        "+0 < icmp unheard_of",
    ] {
        assert!(matches!(verdict(lines), Verdict::Unsupported(_)), "{lines}: {:?}", verdict(lines));
    }
    let unknown_option = drill("t", "--unheard_of=1\n0 close(3) = -1 EBADF", &Defines::standard());
    assert!(matches!(unknown_option.verdict, Verdict::Unsupported(_)));
}

#[test]
fn a_script_that_never_ends_is_stopped() {
    fails("+0 read(4, ..., 100) = 100", "read() blocks: nothing is left that could end it");
    fails("+0 poll([{fd=4, events=POLLIN}], 1, -1) = 1", "poll() blocks");
}

#[test]
fn a_script_that_cannot_be_read_says_where() {
    let report = drill("hello.pkt", "0 socket(", &Defines::standard());
    assert!(report.reason().starts_with("hello.pkt:1:10: expected"), "{}", report.reason());
    assert_eq!(report.word(), "failed");
}

#[test]
fn blocking_calls_return_in_time() {
    passes(
        "+0...0.1 read(4, ..., 100) = 10\n+.1 < P. 1:11(10) ack 1 win 257 <nop,nop,TS val 60 ecr 100>\n+0~+.05 > . 1:1(0) ack 11 <...>",
    );
    passes("+0...0.25 poll([{fd=4, events=POLLIN, revents=0}], 1, 250) = 0");
}

#[test]
fn a_script_steps_both_ways() {
    let text =
        format!("{ESTABLISHED}{WRITE}+0 > P. 1:101(100) ack 1 <...>\n+0 %{{ assert tcpi_unacked == 1 }}%");
    let script = Rc::new(parse("t", &text, &Defines::standard()).unwrap());
    let mut run = Run::begin_script(script).unwrap();
    let mut before = Vec::new();
    loop {
        before.push(run.clone());
        if !run.step() {
            break;
        }
    }
    let whole = run.verdicts().to_vec();
    assert_eq!(whole.len(), 10);
    assert!(whole.iter().all(|v| v.verdict == Verdict::Passed));
    // From every point kept on the way, the script ends the same.
    for mut earlier in before {
        let done = earlier.verdicts().len();
        assert_eq!(earlier.next_event(), Some(done));
        assert_eq!(earlier.to_the_end(), Verdict::Passed);
        assert_eq!(earlier.verdicts(), whole);
    }
}

#[test]
fn a_script_that_never_ends_is_stopped_in_its_own_time() {
    // A day and a second of virtual time is nothing to wait for here.
    fails("+0 read(4, ..., 100) = 100", "read() blocks: nothing is left that could end it");
    fails(
        "+0 poll([{fd=4, events=POLLIN}], 1, 90000000) = 1",
        "poll() blocks: it did not return in time (by 86400.",
    );
    // Times without end add up to the end of time, and no further.
    passes(&"+4000000000 getsockopt(4, SOL_TCP, TCP_NODELAY, [0], [4]) = 0\n".repeat(6));
}

#[test]
fn a_script_that_goes_round_in_circles_is_stopped() {
    let text = format!("{ESTABLISHED}{WRITE}+600 read(4, ..., 100) = -1 ETIMEDOUT (Connection timed out)");
    let script = Rc::new(parse("t", &text, &Defines::standard()).unwrap());
    let mut run = Run::begin_script(script).unwrap();
    run.limit_events(12);
    let Verdict::Failed(reason) = run.to_the_end() else { panic!("it has more than twelve events") };
    assert!(reason.contains("stopped after 12 events: the script does not end"), "{reason}");
}
