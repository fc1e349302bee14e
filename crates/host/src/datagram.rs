//! Sockets without connections: UDP (udp(7)), ICMP echo and raw IP (icmp(7), raw(7)), whole frames (packet(7)).

use crate::address::{LinkAddr, iface_of};
use crate::flags::RecvFlags;
use crate::sock::{Kind, PortHold};
use crate::sockopt::int;
use crate::step::Step;
use crate::wait::{OK, Progress, Try, errno};
use crate::{Call, Errno, Host, SockId, SocketKind, rules};
use bytes::{BufMut, Bytes, BytesMut};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use tcp::rule;
use wire::{ethernet, ip};

/// What a socket may hold unread, octets (linux `rmem_default`), and what each datagram weighs beside its data.
const RCVBUF: usize = 212_992;
const WEIGHT: usize = 256;

const PACKET_ADD_MEMBERSHIP: i32 = 1;
const PACKET_DROP_MEMBERSHIP: i32 = 2;
const PACKET_MR_PROMISC: [u8; 2] = [1, 0];

/// A socket that takes and sends datagrams.
#[derive(Clone, Debug)]
pub(crate) struct Datagrams {
    pub(crate) what: SocketKind,
    inbox: VecDeque<Arrived>,
    /// What the inbox weighs.
    weight: usize,
    /// Datagrams that came in all: an edge of epoll(7).
    came: u64,
    /// Packet sockets: the interface that it is bound to; none: all.
    pub(crate) iface: Option<usize>,
    /// Packet sockets: interfaces on which it wants every frame (PACKET_MR_PROMISC).
    pub(crate) promiscuous: Vec<usize>,
}

/// A datagram that waits to be read, with its sender as a `struct sockaddr`.
#[derive(Clone, Debug)]
struct Arrived {
    from: Bytes,
    data: Bytes,
}

impl Datagrams {
    pub(crate) fn new(what: SocketKind) -> Datagrams {
        Datagrams { what, inbox: VecDeque::new(), weight: 0, came: 0, iface: None, promiscuous: Vec::new() }
    }
    pub(crate) fn is_empty(&self) -> bool {
        self.inbox.is_empty()
    }
    pub(crate) fn came(&self) -> u64 {
        self.came
    }
    /// Octets that wait to be read.
    pub(crate) fn unread(&self) -> usize {
        self.inbox.iter().map(|a| a.data.len()).sum()
    }
    /// False: there is no room for it.
    fn push(&mut self, from: Bytes, data: Bytes, limit: usize) -> bool {
        if self.weight + data.len() + WEIGHT > limit && !self.inbox.is_empty() {
            return false;
        }
        self.weight += data.len() + WEIGHT;
        self.came += 1;
        self.inbox.push_back(Arrived { from, data });
        true
    }
    fn pop(&mut self, peek: bool) -> Option<Arrived> {
        if peek {
            return self.inbox.front().cloned();
        }
        let arrived = self.inbox.pop_front()?;
        self.weight -= arrived.data.len() + WEIGHT;
        Some(arrived)
    }
    /// Names its interface, whatever the address says.
    fn sees(&self, iface: usize, ethertype: u16) -> bool {
        let SocketKind::Packet(wanted) = self.what else { return false };
        (wanted == ethertype || wanted == ethernet::ALL) && self.iface.is_none_or(|i| i == iface)
    }
}

impl Host {
    /// socket(2) of a socket without connections.
    pub(crate) fn new_datagrams(&mut self, pid: crate::Pid, what: SocketKind, cx: &mut Step) -> Try {
        let made = self.new_descriptor(pid, Kind::Datagrams(Box::new(Datagrams::new(what))), cx);
        if let Try::Done(fd, _) = made
            && let Some(id) = self.socket_of(pid, fd as crate::Fd)
            && !matches!(what, SocketKind::Udp)
        {
            self.raw.push(id);
        }
        made
    }

    pub(crate) fn datagrams(&self, id: SockId) -> Option<&Datagrams> {
        match &self.socks.get(id)?.kind {
            Kind::Datagrams(d) => Some(d),
            _ => None,
        }
    }
    fn datagrams_mut(&mut self, id: SockId) -> Option<&mut Datagrams> {
        match &mut self.socks.get_mut(id)?.kind {
            Kind::Datagrams(d) => Some(d),
            _ => None,
        }
    }

