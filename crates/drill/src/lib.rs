//! Reads and runs packetdrill scripts against a [`host::Host`], in virtual time.
pub mod ast;
pub mod code;
pub mod defines;
pub mod lexer;
mod parse;
pub mod span;

pub use defines::Defines;
pub use parse::parse;
