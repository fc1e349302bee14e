//! What links do to frames, and people to frames on links. Hosts without programs: whoever wants a frame injects it.
use bytes::Bytes;
use host::{HostConfig, IfaceConfig};
use net::{
    ConfigError, Fate, FrameId, FrameKind, HandError, Impairments, LinkConfig, LossRule, NodeId, PortConfig,
    Step, StepLog, World, WorldConfig,
};
use std::net::{IpAddr, Ipv4Addr};
use tcp::rule::Tape;
use tcp::time::{Duration, Instant};

const SECOND: u64 = 1_000_000_000;

fn mac(n: u8) -> [u8; 6] {
    [2, 0, 0, 0, 0, n]
}

fn host(n: u8) -> HostConfig {
    HostConfig {
        name: format!("h{n}"),
        ifaces: vec![IfaceConfig::new(mac(n), IpAddr::V4(Ipv4Addr::new(10, 0, 0, n)), 24)],
        seed: n.into(),
        ..HostConfig::default()
    }
}

fn config(hosts: u8, sends: Impairments) -> WorldConfig {
    let port = |node| PortConfig { node, iface: 0, sends: sends.clone() };
    WorldConfig {
        nodes: (1..=hosts).map(host).collect(),
        links: vec![LinkConfig {
            name: "LAN".into(),
            ports: (0..usize::from(hosts)).map(port).collect(),
            cable: false,
        }],
        seed: 7,
        parks: vec![],
        floods: vec![],
        rules: vec![],
        bridges: vec![],
    }
}

fn world(hosts: u8, sends: Impairments) -> World {
    World::new(&config(hosts, sends)).expect("a world")
}

/// A frame of an unknown type, `len` octets long.
fn frame(to: [u8; 6], len: usize) -> Bytes {
    let mut bytes = vec![0; len];
    bytes[..6].copy_from_slice(&to);
    bytes[6..12].copy_from_slice(&mac(1));
    bytes[12..14].copy_from_slice(&[0x88, 0xb5]); // local experimental EtherType 1, IEEE 802
    bytes.into()
}

/// Injects a frame at node 0; times of launch and arrival, who gets it, whether it is lost.
fn send(w: &mut World, to: [u8; 6], len: usize) -> Vec<(FrameId, u64, u64, Option<NodeId>, bool)> {
    let mut log = StepLog::default();
    w.inject(NodeId(0), frame(to, len), &mut log, &mut Tape::None).expect("a frame");
    log.launched.iter().map(|l| (l.id, l.sent.0, l.arrives.0, l.to, l.lost.is_some())).collect()
}

/// Frames in the order in which they arrive, with the time.
fn arrivals(w: &mut World) -> Vec<(u32, u64)> {
    let mut log = StepLog::default();
    let mut all = vec![];
    while w.step(&mut log, &mut Tape::None) {
        if let Step::Arrival { frame, .. } = log.step {
            all.push((frame.0, log.time.0));
        }
    }
    all
}

fn slow() -> Impairments {
    // 1,000 octets take a second.
    Impairments { delay: Duration(SECOND), rate: Some(8_000), ..Impairments::default() }
}

#[test]
fn frames_are_serialized_one_behind_the_other() {
    let mut w = world(2, slow());
    assert_eq!(send(&mut w, mac(2), 1_000), [(FrameId(0), 0, 2 * SECOND, Some(NodeId(1)), false)]);
    assert_eq!(send(&mut w, mac(2), 500), [(FrameId(1), SECOND, 5 * SECOND / 2, Some(NodeId(1)), false)]);
    assert_eq!(arrivals(&mut w), [(0, 2 * SECOND), (1, 5 * SECOND / 2)]);
    assert_eq!(w.now(), Instant(5 * SECOND / 2));
}

#[test]
fn what_finds_the_queue_full_is_lost_at_the_sender() {
    let mut w = world(2, Impairments { queue: Some(1_500), ..slow() });
    let lost: Vec<bool> = (0..4).flat_map(|_| send(&mut w, mac(2), 1_000)).map(|f| f.4).collect();
    assert_eq!(lost, [false, false, true, true], "2,000 octets wait when the third comes");
    assert_eq!(arrivals(&mut w).len(), 2);
}

#[test]
fn a_switch_sends_unicast_to_one_and_broadcast_to_all_others() {
    let to =
        |dst| send(&mut world(4, Impairments::default()), dst, 60).iter().map(|f| f.3).collect::<Vec<_>>();
    assert_eq!(to(mac(3)), [Some(NodeId(2))]);
    assert_eq!(to([0xff; 6]), [Some(NodeId(1)), Some(NodeId(2)), Some(NodeId(3))]);
    assert_eq!(to(mac(9)), [None], "nobody has that address");
}

