// What goes over the wire, compressed as static hosts compress.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { ROOT } from '../lib/run.mjs';

const brotli = (file) =>
  brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

/** Bytes of the wasm, and of everything that index.html asks for. */
export function sizes() {
  const dist = join(ROOT, 'dist');
  const assets = readdirSync(join(dist, 'assets')).map((name) => join(dist, 'assets', name));
  const wasm = assets.filter((file) => file.endsWith('.wasm'));
  // embed.html's own entry is a few bytes; everything else belongs to the page.
  const page = [join(dist, 'index.html'), join(dist, 'tcp-playground.js'), ...assets];
  const sum = (files) => files.reduce((bytes, file) => bytes + brotli(file), 0);
  return { wasm_size: sum(wasm), page_size: sum(page) };
}
