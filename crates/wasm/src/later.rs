//! `cargo xtask bindings` cuts the module in two after it is built (`xtask::split`): what the first steps of a session run through
//! comes first, everything else later. This is how the first part asks for the second where it did not come by itself.
use js_sys::Function;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static WAY: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// `way` puts the second part in its place before it returns; asked at most once, when something of that part is called.
#[wasm_bindgen(js_name = onLater)]
pub fn on_later(way: Function) {
    WAY.set(Some(way));
}

/// Called by the first part itself, at the door of a function that is not there yet.
///
/// # Panics
/// Where there is no way to the second part: nothing can go on without it.
#[wasm_bindgen(js_name = askLater)]
pub fn ask_later() {
    let way = WAY.take().expect("nobody said where the second part of the module is");
    way.call0(&JsValue::NULL).expect("the second part of the module did not come");
}
