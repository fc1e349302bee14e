/**
 * Two timelines held against each other: which packets only one of them has, which met another fate. Pure.
 *
 * What both begin with is passed over as it lies; of the rest, packets that say the same (ends, sequence number, length, SYN,
 * FIN, RST; without payload the acknowledgment too) belong together in their order, so that the second sending of a segment is
 * held against the second. That is one look at each packet, however many there are.
 */
import { Bits, Fate, NONE16, NONE32, Tcp } from './records.js';
import type { FrameSource } from '../diagram/sources.js';

export interface Side {
  readonly frames: FrameSource;
  /** Connections by id: their ends. */
  readonly flows: readonly string[];
}

export type Aspect = 'fate' | 'flags' | 'ack' | 'edited' | 'delayed';

export interface Difference {
  readonly kind: 'missing' | 'added' | 'changed';
  /** Frame of the first, of the second. */
  readonly a: number | undefined;
  readonly b: number | undefined;
  /** When it shows first, ns. */
  readonly time: number;
  readonly what: readonly Aspect[];
}

export interface Comparison {
  /** In the order of time. */
  readonly differences: readonly Difference[];
  /** Packets that are the same but were sent at another time. */
  readonly shifted: number;
}

/** Compares what happened until `until` (ns), up to which both have run. */
export function compare(a: Side, b: Side, until: number): Comparison {
  const names = new Map<string, number>();
  const flowsA = flowIds(a, names);
  const flowsB = flowIds(b, names);
  const differences: Difference[] = [];
  let shifted = 0;
  const start = shared(a.frames, b.frames, flowsA, flowsB);
  const waiting = new Map<string, number[]>();
  for (let i = start; i < a.frames.length && a.frames.sent(i) <= until; i++) {
    const key = keyOf(a.frames, i, flowsA);
    const list = waiting.get(key);
    if (list) list.push(i);
    else waiting.set(key, [i]);
  }
  const taken = new Map<string, number>();
  for (let i = start; i < b.frames.length && b.frames.sent(i) <= until; i++) {
    const key = keyOf(b.frames, i, flowsB);
    const nth = taken.get(key) ?? 0;
    const mate = waiting.get(key)?.[nth];
    if (mate === undefined) {
      differences.push({ kind: 'added', a: undefined, b: i, time: b.frames.sent(i), what: [] });
      continue;
    }
    taken.set(key, nth + 1);
    const found = changed(a.frames, mate, b.frames, i, until);
    if (found) differences.push(found);
    else if (a.frames.sent(mate) !== b.frames.sent(i)) shifted++;
  }
  for (const [key, list] of waiting) {
    for (const i of list.slice(taken.get(key) ?? 0)) differences.push({ kind: 'missing', a: i, b: undefined, time: a.frames.sent(i), what: [] });
  }
  differences.sort((x, y) => x.time - y.time || (x.a ?? x.b ?? 0) - (y.a ?? y.b ?? 0));
  return { differences, shifted };
}

/** Flows by their four-tuples: a number that means the same on both sides. */
function flowIds({ flows }: Side, names: Map<string, number>): number[] {
  return flows.map((name) => {
    const id = names.get(name) ?? names.size;
    names.set(name, id);
    return id;
  });
}

/** How many frames both begin with, the same in all that is recorded of them. */
function shared(a: FrameSource, b: FrameSource, flowsA: readonly number[], flowsB: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let i = 0;
  while (i < most && a.sent(i) === b.sent(i) && a.ends(i) === b.ends(i) && a.fate(i) === b.fate(i) && a.seq(i) === b.seq(i)
    && a.ack(i) === b.ack(i) && a.payload(i) === b.payload(i) && a.flags(i) === b.flags(i) && a.from(i) === b.from(i)
    && a.to(i) === b.to(i) && a.bits(i) === b.bits(i) && flowsA[a.flow(i)] === flowsB[b.flow(i)]) i++;
  return i;
}

const TELLING = Tcp.syn | Tcp.fin | Tcp.rst;

function keyOf(f: FrameSource, i: number, flows: readonly number[]): string {
  const flow = f.flow(i);
  const flags = f.flags(i) & TELLING;
  const ack = f.payload(i) || flags ? 0 : f.ack(i);
  return `${f.from(i)} ${f.to(i)} ${flow === NONE16 ? 'x' : flows[flow]} ${f.seq(i)} ${f.payload(i)} ${flags} ${ack}`;
}

function changed(a: FrameSource, i: number, b: FrameSource, j: number, until: number): Difference | undefined {
  const what: Aspect[] = [];
  const decided = (f: FrameSource, n: number): boolean => f.stepEnded(n) !== NONE32 && f.ends(n) <= until;
  let time = Math.min(a.sent(i), b.sent(j));
  const bits = a.bits(i) ^ b.bits(j);
  if (a.flags(i) !== b.flags(j)) what.push('flags');
  if (a.ack(i) !== b.ack(j)) what.push('ack');
  const early = what.length > 0;
  if (bits & Bits.edited) what.push('edited');
  if (bits & Bits.delayed) what.push('delayed');
  // One that is still under way at the end of what is known has no fate yet to compare.
  if (a.fate(i) !== b.fate(j) && (decided(a, i) || a.fate(i) === Fate.held) && (decided(b, j) || b.fate(j) === Fate.held)) {
    what.push('fate');
  }
  if (!what.length) return undefined;
  if (!early) time = Math.max(time, Math.min(a.ends(i), b.ends(j)));
  return { kind: 'changed', a: i, b: j, time, what };
}
