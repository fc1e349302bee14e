/** The way back of a leap in time: the browser's own history keeps where one was, so that its Back button returns. */
import type { Store } from './store.js';

/** A place in the time of a scenario, as the browser's history keeps it. */
interface Place {
  readonly scenario: string;
  readonly timeline: number;
  readonly step: number;
  readonly rule?: number | undefined;
}

const placeOf = (store: Store, step: number, rule: number | undefined): { place: Place } =>
  ({ place: { scenario: store.view.scenario.id, timeline: store.view.timeline, step, rule } });

/** A leap has been made from a step: that is what Back returns to. */
export function leave(store: Store, from: number): void {
  history.replaceState(placeOf(store, from, undefined), '');
  history.pushState(placeOf(store, store.view.step, store.face.rule), '');
}

/** The browser went back or on: stands where the entry says, if it says so and that can still be. */
export function arrive(store: Store, state: unknown): void {
  const place = (state as { place?: Partial<Place> } | null)?.place;
  if (!place || place.scenario !== store.view.scenario.id) return;
  const { timeline, step, rule } = place;
  if (typeof timeline !== 'number' || typeof step !== 'number' || timeline >= store.view.timelines.length) return;
  store.act((session) => {
    if (timeline !== store.view.timeline) session.switchTimeline(timeline);
    session.seek(step);
  });
  if (typeof rule === 'number') store.set({ rule });
}
