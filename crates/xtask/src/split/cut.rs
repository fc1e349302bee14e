//! A module in two parts.
use super::{bodies, read};
use crate::Result;
use std::collections::BTreeSet;
use walrus::ir::{Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalId,
    GlobalKind, ImportedFunction, Module, TableId, ValType,
};

/// What the second part calls the first.
const FIRST: &str = "first";
/// The exported function that brings the second part.
const ASK: &str = "askLater";
/// The export that says that the second part is there, or was asked for.
const THERE: &str = "there";

/// The two parts. `first` has the places of the functions of the first, as `entered<n>` of [`super::count`] has them.
pub fn cut(wasm: &[u8], first: &BTreeSet<usize>) -> Result<(Vec<u8>, Vec<u8>)> {
    let plan = Plan::of(&read(wasm)?, first)?;
    Ok((plan.first(read(wasm)?)?, plan.second(read(wasm)?)?))
}

/// What goes where, by places in the order of the functions of the module (the imported ones too), globals and tables.
struct Plan {
    /// Functions of the second part that the first knows of, each with a slot.
    doors: Vec<usize>,
    /// Functions of the first part that the second calls.
    called: Vec<usize>,
    globals: Vec<usize>,
    tables: Vec<usize>,
    /// The table of functions, and its first new slot.
    table: usize,
    slot: u64,
}

/// Everything that a body names.
#[derive(Default)]
struct Named {
    functions: BTreeSet<FunctionId>,
    globals: BTreeSet<GlobalId>,
    tables: BTreeSet<TableId>,
}

impl Visitor<'_> for Named {
    fn visit_function_id(&mut self, id: &FunctionId) {
        self.functions.insert(*id);
    }
    fn visit_global_id(&mut self, id: &GlobalId) {
        self.globals.insert(*id);
    }
    fn visit_table_id(&mut self, id: &TableId) {
        self.tables.insert(*id);
    }
}

impl Named {
    fn add(&mut self, module: &Module, function: FunctionId) {
        let body = module.funcs.get(function).kind.unwrap_local();
        dfs_in_order(self, body, body.entry_block());
    }
}

/// All functions, imported and not, in their order.
fn functions(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(walrus::Function::id).collect()
}

fn tables(module: &Module) -> Vec<TableId> {
    module.tables.iter().map(walrus::Table::id).collect()
}

fn globals(module: &Module) -> Vec<GlobalId> {
    module.globals.iter().map(walrus::Global::id).collect()
}

/// The places in `all` of those that `wanted` holds of.
fn places<T: Copy>(all: &[T], wanted: impl Fn(T) -> bool) -> Vec<usize> {
    (0..all.len()).filter(|&n| wanted(all[n])).collect()
}

impl Plan {
    fn of(module: &Module, first: &BTreeSet<usize>) -> Result<Plan> {
        let local = bodies(module);
        let later: BTreeSet<FunctionId> =
            local.iter().enumerate().filter(|(n, _)| !first.contains(n)).map(|(_, id)| *id).collect();
        let (mut here, mut there) = (Named::default(), Named::default());
        for &id in &local {
            if later.contains(&id) { there.add(module, id) } else { here.add(module, id) }
        }
        for export in module.exports.iter() {
            if let ExportItem::Function(id) = export.item {
                here.functions.insert(id);
            }
        }
        for element in module.elements.iter() {
            match &element.items {
                ElementItems::Functions(ids) => here.functions.extend(ids),
                ElementItems::Expressions(..) => return Err("tables are filled with expressions".into()),
            }
        }
        let table = module.tables.main_function_table().map_err(|e| e.to_string())?;
        let table = table.ok_or("the module has no table of functions")?;
        there.tables.insert(table);
        let all = functions(module);
        Ok(Plan {
            doors: places(&all, |id| later.contains(&id) && here.functions.contains(&id)),
            called: places(&all, |id| !later.contains(&id) && there.functions.contains(&id)),
            globals: places(&globals(module), |id| there.globals.contains(&id)),
            tables: places(&tables(module), |id| there.tables.contains(&id)),
            table: places(&tables(module), |id| id == table)[0],
            slot: module.tables.get(table).initial,
        })
    }

