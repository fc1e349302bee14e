//! Packets: looked at, drafted, predicted.
use crate::error::bad_argument;
use crate::session::{Js, Session, bare, plain};
use crate::value;
use lab::draft::Change;
use lab::standing::StandingRule;
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

    /// A draft, changed; no world is touched. What `mends` names follows: 1 lengths of IP and UDP, 2 data offset, 4 IP
    /// checksum, 8 TCP checksum.
    ///
    /// # Errors
    /// `bad_hex`, `unknown_field`, `bad_field_value`, …
    #[wasm_bindgen(unchecked_return_type = "view.PacketView")]
    pub fn change(
        hex: &str,
        #[wasm_bindgen(unchecked_param_type = "view.Change")] change: JsValue,
        mends: u8,
    ) -> Js {
        let change = value::json(&change)
            .and_then(|text| Change::parse(&text))
            .map_err(|e| bad_argument("change", &e))?;
        plain(lab::Session::change(hex, &change, mends))
    }

    /// What would happen if `frame` were delivered with these bytes, and `ahead` steps more; the world is not touched.
    ///
    /// # Errors
    /// `not_in_flight`, `bad_hex`, `does_not_arrive`.
    #[wasm_bindgen(unchecked_return_type = "view.Prediction")]
    pub fn predict(&self, frame: u32, hex: &str, ahead: u32) -> Js {
        let _guard = self.rescue.enter();
        plain(self.inner.predict(frame, hex, ahead))
    }

    /// What would happen if these bytes were put on the link of `node`; see `predict`.
    ///
    /// # Errors
    /// `unknown_node`, `not_plugged`, `bad_hex`, `bad_frame_length`, `does_not_arrive`.
    #[wasm_bindgen(js_name = predictInject, unchecked_return_type = "view.Prediction")]
    pub fn predict_inject(&self, node: u32, hex: &str, ahead: u32) -> Js {
        let _guard = self.rescue.enter();
        plain(self.inner.predict_inject(node, hex, ahead))
    }

    /// Why a standing rule would never act, where the rule alone tells; throws what `addRule` would refuse.
    ///
    /// # Errors
    /// `unknown_name`, `unknown_flag`, `bad_delay`, `bad_field_…`.
    #[wasm_bindgen(js_name = checkRule, unchecked_return_type = "view.ErrorView | undefined")]
    pub fn check_rule(
        &self,
        #[wasm_bindgen(unchecked_param_type = "view.StandingRule")] rule: JsValue,
    ) -> Js {
        let _guard = self.rescue.enter();
        let rule = value::json(&rule)
            .and_then(|text| StandingRule::parse(&text))
            .map_err(|e| bad_argument("rule", &e))?;
        plain(self.inner.check_rule(&rule))
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
