/** What the scrubber shows along the steps, and when they were. Pure. */
import type { FrameSource, MarkSource } from '../../diagram/sources.js';

export interface ScrubMarks {
  /** Fractions of the way, ascending. */
  state: number[];
  loss: number[];
  edit: number[];
  stop: number[];
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
