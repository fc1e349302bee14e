//! `>` lines: waiting for what they describe, collecting a burst, comparing.

use super::expect::{Burst, Rigour, compare, learn_isn};
use super::seen::{Kind, Seen};
use super::{Problem, Run};
use crate::ast::{Direction, IpInfo, TcpLine};
use tcp::time::{Duration, Instant};
use wire::tcp::Flags;

/// How long after its time a packet is waited for (the original's limit).
const GIVE_UP: Duration = Duration::from_secs(2);
/// How long `*` waits.
const GIVE_UP_ANY: Duration = Duration::from_secs(3_600);

/// When a packet may come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub from: Instant,
    pub to: Instant,
    /// `*`
    pub any: bool,
}

impl Run {
    /// The packet of a `>` line comes, and is what the line says.
    pub(super) fn outbound(&mut self, line: &TcpLine, info: &IpInfo, window: Window) -> Result<(), Problem> {
        let peer = self.peer_of(Some(line), Direction::Outbound)?;
        let give_up = if window.any { self.machine.now + GIVE_UP_ANY } else { window.to + GIVE_UP };
        let text = |run: &Run, burst: &Burst| format!("came `> {}`", burst.script_text(&run.peers[peer]));
        let Some(first) = self.next_segment(peer, give_up)? else {
            let by = if window.any { "nothing came".into() } else { format!("nothing came by {give_up}") };
            return Err(Problem::failed(by));
        };
        learn_isn(line, &first, &mut self.peers[peer]);
        let mut burst = Burst::new(first);
        self.came = Some(burst.script_text(&self.peers[peer]));
        while burst.len < line.len && burst.first.len() > 0 && !self.settings.strict_segments {
            let Some(next) = self.next_segment(peer, give_up)? else {
                return Err(Problem::failed(format!("{}, then nothing by {give_up}", text(self, &burst))));
            };
            let shown = next.script_text(&self.peers[peer], next.len());
            if let Err(why) = burst.add(next) {
                return Err(Problem::failed(format!("{}, then `> {shown}`: {why}", text(self, &burst))));
            }
        }
        let rigour = Rigour {
            ts_tick_usecs: self.settings.ts_tick_usecs,
            tolerance_usecs: self.settings.tolerance_usecs,
        };
        let came = text(self, &burst);
        self.came = Some(burst.script_text(&self.peers[peer]));
        if let Err(why) = compare(line, info, &burst, &mut self.peers[peer], rigour) {
            let problem = Problem::from(why);
            return Err(match problem {
                Problem::Failed(why) => Problem::Failed(format!("{came} at {}: {why}", burst.first.when)),
                other => other,
            });
        }
        let (first, last) = (burst.first.when, burst.last.when);
        if window.any || window.from <= first && last <= window.to {
            return Ok(());
        }
        let at = if first < window.from { first } else { last };
        Err(Problem::failed(format!(
            "{came} at {at}, which is not between {} and {}",
            window.from, window.to
        )))
    }

    /// The next segment of a connection's, waited for until `give_up`.
    fn next_segment(&mut self, peer: usize, give_up: Instant) -> Result<Option<Seen>, Problem> {
        loop {
            while let Some(captured) = self.machine.captured.pop_front() {
                match Seen::read(captured.at, &captured.frame) {
                    Kind::Tcp(seen) if self.belongs(&seen, peer) => {
                        self.note_taken(&captured);
                        return Ok(Some(seen));
                    }
                    Kind::Tcp(_) | Kind::Other => {}
                    Kind::Bad(why) => return Err(Problem::Failed(why)),
                }
            }
            match self.next_happening() {
                Some(at) if at <= give_up => self.fire_next()?,
                _ => return Ok(None),
            }
        }
    }

    /// Whether a segment is of this connection. The first SYN of an active one shows its port, which may be that of an earlier
    /// one: then it begins with another number.
    pub(super) fn belongs(&mut self, seen: &Seen, peer: usize) -> bool {
        let first = seen.flags & (Flags::SYN | Flags::ACK) == Flags::SYN;
        let known = |p: &super::Peer| p.local_isn.is_none_or(|isn| isn.live == seen.seq.0);
        let has = |p: &super::Peer| p.active && p.local_port == seen.src_port && (!first || known(p));
        let free = !self.peers.iter().any(has);
        let p = &mut self.peers[peer];
        if seen.ip.addrs.dst() != p.remote_ip || seen.dst_port != p.remote_port {
            return false;
        }
        if p.active && p.local_port == 0 && free {
            p.local_port = seen.src_port;
        }
        seen.src_port == p.local_port
    }
}
