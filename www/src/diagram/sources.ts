/** What the geometry reads: the packed lists of the core, or in tests anything of the same shape. */
import { Fate, NONE32 } from '../engine/records.js';
import type { Frames, Marks } from '../engine/records.js';

type Lists<C> = { readonly [K in Exclude<keyof C, 'last'> as C[K] extends (i: number) => number ? K : never]: (i: number) => number };
interface Long {
  readonly length: number;
  /** See `Column.last`. */
  last(holds: (i: number) => boolean): number;
}
export type FrameSource = Lists<Frames> & Long;
export type MarkSource = Lists<Marks> & Long;

/** A stretch of time, ns. */
export interface Span {
  from: number;
  to: number;
}

const BLOCK = 128;
/** Gaps looked at to know the usual one: about so many, a few of a block. */
const SAMPLES = 1000;
const FEW = 16;

/** 128 frames: when any of them was on a link. */
interface Block {
  from: number;
  to: number;
  /** Busy time, in order of beginning. */
  spans: Span[];
  /** Gaps between those that did not leave together, ns: all in the first blocks, a few in later ones. */
  gaps: number[];
  /** Full, and nothing in it will change any more. */
  settled: boolean;
}

/**
 * Finds the frames that touch a stretch of time without looking at each, and knows when anything was on a link.
 * Reads again only what may have changed.
 */
export class FrameIndex {
  #frames: FrameSource | undefined;
  readonly #blocks: Block[] = [];
  /** Shortest flight seen from a node to another, ns: `from * 65536 + to`. */
  readonly #flights = new Map<number, number>();

  /** Takes the list as it is now: a longer one, with more decided. */
  update(frames: FrameSource): this {
    this.#frames = frames;
    const count = Math.ceil(frames.length / BLOCK);
    this.#blocks.length = Math.min(this.#blocks.length, count);
    for (let b = 0; b < count; b++) {
      if (!this.#blocks[b]?.settled) this.#blocks[b] = this.#read(frames, b);
    }
    return this;
  }

  /** Ids of the frames on a link at some time within the stretch, ascending. */
  within(span: Span): number[] {
    const frames = this.#frames;
    const found: number[] = [];
    if (!frames) return found;
    this.#blocks.forEach((block, b) => {
      if (block.from > span.to || block.to < span.from) return;
      const end = Math.min((b + 1) * BLOCK, frames.length);
      for (let i = b * BLOCK; i < end; i++) {
        if (frames.sent(i) <= span.to && frames.ends(i) >= span.from) found.push(i);
      }
    });
    return found;
  }

  /** When something happened: frames on links, and `others`. In order, not overlapping. */
  busy(others: readonly Span[] = []): Span[] {
    return merged([...this.#blocks.flatMap((b) => b.spans), ...others]);
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
    const every = Math.max(1, Math.floor((this.#blocks.length * FEW) / SAMPLES));
    const gaps = this.#blocks.flatMap((block, b) => (b % every === 0 ? block.gaps : []));
    return median(gaps);
  }

  #read(frames: FrameSource, b: number): Block {
    const end = Math.min((b + 1) * BLOCK, frames.length);
    const block: Block = { from: Infinity, to: -Infinity, spans: [], gaps: [], settled: end - b * BLOCK === BLOCK };
    const every = b < SAMPLES / BLOCK ? 1 : BLOCK / FEW;
    let open: Span | undefined;
    for (let i = b * BLOCK; i < end; i++) {
      const from = frames.sent(i);
      const gap = i > b * BLOCK && i % every === 0 ? from - frames.sent(i - 1) : 0;
      if (gap > 0) block.gaps.push(gap);
      const to = Math.max(frames.ends(i), from);
      block.from = Math.min(block.from, from);
      block.to = Math.max(block.to, to);
      if (open && from >= open.from && from <= open.to) open.to = Math.max(open.to, to);
      else block.spans.push((open = { from, to }));
      if (frames.stepEnded(i) === NONE32) block.settled = false;
      else if (frames.fate(i) === Fate.delivered) this.#learn(frames.from(i) * 65536 + frames.to(i), to - from);
    }
    return block;
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
