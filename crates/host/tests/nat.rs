//! Translation: mappings, filters, forwarded ports, hairpin, errors that quote, timeouts.

use crate::lone::{INSIDE, Lone, OUTSIDE, about, datagram, echo, fragments, segment};
use host::{Depends, NatConfig, PortForward, TrackedState, Unsolicited};
use wire::tcp::Flags;

const A: &str = "192.168.1.10:5000";
const S1: &str = "198.51.100.80:53";
const S1_OTHER_PORT: &str = "198.51.100.80:54";
const S2: &str = "198.51.100.81:53";
const OUTER: &str = "203.0.113.7:5000";
const SYN_ACK: Flags = Flags(Flags::SYN.0 | Flags::ACK.0);

fn nat(change: impl Fn(&mut NatConfig)) -> Lone {
    let mut config = NatConfig::default();
    change(&mut config);
    Lone::new(&["net.ipv4.icmp_ratelimit=0"], Some(config))
}

/// Port of the outer address from which what is sent leaves.
fn outer_port(sent: &[String]) -> u16 {
    let [line] = sent else { panic!("{sent:?}") };
    let (_, rest) = line.split_once("203.0.113.7:").unwrap_or_else(|| panic!("{line}"));
    rest.split(' ').next().unwrap().parse().unwrap()
}

fn state(n: &Lone) -> &'static str {
    n.host.tracked().unwrap().last().map_or("", |e| e.state.name())
}

#[test]
fn out_and_back() {
    let mut n = nat(|_| {});
    assert_eq!(n.udp(INSIDE, (A, S1), 9), ["out 203.0.113.7:5000 > 198.51.100.80:53 udp 9 ttl 63"]);
    assert!(n.rules.contains(&"host.nat.mapped") && n.rules.contains(&"host.nat.source"));
    assert_eq!(n.udp(OUTSIDE, (S1, OUTER), 20), ["in 198.51.100.80:53 > 192.168.1.10:5000 udp 20 ttl 63"]);
    assert!(n.rules.contains(&"host.nat.destination"));
    assert_eq!(
        n.feed(INSIDE, echo(INSIDE, ("192.168.1.10", "198.51.100.80"), 77, 9)),
        ["out 203.0.113.7 > 198.51.100.80 icmp 8/0 77"]
    );
    assert_eq!(
        n.feed(INSIDE, echo(INSIDE, ("192.168.1.11", "198.51.100.80"), 77, 9))[0]
            .split(' ')
            .take(4)
            .collect::<Vec<_>>(),
        ["out", "203.0.113.7", ">", "198.51.100.80"]
    );
    let second = n.host.tracked().unwrap().last().unwrap().reply;
    assert_ne!(second.dst_port, 77, "the identifier is taken");
}

/// RFC 4787 §4.1: does a second destination get the same outer port?
#[test]
fn what_a_mapping_depends_on() {
    use Depends::{
        AddressAndPortDependent as Both, AddressDependent as Address, EndpointIndependent as Nothing,
    };
    for (mapping, same) in [(Nothing, [true, true]), (Address, [true, false]), (Both, [false, false])] {
        let mut n = nat(|c| (c.mapping, c.port_preservation) = (mapping, false));
        let first = outer_port(&n.udp(INSIDE, (A, S1), 9));
        let others = [S1_OTHER_PORT, S2].map(|to| outer_port(&n.udp(INSIDE, (A, to), 9)) == first);
        assert_eq!(others, same, "{mapping:?}");
        assert_eq!(outer_port(&n.udp(INSIDE, (A, S1), 9)), first, "the mapping stays");
    }
}

/// RFC 4787 §5: who may answer?
#[test]
fn what_a_filter_depends_on() {
    use Depends::{
        AddressAndPortDependent as Both, AddressDependent as Address, EndpointIndependent as Nothing,
    };
    for (filtering, passes) in
        [(Nothing, [true, true, true]), (Address, [true, true, false]), (Both, [true, false, false])]
    {
        let mut n = nat(|c| (c.mapping, c.filtering) = (Nothing, filtering));
        n.udp(INSIDE, (A, S1), 9);
        let got = [S1, S1_OTHER_PORT, S2].map(|from| !n.udp(OUTSIDE, (from, OUTER), 9).is_empty());
        assert_eq!(got, passes, "{filtering:?}");
        if filtering == Both {
            assert_eq!(n.why(), "host.nat.filtered");
        }
    }
}

