//! Arguments of calls that are sets of flags.

/// Flags of recv(2).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct RecvFlags {
    /// MSG_PEEK: what is read stays.
    pub peek: bool,
    /// MSG_DONTWAIT: EAGAIN rather than waiting.
    pub dont_wait: bool,
    /// MSG_WAITALL: waits until everything asked for is there, or no more can come.
    pub wait_all: bool,
    /// MSG_TRUNC: what is read is thrown away (tcp(7)).
    pub discard: bool,
    /// MSG_OOB: the octet of urgent data.
    pub urgent: bool,
    /// MSG_ERRQUEUE: the next entry of the error queue, as [`Notice::read`](crate::error_queue::Notice::read) reads it.
    pub error_queue: bool,
}

/// Flags of send(2).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SendFlags {
    /// MSG_MORE: more follows, so a small segment waits.
    pub more: bool,
    /// MSG_EOR: a record ends here.
    pub eor: bool,
    /// MSG_OOB: the last octet is urgent.
    pub urgent: bool,
    /// MSG_DONTWAIT: EAGAIN, or less than everything, rather than waiting.
    pub dont_wait: bool,
    /// MSG_NOSIGNAL: EPIPE comes without SIGPIPE.
    pub no_signal: bool,
    /// MSG_FASTOPEN: connects, with the data in the SYN where a cookie allows it (RFC 7413).
    pub fast_open: bool,
    /// MSG_ZEROCOPY: the buffer is lent; the error queue tells when it is the caller's again.
    pub zerocopy: bool,
    /// The buffer is not there: what would read it ends with EFAULT.
    pub faults: bool,
    /// A control message SO_TIMESTAMPING: bits of [`stamping`](crate::error_queue::stamping) for this write alone.
    pub stamps: Option<u32>,
}

/// Which directions shutdown(2) ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shutdown {
    /// SHUT_RD
    Read,
    /// SHUT_WR
    Write,
    /// SHUT_RDWR
    Both,
}

impl Shutdown {
    /// From the number in the system's headers.
    pub fn from_number(n: i64) -> Option<Shutdown> {
        match n {
            0 => Some(Shutdown::Read),
            1 => Some(Shutdown::Write),
            2 => Some(Shutdown::Both),
            _ => None,
        }
    }
    /// Its name in the system's headers.
    pub const fn name(self) -> &'static str {
        match self {
            Shutdown::Read => "SHUT_RD",
            Shutdown::Write => "SHUT_WR",
            Shutdown::Both => "SHUT_RDWR",
        }
    }
    /// Whether reading ends.
    pub const fn reads(self) -> bool {
        matches!(self, Shutdown::Read | Shutdown::Both)
    }
    /// Whether writing ends.
    pub const fn writes(self) -> bool {
        matches!(self, Shutdown::Write | Shutdown::Both)
    }
}

/// What waits in a socket's queues (ioctl(2) SIOCINQ, SIOCOUTQ, SIOCOUTQNSD), octets.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Queues {
    /// Received in order and not read.
    pub unread: u32,
    /// Written and not acknowledged.
    pub unacked: u32,
    /// Written and not sent.
    pub unsent: u32,
}
