//! Any calls, frames, losses, settings and timers at two hosts: `cargo +nightly fuzz run operations` in `crates/host`.
#![no_main]

#[path = "../../tests/driven/mod.rs"]
mod driven;

libfuzzer_sys::fuzz_target!(|data: &[u8]| driven::operations(data));