#[test]
fn a_port_is_kept_where_it_is_free() {
    let mut n = nat(|_| {});
    let b = "192.168.1.11:5000";
    assert_eq!(outer_port(&n.udp(INSIDE, (A, S1), 9)), 5000);
    assert_ne!(outer_port(&n.udp(INSIDE, (b, S1), 9)), 5000, "the same way back");
    assert_eq!(outer_port(&n.udp(INSIDE, (b, S2), 9)), 5000, "Linux: another way back");
    let mut n = nat(|c| c.mapping = Depends::EndpointIndependent);
    assert_eq!(outer_port(&n.udp(INSIDE, (A, S1), 9)), 5000);
    let other = outer_port(&n.udp(INSIDE, (b, S1), 9));
    assert_ne!(other, 5000);
    assert_eq!(outer_port(&n.udp(INSIDE, (b, S2), 9)), other, "one mapping for all");
}

#[test]
fn nobody_asked_for_it() {
    for (policy, told) in [
        (Unsolicited::Drop, vec![]),
        (
            Unsolicited::Reject,
            vec!["out 203.0.113.7 > 198.51.100.80 icmp 3/13 0 about 198.51.100.80:53 > 203.0.113.7:80"],
        ),
        (Unsolicited::Accept, vec!["out 203.0.113.7:80 > 198.51.100.80:53 RST ACK"]),
    ] {
        let mut n = nat(|c| c.unsolicited = policy);
        assert_eq!(n.tcp(OUTSIDE, (S1, "203.0.113.7:80"), Flags::SYN), told, "{policy:?}");
        assert!(n.rules.contains(&"host.nat.no_mapping"));
    }
    let mut n = nat(|_| {});
    assert!(n.udp(OUTSIDE, (S1, A), 9).is_empty(), "the inner address is no way in");
}

fn web(c: &mut NatConfig) {
    c.forwards.push(PortForward { protocol: 6, port: 80, to: [192, 168, 1, 20].into(), to_port: 8080 });
}

#[test]
fn a_forwarded_port_and_hairpin() {
    let mut n = nat(web);
    assert_eq!(
        n.tcp(OUTSIDE, (S1, "203.0.113.7:80"), Flags::SYN),
        ["in 198.51.100.80:53 > 192.168.1.20:8080 SYN"]
    );
    assert_eq!(
        n.tcp(INSIDE, ("192.168.1.20:8080", S1), SYN_ACK),
        ["out 203.0.113.7:80 > 198.51.100.80:53 SYN ACK"]
    );
    // From inside, by the outer address: both ends are translated, so that the answer comes back this way.
    assert_eq!(
        n.tcp(INSIDE, (A, "203.0.113.7:80"), Flags::SYN),
        ["in 203.0.113.7:5000 > 192.168.1.20:8080 SYN"]
    );
    assert_eq!(
        n.tcp(INSIDE, ("192.168.1.20:8080", OUTER), SYN_ACK),
        ["in 203.0.113.7:80 > 192.168.1.10:5000 SYN ACK"]
    );
    let mut n = nat(|c| {
        web(c);
        c.hairpin = false;
    });
    assert_eq!(
        n.tcp(INSIDE, (A, "203.0.113.7:80"), Flags::SYN),
        ["in 203.0.113.7:80 > 192.168.1.10:5000 RST ACK"]
    );
}

#[test]
fn hairpin_between_two_mappings() {
    let mut n =
        nat(|c| (c.mapping, c.filtering) = (Depends::EndpointIndependent, Depends::EndpointIndependent));
    let b = "192.168.1.11:6000";
    n.udp(INSIDE, (A, S1), 9);
    n.udp(INSIDE, (b, S1), 9);
    assert_eq!(
        n.udp(INSIDE, (A, "203.0.113.7:6000"), 9),
        ["in 203.0.113.7:5000 > 192.168.1.11:6000 udp 9 ttl 63"]
    );
    assert_eq!(n.udp(INSIDE, (b, OUTER), 9), ["in 203.0.113.7:6000 > 192.168.1.10:5000 udp 9 ttl 63"]);
}

