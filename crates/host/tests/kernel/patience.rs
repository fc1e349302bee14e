//! What a comparison with a kernel on a loaded machine may forgive, and what not.

use std::process::Command;

/// The kernel may be later than its timers say: its timer wheel rounds a wait up by as much as an eighth (kernel/time/timer.c),
/// repeats add theirs up, and a busy machine adds its own. Seconds after `t`, the time since the script began.
fn lateness(t: f64) -> f64 {
    0.3 + t / 8.0
}

/// How much earlier than ours an event of the kernel's may be, seconds: the script itself is played a moment late.
const EARLY: f64 = 0.05;

/// Whether the kernel's event is the one that ours foretells, seconds since the script began.
pub fn same_time(kernel: f64, ours: f64) -> bool {
    kernel > ours - EARLY && kernel < ours + lateness(ours)
}

/// Nothing may be due so near the end that it comes before it on one side and after it on the other. Our own times, of a run
/// that goes well beyond `end` (s).
pub fn nothing_near_the_end(ours: &[f64], end: f64) {
    let near: Vec<&f64> = ours.iter().filter(|t| **t - EARLY <= end && end <= **t + lateness(**t)).collect();
    assert!(near.is_empty(), "end the script elsewhere than at {end} s: there are events at {near:?}");
}

const INSIDE: &str = "TCP_PLAYGROUND_NAMESPACE";

/// Three tries, each in a fresh namespace: a machine that stood still in the middle of one is forgiven, while a real difference
/// is there each time.
const TRIES: usize = 3;

/// Runs the test of this name again in a namespace of its own; false where we are in it already.
pub fn in_a_namespace(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return false;
    }
    let missing = "set -e; ip link set lo up; command -v ss gcc; test -r /dev/net/tun -a -w /dev/net/tun";
    let able = Command::new("unshare").args(["-Urn", "sh", "-c", missing]).output();
    if !able.as_ref().is_ok_and(|out| out.status.success()) {
        let why =
            able.map_or_else(|e| e.to_string(), |o| String::from_utf8_lossy(&o.stderr).trim().to_owned());
        eprintln!("skipped: no namespace with ip, ss, gcc and /dev/net/tun here ({why})");
        return true;
    }
    let exe = std::env::current_exe().expect("a test runs from a file");
    let mut said = Vec::new();
    for _ in 0..TRIES {
        let mut again = Command::new("unshare");
        again.arg("-Urn").arg(&exe).args([test, "--exact", "--nocapture"]).env(INSIDE, "1");
        let out = again.output().expect("unshare was there");
        if out.status.success() {
            return true;
        }
        said.push((String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr)).into_owned());
    }
    panic!("differs each time, in {TRIES} namespaces:\n{}", said.join("\n"));
}
