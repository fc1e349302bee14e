//! Functions of the C library that reckon and make no call: texts, memory, octet order, addresses.

use super::machine::Machine;
use super::memory::{address, moved};
use super::prelude::{AF_INET, AF_INET6, Lib};
use super::resolve::error_text;
use super::{Code, STRERROR, Trap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A length; what does not fit anything fails where it is used.
fn size(n: i64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// As strcmp(3) compares: the zero octet counts as less than all.
fn compare(a: &[u8], b: &[u8], n: usize) -> i64 {
    a[..a.len().min(n)].cmp(&b[..b.len().min(n)]) as i64
}

impl Machine {
    pub(super) fn library(&mut self, code: &Code, lib: Lib, args: &[i64]) -> Result<i64, Trap> {
        let arg = |i: usize| args.get(i).copied().unwrap_or(0);
        let (a, b, c) = (arg(0), arg(1), arg(2));
        let octet = b as u8;
        let memory = &self.memory;
        Ok(match lib {
            Lib::Strlen => memory.text(code, a)?.len() as i64,
            Lib::Strcmp => compare(memory.text(code, a)?, memory.text(code, b)?, usize::MAX),
            Lib::Strncmp | Lib::Strncasecmp if c == 0 => 0,
            Lib::Strncmp => compare(self.most(code, a, c)?, self.most(code, b, c)?, size(c)),
            Lib::Strcasecmp | Lib::Strncasecmp => {
                let n = if lib == Lib::Strcasecmp { i64::MAX } else { c };
                let lower = |at| self.most(code, at, n).map(<[u8]>::to_ascii_lowercase);
                compare(&lower(a)?, &lower(b)?, size(n))
            }
            Lib::Strcpy | Lib::Strcat => {
                let mut text = memory.text(code, b)?.to_vec();
                text.push(0);
                let to = if lib == Lib::Strcat { moved(a, memory.text(code, a)?.len() as i64)? } else { a };
                self.memory.write(code, to, &text)?;
                a
            }
            Lib::Strncpy => {
                let from = self.most(code, b, c)?.to_vec();
                self.memory.change(code, a, size(c), |to| {
                    to.fill(0);
                    let n = from.len().min(to.len());
                    to[..n].copy_from_slice(&from[..n]);
                })?;
                a
            }
            Lib::Strchr | Lib::Strrchr => {
                let text = memory.text(code, a)?;
                let found = match lib {
                    _ if octet == 0 => Some(text.len()),
                    Lib::Strchr => text.iter().position(|&o| o == octet),
                    _ => text.iter().rposition(|&o| o == octet),
                };
                found.map_or(Ok(0), |i| moved(a, i as i64))?
            }
            Lib::Strstr => {
                let (text, part) = (memory.text(code, a)?, memory.text(code, b)?);
                match part {
                    [] => a,
                    _ => text
                        .windows(part.len())
                        .position(|w| w == part)
                        .map_or(Ok(0), |i| moved(a, i as i64))?,
                }
            }
            Lib::Memcpy | Lib::Memmove => {
                let octets = memory.share(code, b, size(c))?;
                self.memory.write(code, a, &octets)?;
                a
            }
            Lib::Memset => {
                self.memory.change(code, a, size(c), |to| to.fill(octet))?;
                a
            }
            Lib::Memcmp => memory.read(code, a, size(c))?.cmp(memory.read(code, b, size(c))?) as i64,
            Lib::Memchr => {
                let found = memory.read(code, a, size(c))?.iter().position(|&o| o == octet);
                found.map_or(Ok(0), |i| moved(a, i as i64))?
            }
            _ => return self.reckon(code, lib, args),
        })
    }

    /// Numbers, characters, addresses, and what wait(2) gave.
    fn reckon(&mut self, code: &Code, lib: Lib, args: &[i64]) -> Result<i64, Trap> {
        let arg = |i: usize| args.get(i).copied().unwrap_or(0);
        let (a, b, c) = (arg(0), arg(1), arg(2));
        let memory = &self.memory;
        let ascii = |test: fn(&u8) -> bool| i64::from(u8::try_from(a).is_ok_and(|o| test(&o)));
        Ok(match lib {
            Lib::Atoi => i64::from(number(memory.text(code, a)?, 10).0 as i32),
            Lib::Strtol => {
                let (n, used) = number(memory.text(code, a)?, c);
                if b != 0 {
                    self.memory.write(code, b, &moved(a, used as i64)?.to_le_bytes())?;
                }
                n
            }
            Lib::Snprintf | Lib::Sprintf => self.print_to(code, lib, args)?,
            Lib::Isdigit => ascii(u8::is_ascii_digit),
            Lib::Isalpha => ascii(u8::is_ascii_alphabetic),
            Lib::Isspace => ascii(|o| matches!(o, b' ' | b'\t'..=b'\r')),
            Lib::Toupper => u8::try_from(a).map_or(a, |o| o.to_ascii_uppercase().into()),
            Lib::Tolower => u8::try_from(a).map_or(a, |o| o.to_ascii_lowercase().into()),
            Lib::Abs => i64::from((a as i32).wrapping_abs()),
            Lib::Htons | Lib::Ntohs => (a as u16).swap_bytes().into(),
            Lib::Htonl | Lib::Ntohl => (a as u32).swap_bytes().into(),
            Lib::InetAddr => match ipv4(memory.text(code, a)?) {
                Some(ip) => u32::from_le_bytes(ip.octets()).into(),
                // INADDR_NONE
                None => u32::MAX.into(),
            },
            Lib::InetPton if a == AF_INET6 => match ipv6(memory.text(code, b)?) {
                Some(ip) => {
                    self.memory.write(code, c, &ip.octets())?;
                    1
                }
                None => 0,
            },
            Lib::InetPton if a != AF_INET => -1,
            Lib::InetPton => match ipv4(memory.text(code, b)?) {
                Some(ip) => {
                    self.memory.write(code, c, &ip.octets())?;
                    1
                }
                None => 0,
            },
            Lib::InetNtop => {
                let text = match a {
                    AF_INET => {
                        <[u8; 4]>::try_from(memory.read(code, b, 4)?).map(|o| IpAddr::from(o).to_string())
                    }
                    AF_INET6 => {
                        <[u8; 16]>::try_from(memory.read(code, b, 16)?).map(|o| IpAddr::from(o).to_string())
                    }
                    _ => return Ok(0),
                };
                let text = text.unwrap_or_default() + "\0";
                if text.len() > size(arg(3)) {
                    return Ok(0);
                }
                self.memory.write(code, c, text.as_bytes())?;
                c
            }
            Lib::Strerror => {
                let mut text = crate::errno::text(a).into_bytes();
                text.push(0);
                self.memory.write(code, address(STRERROR), &text)?;
                address(STRERROR)
            }
            Lib::Getpid => self.pid.into(),
            // <sys/wait.h>
            Lib::Wifexited => i64::from(a & 0x7f == 0),
            Lib::Wexitstatus => a >> 8 & 0xff,
            Lib::Wifsignaled => i64::from(a & 0x7f != 0),
            Lib::Wtermsig => a & 0x7f,
            Lib::GaiStrerror => {
                let text = [error_text(a).as_bytes(), b"\0"].concat();
                self.memory.write(code, address(STRERROR), &text)?;
                address(STRERROR)
            }
            _ => return self.resolve(code, lib, args),
        })
    }

    /// A text that may end without a zero octet after `n` octets.
    fn most(&self, code: &Code, at: i64, n: i64) -> Result<&[u8], Trap> {
        let rest = self.memory.rest(code, at)?;
        match rest.iter().take(size(n)).position(|&o| o == 0) {
            Some(end) => Ok(&rest[..end]),
            None if rest.len() >= size(n) => Ok(&rest[..size(n)]),
            None => self.memory.text(code, at),
        }
    }

    /// snprintf(3), sprintf(3)
    fn print_to(&mut self, code: &Code, lib: Lib, args: &[i64]) -> Result<i64, Trap> {
        let (room, at) = if lib == Lib::Snprintf { (size(args[1]), 2) } else { (usize::MAX, 1) };
        let mut text = self.format(code, args[at], &args[at + 1..])?;
        let len = text.len() as i64;
        if room > 0 {
            text.truncate(room - 1);
            text.push(0);
            self.memory.write(code, args[0], &text)?;
        }
        Ok(len)
    }
}

fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn ipv6(text: &[u8]) -> Option<Ipv6Addr> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// strtol(3): the number that a text begins with, and how many octets it took. Base 0 reads as C does.
fn number(text: &[u8], base: i64) -> (i64, usize) {
    let blanks = text.iter().take_while(|o| matches!(o, b' ' | b'\t'..=b'\r')).count();
    let sign = usize::from(matches!(text.get(blanks), Some(b'-' | b'+')));
    let mut at = blanks + sign;
    let hex = matches!(text.get(at..at + 2), Some(b"0x" | b"0X")) && matches!(base, 0 | 16);
    let base = match base {
        _ if hex => 16,
        0 if text.get(at) == Some(&b'0') => 8,
        0 => 10,
        other => other.clamp(2, 36) as u32,
    };
    at += if hex { 2 } else { 0 };
    let digits = || text.iter().skip(at).map_while(|&o| char::from(o).to_digit(base));
    let n = digits().fold(0i64, |n, d| n.saturating_mul(base.into()).saturating_add(d.into()));
    match digits().count() {
        0 => (0, 0),
        count if text[blanks] == b'-' => (-n, at + count),
        count => (n, at + count),
    }
}
