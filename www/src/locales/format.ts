/** How numbers are written, the same in every language: data is mono and never grouped by commas. */

const NS = { s: 1e9, ms: 1e6, us: 1e3 } as const;

/** Seconds with a fixed number of decimals: `1.002`. */
export function seconds(ns: number, decimals = 3): string {
  return (ns / NS.s).toFixed(decimals);
}

/** A moment to the microsecond, decimals in threes: `1.007 300 s`. */
export function clock(ns: number): string {
  const [whole, fraction = ''] = (ns / NS.s).toFixed(6).split('.');
  return `${whole}.${fraction.slice(0, 3)}\u202f${fraction.slice(3)} s`;
}

/** A moment with no more decimals than it has: `3.0049 s`. */
export function moment(ns: number): string {
  return `${trim((ns / NS.s).toFixed(6), 0)} s`;
}

/** A length of time in the unit that keeps it short: `202 ms`, `2.0 ms`, `0.65 ms`, `63 s`. */
export function duration(ns: number): string {
  if (!Number.isFinite(ns)) return '∞';
  const size = Math.abs(ns);
  if (size >= NS.s) return `${three(ns / NS.s)} s`;
  if (size >= NS.ms / 10 || size === 0) return `${size === 0 ? '0' : three(ns / NS.ms)} ms`;
  if (size >= NS.us) return `${three(ns / NS.us)} µs`;
  return `${Math.round(ns)} ns`;
}

/** Three digits that count; at least one decimal below ten, so that 2.0 does not look like a count. */
function three(x: number): string {
  const size = Math.abs(x);
  if (size >= 100) return x.toFixed(0);
  if (size >= 10) return trim(x.toFixed(1), 0);
  return trim(x.toFixed(size >= 1 ? 3 : 2), 1);
}

/** Takes off closing zeros, but keeps `least` decimals. */
function trim(text: string, least: number): string {
  const dot = text.indexOf('.');
  if (dot < 0) return text;
  let end = text.length;
  while (end > dot + 1 + least && text[end - 1] === '0') end--;
  return text.slice(0, end === dot + 1 ? dot : end);
}

/** A sequence number, absolute, or relative to `base` (an ISN) where one is given. */
export function seq(value: number, base: number | null | undefined): string {
  return base == null ? String(value >>> 0) : String((value - base) | 0);
}

/** A count; what is beyond all windows (ssthresh at the beginning) is infinite. */
export function count(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value >= 0x7fffffff ? '∞' : String(value);
}
