//! Neighbour Discovery for IPv6 (RFC 4861 §7) and duplicate address detection (RFC 4862 §5.4), as linux
//! `net/ipv6/ndisc.c` and `addrconf.c` have them.

use crate::ip::{AddrState, Ip};
use crate::neigh::{Claim, Overrides};
use crate::nud::Nud;
use crate::secret::{FourTuple, Use};
use crate::step::{Refused, Step};
use crate::{Host, Sent, rules};
use bytes::Bytes;
use std::net::{IpAddr, Ipv6Addr};
use std::ops::Range;
use tcp::rule;
use tcp::time::{Duration, Instant};
use wire::ip::{self, Addrs};
use wire::ndisc::{Advertisement, Solicitation};
use wire::{Link, Mac, icmp};

/// Least time before duplicate address detection begins is chance up to this (RFC 4861 §10).
const MAX_RTR_SOLICITATION_DELAY: u64 = 1_000_000_000;
/// RFC 4861 §6.1.1: what comes from farther away than the link has a smaller one.
const HOP_LIMIT: u8 = 255;

/// The group that an address's owner listens to (RFC 4291 §2.7.1).
pub(crate) fn solicited_node(addr: Ipv6Addr) -> Ipv6Addr {
    let [.., a, b, c] = addr.octets();
    Ipv6Addr::from([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c])
}

/// RFC 4291 appendix A: an address on the link from the Ethernet address.
pub(crate) fn link_local(mac: [u8; 6]) -> Ipv6Addr {
    let [a, b, c, d, e, f] = mac;
    Ipv6Addr::from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, a ^ 2, b, c, 0xff, 0xfe, d, e, f])
}

impl Ip {
    /// A solicitation for `hop`: to its group, or to the neighbour that is asked whether it is still there.
    pub(crate) fn neighbour_solicitation(
        &self,
        iface: usize,
        hop: Ipv6Addr,
        src: Ipv6Addr,
        alone: Option<Mac>,
    ) -> Bytes {
        let mac = self.mac(iface);
        let dst = if alone.is_some() { hop } else { solicited_node(hop) };
        let mut header = ip::Header::new(Addrs::V6 { src, dst }, ip::ICMPV6);
        header.ttl = HOP_LIMIT;
        let link = Link { dst: alone.unwrap_or(crate::output::group(dst.into())), src: mac };
        // RFC 4861 §4.3: who has no address yet must not say its Ethernet address.
        let source = (!src.is_unspecified()).then_some(mac);
        wire::ndisc::emit_solicitation(&link, &header, &Solicitation { target: hop, source })
    }

    /// When the next address is to be asked for, or may be used.
    pub(crate) fn dad_deadline(&self) -> Option<Instant> {
        let states = self.ifaces.iter().flat_map(|i| &i.addrs);
        states
            .filter_map(|a| if let AddrState::Tentative { at, .. } = a.state { Some(at) } else { None })
            .min()
    }
}

impl Host {
    /// Addresses of IPv6 are asked for before they are used, where `dad_transmits` says so.
    pub(crate) fn begin_detection(&mut self, cx: &mut Step) {
        let probes = self.settings.dad_transmits;
        if probes > 0 {
            for (iface, addr) in self.ip.resolved_addresses() {
                if addr.is_ipv6() {
                    let key = FourTuple { local: addr, remote: addr, local_port: 0, remote_port: 0 };
                    let chance = u64::from(self.secret.word(Use::DadDelay, &key, 0));
                    let at = cx.now + Duration((chance * MAX_RTR_SOLICITATION_DELAY) >> 32);
                    self.ip.set_state(iface, addr, AddrState::Tentative { probes, at });
                }
            }
        }
        self.ip.arm_neighbours(cx);
    }

    /// Tentative addresses whose time has come are asked for, or are ours where nobody had them.
    pub(crate) fn detect_duplicates(&mut self, cx: &mut Step) {
        let retrans = self.settings.neigh_of(false).retrans;
        for (iface, addr) in self.ip.resolved_addresses() {
            let (IpAddr::V6(own), Some(AddrState::Tentative { probes, at })) =
                (addr, self.ip.state(iface, addr))
            else {
                continue;
            };
            if at > cx.now {
                continue;
            }
            if probes == 0 {
                rule!(cx.r, rules::DAD_PASSED, Act, addr);
                self.ip.set_state(iface, addr, AddrState::Preferred);
                continue;
            }
            rule!(cx.r, rules::DAD_PROBED, Act, addr);
            let next = AddrState::Tentative { probes: probes - 1, at: cx.now + retrans };
            self.ip.set_state(iface, addr, next);
            let frame = self.ip.neighbour_solicitation(iface, own, Ipv6Addr::UNSPECIFIED, None);
            cx.out.frames.push(Sent { iface, frame, resent: 0 });
        }
    }

