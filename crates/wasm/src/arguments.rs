//! Arguments that JavaScript gives, read.
use crate::error::bad_argument;
use crate::session::Js;
use lab::view::Stop;
use wasm_bindgen::prelude::*;

/// Stops as JavaScript gives them.
pub(crate) fn given(stops: &JsValue) -> Js<Vec<Stop>> {
    crate::value::json(stops).and_then(|text| Stop::parse_list(&text)).map_err(|e| bad_argument("stops", &e))
}

/// A JavaScript number as a seed.
pub(crate) fn whole(seed: f64) -> Js<u64> {
    // 2^53: beyond it, a JavaScript number is no longer exact.
    if seed.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&seed) {
        return Ok(seed as u64);
    }
    Err(bad_argument("seed", &"a seed is a whole number from 0 to 2^53"))
}
