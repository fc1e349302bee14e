/** Time to height: one scale throughout, silences cut out. */
import type { Span } from './sources.js';

/** A silence that was cut: drawn between two waves, with its length. */
export interface Fold {
  from: number;
  to: number;
  y: number;
  height: number;
}

export interface WarpOptions {
  /** Pixels a ns. */
  scale: number;
  /** Height of a cut, px. */
  fold: number;
  /** A silence is cut if it would be higher than this, px. */
  patience: number;
  /** Time left standing after what happened and before what happens, px. */
  after: number;
  before: number;
}

interface Piece {
  t0: number;
  t1: number;
  y0: number;
  y1: number;
}

export const WARP: Omit<WarpOptions, 'scale'> = { fold: 20, patience: 60, after: 18, before: 8 };

/** A monotonic, piecewise linear map from time (ns, from 0) to height (px, from 0), and back. */
export class Warp {
  readonly scale: number;
  readonly folds: readonly Fold[];
  readonly #pieces: readonly Piece[];

  /** `busy`: when something happens, in order, not overlapping. */
  constructor(busy: readonly Span[], options: WarpOptions) {
    const { scale, fold, patience, after, before } = options;
    const pieces: Piece[] = [];
    const folds: Fold[] = [];
    let t = 0;
    let y = 0;
    const lead = (to: number): void => {
      const height = (to - t) * scale;
      if (height > 0) pieces.push({ t0: t, t1: to, y0: y, y1: (y += height) });
      t = to;
    };
    for (const { from, to } of busy) {
      if ((from - t) * scale > patience) {
        if (t > 0) lead(t + after / scale);
        const end = from - before / scale;
        folds.push({ from: t, to: end, y, height: fold });
        pieces.push({ t0: t, t1: end, y0: y, y1: (y += fold) });
        t = end;
      }
      if (to > t) lead(to);
    }
    // Beyond what is known the scale goes on.
    pieces.push({ t0: t, t1: t + 1 / scale, y0: y, y1: y + 1 });
    this.scale = scale;
    this.folds = folds;
    this.#pieces = pieces;
  }

  /** Height of the last thing that happens. */
  get height(): number {
    return this.#pieces.at(-1)?.y0 ?? 0;
  }

  y(t: number): number {
    const p = this.#find('t0', t);
    return p.y0 + ((t - p.t0) * (p.y1 - p.y0)) / (p.t1 - p.t0);
  }

  t(y: number): number {
    const p = this.#find('y0', y);
    return p.t0 + ((y - p.y0) * (p.t1 - p.t0)) / (p.y1 - p.y0);
  }

  /** Folds that touch a stretch of height. */
  foldsWithin(y0: number, y1: number): readonly Fold[] {
    return this.folds.filter((f) => f.y <= y1 && f.y + f.height >= y0);
  }

  /** The last piece that begins at or before `v` (the first, if none does). */
  #find(member: 't0' | 'y0', v: number): Piece {
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if ((this.#pieces[mid] as Piece)[member] <= v) low = mid;
      else high = mid - 1;
    }
    return this.#pieces[low] as Piece;
  }
}

/** Ticks within a stretch of time: at round numbers, the labels at least `room` px apart. */
export function ticks(warp: Warp, y0: number, y1: number, room = 36): { t: number; y: number; label: boolean }[] {
  const step = tickStep(warp, room);
  const out: { t: number; y: number; label: boolean }[] = [];
  let top = y0;
  const cuts = [...warp.foldsWithin(y0, y1), { y: y1, height: 0 }];
  for (const cut of cuts) {
    const half = step / 2;
    for (let k = Math.max(0, Math.ceil(warp.t(top) / half - 1e-9)); ; k++) {
      const t = k * half;
      const y = warp.y(t);
      if (y > cut.y || y > y1) break;
      if (y >= top - 0.01) out.push({ t, y, label: k % 2 === 0 });
    }
    top = cut.y + cut.height;
  }
  return out;
}

/** Time between two labels, ns. */
export function tickStep(warp: Warp, room = 36): number {
  return round(room / warp.scale);
}

/** The least of 1, 2, 5 × 10ⁿ that is at least `least`. */
export function round(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  for (const m of [1, 2, 5]) if (m * power >= least * (1 - 1e-9)) return m * power;
  return 10 * power;
}
