import { css, html, nothing, type TemplateResult } from 'lit';
import type { SocketView } from '../../engine/pkg/views.js';
import { asker, askerStyles } from '../base/asker.js';
import { Element, panel, reset } from '../base/index.js';
import { stop, walk } from '../host-panel/roving.js';
import { endsDiffer, nodeName, nodeOf, otherEnd, port, ssName } from '../host-panel/view.js';

/** The connections of a host as `ss -tn` lists them, with what the other end thinks. Choosing one chooses its flow. */
export class Sockets extends Element {
  static override properties = { node: { attribute: false } };
  static override styles = [reset, panel, askerStyles, css`
    :host { display: block; }
    table { font: var(--t1) / 16px var(--mono); }
    th { font: var(--t1) / 20px var(--sans); color: var(--ink3); text-align: left; white-space: nowrap; }
    td { height: 20px; padding: 0; white-space: nowrap; }
    th { padding: 0; }
    th.n + th.n, td.n + td.n { padding-left: 4px; }
    .n { text-align: right; }
    td:first-child { padding: 0 4px 0 6px; min-width: 26px; }
    tr { cursor: pointer; }
    tr[data-selected='true'] td { background: var(--you-wash); }
    tr[data-selected='true'] td:first-child { box-shadow: inset 2px 0 0 var(--you); }
    .new td:not(:first-child) { font-weight: 700; }
    .letter { font: 700 var(--t1) / 16px var(--sans); min-width: 16px; height: 20px; text-align: left; }
    @media (max-width: 599px) { td, .letter { height: 32px; } .letter { min-width: 32px; } }
  `];

  declare node: number | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const node = nodeOf(this.store.view, this.node);
    const sockets = node?.sockets.filter(isConnection) ?? [];
    if (!node || !sockets.length) return nothing;
    const { t } = this;
    const at = stop(sockets.map((s) => s.flow != null && s.flow === this.store.flow));
    return html`
      <h3><span>${t('sockets.title')}</span><span class="fact">ss -tn</span></h3>
      <table aria-label=${t('sockets.label', { name: nodeName(node, this.t) })}>
        <thead><tr><td></td><th scope="col">${t('sockets.state')}</th><th scope="col" class="n">${t('sockets.recvq')}</th>
          <th scope="col" class="n">${t('sockets.sendq')}</th><th scope="col" class="n">${t('sockets.local')}</th>
          <th scope="col" class="n">${t('sockets.other')}</th></tr></thead>
        <tbody @keydown=${(e: KeyboardEvent) => walk(e, '.letter') || walk(e, '.asks', false)}>${sockets.map((s, i) => this.#row(node.id, s, i === at))}</tbody>
      </table>`;
  }

  #row(node: number, s: SocketView, tab: boolean): TemplateResult {
    const { t, store } = this;
    const flow = store.flowOf(s.flow);
    const other = otherEnd(store.view, node, s);
    const differs = flow !== undefined && endsDiffer(s.state, other);
    const theirs = other === undefined ? t('sockets.gone') : ssName(other);
    const chosen = flow !== undefined && store.flow === flow.id;
    const choose = (): void => { if (flow) store.set({ flow: flow.id }); };
    return html`<tr class=${s.changed ? 'new' : ''} data-selected=${chosen} @click=${choose}>
      <td>${flow ? html`<button type="button" class="letter" tabindex=${tab ? 0 : -1} aria-pressed=${chosen} aria-label=${t('host.connection', { letter: flow.letter })}>${flow.letter}</button>` : nothing}</td>
      <td title=${s.error == null ? nothing : t('sockets.error', { errno: s.error })}>${asker(this, { node, socket: s.id, what: 'row' }, s.ss, s.ss, tab)}</td>
      <td class="n">${s.recvQ}</td><td class="n">${s.sendQ}</td><td class="n" title="${s.local} ${s.remote}">${port(s.local)}</td>
      <td class="n ${differs ? 'lost' : ''}" title=${differs ? t('sockets.differs', { state: other ?? 'CLOSED' }) : nothing}>${differs ? '≠ ' : ''}${flow ? theirs : ''}</td>
    </tr>`;
  }
}

/** Listeners and what waits in their queues stand elsewhere; a socket that is no connection yet is nobody's row. */
function isConnection(s: SocketView): boolean {
  return s.listener == null && s.waitingAt == null && s.state !== 'SYN-RECEIVED' && s.remote !== '' && s.flow != null;
}

customElements.define('tcp-sockets', Sockets);
