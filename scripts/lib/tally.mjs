// Reading the runners' own summary lines: cargo's (summed over its binaries), vitest's, Playwright's.

// eslint-disable-next-line no-control-regex
const COLORS = /\x1b\[[0-9;]*m/g;

/**
 * @param {string} text what a runner printed
 * @returns {{lines: string[], counts: {passed: number, failed: number}}}
 */
export function tally(text) {
  const counts = { passed: 0, failed: 0 };
  const lines = [];
  const all = text.replace(COLORS, '').split('\n').map((line) => line.trim());
  const cargo = all.filter((line) => /^test result: /.test(line));
  for (const line of cargo) add(counts, line);
  if (cargo.length > 0) {
    const ignored = cargo.reduce((sum, line) => sum + number(line, 'ignored'), 0);
    const word = counts.failed === 0 ? 'ok' : 'FAILED';
    lines.push(`test result: ${word}. ${counts.passed} passed; ${counts.failed} failed; ${ignored} ignored (${cargo.length} binaries)`);
  }
  for (const line of all) {
    // `check result: ok. 5 passed; 0 failed` (xtask), `Tests  12 passed (12)` (vitest), `9 passed (1.2m)`, `1 skipped` (Playwright)
    if (!/^check result: |^Tests +\d|^\d+ (passed|failed|flaky|skipped|did not run)( \(.*\))?$/.test(line)) continue;
    add(counts, line);
    lines.push(line);
  }
  return { lines, counts };
}

const number = (line, word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);

function add(counts, line) {
  counts.passed += number(line, 'passed') + number(line, 'flaky');
  counts.failed += number(line, 'failed') + number(line, 'did not run');
}
