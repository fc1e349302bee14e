//! The neighbour tables: which Ethernet address an IP address on the link has, how sure that is, and what waits for it.
//! States, timers and their order are those of linux `net/core/neighbour.c` (RFC 4861 §7.3, RFC 1122 §2.3.2); ARP and
//! Neighbour Discovery ([`crate::arp`], [`crate::ndisc`]) bring what others say.

use crate::ip::Ip;
use crate::nud::{NeighSettings, Nud};
use crate::secret::{FourTuple, Secret, Use};
use crate::settings::Settings;
use crate::step::Step;
use crate::{Host, NeighbourInfo, Sent, TimerKey, rules};
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::net::IpAddr;
use tcp::rule;
use tcp::time::{Duration, Instant};
use wire::{Link, Mac, ethernet};

/// Never sooner than this again (linux `HZ / 100`).
const LEAST: Duration = Duration::from_millis(10);
/// How long a reachable time drawn by chance is kept (linux `neigh_periodic_work`).
const REDRAWN: u64 = 300_000_000_000;

/// A frame that waits for its destination's Ethernet address.
#[derive(Clone, Debug)]
struct Held {
    frame: Bytes,
    resent: u8,
}

/// An entry.
#[derive(Clone, Debug)]
pub(crate) struct Neighbour {
    state: Nud,
    /// Its Ethernet address, where the state is valid.
    mac: Mac,
    /// When it was last known to take what we send; none: long ago.
    confirmed: Option<Instant>,
    updated: Instant,
    used: Instant,
    probes: u32,
    timer: Option<Instant>,
    held: VecDeque<Held>,
    octets: u32,
}

impl Neighbour {
    fn new(now: Instant) -> Neighbour {
        Neighbour {
            state: Nud::Failed,
            mac: Mac([0; 6]),
            confirmed: None,
            updated: now,
            used: now,
            probes: 0,
            timer: None,
            held: VecDeque::new(),
            octets: 0,
        }
    }
    /// One that somebody put there by hand.
    pub(crate) fn permanent(mac: Mac) -> Neighbour {
        Neighbour { state: Nud::Permanent, mac, ..Neighbour::new(Instant::ZERO) }
    }
    fn within(&self, now: Instant, time: Duration) -> bool {
        self.confirmed.is_some_and(|c| now <= c + time)
    }
    fn enter(&mut self, state: Nud, now: Instant, timer: Option<Instant>) {
        (self.state, self.updated) = (state, now);
        self.timer = timer.map(|t| t.max(now + LEAST));
    }
}

/// Whether a claim may replace another address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overrides {
    Never,
    /// Unless that was taken a moment ago (linux `locktime`): of answers that come together the first counts.
    Unlocked,
    Always,
}

/// What somebody else says of a neighbour.
#[derive(Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) mac: Mac,
    /// [`Nud::Reachable`] where it answers us, else [`Nud::Stale`].
    pub(crate) state: Nud,
    pub(crate) overrides: Overrides,
    /// Where it may not: an entry that was reachable is doubted (RFC 4861 §7.2.5).
    pub(crate) doubts: bool,
    /// An entry is made where there is none.
    pub(crate) creates: bool,
}

/// Where a datagram goes.
pub(crate) enum Hop {
    Known(Mac),
    /// Its frame is to be held until the neighbour has answered.
    Asked,
    /// Nobody can be asked.
    Unknown,
}

impl Ip {
    /// The Ethernet address of the next hop, where nothing has to be done first.
    #[inline]
    pub(crate) fn neighbour(&mut self, iface: usize, hop: IpAddr, now: Instant) -> Option<Mac> {
        let entry = self.ifaces.get_mut(iface)?.neighbours.get_mut(&hop)?;
        match entry.state {
            Nud::Permanent => Some(entry.mac),
            Nud::Reachable | Nud::Delay | Nud::Probe => {
                entry.used = now;
                Some(entry.mac)
            }
            Nud::Stale | Nud::Incomplete | Nud::Failed => None,
        }
    }

