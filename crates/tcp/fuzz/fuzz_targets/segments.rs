//! Any segments at a connection in any state: `cargo +nightly fuzz run segments` in `crates/tcp`.
#![no_main]

#[path = "../../tests/driven/mod.rs"]
mod driven;

libfuzzer_sys::fuzz_target!(|data: &[u8]| driven::segments(data));
