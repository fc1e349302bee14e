//! Initial sequence numbers (RFC 9293 §3.4.1, RFC 6528): a clock, plus a secret that differs by four-tuple and host.

use crate::common::*;
use host::HostConfig;

/// ISNs with which a host answers SYNs of these ports of station 9, at these moments (seconds).
fn isns(config: HostConfig, asked: &[(u16, f64)]) -> Vec<u32> {
    let mut w = World::new(vec![config]);
    w.listen(0, 80, 100);
    asked
        .iter()
        .map(|&(port, at)| {
            w.run_until(at);
            w.syn(host_at(port), 80, 1);
            w.run_for(0.002);
            let (answer, _) = w.received(9).pop().expect("a SYN-ACK");
            // Gone again, so that the same four-tuple can ask anew.
            w.raw(host_at(port), 80, wire::tcp::Flags::RST, 2, 0, wire::tcp::Options::default(), b"");
            answer.seq.0
        })
        .collect()
}
fn host_at(port: u16) -> std::net::SocketAddr {
    at(9, port)
}

#[test]
fn initial_sequence_numbers() {
    let server = || config(2, "linux", &[]);
    // MUST-8: the same four-tuple finds a clock. RFC 6528 §3 keeps RFC 793's, a tick every 4 µs; Linux ticks every 64 ns.
    let same = isns(server(), &[(40_001, 1.0), (40_001, 2.0), (40_001, 3.0)]);
    let (first, second) = (same[1].wrapping_sub(same[0]), same[2].wrapping_sub(same[1]));
    assert!(
        first > 0 && first.abs_diff(second) <= first / 100,
        "a steady clock: {first} and {second} a second"
    );

    // SHLD-1: another four-tuple at the same moment finds another number, far away from the first.
    let others = isns(server(), &[(40_001, 1.0), (40_002, 1.0), (40_003, 1.0)]);
    for pair in others.windows(2) {
        assert!(pair[0].abs_diff(pair[1]) > 1_000_000, "{others:?} are related");
    }

    // MUST-9: nothing outside the host tells them: another secret, other numbers; the same secret, the same.
    let mut another = server();
    another.seed += 1;
    assert_ne!(isns(another, &[(40_001, 1.0)]), others[..1]);
    assert_eq!(isns(server(), &[(40_001, 1.0)]), others[..1]);
}

/// The classic ways (`tcp.isn`): from one number that was seen the next can be told, or not.
#[test]
fn generators_to_choose_from() {
    // Four-tuples differ; the third comes a second after the second.
    let asked = [(40_001, 1.2), (40_002, 1.2), (40_003, 2.2)];
    let steps = |isn: &str| {
        let seen = isns(config(2, "linux", &[&format!("tcp.isn={isn}")]), &asked);
        [seen[1].wrapping_sub(seen[0]), seen[2].wrapping_sub(seen[1])]
    };
    // 64 each connection, 128 each second.
    assert_eq!(steps("4.2bsd"), [64, 64 + 128]);
    assert_eq!(steps("4.3bsd"), [64_000, 64_000 + 2 * 64_000]);
    // A tick each 4 µs; between questions of one moment 2 ms went by.
    assert_eq!(steps("rfc793")[0], 500);
    assert!((249_000..=250_000).contains(&steps("rfc793")[1]));
    let [a, b] = steps("4.4bsd");
    assert!((64_000..64_000 + (1 << 18)).contains(&a) && (192_000..192_000 + (1 << 18)).contains(&b));
    assert_ne!(a, 64_000);
    let [a, b] = steps("rfc6528");
    assert!(a.min(b) > 1_000_000, "{a} and {b} are no steps that one could foresee");

    let wrong = host::Host::new(config(2, "linux", &["tcp.isn=dice"])).map(|_| ());
    let said = "host h2: tcp.isn = `dice`: 4.2bsd, 4.3bsd, 4.4bsd, rfc793 or rfc6528 is wanted";
    assert_eq!(wrong, Err(said.into()));
}
