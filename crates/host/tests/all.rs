//! Every test of this crate, linked once. A file beside this one is a line here; `cargo xtask check` tells of a forgotten one.

mod common;
mod lone;

mod addresses;
mod calls;
mod children;
mod cookies;
mod datagrams;
mod deferred;
mod disconnect;
mod epoll;
mod errnos;
mod forwarding;
mod half_open;
mod icmp;
mod ipv6;
mod isn;
mod language;
mod names;
mod nat;
mod options;
mod ports;
mod processes;
mod program_process;
mod programs;
mod prune;
mod queues;
mod requirements;
mod shipped;
mod told_by_icmp;
