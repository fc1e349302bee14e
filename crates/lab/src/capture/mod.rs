//! Everything that went over the links, made again by replay.

mod reasons;
mod taps;

use crate::error::Result;
use crate::pcap::{self, Interface, Packet};
use crate::session::Session;
use crate::view::Command;
use crate::{hex, records};
use bytes::Bytes;
use net::{FrameId, LinkId};
use std::borrow::Cow;
use std::fmt::Write as _;
use tcp::time::Instant;

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
                direction: None,
            });
        });
        let about = format!("{}: {}", self.scenario.title.en, self.scenario.summary.en);
        pcap::write(&about, &interfaces, packets)
    }

    fn comment(&self, id: FrameId, reason: Option<&String>) -> String {
        let Some(r) = self.frame(id.0) else { return String::new() };
        let mut words: Vec<String> = Vec::new();
        if r.bits & records::bits::INJECTED != 0 {
            words.push("injected by hand".into());
        }
        if r.bits & records::bits::COPY != 0 {
            let doubled = net::rules::DUPLICATED.id;
            let by_link = self
                .marks_between(r.step_sent, r.step_sent)
                .iter()
                .any(|m| m.frame == id.0 && crate::rules::at(m.b).is_some_and(|rule| rule.id == doubled));
            let by = if by_link { "the link" } else { "hand" };
            words.push(format!("copy of frame {}, made by {by}", r.copy_of));
        }
        if r.bits & records::bits::IMPAIRED != 0 {
            words.extend(taps::impaired(self, id));
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
