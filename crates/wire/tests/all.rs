//! Every test of this crate, linked once. A file beside this one is a line here; `cargo xtask check` tells of a forgotten one.

mod common;

mod checksum;
mod dns;
mod editing;
mod lines;
mod passed_on;
mod stack_form;
mod surgery;
mod tree;
mod usual;
