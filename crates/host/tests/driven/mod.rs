//! What bytes can make happen to two hosts: for fuzzing, for replaying what fuzzing found, and for chance.

mod calls;
#[path = "../../../tcp/tests/driven/choices.rs"]
#[allow(dead_code)]
mod choices;
mod wire_between;

use choices::Choices;
use wire_between::Between;

const MOST_OPERATIONS: usize = 300;

/// What sysctl(8) is asked to do in the middle of everything.
const SYSCTLS: [(&str, &str); 14] = [
    ("net.ipv4.tcp_syncookies", "2"),
    ("net.ipv4.tcp_syncookies", "0"),
    ("net.ipv4.tcp_fastopen", "1539"), // 0x603: both sides, every listener, no cookie asked for
    ("net.ipv4.tcp_fastopen", "1027"), // 0x403
    ("net.ipv4.tcp_fastopen_blackhole_timeout_sec", "5"),
    ("net.ipv4.tcp_abort_on_overflow", "1"),
    ("net.ipv4.tcp_tw_reuse", "1"),
    ("net.ipv4.tcp_timestamps", "0"),
    ("net.ipv4.tcp_mtu_probing", "2"),
    ("net.ipv4.tcp_ecn", "1"),
    ("net.core.somaxconn", "1"),
    ("net.ipv4.ip_local_port_range", "40000 40003"),
    ("net.ipv4.tcp_rmem", "4096 6000 9000"),
    ("device.refuses", "1"),
];

/// Runs what the bytes say, then lets both hosts finish; panics where something does not hold.
pub fn operations(data: &[u8]) {
    let mut c = Choices::new(data);
    let mut between = Between::new(["linux", "rfc", "bsd43", "linux"][c.below(4)]);
    for _ in 0..MOST_OPERATIONS {
        let Some(op) = c.next() else { break };
        operate(&mut between, op, &mut c);
    }
    between.close_all();
    between.calm_down();
}

/// The lowest bit says at which host, the others what happens.
fn operate(between: &mut Between, op: u8, c: &mut Choices) {
    let i = usize::from(op & 1);
    match op >> 1 & 31 {
        0..=15 => {
            let call = calls::choose(c, 1 - i as u8 + 1);
            between.call(i, call);
        }
        16..=19 => between.deliver(),
        20 => between.lose(),
        21 => between.copy(),
        22 => between.put_last(),
        23 => between.wound(c.u16().into(), c.u8(), c.flag()),
        24 | 25 => between.wait(u64::from(c.u16())),
        26 => between.fire(),
        27 => between.set_sysctl(i, SYSCTLS[c.below(SYSCTLS.len())]),
        28 => between.look(i),
        _ => between.run(c.below(60)),
    }
}
