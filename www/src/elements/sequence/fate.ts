import { Fate } from '../../engine/records.js';
import type { Store } from '../../engine/store.js';

const NAMES = {
  [Fate.flying]: 'sequence.fate.flying',
  [Fate.held]: 'sequence.fate.held',
  [Fate.delivered]: 'sequence.fate.delivered',
  [Fate.lost]: 'sequence.fate.lost',
  [Fate.droppedByPerson]: 'sequence.fate.droppedByPerson',
  [Fate.droppedByHost]: 'sequence.fate.droppedByHost',
} as const;
type FateKey = (typeof NAMES)[keyof typeof NAMES] | 'sequence.fate.ahead';

/** The text that tells what has become of a frame by the step we stand at. */
export function phaseName(store: Store, frame: number): FateKey {
  const { frames, view } = store;
  if (frames.stepSent(frame) > view.step) return 'sequence.fate.ahead';
  if (store.isHeld(frame)) return 'sequence.fate.held';
  if (frames.stepEnded(frame) > view.step) return 'sequence.fate.flying';
  return NAMES[frames.fate(frame) as keyof typeof NAMES] ?? 'sequence.fate.flying';
}