/// RFC 5508 §4.2: the sender sees its own packet quoted.
#[test]
fn errors_are_translated_with_what_they_quote() {
    let mut n = nat(web);
    n.udp(INSIDE, (A, S1), 9);
    let sent = n.frames[0].1.clone();
    let unreachable = about(OUTSIDE, ("198.51.100.1", "203.0.113.7"), (3, 1, 0), &sent);
    assert_eq!(
        n.feed(OUTSIDE, unreachable),
        ["in 198.51.100.1 > 192.168.1.10 icmp 3/1 0 about 192.168.1.10:5000 > 198.51.100.80:53"]
    );
    // The other way: a host behind the forwarded port complains of what it was sent.
    n.tcp(OUTSIDE, (S2, "203.0.113.7:80"), Flags::SYN);
    let inside = n.frames[0].1.clone();
    let refused = about(INSIDE, ("192.168.1.20", "198.51.100.81"), (3, 10, 0), &inside);
    assert_eq!(
        n.feed(INSIDE, refused),
        ["out 203.0.113.7 > 198.51.100.81 icmp 3/10 0 about 198.51.100.81:53 > 203.0.113.7:80"]
    );
    // What it says of a connection that nobody knows is for the host itself, and it knows of none.
    let stray = about(
        OUTSIDE,
        ("198.51.100.1", "203.0.113.7"),
        (3, 1, 0),
        &segment(INSIDE, ("203.0.113.7:9", S1), Flags::SYN),
    );
    assert!(n.feed(OUTSIDE, stray).is_empty());
}

/// The translator's own errors are about what it was sent, not about what it made of it.
#[test]
fn its_own_errors_quote_what_came() {
    let mut n = nat(|_| {});
    n.udp(INSIDE, (A, S1), 9);
    let dying = datagram(OUTSIDE, (S1, OUTER), 9, |h| h.ttl = 1);
    assert_eq!(
        n.feed(OUTSIDE, dying),
        ["out 203.0.113.7 > 198.51.100.80 icmp 11/0 0 about 198.51.100.80:53 > 203.0.113.7:5000"]
    );
    let long = datagram(INSIDE, (A, S1), 1380, |h| h.dont_fragment = true);
    assert_eq!(
        n.feed(INSIDE, long),
        ["in 192.168.1.1 > 192.168.1.10 icmp 3/4 1400 about 192.168.1.10:5000 > 198.51.100.80:53"]
    );
}

#[test]
fn fragments_are_put_together_to_be_translated() {
    let mut n = nat(|_| {});
    let parts = fragments(&datagram(INSIDE, (A, S1), 3000, |_| {}), 1500);
    assert!(n.feed(INSIDE, parts[1].clone()).is_empty());
    assert!(n.feed(INSIDE, parts[0].clone()).is_empty());
    assert_eq!(n.feed(INSIDE, parts[2].clone()).len(), 3, "cut again for the next link");
    assert!(n.rules.contains(&"host.nat.source"));
    // A router says nothing of fragments that it does not get.
    n.feed(INSIDE, parts[0].clone());
    assert!(n.wait(31.0).is_empty());
}

/// nf_conntrack-sysctl.rst: how long an entry lives.
#[test]
fn a_connection_and_its_timeouts() {
    let mut n = nat(|_| {});
    let (client, server) = ((INSIDE, (A, S1)), (OUTSIDE, (S1, OUTER)));
    let go = |n: &mut Lone, (iface, ends): (usize, (&str, &str)), flags, expected: &str| {
        assert_eq!(n.tcp(iface, ends, flags).len(), 1, "{expected}");
        assert_eq!(state(n), expected);
    };
    let fin = Flags(Flags::FIN.0 | Flags::ACK.0);
    go(&mut n, client, Flags::SYN, "SYN_SENT");
    go(&mut n, server, SYN_ACK, "SYN_RECV");
    go(&mut n, client, Flags::ACK, "ESTABLISHED");
    n.wait(400_000.0);
    go(&mut n, server, Flags::ACK, "ESTABLISHED");
    assert!(n.host.tracked().unwrap().next().unwrap().assured);
    go(&mut n, client, fin, "FIN_WAIT");
    go(&mut n, server, Flags::ACK, "CLOSE_WAIT");
    go(&mut n, server, fin, "LAST_ACK");
    go(&mut n, client, Flags::ACK, "TIME_WAIT");
    n.wait(119.0);
    assert_eq!(n.host.tracked().unwrap().count(), 1);
    n.wait(2.0);
    assert_eq!(n.host.tracked().unwrap().count(), 0);
    assert_eq!(n.why(), "host.nat.expired");
    // What comes from outside then finds nothing; what comes from inside is taken up in the middle.
    assert!(n.tcp(OUTSIDE, (S1, OUTER), Flags::ACK).is_empty());
    assert_eq!(n.tcp(INSIDE, (A, S1), Flags::ACK).len(), 1);
    assert_eq!(state(&n), "ESTABLISHED");
    let mut strict = Lone::new(&["net.netfilter.nf_conntrack_tcp_loose=0"], Some(NatConfig::default()));
    assert!(strict.tcp(INSIDE, (A, S1), Flags::ACK).is_empty());
    assert_eq!(strict.why(), "host.nat.invalid");
}