    /// A datagram goes into a socket's inbox, and whoever waits for it goes on. False: there is no room.
    pub(crate) fn put_in(&mut self, id: SockId, from: Bytes, data: Bytes, cx: &mut Step) -> bool {
        let limit = self.socks.get(id).and_then(|s| s.options.as_ref()?.receive_buffer());
        let Some(d) = self.datagrams_mut(id) else { return false };
        if !d.push(from, data, limit.unwrap_or(RCVBUF)) {
            return false;
        }
        self.wake(id, cx);
        true
    }

    /// One try of a call about a socket without connections; none where it is not one, or the call is the same for all.
    pub(crate) fn attempt_on_datagrams(
        &mut self,
        id: SockId,
        call: &Call,
        progress: &Progress,
        cx: &mut Step,
    ) -> Option<Try> {
        self.datagrams(id)?;
        Some(match call {
            Call::Bind { addr, .. } => self.bind_datagrams(id, *addr, cx).into(),
            Call::BindLink { addr, .. } => self.bind_link(id, *addr),
            Call::Connect { addr, .. } => self.connect_datagrams(id, *addr, cx),
            Call::Disconnect { .. } => self.disconnect_datagrams(id),
            Call::GetPeerName { .. } => match self.socks.get(id)? {
                sock if sock.remote.is_some() => Try::Done(0, sock.told(sock.remote)),
                _ => errno("ENOTCONN"),
            },
            Call::Read { len, .. } => self.recv_datagram(id, (*len, RecvFlags::default(), false), progress),
            Call::Recv { len, flags, .. } => self.recv_datagram(id, (*len, *flags, false), progress),
            Call::RecvFrom { len, flags, .. } => self.recv_datagram(id, (*len, *flags, true), progress),
            Call::Write { data, .. } | Call::Send { data, to: None, .. } if self.is_packet(id) => {
                self.send_link(id, data, None, cx)
            }
            Call::Write { data, .. } => self.send_datagram(id, data, None, cx),
            Call::Send { data, to, .. } => self.send_datagram(id, data, *to, cx),
            Call::SendLink { data, to, .. } => self.send_link(id, data, *to, cx),
            Call::Shutdown { how, .. } => self.shutdown_datagrams(id, how.reads(), cx),
            Call::ShutdownWrite { .. } => self.shutdown_datagrams(id, false, cx),
            _ => return None,
        })
    }

    fn is_packet(&self, id: SockId) -> bool {
        self.datagrams(id).is_some_and(|d| matches!(d.what, SocketKind::Packet(_)))
    }

