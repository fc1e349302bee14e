//! Any bytes: `cargo +nightly fuzz run bytes` in `crates/wire`.
#![no_main]

#[path = "../../tests/common/holds.rs"]
#[allow(dead_code)]
mod holds;

libfuzzer_sys::fuzz_target!(|frame: &[u8]| holds::holds_together(frame));
