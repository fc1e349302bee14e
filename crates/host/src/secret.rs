//! What must not be guessed from outside: initial sequence numbers, ephemeral ports, SYN cookies. All of it
//! comes from SipHash keyed by the host's seed, so that the same timeline gives the same bytes.

use siphasher::sip::SipHasher24;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use tcp::time::{Duration, Instant};
use wire::Seq;

/// A host's secret, and the pseudo-random functions over it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secret(u64);

/// Keeps the uses apart: a port that was seen must not tell anything about a sequence number.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(crate) enum Use {
    Isn = 1,
    Port = 2,
    Cookie = 3,
    CookieCount = 4,
    IpId = 5,
    ReusePort = 6,
    FastOpen = 7,
    ReachableTime = 8,
    DadDelay = 9,
    Nat = 10,
    IsnLeap = 33,
}

/// Both ends of a connection: the key of the table of connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FourTuple {
    pub(crate) local: IpAddr,
    pub(crate) remote: IpAddr,
    pub(crate) local_port: u16,
    pub(crate) remote_port: u16,
}

/// In as few words as there are: each frame is looked up by it.
impl Hash for FourTuple {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match (self.local, self.remote) {
            (IpAddr::V4(l), IpAddr::V4(r)) => {
                state.write_u64(u64::from(l.to_bits()) << 32 | u64::from(r.to_bits()));
            }
            (l, r) => (l, r).hash(state),
        }
        state.write_u32(u32::from(self.local_port) << 16 | u32::from(self.remote_port));
    }
}

/// How initial sequence numbers are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IsnChoice {
    /// RFC 6528 §3: a clock that ticks once in so long, plus a keyed hash of the four-tuple.
    Hashed { tick: Duration },
    /// 4.3BSD: one counter for the whole host, on by 64,000 each half second and each connection.
    Counter,
    /// 4.2BSD: one counter for the whole host, on by 128 each second and by half of that each connection (RFC 1948).
    Slow,
    /// RFC 793 §3.3: a clock for the whole host that ticks each 4 µs, and nothing else.
    Clock,
    /// 4.4BSD: as 4.3BSD, and on by up to 2^18 more, by chance, each connection.
    Random,
}

impl IsnChoice {
    /// The word of the setting `tcp.isn`.
    pub(crate) fn by_name(name: &str) -> Option<IsnChoice> {
        Some(match name {
            "4.2bsd" => IsnChoice::Slow,
            "4.3bsd" => IsnChoice::Counter,
            "4.4bsd" => IsnChoice::Random,
            "rfc793" => IsnChoice::Clock,
            "rfc6528" => IsnChoice::Hashed { tick: Duration::from_micros(4) },
            _ => return None,
        })
    }
}

impl Secret {
    pub(crate) fn new(seed: u64) -> Secret {
        Secret(seed)
    }
    fn hash(self, what: Use, tuple: &FourTuple, extra: u64) -> u64 {
        let mut h = SipHasher24::new_with_keys(self.0, what as u64);
        write_addr(&mut h, tuple.local);
        write_addr(&mut h, tuple.remote);
        h.write_u32(u32::from(tuple.local_port) << 16 | u32::from(tuple.remote_port));
        h.write_u64(extra);
        h.finish()
    }
    /// F of RFC 6528 §3 for this use, 32 bits of it.
    pub(crate) fn word(self, what: Use, tuple: &FourTuple, extra: u64) -> u32 {
        self.hash(what, tuple, extra) as u32
    }
    /// The first identification of datagrams that may be fragmented.
    pub(crate) fn first_ident(self) -> u32 {
        let none = IpAddr::from([0; 4]);
        self.word(Use::IpId, &FourTuple { local: none, remote: none, local_port: 0, remote_port: 0 }, 0)
    }
    /// Where the search for an ephemeral port starts (RFC 6056 §3.3.3: F over all but the port sought).
    pub(crate) fn port_offset(self, local: IpAddr, remote: IpAddr, remote_port: u16) -> u32 {
        self.word(Use::Port, &FourTuple { local, remote, local_port: 0, remote_port }, 0)
    }
    /// The key of Fast Open cookies, where nobody set another.
    pub(crate) fn fast_open_key(self) -> [u8; 16] {
        let none = IpAddr::from([0; 4]);
        let nobody = FourTuple { local: none, remote: none, local_port: 0, remote_port: 0 };
        let half = |n| self.hash(Use::FastOpen, &nobody, n).to_le_bytes();
        let mut key = [0; 16];
        key[..8].copy_from_slice(&half(0));
        key[8..].copy_from_slice(&half(1));
        key
    }
    /// By how much chance moves the counter on for connection `n` (4.4BSD `tcp_random18`).
    pub(crate) fn leap(self, n: u32) -> u32 {
        let none = IpAddr::from([0; 4]);
        let nobody = FourTuple { local: none, remote: none, local_port: 0, remote_port: 0 };
        self.word(Use::IsnLeap, &nobody, n.into()) & 0x3_ffff
    }
    /// ISN = M + F(localip, localport, remoteip, remoteport, secretkey) (RFC 6528 §3).
    /// Of the other ways `connections` counts, this one included; `chance` is the sum of what chance added ([`Secret::leap`]).
    pub(crate) fn isn(
        self,
        choice: IsnChoice,
        tuple: &FourTuple,
        (connections, chance): (u32, u32),
        now: Instant,
    ) -> Seq {
        match choice {
            IsnChoice::Hashed { tick } => Seq((now.0 / tick.0.max(1)) as u32) + self.word(Use::Isn, tuple, 0),
            IsnChoice::Counter | IsnChoice::Random => {
                let halves = (now.as_millis() / 500) as u32;
                Seq(1) + halves.wrapping_add(connections).wrapping_mul(64_000).wrapping_add(chance)
            }
            IsnChoice::Slow => {
                let seconds = (now.as_millis() / 1_000) as u32;
                Seq(1) + seconds.wrapping_mul(128).wrapping_add(connections.wrapping_mul(64))
            }
            IsnChoice::Clock => Seq((now.as_micros() / 4) as u32),
        }
    }
}

fn write_addr(h: &mut SipHasher24, addr: IpAddr) {
    match addr {
        IpAddr::V4(a) => h.write(&a.octets()),
        IpAddr::V6(a) => h.write(&a.octets()),
    }
}
