/** Reading a log of calls. Pure. */
import type { LogLine } from '../../engine/pkg/views.js';

/** Index of the line that Tab comes to: the last one of the step we stand at, or before it. */
export function current(lines: readonly Pick<LogLine, 'step'>[], step: number): number {
  return lines.findLastIndex((l) => l.step <= step);
}

/** A moment as `strace -ttt` has it, from the world's beginning: `1.007300`. */
export function timeOfDay(ns: number): string {
  return (ns / 1e9).toFixed(6);
}