    /// The same, where [`Ip::neighbour`] has none (linux `__neigh_event_send`): a stale one is used and will be asked, one
    /// that is not known is asked for, with `src` as the address that asks.
    #[cold]
    #[inline(never)]
    pub(crate) fn event_send(
        &mut self,
        (iface, hop): (usize, IpAddr),
        src: IpAddr,
        settings: &Settings,
        cx: &mut Step,
    ) -> Hop {
        let s = settings.neigh(hop);
        let count = self.entries(hop.is_ipv4());
        let Some(i) = self.ifaces.get_mut(iface).filter(|i| i.arp) else {
            rule!(cx.r, rules::NEIGHBOUR_UNKNOWN, Drop, hop);
            return Hop::Unknown;
        };
        if i.neighbours.get(&hop).is_none() && count >= s.gc_thresh[1] {
            rule!(cx.r, rules::NEIGH_TABLE_FULL, Drop, hop, s.gc_thresh[1]);
            return Hop::Unknown;
        }
        let entry = i.neighbours.entry(hop, Neighbour::new(cx.now));
        entry.used = cx.now;
        match entry.state {
            Nud::Stale => {
                rule!(cx.r, rules::NEIGH_DELAY, Act, hop, s.delay_first_probe);
                entry.enter(Nud::Delay, cx.now, Some(cx.now + s.delay_first_probe));
                let mac = entry.mac;
                self.arm_neighbours(cx);
                Hop::Known(mac)
            }
            Nud::Failed => {
                if s.mcast_solicit == 0 {
                    rule!(cx.r, rules::NEIGHBOUR_UNKNOWN, Drop, hop);
                    return Hop::Unknown;
                }
                // The probes to come are counted together with those that one known would get.
                entry.probes = s.ucast_solicit;
                entry.enter(Nud::Incomplete, cx.now, Some(cx.now + s.retrans));
                rule!(cx.r, rules::NEIGH_INCOMPLETE, Act, hop);
                // linux arp_solicit: what a router forwards is not sent from an address of its own.
                let src = if self.is_ours(src) { Some(src) } else { self.source_on(iface, hop) };
                if let Some(src) = src {
                    self.probe(iface, hop, src, settings, cx);
                }
                self.arm_neighbours(cx);
                Hop::Asked
            }
            Nud::Incomplete => Hop::Asked,
            Nud::Reachable | Nud::Delay | Nud::Probe | Nud::Permanent => Hop::Known(entry.mac),
        }
    }

    /// Keeps a frame until its next hop has answered; the oldest go where there is no room.
    #[cold]
    #[inline(never)]
    pub(crate) fn hold(
        &mut self,
        (iface, hop): (usize, IpAddr),
        (frame, resent): (Bytes, u8),
        settings: &Settings,
        cx: &mut Step,
    ) {
        let limit = settings.neigh(hop).unres_qlen;
        let Some(entry) = self.ifaces.get_mut(iface).and_then(|i| i.neighbours.get_mut(&hop)) else { return };
        let len = frame.len() as u32;
        while entry.octets + len > limit
            && let Some(oldest) = entry.held.pop_front()
        {
            entry.octets -= oldest.frame.len() as u32;
            rule!(cx.r, rules::NEIGH_QUEUE_FULL, Drop, hop, entry.octets, limit);
        }
        if len > limit {
            return;
        }
        entry.octets += len;
        entry.held.push_back(Held { frame, resent });
        rule!(cx.r, rules::NEIGH_HELD, Act, hop, entry.held.len());
    }

    /// What went to the neighbour arrived: TCP's acknowledgments moved on (RFC 4861 §7.3.1).
    pub(crate) fn confirm(&mut self, iface: usize, hop: IpAddr, now: Instant) {
        if let Some(entry) = self.ifaces.get_mut(iface).and_then(|i| i.neighbours.get_mut(&hop)) {
            entry.confirmed = Some(now);
        }
    }

