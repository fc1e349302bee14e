//! Impairments, as scenarios tell them: what each does to forty numbers, what queues do to a transfer, and the third
//! segment.

use lab::Session;
use lab::view::View;
use net::NodeId;

fn play(id: &str, seconds: f64) -> (Session, View) {
    let mut s = Session::new(id, None).expect("shipped");
    s.run(1_000_000, seconds * 1e9);
    s.world().assert_invariants();
    let view = s.view();
    (s, view)
}

fn node(v: &View, name: &str) -> usize {
    v.nodes.iter().position(|n| n.name == name).expect("a node of this name")
}

fn counter(s: &Session, v: &View, name: &str, counter: &str) -> u64 {
    s.world().host(NodeId(node(v, name) as u16)).expect("a host").counter(counter)
}

/// How often links did this to frames, or lost them for it.
fn reasons(s: &Session, rule: &str) -> usize {
    let rules = Session::rules();
    let at = rules.iter().position(|r| r.id == rule).expect("a rule of this name") as u16;
    s.marks().iter().filter(|m| m.b == at).count()
}

/// Numbers that a receiver printed, in the order in which they came.
fn came(v: &View, name: &str) -> Vec<u32> {
    let output = &v.nodes[node(v, name)].processes[0].output;
    assert!(output.ends_with("and no more\n"), "{name}: {output}");
    output.split(' ').filter_map(|w| w.parse().ok()).collect()
}

#[test]
fn each_wire_does_its_one_thing_to_forty_numbers() {
    let (s, v) = play("impairments", 10.0);
    let all: Vec<u32> = (1..=40).collect();
    let sorted = |name: &str| {
        let mut numbers = came(&v, name);
        numbers.sort_unstable();
        numbers
    };
    for whole in ["Delay", "Rate", "In order"] {
        assert_eq!(came(&v, whole), all, "{whole}: each number, in order");
    }
    for out_of_order in ["Jitter", "Reordering"] {
        assert_eq!(sorted(out_of_order), all, "{out_of_order}: each number");
        assert!(!came(&v, out_of_order).is_sorted(), "{out_of_order}: some are overtaken");
    }
    for fewer in ["Loss", "Bursts", "Corruption"] {
        let numbers = came(&v, fewer);
        assert!(numbers.is_sorted() && (20..40).contains(&numbers.len()), "{fewer}: {numbers:?}");
    }
    // Of losses in bursts, the missing stand together.
    let gaps = |name: &str| came(&v, name).windows(2).map(|w| w[1] - w[0] - 1).max();
    assert!(gaps("Bursts") >= Some(3), "{:?}", came(&v, "Bursts"));
    let twice = came(&v, "Duplication").windows(2).filter(|w| w[0] == w[1]).count();
    assert_eq!((came(&v, "Duplication").len(), twice > 3), (40 + twice, true));
    let wrong = ["UdpInErrors", "IpInHdrErrors"].map(|c| counter(&s, &v, "Corruption", c));
    assert_eq!(
        wrong.iter().sum::<u64>() as usize,
        40 - came(&v, "Corruption").len(),
        "thrown away: {wrong:?}"
    );
    let short: Vec<u32> = all.iter().copied().filter(|n| n % 4 != 0).collect();
    assert_eq!(came(&v, "MTU"), short, "each fourth is longer than 576 octets");
    let with_gap = came(&v, "Up and down");
    assert_eq!(with_gap.windows(2).filter(|w| w[1] > w[0] + 1).count(), 1, "one gap: {with_gap:?}");
    assert_eq!((with_gap.first(), with_gap.last()), (Some(&1), Some(&40)));
    // What is done to a link by the file's commands is said beside it.
    let steps: Vec<Option<u32>> = v.notes.iter().map(|n| n.step).collect();
    assert!(matches!(steps[..], [None, Some(a), Some(b)] if a < b));
}

#[test]
fn three_queues_before_a_slow_link() {
    let (s, v) = play("impairments-queues", 10.0);
    for process in &v.nodes[node(&v, "Sender")].processes {
        assert_eq!(process.output, "300000 octets\n", "{}", process.file);
    }
    // One drops what it has no room for; two mark, and drop nothing.
    assert!(reasons(&s, "net.link.queue_full") > 5);
    assert!(reasons(&s, "net.codel.marks") > 5 && reasons(&s, "net.red.marks") > 5);
    assert_eq!((reasons(&s, "net.codel.drops"), reasons(&s, "net.red.drops")), (0, 0));
    // Octets that the router puts on each of the three, those that find no room among them.
    let router = node(&v, "Router") as u16;
    let carried = |link: u16| -> u32 {
        let on = s.frames().iter().filter(|f| f.link == link && f.from == router);
        on.map(|f| f.payload).sum()
    };
    assert!(carried(1) > 300_000, "what is dropped is sent again: {}", carried(1));
    assert_eq!((carried(2), carried(3)), (300_000, 300_000), "what is marked need not be");
}

#[test]
fn the_third_segment_comes_again_without_a_timer() {
    let (s, v) = play("third-segment", 5.0);
    assert_eq!(v.nodes[node(&v, "Client")].processes[0].output, "20000 octets\n");
    let data = s.frames().iter().filter(|f| f.from == 0 && f.payload > 0).enumerate();
    let lost: Vec<usize> =
        data.filter(|(_, f)| f.fate == lab::records::Fate::Lost as u8).map(|(n, _)| n + 1).collect();
    assert_eq!(lost, [3]);
    let count = |name: &str| counter(&s, &v, "Client", name);
    assert_eq!((count("TCPSackRecovery"), count("TCPTimeouts")), (1, 0));
}
