//! Neighbour Solicitation and Advertisement (RFC 4861 §4.3, §4.4) in their meaningful form.

use crate::ethernet::{Link, Mac};
use crate::{icmp, ip};
use bytes::Bytes;
use std::net::Ipv6Addr;

/// Options (RFC 4861 §4.6.1).
const SOURCE_LINK_LAYER: u8 = 1;
const TARGET_LINK_LAYER: u8 = 2;
/// Flags of an advertisement, in the message's second word.
const ROUTER: u32 = 1 << 31;
const SOLICITED: u32 = 1 << 30;
const OVERRIDE: u32 = 1 << 29;

/// Who has `target`?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Solicitation {
    /// The address asked for.
    pub target: Ipv6Addr,
    /// Ethernet address of who asks.
    pub source: Option<Mac>,
}

/// I have `target`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Advertisement {
    /// The address spoken of.
    pub target: Ipv6Addr,
    /// Its Ethernet address.
    pub mac: Option<Mac>,
    /// R: it forwards.
    pub router: bool,
    /// S: it was asked.
    pub solicited: bool,
    /// O: what others know is to be replaced.
    pub overrides: bool,
}

/// Reads what follows the ICMPv6 header; a target that is not whole reads as `::`.
pub fn solicitation(body: &[u8]) -> Solicitation {
    Solicitation { target: target(body), source: link_layer(body, SOURCE_LINK_LAYER) }
}

/// Reads the header's flags and what follows it; see [`solicitation`].
pub fn advertisement(header: &icmp::Header, body: &[u8]) -> Advertisement {
    let has = |flag: u32| header.rest & flag != 0;
    Advertisement {
        target: target(body),
        mac: link_layer(body, TARGET_LINK_LAYER),
        router: has(ROUTER),
        solicited: has(SOLICITED),
        overrides: has(OVERRIDE),
    }
}

/// The frame of a solicitation.
pub fn emit_solicitation(link: &Link, ip: &ip::Header, m: &Solicitation) -> Bytes {
    emit(link, ip, (icmp::v6::SOLICITATION, 0), m.target, m.source.map(|mac| (SOURCE_LINK_LAYER, mac)))
}

/// The frame of an advertisement.
pub fn emit_advertisement(link: &Link, ip: &ip::Header, m: &Advertisement) -> Bytes {
    let flag = |on: bool, flag: u32| if on { flag } else { 0 };
    let flags = flag(m.router, ROUTER) | flag(m.solicited, SOLICITED) | flag(m.overrides, OVERRIDE);
    emit(link, ip, (icmp::v6::ADVERTISEMENT, flags), m.target, m.mac.map(|mac| (TARGET_LINK_LAYER, mac)))
}

fn emit(
    link: &Link,
    ip: &ip::Header,
    (kind, rest): (u8, u32),
    target: Ipv6Addr,
    option: Option<(u8, Mac)>,
) -> Bytes {
    let header = icmp::Header { kind, code: 0, rest };
    crate::frame::emit_icmp(link, ip, &header, 24, |out| {
        out.extend_from_slice(&target.octets());
        if let Some((kind, mac)) = option {
            // Length counts in units of 8 octets.
            out.extend_from_slice(&[kind, 1]);
            out.extend_from_slice(&mac.0);
        }
    })
}

fn target(body: &[u8]) -> Ipv6Addr {
    body.first_chunk::<16>().map_or(Ipv6Addr::UNSPECIFIED, |octets| Ipv6Addr::from(*octets))
}

/// The Ethernet address in the first option of this kind.
fn link_layer(body: &[u8], kind: u8) -> Option<Mac> {
    let mut options = body.get(16..)?;
    loop {
        let [found, units, ..] = *options else { return None };
        // RFC 4861 §4.6: an option of no length makes the rest unreadable.
        let len = usize::from(units) * 8;
        let option = options.get(..len).filter(|o| !o.is_empty())?;
        if found == kind {
            return option.get(2..8)?.try_into().ok().map(Mac);
        }
        options = &options[len..];
    }
}
