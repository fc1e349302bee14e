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
    /// Those that are full.
    pieces: Vec<Piece>,
    /// Those of the piece that is not full yet, and all bits that are set among them.
    open: Vec<u8>,
    any: u8,
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
        self.pieces.len() * PIECE + self.open.len()
    }

    /// The bits of the steps of a piece; none where they were set aside.
    pub(crate) fn piece(&self, piece: usize) -> Option<&[u8]> {
        match self.pieces.get(piece) {
            Some(full) => full.rows.as_ref().map(|rows| rows.as_slice()),
            None => (piece == self.pieces.len()).then_some(&self.open),
        }
    }

    /// All bits that are set in a piece.
    pub(crate) fn any(&self, piece: usize) -> u8 {
        self.pieces.get(piece).map_or(self.any, |p| p.any)
    }

    /// Octets that they take.
    pub(crate) fn weight(&self) -> usize {
        let full = self.pieces.iter().map(|p| size_of::<Piece>() + p.rows.as_ref().map_or(0, |r| r.len()));
        full.sum::<usize>() + self.open.len()
    }

    #[inline]
    pub(crate) fn push(&mut self, bits: u8) {
        self.any |= bits;
        self.open.push(bits);
        if self.open.len() == PIECE {
            self.close();
        }
    }

    fn close(&mut self) {
        let rows = Some(Rc::new(std::mem::take(&mut self.open)));
        self.pieces.push(Piece { any: std::mem::take(&mut self.any), rows });
        if let Some(old) = self.pieces.len().checked_sub(MOST_PIECES + 1) {
            self.pieces[old].rows = None;
        }
    }

    /// Keeps the first `len`. `rows`: those of the piece where they end, if it was set aside.
    pub(crate) fn keep(&mut self, len: usize, rows: Option<Rc<Vec<u8>>>) {
        if len >= self.len() {
            return;
        }
        let piece = len / PIECE;
        if let Some(full) = self.pieces.get_mut(piece) {
            let rows = full.rows.take().or(rows).unwrap_or_default();
            self.open = rows.iter().copied().take(len % PIECE).collect();
            self.pieces.truncate(piece);
        }
        self.open.truncate(len % PIECE);
        self.any = self.open.iter().fold(0, |any, bits| any | bits);
    }
}
