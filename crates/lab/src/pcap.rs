//! Captures: pcapng with nanosecond times, an interface a tap, and what we know of each frame as its comment.

use crate::view::{ErrorView, OperandValue, OperandView};
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption, InterfaceTsResolution,
};
use pcap_file::pcapng::blocks::opt_common::CommonOption;
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{PcapNgBlock, PcapNgWriter};
use pcap_file::{DataLink, Endianness};
use std::borrow::Cow;
use std::time::Duration;

/// Octets of the longest comment that is written whole: an option's length has 16 bits.
const MAX_COMMENT: usize = 60_000;

/// Where frames were taken down: a link, or a host's interface on one.
#[derive(Clone, Debug, PartialEq)]
pub struct Interface {
    /// Short name, as tshark's `frame.interface_name`.
    pub name: String,
    /// A sentence about it.
    pub description: String,
    /// Bits a second; 0 where the link has no rate.
    pub speed: u64,
}

/// A frame as it was taken down.
#[derive(Clone, Debug, PartialEq)]
pub struct Packet<'a> {
    /// Place of its interface in the list.
    pub interface: u32,
    /// When, ns since the world began.
    pub time: u64,
    /// Its octets, from the Ethernet header on.
    pub frame: Cow<'a, [u8]>,
    /// What we know of it: its fate, the rule that refused it. Empty: no comment.
    pub comment: String,
    /// Which way it passed its interface, where that is one of a host.
    pub direction: Option<Direction>,
}

/// Which way a frame passed an interface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// It came in.
    Inbound,
    /// It went out.
    Outbound,
}

impl Direction {
    /// Flags of an Enhanced Packet Block (draft-ietf-opsawg-pcapng §4.3.1): the way, and how the frame is addressed.
    fn flags(self, frame: &[u8]) -> u32 {
        let way = match self {
            Direction::Inbound => 1,
            Direction::Outbound => 2,
        };
        let reception: u32 = match frame.first_chunk::<6>() {
            Some([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]) => 3,
            Some([first, ..]) if first & 1 != 0 => 2,
            _ => 1,
        };
        way | reception << 2
    }
}

/// A pcapng file of one section: link type Ethernet, little-endian on every machine, so that the same run
/// gives the same file.
///
/// Errors: `bad_capture` where a packet names an interface that is not in the list.
pub fn write<'a>(
    about: &str,
    interfaces: &[Interface],
    packets: impl IntoIterator<Item = Packet<'a>>,
) -> Result<Vec<u8>, ErrorView> {
    let mut options = vec![SectionHeaderOption::UserApplication("TCP Playground".into())];
    if !about.is_empty() {
        options.push(SectionHeaderOption::Common(CommonOption::Comment(clip(about).into())));
    }
    let section = SectionHeaderBlock { endianness: Endianness::Little, options, ..Default::default() };
    let mut writer = PcapNgWriter::with_section_header(Vec::new(), section).map_err(failed)?;
    for interface in interfaces {
        writer.write_block(&describe(interface).into_block()).map_err(failed)?;
    }
    for packet in packets {
        let mut options = Vec::new();
        if !packet.comment.is_empty() {
            let comment = CommonOption::Comment(clip(&packet.comment).to_owned().into());
            options.push(EnhancedPacketOption::Common(comment));
        }
        if let Some(direction) = packet.direction {
            options.push(EnhancedPacketOption::Flags(direction.flags(&packet.frame)));
        }
        let block = EnhancedPacketBlock {
            interface_id: packet.interface,
            timestamp: Duration::from_nanos(packet.time),
            original_len: packet.frame.len() as u32,
            data: packet.frame,
            options,
        };
        writer.write_block(&block.into_block()).map_err(failed)?;
    }
    Ok(writer.into_inner())
}

fn describe(interface: &Interface) -> InterfaceDescriptionBlock<'_> {
    let mut options = vec![
        InterfaceDescriptionOption::IfName(interface.name.as_str().into()),
        InterfaceDescriptionOption::IfDescription(clip(&interface.description).into()),
        InterfaceDescriptionOption::IfTsResol(InterfaceTsResolution::NANO),
    ];
    if interface.speed > 0 {
        options.push(InterfaceDescriptionOption::IfSpeed(interface.speed));
    }
    // No limit: every frame is whole.
    InterfaceDescriptionBlock { linktype: DataLink::ETHERNET, snaplen: 0, options }
}

/// As much of a text as an option holds, cut between characters.
fn clip(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_COMMENT)]
}

fn failed(error: impl std::fmt::Display) -> ErrorView {
    let problem = error.to_string();
    let message = format!("The capture cannot be written: {problem}");
    let operand = OperandView { name: "problem".into(), value: OperandValue::Word { value: problem } };
    ErrorView { code: "bad_capture".into(), message, operands: vec![operand] }
}
