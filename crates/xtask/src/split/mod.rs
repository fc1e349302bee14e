//! One wasm module in two files. The first has what a session runs through up to its first step, and at every event of a long run; it
//! stands alone. The second has everything else, and takes memory, tables and what it calls from the first. Where the first calls
//! what the second has, it goes through a door: a function of the same type that calls through a slot of the table, which the second
//! fills. A door that is opened before asks for the second and waits (`wasm::later`): when it comes is a question of speed only.
//!
//! Which functions come first is not written down anywhere: [`count`] makes a module that counts how often each function is
//! entered, `scripts/lib/first.mjs` does with it what a page does up to its first step, and [`cut`] is told which come first.
mod count;
mod cut;

pub use count::count;
pub use cut::cut;

use crate::Result;
use walrus::{FunctionId, FunctionKind, Module, ModuleConfig};

/// The exports of the module that [`count`] makes: this, and the place of the function among those of the module.
const ENTERED: &str = "entered";

/// Reads a module. Two readings of the same bytes have their functions in the same order.
fn read(wasm: &[u8]) -> Result<Module> {
    ModuleConfig::new()
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(wasm)
        .map_err(|e| format!("the wasm cannot be read: {e:#}"))
}

/// The functions that have a body here, in their order.
fn bodies(module: &Module) -> Vec<FunctionId> {
    let local = |f: &&walrus::Function| matches!(f.kind, FunctionKind::Local(_));
    module.funcs.iter().filter(local).map(walrus::Function::id).collect()
}
