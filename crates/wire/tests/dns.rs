//! Messages of the domain name system: what goes out, what comes back, what a server makes of what it is asked.

use wire::dns::{Answer, Kind, Record, UDP_MAX, answer, answer_of, line, query};

fn zone() -> Vec<Record> {
    let record =
        |name: &str, kind, data: &str| Record { name: name.into(), kind, ttl: 300, data: data.into() };
    let mut zone = vec![
        record("www.example", Kind::Cname, "web.example."),
        record("web.example", Kind::A, "192.0.2.80"),
        record("web.example", Kind::Aaaa, "2001:db8::80"),
        record("example", Kind::Mx, "10 mail.example."),
        record("deep.in.example", Kind::Txt, "here"),
    ];
    zone.extend((1..=60).map(|n| record("many.example", Kind::A, &format!("192.0.2.{n}"))));
    zone
}

fn asks(name: &str, kind: Kind) -> Answer {
    let asked = query(0x1234, name, kind).expect("a name");
    let reply = answer(&zone(), &asked, UDP_MAX).expect("a zone").expect("a reply");
    answer_of(&reply, 0x1234, name, kind).expect("the reply to the question")
}

#[test]
fn a_question_is_the_octets_of_rfc_1035() {
    let asked = query(0x1234, "www.example.", Kind::A).expect("a name");
    let octets = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x00\x00\x01\x00\x01";
    assert_eq!(asked, octets);
    assert_eq!(line(&asked).as_deref(), Some("4660+ A? www.example. (29)"));
}

#[test]
fn what_a_name_comes_to() {
    let address = |text: &str| Answer::Addresses(vec![text.parse().expect("an address")]);
    for (name, kind, comes_to) in [
        ("web.example", Kind::A, address("192.0.2.80")),
        ("WEB.Example.", Kind::A, address("192.0.2.80")),
        ("web.example", Kind::Aaaa, address("2001:db8::80")),
        ("www.example", Kind::A, address("192.0.2.80")),
        ("example", Kind::A, Answer::NoData),
        // It has nothing, but something lies below it.
        ("in.example", Kind::A, Answer::NoData),
        ("nobody.example", Kind::A, Answer::NoName),
        ("many.example", Kind::A, Answer::Truncated),
    ] {
        assert_eq!(asks(name, kind), comes_to, "{name} {kind:?}");
    }
}

#[test]
fn over_tcp_everything_fits() {
    let asked = query(7, "many.example", Kind::A).expect("a name");
    let short = answer(&zone(), &asked, UDP_MAX).expect("a zone").expect("a reply");
    assert!(short.len() <= UDP_MAX, "{}", short.len());
    assert!(
        line(&short).is_some_and(|l| l.starts_with("7*| 30/0/0 A 192.0.2.1, A 192.0.2.2")),
        "{:?}",
        line(&short)
    );
    let whole = answer(&zone(), &asked, usize::from(u16::MAX)).expect("a zone").expect("a reply");
    let Some(Answer::Addresses(all)) = answer_of(&whole, 7, "many.example", Kind::A) else {
        panic!("{whole:?}")
    };
    assert_eq!(all.len(), 60);
}

#[test]
fn a_reply_to_another_question_is_no_reply() {
    let asked = query(7, "web.example", Kind::A).expect("a name");
    let reply = answer(&zone(), &asked, UDP_MAX).expect("a zone").expect("a reply");
    for (id, name, kind) in
        [(8, "web.example", Kind::A), (7, "www.example", Kind::A), (7, "web.example", Kind::Aaaa)]
    {
        assert_eq!(answer_of(&reply, id, name, kind), None, "{id} {name} {kind:?}");
    }
    assert_eq!(answer_of(&asked, 7, "web.example", Kind::A), None, "the question itself");
    assert_eq!(answer(&zone(), &reply, UDP_MAX), Ok(None), "a server answers questions only");
}

#[test]
fn what_is_no_question_is_told_so() {
    let lines = |octets: &[u8]| answer(&zone(), octets, UDP_MAX).expect("a zone").and_then(|r| line(&r));
    // Too short for a header; a header that promises a question; an update (RFC 2136); another class.
    assert_eq!(lines(b"\x00\x07\x01"), None);
    assert_eq!(
        lines(b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03ww").as_deref(),
        Some("7 FormErr 0/0/0 (12)")
    );
    let mut odd = query(7, "web.example", Kind::A).expect("a name");
    odd[2] |= 5 << 3;
    assert_eq!(lines(&odd).as_deref(), Some("7 NotImp 0/0/0 (29)"));
    let mut chaos = query(7, "web.example", Kind::A).expect("a name");
    *chaos.last_mut().expect("an octet") = 3;
    assert_eq!(lines(&chaos).as_deref(), Some("7 Refused 0/0/0 (29)"));
}

#[test]
fn a_zone_with_an_error_says_where() {
    let asked = query(7, "bad.example", Kind::A).expect("a name");
    let zone = [Record { name: "bad.example".into(), kind: Kind::A, ttl: 1, data: "192.0.2.300".into() }];
    let error = answer(&zone, &asked, UDP_MAX).expect_err("no address");
    assert_eq!(error, "the record of “bad.example”: “192.0.2.300” is no IPv4 address; write 192.0.2.1");
    assert!(query(7, "a..b", Kind::A).is_err());
    assert!(query(7, &"x".repeat(64), Kind::A).is_err());
}

proptest::proptest! {
    /// Nothing that comes over a network stops a server or a resolver.
    #[test]
    fn any_octets_are_read(
        mut octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
        counts in proptest::collection::vec(0..4_u8, 4),
    ) {
        // Half of them with a header that promises little, so that names and records are reached.
        if octets.len() > 12 && octets[0] % 2 == 0 {
            for (n, count) in counts.iter().enumerate() {
                (octets[4 + 2 * n], octets[5 + 2 * n]) = (0, *count);
            }
        }
        let _ = line(&octets);
        let _ = answer_of(&octets, 7, "web.example", Kind::A);
        let reply = answer(&zone(), &octets, UDP_MAX).expect("the zone is right");
        proptest::prop_assert!(reply.is_none_or(|r| r.len() <= UDP_MAX), "what does not fit is left out");
    }
}
