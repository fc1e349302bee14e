// The rows of the table: what is measured, in which unit, and what we are held to.

/** In the order in which they are printed. A ratio is worked out from two others of the same run. */
export const ROWS = [
  { id: 'bulk', what: 'bulk transfer, frames both ways', unit: 'per_s', goal: '6 / 3 M/s', must: '4.0 / 2.4 M/s' },
  { id: 'smoltcp_bulk', what: '  the same by smoltcp', unit: 'per_s' },
  { id: 'bulk_ratio', what: '  ours / smoltcp', unit: 'times', ratio: ['bulk', 'smoltcp_bulk'] },
  { id: 'bulk_recorded', what: 'the same, a record kept for every frame', unit: 'per_s' },
  { id: 'record_cost', what: '  slower by', unit: 'percent', slower: ['bulk', 'bulk_recorded'], goal: '15 %', must: '27 %' },
  { id: 'queue', what: 'event queue, 1,024 pending', unit: 'per_s', goal: '80 / 60 M/s', must: '20 / 15 M/s' },
  { id: 'heap', what: '  the same by std BinaryHeap', unit: 'per_s' },
  { id: 'idle', what: 'idle ESTABLISHED connection, a side', unit: 'bytes', goal: '1 KiB', must: '4.8 KB' },
  { id: 'setup', what: 'connections set up, 10,000 open', unit: 'per_s', goal: '1 M/s', must: '40 k/s' },
  { id: 'smoltcp_setup', what: '  the same by smoltcp', unit: 'per_s' },
  { id: 'goodput', what: 'goodput, 1 % loss, 20 ms', unit: 'bits_per_s', goal: '5 Mbit/s', must: '4.1 Mbit/s' },
  { id: 'smoltcp_reno', what: '  the same by smoltcp, Reno', unit: 'bits_per_s' },
  { id: 'smoltcp_cubic', what: '  the same by smoltcp, CUBIC', unit: 'bits_per_s' },
  { id: 'step', what: 'one step with its view', unit: 'ms', goal: '0.2 ms', must: '2 ms' },
  { id: 'seek', what: 'seek over 100,000 events, p95', unit: 'ms', goal: '2 ms', must: '16 ms' },
  { id: 'seek_max', what: 'seek over 100,000 events, max', unit: 'ms', goal: '5 ms', must: '16 ms' },
  { id: 'history', what: 'worlds kept of 100,000 events', unit: 'bytes', goal: '16 MB', must: '–' },
  { id: 'history_all', what: '  with records, marks and the world: wasm memory', unit: 'bytes' },
  { id: 'flood', what: 'SYN flood, 100,000 SYNs', unit: 'ms', goal: '100 ms', must: '1 s' },
  { id: 'wasm_size', what: 'wasm up to the first step, brotli', unit: 'bytes', goal: '100 KB', must: '250 KB' },
  { id: 'later_size', what: '  its other part, fetched meanwhile', unit: 'bytes', goal: '–', must: '–' },
  { id: 'page_size', what: 'whole page, brotli', unit: 'bytes', goal: '250 KB', must: '400 KB' },
  { id: 'script_size', what: 'script view, brotli, when opened', unit: 'bytes', goal: '–', must: '–' },
  { id: 'fresh', what: 'navigation to first step, fresh', unit: 'ms', goal: '250 ms', must: '1 s' },
  { id: 'warm', what: 'navigation to first step, warm', unit: 'ms', goal: '120 ms', must: '1 s' },
  { id: 'scroll', what: 'scrolling 100,000 packets, frames', unit: 'per_s', goal: '60 /s', must: '30 /s' },
  { id: 'scroll_worst', what: '  longest frame', unit: 'ms', goal: '32 ms' },
];

const scaled = (value, steps) => {
  const [size, unit] = steps.find(([from]) => value >= from) ?? steps.at(-1);
  const n = value / (size || 1);
  return `${n >= 100 ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(2)} ${unit}`;
};

const UNITS = {
  per_s: [[1e6, 'M/s'], [1e3, 'k/s'], [1, '/s']],
  bits_per_s: [[1e6, 'Mbit/s'], [1e3, 'kbit/s'], [1, 'bit/s']],
  bytes: [[1e6, 'MB'], [1e3, 'KB'], [1, 'B']],
  times: [[0, '×']],
  percent: [[0, '%']],
  ms: [[1e3, 's'], [1, 'ms'], [1e-3, 'µs'], [1e-6, 'ns']],
};

/** Adds to what was measured, `{id: {native, wasm}}`, what follows from it. */
export function withRatios(results) {
  const all = { ...results };
  for (const { id, ratio, slower } of ROWS) {
    const of = ratio ?? slower;
    if (!of) continue;
    const [a, b] = of.map((name) => results[name] ?? {});
    // A rate that falls to a half takes twice the time: 100 % slower.
    const derive = (x, y) => (ratio ? x / y : (x / y - 1) * 100);
    all[id] = { native: derive(a.native, b.native), wasm: derive(a.wasm, b.wasm) };
  }
  return all;
}

export function show(value, unit) {
  return value === undefined || Number.isNaN(value) ? '–' : scaled(value, UNITS[unit]);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
}
