//! Every test of this crate, linked once. A file beside this one is a line here; `cargo xtask check` tells of a forgotten one.

mod common;

mod asked_for;
mod heard;
mod impairments;
mod lan;
mod link_changes;
mod links;
mod queue;
mod weather;
