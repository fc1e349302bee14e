//! The connection under test as scripts see it: its four-tuple, and how script numbers become live ones.

use crate::ast::SeqNum;
use std::collections::BTreeMap;
use std::net::IpAddr;
use wire::Seq;

/// A number of the script and the one on the wire that it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Isn {
    /// As written.
    pub script: u32,
    /// As sent.
    pub live: u32,
}

/// One connection of the script.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub local_ip: IpAddr,
    pub remote_ip: IpAddr,
    pub local_port: u16,
    pub remote_port: u16,
    /// The remote port as the script writes it, where it does.
    pub script_port: Option<u16>,
    /// The host chose `local_port` when it connected; 0 until its first SYN is seen.
    pub active: bool,
    /// Initial sequence numbers; `None` until a SYN has shown them.
    pub local_isn: Option<Isn>,
    pub remote_isn: Option<Isn>,
    /// TSval of the script → TSval on the wire, of every segment the host sent.
    stamps: BTreeMap<u32, u32>,
    /// The first of them: aligns script and live clock.
    first_stamp: Option<Isn>,
    /// `tcp_ts_ecr_scaled`: an unknown echo is translated by the first stamp alone.
    pub ecr_scaled: bool,
}

impl Peer {
    pub fn new(local: (IpAddr, u16), remote: (IpAddr, u16), active: bool, ecr_scaled: bool) -> Peer {
        Peer {
            local_ip: local.0,
            remote_ip: remote.0,
            local_port: local.1,
            remote_port: remote.1,
            script_port: None,
            active,
            local_isn: None,
            remote_isn: None,
            stamps: BTreeMap::new(),
            first_stamp: None,
            ecr_scaled,
        }
    }

    /// A sequence number of the peer, as it goes on the wire.
    pub fn remote_to_live(&self, n: SeqNum, syn: bool) -> Seq {
        to_live(self.remote_isn, n, syn)
    }
    /// A sequence number of the host, as it stands on the wire.
    pub fn local_to_live(&self, n: SeqNum, syn: bool) -> Seq {
        to_live(self.local_isn, n, syn)
    }
    /// A live sequence number of the host, as the script would write it.
    pub fn local_to_script(&self, live: Seq, syn: bool) -> u32 {
        to_script(self.local_isn, live, syn)
    }
    /// A live sequence number of the peer, as the script would write it.
    pub fn remote_to_script(&self, live: Seq, syn: bool) -> u32 {
        to_script(self.remote_isn, live, syn)
    }

    /// The host sent `live` where the script says `script`.
    pub fn stamp_sent(&mut self, script: u32, live: u32) {
        self.first_stamp.get_or_insert(Isn { script, live });
        self.stamps.insert(script, live);
    }
    /// The script's TSval that `live` would be, by the first one seen.
    pub fn stamp_to_script(&self, live: u32) -> Option<u32> {
        self.first_stamp.map(|f| live.wrapping_sub(f.live).wrapping_add(f.script))
    }
    /// What an inbound `ecr` becomes: the live value that the host sent for it.
    pub fn echo_to_live(&self, ecr: u32) -> Result<u32, String> {
        match (self.stamps.get(&ecr), self.first_stamp) {
            (Some(live), _) => Ok(*live),
            (None, None) => Ok(ecr),
            (None, Some(f)) if self.ecr_scaled => Ok(ecr.wrapping_sub(f.script).wrapping_add(f.live)),
            (None, Some(_)) => Err(format!("ecr {ecr} echoes no timestamp that the script has seen sent")),
        }
    }
}

/// In segments with SYN a script's numbers are ISNs themselves; elsewhere they count from the ISN.
fn to_live(isn: Option<Isn>, n: SeqNum, syn: bool) -> Seq {
    let isn = isn.unwrap_or_default();
    Seq(match (n.absolute, syn) {
        (true, _) => n.value,
        (false, true) => n.value.wrapping_sub(isn.script).wrapping_add(isn.live),
        (false, false) => n.value.wrapping_add(isn.live),
    })
}

fn to_script(isn: Option<Isn>, live: Seq, syn: bool) -> u32 {
    let isn = isn.unwrap_or_default();
    let relative = live.0.wrapping_sub(isn.live);
    if syn { relative.wrapping_add(isn.script) } else { relative }
}
