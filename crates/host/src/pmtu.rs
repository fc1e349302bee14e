//! What is known of the MTU of paths (RFC 1191, RFC 8201; linux fib_nh_exception).

use crate::ip::PathMtu;
use crate::sock::Kind;
use crate::step::Step;
use crate::{Host, SockId, TimerKey, rules};
use std::net::IpAddr;
use tcp::rule;

/// IPv6 has no smaller links (RFC 8200 §5).
const LEAST_V6: u32 = 1280;
/// linux IPv4 and TCP headers, IPv6 and TCP headers, octets.
const HEADERS: [u16; 2] = [40, 60];

impl Host {
    /// The path to `dst` takes datagrams of `mtu` octets and no more. Gives what of it is believed.
    pub(crate) fn learn_path_mtu(&mut self, dst: IpAddr, mtu: u32, cx: &mut Step) -> u32 {
        let least = if dst.is_ipv4() { self.settings.network.min_pmtu } else { LEAST_V6 };
        // RFC 1191 §5 has a table for routers that do not say; the least of it will do.
        let (locked, mtu) = (dst.is_ipv4() && mtu < least, mtu.max(least));
        let Some(route) = self.ip.route(dst).filter(|r| mtu < r.mtu.into()) else { return mtu };
        let until = cx.now + self.settings.network.mtu_expires;
        rule!(cx.r, rules::PATH_MTU_LEARNED, Act, dst, route.mtu, mtu, self.settings.network.mtu_expires);
        self.ip.path_mtus.insert(dst, PathMtu { mtu: mtu as u16, locked, until });
        self.ip.generation += 1;
        self.arm_path_mtus(cx);
        mtu
    }

    fn arm_path_mtus(&self, cx: &mut Step) {
        let first = self.ip.path_mtus.values().map(|path| path.until).min();
        cx.out.timers.push((TimerKey::PathMtu, first));
    }

    /// RFC 1191 §6.3: what was learned long ago is tried again. Connections go back to the MTU of the link.
    pub(crate) fn path_mtus_expire(&mut self, cx: &mut Step) {
        let over: Vec<IpAddr> =
            self.ip.path_mtus.iter().filter(|(_, path)| path.until <= cx.now).map(|(dst, _)| *dst).collect();
        for dst in over {
            self.ip.path_mtus.remove(&dst);
            self.ip.generation += 1;
            let Some(route) = self.ip.route(dst) else { continue };
            rule!(cx.r, rules::PATH_MTU_EXPIRED, Act, dst, route.mtu);
            let mss = route.mtu.saturating_sub(HEADERS[usize::from(dst.is_ipv6())]);
            let of_path = |s: &&crate::sock::Sock| s.tuple().is_some_and(|t| t.remote == dst);
            let ids: Vec<SockId> = self.socks.iter().filter(of_path).map(|s| s.id).collect();
            for id in ids {
                if let Some(sock) = self.socks.get_mut(id)
                    && let Kind::Stream(c) = &mut sock.kind
                {
                    c.path_grows(mss, cx.r);
                    self.settle(id, cx);
                }
            }
        }
        self.arm_path_mtus(cx);
    }
}
