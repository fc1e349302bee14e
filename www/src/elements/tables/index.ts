import { css, html, nothing, type TemplateResult } from 'lit';
import type { NetworkView } from '../../engine/pkg/views.js';
import { Element, panel, reset } from '../base/index.js';
import { nodeOf } from '../host-panel/view.js';
import { words, type Words } from './words.js';

/** A machine's place in the network: interfaces, neighbours, routes; what a switch has learned, what a NAT has mapped. */
export class Tables extends Element {
  static override properties = { node: { attribute: false } };
  static override styles = [reset, panel, css`
    :host { display: block; }
    :host > div + div { margin-top: 8px; }
    table { font: var(--t1) / 16px var(--mono); margin-top: 2px; }
    th { font: var(--t1) / 16px var(--sans); color: var(--ink3); text-align: left; white-space: nowrap; padding: 0 6px 0 0; font-weight: 400; }
    td { padding: 1px 5px 1px 0; vertical-align: top; overflow-wrap: anywhere; }
    td.whole { white-space: nowrap; }
    tr > :last-child { padding-right: 0; }
    .n { text-align: right; }
    tr.changed td { font-weight: 700; background: var(--wash); }
    tr.changed td:first-child { box-shadow: inset 2px 0 0 var(--ink); padding-left: 6px; }
    .bad { color: var(--lost); }
    .wait { color: var(--time); }
    .said { font: var(--t3) / 16px var(--serif); display: block; white-space: normal; }
    p { font: italic var(--t3) / 20px var(--serif); color: var(--ink2); padding-top: 2px; }
    :host(:lang(zh)) p { font-style: normal; }
  `];

  declare node: number | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const node = nodeOf(this.store.view, this.node);
    if (!node) return nothing;
    const t = words[this.store.lang];
    const { network, kind } = node;
    const bridge = kind === 'switch' || kind === 'hub';
    return html`${kind === 'nat' || network.tracked.length ? this.#mappings(t, network) : nothing}
      ${kind === 'switch' ? this.#learned(t, network) : nothing}
      ${bridge ? nothing : html`${this.#neighbours(t, network)}${this.#routes(t, network)}${this.#interfaces(t, network)}`}`;
  }

  #table(title: string, fact: string, heads: readonly string[], rows: readonly TemplateResult[], none: string): TemplateResult {
    return html`<div><h3><span>${title}</span><span class="fact">${fact}</span></h3>${rows.length
      ? html`<table aria-label=${title}><thead><tr>${heads.map((h, i) => html`<th scope="col" class=${i === heads.length - 1 ? 'n' : ''}>${h}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`
      : html`<p>${none}</p>`}</div>`;
  }

  /** How long something lasts from now, s. */
  #left(until: number | null | undefined): string {
    return until == null || !Number.isFinite(until) ? '' : Math.max(0, (until - this.store.view.now) / 1e9).toFixed(1);
  }

  #neighbours(t: Words, { neighbours }: NetworkView): TemplateResult {
    return this.#table(t('tab.neighbours'), 'ip neigh', [t('tab.address'), t('tab.mac'), t('tab.state')], neighbours.map((n) => html`<tr class=${n.changed ? 'changed' : ''}>
      <td class="whole">${n.address}</td><td class="whole">${n.mac ?? '–'}</td><td class="n ${n.state === 'FAILED' ? 'bad' : n.state === 'INCOMPLETE' || n.state === 'PROBE' || n.state === 'DELAY' ? 'wait' : ''}">${n.was ? `${n.was} → ` : ''}${n.state}${
        n.waiting ? html`<span class="said wait">${t('tab.waiting', { n: n.waiting })}</span>` : nothing}</td></tr>`), t('tab.none'));
  }

  #routes(t: Words, { routes, dns, pathMtus }: NetworkView): TemplateResult | typeof nothing {
    if (!routes.length && !dns.length) return nothing;
    return html`${this.#table(t('tab.routes'), 'ip route', [t('tab.to'), t('tab.via'), t('tab.dev')], routes.map((r) => html`<tr>
      <td class=${r.refused ? 'bad' : ''}>${r.to}${r.refused ? html`<span class="said bad">${t('tab.refused')}</span>` : nothing}</td><td>${r.via ?? t('tab.direct')}</td><td class="n">${r.interface ?? '–'}</td></tr>`), '')}
      ${pathMtus.length ? html`<p>${pathMtus.map((p) => t('tab.pathMtu', { to: p.destination, mtu: p.mtu })).join('; ')}</p>` : nothing}
      ${dns.length ? html`<p>${t('tab.dns', { servers: dns.join(', ') })}</p>` : nothing}`;
  }

  #interfaces(t: Words, { interfaces }: NetworkView): TemplateResult {
    const tell = (state: string): string => (state === 'tentative' ? t('tab.tentative') : state === 'dadfailed' ? t('tab.dadfailed') : state);
    return this.#table(t('tab.interfaces'), 'ip addr', [t('tab.dev'), t('tab.address'), t('tab.mac')], interfaces.map((i) => html`<tr><td>${i.name}</td>
      <td class="whole">${i.addresses.map((a) => html`<div>${a.address}${a.state ? html`<span class="said ${a.state === 'dadfailed' ? 'bad' : 'wait'}">${tell(a.state)}</span>` : nothing}${a.conflict ? html`<span class="said bad">${t('tab.conflict', { mac: a.conflict })}</span>` : nothing}</div>`)}</td>
      <td class="n whole">${i.mac}</td></tr>`), '');
  }

  #learned(t: Words, { learned }: NetworkView): TemplateResult {
    return this.#table(t('tab.learned'), 'bridge fdb', [t('tab.mac'), t('tab.port'), t('tab.left')], learned.map((l) => html`<tr class=${l.changed ? 'changed' : ''}>
      <td class="whole">${l.mac}</td><td>${l.port} <span class="dim">${this.#beyond(l.link)}</span></td><td class="n">${this.#left(l.until)}</td></tr>`), t('tab.noneLearned'));
  }

  /** The node at the other end of a port's link. */
  #beyond(link: number | null | undefined): string {
    const other = this.store.view.nodes.find((n) => n.id !== this.node && n.network.interfaces.some((i) => i.link != null && i.link === link));
    return other?.name ?? '';
  }

  #mappings(t: Words, { tracked }: NetworkView): TemplateResult {
    return this.#table(t('tab.mappings'), 'conntrack -L', [t('tab.inside'), t('tab.left')], tracked.map((m) => {
      // Of one from outside the destination is translated, of one from inside the source.
      const [was, becomes, peer] = m.source === m.sourceAfter && m.destination !== m.destinationAfter
        ? [m.destination, m.destinationAfter, m.source] : [m.source, m.sourceAfter, m.destination];
      return html`<tr class=${m.changed ? 'changed' : ''}><td class="whole">${was}<div>→ ${becomes}</div><div class="dim">${t('tab.peer')} ${peer}</div></td>
        <td class="n whole">${this.#left(m.until)}<div class=${m.replied ? '' : 'wait'}>${m.was ? `${m.was} → ` : ''}${m.state || (m.replied ? '' : t('tab.oneWay'))}</div><div class="dim">${m.protocol}</div></td></tr>`;
    }), t('tab.noneMapped'));
  }
}

customElements.define('tcp-tables', Tables);
