// npm test: set up, then every check and every test, each phase timed; the last line is the sum.
import { bindings, dist } from './lib/build.mjs';
import { bin, bold, dim, fail, green, Missing, red, run, say, seconds } from './lib/run.mjs';
import { chromium, node, packages, rust, tshark } from './lib/setup.mjs';
import { tally } from './lib/tally.mjs';

const cargo = (...args) => () => run('cargo', args, { keep: true });
const tool = (name, file, ...args) => () => {
  const [program, script] = bin(name, file);
  return run(program, [script, ...args], { keep: true });
};

/** A phase that is a build: nothing to count, only to succeed. */
const building = (make) => async () => {
  try {
    await make();
    return { status: 0, text: '' };
  } catch (error) {
    console.error(error.message);
    return { status: 1, text: '' };
  }
};

/** Name, what it runs, and the phases without which it makes no sense. */
const PHASES = [
  ['cargo fmt', cargo('fmt', '--all', '--check')],
  ['cargo xtask check', cargo('xtask', 'check')],
  ['cargo clippy', cargo('clippy', '--workspace', '--all-targets', '--locked', '--quiet', '--', '-D', 'warnings')],
  ['cargo test', cargo('test', '--workspace', '--locked')],
  ['wasm', building(bindings)],
  ['tsc', tool('typescript', 'bin/tsc', '--project', 'tsconfig.json'), ['wasm']],
  ['eslint', tool('eslint', 'bin/eslint.js', '.', '--max-warnings', '0'), ['wasm']],
  ['vitest', tool('vitest', 'vitest.mjs', 'run'), ['wasm']],
  ['page', building(dist), ['wasm']],
  ['playwright', tool('@playwright/test', 'cli.js', 'test'), ['page']],
];

/** Phases named on the command line alone (`npm test -- vitest`) and what they need, else all. */
function chosen() {
  const names = process.argv.slice(2);
  if (names.length === 0) return PHASES;
  const wanted = new Set();
  const want = (name) => {
    const found = PHASES.filter(([phase]) => phase.endsWith(name));
    if (found.length === 0) throw new Missing(`No phase is called ${name}.`, `There are: ${PHASES.map(([phase]) => phase).join(', ')}`);
    for (const [phase, , needs = []] of found) {
      wanted.add(phase);
      needs.forEach(want);
    }
  };
  names.forEach(want);
  return PHASES.filter(([phase]) => wanted.has(phase));
}

function close(results, start) {
  console.log(`\n${bold('Summary')}`);
  let passed = 0;
  let failed = 0;
  for (const { name, ok, took, lines, counts } of results) {
    console.log(`  ${ok ? green('✓') : red('✗')} ${name.padEnd(18)} ${dim(took.padStart(8))}${lines[0] ? `   ${lines[0]}` : ''}`);
    for (const line of lines.slice(1)) console.log(`${' '.repeat(34)}${line}`);
    passed += counts.passed;
    // A phase that fails without a failing test (a lint, a build) counts as one.
    failed += ok ? counts.failed : Math.max(counts.failed, 1);
  }
  console.log(`  ${dim(`in all ${seconds(start)}`)}\n\n${passed} passed, ${failed} failed`);
  return failed;
}

try {
  const start = performance.now();
  node();
  await packages();
  await rust();
  process.env.CHROMIUM = await chromium();
  await tshark();
  const results = [];
  for (const [name, phase, needs = []] of chosen()) {
    const began = performance.now();
    const missing = needs.find((need) => results.some((r) => r.name === need && !r.ok));
    console.log('');
    if (missing) say(`${name}: not run, because ${missing} failed`);
    else say(bold(name));
    const { status, text } = missing ? { status: 1, text: '' } : await phase();
    results.push({ name, ok: status === 0, took: seconds(began), ...tally(text) });
  }
  process.exitCode = close(results, start) === 0 ? 0 : 1;
} catch (error) {
  fail(error);
}
