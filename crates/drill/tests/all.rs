//! Every test of this crate, linked once. A file beside this one is a line here; `cargo xtask check` tells of a forgotten one.

mod common;

mod code;
mod others;
mod ours;
mod parses;
mod strict;
