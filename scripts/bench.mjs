// npm run bench: what the budgets speak of, measured here and now. Nothing is asserted: machines are noisy.
// Native and wasm stand beside each other; numbers are medians.
import { chromium, node, packages, rust } from './lib/setup.mjs';
import { dist } from './lib/build.mjs';
import { bold, dim, fail, must, say } from './lib/run.mjs';
import { native } from './bench/native.mjs';
import { wasm } from './bench/wasm.mjs';
import { sizes } from './bench/sizes.mjs';
import { navigation, scrolling } from './bench/page.mjs';
import { ROWS, show, withRatios } from './bench/rows.mjs';

function table(results) {
  const cells = [['what', 'native', 'wasm / page', 'goal', 'must']];
  for (const row of ROWS) {
    const { native: n, wasm: w } = results[row.id] ?? {};
    if (n === undefined && w === undefined) continue;
    cells.push([row.what, show(n, row.unit), show(w, row.unit), row.goal ?? '', row.must ?? '']);
  }
  const widths = cells[0].map((_, i) => Math.max(...cells.map((line) => [...line[i]].length)));
  const pad = (text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]));
  console.log('');
  cells.forEach((line, i) => {
    const text = line.map(pad).join('   ');
    console.log(i === 0 ? bold(text) : text);
  });
}

try {
  node();
  await packages();
  await rust();
  const browser = await chromium();
  await dist();
  const results = {};
  const put = (side, found) => {
    for (const [id, value] of Object.entries(found)) results[id] = { ...results[id], [side]: value };
  };
  say('Native');
  put('native', await native(must));
  say('wasm, in Node');
  put('wasm', await wasm(must));
  say('Sizes, and the page in Chromium');
  put('wasm', sizes());
  put('wasm', await navigation(browser));
  put('wasm', await scrolling(browser));
  table(withRatios(results));
  console.log(dim('\nMedians. Compare within one run, as ratios; goals are for a 2-core machine.'));
} catch (error) {
  fail(error);
}
