//! A panic is a bug of ours; the page must be able to say so.
use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook};
use wasm_bindgen::prelude::*;

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Prints panics to the console, and keeps what [`last_panic`] gives.
pub fn install() {
    set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        console_error_panic_hook::hook(info);
        LAST.with_borrow_mut(|last| *last = Some(info.to_string()));
        #[cfg(feature = "session")]
        crate::rescue::keep_lost();
    }));
}

/// What the last panic said and where it happened; nothing where none did.
#[wasm_bindgen(js_name = lastPanic)]
pub fn last_panic() -> Option<String> {
    LAST.with_borrow(Clone::clone)
}