#[test]
fn timeouts_of_udp_are_longer_for_what_goes_both_ways() {
    let mut n = nat(|_| {});
    n.udp(INSIDE, (A, S1), 9);
    n.wait(29.0);
    assert_eq!(n.udp(OUTSIDE, (S1, OUTER), 9).len(), 1);
    n.wait(119.0);
    assert_eq!(n.udp(OUTSIDE, (S1, OUTER), 9).len(), 1);
    n.wait(121.0);
    assert!(n.udp(OUTSIDE, (S1, OUTER), 9).is_empty());
    let mut short = Lone::new(&["net.netfilter.nf_conntrack_udp_timeout=3"], Some(NatConfig::default()));
    short.udp(INSIDE, (A, S1), 9);
    short.wait(4.0);
    assert!(short.udp(OUTSIDE, (S1, OUTER), 9).is_empty());
}

/// RFC 5382 REQ-2: simultaneous open goes through.
#[test]
fn two_syns_that_cross() {
    let mut n = nat(|_| {});
    assert_eq!(n.tcp(INSIDE, (A, S1), Flags::SYN).len(), 1);
    assert_eq!(n.tcp(OUTSIDE, (S1, OUTER), Flags::SYN).len(), 1);
    assert_eq!(state(&n), "SYN_SENT2");
    assert_eq!(n.tcp(INSIDE, (A, S1), SYN_ACK).len(), 1);
    assert_eq!(n.tcp(OUTSIDE, (S1, OUTER), Flags::ACK).len(), 1);
    let entry = n.host.tracked().unwrap().next().unwrap();
    assert!(matches!(entry.state, TrackedState::SynRecv | TrackedState::Established), "{:?}", entry.state);
}

#[test]
fn a_connection_that_is_refused_is_forgotten_at_once() {
    let mut n = nat(web);
    n.tcp(INSIDE, (A, S1), Flags::SYN);
    let refused = Flags(Flags::RST.0 | Flags::ACK.0);
    assert_eq!(n.tcp(OUTSIDE, (S1, OUTER), refused), ["in 198.51.100.80:53 > 192.168.1.10:5000 RST ACK"]);
    assert_eq!(n.host.tracked().unwrap().count(), 0);
    n.tcp(OUTSIDE, (S2, "203.0.113.7:80"), Flags::SYN);
    assert_eq!(
        n.tcp(INSIDE, ("192.168.1.20:8080", S2), refused),
        ["out 203.0.113.7:80 > 198.51.100.81:53 RST ACK"]
    );
}

#[test]
fn a_full_table() {
    let mut n = Lone::new(&["net.netfilter.nf_conntrack_max=2"], Some(NatConfig::default()));
    for host in ["192.168.1.10:1", "192.168.1.11:1", "192.168.1.12:1"] {
        assert_eq!(n.tcp(INSIDE, (host, S1), Flags::SYN).len(), 1, "the oldest half-open one makes room");
    }
    assert_eq!(n.host.tracked().unwrap().count(), 2);
    for (host, outer) in [("192.168.1.11:1", 1), ("192.168.1.12:1", 2)] {
        let entry = n.host.tracked().unwrap().nth(outer - 1).unwrap().reply;
        let outer = format!("{}:{}", entry.dst, entry.dst_port);
        n.tcp(OUTSIDE, (S1, &outer), SYN_ACK);
        n.tcp(INSIDE, (host, S1), Flags::ACK);
        n.tcp(OUTSIDE, (S1, &outer), Flags::ACK);
    }
    assert!(n.tcp(INSIDE, ("192.168.1.13:1", S1), Flags::SYN).is_empty());
    assert_eq!(n.why(), "host.nat.table_full");
    assert_eq!(n.counter("NfConntrackDrop"), 1);
}

#[test]
fn a_thousand_clients_and_no_two_the_same_way_back() {
    let mut n = nat(|c| c.mapping = Depends::EndpointIndependent);
    let mut ports = std::collections::BTreeSet::new();
    for k in 0..1000 {
        let from = format!("192.168.1.{}:{}", 10 + k % 50, 5000 + k / 50);
        assert!(ports.insert(outer_port(&n.udp(INSIDE, (&from, S1), 1))), "{from}");
    }
    n.wait(31.0);
    assert_eq!(n.host.tracked().unwrap().count(), 0);
}
