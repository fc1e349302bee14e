//! What waits in the queue.

use host::{Pid, SockId, TimerKey};

/// What waits in the queue. Whether it still counts is known where it belongs: see [`World::is_live`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    Arrival {
        slot: u32,
    },
    Timer {
        node: u16,
        key: TimerKey,
    },
    Process {
        node: u16,
        pid: Pid,
    },
    Flood {
        flood: u16,
    },
    /// The next frame of a queue that is managed at its end.
    Link {
        link: u16,
        port: u16,
    },
}

/// An event as one number, which the queue moves about in a register.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Coded(u64);

impl Event {
    /// As a number: its kind in the lowest octet, two octets, four octets.
    #[inline(always)]
    pub(crate) fn code(self) -> Coded {
        let (kind, short, long) = match self {
            Event::Arrival { slot } => (0, 0, slot),
            Event::Process { node, pid } => (1, node, pid.0),
            Event::Flood { flood } => (2, flood, 0),
            Event::Link { link, port } => (3, link, port.into()),
            Event::Timer { node, key } => match key {
                TimerKey::Sock(id) => (4, node, id.0),
                TimerKey::Process(pid) => (5, node, pid.0),
                TimerKey::Neighbour => (6, node, 0),
                TimerKey::Reassembly => (7, node, 0),
                TimerKey::PathMtu => (8, node, 0),
                TimerKey::Nat => (9, node, 0),
            },
        };
        Coded(u64::from(long) << 32 | u64::from(short) << 16 | kind)
    }
}

impl Coded {
    /// What it stands for.
    #[inline(always)]
    pub(crate) fn event(self) -> Event {
        let (short, long) = ((self.0 >> 16) as u16, (self.0 >> 32) as u32);
        let timer = |key| Event::Timer { node: short, key };
        match self.0 as u8 {
            0 => Event::Arrival { slot: long },
            1 => Event::Process { node: short, pid: Pid(long) },
            2 => Event::Flood { flood: short },
            3 => Event::Link { link: short, port: long as u16 },
            4 => timer(TimerKey::Sock(SockId(long))),
            5 => timer(TimerKey::Process(Pid(long))),
            6 => timer(TimerKey::Neighbour),
            7 => timer(TimerKey::Reassembly),
            8 => timer(TimerKey::PathMtu),
            _ => timer(TimerKey::Nat),
        }
    }
}
