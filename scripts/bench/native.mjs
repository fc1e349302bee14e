// The native side: crate bench prints `id value` lines, medians in the units of the table.
import { run } from '../lib/run.mjs';
import { Missing } from '../lib/run.mjs';

export async function native() {
  const { status, text } = await run('cargo', ['run', '--release', '--quiet', '--locked', '--package', 'bench'], { quiet: true });
  if (status !== 0) throw new Missing('The native benchmarks do not run.', text);
  return parse(text);
}

/** `id value` lines as an object. */
export function parse(text) {
  const found = {};
  for (const line of text.split('\n')) {
    const match = /^([a-z_]+) ([\d.e+-]+)$/.exec(line.trim());
    if (match) found[match[1]] = Number(match[2]);
  }
  return found;
}
