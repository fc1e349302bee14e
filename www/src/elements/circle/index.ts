import { css, html, nothing, svg, type TemplateResult } from 'lit';
import type { RuleView } from '../../engine/pkg/views.js';
import { seq } from '../../locales/format.js';
import { translators } from '../../locales/index.js';
import { Element, reset } from '../base/index.js';
import { spots, rfcName, type Spot } from './geometry.js';

const words = translators({
  en: {
    label: 'Numbers modulo 2^32, seen from {name}: {list}',
    after: '{n} after', before: '{n} before', from: 'seen from here', half: 'after',
    scale: 'Clockwise is after. Distances on a logarithmic scale; the foot is 2^31 away.',
  } as const,
  'zh-CN': {
    label: '模 2^32 的序列号，从 {name} 看：{list}',
    after: '之后 {n}', before: '之前 {n}', from: '以此为准', half: '之后',
    scale: '顺时针为“之后”。距离按对数画出，最下方相距 2^31。',
  },
});

const R = 30;
const MIDDLE = 38;

/** The numbers that a rule compared, on the circle of sequence numbers, with the half that counts as after. */
export class Circle extends Element {
  static override properties = { rule: { attribute: false } };
  static override styles = [reset, css`
    :host { display: block; }
    figure { display: grid; grid-template-columns: 76px minmax(0, 1fr); gap: 8px; align-items: center; padding: 6px 0 2px; }
    circle.way { fill: none; stroke: var(--line); }
    .half { fill: var(--hair); stroke: none; }
    .tick { stroke: var(--ink3); }
    .spot { fill: var(--ink2); }
    .spot.own { fill: var(--you); }
    .ray { stroke: var(--ink2); }
    .ray.own { stroke: var(--you); }
    text { font: var(--t1) var(--sans); fill: var(--ink2); text-anchor: middle; }
    dl { margin: 0; font-size: var(--t1); line-height: 15px; min-width: 0; }
    dt { color: var(--ink2); overflow-wrap: anywhere; }
    dt.own { color: var(--you); }
    dd { font-family: var(--mono); color: var(--ink); padding-bottom: 3px; }
    dd span { color: var(--ink3); font-family: var(--sans); white-space: nowrap; }
  `];

  declare rule: RuleView;

  protected override render(): TemplateResult | typeof nothing {
    const t = words[this.store.lang];
    const all = spots(this.rule.operands.flatMap((o) => (o.value.kind === 'seq' ? [{ name: rfcName(o.name), value: o.value.value }] : [])));
    const [own] = all;
    if (!own || all.length < 2) return nothing;
    const said = (s: Spot): string => (s.distance > 0 ? t('after', { n: s.distance }) : t('before', { n: -s.distance }));
    const list = all.slice(1).map((s) => `${s.names.join(', ')} ${said(s)}`).join('; ');
    return html`<figure title=${t('scale')}><svg width="76" height="76" viewBox="0 0 76 76" role="img" aria-label=${t('label', { name: own.names.join(', '), list })}>
        <path class="half" d="M${MIDDLE} ${MIDDLE - R}A${R} ${R} 0 0 1 ${MIDDLE} ${MIDDLE + R}Z"></path><circle class="way" cx=${MIDDLE} cy=${MIDDLE} r=${R}></circle>
        <path class="tick" d="M${MIDDLE} ${MIDDLE + R - 3}v6"></path><text x=${MIDDLE + 14} y=${MIDDLE + 4}>${t('half')}</text>
        ${[...all].reverse().map((s) => this.#spot(s, s === own))}</svg>
      <dl>${all.map((s) => html`<dt class=${s === own ? 'own' : ''}>${s.names.join(' = ')}</dt><dd>${seq(s.value, undefined)} <span>${s === own ? t('from') : said(s)}</span></dd>`)}</dl></figure>`;
  }

  #spot(s: Spot, own: boolean): unknown {
    const at = (r: number): string => `${(MIDDLE + r * Math.sin(s.angle)).toFixed(1)} ${(MIDDLE - r * Math.cos(s.angle)).toFixed(1)}`;
    const [x, y] = at(R).split(' ');
    return svg`<path class="ray ${own ? 'own' : ''}" d="M${at(R - 9)}L${at(R + 4)}"></path><circle class="spot ${own ? 'own' : ''}" cx=${x} cy=${y} r="3.5"></circle>`;
  }
}

customElements.define('tcp-circle', Circle);
