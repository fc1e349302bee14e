//! Packet lines.

use super::{Parsed, Parser};
use crate::ast::{Body, Direction, IpInfo, Packet, SeqNum, TcpLine, TcpOpt, Tos, What};
use crate::lexer::Tok;
use crate::span::ScriptError;
use wire::tcp::Flags;

const FLAGS: &str = "flags: letters of 'FSRPUEWA', then '.' for ACK, or '-' for none";

impl Parser {
    pub(super) fn packet(&mut self) -> Parsed<What> {
        let direction =
            if self.advance() == Tok::Punct('<') { Direction::Inbound } else { Direction::Outbound };
        let ip = self.ip_info()?;
        if let Tok::Word(w) = self.peek().clone() {
            match w.as_str() {
                "icmp" => return Ok(What::Packet(Packet { direction, ip, body: Body::Icmp(self.icmp()?) })),
                "udp" => {
                    self.advance();
                    self.expect('(')?;
                    self.number(u64::from(u16::MAX), "a length")?;
                    self.expect(')')?;
                    return Ok(What::Unsupported("UDP packets".into()));
                }
                "ipv4" | "ipv6" | "gre" | "mpls" => {
                    return Err(self.error("a TCP or ICMP packet (encapsulation is not supported)"));
                }
                _ => {}
            }
        }
        let tcp = self.tcp(direction)?;
        if self.eat('/') {
            self.expect_word("udp")?;
            self.expect('(')?;
            self.number(u64::from(u16::MAX), "a port")?;
            self.expect('>')?;
            self.number(u64::from(u16::MAX), "a port")?;
            self.expect(')')?;
            return Ok(What::Unsupported("TCP inside UDP".into()));
        }
        Ok(What::Packet(Packet { direction, ip, body: Body::Tcp(tcp) }))
    }

    /// Groups in `[…]` or `(…)`, separated by commas or one after the other.
    fn ip_info(&mut self) -> Parsed<IpInfo> {
        let mut ip = IpInfo::default();
        loop {
            let close = match self.peek() {
                Tok::Punct('[') => ']',
                Tok::Punct('(') => ')',
                _ => return Ok(ip),
            };
            self.advance();
            loop {
                self.ip_field(&mut ip)?;
                if self.eat(close) {
                    break;
                }
                self.expect(',')?;
            }
        }
    }

    fn ip_field(&mut self, ip: &mut IpInfo) -> Parsed<()> {
        let expected = "noecn, ect0, ect1, ect01, ce, tos, class, flowlabel, ttl or hlim";
        let Tok::Word(word) = self.peek().clone() else { return Err(self.error(expected)) };
        match word.as_str() {
            "noecn" => ip.tos = Some(Tos::Ecn(0)),
            "ect1" => ip.tos = Some(Tos::Ecn(1)),
            "ect0" => ip.tos = Some(Tos::Ecn(2)),
            "ce" => ip.tos = Some(Tos::Ecn(3)),
            "ect01" => ip.tos = Some(Tos::EctAny),
            "tos" | "class" | "flowlabel" | "ttl" | "hlim" => {
                self.advance();
                match word.as_str() {
                    "tos" | "class" => ip.tos = Some(Tos::Octet(self.number(255, "an octet")? as u8)),
                    "flowlabel" => ip.flow_label = Some(self.number(0xf_ffff, "a flow label")? as u32),
                    _ => ip.ttl = Some(self.number(255, "a TTL")? as u8),
                }
                return Ok(());
            }
            _ => return Err(self.error(expected)),
        }
        self.advance();
        Ok(())
    }

