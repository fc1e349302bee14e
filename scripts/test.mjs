// npm test: set up, then every check and every test, each phase timed; the last line is the sum.
import { join, resolve } from 'node:path';
import { bindings, dist } from './lib/build.mjs';
import { bin, bold, dim, fail, green, Missing, red, ROOT, run, say, seconds } from './lib/run.mjs';
import { chromium, node, packages, rust, tshark } from './lib/setup.mjs';
import { tally } from './lib/tally.mjs';

const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target');

/** `quiet` keeps what a lane beside another prints until that one is done. */
const cargo = (...args) => (quiet) => run('cargo', args, { keep: true, quiet });
/** cargo in a folder of its own, so that neither waits for the other. */
const apart = (command, ...args) => cargo(command, '--target-dir', join(TARGET, 'apart'), ...args);
const tool = (name, file, ...args) => (quiet) => {
  const [program, script] = bin(name, file);
  return run(program, [script, ...args], { keep: true, quiet });
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

/**
 * Stages, one after the other, of lanes beside each other, of phases: name, what it runs, and the phases without which it
 * makes no sense. While cargo compiles, crate after crate, there is room for more: the page's checks and its browsers.
 */
const STAGES = [
  [[
    ['cargo fmt', cargo('fmt', '--all', '--check')],
    ['cargo xtask check', cargo('xtask', 'check')],
    ['wasm', building(bindings)],
    // What vitest holds the page's core against, so that it need not wait for cargo.
    ['native', async () => {
      process.env.TCP_PLAYGROUND = join(TARGET, 'debug/tcp-playground');
      return run('cargo', ['build', '--quiet', '--locked', '--package', 'tcp-playground'], { keep: true });
    }],
  ]],
  [[
    ['cargo test', cargo('test', '--workspace', '--locked')],
  ], [
    ['tsc', tool('typescript', 'bin/tsc', '--project', 'tsconfig.json'), ['wasm']],
    ['eslint', tool('eslint', 'bin/eslint.js', '.', '--max-warnings', '0'), ['wasm']],
    ['page', building(dist), ['wasm']],
    ['playwright', tool('@playwright/test', 'cli.js', 'test'), ['page']],
  ], [
    ['cargo clippy', apart('clippy', '--workspace', '--all-targets', '--locked', '--quiet', '--', '-D', 'warnings')],
    ['vitest', tool('vitest', 'vitest.mjs', 'run'), ['wasm', 'native']],
  ]],
];

/** Phases named on the command line alone (`npm test -- vitest`) and what they need, else all. */
function chosen() {
  const names = process.argv.slice(2);
  if (names.length === 0) return STAGES;
  const all = STAGES.flat(2);
  const wanted = new Set();
  const want = (name) => {
    const found = all.filter(([phase]) => phase.endsWith(name));
    if (found.length === 0) throw new Missing(`No phase is called ${name}.`, `There are: ${all.map(([phase]) => phase).join(', ')}`);
    for (const [phase, , needs = []] of found) {
      wanted.add(phase);
      needs.forEach(want);
    }
  };
  names.forEach(want);
  return STAGES.map((lanes) => lanes.map((lane) => lane.filter(([phase]) => wanted.has(phase))));
}

/** The phases of a lane, one after the other; a quiet one keeps what they print until `spoken` is settled. */
async function follow(lane, results, spoken) {
  const kept = [];
  const tell = (print) => (spoken ? kept.push(print) : print());
  for (const [name, phase, needs = []] of lane) {
    const began = performance.now();
    const missing = needs.find((need) => results.some((r) => r.name === need && !r.ok));
    tell(() => {
      console.log('');
      say(missing ? `${name}: not run, because ${missing} failed` : bold(name));
    });
    const { status, text } = missing ? { status: 1, text: '' } : await phase(Boolean(spoken));
    if (spoken) kept.push(() => process.stdout.write(text));
    results.push({ name, ok: status === 0, took: seconds(began), ...tally(text) });
  }
  await spoken;
  for (const print of kept) print();
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
  for (const [first = [], ...beside] of chosen()) {
    const spoken = follow(first, results);
    await Promise.all([spoken, ...beside.map((lane) => follow(lane, results, spoken))]);
  }
  process.exitCode = close(results, start) === 0 ? 0 : 1;
} catch (error) {
  fail(error);
}
