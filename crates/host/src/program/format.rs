//! printf(3): conversions with flags, width and precision.

use super::machine::Machine;
use super::types::Kind;
use super::{Code, Trap};

/// A field may be so wide: more is a slip.
const WIDTH_MAX: usize = 4096;

/// What a conversion wants of its argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wants {
    /// An integer of 4 octets or less, or of 8.
    Int(Kind),
    Text,
    Pointer,
}

/// One `%…` of a format.
#[derive(Clone, Copy, Default, Debug)]
struct Spec {
    left: bool,
    zero: bool,
    plus: bool,
    alternate: bool,
    width: Option<Size>,
    precision: Option<Size>,
    long: bool,
    conversion: u8,
}

#[derive(Clone, Copy, Debug)]
enum Size {
    Given(usize),
    /// `*`
    Argument,
}

impl Spec {
    /// Reads what follows a `%`; the octets it took. None: this is no conversion.
    fn read(text: &[u8]) -> Option<(Spec, usize)> {
        let mut spec = Spec::default();
        let mut at = 0;
        loop {
            match text.get(at)? {
                b'-' => spec.left = true,
                b'0' => spec.zero = true,
                b'+' => spec.plus = true,
                b'#' => spec.alternate = true,
                _ => break,
            }
            at += 1;
        }
        spec.width = size(text, &mut at);
        if text.get(at) == Some(&b'.') {
            at += 1;
            spec.precision = size(text, &mut at).or(Some(Size::Given(0)));
        }
        while let Some(c @ (b'l' | b'z' | b'h')) = text.get(at) {
            spec.long |= *c != b'h';
            at += 1;
        }
        spec.conversion = *text.get(at)?;
        b"diuxXocsp%".contains(&spec.conversion).then_some((spec, at + 1))
    }
    fn wants(self) -> Option<Wants> {
        Some(match self.conversion {
            b'%' => return None,
            b's' => Wants::Text,
            b'p' => Wants::Pointer,
            b'd' | b'i' if self.long => Wants::Int(Kind::I64),
            b'd' | b'i' | b'c' => Wants::Int(Kind::I32),
            _ if self.long => Wants::Int(Kind::U64),
            _ => Wants::Int(Kind::U32),
        })
    }
}

fn size(text: &[u8], at: &mut usize) -> Option<Size> {
    if text.get(*at) == Some(&b'*') {
        *at += 1;
        return Some(Size::Argument);
    }
    let digits = text.iter().skip(*at).take_while(|o| o.is_ascii_digit()).count();
    let number = std::str::from_utf8(&text[*at..*at + digits]).ok()?.parse().ok()?;
    *at += digits;
    Some(Size::Given(number))
}

/// What the arguments of a format must be; an error is the conversion that there is not.
pub(super) fn wanted(format: &[u8]) -> Result<Vec<Wants>, String> {
    let mut all = Vec::new();
    let mut rest = format;
    while let Some(i) = rest.iter().position(|&o| o == b'%') {
        rest = &rest[i + 1..];
        let Some((spec, len)) = Spec::read(rest) else {
            let shown = rest.iter().take(3).map(|&o| char::from(o)).collect();
            return Err(shown);
        };
        for size in [spec.width, spec.precision] {
            all.extend(matches!(size, Some(Size::Argument)).then_some(Wants::Int(Kind::I32)));
        }
        all.extend(spec.wants());
        rest = &rest[len..];
    }
    Ok(all)
}

impl Machine {
    /// The text that a format and its arguments make.
    pub(super) fn format(&self, code: &Code, format: i64, args: &[i64]) -> Result<Vec<u8>, Trap> {
        let mut rest = self.memory.text(code, format)?;
        let mut args = args.iter().copied();
        let mut out = Vec::new();
        while let Some(i) = rest.iter().position(|&o| o == b'%') {
            out.extend(&rest[..i]);
            rest = &rest[i + 1..];
            let (spec, len) = Spec::read(rest).ok_or("this format has a conversion that is not known")?;
            rest = &rest[len..];
            let mut next = || args.next().ok_or("this format wants more arguments");
            let mut left = spec.left;
            let mut size = |size| -> Result<Option<usize>, Trap> {
                Ok(match size {
                    None => None,
                    Some(Size::Given(n)) => Some(n),
                    Some(Size::Argument) => {
                        let n = next()?;
                        left |= n < 0;
                        Some(n.unsigned_abs() as usize)
                    }
                })
            };
            let (width, precision) = (size(spec.width)?, size(spec.precision)?);
            if width.max(precision).is_some_and(|n| n > WIDTH_MAX) && spec.conversion != b's' {
                return Err(format!("a field may be {WIDTH_MAX} wide").into());
            }
            let (sign, body) = match spec.wants() {
                None => ("", vec![b'%']),
                Some(Wants::Text) => ("", self.piece(code, next()?, precision)?),
                Some(Wants::Pointer) => ("0x", format!("{:x}", next()?).into_bytes()),
                Some(Wants::Int(kind)) => digits(spec, precision, kind.wrap(next()?)),
            };
            let missing = width.unwrap_or(0).min(WIDTH_MAX).saturating_sub(sign.len() + body.len());
            let zeros = spec.zero && !left && precision.is_none() && !b"cs%".contains(&spec.conversion);
            let pad = |out: &mut Vec<u8>, on: bool, with| {
                out.extend(std::iter::repeat_n(with, if on { missing } else { 0 }))
            };
            pad(&mut out, !left && !zeros, b' ');
            out.extend(sign.bytes());
            pad(&mut out, zeros, b'0');
            out.extend(body);
            pad(&mut out, left, b' ');
        }
        out.extend(rest);
        Ok(out)
    }
    /// `%s`, of at most so many octets.
    fn piece(&self, code: &Code, at: i64, most: Option<usize>) -> Result<Vec<u8>, Trap> {
        if at == 0 {
            return Ok(b"(null)".to_vec());
        }
        let Some(most) = most else { return Ok(self.memory.text(code, at)?.to_vec()) };
        let rest = self.memory.rest(code, at)?;
        let end = rest.iter().take(most).position(|&o| o == 0).unwrap_or(rest.len().min(most));
        Ok(rest[..end].to_vec())
    }
}

/// Sign or prefix, and digits.
fn digits(spec: Spec, precision: Option<usize>, n: i64) -> (&'static str, Vec<u8>) {
    let (sign, mut text) = match spec.conversion {
        b'c' => return ("", vec![n as u8]),
        b'd' | b'i' => {
            let sign = if n < 0 {
                "-"
            } else if spec.plus {
                "+"
            } else {
                ""
            };
            (sign, n.unsigned_abs().to_string())
        }
        b'x' => (if spec.alternate && n != 0 { "0x" } else { "" }, format!("{n:x}")),
        b'X' => (if spec.alternate && n != 0 { "0X" } else { "" }, format!("{n:X}")),
        b'o' => (if spec.alternate && n != 0 { "0" } else { "" }, format!("{n:o}")),
        _ => ("", (n as u64).to_string()),
    };
    let short = precision.unwrap_or(1).min(WIDTH_MAX).saturating_sub(text.len());
    text.insert_str(0, &"0".repeat(short));
    (sign, text.into_bytes())
}
