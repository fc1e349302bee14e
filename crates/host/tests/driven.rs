//! Any calls, frames, losses, settings and timers at two hosts: by chance here, by search in crates/host/fuzz, whose corpus is
//! replayed.
#[path = "driven/mod.rs"]
mod driven;

use proptest::prelude::*;
use std::path::Path;

#[test]
fn the_corpus_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/operations");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a corpus").map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 20, "the corpus is missing");
    for file in files {
        println!("{}", file.display()); // shown where it fails
        driven::operations(&std::fs::read(&file).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn operations_by_chance(data in prop::collection::vec(any::<u8>(), 0..1_500)) {
        driven::operations(&data);
    }
}
