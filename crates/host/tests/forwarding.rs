//! What a router does with what is not for it, and with what comes in parts.

use crate::lone::{INSIDE, Lone, OUTSIDE, datagram, echo, fragments};
use bytes::Bytes;
use wire::rewrite::age;
use wire::{ethernet, ip};

const OUT: (&str, &str) = ("192.168.1.10:5000", "198.51.100.80:53");
const V6: (&str, &str) = ("[2001:db8:1::10]:5000", "[2001:db8:2::50]:53");

fn router() -> Lone {
    Lone::new(&[], None)
}

#[test]
fn a_datagram_goes_one_hop_further() {
    let mut r = router();
    assert_eq!(r.udp(INSIDE, OUT, 9), ["out 192.168.1.10:5000 > 198.51.100.80:53 udp 9 ttl 63"]);
    assert_eq!(r.frames[0].1[..6], [2, 0, 0, 0, 0, 1], "to the gateway");
    assert_eq!(r.udp(INSIDE, V6, 9), ["out [2001:db8:1::10]:5000 > [2001:db8:2::50]:53 udp 9 ttl 63"]);
    assert_eq!(r.counter("IpForwDatagrams"), 2);
    let mut host = Lone::new(&["net.ipv4.ip_forward=0"], None);
    assert!(host.udp(INSIDE, OUT, 9).is_empty());
    assert_eq!(host.why(), "host.ip.not_for_us");
}

/// RFC 792, RFC 1812 §4.3.3, RFC 4443 §3: what the sender is told.
#[test]
fn errors() {
    let mut r = router();
    let ttl = |iface, ends| datagram(iface, ends, 9, |h| h.ttl = 1);
    assert_eq!(
        r.feed(INSIDE, ttl(INSIDE, OUT)),
        ["in 192.168.1.1 > 192.168.1.10 icmp 11/0 0 about 192.168.1.10:5000 > 198.51.100.80:53"]
    );
    assert_eq!(
        r.feed(INSIDE, ttl(INSIDE, V6)),
        ["in 2001:db8:1::1 > 2001:db8:1::10 icmp 3/0 0 about [2001:db8:1::10]:5000 > [2001:db8:2::50]:53"]
    );
    let whole = |ends| datagram(INSIDE, ends, 1380, |h| h.dont_fragment = true);
    assert_eq!(
        r.feed(INSIDE, whole(OUT)),
        ["in 192.168.1.1 > 192.168.1.10 icmp 3/4 1400 about 192.168.1.10:5000 > 198.51.100.80:53"]
    );
    assert_eq!(
        r.feed(INSIDE, whole(V6)),
        ["in 2001:db8:1::1 > 2001:db8:1::10 icmp 2/0 1400 about [2001:db8:1::10]:5000 > [2001:db8:2::50]:53"]
    );
    let nowhere = ("[2001:db8:1::10]:5000", "[2001:db8:99::1]:53");
    assert_eq!(
        r.udp(INSIDE, nowhere, 9),
        ["in 2001:db8:1::1 > 2001:db8:1::10 icmp 1/0 0 about [2001:db8:1::10]:5000 > [2001:db8:99::1]:53"]
    );
    let to_router = ("192.168.1.10:5000", "192.168.1.1:9");
    assert_eq!(
        r.udp(INSIDE, to_router, 9),
        ["in 192.168.1.1 > 192.168.1.10 icmp 3/3 0 about 192.168.1.10:5000 > 192.168.1.1:9"]
    );
    let unknown = datagram(INSIDE, to_router, 9, |h| h.protocol = 99);
    assert_eq!(
        r.feed(INSIDE, unknown),
        ["in 192.168.1.1 > 192.168.1.10 icmp 3/2 0 about 192.168.1.10:5000 > 192.168.1.1:9"]
    );
}

