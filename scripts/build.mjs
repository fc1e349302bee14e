// npm run build: set up, and leave the static site in dist/.
import { dist } from './lib/build.mjs';
import { fail } from './lib/run.mjs';
import { node, packages, rust } from './lib/setup.mjs';

try {
  node();
  await packages();
  await rust();
  await dist();
} catch (error) {
  fail(error);
}
