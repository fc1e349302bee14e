/**
 * Breakpoints and watches of a page: what is in the list, what the core is asked, where they have been met so far.
 * They belong to who looks on, not to the timeline: they are kept with the work, in files and links too.
 */
import type { Hit, Stop } from './pkg/views.js';
import type { Store } from './store.js';

/** A breakpoint: a condition, a line of a program, or a line where a condition holds. */
export interface Breakpoint {
  /** Names it in this page. */
  readonly id: number;
  /** An expression; empty where the line alone decides. */
  readonly when: string;
  /** From 1. */
  readonly at?: { readonly node: number; readonly file: string; readonly line: number } | undefined;
  readonly enabled: boolean;
  /** A run ends at every n-th hit. */
  readonly nth: number;
}

/** What the core is asked for breakpoints. */
export function asked(list: readonly Breakpoint[]): Stop[] {
  return list.map(({ when, at, nth }) => ({ when, node: at?.node ?? 0, file: at?.file ?? '', line: at?.line ?? 0, skip: nth - 1 }));
}

export const enabled = (store: Store): readonly Breakpoint[] => store.face.stops.filter((b) => b.enabled);

/** Another one at the end of the list; one that is there already is switched on. */
export function added(list: readonly Breakpoint[], made: Pick<Breakpoint, 'when' | 'at'>): readonly Breakpoint[] {
  const same = list.find((b) => b.when === made.when && b.at?.node === made.at?.node && b.at?.file === made.at?.file && b.at?.line === made.at?.line);
  if (same) return list.map((b) => (b === same ? { ...b, enabled: true } : b));
  return [...list, { ...made, id: 1 + Math.max(0, ...list.map((b) => b.id)), enabled: true, nth: 1 }];
}

/** Steps at which a breakpoint has been met in this timeline, as far as it has been looked for. */
interface Met { list: object; readonly steps: Map<number, Set<number>> }
const met = new WeakMap<Store, Met>();

/** Steps known at which breakpoints are met, by their ids; empty again in another timeline. */
export function hits(store: Store): ReadonlyMap<number, ReadonlySet<number>> {
  return of(store).steps;
}

function of(store: Store): Met {
  let found = met.get(store);
  if (found?.list !== store.list) met.set(store, (found = { list: store.list, steps: new Map() }));
  return found;
}

/** Writes down what a run met; `list` is what the core was asked about. */
export function note(store: Store, list: readonly Breakpoint[], found: readonly Hit[]): void {
  const { steps } = of(store);
  for (const { step, stop } of found) {
    const id = list[stop]?.id;
    if (id === undefined) continue;
    const known = steps.get(id);
    if (known) known.add(step);
    else steps.set(id, new Set([step]));
  }
}

// ---- with the work

/** Names in `Store.kept`. */
const STOPS = 'stops';
const WATCHES = 'watches';
/** A file that says more is not one of ours. */
const MOST_KEPT = 1000;

/** Breakpoints and watches as they are kept with the work. */
export function keptBy({ stops, watches }: Pick<Store['face'], 'stops' | 'watches'>): Record<string, unknown> {
  return { [STOPS]: stops, [WATCHES]: watches };
}

/** What was kept, as far as it makes sense: it may come from a file. */
export function keptIn(kept: Readonly<Record<string, unknown>>): { stops: readonly Breakpoint[]; watches: readonly string[] } {
  const list = (name: string): unknown[] => (Array.isArray(kept[name]) ? (kept[name] as unknown[]).slice(0, MOST_KEPT) : []);
  return { stops: list(STOPS).filter(isBreakpoint), watches: list(WATCHES).filter((w) => typeof w === 'string') };
}

function isBreakpoint(value: unknown): value is Breakpoint {
  const { id, when, at, enabled: on, nth } = (value ?? {}) as Partial<Record<keyof Breakpoint, unknown>>;
  const { node, file, line } = (at ?? { node: 0, file: '', line: 0 }) as Record<string, unknown>;
  return Number.isInteger(id) && typeof when === 'string' && typeof on === 'boolean' && Number.isInteger(nth) && (nth as number) > 0
    && Number.isInteger(node) && typeof file === 'string' && Number.isInteger(line);
}
