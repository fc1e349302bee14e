//! One frame for people, whether it is on a link, has arrived, or lies ahead; and drafts of what it might become.

use crate::error::{Result, error, num};
use crate::packet::{self, About};
use crate::records::{MarkKind, MarkRecord};
use crate::session::Session;
use crate::view::{Command, PacketView};
use crate::{hex, records, rules};
use bytes::Bytes;
use net::{FrameId, Glance, NodeId, StepLog};
use tcp::rule::Tape;
use wire::tcp::Flags;

/// Names of [`records::Fate`], by number.
const FATES: [&str; 6] = ["flying", "held", "delivered", "lost", "droppedByPerson", "droppedByHost"];

impl Session {
    /// A frame of this timeline, dissected.
    ///
    /// # Errors
    /// `unknown_frame`
    pub fn packet(&self, frame: u32) -> Result<PacketView> {
        let bytes = self.frame_bytes(frame)?;
        let unknown = || error("unknown_frame", [("frame", num(frame))]);
        let record = self.frame(frame).ok_or_else(unknown)?;
        let fate = match self.world.flight(FrameId(frame)) {
            Some(flight) if flight.held.is_some() => records::Fate::Held as u8,
            Some(_) => records::Fate::Flying as u8,
            None => record.fate,
        };
        let about = About {
            id: frame,
            flow: (record.flow != records::NONE).then(|| record.flow.into()),
            from: record.from.into(),
            to: if record.to == records::NONE { u32::MAX } else { record.to.into() },
            fate: FATES.get(usize::from(fate)).copied().unwrap_or_default().into(),
            window_shift: self.window_shift(&bytes, record.from),
        };
        Ok(packet::view(&bytes, &about))
    }

    /// Any bytes, dissected.
    ///
    /// # Errors
    /// `bad_hex`
    pub fn dissect(hex: &str) -> Result<PacketView> {
        Ok(packet::view(&hex::decode(hex)?, &About::default()))
    }

    /// The window scale that the sender of a segment has in use now (RFC 7323 §2.2); never that of a SYN.
    fn window_shift(&self, frame: &[u8], from: u16) -> Option<u8> {
        let g = Glance::at(frame).filter(|g| !g.flags.has(Flags::SYN))?;
        let host = self.world.host(NodeId(from))?;
        host.connection(g.src, g.dst).and_then(|s| host.tcb(s)).map(|t| t.rcv_wscale)
    }

    /// The bytes of a frame of this timeline: as they are on the link, or as they last were.
    ///
    /// # Errors
    /// `unknown_frame`.
    pub fn frame_bytes(&self, frame: u32) -> Result<Bytes> {
        if let Some(flight) = self.world.flight(FrameId(frame)) {
            return Ok(flight.bytes.clone());
        }
        let unknown = || error("unknown_frame", [("frame", num(frame))]);
        let record = self.frame(frame).ok_or_else(unknown)?;
        let edits =
            self.timeline().commands.iter().rev().filter(|c| c.step <= self.step.max(record.step_sent));
        for logged in edits {
            if let Command::Edit { frame: edited, hex } = &logged.command
                && *edited == frame
            {
                return hex::decode(hex);
            }
        }
        let mut world = self.timeline().world_at(record.step_sent - 1);
        let mut log = StepLog::default();
        self.timeline().play(record.step_sent, &mut world, &mut log, &mut Tape::None);
        let found = log.launched.into_iter().find(|l| l.id.0 == frame);
        let bytes = found.map(|l| l.bytes).ok_or_else(unknown)?;
        Ok(self.impaired_since(frame, record.step_sent, bytes))
    }

    /// What the link made of a frame after it was launched: it had waited in a queue first.
    fn impaired_since(&self, frame: u32, sent: u32, mut bytes: Bytes) -> Bytes {
        let of = |m: &MarkRecord| m.kind == MarkKind::Impaired as u8 && m.frame == frame;
        let until = self.frame(frame).map_or(self.step, |f| f.step_ended.min(self.step));
        for mark in self.marks_between(sent + 1, until).into_iter().filter(of) {
            bytes = match rules::at(mark.b) {
                Some(rule) if *rule == net::rules::CODEL_MARKS => net::ecn::mark(&bytes).unwrap_or(bytes),
                Some(rule) if *rule == net::rules::CORRUPTED => net::ecn::turn(&bytes, mark.x),
                _ => bytes,
            };
        }
        bytes
    }
}
