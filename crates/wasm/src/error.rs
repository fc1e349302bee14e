//! What a call refuses, as a JavaScript `Error` with a code for programs and a sentence for people.
use crate::value;
use js_sys::{Error, Reflect};
use lab::view::ErrorView;
use wasm_bindgen::JsValue;

/// `Error` with `message`, `code` and `operands`, as the catalogues' `errors` want them.
pub fn error(e: &ErrorView) -> JsValue {
    let thrown = Error::new(&e.message);
    let operands = value::give(&e.operands).unwrap_or_else(|_| js_sys::Array::new().into());
    for (name, member) in [("code", JsValue::from_str(&e.code)), ("operands", operands)] {
        // Setting a member of an object that was just made cannot fail.
        let _ = Reflect::set(&thrown, &JsValue::from_str(name), &member);
    }
    thrown.into()
}

/// An argument that is not what its type says: the caller's mistake, as in scripts without types.
#[cfg(feature = "session")]
pub fn bad_argument(name: &str, why: &dyn std::fmt::Display) -> JsValue {
    error(&ErrorView {
        code: "bad_argument".into(),
        message: format!("The argument {name} is not what this call takes: {why}."),
        operands: Vec::new(),
    })
}
