//! The boundary to JavaScript: the only crate that knows wasm-bindgen. A thin, coarse API over `lab`:
//! values cross as plain objects typed by `lab::view`, bytes as typed arrays, long lists where they lie.
#[cfg(feature = "session")]
mod arguments;
mod error;
#[cfg(feature = "session")]
mod later;
#[cfg(feature = "session")]
mod links;
#[cfg(feature = "session")]
mod lists;
#[cfg(feature = "session")]
mod packets;
mod panic;
#[cfg(feature = "session")]
mod platform;
#[cfg(feature = "session")]
mod rescue;
#[cfg(feature = "session")]
mod restoring;
#[cfg(feature = "script")]
mod script;
#[cfg(feature = "session")]
mod session;
mod value;

#[cfg(feature = "session")]
pub use later::{ask_later, on_later};
pub use panic::last_panic;
#[cfg(feature = "session")]
pub use rescue::panic_timeline;
#[cfg(feature = "script")]
pub use script::{ScriptSession, pcapng, taps};
#[cfg(feature = "session")]
pub use session::Session;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "import type * as view from './views';";

/// Runs once, when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    panic::install();
}

/// Layouts of the packed records: frames, marks, samples.
///
/// # Errors
/// None that a caller could meet: the value is a constant.
#[cfg(feature = "session")]
#[wasm_bindgen(unchecked_return_type = "[view.Layout, view.Layout, view.Layout]")]
pub fn layouts() -> Result<JsValue, JsValue> {
    value::give(&lab::records::layout())
}