    /// shutdown(2): only a socket that is connected takes it (linux `inet_shutdown`); whoever reads is told of the end.
    fn shutdown_datagrams(&mut self, id: SockId, reads: bool, cx: &mut Step) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        if sock.remote.is_none() {
            return errno("ENOTCONN");
        }
        sock.reading_ended |= reads;
        self.wake(id, cx);
        OK
    }

    /// connect(2) with AF_UNSPEC: it speaks to everybody again (linux `udp_disconnect`).
    fn disconnect_datagrams(&mut self, id: SockId) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        sock.remote = None;
        if sock.port == PortHold::Chosen
            && let Some(local) = &mut sock.local
        {
            let any: IpAddr = if local.is_ipv4() { [0; 4].into() } else { [0; 16].into() };
            local.set_ip(any);
        }
        OK
    }

    /// recv(2), recvfrom(2). `from`: the sender's address stands before the data, one octet of length before it.
    pub(crate) fn recv_datagram(
        &mut self,
        id: SockId,
        (len, flags, from): (usize, RecvFlags, bool),
        progress: &Progress,
    ) -> Try {
        if flags.error_queue {
            return self.sys_recv_error(id, len);
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let waits = !sock.nonblocking && !flags.dont_wait && !progress.timed_out;
        if let Some(error) = sock.error.take() {
            return Try::Errno(error);
        }
        if flags.urgent {
            return errno("EOPNOTSUPP");
        }
        let ended = sock.reading_ended;
        let Some(arrived) = self.datagrams_mut(id).and_then(|d| d.pop(flags.peek)) else {
            return match (ended, waits) {
                (true, _) => OK,
                (_, true) => Try::Wait(id),
                _ => errno("EAGAIN"),
            };
        };
        // The rest of a datagram that is longer is gone; MSG_TRUNC tells its whole length.
        let taken = arrived.data.slice(..len.min(arrived.data.len()));
        let count = if flags.discard { arrived.data.len() } else { taken.len() };
        if !from {
            return Try::Done(count as i64, taken);
        }
        let mut out = BytesMut::with_capacity(1 + arrived.from.len() + taken.len());
        out.put_u8(arrived.from.len() as u8);
        out.extend_from_slice(&arrived.from);
        out.extend_from_slice(&taken);
        Try::Done(count as i64, out.freeze())
    }

    /// send(2), sendto(2).
    pub(crate) fn send_datagram(
        &mut self,
        id: SockId,
        data: &Bytes,
        to: Option<SocketAddr>,
        cx: &mut Step,
    ) -> Try {
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        if let Some(error) = sock.error.take() {
            return Try::Errno(error);
        }
        let Some(to) = to.or(sock.remote) else { return errno("EDESTADDRREQ") };
        let Kind::Datagrams(d) = &sock.kind else { return errno("EBADF") };
        let sent = match d.what {
            SocketKind::Udp => self.send_udp(id, data, to, cx),
            SocketKind::Ping => self.send_ping(id, data, to.ip(), cx),
            SocketKind::Raw(protocol) => self.send_raw(id, protocol, data, to.ip(), cx),
            SocketKind::Packet(_) => Err(Errno("EDESTADDRREQ")),
        };
        match sent {
            Ok(()) => Try::Done(data.len() as i64, Bytes::new()),
            Err(e) => Try::Errno(e),
        }
    }

    /// connect(2): the only one it speaks to from now on.
    pub(crate) fn connect_datagrams(&mut self, id: SockId, to: SocketAddr, cx: &mut Step) -> Try {
        let Some(route) = self.ip.route(to.ip()) else {
            rule!(cx.r, rules::ROUTE_MISSING, Drop, to.ip());
            return errno("ENETUNREACH");
        };
        let Some(sock) = self.socks.get(id) else { return errno("EBADF") };
        let bound = sock.local.map(|l| l.ip()).filter(|ip| !ip.is_unspecified());
        if self.is_udp(id)
            && let Err(e) = self.bind_udp_somewhere(id, to)
        {
            return Try::Errno(e);
        }
        let Some(sock) = self.socks.get_mut(id) else { return errno("EBADF") };
        let port = sock.local.map_or(0, |l| l.port());
        sock.local = Some(SocketAddr::new(bound.unwrap_or(route.src), port));
        sock.remote = Some(to);
        if sock.ip_ident == 0 {
            let ident = self.socks.get(id).map_or(0, |s| self.first_ident(s));
            if let Some(sock) = self.socks.get_mut(id) {
                sock.ip_ident = ident;
            }
        }
        OK
    }

    pub(crate) fn is_udp(&self, id: SockId) -> bool {
        self.datagrams(id).is_some_and(|d| d.what == SocketKind::Udp)
    }

    /// bind(2) of a packet socket. Errors: ENODEV.
    pub(crate) fn bind_link(&mut self, id: SockId, addr: LinkAddr) -> Try {
        let most = self.config.ifaces.len();
        let Some(d) = self.datagrams_mut(id) else { return errno("EINVAL") };
        let SocketKind::Packet(protocol) = &mut d.what else { return errno("EAFNOSUPPORT") };
        if addr.iface.is_some_and(|i| i >= most) {
            return errno("ENODEV");
        }
        if addr.protocol != 0 {
            *protocol = addr.protocol;
        }
        d.iface = addr.iface;
        OK
    }

    /// sendto(2) of a packet socket: a whole frame, as it is. Errors: ENXIO, EMSGSIZE, EINVAL.
    pub(crate) fn send_link(&mut self, id: SockId, data: &Bytes, to: Option<LinkAddr>, cx: &mut Step) -> Try {
        let Some(d) = self.datagrams(id) else { return errno("EINVAL") };
        if !matches!(d.what, SocketKind::Packet(_)) {
            return errno("EAFNOSUPPORT");
        }
        let iface = to.and_then(|a| a.iface).or(d.iface);
        let Some(iface) = iface.filter(|i| *i < self.config.ifaces.len()) else { return errno("ENXIO") };
        if data.len() < ethernet::LEN {
            return errno("EINVAL");
        }
        if data.len() > ethernet::LEN + usize::from(self.config.ifaces[iface].mtu) {
            return errno("EMSGSIZE");
        }
        rule!(cx.r, rules::FRAME_BY_HAND, Act, iface, data.len());
        self.put_on_link(iface, data.clone(), cx);
        Try::Done(data.len() as i64, Bytes::new())
    }

    /// packet(7): a `struct packet_mreq` of PACKET_MR_PROMISC.
    pub(crate) fn set_membership(&mut self, id: SockId, number: i32, value: &Bytes) -> Try {
        let on = match number {
            PACKET_ADD_MEMBERSHIP => true,
            PACKET_DROP_MEMBERSHIP => false,
            _ => return errno("ENOPROTOOPT"),
        };
        let (Some(index), Some(kind)) = (int(value, 0), value.get(4..6)) else { return errno("EINVAL") };
        let Some(iface) = iface_of(index).filter(|_| kind == PACKET_MR_PROMISC) else {
            return errno("EINVAL");
        };
        self.set_promiscuous(id, iface, on).map_err(Errno).into()
    }

    /// PACKET_ADD_MEMBERSHIP and PACKET_DROP_MEMBERSHIP of PACKET_MR_PROMISC.
    pub(crate) fn set_promiscuous(&mut self, id: SockId, iface: usize, on: bool) -> Result<(), &'static str> {
        if iface >= self.config.ifaces.len() {
            return Err("ENODEV");
        }
        let d = self.datagrams_mut(id).ok_or("ENOPROTOOPT")?;
        d.promiscuous.retain(|i| *i != iface);
        if on {
            d.promiscuous.push(iface);
        }
        Ok(())
    }

    /// Every packet socket that wants a frame gets it: those for us, and all where somebody is promiscuous. Called where
    /// there are raw sockets at all.
    #[cold]
    #[inline(never)]
    pub(crate) fn tap(&mut self, iface: usize, frame: &Bytes, ours: bool, cx: &mut Step) {
        let Ok((link, ethertype)) = ethernet::parse(frame) else { return };
        let from = LinkAddr::of_frame(iface, ethertype, &link, ours);
        let promiscuous =
            self.raw.iter().any(|&id| self.datagrams(id).is_some_and(|d| d.promiscuous.contains(&iface)));
        if !ours && !promiscuous {
            return;
        }
        for id in self.raw.clone() {
            if self.datagrams(id).is_some_and(|d| d.sees(iface, ethertype)) {
                self.put_in(id, from.octets(), frame.clone(), cx);
            }
        }
    }

    /// Every raw socket that wants a datagram for us gets it whole, header and all; ping sockets get echo replies with their
    /// identification (raw(7), icmp(7)). Whether any took it.
    #[cold]
    #[inline(never)]
    pub(crate) fn tap_ip(
        &mut self,
        header: &ip::Header,
        datagram: &Bytes,
        behind: usize,
        cx: &mut Step,
    ) -> bool {
        let mut taken = false;
        let from = SocketAddr::new(header.addrs.src(), 0);
        let message = datagram.slice(behind..);
        for id in self.raw.clone() {
            let Some(sock) = self.socks.get(id) else { continue };
            let Kind::Datagrams(d) = &sock.kind else { continue };
            let fits = |end: Option<SocketAddr>, addr: IpAddr| {
                end.is_none_or(|e| e.ip().is_unspecified() || e.ip() == addr)
            };
            if !fits(sock.local, header.addrs.dst()) || !fits(sock.remote, header.addrs.src()) {
                continue;
            }
            let data = match d.what {
                SocketKind::Raw(protocol) if protocol == header.protocol => datagram.clone(),
                SocketKind::Ping if is_echo_reply(header, &message, sock.local.map_or(0, |l| l.port())) => {
                    message.clone()
                }
                _ => continue,
            };
            taken |= {
                let from = sock.told(Some(from));
                self.put_in(id, from, data, cx)
            };
        }
        taken
    }

    /// A socket without connections is nobody's any more.
    pub(crate) fn forget_datagrams(&mut self, id: SockId) {
        self.raw.retain(|other| *other != id);
        let port = self.socks.get(id).and_then(|s| s.local).map(|l| l.port());
        if let Some(port) = port
            && let Some(all) = self.udp.get_mut(&port)
        {
            all.retain(|other| *other != id);
            if all.is_empty() {
                self.udp.remove(&port);
            }
        }
        if let Some(sock) = self.socks.get_mut(id) {
            sock.port = PortHold::None;
        }
    }
}

/// An answer to a ping socket's question: its identification is the socket's port.
fn is_echo_reply(header: &ip::Header, message: &[u8], ident: u16) -> bool {
    let kind = match header.protocol {
        ip::ICMP => wire::icmp::v4::ECHO_REPLY,
        ip::ICMPV6 => wire::icmp::v6::ECHO_REPLY,
        _ => return false,
    };
    message.first() == Some(&kind) && message.get(4..6) == Some(&ident.to_be_bytes()[..])
}
