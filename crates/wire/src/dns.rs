//! Names and addresses (RFC 1034, RFC 1035): what a stub resolver asks and makes of answers, what a server answers from
//! its records, and a message in one line. The wire format is `simple-dns`'s.

use simple_dns::rdata::{self, RData};
use simple_dns::{
    CLASS, CharacterString, Name, OPCODE, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, ResourceRecord,
    SimpleDnsError, TYPE,
};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where servers listen, UDP and TCP.
pub const PORT: u16 = 53;
/// Octets of the longest message over UDP without EDNS (RFC 1035 §4.2.1).
pub const UDP_MAX: usize = 512;
/// Octets of what stands before the questions (RFC 1035 §4.1.1).
const HEADER: usize = 12;
/// Aliases that are followed one after the other.
const CHAIN_MAX: usize = 8;

/// Types of records that a zone may hold (RFC 1035 §3.2.2, RFC 3596).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    A = 1,
    Ns = 2,
    Cname = 5,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
}

impl Kind {
    /// By its number on the wire; none for types that zones here do not hold.
    pub fn of(number: u16) -> Option<Kind> {
        [Kind::A, Kind::Ns, Kind::Cname, Kind::Ptr, Kind::Mx, Kind::Txt, Kind::Aaaa]
            .into_iter()
            .find(|kind| *kind as u16 == number)
    }
}

/// A record of a zone, its data as a master file writes it: `192.0.2.1`, `mail.example.`, `10 mail.example.`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Owner; the dot at its end may be left out.
    pub name: String,
    /// Type.
    pub kind: Kind,
    /// Time to live, seconds.
    pub ttl: u32,
    /// Data, as text.
    pub data: String,
}

/// What came back for a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Addresses of the name, aliases followed.
    Addresses(Vec<IpAddr>),
    /// There is no such name (NXDOMAIN).
    NoName,
    /// The name has no address of this family.
    NoData,
    /// More than fits into a datagram: ask again over TCP (RFC 1035 §4.2.1, RFC 7766).
    Truncated,
    /// The server could or would not answer: its RCODE.
    Failed(u8),
}

/// A query for the records of one type, recursion desired (RFC 1035 §4.1).
///
/// # Errors
/// A sentence, where `name` is no domain name (RFC 1035 §2.3.4: labels of 63 octets, 255 in all).
pub fn query(id: u16, name: &str, kind: Kind) -> Result<Vec<u8>, String> {
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = domain(name)?;
    packet.questions.push(Question::new(name, question_type(kind), CLASS::IN.into(), false));
    packet.build_bytes_vec().map_err(|e| e.to_string())
}

/// Reads the reply to a [`query`]. None: it is no reply to it, and a resolver goes on waiting (RFC 5452 §9.1).
pub fn answer_of(reply: &[u8], id: u16, name: &str, kind: Kind) -> Option<Answer> {
    let packet = Packet::parse(reply).ok()?;
    let asked = domain(name).ok()?;
    let question = packet.questions.first()?;
    if packet.id() != id
        || !packet.has_flags(PacketFlag::RESPONSE)
        || !same(&question.qname, &asked)
        || question.qtype != question_type(kind)
    {
        return None;
    }
    if packet.has_flags(PacketFlag::TRUNCATION) {
        return Some(Answer::Truncated);
    }
    Some(match packet.rcode() {
        RCODE::NoError => addresses(&packet, &asked, kind),
        RCODE::NameError => Answer::NoName,
        other => Answer::Failed(code(other)),
    })
}

/// The addresses of `asked` among the answers, through its aliases.
fn addresses(packet: &Packet, asked: &Name, kind: Kind) -> Answer {
    let mut owner = asked.clone();
    for _ in 0..CHAIN_MAX {
        let alias = packet.answers.iter().find_map(|r| match &r.rdata {
            RData::CNAME(to) if same(&r.name, &owner) => Some(to.0.clone()),
            _ => None,
        });
        match alias {
            Some(to) => owner = to,
            None => break,
        }
    }
    let found =
        packet.answers.iter().filter(|r| same(&r.name, &owner)).filter_map(|r| match (&r.rdata, kind) {
            (RData::A(a), Kind::A) => Some(IpAddr::V4(Ipv4Addr::from(a.address))),
            (RData::AAAA(a), Kind::Aaaa) => Some(IpAddr::V6(Ipv6Addr::from(a.address))),
            _ => None,
        });
    let found: Vec<IpAddr> = found.collect();
    if found.is_empty() { Answer::NoData } else { Answer::Addresses(found) }
}

