//! Occurrences, in the order in which they happened: the newest are kept, of older ones an outline; they are made again when
//! somebody looks.

use crate::list::{List, PIECE};
use crate::records::{MarkKind, MarkRecord};

/// Pieces of marks that are kept.
const MOST_PIECES: usize = 12;
/// Parts of a piece that its outline tells apart.
const PARTS: u32 = u64::BITS;

/// What the outline of a run shows: which marks stand there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// A connection went to another state.
    State,
    /// A frame was lost, refused or taken away.
    Loss,
    /// A frame was edited.
    Edit,
}

impl Sign {
    const ALL: [Sign; 3] = [Sign::State, Sign::Loss, Sign::Edit];

    fn of(mark: &MarkRecord) -> Option<Sign> {
        let is = |kinds: &[MarkKind]| kinds.iter().any(|k| *k as u8 == mark.kind);
        if is(&[MarkKind::State]) {
            Some(Sign::State)
        } else if is(&[MarkKind::Refused, MarkKind::Lost, MarkKind::Dropped]) {
            Some(Sign::Loss)
        } else {
            is(&[MarkKind::Edited]).then_some(Sign::Edit)
        }
    }
}

/// All of them, up to the furthest step run.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    list: List<MarkRecord>,
    /// A piece each.
    sides: Vec<Side>,
}

#[derive(Clone, Debug)]
struct Side {
    /// Marks of the step of its first one that stand in the piece before.
    skip: u32,
    /// Of a piece that was set aside.
    outline: Option<Outline>,
}

/// Where signs stand within a piece: bits for equal parts of its steps.
#[derive(Clone, Debug)]
struct Outline {
    first: u32,
    last: u32,
    parts: [u64; 3],
}

impl Outline {
    fn of(rows: &[MarkRecord]) -> Outline {
        let (first, last) = (rows.first().map_or(0, |m| m.step), rows.last().map_or(0, |m| m.step));
        let mut parts = [0; 3];
        for m in rows {
            if let Some(sign) = Sign::of(m) {
                let part = u64::from(m.step - first) * u64::from(PARTS) / (u64::from(last - first) + 1);
                parts[sign as usize] |= 1 << part;
            }
        }
        Outline { first, last, parts }
    }

    /// The stretches of steps in which a sign stands, as near as it is known.
    fn steps(&self, sign: Sign) -> impl Iterator<Item = (u32, u32)> + '_ {
        let bits = self.parts[sign as usize];
        let steps = u64::from(self.last - self.first) + 1;
        let step = move |part: u32| self.first + (u64::from(part) * steps / u64::from(PARTS)) as u32;
        (0..PARTS).filter(move |part| bits >> part & 1 == 1).map(move |part| (step(part), step(part + 1)))
    }
}

impl Marks {
    /// Those that are there; the others are made again by [`crate::Session::marks_between`].
    pub fn list(&self) -> &List<MarkRecord> {
        &self.list
    }

    /// Octets that they take, and their outlines.
    pub(crate) fn weight(&self) -> usize {
        self.list.pieces().0 * PIECE * size_of::<MarkRecord>() + self.sides.len() * size_of::<Side>()
    }

    /// Pieces whose marks were set aside.
    pub(crate) fn aside(&self) -> usize {
        let (here, all) = self.list.pieces();
        all - here
    }

    pub(crate) fn push(&mut self, mark: MarkRecord) {
        if self.list.len().is_multiple_of(PIECE) {
            let same = |m: &&MarkRecord| m.step == mark.step;
            let skip = self.list.iter().rev().take_while(same).count() as u32;
            self.sides.push(Side { skip, outline: None });
        }
        if self.list.push(mark) {
            let sides = &mut self.sides;
            self.list.thin(MOST_PIECES, |piece, rows| {
                // How long a frame is held is known when it is let go; a person does that, so there are few.
                if rows.iter().any(|m| m.kind == MarkKind::Held as u8) {
                    return None;
                }
                sides[piece].outline = Some(Outline::of(rows));
                rows.last().map(|m| m.step)
            });
        }
    }

    /// The last mark that is wanted, to be changed.
    pub(crate) fn last_mut(&mut self, wanted: impl Fn(&MarkRecord) -> bool) -> Option<&mut MarkRecord> {
        self.list.last_mut(wanted)
    }

    /// Puts marks back that were set aside.
    pub(crate) fn put_back(&mut self, piece: usize, rows: Vec<MarkRecord>) {
        self.list.put_back(piece, rows.into());
        self.sides[piece].outline = None;
    }

    /// Keeps those up to `step`. The piece in which that is must be there.
    pub(crate) fn keep(&mut self, step: u32) {
        self.list.keep(|m| m.step <= step);
        self.sides.truncate(self.list.pieces().1);
    }

    /// The pieces set aside that a ledger begins with that is cut at `step`: where that is, and as many as are kept.
    pub(crate) fn missing(&self, step: u32) -> Vec<usize> {
        let pieces = self.list.places().take_while(|(_, head)| head.step <= step).count();
        let first = pieces.saturating_sub(MOST_PIECES);
        (first..pieces).filter(|&piece| self.list.set_aside(piece).is_some()).collect()
    }

    /// Of the marks that are written from the step of a piece's first one on: how many stand before it.
    pub(crate) fn skip(&self, piece: usize) -> usize {
        self.sides.get(piece).map_or(0, |s| s.skip as usize)
    }

    /// Where signs stand along `steps` steps, in `places` places: those of states, of losses, of edits, ascending. Of marks
    /// set aside a place may be off by a part of 64 of their piece.
    pub fn overview(&self, steps: u32, places: u32) -> [Vec<u32>; 3] {
        let mut taken = [(); 3].map(|()| vec![false; places as usize + 1]);
        let place = |step: u32| {
            (f64::from(step.min(steps)) / f64::from(steps.max(1)) * f64::from(places)).round() as usize
        };
        let mut put = |sign: Sign, from: u32, to: u32| {
            if from <= steps {
                taken[sign as usize][place(from)..=place(to)].fill(true);
            }
        };
        for (piece, side) in self.sides.iter().enumerate() {
            if let Some(rows) = self.list.piece(piece) {
                for (sign, step) in rows.iter().filter_map(|m| Some((Sign::of(m)?, m.step))) {
                    put(sign, step, step);
                }
            } else if let Some(outline) = &side.outline {
                for sign in Sign::ALL {
                    outline.steps(sign).for_each(|(from, to)| put(sign, from, to));
                }
            }
        }
        taken.map(|places| (0..).zip(places).filter_map(|(n, is)| is.then_some(n)).collect())
    }
}