/// RFC 1122 §3.2.2: about what no error is sent.
#[test]
fn nobody_is_told() {
    let mut r = router();
    let dead = |change: fn(&mut ip::Header)| {
        datagram(INSIDE, OUT, 9, |h| {
            h.ttl = 1;
            change(h)
        })
    };
    let error = r.feed(INSIDE, dead(|_| {}));
    assert_eq!(error.len(), 1);
    let mut about_error = r.frames[0].1.to_vec();
    about_error[..6].copy_from_slice(&[2, 0, 0, 0, 0, 200]);
    about_error[26..30].copy_from_slice(&[192, 168, 1, 10]);
    about_error[30..34].copy_from_slice(&[198, 51, 100, 80]);
    about_error[22] = 1;
    // Header checksum anew: the fields were put in by hand.
    let sum = wire::checksum::over(wire::checksum::Sum::new(), &about_error[14..34], 10);
    about_error[24..26].copy_from_slice(&sum.to_be_bytes());
    assert!(r.feed(INSIDE, about_error.into()).is_empty(), "an error");
    assert_eq!(r.rules.iter().filter(|id| **id == "host.icmp.error_not_sent").count(), 1);
    let later = &fragments(&datagram(INSIDE, OUT, 3000, |h| h.ttl = 1), 1500)[1];
    assert!(r.feed(INSIDE, later.clone()).is_empty(), "a later fragment");
    let mut group = dead(|_| {}).to_vec();
    group[..6].fill(0xff);
    assert!(r.feed(INSIDE, group.into()).is_empty(), "what went to everybody");
}

#[test]
fn errors_are_limited_but_path_mtu_discovery_is_not() {
    let mut r = router();
    let dead = || datagram(INSIDE, OUT, 9, |h| h.ttl = 1);
    let sent = |r: &mut Lone, n: usize| (0..n).map(|_| r.feed(INSIDE, dead()).len()).sum::<usize>();
    assert_eq!(sent(&mut r, 20), 6, "a burst of six");
    assert_eq!(r.counter("IcmpOutRateLimitHost"), 14);
    r.wait(1.0);
    assert_eq!(sent(&mut r, 5), 1, "then one a second");
    let long = || datagram(INSIDE, OUT, 1380, |h| h.dont_fragment = true);
    assert_eq!((0..20).map(|_| r.feed(INSIDE, long()).len()).sum::<usize>(), 20);
    let mut free = Lone::new(&["net.ipv4.icmp_ratelimit=0"], None);
    assert_eq!(sent(&mut free, 20), 20);
}

#[test]
fn what_may_be_fragmented_goes_in_fragments() {
    let mut r = router();
    assert_eq!(r.udp(INSIDE, OUT, 1400), ["out fragment 0:1376+", "out fragment 1376:32"]);
    // A fragment of somebody's is cut again, and none is put together here.
    let parts = fragments(&datagram(INSIDE, OUT, 2000, |_| {}), 1500);
    assert_eq!(r.feed(INSIDE, parts[0].clone()), ["out fragment 0:1376+", "out fragment 1376:104+"]);
    assert_eq!(r.feed(INSIDE, parts[1].clone()), ["out fragment 1480:528"]);
    assert_eq!(r.counter("IpReasmReqds"), 0);
    assert_eq!((r.counter("IpFragOKs"), r.counter("IpFragCreates")), (2, 4));
}

#[test]
fn a_redirect_where_the_next_hop_is_a_neighbour_of_the_sender() {
    let mut r = router();
    let near = ("203.0.113.50:5000", "198.51.100.80:53");
    assert_eq!(
        r.udp(OUTSIDE, near, 9),
        [
            "out 203.0.113.7 > 203.0.113.50 icmp 5/1 3405803777 about 203.0.113.50:5000 > 198.51.100.80:53",
            "out 203.0.113.50:5000 > 198.51.100.80:53 udp 9 ttl 63"
        ],
        "203.0.113.1 as a number"
    );
    let mut quiet = Lone::new(&["net.ipv4.conf.all.send_redirects=0"], None);
    assert_eq!(quiet.udp(OUTSIDE, near, 9).len(), 1);
}

#[test]
fn a_source_that_cannot_have_come_from_there() {
    let spoofed = ("192.168.1.10:5000", "198.51.100.80:53");
    for (filter, passes) in [(0, 1), (1, 0), (2, 1)] {
        let mut r = Lone::new(
            &[&format!("net.ipv4.conf.all.rp_filter={filter}"), "net.ipv4.conf.all.send_redirects=0"],
            None,
        );
        assert_eq!(r.udp(OUTSIDE, spoofed, 9).len(), passes, "rp_filter {filter}");
    }
}

fn to_router(len: usize) -> Bytes {
    echo(INSIDE, ("192.168.1.10", "192.168.1.1"), 7, len)
}

#[test]
fn fragments_in_any_order_are_put_together_and_answered_in_fragments() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut r = router();
        let parts = fragments(&to_router(3500), 1500);
        assert!(r.feed(INSIDE, parts[order[0]].clone()).is_empty());
        assert!(r.feed(INSIDE, parts[order[1]].clone()).is_empty());
        let answer = r.feed(INSIDE, parts[order[2]].clone());
        assert_eq!(answer, ["in fragment 0:1480+", "in fragment 1480:1480+", "in fragment 2960:548"]);
        assert_eq!((r.counter("IpReasmReqds"), r.counter("IpReasmOKs")), (3, 1));
    }
}

