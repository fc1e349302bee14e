/**
 * The second part of the wasm: everything that the first steps of a session do not run through (crates/xtask/src/split). It is
 * fetched as soon as the first part stands. What is called before it is there waits for it, so that nobody has to know what is in it.
 */
import { onLater } from './pkg/tcp_playground.js';
import { laterAtOnce, laterSource } from './wasm-source.js';

/** Brings the second part to the first, which is what `init` gave. Resolves when it stands, or did not come: then it is asked for again. */
export async function bringLater(first: object): Promise<void> {
  const imports = { first: first as WebAssembly.ModuleImports };
  onLater(() => void new WebAssembly.Instance(new WebAssembly.Module(laterAtOnce()), imports));
  await laterSource().then((bytes) => WebAssembly.instantiate(bytes, imports)).catch(() => undefined);
}
