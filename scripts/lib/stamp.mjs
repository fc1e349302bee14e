// What has been done for which inputs, so that second runs are quick. Content hashes, not times: a checkout
// or a clone changes times.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

const STAMPS = join(ROOT, 'node_modules/.cache/tcp-playground');
// Made by builds or editors: never an input.
const SKIP = new Set(['node_modules', 'target', 'dist', 'pkg', '.git', 'test-results']);

function* files(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return;
  if (!statSync(full).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(full).sort()) if (!SKIP.has(name)) yield* files(join(path, name));
}

/** Hash of the contents and names of files and folders. */
export function hashOf(paths, ...extra) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of files(path)) hash.update(file).update('\0').update(readFileSync(join(ROOT, file))).update('\0');
  }
  for (const text of extra) hash.update(String(text)).update('\0');
  return hash.digest('hex');
}

/** Whether `name` was stamped with this key. */
export function fresh(name, key) {
  try {
    return readFileSync(join(STAMPS, name), 'utf8') === key;
  } catch {
    return false;
  }
}

export function stamp(name, key) {
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(join(STAMPS, name), key);
}

export function unstamp(name) {
  rmSync(join(STAMPS, name), { force: true });
}
