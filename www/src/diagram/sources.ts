/** What the geometry reads: the packed lists of the core, or in tests anything of the same shape. */
import { Fate, NONE32 } from '../engine/records.js';
import type { Frames, Marks } from '../engine/records.js';

type Lists<C> = { readonly [K in keyof C as C[K] extends (i: number) => number ? K : never]: (i: number) => number };
export type FrameSource = Lists<Frames> & { readonly length: number };
export type MarkSource = Lists<Marks> & { readonly length: number };

/** A stretch of time, ns. */
export interface Span {
  from: number;
  to: number;
}

const BLOCK = 128;
/** Gaps looked at to know the usual one. */
const SAMPLES = 1000;

/**
 * Finds the frames that touch a stretch of time without looking at each: the least `sent` and the greatest `ends`
 * of every 128 of them. One pass, also gathers when anything was on a link.
 */
export class FrameIndex {
  readonly #frames: FrameSource;
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  /** Busy time, in order, not overlapping. */
  readonly busy: Span[] = [];
  /** Shortest flight seen from a node to another, ns: `from * 65536 + to`. */
  readonly #flights = new Map<number, number>();

  constructor(frames: FrameSource, extra: readonly Span[] = []) {
    this.#frames = frames;
    const blocks = Math.ceil(frames.length / BLOCK);
    this.#from = new Float64Array(blocks).fill(Infinity);
    this.#to = new Float64Array(blocks).fill(-Infinity);
    const spans: Span[] = [...extra];
    let open: Span | undefined;
    for (let i = 0; i < frames.length; i++) {
      const from = frames.sent(i);
      const to = Math.max(frames.ends(i), from);
      const b = (i / BLOCK) | 0;
      if (from < (this.#from[b] as number)) this.#from[b] = from;
      if (to > (this.#to[b] as number)) this.#to[b] = to;
      if (open && from >= open.from && from <= open.to) open.to = Math.max(open.to, to);
      else spans.push((open = { from, to }));
      if (frames.fate(i) === Fate.delivered) this.#learn(frames.from(i) * 65536 + frames.to(i), to - from);
    }
    this.busy = merged(spans);
  }

  /** Ids of the frames on a link at some time within the stretch, ascending. */
  within(span: Span): number[] {
    const found: number[] = [];
    for (let b = 0; b < this.#from.length; b++) {
      if ((this.#from[b] as number) > span.to || (this.#to[b] as number) < span.from) continue;
      const end = Math.min((b + 1) * BLOCK, this.#frames.length);
      for (let i = b * BLOCK; i < end; i++) {
        if (this.#frames.sent(i) <= span.to && this.#frames.ends(i) >= span.from) found.push(i);
      }
    }
    return found;
  }

  /** How long a frame takes between two nodes, ns, as far as one has been seen to arrive. */
  flight(from: number, to: number): number | undefined {
    return this.#flights.get(from * 65536 + to) ?? this.#flights.get(to * 65536 + from);
  }

  /** The flight that the time scale is chosen by. */
  get typicalFlight(): number | undefined {
    return median([...this.#flights.values()]);
  }

  /** How far apart in time frames usually leave, ns; those that leave together count as one. */
  get typicalGap(): number | undefined {
    const every = Math.max(1, Math.floor(this.#frames.length / SAMPLES));
    const gaps: number[] = [];
    for (let i = 1; i < this.#frames.length; i += every) {
      const gap = Math.abs(this.#frames.sent(i) - this.#frames.sent(i - 1));
      if (gap > 0) gaps.push(gap);
    }
    return median(gaps);
  }

  #learn(link: number, flight: number): void {
    const known = this.#flights.get(link);
    if (flight > 0 && (known === undefined || flight < known)) this.#flights.set(link, flight);
  }
}

function median(values: number[]): number | undefined {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** Spans in order, those that touch made one. */
export function merged(spans: Span[]): Span[] {
  spans.sort((a, b) => a.from - b.from);
  const out: Span[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else out.push({ ...span });
  }
  return out;
}

/** `NONE32` as undefined. */
export function some(id: number): number | undefined {
  return id === NONE32 ? undefined : id;
}
