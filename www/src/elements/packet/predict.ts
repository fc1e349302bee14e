/** What a prediction says, as sentences. Pure. */
import type { PredictedFrame, Prediction, View } from '../../engine/pkg/views.js';
import { seq } from '../../locales/format.js';
import type { Lang, T } from '../../locales/index.js';
import { plain, sentence, short, type Piece, type SeqBases } from '../../locales/sentences.js';
import { nodeName, nodeOf } from '../host-panel/view.js';

export interface Foretold {
  /** `Will be refused.` */
  readonly verdict: string;
  readonly refused: boolean;
  /** Why: the deciding rule. */
  readonly why: readonly Piece[];
  readonly source: string;
  /** What is sent back, how states change. */
  readonly then: string;
}

export function foretell(lang: Lang, t: T, view: View, p: Prediction, bases: SeqBases | undefined, receiver: number): Foretold {
  const then = [states(t, p), replies(t, view, p, receiver, bases)].filter(Boolean).join(lang === 'en' ? ' ' : '');
  return {
    verdict: t(({ drop: 'predict.dropped', answer: 'predict.refused', reset: 'predict.reset', pass: 'predict.taken', act: 'predict.taken' } as const)[p.outcome]),
    refused: refused(p),
    why: p.rule ? sentence(lang, p.rule, bases) : [],
    source: p.rule?.source ?? '',
    then,
  };
}

export function refused(p: Prediction): boolean {
  return p.outcome !== 'pass' && p.outcome !== 'act';
}

function states(t: T, p: Prediction): string {
  return p.states ? t('predict.state', { from: p.states[0], to: p.states[1] }) : '';
}

function replies(t: T, view: View, p: Prediction, receiver: number, bases: SeqBases | undefined): string {
  if (!p.replies.length) return refused(p) ? t('predict.silence') : '';
  const who = (r: PredictedFrame): string => nodeName(nodeOf(view, r.from), t);
  const [first] = p.replies as [PredictedFrame];
  const more = p.replies.length > 1 ? ` ${t('predict.more', { n: p.replies.length - 1 })}` : '';
  return t(first.from === receiver ? 'predict.answer' : 'predict.sends', { who: who(first), what: `${brief(first.summary, first.from === receiver ? bases?.peer : bases?.own)}${more}` });
}

/** `ACK, seq 5001, ack 1001, win 64` in a sentence is `ACK 1001`; with text or a SYN, what it carries counts. */
export function brief(summary: string, base: number | null | undefined): string {
  const [flags = summary] = summary.split(', ', 1);
  const length = /length (\d+)/.exec(summary)?.[1];
  if (length !== undefined) return `${flags} ${length} B`;
  const ack = /\back (\d+)/.exec(summary)?.[1];
  return flags === 'ACK' && ack !== undefined ? `ACK ${seq(Number(ack), base)}` : flags;
}

/** What would have come of it without the edit, in a few words. */
export function unedited(lang: Lang, t: T, p: Prediction): string {
  if (!refused(p) || !p.rule) return t('predict.unedited.taken');
  const numbers = p.rule.operands.flatMap((o) => (o.value.kind === 'num' || o.value.kind === 'seq' ? [o.value.value] : []));
  const few = short(lang, p.rule.id, numbers[0], numbers[1]);
  return t(p.outcome === 'drop' ? 'predict.unedited.dropped' : 'predict.unedited.refused', { short: few.includes('{') ? plain(sentence(lang, p.rule)) : few });
}