    fn tcp(&mut self, direction: Direction) -> Parsed<TcpLine> {
        let ports = if matches!(self.peek(), Tok::Int(..)) && self.peek_at(1) == &Tok::Punct('>') {
            let source = self.number(65_535, "a port")? as u16;
            self.expect('>')?;
            Some((source, self.number(65_535, "a port")? as u16))
        } else {
            None
        };
        let (flags, ace) = self.flags()?;
        let (seq, len) = self.sequence()?;
        let ack = if self.eat_word("ack") { Some(self.seq_num("an acknowledgment number")?) } else { None };
        let window = if self.eat_word("win") { Some(self.number(65_535, "a window")? as u16) } else { None };
        let urgent =
            if self.eat_word("urg") { Some(self.number(65_535, "an urgent pointer")? as u16) } else { None };
        let at = self.at();
        if direction == Direction::Inbound && window.is_none() {
            return Err(self.error("'win N': an inbound segment needs its window"));
        }
        let options = if self.eat('<') { self.tcp_options()? } else { Some(Vec::new()) };
        if direction == Direction::Inbound && options.is_none() {
            return Err(ScriptError::new(at, "options: an inbound segment needs them in full", "<...>"));
        }
        Ok(TcpLine { ports, flags, ace, seq, len, ack, window, urgent, options })
    }

    /// Letters, perhaps a digit (AccECN), then perhaps `.`; or `-` alone.
    fn flags(&mut self) -> Parsed<(Flags, Option<u8>)> {
        if self.eat('-') {
            return Ok((Flags::NONE, None));
        }
        let mut flags = Flags::NONE;
        let mut ace = None;
        let word = match self.peek().clone() {
            Tok::Word(w) => w,
            Tok::Int(n @ 0..=7, _) => n.to_string(),
            Tok::Punct('.') => String::new(),
            _ => return Err(self.error(FLAGS)),
        };
        for c in word.chars() {
            flags |= match c {
                'F' => Flags::FIN,
                'S' => Flags::SYN,
                'R' => Flags::RST,
                'P' => Flags::PSH,
                'U' => Flags::URG,
                'E' => Flags::ECE,
                'W' => Flags::CWR,
                'A' => Flags::AE,
                '0'..='7' if ace.is_none() => {
                    ace = Some(c as u8 - b'0');
                    continue;
                }
                _ => return Err(self.error(FLAGS)),
            };
        }
        if ace.is_some() && flags.any(Flags::ECE | Flags::CWR | Flags::AE) {
            return Err(self.error("either an AccECN counter or the letters E, W, A"));
        }
        if !word.is_empty() {
            self.advance();
        }
        if self.eat('.') {
            flags |= Flags::ACK;
        }
        Ok((flags, ace))
    }

    /// `1:1001(1000)`, `...(0)`
    pub(super) fn sequence(&mut self) -> Parsed<(Option<SeqNum>, u32)> {
        if self.peek() == &Tok::Ellipsis {
            self.advance();
            self.expect('(')?;
            let len = self.number(u64::from(u32::MAX), "a length")? as u32;
            self.expect(')')?;
            return Ok((None, len));
        }
        let value = self.number(u64::from(u32::MAX), "a sequence number, as in '1:1001(1000)'")? as u32;
        self.expect(':')?;
        let at = self.span();
        let end = self.number(u64::from(u32::MAX), "a sequence number")? as u32;
        self.expect('(')?;
        let len = self.number(u64::from(u32::MAX), "a length")? as u32;
        self.expect(')')?;
        if value.wrapping_add(len) != end {
            let expected = format!("{}, which is {value} + {len}", value.wrapping_add(len));
            return Err(ScriptError::new(at.from, expected, format!("the number {end}")));
        }
        let absolute = self.eat('!');
        Ok((Some(SeqNum { value, absolute }), len))
    }

    pub(super) fn seq_num(&mut self, what: &str) -> Parsed<SeqNum> {
        let value = self.number(u64::from(u32::MAX), what)? as u32;
        Ok(SeqNum { value, absolute: self.eat('!') })
    }

    /// After `<`, up to and with `>`.
    fn tcp_options(&mut self) -> Parsed<Option<Vec<TcpOpt>>> {
        if self.peek() == &Tok::Ellipsis {
            self.advance();
            self.expect('>')?;
            return Ok(None);
        }
        let mut out = Vec::new();
        while !self.eat('>') {
            out.push(self.tcp_option()?);
            if !self.eat(',') && self.peek() != &Tok::Punct('>') {
                return Err(self.error("',' or '>'"));
            }
        }
        Ok(Some(out))
    }

