//! A saved session comes back in slices, so that the page stays alive.
use crate::session::{Js, Session, bare};
use wasm_bindgen::prelude::*;

/// A session on its way back from what `save` gave, in slices.
#[wasm_bindgen]
pub struct Restoring {
    inner: lab::Restoring,
}

#[wasm_bindgen]
impl Restoring {
    /// Reads what `save` gave; nothing is run yet.
    ///
    /// # Errors
    /// `bad_timeline`, `bad_scenario`, `too_long`.
    #[wasm_bindgen(constructor)]
    pub fn new(timeline: &[u8]) -> Js<Restoring> {
        bare(lab::Restoring::new(timeline)).map(|inner| Restoring { inner })
    }

    /// Goes on for about `budget` events; true where the session is there.
    ///
    /// # Errors
    /// `bad_timeline`, `command_failed`.
    #[wasm_bindgen(js_name = goOn)]
    pub fn go_on(&mut self, budget: u32) -> Js<bool> {
        bare(self.inner.go_on(budget))
    }

    /// Events run again so far.
    pub fn done(&self) -> u32 {
        self.inner.progress().0
    }

    /// Events in all.
    pub fn total(&self) -> u32 {
        self.inner.progress().1
    }

    /// The session, once `goOn` has said that it is there.
    pub fn session(self) -> Session {
        Session::begin(self.inner.session())
    }
}
