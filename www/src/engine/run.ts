/** Running: simulated time follows the viewer's clock at the chosen speed; long silences are skipped. */
import { asked, enabled, note } from './stops.js';
import type { Store } from './store.js';

/** Events handled in one frame of the screen, and where each is looked at for breakpoints. */
const BUDGET = 20_000;
const WATCHED = 5_000;
/** Longest wait for the next event, seconds of the viewer's: what is longer is silence, and is cut. */
const PATIENCE = 1.2;

/** Stores that run, and the way to stop each. */
const running = new WeakMap<Store, () => void>();

export function start(store: Store): void {
  if (running.has(store)) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let last: number | undefined;
  let clock: number | undefined = store.view.now;
  let frame = requestAnimationFrame(function tick(time: number) {
    // A tab that slept must not catch up all at once.
    const elapsed = last === undefined ? 0 : Math.min((time - last) / 1000, 0.1);
    last = time;
    clock = advance(store, clock ?? 0, elapsed, still);
    if (clock === undefined) return stop(store);
    frame = requestAnimationFrame(tick);
  });
  begin(store, () => cancelAnimationFrame(frame));
}

/** From now on the store runs; `cancel` is called when it is to stop. */
export function begin(store: Store, cancel: () => void): void {
  running.get(store)?.();
  running.set(store, cancel);
  store.set({ running: true });
}

export function stop(store: Store): void {
  running.get(store)?.();
  running.delete(store);
  if (!store.face.running) return;
  store.clock = store.view.now;
  store.set({ running: false, journey: undefined });
  store.remember();
}

/**
 * Lets `elapsed` seconds of the viewer's pass after `clock`; gives the clock then, or nothing when there is nothing
 * more to see. `still`: only events are shown, not the way between them.
 */
export function advance(store: Store, clock: number, elapsed: number, still: boolean): number | undefined {
  const { next } = store.view;
  if (store.panic || !next) return undefined;
  const { speed } = store.face;
  let until = Math.max(clock, store.view.now) + elapsed * speed;
  if (next.time - until > PATIENCE * speed) until = next.time;
  if (next.time > until) {
    if (!still) {
      store.clock = until;
      store.notify();
    }
    return until;
  }
  const stops = enabled(store);
  const result = store.act((session) => {
    if (!stops.length) return session.run(BUDGET, until);
    const found = session.runTo(asked(stops), WATCHED, until);
    note(store, stops, found.hits);
    return found;
  });
  if (!result || result.stopped === 'break' || (result.stopped === 'end' && !store.view.next)) return undefined;
  // Where the budget was spent there is more to do before this moment.
  const now = result.stopped === 'budget' ? store.view.now : Math.max(until, store.view.now);
  if (!still) store.clock = now;
  return now;
}
