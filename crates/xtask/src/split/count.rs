//! A module that notes what is entered.
use super::{ENTERED, bodies, read};
use crate::Result;
use walrus::ir::{Const, GlobalSet, Value};
use walrus::{ConstExpr, ValType};

/// The same module, in which function `n` sets the exported global `entered<n>` to 1.
pub fn count(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = read(wasm)?;
    for (n, id) in bodies(&module).into_iter().enumerate() {
        let zero = ConstExpr::Value(Value::I32(0));
        let global = module.globals.add_local(ValType::I32, true, false, zero);
        module.exports.add(&format!("{ENTERED}{n}"), global);
        let body = module.funcs.get_mut(id).kind.unwrap_local_mut().builder_mut();
        let mut body = body.func_body();
        body.instr_at(0, GlobalSet { global }).instr_at(0, Const { value: Value::I32(1) });
    }
    Ok(module.emit_wasm())
}
