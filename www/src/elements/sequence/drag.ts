import type { Store } from '../../engine/store.js';
import { order, placed } from '../workbench/reading.js';

/** A pointer that moves less has not moved, px. */
const STILL = 5;
/** An arrow is taken hold of so near to it, px; arrows of a burst lie nearer to each other than that. */
const REACH = 10;
/** Points of an arrow that are looked at. */
const POINTS = 48;

/**
 * A packet on its way is dragged onto another that goes where it goes, and takes its place in the order of arrival: the rows of the
 * workbench do the same, by keys too. `figure` has the arrows, `from` is the press.
 */
export function dragPacket(store: Store, figure: SVGSVGElement, from: PointerEvent): void {
  const flying = store.view.inFlight;
  const frame = flying.length > 1 ? nearest(figure, flying, from) : undefined;
  if (from.button !== 0 || frame === undefined) return;
  const others = flying.filter((other) => asked(store, frame, other));
  let over: number | undefined;
  let moved = false;
  const mark = (next: number | undefined): void => {
    if (over !== undefined) arrow(figure, over)?.classList.remove('over');
    over = next;
    if (over !== undefined) arrow(figure, over)?.classList.add('over');
  };
  const go = (e: PointerEvent): void => {
    if (!moved && Math.hypot(e.clientX - from.clientX, e.clientY - from.clientY) < STILL) return;
    moved = true;
    arrow(figure, frame)?.classList.add('dragged');
    mark(nearest(figure, others, e));
  };
  const end = (e: PointerEvent): void => {
    removeEventListener('pointermove', go);
    removeEventListener('pointerup', end);
    removeEventListener('pointercancel', end);
    arrow(figure, frame)?.classList.remove('dragged');
    const to = over === undefined ? undefined : asked(store, frame, over);
    mark(undefined);
    if (e.type !== 'pointerup' || !moved) return;
    // The press that ends a drag chooses nothing but what was dragged.
    figure.addEventListener('click', (click) => click.stopPropagation(), { capture: true, once: true });
    setTimeout(() => figure.dispatchEvent(new Event('click')));
    if (to && store.command({ kind: 'reorder', frames: [...to] })) store.set({ selected: frame });
  };
  addEventListener('pointermove', go);
  addEventListener('pointerup', end);
  addEventListener('pointercancel', end);
}

/** The order to ask for; none where the one makes no room for the other. */
function asked(store: Store, frame: number, other: number): readonly number[] | undefined {
  const { frames, view } = store;
  return placed(frames, order(frames, view.inFlight), frame, other);
}

const arrow = (figure: SVGSVGElement, frame: number): Element | null => figure.querySelector(`#packet-${frame}`);

/** The one of these packets whose arrow is nearest to the pointer, if one is in reach. */
function nearest(figure: SVGSVGElement, frames: readonly number[], { clientX, clientY }: PointerEvent): number | undefined {
  const turned = figure.getScreenCTM()?.inverse();
  if (!turned) return undefined;
  const at = new DOMPoint(clientX, clientY).matrixTransform(turned);
  let [best, least]: [number | undefined, number] = [undefined, REACH];
  for (const frame of frames) {
    const path = arrow(figure, frame)?.querySelector<SVGPathElement>('.hit');
    const length = path?.getTotalLength() ?? 0;
    for (let i = 0; path && i <= POINTS; i++) {
      const point = path.getPointAtLength((length * i) / POINTS);
      const distance = Math.hypot(point.x - at.x, point.y - at.y);
      if (distance < least) [best, least] = [frame, distance];
    }
  }
  return best;
}
