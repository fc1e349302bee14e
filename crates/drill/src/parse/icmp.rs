//! ICMP lines.

use super::{Parsed, Parser};
use crate::ast::IcmpLine;
use crate::lexer::Tok;

impl Parser {
    /// `icmp TYPE [CODE] [mtu N] [id N] [[quoted]]`
    pub(super) fn icmp(&mut self) -> Parsed<IcmpLine> {
        self.expect_word("icmp")?;
        let Tok::Word(kind) = self.peek().clone() else { return Err(self.error("an ICMP type")) };
        self.advance();
        let code = match self.peek().clone() {
            Tok::Word(w) if !matches!(w.as_str(), "mtu" | "id") => {
                self.advance();
                Some(w)
            }
            _ => None,
        };
        let max = u64::from(u32::MAX);
        let mtu = if self.eat_word("mtu") { Some(self.number(max, "an MTU")? as u32) } else { None };
        let id = if self.eat_word("id") { Some(self.number(65_535, "an identifier")? as u16) } else { None };
        let quoted = if self.eat('[') {
            if matches!(self.peek(), Tok::Word(_)) {
                return Err(self.error("a quoted TCP segment, as in '[1:1461(1460)]'"));
            }
            let (seq, len) = self.sequence()?;
            self.expect(']')?;
            seq.map(|s| (s, len))
        } else {
            None
        };
        Ok(IcmpLine { kind, code, mtu, id, quoted })
    }
}
