import { css, html, nothing, type TemplateResult } from 'lit';
import type { CounterView } from '../../engine/pkg/views.js';
import { Element, panel, reset } from '../base/index.js';
import { nodeOf } from '../host-panel/view.js';

/** The counters of a host under the names that nstat(8) gives them; what this step counted stands out. */
export class Counters extends Element {
  static override properties = { node: { attribute: false } };
  static override styles = [reset, panel, css`
    :host { display: block; }
    dl { display: flex; flex-wrap: wrap; gap: 0 16px; padding-top: 4px; font: var(--t1) / 16px var(--mono); }
    div { display: flex; gap: 8px; flex: 1 1 40%; min-width: max-content; justify-content: space-between; }
    dt { color: var(--ink2); }
    dd { white-space: nowrap; text-align: right; }
  `];

  declare node: number | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const counters = nodeOf(this.store.view, this.node)?.counters ?? [];
    if (!counters.length) return nothing;
    return html`<h3><span>${this.t('counters.title')}</span><span class="fact">nstat</span></h3>
      <dl>${counters.map((c) => this.#counter(c))}</dl>`;
  }

  #counter({ name, value, was }: CounterView): TemplateResult {
    return html`<div><dt>${name}</dt><dd class=${was == null ? '' : 'changed'}>${was == null ? value : html`${was} → ${value}`}</dd></div>`;
  }
}

customElements.define('tcp-counters', Counters);
