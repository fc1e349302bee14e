//! Everything that went over the links, made again by replay: for captures, digests and looking at one frame.

use crate::error::{Result, error, num};
use crate::packet::{self, About};
use crate::pcap::{self, Interface, Packet};
use crate::session::Session;
use crate::view::{Command, PacketView};
use crate::{hex, records, tcb};
use bytes::Bytes;
use net::{FrameId, Glance, LinkId, NodeId, StepLog};
use siphasher::sip::SipHasher13;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::hash::Hasher;
use tcp::time::Instant;
use wire::tcp::Flags;

/// Names of [`records::Fate`], by number.
const FATES: [&str; 6] = ["flying", "held", "delivered", "lost", "droppedByPerson", "droppedByHost"];

/// A frame as a tap at its sender sees it, or as a person made it afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Captured {
    /// When its first bit left, or when it was edited.
    pub time: Instant,
    /// Link.
    pub link: LinkId,
    /// Frame.
    pub frame: FrameId,
    /// The whole Ethernet frame.
    pub bytes: Bytes,
    /// What there is to say of it, in English; empty for what needs no word.
    pub comment: String,
}

impl Session {
    /// Every frame up to where we stand, in the order of its sending, with a comment on its fate. An edited frame
    /// comes twice: as it was sent, and as it was made. `take` is called with each.
    pub fn capture(&self, mut take: impl FnMut(Captured)) {
        let reasons = self.reasons();
        self.again(|log, step| {
            for l in &log.launched {
                let comment = self.comment(l.id, reasons.get(&l.id.0));
                take(Captured { time: l.sent, link: l.link, frame: l.id, bytes: l.bytes.clone(), comment });
            }
            if let Some(Command::Edit { frame, hex }) = self.timeline().command_at(step) {
                // What is in the log could be read when it was logged.
                let bytes = hex::decode(hex).unwrap_or_default();
                let comment = format!("frame {frame}, edited by hand");
                let link = self.world.flight(FrameId(*frame)).map_or(LinkId(0), |f| f.link);
                take(Captured { time: log.time, link, frame: FrameId(*frame), bytes, comment });
            }
        });
    }

    /// Every frame so far as a pcapng file, an interface a link, our comments in it.
    ///
    /// # Errors
    /// `bad_capture`
    pub fn pcapng(&self) -> Result<Vec<u8>> {
        let interface = |l: &crate::scenario::Link| Interface {
            name: l.name.clone(),
            description: l.ends.iter().map(|e| e.node.as_str()).collect::<Vec<_>>().join(" – "),
            speed: l.rate_bps.unwrap_or(0),
        };
        let interfaces: Vec<Interface> = self.scenario.links.iter().map(interface).collect();
        let mut packets = Vec::new();
        self.capture(|c| {
            packets.push(Packet {
                interface: c.link.0.into(),
                time: c.time.0,
                frame: Cow::Owned(c.bytes.into()),
                comment: c.comment,
            });
        });
        let about = format!("{}: {}", self.scenario.title.en, self.scenario.summary.en);
        pcap::write(&about, &interfaces, packets)
    }

