import { css, html, nothing, type TemplateResult } from 'lit';
import type { CounterView } from '../../engine/pkg/views.js';
import { asker, askerStyles } from '../base/asker.js';
import { Element, panel, reset } from '../base/index.js';
import { walk } from '../host-panel/roving.js';
import { nodeOf } from '../host-panel/view.js';

/** The counters of a host under the names that nstat(8) gives them; what this step counted stands out. */
export class Counters extends Element {
  static override properties = { node: { attribute: false }, all: { state: true } };
  static override styles = [reset, panel, askerStyles, css`
    :host { display: block; }
    dl { display: flex; flex-wrap: wrap; gap: 0 16px; padding-top: 4px; font: var(--t1) / 16px var(--mono); }
    div { display: flex; gap: 8px; flex: 1 1 40%; min-width: max-content; justify-content: space-between; }
    h3 button { color: var(--ink3); margin-right: 8px; height: 20px; min-width: 24px; font: var(--t1) / 20px var(--sans); }
    h3 > span:last-child { display: flex; }
    dt { color: var(--ink2); }
    dd { white-space: nowrap; text-align: right; }
  `];

  declare node: number | undefined;
  /** Whether those that only count ordinary traffic are shown too. */
  declare protected all: boolean;

  constructor() {
    super();
    this.all = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const node = nodeOf(this.store.view, this.node);
    const counters = node?.counters ?? [];
    if (!counters.length) return nothing;
    const telling = counters.filter((c) => tells(c, node?.sockets.some((s) => s.listener != null) ?? false));
    const shown = this.all ? counters : telling;
    return html`<h3><span>${this.t('counters.title')}</span><span>${counters.length > telling.length ? html`<button type="button" aria-expanded=${this.all}
        @click=${() => { this.all = !this.all; }}>${this.all ? this.t('counters.fewer') : this.t('counters.more', { n: counters.length - telling.length })}</button>` : nothing}<span class="fact">nstat</span></span></h3>
      ${shown.length ? html`<dl @keydown=${(e: KeyboardEvent) => walk(e, '.asks', false)}>${shown.map((c, i) => this.#counter(c, i === 0))}</dl>` : nothing}`;
  }

  #counter({ name, value, was }: CounterView, stop: boolean): TemplateResult {
    const target = { node: this.node ?? 0, socket: 0, what: name };
    return html`<div><dt>${name}</dt><dd class=${was == null ? '' : 'changed'}>${asker(this, target, name, was == null ? value : html`${was} → ${value}`, stop)}</dd></div>`;
  }
}

/** Counters of ordinary traffic go up at every step: what is lost, refused or repeated is what one looks for. */
const ORDINARY = /^(Ip(InReceives|InDelivers|OutRequests)|Icmp(In|Out)Msgs|(Tcp)?((In|Out)Segs|(Active|Passive)Opens))$/;

function tells({ name, value, was }: CounterView, listens: boolean): boolean {
  return !ORDINARY.test(name) && (value !== 0 || was != null || (listens && name.startsWith('Listen')));
}

customElements.define('tcp-counters', Counters);
