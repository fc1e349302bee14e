//! Bytes under edit, beside any world: what can be done to them.

use crate::error::Result;
use crate::hex;
use crate::packet::{self, About};
use crate::read::{self, Read, Reading, Wrong, field, fields};
use crate::session::Session;
use crate::view::PacketView;
use serde::Serialize;
use wire::edit::{self, Mends, OptionEdit};

/// A change to a draft. Octets are hex digits.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase")]
#[allow(missing_docs)]
pub enum Change {
    /// Another value for a field.
    Set {
        path: String,
        value: String,
    },
    /// Other octets from an offset; as many as there were.
    Octets {
        offset: u32,
        hex: String,
    },
    /// An option (kind, length, value; or whatever it shall be) before the one at `index`, or at the end.
    AddOption {
        index: u32,
        hex: String,
    },
    RemoveOption {
        index: u32,
    },
    MoveOption {
        from: u32,
        to: u32,
    },
    /// Other data for the segment, or none.
    Payload {
        hex: String,
    },
    /// The frame ends after so many octets.
    Truncate {
        octets: u32,
    },
    /// What mends is made right now.
    Mend,
}

impl Change {
    /// Reads a change.
    ///
    /// # Errors
    /// What is missing, or not what belongs there.
    pub fn parse(json: &str) -> std::result::Result<Change, String> {
        read::json(json)
    }
}

impl Read for Change {
    fn read(value: &serde_json::Value) -> Reading<Change> {
        let all = fields(value)?;
        let number = |name| field::<u32>(all, name, None);
        let text = |name| field::<String>(all, name, None);
        Ok(match text("kind")?.as_str() {
            "set" => Change::Set { path: text("path")?, value: text("value")? },
            "octets" => Change::Octets { offset: number("offset")?, hex: text("hex")? },
            "addOption" => Change::AddOption { index: number("index")?, hex: text("hex")? },
            "removeOption" => Change::RemoveOption { index: number("index")? },
            "moveOption" => Change::MoveOption { from: number("from")?, to: number("to")? },
            "payload" => Change::Payload { hex: text("hex")? },
            "truncate" => Change::Truncate { octets: number("octets")? },
            "mend" => Change::Mend,
            other => return Err(Wrong::new(format!("kind: there is no change “{other}”"))),
        })
    }
}

impl Session {
    /// A draft, changed; lengths and checksums follow as the bits of `mends` say ([`Mends`]): 1 lengths of IP and UDP,
    /// 2 data offset, 4 IP checksum, 8 TCP checksum. No world is touched.
    ///
    /// # Errors
    /// `bad_hex`, `unknown_field`, `bad_field_…`, `bytes_beyond_frame`: see `errors` of the catalogue of `wire`.
    pub fn change(frame: &str, change: &Change, mends: u8) -> Result<PacketView> {
        let frame = hex::decode(frame)?;
        let mends = Mends(mends);
        let edit = match change {
            Change::Set { path, value } => edit::Change::Set { path: path.clone(), value: value.clone() },
            Change::Octets { offset, hex } => {
                let octets = packet::set_bytes(&frame, *offset as usize, &hex::decode(hex)?, mends)?;
                return Ok(packet::view(&octets, &About::default()));
            }
            Change::AddOption { index, hex } => {
                let octets = hex::decode(hex)?.to_vec();
                edit::Change::Options(OptionEdit::Add { index: *index as usize, octets })
            }
            Change::RemoveOption { index } => {
                edit::Change::Options(OptionEdit::Remove { index: *index as usize })
            }
            Change::MoveOption { from, to } => {
                edit::Change::Options(OptionEdit::Move { from: *from as usize, to: *to as usize })
            }
            Change::Payload { hex } => edit::Change::Payload(hex::decode(hex)?.to_vec()),
            Change::Truncate { octets } => edit::Change::Truncate(*octets as usize),
            Change::Mend => {
                let mut mended = frame.to_vec();
                edit::mend(&mut mended, mends);
                return Ok(packet::view(&mended, &About::default()));
            }
        };
        Ok(packet::view(&edit::change(&frame, &edit, mends)?, &About::default()))
    }
}