#[test]
fn fragments_over_ipv6() {
    let mut r = router();
    let whole = datagram(INSIDE, ("[2001:db8:1::10]:5000", "[2001:db8:1::1]:9"), 3000, |_| {});
    let parts = fragments(&whole, 1500);
    assert!(r.feed(INSIDE, parts[0].clone()).is_empty() && r.feed(INSIDE, parts[2].clone()).is_empty());
    let told = r.feed(INSIDE, parts[1].clone());
    assert_eq!(
        told,
        ["in 2001:db8:1::1 > 2001:db8:1::10 icmp 1/4 0 about [2001:db8:1::10]:5000 > [2001:db8:1::1]:9"]
    );
}

#[test]
fn a_copy_is_dropped_alone_and_an_overlap_with_all_the_rest() {
    let mut r = router();
    let parts = fragments(&to_router(3500), 1500);
    r.feed(INSIDE, parts[0].clone());
    r.feed(INSIDE, parts[0].clone());
    assert_eq!(r.why(), "host.fragment.duplicate");
    // The same octets cut elsewhere: they reach into what is here.
    let other = fragments(&to_router(3500), 1000);
    r.feed(INSIDE, other[1].clone());
    assert_eq!(r.why(), "host.fragment.overlap");
    assert_eq!((r.counter("IpExtReasmOverlaps"), r.counter("IpReasmFails")), (1, 1));
    assert!(r.feed(INSIDE, parts[1].clone()).is_empty());
    assert!(r.feed(INSIDE, parts[2].clone()).is_empty(), "the first fragment went too");
    assert_eq!(r.feed(INSIDE, parts[0].clone()).len(), 3, "and makes it whole again");
}

#[test]
fn what_does_not_become_whole_in_time_is_given_up() {
    let mut r = router();
    let parts = fragments(&to_router(3500), 1500);
    r.feed(INSIDE, parts[0].clone());
    r.wait(29.0);
    assert_eq!(r.counter("IpReasmTimeout"), 0);
    let told = r.wait(2.0);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("in 192.168.1.1 > 192.168.1.10 icmp 11/1 0"), "{told:?}");
    r.feed(INSIDE, parts[1].clone());
    assert!(r.wait(31.0).is_empty(), "without the first fragment nobody is told (RFC 1122 §3.3.2)");
    assert_eq!((r.counter("IpReasmTimeout"), r.counter("IpReasmFails")), (2, 2));
    let mut hasty = Lone::new(&["net.ipv4.ipfrag_time=1"], None);
    hasty.feed(INSIDE, parts[0].clone());
    assert_eq!(hasty.wait(1.0).len(), 1);
}

#[test]
fn fragments_take_only_so_much_memory() {
    let mut r = Lone::new(&["net.ipv4.ipfrag_high_thresh=4000"], None);
    for ident in 0..5_u16 {
        let whole = datagram(INSIDE, ("192.168.1.10:5000", "192.168.1.1:9"), 3000, |h| h.ident = ident);
        r.feed(INSIDE, fragments(&whole, 1500)[0].clone());
    }
    assert_eq!(r.counter("IpReasmFails"), 2);
    assert_eq!(r.why(), "host.fragment.no_room");
}

#[test]
fn fragments_that_cannot_be() {
    let mut r = router();
    let parts = fragments(&to_router(3500), 1500);
    r.feed(INSIDE, parts[2].clone());
    // Another last fragment, which ends elsewhere.
    let other = fragments(&to_router(3600), 1500);
    r.feed(INSIDE, other[2].clone());
    assert_eq!(r.why(), "host.fragment.length");
    // Nothing that is changed in a fragment may panic.
    for part in &parts {
        for at in ethernet::LEN..ethernet::LEN + 24 {
            for bit in 0..8 {
                let mut bytes = part.to_vec();
                bytes[at] ^= 1 << bit;
                let sum = wire::checksum::over(wire::checksum::Sum::new(), &bytes[14..34], 10);
                bytes[24..26].copy_from_slice(&sum.to_be_bytes());
                r.feed(INSIDE, bytes.into());
            }
        }
    }
    r.wait(60.0);
    let mut aged = parts[0][ethernet::LEN..].to_vec();
    age(&mut aged);
    assert!(wire::datagram::view(&aged).is_some());
}