#[test]
fn the_nth_frame_is_lost_whatever_chance_says() {
    let lose = vec![LossRule { kind: FrameKind::Any, nth: 2 }, LossRule { kind: FrameKind::Data, nth: 1 }];
    let mut w = world(2, Impairments { lose, ..Impairments::default() });
    let lost: Vec<bool> = (0..4).flat_map(|_| send(&mut w, mac(2), 60)).map(|f| f.4).collect();
    assert_eq!(lost, [false, true, false, false], "none of them is TCP data");
}

#[test]
fn chance_loses_what_it_is_told_to_and_the_same_every_time() {
    let lost = || {
        let mut w = world(2, Impairments { loss: 0.1, ..Impairments::default() });
        (0..10_000).flat_map(|_| send(&mut w, mac(2), 60)).filter(|f| f.4).map(|f| f.0).collect::<Vec<_>>()
    };
    let (one, other) = (lost(), lost());
    assert_eq!(one, other);
    assert!((850..1_150).contains(&one.len()), "{} of 10,000 at 10 %", one.len());
    let all = |loss| {
        let mut w = world(2, Impairments { loss, ..Impairments::default() });
        (0..100).flat_map(|_| send(&mut w, mac(2), 60)).filter(|f| f.4).count()
    };
    assert_eq!((all(0.0), all(1.0)), (0, 100));
}

#[test]
fn a_held_frame_is_overtaken_and_flies_what_was_left() {
    let mut w = world(2, Impairments { delay: Duration(SECOND), ..Impairments::default() });
    let mut log = StepLog::default();
    send(&mut w, mac(2), 60);
    w.hold(FrameId(0), &mut log).expect("in flight");
    assert_eq!(w.hold(FrameId(0), &mut log), Err(HandError::AlreadyHeld(FrameId(0))));
    send(&mut w, mac(2), 60);
    assert_eq!(arrivals(&mut w), [(1, SECOND)]);
    w.deliver(FrameId(0), &mut log).expect("held");
    assert_eq!(log.fates, [(FrameId(0), Fate::Released { arrives: Instant(2 * SECOND) })]);
    assert_eq!(arrivals(&mut w), [(0, 2 * SECOND)]);
    assert_eq!(w.deliver(FrameId(0), &mut log), Err(HandError::NotInFlight(FrameId(0))));
}

#[test]
fn copies_come_behind_and_delays_add_up() {
    let mut w = world(2, slow());
    let mut log = StepLog::default();
    send(&mut w, mac(2), 1_000);
    assert_eq!(w.duplicate(FrameId(0), &mut log), Ok(FrameId(1)));
    w.delay(FrameId(0), Duration(5 * SECOND), &mut log).expect("in flight");
    assert_eq!(arrivals(&mut w), [(1, 3 * SECOND), (0, 7 * SECOND)]);
}

#[test]
fn a_clone_goes_its_own_way() {
    let mut w = world(2, slow());
    send(&mut w, mac(2), 1_000);
    let mut other = w.clone();
    other.discard(FrameId(0), &mut StepLog::default()).expect("in flight");
    assert_eq!((arrivals(&mut other).len(), arrivals(&mut w).len()), (0, 1));
}

#[test]
fn a_wrong_configuration_says_where() {
    type Spoil = fn(&mut WorldConfig);
    let cases: [(Spoil, &str); 6] = [
        (|c| c.links[0].ports.truncate(1), "links[0]: a link needs at least two ports"),
        (|c| c.links[0].ports[1].node = 9, "links[0]: there is no interface 0 of node 9"),
        (|c| c.links[0].ports[0].sends.loss = 1.5, "links[0].ports[0].loss"),
        (|c| c.links[0].ports[1].sends.rate = Some(0), "links[0].ports[1].rate"),
        (|c| c.nodes[1].ifaces[0].mac = mac(1), "02:00:00:00:00:01 stands twice"),
        (|c| c.nodes[1].profile = "vax".into(), "nodes[1]"),
    ];
    for (spoil, hint) in cases {
        let mut c = config(2, Impairments::default());
        spoil(&mut c);
        let said = World::new(&c).err().map(|e: ConfigError| e.to_string()).unwrap_or_default();
        assert!(said.contains(hint), "{said:?} does not say {hint:?}");
    }
}
