/** Reading a trace: which rule decided, and how a source is written after another. Pure. */
import type { OutcomeView, RuleView } from '../../engine/pkg/views.js';

const REFUSES: ReadonlySet<OutcomeView> = new Set(['drop', 'answer', 'reset']);

export function refuses(rule: Pick<RuleView, 'outcome'>): boolean {
  return REFUSES.has(rule.outcome);
}

/** Index of the rule that decided: the first that refused, else the last that did something, else the last. */
export function deciding(rules: readonly Pick<RuleView, 'outcome'>[]): number {
  const refusal = rules.findIndex(refuses);
  if (refusal >= 0) return refusal;
  const act = rules.findLastIndex((r) => r.outcome === 'act');
  return act >= 0 ? act : rules.length - 1;
}

/** `RFC 9293 §3.10.7.4` after another section of the same RFC is `§3.10.7.4`. */
export function cited(source: string, before: string | undefined): string {
  const [document] = /^RFC \d+/.exec(source) ?? [];
  return document && before?.startsWith(`${document} `) ? source.slice(document.length + 1) : source;
}
