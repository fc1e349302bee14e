//! A packet in a line, as tcpdump(8) prints it.
use wire::summary::{self, Relative};

/// What has been printed of each connection: relative numbers count from there.
pub struct Conversations {
    absolute: bool,
    relative: Relative,
    /// Names of machines, where a packet may cross more than one link: then each line says whose link it is on.
    names: Vec<String>,
}

impl Conversations {
    /// With `absolute`, sequence numbers are printed as they stand in the header (tcpdump -S).
    pub fn new(absolute: bool, names: Vec<String>) -> Conversations {
        Conversations { absolute, relative: Relative::new(), names }
    }

    /// One line for a frame sent at `ns` by one machine to another.
    pub fn line(&mut self, ns: f64, (from, to): (u16, u16), frame: &[u8]) -> String {
        let body = if self.absolute { summary::line(frame) } else { self.relative.line(frame) };
        if self.names.is_empty() {
            return format!("{} {body}", clock(ns));
        }
        let name = |n: u16| self.names.get(usize::from(n)).map_or("nobody", String::as_str);
        let most = self.names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        format!("{} {:>most$} → {:<most$} {body}", clock(ns), name(from), name(to))
    }
}

/// `00:00:01.003421`: time since the world began.
fn clock(ns: f64) -> String {
    let us = (ns / 1e3).round() as u64;
    let s = us / 1_000_000;
    format!("{:02}:{:02}:{:02}.{:06}", s / 3600, s / 60 % 60, s % 60, us % 1_000_000)
}
