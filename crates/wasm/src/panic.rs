//! A panic is a bug of ours; the page must be able to say so and to hand out the timeline that led to it.
use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook};
use wasm_bindgen::prelude::*;

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Prints panics to the console, and keeps the last one for [`last_panic`].
pub fn install() {
    set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        console_error_panic_hook::hook(info);
        LAST.with_borrow_mut(|last| *last = Some(info.to_string()));
    }));
}

/// What the last panic said and where it happened; nothing where none did.
#[wasm_bindgen(js_name = lastPanic)]
pub fn last_panic() -> Option<String> {
    LAST.with_borrow(Clone::clone)
}
