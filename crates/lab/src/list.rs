//! The long lists: records in pieces of [`PIECE`], so that a list grows without being copied, is shared by forks until
//! one of them writes, and can set its oldest pieces aside where they can be made again.

use std::ops::Index;
use std::rc::Rc;

/// Records in a piece.
pub const PIECE: usize = 4096;

/// Records by number. Those of a piece that was set aside are not there, but for its first.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T> {
    pieces: Vec<Piece<T>>,
    len: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Piece<T> {
    /// The first record: what a search by halves needs.
    head: T,
    /// None where they were set aside.
    rows: Option<Rc<Vec<T>>>,
    /// Step after which nothing in it changed any more; known of those set aside.
    until: u32,
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List { pieces: Vec::new(), len: 0 }
    }
}

impl<T: Clone> List<T> {
    /// A list of `len` records that nobody asks for: to write those after them again.
    pub(crate) fn resumed(len: usize, blank: &T) -> List<T> {
        let piece = |n: usize| {
            let rows = (n == len / PIECE).then(|| Rc::new(vec![blank.clone(); len % PIECE]));
            Piece { head: blank.clone(), rows, until: 0 }
        };
        List { pieces: (0..len.div_ceil(PIECE)).map(piece).collect(), len }
    }

    /// Records in all.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A record; none where there is none of that number, or where it was set aside.
    #[inline]
    pub fn get(&self, at: usize) -> Option<&T> {
        self.pieces.get(at / PIECE)?.rows.as_ref()?.get(at % PIECE)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        Rc::make_mut(self.pieces.get_mut(at / PIECE)?.rows.as_mut()?).get_mut(at % PIECE)
    }

    /// Those that are there, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.pieces.iter().flat_map(|p| p.rows.iter().flat_map(|rows| rows.iter()))
    }

    /// Those that are there and wanted, to be changed. Pieces without any stay shared.
    pub(crate) fn some_mut(&mut self, wanted: impl Fn(&T) -> bool + Copy) -> impl Iterator<Item = &mut T> {
        let rows = self.pieces.iter_mut().filter_map(|p| p.rows.as_mut());
        let open = rows.filter(move |rows| rows.iter().any(wanted));
        open.flat_map(Rc::make_mut).filter(move |record| wanted(record))
    }

    /// The last that is there and wanted, to be changed.
    pub(crate) fn last_mut(&mut self, wanted: impl Fn(&T) -> bool) -> Option<&mut T> {
        for rows in self.pieces.iter_mut().rev().filter_map(|p| p.rows.as_mut()) {
            if let Some(at) = rows.iter().rposition(&wanted) {
                return Rc::make_mut(rows).get_mut(at);
            }
        }
        None
    }

    /// True where a piece has just become full.
    #[inline]
    pub(crate) fn push(&mut self, record: T) -> bool {
        let place = self.len % PIECE;
        self.len += 1;
        match self.pieces.last_mut().and_then(|p| p.rows.as_mut()) {
            Some(rows) if place > 0 => Rc::make_mut(rows).push(record),
            _ => {
                // A short list takes no more than it needs.
                let room = if self.pieces.is_empty() { 1 } else { PIECE };
                let mut rows = Vec::with_capacity(room);
                let head = record.clone();
                rows.push(record);
                self.pieces.push(Piece { head, rows: Some(Rc::new(rows)), until: 0 });
            }
        }
        place == PIECE - 1
    }

    /// Keeps those at the beginning for which `wanted` holds. The piece in which it ceases to hold must be there.
    pub(crate) fn keep(&mut self, wanted: impl Fn(&T) -> bool) {
        let pieces = self.pieces.partition_point(|p| wanted(&p.head));
        self.pieces.truncate(pieces);
        let Some(last) = self.pieces.last_mut() else {
            self.len = 0;
            return;
        };
        let rows = last.rows.as_mut().map_or(PIECE, |rows| {
            let rows = Rc::make_mut(rows);
            rows.truncate(rows.partition_point(&wanted));
            rows.len()
        });
        self.len = (pieces - 1) * PIECE + rows;
    }

    /// The pieces that are there, and where their records lie.
    pub fn places(&self) -> impl Iterator<Item = (Option<*const T>, &T)> {
        self.pieces.iter().map(|p| (p.rows.as_ref().map(|rows| rows.as_ptr()), &p.head))
    }

    /// Pieces whose records are there; and all of them.
    pub(crate) fn pieces(&self) -> (usize, usize) {
        (self.pieces.iter().filter(|p| p.rows.is_some()).count(), self.pieces.len())
    }

    /// Sets aside the oldest full piece that has settled (`until`: since which step, if it has), where more than `most`
    /// are there.
    pub(crate) fn thin(&mut self, most: usize, mut until: impl FnMut(usize, &[T]) -> Option<u32>) {
        if self.pieces().0 <= most {
            return;
        }
        let full = self.pieces.len().saturating_sub(1);
        for (n, piece) in self.pieces[..full].iter_mut().enumerate() {
            if let Some(settled) = piece.rows.as_deref().and_then(|rows| until(n, rows)) {
                (piece.rows, piece.until) = (None, settled);
                return;
            }
        }
    }

    /// Pieces that were set aside in which something was still to come at `step`, which `at` tells of a record.
    pub(crate) fn open_at(&self, step: u32, at: impl Fn(&T) -> u32) -> Vec<usize> {
        let open = |&piece: &usize| {
            self.set_aside(piece).is_some_and(|(head, until)| at(head) <= step && step < until)
        };
        (0..self.pieces.len()).filter(open).collect()
    }

    /// Puts one record where it belongs, with blank ones around it: see [`List::resumed`].
    pub(crate) fn place(&mut self, at: usize, record: T) {
        let Some(piece) = self.pieces.get_mut(at / PIECE) else { return };
        let rows = piece.rows.get_or_insert_with(|| Rc::new(vec![record.clone(); PIECE]));
        if let Some(row) = Rc::make_mut(rows).get_mut(at % PIECE) {
            *row = record;
        }
    }

    /// Of a piece that was set aside: its first record, and the step that settled it.
    pub(crate) fn set_aside(&self, piece: usize) -> Option<(&T, u32)> {
        let found = self.pieces.get(piece).filter(|p| p.rows.is_none())?;
        Some((&found.head, found.until))
    }

    /// Puts records back that were set aside.
    pub(crate) fn put_back(&mut self, piece: usize, rows: Rc<Vec<T>>) {
        if let Some(piece) = self.pieces.get_mut(piece) {
            piece.rows = Some(rows);
        }
    }

    /// The records of a piece, if they are there.
    pub(crate) fn piece(&self, piece: usize) -> Option<&Rc<Vec<T>>> {
        self.pieces.get(piece)?.rows.as_ref()
    }
}

impl<T: Clone> Index<usize> for List<T> {
    type Output = T;

    /// # Panics
    /// Where it is not there.
    fn index(&self, at: usize) -> &T {
        match self.get(at) {
            Some(record) => record,
            None => panic!("record {at} of {} is not there", self.len),
        }
    }
}
