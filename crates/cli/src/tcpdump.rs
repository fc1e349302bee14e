//! A packet in a line, as tcpdump(8) prints it.
use wire::summary::{self, Relative};

/// What has been printed of each connection: relative numbers count from there.
pub struct Conversations {
    absolute: bool,
    relative: Relative,
}

impl Conversations {
    /// With `absolute`, sequence numbers are printed as they stand in the header (tcpdump -S).
    pub fn new(absolute: bool) -> Conversations {
        Conversations { absolute, relative: Relative::new() }
    }

    /// One line for a frame sent at `ns`.
    pub fn line(&mut self, ns: f64, frame: &[u8]) -> String {
        let body = if self.absolute { summary::line(frame) } else { self.relative.line(frame) };
        format!("{} {body}", clock(ns))
    }
}

/// `00:00:01.003421`: time since the world began.
fn clock(ns: f64) -> String {
    let us = (ns / 1e3).round() as u64;
    let s = us / 1_000_000;
    format!("{:02}:{:02}:{:02}.{:06}", s / 3600, s / 60 % 60, s % 60, us % 1_000_000)
}
