//! The long lists: where they lie, and what is told of them as a whole.

use crate::session::{Js, Session};
use crate::value;
use lab::list::{List, PIECE};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Where a packed list lies in wasm memory, in pieces. Valid until the next call into the core.
#[derive(Serialize)]
struct Place {
    /// Number of records.
    len: u32,
    /// Records in a piece; all of them, where they are one.
    piece: u32,
    /// Address of each piece, octets; 0 where it was set aside.
    rows: Vec<u32>,
    /// Address of the first record of each piece, which is always there.
    heads: Vec<u32>,
}

#[wasm_bindgen(typescript_custom_section)]
const PLACE: &str = "/** Where a packed list lies; 0 in `rows`: a piece that was set aside, see `recall`. */
export interface Place { len: number; piece: number; rows: number[]; heads: number[] }";

impl Place {
    fn of<T: Clone>(list: &List<T>) -> Place {
        let (rows, heads) =
            list.places().map(|(rows, head)| (rows.map_or(0, address), address(head))).unzip();
        Place { len: list.len() as u32, piece: PIECE as u32, rows, heads }
    }

    fn whole<T>(list: &[T]) -> Place {
        let at = address(list.as_ptr());
        Place { len: list.len() as u32, piece: u32::MAX, rows: vec![at], heads: vec![at] }
    }
}

/// wasm32: addresses are 32 bits.
fn address<T>(at: *const T) -> u32 {
    at as usize as u32
}

#[wasm_bindgen]
impl Session {
    /// Where the packed frame records lie.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "Place")]
    pub fn frames(&self) -> Js {
        value::give(&Place::of(self.inner.frames()))
    }

    /// Where the records of a piece of the frames lie, made again where they were set aside: until eight others have been
    /// asked for, or the timelines change. Undefined where there is no such piece.
    pub fn recall(&mut self, piece: u32) -> Option<u32> {
        let _guard = self.rescue.enter();
        self.inner.recall(piece as usize).map(address)
    }

    /// Where the packed mark records lie.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "Place")]
    pub fn marks(&self) -> Js {
        value::give(&Place::of(self.inner.marks()))
    }

    /// [`Session::recall`] of the marks.
    #[wasm_bindgen(js_name = recallMarks)]
    pub fn recall_marks(&mut self, piece: u32) -> Option<u32> {
        let _guard = self.rescue.enter();
        self.inner.recall_marks(piece as usize).map(address)
    }

    /// Where along `steps` steps, in `places` places, there are marks of states, of losses and of edits: three lists,
    /// ascending.
    #[wasm_bindgen(unchecked_return_type = "[number[], number[], number[]]")]
    pub fn overview(&self, steps: u32, places: u32) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.ledger().marks().overview(steps, places.min(10_000)))
    }

    /// The ends of all connections that have been seen, by id: `10.0.0.1:40000 10.0.0.2:7`.
    #[wasm_bindgen(js_name = flowNames)]
    pub fn flow_names(&self) -> Vec<String> {
        let _guard = self.rescue.enter();
        let flows = self.inner.ledger().flows().list().iter();
        flows.map(|f| format!("{} {}", f.client, f.server)).collect()
    }

    /// A connection that has been seen, as it is where we stand; undefined where there is no such id.
    #[wasm_bindgen(unchecked_return_type = "view.FlowView | undefined")]
    pub fn flow(&self, id: u32) -> Js {
        let _guard = self.rescue.enter();
        value::give(&self.inner.flow_view(id))
    }

    /// Brings the samples that graphs are drawn from up to the furthest step known, handling at most `budget` steps; gives
    /// the step that they have come to.
    pub fn sample(&mut self, budget: u32) -> u32 {
        let _guard = self.rescue.enter();
        self.inner.sample(budget)
    }

    /// Where the packed samples lie.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "Place")]
    pub fn samples(&self) -> Js {
        value::give(&Place::whole(self.inner.samples()))
    }
}
