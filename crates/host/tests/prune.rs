//! A SYN queue more than half full: half of its room is kept for young entries.

use crate::common::*;

/// Twelve SYNs at a backlog of 16, `tcp_synack_retries` 5: SYN-ACKs so far and entries left, as Linux 6.18 was
/// measured.
#[test]
fn old_entries_lose_repeats_while_the_queue_is_more_than_half_full() {
    let mut w = World::alone("linux", &["net.ipv4.tcp_syncookies=0"]);
    w.listen(0, 80, 16);
    for n in 0..12 {
        w.syn(at(9, 2000 + n), 80, 5000);
    }
    // Each that goes leaves fewer: four go, then the rest are no longer too many.
    for (seconds, answers, half_open) in
        [(0.5, 12, 12), (1.5, 24, 12), (3.5, 36, 12), (6.5, 36, 12), (7.5, 44, 8), (9.0, 44, 8)]
    {
        w.run_until(seconds);
        assert_eq!((w.trace.len(), w.queues(0).0), (answers, half_open), "at {seconds} s");
    }
    assert_eq!(
        (w.counter(0, "TCPTimeouts"), w.counter(0, "TCPSynRetrans"), w.counter(0, "RetransSegs")),
        (36, 32, 32)
    );
}
