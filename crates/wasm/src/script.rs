//! What the second module does: packetdrill scripts, as JavaScript holds them, and captures.
use crate::error::error;
use crate::value;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

type Js<T = JsValue> = Result<T, JsValue>;

/// Every frame of a timeline (`Session.save()`) up to a step, as a pcapng file: as links carry it, or, with `taps`, as those
/// interfaces see it (`Client:eth0`, or `Client` for all of its; an empty list for all there are).
///
/// # Errors
/// `bad_timeline`, `unknown_interface`.
#[wasm_bindgen]
pub fn pcapng(timeline: &[u8], step: u32, taps: Option<Vec<String>>) -> Js<Uint8Array> {
    let made = lab::Session::restore(timeline).and_then(|mut session| {
        session.seek(step);
        taps.map_or_else(|| session.pcapng(), |taps| session.capture_at(&taps))
    });
    made.map(|bytes| Uint8Array::from(bytes.as_slice())).map_err(|e| error(&e))
}

/// Interfaces of a timeline (`Session.save()`) that [`pcapng`] can tap, by their names.
///
/// # Errors
/// `bad_timeline`.
#[wasm_bindgen]
pub fn taps(timeline: &[u8]) -> Js<Vec<String>> {
    lab::Session::restore(timeline).map(|session| session.taps()).map_err(|e| error(&e))
}

/// A script with its history (`lab::script::ScriptSession`).
#[wasm_bindgen]
pub struct ScriptSession {
    inner: lab::script::ScriptSession,
}

#[wasm_bindgen]
impl ScriptSession {
    /// A script about to begin; `profile` stands in the place of the one that it names.
    ///
    /// # Errors
    /// `script_too_long`, `script_syntax`, `script_unsupported`, `script_cannot_begin`.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, text: &str, profile: Option<String>) -> Js<ScriptSession> {
        match lab::script::ScriptSession::open(name, text, profile.as_deref()) {
            Ok(inner) => Ok(ScriptSession { inner }),
            Err(e) => Err(error(&e)),
        }
    }

    /// Where its events stand in the text, in order.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.EventPlace[]")]
    pub fn events(&self) -> Js {
        value::give(&self.inner.events())
    }

    /// Everything at this step.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.ScriptView")]
    pub fn view(&self) -> Js {
        value::give(&self.inner.view())
    }

    /// The rules that step `step` (from 1) went through.
    ///
    /// # Errors
    /// None that a caller could meet.
    #[wasm_bindgen(unchecked_return_type = "view.RuleView[]")]
    pub fn trace(&self, step: u32) -> Js {
        value::give(&self.inner.trace(step as usize))
    }

    /// Does the next event; false where the script was over.
    pub fn step(&mut self) -> bool {
        self.inner.step()
    }

    /// One event back; false at the beginning.
    pub fn back(&mut self) -> bool {
        self.inner.back()
    }

    /// To the state after `step` events, or to the end where there are fewer.
    pub fn seek(&mut self, step: u32) {
        self.inner.seek(step as usize);
    }

    /// A slice of a run: at most `budget` events, up to but not into the event `stop`. True while there is more.
    pub fn run(&mut self, budget: u32, stop: Option<u32>) -> bool {
        self.inner.run(budget, stop.map(|s| s as usize))
    }
}
