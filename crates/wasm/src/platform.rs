//! What only the browser has: entropy and a clock. Neither reaches a world but as a seed that is written
//! down with its timeline; both work in pages and in workers.
use crate::error::error;
use js_sys::{Reflect, global};
use lab::view::ErrorView;
use wasm_bindgen::prelude::*;
use web_sys::{Crypto, Performance};

/// A property of the global object (`Window`, `WorkerGlobalScope` and Node's have no common type).
fn of_global<T: JsCast>(name: &str) -> Option<T> {
    let found = Reflect::get(&global(), &JsValue::from_str(name)).ok()?;
    // Not `dyn_into`: an embedding page's object may come from another realm.
    (!found.is_undefined() && !found.is_null()).then(|| found.unchecked_into())
}

/// 53 random bits: the most that a JavaScript number holds exactly.
pub fn entropy() -> Result<f64, JsValue> {
    let mut octets = [0; 8];
    let drawn = of_global::<Crypto>("crypto").map(|c| c.get_random_values_with_u8_array(&mut octets));
    match drawn {
        Some(Ok(_)) => Ok((u64::from_le_bytes(octets) >> 11) as f64),
        _ => Err(error(&ErrorView {
            code: "no_entropy".into(),
            message: "This browser offers no crypto.getRandomValues; give a seed of your own.".into(),
            operands: Vec::new(),
        })),
    }
}

/// The viewer's clock, milliseconds; 0 where there is none.
pub fn now_ms() -> f64 {
    of_global::<Performance>("performance").map_or(0.0, |p| p.now())
}
