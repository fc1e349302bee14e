//! What `resolver.c` and name servers cannot do in C: messages, and what the host was told of names.

use super::memory::moved;
use super::prelude::Lib;
use super::types::Kind;
use super::{Code, SIGABRT, Trap, machine::Machine};
use crate::address::FIRST_INDEX;
use std::net::{IpAddr, Ipv4Addr};
use wire::dns;

/// What a host knows of names: resolv.conf(5), hosts(5).
#[derive(Clone, Default, Debug)]
pub(crate) struct Names {
    /// Servers, in the order in which they are asked.
    pub(crate) servers: Vec<Ipv4Addr>,
    /// Names that need no asking.
    pub(crate) hosts: Vec<(String, Ipv4Addr)>,
    /// Interfaces, by index.
    pub(crate) ifaces: Vec<String>,
    /// Of the identifications of queries.
    pub(crate) seed: u64,
}

/// services(5), as far as programs here speak them: each by its usual protocol.
const SERVICES: [(&str, i64); 14] = [
    ("echo", 7),
    ("discard", 9),
    ("daytime", 13),
    ("ftp-data", 20),
    ("ftp", 21),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("http", 80),
    ("pop3", 110),
    ("sunrpc", 111),
    ("imap2", 143),
    ("https", 443),
    ("login", 513),
];

/// What `__dns_answer` gives beside a count.
const NOT_OURS: i64 = -1;
const NO_NAME: i64 = -2;
const TRUNCATED: i64 = -4;
const FAILED: i64 = -5;

/// `sizeof (struct dns_record)`, and where its members stand.
const RECORD: i64 = 24;
const TYPE: i64 = 8;
const TTL: i64 = 12;
const DATA: i64 = 16;

impl Machine {
    pub(super) fn resolve(&mut self, code: &Code, lib: Lib, args: &[i64]) -> Result<i64, Trap> {
        let arg = |i: usize| args.get(i).copied().unwrap_or(0);
        Ok(match lib {
            Lib::DnsQuery => match dns::query(arg(0) as u16, &self.name(code, arg(1))?, dns::Kind::A) {
                Ok(message) => self.fits(code, arg(2), arg(3), &message)?,
                Err(_) => 0,
            },
            Lib::DnsAnswer => {
                let reply = self.memory.read(code, arg(0), length(arg(1)))?;
                let answer = dns::answer_of(reply, arg(2) as u16, &self.name(code, arg(3))?, dns::Kind::A);
                self.answer(code, answer, arg(4), arg(5))?
            }
            Lib::DnsReply => {
                let zone = self.zone(code, arg(0), arg(1))?;
                let query = self.memory.read(code, arg(2), length(arg(3)))?;
                let answer = dns::answer(&zone, query, length(arg(5)));
                match answer.map_err(|why| Trap { signal: SIGABRT, why })? {
                    Some(message) => self.fits(code, arg(4), arg(5), &message)?,
                    None => 0,
                }
            }
            Lib::DnsId => {
                self.asked += 1;
                // SplitMix64: what is seen of one says nothing of the next.
                let mut n = self.names.seed ^ u64::from(self.pid) << 32;
                n = n.wrapping_add(u64::from(self.asked).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
                ((n ^ n >> 31) & 0xffff) as i64
            }
            Lib::IsName => dns::query(0, &self.name(code, arg(0))?, dns::Kind::A).is_ok().into(),
            Lib::NameServer => {
                let server = usize::try_from(arg(0)).ok().and_then(|n| self.names.servers.get(n));
                server.map_or(0, |a| u32::from_le_bytes(a.octets()).into())
            }
            Lib::HostEntry => {
                let name = self.name(code, arg(0))?;
                let found = self.names.hosts.iter().find(|(n, _)| n.eq_ignore_ascii_case(&name));
                found.map_or(0, |(_, a)| u32::from_le_bytes(a.octets()).into())
            }
            Lib::IfNameToIndex => {
                let name = self.name(code, arg(0))?;
                let found = self.names.ifaces.iter().position(|n| *n == name);
                found.map_or(0, |i| i as i64 + i64::from(FIRST_INDEX))
            }
            Lib::Service => {
                let name = self.name(code, arg(0))?;
                SERVICES.iter().find(|(n, _)| *n == name).map_or(-1, |(_, port)| *port)
            }
            _ => return Err("this function is not here".into()),
        })
    }

    /// A text as a name; what is no UTF-8 is no name either.
    fn name(&self, code: &Code, at: i64) -> Result<String, Trap> {
        Ok(String::from_utf8_lossy(self.memory.text(code, at)?).into_owned())
    }

    /// Writes a message where there is room for it; gives its length, or 0.
    fn fits(&mut self, code: &Code, to: i64, room: i64, message: &[u8]) -> Result<i64, Trap> {
        if message.len() > length(room) {
            return Ok(0);
        }
        self.memory.write(code, to, message)?;
        Ok(message.len() as i64)
    }

    fn answer(&mut self, code: &Code, answer: Option<dns::Answer>, to: i64, most: i64) -> Result<i64, Trap> {
        let found = match answer {
            None => return Ok(NOT_OURS),
            Some(dns::Answer::NoName) => return Ok(NO_NAME),
            Some(dns::Answer::NoData) => return Ok(0),
            Some(dns::Answer::Truncated) => return Ok(TRUNCATED),
            Some(dns::Answer::Failed(_)) => return Ok(FAILED),
            Some(dns::Answer::Addresses(found)) => found,
        };
        let v4 = found.iter().filter_map(|a| match a {
            IpAddr::V4(a) => Some(a.octets()),
            IpAddr::V6(_) => None,
        });
        let octets: Vec<u8> = v4.take(length(most)).flatten().collect();
        self.memory.write(code, to, &octets)?;
        Ok(octets.len() as i64 / 4)
    }

    fn zone(&self, code: &Code, at: i64, count: i64) -> Result<Vec<dns::Record>, Trap> {
        let record = |n: i64| -> Result<dns::Record, Trap> {
            let at = moved(at, n.saturating_mul(RECORD))?;
            let load = |offset, kind| self.memory.load(code, moved(at, offset)?, kind);
            let number = load(TYPE, Kind::I32)?;
            let kind = u16::try_from(number).ok().and_then(dns::Kind::of).ok_or_else(|| {
                Trap::from(format!("record {n} of the zone has type {number}; there are T_A, T_AAAA, T_CNAME, T_MX, T_NS, T_PTR, T_TXT"))
            })?;
            Ok(dns::Record {
                name: self.name(code, load(0, Kind::U64)?)?,
                kind,
                ttl: load(TTL, Kind::U32)? as u32,
                data: self.name(code, load(DATA, Kind::U64)?)?,
            })
        };
        (0..count.max(0)).map(record).collect()
    }
}

fn length(n: i64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

/// gai_strerror(3), as glibc says it.
pub(super) fn error_text(error: i64) -> &'static str {
    match error {
        0 => "Success",
        -1 => "Bad value for ai_flags",
        -2 => "Name or service not known",
        -3 => "Temporary failure in name resolution",
        -4 => "Non-recoverable failure in name resolution",
        -5 => "No address associated with hostname",
        -6 => "ai_family not supported",
        -7 => "ai_socktype not supported",
        -8 => "Servname not supported for ai_socktype",
        -10 => "Memory allocation failure",
        -11 => "System error",
        _ => "Unknown error",
    }
}