    fn tcp_option(&mut self) -> Parsed<TcpOpt> {
        let expected = "an option: mss, wscale, sackOK, sack, TS, nop, eol, md5, FO, FOEXP or ECN";
        let Tok::Word(word) = self.peek().clone() else { return Err(self.error(expected)) };
        let max32 = u64::from(u32::MAX);
        let next = |p: &mut Parser| p.advance();
        Ok(match word.as_str() {
            "nop" | "NOP" => {
                next(self);
                TcpOpt::Nop
            }
            "eol" | "EOL" => {
                next(self);
                TcpOpt::Eol
            }
            "sackOK" => {
                next(self);
                TcpOpt::SackOk
            }
            "mss" => {
                next(self);
                TcpOpt::Mss(self.number(65_535, "an MSS")? as u16)
            }
            "wscale" => {
                next(self);
                TcpOpt::WindowScale(self.number(255, "a shift")? as u8)
            }
            "sack" => {
                next(self);
                TcpOpt::Sack(self.sack_blocks()?)
            }
            "TS" => {
                next(self);
                self.expect_word("val")?;
                let val = self.number(max32, "a timestamp")? as u32;
                self.expect_word("ecr")?;
                let ecr = self.number(max32, "a timestamp")? as u32;
                TcpOpt::Timestamps { val, ecr, ecr_absolute: self.eat('!') }
            }
            "md5" => {
                next(self);
                let digest = if self.eat_word("valid") { None } else { Some(self.hex_octets()?) };
                TcpOpt::Md5(digest)
            }
            "FO" | "FOEXP" => {
                next(self);
                TcpOpt::FastOpen { experimental: word == "FOEXP", cookie: self.hex_octets()? }
            }
            "ECN" => {
                next(self);
                self.acc_ecn()?
            }
            _ => return Err(self.error(expected)),
        })
    }

    fn sack_blocks(&mut self) -> Parsed<Vec<(SeqNum, SeqNum)>> {
        let mut blocks = Vec::new();
        while matches!(self.peek(), Tok::Int(..)) {
            let left = self.seq_num("a sequence number")?;
            self.expect(':')?;
            blocks.push((left, self.seq_num("a sequence number")?));
        }
        Ok(blocks)
    }

    /// Hexadecimal digits, two an octet; none at all where the next token is none.
    fn hex_octets(&mut self) -> Parsed<Vec<u8>> {
        let text = match self.peek() {
            Tok::Word(w) => w.clone(),
            Tok::Int(_, text) => text.clone(),
            Tok::Hex(n) => format!("{n:016x}"),
            _ => return Ok(Vec::new()),
        };
        let octets = (0..text.len())
            .step_by(2)
            .map(|i| text.get(i..i + 2).and_then(|s| u8::from_str_radix(s, 16).ok()));
        let octets =
            octets.collect::<Option<Vec<u8>>>().ok_or_else(|| self.error("pairs of hexadecimal digits"))?;
        self.advance();
        Ok(octets)
    }

    fn acc_ecn(&mut self) -> Parsed<TcpOpt> {
        let mut names = Vec::new();
        let mut counters = Vec::new();
        while let Tok::Word(w) = self.peek().clone() {
            if !matches!(w.as_str(), "e0b" | "ceb" | "e1b") {
                break;
            }
            self.advance();
            names.push(w);
            counters.push(self.number(0xff_ffff, "a counter of 24 bits")? as u32);
        }
        // RFC 9768 §3.2.3: 172 puts EE0B first, 174 EE1B.
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let kind = if ["e0b", "ceb", "e1b"].starts_with(&names) {
            172
        } else if ["e1b", "ceb", "e0b"].starts_with(&names) {
            174
        } else {
            return Err(self.error("the counters e0b, ceb, e1b in this order or the reverse"));
        };
        Ok(TcpOpt::AccEcn { kind, counters })
    }
}
