//! What a connection wants to send becomes frames: over the headers that were made for the segment before, or, where
//! something has changed, by asking for the route and the neighbour anew.

use crate::counters::{Counters, Hot};
use crate::ip::{Ip, Route};
use crate::neigh::Hop;
use crate::settings::Settings;
use crate::sock::{Kind, Sock, WayOut};
use crate::step::Step;
use crate::{Sent, rules};
use bytes::{Bytes, BytesMut};
use tcp::{Connection, Outgoing, State, rule};
use wire::frame::Room;
use wire::usual::Pattern;
use wire::{Link, Mac, Seq, ip};

/// Everything that the connection wants to send becomes frames.
pub(crate) fn transmit(
    sock: &mut Sock,
    net: &mut Ip,
    counters: &mut Counters,
    settings: &Settings,
    room: &mut Room,
    cx: &mut Step,
) {
    let mut way = None;
    while let Kind::Stream(connection) = &mut sock.kind {
        if let Some(known) = &sock.way_out
            && known.generation == net.generation
        {
            while let Some(usual) = connection.poll_usual(cx.now, cx.r) {
                let ids = (sock.ip_ident, usual.ecn);
                sock.ip_ident = sock.ip_ident.wrapping_add(1);
                let write = |out: &mut BytesMut| connection.copy_usual(&usual, out);
                let len = usual.len as usize;
                let frame = wire::frame::emit_tcp_like(room, &known.pattern, ids, &usual.own, len, write);
                launch((known.iface, frame), usual.resent, counters, settings, cx);
            }
        }
        let Some(segment) = connection.poll_transmit(cx.now, cx.r) else { return };
        let found = match way {
            Some(found) => Some(found),
            None => find_way(sock, net, settings, cx),
        };
        let Some((route, mac)) = found else { continue };
        way = found;
        let written = write_anew(sock, net, settings, room, &segment, (&route, mac));
        let Some(frame) = written else { continue };
        if mac.is_none() {
            count_segment(counters, segment.resent);
            net.hold((route.iface, route.hop), (frame, segment.resent), settings, cx);
            continue;
        }
        launch((route.iface, frame), segment.resent, counters, settings, cx);
    }
}

/// A segment's frame leaves by an interface.
#[inline(always)]
fn launch(
    (iface, frame): (usize, Bytes),
    resent: u8,
    counters: &mut Counters,
    settings: &Settings,
    cx: &mut Step,
) {
    count_segment(counters, resent);
    if !settings.tcp.device_full {
        cx.out.frames.push(Sent { iface, frame, resent });
    }
}

/// The route to the peer, and the next hop's address, once that is known. `None`: nothing can be sent.
#[cold]
#[inline(never)]
fn find_way(
    sock: &mut Sock,
    net: &mut Ip,
    settings: &Settings,
    cx: &mut Step,
) -> Option<(Route, Option<Mac>)> {
    let tuple = sock.tuple()?;
    let Kind::Stream(connection) = &sock.kind else { return None };
    let Some(route) = net.route(tuple.remote) else {
        rule!(cx.r, rules::ROUTE_MISSING, Drop, tuple.remote);
        return None;
    };
    if net.asks {
        tell_progress(&mut sock.confirmed, connection, net, &route, cx);
    }
    let mac = match net.neighbour(route.iface, route.hop, cx.now) {
        Some(mac) => Some(mac),
        None => match net.event_send((route.iface, route.hop), tuple.local, settings, cx) {
            Hop::Known(mac) => Some(mac),
            Hop::Asked => None,
            Hop::Unknown => return None,
        },
    };
    Some((route, mac))
}

/// A segment's frame with all its headers, which are kept for the next one where they may be.
#[inline(never)]
fn write_anew(
    sock: &mut Sock,
    net: &Ip,
    settings: &Settings,
    room: &mut Room,
    segment: &Outgoing,
    (route, mac): (&Route, Option<Mac>),
) -> Option<Bytes> {
    let Kind::Stream(connection) = &sock.kind else { return None };
    let tuple = sock.tuple()?;
    let addrs = ip::Addrs::new(tuple.local, tuple.remote)?;
    let mut header = ip::Header::new(addrs, ip::TCP);
    (header.ttl, header.ecn, header.ident) = (settings.default_ttl, segment.ecn, sock.ip_ident);
    header.dont_fragment = settings.network.no_pmtu_disc != 1 && !route.locked;
    if let Some(options) = &sock.options {
        header.ttl = options.ttl().unwrap_or(header.ttl);
        header.dscp = options.tos().unwrap_or(0) >> 2;
        let whole = header.dont_fragment;
        header.dont_fragment = options.path_mtu().map_or(whole, |p| p.dont_fragment(!route.locked));
    }
    sock.ip_ident = sock.ip_ident.wrapping_add(1);
    let link = Link { dst: mac.unwrap_or_default(), src: net.mac(route.iface) };
    let frame = wire::frame::emit_tcp_in(room, &link, &header, &segment.header, segment.len, |out| {
        connection.copy_payload(segment, out);
    });
    // Who asks for its neighbours hears of them again; one that was written down stays.
    if mac.is_some() && !net.asks && segment.header.options.timestamps.is_some() {
        let pattern = Pattern::new(&link, &header, (tuple.local_port, tuple.remote_port));
        let known = |pattern| Box::new(WayOut { iface: route.iface, pattern, generation: net.generation });
        sock.way_out = pattern.map(known);
    }
    Some(frame)
}

fn count_segment(counters: &mut Counters, resent: u8) {
    counters.hot(Hot::IpOutRequests);
    counters.hot(Hot::TcpOutSegs);
    if resent > 0 {
        counters.add("RetransSegs", 1);
    }
}

/// linux `sk_dst_confirm`: what the peer acknowledged anew went by the next hop, so that this is there.
#[cold]
#[inline(never)]
fn tell_progress(confirmed: &mut Option<Seq>, c: &Connection, net: &mut Ip, route: &Route, cx: &Step) {
    let una = c.snd_una();
    if c.state() != State::SynSent && confirmed.replace(una) != Some(una) {
        net.confirm(route.iface, route.hop, cx.now);
    }
}