/// What an authoritative server answers to `query` from its records, in at most `room` octets (RFC 1034 §4.3.2, without
/// delegations): whole records are left out where there is no room for all, and the reply says so. None: what came is no
/// query, and nothing is answered.
///
/// # Errors
/// A sentence, where a record is none.
pub fn answer(records: &[Record], query: &[u8], room: usize) -> Result<Option<Vec<u8>>, String> {
    let Ok(asked) = Packet::parse(query) else { return Ok(malformed(query)) };
    if asked.has_flags(PacketFlag::RESPONSE) {
        return Ok(None);
    }
    let desired = asked.has_flags(PacketFlag::RECURSION_DESIRED);
    let opcode = asked.opcode();
    let mut reply = asked.clone().into_reply();
    (reply.name_servers, reply.additional_records) = (Vec::new(), Vec::new());
    if desired {
        reply.set_flags(PacketFlag::RECURSION_DESIRED);
    }
    let question = asked.questions.first();
    match question {
        _ if opcode != OPCODE::StandardQuery => *reply.rcode_mut() = RCODE::NotImplemented,
        None => *reply.rcode_mut() = RCODE::FormatError,
        Some(q) if q.qclass != QCLASS::CLASS(CLASS::IN) && q.qclass != QCLASS::ANY => {
            *reply.rcode_mut() = RCODE::Refused;
        }
        Some(q) => {
            reply.set_flags(PacketFlag::AUTHORITATIVE_ANSWER);
            reply.answers = answers(records, q)?;
            let known = || records.iter().any(|r| domain(&r.name).is_ok_and(|n| below(&n, &q.qname)));
            if reply.answers.is_empty() && !known() {
                *reply.rcode_mut() = RCODE::NameError;
            }
        }
    }
    loop {
        let octets = reply.build_bytes_vec_compressed().map_err(|e| e.to_string())?;
        if octets.len() <= room || reply.answers.is_empty() {
            return Ok(Some(octets));
        }
        reply.answers.pop();
        reply.set_flags(PacketFlag::TRUNCATION);
    }
}

/// The records that answer a question, aliases first.
fn answers<'a>(records: &'a [Record], q: &Question) -> Result<Vec<ResourceRecord<'a>>, String> {
    let mut found = Vec::new();
    let mut owner = q.qname.clone().into_owned();
    for _ in 0..CHAIN_MAX {
        let mut alias = None;
        for record in records {
            let name = domain(&record.name)?;
            if !same(&name, &owner) {
                continue;
            }
            let data = resource(record)?;
            let wanted = q.qtype == QTYPE::ANY || q.qtype == question_type(record.kind);
            if let (RData::CNAME(to), false) = (&data, wanted) {
                alias = Some(to.0.clone().into_owned());
            } else if !wanted {
                continue;
            }
            found.push(ResourceRecord::new(name, CLASS::IN, record.ttl, data));
        }
        match alias {
            Some(to) => owner = to,
            None => break,
        }
    }
    Ok(found)
}

/// RFC 1035 §4.1.1: FORMERR, with what can be read of the header.
fn malformed(query: &[u8]) -> Option<Vec<u8>> {
    let id = u16::from_be_bytes(*query.first_chunk::<2>()?);
    if query.len() < HEADER || query[2] & 0x80 != 0 {
        return None;
    }
    let mut reply = Packet::new_reply(id);
    *reply.rcode_mut() = RCODE::FormatError;
    reply.build_bytes_vec().ok()
}

fn resource(record: &Record) -> Result<RData<'_>, String> {
    let wrong = |what: &str| format!("the record of “{}”: “{}” is {what}", record.name, record.data);
    let text = record.data.as_str();
    Ok(match record.kind {
        Kind::A => {
            let addr: Ipv4Addr = text.parse().map_err(|_| wrong("no IPv4 address; write 192.0.2.1"))?;
            RData::A(rdata::A { address: addr.into() })
        }
        Kind::Aaaa => {
            let addr: Ipv6Addr = text.parse().map_err(|_| wrong("no IPv6 address; write 2001:db8::1"))?;
            RData::AAAA(rdata::AAAA { address: addr.into() })
        }
        Kind::Ns => RData::NS(domain(text)?.into()),
        Kind::Cname => RData::CNAME(domain(text)?.into()),
        Kind::Ptr => RData::PTR(domain(text)?.into()),
        Kind::Mx => {
            let parts = text.split_once(' ').and_then(|(p, name)| Some((p.parse().ok()?, name.trim())));
            let (preference, name) =
                parts.ok_or_else(|| wrong("no preference and host; write 10 mail.example."))?;
            RData::MX(rdata::MX { preference, exchange: domain(name)? })
        }
        Kind::Txt => {
            let mut txt = rdata::TXT::new();
            let (whole, rest) = text.as_bytes().as_chunks::<255>();
            for part in whole.iter().map(|w| w.as_slice()).chain([rest]).filter(|p| !p.is_empty()) {
                txt.add_char_string(CharacterString::new(part).map_err(|_| wrong("too long"))?);
            }
            RData::TXT(txt)
        }
    })
}

