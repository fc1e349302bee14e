//! ICMP errors about packets that were translated: what they quote is translated back (RFC 5508 §4.2, linux
//! nf_nat_icmp_reply_translation).

use super::hooks::{Tracked, dst, quoted, src};
use super::table::Tuple;
use crate::step::Step;
use crate::{Host, rules};
use bytes::Bytes;
use tcp::rule;
use wire::datagram::View;
use wire::layout::{self, ipv4};
use wire::rewrite::{End, adjust, replace, translate};
use wire::{ethernet, icmp, ip};

/// It is an ICMP message about another datagram.
pub(super) fn is_error(datagram: &[u8], headers: &View) -> bool {
    let kind = datagram.get(headers.payload.start);
    headers.protocol == ip::ICMP && kind.is_some_and(|k| icmp::v4::is_error(*k))
}

impl Host {
    /// An error about an entry has its quotation and its destination translated; one about nothing that is known passes as
    /// it is, for whom it is for to judge.
    pub(super) fn error_passes(
        &mut self,
        frame: &Bytes,
        headers: &View,
        cx: &mut Step,
    ) -> (Bytes, Option<Tracked>) {
        let unchanged = (frame.clone(), None);
        let (Some(nat), ip::Addrs::V4 { src: sender, dst: target }) = (&self.nat, headers.addrs) else {
            return unchanged;
        };
        let Some((start, quote)) = quoted(&frame[ethernet::LEN..], headers) else { return unchanged };
        // What is quoted went the other way.
        let Some((id, dir)) = nat.find(&quote.inverse()) else { return unchanged };
        let Some(entry) = nat.get(id) else { return unchanged };
        let (came, leaves) = (quote.inverse(), entry.leaves(dir));
        let mut out = frame.to_vec();
        let datagram = &mut out[ethernet::LEN..];
        translate_quote(datagram, start..headers.payload.end, quote, leaves.inverse());
        if target == came.dst && leaves.dst != came.dst {
            replace(datagram, ipv4::DST.range(), &leaves.dst.octets(), &[(ipv4::CHECKSUM.range(), false)]);
        }
        let was = leaves.inverse();
        rule!(cx.r, rules::NAT_QUOTE, Act, src(&quote), dst(&quote), src(&was), dst(&was));
        // Where the source of the entry's own packets is translated, so is that of an error from behind it.
        let sender = if leaves.src != came.src { leaves.src } else { sender };
        (out.into(), Some(Tracked::Related(sender)))
    }
}

/// Writes `to` over the addresses and ports of what lies at `range`, which are `from`; the message's checksum follows.
fn translate_quote(datagram: &mut [u8], range: std::ops::Range<usize>, from: Tuple, to: Tuple) {
    let before = datagram[range.clone()].to_vec();
    let quote = &mut datagram[range.clone()];
    if (from.src, from.src_port) != (to.src, to.src_port) {
        translate(quote, End::Source, to.src, to.src_port);
    }
    if (from.dst, from.dst_port) != (to.dst, to.dst_port) {
        translate(quote, End::Destination, to.dst, to.dst_port);
    }
    let message = range.start - icmp::LEN;
    let at = message + layout::icmp::CHECKSUM.range().start..message + layout::icmp::CHECKSUM.range().end;
    let old = u16::from_be_bytes([datagram[at.start], datagram[at.start + 1]]);
    let new = adjust(old, &before, &datagram[range]);
    datagram[at].copy_from_slice(&new.to_be_bytes());
}
