//! Any calls, segments, losses and timers at two connected ends: `cargo +nightly fuzz run operations` in `crates/tcp`.
#![no_main]

#[path = "../../tests/driven/mod.rs"]
mod driven;

libfuzzer_sys::fuzz_target!(|data: &[u8]| driven::operations(data));
