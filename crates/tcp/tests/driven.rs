//! Any segments, any operations: by chance here, by search in crates/tcp/fuzz, whose corpus is replayed.
#[path = "driven/mod.rs"]
mod driven;

use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;
use tcp::State;

/// Every file of a target's corpus.
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a corpus").map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 20, "the corpus of {target} is missing");
    for file in files {
        println!("{}", file.display()); // shown where it fails
        run(&std::fs::read(&file).unwrap());
    }
}

/// What one segment does in two steps, as §3.10.7.4 looks at its ACK before its FIN: through FIN-WAIT-2 and through
/// ESTABLISHED. The table has the short way too because the RFC's figure and its text have it.
const IN_TWO_STEPS: [(State, State); 2] =
    [(State::FinWait1, State::TimeWait), (State::SynReceived, State::CloseWait)];

#[test]
fn the_corpus_holds_and_takes_every_edge_of_the_table_and_no_other() {
    replay("segments", driven::segments);
    replay("operations", driven::operations);
    let table = tcp::TRANSITIONS.iter().map(|t| (t.0, t.2));
    let table: BTreeSet<_> = table.filter(|edge| !IN_TWO_STEPS.contains(edge)).collect();
    assert_eq!(driven::edges(), table);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn segments_by_chance(data in prop::collection::vec(any::<u8>(), 0..400)) {
        driven::segments(&data);
    }

    #[test]
    fn operations_by_chance(data in prop::collection::vec(any::<u8>(), 0..400)) {
        driven::operations(&data);
    }
}
