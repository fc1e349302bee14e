//! The boundary to JavaScript: the only crate that knows wasm-bindgen. A thin, coarse API over `lab`.
use wasm_bindgen::prelude::*;

mod panic;
mod value;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "import type * as view from './views';";

/// Runs once, when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    panic::install();
}

/// Layouts of the packed records: frames, marks.
#[wasm_bindgen(unchecked_return_type = "[view.Layout, view.Layout]")]
pub fn layouts() -> Result<JsValue, JsValue> {
    value::give(&lab::records::layout())
}
