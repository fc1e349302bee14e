//! Time prefixes.

use super::{Parsed, Parser};
use crate::ast::When;
use crate::lexer::Tok;

impl Parser {
    /// `0.25`, `+.1`, `*`, `a~b`, `+a~+b`.
    pub(super) fn when(&mut self) -> Parsed<When> {
        if self.eat('*') {
            return Ok(When::Any);
        }
        let relative = self.eat('+');
        let from = self.seconds()?;
        if !self.eat('~') {
            return Ok(if relative { When::Relative(from) } else { When::Absolute(from) });
        }
        if relative {
            self.eat('+');
        }
        let at = self.at();
        let to = self.seconds()?;
        if to < from {
            return Err(crate::span::ScriptError::new(
                at,
                "a window that ends after it begins",
                "an earlier time",
            ));
        }
        Ok(if relative { When::RelativeWindow(from, to) } else { When::AbsoluteWindow(from, to) })
    }

    /// The time after `...`, counted like the start.
    pub(super) fn end_time(&mut self, start: When) -> Parsed<u64> {
        let at = self.at();
        if matches!(start, When::Relative(_)) {
            self.eat('+');
        }
        let end = self.seconds()?;
        match start {
            When::Absolute(s) | When::Relative(s) if end < s => Err(crate::span::ScriptError::new(
                at,
                "a call that returns after it begins",
                "an earlier time",
            )),
            _ => Ok(end),
        }
    }

    /// Seconds, to nanoseconds, exactly.
    fn seconds(&mut self) -> Parsed<u64> {
        let (whole, fraction) = match self.peek() {
            Tok::Int(_, text) => (text.clone(), String::new()),
            Tok::Float(text) => {
                let (w, f) = text.split_once('.').unwrap_or((text, ""));
                (w.to_string(), f.to_string())
            }
            _ => return Err(self.error("a time, such as '0.25', '+.1' or '*'")),
        };
        let whole = if whole.is_empty() { Some(0) } else { whole.parse::<u64>().ok() };
        // Nine digits are nanoseconds; further digits say nothing.
        let nanos = format!("{:0<9}", fraction.chars().take(9).collect::<String>()).parse::<u64>().ok();
        let time =
            whole.and_then(|w| w.checked_mul(1_000_000_000)).zip(nanos).and_then(|(w, n)| w.checked_add(n));
        let time = time
            .filter(|t| *t < u64::MAX / 4)
            .ok_or_else(|| self.error("a time that is not negative, in seconds"))?;
        self.advance();
        Ok(time)
    }
}
