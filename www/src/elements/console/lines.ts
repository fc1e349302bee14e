/** What stands in a console's scrollback: the log's calls of the person, and what only the page knows. Pure. */
import type { ErrorView, LogLine, TimelineInfo } from '../../engine/pkg/views.js';

/** The process of the person's own shell on every host. */
export const SHELL = 0;

/** Something said that is no part of the world: a question with its answer, a line that could not be read, why a call failed. */
export interface Note {
  readonly kind: 'asked' | 'wrong' | 'why';
  readonly node: number;
  readonly timeline: number;
  /** Step at which we stood. */
  readonly step: number;
  /** As it was typed. */
  readonly line: string;
  /** Answer to a question. */
  readonly answer?: string;
  readonly error?: ErrorView;
}

export type Entry =
  | { readonly kind: 'call'; readonly text: string; readonly failed: boolean; readonly step: number; readonly time: number; readonly error: ErrorView | undefined }
  | { readonly kind: 'asked'; readonly line: string; readonly answer: string }
  | { readonly kind: 'wrong'; readonly line: string; readonly error: ErrorView; readonly column: number | undefined };

/**
 * The scrollback of a host where we stand: calls as the log has them, questions and mistakes between them. What was
 * said in another future, or later than now, is not there.
 */
export function scrollback(log: readonly LogLine[], notes: readonly Note[], where: { readonly node: number; readonly step: number; readonly timeline: number; readonly timelines: readonly TimelineInfo[] }): Entry[] {
  const said = notes.filter((n) => n.node === where.node && isPast(n, where));
  const whys = new Map(said.filter((n) => n.kind === 'why').map((n) => [n.step, n.error]));
  const rest = said.filter((n) => n.kind !== 'why');
  const entries: Entry[] = [];
  let next = 0;
  const until = (step: number): void => {
    for (let n = rest[next]; n && n.step < step; n = rest[++next]) entries.push(noted(n));
  };
  for (const l of log) {
    if (l.node !== where.node || l.pid !== SHELL) continue;
    until(l.step);
    entries.push({ kind: 'call', text: l.text, failed: l.failed, step: l.step, time: l.time, error: l.failed ? whys.get(l.step) ?? errnoOf(l.text) : undefined });
  }
  until(Infinity);
  return entries;
}

function noted(n: Note): Entry {
  if (n.kind === 'asked' || !n.error) return { kind: 'asked', line: n.line, answer: n.answer ?? '' };
  return { kind: 'wrong', line: n.line, error: n.error, column: columnOf(n.error) };
}

/** Whether a note was made on the way to where we stand. */
function isPast(note: Note, where: { readonly step: number; readonly timeline: number; readonly timelines: readonly TimelineInfo[] }): boolean {
  if (note.step > where.step) return false;
  let at: TimelineInfo | undefined = where.timelines.find((t) => t.id === where.timeline);
  let until = Infinity;
  // A fork shares what came before it.
  for (let hops = 0; at && hops <= where.timelines.length; hops++) {
    if (note.timeline === at.id) return note.step <= until;
    const { parent } = at;
    until = Math.min(until, at.forkedAt);
    at = parent == null ? undefined : where.timelines.find((t) => t.id === parent);
  }
  return false;
}

/** `… = -1 ECONNREFUSED` → its errno, whose sentence the catalogues have. */
export function errnoOf(text: string): ErrorView | undefined {
  const code = / = -1 (E[A-Z0-9]+)/.exec(text)?.[1];
  return code === undefined ? undefined : { code, message: '', operands: [] };
}

/** Column, from 1, that an error points to. */
export function columnOf(error: ErrorView): number | undefined {
  const value = error.operands.find((o) => o.name === 'column')?.value;
  return value?.kind === 'num' && value.value >= 1 ? value.value : undefined;
}
