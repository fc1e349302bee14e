//! Reads packetdrill scripts and runs them against a [`host::Host`], in virtual time.
//!
//! [`parse`] makes a [`ast::Script`] of a text, or says where it is none. [`Run`] carries a script out, one event at
//! a time; it can be cloned at any point, so a script can be stepped both ways. [`drill`] does it all at once.
//!
//! It is strict: every field of a packet is compared, timestamps' echoes and a payload of zeros included; packets that
//! no line asked for fail the script, also after its last line; what is not known is *unsupported*, never passed.
pub mod ast;
pub mod code;
pub mod defines;
pub mod lexer;
mod parse;
mod report;
mod run;
pub mod span;

pub use defines::Defines;
pub use parse::parse;
pub use report::{Report, drill};
pub use run::{Deed, Failure, Happening, LineVerdict, Run, Verdict};
