//! Every test of this crate, linked once. A file beside this one is a line here; `cargo xtask check` tells of a forgotten one.

mod common;

mod acceptability;
mod chaos;
mod handshake;
mod options;
mod pipe;
mod receiver;
mod recovery;
mod states;
mod timeout;
mod transitions;
