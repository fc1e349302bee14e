//! Links, as JavaScript sees them. They are changed by the command `setLink`.
use crate::session::{Js, Session};
use crate::value;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Session {
    /// Every link, with what it does each way where we stand.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.LinkView[]")]
    pub fn links(&self) -> Js {
        value::give(&self.inner.links())
    }
}
