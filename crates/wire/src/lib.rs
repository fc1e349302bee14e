//! Bytes ↔ meaning: Ethernet, ARP, IP, ICMP, UDP and TCP.
//!
//! Two layers for every header. The meaningful form (`tcp::Header`, `ip::Header`, …; [`frame::parse`],
//! [`frame::emit_tcp`]) is what a stack reads and writes: it judges, and refuses with a [`Malformed`]. The
//! annotated form is what people read and edit: it judges nothing, takes any bytes, and gives them back bit
//! for bit. Both read the same tables ([`layout`]).
pub mod arp;
mod bits;
pub mod checksum;
pub mod datagram;
pub mod dissect;
pub mod dns;
pub mod edit;
pub mod ethernet;
pub mod frame;
pub mod hex;
pub mod icmp;
pub mod ip;
pub mod layout;
pub mod ndisc;
pub mod pick;
mod problem;
pub mod rewrite;
mod seq;
pub mod summary;
pub mod tcp;
mod tcp_bytes;
pub mod udp;
pub mod usual;
mod walk;

pub use ethernet::{Link, Mac};
pub use problem::{Layer, Malformed, Problem};
pub use seq::Seq;