    /// Somebody says what a neighbour's Ethernet address is (linux `neigh_update`).
    pub(crate) fn hear(
        &mut self,
        iface: usize,
        addr: IpAddr,
        claim: Claim,
        settings: &Settings,
        cx: &mut Step,
    ) {
        let (s, now) = (settings.neigh(addr), cx.now);
        let reachable = reachable_time(self.secret, s, addr, now);
        let count = self.entries(addr.is_ipv4());
        let Some(i) = self.ifaces.get_mut(iface) else { return };
        if i.neighbours.get(&addr).is_none() {
            if !claim.creates || count >= s.gc_thresh[1] {
                return;
            }
            i.neighbours.insert(addr, Neighbour::new(now));
        }
        let Some(entry) = i.neighbours.get_mut(&addr) else { return };
        if entry.state == Nud::Permanent {
            rule!(cx.r, rules::NEIGH_PERMANENT, Act, addr, claim.mac);
            return;
        }
        let (old, Claim { mut mac, mut state, .. }) = (entry.state, claim);
        // An answer in time confirms, even where it says nothing new.
        if state == Nud::Reachable {
            entry.confirmed = Some(now);
        }
        let other = old.is_valid() && mac != entry.mac;
        let overrides = match claim.overrides {
            Overrides::Never => false,
            Overrides::Unlocked => now > entry.updated + s.locktime,
            Overrides::Always => true,
        };
        if other && !overrides {
            if !(claim.doubts && old == Nud::Reachable) {
                rule!(cx.r, rules::NEIGH_KEPT, Act, addr, entry.mac, mac);
                return;
            }
            (mac, state) = (entry.mac, Nud::Stale);
        } else if old.is_valid() && !other && state == Nud::Stale {
            state = old;
        }
        if state != old {
            let timer = (state == Nud::Reachable).then_some(now + reachable);
            entry.enter(state, now, timer);
        }
        if other && mac != entry.mac {
            rule!(cx.r, rules::NEIGH_CHANGED, Act, addr, entry.mac, mac);
            entry.updated = now;
            if state != Nud::Reachable {
                entry.confirmed = None;
            }
        } else if state != old {
            rule!(cx.r, rules::NEIGH_LEARNED, Act, addr, mac, state.name());
        }
        entry.mac = mac;
        if !old.is_valid() {
            self.release(iface, addr, cx);
        }
        self.arm_neighbours(cx);
    }

    /// What waited for a neighbour goes to it.
    fn release(&mut self, iface: usize, addr: IpAddr, cx: &mut Step) {
        let Some(i) = self.ifaces.get_mut(iface) else { return };
        let src = i.mac;
        let Some(entry) = i.neighbours.get_mut(&addr) else { return };
        entry.octets = 0;
        for Held { frame, resent } in entry.held.drain(..) {
            let frame = readdress(frame, &Link { dst: entry.mac, src });
            cx.out.frames.push(Sent { iface, frame, resent });
        }
    }

    fn solicitation(&self, iface: usize, hop: IpAddr, src: IpAddr, alone: Option<Mac>) -> Option<Bytes> {
        match (hop, src) {
            (IpAddr::V4(hop), IpAddr::V4(src)) => Some(self.arp_request(iface, hop, src, alone)),
            (IpAddr::V6(hop), IpAddr::V6(src)) => Some(self.neighbour_solicitation(iface, hop, src, alone)),
            _ => None,
        }
    }

    /// Asks for a neighbour: all on the link, or it alone where its address is known.
    fn probe(&mut self, iface: usize, hop: IpAddr, src: IpAddr, settings: &Settings, cx: &mut Step) {
        let s = settings.neigh(hop);
        let Some(entry) = self.ifaces.get_mut(iface).and_then(|i| i.neighbours.get_mut(&hop)) else { return };
        let alone = (entry.probes < s.ucast_solicit && entry.state.is_valid()).then_some(entry.mac);
        entry.probes += 1;
        let (asked, number) = (alone.is_some(), entry.probes);
        if asked {
            rule!(cx.r, rules::NEIGH_PROBED, Act, hop, number, s.ucast_solicit);
        } else {
            rule!(
                cx.r,
                rules::NEIGH_ASKED,
                Act,
                hop,
                number - s.ucast_solicit.min(number - 1),
                s.mcast_solicit
            );
        }
        if let Some(frame) = self.solicitation(iface, hop, src, alone) {
            cx.out.frames.push(Sent { iface, frame, resent: 0 });
        }
    }

