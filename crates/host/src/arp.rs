//! ARP (RFC 826), as linux `net/ipv4/arp.c` has it.

use crate::ip::{Ip, same_prefix};
use crate::neigh::{Claim, Overrides};
use crate::nud::Nud;
use crate::step::{Refused, Step};
use crate::{Host, Sent, rules};
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use tcp::rule;
use wire::{Link, Mac, arp, ethernet};

impl Ip {
    /// A request for `hop`: to everybody, or to the neighbour that is asked whether it is still there.
    pub(crate) fn arp_request(
        &self,
        iface: usize,
        hop: Ipv4Addr,
        src: Ipv4Addr,
        alone: Option<Mac>,
    ) -> Bytes {
        let mac = self.mac(iface);
        let request = arp::Packet {
            opcode: arp::REQUEST,
            src_mac: mac,
            src_ip: src,
            dst_mac: Mac([0; 6]),
            dst_ip: hop,
        };
        arp::emit(&Link { dst: alone.unwrap_or(Mac::BROADCAST), src: mac }, &request)
    }

    /// An interface without ARP believes whoever asks, once and for all.
    fn learn(&mut self, iface: usize, addr: IpAddr, mac: Mac) {
        if let Some(i) = self.ifaces.get_mut(iface)
            && i.addrs.iter().any(|own| same_prefix(own.ip, addr, own.prefix))
        {
            i.neighbours.insert(addr, crate::neigh::Neighbour::permanent(mac));
        }
    }
}

impl Host {
    /// Who asks for our address is answered and remembered; what others tell each other is taken in where the neighbour is
    /// known already (linux `arp_process`).
    pub(crate) fn arp_arrives(
        &mut self,
        iface: usize,
        link: &Link,
        frame: &Bytes,
        cx: &mut Step,
    ) -> Result<(), Refused> {
        let packet = arp::parse(frame, ethernet::LEN).map_err(|m| self.malformed(m, cx))?;
        let (asked, asker) = (IpAddr::V4(packet.dst_ip), IpAddr::V4(packet.src_ip));
        let ours = self.ip.owner(asked) == Some(iface);
        if !self.ip.resolves(iface) {
            if !ours {
                rule!(cx.r, rules::ARP_IGNORED, Drop, asked);
                return Err(Refused::new(&rules::ARP_IGNORED, packet.dst_ip.to_bits(), 0));
            }
            self.ip.learn(iface, asker, packet.src_mac);
            rule!(cx.r, rules::ARP_LEARNED, Act, asker);
            if packet.opcode == arp::REQUEST {
                self.arp_reply(iface, &packet, cx);
            }
            return Ok(());
        }
        let request = packet.opcode == arp::REQUEST;
        if self.ip.is_ours(asker) {
            // Linux neither believes nor answers this (fib_validate_source); that both are in use is worth a word.
            self.ip.conflict(asker, packet.src_mac);
            rule!(cx.r, rules::ARP_CONFLICT, Act, asker, packet.src_mac);
            return Ok(());
        }
        if ours && request {
            // RFC 5227 §2.1.1: from 0.0.0.0 somebody asks whether the address is free.
            if !asker.is_unspecified() {
                let claim = Claim {
                    mac: packet.src_mac,
                    state: Nud::Stale,
                    overrides: Overrides::Always,
                    doubts: false,
                    creates: true,
                };
                self.ip.hear(iface, asker, claim, &self.settings, cx);
            }
            self.arp_reply(iface, &packet, cx);
            return Ok(());
        }
        let gratuitous = asked == asker;
        let answers_us = packet.opcode == arp::REPLY && !link.dst.is_group();
        let claim = Claim {
            mac: packet.src_mac,
            state: if answers_us { Nud::Reachable } else { Nud::Stale },
            overrides: if gratuitous { Overrides::Always } else { Overrides::Unlocked },
            doubts: false,
            // net.ipv4.conf.all.arp_accept
            creates: gratuitous && self.settings.arp_accept,
        };
        if !answers_us && !self.ip.knows(iface, asker) && !claim.creates {
            rule!(cx.r, rules::ARP_IGNORED, Act, asked);
            return Ok(());
        }
        self.ip.hear(iface, asker, claim, &self.settings, cx);
        Ok(())
    }

    fn arp_reply(&mut self, iface: usize, request: &arp::Packet, cx: &mut Step) {
        let (asked, asker) = (IpAddr::V4(request.dst_ip), IpAddr::V4(request.src_ip));
        rule!(cx.r, rules::ARP_ANSWERED, Answer, asked, asker);
        let mac = self.ip.mac(iface);
        let reply = arp::Packet {
            opcode: arp::REPLY,
            src_mac: mac,
            src_ip: request.dst_ip,
            dst_mac: request.src_mac,
            dst_ip: request.src_ip,
        };
        let frame = arp::emit(&Link { dst: request.src_mac, src: mac }, &reply);
        cx.out.frames.push(Sent { iface, frame, resent: 0 });
    }

    /// Tells the link our addresses without being asked (`arp_notify`; RFC 5227 §3): a request for an address by itself.
    pub(crate) fn announce(&mut self, cx: &mut Step) {
        if self.ip.announces.take().is_none() {
            return;
        }
        for (iface, addr) in self.ip.resolved_addresses() {
            let IpAddr::V4(own) = addr else { continue };
            rule!(cx.r, rules::ARP_ANNOUNCED, Act, addr);
            let frame = self.ip.arp_request(iface, own, own, None);
            cx.out.frames.push(Sent { iface, frame, resent: 0 });
        }
    }
}
