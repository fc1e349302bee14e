/** Keeps labels off each other and, where it can, off the lines: the least bad of a few places for each. */
import { textWidth, type Piece, type Point, type Shape } from './shapes.js';

/** A place where a label could stand: the left, middle or right end of its baseline, and its slope. */
export interface Place {
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
  /** Degrees. */
  turn: number;
  /** What it costs to stand here rather than elsewhere. */
  cost: number;
}

const OVER_LABEL = 100;
const OVER_LINE = 4;
/** Half the height of a line of text. */
const HALF = 6;

interface Disc {
  x: number;
  y: number;
  r: number;
}

/** Height of a row of the grid in which neighbours are looked for, px. */
const ROW = 24;

/** A round of placing: labels are asked for in the order of their importance. */
export class Labels {
  readonly #discs = new Rows<Disc>();
  readonly #lines = new Rows<readonly [Point, Point]>();
  readonly #left: number;
  readonly #right: number;
  readonly #patience: number;

  /** `patience`: what the least bad place may cost before the label is left out. */
  constructor(left: number, right: number, patience = 24) {
    this.#left = left;
    this.#right = right;
    this.#patience = patience;
  }

  /** Something that a label had better not cross. */
  line(a: Point, b: Point): void {
    this.#lines.add(Math.min(a.y, b.y), Math.max(a.y, b.y), [a, b]);
  }

  /** Something that no label may cover. */
  block(x: number, y: number, width: number, height: number): void {
    const r = Math.min(width, height) / 2;
    const across = Math.max(1, Math.ceil(width / (2 * r || 1)));
    const down = Math.max(1, Math.ceil(height / (2 * r || 1)));
    for (let i = 0; i < across; i++) {
      for (let j = 0; j < down; j++) {
        this.#disc({ x: x + ((i + 0.5) * width) / across, y: y + ((j + 0.5) * height) / down, r });
      }
    }
  }

  /**
   * The label at the best of its places, or nothing if all are taken. `must`: rather over another than not at all.
   * `lead`: room for a sign before it, px. `width`: of the text, px, where it is not of the usual letters.
   */
  place(
    cls: string, pieces: readonly Piece[], places: readonly Place[],
    { must = false, size = 11, lead = 0, width = textWidth(pieces, size) }: { must?: boolean; size?: number; lead?: number; width?: number } = {},
  ): Shape | undefined {
    let best: { place: Place; discs: Disc[]; cost: number } | undefined;
    for (const place of places) {
      const discs = cover(place, width, lead);
      const limit = Math.min(best?.cost ?? Infinity, must ? Infinity : this.#patience);
      const cost = place.cost + this.#cost(discs, limit - place.cost);
      if (!best || cost < best.cost) best = { place, discs, cost };
      if (cost === 0) break;
    }
    if (!best || (best.cost >= this.#patience && !must)) return undefined;
    for (const disc of best.discs) this.#disc(disc);
    const { x, y, anchor, turn } = best.place;
    return { kind: 'text', cls, x, y, anchor, turn, pieces };
  }

  #disc(disc: Disc): void {
    this.#discs.add(disc.y - disc.r, disc.y + disc.r, disc);
  }

  /** What it costs to stand there; where that is `limit` or more, it does not matter how much more. */
  #cost(discs: readonly Disc[], limit: number): number {
    let cost = 0;
    const crossed = new Set<readonly [Point, Point]>();
    for (const d of discs) {
      if (d.x - d.r < this.#left || d.x + d.r > this.#right) return Infinity;
      for (const o of this.#discs.near(d.y - d.r, d.y + d.r)) {
        if (Math.abs(o.y - d.y) < o.r + d.r - 1 && Math.hypot(o.x - d.x, o.y - d.y) < o.r + d.r - 1) return OVER_LABEL;
      }
      for (const line of this.#lines.near(d.y - d.r, d.y + d.r)) {
        if (crossed.has(line) || distance(d, line[0], line[1]) >= d.r) continue;
        crossed.add(line);
        cost += OVER_LINE;
        if (cost >= limit) return cost;
      }
    }
    return cost;
  }
}

/** Things by the rows of height that they touch. */
class Rows<V> {
  readonly #rows = new Map<number, V[]>();

  add(from: number, to: number, value: V): void {
    for (let row = Math.floor(from / ROW); row <= Math.floor(to / ROW); row++) {
      const of = this.#rows.get(row);
      if (of) of.push(value);
      else this.#rows.set(row, [value]);
    }
  }

  /** What may touch a stretch of height; what lies in two rows may come twice. */
  *near(from: number, to: number): Generator<V> {
    for (let row = Math.floor(from / ROW); row <= Math.floor(to / ROW); row++) yield* this.#rows.get(row) ?? [];
  }
}

/** Discs that cover a line of text. */
function cover(place: Place, width: number, lead: number): Disc[] {
  const angle = (place.turn * Math.PI) / 180;
  const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
  const begin = place.anchor === 'start' ? 0 : place.anchor === 'middle' ? -width / 2 : -width;
  const whole = width + lead;
  const count = Math.max(1, Math.ceil(whole / (2 * HALF)));
  const discs: Disc[] = [];
  for (let i = 0; i < count; i++) {
    const along = begin - lead + (whole * (i + 0.5)) / count;
    // The middle of the letters is 4 px above the baseline.
    discs.push({ x: place.x + ux * along + uy * 4, y: place.y + uy * along - ux * 4, r: HALF });
  }
  return discs;
}

function distance(p: Point, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = dx * dx + dy * dy;
  const f = length ? Math.min(1, Math.max(0, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length)) : 0;
  return Math.hypot(p.x - a.x - f * dx, p.y - a.y - f * dy);
}

/** Places along an arrow, above its line: beside `client` first (the end where the reader looks), then mid-way. */
export function alongArrow(a: Point, b: Point, fractions: readonly number[], lift = 4): Place[] {
  const leftward = b.x < a.x;
  const [l, r] = leftward ? [b, a] : [a, b];
  const turn = (Math.atan2(r.y - l.y, r.x - l.x) * 180) / Math.PI;
  const slope = (r.y - l.y) / (r.x - l.x || 1);
  return fractions.flatMap((f, i) => {
    const x = l.x + (r.x - l.x) * f;
    const anchor = f < 0.34 ? 'start' : f > 0.66 ? 'end' : 'middle';
    const y = l.y + slope * (x - l.x);
    return [
      { x, y: y - lift, anchor, turn, cost: i * 1.5 } as const,
      { x, y: y + lift + 8, anchor, turn, cost: i * 1.5 + 3 } as const,
    ];
  });
}
