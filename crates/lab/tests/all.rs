//! Every test of this crate, linked once. A file beside this one is a line here; `cargo xtask check` tells of a forgotten one.

mod common;
mod words;

mod bounds;
mod breaks;
mod capture;
mod catalogue;
mod conformance;
mod console;
mod exits;
mod impairing;
mod network_attack;
mod network_impairments;
mod network_lan;
mod network_loss;
mod network_names;
mod network_punching;
mod network_routed;
mod packet;
mod played;
mod predict;
mod programs;
mod reading;
mod refused;
mod schema;
mod script;
mod series;
mod server;
mod stories;
mod taken_down;
mod time;
mod undo;
mod watch;
mod workbench;
