// npm run dev: the page on Vite's server, which reloads what is edited. After a change in Rust, run it again.
import { bindings } from './lib/build.mjs';
import { bin, fail, run } from './lib/run.mjs';
import { node, packages, rust } from './lib/setup.mjs';

try {
  node();
  await packages();
  await rust();
  await bindings();
  const [program, vite] = bin('vite', 'bin/vite.js');
  process.exit((await run(program, [vite, ...process.argv.slice(2)])).status);
} catch (error) {
  fail(error);
}
