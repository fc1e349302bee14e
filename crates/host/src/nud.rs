//! States of neighbours, and what decides how long they last.

use tcp::time::Duration;

/// The states of ip-neighbour(8).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Nud {
    /// Asked for; nobody has answered.
    Incomplete,
    Reachable,
    /// Known, but not confirmed for a while.
    Stale,
    /// Stale and used: a moment is left for traffic to confirm it.
    Delay,
    /// Asked whether it is still there.
    Probe,
    Failed,
    Permanent,
}

impl Nud {
    /// As ip(8) writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Nud::Incomplete => "INCOMPLETE",
            Nud::Reachable => "REACHABLE",
            Nud::Stale => "STALE",
            Nud::Delay => "DELAY",
            Nud::Probe => "PROBE",
            Nud::Failed => "FAILED",
            Nud::Permanent => "PERMANENT",
        }
    }
    /// The Ethernet address is known (linux `NUD_VALID`).
    pub(crate) const fn is_valid(self) -> bool {
        !matches!(self, Nud::Incomplete | Nud::Failed)
    }
}

/// What the tables do, by the sysctls under `net.ipv4.neigh.default` and `net.ipv6.neigh.default`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NeighSettings {
    pub(crate) base_reachable: Duration,
    pub(crate) delay_first_probe: Duration,
    pub(crate) retrans: Duration,
    pub(crate) ucast_solicit: u32,
    pub(crate) mcast_solicit: u32,
    /// Octets of frames that may wait for one neighbour.
    pub(crate) unres_qlen: u32,
    /// An address that was just taken is not changed by what others say.
    pub(crate) locktime: Duration,
    pub(crate) gc_stale: Duration,
    /// Entries up to which nothing is thrown away, and beyond which none is made.
    pub(crate) gc_thresh: [u32; 2],
}

impl NeighSettings {
    /// linux `arp_tbl`, `nd_tbl`; 212,992 is SK_WMEM_DEFAULT.
    pub(crate) fn linux(v4: bool) -> NeighSettings {
        NeighSettings {
            base_reachable: Duration::from_secs(30),
            delay_first_probe: Duration::from_secs(5),
            retrans: Duration::from_secs(1),
            ucast_solicit: 3,
            mcast_solicit: 3,
            unres_qlen: 212_992,
            locktime: Duration::from_secs(u64::from(v4)),
            gc_stale: Duration::from_secs(60),
            gc_thresh: [128, 1024],
        }
    }
}
