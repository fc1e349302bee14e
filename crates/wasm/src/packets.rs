//! Packets: looked at, drafted, predicted.
use crate::error::bad_argument;
use crate::session::{Js, Session, bare, plain};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Session {
    /// A frame of this timeline, dissected as it is now.
    ///
    /// # Errors
    /// `unknown_frame`.
    #[wasm_bindgen(unchecked_return_type = "view.PacketView")]
    pub fn packet(&self, frame: u32) -> Js {
        let _guard = self.rescue.enter();
        plain(self.inner.packet(frame))
    }

    /// Any bytes, dissected.
    ///
    /// # Errors
    /// `bad_hex`.
    #[wasm_bindgen(unchecked_return_type = "view.PacketView")]
    pub fn dissect(hex: &str) -> Js {
        plain(lab::Session::dissect(hex))
    }

    /// A draft: one field set, checksums mended or kept; no world is touched.
    ///
    /// # Errors
    /// `bad_hex`, `unknown_field`, `bad_field_value`, …
    #[wasm_bindgen(unchecked_return_type = "view.PacketView")]
    pub fn edit(hex: &str, path: &str, value: &str, mend: bool) -> Js {
        plain(lab::Session::edit(hex, path, value, mend))
    }

    /// A draft: octets from `offset` replaced; no world is touched.
    ///
    /// # Errors
    /// `bad_hex`, `bad_offset`, …
    #[wasm_bindgen(js_name = setBytes, unchecked_return_type = "view.PacketView")]
    pub fn set_bytes(
        hex: &str,
        offset: u32,
        #[wasm_bindgen(js_name = bytesHex)] bytes_hex: &str,
        mend: bool,
    ) -> Js {
        plain(lab::Session::set_bytes(hex, offset, bytes_hex, mend))
    }

    /// What would happen if `frame` were delivered with these bytes; the world is not touched.
    ///
    /// # Errors
    /// `not_in_flight`, `bad_hex`.
    #[wasm_bindgen(unchecked_return_type = "view.Prediction")]
    pub fn predict(&self, frame: u32, hex: &str) -> Js {
        let _guard = self.rescue.enter();
        plain(self.inner.predict(frame, hex))
    }

    /// A SYN to `port` of the other end of `node`'s link, as hex, ready to inject.
    ///
    /// # Errors
    /// `unknown_node`, `bad_argument`.
    #[wasm_bindgen(js_name = synTo)]
    pub fn syn_to(&self, node: u32, port: u32) -> Js<String> {
        let _guard = self.rescue.enter();
        let port = u16::try_from(port).map_err(|_| bad_argument("port", &"ports are 0 to 65535"))?;
        bare(self.inner.syn_to(node, port))
    }
}
