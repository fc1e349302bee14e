//! Ethernet II in its meaningful form.

use crate::layout::ethernet as at;
use crate::problem::{Malformed, Problem};
use std::fmt;
use std::str::FromStr;

/// Octets of the header.
pub const LEN: usize = at::LEN;
/// Every EtherType (ETH_P_ALL, packet(7)).
pub const ALL: u16 = 0x0003;
/// EtherType of IPv4.
pub const IPV4: u16 = 0x0800;
/// EtherType of ARP.
pub const ARP: u16 = 0x0806;
/// EtherType of IPv6.
pub const IPV6: u16 = 0x86dd;

/// A 48-bit address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    /// All stations.
    pub const BROADCAST: Mac = Mac([0xff; 6]);
    /// The group bit is set: broadcast or multicast.
    pub const fn is_group(self) -> bool {
        self.0[0] & 1 != 0
    }
}
impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}
impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
/// The text was not six two-digit hex numbers joined by `:` or `-`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotAMac;
impl FromStr for Mac {
    type Err = NotAMac;
    fn from_str(text: &str) -> Result<Mac, NotAMac> {
        let mut mac = [0; 6];
        let mut parts = text.split([':', '-']);
        for octet in &mut mac {
            let part = parts.next().ok_or(NotAMac)?;
            if part.is_empty() || part.len() > 2 || !part.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Err(NotAMac);
            }
            *octet = u8::from_str_radix(part, 16).map_err(|_| NotAMac)?;
        }
        if parts.next().is_some() { Err(NotAMac) } else { Ok(Mac(mac)) }
    }
}

/// Who sends a frame to whom.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Link {
    /// Destination.
    pub dst: Mac,
    /// Source.
    pub src: Mac,
}

/// Addresses and EtherType of a frame. Errors: [`Problem::EthShort`].
#[inline]
pub fn parse(frame: &[u8]) -> Result<(Link, u16), Malformed> {
    let Some(header) = frame.get(..LEN) else {
        return Err(Malformed::new(Problem::EthShort, frame.len() as u32, LEN as u32));
    };
    let link = Link { dst: Mac(at::DST.array(header)), src: Mac(at::SRC.array(header)) };
    Ok((link, at::TYPE.get(header) as u16))
}

/// Writes the header into the first [`LEN`] octets of `frame`.
#[inline]
pub fn emit(link: &Link, ethertype: u16, frame: &mut [u8]) {
    at::DST.put_octets(frame, &link.dst.0);
    at::SRC.put_octets(frame, &link.src.0);
    at::TYPE.put(frame, ethertype.into());
}
