//! After a panic, the world that panicked cannot be asked any more, so what it was made of is kept beside it.
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

type Timeline = Rc<RefCell<Vec<u8>>>;

thread_local! {
    /// Timeline of the session that is at work.
    static AT_WORK: Cell<Option<Timeline>> = const { Cell::new(None) };
    static LOST: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// There was a panic: the timeline of the session at work is kept for [`panic_timeline`], and told to the console.
pub fn keep_lost() {
    if let Some(timeline) = AT_WORK.take() {
        let bytes = timeline.borrow().clone();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        web_sys::console::error_2(&"The timeline that led here:".into(), &text.into());
        LOST.with_borrow_mut(|lost| *lost = Some(bytes));
    }
}

/// The timeline of the session that panicked, as `Session.save()` gives it; nothing where none did.
#[wasm_bindgen(js_name = panicTimeline)]
pub fn panic_timeline() -> Option<Vec<u8>> {
    LOST.with_borrow(Clone::clone)
}

/// A session's timeline, for the case that it panics.
pub struct Rescue(Timeline);

/// While it lives, the session is at work.
pub struct AtWork;

impl Rescue {
    /// Keeps the timeline that a session begins with.
    pub fn new(timeline: Vec<u8>) -> Rescue {
        Rescue(Rc::new(RefCell::new(timeline)))
    }

    /// The timeline has become this one.
    pub fn keep(&self, timeline: Vec<u8>) {
        *self.0.borrow_mut() = timeline;
    }

    /// To be held while the session does something that a bug could make panic.
    pub fn enter(&self) -> AtWork {
        AT_WORK.set(Some(Rc::clone(&self.0)));
        AtWork
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        AT_WORK.set(None);
    }
}
