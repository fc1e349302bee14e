/** Lists for tests, written as stories: what was sent, and what became of it. */
import { Fate, Mark, NONE16, NONE32 } from '../engine/records.js';
import type { FrameSource, MarkSource } from './sources.js';

export const ms = 1e6;

interface Sent {
  at: number;
  from: number;
  to: number;
  flags?: number;
  payload?: number;
  flow?: number;
  takes?: number;
  fate?: number;
  resent?: number;
  step?: number;
  ended?: number;
  bits?: number;
}

/** As `Column.last`, one by one. */
const lastOf = (length: number) => (holds: (i: number) => boolean): number => {
  let n = 0;
  while (n < length && holds(n)) n++;
  return n - 1;
};

/** Frames, in the order of their sending; a millisecond each way, delivered, unless said. */
export function framesOf(sent: readonly Sent[]): FrameSource {
  const of = (get: (s: Sent, i: number) => number) => (i: number): number => get(sent[i] as Sent, i);
  return {
    length: sent.length, last: lastOf(sent.length),
    sent: of((s) => s.at),
    ends: of((s) => s.at + (s.takes ?? ms)),
    duration: of((s) => (s.payload ?? 0) * 80),
    stepSent: of((s, i) => s.step ?? i * 2),
    stepEnded: of((s, i) => s.ended ?? i * 2 + 1),
    seq: of(() => 0), ack: of(() => 0), payload: of((s) => s.payload ?? 0), copyOf: of(() => NONE32),
    from: of((s) => s.from), to: of((s) => s.to), flow: of((s) => s.flow ?? 0), flags: of((s) => s.flags ?? 16),
    reason: of(() => NONE16), link: of(() => 0), fate: of((s) => s.fate ?? Fate.delivered), bits: of((s) => s.bits ?? 0), resent: of((s) => s.resent ?? 0),
  };
}

interface Marked {
  kind: number;
  time: number;
  since?: number;
  step?: number;
  frame?: number;
  x?: number;
  y?: number;
  node?: number;
  flow?: number;
  a?: number;
  b?: number;
}

export function marksOf(marks: readonly Marked[]): MarkSource {
  const of = (get: (m: Marked) => number) => (i: number): number => get(marks[i] as Marked);
  return {
    length: marks.length, last: lastOf(marks.length),
    time: of((m) => m.time), since: of((m) => m.since ?? m.time), step: of((m) => m.step ?? 0), frame: of((m) => m.frame ?? NONE32),
    x: of((m) => m.x ?? 0), y: of((m) => m.y ?? 0), node: of((m) => m.node ?? 0), flow: of((m) => m.flow ?? 0),
    a: of((m) => m.a ?? 0), b: of((m) => m.b ?? 0), kind: of((m) => m.kind),
  };
}

/** A connection's end goes from one state to another. */
export const state = (time: number, node: number, a: number, b: number, step = 0, flow = 0): Marked =>
  ({ kind: Mark.state, time, node, a, b, step, flow });
