/** What the scrubber shows along the steps: one mark of a kind in a few pixels, however many there are. Pure. */
import { Mark } from '../../engine/records.js';
import type { FrameSource, MarkSource } from '../../diagram/sources.js';

export interface ScrubMarks {
  /** Fractions of the way, ascending. */
  state: number[];
  loss: number[];
  edit: number[];
  stop: number[];
}

/** `places`: how many marks of a kind may stand side by side. */
export function scrubMarks(marks: MarkSource, steps: number, places: number, stops: Iterable<number> = []): ScrubMarks {
  const taken = { state: new Set<number>(), loss: new Set<number>(), edit: new Set<number>(), stop: new Set<number>() };
  const put = (kind: keyof ScrubMarks, step: number): void => {
    if (step <= steps) taken[kind].add(Math.round((step / Math.max(steps, 1)) * places));
  };
  for (let i = 0; i < marks.length; i++) {
    const kind = marks.kind(i);
    if (kind === Mark.state) put('state', marks.step(i));
    else if (kind === Mark.refused || kind === Mark.lost || kind === Mark.dropped) put('loss', marks.step(i));
    else if (kind === Mark.edited) put('edit', marks.step(i));
  }
  for (const step of stops) put('stop', step);
  const fractions = (set: Set<number>): number[] => [...set].sort((a, b) => a - b).map((p) => p / places);
  return { state: fractions(taken.state), loss: fractions(taken.loss), edit: fractions(taken.edit), stop: fractions(taken.stop) };
}

/** The time at a step, ns, as far as anything of that step or the last one before it is recorded. */
export function timeAt(marks: MarkSource, frames: FrameSource, step: number): number {
  const mark = marks.last((i) => marks.step(i) <= step);
  const frame = frames.last((i) => frames.stepSent(i) <= step);
  return Math.max(mark < 0 ? 0 : marks.time(mark), frame < 0 ? 0 : frames.sent(frame));
}

/** Seconds in as few digits as tell the labels apart: `0.08`, `1.2`, `31`. */
export function timeLabel(ns: number): string {
  const s = ns / 1e9;
  return String(s >= 100 ? Math.round(s) : Number(Number(s.toPrecision(2)).toFixed(4)));
}