    /// An entry's deadline has come (linux `neigh_timer_handler`). Gives what waited for it, where it is given up.
    fn neighbour_timer(
        &mut self,
        iface: usize,
        addr: IpAddr,
        settings: &Settings,
        cx: &mut Step,
    ) -> Vec<Bytes> {
        let (s, now) = (settings.neigh(addr), cx.now);
        let reachable = reachable_time(self.secret, s, addr, now);
        let Some(entry) = self.ifaces.get_mut(iface).and_then(|i| i.neighbours.get_mut(&addr)) else {
            return Vec::new();
        };
        entry.timer = None;
        match entry.state {
            Nud::Reachable if entry.within(now, reachable) => {
                entry.timer = entry.confirmed.map(|c| (c + reachable).max(now + LEAST));
            }
            Nud::Reachable if now <= entry.used + s.delay_first_probe => {
                rule!(cx.r, rules::NEIGH_DELAY, Act, addr, s.delay_first_probe);
                entry.enter(Nud::Delay, now, Some(now + s.delay_first_probe));
            }
            Nud::Reachable => {
                rule!(cx.r, rules::NEIGH_STALE, Act, addr, reachable);
                entry.enter(Nud::Stale, now, None);
            }
            Nud::Delay if entry.within(now, s.delay_first_probe) => {
                rule!(cx.r, rules::NEIGH_CONFIRMED, Act, addr);
                let until = entry.confirmed.map(|c| c + reachable);
                entry.enter(Nud::Reachable, now, until);
            }
            Nud::Delay => {
                entry.probes = 0;
                entry.enter(Nud::Probe, now, Some(now + s.retrans));
            }
            Nud::Incomplete | Nud::Probe => entry.timer = Some(now + s.retrans.max(LEAST)),
            Nud::Stale | Nud::Failed | Nud::Permanent => {}
        }
        let (asks, most) = match entry.state {
            Nud::Incomplete => (true, s.ucast_solicit + s.mcast_solicit),
            Nud::Probe => (true, s.ucast_solicit),
            _ => (false, 0),
        };
        if asks && entry.probes >= most {
            let sent = if entry.state == Nud::Incomplete { s.mcast_solicit } else { s.ucast_solicit };
            rule!(cx.r, rules::NEIGH_FAILED, Act, addr, sent);
            entry.enter(Nud::Failed, now, None);
            entry.octets = 0;
            return entry.held.drain(..).map(|h| h.frame).collect();
        }
        if asks {
            // linux arp_solicit: the address that what waits is sent from, else one of the interface.
            let waits = entry.held.front().and_then(|h| source_of(&h.frame));
            let src = waits.filter(|src| self.is_ours(*src)).or_else(|| self.source_on(iface, addr));
            if let Some(src) = src {
                self.probe(iface, addr, src, settings, cx);
            }
        }
        Vec::new()
    }

    /// Tells the simulator the next deadline of all entries.
    pub(crate) fn arm_neighbours(&mut self, cx: &mut Step) {
        let entries = self.ifaces.iter().flat_map(|i| i.neighbours.values());
        let next = entries.filter_map(|n| n.timer).chain(self.dad_deadline()).chain(self.announces).min();
        if next != self.armed {
            self.armed = next;
            cx.out.timers.push((TimerKey::Neighbour, next));
        }
    }

    /// There is an entry for it.
    pub(crate) fn knows(&self, iface: usize, addr: IpAddr) -> bool {
        self.ifaces.get(iface).is_some_and(|i| i.neighbours.get(&addr).is_some())
    }

    /// Its Ethernet address, as far as known.
    pub(crate) fn mac_of(&self, iface: usize, addr: IpAddr) -> Option<Mac> {
        self.ifaces.get(iface)?.neighbours.get(&addr).filter(|n| n.state.is_valid()).map(|n| n.mac)
    }

