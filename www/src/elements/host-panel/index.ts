import { css, html, nothing, type TemplateResult } from 'lit';
import type { NodeView } from '../../engine/pkg/views.js';
import { Element, panel, reset } from '../base/index.js';
import { nodeName, nodeOf, processOf } from './view.js';
import '../counters/index.js';
import '../program/index.js';
import '../queues/index.js';
import '../sockets/index.js';
import '../tcb/index.js';
import '../window-line/index.js';

/**
 * Everything of one host: its programs, its sockets, a listener's queues, the TCB and windows of the chosen
 * connection, its counters. Without a heading of its own where a tab names it (`mode="tab"`).
 */
export class HostPanel extends Element {
  static override properties = { node: { attribute: false }, mode: { type: String, reflect: true } };
  static override styles = [reset, panel, css`
    :host { display: flex; flex-direction: column; min-height: 0; }
    section { overflow-y: auto; scrollbar-width: thin; min-height: 0; }
    section > * + * { margin-top: 8px; }
    h2 + * { margin-top: 0; }
    h2 b { color: var(--ink); font-weight: 600; }
    .none { font: italic var(--t3) / 16px var(--serif); color: var(--ink2); padding-top: 8px; }
    :host(:lang(zh)) .none { font-style: normal; }
  `];

  declare node: number | undefined;
  declare mode: 'full' | 'tab';

  constructor() {
    super();
    this.mode = 'full';
  }

  protected override render(): TemplateResult | typeof nothing {
    const node = nodeOf(this.store.view, this.node);
    if (!node) return nothing;
    const serves = node.sockets.some((s) => s.listener != null);
    const id = node.id;
    const main = processOf(node, this.store.flow);
    const placed = inNetwork(node);
    if (placed) fetchTables();
    return html`<section tabindex="0" aria-label=${this.t('host.label', { name: nodeName(node, this.t) })}>
      ${this.mode === 'tab' ? nothing : this.#head(node, serves)}
      ${node.processes.map((p) => html`<tcp-program .store=${this.store} .node=${id} .pid=${p.pid} ?brief=${p.pid !== main}></tcp-program>`)}
      ${node.processes.length || node.sockets.length || (placed && node.kind !== 'host') ? nothing : html`<p class="none">${this.t('host.none')}</p>`}
      ${placed && node.kind !== 'host' ? html`<tcp-tables .store=${this.store} .node=${id}></tcp-tables>` : nothing}
      ${serves ? html`<tcp-queues .store=${this.store} .node=${id}></tcp-queues><tcp-counters .store=${this.store} .node=${id}></tcp-counters>` : nothing}
      ${serves ? nothing : html`<tcp-sockets .store=${this.store} .node=${id}></tcp-sockets>`}
      <tcp-tcb .store=${this.store} .node=${id}></tcp-tcb>
      ${serves ? html`<tcp-sockets .store=${this.store} .node=${id}></tcp-sockets>` : nothing}
      <tcp-window-line .store=${this.store} .node=${id} way="send"></tcp-window-line>
      <tcp-window-line .store=${this.store} .node=${id} way="receive"></tcp-window-line>
      ${placed && node.kind === 'host' ? html`<tcp-tables .store=${this.store} .node=${id}></tcp-tables>` : nothing}
      ${serves ? nothing : html`<tcp-counters .store=${this.store} .node=${id}></tcp-counters>`}
    </section>`;
  }

  #head(node: NodeView, serves: boolean): TemplateResult {
    const letter = this.store.flowOf(this.store.flow)?.letter;
    return html`<h2><span class="name">${nodeName(node, this.t)}</span><span class="fact">${node.addr}</span>
      <span class="remark">${serves || letter === undefined ? this.t('host.profile', { name: node.profile }) : this.t('host.connection', { letter })}</span></h2>`;
  }
}

/** Whether there is more to tell of a machine's place in the network than that everybody knows everybody. */
function inNetwork({ kind, network }: NodeView): boolean {
  return kind !== 'host' || network.interfaces.length > 1 || network.dns.length > 0 || network.routes.some((r) => r.via != null)
    || !network.neighbours.length || network.neighbours.some((n) => n.state !== 'PERMANENT') || network.interfaces.some((i) => i.addresses.some((a) => a.state || a.conflict));
}

/** Tables are fetched when the first is wanted; until then their element is empty, and stays so where that fails. */
let tables: Promise<unknown> | undefined;
function fetchTables(): void {
  tables ??= import('../tables/index.js').catch(() => {
    tables = undefined;
  });
}

customElements.define('tcp-host-panel', HostPanel);
