//! Rust values as plain JavaScript values: objects for structs and maps, `null` for `None`.
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// `value` as JavaScript sees it; fits the types that `cargo xtask bindings` writes.
pub fn give<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}
