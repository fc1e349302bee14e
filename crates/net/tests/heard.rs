//! Where nobody listens to the rules, what is usual goes short ways: by a look at a whole header, by headers kept from the
//! segment before, by header prediction. Nobody can tell from outside.
use bytes::BytesMut;
use host::{HostConfig, IfaceConfig, ProgramConfig};
use net::{FrameId, Impairments, LinkConfig, NodeId, PortConfig, StepLog, World, WorldConfig};
use std::net::{IpAddr, Ipv4Addr};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};

const SENDER: &str = r#"
int s; int i; char buf[20000];
struct sockaddr_in a = {AF_INET, htons(80), {inet_addr("10.0.0.2")}};
s = socket(AF_INET, SOCK_STREAM, 0);
connect(s, &a, sizeof a);
for (i = 0; i < 40; i++) write(s, buf, sizeof buf);
recv(s, buf, sizeof buf, 0);
close(s);
"#;

const SINK: &str = r#"
int s; int c; int n; char buf[65536];
struct sockaddr_in a = {AF_INET, htons(80)};
s = socket(AF_INET, SOCK_STREAM, 0);
bind(s, &a, sizeof a);
listen(s, 5);
c = accept(s, 0, 0);
for (n = 0; n < 800000; n += recv(c, buf, sizeof buf, 0)) {}
write(c, "thanks", 6);
close(c);
"#;

fn host(n: u8, program: &str, sysctls: &[(&str, &str)]) -> HostConfig {
    let peer = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 3 - n));
    let start = Instant::from_micros(if n == 1 { 1_000 } else { 0 });
    HostConfig {
        name: format!("h{n}"),
        ifaces: vec![IfaceConfig {
            neighbours: vec![(peer, [2, 0, 0, 0, 0, 3 - n])],
            ..IfaceConfig::new([2, 0, 0, 0, 0, n], IpAddr::V4(Ipv4Addr::new(10, 0, 0, n)), 24)
        }],
        sysctls: sysctls.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect(),
        seed: n.into(),
        programs: vec![ProgramConfig { file: "main.c".into(), source: program.trim().into(), start }],
        ..HostConfig::default()
    }
}

fn world(sends: &Impairments, sysctls: &[(&str, &str)]) -> World {
    let port = |node| PortConfig { node, iface: 0, sends: sends.clone() };
    World::new(&WorldConfig {
        nodes: vec![host(1, SENDER, sysctls), host(2, SINK, sysctls)],
        links: vec![LinkConfig { name: "wire".into(), ports: vec![port(0), port(1)], cable: true }],
        seed: 11,
        parks: vec![],
        floods: vec![],
        rules: vec![],
        bridges: vec![],
    })
    .expect("a world")
}

/// Changes a frame in flight: one octet, which routers may change or nobody may.
fn meddle(world: &mut World, n: u32) {
    let id = FrameId(n);
    let Some(flight) = world.flight(id) else { return };
    let mut bytes = BytesMut::from(&flight.bytes[..]);
    match n % 4 {
        // Time to live, with the checksum mended (RFC 1141).
        0 => {
            bytes[22] -= 1;
            let sum = u16::from_be_bytes([bytes[24], bytes[25]]);
            let sum = sum.checked_add(0x100).unwrap_or(sum.wrapping_add(0x101));
            bytes[24..26].copy_from_slice(&sum.to_be_bytes());
        }
        // An address, a sequence number, an octet of the payload or the last of the options: checksums are wrong.
        1 => bytes[33] ^= 1,
        2 => bytes[41] ^= 1,
        _ => *bytes.last_mut().expect("a frame") ^= 1,
    }
    world.edit(id, bytes.freeze(), &mut StepLog::default()).expect("in flight");
}

/// Runs a world in which every rule is heard beside one in which none is, and gives how many frames there were.
fn both(sends: &Impairments, sysctls: &[(&str, &str)], meddles: bool) -> u32 {
    let (mut loud, mut quiet) = (world(sends, sysctls), world(sends, sysctls));
    let (mut heard, mut told) = (StepLog::default(), StepLog::default());
    for step in 0..100_000 {
        let more = loud.step(&mut heard, &mut Some(Vec::new()));
        assert_eq!(quiet.step(&mut told, &mut Tape::None), more);
        // The long way does not say it; that nothing else hangs on it is what the digests of lab show.
        told.foreseen = heard.foreseen;
        assert_eq!(format!("{told:?}"), format!("{heard:?}"), "step {step}");
        if !more {
            break;
        }
        if meddles && step % 37 == 0 {
            let n = loud.frames().saturating_sub(3);
            meddle(&mut loud, n);
            meddle(&mut quiet, n);
        }
        quiet.assert_invariants();
    }
    for node in [NodeId(0), NodeId(1)] {
        let end = |w: &World| {
            let host = w.host(node).expect("a host");
            let tcbs: Vec<_> = host.socket_ids().map(|id| host.tcb(id)).collect();
            format!("{:?} {tcbs:?}", host.counters())
        };
        assert_eq!(end(&quiet), end(&loud));
    }
    quiet.frames()
}

#[test]
fn nobody_can_tell_whether_somebody_listens() {
    let wire = Impairments {
        delay: Duration::from_millis(5),
        rate: Some(20_000_000),
        queue: Some(100_000),
        ..Impairments::default()
    };
    let lossy = Impairments { loss: 0.02, ..wire.clone() };
    let old: &[_] = &[("net.ipv4.tcp_timestamps", "0"), ("net.ipv4.tcp_sack", "0")];
    let ecn: &[_] = &[("net.ipv4.tcp_ecn", "1")];
    for (sends, sysctls, meddles) in [
        (&wire, [].as_slice(), false),
        (&wire, &[], true),
        (&lossy, &[], false),
        (&lossy, old, true),
        (&wire, ecn, true),
    ] {
        let frames = both(sends, sysctls, meddles);
        assert!(frames > 600, "{frames} frames");
    }
}
