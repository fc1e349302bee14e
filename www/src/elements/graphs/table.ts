/** A graph as a table: for whoever would rather read, or cannot see it. */
import { html, type TemplateResult } from 'lit';
import type { Store } from '../../engine/store.js';
import { duration } from '../../locales/format.js';
import type { T } from '../../locales/index.js';
import { held, named } from './index.js';
import type { Plot } from './plots.js';
import type { Words } from './words.js';

/** Most rows. */
const MOST = 200;

export function table(t: Words, page: T, store: Store, plot: Plot, go: (time: number) => void): TemplateResult {
  const count = Math.min(MOST, plot.x.length);
  const rows = Array.from({ length: count }, (_, i) => Math.round((i / Math.max(1, count - 1)) * (plot.x.length - 1)));
  const say = (v: number | null | undefined): string => (v == null ? '–' : plot.unit === 'ms' ? duration(v * 1e6) : String(Math.round(v)));
  return html`<div class="rows" tabindex="0" role="region" aria-label=${t('graph.table')}><table>
    <thead><tr><th scope="col">${t('graph.time')}</th>${plot.series.map((s) => html`<th scope="col">${named(t, page, store, s.name)}</th>`)}</tr></thead>
    <tbody>${rows.map((i) => {
      const time = plot.x[i] as number;
      return html`<tr><th scope="row"><button type="button" aria-label=${t('graph.go', { time: `${time.toFixed(6)} s` })} @click=${() => go(time)}>${time.toFixed(6)}</button></th>
        ${plot.series.map((s) => html`<td>${say(held(s.values, i))}</td>`)}</tr>`;
    })}</tbody></table><p class="none">${t('graph.rows', { n: count })}, ${t(`axis.${plot.unit}`)}</p></div>`;
}
