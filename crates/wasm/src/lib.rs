//! The boundary to JavaScript: the only crate that knows wasm-bindgen. A thin, coarse API over `lab`:
//! values cross as plain objects typed by `lab::view`, bytes as typed arrays, long lists where they lie.
mod error;
mod packets;
mod panic;
mod platform;
mod session;
mod value;

pub use panic::{last_panic, panic_timeline};
pub use session::Session;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "import type * as view from './views';";

/// Runs once, when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    panic::install();
}

/// Layouts of the packed records: frames, marks.
///
/// # Errors
/// None that a caller could meet: the value is a constant.
#[wasm_bindgen(unchecked_return_type = "[view.Layout, view.Layout]")]
pub fn layouts() -> Result<JsValue, JsValue> {
    value::give(&lab::records::layout())
}
