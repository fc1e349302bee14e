/** Running: simulated time follows the viewer's clock at the chosen speed; long silences are skipped. */
import type { Store } from './store.js';

/** Events handled in one frame of the screen. */
const BUDGET = 20_000;
/** Longest wait for the next event, seconds of the viewer's: what is longer is silence, and is cut. */
const PATIENCE = 1.2;

/** Stores that run, and the way to stop each. */
const running = new WeakMap<Store, () => void>();

export function start(store: Store): void {
  if (running.has(store)) return;
  let last: number | undefined;
  let frame = requestAnimationFrame(function tick(time: number) {
    // A tab that slept must not catch up all at once.
    const elapsed = last === undefined ? 0 : Math.min((time - last) / 1000, 0.1);
    last = time;
    if (!advance(store, elapsed)) return stop(store);
    frame = requestAnimationFrame(tick);
  });
  running.set(store, () => cancelAnimationFrame(frame));
  store.set({ running: true });
}

export function stop(store: Store): void {
  running.get(store)?.();
  running.delete(store);
  if (!store.face.running) return;
  store.clock = store.view.now;
  store.set({ running: false });
  store.remember();
}

/** Lets `elapsed` seconds of the viewer's pass; false when there is nothing more to see. */
export function advance(store: Store, elapsed: number): boolean {
  const { next, now } = store.view;
  if (store.panic || !next) return false;
  const { speed } = store.face;
  let until = Math.max(store.clock, now) + elapsed * speed;
  if (next.time - until > PATIENCE * speed) until = next.time;
  if (next.time > until) {
    store.clock = until;
    store.notify();
    return true;
  }
  const result = store.act((session) => session.run(BUDGET, until));
  if (!result) return false;
  if (result.stopped !== 'budget') store.clock = Math.max(until, store.view.now);
  return result.stopped !== 'end' || store.view.next !== undefined;
}
