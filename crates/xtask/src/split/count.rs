//! A module that counts how often what is entered.
use super::{ENTERED, bodies, read};
use crate::Result;
use walrus::ir::{BinaryOp, Binop, Const, GlobalGet, GlobalSet, Value};
use walrus::{ConstExpr, ValType};

/// The same module, in which function `n` adds 1 to the exported global `entered<n>`.
pub fn count(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = read(wasm)?;
    for (n, id) in bodies(&module).into_iter().enumerate() {
        let zero = ConstExpr::Value(Value::I32(0));
        let global = module.globals.add_local(ValType::I32, true, false, zero);
        module.exports.add(&format!("{ENTERED}{n}"), global);
        let body = module.funcs.get_mut(id).kind.unwrap_local_mut().builder_mut();
        let mut body = body.func_body();
        body.instr_at(0, GlobalGet { global })
            .instr_at(1, Const { value: Value::I32(1) })
            .instr_at(2, Binop { op: BinaryOp::I32Add })
            .instr_at(3, GlobalSet { global });
    }
    Ok(module.emit_wasm())
}
