//! Rust values as plain JavaScript values (objects for structs and maps, `null` for `None`), and back.
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// `value` as JavaScript sees it; fits the types that `cargo xtask bindings` writes.
pub fn give<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}

/// A plain JavaScript value as JSON: timelines are read with the same code, so that it is in the wasm once.
#[cfg(feature = "session")]
pub fn json(value: &JsValue) -> Result<String, String> {
    let json = js_sys::JSON::stringify(value).map_err(|_| "it cannot be written as JSON".to_string())?;
    // What JSON has no word for (undefined, a function) is written as nothing at all.
    Ok(json.as_string().unwrap_or_else(|| "null".into()))
}
