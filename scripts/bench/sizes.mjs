// What goes over the wire, compressed as static hosts compress.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { ROOT } from '../lib/run.mjs';

const DIST = join(ROOT, 'dist');
const brotli = (file) =>
  brotliCompressSync(readFileSync(join(DIST, file)), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
const sum = (files) => [...files].reduce((bytes, file) => bytes + brotli(file), 0);

/** What index.html names at once, but fetches when its first step can be made (www/src/engine/later.ts). */
const late = (file) => file.includes('_later');

/** Bytes of the wasm and of everything that index.html asks for up to its first step; of the wasm's other part; of what a script asks for. */
export function sizes() {
  const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));
  const find = (part) => Object.keys(manifest).find((key) => key.endsWith(part));
  const named = ['index.html', ...closure(manifest, find('index.html'))];
  const first = new Set(named.filter((file) => !late(file)));
  const script = [...closure(manifest, find('elements/script/index.ts'))].filter((file) => !named.includes(file));
  const wasm = [...first].filter((file) => file.endsWith('.wasm'));
  return { wasm_size: sum(wasm), later_size: sum(named.filter(late)), page_size: sum(first), script_size: sum(script) };
}

/** The files of an entry and of all that it imports at once; what it imports later is not among them. */
function closure(manifest, key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk || found.has(chunk.file)) return found;
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) found.add(file);
  for (const next of chunk.imports ?? []) closure(manifest, next, found);
  return found;
}