/// A name, with or without the dot at its end.
fn domain(text: &str) -> Result<Name<'_>, String> {
    let short = text.strip_suffix('.').unwrap_or(text);
    let wrong = |_: SimpleDnsError| {
        format!("“{text}” is no domain name: labels of 63 octets at most, 255 in all (RFC 1035 §2.3.4)")
    };
    if short.is_empty() || short.split('.').any(str::is_empty) {
        return Err(format!("“{text}” is no domain name: a label is empty (RFC 1035 §2.3.1)"));
    }
    Name::new(short).map_err(wrong)
}

/// RFC 4343: without regard to case.
fn same(a: &Name, b: &Name) -> bool {
    let (a, b) = (a.get_labels(), b.get_labels());
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.as_ref().eq_ignore_ascii_case(b.as_ref()))
}

/// Whether `name` is `zone` or lies below it: then `zone` exists, if only as a node without records (RFC 4592 §2.2.2).
fn below(name: &Name, zone: &Name) -> bool {
    let (n, z) = (name.get_labels(), zone.get_labels());
    let Some(skip) = n.len().checked_sub(z.len()) else { return false };
    n[skip..].iter().zip(z).all(|(a, b)| a.as_ref().eq_ignore_ascii_case(b.as_ref()))
}

fn question_type(kind: Kind) -> QTYPE {
    QTYPE::TYPE(TYPE::from(kind as u16))
}

/// RFC 1035 §4.1.1.
fn code(rcode: RCODE) -> u8 {
    rcode as u8
}

/// A message as tcpdump(8) writes it: `4660+ A? www.example. (33)`, `4660* 1/0/0 A 192.0.2.1 (49)`. None: it is no message.
pub fn line(message: &[u8]) -> Option<String> {
    let packet = Packet::parse(message).ok()?;
    let mut out = packet.id().to_string();
    let is = |flag| packet.has_flags(flag);
    if is(PacketFlag::RESPONSE) {
        match packet.rcode() {
            RCODE::NoError => {}
            RCODE::NameError => out.push_str(" NXDomain"),
            RCODE::FormatError => out.push_str(" FormErr"),
            RCODE::ServerFailure => out.push_str(" ServFail"),
            RCODE::NotImplemented => out.push_str(" NotImp"),
            RCODE::Refused => out.push_str(" Refused"),
            other => _ = write!(out, " Resp{}", code(other)),
        }
        out.push_str(if is(PacketFlag::AUTHORITATIVE_ANSWER) { "*" } else { "" });
        out.push_str(if is(PacketFlag::TRUNCATION) { "|" } else { "" });
        let (names, more) = (packet.name_servers.len(), packet.additional_records.len());
        _ = write!(out, " {}/{names}/{more}", packet.answers.len());
        for (n, record) in packet.answers.iter().enumerate() {
            out.push_str(if n == 0 { " " } else { ", " });
            out.push_str(&said(record));
        }
    } else {
        out.push_str(if is(PacketFlag::RECURSION_DESIRED) { "+" } else { "" });
        for q in &packet.questions {
            _ = write!(out, " {}? {}.", type_name(q.qtype.into()), q.qname);
        }
    }
    _ = write!(out, " ({})", message.len());
    Some(out)
}

fn said(record: &ResourceRecord) -> String {
    match &record.rdata {
        RData::A(a) => format!("A {}", Ipv4Addr::from(a.address)),
        RData::AAAA(a) => format!("AAAA {}", Ipv6Addr::from(a.address)),
        RData::CNAME(n) => format!("CNAME {}.", n.0),
        RData::NS(n) => format!("NS {}.", n.0),
        RData::PTR(n) => format!("PTR {}.", n.0),
        RData::MX(m) => format!("MX {}. {}", m.exchange, m.preference),
        other => type_name(other.type_code().into()),
    }
}

fn type_name(number: u16) -> String {
    match (number, Kind::of(number)) {
        (255, _) => "ANY".into(),
        (_, Some(kind)) => format!("{kind:?}").to_uppercase(),
        _ => format!("Type{number}"),
    }
}
