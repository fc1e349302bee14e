/** A step as a sentence, for the live region: what happened, and the rule that decided. */
import type { Store } from '../../engine/store.js';
import type { T } from '../../locales/index.js';
import { plain, sentence } from '../../locales/sentences.js';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { packetName } from '../sequence/words.js';
import { deciding } from '../why/reading.js';

export function spoken(store: Store, t: T): string {
  const { view, frames } = store;
  const { last } = view;
  if (!last) return t('spoken.start');
  const who = nodeName(nodeOf(view, last.node ?? undefined), t);
  const frame = last.frame ?? undefined;
  const what = frame !== undefined && frame < frames.length ? packetName(store, frame) : last.text;
  const kind = ({ frame: 'spoken.frame', timer: 'spoken.timer', process: 'spoken.process', flood: 'spoken.flood', queue: 'spoken.queue' } as const)[last.what as 'frame'];
  const parts = [kind ? t(kind, { who, what }) : t('spoken.command', { what: last.text })];
  const rules = store.trace?.rules ?? [];
  const decided = rules[deciding(rules)];
  if (decided) parts.push(plain(sentence(store.lang, decided)));
  const sent = sentIn(store).map((f) => t('spoken.sent', {
    who: nodeName(nodeOf(view, frames.from(f)), t), what: packetName(store, f),
  }));
  return [...parts, ...sent.slice(0, 3)].join(' ');
}

/** Frames that the step we stand at sent. */
function sentIn(store: Store): number[] {
  const { frames, view } = store;
  const found: number[] = [];
  // Frames are in the order of their sending: from the end of this step's backwards.
  const end = frames.last((f) => frames.stepSent(f) <= view.step);
  for (let i = end; i >= 0 && frames.stepSent(i) === view.step; i--) found.unshift(i);
  return found;
}
