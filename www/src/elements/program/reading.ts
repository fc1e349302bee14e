/** Reading a process: the lines that are shown of a long program, its variables, what it printed. Pure. */
import type { VariableView } from '../../engine/pkg/views.js';

/** Lines that a program shows at once, and how many of a longer one when it is folded. */
const ALL = 10;
const FOLDED = 7;
/** Lines of output that are shown. */
const PRINTED = 6;

/** The lines of a long program around the one it stands at; once it has exited, its last ones. */
export function visible(count: number, line: number): { from: number; to: number } {
  if (count <= ALL) return { from: 1, to: count };
  const middle = line === 0 ? count : line;
  const from = Math.min(Math.max(1, middle - 4), count - FOLDED + 1);
  const to = from + FOLDED - 1;
  // A fold takes a line itself: it never hides just one.
  return { from: from === 2 ? 1 : from, to: to === count - 1 ? count : to };
}

/** A text in pieces, those that name a variable with it; of two of a name, the inner one's. */
export function named(text: string, variables: readonly VariableView[]): { readonly text: string; readonly variable: VariableView | undefined }[] {
  return text.split(/([A-Za-z_]\w*)/).filter(Boolean).map((piece) => ({ text: piece, variable: variables.findLast((v) => v.name === piece) }));
}

/** Variables in a line: `s = 3  n = 0`. */
export function summary(variables: readonly VariableView[]): string {
  return variables.map((v) => `${v.name} = ${v.value}`).join('  ');
}

/** The last lines of what a program printed. */
export function outputTail(output: string): string {
  const lines = output.replace(/\n$/, '').split('\n');
  return lines.slice(-PRINTED).join('\n');
}
