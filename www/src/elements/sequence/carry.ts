/** A packet on its way is dragged onto another that goes to the same place: it arrives before that one then. */
import type { Store } from '../../engine/store.js';
import { order, placed } from '../workbench/reading.js';

/** Pixels that a press may move and still be a press. */
const STILL = 6;

/** The packet under a point. */
function under(root: ShadowRoot, e: PointerEvent): SVGElement | undefined {
  const at = root.elementsFromPoint(e.clientX, e.clientY);
  return at.map((el) => el.closest<SVGElement>('[data-frame]')).find((el) => el !== null) ?? undefined;
}

/** Follows the pointer until it is let go. */
export function carry(store: Store, root: ShadowRoot, frame: number, from: PointerEvent): void {
  let over: SVGElement | undefined;
  let moved = false;
  const signs = (): SVGElement[] => [...root.querySelectorAll<SVGElement>(`[data-frame="${frame}"]`)];
  const target = (e: PointerEvent): readonly number[] | undefined => {
    const other = Number(under(root, e)?.dataset['frame'] ?? NaN);
    const { frames, view } = store;
    return view.inFlight.includes(other) ? placed(frames, order(frames, view.inFlight), frame, other) : undefined;
  };
  const mark = (el: SVGElement | undefined): void => {
    over?.classList.remove('over');
    (over = el)?.classList.add('over');
  };
  const go = (e: PointerEvent): void => {
    moved ||= Math.hypot(e.clientX - from.clientX, e.clientY - from.clientY) > STILL;
    if (!moved) return;
    for (const sign of signs()) sign.classList.add('carried');
    mark(target(e) ? under(root, e) : undefined);
  };
  const end = (e: PointerEvent): void => {
    removeEventListener('pointermove', go);
    removeEventListener('pointerup', end);
    removeEventListener('pointercancel', end);
    mark(undefined);
    for (const sign of signs()) sign.classList.remove('carried');
    const to = moved && e.type === 'pointerup' ? target(e) : undefined;
    if (to && store.command({ kind: 'reorder', frames: [...to] })) store.set({ selected: frame });
  };
  addEventListener('pointermove', go);
  addEventListener('pointerup', end);
  addEventListener('pointercancel', end);
}