    /// Somebody else has the address that we wanted (RFC 4862 §5.4.5): it is never used.
    fn duplicate(&mut self, iface: usize, addr: IpAddr, mac: Mac, cx: &mut Step) {
        rule!(cx.r, rules::DAD_FAILED, Act, addr, mac);
        self.ip.set_state(iface, addr, AddrState::Duplicate);
        self.ip.conflict(addr, mac);
        self.ip.arm_neighbours(cx);
    }

    /// A solicitation or an advertisement. `None`: the message is neither.
    pub(crate) fn ndisc_arrives(
        &mut self,
        iface: usize,
        link: &Link,
        header: &ip::Header,
        message: &icmp::Header,
        (frame, rest): (&Bytes, Range<usize>),
        cx: &mut Step,
    ) -> Option<Result<(), Refused>> {
        if !matches!(message.kind, icmp::v6::SOLICITATION | icmp::v6::ADVERTISEMENT) {
            return None;
        }
        let Addrs::V6 { src, dst } = header.addrs else { return None };
        let body = &frame[rest];
        // RFC 4861 §7.1.1, §7.1.2.
        if header.ttl != HOP_LIMIT || message.code != 0 || body.len() < 16 {
            self.count_quietly("Icmp6InErrors");
            rule!(cx.r, rules::ND_INVALID, Drop, header.ttl, message.code);
            return Some(Err(Refused::new(&rules::ND_INVALID, header.ttl.into(), message.code.into())));
        }
        if message.kind == icmp::v6::SOLICITATION {
            self.count_quietly("Icmp6InNeighborSolicits");
            self.solicited(iface, link, (src, dst), &wire::ndisc::solicitation(body), cx);
        } else {
            self.count_quietly("Icmp6InNeighborAdvertisements");
            self.advertised(iface, link, &wire::ndisc::advertisement(message, body), cx);
        }
        Some(Ok(()))
    }

    /// linux `ndisc_recv_ns`
    fn solicited(
        &mut self,
        iface: usize,
        link: &Link,
        (src, dst): (Ipv6Addr, Ipv6Addr),
        asked: &Solicitation,
        cx: &mut Step,
    ) {
        let target = IpAddr::V6(asked.target);
        let (asks_for_itself, many) = (src.is_unspecified(), dst.is_multicast());
        match self.ip.state(iface, target) {
            Some(AddrState::Preferred) => {}
            // Two that want the same address at the same time: neither gets it.
            Some(AddrState::Tentative { .. }) if asks_for_itself => {
                return self.duplicate(iface, target, link.src, cx);
            }
            Some(_) => return,
            None => {
                rule!(cx.r, rules::ND_IGNORED, Act, target);
                return;
            }
        }
        if self.ip.is_ours(src.into()) {
            self.ip.conflict(src.into(), link.src);
            rule!(cx.r, rules::ARP_CONFLICT, Act, IpAddr::V6(src), link.src);
            return;
        }
        if let Some(mac) = asked.source.filter(|_| !asks_for_itself) {
            let claim =
                Claim { mac, state: Nud::Stale, overrides: Overrides::Always, doubts: true, creates: true };
            self.ip.hear(iface, src.into(), claim, &self.settings, cx);
        }
        let to = if asks_for_itself { Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1) } else { src };
        let mac =
            if asks_for_itself { crate::output::group(to.into()) } else { asked.source.unwrap_or(link.src) };
        rule!(cx.r, rules::ND_ANSWERED, Answer, target, IpAddr::V6(to));
        let answer = Advertisement {
            target: asked.target,
            mac: many.then(|| self.ip.mac(iface)),
            // RFC 4861 §4.4: the flag of a router; linux: of who forwards.
            router: self.settings.network.forward_v6,
            solicited: !asks_for_itself,
            overrides: true,
        };
        let mut header = ip::Header::new(Addrs::V6 { src: asked.target, dst: to }, ip::ICMPV6);
        header.ttl = HOP_LIMIT;
        let link = Link { dst: mac, src: self.ip.mac(iface) };
        let frame = wire::ndisc::emit_advertisement(&link, &header, &answer);
        cx.out.frames.push(Sent { iface, frame, resent: 0 });
    }

    /// linux `ndisc_recv_na`
    fn advertised(&mut self, iface: usize, link: &Link, said: &Advertisement, cx: &mut Step) {
        let target = IpAddr::V6(said.target);
        match self.ip.state(iface, target) {
            Some(AddrState::Tentative { .. }) => return self.duplicate(iface, target, link.src, cx),
            Some(_) => {
                self.ip.conflict(target, link.src);
                rule!(cx.r, rules::ARP_CONFLICT, Act, target, link.src);
                return;
            }
            None => {}
        }
        // An answer to one who asked it alone need not say its Ethernet address.
        let Some(mac) = said.mac.or_else(|| self.ip.mac_of(iface, target)) else { return };
        let claim = Claim {
            mac,
            state: if said.solicited { Nud::Reachable } else { Nud::Stale },
            overrides: if said.overrides { Overrides::Always } else { Overrides::Never },
            doubts: true,
            creates: false,
        };
        self.ip.hear(iface, target, claim, &self.settings, cx);
    }
}