    /// The first part: doors in the place of what comes later, and everything exported that the second part names.
    fn first(&self, mut module: Module) -> Result<Vec<u8>> {
        let all = functions(&module);
        let table = tables(&module)[self.table];
        let grown = module.tables.get_mut(table);
        grown.initial += self.doors.len() as u64;
        grown.maximum = grown.maximum.map(|most| most + self.doors.len() as u64);
        let knock = knock(&mut module)?;
        for (n, &door) in self.doors.iter().enumerate() {
            let ty = module.funcs.get(all[door]).ty();
            let (params, results) = module.types.params_results(ty);
            let (params, results) = (params.to_vec(), results.to_vec());
            let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
            let args: Vec<_> = params.iter().map(|&ty| module.locals.add(ty)).collect();
            let mut body = builder.func_body();
            body.call(knock);
            for &arg in &args {
                body.local_get(arg);
            }
            body.i32_const((self.slot + n as u64) as i32).call_indirect(ty, table);
            module.funcs.get_mut(all[door]).kind = FunctionKind::Local(builder.local_func(args));
        }
        for (n, &place) in self.called.iter().enumerate() {
            module.exports.add(&name('f', n), all[place]);
        }
        let (globals, tables) = (globals(&module), tables(&module));
        for (n, &place) in self.globals.iter().enumerate() {
            module.exports.add(&name('g', n), globals[place]);
        }
        for (n, &place) in self.tables.iter().enumerate() {
            module.exports.add(&name('t', n), tables[place]);
        }
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// The second part: its own functions, and slots of the table filled with those that have a door.
    fn second(&self, mut module: Module) -> Result<Vec<u8>> {
        let all = functions(&module);
        module.start = None;
        for id in module.exports.iter().map(walrus::Export::id).collect::<Vec<_>>() {
            module.exports.delete(id);
        }
        for id in module.elements.iter().map(walrus::Element::id).collect::<Vec<_>>() {
            module.elements.delete(id);
        }
        for id in module.data.iter().map(walrus::Data::id).collect::<Vec<_>>() {
            module.data.delete(id);
        }
        for id in module.imports.iter().map(walrus::Import::id).collect::<Vec<_>>() {
            module.imports.delete(id);
        }
        for (n, &place) in self.called.iter().enumerate() {
            let ty = module.funcs.get(all[place]).ty();
            let import = module.imports.add(FIRST, &name('f', n), all[place]);
            module.funcs.get_mut(all[place]).kind = FunctionKind::Import(ImportedFunction { import, ty });
        }
        let (globals, tables) = (globals(&module), tables(&module));
        for (n, &place) in self.globals.iter().enumerate() {
            let import = module.imports.add(FIRST, &name('g', n), globals[place]);
            module.globals.get_mut(globals[place]).kind = GlobalKind::Import(import);
        }
        for (n, &place) in self.tables.iter().enumerate() {
            let import = module.imports.add(FIRST, &name('t', n), tables[place]);
            let table = module.tables.get_mut(tables[place]);
            table.import = Some(import);
            table.elem_segments.clear();
        }
        let memory = module.get_memory_id().map_err(|e| e.to_string())?;
        let import = module.imports.add(FIRST, "memory", memory);
        let memory = module.memories.get_mut(memory);
        memory.import = Some(import);
        memory.data_segments.clear();
        self.fill(&mut module, &all, tables[self.table]);
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// The slots, and the word that they are filled.
    fn fill(&self, module: &mut Module, all: &[FunctionId], table: TableId) {
        let grown = module.tables.get_mut(table);
        grown.initial += self.doors.len() as u64;
        grown.maximum = grown.maximum.map(|most| most + self.doors.len() as u64);
        let offset = ConstExpr::Value(Value::I32(self.slot as i32));
        let items = ElementItems::Functions(self.doors.iter().map(|&door| all[door]).collect());
        module.elements.add(ElementKind::Active { table, offset }, items);
        let (there, _) = module.add_import_global(FIRST, THERE, ValType::I32, true, false);
        let mut start = FunctionBuilder::new(&mut module.types, &[], &[]);
        start.func_body().i32_const(1).global_set(there);
        module.start = Some(start.finish(Vec::new(), &mut module.funcs));
    }
}

/// A function that asks for the second part where it is not there. It asks once: what cannot come is a panic, whose own way may
/// lead through a door.
fn knock(module: &mut Module) -> Result<FunctionId> {
    let ask = module.exports.get_func(ASK).map_err(|e| e.to_string())?;
    let there = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
    module.exports.add(THERE, there);
    let mut builder = FunctionBuilder::new(&mut module.types, &[], &[]);
    builder.func_body().global_get(there).if_else(
        None,
        |_| {},
        |absent| {
            absent.i32_const(1).global_set(there).call(ask);
        },
    );
    Ok(builder.finish(Vec::new(), &mut module.funcs))
}

/// A short name of an export.
fn name(kind: char, n: usize) -> String {
    format!("{kind}{n}")
}
