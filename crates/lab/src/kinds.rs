//! What each step was good for: what stepping by packet, call or line looks for. An octet a step for the newest; of older
//! ones, what there is among some thousands of them.

use crate::list::PIECE;
use std::rc::Rc;

/// A frame left or arrived.
pub const PACKET: u8 = 1;
/// A system call began or returned.
pub const CALL: u8 = 2;
/// A program ran on.
pub const PROGRAM: u8 = 4;
/// A person's command.
pub const COMMAND: u8 = 8;
/// The log of calls has a line of a node whose number ends in these two bits; this bit is that of 0.
const LINE: u8 = 16;

/// The bits of steps in which the log has a line of `node`, or of any.
pub fn line(node: Option<u32>) -> u8 {
    node.map_or(LINE * 15, |n| LINE << (n % 4))
}

/// Pieces that are kept: a quarter of a million steps.
const MOST_PIECES: usize = 64;

/// Bits of steps, counted from the first that is written.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    pieces: Vec<Piece>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Piece {
    /// All bits that are set in it.
    any: u8,
    rows: Option<Rc<Vec<u8>>>,
}

impl Kinds {
    /// Steps written.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The bits of the steps of a piece; none where they were set aside.
    pub(crate) fn piece(&self, piece: usize) -> Option<&Rc<Vec<u8>>> {
        self.pieces.get(piece)?.rows.as_ref()
    }

    /// All bits that are set in a piece.
    pub(crate) fn any(&self, piece: usize) -> u8 {
        self.pieces.get(piece).map_or(0, |p| p.any)
    }

    /// Octets that they take.
    pub(crate) fn weight(&self) -> usize {
        self.pieces.iter().map(|p| size_of::<Piece>() + p.rows.as_ref().map_or(0, |r| r.len())).sum()
    }

    pub(crate) fn push(&mut self, bits: u8) {
        if self.len.is_multiple_of(PIECE) {
            self.pieces.push(Piece { any: 0, rows: Some(Rc::new(Vec::with_capacity(PIECE))) });
            if let Some(old) = self.pieces.len().checked_sub(MOST_PIECES + 1) {
                self.pieces[old].rows = None;
            }
        }
        self.len += 1;
        if let Some(Piece { any, rows: Some(rows) }) = self.pieces.last_mut() {
            *any |= bits;
            Rc::make_mut(rows).push(bits);
        }
    }

    /// Keeps the first `len`. `rows`: those of the piece where they end, if it was set aside.
    pub(crate) fn keep(&mut self, len: usize, rows: Option<Rc<Vec<u8>>>) {
        self.pieces.truncate(len.div_ceil(PIECE));
        self.len = len.min(self.len);
        let Some(last) = self.pieces.last_mut() else { return };
        last.rows = last.rows.take().or(rows);
        if let Some(rows) = &mut last.rows {
            let rows = Rc::make_mut(rows);
            rows.truncate((len - 1) % PIECE + 1);
            last.any = rows.iter().fold(0, |any, bits| any | bits);
        }
    }
}