    /// A frame of this timeline, dissected.
    ///
    /// # Errors
    /// `unknown_frame`
    pub fn packet(&self, frame: u32) -> Result<PacketView> {
        let bytes = self.frame_bytes(frame)?;
        let unknown = || error("unknown_frame", [("frame", num(frame))]);
        let record = self.frames().get(frame as usize).ok_or_else(unknown)?;
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

    /// A draft: one field set, checksums mended or kept; no world is touched.
    ///
    /// # Errors
    /// `bad_hex`, `unknown_field`, `bad_field_…`: see `errors` of the catalogue of `wire`.
    pub fn edit(hex: &str, path: &str, value: &str, mend: bool) -> Result<PacketView> {
        let edited = packet::edit(&hex::decode(hex)?, path, value, mend)?;
        Ok(packet::view(&edited, &About::default()))
    }

    /// A draft: octets from `offset` replaced; no world is touched.
    ///
    /// # Errors
    /// `bad_hex`, `bytes_beyond_frame`
    pub fn set_bytes(hex: &str, offset: u32, bytes: &str, mend: bool) -> Result<PacketView> {
        let edited = packet::set_bytes(&hex::decode(hex)?, offset as usize, &hex::decode(bytes)?, mend)?;
        Ok(packet::view(&edited, &About::default()))
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
        let record = self.frames().get(frame as usize).ok_or_else(unknown)?;
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
        self.timeline().play(record.step_sent, &mut world, &mut log, &mut ());
        let found = log.launched.into_iter().find(|l| l.id.0 == frame);
        found.map(|l| l.bytes).ok_or_else(unknown)
    }

    /// Digest of all frames so far and of the world where we stand, as 16 hex digits; the same natively and in wasm
    /// (SipHash-1-3 over little-endian numbers).
    pub fn digest(&self) -> String {
        let mut h = SipHasher13::new();
        self.again(|log, _| {
            for l in &log.launched {
                h.write(&l.id.0.to_le_bytes());
                h.write(&l.sent.0.to_le_bytes());
                h.write(&l.arrives.0.to_le_bytes());
                h.write(&[u8::from(l.lost.is_some())]);
                h.write(&(l.bytes.len() as u32).to_le_bytes());
                h.write(&l.bytes);
            }
        });
        h.write(&self.step.to_le_bytes());
        h.write(&self.world.now().0.to_le_bytes());
        for n in 0..self.world.nodes() {
            let Some(host) = self.world.host(NodeId(n)) else { continue };
            for socket in host.sockets() {
                h.write(&socket.id.0.to_le_bytes());
                h.write(&[socket.state as u8]);
                let vars = host.tcb(socket.id).map(|t| tcb::variables(&t, None)).unwrap_or_default();
                for v in vars.iter().filter(|v| !v.value.is_nan()) {
                    h.write(v.name.as_bytes());
                    h.write(&v.value.to_le_bytes());
                }
            }
            for (name, value) in host.counters() {
                h.write(name.as_bytes());
                h.write(&value.to_le_bytes());
            }
        }
        format!("{:016x}", h.finish())
    }

    /// Runs the timeline again from its beginning to where we stand, showing each step's log.
    fn again(&self, mut each: impl FnMut(&StepLog, u32)) {
        let timeline = self.timeline();
        let mut world = timeline.world_at(0);
        let mut log = StepLog::default();
        for step in 1..=self.step {
            if !timeline.play(step, &mut world, &mut log, &mut ()) {
                return;
            }
            each(&log, step);
        }
    }

    fn comment(&self, id: FrameId, reason: Option<&String>) -> String {
        let Some(r) = self.frames().get(id.0 as usize) else { return String::new() };
        let mut words: Vec<String> = Vec::new();
        if r.bits & records::bits::INJECTED != 0 {
            words.push("injected by hand".into());
        }
        if r.bits & records::bits::COPY != 0 {
            words.push(format!("copy of frame {}, made by hand", r.copy_of));
        }
        if r.resent > 0 {
            words.push(format!("sent again ({})", r.resent));
        }
        if r.step_ended <= self.step {
            let reason = reason.map_or("", String::as_str);
            match r.fate {
                f if f == records::Fate::Lost as u8 => words.push(format!("lost on the link: {reason}")),
                f if f == records::Fate::DroppedByPerson as u8 => words.push("dropped by hand".into()),
                f if f == records::Fate::DroppedByHost as u8 => words.push(format!("refused: {reason}")),
                _ => {}
            }
        }
        if words.is_empty() {
            return String::new();
        }
        let mut comment = format!("frame {}", id.0);
        for word in words {
            // Writing to a String cannot fail.
            let _ = write!(comment, ", {word}");
        }
        comment
    }
}
