import { html, nothing, type TemplateResult } from 'lit';
import type { PredictedEnd, Prediction, StepInfo, VarView, View } from '../../engine/pkg/views.js';
import { moment } from '../../locales/format.js';
import type { T } from '../../locales/index.js';
import type { SeqBases } from '../../locales/sentences.js';
import { flowOf, nodeName, nodeOf } from '../host-panel/view.js';
import { written } from '../tcb/values.js';
import type { Words } from './words.js';

/** Most steps that are told one by one. */
const MOST = 200;

/** What would change, at once and some steps later, and what those steps would be. */
export function consequences(p: Prediction, view: View, receiver: number, basesOf: (node: number) => SeqBases | undefined, t: Words, page: T): TemplateResult {
  const name = (node: number | null | undefined): string => nodeName(nodeOf(view, node ?? undefined), page);
  const variable = (v: VarView, node: number): TemplateResult => html`<dt>${v.name}</dt><dd>${v.was == null ? nothing : html`<span class="was">${written(v, v.was, basesOf(node), page)}</span> `}<b class="edit">${written(v, v.value, basesOf(node), page)}</b></dd>`;
  const end = (e: PredictedEnd): TemplateResult | typeof nothing => {
    const [was, state] = [e.was ?? t('bench.gone'), e.state ?? t('bench.gone')];
    if (was === state && !e.changes.length) return nothing;
    return html`<h4>${t('bench.after', { who: name(e.node) })}</h4><dl>${was === state ? nothing : html`<dt>${t('bench.state')}</dt><dd><span class="was">${was}</span> <b class="edit">${state}</b></dd>`}${e.changes.map((v) => variable(v, e.node))}</dl>`;
  };
  return html`${p.changes.length ? html`<h4>${t('bench.changes', { who: name(receiver) })}</h4><dl>${p.changes.map((v) => variable(v, receiver))}</dl>` : html`<p class="none">${t('bench.changes.none')}</p>`}
    ${p.ahead.length ? html`<h4>${t('bench.then')}</h4><ol class="ahead">${p.ahead.slice(0, MOST).map((s) => html`<li><span class="dim">${moment(s.time)}</span> <span>${line(s, view, name, t)}</span></li>`)}</ol>${p.ends.map(end)}` : nothing}`;
}

function line(s: StepInfo, view: View, name: (node: number | null | undefined) => string, t: Words): string {
  const who = name(s.node);
  const letter = s.flow == null ? '' : `${flowOf(view, s.flow)?.letter ?? ''} `;
  switch (s.what) {
    case 'frame': return t('bench.step.frame', { who, what: `${letter}${s.text}` });
    case 'timer': return t('bench.step.timer', { who, what: `${letter}${s.text}` });
    case 'process': return t('bench.step.process', { who, what: s.text });
    default: return t('bench.step.other', { who, what: s.text });
  }
}
