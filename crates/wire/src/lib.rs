//! Bytes ↔ meaning: Ethernet, ARP, IP, ICMP, UDP and TCP.
mod seq;
pub mod tcp;

pub use seq::Seq;
