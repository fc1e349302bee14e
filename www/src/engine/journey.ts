/**
 * Ways that may be long, forwards and back: to a breakpoint, to a condition, to who set a value, to a step nobody has
 * been at. They go in slices, so that the page stays alive, shows how far they are, and can stop them.
 */
import { begin, stop } from './run.js';
import { asked, enabled, note, type Breakpoint } from './stops.js';
import type { StopResult } from './pkg/views.js';
import type { Saved, Store } from './store.js';

/** What a journey is for, and how far it is; `total` 0 where its end is not known. */
export interface Journey {
  readonly kind: 'forward' | 'back' | 'who' | 'seek';
  readonly done: number;
  readonly total: number;
}

/** Milliseconds of work before the page has its turn. */
const SLICE = 16;
/** Milliseconds between two looks at how far it is. */
const SHOW = 120;
const FIRST = 2_000;
/** Steps that are run at once, with nothing said about it. */
const NEAR = 5_000;
const MOST = 100_000;

/** How it ended: the core's word, `stopped` by the person, or `failed`: the store has the error. */
export type Ended = 'break' | 'target' | 'end' | 'start' | 'stopped' | 'failed';

/**
 * Does slices of work until one says that it is done. `slice` gets a number of events to handle and gives what the core
 * said; `done` and `total` tell how far it is.
 */
async function travel(store: Store, kind: Journey['kind'], slice: (budget: number) => StopResult, far: (r: StopResult) => Pick<Journey, 'done' | 'total'>): Promise<Ended> {
  let cancelled = false;
  begin(store, () => { cancelled = true; });
  let budget = FIRST;
  let shown = performance.now() + SHOW;
  try {
    for (;;) {
      const start = performance.now();
      const result = store.slice(() => slice(budget));
      if (!result) return 'failed';
      if (result.stopped !== 'budget') return result.stopped as Ended;
      const now = performance.now();
      budget = Math.round(Math.min(MOST, Math.max(100, (budget * SLICE) / Math.max(now - start, 1))));
      if (now >= shown) {
        shown = now + SHOW;
        store.set({ journey: { kind, ...far(result) } });
      }
      await new Promise((turn) => setTimeout(turn));
      if (cancelled || store.panic) return 'stopped';
    }
  } finally {
    store.face.journey = undefined;
    if (!cancelled) stop(store);
  }
}

/** On to the next step that meets one of the breakpoints; those of the list unless others are given. */
export async function forward(store: Store, list: readonly Breakpoint[] = enabled(store), until = Infinity): Promise<Ended> {
  const from = store.view.step;
  const left = list.map((b) => b.nth - 1);
  const ended = await travel(store, 'forward', (budget) => {
    const stops = asked(list).map((s, i) => ({ ...s, skip: left[i] ?? 0 }));
    const result = store.session.runTo(stops, budget, until);
    for (const { stop: n } of result.hits) left[n] = Math.max(0, (left[n] ?? 0) - 1);
    note(store, list, result.hits);
    return result;
  }, (r) => ({ done: r.at - from, total: Math.max(store.view.steps - from, 0) }));
  store.remember();
  if (ended === 'end' && list.length) store.set({ nowhere: { back: false, revision: store.revision } });
  return ended;
}

/** Back to the last step before this one that meets one of the breakpoints; one stays where there is none. */
export async function back(store: Store, list: readonly Breakpoint[] = enabled(store)): Promise<Ended> {
  const from = store.view.step;
  const left = list.map((b) => b.nth - 1);
  let below = from;
  const ended = await travel(store, 'back', (budget) => {
    const stops = asked(list).map((s, i) => ({ ...s, skip: left[i] ?? 0 }));
    const result = store.session.lookBack(stops, below, budget);
    for (const { stop: n } of result.hits) left[n] = Math.max(0, (left[n] ?? 0) - 1);
    note(store, list, result.hits);
    below = result.at;
    return result;
  }, () => ({ done: from - below, total: from }));
  if (ended === 'break') store.act((session) => session.seek(below));
  else if (ended === 'start') store.set({ nowhere: { back: true, revision: store.revision } });
  return ended;
}

/** To a step, run on to where nobody has been yet. */
export async function seek(store: Store, step: number): Promise<Ended> {
  if (step <= store.view.steps) {
    // Most steps are near a world that is kept; in a timeline just entered none is.
    if (store.act((session) => session.seekSome(step, NEAR)) !== false) return 'target';
    const begun = store.view.step;
    return travel(store, 'seek', (budget) => {
      const there = store.session.seekSome(step, budget);
      return { events: budget, stopped: there ? 'target' : 'budget', at: step, by: null, hits: [] };
    }, () => ({ done: store.view.step - begun, total: step - begun }));
  }
  store.slice((session) => session.seek(store.view.steps));
  const from = store.view.step;
  let at = from;
  const ended = await travel(store, 'seek', (budget) => {
    const { events, stopped } = store.session.run(Math.min(budget, step - at), Infinity);
    at += events;
    return { events, stopped: stopped === 'budget' && at >= step ? 'target' : stopped, at, by: null, hits: [] };
  }, (r) => ({ done: r.at - from, total: step - from }));
  store.remember();
  return ended;
}

/**
 * Stands where `saved` stood: its timelines are run again. False where somebody stopped that; throws what the core throws.
 */
export async function restore(store: Store, saved: Saved): Promise<boolean> {
  const restoring = new store.engine.Restoring(new TextEncoder().encode(saved.timeline));
  let failed: Error | undefined;
  const ended = await travel(store, 'seek', (budget) => {
    let over = true;
    try {
      over = restoring.goOn(budget);
    } catch (thrown) {
      failed = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    return { events: budget, stopped: over ? 'target' : 'budget', at: 0, by: null, hits: [] };
  }, () => ({ done: restoring.done(), total: restoring.total() }));
  if (failed) throw failed;
  if (ended !== 'target') {
    restoring.free();
    return false;
  }
  store.takeUp(restoring.session(), saved);
  return true;
}

/** A value that is shown: of a socket, or a host's counter (`socket` 0). */
export interface Value {
  readonly node: number;
  readonly socket: number;
  /** A variable's or timer's name, `state`, `row`, `entry`; a counter's name. */
  readonly what: string;
}

/**
 * To the step that last changed a value, with the rule that did looked at; gives that step, or nothing where it has had
 * the value since the beginning.
 */
export async function who(store: Store, { node, socket, what }: Value): Promise<number | undefined> {
  const from = store.view.step;
  let below = from + 1;
  const ended = await travel(store, 'who', (budget) => {
    const result = store.session.who(node, socket, what, below, budget);
    below = result.at;
    return result;
  }, () => ({ done: from - below, total: from }));
  if (ended !== 'break') return undefined;
  if (below !== from) store.act((session) => session.seek(below));
  const rule = store.attempt(() => store.session.setter(node, socket, what));
  store.set({ rule, asks: store.face.asks + 1 });
  return below;
}