    fn entries(&self, v4: bool) -> u32 {
        let of = |i: &crate::ip::Iface| i.neighbours.iter().filter(|(a, _)| a.is_ipv4() == v4).count();
        self.ifaces.iter().map(of).sum::<usize>() as u32
    }

    /// The tables, as ip-neighbour(8) lists them.
    pub(crate) fn neighbours(&self) -> Vec<NeighbourInfo> {
        let of = |(iface, i): (usize, &crate::ip::Iface)| {
            let info = move |(addr, n): (&IpAddr, &Neighbour)| NeighbourInfo {
                iface,
                addr: *addr,
                mac: n.state.is_valid().then_some(n.mac.0),
                state: n.state,
                probes: n.probes,
                waiting: n.held.len() as u32,
                confirmed: n.confirmed,
                updated: n.updated,
                until: n.timer,
            };
            i.neighbours.iter().map(info).collect::<Vec<_>>()
        };
        self.ifaces.iter().enumerate().flat_map(of).collect()
    }
}

impl Host {
    /// Deadlines of entries have come.
    pub(crate) fn neighbours_due(&mut self, cx: &mut Step) {
        self.ip.armed = None;
        let due = |n: &NeighbourInfo| n.until.is_some_and(|t| t <= cx.now);
        let due: Vec<_> = self.ip.neighbours().into_iter().filter(due).map(|n| (n.iface, n.addr)).collect();
        for (iface, addr) in due {
            let lost = self.ip.neighbour_timer(iface, addr, &self.settings, cx);
            if !lost.is_empty() {
                self.explain_failure(addr, cx);
            }
            for frame in lost {
                self.undeliverable(&frame, cx);
            }
        }
        self.announce(cx);
        self.detect_duplicates(cx);
        self.collect_neighbours(cx);
        self.ip.arm_neighbours(cx);
    }

    /// Too many entries: those that nobody has used for a while go (linux `neigh_periodic_work`, which comes by now and
    /// then; here it is when something happens to the table, so that a world comes to its end).
    fn collect_neighbours(&mut self, cx: &mut Step) {
        for v4 in [true, false] {
            let s = *self.settings.neigh_of(v4);
            if self.ip.entries(v4) < s.gc_thresh[0] {
                continue;
            }
            let (now, r) = (cx.now, &mut *cx.r);
            for i in &mut self.ip.ifaces {
                i.neighbours.retain(|addr, n| {
                    let idle = now > n.used.max(n.confirmed.unwrap_or(n.used)) + s.gc_stale;
                    let goes = addr.is_ipv4() == v4
                        && n.timer.is_none()
                        && (n.state == Nud::Failed || n.state == Nud::Stale && idle);
                    if goes {
                        rule!(r, rules::NEIGH_COLLECTED, Act, *addr, s.gc_thresh[0]);
                    }
                    !goes
                });
            }
        }
    }
}

/// A time between half and one and a half of the base, drawn anew every five minutes (RFC 4861 §6.3.2).
fn reachable_time(secret: Secret, s: &NeighSettings, addr: IpAddr, now: Instant) -> Duration {
    let none = IpAddr::from([0u8; 4]);
    let family = FourTuple {
        local: none,
        remote: none,
        local_port: if addr.is_ipv4() { 4 } else { 6 },
        remote_port: 0,
    };
    let chance = u64::from(secret.word(Use::ReachableTime, &family, now.0 / REDRAWN));
    let base = s.base_reachable.0;
    Duration(base / 2 + ((u128::from(base) * u128::from(chance)) >> 32) as u64)
}

/// A frame with other Ethernet addresses, in its place where nobody else has it.
pub(crate) fn readdress(frame: Bytes, link: &Link) -> Bytes {
    let Ok((_, ethertype)) = ethernet::parse(&frame) else { return frame };
    let mut octets = frame.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
    ethernet::emit(link, ethertype, &mut octets);
    octets.freeze()
}

/// The source address of the datagram in a frame.
fn source_of(frame: &Bytes) -> Option<IpAddr> {
    let (_, ethertype) = ethernet::parse(frame).ok()?;
    wire::ip::parse(frame, ethernet::LEN, ethertype).ok().map(|(header, _)| header.addrs.src())
}
