//! Any call, near to what makes sense.

use super::choices::Choices;
use bytes::Bytes;
use host::{Call, RecvFlags, SendFlags, Shutdown, SocketKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use tcp::time::Duration;

/// Level and name of options, every one that the host knows and one that it does not.
const OPTIONS: [(i32, i32); 39] = [
    (1, 2),
    (1, 7),
    (1, 8),
    (1, 9),
    (1, 10),
    (1, 13),
    (1, 15),
    (1, 18),
    (1, 20),
    (1, 21),
    (1, 37),
    (1, 60),
    (1, 4),
    (6, 1),
    (6, 2),
    (6, 3),
    (6, 4),
    (6, 5),
    (6, 6),
    (6, 7),
    (6, 8),
    (6, 9),
    (6, 10),
    (6, 12),
    (6, 13),
    (6, 18),
    (6, 23),
    (6, 25),
    (6, 30),
    (6, 33),
    (6, 34),
    (6, 36),
    (6, 44),
    (0, 10),
    (0, 11),
    (0, 24),
    (0, 51),
    (41, 26),
    (99, 99),
];

/// A descriptor: those that a shell has are given out from 3.
fn fd(c: &mut Choices) -> i32 {
    c.below(9) as i32 + 2
}

/// An address of host `peer`, of this one, of nobody, of everybody.
fn addr(c: &mut Choices, peer: u8) -> SocketAddr {
    let bits = c.u8();
    let port = [0, 80, 80, 81][usize::from(bits >> 6)];
    let n = [peer, peer, 3 - peer, 9][usize::from(bits >> 4 & 3)];
    match bits & 7 {
        0..=3 => (Ipv4Addr::new(10, 0, 0, n), port).into(),
        4 => (Ipv4Addr::UNSPECIFIED, port).into(),
        5 => (Ipv4Addr::LOCALHOST, port).into(),
        6 => (Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, n.into()), port).into(),
        _ => (Ipv6Addr::UNSPECIFIED, port).into(),
    }
}

fn data(c: &mut Choices) -> Bytes {
    let len = match c.u8() {
        short @ 0..200 => usize::from(short),
        long => usize::from(long - 199) * 1_000,
    };
    Bytes::from(vec![7; len])
}

fn send_flags(c: &mut Choices) -> SendFlags {
    let bits = c.u16();
    let bit = |n: u32| bits >> n & 1 == 1;
    SendFlags {
        more: bit(0) && bit(8),
        eor: bit(1) && bit(9),
        urgent: bit(2) && bit(10),
        dont_wait: bit(3),
        no_signal: true,
        fast_open: bit(4),
        zerocopy: bit(5) && bit(11),
        faults: bit(6) && bit(12) && bit(13),
        stamps: (bit(7) && bit(14)).then_some(u32::from(bits)),
    }
}

fn recv_flags(c: &mut Choices) -> RecvFlags {
    let bits = c.u8();
    let bit = |n: u32| bits >> n & 1 == 1;
    RecvFlags {
        peek: bit(0) && bit(1),
        dont_wait: bit(2),
        wait_all: bit(3) && bit(4),
        discard: bit(5),
        urgent: bit(6) && bit(1),
        error_queue: bit(7) && bit(4),
    }
}

fn timeout(c: &mut Choices) -> Option<Duration> {
    let ms = u64::from(c.u8());
    (ms < 250).then(|| Duration::from_millis(ms))
}

fn without_connection(c: &mut Choices) -> SocketKind {
    match c.u8() % 8 {
        0..=3 => SocketKind::Udp,
        4 => SocketKind::Ping,
        5 => SocketKind::Raw([6, 17, 1, 255][c.below(4)]),
        6 => SocketKind::Raw(c.u8()),
        _ => SocketKind::Packet([3, 0x0800, 0x0806, 0x86dd][c.below(4)]),
    }
}

/// A call of a host whose peer is host `peer`.
pub(super) fn choose(c: &mut Choices, peer: u8) -> Call {
    match c.u8() % 40 {
        0..=3 => Call::Socket,
        4 => Call::NonblockingSocket,
        5 => Call::DatagramSocket { what: without_connection(c), nonblocking: c.flag() },
        6 => Call::Inet6Socket { what: c.flag().then(|| without_connection(c)), nonblocking: c.flag() },
        7..=8 => Call::Bind { fd: fd(c), addr: addr(c, 3 - peer) },
        9..=10 => Call::Listen { fd: fd(c), backlog: i32::from(c.u8() as i8) / 16 },
        11 => Call::Accept { fd: fd(c) },
        12 => Call::Accept4 { fd: fd(c), nonblocking: c.flag(), peer: c.flag() },
        13..=15 => Call::Connect { fd: fd(c), addr: addr(c, peer) },
        16 => Call::Disconnect { fd: fd(c) },
        17 => Call::Read { fd: fd(c), len: c.u16().into() },
        18..=19 => Call::Write { fd: fd(c), data: data(c) },
        20 => Call::Recv { fd: fd(c), len: c.u16().into(), flags: recv_flags(c) },
        21 => Call::RecvFrom { fd: fd(c), len: c.u16().into(), flags: recv_flags(c) },
        22..=24 => {
            Call::Send { fd: fd(c), data: data(c), flags: send_flags(c), to: c.flag().then(|| addr(c, peer)) }
        }
        25 => {
            Call::Shutdown { fd: fd(c), how: [Shutdown::Read, Shutdown::Write, Shutdown::Both][c.below(3)] }
        }
        26..=28 => {
            let (level, name) = OPTIONS[c.below(OPTIONS.len())];
            let len = [4, 4, 4, 8, 16, 1, 0, 32][c.below(8)];
            let mut value = vec![0; len];
            value.iter_mut().take(5).for_each(|octet| *octet = c.u8());
            if c.flag() {
                // A small number.
                value.iter_mut().skip(1).for_each(|octet| *octet = 0);
            }
            Call::SetSockOpt { fd: fd(c), level, name, value: value.into() }
        }
        29 => {
            let (level, name) = OPTIONS[c.below(OPTIONS.len())];
            Call::GetSockOpt { fd: fd(c), level, name }
        }
        30..=31 => Call::Close { fd: fd(c) },
        32 => Call::Dup { fd: fd(c) },
        33 => Call::Poll { fds: (0..c.below(4)).map(|_| (fd(c), c.u16())).collect(), timeout: timeout(c) },
        34 => Call::EpollCreate,
        35 => Call::EpollCtl {
            epfd: fd(c),
            op: c.below(4) as i32,
            fd: fd(c),
            events: c.u32(),
            data: c.u8().into(),
        },
        36 => Call::EpollWait { epfd: fd(c), most: c.below(5), timeout: timeout(c) },
        37 => Call::SetNonblocking { fd: fd(c), on: c.flag() },
        38 => [Call::GetSockName { fd: fd(c) }, Call::GetPeerName { fd: fd(c) }][c.below(2)].clone(),
        _ => {
            [Call::GetFlags { fd: fd(c) }, Call::Sleep { time: Duration::from_millis(5) }, Call::ClockGetTime]
                [c.below(3)]
            .clone()
        }
    }
}
