/** Reading a trace: which rule decided, and how a source is written after another. Pure. */
import type { OutcomeView, RuleView } from '../../engine/pkg/views.js';

const REFUSES: ReadonlySet<OutcomeView> = new Set(['drop', 'answer', 'reset']);

export function refuses(rule: Pick<RuleView, 'outcome'>): boolean {
  return REFUSES.has(rule.outcome);
}

/**
 * Index of the rule that decided: the first that refused, else the last that did something, else the last. What
 * links do with the frames that are sent does not count, unless nothing else was decided.
 */
export function deciding(rules: readonly Pick<RuleView, 'id' | 'outcome'>[]): number {
  const own = (r: Pick<RuleView, 'id'>): boolean => !r.id.startsWith('net.');
  const refusal = rules.findIndex((r) => own(r) && refuses(r));
  if (refusal >= 0) return refusal;
  const act = rules.findLastIndex((r) => own(r) && r.outcome === 'act');
  if (act >= 0) return act;
  const last = rules.findLastIndex(own);
  return last >= 0 ? last : rules.length - 1;
}

/** `RFC 9293 §3.10.7.4` after another section of the same RFC is `§3.10.7.4`. */
export function cited(source: string, before: string | undefined): string {
  const [document] = /^RFC \d+/.exec(source) ?? [];
  return document && before?.startsWith(`${document} `) ? source.slice(document.length + 1) : source;
}

/** Whether it holds two sequence numbers or more against each other. */
export function compares(rule: Pick<RuleView, 'operands'>): boolean {
  return new Set(rule.operands.flatMap((o) => (o.value.kind === 'seq' ? [o.value.value] : []))).size > 1;
}
