// Rust → wasm and bindings → dist/. Each part is skipped while its inputs stay the same.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bin, must, ROOT, say, seconds } from './run.mjs';
import { fresh, hashOf, stamp, unstamp } from './stamp.mjs';

const RUST = ['crates', 'scripts/lib/first.mjs', 'Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml'];
const FACE = ['www', 'crates/lab/locales', 'package-lock.json', 'package.json', 'tsconfig.json', 'vite.config.ts', 'vite.single.config.ts'];
const PKG = 'www/src/engine/pkg';
const made = (...names) => names.every((name) => existsSync(join(ROOT, name)));

/** wasm, its JavaScript and every TypeScript type, into www/src/engine/pkg. `profile` is cargo's. */
export async function bindings(profile = 'web') {
  const key = hashOf(RUST, profile);
  if (made(...['tcp_playground.js', 'tcp_playground_bg.wasm', 'tcp_playground_later.wasm', 'tcp_playground_script.js', 'tcp_playground_script_bg.wasm', 'views.ts'].map((name) => `${PKG}/${name}`)) && fresh('bindings', key)) return;
  const start = performance.now();
  say('Compiling Rust to WebAssembly (the first time takes a minute or two)');
  unstamp('bindings');
  await must('cargo', ['run', '--quiet', '--locked', '--package', 'xtask', '--', 'bindings', '--profile', profile]);
  stamp('bindings', key);
  say(`WebAssembly is ready (${seconds(start)})`);
}

/** The static site in dist/. */
export async function dist() {
  await bindings();
  const key = hashOf([...RUST, ...FACE]);
  if (made('dist/index.html', 'dist/embed.html', 'dist/tcp-playground.js', 'dist/tcp-playground.html') && fresh('dist', key)) {
    say('dist/ is up to date');
    return;
  }
  const start = performance.now();
  say('Building the page');
  unstamp('dist');
  const [node, vite] = bin('vite', 'bin/vite.js');
  const build = (config) => must(node, [vite, 'build', '--config', config, '--logLevel', 'warn'], { quiet: true });
  await build('vite.config.ts');
  await build('vite.single.config.ts');
  stamp('dist', key);
  say(`dist/ is ready (${seconds(start)})`);
}
